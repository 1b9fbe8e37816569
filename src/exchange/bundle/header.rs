//! A bundle's header: all that may be known of a bundle without its term's key.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::statement::Statement;
use crate::exchange::law::TermName;
use crate::exchange::vocabulary::{BoxId, BundleNumber, Digest, EntityId, SenderId, StreamId};

/// The only suite today: age `mlkem768x25519`, Ed25519, SHA-256.
pub const SUITE: u8 = 1;
/// Bytes of a header at most.
pub const HEADER_LIMIT: usize = 64 * 1024;
/// Bytes of `seen` at most: half the header, so that the rest always has room.
pub const SEEN_LIMIT: usize = 32 * 1024;
/// Invoices in a bundle at most.
pub const INVOICES_LIMIT: u32 = 10_000;
/// Bytes of all leaves, with their lengths, at most.
pub const LEAVES_LIMIT: usize = 16 * 1024 * 1024;
/// Bytes of a whole bundle at most: what FAT32 can hold in one file.
pub const BUNDLE_LIMIT: u64 = 4 * 1024 * 1024 * 1024 - 1;

/// What the sender signs. The order of the fields is the order of the CBOR map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`SUITE`].
    pub suite: u8,
    /// The keys that must have signed, by their ids (see [`super::statement::key_id`]).
    pub signers: Vec<Digest>,
    /// The box that it is for.
    #[serde(rename = "box")]
    pub box_id: BoxId,
    /// Whose books these are.
    pub entity: EntityId,
    /// Who seals.
    pub sender: SenderId,
    /// In which series of numbers.
    pub stream: StreamId,
    /// The number; each is signed once.
    pub number: BundleNumber,
    /// Digest of the header of the number before; absent for number 1.
    pub previous: Option<Digest>,
    /// The number of a lost or refused bundle whose invoices these are.
    pub replaces: Option<BundleNumber>,
    /// The term that every invoice in it belongs to.
    pub term: TermName,
    /// Fingerprint of the term's recipient, as the card had it.
    pub recipient: Digest,
    /// When the sender sealed it, by his clock: a claim.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub signed_at: Timestamp,
    /// The last whole signed checkpoint of the box that the sender verified (a signed note).
    pub seen: Option<String>,
    /// Number of leaves: the invoices and leaf 0.
    pub leaves: u32,
    /// RFC 6962 root over the leaves.
    pub root: Digest,
    /// Bytes of the age file.
    pub length: u64,
    /// SHA-256 of the age file.
    pub sha256: Digest,
}

impl Header {
    /// How many invoices are in the bundle.
    #[must_use]
    pub fn invoices(&self) -> u32 {
        self.leaves.saturating_sub(1)
    }
}

/// A header with its signatures.
pub type SignedHeader = Statement<Header>;
