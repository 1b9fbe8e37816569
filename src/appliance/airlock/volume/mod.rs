//! What lies on a USB stick, read out of its bytes: never mounted, each sector asked for once.
//!
//! ```text
//!  Blocks -> Once -> partitions -> fat | exfat -> entries -> names -> Listing
//!              ^                        |                               |
//!              +---- clusters: chains <-+                copy <- Found -+
//! ```

mod clusters;
mod fat;
mod names;
mod once;
mod refusal;

#[cfg(test)]
mod tests;

pub use once::Blocks;
pub use refusal::{Format, StickRefusal};

use std::io;

use clusters::{Chains, Extent, Layout, Root, Run, pieces};
use fat::{ENTRY, Entries, Stands, attribute};
use names::Name;
use once::{Once, SECTOR};

use crate::exchange::bundle::card::CARD_LIMIT;
use crate::exchange::bundle::header::BUNDLE_LIMIT;
use crate::exchange::time::TOKEN_LIMIT;

/// Entries of directories that are looked at, at most.
pub const MOST_ENTRIES: usize = 1 << 18;
/// Files that are taken from one stick, at most.
pub const MOST_FILES: usize = 10_000;
/// Files are read in pieces of this many bytes.
const PIECE: usize = 1 << 20;
/// What the refusals call the stick's own list of files.
const TOP: &str = "-";

/// What a file is, by its name. What it really is, its reader finds out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Sealed invoices (`*.bundle`).
    Bundle,
    /// A time token (`*.tsr`).
    Token,
    /// The card of a shop or a box (`*.card`).
    Card,
}

impl Kind {
    /// How many bytes such a file may have.
    #[must_use]
    pub fn longest(self) -> u64 {
        match self {
            Self::Bundle => BUNDLE_LIMIT,
            Self::Token => TOKEN_LIMIT as u64,
            Self::Card => CARD_LIMIT as u64,
        }
    }
}

/// A file that is to be taken, and where its bytes lie.
#[derive(Clone, Debug)]
pub struct Found {
    path: String,
    kind: Kind,
    length: u64,
    runs: Vec<Run>,
}

impl Found {
    /// Its name for people, with its folder. Not fit for opening anything.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What it is by its name.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }
}

/// What is on a stick.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// What is to be taken, in the order in which it stands there.
    pub found: Vec<Found>,
    /// What would be taken, but is damaged; each refusal names its file.
    pub damaged: Vec<StickRefusal>,
    /// Other people's files, folders, hidden files: how many.
    pub passed_over: u64,
}

/// A stick, or the partition of it that is read.
#[derive(Debug)]
pub struct Volume<B> {
    once: Once<B>,
    layout: Layout,
    chains: Chains,
}

impl<B: Blocks> Volume<B> {
    /// Finds the file system: on the bare device or in a partition.
    ///
    /// # Errors
    /// Where there is none that is read, or it contradicts itself.
    pub fn open(blocks: B) -> Result<Self, StickRefusal> {
        let mut once = Once::new(blocks);
        let mut boot = [0; SECTOR as usize];
        if once.length() < SECTOR {
            return Err(StickRefusal::Unknown);
        }
        once.table(0, &mut boot)?;
        if !fat::looks_like(&boot) {
            return Err(StickRefusal::Unknown);
        }
        let layout = fat::layout(&boot, 0, once.length()).ok_or(StickRefusal::Geometry)?;
        Ok(Self { once, layout, chains: Chains::default() })
    }

    /// What is to be taken from the top and from a folder called `kluis`. Reads those two directories;
    /// a second call is refused.
    ///
    /// # Errors
    /// Where a directory cannot be read whole, or has too much in it.
    pub fn list(&mut self) -> Result<Listing, StickRefusal> {
        let mut listing = Listing::default();
        let mut seen = 0;
        let places = match self.layout.root {
            Root::Fixed { offset, length } => vec![(offset, length.div_ceil(SECTOR) * SECTOR)],
            Root::Chain(first) => self.folder(first, TOP)?,
        };
        let folders = self.directory(&places, "", &mut listing, &mut seen)?;
        for (first, name) in folders {
            match self.folder(first, &name) {
                Ok(places) => {
                    self.directory(&places, &format!("{name}/"), &mut listing, &mut seen)?;
                }
                Err(refusal) => listing.damaged.push(refusal),
            }
        }
        Ok(listing)
    }

    /// Reads a file's bytes, in order, into `out`. Each file can be copied once.
    ///
    /// # Errors
    /// Where the device does not answer, or `out` does not take the bytes.
    pub fn copy(
        &mut self,
        found: &Found,
        out: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), StickRefusal> {
        let mut left = found.length;
        let mut buffer = vec![0; PIECE];
        for (offset, length) in pieces(&self.layout, &found.runs, found.length, PIECE as u64) {
            let piece = &mut buffer[..length as usize];
            self.once.stream(offset, piece)?;
            let fresh = left.min(length);
            out(&piece[..fresh as usize]).map_err(|error| StickRefusal::NotHandedOn {
                file: found.path.clone(),
                reason: error.to_string(),
            })?;
            left -= fresh;
        }
        Ok(())
    }

    /// Where a directory's bytes lie.
    fn folder(&mut self, first: u32, name: &str) -> Result<Vec<(u64, u64)>, StickRefusal> {
        let runs = self.chains.follow(&mut self.once, &self.layout, first, Extent::Whole, name)?;
        Ok(runs.into_iter().map(|run| self.layout.place(run)).collect())
    }

    /// Reads a directory; gives back the folders in it that are looked into.
    fn directory(
        &mut self,
        places: &[(u64, u64)],
        folder: &str,
        listing: &mut Listing,
        seen: &mut usize,
    ) -> Result<Vec<(u32, String)>, StickRefusal> {
        let mut folders = Vec::new();
        let mut entries = Entries::default();
        let mut sector = [0; SECTOR as usize];
        for at in places.iter().flat_map(|(offset, length)| (*offset..offset + length).step_by(512)) {
            self.once.stream(at, &mut sector)?;
            for raw in sector.as_chunks::<ENTRY>().0 {
                *seen += 1;
                if *seen > MOST_ENTRIES {
                    return Err(StickRefusal::TooManyEntries { limit: MOST_ENTRIES });
                }
                let entry = match entries.next(raw, self.layout.width) {
                    Stands::End => return Ok(folders),
                    Stands::Nothing => continue,
                    Stands::Entry(entry) => entry,
                };
                if entry.attributes & attribute::FOLDER != 0 {
                    if folder.is_empty() && entry.name.is_folder() {
                        folders.push((entry.first, entry.name.shown()));
                    } else {
                        listing.passed_over += 1;
                    }
                    continue;
                }
                let hidden = entry.attributes & (attribute::HIDDEN | attribute::SYSTEM) != 0;
                self.file(&entry.name, hidden, folder, entry.first, u64::from(entry.length), listing)?;
            }
        }
        Ok(folders)
    }

    fn file(
        &mut self,
        name: &Name,
        hidden: bool,
        folder: &str,
        first: u32,
        length: u64,
        listing: &mut Listing,
    ) -> Result<(), StickRefusal> {
        let Some(kind) = name.kind().filter(|_| !hidden && !name.is_hidden()) else {
            listing.passed_over += 1;
            return Ok(());
        };
        if listing.found.len() + listing.damaged.len() >= MOST_FILES {
            return Err(StickRefusal::TooManyFiles { limit: MOST_FILES });
        }
        let path = format!("{folder}{}", name.shown());
        if length == 0 {
            listing.damaged.push(StickRefusal::Empty { file: path });
        } else if length > kind.longest() {
            listing.damaged.push(StickRefusal::TooLong { file: path, limit: kind.longest() });
        } else {
            let extent = Extent::Bytes(length);
            match self.chains.follow(&mut self.once, &self.layout, first, extent, &path) {
                Ok(runs) => listing.found.push(Found { path, kind, length, runs }),
                Err(whole @ (StickRefusal::Scattered | StickRefusal::Twice)) => return Err(whole),
                Err(refusal) => listing.damaged.push(refusal),
            }
        }
        Ok(())
    }
}
