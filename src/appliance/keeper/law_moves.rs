//! Changed law: a signed table and two officers move whole terms; one officer lengthens one.
//!
//! ```text
//!  signed table ─ pinned release key ─> plan (what would move, from when to when, why)
//!        two officers, its fingerprint ─> every gate alone ─> vault, anchored ─> journal ─> a new card
//! ```
//! A term that a move makes shorter is due by the new date at once if that has passed, and then waits its
//! 30 days in full: a due date that was journaled before the move counts no more. What an officer
//! lengthened stays as long. The vault decides; a journal that a crash kept from saying so is told when
//! the box is opened next.

use std::sync::PoisonError;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use serde_bytes::ByteBuf;

use super::law::{LawInForce, LawState, Taken, Told};
use super::terms::{KeptBy, Life, Room, TermRecord};
use super::{Keeper, KeeperRefusal, OwnRefusal, Pair, Role, Visitor, held};
use crate::appliance::journal::NewEvent;
use crate::appliance::vault::{Contents, VaultRefusal};
use crate::exchange::bundle::{SignedLawTable, cbor};
use crate::exchange::journal::Event;
use crate::exchange::journal::event::{LawTaken, TermLengthened, TermMoved};
use crate::exchange::law::{Edition, Kept, Policy, Table};
use crate::exchange::vocabulary::{Digest, PublicKey};
use crate::support::words::Language;

/// What a table would do, or has done.
#[derive(Clone, Debug, Serialize)]
pub struct LawPlan {
    /// The table's edition.
    pub edition: Edition,
    /// The edition that is in force without it.
    pub present: Edition,
    /// What is typed to take it.
    pub fingerprint: String,
    /// Whether it names another release key for the tables after it.
    pub successor: Option<PublicKey>,
    /// The terms whose end it moves, the oldest first.
    pub moves: Vec<TermMove>,
    /// Terms that it has a row for and does not move.
    pub unmoved: Vec<String>,
    /// Terms that it has no row for: they stay as they are.
    pub without_row: Vec<String>,
}

/// One term's move.
#[derive(Clone, Debug, Serialize)]
pub struct TermMove {
    /// The term's name.
    pub term: String,
    /// The last day on which it is kept now.
    pub from: Date,
    /// Until when, and why, by the new table.
    pub kept: Kept,
    /// Whether that day has passed already: the 30 days begin at once.
    pub due: bool,
    /// How many invoices it has.
    pub invoices: u64,
}

impl TermMove {
    /// The law's sentence for the new date.
    #[must_use]
    pub fn because(&self, language: Language) -> String {
        self.kept.say(language)
    }
}

/// A term that an officer lengthened.
#[derive(Clone, Debug, Serialize)]
pub struct Lengthened {
    /// Its name.
    pub term: String,
    /// The last day on which it was to be kept.
    pub from: Date,
    /// The last day on which it is to be kept now.
    pub to: Date,
}

impl Keeper {
    /// What a table would do today.
    ///
    /// # Errors
    /// As [`SignedLawTable::table`].
    pub fn plan_law(&self, signed: &SignedLawTable) -> Result<LawPlan, KeeperRefusal> {
        let rooms = self.all_rooms();
        let lives: Vec<_> = rooms.iter().map(|room| (&**room, room.enter().clone())).collect();
        self.plan_of(signed, lives.iter().map(|(room, life)| (*room, life)))
    }

    fn plan_of<'a>(
        &self,
        signed: &SignedLawTable,
        lives: impl Iterator<Item = (&'a Room, &'a Life)>,
    ) -> Result<LawPlan, KeeperRefusal> {
        let table = signed.table()?;
        let mut plan = LawPlan {
            edition: table.edition(),
            present: self.law_in_force().table().edition(),
            fingerprint: signed.fingerprint(),
            successor: signed.body().successor,
            moves: Vec::new(),
            unmoved: Vec::new(),
            without_row: Vec::new(),
        };
        let today = super::utc_day(self.clock().floor);
        for (room, life) in lives.filter(|(_, life)| life.destroyed.is_none()) {
            let term = room.name().to_owned();
            let Some(kept) = moved_kept(&table, room, life, &self.facts.policy) else {
                plan.without_row.push(term);
                continue;
            };
            if kept.until == life.kept.kept.until {
                plan.unmoved.push(term);
                continue;
            }
            let invoices =
                held(&self.streams).of_term(room.name()).map(|head| u64::from(head.invoices)).sum();
            let (from, due) = (life.kept.kept.until, kept.until < today);
            plan.moves.push(TermMove { term, from, kept, due, invoices });
        }
        plan.moves.sort_by(|one, other| (one.from, &one.term).cmp(&(other.from, &other.term)));
        Ok(plan)
    }

    /// Takes a table of law that two officers have looked at: every term that it has a row for is kept by
    /// it from now on, shorter or longer.
    ///
    /// # Errors
    /// [`OwnRefusal::LawTableDiffers`] if `fingerprint` is not that of what was shown; the vault's and the
    /// journal's.
    pub fn take_law(
        &self,
        by: &Pair,
        file: &str,
        bytes: &[u8],
        fingerprint: &str,
    ) -> Result<LawPlan, KeeperRefusal> {
        // No term is opened meanwhile under the law that goes.
        let _opening = held(&self.opening);
        let rooms = self.all_rooms();
        // Nobody admits, looks up or destroys meanwhile; every gate in the order of the names.
        let mut lives: Vec<_> = rooms.iter().map(|room| room.enter_alone()).collect();
        let signed = self.read_law_table(file, bytes)?;
        let plain = |text: &str| text.to_uppercase().replace([' ', '-'], "");
        let ours = signed.fingerprint();
        if plain(fingerprint) != plain(&ours) {
            let (typed, table) = (fingerprint.to_owned(), ours);
            return Err(OwnRefusal::LawTableDiffers { typed, table }.into());
        }
        let plan = self.plan_of(&signed, rooms.iter().zip(&lives).map(|(room, life)| (&**room, &**life)))?;
        let table = signed.table()?;
        let mut kept: Vec<Option<KeptBy>> = Vec::new();
        for (room, life) in rooms.iter().zip(&lives) {
            let moved = moved_kept(&table, room, life, &self.facts.policy);
            let moved = moved.filter(|_| life.destroyed.is_none());
            kept.push(moved.map(|kept| KeptBy { kept, law_table: table.edition() }));
        }

        let key = self.law_in_force().state.release_key.ok_or(OwnRefusal::NoReleaseKey)?;
        let taken = Taken { table: ByteBuf::from(signed.to_bytes()), key, at: self.now(), by: by.names() };
        let release_key = signed.body().successor.or(Some(key));
        let state = LawState { release_key, taken: Some(taken) };
        held(&self.vault).update_anchored(|contents| {
            contents.law = cbor::encode(&state);
            for ((room, life), kept) in rooms.iter().zip(&lives).zip(&kept) {
                if let Some(kept) = kept {
                    set_kept(contents, room, life, kept.clone())?;
                }
            }
            Ok(())
        })?;
        crate::support::durable::failpoint("law-vault-moved");
        *self.law.write().unwrap_or_else(PoisonError::into_inner) = LawInForce { state, taken: Some(table) };
        for (life, kept) in lives.iter_mut().zip(kept) {
            let Some(kept) = kept else { continue };
            if kept.kept.until != life.kept.kept.until {
                (life.due, life.moved) = (None, Some((life.kept.kept.until, kept.kept.until)));
            }
            life.kept = kept;
        }
        let moved =
            plan.moves.iter().map(|one| self.term_moved(&one.term, one.from, &one.kept, plan.edition));
        self.tell_law(&signed.to_bytes(), plan.edition, moved.collect(), by.names())?;
        drop(lives);
        self.write_card()?;
        Ok(plan)
    }

    /// Lengthens a term to the end of the month of `until`. No table of law shortens it below that again.
    ///
    /// # Errors
    /// [`OwnRefusal::OfficersOnly`], [`OwnRefusal::NoSuchTerm`], [`OwnRefusal::TermDestroyed`],
    /// [`OwnRefusal::OnlyLonger`], [`OwnRefusal::TooLong`]; the vault's and the journal's.
    pub fn lengthen(&self, by: &Visitor, term: &str, until: Date) -> Result<Lengthened, KeeperRefusal> {
        if by.role != Role::Officer {
            return Err(OwnRefusal::OfficersOnly.into());
        }
        let room = self.room(term).ok_or(OwnRefusal::NoSuchTerm { term: term.to_owned() })?;
        let lengthened = {
            let mut life = room.enter_alone();
            if life.destroyed.is_some() {
                return Err(OwnRefusal::TermDestroyed { term: term.to_owned() }.into());
            }
            let (from, to) = (life.kept.kept.until, until.last_of_month());
            let most = room.facts.term.last().saturating_add(i64::from(Policy::MOST_YEARS).years());
            if to <= from {
                let (until, present) = (to.to_string(), from.to_string());
                return Err(OwnRefusal::OnlyLonger { term: term.to_owned(), until, present }.into());
            }
            if to > most {
                return Err(OwnRefusal::TooLong { term: term.to_owned(), most: most.to_string() }.into());
            }
            let mut kept = life.kept.clone();
            kept.kept = kept.kept.and_until(Some(to));
            held(&self.vault).update_anchored(|contents| set_kept(contents, &room, &life, kept.clone()))?;
            (life.due, life.moved, life.kept) = (None, Some((from, to)), kept);
            let event = TermLengthened { at: self.now(), term: term.to_owned(), from, to };
            let written = self.write_public(event)?;
            self.decided(written.index, vec![by.who.clone()])?;
            Lengthened { term: term.to_owned(), from, to }
        };
        self.write_card()?;
        Ok(lengthened)
    }

    fn term_moved(&self, term: &str, from: Date, kept: &Kept, edition: Edition) -> TermMoved {
        let (law, article) = (edition.to_string(), kept.article.clone());
        TermMoved { at: self.now(), term: term.to_owned(), from, to: kept.until, law, article }
    }

    fn tell_law(
        &self,
        table: &[u8],
        edition: Edition,
        moved: Vec<TermMoved>,
        by: Vec<String>,
    ) -> Result<(), KeeperRefusal> {
        let taken =
            LawTaken { at: self.now(), edition: edition.to_string(), table: ByteBuf::from(table.to_vec()) };
        let events = [Event::from(taken)].into_iter().chain(moved.into_iter().map(Event::from));
        let public = |event: Event| NewEvent::public(event.kind(), cbor::encode(&event));
        let written = self.journal.append(events.map(public).collect())?;
        self.decided(written[0].index, by)
    }

    /// Tells the journal what the vault decided just before the power went.
    pub(super) fn tell_untold(&self, told: &Told) -> Result<(), KeeperRefusal> {
        let mut moved = Vec::new();
        for room in self.all_rooms() {
            let mut life = room.enter_alone();
            let Some(&from) = told.until.get(room.name()).filter(|_| life.destroyed.is_none()) else {
                continue;
            };
            let kept = life.kept.kept.clone();
            if from == kept.until {
                continue;
            }
            (life.due, life.moved) = (None, Some((from, kept.until)));
            if kept.lengthened == Some(kept.until) && kept.until > from {
                let term = room.name().to_owned();
                self.write_public(TermLengthened { at: self.now(), term, from, to: kept.until })?;
            } else {
                moved.push(self.term_moved(room.name(), from, &kept, life.kept.law_table));
            }
        }
        let untold = {
            let law = self.law_in_force();
            let taken = law.state.taken.clone().filter(|taken| told.law != Some(Digest::of(&taken.table)));
            taken.zip(law.taken.as_ref().map(Table::edition))
        };
        match untold {
            Some((taken, edition)) => self.tell_law(&taken.table, edition, moved, taken.by)?,
            None => moved.into_iter().try_for_each(|event| self.write_public(event).map(drop))?,
        }
        Ok(())
    }
}

/// Until when a living term is kept by a table, with what an officer lengthened; none without a row.
fn moved_kept(table: &Table, room: &Room, life: &Life, policy: &Policy) -> Option<Kept> {
    let kept = table.kept_until(&room.facts.term, policy)?;
    Some(kept.and_until(life.kept.kept.lengthened))
}

fn set_kept(contents: &mut Contents, room: &Room, life: &Life, kept: KeptBy) -> Result<(), VaultRefusal> {
    let record = TermRecord { facts: room.facts.clone(), kept, released: life.released };
    contents.set_term_facts(room.name(), cbor::encode(&record))
}
