//! Shops' cards that came on a stick, over the line or in a folder, and wait for an officer who compares the
//! fingerprint.
//!
//! Below `spool/cards/`, each under the first half of its SHA-256. They lie there as they came and unread:
//! `kluis enrol` reads them. A few at most, and what is enrolled goes.
//!
//! System calls of the happy path: those of [`durable::write_atomically`].

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::support::durable::{self, DiskError};

/// Cards that may wait at once.
pub const MOST_CARDS: usize = 16;
/// Letters of a file's name.
const NAME: usize = 16;

/// The cards that wait.
pub struct Cards {
    directory: PathBuf,
}

impl Cards {
    /// Those in `directory`, which need not be there.
    #[must_use]
    pub fn of(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// Keeps a card, and says where. `None` where too many wait already.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn keep(&self, card: &[u8]) -> Result<Option<PathBuf>, DiskError> {
        let file = self.file(card);
        if !file.is_file() {
            if self.list()?.len() >= MOST_CARDS {
                return Ok(None);
            }
            durable::create_dir_all(&self.directory)?;
            durable::write_atomically(&file, card, 0o600)?;
        }
        Ok(Some(file))
    }

    /// All of them.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn list(&self) -> Result<Vec<PathBuf>, DiskError> {
        let unreadable = |error: std::io::Error| DiskError::of("read", &self.directory, &error);
        let entries = match std::fs::read_dir(&self.directory) {
            // None has ever waited.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(unreadable)?,
        };
        let mut files = entries
            .map(|entry| Ok(entry.map_err(unreadable)?.path()))
            .collect::<Result<Vec<_>, DiskError>>()?;
        files.retain(|file| file.extension().is_some_and(|end| end == "card"));
        files.sort();
        Ok(files)
    }

    /// Forgets a card that waits no more.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn forget(&self, card: &[u8]) -> Result<(), DiskError> {
        let file = self.file(card);
        if file.is_file() { durable::remove_file(&file) } else { Ok(()) }
    }

    fn file(&self, card: &[u8]) -> PathBuf {
        let name: String = Sha256::digest(card).iter().map(|byte| format!("{byte:02x}")).collect();
        self.directory.join(format!("{}.card", &name[..NAME]))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_card_waits_once_and_a_stick_full_of_them_fills_no_disk() {
        let dir = tempfile::tempdir().unwrap();
        let cards = Cards::of(&dir.path().join("cards"));
        assert!(cards.list().unwrap().is_empty());
        let first = cards.keep(b"a card").unwrap().unwrap();
        assert_eq!(cards.keep(b"a card").unwrap().unwrap(), first);
        assert_eq!(std::fs::read(&first).unwrap(), b"a card");
        let kept = (1..100).filter(|number: &u32| cards.keep(&number.to_be_bytes()).unwrap().is_some());
        assert_eq!(kept.count(), MOST_CARDS - 1);
        cards.forget(b"a card").unwrap();
        cards.forget(b"never seen").unwrap();
        assert!(!first.exists());
    }
}
