//! Reading invoices: what is kept of one, and what is not.
//!
//! [`read`] recognises a document by its content, never by its name, and draws the [`Record`] from
//! it: the fields of Directive 2006/112/EC art. 226 and what a look-up needs. [`compare`] reads the
//! same document again at the box, in a process without keys, and holds it against the record that
//! a sender stated.
//!
//! ```text
//!   bytes -> format -> xml -> tree -> draw (by table: ubl | cii) -> draft --+
//!                \-> pdf -> xml ---^                                         +-> record, notes,
//!   sidecar (JSON) ---------------------------------------------> draft -----+   left out
//! ```
//!
//! What it promises:
//! - UBL 2.1 `Invoice` and `CreditNote`, UN/CEFACT `CrossIndustryInvoice` and the XML inside a
//!   Factur-X or ZUGFeRD PDF are read by one table a syntax (`ubl.rs`, `cii.rs`), each row with
//!   its EN 16931 business term. A plain PDF needs a sidecar (`sidecar.rs` shows a whole one).
//! - A document is never altered. Amounts are exact decimals with the digits of the source.
//! - What is ambiguous is refused, not chosen: two numbers, two totals, two different invoices in
//!   one PDF, a sidecar that contradicts its document.
//! - Sums that do not add up are [`Note`]s with both values, never refusals.
//! - Any bytes are answered in bounded time and memory: 64 MiB of document, 300,000 XML elements,
//!   64 levels, 16 MiB of embedded XML, 32 MiB unpacked out of one PDF.
//!
//! What it does not promise: validity (EN 16931's business rules are not judged), what an image or
//! a PDF's page shows, and the class of a sale: no document says reliably that it belongs under the
//! one-stop shop or to immovable property, so a sidecar or the command line states it.
//!
//! Texts are kept as the document has them, with runs of white space folded to one space as a
//! reader of the page sees them. System calls: none.

mod cii;
mod compare;
mod draft;
mod draw;
mod encoding;
mod format;
mod pdf;
mod record;
mod refusal;
mod sidecar;
mod sums;
mod table;
mod tree;
mod ubl;
mod values;
mod xml;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use compare::{Compared, compare};
pub use record::*;
pub use refusal::{Field, InvoiceRefusal, Mismatch, XmlFault};
pub use sums::{Note, notes};
pub use table::LeftOut;

use crate::exchange::vocabulary::{Class, Country};
use draft::Draft;
use format::Format;
use sums::Totals;

/// The longest document that is read, in bytes.
pub const LONGEST_DOCUMENT: usize = 64 << 20;
/// The longest XML inside a PDF, in bytes.
pub const LONGEST_EMBEDDED: usize = 16 << 20;
/// The longest text of one field, in characters.
pub const LONGEST_TEXT: usize = 1_000;
/// The most articles, corrected invoices, VAT rates or payments of one invoice, each.
pub const MOST_PARTS: usize = 1_000;

/// What the seller's own settings know where the source has no word for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Where the seller is established; a document that says so itself leads.
    pub seller_country: Option<Country>,
    /// A class stated on the command line; a sidecar that states another is refused.
    pub class: Option<Class>,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Syntax {
    /// OASIS UBL 2.1 `Invoice`.
    UblInvoice,
    /// OASIS UBL 2.1 `CreditNote`.
    UblCreditNote,
    /// UN/CEFACT `CrossIndustryInvoice`, D16B and its kin.
    Cii,
    /// A PDF with the invoice's XML embedded (Factur-X, ZUGFeRD 2, XRechnung).
    Facturx,
    /// A PDF for people only; its record is a sidecar's.
    Pdf,
}

impl Syntax {
    /// The stable word: `ubl-invoice`, `ubl-credit-note`, `cii`, `facturx`, `pdf`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::UblInvoice => "ubl-invoice",
            Self::UblCreditNote => "ubl-credit-note",
            Self::Cii => "cii",
            Self::Facturx => "facturx",
            Self::Pdf => "pdf",
        }
    }

    /// The media type that a leaf states for such a document (IANA).
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::UblInvoice | Self::UblCreditNote | Self::Cii => "application/xml",
            Self::Facturx | Self::Pdf => "application/pdf",
        }
    }
}

impl std::fmt::Display for Syntax {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// One invoice, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What is kept.
    pub record: Record,
    /// How the document is written.
    pub syntax: Syntax,
    /// Sums that do not add up, with both values: shown, never refused.
    pub notes: Vec<Note>,
    /// What the document holds beside the record and the catalogue will not: it stays in the
    /// document only. Empty for a plain PDF, whose pages are not read.
    pub left_out: Vec<LeftOut>,
}

/// Reads one invoice, with the sidecar that lies beside it if there is one.
///
/// # Errors
/// Whatever it is not, or lacks, as a sentence for the owner of the shop. The caller names the file.
pub fn read(bytes: &[u8], sidecar: Option<&[u8]>, hints: &Hints) -> Result<Reading, InvoiceRefusal> {
    let beside = sidecar.map(sidecar::parse).transpose()?.unwrap_or_default();
    let class = draft::class(&beside, hints)?;
    let found = open(bytes, Look { one_stop_shop: class == Class::OneStopShop, whole: true })?;
    if found.syntax == Syntax::Pdf && sidecar.is_none() {
        return Err(InvoiceRefusal::PdfNeedsSidecar);
    }
    let draft = found.draft.beside(beside)?;
    let record = draft.complete(class, hints)?;
    let notes = sums::check(&record, &found.totals);
    Ok(Reading { record, syntax: found.syntax, notes, left_out: found.left_out })
}

/// What a document itself states.
struct Found {
    syntax: Syntax,
    draft: Draft,
    totals: Totals,
    left_out: Vec<LeftOut>,
}

/// How closely a document is looked at.
#[derive(Clone, Copy)]
struct Look {
    /// Whether art. 63c's fields are taken along.
    one_stop_shop: bool,
    /// Whether the sums and what is left out are wanted too, as a shop wants them and the box not.
    whole: bool,
}

/// Recognises a document and draws from it what it states. A PDF without an invoice's XML states
/// nothing.
fn open(bytes: &[u8], look: Look) -> Result<Found, InvoiceRefusal> {
    match Format::of(bytes)? {
        Format::Xml => draw::read(bytes, "file", look),
        Format::Pdf => match pdf::invoice(bytes)? {
            Some(embedded) => {
                Ok(Found { syntax: Syntax::Facturx, ..draw::read(&embedded.xml, &embedded.name, look)? })
            }
            None => Ok(Found {
                syntax: Syntax::Pdf,
                draft: Draft::default(),
                totals: Totals::default(),
                left_out: Vec::new(),
            }),
        },
    }
}
