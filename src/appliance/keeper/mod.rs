//! The keeper: the one process that owns a box, and the only one that writes. It gives orders to the
//! rooms and does no work itself: it decides what happens in which order, and under which lock.
//!
//! ```text
//!   console ─┐                    ┌─ archive   (spool, examine, keep)
//!   socket  ─┼─> Keeper ─ order ──┼─ journal   (durable before anything is acknowledged)
//!   clock   ─┤                    ├─ vault     (leases, the switch)
//!   airlock ─┘                    └─ catalogue (whenever)
//! ```
//! | what | order on the disk | file |
//! |---|---|---|
//! | admission | bundle, journal, then the receipt; catalogue after | `take`, `stick`, `push` |
//! | look-up | journal, then the answer | `look_up` |
//! | changed law, lengthened term | vault, journal, then a new card | `law_moves` |
//! | sender enrolled, blocked, replaced; officer, pass, authority | vault, then journal | `decide`, `enrol`, `senders`, `people`, `time` |
//! | old invoices decided | vault, journal, then admission | `waiting` |
//! | destruction | new root, next vault, intent, kill, remove, certificate | `expiry`, `certify` |
//! | a head that is not of this log | the head, then the box has stopped | `heads` |
//! | a time token | its file, journal, the floor | `time` |
//! | hold | vault (key), copies, journal, then acknowledged; its end as a destruction's | `hold` |
//!
//! **Locks**, always taken in this order: the opening of terms, a term's gate (of several, by name), a
//! hold's gate, the streams' books, the senders, the time from outside, what is decided, the vault, the
//! floor, a catalogue. Admission and look-up hold a term's gate shared, from the check of its state to the
//! durable journal event; destruction takes it alone.
//!
//! **Not promised**: protection from whoever is root on the box. He can read what the box can read.

mod certify;
mod check;
mod decide;
mod enrol;
mod expiry;
mod heads;
mod hold;
mod init;
mod law;
mod law_moves;
mod line;
mod look_up;
mod original;
mod people;
mod push;
mod reason;
mod refusal;
mod senders;
mod start;
mod stick;
mod strays;
mod take;
mod terms;
#[cfg(test)]
mod tests;
mod time;
mod waiting;
mod watch;

pub use check::{Finding, KeysTried, VerifyReport};
pub use enrol::Enrolled;
pub use expiry::{Happened, TermView, years_after};
pub use heads::Continues;
pub use hold::{HoldScope, HoldView, LONGEST_REFERENCE};
pub use init::{InitOptions, Made, OfficerMade};
pub use law::LawView;
pub use law_moves::{LawPlan, Lengthened, TermMove};
pub use line::{ArrivingView, HeardView, LineView};
pub use look_up::{Found, FoundRow, OpenedBefore, Shown, bundle_of, bundle_text};
pub use original::Original;
pub use people::{Appointed, OfficerView, Pair, PassMade, Role, Visitor};
pub use push::Came;
pub use reason::{HoldReason, LookUpReason};
pub use refusal::{KeeperRefusal, OwnRefusal};
pub use senders::{SenderStanding, SenderView, SuccessionView};
pub use stick::{CardView, StickRest, StickState, StickView};
pub use take::{Admitted, Outcome, Progress, TakeReport, is_takeable};
pub use time::{ClockView, Declaration, Moved, PinView, TokenView};
pub use waiting::{IMPORT_DAYS, WaitingView};
pub use watch::StickHappened;
// What the rooms below answer with, for the console, which calls the keeper only.
pub use crate::appliance::archive::WaitingBundle;
pub use crate::appliance::catalogue::{Cursor, Match, Query, Sums, Totals};
pub use crate::appliance::reader::{ReaderRefusal, draw_pdf, pdf_pages};
pub use crate::appliance::retention::{Anchor, TermState, Why};
pub use crate::appliance::vault::{BootKey, Lease, RootChoice};

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jiff::Timestamp;

use crate::appliance::archive::{Cards, Layout, Spool, Streams, Waiting};
use crate::appliance::journal::{Journal, NewEvent, Written};
use crate::appliance::vault::{KeyName, Vault};
use crate::exchange::bundle::cbor;
use crate::exchange::journal::{Event, SignedCheckpoint};
use crate::exchange::law::Policy;
use crate::exchange::vocabulary::{BoxId, PublicKey};
use crate::support::claimed_clock::claimed_now;
use crate::support::durable::Lock;
use crate::support::secret::Secret;
use expiry::Clock;
use terms::Rooms;

/// When this program was released: the earliest time that any box running it can be at.
pub const RELEASE: Timestamp = Timestamp::constant(1_795_478_400, 0);

/// An open box.
pub struct Keeper {
    directory: PathBuf,
    layout: Layout,
    facts: BoxFacts,
    vault: Mutex<Vault>,
    journal: Journal,
    spool: Spool,
    waiting: Waiting,
    cards: Cards,
    stick: stick::Airlock,
    line: push::LineRoom,
    streams: Mutex<Streams>,
    senders: RwLock<senders::Senders>,
    rooms: RwLock<Rooms>,
    outside: Mutex<time::Outside>,
    law: RwLock<law::LawInForce>,
    /// What was due last had to wait for room on the disk.
    short_of_room: AtomicBool,
    /// Held from what is decided to what the journal says of it.
    deciding: Mutex<()>,
    /// Held while terms are opened, and while the law changes that they are under.
    opening: Mutex<()>,
    holds: RwLock<hold::Holds>,
    clock: Mutex<Clock>,
    refusals: Mutex<take::Refusals>,
    /// Dropped last: from then on another process may own the box.
    _lock: Lock,
}

/// What of a box never changes.
#[derive(Clone, Debug)]
pub struct BoxFacts {
    /// The box.
    pub box_id: BoxId,
    /// Its public key.
    pub key: PublicKey,
    /// Whose books.
    pub entity: crate::appliance::vault::Entity,
    /// Whether its clock can be turned.
    pub demo: bool,
    /// Country, book years, lengthened terms.
    pub policy: Policy,
}

impl Keeper {
    /// What of this box never changes.
    #[must_use]
    pub fn facts(&self) -> &BoxFacts {
        &self.facts
    }

    /// The box's directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Now, for what is written down: the machine's clock, which is a claim; on a demo box what its
    /// clock was turned to.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = if self.facts.demo { held(&self.clock).floor().instant() } else { claimed_now() };
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// Whether what is due waits for room on the disk.
    #[must_use]
    pub fn is_short_of_room(&self) -> bool {
        self.short_of_room.load(Ordering::Relaxed)
    }

    /// Notes whether what is due had to wait for room on the disk, for whoever looks at the console.
    pub fn note_short_of_room(&self, short: bool) {
        self.short_of_room.store(short, Ordering::Relaxed);
    }

    /// The journal's head, signed and durable.
    ///
    /// # Errors
    /// The journal's.
    pub fn checkpoint(&self) -> Result<SignedCheckpoint, KeeperRefusal> {
        Ok(self.journal.checkpoint()?)
    }

    /// Writes a public event.
    fn write_public(&self, event: impl Into<Event>) -> Result<Written, KeeperRefusal> {
        let event = event.into();
        let new = NewEvent::public(event.kind(), cbor::encode(&event));
        self.write_one(new)
    }

    /// Writes an event of no term, under the key of the floor's year.
    fn write_of_year(&self, event: impl Into<Event>) -> Result<Written, KeeperRefusal> {
        let event = event.into();
        let (year, key) = self.year_key()?;
        self.write_one(NewEvent::of_year(event.kind(), cbor::encode(&event), year, &key))
    }

    fn write_one(&self, event: NewEvent<'_>) -> Result<Written, KeeperRefusal> {
        let mut written = self.journal.append(vec![event])?;
        Ok(written.pop().expect("one event in, one entry out"))
    }

    /// The key of the journal events of no term, made when its year begins. The year is the floor's:
    /// a clock that lies cannot put an event under a key that dies sooner.
    fn year_key(&self) -> Result<(i16, Secret), KeeperRefusal> {
        let floor = held(&self.clock).floor().instant();
        let year = utc_day(floor).year();
        let mut vault = held(&self.vault);
        let name = KeyName::JournalYear(year);
        if vault.lease(&name).is_none() {
            vault.update(|contents| {
                contents.add_journal_year(year);
                Ok(())
            })?;
        }
        let lease = vault.lease(&name).ok_or(OwnRefusal::KeyGone { name: name.to_string() })?;
        let key = lease.with(Secret::clone).ok_or(OwnRefusal::KeyGone { name: name.to_string() })?;
        Ok((year, key))
    }

    /// Every room. No gate is ever waited for with the list of rooms locked.
    fn all_rooms(&self) -> Vec<Arc<terms::Room>> {
        self.rooms().values().cloned().collect()
    }

    fn rooms(&self) -> std::sync::RwLockReadGuard<'_, Rooms> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The room of a term, by its name.
    fn room(&self, term: &str) -> Option<Arc<terms::Room>> {
        self.rooms().get(term).cloned()
    }
}

/// A lock whose holder cannot have left half a change behind: what it guards is either replaced
/// whole or, after a panic, still what the disk says.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The day of an instant, by UTC.
fn utc_day(at: Timestamp) -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}
