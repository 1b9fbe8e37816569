//! The tree over the log, kept as C2SP tlog-tiles: 256 hashes a tile, the right edge in memory, full
//! tiles on the disk as soon as they are full. All of it can be made again from the entries.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::{LogError, open_entries};
use crate::exchange::journal::Entry;
use crate::exchange::journal::entry::ENTRY_LENGTH;
use crate::exchange::journal::tree::{consistency_from, path_from, root_from, tree_root};
use crate::exchange::vocabulary::Digest;
use crate::support::durable::{self, DiskError};

/// Hashes in a full tile, and entries in a full bundle of entries.
pub(super) const WIDTH: usize = 1 << HEIGHT;
/// Levels of the tree in one tile.
const HEIGHT: u32 = 8;
/// Bytes of a hash in a tile.
pub(super) const HASH: usize = 32;
/// Bytes of an entry in a bundle of entries: after its length.
pub(super) const BUNDLED: usize = 2 + ENTRY_LENGTH;
const TILE_BYTES: usize = WIDTH * HASH;

/// The right edge of the tree: what is not in full tiles yet. It grows entry by entry.
#[derive(Default)]
pub(super) struct Edge {
    size: u64,
    /// The last, partial tile of each level, from the leaves up; each shorter than [`WIDTH`].
    levels: Vec<Vec<Digest>>,
    /// The entries under `levels[0]`.
    last: Vec<Entry>,
}

/// A file under `DIR/journal`.
#[derive(Clone)]
pub(super) struct TileFile {
    /// As tlog-tiles names it, from `tile/` on.
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

impl Edge {
    /// Adds an entry and returns the tiles that it fills, in the order in which they are written: where
    /// a tile of hashes is on the disk, so is all below it.
    pub(super) fn push(&mut self, entry: &Entry) -> Vec<TileFile> {
        let mut files = Vec::new();
        self.last.push(*entry);
        self.size += 1;
        let mut hash = entry.leaf_hash();
        for level in 0.. {
            let at = level as usize;
            if self.levels.len() == at {
                self.levels.push(Vec::new());
            }
            self.levels[at].push(hash);
            if self.levels[at].len() < WIDTH {
                break;
            }
            let full = std::mem::take(&mut self.levels[at]);
            hash = tree_root(&full);
            let number = (self.size >> (HEIGHT * (level + 1))) - 1;
            if level == 0 {
                files.push(TileFile { path: entry_bundle(number), bytes: bundle(&self.last) });
                self.last.clear();
            }
            files.push(TileFile { path: hash_tile(level, number), bytes: concat(&full) });
        }
        files
    }

    /// The partial tiles that a checkpoint of this size has.
    pub(super) fn partial(&self) -> Vec<TileFile> {
        let mut files = Vec::new();
        for (level, hashes) in (0..).zip(&self.levels) {
            let number = self.size >> (HEIGHT * (level + 1));
            if !hashes.is_empty() {
                let path = partial_path(&hash_tile(level, number), hashes.len());
                files.push(TileFile { path, bytes: concat(hashes) });
            }
        }
        if !self.last.is_empty() {
            let path = partial_path(&entry_bundle(self.size >> HEIGHT), self.last.len());
            files.push(TileFile { path, bytes: bundle(&self.last) });
        }
        files
    }

    /// The root over everything: from the leaves up, what is left over at one level is the last and
    /// incomplete subtree of the next.
    pub(super) fn root(&self) -> Digest {
        let mut left_over = None;
        for hashes in &self.levels {
            let hashes: Vec<_> = hashes.iter().copied().chain(left_over).collect();
            left_over = (!hashes.is_empty()).then(|| tree_root(&hashes));
        }
        left_over.unwrap_or_else(|| tree_root(&[]))
    }
}

/// The tree over the durable entries.
pub(super) struct Tiles {
    /// `DIR/journal`.
    directory: PathBuf,
    entries: File,
    edge: Edge,
    /// Full tiles for which the disk had no room. They are derived, so nothing waits for them but the
    /// next checkpoint.
    owed: Vec<TileFile>,
    /// Directories of partial tiles that full ones have taken the place of. Removed by whoever writes
    /// partial tiles, at the next checkpoint: nobody else may, for he may be writing there just now.
    superseded: Vec<PathBuf>,
}

impl Tiles {
    /// The tree over the first `size` entries, by the tiles on the disk; what is missing there is made
    /// from the entries. Whether it is the right tree, only its root tells.
    pub(super) fn load(directory: &Path, size: u64) -> Result<Self, LogError> {
        let entries = open_entries(directory)?;
        let edge = Edge { size, ..Edge::default() };
        let (directory, owed, superseded) = (directory.to_owned(), Vec::new(), Vec::new());
        let mut tiles = Self { directory, entries, edge, owed, superseded };
        let start = size - size % WIDTH as u64;
        let last = tiles.read_entries(start, size)?;
        tiles.edge.levels.push(last.iter().map(Entry::leaf_hash).collect());
        tiles.edge.last = last;
        for level in 1.. {
            // How many hashes this level has, and how many of them are in full tiles.
            let hashes = size >> (HEIGHT * level);
            if hashes == 0 {
                break;
            }
            let start = hashes - hashes % WIDTH as u64;
            let partial: Result<_, LogError> =
                (start..hashes).map(|below| Ok(tree_root(&tiles.tile(level - 1, below)?))).collect();
            tiles.edge.levels.push(partial?);
        }
        Ok(tiles)
    }

    /// The tree over the first `size` entries, by the entries alone. Tiles on the disk that are not as
    /// they must be are written again.
    pub(super) fn rebuild(directory: &Path, size: u64) -> Result<Self, LogError> {
        let entries = open_entries(directory)?;
        let (directory, edge) = (directory.to_owned(), Edge::default());
        let mut tiles = Self { directory, entries, edge, owed: Vec::new(), superseded: Vec::new() };
        tiles.grow_to(size)?;
        Ok(tiles)
    }

    /// Adds the entries of the log up to `size`, and writes the tiles that they fill whatever lies there.
    pub(super) fn grow_to(&mut self, size: u64) -> Result<(), LogError> {
        let directory = self.directory.clone();
        read_log(&directory, self.size(), size)?.try_for_each(|entry| self.push(&entry?))
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn size(&self) -> u64 {
        self.edge.size
    }

    /// Adds a durable entry; writes the tiles that it fills, or owes them to the next checkpoint where
    /// the disk is full: the entry is in the log, and that is what was promised.
    pub(super) fn push(&mut self, entry: &Entry) -> Result<(), LogError> {
        for file in self.edge.push(entry) {
            let path = self.directory.join(&file.path);
            self.superseded.push(with_suffix(&path, ".p"));
            match write(&path, &file.bytes) {
                Err(DiskError::Full { .. }) => self.owed.push(file),
                outcome => outcome?,
            }
        }
        Ok(())
    }

    /// The tiles that must be on the disk before a checkpoint of this size, and are not certainly there.
    pub(super) fn wanted(&self) -> Vec<TileFile> {
        self.owed.iter().cloned().chain(self.partial()).collect()
    }

    /// The partial tiles that a checkpoint of this size has.
    pub(super) fn partial(&self) -> Vec<TileFile> {
        self.edge.partial()
    }

    /// These are on the disk.
    pub(super) fn paid(&mut self, written: &[TileFile]) {
        self.owed.retain(|owed| written.iter().all(|file| file.path != owed.path));
    }

    /// The directories of partial tiles that are of no use any more, to be removed now.
    pub(super) fn superseded(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.superseded)
    }

    /// The entry at `index`, from the log.
    pub(super) fn entry(&self, index: u64) -> Result<Entry, LogError> {
        Ok(self.read_entries(index, index + 1)?[0])
    }

    /// The root over everything.
    pub(super) fn root(&self) -> Digest {
        self.edge.root()
    }

    /// The root over the first `size` entries, which are durable.
    pub(super) fn root_at(&self, size: u64) -> Result<Digest, LogError> {
        root_from(size, |level, at| self.node(level, at))
    }

    /// The inclusion proof of entry `index` in the tree over the first `size`.
    pub(super) fn path(&self, index: u64, size: u64) -> Result<Vec<Digest>, LogError> {
        path_from(index, size, |level, at| self.node(level, at))
    }

    /// The consistency proof between the trees over the first `old` and the first `size` entries.
    pub(super) fn consistency(&self, old: u64, size: u64) -> Result<Vec<Digest>, LogError> {
        consistency_from(old, size, |level, at| self.node(level, at))
    }

    /// The root of the complete subtree `at` of height `level`.
    fn node(&self, level: u32, at: u64) -> Result<Digest, LogError> {
        let (tile_level, above) = (level / HEIGHT, level % HEIGHT);
        let first = at << above;
        let number = first / WIDTH as u64;
        let hashes = self.tile(tile_level, number)?;
        let start = usize::try_from(first % WIDTH as u64).expect("below 256");
        Ok(tree_root(&hashes[start..start + (1 << above)]))
    }

    /// The hashes of a tile, full or the last of its level.
    fn tile(&self, level: u32, number: u64) -> Result<Vec<Digest>, LogError> {
        if number == self.edge.size >> (HEIGHT * (level + 1)) {
            return Ok(self.edge.levels[level as usize].clone());
        }
        let path = self.directory.join(hash_tile(level, number));
        match durable::read_up_to(&path, TILE_BYTES as u64) {
            Ok(bytes) if bytes.len() == TILE_BYTES => Ok(split(&bytes)),
            Ok(_) | Err(DiskError::TooLarge { .. } | DiskError::Missing { .. }) => self.remake(level, number),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a full tile again from the level below, and that from the entries.
    fn remake(&self, level: u32, number: u64) -> Result<Vec<Digest>, LogError> {
        let start = number * WIDTH as u64;
        let hashes: Vec<_> = match level.checked_sub(1) {
            None => {
                let entries = self.read_entries(start, start + WIDTH as u64)?;
                write_if_room(&self.directory.join(entry_bundle(number)), &bundle(&entries))?;
                entries.iter().map(Entry::leaf_hash).collect()
            }
            Some(below) => (start..start + WIDTH as u64)
                .map(|number| Ok(tree_root(&self.tile(below, number)?)))
                .collect::<Result<_, LogError>>()?,
        };
        write_if_room(&self.directory.join(hash_tile(level, number)), &concat(&hashes))?;
        Ok(hashes)
    }

    /// The entries `start..end` of the log, at most one tile's.
    fn read_entries(&self, start: u64, end: u64) -> Result<Vec<Entry>, LogError> {
        let count = usize::try_from(end - start).expect("at most one tile");
        let mut bytes = vec![0; count * ENTRY_LENGTH];
        self.entries
            .read_exact_at(&mut bytes, start * ENTRY_LENGTH as u64)
            .map_err(|error| DiskError::of("read", &self.directory.join("entries"), &error))?;
        Ok(bytes.as_chunks().0.iter().copied().map(Entry).collect())
    }
}

/// The entries `start..end` of the log, in order.
pub(super) fn read_log(
    directory: &Path,
    start: u64,
    end: u64,
) -> Result<impl Iterator<Item = Result<Entry, LogError>>, LogError> {
    let path = directory.join("entries");
    let failed = move |error: std::io::Error| DiskError::of("read", &path, &error);
    let mut log = BufReader::with_capacity(1 << 16, open_entries(directory)?);
    log.seek(SeekFrom::Start(start * ENTRY_LENGTH as u64)).map_err(&failed)?;
    Ok((start..end).map(move |_| {
        let mut entry = [0; ENTRY_LENGTH];
        log.read_exact(&mut entry).map_err(&failed)?;
        Ok(Entry(entry))
    }))
}

/// Writes a tile, making the directories that it is the first in.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    match durable::read_up_to(path, bytes.len() as u64) {
        Ok(there) if there == bytes => return Ok(()),
        Ok(_) | Err(_) => {}
    }
    durable::create_dir_all(path.parent().expect("a tile lies in a directory"))?;
    durable::write_atomically(path, bytes, 0o600)
}

/// Puts a tile back that was lost. Whoever reads it next can make it again.
fn write_if_room(path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    match write(path, bytes) {
        Err(DiskError::Full { .. }) => Ok(()),
        outcome => outcome,
    }
}

/// `tile/<level>/<number>`, in the path that tlog-tiles gives it.
fn hash_tile(level: u32, number: u64) -> PathBuf {
    PathBuf::from(format!("tile/{level}/{}", numbered(number)))
}

/// `tile/entries/<number>`.
fn entry_bundle(number: u64) -> PathBuf {
    PathBuf::from(format!("tile/entries/{}", numbered(number)))
}

/// `<path>.p/<width>`.
fn partial_path(full: &Path, width: usize) -> PathBuf {
    with_suffix(full, ".p").join(width.to_string())
}

/// `tile/0/000` for `tile/0/000.p/7`.
pub(super) fn full_path(partial: &Path) -> PathBuf {
    partial.parent().map(|directory| directory.with_extension("")).unwrap_or_default()
}

/// The partial tiles under `DIR/journal`, from `tile/` on.
pub(super) fn partial_tiles(journal: &Path) -> Result<Vec<PathBuf>, DiskError> {
    let (mut waiting, mut found) = (vec![PathBuf::from("tile")], Vec::new());
    while let Some(directory) = waiting.pop() {
        let partial = directory.extension().is_some_and(|end| end == "p");
        for name in super::names_in(&journal.join(&directory))? {
            let path = directory.join(name);
            if partial {
                found.push(path);
            } else if journal.join(&path).is_dir() {
                waiting.push(path);
            }
        }
    }
    Ok(found)
}

/// Removes the partial tiles of earlier checkpoints. A tree that is not the newest has none of its own any
/// more, and a reader makes them from what follows.
pub(super) fn tidy(journal: &Path, newest: &[TileFile]) -> Result<(), DiskError> {
    for path in partial_tiles(journal)? {
        if newest.iter().all(|file| file.path != path) {
            // Derived, and harmless where it stays: no sync is spent on it.
            let _ = std::fs::remove_file(journal.join(&path));
        }
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// 1234067 as `x001/x234/067`.
pub(super) fn numbered(number: u64) -> String {
    let mut text = format!("{:03}", number % 1000);
    let mut rest = number / 1000;
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1000);
        rest /= 1000;
    }
    text
}

fn concat(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

fn split(bytes: &[u8]) -> Vec<Digest> {
    bytes.as_chunks().0.iter().copied().map(Digest).collect()
}

/// A bundle of entries: each after its length in two bytes, big-endian.
fn bundle(entries: &[Entry]) -> Vec<u8> {
    const LENGTH: [u8; 2] = (ENTRY_LENGTH as u16).to_be_bytes();
    entries.iter().flat_map(|entry| LENGTH.into_iter().chain(entry.0)).collect()
}
