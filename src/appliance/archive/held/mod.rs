//! Held invoices: copies of their own, under a key of their own, that outlive the term around them.
//!
//! ```text
//!  OpenBundle ── documents_of(leaves) ──> Writer ──> holds/<hold>/copies ──> Copies ──> HeldInvoice
//!  (or HeldInvoice, of another hold)      (seals)    (records back to back)  (scan)     (proof, documents)
//! ```
//! `copies` is the truth, and all of it: what the sender signed (header, signature, leaf, path), the
//! receipt of the bundle's admission, and the documents, so that a proof can be made when nothing else is
//! left of the term. Beside it lie the hold's `events`, which are the journal's, and its `catalogue/`,
//! which is derived from the records in `copies`.
//!
//! One record:
//!
//! ```text
//!   0      1          5            29
//!   | kind | length n | nonce (24) | XChaCha20-Poly1305 ciphertext (n) and tag (16)
//!
//!   kind 1  a bundle: CBOR of [`HeldBundle`]
//!        2  one of its invoices: CBOR of [`HeldLeaf`]; its documents follow, each in pieces
//!        3  a piece of a document: 65,536 bytes, the last of each document the rest
//!        4  the end: the number of invoices, u64
//!   associated data: kind 1 | length of the hold's name u64 | name | the record's offset u64
//! ```
//! Integers big-endian. A key is made for one hold, which is written once and never changed: so there is
//! no generation in the associated data, and no record opens in another place, hold or order.
//!
//! **Promised.** [`Writer::finish`] returns when the copies are on the disk, whole. A document is streamed
//! both ways, whatever its size; memory is that of one bundle's leaves (16 MiB at most). What is read back
//! is checked against what the sender signed, each time, and nothing is given out once the hold's key is
//! dead. Of a bundle's other invoices nothing is in the copies but hashes. **Not promised.** To hide how
//! many invoices are held, or how long their documents are, from whoever has the disk: a record's kind and
//! length are in clear, so that the box can find the invoices in them when it starts.
//!
//! System calls of the happy path: open(`O_CREAT|O_EXCL`) write… fsync, fsync(directory); pread.

mod read;
mod seal;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Copies, Covered, Covers, HeldInvoice, Scan, Verified};
pub use write::Writer;

use serde::{Deserialize, Serialize};

use crate::exchange::vocabulary::{Digest, PublicKey};

/// A hold's secret -> the key under which its events are sealed.
pub const HOLD_EVENTS: &str = "factuurkluis/hold/events";
/// A hold's secret -> the key under which its copies are sealed.
pub const HOLD_COPIES: &str = "factuurkluis/hold/copies";
/// A hold's secret -> the key under which its catalogue is sealed.
pub const HOLD_CATALOGUE: &str = "factuurkluis/hold/catalogue";

/// Bytes of a document in a record at most.
const PIECE: usize = 64 * 1024;

/// What the held invoices of one bundle have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldBundle {
    /// The term that it was admitted to.
    pub term: String,
    /// The signed header as it stands at the front of the bundle.
    #[serde(with = "serde_bytes")]
    pub header: Vec<u8>,
    /// The sender's key, as his card had it.
    pub key: PublicKey,
    /// The receipt of the bundle's admission, a C2SP `tlog-proof`.
    pub receipt: String,
}

/// What of one invoice is kept beside its documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldLeaf {
    /// The leaf's number.
    pub leaf: u32,
    /// Its bytes.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
    /// RFC 6962 path to the header's root.
    pub path: Vec<Digest>,
}
