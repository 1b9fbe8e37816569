//! What is encrypted: length-prefixed leaves, then the documents back to back.
//!
//! Each leaf begins with who sealed it where, and a salt: so a captured payload cannot be signed as
//! one's own, and one leaf shown with its path lets nobody guess a neighbour.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::cbor::{self, CborRefusal};
use super::header::LEAVES_LIMIT;
use crate::exchange::invoice::Record;
use crate::exchange::vocabulary::{BundleNumber, Digest, SenderId, StreamId};
use crate::support::secret::Secret;

/// Documents of one invoice at most.
pub const DOCUMENTS_LIMIT: usize = 100;

/// Which of the two a leaf is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LeafKind {
    /// Leaf 0.
    Stream,
    /// Every other.
    Invoice,
}

/// Leaf 0: what the box must know of the stream.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamLeaf {
    /// [`LeafKind::Stream`].
    pub kind: LeafKind,
    /// As in the header.
    pub sender: SenderId,
    /// As in the header.
    pub stream: StreamId,
    /// As in the header.
    pub number: BundleNumber,
    /// Random.
    pub salt: Digest,
    /// Keys the stream's receipt codes.
    #[serde(with = "serde_bytes")]
    pub receipt_key: Vec<u8>,
}

impl Drop for StreamLeaf {
    fn drop(&mut self) {
        self.receipt_key.zeroize();
    }
}

/// One invoice: its record and what its documents must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceLeaf {
    /// [`LeafKind::Invoice`].
    pub kind: LeafKind,
    /// As in the header.
    pub sender: SenderId,
    /// As in the header.
    pub stream: StreamId,
    /// As in the header.
    pub number: BundleNumber,
    /// Random.
    pub salt: Digest,
    /// What is kept beside the documents.
    pub record: Record,
    /// The documents, in the order in which they follow.
    pub documents: Vec<Document>,
}

/// What one document must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Bytes.
    pub length: u64,
    /// `application/xml` or `application/pdf` today.
    pub media_type: String,
    /// Where it comes from.
    pub origin: Origin,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}

/// Where a document comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The shop's own document, unaltered.
    Original,
    /// Written by `kluis-send` from the kept fields, because the shop had none (reserved).
    Derived,
}

/// Who sealed a leaf where, which every leaf repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The sender.
    pub sender: SenderId,
    /// His stream.
    pub stream: StreamId,
    /// The bundle's number in it.
    pub number: BundleNumber,
}

/// A fresh salt.
pub(super) fn salt() -> Digest {
    Digest(*Secret::random().expose())
}

impl StreamLeaf {
    /// Leaf 0 of a bundle at `place`.
    #[must_use]
    pub fn new(place: Place, receipt_key: &Secret) -> Self {
        let Place { sender, stream, number } = place;
        let receipt_key = receipt_key.expose().to_vec();
        Self { kind: LeafKind::Stream, sender, stream, number, salt: salt(), receipt_key }
    }

    /// Reads leaf 0 and checks that it is of `place`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &[u8], place: Place) -> Result<Self, LeafFault> {
        let leaf: Self = cbor::decode(bytes, LEAVES_LIMIT)?;
        let there = Place { sender: leaf.sender, stream: leaf.stream, number: leaf.number };
        if leaf.kind != LeafKind::Stream || there != place {
            return Err(LeafFault::Foreign);
        }
        if leaf.receipt_key.len() != 32 {
            return Err(LeafFault::NotOfForm);
        }
        Ok(leaf)
    }

    /// The key of the stream's receipt codes.
    #[must_use]
    pub fn receipt_key(&self) -> Secret {
        Secret::from_bytes(self.receipt_key.as_slice().try_into().expect("parsed as 32 bytes"))
    }
}

impl InvoiceLeaf {
    /// The leaf of an invoice in the bundle at `place`.
    #[must_use]
    pub fn new(place: Place, record: Record, documents: Vec<Document>) -> Self {
        let Place { sender, stream, number } = place;
        Self { kind: LeafKind::Invoice, sender, stream, number, salt: salt(), record, documents }
    }

    /// Reads an invoice's leaf and checks that it is of `place`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &[u8], place: Place) -> Result<Self, LeafFault> {
        let leaf: Self = cbor::decode(bytes, LEAVES_LIMIT)?;
        let there = Place { sender: leaf.sender, stream: leaf.stream, number: leaf.number };
        if leaf.kind != LeafKind::Invoice || there != place {
            return Err(LeafFault::Foreign);
        }
        if leaf.documents.is_empty() || leaf.documents.len() > DOCUMENTS_LIMIT {
            return Err(LeafFault::NotOfForm);
        }
        Ok(leaf)
    }
}

/// What is wrong with a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeafFault {
    /// Its bytes are not those of a leaf.
    NotOfForm,
    /// It was sealed by another, or for another bundle.
    Foreign,
}

impl From<CborRefusal> for LeafFault {
    fn from(_: CborRefusal) -> Self {
        Self::NotOfForm
    }
}
