//! One process at a time.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::DiskError;

/// An exclusive lock (`flock`) that lasts as long as this value, and ends with the process however
/// that ends. The file stays; it says nothing.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of `path`, making the file where there is none. Does not wait.
    ///
    /// # Errors
    /// [`DiskError::Locked`] if another process (or another `Lock` of this one) has it.
    pub fn exclusive(path: &Path) -> Result<Self, DiskError> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW)
            .open(path)
            .map_err(|error| DiskError::of("open", path, &error))?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { file }),
            Err(Errno::WOULDBLOCK) => Err(DiskError::Locked { path: path.display().to_string() }),
            Err(errno) => Err(DiskError::errno("lock", path, errno)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A process that is just being started has our descriptors too, for an instant: closing alone would
        // leave it the lock.
        let _ = rustix::fs::flock(&self.file, FlockOperation::Unlock);
    }
}
