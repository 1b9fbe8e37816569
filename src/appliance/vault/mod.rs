//! The keys, and how they die.
//!
//! The vault is one small sealed table ([`Contents`]) under a *root*: 32 secret bytes in one of two
//! slots outside it ([`root`]). What the box stores is sealed under keys of this table, so a term is
//! destroyed by writing the table anew, without the term's key, under a new root, and killing the
//! old one ([`switch`]).
//!
//! **Promised.** A key leaves only as a [`Lease`], which ends when the key dies. An update is kept
//! in two files, each written durably, when it returns; one torn or flipped file costs nothing and
//! is repaired from its twin on opening. No key can be dropped by an update: a key dies by a switch
//! and by nothing else. A switch that a crash interrupts anywhere is, after [`Vault::open`], either
//! not begun or done; no living key is lost by it. After a switch, no copy of the old files opens
//! with anything that is left. After a change whose outcome is unknown the vault takes no other
//! until it has been opened again. With a TPM root an image of the disk from before a switch or an
//! anchored change does not open any more, and the refusal says why.
//!
//! **Not promised.** A stand against a copy (or an undelete) of the old root where it is a file:
//! that can be copied, and [`RootDescription`] says so. Isolation: one process owns the box
//! (`durable::Lock`). That an older image of the disk is noticed where its file root is in it.
//!
//! In: what the keeper changes, with [`Vault::update`] and [`Vault::prepare_switch`]. Out: leases,
//! signatures, verdicts on pass-phrases, and the sealed floor ([`ClockFile`]).
//!
//! ```text
//!   root/a | root/b         vault/a, vault/b (twins)                    leases
//!   or TPM: 32 bytes  ---> header | XChaCha20-Poly1305( Contents ) ---> term, journal-year, hold
//!                           clock/a, clock/b (alternating) <------------ clock key
//! ```
//!
//! System calls of the happy path, as functions of [`durable`]: `create` two overwrites in place (the
//! slots) and two atomic writes; `open` reads two slots and two files; `update` two atomic writes; a
//! switch reads both files, one overwrite (new slot), one atomic write (`b`), reads both back, one
//! overwrite (old slot), one atomic write (`a`), and reads all again; `ClockFile::write` one atomic
//! write.
//!
//! [`durable`]: crate::support::durable

mod clock;
mod contents;
mod credential;
mod lease;
mod opening;
mod refusal;
pub mod root;
mod sealed;
pub mod switch;
mod table;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ed25519_dalek::{Signer, SigningKey};

pub use clock::ClockFile;
pub use contents::{
    Contents, DeadHold, DeadTerm, Entity, FormerKey, KeyName, Officer, Pass, Sender, SenderState,
};
pub use credential::{PassPhrase, issue_pass_phrase};
pub use lease::Lease;
pub use opening::Recovery;
pub use refusal::{VaultError, VaultRefusal};
pub use root::{BootKey, FileRoot, Root, RootChoice, RootDescription};
pub use switch::{Killed, Prepared};

use crate::exchange::vocabulary::{BoxId, PublicKey};
use crate::support::durable::DiskError;
use crate::support::secret::Secret;
use lease::Cell;
use root::{Held, Slot};
use table::Table;

/// The opened vault. One a box, in the process that holds the box's lock.
pub struct Vault {
    table: Table,
    clock_directory: PathBuf,
    root: Box<dyn Root + Send>,
    /// The slot that opens the table, and what is in it.
    slot: Slot,
    held: Held,
    contents: Contents,
    /// One cell for every key that was ever leased, shared with its leases.
    cells: Mutex<BTreeMap<KeyName, Arc<Cell>>>,
    /// The outcome of a change is not known: nothing is changed before the next opening.
    unsettled: bool,
}

impl Vault {
    /// Makes the vault of a new box below `directory` (`vault/`, `clock/`), under the free slots of
    /// `root`. `change` fills it in: officers, first terms.
    ///
    /// # Errors
    /// [`VaultRefusal::AlreadyThere`] if there is a vault; what the disk or the root refuses.
    pub fn create(
        directory: &Path,
        mut root: Box<dyn Root + Send>,
        entity: Entity,
        demo: bool,
        change: impl FnOnce(&mut Contents) -> Result<(), VaultRefusal>,
    ) -> Result<Self, VaultError> {
        let table = Table::create(directory)?;
        let clock_directory = ClockFile::create_directory(directory)?;
        let mut contents = Contents::new(BoxId::random(), entity, demo);
        change(&mut contents)?;
        let held = Held { generation: contents.generation, secret: Secret::random() };
        let slot = Slot::A;
        root.write(slot, &held)?;
        root.kill(slot.other())?;
        table.write_both(&held.secret, &contents)?;
        Ok(Self::assembled(table, clock_directory, root, slot, held, contents))
    }

    fn assembled(
        table: Table,
        clock_directory: PathBuf,
        root: Box<dyn Root + Send>,
        slot: Slot,
        held: Held,
        contents: Contents,
    ) -> Self {
        let cells = Mutex::default();
        Self { table, clock_directory, root, slot, held, contents, cells, unsettled: false }
    }

    /// Everything in the table that is not a key.
    #[must_use]
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Counts every change; a switch's generation is what its intent in the journal names.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.contents.generation
    }

    /// What kind of root this is, for `init` and the certificates.
    #[must_use]
    pub fn root(&self) -> RootDescription {
        self.root.describe()
    }

    /// Changes the table: the next generation, written twice. When this returns, it survives.
    ///
    /// # Errors
    /// What `change` refuses (nothing has happened then); [`VaultRefusal::KeyDropped`] if it lets go
    /// of a key; [`VaultRefusal::WrittenOnce`] if the disk was full after the first of the files: the
    /// change is kept, but the second is due; [`VaultRefusal::Unsettled`]. What else the disk refuses
    /// leaves the outcome unknown: open the vault again.
    pub fn update<T>(
        &mut self,
        change: impl FnOnce(&mut Contents) -> Result<T, VaultRefusal>,
    ) -> Result<T, VaultError> {
        let (next, dropped, result) = self.changed(change)?;
        if let Some(key) = dropped.first() {
            return Err(VaultRefusal::KeyDropped { key: key.to_string() }.into());
        }
        let sealed = Table::seal(&self.held.secret, &next)?;
        // The first write decides.
        self.write(table::File::A, &sealed)?;
        self.contents = next;
        match self.table.write(table::File::B, &sealed) {
            Ok(()) => Ok(result),
            Err(error) => {
                self.unsettled = true;
                Err(match error {
                    DiskError::Full { path, .. } => VaultRefusal::WrittenOnce { path }.into(),
                    error => error.into(),
                })
            }
        }
    }

    /// Whether the outcome of every change is known: the last switch is done to its end, and the vault
    /// takes another.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        !self.unsettled
    }

    /// A key to work with; `None` if there is none of that name, or it is dying.
    #[must_use]
    pub fn lease(&self, key: &KeyName) -> Option<Lease> {
        let secret = self.contents.secret(key)?;
        let mut cells = self.cells();
        let cell = cells.entry(key.clone()).or_insert_with(|| Cell::new(secret));
        Lease::take(key, cell)
    }

    /// [`Vault::lease`] of a term's secret, by the term's name.
    #[must_use]
    pub fn lease_term(&self, name: &str) -> Option<Lease> {
        self.lease(&KeyName::Term(name.to_owned()))
    }

    /// The Ed25519 signature (RFC 8032) of the box over `message`, which its room has separated from
    /// every other kind of message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing_key().sign(message).to_bytes()
    }

    /// The public key that [`Vault::sign`]'s signatures are checked with.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.signing_key().verifying_key().to_bytes())
    }

    /// The box's signing key, for the journal, which signs its heads with it.
    #[must_use]
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(self.contents.signing_seed().expose())
    }

    /// The key of the push datagrams' MAC. It is on the card: its leak is a nuisance, not a breach.
    #[must_use]
    pub fn push_mac_key(&self) -> &Secret {
        self.contents.push_mac_key()
    }

    /// The floor's sealed files.
    ///
    /// # Errors
    /// What the disk refuses. A file that does not open is none.
    pub fn clock(&self) -> Result<ClockFile, VaultError> {
        ClockFile::open(&self.clock_directory, self.contents.clock_key())
    }

    /// Reads both files again, for `kluis verify`.
    ///
    /// # Errors
    /// [`VaultRefusal::FileDamaged`] for a file that does not hold this generation, or a living slot
    /// with a damaged copy;
    /// [`VaultRefusal::SlotAlive`] if the other slot is not all zeros.
    pub fn check(&self) -> Result<(), VaultError> {
        self.settled()?;
        for file in table::File::BOTH {
            let found = self.table.open(file, &self.held.secret)?;
            if found.is_none_or(|found| found.generation != self.contents.generation) {
                return Err(VaultRefusal::FileDamaged { path: self.table.path(file) }.into());
            }
        }
        if !matches!(self.root.read(self.slot)?, root::State::Living(_)) {
            let path = format!("{}/{}", self.root.describe(), self.slot);
            return Err(VaultRefusal::FileDamaged { path }.into());
        }
        match self.root.read(self.slot.other())? {
            root::State::Empty => Ok(()),
            root::State::Living(_) | root::State::Wounded(_) | root::State::Torn => {
                Err(VaultRefusal::SlotAlive { slot: self.slot.other() }.into())
            }
        }
    }

    /// Writes one of the twins. If it fails, only a full disk has certainly left the old one.
    fn write(&mut self, file: table::File, sealed: &[u8]) -> Result<(), DiskError> {
        self.table.write(file, sealed).inspect_err(|error| {
            self.unsettled |= !matches!(error, DiskError::Full { .. });
        })
    }

    fn cells(&self) -> MutexGuard<'_, BTreeMap<KeyName, Arc<Cell>>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settled(&self) -> Result<(), VaultRefusal> {
        if self.unsettled { Err(VaultRefusal::Unsettled) } else { Ok(()) }
    }

    /// The table after `change`, one generation on, and the keys that it lets go of.
    fn changed<T>(
        &self,
        change: impl FnOnce(&mut Contents) -> Result<T, VaultRefusal>,
    ) -> Result<(Contents, BTreeSet<KeyName>, T), VaultRefusal> {
        self.settled()?;
        let mut next = self.contents.clone();
        let result = change(&mut next)?;
        next.generation = self.contents.generation + 1;
        let mut dropped = self.contents.keys();
        dropped.retain(|key| {
            self.contents.secret(key).map(Secret::expose) != next.secret(key).map(Secret::expose)
        });
        Ok((next, dropped, result))
    }
}
