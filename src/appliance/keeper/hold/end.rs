//! The end of a hold: two officers release it, and its key dies by a switch. Where the power goes between the
//! two, or the disk is full, it dies when the box runs next.

use std::sync::PoisonError;

use super::super::start::{read_blob, unless_full};
use super::super::terms::TermRecord;
use super::super::{Happened, Keeper, KeeperRefusal, OwnRefusal, Pair, held};
use super::{HoldFacts, HoldRoom, HoldView, Release, Remains, view};
use crate::appliance::journal::{NewEvent, Place};
use crate::exchange::bundle::cbor;
use crate::exchange::journal::Event;
use crate::exchange::journal::event::{HoldIntent, HoldReleased};
use crate::support::durable::{self, failpoint};

impl Keeper {
    /// Lets a hold end, with its copies, its reason and its reference; a term that it held waits its 30 days
    /// from now.
    ///
    /// # Errors
    /// [`OwnRefusal::NoSuchHold`], [`OwnRefusal::HoldReleasedAlready`]; the vault's, the journal's.
    pub fn release_hold(&self, by: &Pair, name: &str) -> Result<HoldView, KeeperRefusal> {
        let hold = self.hold_room(name)?;
        let room = hold.term().and_then(|term| self.room(term));
        let mut life = room.as_ref().map(|room| room.enter_alone());
        let gate = hold.enter_alone();
        if held(&hold.released).is_some() {
            return Err(OwnRefusal::HoldReleasedAlready { hold: name.to_owned() }.into());
        }
        let powered = self.clock().powered;
        let release = Release { at: self.now(), by: by.names(), powered };
        let facts = HoldFacts { released: Some(release.clone()), ..hold.facts.clone() };
        {
            let mut vault = held(&self.vault);
            let term = hold.term().and_then(|term| Some((term, vault.contents().term_facts(term)?)));
            let term = match term {
                Some((term, bytes)) => {
                    let record: TermRecord = read_blob(bytes)?;
                    Some((term, TermRecord { released: Some(powered), ..record }))
                }
                None => None,
            };
            vault.update_anchored(|contents| {
                if let Some((term, record)) = &term {
                    contents.set_term_facts(term, cbor::encode(record))?;
                }
                contents.set_hold_facts(name, cbor::encode(&facts))
            })?;
        }
        failpoint("hold-release-kept");
        // Whatever the journal says now, the decision is kept.
        if let Some(life) = &mut life {
            life.released = Some(powered);
        }
        *held(&hold.released) = Some(release.clone());
        self.journal_released(name, &release)?;
        failpoint("hold-release-journaled");
        let released = view(&hold);
        drop((gate, life));
        // On an old copy of the disk what it held may be missing; and a full disk has no room for the switch.
        if self.stopped().is_none() {
            self.end_hold(&hold).or_else(unless_full)?;
        }
        Ok(released)
    }

    pub(super) fn journal_released(&self, name: &str, release: &Release) -> Result<(), KeeperRefusal> {
        let (at, by) = (release.at, release.by.clone());
        let event = Event::from(HoldReleased { at, hold: name.to_owned(), by });
        let key = self.hold_key(name)?;
        self.write_one(NewEvent::of_hold(event.kind(), cbor::encode(&event), name, &key))?;
        Ok(())
    }

    /// Ends every hold that was released.
    pub(in super::super) fn end_released_holds(&self) -> Result<Vec<Happened>, KeeperRefusal> {
        let mut happened = Vec::new();
        for hold in self.all_holds() {
            if held(&hold.released).is_some() {
                self.end_hold(&hold)?;
                happened.push(Happened::HoldEnded { hold: hold.name.clone() });
            }
        }
        Ok(happened)
    }

    fn end_hold(&self, hold: &HoldRoom) -> Result<(), KeeperRefusal> {
        let _gate = hold.enter_alone();
        // Somebody else has ended it meanwhile.
        if self.hold_room(&hold.name).is_err() {
            return Ok(());
        }
        *held(&hold.catalogue) = None;
        let key = self.hold_key(&hold.name)?;
        let mut entries = 0;
        for written in self.journal.read_events(&Place::Hold(hold.name.clone()), Some(&key))? {
            written?;
            entries += 1;
        }
        drop(key);
        self.bury_hold(&hold.name, &Remains { placed: Some(hold.placed), entries })?;
        self.holds.write().unwrap_or_else(PoisonError::into_inner).remove(&hold.name);
        Ok(())
    }

    /// The switch without a hold's key, and then its directory.
    pub(super) fn bury_hold(&self, name: &str, remains: &Remains) -> Result<(), KeeperRefusal> {
        {
            let mut vault = held(&self.vault);
            let prepared =
                vault.prepare_switch(|contents| contents.bury_hold(name, cbor::encode(remains)))?;
            self.write_public(HoldIntent { at: self.now(), generation: prepared.generation() })?;
            failpoint("hold-intent-journaled");
            prepared.commit()?;
        }
        failpoint("hold-key-dead");
        self.remove_hold(name)
    }

    /// Removes what is left of a hold whose key is dead, or that never was.
    pub(super) fn remove_hold(&self, name: &str) -> Result<(), KeeperRefusal> {
        self.journal.forget(&Place::Hold(name.to_owned()));
        durable::remove_tree(&self.layout.hold(name), true)?;
        failpoint("hold-removed");
        Ok(())
    }
}
