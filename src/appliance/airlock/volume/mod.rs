//! What lies on a USB stick, read out of its bytes: never mounted, each sector asked for once.
//!
//! ```text
//!  Blocks -> Once -> find: bare | MBR | GPT -> fat | exfat: Layout
//!              ^                                  |
//!              |     clusters: chains <-----------+
//!              |                                  |
//!              +---- list: entries -> names -> Listing -> Found -> copy -> bytes
//!              +---- write: one file into free space -> sectors
//! ```
//! Comes in: a device or an image, as [`Blocks`]. Goes out: a [`Listing`] of the bundles, time tokens and
//! cards in the top folder and in a folder called `kluis`, and their bytes, in order. The room is pure:
//! no file, no process, no clock, no key, and no system call but those behind [`Blocks`].
//!
//! What it promises, of any bytes whatsoever:
//! - They are read or refused, with a sentence that names the file or says how to format the stick. A
//!   damaged file does not keep the others from being read.
//! - No sector is asked for twice ([`once`]); so what was decided on is what is used, and all reading
//!   together is at most the device. A file's chain is followed when it is listed, and clusters that one
//!   file has are no other's.
//! - Memory stays below 64 MiB: of tables 24 MiB are held, and names, pieces and places are counted
//!   ([`MOST_ENTRIES`], [`MOST_FILES`]). Everything is sized by what the device has; no number that the
//!   stick states is allocated for.
//! - What is written ([`Volume::write`]) goes into free space, and nothing else changes.
//!
//! What it does not promise:
//! - That a device is read once where the system reads ahead or forgets: "once" is once from here.
//! - Anything about what a file holds, or that a stick's first and second table agree: one is used, the
//!   one that the volume says counts. An exFAT's bitmap and its hashes of names are not looked at for
//!   reading.
//! - More than one partition: the first with FAT or exFAT is read, a Mac's EFI partition after all
//!   others. Logical drives of an MBR and what an Apple Partition Map leads to are refused by their names; RAID
//!   of any kind is not known.
//!
//! # Why our own
//! Of the crates that read FAT and exFAT (November 2026) one panics on changed images and wants to write
//! to the device, one loses files and allocates what a stick asks for, one is sound and 40,000 lines that
//! follow pointers back and forth. None reads a sector once, and none can be bounded from outside. Reading
//! and no more is a thousand lines, which a reviewer can read in an evening. The sound one,
//! `hadris-fat`, is our second opinion in the tests: it makes the sticks that we read, reads the ones that
//! we wrote on, and checks them; so do dosfstools, exfatprogs and mtools, with their own test images.

mod clusters;
mod entries;
mod exfat;
mod fat;
mod find;
mod foreign;
mod list;
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

use clusters::{Chains, Layout, Run, pieces};
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
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Bundle, Self::Token, Self::Card];

    /// How its name ends, in small letters.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::Token => "tsr",
            Self::Card => "card",
        }
    }

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
        let layout = find::layout(&mut once)?;
        Ok(Self { once, layout, chains: Chains::default(), kind: Name::kind })
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
}
