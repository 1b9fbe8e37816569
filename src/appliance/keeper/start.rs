//! Opening a box: settling what a crash left, and folding the journal into what the keeper knows.
//!
//! In this order, before anything is served: the lock; the vault (an interrupted switch is undone or
//! finished, as the journal's intent says); what a dead term or hold left, which a cut in the midst of
//! discarding it may have torn, so that nobody reads it as a log; the journal (cut to its last whole
//! entry, signed again); the terms' facts; the streams' books; whether the box has stopped; the holds; the
//! spool is cleared; every admission, hold and public event that the journal counts is known; deaths that
//! have no certificate yet are finished; what was decided and not yet told is told; bundles that lie in a term
//! without an entry in the journal are set aside, and holds without one removed, because they were never
//! acknowledged (but not by a box that has stopped: its journal may be the one that lacks them).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, RwLock};

use jiff::civil::Date;

use super::expiry::{Clock, remove_remains};
use super::law::{LawInForce, Told};
use super::senders::senders_of;
use super::stick::Airlock;
use super::terms::{Obituary, Room, Rooms, TermRecord};
use super::time::Outside;
use super::{BoxFacts, Keeper, KeeperRefusal, OwnRefusal, held, take};
use crate::appliance::archive::{Cards, Layout, Spool, StreamHead, Streams, Waiting};
use crate::appliance::journal::{self, Journal, LogError, LogRefusal, Place, Written};
use crate::appliance::retention::{self, Destroyed, Due, DueBy};
use crate::appliance::vault::{self, KeyName, Recovery, Vault};
use crate::exchange::bundle::{SignedCertificate, cbor, labels};
use crate::exchange::journal::entry::MAX_BODY;
use crate::exchange::journal::event::Admission;
use crate::exchange::journal::{EntryKind, Event};
use crate::exchange::law::Policy;
use crate::exchange::vocabulary::Word;
use crate::support::durable::{self, Lock};

/// Bytes of a policy, a term's facts or an obituary at most.
const BLOB_LIMIT: usize = 16 * 1024 * 1024;

impl Keeper {
    /// Opens the box in `directory`, as its one keeper.
    ///
    /// # Errors
    /// [`OwnRefusal::NotABox`]; if another process owns it; whatever a room refuses.
    pub fn open(directory: &Path) -> Result<Self, KeeperRefusal> {
        if !directory.join("vault").is_dir() {
            return Err(OwnRefusal::NotABox { directory: directory.display().to_string() }.into());
        }
        let lock = Lock::exclusive(&directory.join("lock"))?;
        let root = vault::root::open(directory)?;
        let intents = intents(directory)?;
        let (vault, recovery) = Vault::open(directory, root, |generation| intents.contains(&generation))?;
        let contents = vault.contents();
        let facts = BoxFacts {
            box_id: contents.box_id(),
            key: vault.public_key(),
            entity: contents.entity.clone(),
            demo: contents.is_demo(),
            policy: read_blob::<Policy>(&contents.policy)?,
        };
        let layout = Layout::of(directory);
        for dead in contents.dead_terms().values() {
            let obituary: Obituary = read_blob(&dead.heads)?;
            remove_remains(&layout, obituary.facts.term.name())?;
        }
        for dead in contents.dead_holds().keys() {
            durable::remove_tree(&layout.hold(dead), true)?;
        }
        let journal = Journal::open(directory, facts.box_id, vault.signing_key())?;
        let law = LawInForce::open(&contents.law)?;
        let senders = senders_of(&vault)?;
        let outside = Outside::of(vault.contents())?;
        let clock = Clock::open(&vault, facts.demo)?;
        let spool = Spool::open(&layout.spool())?;
        let waiting = Waiting::open(&layout.waiting())?;
        let cards = Cards::of(&layout.cards());
        let rooms = rooms(&vault, &layout)?;
        let keeper = Self {
            directory: directory.to_owned(),
            layout,
            facts,
            vault: Mutex::new(vault),
            journal,
            spool,
            waiting,
            cards,
            stick: Airlock::default(),
            line: super::push::LineRoom::default(),
            streams: Mutex::new(Streams::default()),
            senders: RwLock::new(senders),
            rooms: RwLock::new(rooms),
            outside: Mutex::new(outside),
            law: RwLock::new(law),
            short_of_room: AtomicBool::new(false),
            deciding: Mutex::new(()),
            opening: Mutex::new(()),
            holds: RwLock::default(),
            clock: Mutex::new(clock),
            refusals: Mutex::new(take::Refusals::default()),
            _lock: lock,
        };
        let told = keeper.fold()?;
        keeper.settle_stop()?;
        let unsettled = keeper.load_holds()?;
        keeper.account_for_entries()?;
        keeper.remember_powered();
        // The power may have gone between a token's event and the floor, or an old copy of it is back.
        let tokens = held(&keeper.outside).tokens();
        keeper.settle_floor(&tokens, None).map(drop).or_else(unless_full)?;
        // Where the disk was too full to finish a switch, what follows it waits for the next opening.
        if recovery != Recovery::Owed {
            keeper.finish_deaths().or_else(unless_full)?;
        }
        if keeper.stopped().is_none() {
            keeper.tell_untold(&told).or_else(unless_full)?;
            keeper.tell_last_decision().or_else(unless_full)?;
            keeper.set_strays_aside().or_else(unless_full)?;
            if recovery != Recovery::Owed {
                keeper.settle_holds(unsettled).or_else(unless_full)?;
            }
        }
        Ok(keeper)
    }

    /// Lost or old files of the clock must not let it fall behind what was noted by it: a hold that was
    /// released in its future would keep a term from ever waiting to the end.
    fn remember_powered(&self) {
        let released = |hold: retention::Hold| hold.released;
        let mut noted = 0;
        for room in self.all_rooms() {
            let life = room.enter();
            let due = life.due.as_ref().map(|due| due.powered);
            let holds = self.holds_on(room.name()).into_iter().filter_map(released);
            noted = holds.chain(due).chain(life.released).fold(noted, u64::max);
        }
        held(&self.clock).lived(noted);
    }

    /// Approves how this computer has started now, with the text of the boot key from `init`: a box with
    /// a TPM root does not open on a start that nobody approved. No keeper may have the box open.
    ///
    /// # Errors
    /// [`OwnRefusal::NotABox`]; if another process owns it; the vault's.
    pub fn approve_start(directory: &Path, key: &str) -> Result<(), KeeperRefusal> {
        if !directory.join("vault").is_dir() {
            return Err(OwnRefusal::NotABox { directory: directory.display().to_string() }.into());
        }
        let _lock = Lock::exclusive(&directory.join("lock"))?;
        Ok(vault::root::approve_start(directory, key)?)
    }

    /// Folds the journal into rooms and streams.
    fn fold(&self) -> Result<Told, KeeperRefusal> {
        let (lives, told) = self.lives()?;
        let mut rooms = self.rooms.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut streams = held(&self.streams);
        for obituary in self.obituaries()?.into_values() {
            let name = obituary.facts.term.name().to_string();
            for head in &obituary.heads {
                streams.enter(head.clone());
            }
            rooms.insert(
                name,
                Arc::new(Room::new(TermRecord {
                    facts: obituary.facts,
                    kept: obituary.kept,
                    released: None,
                })),
            );
        }
        for (name, past) in lives {
            if let Some(room) = rooms.get(&name) {
                let mut life = room.enter_alone();
                (life.due, life.moved, life.destroyed) = (past.due, past.moved, past.destroyed);
            }
        }
        for room in rooms.values() {
            for written in self.events_of(room.name())? {
                if let Event::Admission(admission) = read_event(&written)? {
                    streams.enter(head_of(&admission, written.index));
                }
            }
        }
        Ok(told)
    }

    /// The events of a living term, opened; none of a dead one.
    pub(super) fn events_of(&self, term: &str) -> Result<Vec<Written>, KeeperRefusal> {
        let Some(key) = self.event_key(term) else { return Ok(Vec::new()) };
        let events = self.journal.read_events(&Place::Term(term.to_owned()), Some(&key))?;
        Ok(events.collect::<Result<_, _>>()?)
    }

    /// How far each term has come, by the public events.
    fn lives(&self) -> Result<(BTreeMap<String, Past>, Told), KeeperRefusal> {
        let mut lives: BTreeMap<String, Past> = BTreeMap::new();
        let mut told = Told::default();
        for written in self.journal.read_events(&Place::Public, None)? {
            let written = written?;
            match read_event(&written)? {
                Event::TermDue(due) => {
                    lives.entry(due.term).or_default().due = Some(Due {
                        until: due.kept_until,
                        floor: due.floor,
                        powered: due.powered,
                        by: match (due.basis, due.token) {
                            (Word::Declared, _) => DueBy::Claims,
                            (_, Some(token)) => DueBy::Token(token),
                            (_, None) => DueBy::Box,
                        },
                    });
                }
                Event::TermOpened(opened) => told.opened(opened.term, opened.kept_until),
                // A due date before the move counts no more, whatever the end is moved to and back.
                Event::TermMoved(moved) => {
                    let past = lives.entry(moved.term.clone()).or_default();
                    (past.due, past.moved) = (None, Some((moved.from, moved.to)));
                    told.opened(moved.term, moved.to);
                }
                Event::TermLengthened(moved) => {
                    let past = lives.entry(moved.term.clone()).or_default();
                    (past.due, past.moved) = (None, Some((moved.from, moved.to)));
                    told.opened(moved.term, moved.to);
                }
                Event::LawTaken(taken) => told.law(taken.table.into_vec()),
                Event::Destroyed(end) => {
                    let certificate = SignedCertificate::read(&end.certificate)?;
                    lives.entry(end.term).or_default().destroyed = Some(Destroyed {
                        floor: certificate.floor(),
                        word: certificate.word(),
                        certificate: written.index,
                    });
                }
                Event::HeadSetAside(aside) => self.set_aside(&aside),
                Event::TokenTaken(taken) => held(&self.outside).enter(taken),
                Event::TokenStruck(struck) => held(&self.outside).enter_struck(struck.token),
                Event::TwiceSigned(twice) => {
                    held(&self.refusals).twice.insert(twice.second.into_vec());
                }
                _ => {}
            }
        }
        Ok((lives, told))
    }

    /// What the vault remembers of dead terms, by name.
    pub(super) fn obituaries(&self) -> Result<BTreeMap<String, Obituary>, KeeperRefusal> {
        let vault = held(&self.vault);
        let dead = vault.contents().dead_terms().iter();
        dead.map(|(name, dead)| Ok((name.clone(), read_blob(&dead.heads)?))).collect()
    }

    /// Sees that every admission, hold and public event that the journal counts is known, before
    /// anything is written or removed: a damaged record looks like one that a crash left, and its bundle
    /// like a stray.
    fn account_for_entries(&self) -> Result<(), KeeperRefusal> {
        let admissions: BTreeSet<_> = held(&self.streams).iter().map(|head| head.entry).collect();
        let public = self.journal.read_events(&Place::Public, None)?;
        let public: BTreeSet<_> =
            public.map(|written| Ok(written?.index)).collect::<Result<_, LogError>>()?;
        let placings = self.known_placings()?;
        for (entry, kind) in (0..).zip(self.journal.kinds()?) {
            match kind {
                Some(EntryKind::HoldPlaced) if !placings.contains(&entry) => {
                    return Err(OwnRefusal::HoldLost { entry }.into());
                }
                Some(EntryKind::Admission) if !admissions.contains(&entry) => {
                    return Err(OwnRefusal::AdmissionLost { entry }.into());
                }
                Some(kind) if kind.is_public() && !public.contains(&entry) => {
                    return Err(LogError::from(LogRefusal::EventMissing { index: entry }).into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Gives every dead term that has none its certificate: the switch was committed, and then the
    /// power went.
    pub(super) fn finish_deaths(&self) -> Result<(), KeeperRefusal> {
        for (name, obituary) in self.obituaries()? {
            let Some(room) = self.room(&name) else { continue };
            let mut life = room.enter_alone();
            match life.destroyed {
                None => life.destroyed = Some(self.bury(&room, &obituary)?),
                // The power may have gone between the journal and the file for people.
                Some(_) => self.write_certificate(&name)?,
            }
        }
        Ok(())
    }
}

/// How far a term has come, by the public events.
#[derive(Default)]
struct Past {
    due: Option<Due>,
    moved: Option<(Date, Date)>,
    destroyed: Option<Destroyed>,
}

/// A full disk keeps a box from writing, not from opening.
pub(super) fn unless_full(error: KeeperRefusal) -> Result<(), KeeperRefusal> {
    if error.is_disk_full() { Ok(()) } else { Err(error) }
}

/// The generations of all switches whose intent is in the journal.
fn intents(directory: &Path) -> Result<BTreeSet<u64>, KeeperRefusal> {
    let mut generations = BTreeSet::new();
    for written in journal::public_events(directory)? {
        match read_event(&written?)? {
            Event::Intent(intent) => generations.insert(intent.generation),
            Event::HoldIntent(intent) => generations.insert(intent.generation),
            _ => false,
        };
    }
    Ok(generations)
}

/// Rooms of the living terms, from the vault.
fn rooms(vault: &Vault, layout: &Layout) -> Result<Rooms, KeeperRefusal> {
    let mut rooms = Rooms::new();
    for (name, facts) in vault.contents().terms() {
        let record: TermRecord = read_blob(facts)?;
        layout.create_term(record.facts.term.name())?;
        rooms.insert(name.to_owned(), Arc::new(Room::new(record)));
    }
    Ok(rooms)
}

/// What the streams' books take from an admission.
pub(super) fn head_of(admission: &Admission, entry: u64) -> StreamHead {
    StreamHead {
        stream: admission.stream,
        number: admission.number,
        header: admission.header,
        replaces: admission.replaces,
        term: admission.term.clone(),
        admitted_at: admission.at,
        entry,
        sender: admission.sender,
        invoices: admission.invoices,
        bytes: admission.bytes,
    }
}

/// An event's body.
pub(super) fn read_event(written: &Written) -> Result<Event, KeeperRefusal> {
    cbor::decode(written.opening.body(), MAX_BODY)
        .map_err(|refusal| OwnRefusal::JournalBroken { reason: refusal.to_string() }.into())
}

/// Something of the keeper's own that the vault keeps unopened.
pub(super) fn read_blob<T: serde::Serialize + serde::de::DeserializeOwned>(
    bytes: &[u8],
) -> Result<T, KeeperRefusal> {
    cbor::decode(bytes, BLOB_LIMIT)
        .map_err(|refusal| OwnRefusal::JournalBroken { reason: refusal.to_string() }.into())
}

impl Keeper {
    /// The key of a living term's events.
    pub(super) fn event_key(&self, term: &str) -> Option<crate::support::secret::Secret> {
        let lease = held(&self.vault).lease(&KeyName::Term(term.to_owned()))?;
        lease.with(|secret| secret.child(labels::TERM_EVENTS))
    }
}
