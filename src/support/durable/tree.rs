//! Removing a directory with all that is in it.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::FallocateFlags;

use super::DiskError;
use super::error::{sound, synced};
use super::files::{parent, sync_dir};

/// What [`remove_tree`] removed, as a certificate says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// Regular files.
    pub files: u64,
    /// Their bytes together, by their lengths.
    pub bytes: u64,
    /// How many of the files the filesystem let us discard before they were removed. Whether the
    /// medium then forgets the blocks is the medium's affair.
    pub discarded: u64,
}

/// Removes `path` and everything below it, durably; with `discard`, each file's blocks are given
/// back first (`FALLOC_FL_PUNCH_HOLE`, where the filesystem can). Links are removed, never followed.
/// What is not there is as good as removed; after a crash or an error in the middle, call it again.
///
/// # Errors
/// What the system refuses, at the first file where it does.
pub fn remove_tree(path: &Path, discard: bool) -> Result<Removed, DiskError> {
    sound()?;
    let mut removed = Removed::default();
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(removed),
        Err(error) => return Err(DiskError::of("read", path, &error)),
        Ok(meta) if meta.is_dir() => {
            remove_below(path, discard, &mut removed)?;
            fs::remove_dir(path).map_err(|error| DiskError::of("remove", path, &error))?;
        }
        Ok(meta) => remove_one(path, &meta, discard, &mut removed)?,
    }
    sync_dir(parent(path))?;
    Ok(removed)
}

fn remove_below(directory: &Path, discard: bool, removed: &mut Removed) -> Result<(), DiskError> {
    let refused = |error: std::io::Error| DiskError::of("read", directory, &error);
    for entry in fs::read_dir(directory).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let meta = fs::symlink_metadata(&path).map_err(|error| DiskError::of("read", &path, &error))?;
        if meta.is_dir() {
            remove_below(&path, discard, removed)?;
            fs::remove_dir(&path).map_err(|error| DiskError::of("remove", &path, &error))?;
        } else {
            remove_one(&path, &meta, discard, removed)?;
        }
    }
    Ok(())
}

fn remove_one(
    path: &Path,
    meta: &fs::Metadata,
    discard: bool,
    removed: &mut Removed,
) -> Result<(), DiskError> {
    sound()?;
    if meta.is_file() {
        removed.files += 1;
        removed.bytes += meta.len();
        if discard && meta.len() > 0 && punch(path, meta)? {
            removed.discarded += 1;
        }
    }
    fs::remove_file(path).map_err(|error| DiskError::of("remove", path, &error))
}

/// Gives the file's blocks back. `false` where the filesystem does not know how.
fn punch(path: &Path, meta: &fs::Metadata) -> Result<bool, DiskError> {
    // Stored bundles are 0400.
    let writable = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    let opened =
        writable.and_then(|()| OpenOptions::new().write(true).custom_flags(libc::O_NOFOLLOW).open(path));
    let Ok(file) = opened else { return Ok(false) };
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    if rustix::fs::fallocate(&file, flags, 0, meta.len()).is_err() {
        return Ok(false);
    }
    synced(path, file.sync_all())?;
    Ok(true)
}
