//! Cards: what the two ends tell each other of themselves, as signed statements in files that a
//! stick carries. A card is only as good as the comparison of its fingerprint by two people.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::hybrid::HybridRecipient;
use super::labels;
use super::statement::{Statement, StatementRefusal};
use crate::exchange::law::{Decides, Term};
use crate::exchange::vocabulary::{BoxId, Country, Digest, EntityId, PublicKey, SenderId, StreamId};

/// Bytes of a card at most.
pub const CARD_LIMIT: usize = 1024 * 1024;

/// What a box says of itself: its key, its entity, and to whom each open term is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoxCard {
    /// The box.
    #[serde(rename = "box")]
    pub box_id: BoxId,
    /// Whether it is a box for showing, whose clock can be turned.
    pub demo: bool,
    /// The key that signs cards, checkpoints and certificates.
    pub key: PublicKey,
    /// Whose books these are.
    pub entity: EntityId,
    /// Their name, as people know it.
    pub entity_name: String,
    /// The country whose law of retention holds.
    pub country: Country,
    /// The law table that the dates come from.
    pub law_table: String,
    /// When the box wrote the card, by its clock.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub issued_at: Timestamp,
    /// The terms that take bundles.
    pub terms: Vec<CardTerm>,
    /// MAC key of the one-way push; a nuisance when it leaks, not a breach.
    #[serde(with = "serde_bytes")]
    pub push_key: Vec<u8>,
    /// The journal's head: a signed note.
    pub checkpoint: String,
}

/// One open term on a box's card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardTerm {
    /// The term and the days that it covers.
    pub term: Term,
    /// Its age recipient, `age1pq1…`.
    pub recipient: String,
    /// Which of an invoice's dates decides.
    pub decides: Decides,
    /// The last day on which its invoices are kept.
    pub kept_until: Date,
    /// By which article.
    pub article: String,
}

/// What a shop's `kluis-send` says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SenderCard {
    /// The sender.
    pub sender: SenderId,
    /// The stream that it numbers bundles in.
    pub stream: StreamId,
    /// The key that signs its bundles.
    pub key: PublicKey,
    /// How the shop calls it.
    pub name: String,
    /// The box that it was made for.
    #[serde(rename = "box")]
    pub box_id: BoxId,
    /// When, by its clock.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub issued_at: Timestamp,
    /// The stream that this key carries on, signed for by the old key (reserved).
    pub succeeds: Option<Succession>,
}

/// Which stream a new key carries on, and up to where the old one was right (reserved).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// The old stream.
    pub stream: StreamId,
    /// Its last valid number.
    pub last: u64,
    /// That number's header.
    pub header: Digest,
}

/// A box's card with its signature.
pub type SignedBoxCard = Statement<BoxCard>;
/// A sender's card with its signature.
pub type SignedSenderCard = Statement<SenderCard>;

impl SignedBoxCard {
    /// Reads a box's card and checks its signature and its recipients.
    ///
    /// # Errors
    /// [`StatementRefusal`].
    pub fn open(bytes: &[u8]) -> Result<Self, StatementRefusal> {
        let card = Self::parse(labels::BOX_CARD, bytes, CARD_LIMIT)?;
        card.verify(&[card.body().key])?;
        if card.body().terms.iter().any(|term| HybridRecipient::parse(&term.recipient).is_none()) {
            return Err(StatementRefusal::NotOfForm { reason: "a term's recipient".to_owned() });
        }
        Ok(card)
    }

    /// What two people compare: it stays the same when the box writes a newer card.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let card = self.body();
        box_fingerprint(card.box_id, card.entity, card.key)
    }
}

impl SignedSenderCard {
    /// Reads a sender's card and checks that its own key signed it.
    ///
    /// # Errors
    /// [`StatementRefusal`].
    pub fn open(bytes: &[u8]) -> Result<Self, StatementRefusal> {
        let card = Self::parse(labels::SENDER_CARD, bytes, CARD_LIMIT)?;
        card.verify(&[card.body().key])?;
        Ok(card)
    }

    /// What two people compare.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let card = self.body();
        fingerprint("sender", &[&card.sender.0, &card.stream.0, &card.key.0])
    }
}

/// The fingerprint of a box's card, by what does not change of it.
pub(super) fn box_fingerprint(box_id: BoxId, entity: EntityId, key: PublicKey) -> String {
    fingerprint("box", &[&box_id.0, &entity.0, &key.0])
}

fn fingerprint(kind: &str, parts: &[&[u8]]) -> String {
    let mut bytes = format!("factuurkluis/fingerprint/{kind}\n").into_bytes();
    for part in parts {
        bytes.extend_from_slice(part);
    }
    Digest::of(&bytes).fingerprint()
}
