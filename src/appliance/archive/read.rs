//! Reading back: one bundle opened where it lies, each time checked against what was signed.

use std::fs::File;
use std::io::{self, BufReader, Write};

use super::{ArchiveRefusal, Layout, Why};
use crate::appliance::reader::{Reader, Verdict};
use crate::appliance::vault::Lease;
use crate::exchange::bundle::{
    BundleRefusal, Document, InvoiceLeaf, Leaves, Opened, Piece, Place, Proof, Sealed, SignedHeader,
    term_identity,
};
use crate::exchange::invoice::{LONGEST_DOCUMENT, Record};
use crate::exchange::law::TermName;
use crate::exchange::vocabulary::{Digest, PublicKey};
use crate::support::secret::Secret;

/// A bundle of the archive, opened under its term's key.
pub struct OpenBundle {
    opened: Opened<BufReader<File>>,
    key: PublicKey,
    /// Held for as long as anything that was derived from it is in memory.
    lease: Lease,
}

impl OpenBundle {
    /// Opens the bundle at `place`, whose header the journal knows by `digest` and `key` signed.
    ///
    /// # Errors
    /// What does not hold any more.
    pub fn open(
        layout: &Layout,
        term: &TermName,
        place: Place,
        digest: Digest,
        key: PublicKey,
        lease: Lease,
    ) -> Result<Self, Why> {
        let path = layout.bundle(term, place);
        let missing = || ArchiveRefusal::Missing { bundle: place.number.to_string() };
        let mut file = BufReader::with_capacity(128 * 1024, File::open(&path).map_err(|_| missing())?);
        let authentic = Sealed::read(&mut file)?.authenticate(key)?;
        if authentic.digest() != digest {
            return Err(BundleRefusal::Damaged.into());
        }
        let gone = || ArchiveRefusal::KeyGone { term: term.to_string() };
        let identity = lease.with(term_identity).ok_or_else(gone)?;
        Ok(Self { opened: authentic.as_admitted().open(file, &identity)?, key, lease })
    }

    /// The bundle's header.
    #[must_use]
    pub fn header(&self) -> &SignedHeader {
        self.opened.authentic().statement()
    }

    /// The sender's key, which signed the header.
    #[must_use]
    pub fn key(&self) -> PublicKey {
        self.key
    }

    /// Where in the stream it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.opened.authentic().place()
    }

    /// The leaf of one invoice.
    ///
    /// # Errors
    /// If there is none, or it is not of its form.
    pub fn invoice(&self, leaf: u32) -> Result<InvoiceLeaf, Why> {
        if leaf == 0 || leaf >= self.header().body().leaves {
            return Err(BundleRefusal::NoSuchDocument { leaf, document: 0 }.into());
        }
        Ok(self.opened.invoice(leaf)?)
    }

    /// Leaf 0 and the others, as bytes.
    #[must_use]
    pub fn leaves(&self) -> &Leaves {
        self.opened.leaves()
    }

    /// The bundle, to read its documents.
    pub fn opened(&mut self) -> &mut Opened<BufReader<File>> {
        &mut self.opened
    }

    /// Writes one document to `out`; what was written counts only after `Ok`.
    ///
    /// # Errors
    /// If it is not the one that was signed.
    pub fn document(&mut self, leaf: u32, index: usize, out: &mut impl Write) -> Result<Document, Why> {
        self.invoice(leaf)?;
        let mut out = WhileAlive { out, lease: &self.lease };
        Ok(self.opened.document(leaf, index, &mut out)?)
    }

    /// Whether no program can read any document of this invoice, so that its record stands on the
    /// sender's word. (What can be read was compared before the bundle was admitted; whether there is
    /// an invoice inside a PDF, only the reader knows.) Also where the reader fails: it is the careful
    /// thing to say.
    ///
    /// # Errors
    /// If there is no such invoice.
    pub fn on_word(&mut self, leaf: u32) -> Result<bool, Why> {
        let invoice = self.invoice(leaf)?;
        Ok(stands_on_word(leaf, &invoice, |index, out| self.document(leaf, index, &mut { out }).map(drop)))
    }

    /// The use of the term's key, for whoever still gives out in pieces what he has read.
    #[must_use]
    pub fn into_lease(self) -> Lease {
        self.lease
    }

    /// The key of its stream's receipt codes.
    #[must_use]
    pub fn receipt_key(&self) -> Secret {
        self.opened.stream().receipt_key()
    }

    /// The proof of one invoice, with the receipt of its bundle's admission.
    ///
    /// # Errors
    /// If there is no such invoice.
    pub fn proof(&self, leaf: u32, receipt: Option<String>) -> Result<Proof, Why> {
        self.invoice(leaf)?;
        Ok(Proof::new(self.header(), self.key, self.opened.leaves(), leaf, receipt))
    }
}

/// [`OpenBundle::on_word`] for an invoice whose documents `document` writes out, wherever they lie.
pub(super) fn stands_on_word(
    leaf: u32,
    invoice: &InvoiceLeaf,
    document: impl FnMut(usize, &mut dyn Write) -> Result<(), Why>,
) -> bool {
    if invoice.documents.iter().any(|document| document.media_type == "application/xml") {
        return false;
    }
    compared(leaf, invoice, document).is_none_or(|verdict| verdict.compared == 0)
}

fn compared(
    leaf: u32,
    invoice: &InvoiceLeaf,
    mut document: impl FnMut(usize, &mut dyn Write) -> Result<(), Why>,
) -> Option<Verdict> {
    let readable = |document: &Document| {
        document.media_type == "application/pdf" && document.length <= LONGEST_DOCUMENT as u64
    };
    let pdfs = invoice.documents.iter().enumerate().filter(|(_, document)| readable(document));
    let mut pdfs = pdfs.peekable();
    pdfs.peek()?;
    let mut reader = Reader::start().ok()?;
    for (index, _) in pdfs {
        reader.see(&Piece::Begin { leaf, index, invoice }).ok()?;
        document(index, &mut Seen(&mut reader)).ok()?;
        reader.see(&Piece::End).ok()?;
    }
    reader.finish().ok()
}

/// A document on its way to the reader.
struct Seen<'a>(&'a mut Reader);

impl Write for Seen<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.see(&Piece::Bytes(bytes)).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Gives nothing more out once the key is dead.
pub(super) struct WhileAlive<'a, W> {
    pub(super) out: &'a mut W,
    pub(super) lease: &'a Lease,
}

impl<W: Write> Write for WhileAlive<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.lease.is_alive() {
            return Err(io::Error::other("the term was destroyed in the meantime"));
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The records of a bundle's leaves, with their leaves' numbers.
pub fn records(leaves: &Leaves, place: Place) -> impl Iterator<Item = (u32, Record)> {
    (1..leaves.count())
        .filter_map(move |leaf| Some((leaf, InvoiceLeaf::parse(leaves.bytes(leaf), place).ok()?.record)))
}
