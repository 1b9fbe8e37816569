//! The bundle: a signed, encrypted parcel of invoices of one term. What stands here must be
//! readable in twenty years; [`FORMAT.md`](self#the-format) below is the format, precise enough for a
//! second implementation (`scripts/read-bundle.py` is one).
//!
//! In: records and documents ([`Parcel`]), or a file of hostile bytes ([`Sealed`]). Out: a bundle, or
//! its leaves and documents, each checked against what the sender signed. Cards, certificates and
//! proofs live here too, because they share the bundle's envelope ([`Statement`]).
//!
//! Promised: no byte of a payload is decrypted before the digest over it held; nothing inside is
//! parsed before it was authentic; memory stays below 16 MiB of leaves and some buffers whatever a
//! file declares. Not promised: that a sender told the truth.
//!
//! # The format
#![doc = include_str!("FORMAT.md")]

pub mod card;
pub mod cbor;
pub mod certificate;
pub mod header;
pub mod hybrid;
pub mod labels;
pub mod law_table;
pub mod leaf;
pub mod mark;
pub mod proof;
pub mod statement;

mod open;
mod seal;
#[cfg(test)]
mod tests;

pub use card::{BoxCard, CardTerm, SenderCard, SignedBoxCard, SignedSenderCard, Succession};
pub use certificate::{CertificateV1, CertificateV2, SignedCertificate, TokenEvidence};
pub use header::{Header, SignedHeader};
pub use hybrid::{HybridIdentity, HybridRecipient};
pub use law_table::{LawTable, SignedLawTable};
pub use leaf::{Document, InvoiceLeaf, Origin, Place, StreamLeaf};
pub use mark::Promised;
pub use open::{Authentic, Intact, Leaves, Measured, Measuring, Opened, Piece, Sealed};
pub use proof::Proof;
pub use seal::{Address, Parcel};
pub use statement::{Statement, StatementRefusal, key_id};

use crate::support::secret::Secret;

crate::refusals! {
    /// Why a bundle is not taken, or cannot be made.
    pub enum BundleRefusal {
        /// A part that is enclosed is not of its form.
        Header { reason: String } = "bundle-header",
        /// The front of the file is not that of a bundle.
        NotABundle = "bundle-not-a-bundle",
        /// A bundle of a version that this program does not know.
        UnknownVersion { found: String } = "bundle-unknown-version",
        /// The file ends in the header.
        HeaderTruncated = "bundle-header-truncated",
        /// The header says that it is longer than one may be.
        HeaderTooLong { length: u32, limit: usize } = "bundle-header-too-long",
        /// The header is not what this version writes.
        HeaderNotOfForm { reason: String } = "bundle-header-not-of-form",
        /// The checkpoint that the sender says to have seen is longer than it may be.
        SeenTooLong { length: usize, limit: usize } = "bundle-seen-too-long",
        /// The header's signature is not the enrolled sender's.
        BadSignature = "bundle-bad-signature",
        /// A suite that this program does not know.
        UnknownSuite { suite: u8 } = "bundle-unknown-suite",
        /// No invoice in it.
        Empty = "bundle-empty",
        /// More invoices than a bundle may have.
        TooManyInvoices { count: u32, limit: u32 } = "bundle-too-many-invoices",
        /// More bytes than a bundle may have.
        TooLarge { limit: u64 } = "bundle-too-large",
        /// The file ends early.
        Truncated { have: u64, want: u64 } = "bundle-truncated",
        /// The age file is not the one that was signed.
        Damaged = "bundle-damaged",
        /// What follows the header is not an age file of our kind.
        NotAge { reason: String } = "bundle-not-age",
        /// The term's key does not open it.
        WrongKey = "bundle-wrong-key",
        /// The leaves are more than may be.
        LeavesTooLarge { limit: usize } = "bundle-leaves-too-large",
        /// The leaves are not those that were signed.
        LeavesDiffer = "bundle-leaves-differ",
        /// A leaf is not of its form.
        LeafNotOfForm { leaf: u32 } = "bundle-leaf-not-of-form",
        /// A leaf was sealed by another sender or for another bundle.
        ForeignPayload { leaf: u32 } = "bundle-foreign-payload",
        /// What is inside ends before all documents were there.
        PayloadEnds = "bundle-payload-ends",
        /// What is inside goes on after the last document.
        PayloadGoesOn = "bundle-payload-goes-on",
        /// A document is not the one of its leaf.
        DocumentDiffers { invoice: String } = "bundle-document-differs",
        /// An invoice has no such document.
        NoSuchDocument { leaf: u32, document: usize } = "bundle-no-such-document",
        /// An invoice has too many documents, or none.
        TooManyDocuments { invoice: String, limit: usize } = "bundle-too-many-documents",
        /// One invoice alone is more than a bundle can hold.
        InvoiceTooLarge { invoice: String } = "bundle-invoice-too-large",
        /// A document changed between reading and sealing.
        DocumentChanged { document: usize } = "bundle-document-changed",
        /// Reading or writing failed.
        Io { reason: String } = "bundle-io",
    }
}

impl From<StatementRefusal> for BundleRefusal {
    fn from(refusal: StatementRefusal) -> Self {
        match refusal {
            StatementRefusal::WrongKind { .. } => Self::NotABundle,
            StatementRefusal::UnknownVersion { found } => Self::UnknownVersion { found },
            StatementRefusal::Truncated => Self::HeaderTruncated,
            StatementRefusal::TooLong { length, limit } => Self::HeaderTooLong { length, limit },
            StatementRefusal::NotOfForm { reason } => Self::HeaderNotOfForm { reason },
            StatementRefusal::TrailingBytes => Self::Damaged,
            StatementRefusal::BadSignature => Self::BadSignature,
            StatementRefusal::Unreadable { reason } => Self::Io { reason },
        }
    }
}

impl From<std::io::Error> for BundleRefusal {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            // age's own words for a chunk whose tag does not hold, and for a missing last chunk.
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => {
                Self::NotAge { reason: "a chunk of it does not open".to_owned() }
            }
            _ => Self::Io { reason: error.to_string() },
        }
    }
}

/// The age identity of suite 1 that a term's secret gives.
#[must_use]
pub fn term_identity(secret: &Secret) -> HybridIdentity {
    HybridIdentity::from_seed(secret.child(labels::TERM_IDENTITY))
}
