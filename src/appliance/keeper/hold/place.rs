//! Placing a hold: which invoices, the key, the copies, the journal, in this order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use super::super::start::read_event;
use super::super::{HoldReason, Keeper, KeeperRefusal, OwnRefusal, Role, Visitor, held};
use super::{HoldFacts, HoldRoom, HoldScope, HoldView, LONGEST_REFERENCE, Remains, view};
use crate::appliance::archive::held::{Covers, Writer};
use crate::appliance::catalogue::{BundleRef, Match, Query};
use crate::appliance::journal::NewEvent;
use crate::exchange::bundle::cbor;
use crate::exchange::journal::event::{HoldPlaced, LookUp};
use crate::exchange::journal::{Event, Opening};
use crate::support::durable::{self, failpoint};

/// Invoices, by bundle and leaf.
type Chosen = BTreeMap<BundleRef, BTreeSet<u32>>;

/// Signs of a hold's name: none is read for another.
const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl Keeper {
    /// Holds invoices, or a term: it is not destroyed, or they outlive it, until two officers release the
    /// hold.
    ///
    /// # Errors
    /// [`OwnRefusal::OfficersOnly`], [`OwnRefusal::UnknownHoldReason`], [`OwnRefusal::ReferenceUnfit`];
    /// [`OwnRefusal::NoSuchInvoice`] and its like; what does not hold any more of what was signed; the
    /// vault's, the disk's, the journal's.
    pub fn place_hold(
        &self,
        by: &Visitor,
        scope: &HoldScope,
        reason: &str,
        reference: &str,
    ) -> Result<HoldView, KeeperRefusal> {
        if by.role != Role::Officer {
            return Err(OwnRefusal::OfficersOnly.into());
        }
        let reason = HoldReason::of(reason).ok_or_else(|| {
            let list = HoldReason::ALL.map(HoldReason::code).join(", ");
            OwnRefusal::UnknownHoldReason { list }
        })?;
        let reference = reference.trim();
        if reference.is_empty()
            || reference.len() > LONGEST_REFERENCE
            || reference.chars().any(char::is_control)
        {
            return Err(OwnRefusal::ReferenceUnfit { limit: LONGEST_REFERENCE }.into());
        }
        let chosen = self.chosen(scope)?;
        let mut terms: BTreeSet<String> = BTreeSet::new();
        if let HoldScope::Term { term } = scope {
            terms.insert(term.clone());
        }
        for &bundle in chosen.keys() {
            terms.insert(self.head(bundle)?.term);
        }
        let rooms: Result<Vec<_>, _> = terms
            .iter()
            .map(|term| self.room(term).ok_or(OwnRefusal::NoSuchTerm { term: term.clone() }))
            .collect();
        let rooms = rooms?;
        // Shared, from here to the durable event: none of these terms is destroyed meanwhile.
        let lives: Vec<_> = rooms.iter().map(|room| room.enter()).collect();
        if let HoldScope::Term { term } = scope
            && lives.iter().any(|life| life.destroyed.is_some())
        {
            return Err(OwnRefusal::TermDestroyed { term: term.clone() }.into());
        }
        let invoices: usize = chosen.values().map(BTreeSet::len).sum();
        let facts = HoldFacts {
            at: self.now(),
            by: by.who.clone(),
            reason,
            reference: reference.to_owned(),
            scope: self.named_scope(scope, &chosen)?,
            invoices: u32::try_from(invoices).unwrap_or(u32::MAX),
            released: None,
        };
        let name = self.fresh_name();
        held(&self.vault).update_anchored(|contents| contents.add_hold(&name, cbor::encode(&facts)))?;
        failpoint("hold-key-kept");
        if let Err(refusal) = self.copy(&name, &chosen) {
            // As if it had never been; what fails here, the next start does.
            let _ = self.bury_hold(&name, &Remains::default());
            return Err(refusal);
        }
        failpoint("hold-copied");
        let placed = self.journal_placed(&name, &facts)?;
        failpoint("hold-journaled");
        let covers = self.covers_of(&name, &facts)?;
        let room = Arc::new(HoldRoom::new(name.clone(), facts, placed, covers));
        let placed = view(&room);
        self.holds.write().unwrap_or_else(PoisonError::into_inner).insert(name, room);
        drop(lives);
        Ok(placed)
    }

    /// The number of an invoice that somebody may want to keep longer; of one in a term that is due too,
    /// because it is for this that numbers are listed there.
    ///
    /// # Errors
    /// [`OwnRefusal::OfficersOnly`], [`OwnRefusal::NoSuchInvoice`], [`OwnRefusal::TermDestroyed`]; the
    /// journal's.
    pub fn number_to_hold(
        &self,
        by: &Visitor,
        bundle: BundleRef,
        leaf: u32,
    ) -> Result<String, KeeperRefusal> {
        if by.role != Role::Officer {
            return Err(OwnRefusal::OfficersOnly.into());
        }
        let head = self.head(bundle)?;
        let room = self.room(&head.term).ok_or(OwnRefusal::NoSuchInvoice)?;
        let _life = room.enter();
        let event = Event::from(LookUp {
            at: self.now(),
            who: by.who.clone(),
            reason: by.reason.clone(),
            opened: Vec::new(),
            found: 1,
        });
        let body = cbor::encode(&event);
        if let Some(key) = self.event_key(&head.term) {
            let number = self.open_bundle(&head)?.invoice(leaf)?.record.number;
            self.write_one(NewEvent::of_term(event.kind(), body, &head.term, &key))?;
            return Ok(number);
        }
        let gone = || OwnRefusal::TermDestroyed { term: head.term.clone() };
        let hold = self.hold_of(bundle, leaf).ok_or_else(gone)?;
        let number = self.held_number(bundle, leaf)?;
        let key = self.hold_key(&hold.name)?;
        self.write_one(NewEvent::of_hold(event.kind(), body, &hold.name, &key))?;
        Ok(number)
    }

    /// Which invoices are meant. Those of a destroyed term count where another hold has them.
    fn chosen(&self, scope: &HoldScope) -> Result<Chosen, KeeperRefusal> {
        let mut chosen = Chosen::new();
        let numbers = match scope {
            HoldScope::Term { .. } => return Ok(chosen),
            HoldScope::Invoice { .. } => {
                let (bundle, leaf) = Self::place_of(scope).ok_or(OwnRefusal::NoSuchInvoice)?;
                let head = self.head(bundle)?;
                if leaf == 0 || leaf > head.invoices {
                    return Err(OwnRefusal::NoSuchInvoice.into());
                }
                chosen.entry(bundle).or_default().insert(leaf);
                return Ok(chosen);
            }
            HoldScope::Stream { stream } => {
                let stream = self.stream_of(Some(stream))?;
                let heads: Vec<_> =
                    held(&self.streams).iter().filter(|head| head.stream == stream).cloned().collect();
                for head in heads.iter().filter(|head| self.has_key(&head.term)) {
                    chosen.insert((head.stream, head.number), (1..=head.invoices).collect());
                }
                for (bundle, covered) in self.all_holds().iter().flat_map(|hold| &hold.covers) {
                    if bundle.0 == stream && !self.has_key(&covered.term) {
                        chosen.entry(*bundle).or_default().extend(covered.invoices.keys());
                    }
                }
                None
            }
            HoldScope::Number { number } => {
                Some(Query { number: Some(Match::Exact(number.clone())), ..Query::default() })
            }
            HoldScope::Range { from, to } => {
                Some(Query { numbers: Some((Some(from.clone()), Some(to.clone()))), ..Query::default() })
            }
        };
        if let Some(query) = numbers {
            self.choose_found(&query, &mut chosen)?;
        }
        if chosen.is_empty() { Err(OwnRefusal::NoSuchInvoice.into()) } else { Ok(chosen) }
    }

    fn choose_found(&self, query: &Query, chosen: &mut Chosen) -> Result<(), KeeperRefusal> {
        let mut found = Vec::new();
        for room in self.all_rooms() {
            let life = room.enter();
            if life.destroyed.is_none() && self.has_key(room.name()) {
                found.extend(self.with_catalogue(&room, |catalogue| places(catalogue, query))?);
            }
        }
        for hold in self.all_holds().iter().filter(|hold| !hold.covers.is_empty()) {
            let _gate = hold.enter();
            let places = self.with_hold_catalogue(hold, |catalogue| places(catalogue, query))?;
            let dead = |(bundle, _): &(BundleRef, u32)| {
                hold.covers.get(bundle).is_some_and(|covered| !self.has_key(&covered.term))
            };
            found.extend(places.into_iter().filter(dead));
        }
        for (bundle, leaf) in found {
            chosen.entry(bundle).or_default().insert(leaf);
        }
        Ok(())
    }

    /// The scope as it is kept and shown: a place becomes the invoice's number, a shop's name its stream.
    fn named_scope(&self, scope: &HoldScope, chosen: &Chosen) -> Result<HoldScope, KeeperRefusal> {
        match scope {
            HoldScope::Stream { stream } => Ok(Self::stream_scope(self.stream_of(Some(stream))?)),
            HoldScope::Invoice { .. } => {
                let (bundle, leaves) = chosen.first_key_value().ok_or(OwnRefusal::NoSuchInvoice)?;
                let leaf = leaves.first().copied().unwrap_or_default();
                let head = self.head(*bundle)?;
                let number = if self.has_key(&head.term) {
                    self.open_bundle(&head)?.invoice(leaf)?.record.number
                } else {
                    self.held_number(*bundle, leaf)?
                };
                Ok(HoldScope::Number { number })
            }
            other => Ok(other.clone()),
        }
    }

    fn held_number(&self, bundle: BundleRef, leaf: u32) -> Result<String, KeeperRefusal> {
        let term = self.head(bundle)?.term;
        let hold = self.hold_of(bundle, leaf).ok_or(OwnRefusal::TermDestroyed { term })?;
        let _gate = hold.enter();
        let at = hold.at(bundle, leaf).ok_or(OwnRefusal::NoSuchInvoice)?;
        Ok(self.copies(&hold)?.invoice(at)?.invoice().record.number.clone())
    }

    /// Writes the copies; of a hold on a whole term, its empty directory.
    fn copy(&self, name: &str, chosen: &Chosen) -> Result<(), KeeperRefusal> {
        let directory = self.layout.hold(name);
        durable::create_dir_all(&directory)?;
        if chosen.is_empty() {
            return Ok(());
        }
        let mut writer = Writer::create(&directory, name, self.lease_hold(name)?)?;
        // The openings of each term's admissions, read once.
        let mut admissions: BTreeMap<String, BTreeMap<u64, Opening>> = BTreeMap::new();
        for (&bundle, leaves) in chosen {
            let head = self.head(bundle)?;
            if !self.has_key(&head.term) {
                self.copy_held(&mut writer, bundle, leaves)?;
                continue;
            }
            if !admissions.contains_key(&head.term) {
                let events = self.events_of(&head.term)?;
                let openings = events.into_iter().map(|written| (written.index, written.opening)).collect();
                admissions.insert(head.term.clone(), openings);
            }
            let opening = admissions.get(&head.term).and_then(|openings| openings.get(&head.entry));
            let opening = opening.ok_or(OwnRefusal::AdmissionLost { entry: head.entry })?.clone();
            let receipt = self.journal.receipt(head.entry, opening)?.write();
            writer.add(&mut self.open_bundle(&head)?, &head.term, receipt, leaves)?;
        }
        Ok(writer.finish()?)
    }

    fn copy_held(
        &self,
        writer: &mut Writer,
        bundle: BundleRef,
        leaves: &BTreeSet<u32>,
    ) -> Result<(), KeeperRefusal> {
        let term = self.head(bundle)?.term;
        for &leaf in leaves {
            let gone = || OwnRefusal::TermDestroyed { term: term.clone() };
            let hold = self.hold_of(bundle, leaf).ok_or_else(gone)?;
            let _gate = hold.enter();
            let at = hold.at(bundle, leaf).ok_or_else(gone)?;
            writer.add_held(&mut self.copies(&hold)?.invoice(at)?)?;
        }
        Ok(())
    }

    fn journal_placed(&self, name: &str, facts: &HoldFacts) -> Result<u64, KeeperRefusal> {
        let term = match &facts.scope {
            HoldScope::Term { term } => Some(term.clone()),
            _ => None,
        };
        let event = Event::from(HoldPlaced {
            at: facts.at,
            hold: name.to_owned(),
            by: facts.by.clone(),
            reason: facts.reason.code().to_owned(),
            reference: facts.reference.clone(),
            term,
            invoices: facts.invoices,
        });
        let key = self.hold_key(name)?;
        let written = self.write_one(NewEvent::of_hold(event.kind(), cbor::encode(&event), name, &key))?;
        debug_assert!(read_event(&written).is_ok_and(|read| read == event));
        Ok(written.index)
    }

    /// What a hold covers, by its copies. What of them is damaged, `verify` says; the rest counts.
    pub(super) fn covers_of(&self, name: &str, facts: &HoldFacts) -> Result<Covers, KeeperRefusal> {
        if facts.invoices == 0 {
            return Ok(Covers::new());
        }
        let copies = crate::appliance::archive::held::Copies::open(
            &self.layout.hold(name),
            name,
            self.lease_hold(name)?,
        );
        Ok(copies.map(|copies| copies.scan().covers).unwrap_or_default())
    }

    fn fresh_name(&self) -> String {
        let vault = held(&self.vault);
        loop {
            let mut bytes = [0; 5];
            getrandom::fill(&mut bytes).expect("the kernel's random generator answers");
            let name: String = bytes.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect();
            let taken = vault.contents().holds().any(|(other, _)| other == name);
            if !taken && !vault.contents().dead_holds().contains_key(&name) {
                return name;
            }
        }
    }
}

fn places(
    catalogue: &mut crate::appliance::catalogue::Catalogue,
    query: &Query,
) -> Result<Vec<(BundleRef, u32)>, crate::appliance::catalogue::CatalogueRefusal> {
    let mut found = Vec::new();
    catalogue.each(query, |row| found.push((row.bundle, row.leaf)))?;
    Ok(found)
}
