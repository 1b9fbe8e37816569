//! The shops that bundles come from: who they are, blocking one, and a new key in the place of a lost one.
//!
//! A sender keeps its id for life. A *succession* gives it a new key and a new stream, and names the old
//! stream's last valid number with its header: what is above it and under the old key is refused from then
//! on, what is here stays readable and provable by the key that signed it.
//!
//! **Whose signature a succession needs.** The new key's always, and a person compares the fingerprint, as
//! at every enrolment. The old key's, where the shop still has it, and then one officer. Where it is lost
//! nobody can sign with it, and where it was stolen its signature says nothing (a blocked sender's is not
//! asked): then two officers decide.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use jiff::Timestamp;
use serde::Serialize;
use serde_bytes::ByteBuf;

use super::{Keeper, KeeperRefusal, OwnRefusal, Pair, Role, Visitor, held};
use crate::appliance::archive::{SenderKnown, Streams};
use crate::appliance::vault::{FormerKey, SenderState, Vault};
use crate::exchange::bundle::{SenderCard, SignedSenderCard};
use crate::exchange::journal::event::{SenderBlocked, SenderReplaced};
use crate::exchange::vocabulary::{BundleNumber, SenderId, StreamId};

/// The keys of all senders, by their streams: today's and earlier ones.
pub(super) type Senders = BTreeMap<StreamId, SenderKnown>;

/// Whether a sender's bundles are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SenderStanding {
    /// They are.
    Enrolled,
    /// An officer has blocked it.
    Blocked,
    /// A successor has taken its place: only up to its last valid number.
    Replaced,
}

/// One key of a sender, as the list shows it.
#[derive(Clone, Debug, Serialize)]
pub struct SenderView {
    /// How the shop calls itself.
    pub name: String,
    /// Its id.
    pub sender: SenderId,
    /// The stream that this key numbers bundles in.
    pub stream: StreamId,
    /// Whether its bundles are taken.
    pub standing: SenderStanding,
    /// Of a replaced key, the last valid number.
    pub last: Option<BundleNumber>,
    /// How many of its bundles are here.
    pub bundles: u64,
    /// The greatest number that is here.
    pub newest: Option<BundleNumber>,
    /// Until when old invoices are let in on an officer's word.
    pub old_until: Option<Timestamp>,
}

/// What a succession would do, or has done.
#[derive(Clone, Debug, Serialize)]
pub struct SuccessionView {
    /// The stream that is carried on.
    pub stream: StreamId,
    /// Its last valid number.
    pub last: BundleNumber,
    /// Whether one officer is enough: the old key has signed, and is not blocked.
    pub one_officer: bool,
    /// Numbers above the last valid one that are here already. They stay: nothing can be taken out.
    pub beyond: Vec<BundleNumber>,
}

/// All keys, as the vault has them.
pub(super) fn senders_of(vault: &Vault) -> Result<Senders, KeeperRefusal> {
    let mut senders = Senders::new();
    for sender in vault.contents().senders.values() {
        let mut enter = |card: &[u8], state, ended, old_until| -> Result<(), KeeperRefusal> {
            let card = SignedSenderCard::open(card)?.body().clone();
            let blocked = state == SenderState::Blocked;
            senders.insert(card.stream, SenderKnown { card, blocked, ended, old_until });
            Ok(())
        };
        for former in &sender.former {
            enter(&former.card, former.state, Some(former.last), None)?;
        }
        enter(&sender.card, sender.state, None, sender.old_until)?;
    }
    Ok(senders)
}

impl Keeper {
    /// What is known of the key that numbers bundles in `stream`; where that is none of the sender's, his
    /// key of today.
    pub(super) fn sender(&self, sender: SenderId, stream: StreamId) -> Option<SenderKnown> {
        let senders = self.senders.read().unwrap_or_else(PoisonError::into_inner);
        let its_own = senders.get(&stream).filter(|known| known.card.sender == sender);
        its_own.or_else(|| todays(&senders, sender)).cloned()
    }

    /// All senders with their keys, by name; of one sender the newest key first.
    #[must_use]
    pub fn senders(&self) -> Vec<SenderView> {
        let streams = held(&self.streams);
        let senders = self.senders.read().unwrap_or_else(PoisonError::into_inner);
        let view = |known: &SenderKnown| {
            let numbers: Vec<_> = streams
                .iter()
                .filter(|head| head.stream == known.card.stream)
                .map(|head| head.number)
                .collect();
            SenderView {
                name: known.card.name.clone(),
                sender: known.card.sender,
                stream: known.card.stream,
                standing: match (known.ended, known.blocked) {
                    (Some(_), _) => SenderStanding::Replaced,
                    (None, true) => SenderStanding::Blocked,
                    (None, false) => SenderStanding::Enrolled,
                },
                last: known.ended,
                bundles: numbers.len() as u64,
                newest: numbers.into_iter().max(),
                old_until: known.old_until,
            }
        };
        let mut views: Vec<_> = senders.values().map(|known| (known.card.issued_at, view(known))).collect();
        views.sort_by(|(one_at, one), (other_at, other)| {
            let key = |view: &SenderView| (view.name.to_lowercase(), view.sender);
            (key(one), one.last.is_some(), other_at).cmp(&(key(other), other.last.is_some(), one_at))
        });
        views.into_iter().map(|(_, view)| view).collect()
    }

    /// The sender that is meant: by its name, or the beginning of its id or of one of its streams.
    ///
    /// # Errors
    /// [`OwnRefusal::NoSuchSender`] where none fits, or several.
    pub(super) fn sender_named(&self, named: &str) -> Result<SenderId, KeeperRefusal> {
        let senders = self.senders.read().unwrap_or_else(PoisonError::into_inner);
        let begins = |id: String| named.len() >= 4 && id.starts_with(&named.to_lowercase());
        let fits = |known: &&SenderKnown| {
            known.card.name == named
                || begins(known.card.sender.to_string())
                || begins(known.card.stream.to_string())
        };
        let mut fitting: Vec<_> = senders.values().filter(fits).map(|known| known.card.sender).collect();
        fitting.sort();
        fitting.dedup();
        match fitting.as_slice() {
            [sender] => Ok(*sender),
            _ => {
                let all = senders.values().filter(|known| known.ended.is_none());
                let list = all.map(|known| format!("{} ({})", known.card.name, known.card.sender));
                let list = list.collect::<Vec<_>>().join(", ");
                Err(OwnRefusal::NoSuchSender { name: named.to_owned(), list }.into())
            }
        }
    }

    /// Takes nothing more from a sender. What is here stays.
    ///
    /// # Errors
    /// [`OwnRefusal::OfficersOnly`], [`OwnRefusal::NoSuchSender`]; the vault's and the journal's.
    pub fn block(&self, by: &Visitor, named: &str) -> Result<String, KeeperRefusal> {
        if by.role != Role::Officer {
            return Err(OwnRefusal::OfficersOnly.into());
        }
        let sender = self.sender_named(named)?;
        let (name, decided) = {
            let mut senders = self.senders.write().unwrap_or_else(PoisonError::into_inner);
            let known = senders
                .values_mut()
                .find(|known| known.card.sender == sender && known.ended.is_none())
                .expect("every sender has a key of today");
            if known.blocked {
                return Ok(known.card.name.clone());
            }
            let event = SenderBlocked { at: self.now(), sender };
            let decided = self.deciding().keep(event, vec![by.who.clone()], |contents| {
                if let Some(sender) = contents.senders.get_mut(&sender) {
                    sender.state = SenderState::Blocked;
                    sender.old_until = None;
                }
            })?;
            (known.blocked, known.old_until) = (true, None);
            (known.card.name.clone(), decided)
        };
        decided.tell()?;
        Ok(name)
    }

    /// What the succession on a sender's card would do; none where it carries nothing on.
    ///
    /// # Errors
    /// [`OwnRefusal::SuccessionUnknown`] if this box does not have what it names;
    /// [`OwnRefusal::CardRefused`] if the second signature is not the old key's.
    pub fn plan_succession(&self, card: &SignedSenderCard) -> Result<Option<SuccessionView>, KeeperRefusal> {
        let streams = held(&self.streams);
        let senders = self.senders.read().unwrap_or_else(PoisonError::into_inner);
        Ok(succession_of(&senders, &streams, card)?.map(|(view, _)| view))
    }

    /// Puts a successor's key in the place of a sender's key of today. `by` has compared the fingerprint.
    pub(super) fn succeed(
        &self,
        card: &SignedSenderCard,
        by: &Visitor,
        pair: Option<&Pair>,
    ) -> Result<SuccessionView, KeeperRefusal> {
        let (body, bytes) = (card.body(), card.to_bytes());
        let (view, decided) = {
            let streams = held(&self.streams);
            let mut senders = self.senders.write().unwrap_or_else(PoisonError::into_inner);
            let Some((view, old)) = succession_of(&senders, &streams, card)? else {
                return Err(OwnRefusal::SenderTaken.into());
            };
            // Only today's key is replaced, and only by a key and a stream that are new.
            let today = todays(&senders, body.sender).map(|known| known.card.stream);
            if today != Some(view.stream) || senders.contains_key(&body.stream) || old.key == body.key {
                return Err(OwnRefusal::SenderTaken.into());
            }
            if pair.is_none() && !view.one_officer {
                return Err(OwnRefusal::SuccessionWantsTwo.into());
            }
            let succession = ByteBuf::from(bytes.clone());
            let event = SenderReplaced { at: self.now(), sender: body.sender, succession };
            let names = pair.map_or_else(|| vec![by.who.clone()], Pair::names);
            let decided = self.deciding().keep(event, names, |contents| {
                if let Some(sender) = contents.senders.get_mut(&body.sender) {
                    let card = std::mem::replace(&mut sender.card, bytes);
                    sender.former.push(FormerKey { card, last: view.last, state: sender.state });
                    (sender.state, sender.old_until) = (SenderState::Enrolled, None);
                }
            })?;
            if let Some(known) = senders.get_mut(&view.stream) {
                (known.ended, known.old_until) = (Some(view.last), None);
            }
            let known = SenderKnown { card: body.clone(), blocked: false, ended: None, old_until: None };
            senders.insert(body.stream, known);
            (view, decided)
        };
        decided.tell()?;
        Ok(view)
    }
}

/// What the succession on a card does, and the card that it carries on.
fn succession_of(
    senders: &Senders,
    streams: &Streams,
    card: &SignedSenderCard,
) -> Result<Option<(SuccessionView, SenderCard)>, KeeperRefusal> {
    let body = card.body();
    let Some(succession) = &body.succeeds else { return Ok(None) };
    let unknown = || OwnRefusal::SuccessionUnknown { number: succession.last.to_string() };
    let old = senders.get(&succession.stream).filter(|known| known.card.sender == body.sender);
    let old = old.ok_or_else(unknown)?;
    let head = streams.get(succession.stream, succession.last).ok_or_else(unknown)?;
    if head.header != succession.header {
        return Err(unknown().into());
    }
    let agrees = card.old_key_agrees(&old.card.key).map_err(|refusal| OwnRefusal::CardRefused {
        file: body.name.clone(),
        reason: refusal.to_string(),
    })?;
    let later = streams.iter().filter(|head| head.stream == succession.stream);
    let beyond = later.map(|head| head.number).filter(|number| *number > succession.last).collect();
    let view = SuccessionView {
        stream: succession.stream,
        last: succession.last,
        one_officer: agrees && !old.blocked,
        beyond,
    };
    Ok(Some((view, old.card.clone())))
}

/// A sender's key of today.
fn todays(senders: &Senders, sender: SenderId) -> Option<&SenderKnown> {
    senders.values().find(|known| known.card.sender == sender && known.ended.is_none())
}
