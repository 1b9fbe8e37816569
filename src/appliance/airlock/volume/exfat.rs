//! exFAT: the boot region, and the entries of a directory.
//!
//! ```text
//!  boot sector                                 file entry set: 0x85, then 0xc0, then 0xc1 ...
//!  3   "EXFAT   "                              0x85  1 entries behind it  2 checksum (2)
//!  11  53 bytes of zero                              4 attributes (2)
//!  72  sectors (8)                             0xc0  1 flags: 1 has clusters, 2 they lie in a row
//!  80  table: first sector, sectors (4, 4)           3 letters of the name  4 hash of the name (2)
//!  88  clusters: first sector, how many (4, 4)       8 bytes written (8)
//!  96  cluster of the root (4)                       20 first cluster (4)  24 length (8)
//!  106 flags (2): 1 second table counts        0xc1  2 15 letters (UTF-16)
//!  108 log2 of the sector, of sectors per cluster, tables (1, 1, 1)
//! ```
//! The first twelve sectors are the boot region, the last of them its checksum; the next twelve are
//! its copy, which is used where the first does not hold.

use super::StickRefusal;
use super::clusters::{Layout, Root, Width};
use super::entries::{ENTRY, Entry, Stands, u16_at, u32_at, u64_at};
use super::fat::attribute;
use super::names::Name;
use super::once::{Blocks, Once, SECTOR_BYTES};

/// Sectors of a boot region, its checksum being the last.
const REGION: usize = 12;
/// The most entries that one file has.
const MOST_IN_SET: usize = 19;

/// The types of entries that are read or written here.
pub(super) mod kind {
    pub(in super::super) const END: u8 = 0x00;
    pub(in super::super) const BITMAP: u8 = 0x81;
    pub(in super::super) const UPCASE: u8 = 0x82;
    pub(in super::super) const FILE: u8 = 0x85;
    pub(in super::super) const STREAM: u8 = 0xc0;
    pub(in super::super) const NAME: u8 = 0xc1;
}

/// Letters in one entry of a name.
pub(super) const LETTERS: usize = 15;

/// Whether this is the boot sector of an exFAT volume.
pub(super) fn looks_like(boot: &[u8; SECTOR_BYTES]) -> bool {
    boot[3..11] == *b"EXFAT   "
}

/// The parts of the exFAT volume whose boot sector is given, which begins at `start` and of which
/// `room` bytes are on the device.
pub(super) fn layout<B: Blocks>(
    once: &mut Once<B>,
    boot: &[u8; SECTOR_BYTES],
    start: u64,
    room: u64,
) -> Result<Layout, StickRefusal> {
    let shift = boot[108];
    if !(9..=12).contains(&shift) {
        return Err(StickRefusal::Geometry);
    }
    let region = REGION << shift;
    let mut bytes = vec![0; region];
    for copy in [0, region as u64] {
        if copy + region as u64 > room {
            break;
        }
        once.table(start + copy, &mut bytes)?;
        if let Some(layout) = of_region(&bytes, 1 << shift, start, room) {
            return Ok(layout);
        }
    }
    Err(StickRefusal::Geometry)
}

fn of_region(region: &[u8], sector: u64, start: u64, room: u64) -> Option<Layout> {
    let boot: &[u8; SECTOR_BYTES] = region.first_chunk()?;
    let (summed, sums) = region.split_at((REGION - 1) * sector as usize);
    let sum = summed.iter().enumerate().filter(|(at, _)| !matches!(at, 106 | 107 | 112));
    let sum = sum.fold(0_u32, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u32::from(*byte)));
    let holds = sums.as_chunks().0.iter().all(|copy| u32::from_le_bytes(*copy) == sum);
    let ours = looks_like(boot) && boot[11..64].iter().all(|byte| *byte == 0) && boot[105] == 1;
    let (tables, shift) = (boot[110], u32::from(boot[109]));
    // The copy's word for the length of a sector is its own, and may be any number.
    let agrees = 1_u64.checked_shl(u32::from(boot[108])) == Some(sector);
    if !holds || !ours || !agrees || !matches!(tables, 1 | 2) || shift > 25 {
        return None;
    }
    let cluster = sector << shift;
    let table_bytes = u64::from(u32_at(boot, 84)) * sector;
    let second = u64::from(boot[106] & 1);
    if second >= u64::from(tables) {
        return None;
    }
    let table = u64::from(u32_at(boot, 80)) * sector + second * table_bytes;
    let heap = u64::from(u32_at(boot, 88)) * sector;
    let apart = table >= 2 * region.len() as u64 && table.checked_add(table_bytes)? <= heap && heap < room;
    let clusters = u64::from(u32_at(boot, 92))
        .min((table_bytes / 4).checked_sub(2)?)
        .min((room - heap.min(room)) / cluster)
        .min(u64::from(u32::MAX - 10));
    (apart && clusters > 0).then(|| Layout {
        width: Width::ExFat,
        table: start + table,
        tables: if tables == 1 { vec![start + table] } else { Vec::new() },
        info: None,
        root: Root::Chain(u32_at(boot, 96)),
        heap: start + heap,
        cluster,
        clusters: u32::try_from(clusters).expect("bounded just now"),
    })
}

/// Puts the entries of a directory together, of which each file has several.
#[derive(Debug, Default)]
pub(super) struct Sets {
    set: Vec<u8>,
}

impl Sets {
    /// The next 32 bytes of the directory.
    pub(super) fn next(&mut self, raw: &[u8; ENTRY]) -> Stands {
        let continues = raw[0] & 0xc0 == 0xc0;
        if !self.set.is_empty() && continues {
            self.set.extend_from_slice(raw);
            let whole = self.set.len() == (usize::from(self.set[1]) + 1) * ENTRY;
            return if whole { entry(&std::mem::take(&mut self.set)) } else { Stands::Nothing };
        }
        // A set that another entry cuts off is broken; the other entry counts all the same.
        let before = std::mem::take(&mut self.set);
        if raw[0] == kind::FILE && (2..MOST_IN_SET).contains(&usize::from(raw[1])) {
            self.set = raw.to_vec();
        }
        match raw[0] {
            _ if !before.is_empty() => Stands::Broken(name(&before)),
            kind::END => Stands::End,
            kind::FILE if self.set.is_empty() => Stands::Broken(Name::long(Vec::new())),
            _ => Stands::Nothing,
        }
    }
}

/// What a whole set says.
fn entry(set: &[u8]) -> Stands {
    let (file, stream) = (&set[..ENTRY], &set[ENTRY..2 * ENTRY]);
    let name = name(set);
    let letters = usize::from(stream[3]);
    let (written, length) = (u64_at(stream, 8), u64_at(stream, 24));
    let sound = checksum(set) == u16_at(file, 2)
        && stream[0] == kind::STREAM
        && letters > 0
        && name.letters() == letters
        && written <= length
        && (length == 0 || stream[1] & 1 != 0);
    if !sound {
        return Stands::Broken(name);
    }
    let attributes = file[4];
    Stands::Entry(Entry {
        name,
        folder: attributes & attribute::FOLDER != 0,
        hidden: attributes & (attribute::HIDDEN | attribute::SYSTEM) != 0,
        first: u32_at(stream, 20),
        length,
        written,
        contiguous: stream[1] & 2 != 0,
    })
}

/// The name in a set, as far as it is there.
fn name(set: &[u8]) -> Name {
    let letters = set.get(ENTRY + 3).map_or(0, |count| usize::from(*count));
    let entries = set.as_chunks::<ENTRY>().0.iter().skip(2).take_while(|entry| entry[0] == kind::NAME);
    let units = entries.flat_map(|entry| (0..LETTERS).map(|letter| u16_at(entry, 2 + 2 * letter)));
    Name::long(units.take(letters).collect())
}

/// The checksum of a set, over everything but itself.
pub(super) fn checksum(set: &[u8]) -> u16 {
    let bytes = set.iter().enumerate().filter(|(at, _)| !matches!(at, 2 | 3));
    bytes.fold(0, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u16::from(*byte)))
}
