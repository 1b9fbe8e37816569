//! The terms' rooms: what the keeper knows of each term, and its gate.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::appliance::archive::StreamHead;
use crate::appliance::catalogue::Catalogue;
use crate::appliance::retention::{Destroyed, Due, Facts};
use crate::exchange::bundle::TokenEvidence;
use crate::exchange::law::Term;
use crate::exchange::vocabulary::Digest;

/// All rooms, by the term's name.
pub(super) type Rooms = BTreeMap<String, Arc<Room>>;

/// What was laid down of a term when it was opened. It lies in the vault beside the term's secret, as
/// canonical CBOR, and outlives it in the [`Obituary`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermFacts {
    /// The term.
    pub term: Term,
    /// The last day on which it is kept.
    pub kept_until: Date,
    /// By which article.
    pub article: String,
    /// By which edition of the law table.
    pub law_table: String,
    /// The floor when it was opened.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub opened: Timestamp,
    /// Its age recipient.
    pub recipient: String,
    /// Powered seconds in the box's life when a hold on all of it was last released: the wait begins anew.
    pub released: Option<u64>,
}

/// What the vault remembers of a dead term: all that its certificate needs, so that it can be written
/// after a crash, when nothing of the term can be read any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Obituary {
    /// The term.
    pub facts: TermFacts,
    /// Its bundles.
    pub heads: Vec<StreamHead>,
    /// How many entries of the journal were about it.
    pub entries: u64,
    /// SHA-256 over their indexes.
    pub entries_digest: Digest,
    /// The floor at the switch.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub floor: Timestamp,
    /// Powered seconds between due and switch.
    pub powered_since_due: u64,
    /// How strong the evidence of time was.
    pub word: crate::exchange::vocabulary::Word,
    /// The time tokens that it rests on.
    pub tokens: Vec<TokenEvidence>,
    /// How many invoices outlive it under holds.
    pub held: u32,
}

/// How far a term's life has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Life {
    /// The journaled due date.
    pub due: Option<Due>,
    /// Its end.
    pub destroyed: Option<Destroyed>,
    /// As in [`TermFacts::released`], where that happened since the box was opened.
    pub released: Option<u64>,
}

/// One term's room.
pub(super) struct Room {
    /// What was laid down.
    pub facts: TermFacts,
    /// The gate: shared from the check of the state to the durable event, alone for destruction.
    gate: RwLock<Life>,
    /// Opened when first needed; `None` while it is closed.
    pub catalogue: Mutex<Option<Catalogue>>,
}

impl Room {
    pub(super) fn new(facts: TermFacts, life: Life) -> Self {
        Self { facts, gate: RwLock::new(life), catalogue: Mutex::new(None) }
    }

    /// The term's name.
    pub(super) fn name(&self) -> &str {
        self.facts.term.name().as_str()
    }

    /// Passes the gate with others.
    pub(super) fn enter(&self) -> RwLockReadGuard<'_, Life> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the gate alone.
    pub(super) fn enter_alone(&self) -> RwLockWriteGuard<'_, Life> {
        self.gate.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What retention judges by.
    pub(super) fn judged_by(&self, life: &Life) -> Facts {
        Facts {
            last: self.facts.term.last(),
            until: self.facts.kept_until,
            opened: self.facts.opened,
            due: life.due.clone(),
            destroyed: life.destroyed,
        }
    }
}
