//! The folder of the two processes, put in order by the box: one that was taken over may leave there what it likes,
//! and must not keep those that follow from starting.
//!
//! System calls of the happy path: `lstat`, `getdents64`.

use std::fs::{Metadata, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use super::store;
use crate::support::durable::{self, DiskError};

/// Makes the folders that both need, and removes what has their names and is something else.
///
/// # Errors
/// What the disk refuses.
pub(super) fn put_in_order(line: &Path) -> Result<(), DiskError> {
    let (open, inbox) = (line.join(store::OPEN), line.join(store::INBOX));
    for folder in [&open, &inbox] {
        if !is_folder_of_ours(folder) {
            remove(folder);
        }
        durable::create_dir_all(folder)?;
    }
    let sessions = std::fs::read_dir(&open).into_iter().flatten().flatten().map(|entry| entry.path());
    sessions.filter(|session| !is_folder_of_ours(session)).for_each(|session| remove(&session));
    let fits = |meta: Metadata| {
        meta.is_file() && meta.mode() & 0o600 == 0o600 && meta.len() <= store::LONGEST_FINISHED
    };
    for finished in [store::FINISHED, store::FINISHED_NEW].map(|name| line.join(name)) {
        if std::fs::symlink_metadata(&finished).is_ok_and(|meta| !fits(meta)) {
            remove(&finished);
        }
    }
    Ok(())
}

/// Whether there is nothing, or a folder that can be gone into.
fn is_folder_of_ours(path: &Path) -> bool {
    std::fs::symlink_metadata(path).map_or(true, |meta| meta.is_dir() && meta.mode() & 0o700 == 0o700)
}

fn remove(path: &Path) {
    // A folder that nobody may go into is opened first. What cannot be removed, the process trips over.
    let _ = std::fs::set_permissions(path, Permissions::from_mode(0o700));
    let _ = std::fs::remove_dir_all(path).or_else(|_| std::fs::remove_file(path));
}

/// Throws away what is being received: something there kills whoever takes it up. It is pushed again.
pub(super) fn throw_away_open(line: &Path) {
    remove(&line.join(store::OPEN));
}
