//! Single files and directories: written whole, overwritten in place, renamed, removed.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Advice, FlockOperation};

use super::DiskError;
use super::error::{sound, synced};
use super::failpoint::failpoint;

/// Makes `path` a file of exactly `bytes` with the permission bits `mode` (`0o600`), durably: after
/// a crash it is the old file or the new one. The bytes go to `.NAME.new` in the same directory
/// first; one that a crash left behind is taken and overwritten.
///
/// # Errors
/// What the system refuses; nothing at `path` has changed then, unless the last fsync, of the
/// directory, was what failed.
pub fn write_atomically(path: &Path, bytes: &[u8], mode: u32) -> Result<(), DiskError> {
    sound()?;
    let temporary = temporary_name(path);
    let mut file = open_temporary(&temporary)?;
    let written = file
        .set_len(0)
        .and_then(|()| file.set_permissions(fs::Permissions::from_mode(mode)))
        .and_then(|()| file.write_all(bytes));
    if let Err(error) = written {
        // A full disk must not stay full of our half-written file.
        let _ = fs::remove_file(&temporary);
        return Err(DiskError::of("write", path, &error));
    }
    synced(path, file.sync_all())?;
    failpoint("durable-before-rename");
    sound()?;
    fs::rename(&temporary, path).map_err(|error| DiskError::of("rename", path, &error))?;
    failpoint("durable-after-rename");
    sync_dir(parent(path))
}

fn temporary_name(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}

/// Opens the temporary file alone: whoever else is writing the same path is waited for.
fn open_temporary(temporary: &Path) -> Result<File, DiskError> {
    loop {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW)
            .open(temporary)
            .map_err(|error| DiskError::of("create", temporary, &error))?;
        rustix::fs::flock(&file, FlockOperation::LockExclusive)
            .map_err(|errno| DiskError::errno("lock", temporary, errno))?;
        // While we waited, the other writer may have renamed this very file into its place.
        let ours = file.metadata().map_err(|error| DiskError::of("read", temporary, &error))?;
        match fs::symlink_metadata(temporary) {
            Ok(there) if (there.dev(), there.ino()) == (ours.dev(), ours.ino()) => return Ok(file),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(DiskError::of("read", temporary, &error)),
        }
    }
}

/// Overwrites a file of fixed size with as many bytes, in place, syncs it and reads it back. For
/// root slots: no second copy of what was there is made by us. A crash may leave any mixture of old
/// and new; the format must notice (a checksum).
///
/// # Errors
/// [`DiskError::WrongSize`] if the file is not of `bytes`' length (nothing is written then),
/// [`DiskError::ReadBack`] if other bytes come back.
pub fn overwrite_in_place(path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    overwrite_part(path, bytes.len() as u64, 0, bytes)
}

/// [`overwrite_in_place`] of the bytes from `at` on only, in a file of this length: what stands before
/// and behind them is not written, not even with the same bytes.
///
/// # Errors
/// As [`overwrite_in_place`].
pub fn overwrite_part(path: &Path, length: u64, at: u64, bytes: &[u8]) -> Result<(), DiskError> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
        .map_err(|error| DiskError::of("open", path, &error))?;
    let found = file.metadata().map_err(|error| DiskError::of("read", path, &error))?.len();
    if found != length {
        return Err(DiskError::WrongSize { path: path.display().to_string(), expected: length, found });
    }
    #[cfg(test)]
    if let Some(torn) = super::fault::torn() {
        let _ = file.write_all_at(&bytes[..torn.min(bytes.len())], at);
    }
    sound()?;
    file.write_all_at(bytes, at).map_err(|error| DiskError::of("write", path, &error))?;
    synced(path, file.sync_all())?;
    // So that the reading back asks the device and not our own cache. Best effort: a filesystem may
    // not know the advice.
    let _ = rustix::fs::fadvise(&file, 0, None, Advice::DontNeed);
    let mut back = zeroize::Zeroizing::new(vec![0; bytes.len()]);
    file.read_exact_at(&mut back, at).map_err(|error| DiskError::of("read", path, &error))?;
    if *back != bytes {
        return Err(DiskError::ReadBack { path: path.display().to_string() });
    }
    Ok(())
}

/// The whole file, if it has at most `limit` bytes. Not more is ever read or allocated.
///
/// # Errors
/// [`DiskError::Missing`], [`DiskError::TooLarge`], or what the system says.
pub fn read_up_to(path: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)
        .map_err(|error| DiskError::of("open", path, &error))?;
    let read = |error: std::io::Error| DiskError::of("read", path, &error);
    let meta = file.metadata().map_err(read)?;
    if !meta.is_file() {
        return Err(DiskError::NotAFile { path: path.display().to_string() });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len().min(limit)).unwrap_or(0));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(read)?;
    if bytes.len() as u64 > limit {
        return Err(DiskError::TooLarge { path: path.display().to_string(), limit });
    }
    Ok(bytes)
}

/// Makes a directory with mode 0700, durably. One that is there already is left as it is.
///
/// # Errors
/// What the system refuses; [`DiskError::Missing`] if its parent is not there.
pub fn create_dir(path: &Path) -> Result<(), DiskError> {
    sound()?;
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && path.is_dir() => {}
        Err(error) => return Err(DiskError::of("create", path, &error)),
    }
    sync_dir(parent(path))
}

/// Makes a directory and those above it that are missing, each as [`create_dir`] does.
///
/// # Errors
/// What the system refuses.
pub fn create_dir_all(path: &Path) -> Result<(), DiskError> {
    let missing: Vec<_> = path
        .ancestors()
        .take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.is_dir())
        .collect();
    missing.into_iter().rev().try_for_each(create_dir)
}

/// Renames, over a file that may be there, and syncs the directories of both names.
///
/// # Errors
/// What the system refuses; nothing has changed then, unless an fsync was what failed.
pub fn rename(from: &Path, to: &Path) -> Result<(), DiskError> {
    sound()?;
    fs::rename(from, to).map_err(|error| DiskError::of("rename", from, &error))?;
    sync_dir(parent(to))?;
    if parent(from) != parent(to) { sync_dir(parent(from)) } else { Ok(()) }
}

/// Removes a file, durably. One that is not there is as good as removed.
///
/// # Errors
/// What the system refuses.
pub fn remove_file(path: &Path) -> Result<(), DiskError> {
    sound()?;
    match fs::remove_file(path) {
        Ok(()) => sync_dir(parent(path)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(DiskError::of("remove", path, &error)),
    }
}

/// Everything that was written to `file` is on the disk when this returns. `path` is for the
/// message only.
///
/// # Errors
/// [`DiskError::SyncFailed`]; the process is poisoned then.
pub fn sync_file(file: &File, path: &Path) -> Result<(), DiskError> {
    sound()?;
    synced(path, file.sync_all())
}

/// Lets the disk begin with a part of a file that lies in the kernel's cache, so that [`sync_file`] finds little left
/// to wait for, and lets the cache go. Advice only: nothing rests on it.
pub fn begin_writing_back(file: &File, from: u64, length: u64) {
    let _ = rustix::fs::fadvise(file, from, NonZero::new(length), Advice::DontNeed);
}

/// The names in the directory are on the disk when this returns.
///
/// # Errors
/// [`DiskError::SyncFailed`]; the process is poisoned then.
pub fn sync_dir(path: &Path) -> Result<(), DiskError> {
    sound()?;
    let directory = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_DIRECTORY)
        .open(path)
        .map_err(|error| DiskError::of("open", path, &error))?;
    synced(path, directory.sync_all())
}

/// Bytes that a process without privileges may still write on the filesystem of `directory`.
///
/// # Errors
/// What the system refuses.
pub fn free_space(directory: &Path) -> Result<u64, DiskError> {
    let stat = rustix::fs::statvfs(directory).map_err(|errno| DiskError::errno("read", directory, errno))?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// The directory of a name; `.` for a bare one.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
