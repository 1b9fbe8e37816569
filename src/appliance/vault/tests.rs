#![allow(clippy::unwrap_used)]

mod crash;
mod daily;
mod death;
mod memory;
#[cfg(feature = "tpm")]
mod tpm;

use std::cell::Cell;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::exchange::vocabulary::EntityId;

/// A box's directory with its root beside it.
struct Place {
    dir: TempDir,
}

impl Place {
    /// With the terms `2025` and `2026` and the journal year 2026.
    fn founded() -> (Self, Vault) {
        let place = Self { dir: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.data()).unwrap();
        let root = FileRoot::create(&place.root_dir(), &place.data()).unwrap();
        let vault = Vault::create(&place.data(), Box::new(root), entity(), true, |contents| {
            contents.add_term("2025", |_| b"facts of 2025".to_vec())?;
            contents.add_term("2026", |_| b"facts of 2026".to_vec())?;
            contents.add_journal_year(2026);
            Ok(())
        });
        (place, vault.unwrap())
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("box")
    }

    fn root_dir(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn root(&self) -> Box<FileRoot> {
        Box::new(FileRoot::open(&self.root_dir(), &self.data()).unwrap())
    }

    fn open(&self, intent_known: bool) -> Result<(Vault, Recovery), VaultError> {
        Vault::open(&self.data(), self.root(), |_| intent_known)
    }
}

fn entity() -> Entity {
    Entity {
        id: EntityId([7; 16]),
        name: "Trampoline B.V.".to_owned(),
        slug: "trampoline".to_owned(),
        country: "NL".parse().unwrap(),
    }
}

/// The bytes of a term's secret, if the vault gives it.
fn secret(vault: &Vault, term: &str) -> Option<[u8; 32]> {
    vault.lease_term(term)?.with(|secret| *secret.expose())
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// A switch of `term` as the keeper does it; `journaled` is set where it journals the intent.
fn destroy(vault: &mut Vault, term: &str, journaled: &Cell<bool>) -> Result<Killed, VaultError> {
    let prepared = vault.prepare_switch(|contents| contents.bury_term(term, b"heads".to_vec()))?;
    journaled.set(true);
    prepared.commit()
}
