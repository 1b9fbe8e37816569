//! Looking things up: the journal first, then the answer.
//!
//! A look-up writes one event for each term that it touched, and for each hold that had to answer for one:
//! who, when, why, which invoices were opened, how many were found; never the words that were searched.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, Write};
use std::sync::{Mutex, RwLockReadGuard};

use jiff::Timestamp;

use super::terms::{Life, Room};
use super::{Keeper, KeeperRefusal, LookUpReason, Original, OwnRefusal, Role, Visitor, held};
use crate::appliance::archive::{self, StreamHead};
use crate::appliance::catalogue::{
    BundleRef, Catalogue, CatalogueRefusal, Cursor, Progress, Query, Row, Sealer, Totals,
};
use crate::appliance::journal::NewEvent;
use crate::appliance::retention::TermState;
use crate::exchange::bundle::{Document, InvoiceLeaf, cbor, labels};
use crate::exchange::journal::Event;
use crate::exchange::journal::event::{LookUp, Opened};
use crate::exchange::law::Kept;
use crate::exchange::vocabulary::{BundleNumber, Digest, StreamId};
use crate::support::durable;

/// Catalogues that are open at once at most: what sled keeps for each is not bounded by its setting.
const OPEN_MOST: usize = 12;
/// Invoices of a session that are remembered as opened at most.
const OPENED_MOST: usize = 4096;

/// An invoice in a list.
#[derive(Clone)]
pub struct FoundRow {
    /// Its term.
    pub term: String,
    /// The term is due: only number and dates may be shown.
    pub locked: bool,
    /// Whether a hold covers it.
    pub held: bool,
    /// What the list shows.
    pub row: Row,
}

/// What a search found something in, and how much: for the journal.
#[derive(Default)]
struct Touched<'a> {
    terms: Vec<(&'a str, u64)>,
    holds: Vec<(&'a str, u64)>,
}

/// What was found.
pub struct Found {
    /// One page of the list.
    pub rows: Vec<FoundRow>,
    /// Of all hits in terms that are not locked.
    pub totals: Totals,
    /// How many hits are in locked terms.
    pub locked: u64,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// One invoice, opened.
pub struct Shown {
    /// Its record and documents, as the sender signed them.
    pub invoice: InvoiceLeaf,
    /// Its term.
    pub term: String,
    /// Until when it is kept, and why.
    pub kept: Kept,
    /// Where the term is.
    pub state: TermState,
    /// The shop.
    pub sender: String,
    /// When the shop sealed it, by its clock.
    pub sealed_at: Timestamp,
    /// When the box admitted it, by its clock.
    pub admitted_at: Timestamp,
    /// Where its bundle's admission stands in the journal.
    pub entry: u64,
    /// Digest of the bundle's header.
    pub header: Digest,
    /// Where it lies.
    pub bundle: BundleRef,
    /// The leaf in the bundle.
    pub leaf: u32,
    /// No program can read its documents, so the record is the sender's word.
    pub on_word: bool,
    /// Whether a hold covers it.
    pub held: bool,
}

impl Keeper {
    /// Gives a visitor his reason: an officer names one of the list, an auditor's is his pass.
    ///
    /// # Errors
    /// [`OwnRefusal::UnknownReason`].
    pub fn with_reason(&self, visitor: Visitor, reason: &str) -> Result<Visitor, KeeperRefusal> {
        match visitor.role {
            Role::Auditor => Ok(visitor),
            Role::Officer => {
                let known = LookUpReason::of(reason).ok_or_else(unknown_reason)?;
                Ok(Visitor { reason: known.code().to_owned(), ..visitor })
            }
        }
    }

    /// Finds invoices in all terms that are not destroyed, and those that a hold has kept beyond them.
    ///
    /// # Errors
    /// [`OwnRefusal::UnknownReason`]; the catalogue's, the journal's.
    pub fn find(&self, visitor: &Visitor, query: &Query) -> Result<Found, KeeperRefusal> {
        has_reason(visitor)?;
        let (rooms, holds) = (self.all_rooms(), self.all_holds());
        let mut gates = Vec::new();
        let mut touched = Touched::default();
        let mut found = Found { rows: Vec::new(), totals: Totals::default(), locked: 0, next: None };
        let mut more = false;
        // The terms whose own bundles answer; of all others only what is held can be shown.
        let (mut open, mut locked_terms) = (BTreeSet::new(), BTreeSet::new());
        for room in &rooms {
            let life = room.enter();
            let state = self.state_in(room, &life);
            // A full disk may keep a certificate back from a term whose key is dead.
            if !state.lists_numbers() || life.destroyed.is_some() || !self.has_key(room.name()) {
                continue;
            }
            let locked = !state.opens_documents() || self.needs_officer(visitor, room, &life);
            (if locked { &mut locked_terms } else { &mut open }).insert(room.name().to_owned());
            let hits = self.with_catalogue(room, |catalogue| catalogue.find(query))?;
            if hits.totals.count > 0 {
                touched.terms.push((room.name(), hits.totals.count));
                gates.push(life);
            }
            if locked {
                found.locked += hits.totals.count;
            } else {
                found.totals.add(&hits.totals);
            }
            more |= hits.more;
            let row = |row: Row| FoundRow {
                held: self.is_held(room.name(), row.bundle, row.leaf),
                term: room.name().to_owned(),
                locked,
                row,
            };
            found.rows.extend(hits.rows.into_iter().map(row));
        }
        // Under two holds an invoice is still one; in a term that is due, its held copy stands for it.
        let mut seen = HashSet::new();
        let mut held_gates = Vec::new();
        for hold in holds.iter().filter(|hold| !hold.covers.is_empty()) {
            let gate = hold.enter();
            let term = |row: &Row| hold.covers.get(&row.bundle).map(|covered| covered.term.as_str());
            let (hits, mine) = self.with_hold_catalogue(hold, |catalogue| {
                let mut mine = HashSet::new();
                let hits = catalogue.find_where(query, |row| {
                    let place = (row.bundle, row.leaf);
                    term(row).is_some_and(|term| !open.contains(term))
                        && hold.at(row.bundle, row.leaf).is_some()
                        && !seen.contains(&place)
                        && mine.insert((row.bundle, row.leaf))
                })?;
                Ok((hits, mine))
            })?;
            if hits.totals.count == 0 {
                continue;
            }
            touched.holds.push((&hold.name, hits.totals.count));
            held_gates.push(gate);
            let freed = |(bundle, _): &&(BundleRef, u32)| {
                hold.covers.get(bundle).is_some_and(|covered| locked_terms.contains(&covered.term))
            };
            found.locked = found.locked.saturating_sub(mine.iter().filter(freed).count() as u64);
            found.rows.retain(|row| !(row.locked && mine.contains(&(row.row.bundle, row.row.leaf))));
            seen.extend(mine);
            found.totals.add(&hits.totals);
            more |= hits.more;
            let row = |row: Row| {
                let term = term(&row).unwrap_or_default().to_owned();
                FoundRow { term, locked: false, held: true, row }
            };
            found.rows.extend(hits.rows.into_iter().map(row));
        }
        found.rows.sort_by(|one, other| one.row.compare(&other.row, query.order));
        more |= found.rows.len() > query.limit;
        found.rows.truncate(query.limit);
        found.next = found.rows.last().filter(|_| more).map(|last| last.row.cursor(query.order));
        self.journal_find(visitor, &touched)?;
        drop((gates, held_gates));
        Ok(found)
    }

    fn journal_find(&self, visitor: &Visitor, touched: &Touched<'_>) -> Result<(), KeeperRefusal> {
        let look_up = |found: u64| {
            Event::from(LookUp {
                at: self.now(),
                who: visitor.who.clone(),
                reason: visitor.reason.clone(),
                opened: Vec::new(),
                found: u32::try_from(found).unwrap_or(u32::MAX),
            })
        };
        if touched.terms.is_empty() && touched.holds.is_empty() {
            let Event::LookUp(event) = look_up(0) else { return Ok(()) };
            self.write_of_year(event)?;
            return Ok(());
        }
        let (mut of_terms, mut of_holds) = (Vec::new(), Vec::new());
        for &(term, found) in &touched.terms {
            let gone = || OwnRefusal::TermDestroyed { term: term.to_owned() };
            of_terms.push((term, look_up(found), self.event_key(term).ok_or_else(gone)?));
        }
        for &(hold, found) in &touched.holds {
            of_holds.push((hold, look_up(found), self.hold_key(hold)?));
        }
        let of_terms = of_terms
            .iter()
            .map(|(term, event, key)| NewEvent::of_term(event.kind(), cbor::encode(event), term, key));
        let of_holds = of_holds
            .iter()
            .map(|(hold, event, key)| NewEvent::of_hold(event.kind(), cbor::encode(event), hold, key));
        self.journal.append(of_terms.chain(of_holds).collect())?;
        Ok(())
    }

    /// Opens one invoice.
    ///
    /// # Errors
    /// [`OwnRefusal::NoSuchInvoice`], [`OwnRefusal::TermLocked`], [`OwnRefusal::TermDestroyed`]; what
    /// does not hold any more of what was signed.
    pub fn show(&self, visitor: &Visitor, bundle: BundleRef, leaf: u32) -> Result<Shown, KeeperRefusal> {
        let (shown, _) = self.opened(visitor, (bundle, leaf), None, |original, head, kept, state| {
            Ok(Shown {
                invoice: original.invoice()?,
                term: head.term.clone(),
                kept: kept.clone(),
                state,
                sender: self
                    .sender(head.sender, head.stream)
                    .map(|known| known.card.name)
                    .unwrap_or_default(),
                sealed_at: original.header().signed_at,
                admitted_at: head.admitted_at,
                entry: head.entry,
                header: head.header,
                bundle,
                leaf,
                on_word: original.on_word()?,
                held: self.is_held(&head.term, bundle, leaf),
            })
        })?;
        Ok(shown)
    }

    /// Writes one document of an invoice to `out`, checked before the first byte is given out.
    ///
    /// # Errors
    /// As [`Keeper::show`].
    pub fn document(
        &self,
        visitor: &Visitor,
        bundle: BundleRef,
        leaf: u32,
        index: usize,
        out: &mut dyn Write,
    ) -> Result<Document, KeeperRefusal> {
        let mut opened = self.opened_original(visitor, bundle, leaf, None)?;
        opened.document(index, &mut io::sink())?;
        opened.document(index, out)
    }

    /// Opens an invoice for reading its documents, with the look-up journaled; where it comes from a
    /// session, once in that, however many pages of them are drawn.
    ///
    /// # Errors
    /// As [`Keeper::show`].
    pub fn opened_original(
        &self,
        visitor: &Visitor,
        bundle: BundleRef,
        leaf: u32,
        session: Option<&OpenedBefore>,
    ) -> Result<Original, KeeperRefusal> {
        let answer = |original: &mut Original, _: &_, _: &_, _| original.invoice();
        let (_, original) = self.opened(visitor, (bundle, leaf), session, answer)?;
        Ok(original)
    }

    /// The proof of one invoice, with its admission's receipt: over today's head, or, of an invoice that
    /// only a hold has any more, over the head of the hold's day.
    ///
    /// # Errors
    /// As [`Keeper::show`].
    pub fn proof(&self, visitor: &Visitor, bundle: BundleRef, leaf: u32) -> Result<Vec<u8>, KeeperRefusal> {
        let (proof, _) = self.opened(visitor, (bundle, leaf), None, |original, _, _, _| match original {
            Original::Stored { bundle: opened, .. } => {
                let receipt = self.receipt(bundle.0, bundle.1)?.receipt;
                Ok(opened.proof(leaf, Some(receipt))?.to_bytes())
            }
            Original::Held(invoice) => Ok(invoice.proof().to_bytes()),
        })?;
        Ok(proof)
    }

    pub(super) fn head(&self, (stream, number): BundleRef) -> Result<StreamHead, KeeperRefusal> {
        Ok(held(&self.streams).get(stream, number).cloned().ok_or(OwnRefusal::NoSuchInvoice)?)
    }

    /// Opens an invoice under its term's gate, journals that, then answers. Where the term does not give
    /// it out any more, a hold that has a copy does, under its own.
    fn opened<T>(
        &self,
        visitor: &Visitor,
        (bundle, leaf): (BundleRef, u32),
        session: Option<&OpenedBefore>,
        answer: impl FnOnce(&mut Original, &StreamHead, &Kept, TermState) -> Result<T, KeeperRefusal>,
    ) -> Result<(T, Original), KeeperRefusal> {
        has_reason(visitor)?;
        let head = self.head(bundle)?;
        let room = self.room(&head.term).ok_or(OwnRefusal::NoSuchInvoice)?;
        let life = room.enter();
        let event = Event::from(LookUp {
            at: self.now(),
            who: visitor.who.clone(),
            reason: visitor.reason.clone(),
            opened: vec![Opened { bundle: head.header, leaf }],
            found: 1,
        });
        let body = cbor::encode(&event);
        let place = (visitor.reason.clone(), bundle, leaf);
        let again = session.is_some_and(|session| held(&session.0).contains(&place));
        let journal = |event: NewEvent<'_>| -> Result<(), KeeperRefusal> {
            if again {
                return Ok(());
            }
            self.write_one(event)?;
            if let Some(session) = session {
                session.enter(place);
            }
            Ok(())
        };
        let refusal = match self.readable(visitor, &room, &life) {
            Err(refusal) => refusal,
            Ok(state) => {
                let mut original = Original::Stored { bundle: Box::new(self.open_bundle(&head)?), leaf };
                let answer = answer(&mut original, &head, &life.kept.kept, state)?;
                let gone = || OwnRefusal::TermDestroyed { term: head.term.clone() };
                let key = self.event_key(&head.term).ok_or_else(gone)?;
                journal(NewEvent::of_term(event.kind(), body, &head.term, &key))?;
                return Ok((answer, original));
            }
        };
        let hold = self.hold_of(bundle, leaf).ok_or(refusal)?;
        let _gate = hold.enter();
        let at = hold.at(bundle, leaf).ok_or(OwnRefusal::NoSuchInvoice)?;
        let mut original = Original::Held(Box::new(self.copies(&hold)?.invoice(at)?));
        let state = self.state_in(&room, &life);
        let answer = answer(&mut original, &head, &life.kept.kept, state)?;
        let key = self.hold_key(&hold.name)?;
        journal(NewEvent::of_hold(event.kind(), body, &hold.name, &key))?;
        Ok((answer, original))
    }

    /// A term that is over by claims alone may be over in truth: an auditor reads it with an officer
    /// beside him, who does it.
    fn needs_officer(&self, visitor: &Visitor, room: &Room, life: &Life) -> bool {
        visitor.role == Role::Auditor && self.judged(room, life).why.is_only_said()
    }

    fn readable(
        &self,
        visitor: &Visitor,
        room: &Room,
        life: &RwLockReadGuard<'_, Life>,
    ) -> Result<TermState, KeeperRefusal> {
        let state = self.state_in(room, life);
        let term = room.name().to_owned();
        if life.destroyed.is_some() {
            Err(OwnRefusal::TermDestroyed { term }.into())
        } else if !state.opens_documents() {
            Err(OwnRefusal::TermLocked { term }.into())
        } else if self.needs_officer(visitor, room, life) {
            Err(OwnRefusal::OfficerBeside { term }.into())
        } else {
            Ok(state)
        }
    }

    /// Works with a term's catalogue, opened when first needed, brought up to date where it lags, and
    /// made anew where it is damaged.
    pub(super) fn with_catalogue<T>(
        &self,
        room: &Room,
        work: impl Fn(&mut Catalogue) -> Result<T, CatalogueRefusal>,
    ) -> Result<T, KeeperRefusal> {
        let mut place = held(&room.catalogue);
        if place.is_none() {
            self.close_idle(room);
            *place = Some(self.open_catalogue(room)?);
        }
        let catalogue = place.as_mut().expect("opened above");
        match work(catalogue) {
            Err(CatalogueRefusal::Damaged { .. }) => {
                *place = None;
                self.remove_catalogue(room)?;
                let catalogue = place.insert(self.open_catalogue(room)?);
                Ok(work(catalogue)?)
            }
            result => Ok(result?),
        }
    }

    pub(super) fn remove_catalogue(&self, room: &Room) -> Result<(), KeeperRefusal> {
        let directory = self.layout.catalogue(room.facts.term.name());
        if directory.exists() {
            durable::remove_tree(&directory, false)?;
        }
        Ok(())
    }

    fn open_catalogue(&self, room: &Room) -> Result<Catalogue, KeeperRefusal> {
        let directory = self.layout.catalogue(room.facts.term.name());
        let heads: Vec<_> = held(&self.streams).of_term(room.name()).cloned().collect();
        let expected: Progress = heads.iter().map(|head| (head.stream, head.number)).collect();
        let open = || -> Result<_, KeeperRefusal> {
            Ok(Catalogue::open(&directory, self.sealer(room)?, &expected)?)
        };
        let (mut catalogue, state) = match open() {
            Err(KeeperRefusal::Catalogue(CatalogueRefusal::Damaged { .. })) => {
                self.remove_catalogue(room)?;
                open()?
            }
            other => other?,
        };
        for head in heads.iter().filter(|head| state.missing.contains(&(head.stream, head.number))) {
            let bundle = self.open_bundle(head)?;
            let place = bundle.place();
            catalogue.add_bundle((head.stream, head.number), archive::records(bundle.leaves(), place))?;
            while catalogue.compact_step()? {}
        }
        Ok(catalogue)
    }

    fn sealer(&self, room: &Room) -> Result<Sealer, KeeperRefusal> {
        let gone = || OwnRefusal::TermDestroyed { term: room.name().to_owned() };
        let lease = held(&self.vault).lease_term(room.name()).ok_or_else(gone)?;
        let key = lease.with(|secret| secret.child(labels::TERM_CATALOGUE)).ok_or_else(gone)?;
        Ok(Sealer::new(&key, room.name()))
    }

    /// Closes catalogues that nobody is using, if many are open.
    fn close_idle(&self, but: &Room) {
        let rooms = self.all_rooms();
        let mut open = 0;
        for room in rooms.iter().filter(|room| room.name() != but.name()) {
            if let Ok(mut place) = room.catalogue.try_lock() {
                open += usize::from(place.is_some());
                if open >= OPEN_MOST {
                    *place = None;
                }
            }
        }
    }
}

/// Whose documents were opened in one session of one visitor, and for which reason: the journal has that.
#[derive(Debug, Default)]
pub struct OpenedBefore(Mutex<BTreeSet<(String, BundleRef, u32)>>);

impl OpenedBefore {
    fn enter(&self, place: (String, BundleRef, u32)) {
        let mut opened = held(&self.0);
        // Beyond these it is journaled once more, which is only more than needed.
        if opened.len() >= OPENED_MOST {
            opened.clear();
        }
        opened.insert(place);
    }
}

fn has_reason(visitor: &Visitor) -> Result<(), KeeperRefusal> {
    if visitor.reason.is_empty() { Err(unknown_reason()) } else { Ok(()) }
}

fn unknown_reason() -> KeeperRefusal {
    let list = LookUpReason::ALL.map(LookUpReason::code).join(", ");
    OwnRefusal::UnknownReason { list }.into()
}

/// A bundle's place in words: `stream/57`.
#[must_use]
pub fn bundle_text((stream, number): BundleRef) -> String {
    format!("{stream}/{number}")
}

/// Reads `stream/57`.
#[must_use]
pub fn bundle_of(text: &str) -> Option<(StreamId, BundleNumber)> {
    let (stream, number) = text.split_once('/')?;
    Some((stream.parse().ok()?, BundleNumber(number.parse().ok()?)))
}
