//! Entries that a power cut left as zeros: the file's length reached the disk, some of its blocks did not.
//!
//! A filesystem may keep the new length of a file whose sync was never done and lose any of the blocks behind
//! the old one; they read as zeros. Such entries are of a group that nobody was told of. The log ends before
//! the first of them.
//!
//! An entry is one of them where all of it is zeros, or all of its part in one block, if that part is of
//! [`SURE`] bytes at least: no commitment has so many in a row. Only what stands behind the last checkpoint is
//! looked at. **Not covered**: of the very last entry fewer bytes than that lie in the lost block. Then it
//! contradicts its event, and the box says that it is damaged.

use std::path::Path;

use super::{LogError, tiles};
use crate::exchange::journal::entry::ENTRY_LENGTH;

/// Zeros in a row that are no commitment.
const SURE: usize = 8;
/// The least that a disk loses: parts of entries end where one does.
const SECTOR: u64 = 512;

/// How many of the log's `size` entries were written, of which `signed` are under a checkpoint.
pub(super) fn written(journal: &Path, signed: u64, size: u64) -> Result<u64, LogError> {
    if signed >= size {
        return Ok(size);
    }
    let mut before_is_cut = None;
    for (index, entry) in (signed..size).zip(tiles::read_log(journal, signed, size)?) {
        let entry = entry?.0;
        let (first, second) = entry.split_at(in_first_sector(index));
        let zeros = |part: &[u8]| part.iter().all(|byte| *byte == 0);
        if zeros(&entry) {
            // Of the one before, a part may lie in the same block.
            return Ok(before_is_cut.unwrap_or(index));
        }
        let lost = |part: &[u8]| part.len() >= SURE && zeros(part);
        if lost(first) || lost(second) {
            return Ok(index);
        }
        before_is_cut = (!second.is_empty() && zeros(second)).then_some(index);
    }
    Ok(size)
}

/// How many bytes of an entry lie before the end of the sector that it begins in.
fn in_first_sector(index: u64) -> usize {
    let at = index * ENTRY_LENGTH as u64;
    let left = SECTOR - at % SECTOR;
    usize::try_from(left).map_or(ENTRY_LENGTH, |left| left.min(ENTRY_LENGTH))
}
