//! A log that only grows.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::DiskError;
use super::error::{sound, synced};
use super::files::{parent, sync_dir};

/// An append-only file. What was appended is durable after the next [`Appender::sync`], not before:
/// a group of records costs one sync.
#[derive(Debug)]
pub struct Appender {
    file: File,
    path: PathBuf,
    length: u64,
    /// A failed append could not be taken back: what lies behind `length` is unknown.
    broken: bool,
}

impl Appender {
    /// Opens the log, making an empty one (mode 0600) where there is none. With `record_len`, a tail
    /// that a crash tore is cut, so that the length is a whole number of records; without, the
    /// caller cuts with [`Appender::truncate_to`].
    ///
    /// # Errors
    /// What the system refuses; [`DiskError::NotAFile`] if it is no regular file.
    pub fn open(path: &Path, record_len: Option<u64>) -> Result<Self, DiskError> {
        sound()?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(path)
            .map_err(|error| DiskError::of("open", path, &error))?;
        let meta = file.metadata().map_err(|error| DiskError::of("read", path, &error))?;
        if !meta.is_file() {
            return Err(DiskError::NotAFile { path: path.display().to_string() });
        }
        let mut log = Self { file, path: path.to_owned(), length: meta.len(), broken: false };
        if let Some(torn) = record_len.and_then(|record| meta.len().checked_rem(record)).filter(|&t| t > 0) {
            log.truncate_to(meta.len() - torn)?;
        }
        sync_dir(parent(path))?;
        Ok(log)
    }

    /// Writes at the end and returns the offset at which `bytes` begin. If it fails, the log is cut
    /// back to where it was.
    ///
    /// # Errors
    /// [`DiskError::Full`], or what else the system refuses.
    pub fn append(&mut self, bytes: &[u8]) -> Result<u64, DiskError> {
        sound()?;
        self.whole()?;
        let offset = self.length;
        if let Err(error) = self.file.write_all_at(bytes, offset) {
            self.broken = self.file.set_len(offset).is_err();
            return Err(DiskError::of("append", &self.path, &error));
        }
        self.length += bytes.len() as u64;
        Ok(offset)
    }

    /// Everything appended so far is on the disk when this returns (fdatasync, which also writes
    /// the length).
    ///
    /// # Errors
    /// [`DiskError::SyncFailed`]; the process is poisoned then.
    pub fn sync(&self) -> Result<(), DiskError> {
        sound()?;
        synced(&self.path, self.file.sync_data())
    }

    /// Cuts the log to its first `length` bytes, durably.
    ///
    /// # Errors
    /// [`DiskError::WrongSize`] if it is shorter than that; what the system refuses.
    pub fn truncate_to(&mut self, length: u64) -> Result<(), DiskError> {
        sound()?;
        if length > self.length {
            let path = self.path.display().to_string();
            return Err(DiskError::WrongSize { path, expected: length, found: self.length });
        }
        self.file.set_len(length).map_err(|error| DiskError::of("cut", &self.path, &error))?;
        synced(&self.path, self.file.sync_all())?;
        (self.length, self.broken) = (length, false);
        Ok(())
    }

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// What the system refuses, also if the log ends before.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), DiskError> {
        self.file.read_exact_at(buffer, offset).map_err(|error| DiskError::of("read", &self.path, &error))
    }

    /// The log's length in bytes, with what is appended and not yet synced.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // A position, not a collection.
    pub fn len(&self) -> u64 {
        self.length
    }

    fn whole(&self) -> Result<(), DiskError> {
        if !self.broken {
            return Ok(());
        }
        let reason = "an earlier append could not be taken back".to_owned();
        Err(DiskError::Failed { operation: "append", path: self.path.display().to_string(), reason })
    }
}
