//! FAT12, FAT16 and FAT32: the boot sector, and the entries of a directory.
//!
//! ```text
//!  boot sector                      directory entry (32 bytes)      piece of a long name (32 bytes)
//!  11 bytes per sector (2)          0  name (8 + 3)                 0  order, 0x40: the last (first to come)
//!  13 sectors per cluster (1)       11 attributes (1)               1  5 letters (UTF-16)
//!  14 reserved sectors (2)          12 lower case: 8 name, 16 end   11 attributes: 0x0f
//!  16 tables (1)                    20 cluster, high half (2)       13 checksum of the short name
//!  17 entries of a fixed root (2)   26 cluster, low half (2)        14 6 letters
//!  19 sectors (2), else 32 (4)      28 length (4)                   28 2 letters
//!  22 sectors per table (2), else 36 (4): FAT32
//!  40 flags (2)  44 root (4)  48 FSInfo (2)
//! ```

use super::clusters::{Layout, Root, Width};
use super::entries::{ENTRY, Entry, Stands, array, u16_at, u32_at};
use super::names::{LONGEST_NAME, Name};

/// Pieces of a long name, at most.
const MOST_PIECES: u8 = 20;
/// Where the letters of such a piece lie.
pub(super) const LETTERS_AT: [usize; LETTERS] = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
pub(super) const LETTERS: usize = 13;

/// Attributes of an entry, which exFAT has too.
pub(super) mod attribute {
    pub(in super::super) const HIDDEN: u8 = 0x02;
    pub(in super::super) const SYSTEM: u8 = 0x04;
    pub(in super::super) const LABEL: u8 = 0x08;
    pub(in super::super) const FOLDER: u8 = 0x10;
    pub(in super::super) const ARCHIVE: u8 = 0x20;
    pub(in super::super) const LONG_NAME: u8 = 0x0f;
}

/// Whether this may be a boot sector of a FAT volume: what every one of them has.
pub(super) fn looks_like(boot: &[u8]) -> bool {
    let sector = u16_at(boot, 11);
    matches!(sector, 512 | 1024 | 2048 | 4096)
        && boot[13].is_power_of_two()
        && u16_at(boot, 14) > 0
        && (1..=4).contains(&boot[16])
        && (boot[21] == 0xf0 || boot[21] >= 0xf8)
        && matches!(boot[0], 0xeb | 0xe9 | 0x00)
}

/// The parts of a FAT volume that begins at `start`, of which `room` bytes are on the device. `None`:
/// its sizes cannot be.
pub(super) fn layout(boot: &[u8], start: u64, room: u64) -> Option<Layout> {
    let sector = u64::from(u16_at(boot, 11));
    let cluster = u64::from(boot[13]) * sector;
    let short_table = u64::from(u16_at(boot, 22));
    let table_sectors = if short_table > 0 { short_table } else { u64::from(u32_at(boot, 36)) };
    let wide = short_table == 0;
    let short_total = u64::from(u16_at(boot, 19));
    let total = if short_total > 0 { short_total } else { u64::from(u32_at(boot, 32)) };

    let tables = u64::from(boot[16]);
    let first_table = u64::from(u16_at(boot, 14));
    let root = first_table + tables * table_sectors;
    let root_bytes = u64::from(u16_at(boot, 17)) * ENTRY as u64;
    let heap = root + root_bytes.div_ceil(sector);
    let clusters = total.checked_sub(heap)? * sector / cluster;
    let width = match clusters {
        _ if wide => Width::Fat32,
        ..4085 => Width::Fat12,
        4085.. => Width::Fat16,
    };
    let table_bytes = table_sectors * sector;
    let entries = match width {
        Width::Fat12 => table_bytes * 2 / 3,
        Width::Fat16 => table_bytes / 2,
        Width::Fat32 | Width::ExFat => table_bytes / 4,
    };
    let on_device = room.saturating_sub(heap * sector) / cluster;
    // The highest numbers of a table are no clusters but marks.
    let most = match width {
        Width::Fat12 => 0xff0 - 2,
        Width::Fat16 => 0xfff0 - 2,
        Width::Fat32 | Width::ExFat => 0x0fff_fff0 - 2,
    };
    let clusters = clusters.min(entries.checked_sub(2)?).min(on_device).min(most);

    // Where only one table is kept up, a FAT32 volume says which.
    let flags = if wide { u16_at(boot, 40) } else { 0 };
    let alone = (flags & 0x80 != 0).then_some(u64::from(flags & 0x0f));
    if alone.is_some_and(|table| table >= tables) {
        return None;
    }
    let table = |number: u64| start + (first_table + number * table_sectors) * sector;
    let root = if wide {
        Root::Chain(u32_at(boot, 44))
    } else {
        Root::Fixed { offset: start + root * sector, length: root_bytes.next_multiple_of(sector) }
    };
    let info = u64::from(u16_at(boot, 48));
    let info = (wide && (1..first_table).contains(&info)).then(|| start + info * sector);
    (clusters > 0 && heap * sector < room && (wide || root_bytes > 0)).then(|| Layout {
        width,
        table: table(alone.unwrap_or(0)),
        tables: alone.map_or_else(|| (0..tables).map(table).collect(), |one| vec![table(one)]),
        info,
        root,
        heap: start + heap * sector,
        cluster,
        clusters: u32::try_from(clusters).expect("fewer than 2^28"),
    })
}

/// Puts the entries of a directory together, which come with their long names in front of them.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// The pieces so far: letters from the back, the next order, the checksum that all have.
    pending: Option<(Vec<u16>, u8, u8)>,
}

impl Entries {
    /// The next 32 bytes of the directory.
    pub(super) fn next(&mut self, raw: &[u8; ENTRY], width: Width) -> Stands {
        let attributes = raw[11] & 0x3f;
        match raw[0] {
            0 => return Stands::End,
            0xe5 => {
                self.pending = None;
                return Stands::Nothing;
            }
            _ if attributes == attribute::LONG_NAME => {
                self.piece(raw);
                return Stands::Nothing;
            }
            _ => {}
        }
        let long = self.pending.take();
        if attributes & attribute::LABEL != 0 || matches!(&raw[..11], b".          " | b"..         ") {
            return Stands::Nothing;
        }
        let short: [u8; 11] = array(raw, 0);
        let long = long.filter(|(_, order, sum)| *order == 1 && *sum == checksum(&short));
        let name = match long {
            Some((units, ..)) => Name::long(units),
            None => Name::short(&short, raw[12] & 8 != 0, raw[12] & 16 != 0),
        };
        let high = if width == Width::Fat32 { u32::from(u16_at(raw, 20)) } else { 0 };
        let first = high << 16 | u32::from(u16_at(raw, 26));
        let length = u64::from(u32_at(raw, 28));
        Stands::Entry(Entry {
            name,
            folder: attributes & attribute::FOLDER != 0,
            hidden: attributes & (attribute::HIDDEN | attribute::SYSTEM) != 0,
            first,
            length,
            written: length,
            contiguous: false,
        })
    }

    /// A piece of a long name; the last piece comes first. A piece out of order ends what was there.
    fn piece(&mut self, raw: &[u8; ENTRY]) {
        let order = raw[0] & 0x3f;
        let sum = raw[13];
        let mut letters: Vec<u16> = LETTERS_AT.iter().map(|at| u16_at(raw, *at)).collect();
        let before = self.pending.take();
        if !(1..=MOST_PIECES).contains(&order) {
            return;
        }
        let behind = if raw[0] & 0x40 != 0 {
            letters.truncate(letters.iter().position(|unit| *unit == 0).unwrap_or(LETTERS));
            Vec::new()
        } else {
            match before {
                Some((units, last, its)) if last == order + 1 && its == sum => units,
                _ => return,
            }
        };
        letters.extend(behind);
        letters.truncate(LONGEST_NAME + LETTERS);
        self.pending = Some((letters, order, sum));
    }
}

/// The checksum that ties a long name to its short one.
pub(super) fn checksum(short: &[u8; 11]) -> u8 {
    short.iter().fold(0_u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte))
}
