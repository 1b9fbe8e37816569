//! Taking a file over from whoever wrote it.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::DiskError;
use super::error::sound;
use crate::support::system;

/// Opens a file of the spool so that whoever wrote it cannot change it any more: it is a regular
/// file with one name, belongs to the user this process runs as, gets mode 0400 and a read lease,
/// which the kernel refuses while anyone has it open for writing. The lease lasts as long as the
/// returned file; the mode stays.
///
/// Not promised: a stand against root, or against a process of the same user that changes the mode
/// back: the lease holds such a writer up for the kernel's `lease-break-time` (45 s) and no longer.
///
/// # Errors
/// [`DiskError::NotAFile`], [`DiskError::NotOurs`], [`DiskError::StillWritten`] (try again a little later: also a
/// process that the writer is just starting holds the file for an instant), or
/// what the system refuses.
pub fn take_over(path: &Path) -> Result<File, DiskError> {
    sound()?;
    let file = OpenOptions::new()
        .read(true)
        // A pipe put there under the name must not hold us up.
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)
        .map_err(|error| match error.raw_os_error() {
            Some(libc::ELOOP) => DiskError::NotAFile { path: path.display().to_string() },
            _ => DiskError::of("open", path, &error),
        })?;
    let meta = file.metadata().map_err(|error| DiskError::of("read", path, &error))?;
    // A second name could be how the writer comes back to it after the mode is checked by path.
    if !meta.is_file() || meta.nlink() != 1 {
        return Err(DiskError::NotAFile { path: path.display().to_string() });
    }
    let us = rustix::process::geteuid().as_raw();
    if meta.uid() != us {
        return Err(DiskError::NotOurs { path: path.display().to_string(), owner: meta.uid(), us });
    }
    // First the mode, so that no new writer comes; then the lease, so that none is left.
    file.set_permissions(fs::Permissions::from_mode(0o400))
        .map_err(|error| DiskError::of("chmod", path, &error))?;
    system::read_lease(&file).map_err(|error| match error.kind() {
        std::io::ErrorKind::WouldBlock => DiskError::StillWritten { path: path.display().to_string() },
        _ => DiskError::of("lease", path, &error),
    })?;
    Ok(file)
}
