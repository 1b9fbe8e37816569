//! The journal as both ends know it: the maths of a Merkle log, its signed checkpoints, the events
//! in it, and the two kinds of receipt. Pure: bytes in, bytes out. The log on disk is
//! `appliance::journal`.
//!
//! What this room promises:
//! - The formats are C2SP's by the letter, so that strangers' tools can check them: RFC 6962 hashing
//!   ([`tree`]), [signed notes](https://c2sp.org/signed-note) and
//!   [checkpoints](https://c2sp.org/tlog-checkpoint) ([`checkpoint`]),
//!   [tlog-proofs](https://c2sp.org/tlog-proof) ([`receipt`]).
//! - A [`SignedCheckpoint`] and a [`VerifiedReceipt`] exist only where the signature and the proof
//!   held (`verify_strict`): there is no parsed form that was not checked.
//! - An entry ([`Entry`], 33 bytes) tells its kind and nothing else. What it commits to is opened by
//!   32 random bytes and the event's body ([`Opening`]); whoever lost these, because the term's key
//!   died, cannot confirm even a guess.
//!
//! What it does not promise: that a log is the only one of its box. Two checkpoints that
//! [`tree::verify_consistency`] cannot join are the proof of a split; somebody outside has to have
//! kept the first. And a [`ReceiptCode`] convinces only the sender whose key made it.
//!
//! ```text
//!  Event --cbor--> body \                       tlog-proof
//!                        Opening --> Entry --> leaf hash --path--> root --> Checkpoint --> signature
//!      32 random bytes  /  (kind)   33 bytes                                 box, size
//! ```
//!
//! The bodies ([`Event`]) are serde types; `bundle::cbor` turns them into canonical CBOR and back
//! (field order is declaration order). This room calls no other.
//!
//! # Labels and fixed words
//! They also stand in the table of `bundle/FORMAT.md`. None of these may ever change.
//!
//! | constant | bytes | where |
//! |---|---|---|
//! | [`labels::ORIGIN`] | `factuurkluis.internal/` | a checkpoint's first line, before the box's id in hex |
//! | [`labels::RECEIPT_CODE`] | `factuurkluis/receipt-code` | first bytes under a receipt code's HMAC |
//! | [`labels::EVENT`] | `factuurkluis/event` | first bytes of a sealed event's associated data |
//! | [`labels::TLOG_PROOF`] | `c2sp.org/tlog-proof@v1` | a receipt's first line |
//!
//! A commitment's HMAC has no label: its key is 32 random bytes that were made for it and serve
//! nothing else. A checkpoint's signature needs none beside its first line: no other message that a
//! box signs begins with [`labels::ORIGIN`].

use crate::refusals;

pub mod checkpoint;
pub mod code;
pub mod entry;
pub mod event;
pub mod labels;
pub mod receipt;
pub mod tree;

pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use code::ReceiptCode;
pub use entry::{Entry, EntryKind, Opening};
pub use event::Event;
pub use receipt::{Receipt, VerifiedReceipt};
pub use tree::{Tree, verify_consistency, verify_inclusion};

refusals! {
    /// Why a checkpoint, a receipt or a receipt code is not taken.
    pub enum JournalRefusal {
        /// More bytes than such a text can have.
        TooLong { limit: usize } = "journal-too-long",
        /// Not the text that C2SP's tlog-checkpoint describes; `line` counts from 1.
        CheckpointForm { line: usize } = "journal-checkpoint-form",
        /// A checkpoint of another box, or of another program.
        CheckpointOfAnother { origin: String, expected: String } = "journal-checkpoint-of-another",
        /// No signature by the box's key, or one that does not hold.
        CheckpointUnsigned { expected: String } = "journal-checkpoint-unsigned",
        /// Not the text that C2SP's tlog-proof describes; `line` counts from 1.
        ReceiptForm { line: usize } = "journal-receipt-form",
        /// An entry of a kind that this program does not know.
        ReceiptKind { kind: u8 } = "journal-receipt-kind",
        /// The path does not lead from the opened entry to the signed root.
        ReceiptUnproven { index: u64, size: u64 } = "journal-receipt-unproven",
        /// What was typed is not a number and 16 letters and digits.
        CodeForm = "journal-code-form",
    }
}

#[cfg(test)]
mod tests;
