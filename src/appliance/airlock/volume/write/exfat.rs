//! Planning a file onto exFAT: into clusters in a row where there are enough, of which the table then
//! says nothing; otherwise into a chain.

use std::collections::BTreeSet;

use super::super::clusters::{Extent, Run, cut};
use super::super::entries::{ENTRY, Stands, u16_at, u32_at, u64_at};
use super::super::exfat::{LETTERS, Sets, checksum, kind};
use super::super::fat::attribute;
use super::super::once::{Blocks, SECTOR, SECTOR_BYTES};
use super::super::{StickRefusal, TOP, Volume};
use super::{Changed, DAY, Plan, Top, fresh};

/// A table of capital letters, at most: all of them, each of two bytes.
const LONGEST_UPCASE: u64 = 128 * 1024;
/// How many of them are needed: those of ASCII.
const LETTERS_NEEDED: usize = 128;

/// Which clusters are free: a bit for each, in the clusters of the bitmap.
struct Bitmap {
    runs: Vec<Run>,
}

impl<B: Blocks> Volume<B> {
    /// The plan for one file, and its name.
    pub(super) fn plan_exfat(&mut self, name: &str, bytes: &[u8]) -> Result<(String, Plan), StickRefusal> {
        let no_room = || StickRefusal::NoRoom { file: name.to_owned() };
        let unwritable = || StickRefusal::Unwritable { file: name.to_owned() };
        if self.layout.tables.len() != 1 {
            return Err(unwritable());
        }
        let mut top = self.top()?;
        self.agrees(&top, name)?;
        let there = names(&top);
        let taken = |name: &str| there.contains(&name.to_ascii_lowercase());
        let name_there = fresh(name, taken).ok_or_else(no_room)?;
        let bitmap = self.bitmap(&top)?.ok_or_else(unwritable)?;
        let capitals = self.capitals(&top)?.ok_or_else(unwritable)?;

        let wanted = 2 + name_there.len().div_ceil(LETTERS);
        let grown = match top.room(wanted, |kind| kind & 0x80 == 0) {
            Ok(_) => 0,
            Err(at_end) => self.growth(&top, wanted, at_end).ok_or_else(no_room)?,
        };
        let needed = bytes.len().div_ceil(self.layout.cluster as usize);
        let data = self.free_in(&bitmap, needed, &[])?.ok_or_else(no_room)?;
        let more = self.free_in(&bitmap, grown, &data)?.ok_or_else(no_room)?;
        let in_a_row = data.windows(2).all(|two| two[1] == two[0] + 1);

        let mut plan = Plan::default();
        self.data(&data, bytes, &mut plan);
        self.empty(&more, &mut plan);
        let mut changed = Changed::default();
        for cluster in data.iter().chain(&more) {
            let (at, bit) = self.bit(&bitmap, *cluster).ok_or_else(unwritable)?;
            changed.byte(&mut self.once, at, |old| old | bit)?;
        }
        changed.plan(&mut plan);
        self.chain(if in_a_row { &[] } else { &data }, top.last, &more, &mut plan)?;
        top.grow(&self.layout, &more);
        let first = top.room(wanted, |kind| kind & 0x80 == 0).map_err(|_| no_room())?;
        let set = set(&name_there, &capitals, data[0], bytes.len() as u64, in_a_row);
        // The entry that counts is the first one.
        plan.writes.extend(top.put(first, &set).into_iter().rev());
        Ok((name_there, plan))
    }

    /// Where the bitmap lies, if there is one that covers the volume.
    fn bitmap(&mut self, top: &Top) -> Result<Option<Bitmap>, StickRefusal> {
        let Some(raw) = one(top, kind::BITMAP) else { return Ok(None) };
        let (first, length) = (u32_at(&raw, 20), u64_at(&raw, 24));
        if length < u64::from(self.layout.clusters).div_ceil(8) {
            return Ok(None);
        }
        let extent = Extent::Bytes(u64::from(self.layout.clusters).div_ceil(8));
        let runs = self.chains.follow(&mut self.once, &self.layout, first, extent, TOP)?;
        Ok(Some(Bitmap { runs }))
    }

    /// Where the bit of a cluster lies, and which of the byte's it is.
    fn bit(&self, bitmap: &Bitmap, cluster: u32) -> Option<(u64, u8)> {
        let number = cluster - 2;
        let mut byte = u64::from(number / 8);
        for run in &bitmap.runs {
            let (offset, length) = self.layout.place(*run);
            if byte < length {
                return Some((offset + byte, 1 << (number % 8)));
            }
            byte -= length;
        }
        None
    }

    /// Free clusters in order, in a row if there are as many, none of them among `but`, which are in order too.
    fn free_in(
        &mut self,
        bitmap: &Bitmap,
        wanted: usize,
        but: &[u32],
    ) -> Result<Option<Vec<u32>>, StickRefusal> {
        let (mut scattered, mut row) = (Vec::new(), Vec::new());
        let mut cluster = 2;
        let places = bitmap.runs.iter().map(|run| self.layout.place(*run));
        let sectors: Vec<_> = places.flat_map(|(at, length)| cut(at, length, SECTOR)).collect();
        'all: for (at, _) in sectors {
            let mut sector = [0; SECTOR_BYTES];
            match self.once.table(at, &mut sector) {
                Ok(()) => {}
                // As much of the bitmap was looked at as memory is given for.
                Err(StickRefusal::Scattered) => break,
                Err(refusal) => return Err(refusal),
            }
            for byte in sector {
                // Eight that are taken: most of a stick that is nearly full.
                if byte == u8::MAX && row.len() < wanted {
                    row.clear();
                    cluster += 8;
                    continue;
                }
                for bit in 0..8 {
                    if row.len() == wanted || !self.layout.has(cluster) {
                        break 'all;
                    }
                    let taken = byte & 1 << bit != 0;
                    if taken || but.binary_search(&cluster).is_ok() || self.chains.has(cluster) {
                        row.clear();
                    } else {
                        row.push(cluster);
                        scattered.extend(Some(cluster).filter(|_| scattered.len() < wanted));
                    }
                    cluster += 1;
                }
            }
        }
        let found = if row.len() == wanted { row } else { scattered };
        Ok((found.len() == wanted).then_some(found))
    }

    /// The capital of each letter of ASCII, by the volume's own table.
    fn capitals(&mut self, top: &Top) -> Result<Option<Vec<u16>>, StickRefusal> {
        let Some(raw) = one(top, kind::UPCASE) else { return Ok(None) };
        let (sum, first, length) = (u32_at(&raw, 4), u32_at(&raw, 20), u64_at(&raw, 24));
        if length == 0 || length > LONGEST_UPCASE || !length.is_multiple_of(2) {
            return Ok(None);
        }
        let extent = Extent::Bytes(length);
        let runs = self.chains.follow(&mut self.once, &self.layout, first, extent, TOP)?;
        let mut table = Vec::new();
        for (offset, length) in super::pieces(&self.layout, &runs, length, LONGEST_UPCASE) {
            let at = table.len();
            table.resize(at + length as usize, 0);
            self.once.stream(offset, &mut table[at..])?;
        }
        table.truncate(length as usize);
        let read = table.iter().fold(0_u32, |sum, byte| sum.rotate_right(1).wrapping_add(u32::from(*byte)));
        if read != sum {
            return Ok(None);
        }
        let (mut capitals, mut units) = (Vec::new(), table.chunks_exact(2).map(|two| u16_at(two, 0)));
        while capitals.len() < LETTERS_NEEDED {
            match (units.next(), capitals.len() as u16) {
                // So many letters that are their own capitals.
                (Some(0xffff), at) => capitals.extend(at..at.saturating_add(units.next().unwrap_or(0))),
                (Some(unit), _) => capitals.push(unit),
                (None, at) => capitals.push(at),
            }
        }
        Ok(Some(capitals))
    }
}

/// The entry of a table at the top.
fn one(top: &Top, kind: u8) -> Option<[u8; ENTRY]> {
    let used = top.bytes.as_chunks::<ENTRY>().0.iter().take_while(|raw| raw[0] != kind::END);
    used.into_iter().find(|raw| raw[0] == kind).copied()
}

/// The names that are there, in lower case.
fn names(top: &Top) -> BTreeSet<String> {
    let (mut there, mut sets) = (BTreeSet::new(), Sets::default());
    for raw in top.bytes.as_chunks::<ENTRY>().0 {
        match sets.next(raw) {
            Stands::End => break,
            Stands::Entry(entry) => there.insert(entry.name.shown().to_ascii_lowercase()),
            Stands::Broken(name) => there.insert(name.shown().to_ascii_lowercase()),
            Stands::Nothing => continue,
        };
    }
    there
}

/// The entries of a file.
fn set(name: &str, capitals: &[u16], first: u32, length: u64, in_a_row: bool) -> Vec<u8> {
    let units: Vec<u16> = name.encode_utf16().collect();
    let names = units.len().div_ceil(LETTERS);
    let mut set = vec![0; (2 + names) * ENTRY];
    set[0] = kind::FILE;
    set[1] = 1 + names as u8;
    set[4] = attribute::ARCHIVE;
    for at in [8, 12, 16] {
        // Created, changed, looked at; the day is in the upper half.
        set[at + 2..at + 4].copy_from_slice(&DAY.to_le_bytes());
    }
    let hash = units.iter().flat_map(|unit| capitals[usize::from(*unit)].to_le_bytes());
    let hash = hash.fold(0_u16, |sum, byte| sum.rotate_right(1).wrapping_add(u16::from(byte)));
    let stream = &mut set[ENTRY..2 * ENTRY];
    stream[0] = kind::STREAM;
    stream[1] = if in_a_row { 3 } else { 1 };
    stream[3] = units.len() as u8;
    stream[4..6].copy_from_slice(&hash.to_le_bytes());
    stream[8..16].copy_from_slice(&length.to_le_bytes());
    stream[20..24].copy_from_slice(&first.to_le_bytes());
    stream[24..32].copy_from_slice(&length.to_le_bytes());
    for (piece, letters) in units.chunks(LETTERS).enumerate() {
        let raw = &mut set[(2 + piece) * ENTRY..(3 + piece) * ENTRY];
        raw[0] = kind::NAME;
        for (letter, unit) in letters.iter().enumerate() {
            raw[2 + 2 * letter..4 + 2 * letter].copy_from_slice(&unit.to_le_bytes());
        }
    }
    let sum = checksum(&set);
    set[2..4].copy_from_slice(&sum.to_le_bytes());
    set
}
