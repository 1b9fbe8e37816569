//! Cards: the box's own, and the senders' that an officer admits.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_bytes::ByteBuf;

use super::terms::Rooms;
use super::{Keeper, KeeperRefusal, OwnRefusal, Role, Visitor, held};
use crate::appliance::vault::{Sender, SenderState, Vault};
use crate::exchange::bundle::statement::Statement;
use crate::exchange::bundle::{BoxCard, CardTerm, SenderCard, SignedBoxCard, SignedSenderCard, labels};
use crate::exchange::journal::event::SenderEnrolled;
use crate::exchange::law;
use crate::exchange::vocabulary::SenderId;
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
}

impl Keeper {
    /// The box's card as it stands on the disk, written anew if terms or head have changed.
    ///
    /// # Errors
    /// The journal's and the disk's.
    pub fn write_card(&self) -> Result<SignedBoxCard, KeeperRefusal> {
        let checkpoint = self.checkpoint()?.note().to_owned();
        let terms = self.card_terms();
        let vault = held(&self.vault);
        let card = BoxCard {
            box_id: self.facts.box_id,
            demo: self.facts.demo,
            key: self.facts.key,
            entity: self.facts.entity.id,
            entity_name: self.facts.entity.name.clone(),
            country: self.facts.entity.country,
            law_table: law::table::VERSION.to_owned(),
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
        let open = rooms.iter().filter(|room| self.state_of(room).takes_bundles());
        open.map(|room| CardTerm {
            term: room.facts.term.clone(),
            recipient: room.facts.recipient.clone(),
            decides: room.facts.term.decides(),
            kept_until: room.facts.kept_until,
            article: room.facts.article.clone(),
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

    /// Admits a sender whose fingerprint the officer has compared.
    ///
    /// # Errors
    /// [`OwnRefusal::FingerprintDiffers`], [`OwnRefusal::OfficersOnly`], [`OwnRefusal::SenderTaken`];
    /// the vault's and the journal's.
    pub fn enrol(
        &self,
        card: &SignedSenderCard,
        fingerprint: &str,
        by: &Visitor,
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
        let (name, sender, bytes) = (card.body().name.clone(), card.body().sender, card.to_bytes());
        let mut senders = self.senders.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((known, _)) = senders.get(&sender) {
            return if known == card.body() {
                Ok(Enrolled { name, fingerprint: ours, new: false })
            } else {
                Err(OwnRefusal::SenderTaken.into())
            };
        }
        if senders.values().any(|(known, _)| known.stream == card.body().stream) {
            return Err(OwnRefusal::SenderTaken.into());
        }
        held(&self.vault).update_anchored(|contents| {
            contents.senders.insert(sender, Sender { card: bytes.clone(), state: SenderState::Enrolled });
            Ok(())
        })?;
        self.write_public(SenderEnrolled { at: self.now(), sender, card: ByteBuf::from(bytes) })?;
        senders.insert(sender, (card.body().clone(), false));
        Ok(Enrolled { name, fingerprint: ours, new: true })
    }
}

/// The enrolled senders, as the vault has them.
pub(super) fn senders_of(vault: &Vault) -> Result<BTreeMap<SenderId, (SenderCard, bool)>, KeeperRefusal> {
    let mut senders = BTreeMap::new();
    for (id, sender) in &vault.contents().senders {
        let card = SignedSenderCard::open(&sender.card)?;
        senders.insert(*id, (card.body().clone(), sender.state == SenderState::Blocked));
    }
    Ok(senders)
}

/// The terms of all rooms, which every record is sorted by again.
pub(super) fn law_terms(rooms: &Rooms) -> Vec<law::Term> {
    rooms.values().map(|room| room.facts.term.clone()).collect()
}
