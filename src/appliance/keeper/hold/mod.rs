//! Holds: what must be kept longer than its term, why, and until when two officers let it go.
//!
//! ```text
//!  place   [term gates shared]  vault: key, facts -> copies -> journal: placed ──> acknowledged
//!  release [term, hold alone]   vault: facts      -> journal: released ─────────> acknowledged
//!  end     [hold alone]         new root, next vault without the key, intent, kill -> directory removed
//! ```
//! A crash in `place` leaves a key without its event: it is destroyed when the box starts, and the
//! directory removed. A crash in `release` is finished at the start: the officers had decided. A crash in
//! `end` is, by the vault's rule, either not begun or done, and what is left of the directory goes at the
//! start.
//!
//! **Locks.** A term's gate before a hold's, and both before everything that [`keeper`](super) lists. A
//! hold's gate is shared from the opening of a copy to the durable journal event, and taken alone by its
//! release and its end. `released` is the innermost of all.
//!
//! | what | where |
//! |---|---|
//! | which invoices, their copies, the order of placing | `place` |
//! | release, end | `end` |
//! | what a start finds and settles | `start` |

mod end;
mod place;
mod start;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{HoldReason, Keeper, KeeperRefusal, OwnRefusal, bundle_of, bundle_text, held};
use crate::appliance::archive::held::{Copies, Covers, HOLD_CATALOGUE, HOLD_EVENTS};
use crate::appliance::archive::{ArchiveRefusal, Why};
use crate::appliance::catalogue::{BundleRef, Catalogue, CatalogueRefusal, Progress, Sealer};
use crate::appliance::retention;
use crate::appliance::vault::{KeyName, Lease};
use crate::exchange::vocabulary::StreamId;
use crate::support::durable;
use crate::support::secret::Secret;
use crate::support::words::{self, Language};

/// Bytes of a reference at most.
pub const LONGEST_REFERENCE: usize = 200;

/// Catalogues of holds that are open at once at most.
const OPEN_MOST: usize = 4;

/// All holds, by name.
pub(super) type Holds = BTreeMap<String, Arc<HoldRoom>>;

/// What is to be held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "scope")]
pub enum HoldScope {
    /// A whole term: it is not destroyed.
    Term {
        /// Its name.
        term: String,
    },
    /// Every invoice of this number.
    Number {
        /// The number.
        number: String,
    },
    /// Every invoice from a number to a number, both with it.
    Range {
        /// The first.
        from: String,
        /// The last.
        to: String,
    },
    /// Every invoice of a stream.
    Stream {
        /// The stream's id, or its beginning, or the shop's name.
        stream: String,
    },
    /// One invoice, by its place: `STREAM/NUMBER` and leaf.
    Invoice {
        /// Its bundle.
        bundle: String,
        /// Its leaf.
        leaf: u32,
    },
}

/// What the vault keeps of a hold beside its key, as canonical CBOR; it dies with the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldFacts {
    /// When it was placed, by the box's clock.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// The officer.
    pub by: String,
    /// Why.
    pub reason: HoldReason,
    /// What the officer wrote beside it.
    pub reference: String,
    /// What was asked to be held; a single invoice by its number.
    pub scope: HoldScope,
    /// How many invoices were copied.
    pub invoices: u32,
    /// Its end, once two officers have decided it.
    pub released: Option<Release>,
}

/// The decision that a hold ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    /// When, by the box's clock.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// The officers.
    pub by: Vec<String>,
    /// Powered seconds in the box's life: a term that was held waits from here.
    pub powered: u64,
}

/// What the vault remembers of a dead hold: which entries nobody can open any more. Not what they said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Remains {
    /// Its `hold-placed`; none of a hold that a crash cut off.
    pub placed: Option<u64>,
    /// How many entries there were.
    pub entries: u64,
}

/// One hold.
pub(super) struct HoldRoom {
    pub name: String,
    pub facts: HoldFacts,
    /// Where its `hold-placed` stands.
    pub placed: u64,
    /// Its invoices.
    pub covers: Covers,
    pub released: Mutex<Option<Release>>,
    gate: RwLock<()>,
    catalogue: Mutex<Option<Catalogue>>,
}

impl HoldRoom {
    fn new(name: String, facts: HoldFacts, placed: u64, covers: Covers) -> Self {
        let released = Mutex::new(facts.released.clone());
        Self { name, facts, placed, covers, released, gate: RwLock::default(), catalogue: Mutex::default() }
    }

    /// Passes the gate with others.
    pub(super) fn enter(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter_alone(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The term, where all of it is held.
    fn term(&self) -> Option<&str> {
        match &self.facts.scope {
            HoldScope::Term { term } => Some(term),
            _ => None,
        }
    }

    /// Where the copy of an invoice stands, if it has one.
    pub(super) fn at(&self, bundle: BundleRef, leaf: u32) -> Option<(u64, u64)> {
        self.covers.get(&bundle)?.invoices.get(&leaf).copied()
    }
}

/// A hold, as its list shows it. Reason and reference are for officers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoldView {
    /// Its name, by which it is released.
    pub hold: String,
    /// When it was placed, by the box's clock.
    pub placed_at: Timestamp,
    /// The officer who placed it.
    pub by: String,
    /// Why.
    pub reason: HoldReason,
    /// What the officer wrote beside it.
    pub reference: String,
    /// What is held.
    #[serde(flatten)]
    pub scope: HoldScope,
    /// How many invoices have copies of their own.
    pub invoices: u32,
    /// The officers who released it: it ends at once, or, after a power cut, when the box runs next.
    pub released_by: Vec<String>,
}

impl Keeper {
    /// The holds, by name.
    #[must_use]
    pub fn holds(&self) -> Vec<HoldView> {
        self.all_holds().iter().map(|hold| view(hold)).collect()
    }

    /// What is held, in words.
    #[must_use]
    pub fn say_scope(&self, scope: &HoldScope, language: Language) -> String {
        let streams = self.streams();
        scope.say(language, |stream| {
            streams.iter().find(|(id, _)| id.to_string() == stream).map(|(_, name)| name.clone())
        })
    }

    /// One hold.
    ///
    /// # Errors
    /// [`OwnRefusal::NoSuchHold`].
    pub fn hold(&self, name: &str) -> Result<HoldView, KeeperRefusal> {
        Ok(view(&*self.hold_room(name)?))
    }

    /// How many invoices of a term have copies of their own, under whatever holds there are: so many
    /// outlive it.
    #[must_use]
    pub fn held_of(&self, term: &str) -> u32 {
        let holds = self.all_holds();
        let mut held = BTreeSet::new();
        for (bundle, covered) in holds.iter().flat_map(|hold| &hold.covers) {
            if covered.term == term {
                held.extend(covered.invoices.keys().map(|leaf| (*bundle, *leaf)));
            }
        }
        u32::try_from(held.len()).unwrap_or(u32::MAX)
    }

    /// Whether two officers have yet to release something that covers this invoice.
    #[must_use]
    pub fn is_held(&self, term: &str, bundle: BundleRef, leaf: u32) -> bool {
        self.all_holds().iter().any(|hold| {
            held(&hold.released).is_none() && (hold.term() == Some(term) || hold.at(bundle, leaf).is_some())
        })
    }

    /// Whether a hold covers all of a term.
    #[must_use]
    pub fn is_held_whole(&self, term: &str) -> bool {
        let whole = |hold: &Arc<HoldRoom>| hold.term() == Some(term) && held(&hold.released).is_none();
        self.all_holds().iter().any(whole)
    }

    /// The holds on a whole term, for the judgement of it.
    pub(super) fn holds_on(&self, term: &str) -> Vec<retention::Hold> {
        let holds = self.all_holds();
        let on = holds.iter().filter(|hold| hold.term() == Some(term));
        on.map(|hold| retention::Hold { released: held(&hold.released).as_ref().map(|end| end.powered) })
            .collect()
    }

    /// A hold that has a copy of this invoice.
    pub(super) fn hold_of(&self, bundle: BundleRef, leaf: u32) -> Option<Arc<HoldRoom>> {
        self.all_holds().into_iter().find(|hold| hold.at(bundle, leaf).is_some())
    }

    pub(super) fn all_holds(&self) -> Vec<Arc<HoldRoom>> {
        self.holds.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn hold_room(&self, name: &str) -> Result<Arc<HoldRoom>, KeeperRefusal> {
        let holds = self.holds.read().unwrap_or_else(PoisonError::into_inner);
        holds.get(name).cloned().ok_or_else(|| {
            if holds.is_empty() {
                return OwnRefusal::NoHolds.into();
            }
            let list = holds.keys().cloned().collect::<Vec<_>>().join(", ");
            OwnRefusal::NoSuchHold { hold: name.to_owned(), list }.into()
        })
    }

    fn lease_hold(&self, hold: &str) -> Result<Lease, KeeperRefusal> {
        let lease = held(&self.vault).lease(&KeyName::Hold(hold.to_owned()));
        Ok(lease.ok_or_else(|| gone(hold))?)
    }

    /// The key of a hold's events.
    pub(super) fn hold_key(&self, hold: &str) -> Result<Secret, KeeperRefusal> {
        let key = self.lease_hold(hold)?.with(|secret| secret.child(HOLD_EVENTS));
        Ok(key.ok_or_else(|| gone(hold))?)
    }

    /// The copies of a hold, for whoever holds its gate.
    pub(super) fn copies(&self, hold: &HoldRoom) -> Result<Copies, KeeperRefusal> {
        let lease = self.lease_hold(&hold.name)?;
        Ok(Copies::open(&self.layout.hold(&hold.name), &hold.name, lease)?)
    }

    /// Works with a hold's catalogue: opened when first needed, made anew from the copies where it is
    /// damaged. Its bundles are those that the hold covers some of.
    pub(super) fn with_hold_catalogue<T>(
        &self,
        hold: &HoldRoom,
        work: impl Fn(&mut Catalogue) -> Result<T, CatalogueRefusal>,
    ) -> Result<T, KeeperRefusal> {
        let mut place = held(&hold.catalogue);
        if place.is_none() {
            self.close_idle_holds(hold);
            *place = Some(self.open_hold_catalogue(hold)?);
        }
        match work(place.as_mut().expect("opened above")) {
            Err(CatalogueRefusal::Damaged { .. }) => {
                *place = None;
                self.remove_hold_catalogue(hold)?;
                Ok(work(place.insert(self.open_hold_catalogue(hold)?))?)
            }
            result => Ok(result?),
        }
    }

    fn open_hold_catalogue(&self, hold: &HoldRoom) -> Result<Catalogue, KeeperRefusal> {
        let directory = self.layout.hold(&hold.name).join("catalogue");
        let expected: Progress = hold.covers.keys().copied().collect();
        let key = self.lease_hold(&hold.name)?.with(|secret| secret.child(HOLD_CATALOGUE));
        let key = key.ok_or_else(|| gone(&hold.name))?;
        let open = || Catalogue::open(&directory, Sealer::new(&key, &hold.name), &expected);
        let (mut catalogue, state) = match open() {
            Err(CatalogueRefusal::Damaged { .. }) => {
                self.remove_hold_catalogue(hold)?;
                open()?
            }
            other => other?,
        };
        let copies = self.copies(hold)?;
        for bundle in state.missing {
            let covered = hold.covers.get(&bundle);
            catalogue.add_bundle(bundle, covered.into_iter().flat_map(|covered| copies.records(covered)))?;
            while catalogue.compact_step()? {}
        }
        Ok(catalogue)
    }

    /// Removes the catalogue of a hold, which is made anew when it is needed next.
    pub(super) fn remove_hold_catalogue(&self, hold: &HoldRoom) -> Result<(), KeeperRefusal> {
        durable::remove_tree(&self.layout.hold(&hold.name).join("catalogue"), false)?;
        Ok(())
    }

    /// Makes the catalogues of all holds anew. Returns how many.
    pub(super) fn rebuild_holds(&self) -> Result<usize, KeeperRefusal> {
        let mut made = 0;
        for hold in self.all_holds().iter().filter(|hold| !hold.covers.is_empty()) {
            let _gate = hold.enter();
            *held(&hold.catalogue) = None;
            self.remove_hold_catalogue(hold)?;
            self.with_hold_catalogue(hold, |catalogue| catalogue.check())?;
            made += 1;
        }
        Ok(made)
    }

    /// Closes catalogues of holds that nobody is using, if many are open.
    fn close_idle_holds(&self, but: &HoldRoom) {
        let mut open = 0;
        for hold in self.all_holds().iter().filter(|hold| hold.name != but.name) {
            if let Ok(mut place) = hold.catalogue.try_lock() {
                open += usize::from(place.is_some());
                if open >= OPEN_MOST {
                    *place = None;
                }
            }
        }
    }

    /// The place of a single invoice that is to be held.
    fn place_of(scope: &HoldScope) -> Option<(BundleRef, u32)> {
        match scope {
            HoldScope::Invoice { bundle, leaf } => Some((bundle_of(bundle)?, *leaf)),
            _ => None,
        }
    }

    /// The stream of a scope, by its id.
    fn stream_scope(stream: StreamId) -> HoldScope {
        HoldScope::Stream { stream: stream.to_string() }
    }
}

impl HoldScope {
    /// What is held, in words; `shop` gives a shop's name by its stream.
    #[must_use]
    pub fn say(&self, language: Language, shop: impl Fn(&str) -> Option<String>) -> String {
        let (name, fields) = match self {
            Self::Term { term } => ("keeper-hold-scope-term", vec![("term", term.clone())]),
            Self::Number { number } => ("keeper-hold-scope-number", vec![("number", number.clone())]),
            Self::Range { from, to } => {
                ("keeper-hold-scope-range", vec![("from", from.clone()), ("to", to.clone())])
            }
            Self::Stream { stream } => {
                let shop = shop(stream).unwrap_or_else(|| stream.clone());
                ("keeper-hold-scope-stream", vec![("stream", shop)])
            }
            Self::Invoice { bundle, leaf } => {
                ("keeper-hold-scope-number", vec![("number", format!("{bundle}:{leaf}"))])
            }
        };
        let fields: Vec<_> = fields.into_iter().map(|(key, value)| (key, value.into())).collect();
        words::message(language, name, &fields)
    }

    /// One invoice.
    #[must_use]
    pub fn of_invoice(bundle: BundleRef, leaf: u32) -> Self {
        Self::Invoice { bundle: bundle_text(bundle), leaf }
    }
}

fn view(hold: &HoldRoom) -> HoldView {
    let facts = hold.facts.clone();
    HoldView {
        hold: hold.name.clone(),
        placed_at: facts.at,
        by: facts.by,
        reason: facts.reason,
        reference: facts.reference,
        scope: facts.scope,
        invoices: facts.invoices,
        released_by: held(&hold.released).as_ref().map(|end| end.by.clone()).unwrap_or_default(),
    }
}

fn gone(hold: &str) -> Why {
    ArchiveRefusal::HoldKeyGone { hold: hold.to_owned() }.into()
}
