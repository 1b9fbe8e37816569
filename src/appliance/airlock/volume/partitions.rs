//! Where on a device a file system may begin: the partitions of an MBR or a GPT.
//!
//! ```text
//!  MBR: 446 four entries of 16 bytes   0 0x00 or 0x80  4 type  8 first sector (4)  12 sectors (4)
//!       510 0x55 0xaa                  type 0xee: a GPT follows
//!  GPT: sector 1, and a copy in the last  0 "EFI PART"  12 length (4)  16 CRC-32 (4)  24 own sector (8)
//!       72 sector of the entries (8)  80 how many (4)  84 their length (4)  88 their CRC-32 (4)
//!       entry: 0 type (16)  32 first sector (8)  40 last sector (8)
//! ```
//! Neither says how long a sector is; it is 512 bytes on nearly every stick and 4,096 on some, so both
//! are tried. Logical drives in an extended partition are not looked for: no system makes them on a stick unless
//! it is told to, and each is one more sector that says where the next one is. Such a stick is refused by name.

use super::StickRefusal;
use super::entries::{array, u32_at, u64_at};
use super::once::{Blocks, Once, SECTOR_BYTES, Spans};

/// The lengths of a sector that devices have.
const SECTORS: [u64; 2] = [512, 4096];
/// A GPT's entries, all of them, at most: four times what is usual.
const MOST_ENTRY_BYTES: usize = 64 * 1024;
/// The partition that computers start from; a Mac makes one on every stick.
const EFI_SYSTEM: [u8; 16] =
    [0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b];

/// A part of the device: its first byte, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: u64,
    pub(super) length: u64,
}

/// The partitions that a device's first sector leads to, likely ones first; none where it is no
/// partition table.
pub(super) fn find<B: Blocks>(
    once: &mut Once<B>,
    first: &[u8; SECTOR_BYTES],
) -> Result<Vec<Place>, StickRefusal> {
    if first[510..] != [0x55, 0xaa] {
        return Ok(Vec::new());
    }
    let entries: Vec<[u8; 16]> = (0..4).map(|entry| array(first, 446 + 16 * entry)).collect();
    let used: Vec<&[u8; 16]> = entries.iter().filter(|entry| entry[4] != 0).collect();
    if used.iter().any(|entry| entry[0] & 0x7f != 0) {
        return Ok(Vec::new());
    }
    if used.iter().any(|entry| entry[4] == 0xee) {
        return gpt(once);
    }
    let mut found = Vec::new();
    for sector in SECTORS {
        let mut taken = Spans::default();
        for entry in &used {
            let (start, count) = (u64::from(u32_at(*entry, 8)), u64::from(u32_at(*entry, 12)));
            if start == 0 || !taken.take(start, start + count) {
                return Err(StickRefusal::Partitions);
            }
            // An image may have been cut short, or a stick have less than it says.
            let start = start * sector;
            let length = (count * sector).min(once.length().saturating_sub(start));
            if length > 0 {
                found.push(Place { start, length });
            }
        }
    }
    if found.is_empty() && !used.is_empty() { Err(StickRefusal::Partitions) } else { Ok(found) }
}

/// Whether a partition table, of which this is the sector, has an extended partition: one with logical drives.
pub(super) fn has_extended(first: &[u8; SECTOR_BYTES]) -> bool {
    first[510..] == [0x55, 0xaa]
        && (0..4).any(|entry| matches!(first[446 + 16 * entry + 4], 0x05 | 0x0f | 0x85))
}

/// The partitions of a GPT: by its first header, or by the copy at the end where that does not hold.
fn gpt<B: Blocks>(once: &mut Once<B>) -> Result<Vec<Place>, StickRefusal> {
    let last = |sector: u64| (once.length() / sector).saturating_sub(1);
    let places = SECTORS.map(|sector| (sector, 1)).into_iter();
    let places: Vec<_> = places.chain(SECTORS.map(|sector| (sector, last(sector)))).collect();
    for (sector, number) in places {
        if let Some((entries, each)) = entries(once, sector, number)? {
            return partitions(&entries, each, sector, once.length());
        }
    }
    Err(StickRefusal::Partitions)
}

/// The entries that the header in this sector leads to, and the length of each; `None` if there is no
/// header that holds.
fn entries<B: Blocks>(
    once: &mut Once<B>,
    sector: u64,
    number: u64,
) -> Result<Option<(Vec<u8>, usize)>, StickRefusal> {
    let mut header = [0; SECTOR_BYTES];
    if (number + 1) * sector > once.length() {
        return Ok(None);
    }
    once.table(number * sector, &mut header)?;
    let length = u32_at(&header, 12) as usize;
    if header[..8] != *b"EFI PART" || !(92..=SECTOR_BYTES).contains(&length) {
        return Ok(None);
    }
    let sum = u32_at(&header, 16);
    header[16..20].fill(0);
    if crc32fast::hash(&header[..length]) != sum || u64_at(&header, 24) != number {
        return Ok(None);
    }
    let (count, each) = (u32_at(&header, 80) as usize, u32_at(&header, 84) as usize);
    let bytes = count.checked_mul(each).filter(|bytes| *bytes <= MOST_ENTRY_BYTES);
    let offset = u64_at(&header, 72).checked_mul(sector);
    let (Some(bytes), Some(offset), true) = (bytes, offset, each >= 128) else { return Ok(None) };
    if offset.checked_add(bytes as u64).is_none_or(|end| end > once.length()) {
        return Ok(None);
    }
    let mut entries = vec![0; bytes];
    once.table(offset, &mut entries)?;
    Ok((crc32fast::hash(&entries) == u32_at(&header, 88)).then_some((entries, each)))
}

fn partitions(entries: &[u8], each: usize, sector: u64, length: u64) -> Result<Vec<Place>, StickRefusal> {
    let mut taken = Spans::default();
    let (mut found, mut efi) = (Vec::new(), Vec::new());
    for entry in entries.chunks_exact(each).filter(|entry| entry[..16] != [0; 16]) {
        let (first, last) = (u64_at(entry, 32), u64_at(entry, 40));
        let end = last.checked_add(1).filter(|end| *end <= length / sector);
        let end = end.filter(|end| first > 0 && taken.take(first, *end)).ok_or(StickRefusal::Partitions)?;
        let list = if entry[..16] == EFI_SYSTEM { &mut efi } else { &mut found };
        list.push(Place { start: first * sector, length: (end - first) * sector });
    }
    found.extend(efi);
    Ok(found)
}
