//! Knowing the box: its card, which two people compare once, and every later card of the same key.

use jiff::Timestamp;
use jiff::civil::Date;

use super::refusal::shown;
use super::{Refused, Shop, ShopRefusal};
use crate::exchange::bundle::{BoxCard, SenderCard, SignedBoxCard, SignedSenderCard, Statement, labels};
use crate::exchange::journal::SignedCheckpoint;
use crate::exchange::law::TermName;
use crate::support::durable::write_atomically;

/// A box's card that is sound in itself and not yet taken.
pub struct Offer {
    card: SignedBoxCard,
    checkpoint: SignedCheckpoint,
    known: bool,
    changes: Vec<Change>,
}

/// What a newer card of the same box says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Change {
    TermOpened(TermName),
    TermGone(TermName),
    RecipientReplaced(TermName),
    KeptUntil(TermName, Date),
}

/// A box's card with its journal's head, both verified.
#[derive(Clone)]
pub(super) struct OurBox {
    pub(super) card: SignedBoxCard,
    pub(super) checkpoint: SignedCheckpoint,
}

impl OurBox {
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Refused> {
        let card = SignedBoxCard::open(bytes)?;
        let body = card.body();
        let checkpoint = SignedCheckpoint::verify(&body.checkpoint, body.box_id, &body.key)?;
        Ok(Self { card, checkpoint })
    }
}

impl Offer {
    /// What the card says.
    #[must_use]
    pub fn card(&self) -> &BoxCard {
        self.card.body()
    }

    /// What the officer reads out at the box.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.card.fingerprint()
    }

    /// Whether it is a newer card of the box that is enrolled already; then nobody need compare.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// What it says otherwise than the card before.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether `typed` is the card's fingerprint, in either case and with any separators; `0`, `1`
    /// and `8` are the letters that they look like. With `last_group`, its last four characters do:
    /// for somebody who has the officer on the telephone.
    #[must_use]
    pub fn is_confirmed_by(&self, typed: &str, last_group: bool) -> bool {
        let plain = |text: &str| -> String {
            let alike = |c: char| match c.to_ascii_uppercase() {
                '0' => 'O',
                '1' => 'I',
                '8' => 'B',
                c => c,
            };
            text.chars().filter(char::is_ascii_alphanumeric).map(alike).collect()
        };
        let (typed, whole) = (plain(typed), plain(&self.fingerprint()));
        typed == whole || (last_group && typed == whole[whole.len() - 4..])
    }
}

impl Shop {
    /// Reads a box's card and holds it against the one that is enrolled.
    ///
    /// # Errors
    /// [`Refused::Card`] and [`Refused::Journal`] if it does not hold by itself;
    /// [`ShopRefusal::AnotherBox`], [`ShopRefusal::CardOlder`], [`ShopRefusal::JournalForked`].
    pub fn consider(&self, card: &[u8]) -> Result<Offer, Refused> {
        let OurBox { card, checkpoint } = OurBox::open(card)?;
        let Some(ours) = &self.our_box else {
            return Ok(Offer { card, checkpoint, known: false, changes: Vec::new() });
        };
        let (old, new) = (ours.card.body(), card.body());
        if (old.box_id, old.key, old.entity) != (new.box_id, new.key, new.entity) {
            let (ours, theirs) = (ours.card.fingerprint(), card.fingerprint());
            return Err(ShopRefusal::AnotherBox { ours, theirs }.into());
        }
        let ledger = self.ledger()?;
        for seen in ledger.seen().into_iter().chain([&ours.checkpoint]) {
            continues(seen, &checkpoint)?;
        }
        let changes = changes(old, new);
        Ok(Offer { card, checkpoint, known: true, changes })
    }

    /// Takes the card. `confirmed` is whether a person has compared the fingerprint.
    ///
    /// # Errors
    /// [`ShopRefusal::FingerprintWanted`] for a box that is new and was not compared.
    pub fn enrol(&mut self, offer: Offer, confirmed: bool) -> Result<(), Refused> {
        if !offer.known && !confirmed {
            return Err(ShopRefusal::FingerprintWanted { fingerprint: offer.fingerprint() }.into());
        }
        write_atomically(&self.place(super::CARD), &offer.card.to_bytes(), 0o600)?;
        self.our_box = Some(OurBox { card: offer.card, checkpoint: offer.checkpoint });
        Ok(())
    }

    /// The shop's own card for the enrolled box. Where it carries on what `old` has sealed, and `old` is
    /// still there, its key signs too.
    ///
    /// # Errors
    /// [`ShopRefusal::NoBox`], [`ShopRefusal::OldShopOther`].
    pub fn card(&self, now: Timestamp, old: Option<&Self>) -> Result<SignedSenderCard, Refused> {
        let succeeds = self.succession()?;
        match (old, &succeeds) {
            (Some(old), Some(succession)) => self.agrees_with(old, succession)?,
            (Some(_), None) => return Err(ShopRefusal::OldShopOther.into()),
            (None, _) => {}
        }
        let card = SenderCard {
            sender: self.keys.sender,
            stream: self.keys.stream,
            key: self.keys.public(),
            name: self.settings.name.clone(),
            box_id: self.our_box()?.card.body().box_id,
            issued_at: now,
            succeeds,
        };
        let card = Statement::sign(labels::SENDER_CARD, card, &self.keys.signing());
        Ok(match old {
            Some(old) => card.and_sign(&old.keys.signing()),
            None => card,
        })
    }
}

/// Whether a later head may follow an earlier one, as far as the two alone tell.
pub(super) fn continues(seen: &SignedCheckpoint, later: &SignedCheckpoint) -> Result<(), ShopRefusal> {
    same_log(seen, later)?;
    if later.size() < seen.size() {
        return Err(ShopRefusal::CardOlder { size: later.size(), seen: seen.size() });
    }
    Ok(())
}

/// Two heads over as many entries must be one.
pub(super) fn same_log(one: &SignedCheckpoint, other: &SignedCheckpoint) -> Result<(), ShopRefusal> {
    if one.size() == other.size() && one.root() != other.root() {
        return Err(ShopRefusal::JournalForked { size: one.size() });
    }
    Ok(())
}

fn changes(old: &BoxCard, new: &BoxCard) -> Vec<Change> {
    let mut changes = Vec::new();
    for term in &new.terms {
        let name = term.term.name().clone();
        match old.terms.iter().find(|before| *before.term.name() == name) {
            None => changes.push(Change::TermOpened(name)),
            Some(before) => {
                if before.recipient != term.recipient {
                    changes.push(Change::RecipientReplaced(name.clone()));
                }
                if before.kept_until != term.kept_until {
                    changes.push(Change::KeptUntil(name, term.kept_until));
                }
            }
        }
    }
    let gone = |before: &&_| !new.terms.iter().any(|term| term.term.name() == *before);
    changes.extend(old.terms.iter().map(|term| term.term.name()).filter(gone).cloned().map(Change::TermGone));
    changes
}

/// The entity's name on a card, as it may be shown.
#[must_use]
pub fn entity_name(card: &BoxCard) -> String {
    shown(&card.entity_name)
}
