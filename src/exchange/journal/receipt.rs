//! A receipt: the proof that one event stands in the log, in C2SP's tlog-proof format.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64: kind (1 byte), key (32 bytes), body>
//! index 73894
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=       the path, from the leaf's sibling up
//! …
//!                                                    (empty)
//! <the signed checkpoint, verbatim>
//! ```
//!
//! `extra` opens the entry at `index` and no other. Anybody checks it with public tools: the entry is
//! the kind byte and HMAC-SHA-256(key, body); its RFC 6962 leaf hash is what the path begins from.

use std::fmt::Write as _;

use data_encoding::BASE64;

use super::checkpoint::{MAX_CHECKPOINT, decimal, hash};
use super::entry::{EntryKind, MAX_BODY, OPENING_KEY_LENGTH, Opening};
use super::labels::TLOG_PROOF;
use super::tree::verify_inclusion;
use super::{JournalRefusal, SignedCheckpoint};
use crate::exchange::vocabulary::{BoxId, Digest, PublicKey};

/// A path in a tree of fewer than 2^64 leaves has at most this many hashes.
const MAX_PATH: usize = 64;

/// `extra`: kind, key, body.
const OPENING_START: usize = 1 + OPENING_KEY_LENGTH;

/// The longest receipt that is read, in bytes.
pub const MAX_RECEIPT: usize =
    (OPENING_START + MAX_BODY).div_ceil(3) * 4 + MAX_PATH * 45 + MAX_CHECKPOINT + 256;

/// The file extension that tlog-proof asks for.
pub const EXTENSION: &str = "tlog-proof";

/// A receipt that is about to be written.
pub struct Receipt {
    /// Where the entry stands in the log, from 0.
    pub index: u64,
    /// What opens it.
    pub opening: Opening,
    /// Its path in the checkpoint's tree.
    pub path: Vec<Digest>,
    /// The head that the path leads to.
    pub checkpoint: SignedCheckpoint,
}

impl Receipt {
    /// The receipt's text.
    #[must_use]
    pub fn write(&self) -> String {
        let mut extra = vec![self.opening.kind().number()];
        extra.extend(self.opening.key());
        extra.extend(self.opening.body());
        let mut text = format!("{TLOG_PROOF}\nextra {}\nindex {}\n", BASE64.encode(&extra), self.index);
        for node in &self.path {
            writeln!(text, "{}", BASE64.encode(&node.0)).expect("a String takes what is written");
        }
        text.push('\n');
        text.push_str(self.checkpoint.note());
        text
    }

    /// Reads a receipt and checks all of it: the form, the checkpoint's signature by the box's key,
    /// that `extra` opens the entry, and the path from it to the root.
    ///
    /// # Errors
    /// [`JournalRefusal`], whichever failed first in this order.
    pub fn verify(text: &str, box_id: BoxId, key: &PublicKey) -> Result<VerifiedReceipt, JournalRefusal> {
        if text.len() > MAX_RECEIPT {
            return Err(JournalRefusal::TooLong { limit: MAX_RECEIPT });
        }
        let form = |line| JournalRefusal::ReceiptForm { line };
        let (proof, note) = text.split_once("\n\n").ok_or_else(|| form(1))?;
        let mut lines = proof.split('\n');
        if lines.next() != Some(TLOG_PROOF) {
            return Err(form(1));
        }
        let extra = lines
            .next()
            .and_then(|line| line.strip_prefix("extra "))
            .and_then(|extra| BASE64.decode(extra.as_bytes()).ok())
            .filter(|extra| (OPENING_START..=OPENING_START + MAX_BODY).contains(&extra.len()))
            .ok_or_else(|| form(2))?;
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(decimal)
            .ok_or_else(|| form(3))?;
        let mut path = Vec::new();
        for (at, line) in lines.enumerate() {
            let node = (at < MAX_PATH).then(|| hash(line)).flatten();
            path.push(node.ok_or_else(|| form(4 + at))?);
        }
        let checkpoint = SignedCheckpoint::verify(note, box_id, key)?;

        let kind = EntryKind::from_number(extra[0]).ok_or(JournalRefusal::ReceiptKind { kind: extra[0] })?;
        let opening_key = extra[1..OPENING_START].try_into().expect("32 bytes");
        let opening = Opening::kept(kind, opening_key, extra[OPENING_START..].to_vec());
        let leaf = opening.entry().leaf_hash();
        if !verify_inclusion(index, checkpoint.size(), &leaf, &path, &checkpoint.root()) {
            return Err(JournalRefusal::ReceiptUnproven { index, size: checkpoint.size() });
        }
        Ok(VerifiedReceipt { index, opening, checkpoint })
    }
}

/// A receipt that was checked. Made by [`Receipt::verify`] only.
pub struct VerifiedReceipt {
    index: u64,
    opening: Opening,
    checkpoint: SignedCheckpoint,
}

impl VerifiedReceipt {
    /// Where the event stands in the log, from 0.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// What kind of event it is. Whoever expects an admission asks for it here.
    #[must_use]
    pub fn kind(&self) -> EntryKind {
        self.opening.kind()
    }

    /// The event's body, canonical CBOR.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.opening.body()
    }

    /// The signed head that it is proven against: what the sender puts into `seen`.
    #[must_use]
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }
}
