//! Planning a file onto FAT12, FAT16 or FAT32.

use std::collections::BTreeSet;

use super::super::clusters::Width;
use super::super::entries::{ENTRY, Stands, u32_at};
use super::super::fat::{Entries, LETTERS, LETTERS_AT, attribute, checksum};
use super::super::names::Name;
use super::super::once::{Blocks, SECTOR_BYTES};
use super::super::{StickRefusal, Volume};
use super::{DAY, Plan, Top, fresh};

/// An entry's first byte where it is deleted.
const DELETED: u8 = 0xe5;
/// Where FSInfo keeps how many clusters are free, and where to look for them first.
const FREE: usize = 488;
const NEXT: usize = 492;

impl<B: Blocks> Volume<B> {
    /// The plan for one file, and its name.
    pub(super) fn plan_fat(&mut self, name: &str, bytes: &[u8]) -> Result<(String, Plan), StickRefusal> {
        let no_room = || StickRefusal::NoRoom { file: name.to_owned() };
        let mut top = self.top()?;
        self.agrees(&top, name)?;
        let (long, short) = names(&top, self.layout.width);
        let taken = |name: &str| long.contains(&name.to_ascii_lowercase());
        let name_there = fresh(name, taken).ok_or_else(no_room)?;
        let short = short_name(&name_there, &short).ok_or_else(no_room)?;

        let wanted = 1 + name_there.len().div_ceil(LETTERS);
        let grown = match top.room(wanted, |kind| kind == DELETED) {
            Ok(_) => 0,
            Err(at_end) => self.growth(&top, wanted, at_end).ok_or_else(no_room)?,
        };
        let needed = bytes.len().div_ceil(self.layout.cluster as usize);
        let info = self.info()?;
        let hint = info.as_ref().map_or(2, |(_, info)| u32_at(info, NEXT));
        let free = self.free(needed + grown, hint)?.ok_or_else(no_room)?;
        let (data, more) = free.split_at(needed);

        let mut plan = Plan::default();
        self.data(data, bytes, &mut plan);
        self.empty(more, &mut plan);
        self.chain(data, top.last, more, &mut plan)?;
        if let Some((offset, mut info)) = info {
            // A count that cannot be is set to "unknown".
            let left = u32_at(&info, FREE).checked_sub(free.len() as u32);
            let known = left.filter(|left| *left <= self.layout.clusters);
            info[FREE..FREE + 4].copy_from_slice(&known.unwrap_or(u32::MAX).to_le_bytes());
            let last = free.last().expect("at least one");
            info[NEXT..NEXT + 4].copy_from_slice(&last.to_le_bytes());
            plan.put(offset, info.to_vec());
        }
        top.grow(&self.layout, more);
        let first = top.room(wanted, |kind| kind == DELETED).map_err(|_| no_room())?;
        let entries = entries(&name_there, &short, data[0], bytes.len() as u32);
        let sectors = (first * ENTRY + entries.len()).div_ceil(SECTOR_BYTES) - first * ENTRY / SECTOR_BYTES;
        let mut writes = top.put(first, &entries);
        if writes.len() > sectors {
            // The end behind them comes first, and the entry that counts, which is the last one, last.
            writes.rotate_right(1);
        }
        plan.writes.extend(writes);
        Ok((name_there, plan))
    }

    /// Free clusters, looked for from `hint` on.
    fn free(&mut self, wanted: usize, hint: u32) -> Result<Option<Vec<u32>>, StickRefusal> {
        let hint = if self.layout.has(hint) { hint } else { 2 };
        let mut free = Vec::new();
        for cluster in (hint..self.layout.clusters + 2).chain(2..hint) {
            match self.is_free(cluster) {
                Ok(true) => free.push(cluster),
                Ok(false) => continue,
                // As much of the table was looked at as memory is given for.
                Err(StickRefusal::Scattered) => return Ok(None),
                Err(refusal) => return Err(refusal),
            }
            if free.len() == wanted {
                return Ok(Some(free));
            }
        }
        Ok(None)
    }

    /// FSInfo of a FAT32, if it is one.
    fn info(&mut self) -> Result<Option<(u64, [u8; SECTOR_BYTES])>, StickRefusal> {
        let Some(offset) = self.layout.info else { return Ok(None) };
        let mut info = [0; SECTOR_BYTES];
        self.once.table(offset, &mut info)?;
        let is_one = info[..4] == *b"RRaA" && info[484..488] == *b"rrAa";
        Ok(is_one.then_some((offset, info)))
    }
}

/// The names that are there: long ones in lower case (short ones among them), and short ones as they
/// stand there.
fn names(top: &Top, width: Width) -> (BTreeSet<String>, BTreeSet<[u8; 11]>) {
    let (mut long, mut short) = (BTreeSet::new(), BTreeSet::new());
    let mut entries = Entries::default();
    for raw in top.bytes.as_chunks::<ENTRY>().0 {
        match entries.next(raw, width) {
            Stands::End => break,
            Stands::Entry(entry) => {
                let bytes: [u8; 11] = *raw.first_chunk().expect("an entry is longer");
                long.insert(entry.name.shown().to_ascii_lowercase());
                long.insert(Name::short(&bytes, true, true).shown());
                short.insert(bytes);
            }
            Stands::Nothing | Stands::Broken(_) => {}
        }
    }
    (long, short)
}

/// A short name that is not there yet: six letters, `~`, a number.
fn short_name(name: &str, there: &BTreeSet<[u8; 11]>) -> Option<[u8; 11]> {
    let (base, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let letters = |part: &str, most: usize| -> Vec<u8> {
        let fit = part.bytes().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        fit.map(|byte| byte.to_ascii_uppercase()).take(most).collect()
    };
    let (base, ending) = (letters(base, 6), letters(ending, 3));
    let numbered = |number: u32| {
        let number = format!("~{number}");
        let mut short = [b' '; 11];
        let kept = base.len().min(8 - number.len());
        short[..kept].copy_from_slice(&base[..kept]);
        short[kept..kept + number.len()].copy_from_slice(number.as_bytes());
        short[8..8 + ending.len()].copy_from_slice(&ending);
        short
    };
    (1..100_000).map(numbered).find(|short| !there.contains(short))
}

/// The entries of a file: the pieces of its long name, the last one first, then the short one.
fn entries(name: &str, short: &[u8; 11], first: u32, length: u32) -> Vec<u8> {
    let units: Vec<u16> = name.encode_utf16().collect();
    let pieces = units.len().div_ceil(LETTERS);
    let mut entries = Vec::new();
    for piece in (0..pieces).rev() {
        let mut raw = [0; ENTRY];
        raw[0] = (piece + 1) as u8 | if piece + 1 == pieces { 0x40 } else { 0 };
        raw[11] = attribute::LONG_NAME;
        raw[13] = checksum(short);
        for (letter, at) in LETTERS_AT.iter().enumerate() {
            // Behind the name comes a zero, and behind that what is no letter.
            let number = piece * LETTERS + letter;
            let unit = units.get(number).copied().unwrap_or(if number == units.len() { 0 } else { u16::MAX });
            raw[*at..at + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entries.extend(raw);
    }
    let mut raw = [0; ENTRY];
    raw[..11].copy_from_slice(short);
    raw[11] = attribute::ARCHIVE;
    for at in [16, 18, 24] {
        raw[at..at + 2].copy_from_slice(&DAY.to_le_bytes());
    }
    raw[20..22].copy_from_slice(&((first >> 16) as u16).to_le_bytes());
    raw[26..28].copy_from_slice(&(first as u16).to_le_bytes());
    raw[28..].copy_from_slice(&length.to_le_bytes());
    entries.extend(raw);
    entries
}
