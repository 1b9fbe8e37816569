//! Making keys die: a new root, the table without them under it, and the old root killed.
//!
//! The steps are those of the design, "Destroying a term"; after each one there is a failpoint:
//!
//! | step | who | failpoint |
//! |---|---|---|
//! | 1 the term's lock alone, its holds again | keeper | |
//! | 2 a new root into the free slot, read back | [`Vault::prepare_switch`] | `switch-2-root-written` |
//! | 3 the next table, without the keys, under it, into file `b` | [`Vault::prepare_switch`] | `switch-3-vault-written` |
//! | 4 the intent, public, into the journal | keeper | |
//! | 5 the old slot killed: **the commit point** | [`Prepared::commit`] | `switch-5-old-root-killed` |
//! | 6 the old root tried and refused, file `a` under the new one | [`Prepared::commit`] | `switch-6-old-root-refused` |
//! | 7, 8 the term's directory, the certificate | keeper | |
//!
//! From 3 to 5 the vault can take no other change: [`Prepared`] borrows it. File `a` stays under the
//! old root until the old root is dead, so up to the commit point the living terms have both.

use std::collections::BTreeSet;
use std::time::Instant;

use super::contents::{Contents, KeyName};
use super::lease::PATIENCE;
use super::opening::{kill, see_refused};
use super::root::{Held, State};
use super::table::{File, Table};
use super::{Vault, VaultError, VaultRefusal};
use crate::support::durable::{DiskError, failpoint};
use crate::support::secret::Secret;

/// A switch between its steps 3 and 5. End it with [`Prepared::commit`] or [`Prepared::abandon`]; one
/// that is just dropped leaves the vault unsettled, and the next opening decides by the journal.
#[must_use = "a switch is committed or abandoned"]
pub struct Prepared<'v> {
    vault: &'v mut Vault,
    next: Contents,
    held: Held,
    dying: BTreeSet<KeyName>,
}

/// The keys are dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Killed {
    /// The generation that no longer has them.
    pub generation: u64,
    /// Which they were.
    pub keys: BTreeSet<KeyName>,
    /// Leases that had not ended after a second, by key. The key was wiped under them; whatever was
    /// derived from it is still with whoever has them, and the keeper ends those processes.
    pub late: Vec<(KeyName, usize)>,
}

impl Vault {
    /// Steps 2 and 3. `change` buries the keys ([`Contents::bury_term`] and its like) and may change
    /// whatever else goes with it.
    ///
    /// # Errors
    /// What `change` refuses, or [`DiskError::Full`]: nothing has happened then. What else the disk or
    /// the root refuses: the old root lives, and the vault takes no change before it has been opened
    /// again.
    pub fn prepare_switch(
        &mut self,
        change: impl FnOnce(&mut Contents) -> Result<(), VaultRefusal>,
    ) -> Result<Prepared<'_>, VaultError> {
        let (next, dying, ()) = self.changed(change)?;
        let held = Held { generation: next.generation, secret: Secret::random() };
        let sealed = Table::seal(&held.secret, &next)?;
        // `b` is about to be the new table's only file and `a` the old one's.
        self.repair()?;
        self.unsettled = true;
        match self.begin(&held, &sealed) {
            Ok(()) => {}
            Err(VaultError::Disk(error @ DiskError::Full { .. })) => {
                // Nothing of it is of use yet, and there may be room for what was there before.
                self.undo()?;
                return Err(error.into());
            }
            Err(error) => return Err(error),
        }
        Ok(Prepared { vault: self, next, held, dying })
    }

    /// A change that an old image of the disk must not undo (a hold, a release, a law move, an
    /// officer or sender): as [`Vault::update`], but under a new root, so that with a root on other
    /// hardware the files from before no longer open.
    ///
    /// # Errors
    /// As [`Vault::update`] and [`Prepared::commit`].
    pub fn update_anchored(
        &mut self,
        change: impl FnOnce(&mut Contents) -> Result<(), VaultRefusal>,
    ) -> Result<(), VaultError> {
        let prepared = self.prepare_switch(change)?;
        if let Some(key) = prepared.dying.first() {
            let refusal = VaultRefusal::KeyDropped { key: key.to_string() };
            prepared.abandon()?;
            return Err(refusal.into());
        }
        prepared.commit().map(drop)
    }
}

impl Prepared<'_> {
    /// The generation that the intent names.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.next.generation
    }

    /// The keys that will die.
    #[must_use]
    pub fn dying(&self) -> &BTreeSet<KeyName> {
        &self.dying
    }

    /// Steps 5 and 6. Waits at most a second for leases of the dying keys, wipes them, kills the old
    /// root, sees it refused, and writes the second file under the new root.
    ///
    /// # Errors
    /// After any error the outcome is unknown here: open the vault again, which settles it.
    pub fn commit(self) -> Result<Killed, VaultError> {
        let Self { vault, next, held, dying } = self;
        vault.see_prepared(&held)?;
        let late = vault.end_leases(&dying);
        let dead_slot = vault.slot;
        kill(&mut *vault.root, dead_slot)?;
        failpoint("switch-5-old-root-killed");
        let dead = std::mem::replace(&mut vault.held, held);
        vault.slot = dead_slot.other();
        vault.contents = next;
        vault.repair()?;
        see_refused(&vault.table, &dead.secret)?;
        failpoint("switch-6-old-root-refused");
        vault.unsettled = false;
        Ok(Killed { generation: vault.contents.generation, keys: dying, late })
    }

    /// Undoes steps 2 and 3. Only if the intent is certainly not in the journal.
    ///
    /// # Errors
    /// What the disk or the root refuses; open the vault again then.
    pub fn abandon(self) -> Result<(), VaultError> {
        self.vault.undo()
    }
}

impl Vault {
    fn begin(&mut self, held: &Held, sealed: &[u8]) -> Result<(), VaultError> {
        self.root.write(self.slot.other(), held)?;
        failpoint("switch-2-root-written");
        self.table.write(File::B, sealed)?;
        failpoint("switch-3-vault-written");
        Ok(())
    }

    /// Takes steps 2 and 3 back.
    fn undo(&mut self) -> Result<(), VaultError> {
        kill(&mut *self.root, self.slot.other())?;
        self.repair()?;
        self.unsettled = false;
        Ok(())
    }

    /// Reads the new root and opens the new table with it, before the old ones go.
    fn see_prepared(&self, held: &Held) -> Result<(), VaultError> {
        let opened = match self.root.read(self.slot.other())? {
            State::Living(new) if new.generation == held.generation => {
                self.table.open(File::B, &new.secret)?
            }
            _ => None,
        };
        match opened {
            Some(table) if table.generation == held.generation => Ok(()),
            _ => Err(VaultRefusal::NotPrepared { path: self.table.path(File::B) }.into()),
        }
    }

    fn end_leases(&self, dying: &BTreeSet<KeyName>) -> Vec<(KeyName, usize)> {
        let deadline = Instant::now() + PATIENCE;
        let mut late = Vec::new();
        for key in dying {
            // Not holding the map's lock while waiting: other keys are leased meanwhile.
            let Some(cell) = self.cells().remove(key) else { continue };
            match cell.kill(deadline) {
                0 => {}
                out => late.push((key.clone(), out)),
            }
        }
        late
    }
}
