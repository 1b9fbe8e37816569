//! The certificate of a term's destruction: a signed statement that anyone can check with openssl.
//!
//! There are two versions, told apart by their first line. A box writes the second; both are read for
//! good. Whoever reads one asks [`SignedCertificate`], which answers for both and says `None` or the
//! careful thing where version 1 was silent.
//!
//! Promised: what [`SignedCertificate::read`] gives back is of its form and within its bounds, and after
//! [`SignedCertificate::verify`] signed by that key. Whether a time token is its authority's is not
//! judged here (this room has no DER): [`SignedCertificate::faults`] judges all that shows without.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::card;
use super::labels::{CERTIFICATE, CERTIFICATE_2};
use super::statement::{Statement, StatementRefusal};
use crate::exchange::law::Term;
use crate::exchange::vocabulary::{BoxId, Digest, EntityId, PublicKey, Word};

mod v1;
mod v2;

pub use v1::CertificateV1;
pub use v2::{CODES_LIMIT, CertificateV2, OVER_LIMIT, TOKEN_LIMIT, TOKENS_LIMIT, TokenEvidence};

/// Bytes of a certificate at most.
pub const CERTIFICATE_LIMIT: usize = 256 * 1024;

/// What opened the vault that the key was in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Root {
    /// A file on the device of the data: whoever copied the one could copy the other.
    FileOnDataDevice,
    /// A file elsewhere.
    FileElsewhere,
    /// A TPM, which no copy of a disk opens.
    Tpm,
}

impl Root {
    /// The message that says it.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::FileOnDataDevice => "certificate-root-file-on-data-device",
            Self::FileElsewhere => "certificate-root-file-elsewhere",
            Self::Tpm => "certificate-root-tpm",
        }
    }
}

/// What a destruction does not reach, as far as a box knows today. A certificate carries the codes, so
/// that a later program can add one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCovered {
    /// Prints, exports, proofs and pictures that somebody took along.
    PrintsAndExports,
    /// What the shop itself still has: its own copies, mail, the bookkeeping package.
    ShopsCopies,
    /// Another box that the shop sealed for too.
    OtherBoxes,
    /// A copy of a file root, or an undelete of it.
    FileRootCopies,
    /// Invoices that are held.
    HeldInvoices,
}

impl NotCovered {
    /// All of them, in the order in which they are said.
    pub const ALL: [Self; 5] = [
        Self::PrintsAndExports,
        Self::ShopsCopies,
        Self::OtherBoxes,
        Self::FileRootCopies,
        Self::HeldInvoices,
    ];

    /// The code that stands in the certificate.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::PrintsAndExports => "prints-and-exports",
            Self::ShopsCopies => "shops-copies",
            Self::OtherBoxes => "other-boxes",
            Self::FileRootCopies => "file-root-copies",
            Self::HeldInvoices => "held-invoices",
        }
    }

    /// The codes for a box with this root that holds so many of the invoices.
    #[must_use]
    pub fn codes(root: Root, held: u32) -> Vec<String> {
        let all = Self::ALL.into_iter().filter(|one| match one {
            Self::FileRootCopies => root != Root::Tpm,
            Self::HeldInvoices => held > 0,
            Self::PrintsAndExports | Self::ShopsCopies | Self::OtherBoxes => true,
        });
        all.map(|one| one.code().to_owned()).collect()
    }
}

crate::refusals! {
    /// What of a certificate's evidence does not hold although its signature does: the box that signed it
    /// says more than it can show.
    pub enum EvidenceFault {
        /// The journal's head is not this box's.
        Checkpoint = "certificate-checkpoint",
        /// A token's digest is not that of the token beside it.
        AnotherToken { number: u64 } = "certificate-another-token",
        /// A token is over something else than an earlier head of this box's journal.
        NotOverAHead { number: u64 } = "certificate-not-over-a-head",
        /// The floor on it is before the term's end, and it does not say *declared*.
        NotPast = "certificate-not-past",
        /// It says *proven*, and no token is later than the term's end.
        NotProven = "certificate-not-proven",
    }
}

/// A certificate with its signature, of either version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "one at a time, and nearly always the larger")]
pub enum SignedCertificate {
    /// Version 1.
    V1(Statement<CertificateV1>),
    /// Version 2.
    V2(Statement<CertificateV2>),
}

/// An expression over the body of either version.
macro_rules! either {
    ($certificate:expr, $body:ident => $what:expr) => {
        match $certificate {
            SignedCertificate::V1(statement) => {
                let $body = statement.body();
                $what
            }
            SignedCertificate::V2(statement) => {
                let $body = statement.body();
                $what
            }
        }
    };
}

/// Fields that both versions have.
macro_rules! in_both {
    ($($(#[$meta:meta])* $name:ident: $type:ty = $body:ident => $what:expr;)*) => {
        impl SignedCertificate { $(
            $(#[$meta])*
            #[must_use]
            pub fn $name(&self) -> $type { either!(self, $body => $what) }
        )* }
    };
}

in_both! {
    /// The box.
    box_id: BoxId = body => body.box_id;
    /// The key that it names as its signer's.
    key: PublicKey = body => body.key;
    /// Whether the box is one for showing.
    demo: bool = body => body.demo;
    /// Whose books these were.
    entity: EntityId = body => body.entity;
    /// Their name.
    entity_name: &str = body => &body.entity_name;
    /// The term whose key is gone.
    term: &Term = body => &body.term;
    /// The last day on which its invoices had to be kept.
    kept_until: Date = body => body.kept_until;
    /// By which article.
    article: &str = body => &body.article;
    /// By which edition of the law table.
    law_table: &str = body => &body.law_table;
    /// How many bundles.
    bundles: u32 = body => body.bundles;
    /// How many invoices.
    invoices: u64 = body => body.invoices;
    /// Bytes of the bundles.
    bytes: u64 = body => body.bytes;
    /// How many entries of the journal were about the term.
    entries: u64 = body => body.entries;
    /// SHA-256 over their indexes.
    entries_digest: Digest = body => body.entries_digest;
    /// How strong the evidence of time is.
    word: Word = body => body.word;
    /// The latest time that the box held proven.
    floor: Timestamp = body => body.floor;
    /// Seconds that the box was powered between "due" and the destruction.
    powered_since_due: u64 = body => body.powered_since_due;
    /// The generation of the vault that no longer had the key.
    generation: u64 = body => body.generation;
    /// The journal's head before this certificate: a signed note.
    checkpoint: &str = body => &body.checkpoint;
    /// When, by the box's own clock: a claim.
    destroyed_at: Timestamp = body => body.destroyed_at;
}

impl SignedCertificate {
    /// Signs a certificate of the version that is written today.
    #[must_use]
    pub fn sign_with(body: CertificateV2, key: &PublicKey, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Self {
        Self::V2(Statement::sign_with(CERTIFICATE_2, body, key, sign))
    }

    /// Reads a certificate of either version that fills `bytes` to the last one. Believe it after
    /// [`SignedCertificate::verify`] only.
    ///
    /// # Errors
    /// [`StatementRefusal`].
    pub fn read(bytes: &[u8]) -> Result<Self, StatementRefusal> {
        if bytes.starts_with(CERTIFICATE.as_bytes()) {
            return Ok(Self::V1(Statement::parse(CERTIFICATE, bytes, CERTIFICATE_LIMIT)?));
        }
        let statement: Statement<CertificateV2> = Statement::parse(CERTIFICATE_2, bytes, CERTIFICATE_LIMIT)?;
        statement.body().bounded()?;
        Ok(Self::V2(statement))
    }

    /// Checks that `key`, and nobody else, signed it, and that it names that key.
    ///
    /// # Errors
    /// [`StatementRefusal::BadSignature`].
    pub fn verify(&self, key: PublicKey) -> Result<(), StatementRefusal> {
        if self.key() != key {
            return Err(StatementRefusal::BadSignature);
        }
        match self {
            Self::V1(statement) => statement.verify(&[key]),
            Self::V2(statement) => statement.verify(&[key]),
        }
    }

    /// Which version it is.
    #[must_use]
    pub fn version(&self) -> u8 {
        match self {
            Self::V1(_) => 1,
            Self::V2(_) => 2,
        }
    }

    /// The whole file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::V1(statement) => statement.to_bytes(),
            Self::V2(statement) => statement.to_bytes(),
        }
    }

    /// SHA-256 over the signed bytes: what its QR code shows.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match self {
            Self::V1(statement) => statement.digest(),
            Self::V2(statement) => statement.digest(),
        }
    }

    /// What people compare the box by: the fingerprint of its card.
    #[must_use]
    pub fn box_fingerprint(&self) -> String {
        card::box_fingerprint(self.box_id(), self.entity(), self.key())
    }

    /// How many invoices outlive the term under holds; version 1 knew of none.
    #[must_use]
    pub fn held(&self) -> u32 {
        match self {
            Self::V1(_) => 0,
            Self::V2(statement) => statement.body().held,
        }
    }

    /// The time tokens that it carries; none in version 1, which was never *proven*.
    #[must_use]
    pub fn tokens(&self) -> &[TokenEvidence] {
        match self {
            Self::V1(_) => &[],
            Self::V2(statement) => &statement.body().tokens,
        }
    }

    /// What opened the vault.
    #[must_use]
    pub fn root(&self) -> Root {
        match self {
            Self::V1(statement) => match statement.body() {
                body if body.root == "tpm" => Root::Tpm,
                body if body.root_on_data_device => Root::FileOnDataDevice,
                _ => Root::FileElsewhere,
            },
            Self::V2(statement) => statement.body().root,
        }
    }

    /// Codes of what the destruction does not reach; for version 1, those that were true of it.
    #[must_use]
    pub fn not_covered(&self) -> Cow<'_, [String]> {
        match self {
            Self::V1(_) => NotCovered::codes(self.root(), 0).into(),
            Self::V2(statement) => statement.body().not_covered.as_slice().into(),
        }
    }

    /// What of its evidence does not hold, as far as it shows without the time's authorities.
    #[must_use]
    pub fn faults(&self) -> Vec<EvidenceFault> {
        match self {
            Self::V1(statement) if statement.body().word == Word::Proven => vec![EvidenceFault::NotProven],
            Self::V1(_) => Vec::new(),
            Self::V2(statement) => statement.body().faults(),
        }
    }
}
