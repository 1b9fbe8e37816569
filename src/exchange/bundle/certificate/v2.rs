//! Version 2: with the time tokens themselves, what is held, and what is not covered.

use data_encoding::BASE64;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::{ByteBuf, Bytes};

use super::{EvidenceFault, Root};
use crate::exchange::bundle::StatementRefusal;
use crate::exchange::bundle::header::SEEN_LIMIT;
use crate::exchange::journal::SignedCheckpoint;
use crate::exchange::law::{Term, over_at};
use crate::exchange::vocabulary::{BoxId, Digest, EntityId, PublicKey, Word};

/// Tokens on one certificate at most: the one that made the term due, a later one, and one to spare.
pub const TOKENS_LIMIT: usize = 3;
/// Bytes of one token at most.
pub const TOKEN_LIMIT: usize = 32 * 1024;
/// Bytes of the checkpoint that a token is over, at most; as many as a header's `seen` may have.
pub const OVER_LIMIT: usize = SEEN_LIMIT;
/// Codes of what is not covered, at most, and bytes of one.
pub const CODES_LIMIT: usize = 32;
const CODE_LIMIT: usize = 40;

/// What was destroyed, on which evidence, and what that does not cover. The order of the fields is the
/// order of the CBOR map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateV2 {
    /// The box.
    #[serde(rename = "box")]
    pub box_id: BoxId,
    /// The key that signs; on the box's card too.
    pub key: PublicKey,
    /// Whether the box is one for showing.
    pub demo: bool,
    /// Whose books these were.
    pub entity: EntityId,
    /// Their name.
    pub entity_name: String,
    /// The term whose key is gone.
    pub term: Term,
    /// The last day on which its invoices had to be kept.
    pub kept_until: Date,
    /// By which article.
    pub article: String,
    /// By which edition of the law table.
    pub law_table: String,
    /// How many bundles.
    pub bundles: u32,
    /// How many invoices.
    pub invoices: u64,
    /// Bytes of the bundles.
    pub bytes: u64,
    /// How many entries of the journal were about this term.
    pub entries: u64,
    /// SHA-256 over the indexes of these entries, each as u64 big-endian, ascending.
    pub entries_digest: Digest,
    /// How many of the invoices outlive the term under holds.
    pub held: u32,
    /// How strong the evidence of time is.
    pub word: Word,
    /// The floor: the latest time that the box holds proven.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub floor: Timestamp,
    /// Seconds that the box was powered between "due" and the destruction.
    pub powered_since_due: u64,
    /// The time tokens that it rests on, the oldest first.
    pub tokens: Vec<TokenEvidence>,
    /// What opened the vault.
    pub root: Root,
    /// The generation of the vault that no longer had the key.
    pub generation: u64,
    /// Codes of what the destruction does not reach ([`NotCovered`](super::NotCovered)).
    pub not_covered: Vec<String>,
    /// The journal's head before this certificate: a signed note.
    pub checkpoint: String,
    /// When, by the box's own clock: a claim.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub destroyed_at: Timestamp,
}

/// A time token (RFC 3161) over a checkpoint of the box's journal, whole: a stranger who trusts its
/// authority needs no other file to check the time with `openssl ts -verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenEvidence {
    /// SHA-256 of the token, by which the journal names it.
    pub digest: Digest,
    /// The pinned authority that signed it, as the journal names that.
    pub authority: Digest,
    /// The token's time less its accuracy.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub time: Timestamp,
    /// The signed note whose SHA-256 the authority signed, as it was sent there.
    pub over: String,
    /// The reply of the authority: a DER TimeStampResp.
    #[serde(serialize_with = "write_token", deserialize_with = "read_token")]
    pub token: Vec<u8>,
}

/// A byte string in CBOR; base64 where people read it.
fn write_token<S: Serializer>(token: &[u8], to: S) -> Result<S::Ok, S::Error> {
    if to.is_human_readable() {
        to.serialize_str(&BASE64.encode(token))
    } else {
        Bytes::new(token).serialize(to)
    }
}

fn read_token<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    ByteBuf::deserialize(from).map(ByteBuf::into_vec)
}

impl CertificateV2 {
    /// The bounds that the types do not hold.
    pub(super) fn bounded(&self) -> Result<(), StatementRefusal> {
        let code = |code: &String| {
            (1..=CODE_LIMIT).contains(&code.len())
                && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        let token = |one: &TokenEvidence| one.token.len() <= TOKEN_LIMIT && one.over.len() <= OVER_LIMIT;
        let reason = if self.tokens.len() > TOKENS_LIMIT || !self.tokens.iter().all(token) {
            "its time tokens"
        } else if self.not_covered.len() > CODES_LIMIT || !self.not_covered.iter().all(code) {
            "its list of what is not covered"
        } else {
            return Ok(());
        };
        Err(StatementRefusal::NotOfForm { reason: reason.to_owned() })
    }

    /// What of the evidence does not hold, as far as it shows without the authorities: each token is the
    /// one that is named, over an earlier head of this box's journal, and *proven* has a token past the
    /// term's end.
    pub(super) fn faults(&self) -> Vec<EvidenceFault> {
        let mut faults = Vec::new();
        let head = SignedCheckpoint::verify(&self.checkpoint, self.box_id, &self.key);
        if head.is_err() {
            faults.push(EvidenceFault::Checkpoint);
        }
        for (number, token) in (1..).zip(&self.tokens) {
            if Digest::of(&token.token) != token.digest {
                faults.push(EvidenceFault::AnotherToken { number });
            }
            match (SignedCheckpoint::verify(&token.over, self.box_id, &self.key), &head) {
                (Ok(over), Ok(head)) if over.size() <= head.size() => {}
                _ => faults.push(EvidenceFault::NotOverAHead { number }),
            }
        }
        let end = over_at(self.kept_until);
        if self.word == Word::Proven && !self.tokens.iter().any(|token| token.time >= end) {
            faults.push(EvidenceFault::NotProven);
        }
        if self.word != Word::Declared && self.floor < end {
            faults.push(EvidenceFault::NotPast);
        }
        faults
    }
}
