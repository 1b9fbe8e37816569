//! What can go wrong with a disk, and the flag after which nothing goes on.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::io::Errno;

crate::refusals! {
    /// Why the disk did not do what was asked. Paths are as they were given; `operation` is one of
    /// the words that `disk.ftl` lists.
    pub enum DiskError {
        /// The system refused an operation, for the reason in its own words.
        Failed { operation: &'static str, path: String, reason: String } = "disk-failed",
        /// No space is left (or no quota).
        Full { operation: &'static str, path: String } = "disk-full",
        /// fsync failed: what was written since the last one may be lost. The process is poisoned.
        SyncFailed { path: String, reason: String } = "disk-sync-failed",
        /// An earlier fsync of this process failed; stop, never retry.
        Poisoned = "disk-poisoned",
        /// The file or directory is not there.
        Missing { path: String } = "disk-missing",
        /// Another process holds the lock.
        Locked { path: String } = "disk-locked",
        /// The file is longer than what is read of such a file.
        TooLarge { path: String, limit: u64 } = "disk-too-large",
        /// Not a regular file with one name: a link, a directory, a device.
        NotAFile { path: String } = "disk-not-a-file",
        /// The file belongs to another user than the one this process runs as.
        NotOurs { path: String, owner: u32, us: u32 } = "disk-not-ours",
        /// Some process still has the file open for writing.
        StillWritten { path: String } = "disk-still-written",
        /// What was read back is not what was written.
        ReadBack { path: String } = "disk-read-back",
        /// A file of fixed size has another size.
        WrongSize { path: String, expected: u64, found: u64 } = "disk-wrong-size",
    }
}

impl DiskError {
    /// The error for a failed `operation` on `path`. Rooms that only read use this too.
    #[must_use]
    pub fn of(operation: &'static str, path: &Path, error: &io::Error) -> Self {
        let path = path.display().to_string();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { operation, path },
            _ => Self::Failed { operation, path, reason: error.to_string() },
        }
    }

    /// Whether the error only says that the file is not there.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }

    pub(super) fn errno(operation: &'static str, path: &Path, error: Errno) -> Self {
        Self::of(operation, path, &error.into())
    }
}

static POISONED: AtomicBool = AtomicBool::new(false);

/// Refuses when an earlier fsync has failed. Every function that changes something begins with it.
///
/// # Errors
/// [`DiskError::Poisoned`].
pub fn sound() -> Result<(), DiskError> {
    #[cfg(test)]
    super::fault::step()?;
    if POISONED.load(Ordering::SeqCst) { Err(DiskError::Poisoned) } else { Ok(()) }
}

/// Passes the outcome of an fsync on, and poisons the process when it failed.
pub(super) fn synced(path: &Path, outcome: io::Result<()>) -> Result<(), DiskError> {
    outcome.map_err(|error| {
        POISONED.store(true, Ordering::SeqCst);
        DiskError::SyncFailed { path: path.display().to_string(), reason: error.to_string() }
    })
}
