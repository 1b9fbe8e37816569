//! `clock/a` and `clock/b`: the floor, sealed under the vault's clock key, so that it can be written
//! every ten minutes without touching the vault.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::sealed::{CLOCK, OVERHEAD};
use super::table::{File, read_if_there};
use super::{VaultError, VaultRefusal};
use crate::support::durable;
use crate::support::secret::Secret;

/// The most that is kept, in bytes.
pub(super) const MAX_CLOCK: usize = 4096;

/// The floor's two files, which are written in turn: the highest sequence that opens wins. A crash
/// leaves at least the last but one; an old copy put back can only lower the floor.
pub struct ClockFile {
    directory: PathBuf,
    key: Secret,
    newest: Option<Newest>,
}

struct Newest {
    file: File,
    sequence: u64,
    bytes: Zeroizing<Vec<u8>>,
}

impl ClockFile {
    pub(super) fn create_directory(data: &Path) -> Result<PathBuf, VaultError> {
        let directory = data.join("clock");
        if !directory.is_dir() {
            durable::create_dir(&directory)?;
        }
        Ok(directory)
    }

    pub(super) fn open(directory: &Path, key: &Secret) -> Result<Self, VaultError> {
        let mut newest: Option<Newest> = None;
        for file in File::BOTH {
            let path = directory.join(file.to_string());
            let bytes = read_if_there(&path, MAX_CLOCK + OVERHEAD)?;
            let Some(opened) = bytes.and_then(|bytes| CLOCK.open(key, &bytes)) else { continue };
            if newest.as_ref().is_none_or(|newest| opened.number > newest.sequence) {
                newest = Some(Newest { file, sequence: opened.number, bytes: opened.plain });
            }
        }
        Ok(Self { directory: directory.to_owned(), key: key.clone(), newest })
    }

    /// What was written last; `None` if nothing was, or nothing opens.
    #[must_use]
    pub fn read(&self) -> Option<&[u8]> {
        self.newest.as_ref().map(|newest| newest.bytes.as_slice())
    }

    /// Sees that each of the two that is there opens. A damaged one costs at most the seconds that were
    /// counted last, and the next count but one writes it anew.
    ///
    /// # Errors
    /// [`VaultRefusal::FileDamaged`]; what the disk refuses.
    pub fn check(&self) -> Result<(), VaultError> {
        for file in File::BOTH {
            let path = self.directory.join(file.to_string());
            let bytes = read_if_there(&path, MAX_CLOCK + OVERHEAD)?;
            if bytes.is_some_and(|bytes| CLOCK.open(&self.key, &bytes).is_none()) {
                return Err(VaultRefusal::FileDamaged { path: path.display().to_string() }.into());
            }
        }
        Ok(())
    }

    /// Keeps `bytes`, durably, over the older of the two.
    ///
    /// # Errors
    /// [`VaultRefusal::ClockTooLarge`] above 4096 bytes; what the disk refuses.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), VaultError> {
        if bytes.len() > MAX_CLOCK {
            let (bytes, limit) = (bytes.len() as u64, MAX_CLOCK as u64);
            return Err(VaultRefusal::ClockTooLarge { bytes, limit }.into());
        }
        let (file, sequence) = match &self.newest {
            // 2^64 writes do not happen; a sequence that high could only be one that we sealed.
            Some(newest) => (newest.file.other(), newest.sequence.saturating_add(1)),
            None => (File::A, 1),
        };
        let sealed = CLOCK.seal(&self.key, sequence, bytes);
        durable::write_atomically(&self.directory.join(file.to_string()), &sealed, 0o600)?;
        self.newest = Some(Newest { file, sequence, bytes: Zeroizing::new(bytes.to_vec()) });
        Ok(())
    }
}
