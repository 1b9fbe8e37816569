//! Sticks that nobody formatted: damaged ones, and ones that are meant to do harm.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use proptest::prelude::*;

use super::super::{Format as Named, MOST_ENTRIES, MOST_FILES};
use super::devices::{Bytes, Sparse};
use super::oracle::{FORMATS, Format, Step};
use super::{Blocks, StickRefusal, Volume, contents, copy, take};

/// What a test device does to whoever asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    /// A sector that is asked for again answers with something else.
    Lies,
    /// It errs from the so-and-so-many-th read on, as if it were pulled out.
    Vanishes(usize),
}

/// A device that counts how often each sector is asked for.
struct Moody<'a> {
    bytes: &'a [u8],
    mood: Mood,
    asked: Rc<RefCell<BTreeMap<u64, usize>>>,
    reads: usize,
}

impl Blocks for Moody<'_> {
    fn length(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.reads += 1;
        if matches!(self.mood, Mood::Vanishes(after) if self.reads > after) {
            return Err(io::ErrorKind::NotConnected.into());
        }
        assert!(offset.is_multiple_of(512) && out.len().is_multiple_of(512), "not whole sectors");
        Bytes(self.bytes).read_at(offset, out)?;
        for (number, sector) in (offset / 512..).zip(out.chunks_mut(512)) {
            let mut asked = self.asked.borrow_mut();
            let times = asked.entry(number).or_default();
            *times += 1;
            if *times > 1 {
                sector.fill(0xa5);
            }
        }
        Ok(())
    }
}

/// A stick with fragmented files, in a folder and at the top.
fn used(format: Format) -> Vec<u8> {
    let mut steps = vec![Step::Folder("/Kluis".into())];
    for number in 0..20_usize {
        steps.push(Step::Write(format!("/shop-{number}.bundle"), contents(900 * number + 1, number as u64)));
        steps.push(Step::Write(format!("/Kluis/{number}.tsr"), contents(700, number as u64)));
    }
    for number in (0..20).step_by(2) {
        steps.push(Step::Remove(format!("/shop-{number}.bundle")));
    }
    steps.push(Step::Write("/pieces.bundle".into(), contents(90_000, 77)));
    format.with(format.made(), &steps)
}

#[test]
fn a_stick_that_answers_differently_is_read_once() {
    for format in FORMATS {
        let image = used(format);
        let asked = Rc::default();
        let moody = Moody { bytes: &image, mood: Mood::Lies, asked: Rc::clone(&asked), reads: 0 };
        let (files, _) = take(moody).unwrap();
        assert!(files == take(Bytes(&image)).unwrap().0, "{format:?}");
        assert_eq!(files.len(), 31);
        assert!(asked.borrow().values().all(|times| *times == 1), "{format:?}");
    }
}

#[test]
fn a_file_that_is_asked_for_twice_is_read_once() {
    for format in FORMATS {
        let image = used(format);
        let mut volume = Volume::open(Bytes(&image)).unwrap();
        let listing = volume.list().unwrap();
        assert!(volume.list().is_err());
        copy(&mut volume, &listing.found[0]).unwrap();
        assert_eq!(copy(&mut volume, &listing.found[0]).unwrap_err(), StickRefusal::Twice);
    }
}

#[test]
fn a_stick_that_is_pulled_out_while_it_is_read_is_named() {
    for format in FORMATS {
        let image = used(format);
        let mut reads = 0;
        loop {
            let moody = Moody { bytes: &image, mood: Mood::Vanishes(reads), asked: Rc::default(), reads: 0 };
            match take(moody) {
                Err(refusal) => assert!(matches!(refusal, StickRefusal::Unreadable { .. }), "{refusal:?}"),
                Ok((files, _)) => break assert_eq!(files.len(), 31),
            }
            reads += 1 + reads / 8;
        }
    }
}

#[test]
fn a_stick_that_is_shorter_than_it_says_gives_what_it_has() {
    for format in FORMATS {
        let image = used(format);
        let whole = take(Bytes(&image)).unwrap().0;
        for part in [2, 3, 5, 50, 500] {
            let short = &image[..image.len() / part];
            match take(Bytes(short)) {
                Ok((files, _)) => assert!(files.iter().all(|file| whole.contains(file)), "{format:?}"),
                Err(refusal) => assert!(
                    matches!(
                        refusal,
                        StickRefusal::Geometry
                            | StickRefusal::Unreadable { .. }
                            | StickRefusal::Outside { .. }
                    ),
                    "{format:?}: {refusal:?}"
                ),
            }
        }
    }
}

/// A hand-made FAT16: sectors of 512 bytes, one to a cluster; table at 1, root at 33, clusters from 65.
struct Fat16(Sparse);

const CLUSTERS: u16 = 8_000;

impl Fat16 {
    fn new() -> Self {
        let mut stick = Sparse::new((65 + u64::from(CLUSTERS)) * 512);
        let boot = [
            (0, &[0xeb, 0x3c, 0x90][..]),
            (11, &512_u16.to_le_bytes()),
            (13, &[1]),
            (14, &1_u16.to_le_bytes()),
            (16, &[1]),
            (17, &512_u16.to_le_bytes()),
            (19, &(65 + CLUSTERS).to_le_bytes()),
            (21, &[0xf8]),
            (22, &32_u16.to_le_bytes()),
            (510, &[0x55, 0xaa]),
        ];
        boot.iter().for_each(|(at, bytes)| stick.put(*at, bytes));
        stick.put(512, &[0xf8, 0xff, 0xff, 0xff]);
        Self(stick)
    }

    /// Each cluster points at the next of these; the last at what `end` says.
    fn chain(&mut self, clusters: &[u16], end: u16) {
        for (number, cluster) in clusters.iter().enumerate() {
            let next = clusters.get(number + 1).copied().unwrap_or(end);
            self.0.put(512 + u64::from(*cluster) * 2, &next.to_le_bytes());
        }
    }

    /// An entry of the root.
    fn entry(&mut self, place: u64, name: &[u8; 11], first: u16, length: u32) {
        let mut raw = [0; 32];
        raw[..11].copy_from_slice(name);
        raw[26..28].copy_from_slice(&first.to_le_bytes());
        raw[28..].copy_from_slice(&length.to_le_bytes());
        self.raw(place, &raw);
    }

    fn raw(&mut self, place: u64, raw: &[u8; 32]) {
        self.0.put(33 * 512 + place * 32, raw);
    }

    fn damaged(self) -> Vec<StickRefusal> {
        let (files, listing) = take(self.0).unwrap();
        assert_eq!(files.len(), listing.found.len());
        listing.damaged
    }
}

const END: u16 = 0xffff;
const NAME: &[u8; 11] = b"SHOP-1  TSR";
fn file() -> String {
    "SHOP-1.TSR".to_owned()
}

#[test]
fn a_file_in_a_circle_is_named() {
    for circle in [&[5_u16][..], &[5, 6], &[5, 6, 7, 9, 8]] {
        let mut stick = Fat16::new();
        stick.chain(circle, 5);
        stick.entry(0, NAME, 5, 20_000);
        assert_eq!(stick.damaged(), [StickRefusal::Circular { file: file() }], "{circle:?}");
    }
}

#[test]
fn files_that_cross_are_named_and_the_first_is_read() {
    let mut stick = Fat16::new();
    stick.chain(&[5, 6, 7], END);
    stick.chain(&[20, 21], 6);
    stick.entry(0, b"FIRST   TSR", 5, 1_500);
    stick.entry(1, NAME, 20, 1_500);
    stick.entry(2, b"SAME    TSR", 5, 1_500);
    let crossing = |file: &str| StickRefusal::Crossing { file: file.to_owned() };
    let (files, listing) = take(stick.0).unwrap();
    assert_eq!(listing.damaged, [crossing("SHOP-1.TSR"), crossing("SAME.TSR")]);
    assert_eq!(files, [("FIRST.TSR".to_owned(), vec![0; 1_500])]);
}

#[test]
fn a_file_that_leaves_the_stick_is_named() {
    for (chain, end) in
        [(&[5_u16][..], CLUSTERS + 2), (&[5, CLUSTERS + 1], 0xffef), (&[5], 1), (&[5], 0xfff7)]
    {
        let mut stick = Fat16::new();
        stick.chain(chain, end);
        stick.entry(0, NAME, 5, 20_000);
        assert_eq!(stick.damaged(), [StickRefusal::Outside { file: file() }], "{chain:?} {end}");
    }
    for first in [0, 1, CLUSTERS + 2, END] {
        let mut stick = Fat16::new();
        stick.entry(0, NAME, first, 600);
        assert_eq!(stick.damaged(), [StickRefusal::Outside { file: file() }], "{first}");
    }
}

#[test]
fn a_file_whose_end_is_missing_is_named() {
    for end in [END, 0] {
        let mut stick = Fat16::new();
        stick.chain(&[5, 6], end);
        stick.entry(0, NAME, 5, 1_025);
        assert_eq!(stick.damaged(), [StickRefusal::Short { file: file() }], "{end}");
    }
}

#[test]
fn four_gigabytes_on_a_small_stick_are_named() {
    let mut stick = Fat16::new();
    stick.chain(&[5, 6], END);
    stick.entry(0, b"BIG     BUN", 5, u32::MAX);
    stick.entry(1, NAME, 5, u32::MAX);
    let [outside, long] = stick.damaged().try_into().unwrap();
    assert_eq!(outside, StickRefusal::Outside { file: "BIG.BUN".into() });
    assert!(matches!(long, StickRefusal::TooLong { .. }));
}

#[test]
fn names_that_mislead_are_shown_harmlessly() {
    let mut stick = Fat16::new();
    // A long name for another short name; a lone last piece; pieces out of order: the short name counts.
    let piece = |order: u8, sum: u8, letters: &str| {
        let mut raw = [0xff; 32];
        let units: Vec<u16> = letters.encode_utf16().chain([0]).collect();
        (raw[0], raw[11], raw[12], raw[13], raw[26], raw[27]) = (order, 0x0f, 0, sum, 0, 0);
        for (at, unit) in super::super::fat::LETTERS_AT.iter().zip(units) {
            raw[*at..at + 2].copy_from_slice(&unit.to_le_bytes());
        }
        raw
    };
    let sum = super::super::fat::checksum(NAME);
    for first in 5..14 {
        stick.chain(&[first], END);
    }
    stick.raw(0, &piece(0x41, sum ^ 1, "other.bundle"));
    stick.entry(1, NAME, 5, 1);
    stick.raw(2, &piece(0x42, sum, "x.bundle"));
    stick.entry(3, NAME, 6, 1);
    stick.raw(4, &piece(0x42, sum, "x.bundle"));
    stick.raw(5, &piece(0x02, sum, "x.bundle"));
    stick.entry(6, NAME, 7, 1);
    // What turns the direction of writing, steers a terminal or names a folder.
    stick.raw(7, &piece(0x41, sum, "\u{202e}\u{1b}[2J.tsr"));
    stick.entry(8, NAME, 8, 1);
    stick.raw(9, &piece(0x41, sum, "../../x.tsr"));
    stick.entry(10, NAME, 9, 1);
    // Half of a letter.
    let mut half = piece(0x41, sum, "abc.tsr");
    half[1..3].copy_from_slice(&0xd800_u16.to_le_bytes());
    stick.raw(11, &half);
    stick.entry(12, NAME, 10, 1);
    // Names that differ in case only are two files.
    stick.raw(13, &piece(0x41, sum, "a.tsr"));
    stick.entry(14, NAME, 11, 1);
    stick.raw(15, &piece(0x41, sum, "A.tsr"));
    stick.entry(16, NAME, 12, 1);
    // Neither a name nor an ending.
    stick.raw(17, &piece(0x41, sum, ".tsr"));
    stick.entry(18, NAME, 13, 1);
    let (files, listing) = take(stick.0).unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "SHOP-1.TSR",
            "SHOP-1.TSR",
            "SHOP-1.TSR",
            "\u{fffd}\u{fffd}[2J.tsr",
            "..\u{fffd}..\u{fffd}x.tsr",
            "\u{fffd}bc.tsr",
            "a.tsr",
            "A.tsr",
        ]
        .iter()
        .filter(|name| !name.starts_with('.'))
        .copied()
        .collect::<Vec<_>>()
    );
    assert_eq!((listing.damaged.len(), listing.passed_over), (0, 2));
}

/// A FAT32 whose root has so many entries.
fn crowded(entries: u32, entry: impl Fn(u32) -> [u8; 32]) -> Vec<u8> {
    let clusters = (entries / 2048) + 100;
    let table = (clusters + 2).div_ceil(128);
    let heap = 32 + table;
    let mut stick = vec![0; (heap + clusters * 128) as usize * 512];
    let mut put = |at: u32, bytes: &[u8]| stick[at as usize..][..bytes.len()].copy_from_slice(bytes);
    for (at, bytes) in [
        (0, &[0xeb, 0x58, 0x90][..]),
        (11, &512_u16.to_le_bytes()),
        (13, &[128]),
        (14, &32_u16.to_le_bytes()),
        (16, &[1]),
        (21, &[0xf8]),
        (32, &(heap + clusters * 128).to_le_bytes()),
        (36, &table.to_le_bytes()),
        (44, &2_u32.to_le_bytes()),
    ] {
        put(at, bytes);
    }
    let last = 2 + entries / 2048;
    for cluster in 2..=last {
        let next = if cluster == last { 0x0fff_ffff } else { cluster + 1 };
        put(32 * 512 + cluster * 4, &next.to_le_bytes());
    }
    for number in 0..entries {
        put(heap * 512 + number * 32, &entry(number));
    }
    stick
}

#[test]
fn a_million_entries_are_refused() {
    let mut deleted = [0; 32];
    deleted[0] = 0xe5;
    let stick = crowded(1_000_000, |_| deleted);
    assert_eq!(take(Bytes(&stick)).unwrap_err(), StickRefusal::TooManyEntries { limit: MOST_ENTRIES });
}

#[test]
fn a_list_of_files_in_a_circle_is_refused() {
    let mut deleted = [0; 32];
    deleted[0] = 0xe5;
    for (entries, next) in [(100, 2_u32), (6_000, 3), (6_000, 2)] {
        let mut stick = crowded(entries, |_| deleted);
        let last = 32 * 512 + (2 + entries as usize / 2048) * 4;
        stick[last..last + 4].copy_from_slice(&next.to_le_bytes());
        // Full to the last entry, so that nothing else ends it.
        let circular = StickRefusal::Circular { file: "top".to_owned() };
        assert_eq!(take(Bytes(&stick)).unwrap_err(), circular, "{entries} to {next}");
    }
}

#[test]
fn too_many_files_are_refused() {
    let empty = |number: u32| {
        let mut raw = [0; 32];
        raw[..11].copy_from_slice(format!("{number:08}TSR").as_bytes());
        raw
    };
    assert_eq!(take(Bytes(&crowded(10_000, empty))).unwrap().1.damaged.len(), MOST_FILES);
    assert_eq!(
        take(Bytes(&crowded(10_001, empty))).unwrap_err(),
        StickRefusal::TooManyFiles { limit: MOST_FILES }
    );
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    let zero_or_all = |at: u64, wide: usize| [(at, vec![0; wide]), (at, vec![0xff; wide])];
    let fields = [(11, 2), (13, 1), (14, 2), (16, 1), (17, 2), (19, 2), (22, 2), (32, 4), (36, 4)];
    for format in FORMATS.iter().filter(|format| format.fat.is_some()) {
        let image = used(*format);
        let whole = take(Bytes(&image)).unwrap().0;
        for (at, bytes) in fields.iter().flat_map(|(at, wide)| zero_or_all(*at, *wide)) {
            let mut image = image.clone();
            image[at as usize..][..bytes.len()].copy_from_slice(&bytes);
            // Refused, or none of the user's files is given wrongly under the name of a sound one.
            if let Ok((files, listing)) = take(Bytes(&image)) {
                assert!(files.len() + listing.damaged.len() <= whole.len(), "{format:?} at {at}");
            }
        }
    }
    // What may be there all the same: the length of the volume is nobody's measure, there are no more clusters than
    // the tables and the stick have, and clusters of one sector there are.
    let may = [(72, 0), (72, 0xff), (92, 0xff), (109, 0)];
    for format in FORMATS.iter().filter(|format| format.fat.is_none()) {
        let image = used(*format);
        let whole = take(Bytes(&image)).unwrap().0;
        let sector = format.sector as usize;
        for (at, wide) in [(72, 8), (80, 4), (84, 4), (88, 4), (92, 4), (96, 4), (108, 1), (109, 1), (110, 1)]
        {
            // Both regions, with checksums that hold; or the copy alone, where the first one's does not.
            let both = [0, 12 * sector];
            let ways = [0, 0xff].map(|byte| [(byte, &both[..]), (byte, &both[1..])]);
            for (byte, regions) in ways.into_iter().flatten() {
                let mut image = image.clone();
                image[11 * sector] ^= 1;
                for region in regions {
                    let region = *region;
                    image[region + at..][..wide].fill(byte);
                    let summed = image[region..region + 11 * sector].iter().enumerate();
                    let summed = summed.filter(|(at, _)| ![106, 107, 112].contains(at));
                    let sum = summed
                        .fold(0_u32, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u32::from(*byte)));
                    let sums = &mut image[region + 11 * sector..][..sector];
                    sums.chunks_mut(4).for_each(|four| four.copy_from_slice(&sum.to_le_bytes()));
                }
                let taken = take(Bytes(&image));
                let field = format!("{format:?}, {byte} at {at} of {} regions", regions.len());
                assert!(taken.is_err() || may.contains(&(at, byte)), "{field}: {taken:?}");
                // None of the user's files is given wrongly under the name of a sound one.
                let right =
                    |(files, _): &(Vec<_>, _)| at == 109 || files.iter().all(|file| whole.contains(file));
                assert!(taken.as_ref().map_or(true, right), "{field}: {taken:?}");
            }
        }
    }
}

/// An MBR with these partitions: type, first sector, sectors.
fn mbr(partitions: &[(u8, u32, u32)]) -> [u8; 512] {
    let mut sector = [0; 512];
    for (entry, (kind, first, count)) in partitions.iter().enumerate() {
        let entry = &mut sector[446 + 16 * entry..][..16];
        entry[4] = *kind;
        entry[8..12].copy_from_slice(&first.to_le_bytes());
        entry[12..].copy_from_slice(&count.to_le_bytes());
    }
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    sector
}

/// A stick of so many sectors with a file system at this one.
fn partitioned(first: [u8; 512], at: usize, volume: &[u8]) -> Vec<u8> {
    let mut stick = vec![0; at * 512 + volume.len() + 40 * 512];
    stick[..512].copy_from_slice(&first);
    stick[at * 512..][..volume.len()].copy_from_slice(volume);
    stick
}

#[test]
fn a_partition_is_read_whichever_unit_its_sectors_have() {
    for format in FORMATS {
        let volume = used(format);
        let expected = take(Bytes(&volume)).unwrap().0;
        let count = (volume.len() / 512) as u32;
        let stick = partitioned(mbr(&[(0x0c, 64, count)]), 64, &volume);
        assert!(take(Bytes(&stick)).unwrap().0 == expected, "{format:?}");
        let stick = partitioned(mbr(&[(0x0c, 8, count / 8)]), 64, &volume);
        assert!(take(Bytes(&stick)).unwrap().0 == expected, "{format:?} in sectors of 4096");
        // Longer than the stick, and behind one that is something else.
        let stick = partitioned(mbr(&[(0x83, 1, 63), (0x07, 64, u32::MAX)]), 64, &volume);
        assert!(take(Bytes(&stick)).unwrap().0 == expected, "{format:?}");
    }
}

#[test]
fn partitions_that_overlap_or_leave_the_stick_are_refused() {
    let volume = used(FORMATS[0]);
    for partitions in [
        &[(0x0c, 64, 100), (0x0c, 100, 100)][..],
        &[(0x0c, 64, 100), (0x0c, 1, u32::MAX)],
        &[(0x0c, 0, 100)],
        &[(0x0c, 64, 0)],
        &[(0x0c, u32::MAX, u32::MAX)],
        &[(0x0c, 1 << 31, 1 << 31)],
    ] {
        let stick = partitioned(mbr(partitions), 64, &volume);
        assert_eq!(take(Bytes(&stick)).unwrap_err(), StickRefusal::Partitions, "{partitions:?}");
    }
}

#[test]
fn a_stick_with_logical_drives_or_an_apple_partition_map_is_refused_by_its_name() {
    let volume = used(FORMATS[0]);
    for kind in [0x05, 0x0f, 0x85] {
        // A logical drive: its own table, and the volume behind it.
        let mut stick = partitioned(mbr(&[(kind, 64, 4_000)]), 128, &volume);
        stick[64 * 512..65 * 512].copy_from_slice(&mbr(&[(0x0c, 64, 3_000)]));
        let format = Named::Extended;
        assert_eq!(take(Bytes(&stick)).unwrap_err(), StickRefusal::Foreign { format });
        // What is beside it is read.
        let sectors = volume.len() as u32 / 512;
        let stick = partitioned(mbr(&[(kind, 1, 60), (0x0c, 64, sectors)]), 64, &volume);
        assert_eq!(take(Bytes(&stick)).unwrap().0, take(Bytes(&volume)).unwrap().0);
    }
    for block in [512, 2048] {
        let mut stick = vec![0; 1 << 20];
        stick[..4].copy_from_slice(b"ER\x02\x00");
        stick[block..block + 4].copy_from_slice(b"PM\0\0");
        let format = Named::ApplePartitionMap;
        assert_eq!(take(Bytes(&stick)).unwrap_err(), StickRefusal::Foreign { format });
    }
}

/// A GPT of these partitions (type, first and last sector) around a volume at sector 64.
fn gpt(partitions: &[(u8, u64, u64)], volume: &[u8]) -> Vec<u8> {
    let mut stick = partitioned(mbr(&[(0xee, 1, u32::MAX)]), 64, volume);
    let sectors = (stick.len() / 512) as u64;
    let mut entries = vec![0; 128 * 128];
    for (number, (kind, first, last)) in partitions.iter().enumerate() {
        let entry = &mut entries[128 * number..][..128];
        entry[..16].fill(*kind);
        entry[32..40].copy_from_slice(&first.to_le_bytes());
        entry[40..48].copy_from_slice(&last.to_le_bytes());
    }
    for (place, list) in [(1, 2), (sectors - 1, sectors - 33)] {
        let mut header = [0; 512];
        header[..8].copy_from_slice(b"EFI PART");
        header[12..16].copy_from_slice(&92_u32.to_le_bytes());
        header[24..32].copy_from_slice(&place.to_le_bytes());
        header[72..80].copy_from_slice(&u64::to_le_bytes(list));
        header[80..84].copy_from_slice(&128_u32.to_le_bytes());
        header[84..88].copy_from_slice(&128_u32.to_le_bytes());
        header[88..92].copy_from_slice(&crc32fast::hash(&entries).to_le_bytes());
        let sum = crc32fast::hash(&header[..92]);
        header[16..20].copy_from_slice(&sum.to_le_bytes());
        stick[place as usize * 512..][..512].copy_from_slice(&header);
        stick[list as usize * 512..][..entries.len()].copy_from_slice(&entries);
    }
    stick
}

#[test]
fn a_gpt_is_read_by_its_copy_where_the_first_is_damaged() {
    for format in FORMATS {
        let volume = used(format);
        let expected = take(Bytes(&volume)).unwrap().0;
        let stick = gpt(&[(7, 64, 63 + volume.len() as u64 / 512)], &volume);
        assert!(take(Bytes(&stick)).unwrap().0 == expected, "{format:?}");
        for at in [512, 512 + 30, 512 + 80, 1024 + 40] {
            let mut stick = stick.clone();
            stick[at] ^= 0x40;
            assert!(take(Bytes(&stick)).unwrap().0 == expected, "{format:?}, damaged at {at}");
            let last = stick.len() - 512;
            stick[last + 60] ^= 1;
            assert_eq!(take(Bytes(&stick)).unwrap_err(), StickRefusal::Partitions);
        }
    }
}

#[test]
fn a_gpt_whose_partitions_overlap_or_end_before_they_begin_is_refused() {
    let volume = used(FORMATS[0]);
    for partitions in [
        &[(7, 64, 200), (7, 200, 300)][..],
        &[(7, 64, 63)],
        &[(7, 200, 64)],
        &[(7, 64, u64::MAX)],
        &[(7, 1 << 40, 1 << 41)],
        &[(7, 0, 10)],
    ] {
        let stick = gpt(partitions, &volume);
        assert_eq!(take(Bytes(&stick)).unwrap_err(), StickRefusal::Partitions, "{partitions:?}");
    }
}

#[test]
fn what_is_formatted_otherwise_is_named() {
    for (at, mark, format) in [
        (3, &b"NTFS    "[..], Named::Ntfs),
        (3, b"-FVE-FS-", Named::BitLocker),
        (1080, b"\x53\xef", Named::Ext),
        (32_769, b"CD001", Named::Iso9660),
        (1024, b"H+\x00\x04", Named::HfsPlus),
        (32, b"NXSB", Named::Apfs),
        (0, b"LUKS\xba\xbe", Named::Luks),
        (65_600, b"_BHRfS_M", Named::Btrfs),
    ] {
        let mut bare = vec![0; 1 << 20];
        bare[at..at + mark.len()].copy_from_slice(mark);
        assert_eq!(take(Bytes(&bare)).unwrap_err(), StickRefusal::Foreign { format });
        let stick = partitioned(mbr(&[(7, 64, 2048)]), 64, &bare);
        assert_eq!(take(Bytes(&stick)).unwrap_err(), StickRefusal::Foreign { format });
        let sentence = StickRefusal::Foreign { format }.to_string();
        assert!(sentence.contains(&format.to_string()) && sentence.contains("exFAT"), "{sentence}");
    }
    assert_eq!(take(Bytes(&vec![0; 1 << 20])).unwrap_err(), StickRefusal::Unknown);
    assert_eq!(take(Bytes(&[])).unwrap_err(), StickRefusal::Unknown);
}

#[test]
fn hidden_files_and_other_peoples_are_passed_over_and_copies_taken() {
    for format in FORMATS {
        let names = [
            "._shop-1.bundle",
            ".hidden.bundle",
            "photo.jpg",
            "shop-1.bundle.part",
            "shop-1.bundle.txt",
            "bundle",
            "shop-1 (1).bundle",
            "shop-1.BUNDLE",
            "Copy of shop-1.Bundle",
            "shop.card",
        ];
        let steps = names.map(|name| Step::Write(format!("/{name}"), contents(700, 1)));
        let image = format.with(format.made(), &steps);
        let (files, listing) = take(Bytes(&image)).unwrap();
        assert_eq!((files.len(), listing.damaged.len()), (4, 0), "{format:?}");
        assert!(listing.passed_over >= 6);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 300 } else { 20_000 }))]
    #[test]
    fn any_damage_is_read_or_refused_and_no_sector_twice(
        which in 0..FORMATS.len(),
        // Mostly where the tables are.
        damage in prop::collection::vec((0_u32..3, any::<u32>(), any::<u8>()), 1..40),
    ) {
        thread_local! {
            static IMAGES: Vec<Vec<u8>> = FORMATS.iter().map(|format| used(*format)).collect();
        }
        let mut image = IMAGES.with(|images| images[which].clone());
        for (region, at, byte) in damage {
            let reach = match region { 0 => 512, 1 => 64 << 10, _ => image.len() };
            let at = at as usize % reach;
            image[at] = byte;
        }
        let asked = Rc::default();
        let moody = Moody { bytes: &image, mood: Mood::Lies, asked: Rc::clone(&asked), reads: 0 };
        let once = take(moody);
        prop_assert!(asked.borrow().values().all(|times| *times == 1));
        let again = take(Bytes(&image));
        match (once, again) {
            (Ok((files, _)), Ok((same, _))) => prop_assert!(files == same),
            (Err(refusal), Err(same)) => prop_assert_eq!(refusal, same),
            _ => prop_assert!(false, "two answers for the same bytes"),
        }
        let _ = Volume::open(Bytes(&image)).and_then(|volume| {
            volume.write("a.card", &[1; 3_000], &mut |offset, bytes| {
                assert!(offset as usize + bytes.len() <= image.len());
                Ok(())
            })
        });
    }
}
