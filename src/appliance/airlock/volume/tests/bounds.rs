//! The largest stick that is still taken, read within the memory that is promised.

use std::io;
use std::process::Command;

use super::super::{MOST_FILES, fat};
use super::{Blocks, Volume};

const FILES: u32 = MOST_FILES as u32;
/// Clusters of a file, none beside another, and how far apart: together nearly as many pieces, and as many
/// sectors of the table, as are kept.
const RUNS: u32 = 26;
const APART: u32 = 22;
const SPAN: u32 = RUNS * APART;
/// The first cluster of the first file; the root lies before.
const FIRST: u32 = 20_000;
const CLUSTERS: u32 = FIRST + FILES * SPAN;
const TABLE: u32 = (CLUSTERS + 2).div_ceil(128);
/// Entries of a file: the longest name, and the short one.
const ENTRIES: u32 = 21;
const ROOT: u32 = (FILES * ENTRIES).div_ceil(16);

/// A FAT32 in sectors and clusters of 512 bytes, worked out as it is asked for.
struct Worst;

impl Worst {
    fn boot() -> [u8; 512] {
        let mut boot = [0; 512];
        let total = 32 + TABLE + CLUSTERS;
        for (at, bytes) in [
            (0, &[0xeb, 0x58, 0x90][..]),
            (11, &[0, 2, 1, 32, 0, 1]),
            (21, &[0xf8]),
            (32, &total.to_le_bytes()),
            (36, &TABLE.to_le_bytes()),
            (44, &2_u32.to_le_bytes()),
        ] {
            boot[at..at + bytes.len()].copy_from_slice(bytes);
        }
        boot
    }

    fn link(cluster: u32) -> u32 {
        match cluster {
            2.. if cluster < ROOT + 1 => cluster + 1,
            FIRST.. => match (cluster - FIRST) % SPAN {
                last if last == SPAN - APART => u32::MAX,
                within if within % APART == 0 => cluster + APART,
                _ => 0,
            },
            _ => u32::MAX,
        }
    }

    fn entry(number: u32) -> [u8; 32] {
        let (file, place) = (number / ENTRIES, number % ENTRIES);
        let mut raw = [0; 32];
        if file >= FILES {
            return raw;
        }
        let short: [u8; 11] = format!("{file:08}BUN").into_bytes().try_into().unwrap();
        if place + 1 < ENTRIES {
            let piece = ENTRIES - 2 - place;
            raw[0] = (piece + 1) as u8 | if place == 0 { 0x40 } else { 0 };
            raw[11] = 0x0f;
            raw[13] = fat::checksum(&short);
            for (letter, at) in fat::LETTERS_AT.iter().enumerate() {
                let unit = match piece as usize * fat::LETTERS + letter {
                    number @ ..248 => 0x4e00 + number as u16,
                    number @ ..255 => u16::from(b".bundle"[number - 248]),
                    255 => 0,
                    _ => u16::MAX,
                };
                raw[*at..at + 2].copy_from_slice(&unit.to_le_bytes());
            }
        } else {
            let first = FIRST + file * SPAN;
            raw[..11].copy_from_slice(&short);
            raw[20..22].copy_from_slice(&((first >> 16) as u16).to_le_bytes());
            raw[26..28].copy_from_slice(&(first as u16).to_le_bytes());
            raw[28..].copy_from_slice(&(RUNS * 512).to_le_bytes());
        }
        raw
    }
}

impl Blocks for Worst {
    fn length(&self) -> u64 {
        u64::from(32 + TABLE + CLUSTERS) * 512
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        for (number, sector) in (offset as u32 / 512..).zip(out.chunks_mut(512)) {
            match number {
                0 => sector.copy_from_slice(&Self::boot()),
                1..32 => {}
                number if number < 32 + TABLE => {
                    for (cluster, entry) in ((number - 32) * 128..).zip(sector.chunks_mut(4)) {
                        entry.copy_from_slice(&Self::link(cluster).to_le_bytes());
                    }
                }
                number if number < 32 + TABLE + ROOT => {
                    for (place, entry) in ((number - 32 - TABLE) * 16..).zip(sector.chunks_mut(32)) {
                        entry.copy_from_slice(&Self::entry(place));
                    }
                }
                number => sector.fill(number as u8),
            }
        }
        Ok(())
    }
}

#[test]
fn the_worst_stick_is_read_within_64_mib() {
    let read = "appliance::airlock::volume::tests::bounds::reads_the_worst_stick";
    let test = std::env::current_exe().unwrap();
    // The limit covers all that the process may write to; a megabyte or two of it is the test's own.
    let script = format!("ulimit -d $((66 * 1024)); exec \"$0\" --exact {read} --ignored --test-threads=1");
    let done = Command::new("sh").arg("-c").arg(script).arg(test).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}{:?}", done.status);
}

#[test]
#[ignore = "the test above runs it in a process of its own"]
fn reads_the_worst_stick() {
    let mut volume = Volume::open(Worst).unwrap();
    let listing = volume.list().unwrap();
    assert_eq!((listing.found.len(), listing.damaged.len()), (MOST_FILES, 0));
    for found in &listing.found {
        assert!(found.path().ends_with(".bundle") && found.path().chars().count() == 255);
        let mut length = 0;
        volume
            .copy(found, &mut |piece| {
                length += piece.len();
                Ok(())
            })
            .unwrap();
        assert_eq!(length, RUNS as usize * 512);
    }
}
