//! What a start finds of holds, and settles before anything is served.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use super::super::start::{read_blob, read_event};
use super::super::{Keeper, KeeperRefusal, held};
use super::{HoldFacts, HoldRoom, Release, Remains};
use crate::appliance::journal::Place;
use crate::exchange::journal::Event;
use crate::support::durable::DiskError;

/// What a crash left.
#[derive(Default)]
pub(in super::super) struct Unsettled {
    /// Keys whose hold is not in the journal: it was never acknowledged.
    strays: Vec<String>,
    /// Releases that are in the vault and not in the journal.
    releases: Vec<(String, Release)>,
}

impl Keeper {
    /// Reads the holds from vault, journal and copies. Nothing is changed.
    pub(in super::super) fn load_holds(&self) -> Result<Unsettled, KeeperRefusal> {
        let known: Result<Vec<(String, HoldFacts)>, KeeperRefusal> = {
            let vault = held(&self.vault);
            let holds = vault.contents().holds();
            holds.map(|(name, facts)| Ok((name.to_owned(), read_blob(facts)?))).collect()
        };
        let mut unsettled = Unsettled::default();
        for (name, facts) in known? {
            let key = self.hold_key(&name)?;
            let (mut placed, mut released) = (None, false);
            for written in self.journal.read_events(&Place::Hold(name.clone()), Some(&key))? {
                let written = written?;
                match read_event(&written)? {
                    Event::HoldPlaced(_) => placed = Some(written.index),
                    Event::HoldReleased(_) => released = true,
                    _ => {}
                }
            }
            let Some(placed) = placed else {
                unsettled.strays.push(name);
                continue;
            };
            if let Some(release) = facts.released.clone().filter(|_| !released) {
                unsettled.releases.push((name.clone(), release));
            }
            let covers = self.covers_of(&name, &facts)?;
            let room = Arc::new(HoldRoom::new(name.clone(), facts, placed, covers));
            self.holds.write().unwrap_or_else(PoisonError::into_inner).insert(name, room);
        }
        Ok(unsettled)
    }

    /// Every `hold-placed` that can be accounted for: of the living, and of those whose key is dead.
    pub(in super::super) fn known_placings(&self) -> Result<BTreeSet<u64>, KeeperRefusal> {
        let mut known: BTreeSet<_> = self.all_holds().iter().map(|hold| hold.placed).collect();
        known.extend(self.remains()?.into_iter().filter_map(|remains| remains.placed));
        Ok(known)
    }

    /// How many entries of dead holds nobody can open any more.
    pub(in super::super) fn dead_hold_entries(&self) -> Result<u64, KeeperRefusal> {
        Ok(self.remains()?.iter().map(|remains| remains.entries).sum())
    }

    fn remains(&self) -> Result<Vec<Remains>, KeeperRefusal> {
        let vault = held(&self.vault);
        vault.contents().dead_holds().values().map(|dead| read_blob(&dead.entries)).collect()
    }

    /// Finishes what a crash cut off: a hold that was not acknowledged goes, a release that was decided
    /// is written down, and directories of holds that there are no keys for are removed.
    pub(in super::super) fn settle_holds(&self, unsettled: Unsettled) -> Result<(), KeeperRefusal> {
        for name in unsettled.strays {
            self.bury_hold(&name, &Remains::default())?;
        }
        for (name, release) in unsettled.releases {
            self.journal_released(&name, &release)?;
        }
        let living: BTreeSet<_> = self.all_holds().iter().map(|hold| hold.name.clone()).collect();
        let directory = self.layout.holds();
        let entries = match std::fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(DiskError::of("read", &directory, &error).into()),
        };
        for entry in entries {
            let entry = entry.map_err(|error| DiskError::of("read", &directory, &error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !living.contains(&name) {
                self.remove_hold(&name)?;
            }
        }
        Ok(())
    }
}
