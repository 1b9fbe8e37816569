//! Version 1, which boxes of November 2026 wrote. It says no more than its fields; what it lacks is
//! answered by the accessors of [`SignedCertificate`](super::SignedCertificate). It never changes.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::exchange::law::Term;
use crate::exchange::vocabulary::{BoxId, Digest, EntityId, PublicKey, Word};

/// What was destroyed, on which evidence, and what that does not cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateV1 {
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
    /// How strong the evidence of time is.
    pub word: Word,
    /// The floor: the latest time that the box holds proven.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub floor: Timestamp,
    /// Seconds that the box was powered between "due" and the destruction.
    pub powered_since_due: u64,
    /// Digests of the time tokens that prove it; nothing ever wrote one here.
    pub tokens: Vec<Digest>,
    /// What opened the vault: `file` or `tpm`.
    pub root: String,
    /// Whether a file root lay on the device of the data.
    pub root_on_data_device: bool,
    /// The generation of the vault that no longer had the key.
    pub generation: u64,
    /// The journal's head before this certificate: a signed note.
    pub checkpoint: String,
    /// When, by the box's own clock: a claim.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub destroyed_at: Timestamp,
}
