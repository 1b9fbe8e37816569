//! The table: what the vault remembers, and which of it is a key.
//!
//! Keys are private here and go in and out by name only; the rest is plain data that the keeper
//! reads and changes. Serialised as CBOR under the rules of `exchange::bundle::cbor`: fields in the
//! order in which they stand here, byte strings, `BTreeMap`s, no floats.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::VaultRefusal;
use crate::exchange::vocabulary::{BoxId, BundleNumber, Country, EntityId, SenderId};
use crate::support::secret::Secret;

/// A key of the table, by what dies with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyName {
    /// A term's secret, by the term's name: `trampoline-nl-ordinary-2026-12`.
    Term(String),
    /// The key of the journal events of no term, by their year.
    JournalYear(i16),
    /// The key of one hold, by the hold's name.
    Hold(String),
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Term(name) => write!(f, "term {name}"),
            Self::JournalYear(year) => write!(f, "journal {year}"),
            Self::Hold(name) => write!(f, "hold {name}"),
        }
    }
}

/// The legal person whose books these are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// Its id, which cards and headers name.
    pub id: EntityId,
    /// Its name, as people write it.
    pub name: String,
    /// The word for it in term names: `trampoline`.
    pub slug: String,
    /// Where its books are kept.
    pub country: Country,
}

/// Someone who answers for the box. The name, by which he logs in, is the key of his entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Stays when the name is written differently, and is what the journal names.
    pub id: String,
    /// What his pass-phrase is checked with (PHC string, Argon2id).
    pub verifier: String,
    /// The floor when he was appointed: no clock that lies makes an officer older than he is.
    pub since: Timestamp,
    /// Appointed when the box was made: counts as one of a pair from the first day.
    pub at_init: bool,
}

/// What lets an auditor look things up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pass {
    /// Whom it was given to, as the officer wrote it.
    pub label: String,
    /// What its pass-phrase is checked with (PHC string, Argon2id).
    pub verifier: String,
    /// Why it was given: the reason of every look-up on it.
    pub reason: String,
    /// The first day on which it is good.
    pub valid_from: Date,
    /// The last.
    pub valid_until: Date,
}

/// Whether a sender's bundles are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SenderState {
    /// They are.
    Enrolled,
    /// They are not any more; the earlier ones stay readable.
    Blocked,
}

/// A sender, by its card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The card, as it was signed; the vault does not look inside.
    #[serde(with = "serde_bytes")]
    pub card: Vec<u8>,
    /// Whether its bundles are taken.
    pub state: SenderState,
    /// Until when old invoices are let in on an officer's word, by the later of floor and clock.
    pub old_until: Option<Timestamp>,
    /// The cards of its earlier keys, the oldest first.
    pub former: Vec<FormerKey>,
}

/// A key that a successor has replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerKey {
    /// The card, as it was signed; the vault does not look inside.
    #[serde(with = "serde_bytes")]
    pub card: Vec<u8>,
    /// The last number of its stream that is valid.
    pub last: BundleNumber,
    /// Whether it was blocked when it was replaced: then not even a lost earlier bundle is taken.
    pub state: SenderState,
}

/// What is remembered of a term whose key is dead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadTerm {
    /// The generation that no longer had the key: the one that the switch's intent named.
    pub generation: u64,
    /// The snapshot of the stream heads; the vault does not look inside.
    #[serde(with = "serde_bytes")]
    pub heads: Vec<u8>,
}

/// What is remembered of a hold whose key is dead: nothing that it was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadHold {
    /// The generation that no longer had the key: the one that the switch's intent named.
    pub generation: u64,
    /// Which of the journal's entries nobody can open any more for it; the vault does not look inside.
    #[serde(with = "serde_bytes")]
    pub entries: Vec<u8>,
}

/// A key in the table. Here and nowhere else is a [`Secret`] written out and read in.
#[derive(Clone)]
struct Kept(Secret);

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_bytes(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl de::Visitor<'_> for Bytes {
            type Value = Kept;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("32 bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Kept, E> {
                let bytes: &[u8; 32] = bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))?;
                Ok(Kept(Secret::from_bytes(bytes)))
            }
        }
        d.deserialize_bytes(Bytes)
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldKeys {
    secret: Kept,
    #[serde(with = "serde_bytes")]
    facts: Vec<u8>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TermKeys {
    secret: Kept,
    #[serde(with = "serde_bytes")]
    facts: Vec<u8>,
}

/// Everything in the vault. What is public may be read and changed freely within an update.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    pub(super) generation: u64,
    box_id: BoxId,
    demo: bool,
    /// The legal person whose books these are.
    pub entity: Entity,
    signing_seed: Kept,
    clock_key: Kept,
    push_mac_key: Kept,
    terms: BTreeMap<String, TermKeys>,
    journal_years: BTreeMap<i16, Kept>,
    holds: BTreeMap<String, HoldKeys>,
    dead_terms: BTreeMap<String, DeadTerm>,
    dead_holds: BTreeMap<String, DeadHold>,
    /// By name.
    pub officers: BTreeMap<String, Officer>,
    /// By the pass's id, which the auditor types beside the pass-phrase.
    pub passes: BTreeMap<String, Pass>,
    /// By id.
    pub senders: BTreeMap<SenderId, Sender>,
    /// What the officers have settled; the vault does not look inside.
    #[serde(with = "serde_bytes")]
    pub policy: Vec<u8>,
    /// Which time authorities are believed and which of their tokens were struck; the vault does not
    /// look inside.
    #[serde(with = "serde_bytes")]
    pub authorities: Vec<u8>,
    /// Whose signature a new table of law needs, and the tables that were taken; the vault does not look
    /// inside.
    #[serde(with = "serde_bytes")]
    pub law: Vec<u8>,
    /// The last decision, which the journal may still have to be told; the vault does not look inside.
    /// Absent from a table that nothing was decided in: so it is in those from before there was this field.
    #[serde(default, with = "serde_bytes", skip_serializing_if = "Option::is_none")]
    pub decided: Option<Vec<u8>>,
}

impl Contents {
    pub(super) fn new(box_id: BoxId, entity: Entity, demo: bool) -> Self {
        let fresh = || Kept(Secret::random());
        Self {
            generation: 1,
            box_id,
            demo,
            entity,
            signing_seed: fresh(),
            clock_key: fresh(),
            push_mac_key: fresh(),
            terms: BTreeMap::new(),
            journal_years: BTreeMap::new(),
            holds: BTreeMap::new(),
            dead_terms: BTreeMap::new(),
            dead_holds: BTreeMap::new(),
            officers: BTreeMap::new(),
            passes: BTreeMap::new(),
            senders: BTreeMap::new(),
            policy: Vec::new(),
            authorities: Vec::new(),
            law: Vec::new(),
            decided: None,
        }
    }

    /// The box's id.
    #[must_use]
    pub fn box_id(&self) -> BoxId {
        self.box_id
    }

    /// Whether this box was made as *demo*, which it stays for good.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.demo
    }

    /// The living terms in the order of their names, each with its facts (public, the vault does not
    /// look inside).
    pub fn terms(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.terms.iter().map(|(name, term)| (name.as_str(), term.facts.as_slice()))
    }

    /// The facts of a living term.
    #[must_use]
    pub fn term_facts(&self, name: &str) -> Option<&[u8]> {
        self.terms.get(name).map(|term| term.facts.as_slice())
    }

    /// The terms whose keys are dead, by name.
    #[must_use]
    pub fn dead_terms(&self) -> &BTreeMap<String, DeadTerm> {
        &self.dead_terms
    }

    /// Makes a term's secret, and has its facts made of it (the card's recipient is one), so that both
    /// become durable together. The name of a dead term is not given again.
    ///
    /// # Errors
    /// [`VaultRefusal::KeyNameTaken`].
    pub fn add_term(
        &mut self,
        name: &str,
        facts: impl FnOnce(&Secret) -> Vec<u8>,
    ) -> Result<(), VaultRefusal> {
        if self.terms.contains_key(name) || self.dead_terms.contains_key(name) {
            return Err(taken(&KeyName::Term(name.to_owned())));
        }
        let secret = Secret::random();
        let facts = facts(&secret);
        self.terms.insert(name.to_owned(), TermKeys { secret: Kept(secret), facts });
        Ok(())
    }

    /// Puts other facts beside a term's secret.
    ///
    /// # Errors
    /// [`VaultRefusal::NoSuchKey`].
    pub fn set_term_facts(&mut self, name: &str, facts: Vec<u8>) -> Result<(), VaultRefusal> {
        let term = self.terms.get_mut(name).ok_or_else(|| missing(KeyName::Term(name.to_owned())))?;
        term.facts = facts;
        Ok(())
    }

    /// Lets go of a term's secret and remembers the stream heads instead. Only within a switch.
    ///
    /// # Errors
    /// [`VaultRefusal::NoSuchKey`].
    pub fn bury_term(&mut self, name: &str, heads: Vec<u8>) -> Result<(), VaultRefusal> {
        self.terms.remove(name).ok_or_else(|| missing(KeyName::Term(name.to_owned())))?;
        let generation = self.generation + 1;
        self.dead_terms.insert(name.to_owned(), DeadTerm { generation, heads });
        Ok(())
    }

    /// The years whose journal key lives.
    pub fn journal_years(&self) -> impl Iterator<Item = i16> {
        self.journal_years.keys().copied()
    }

    /// Makes the key of a journal year, unless there is one.
    pub fn add_journal_year(&mut self, year: i16) {
        self.journal_years.entry(year).or_insert_with(|| Kept(Secret::random()));
    }

    /// Lets go of the key of a journal year. Only within a switch.
    ///
    /// # Errors
    /// [`VaultRefusal::NoSuchKey`].
    pub fn bury_journal_year(&mut self, year: i16) -> Result<(), VaultRefusal> {
        self.journal_years.remove(&year).map(drop).ok_or_else(|| missing(KeyName::JournalYear(year)))
    }

    /// The holds in the order of their names, each with its facts (the vault does not look inside).
    pub fn holds(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.holds.iter().map(|(name, hold)| (name.as_str(), hold.facts.as_slice()))
    }

    /// The holds whose keys are dead, by name.
    #[must_use]
    pub fn dead_holds(&self) -> &BTreeMap<String, DeadHold> {
        &self.dead_holds
    }

    /// Makes the key of a hold, and puts its facts beside it. The name of a dead hold is not given again.
    ///
    /// # Errors
    /// [`VaultRefusal::KeyNameTaken`].
    pub fn add_hold(&mut self, name: &str, facts: Vec<u8>) -> Result<(), VaultRefusal> {
        if self.holds.contains_key(name) || self.dead_holds.contains_key(name) {
            return Err(taken(&KeyName::Hold(name.to_owned())));
        }
        self.holds.insert(name.to_owned(), HoldKeys { secret: Kept(Secret::random()), facts });
        Ok(())
    }

    /// Puts other facts beside a hold's key.
    ///
    /// # Errors
    /// [`VaultRefusal::NoSuchKey`].
    pub fn set_hold_facts(&mut self, name: &str, facts: Vec<u8>) -> Result<(), VaultRefusal> {
        let hold = self.holds.get_mut(name).ok_or_else(|| missing(KeyName::Hold(name.to_owned())))?;
        hold.facts = facts;
        Ok(())
    }

    /// Lets go of the key of a hold and of its facts, and remembers which entries of the journal were its.
    /// Only within a switch.
    ///
    /// # Errors
    /// [`VaultRefusal::NoSuchKey`].
    pub fn bury_hold(&mut self, name: &str, entries: Vec<u8>) -> Result<(), VaultRefusal> {
        self.holds.remove(name).ok_or_else(|| missing(KeyName::Hold(name.to_owned())))?;
        let generation = self.generation + 1;
        self.dead_holds.insert(name.to_owned(), DeadHold { generation, entries });
        Ok(())
    }

    /// The names of all keys that can die.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<KeyName> {
        let terms = self.terms.keys().cloned().map(KeyName::Term);
        let years = self.journal_years.keys().copied().map(KeyName::JournalYear);
        let holds = self.holds.keys().cloned().map(KeyName::Hold);
        terms.chain(years).chain(holds).collect()
    }

    pub(super) fn secret(&self, key: &KeyName) -> Option<&Secret> {
        match key {
            KeyName::Term(name) => self.terms.get(name).map(|term| &term.secret.0),
            KeyName::JournalYear(year) => self.journal_years.get(year).map(|key| &key.0),
            KeyName::Hold(name) => self.holds.get(name).map(|hold| &hold.secret.0),
        }
    }

    pub(super) fn signing_seed(&self) -> &Secret {
        &self.signing_seed.0
    }

    pub(super) fn clock_key(&self) -> &Secret {
        &self.clock_key.0
    }

    pub(super) fn push_mac_key(&self) -> &Secret {
        &self.push_mac_key.0
    }
}

fn taken(key: &KeyName) -> VaultRefusal {
    VaultRefusal::KeyNameTaken { key: key.to_string() }
}

fn missing(key: KeyName) -> VaultRefusal {
    VaultRefusal::NoSuchKey { key: key.to_string() }
}
