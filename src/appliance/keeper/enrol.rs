//! Cards: the box's own, and the senders' that an officer admits.

use serde::Serialize;
use serde_bytes::ByteBuf;

use super::terms::Rooms;
use super::{Keeper, KeeperRefusal, OwnRefusal, Pair, Role, SuccessionView, Visitor, held};
use crate::appliance::archive::SenderKnown;
use crate::appliance::vault::{Sender, SenderState};
use crate::exchange::bundle::statement::Statement;
use crate::exchange::bundle::{BoxCard, CardTerm, SenderCard, SignedBoxCard, SignedSenderCard, labels};
use crate::exchange::journal::event::SenderEnrolled;
use crate::exchange::law;
use crate::support::durable;

/// A sender that was admitted.
#[derive(Clone, Debug, Serialize)]
pub struct Enrolled {
    /// How the shop calls it.
    pub name: String,
    /// What was compared.
    pub fingerprint: String,
    /// False where this very card was here already.
    pub new: bool,
    /// What it has taken the place of.
    pub succeeded: Option<SuccessionView>,
}

impl Keeper {
    /// The box's card as it stands on the disk, written anew if terms or head have changed.
    ///
    /// # Errors
    /// The journal's and the disk's.
    pub fn write_card(&self) -> Result<SignedBoxCard, KeeperRefusal> {
        let checkpoint = self.checkpoint()?.note().to_owned();
        let terms = self.card_terms();
        let law_table = self.law_table().edition().to_string();
        let vault = held(&self.vault);
        let card = BoxCard {
            box_id: self.facts.box_id,
            demo: self.facts.demo,
            key: self.facts.key,
            entity: self.facts.entity.id,
            entity_name: self.facts.entity.name.clone(),
            country: self.facts.entity.country,
            law_table,
            issued_at: self.now(),
            terms,
            push_key: vault.push_mac_key().expose().to_vec(),
            checkpoint,
        };
        let card = Statement::sign_with(labels::BOX_CARD, card, &self.facts.key, |bytes| vault.sign(bytes));
        durable::write_atomically(&self.directory.join("box.card"), &card.to_bytes(), 0o644)?;
        Ok(card)
    }

    /// The terms that take bundles, as a card lists them.
    fn card_terms(&self) -> Vec<CardTerm> {
        let rooms = self.all_rooms();
        let open = rooms.iter().filter_map(|room| {
            let life = room.enter();
            self.state_in(room, &life).takes_bundles().then(|| (room, life.kept.kept.clone()))
        });
        open.map(|(room, kept)| CardTerm {
            term: room.facts.term.clone(),
            recipient: room.facts.recipient.clone(),
            decides: room.facts.term.decides(),
            kept_until: kept.until,
            article: kept.article,
        })
        .collect()
    }

    /// Reads a sender's card, for its fingerprint to be compared before it is admitted.
    ///
    /// # Errors
    /// [`OwnRefusal::CardRefused`], [`OwnRefusal::CardForAnotherBox`].
    pub fn read_sender_card(&self, file: &str, bytes: &[u8]) -> Result<SignedSenderCard, KeeperRefusal> {
        let card = SignedSenderCard::open(bytes).map_err(|refusal| OwnRefusal::CardRefused {
            file: file.to_owned(),
            reason: refusal.to_string(),
        })?;
        if card.body().box_id != self.facts.box_id {
            return Err(OwnRefusal::CardForAnotherBox.into());
        }
        Ok(card)
    }

    /// Admits a sender whose fingerprint the officer has compared. With `back_years` he says that old
    /// invoices are expected of him: those of the next [`IMPORT_DAYS`](super::IMPORT_DAYS) days do not
    /// wait. A card that carries an earlier key on takes its place, where the old key has signed too. A
    /// newer card of the key that is here, under another name say, takes the place of the older one.
    ///
    /// # Errors
    /// [`OwnRefusal::FingerprintDiffers`], [`OwnRefusal::OfficersOnly`], [`OwnRefusal::SenderTaken`],
    /// [`OwnRefusal::CardOlder`], [`OwnRefusal::SuccessionWantsTwo`]; the vault's and the journal's.
    pub fn enrol(
        &self,
        card: &SignedSenderCard,
        fingerprint: &str,
        by: &Visitor,
        back_years: bool,
    ) -> Result<Enrolled, KeeperRefusal> {
        self.enrol_by(card, fingerprint, by, None, back_years)
    }

    /// As [`Keeper::enrol`], by two officers: also a successor of a key that is lost or stolen.
    ///
    /// # Errors
    /// As [`Keeper::enrol`].
    pub fn enrol_by(
        &self,
        card: &SignedSenderCard,
        fingerprint: &str,
        by: &Visitor,
        pair: Option<&Pair>,
        back_years: bool,
    ) -> Result<Enrolled, KeeperRefusal> {
        if by.role != Role::Officer {
            return Err(OwnRefusal::OfficersOnly.into());
        }
        let ours = card.fingerprint();
        let plain = |text: &str| text.to_uppercase().replace([' ', '-'], "");
        if plain(fingerprint) != plain(&ours) {
            let (typed, card) = (fingerprint.to_owned(), ours);
            return Err(OwnRefusal::FingerprintDiffers { typed, card }.into());
        }
        let (name, sender) = (card.body().name.clone(), card.body().sender);
        let known = self.sender(sender, card.body().stream);
        let again = known.as_ref().is_some_and(|known| known.card == *card.body());
        let renews =
            known.as_ref().is_some_and(|known| known.ended.is_none() && same_key(known, card.body()));
        let succeeded = if again {
            None
        } else if renews {
            self.renew(card, by)?;
            None
        } else if known.is_some() || card.body().succeeds.is_some() {
            Some(self.succeed(card, by, pair)?)
        } else {
            self.enrol_new(card, by)?;
            None
        };
        if back_years {
            self.old_decided(by, sender, true, Vec::new())?;
        }
        self.cards.forget(&card.to_bytes())?;
        self.believe_on_the_line();
        Ok(Enrolled { name, fingerprint: ours, new: !again, succeeded })
    }

    /// Puts a newer card of the same key in the place of the one that is here. Whether the sender is blocked,
    /// and until when its old invoices are let in, stays.
    fn renew(&self, card: &SignedSenderCard, by: &Visitor) -> Result<(), KeeperRefusal> {
        let (body, bytes) = (card.body(), card.to_bytes());
        let mut senders = self.senders.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = senders.get_mut(&body.stream).ok_or(OwnRefusal::SenderTaken)?;
        if known.ended.is_some() || !same_key(known, body) {
            return Err(OwnRefusal::SenderTaken.into());
        }
        if body.issued_at <= known.card.issued_at {
            let (issued, here) = (body.issued_at.to_string(), known.card.issued_at.to_string());
            return Err(OwnRefusal::CardOlder { issued, here }.into());
        }
        let event =
            SenderEnrolled { at: self.now(), sender: body.sender, card: ByteBuf::from(bytes.clone()) };
        let decided = self.deciding().keep(event, vec![by.who.clone()], |contents| {
            if let Some(sender) = contents.senders.get_mut(&body.sender) {
                sender.card = bytes;
            }
        })?;
        known.card = body.clone();
        drop(senders);
        decided.tell()
    }

    fn enrol_new(&self, card: &SignedSenderCard, by: &Visitor) -> Result<(), KeeperRefusal> {
        let (body, bytes) = (card.body(), card.to_bytes());
        let mut senders = self.senders.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let taken =
            |known: &SenderKnown| known.card.stream == body.stream || known.card.sender == body.sender;
        if senders.values().any(taken) {
            return Err(OwnRefusal::SenderTaken.into());
        }
        let (state, old_until, former) = (SenderState::Enrolled, None, Vec::new());
        let card = ByteBuf::from(bytes.clone());
        let event = SenderEnrolled { at: self.now(), sender: body.sender, card };
        let decided = self.deciding().keep(event, vec![by.who.clone()], |contents| {
            contents.senders.insert(body.sender, Sender { card: bytes, state, old_until, former });
        })?;
        let known = SenderKnown { card: body.clone(), blocked: false, ended: None, old_until: None };
        senders.insert(body.stream, known);
        drop(senders);
        decided.tell()
    }
}

/// Whether a card is of the key that is known, and carries on what that did: only its name, or the day
/// that it was made, may be another.
fn same_key(known: &SenderKnown, card: &SenderCard) -> bool {
    let of = |card: &SenderCard| (card.sender, card.stream, card.key, card.succeeds.clone());
    of(&known.card) == of(card)
}

/// The terms of all rooms, which every record is sorted by again.
pub(super) fn law_terms(rooms: &Rooms) -> Vec<law::Term> {
    rooms.values().map(|room| room.facts.term.clone()).collect()
}
