//! Decisions: what officers change in the vault, and the journal says afterwards.
//!
//! ```text
//!  vault, anchored: the change, and with it the event ── decision-kept
//!  journal: the event ────────────────────────────────── decision-journaled
//!  journal: who decided, where the event is public and does not say ──> acknowledged
//! ```
//! The vault comes first, so that no old image of the disk undoes what was decided. Where the power goes
//! before the journal has it, the next start tells it, in the same words and with the same names: the vault
//! keeps the last decision for that, and one is told before the next is kept.

use std::sync::MutexGuard;

use serde::{Deserialize, Serialize};

use super::start::read_blob;
use super::{Keeper, KeeperRefusal, held};
use crate::appliance::vault::Contents;
use crate::exchange::bundle::cbor;
use crate::exchange::journal::{EntryKind, Event};
use crate::support::durable::failpoint;

/// The last decision, as the vault keeps it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// How many entries the journal had: the event is the first of its kind from there on.
    from: u64,
    event: Event,
    /// Who decided it, where the event does not say so.
    by: Vec<String>,
}

/// The right to decide something: one at a time.
pub(super) struct Deciding<'a> {
    keeper: &'a Keeper,
    one: MutexGuard<'a, ()>,
}

/// A decision that the vault has and the journal not yet.
#[must_use = "the journal is still to be told"]
pub(super) struct Decided<'a> {
    deciding: Deciding<'a>,
    decision: Decision,
}

impl Keeper {
    /// Waits until nobody else is deciding anything.
    pub(super) fn deciding(&self) -> Deciding<'_> {
        Deciding { keeper: self, one: held(&self.deciding) }
    }

    /// Tells the journal what was decided just before the power went.
    pub(super) fn tell_last_decision(&self) -> Result<(), KeeperRefusal> {
        let last = held(&self.vault).contents().decided.clone();
        let Some(last) = last else { return Ok(()) };
        let decision: Decision = read_blob(&last)?;
        let kinds = (0..).zip(self.journal.kinds()?);
        let first_from = |from: u64, kind: EntryKind| {
            let mut of_kind = kinds.clone().filter(|(_, one)| *one == Some(kind));
            of_kind.find(|(index, _)| *index >= from).map(|(index, _)| index)
        };
        match first_from(decision.from, decision.event.kind()) {
            None => self.tell(&decision),
            Some(event) if decision.by.is_empty() || first_from(event, EntryKind::Decided).is_some() => {
                Ok(())
            }
            Some(event) => self.decided(event, decision.by),
        }
    }

    fn tell(&self, decision: &Decision) -> Result<(), KeeperRefusal> {
        let Decision { event, by, .. } = decision;
        let public = event.kind().is_public();
        let written =
            if public { self.write_public(event.clone())? } else { self.write_of_year(event.clone())? };
        failpoint("decision-journaled");
        if by.is_empty() { Ok(()) } else { self.decided(written.index, by.clone()) }
    }
}

impl<'a> Deciding<'a> {
    /// Changes the vault, so that no old image of the disk undoes it. `by` are who decided it, where the
    /// event does not say so.
    pub(super) fn keep(
        self,
        event: impl Into<Event>,
        by: Vec<String>,
        change: impl FnOnce(&mut Contents),
    ) -> Result<Decided<'a>, KeeperRefusal> {
        let decision = Decision { from: self.keeper.journal.size(), event: event.into(), by };
        held(&self.keeper.vault).update_anchored(|contents| {
            change(contents);
            contents.decided = Some(cbor::encode(&decision));
            Ok(())
        })?;
        failpoint("decision-kept");
        Ok(Decided { deciding: self, decision })
    }
}

impl Decided<'_> {
    /// Tells the journal.
    pub(super) fn tell(self) -> Result<(), KeeperRefusal> {
        let Self { deciding: Deciding { keeper, one }, decision } = self;
        keeper.tell(&decision)?;
        drop(one);
        Ok(())
    }
}
