//! One file onto a stick, into free space: a receipt or a card that an officer takes along.
//!
//! Everything is planned before anything is written: [`Plan`] is the list of sectors with what they
//! will hold. Nothing is in it but free clusters, their entries in the tables (each copy of a table is
//! changed by itself, even where it differs from the first), the count of free clusters, and free
//! entries of the directory at the top. They are written in an order after which an unplugged stick
//! still shows all that it showed before: the bytes, the tables, the directory. What is left then is
//! space that is taken and belongs to nobody, which every checking program gives back.
//!
//! The stick's own mark for "not taken out properly" is left as it is, and so is an exFAT's percentage
//! of use, which is no more than a hint. A stick on which a file that would be taken contradicts the tables is
//! not written onto: what is free there is not known. The file's time is 1 January 1980, the earliest there is: the
//! box's clock is no business of a stick's. A stick that keeps two exFAT tables is not written onto.

mod exfat;
mod fat;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;

use super::clusters::{Extent, Layout, Link, Root, Width, cut, pieces};
use super::entries::ENTRY;
use super::list::DIRECTORY_PIECE;
use super::once::{Blocks, Once, SECTOR, SECTOR_BYTES};
use super::{MOST_ENTRIES, StickRefusal, TOP, Volume};

/// The longest file that is written.
pub const LONGEST_WRITTEN: usize = 1 << 20;
/// The longest name that is asked for.
const LONGEST_NAME: usize = 100;
/// A name that is there already gets a number, up to this one.
const MOST_OF_A_NAME: u32 = 999;
/// 1 January 1980 in the form of both file systems.
const DAY: u16 = 1 << 5 | 1;

/// What is to be written, in this order: whole sectors by where they lie.
#[derive(Debug, Default)]
struct Plan {
    writes: Vec<(u64, Vec<u8>)>,
}

impl Plan {
    fn put(&mut self, offset: u64, bytes: Vec<u8>) {
        debug_assert!(offset.is_multiple_of(SECTOR) && bytes.len().is_multiple_of(SECTOR_BYTES));
        self.writes.push((offset, bytes));
    }
}

/// Sectors of a table, changed in memory.
#[derive(Debug, Default)]
struct Changed(BTreeMap<u64, [u8; SECTOR_BYTES]>);

impl Changed {
    /// Changes one byte of the device.
    fn byte<B: Blocks>(
        &mut self,
        once: &mut Once<B>,
        at: u64,
        change: impl FnOnce(u8) -> u8,
    ) -> Result<(), StickRefusal> {
        let sector = at / SECTOR * SECTOR;
        let bytes = match self.0.entry(sector) {
            Entry::Occupied(changed) => changed.into_mut(),
            Entry::Vacant(place) => {
                let mut bytes = [0; SECTOR_BYTES];
                once.table(sector, &mut bytes)?;
                place.insert(bytes)
            }
        };
        let byte = &mut bytes[(at - sector) as usize];
        *byte = change(*byte);
        Ok(())
    }

    /// Changes a cluster's entry in the table at `table`.
    fn link<B: Blocks>(
        &mut self,
        once: &mut Once<B>,
        layout: &Layout,
        table: u64,
        cluster: u32,
        value: u32,
    ) -> Result<(), StickRefusal> {
        // Which bits of which bytes: a FAT12's entries share a byte, a FAT32's leave four bits alone.
        let (value, mask) = match layout.width {
            Width::Fat12 if cluster % 2 == 1 => ((value & 0xfff) << 4, 0xfff0_u32),
            Width::Fat12 => (value & 0xfff, 0x0fff),
            Width::Fat16 => (value & 0xffff, 0xffff),
            Width::Fat32 => (value & 0x0fff_ffff, 0x0fff_ffff),
            Width::ExFat => (value, u32::MAX),
        };
        let (values, masks) = (value.to_le_bytes(), mask.to_le_bytes());
        for (at, (value, mask)) in (table + layout.entry(cluster)..).zip(values.into_iter().zip(masks)) {
            if mask != 0 {
                self.byte(once, at, |old| old & !mask | value)?;
            }
        }
        Ok(())
    }

    fn plan(self, plan: &mut Plan) {
        for (offset, bytes) in self.0 {
            plan.put(offset, bytes.to_vec());
        }
    }
}

/// The directory at the top, all of it.
#[derive(Debug)]
struct Top {
    bytes: Vec<u8>,
    /// Where its sectors lie.
    sectors: Vec<u64>,
    /// Its last cluster, if it can grow.
    last: Option<u32>,
}

impl Top {
    /// The entries that are free, `wanted` of them in a row: the first such place. `Err` says how many
    /// are free at the very end.
    fn room(&self, wanted: usize, is_free: fn(u8) -> bool) -> Result<usize, usize> {
        let (mut row, mut ended) = (0, false);
        for (number, entry) in self.bytes.as_chunks::<ENTRY>().0.iter().enumerate() {
            ended |= entry[0] == 0;
            row = if ended || is_free(entry[0]) { row + 1 } else { 0 };
            if row == wanted {
                return Ok(number + 1 - wanted);
            }
        }
        Err(row)
    }

    /// Grows by these clusters, in memory.
    fn grow(&mut self, layout: &Layout, clusters: &[u32]) {
        for cluster in clusters {
            let sectors = cut(layout.offset(*cluster), layout.cluster, SECTOR);
            self.sectors.extend(sectors.map(|(offset, _)| offset));
        }
        self.bytes.resize(self.sectors.len() * SECTOR_BYTES, 0);
    }

    /// Puts entries from place `first` on, and an end behind them if they go over the old one. Gives
    /// back the sectors that changed, in order.
    fn put(&mut self, first: usize, entries: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let (from, to) = (first * ENTRY, first * ENTRY + entries.len());
        let over_the_end = self.bytes[..to].as_chunks::<ENTRY>().0.iter().any(|entry| entry[0] == 0);
        self.bytes[from..to].copy_from_slice(entries);
        let mut upto = to;
        if over_the_end && self.bytes.get(to).is_some_and(|kind| *kind != 0) {
            self.bytes[to] = 0;
            upto = to + 1;
        }
        let sectors = from / SECTOR_BYTES..upto.div_ceil(SECTOR_BYTES);
        let sector = |number: usize| self.bytes[number * SECTOR_BYTES..][..SECTOR_BYTES].to_vec();
        sectors.map(|number| (self.sectors[number], sector(number))).collect()
    }
}

impl<B: Blocks> Volume<B> {
    /// Writes one file into free space and gives back the name that it got: the one asked for, or with
    /// a number where that is taken. `apply` writes bytes at an offset of the device; nothing but what
    /// it is handed is changed. Takes the volume: what it read does not hold any more.
    ///
    /// # Errors
    /// Before anything is written: a name or length that is not written, no room, a file system that
    /// contradicts itself. After that: where `apply` fails.
    pub fn write(
        mut self,
        name: &str,
        bytes: &[u8],
        apply: &mut dyn FnMut(u64, &[u8]) -> io::Result<()>,
    ) -> Result<String, StickRefusal> {
        let file = || name.to_owned();
        if !is_fit(name) {
            return Err(StickRefusal::NameUnfit { file: file() });
        }
        if bytes.is_empty() {
            return Err(StickRefusal::Empty { file: file() });
        }
        if bytes.len() > LONGEST_WRITTEN {
            return Err(StickRefusal::TooLong { file: file(), limit: LONGEST_WRITTEN as u64 });
        }
        let (name, plan) = match self.layout.width {
            Width::ExFat => self.plan_exfat(name, bytes)?,
            _ => self.plan_fat(name, bytes)?,
        };
        for (offset, bytes) in &plan.writes {
            apply(*offset, bytes).map_err(|error| StickRefusal::NotWritten {
                file: name.clone(),
                reason: error.to_string(),
            })?;
        }
        Ok(name)
    }

    /// Reads the directory at the top to the last of its clusters.
    fn top(&mut self) -> Result<Top, StickRefusal> {
        let (places, last) = match self.layout.root {
            Root::Fixed { offset, length } => (cut(offset, length, DIRECTORY_PIECE as u64).collect(), None),
            Root::Chain(first) => {
                let runs = self.chains.follow(&mut self.once, &self.layout, first, Extent::Whole, TOP)?;
                let last = runs.last().map(|run| run.first + (run.count - 1));
                let pieces = pieces(&self.layout, &runs, u64::MAX, DIRECTORY_PIECE as u64);
                (pieces.collect::<Vec<_>>(), last)
            }
        };
        let length: u64 = places.iter().map(|(_, length)| length).sum();
        let limit = self.most_entries();
        if length > (limit * ENTRY) as u64 {
            return Err(StickRefusal::TooManyEntries { limit });
        }
        let mut top = Top { bytes: vec![0; length as usize], sectors: Vec::new(), last };
        let mut at = 0;
        for (offset, length) in places {
            self.once.stream(offset, &mut top.bytes[at..at + length as usize])?;
            top.sectors.extend(cut(offset, length, SECTOR).map(|(offset, _)| offset));
            at += length as usize;
        }
        Ok(top)
    }

    /// Sees that no file that is taken from this stick lies, by its entry, where the table says that nothing
    /// does: what is written there would be a part of both. (Others' files are not looked at: a chain that
    /// leads into free clusters ends there for every program, before and after.)
    fn agrees(&mut self, top: &Top, file: &str) -> Result<(), StickRefusal> {
        let listing = self.list_of(&top.bytes)?;
        if listing.damaged.iter().any(StickRefusal::is_of_clusters) {
            return Err(StickRefusal::Unwritable { file: file.to_owned() });
        }
        Ok(())
    }

    /// The file's bytes into its clusters, up to the end of their last sector.
    fn data(&self, clusters: &[u32], bytes: &[u8], plan: &mut Plan) {
        for (cluster, piece) in clusters.iter().zip(bytes.chunks(self.layout.cluster as usize)) {
            let mut sectors = piece.to_vec();
            sectors.resize(piece.len().next_multiple_of(SECTOR_BYTES), 0);
            plan.put(self.layout.offset(*cluster), sectors);
        }
    }

    /// Clusters by which the directory at the top grows: empty, so that nothing shows in them.
    fn empty(&self, clusters: &[u32], plan: &mut Plan) {
        for cluster in clusters {
            for (offset, length) in cut(self.layout.offset(*cluster), self.layout.cluster, 1 << 16) {
                plan.put(offset, vec![0; length as usize]);
            }
        }
    }

    /// Chains the file's clusters, and those by which the directory at the top grows behind its last
    /// one, in every table.
    fn chain(
        &mut self,
        data: &[u32],
        last: Option<u32>,
        more: &[u32],
        plan: &mut Plan,
    ) -> Result<(), StickRefusal> {
        let hung = last.filter(|_| !more.is_empty());
        let chains = [data.to_vec(), hung.into_iter().chain(more.iter().copied()).collect()];
        for table in self.layout.tables.clone() {
            let mut changed = Changed::default();
            for chain in &chains {
                for (number, cluster) in chain.iter().enumerate() {
                    let next = chain.get(number + 1).copied().unwrap_or(u32::MAX);
                    changed.link(&mut self.once, &self.layout, table, *cluster, next)?;
                }
            }
            changed.plan(plan);
        }
        Ok(())
    }

    /// By how many clusters the directory at the top must grow, if it can.
    fn growth(&self, top: &Top, wanted: usize, at_end: usize) -> Option<usize> {
        let more = ((wanted - at_end) * ENTRY).div_ceil(self.layout.cluster as usize);
        let entries = top.bytes.len() / ENTRY + more * self.layout.cluster as usize / ENTRY;
        (top.last.is_some() && entries <= self.most_entries()).then_some(more)
    }

    /// Entries of the directory at the top, at most: a FAT's has no more than 2 MiB.
    fn most_entries(&self) -> usize {
        if self.layout.width == Width::ExFat { MOST_ENTRIES } else { 1 << 16 }
    }

    /// Whether the table, in its first copy, says that a cluster is free.
    fn is_free(&mut self, cluster: u32) -> Result<bool, StickRefusal> {
        Ok(self.layout.link(&mut self.once, cluster)? == Link::Free)
    }
}

/// Whether a name can be written everywhere, and looks harmless everywhere.
fn is_fit(name: &str) -> bool {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')');
    let edge = |c: char| matches!(c, '.' | ' ');
    (1..=LONGEST_NAME).contains(&name.len())
        && name.chars().all(fit)
        && !name.starts_with(edge)
        && !name.ends_with(edge)
}

/// The name, or the name with the first number that is not taken.
fn fresh(name: &str, is_taken: impl Fn(&str) -> bool) -> Option<String> {
    let (base, ending) = name.rfind('.').map_or((name, ""), |dot| name.split_at(dot));
    let numbered = (2..=MOST_OF_A_NAME).map(|number| format!("{base} ({number}){ending}"));
    [name.to_owned()].into_iter().chain(numbered).find(|name| !is_taken(name))
}
