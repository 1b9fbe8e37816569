//! Expiry: the floor is counted, terms are judged, and what is over is destroyed.
//!
//! Destroying a term, in the design's order, with the room's gate taken alone:
//!
//! ```text
//! 1 gate alone, judged again          5 the old root slot killed: the commit point
//! 2 a new root into the free slot     6 the old root tried and refused
//! 3 the next vault, without the key   7 the term's directory removed and discarded
//! 4 the intent, public, journaled     8 the certificate signed and journaled
//! ```
//! A crash before 5 leaves the term alive; after 5, [`Keeper::open`] does 7 and 8 before anything is
//! served; only where the disk is full, the certificate waits until there is room. From the moment that
//! the gate is held alone nothing of the term is given out; leases that are still out after a second find
//! the key wiped.

use std::sync::Arc;
use std::time::Instant;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use serde_bytes::ByteBuf;

use super::init::at_noon;
use super::terms::{Life, Obituary, Room, TermRecord};
use super::{Keeper, KeeperRefusal, RELEASE, held, utc_day};
use crate::appliance::archive::Layout;
use crate::appliance::journal::Place;
use crate::appliance::retention::{
    self, ClockState, Deed, Destroyed, Due, DueBy, Evidence, Floor, Stint, TermState, TokenTime, Why,
};
use crate::appliance::vault::{ClockFile, Vault};
use crate::exchange::bundle::cbor;
use crate::exchange::journal::event::{self, ClockTurned, Intent, TermDue};
use crate::exchange::law::{Kept, TermName};
use crate::exchange::vocabulary::{Class, Digest, Word};
use crate::support::claimed_clock::claimed_now;
use crate::support::durable::{self, failpoint, mutated};
use crate::support::run_time::run_time;
use crate::support::words::{Language, Said};

/// The floor, as this run of the program counts it.
pub(super) struct Clock {
    floor: Floor,
    file: ClockFile,
    stint: Stint,
    started: Instant,
}

impl Clock {
    pub(super) fn open(vault: &Vault, demo: bool) -> Result<Self, KeeperRefusal> {
        let file = vault.clock()?;
        let stored = file.read().and_then(|bytes| cbor::decode::<ClockState>(bytes, 4096).ok());
        let floor = Floor::open(RELEASE, stored, demo);
        Ok(Self { floor, file, stint: Stint::default(), started: Instant::now() })
    }

    pub(super) fn floor(&self) -> &Floor {
        &self.floor
    }

    /// Makes the next floor durable, and believes it then.
    fn keep(&mut self, next: Floor) -> Result<(), KeeperRefusal> {
        self.file.write(&cbor::encode(next.state()))?;
        self.floor = next;
        Ok(())
    }

    /// Sees that what is on the disk of it opens.
    pub(super) fn check(&self) -> Result<(), KeeperRefusal> {
        Ok(self.file.check()?)
    }

    /// Counts from these tokens and no others.
    pub(super) fn believe(&mut self, tokens: &[TokenTime]) -> Result<(), KeeperRefusal> {
        let next = self.floor.believe(tokens);
        if next == self.floor { Ok(()) } else { self.keep(next) }
    }

    /// Has lived so many powered seconds at least. Durable with what is counted next.
    pub(super) fn lived(&mut self, powered: u64) {
        self.floor = self.floor.lived(powered);
    }

    fn count(&mut self, seconds: u64) -> Result<(), KeeperRefusal> {
        self.keep(self.floor.count(seconds))?;
        self.stint.counted(seconds);
        Ok(())
    }
}

/// A term, as the console and the command line show it.
#[derive(Clone, Debug)]
pub struct TermView {
    /// Its name.
    pub name: String,
    /// What class of sales.
    pub class: Class,
    /// The first day that it covers.
    pub first: Date,
    /// The last day that it covers.
    pub last: Date,
    /// Until when it is kept, and why.
    pub kept: Kept,
    /// The last move of its end, by a table of law or an officer: from, and to.
    pub moved: Option<(Date, Date)>,
    /// Where it is.
    pub state: TermState,
    /// The sentence.
    pub why: Why,
    /// Its bundles.
    pub bundles: u32,
    /// Its invoices.
    pub invoices: u64,
    /// Bytes of its bundles.
    pub bytes: u64,
    /// Whether all of it is held.
    pub held_whole: bool,
    /// How many of its invoices have copies under a hold.
    pub held: u32,
}

/// Something that happened by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Happened {
    /// A term became due.
    Due {
        /// Its name.
        term: String,
    },
    /// A term was destroyed.
    Destroyed {
        /// Its name.
        term: String,
        /// Where its certificate stands in the journal.
        certificate: u64,
    },
    /// A hold that was released ended: its key was destroyed.
    HoldEnded {
        /// Its name.
        hold: String,
    },
}

impl Keeper {
    /// All terms, the oldest first.
    #[must_use]
    pub fn terms(&self) -> Vec<TermView> {
        let rooms = self.all_rooms();
        let mut views: Vec<_> = rooms.iter().map(|room| self.term_view(room)).collect();
        views.sort_by(|one, other| (one.first, &one.name).cmp(&(other.first, &other.name)));
        views
    }

    fn term_view(&self, room: &Room) -> TermView {
        let (state, why, kept, moved) = {
            let life = room.enter();
            let judgement = self.judged(room, &life);
            (judgement.state, judgement.why, life.kept.kept.clone(), life.moved)
        };
        let (mut bundles, mut invoices, mut bytes) = (0, 0, 0);
        for head in held(&self.streams).of_term(room.name()) {
            bundles += 1;
            invoices += u64::from(head.invoices);
            bytes += head.bytes;
        }
        let term = &room.facts.term;
        let (first, last) = (term.first(), term.last());
        let name = room.name().to_owned();
        let (held_whole, held) = (self.is_held_whole(&name), self.held_of(&name));
        TermView {
            name,
            class: term.class(),
            first,
            last,
            kept,
            moved,
            state,
            why,
            bundles,
            invoices,
            bytes,
            held_whole,
            held,
        }
    }

    /// Where a term is, for whoever holds its gate.
    pub(super) fn state_in(&self, room: &Room, life: &Life) -> TermState {
        self.judged(room, life).state
    }

    pub(super) fn judged(&self, room: &Room, life: &Life) -> retention::Judgement {
        let claims = self.claims(claimed_now());
        let tokens = held(&self.outside).tokens();
        let floor = held(&self.clock).floor.clone();
        let mut holds = self.holds_on(room.name());
        holds.extend(life.released.map(|powered| retention::Hold { released: Some(powered) }));
        let evidence = Evidence { floor: &floor, holds: &holds, tokens: &tokens, claims: &claims };
        retention::judge(&room.judged_by(life), &evidence)
    }

    /// Turns the clock of a demo box forward. A term that ends on the way is seen to be due first, and
    /// destroyed where the clock goes 30 days beyond that, at the day on which it would have been.
    ///
    /// # Errors
    /// Retention's, on any other box; what the deeds refuse.
    pub fn turn_clock(&self, to: Timestamp) -> Result<Vec<Happened>, KeeperRefusal> {
        let from = held(&self.clock).floor.instant();
        // A running box would have done at once what a release, or a moved law, has left to do.
        let mut happened = self.do_deeds()?;
        loop {
            let stop = self.next_change(to);
            {
                let mut clock = held(&self.clock);
                let next = clock.floor.turn(stop)?;
                clock.keep(next)?;
            }
            self.open_new_terms()?;
            happened.extend(self.do_deeds()?);
            if stop >= to {
                break;
            }
        }
        self.write_public(ClockTurned { from, to })?;
        Ok(happened)
    }

    /// The first moment on the way to `to` at which something changes: a term ends, or its wait does,
    /// or a year begins. So a turned clock sees what a box that lived through it would have seen.
    fn next_change(&self, to: Timestamp) -> Timestamp {
        let from = held(&self.clock).floor.instant();
        let of_terms = self.all_rooms().into_iter().filter_map(|room| {
            let life = room.enter();
            match self.state_in(&room, &life) {
                TermState::Open | TermState::Closed => Some(retention::over_at(life.kept.kept.until)),
                TermState::Due { destroy_after, .. } => Some(destroy_after),
                TermState::Destroyed { .. } => None,
            }
        });
        let year_begins = Date::new(utc_day(from).year() + 1, 1, 1).map(at_noon);
        of_terms.chain(year_begins).filter(|at| *at > from).min().map_or(to, |at| at.min(to))
    }

    /// What a running box does every few seconds: counts powered time once there are ten minutes of
    /// it, and does what is due.
    ///
    /// # Errors
    /// What the deeds refuse.
    pub fn tick(&self) -> Result<Vec<Happened>, KeeperRefusal> {
        {
            let mut clock = held(&self.clock);
            let running = run_time(clock.started);
            if let Some(seconds) = clock.stint.owed(running) {
                clock.count(seconds)?;
            }
        }
        self.open_new_terms()?;
        self.tend_catalogues();
        self.do_deeds()
    }

    /// One merge of runs in each catalogue that is open and not in use. A catalogue that fails here
    /// is closed, and made anew when it is needed next.
    fn tend_catalogues(&self) {
        for room in self.all_rooms() {
            if let Ok(mut place) = room.catalogue.try_lock()
                && let Some(catalogue) = place.as_mut()
                && catalogue.compact_step().and_then(|_| catalogue.rest()).is_err()
            {
                *place = None;
            }
        }
    }

    /// Counts the rest of this run, in good order.
    ///
    /// # Errors
    /// The disk's.
    pub fn stop(&self) -> Result<(), KeeperRefusal> {
        let counted = {
            let mut clock = held(&self.clock);
            let rest = clock.stint.rest(run_time(clock.started));
            if rest > 0 { clock.count(rest) } else { Ok(()) }
        };
        counted.and(self.journal_the_line(true))
    }

    fn do_deeds(&self) -> Result<Vec<Happened>, KeeperRefusal> {
        // On an old copy of the disk a hold may be missing.
        if self.stopped().is_some() {
            return Ok(Vec::new());
        }
        let rooms = self.all_rooms();
        // A full disk may have kept a certificate back; the key is dead all the same. But no certificate
        // before the old root was seen refused.
        let owed = |room: &Arc<Room>| !self.has_key(room.name()) && room.enter().destroyed.is_none();
        if held(&self.vault).is_settled() && rooms.iter().any(owed) {
            self.finish_deaths()?;
        }
        let mut happened = self.end_released_holds()?;
        for room in rooms {
            let deed = self.judged(&room, &room.enter()).deed;
            if deed.is_none() {
                continue;
            }
            let mut life = room.enter_alone();
            // Judged again, now that nobody else is in the room.
            let judged = self.judged(&room, &life);
            match judged.deed {
                Some(Deed::BecomeDue(due)) => {
                    self.become_due(&room, &due, judged.word.unwrap_or(Word::Counted))?;
                    life.due = Some(due);
                    happened.push(Happened::Due { term: room.name().to_owned() });
                }
                Some(Deed::Destroy(word)) => {
                    let end = self.destroy(&room, &life, word, &judged.proven_by)?;
                    life.destroyed = Some(end);
                    let (term, certificate) = (room.name().to_owned(), end.certificate);
                    happened.push(Happened::Destroyed { term, certificate });
                }
                None => {}
            }
        }
        Ok(happened)
    }

    fn become_due(&self, room: &Room, due: &Due, basis: Word) -> Result<(), KeeperRefusal> {
        let token = match due.by {
            DueBy::Token(token) => Some(token),
            DueBy::Box | DueBy::Claims => None,
        };
        self.write_public(TermDue {
            at: self.now(),
            term: room.name().to_owned(),
            kept_until: due.until,
            floor: due.floor,
            powered: due.powered,
            basis,
            token,
        })?;
        Ok(())
    }

    /// Steps 2 to 8.
    fn destroy(
        &self,
        room: &Room,
        life: &Life,
        word: Word,
        proven_by: &[Digest],
    ) -> Result<Destroyed, KeeperRefusal> {
        // Nothing of it stays in memory beyond this line: the rows' fences and the catalogue's key.
        if !mutated("skip-catalogue") {
            *held(&room.catalogue) = None;
        }
        let obituary = self.obituary(room, life, word, proven_by)?;
        let floor = obituary.floor;
        let year_of = |at: Timestamp| utc_day(at).year();
        let heads = cbor::encode(&obituary);
        {
            let mut vault = held(&self.vault);
            let oldest_open = oldest_opening(&vault, room.name()).map_or(year_of(floor), year_of);
            let prepared = vault.prepare_switch(|contents| {
                if !mutated("skip-term-key") {
                    contents.bury_term(room.name(), heads)?;
                }
                // A year's events go with the last term that was open in it.
                let dead: Vec<_> = contents.journal_years().filter(|year| *year < oldest_open).collect();
                dead.into_iter().try_for_each(|year| contents.bury_journal_year(year))
            })?;
            self.write_public(Intent {
                at: self.now(),
                term: room.name().to_owned(),
                generation: prepared.generation(),
                floor,
                basis: word,
            })?;
            failpoint("switch-4-intent-journaled");
            if mutated("skip-switch") {
                prepared.abandon()?;
            } else {
                prepared.commit()?;
            }
        }
        self.bury(room, &obituary)
    }

    /// What the certificate will need, gathered while the term can still be read.
    fn obituary(
        &self,
        room: &Room,
        life: &Life,
        word: Word,
        proven_by: &[Digest],
    ) -> Result<Obituary, KeeperRefusal> {
        let heads: Vec<_> = held(&self.streams).of_term(room.name()).cloned().collect();
        let mut indexes = Vec::new();
        for written in self.events_of(room.name())? {
            indexes.extend_from_slice(&written.index.to_be_bytes());
        }
        let tokens = self.evidence_of(proven_by);
        // A certificate says no more than it can show.
        let word = if word == Word::Proven && tokens.is_empty() { Word::Counted } else { word };
        let held_invoices = self.held_of(room.name());
        let clock = held(&self.clock);
        let since = life.due.as_ref().map_or(0, |due| clock.floor.powered().saturating_sub(due.powered));
        Ok(Obituary {
            facts: room.facts.clone(),
            kept: life.kept.clone(),
            heads,
            entries: (indexes.len() / 8) as u64,
            entries_digest: Digest::of(&indexes),
            floor: clock.floor.instant(),
            powered_since_due: since,
            word,
            tokens,
            held: held_invoices,
        })
    }

    /// Steps 7 and 8: what remains of a term whose key is dead is removed, and its certificate
    /// written. Also what a start after a crash does.
    pub(super) fn bury(&self, room: &Room, obituary: &Obituary) -> Result<Destroyed, KeeperRefusal> {
        self.journal.forget(&Place::Term(room.name().to_owned()));
        remove_remains(&self.layout, room.facts.term.name())?;
        self.forget_waiting(room.name())?;
        failpoint("switch-7-directory-removed");
        let certificate = self.certificate_of(room.name(), obituary)?;
        let written = self.write_public(event::Destroyed {
            at: self.now(),
            term: room.name().to_owned(),
            certificate: ByteBuf::from(certificate.to_bytes()),
        })?;
        failpoint("switch-8-certificate-journaled");
        self.write_certificate(room.name())?;
        Ok(Destroyed { floor: obituary.floor, word: obituary.word, certificate: written.index })
    }
}

/// Step 7: a dead term's directory, discarded where the filesystem can, and removed.
pub(super) fn remove_remains(layout: &Layout, term: &TermName) -> Result<(), KeeperRefusal> {
    if mutated("skip-catalogue") {
        durable::remove_tree(&layout.bundles(term), true)?;
    } else {
        durable::remove_tree(&layout.term(term), !mutated("skip-discard"))?;
    }
    Ok(())
}

/// When the oldest of the other living terms was opened.
fn oldest_opening(vault: &Vault, but: &str) -> Option<Timestamp> {
    let others = vault.contents().terms().filter(|(name, _)| *name != but);
    others
        .filter_map(|(_, facts)| cbor::decode::<TermRecord>(facts, 1 << 20).ok())
        .map(|record| record.facts.opened)
        .min()
}

/// A span of years, months and days from a floor, for a demo's fast-forward.
#[must_use]
pub fn years_after(from: Timestamp, years: i64) -> Timestamp {
    let then = Offset::UTC.to_datetime(from).checked_add(years.years());
    then.and_then(|then| Offset::UTC.to_timestamp(then)).unwrap_or(from)
}

impl TermView {
    /// Where the term is, as a sentence.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        self.why.say(language)
    }
}
