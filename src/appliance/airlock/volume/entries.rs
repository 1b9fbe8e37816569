//! What stands in a directory, whichever file system it is of.

use super::names::Name;

/// The bytes of a directory entry.
pub(super) const ENTRY: usize = 32;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}

/// The bytes from a place that is always there: in a sector, in an entry.
pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    *bytes[at..].first_chunk().expect("a place inside of the sector")
}

/// An entry that names something.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: Name,
    pub(super) folder: bool,
    /// Hidden, or the system's.
    pub(super) hidden: bool,
    /// The first cluster.
    pub(super) first: u32,
    /// In bytes; a FAT's folders have none.
    pub(super) length: u64,
    /// How many bytes of these were written.
    pub(super) written: u64,
    /// Its clusters lie in a row, and the table says nothing of them.
    pub(super) contiguous: bool,
}

/// What stands at a place of a directory.
#[derive(Debug)]
pub(super) enum Stands {
    /// Nothing, and nothing behind it.
    End,
    /// Nothing that names anything: a deleted entry, a piece of a name, a label.
    Nothing,
    Entry(Entry),
    /// An entry that contradicts itself, and its name as far as it can be read.
    Broken(Name),
}
