//! Opening the vault, and finishing or undoing what a crash interrupted.
//!
//! What a crash in a switch can leave, and what opening makes of it:
//!
//! | crash after | slots | `a` opens under | `b` opens under | opening |
//! |---|---|---|---|---|
//! | step 2, in its write | old, torn | old | old | kills the torn slot, or drops the new root |
//! | step 2 | old, new | old | old | drops the new root |
//! | step 3 | old, new | old | new | drops the new root and vault |
//! | step 4 (the intent is journaled) | old, new | old | new | kills the old root, rewrites `a` |
//! | step 5, in its write | torn, new | old (dead) | new | kills the torn slot, rewrites `a` |
//! | the same, of a file root, in its first half | wounded, new | old | new | as after step 4 |
//! | step 5 | dead, new | old (dead) | new | rewrites `a` |
//!
//! What is dropped is dropped in an order that a crash may interrupt too: the winning table, with a
//! generation above the dropped one (whose number is never used again), goes first over the file
//! that the loser had, then the loser's slot is killed, then the other file is written.

use std::path::Path;

use super::clock::ClockFile;
use super::contents::Contents;
use super::root::{Held, Root, Slot, State};
use super::table::{File, Table};
use super::{Vault, VaultError, VaultRefusal};
use crate::support::durable::DiskError;
use crate::support::secret::Secret;

/// What opening found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// All was well.
    Clean,
    /// A file or slot was torn, flipped or stale, and is whole again.
    Repaired,
    /// As before, or a switch is to be undone, but the disk is too full to write a file: the vault can
    /// be read, and takes no change before it is opened again with some space.
    Owed,
    /// A switch to this generation had begun and is undone: its keys live.
    Dropped(u64),
    /// A switch to this generation was finished: its keys are dead.
    RolledForward(u64),
}

/// A slot that opens a table.
struct Candidate {
    slot: Slot,
    held: Held,
    file: File,
    contents: Contents,
}

impl Vault {
    /// Opens the vault below `directory` and settles what a crash left; see the table above.
    /// `intent_known` says whether the journal has the intent of a switch to this generation.
    ///
    /// Whether an intent was carried out is afterwards seen in the table: its terms are among
    /// [`Contents::dead_terms`] or they are not.
    ///
    /// # Errors
    /// [`VaultRefusal::RootDead`], [`VaultRefusal::NothingOpens`], [`VaultRefusal::OldCopy`],
    /// [`VaultRefusal::UnknownVersion`]; what the disk or the root refuses.
    pub fn open(
        directory: &Path,
        mut root: Box<dyn Root + Send>,
        intent_known: impl Fn(u64) -> bool,
    ) -> Result<(Self, Recovery), VaultError> {
        let table = Table::at(directory);
        let states = [root.read(Slot::A)?, root.read(Slot::B)?];
        let mut candidates = Vec::new();
        for (slot, state) in Slot::BOTH.into_iter().zip(&states) {
            if let Some(held) = state.held()
                && let Some((file, contents)) = newest(&table, held)?
            {
                candidates.push(Candidate { slot, held: held.clone(), file, contents });
            }
        }
        candidates.sort_by_key(|candidate| candidate.held.generation);
        let winner = match (candidates.pop(), candidates.pop()) {
            (Some(new), Some(old)) => {
                if intent_known(new.held.generation) {
                    new
                } else {
                    old
                }
            }
            (Some(only), None) => only,
            (None, _) => return Err(why_nothing_opens(&table, &*root, &states)?.into()),
        };
        let [a, b] = states;
        let (own, loser) = if winner.slot == Slot::A { (a, b) } else { (b, a) };
        let wounded = matches!(own, State::Wounded(_));
        if wounded {
            root.mend(winner.slot)?;
        }
        let (contents, mut recovery) = settle(&table, &mut *root, &winner, loser)?;
        if wounded && recovery == Recovery::Clean {
            recovery = Recovery::Repaired;
        }
        let clock_directory = ClockFile::create_directory(directory)?;
        let Candidate { slot, held, .. } = winner;
        let mut vault = Self::assembled(table, clock_directory, root, slot, held, contents);
        // A full disk does not keep the box from opening, but from changing its vault.
        vault.unsettled = recovery == Recovery::Owed;
        Ok((vault, recovery))
    }

    /// Rewrites whichever of the twins does not hold the present generation.
    pub(super) fn repair(&self) -> Result<bool, VaultError> {
        repair(&self.table, &self.held.secret, &self.contents)
    }
}

/// The newest table that a root opens and accepts.
fn newest(table: &Table, held: &Held) -> Result<Option<(File, Contents)>, VaultError> {
    let mut newest: Option<(File, Contents)> = None;
    for file in File::BOTH {
        let opened = table.open(file, &held.secret)?;
        if let Some(contents) = opened.filter(|contents| contents.generation >= held.generation)
            && newest.as_ref().is_none_or(|(_, best)| contents.generation > best.generation)
        {
            newest = Some((file, contents));
        }
    }
    Ok(newest)
}

/// Makes the winner the only one, in an order that may be interrupted anywhere.
fn settle(
    table: &Table,
    root: &mut dyn Root,
    winner: &Candidate,
    loser: State,
) -> Result<(Contents, Recovery), VaultError> {
    let mut contents = winner.contents.clone();
    let mut recovery = Recovery::Clean;
    let old = match loser {
        State::Empty => None,
        State::Torn => {
            recovery = Recovery::Repaired;
            None
        }
        State::Living(held) | State::Wounded(held) if held.generation > winner.held.generation => {
            recovery = Recovery::Dropped(held.generation);
            contents.generation = contents.generation.max(held.generation) + 1;
            let sealed = Table::seal(&winner.held.secret, &contents)?;
            match table.write(winner.file.other(), &sealed) {
                Ok(()) => None,
                // Nothing is dropped yet, and nothing is lost: the next opening with some room does it.
                Err(DiskError::Full { .. }) => return Ok((winner.contents.clone(), Recovery::Owed)),
                Err(error) => return Err(error.into()),
            }
        }
        State::Living(held) | State::Wounded(held) => {
            recovery = Recovery::RolledForward(winner.held.generation);
            Some(held)
        }
    };
    if recovery != Recovery::Clean {
        kill(root, winner.slot.other())?;
    }
    match repair(table, &winner.held.secret, &contents) {
        Ok(true) if recovery == Recovery::Clean => recovery = Recovery::Repaired,
        Ok(_) => {}
        Err(VaultError::Disk(DiskError::Full { .. })) => return Ok((contents, Recovery::Owed)),
        Err(error) => return Err(error),
    }
    if let Some(old) = old {
        see_refused(table, &old.secret)?;
    }
    Ok((contents, recovery))
}

/// Overwrites a slot and reads for itself that it is dead.
pub(super) fn kill(root: &mut dyn Root, slot: Slot) -> Result<(), VaultError> {
    root.kill(slot)?;
    match root.read(slot)? {
        State::Empty => Ok(()),
        State::Torn | State::Wounded(_) | State::Living(_) => Err(VaultRefusal::SlotAlive { slot }.into()),
    }
}

/// Tries a dead root on both files.
pub(super) fn see_refused(table: &Table, old: &Secret) -> Result<(), VaultError> {
    for file in File::BOTH {
        if table.open(file, old)?.is_some() {
            return Err(VaultRefusal::OldRootOpens { path: table.path(file) }.into());
        }
    }
    Ok(())
}

/// Rewrites the files that do not hold `contents`; whether there was one.
fn repair(table: &Table, root: &Secret, contents: &Contents) -> Result<bool, VaultError> {
    let mut repaired = false;
    for file in File::BOTH {
        let found = table.open(file, root)?;
        if found.is_some_and(|found| found.generation == contents.generation) {
            continue;
        }
        repaired = true;
        table.write(file, &Table::seal(root, contents)?)?;
    }
    Ok(repaired)
}

/// No slot opens a table: says which of the possible reasons it is.
fn why_nothing_opens(
    table: &Table,
    root: &dyn Root,
    states: &[State; 2],
) -> Result<VaultRefusal, VaultError> {
    let description = root.describe().to_string();
    let expected = states.iter().filter_map(|state| Some(state.held()?.generation)).min();
    let Some(expected) = expected else { return Ok(VaultRefusal::RootDead { root: description }) };
    let mut claimed = None;
    for file in File::BOTH {
        if let Some(version) = table.later_version(file)? {
            return Ok(VaultRefusal::UnknownVersion { path: table.path(file), version });
        }
        claimed = claimed.max(table.claimed_generation(file)?);
    }
    let directory = table.directory();
    Ok(match claimed {
        Some(found) if found < expected => VaultRefusal::OldCopy { directory, found, expected },
        _ => VaultRefusal::NothingOpens { root: description, directory },
    })
}
