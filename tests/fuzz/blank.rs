//! Small sticks, formatted here and filled by our own writer: the first inputs for the targets that read
//! sticks.

use std::io;

use factuurkluis::appliance::airlock::volume::{Blocks, Volume};

struct Bytes<'a>(&'a [u8]);

impl Blocks for Bytes<'_> {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        out.copy_from_slice(&self.0[offset as usize..][..out.len()]);
        Ok(())
    }
}

/// Puts bytes at a place.
pub fn put(image: &mut [u8], at: usize, bytes: &[u8]) {
    image[at..at + bytes.len()].copy_from_slice(bytes);
}

/// A stick with a few files, from an empty one.
pub fn filled(mut image: Vec<u8>) -> Vec<u8> {
    for (name, length) in [("shop.card", 100), ("a longer name of a bundle.bundle", 1_700), ("1.tsr", 600)] {
        let before = image.clone();
        let mut apply = |offset: u64, bytes: &[u8]| {
            put(&mut image, offset as usize, bytes);
            Ok(())
        };
        Volume::open(Bytes(&before)).unwrap().write(name, &vec![b'x'; length], &mut apply).unwrap();
    }
    image
}

/// An empty FAT12 of 40 sectors, or a FAT32 (which says so by its short table being zero).
pub fn fat(wide: bool) -> Vec<u8> {
    let mut image = vec![0; 40 * 512];
    put(&mut image, 0, &[0xeb, 0x3c, 0x90]);
    put(&mut image, 11, &512_u16.to_le_bytes());
    put(&mut image, 13, &[1, if wide { 2 } else { 1 }, 0, 2]);
    put(&mut image, 19, &40_u16.to_le_bytes());
    put(&mut image, 21, &[0xf8]);
    if wide {
        put(&mut image, 36, &1_u32.to_le_bytes());
        put(&mut image, 44, &2_u32.to_le_bytes());
        put(&mut image, 48, &1_u16.to_le_bytes());
        put(&mut image, 512, b"RRaA");
        put(&mut image, 512 + 484, b"rrAa");
        put(&mut image, 512 + 488, &30_u32.to_le_bytes());
        for table in [2, 3] {
            put(
                &mut image,
                table * 512,
                &[0xf8, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0f],
            );
        }
    } else {
        put(&mut image, 17, &32_u16.to_le_bytes());
        put(&mut image, 22, &1_u16.to_le_bytes());
        for table in [1, 2] {
            put(&mut image, table * 512, &[0xf8, 0xff, 0xff]);
        }
    }
    put(&mut image, 510, &[0x55, 0xaa]);
    image
}

/// An empty exFAT of 64 sectors: boot regions, the table at 24, clusters of one sector from 25: bitmap,
/// capitals, the root.
pub fn exfat() -> Vec<u8> {
    let mut image = vec![0; 64 * 512];
    put(&mut image, 0, b"\xeb\x76\x90EXFAT   ");
    put(&mut image, 72, &64_u64.to_le_bytes());
    for (at, value) in [(80, 24_u32), (84, 1), (88, 25), (92, 39), (96, 4)] {
        put(&mut image, at, &value.to_le_bytes());
    }
    put(&mut image, 105, &[1]);
    put(&mut image, 108, &[9, 0, 1]);
    put(&mut image, 510, &[0x55, 0xaa]);
    let summed = image[..11 * 512].iter().enumerate().filter(|(at, _)| ![106, 107, 112].contains(at));
    let sum = summed.fold(0_u32, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u32::from(*byte)));
    image[11 * 512..12 * 512].chunks_mut(4).for_each(|four| four.copy_from_slice(&sum.to_le_bytes()));
    image.copy_within(..12 * 512, 12 * 512);
    put(&mut image, 24 * 512, &[0xf8, 0xff, 0xff, 0xff]);
    put(&mut image, 24 * 512 + 4, &[0xff; 16]);
    put(&mut image, 25 * 512, &[0b111]);
    // Capitals: 97 letters that are their own, then those of ASCII.
    let mut capitals = [0xff, 0xff, 97, 0].to_vec();
    capitals.extend((b'A'..=b'Z').flat_map(|letter| [letter, 0]));
    let sum = capitals.iter().fold(0_u32, |sum, byte| sum.rotate_right(1).wrapping_add(u32::from(*byte)));
    put(&mut image, 26 * 512, &capitals);
    let entry = |kind: u8, sum: u32, first: u32, length: u64| {
        let mut entry = [0; 32];
        entry[0] = kind;
        entry[4..8].copy_from_slice(&sum.to_le_bytes());
        entry[20..24].copy_from_slice(&first.to_le_bytes());
        entry[24..].copy_from_slice(&length.to_le_bytes());
        entry
    };
    put(&mut image, 27 * 512, &entry(0x81, 0, 2, 5));
    put(&mut image, 27 * 512 + 32, &entry(0x82, sum, 3, capitals.len() as u64));
    image
}

/// A stick with an MBR and, if asked for, a GPT around a volume at sector 40.
pub fn partitioned(volume: &[u8], gpt: bool) -> Vec<u8> {
    let mut image = vec![0; 40 * 512 + volume.len() + 8 * 512];
    put(&mut image, 40 * 512, volume);
    let (first, count) = if gpt { (1, u32::MAX) } else { (40, (volume.len() / 512) as u32) };
    put(&mut image, 446 + 4, &[if gpt { 0xee } else { 0x0c }]);
    put(&mut image, 446 + 8, &u32::to_le_bytes(first));
    put(&mut image, 446 + 12, &count.to_le_bytes());
    put(&mut image, 510, &[0x55, 0xaa]);
    if gpt {
        let last = image.len() / 512 - 1;
        for (header, list) in [(1, 2_u64), (last, last as u64 - 4)] {
            put(&mut image, header * 512, b"EFI PART");
            for (at, value) in [(12, 92), (72, list as u32), (80, 8), (84, 128)] {
                put(&mut image, header * 512 + at, &u32::to_le_bytes(value));
            }
            let entry = list as usize * 512;
            put(&mut image, entry, &[7; 16]);
            put(&mut image, entry + 32, &40_u64.to_le_bytes());
            put(&mut image, entry + 40, &(39 + volume.len() as u64 / 512).to_le_bytes());
        }
    }
    image
}
