//! What lies on a USB stick, read out of its bytes: never mounted, each sector asked for once.
//!
//! ```text
//!  Blocks -> Once -> partitions -> fat | exfat -> entries -> names -> Listing
//!              ^                        |                               |
//!              +---- clusters: chains <-+                copy <- Found -+
//! ```

mod clusters;
mod entries;
mod exfat;
mod fat;
mod foreign;
mod names;
mod once;
mod partitions;
mod refusal;
mod write;

#[cfg(test)]
mod tests;

pub use once::Blocks;
pub use refusal::{Format, StickRefusal};
pub use write::LONGEST_WRITTEN;

use std::io;

use clusters::{Chains, Extent, Layout, Root, Run, Width, cut, pieces};
use entries::{ENTRY, Entry, Stands};
use names::Name;
use once::{Once, SECTOR, SECTOR_BYTES};
use partitions::Place;

use crate::exchange::bundle::card::CARD_LIMIT;
use crate::exchange::bundle::header::BUNDLE_LIMIT;
use crate::exchange::time::TOKEN_LIMIT;

/// Entries of directories that are looked at, at most.
pub const MOST_ENTRIES: usize = 1 << 18;
/// Files that are taken from one stick, at most.
pub const MOST_FILES: usize = 10_000;
/// Files are read in pieces of this many bytes.
const PIECE: usize = 1 << 20;
/// And directories in pieces of this many.
const DIRECTORY_PIECE: usize = 32 * 1024;
/// What the refusals call the stick's own list of files.
pub(super) const TOP: &str = "top";

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
    /// What a file is by its name; tests take every file.
    kind: fn(&Name) -> Option<Kind>,
}

impl<B: Blocks> Volume<B> {
    /// Finds the file system: on the bare device or in a partition.
    ///
    /// # Errors
    /// Where there is none that is read, or it contradicts itself.
    pub fn open(blocks: B) -> Result<Self, StickRefusal> {
        let mut once = Once::new(blocks);
        let layout = find(&mut once)?;
        Ok(Self { once, layout, chains: Chains::default(), kind: Name::kind })
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
            Root::Fixed { offset, length } => cut(offset, length, DIRECTORY_PIECE as u64).collect(),
            Root::Chain(first) => {
                let runs = self.chains.follow(&mut self.once, &self.layout, first, Extent::Whole, TOP)?;
                self.pieces(&runs, u64::MAX)
            }
        };
        for (name, folder) in self.directory(&places, "", &mut listing, &mut seen)? {
            let runs = match self.runs(&folder, &name) {
                Ok(runs) => runs,
                Err(refusal) if refusal.is_of_one_file() => {
                    listing.damaged.push(refusal);
                    continue;
                }
                Err(refusal) => return Err(refusal),
            };
            let places = self.pieces(&runs, if folder.length > 0 { folder.length } else { u64::MAX });
            self.directory(&places, &format!("{name}/"), &mut listing, &mut seen)?;
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
        let mut buffer = vec![0; PIECE.min(found.length.next_multiple_of(SECTOR) as usize)];
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

    /// The clusters of a file or a folder.
    fn runs(&mut self, entry: &Entry, path: &str) -> Result<Vec<Run>, StickRefusal> {
        if entry.contiguous {
            return self.chains.contiguous(&self.layout, entry.first, entry.length, path);
        }
        // A FAT does not say how long a folder is.
        let extent = if entry.length == 0 { Extent::Whole } else { Extent::Bytes(entry.length) };
        self.chains.follow(&mut self.once, &self.layout, entry.first, extent, path)
    }

    /// A directory's bytes, in pieces.
    fn pieces(&self, runs: &[Run], length: u64) -> Vec<(u64, u64)> {
        pieces(&self.layout, runs, length, DIRECTORY_PIECE as u64).collect()
    }

    /// Reads a directory; gives back the folders in it that are looked into.
    fn directory(
        &mut self,
        places: &[(u64, u64)],
        folder: &str,
        listing: &mut Listing,
        seen: &mut usize,
    ) -> Result<Vec<(String, Entry)>, StickRefusal> {
        let mut folders = Vec::new();
        let (mut fat, mut exfat) = (fat::Entries::default(), exfat::Sets::default());
        let width = self.layout.width;
        let mut buffer = vec![0; DIRECTORY_PIECE];
        for (offset, length) in places {
            let piece = &mut buffer[..*length as usize];
            self.once.stream(*offset, piece)?;
            for raw in piece.as_chunks::<ENTRY>().0 {
                *seen += 1;
                if *seen > MOST_ENTRIES {
                    return Err(StickRefusal::TooManyEntries { limit: MOST_ENTRIES });
                }
                let stands = if width == Width::ExFat { exfat.next(raw) } else { fat.next(raw, width) };
                match stands {
                    Stands::End => return Ok(folders),
                    Stands::Nothing => {}
                    Stands::Broken(name) if (self.kind)(&name).is_some() && !name.is_hidden() => {
                        let file = format!("{folder}{}", name.shown());
                        listing.name(StickRefusal::Entry { file })?;
                    }
                    Stands::Entry(entry) if entry.folder && folder.is_empty() && entry.name.is_folder() => {
                        folders.push((entry.name.shown(), entry));
                    }
                    Stands::Entry(entry) if !entry.folder => self.file(&entry, folder, listing)?,
                    Stands::Entry(_) | Stands::Broken(_) => listing.passed_over += 1,
                }
            }
        }
        Ok(folders)
    }

    /// Lists a file if it is one to take.
    fn file(&mut self, entry: &Entry, folder: &str, listing: &mut Listing) -> Result<(), StickRefusal> {
        let hidden = entry.hidden || entry.name.is_hidden();
        let Some(kind) = (self.kind)(&entry.name).filter(|_| !hidden) else {
            listing.passed_over += 1;
            return Ok(());
        };
        let path = format!("{folder}{}", entry.name.shown());
        let (length, limit) = (entry.length, kind.longest());
        let file = path.clone();
        if length == 0 {
            listing.name(StickRefusal::Empty { file })
        } else if length > limit {
            listing.name(StickRefusal::TooLong { file, limit })
        } else if entry.written < length {
            listing.name(StickRefusal::Unfinished { file })
        } else {
            match self.runs(entry, &path) {
                Ok(runs) => listing.take(Found { path, kind, length, runs }),
                Err(refusal) if refusal.is_of_one_file() => listing.name(refusal),
                Err(refusal) => Err(refusal),
            }
        }
    }
}

impl Listing {
    fn take(&mut self, found: Found) -> Result<(), StickRefusal> {
        self.found.push(found);
        self.bounded()
    }

    fn name(&mut self, refusal: StickRefusal) -> Result<(), StickRefusal> {
        self.damaged.push(refusal);
        self.bounded()
    }

    fn bounded(&self) -> Result<(), StickRefusal> {
        let many = self.found.len() + self.damaged.len() > MOST_FILES;
        if many { Err(StickRefusal::TooManyFiles { limit: MOST_FILES }) } else { Ok(()) }
    }
}

/// What begins at a place.
struct Beginning {
    sector: [u8; SECTOR_BYTES],
    /// The file system, or why it cannot be the one that it looks like.
    layout: Option<Result<Layout, StickRefusal>>,
}

/// The file system of a device: on it as it is, or in the first partition that has one.
fn find<B: Blocks>(once: &mut Once<B>) -> Result<Layout, StickRefusal> {
    let whole = Place { start: 0, length: once.length() };
    let Some(bare) = beginning(once, whole)? else { return Err(StickRefusal::Unknown) };
    let mut refusal = match bare.layout {
        Some(Ok(layout)) => return Ok(layout),
        Some(Err(refusal)) => Some(refusal),
        None => None,
    };
    let partitions = match partitions::find(once, &bare.sector) {
        Ok(partitions) => partitions,
        Err(StickRefusal::Partitions) => {
            refusal.get_or_insert(StickRefusal::Partitions);
            Vec::new()
        }
        Err(refusal) => return Err(refusal),
    };
    for place in &partitions {
        match beginning(once, *place)?.and_then(|found| found.layout) {
            Some(Ok(layout)) => return Ok(layout),
            Some(Err(error)) => refusal = refusal.or(Some(error)),
            None => {}
        }
    }
    for place in partitions.into_iter().chain([whole]) {
        if let Some(format) = foreign::name(once, place)? {
            return Err(StickRefusal::Foreign { format });
        }
    }
    Err(refusal.unwrap_or(StickRefusal::Unknown))
}

fn beginning<B: Blocks>(once: &mut Once<B>, place: Place) -> Result<Option<Beginning>, StickRefusal> {
    let Place { start, length } = place;
    if length < SECTOR {
        return Ok(None);
    }
    let mut sector = [0; SECTOR_BYTES];
    once.table(start, &mut sector)?;
    let layout = if exfat::looks_like(&sector) {
        match exfat::layout(once, &sector, start, length) {
            Err(unreadable @ StickRefusal::Unreadable { .. }) => return Err(unreadable),
            layout => Some(layout),
        }
    } else if fat::looks_like(&sector) && !foreign::is_bitlocker(&sector) {
        Some(fat::layout(&sector, start, length).ok_or(StickRefusal::Geometry))
    } else {
        None
    };
    Ok(Some(Beginning { sector, layout }))
}
