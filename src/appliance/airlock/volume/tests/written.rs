//! One file written onto a stick: others read it back, and nothing else changed.

use std::fs;
use std::process::Command;

use super::super::clusters::Width;
use super::devices::{Bytes, Image};
use super::made_by_others::run;
use super::oracle::{FORMATS, Format, Step};
use super::{StickRefusal, Volume, contents, take};

/// What was handed to the device, in order.
type Writes = Vec<(u64, Vec<u8>)>;

fn write(image: &[u8], name: &str, bytes: &[u8]) -> Result<(String, Writes), StickRefusal> {
    let mut writes = Writes::new();
    let name = Volume::open(Bytes(image))?.write(name, bytes, &mut |offset, bytes| {
        writes.push((offset, bytes.to_vec()));
        Ok(())
    })?;
    Ok((name, writes))
}

fn put(image: &mut [u8], (offset, bytes): &(u64, Vec<u8>)) {
    image[*offset as usize..][..bytes.len()].copy_from_slice(bytes);
}

/// A stick that was used for a while, and what is on it.
fn used(format: Format) -> Vec<u8> {
    let mut steps = vec![Step::Folder("/kluis".into())];
    for number in 0..24 {
        steps
            .push(Step::Write(format!("/a long name of some file {number}.bundle"), contents(3_000, number)));
    }
    for number in (0..24).step_by(3) {
        steps.push(Step::Remove(format!("/a long name of some file {number}.bundle")));
    }
    steps.push(Step::Write("/kluis/other.txt".into(), contents(9_000, 99)));
    format.with(format.made(), &steps)
}

#[test]
fn what_is_written_is_read_by_others_and_nothing_else_changed() {
    for format in FORMATS {
        let mut image = used(format);
        let before = format.read(&image).unwrap();
        // Each round finds the name taken once more; the directory grows on the way.
        for round in 0..12_u32 {
            let bytes = contents(1 + 1_700 * round as usize, u64::from(round));
            let (name, writes) = write(&image, "Receipt of 2026-11.tlog-proof", &bytes).unwrap();
            let expected = match round {
                0 => "Receipt of 2026-11.tlog-proof".to_owned(),
                number => format!("Receipt of 2026-11 ({}).tlog-proof", number + 1),
            };
            assert_eq!(name, expected, "{format:?}");
            let old = image.clone();
            writes.iter().for_each(|write| put(&mut image, write));
            let mut touched = old.clone();
            for (offset, bytes) in &writes {
                let place = *offset as usize..*offset as usize + bytes.len();
                touched[place.clone()].copy_from_slice(&image[place]);
            }
            assert!(touched == image);
            let there = format.read(&image).unwrap();
            assert!(there.contains(&(name, bytes)), "{format:?}, round {round}");
            assert!(before.iter().all(|file| there.contains(file)), "{format:?}, round {round}");
            assert_eq!(there.len(), before.len() + 1 + round as usize);
            assert_eq!(format.check(image.clone()), Vec::<String>::new(), "{format:?}, round {round}");
        }
    }
}

#[test]
fn a_stick_pulled_out_at_any_moment_shows_what_it_showed_before() {
    for format in FORMATS {
        let mut image = used(format);
        for round in 0..6 {
            let before = format.read(&image).unwrap();
            let bytes = contents(5_000, round);
            let (name, writes) =
                write(&image, "a-name-that-takes-several-entries-of-a-directory.card", &bytes).unwrap();
            for number in 0..writes.len() {
                put(&mut image, &writes[number]);
                let mut now = format.read(&image).unwrap();
                if number + 1 == writes.len() {
                    assert!(now.contains(&(name.clone(), bytes.clone())));
                }
                now.retain(|file| before.contains(file) || *file != (name.clone(), bytes.clone()));
                // Half of a set of entries may show as nothing, but nothing may show that was not there.
                assert!(now == before, "{format:?}, round {round}, write {number} of {}", writes.len());
            }
        }
    }
}

#[test]
fn a_stick_whose_table_gives_away_what_belongs_to_a_file_is_not_written_onto() {
    for format in FORMATS {
        let mut image = used(format);
        let mut volume = Volume::open(Bytes(&image)).unwrap();
        let (layout, listing) = (volume.layout.clone(), volume.list().unwrap());
        if !matches!(layout.width, Width::Fat16 | Width::Fat32) {
            continue;
        }
        let last = listing.found[3].runs.last().unwrap();
        for table in &layout.tables {
            let entry = table + layout.entry(last.first + last.count - 1);
            image[entry as usize..][..2].fill(0);
            image[entry as usize + 2..][..if layout.width == Width::Fat32 { 2 } else { 0 }].fill(0);
        }
        let refusal = StickRefusal::Unwritable { file: "box.card".into() };
        assert_eq!(write(&image, "box.card", b"a card").map(drop), Err(refusal), "{format:?}");
    }
}

#[test]
fn a_full_stick_takes_nothing_and_keeps_what_it_has() {
    for format in FORMATS {
        let image = format.made();
        let whole = format.size - format.size / 8;
        let image = format.with(image, &[Step::Write("/big.bundle".into(), contents(whole, 1))]);
        // What is left is filled file by file, until there is no room.
        let mut image = image;
        let mut written = 0;
        loop {
            match write(&image, "fill.card", &contents(200_000, 3)) {
                Ok((_, writes)) => writes.iter().for_each(|write| put(&mut image, write)),
                Err(refusal) => {
                    assert_eq!(refusal, StickRefusal::NoRoom { file: "fill.card".into() }, "{format:?}");
                    break;
                }
            }
            written += 1;
            assert!(written < 1_000);
        }
        assert_eq!(format.check(image.clone()), Vec::<String>::new(), "{format:?}");
        assert_eq!(format.read(&image).unwrap().len(), 1 + written, "{format:?}");
        assert!(take(Bytes(&image)).unwrap().0[0].1 == contents(whole, 1));
    }
}

#[test]
fn in_a_stick_with_many_small_holes_a_file_lies_in_pieces() {
    for format in FORMATS {
        let cluster = format.cluster as usize;
        let holes = 200;
        let names: Vec<String> = (0..holes).map(|number| format!("/kluis/{number}.bundle")).collect();
        let mut steps = vec![Step::Folder("/kluis".into())];
        steps.extend(names.iter().map(|name| Step::Write(name.clone(), contents(cluster, 5))));
        let image = format.with(format.made(), &steps);
        // Everything behind them is filled up, then every second file goes.
        let mut image = image;
        let mut length = format.size;
        let mut rest = 0;
        while length >= cluster {
            match write(&image, "rest.card", &contents(length.min(1 << 20), 1)) {
                Ok((_, writes)) => {
                    writes.iter().for_each(|write| put(&mut image, write));
                    rest += 1;
                }
                Err(_) => length /= 2,
            }
        }
        let removed: Vec<Step> = names.iter().step_by(2).map(|name| Step::Remove(name.clone())).collect();
        let mut image = format.with(image, &removed);
        let bytes = contents(cluster * (holes / 2 - 4), 8);
        let (name, writes) = write(&image, "scattered.card", &bytes).unwrap();
        writes.iter().for_each(|write| put(&mut image, write));
        assert_eq!(format.check(image.clone()), Vec::<String>::new(), "{format:?}");
        assert!(format.read(&image).unwrap().contains(&(name, bytes)), "{format:?}");
        assert_eq!(take(Bytes(&image)).unwrap().0.len(), holes / 2 + rest + 1);
    }
}

#[test]
fn what_others_formatted_stays_clean_for_their_checkers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stick.img");
    let image = path.to_str().unwrap();
    for (tools, size) in [
        (["mkfs.fat -F 12", "fsck.fat -n"], 2_u64 << 20),
        (["mkfs.fat -F 16 -s 1", "fsck.fat -n"], 8 << 20),
        (["mkfs.fat -F 32 -s 1", "fsck.fat -n"], 64 << 20),
        (["mkfs.fat -F 32 -S 4096", "fsck.fat -n"], 400 << 20),
        (["mkfs.exfat", "fsck.exfat -n"], 8 << 20),
        (["mkfs.exfat -c 512", "fsck.exfat -n"], 32 << 20),
        (["mkfs.exfat -c 128K", "fsck.exfat -n"], 256 << 20),
    ] {
        fs::File::create(&path).unwrap().set_len(size).unwrap();
        let [made, checked] = tools.map(|tool| tool.split(' ').chain([image]).collect::<Vec<_>>());
        run(made[0], &made[1..]);
        for round in 0..20 {
            let file = fs::File::options().read(true).write(true).open(&path).unwrap();
            let writer = file.try_clone().unwrap();
            let bytes = contents(5_000 * (round + 1), round as u64);
            let volume = Volume::open(Image(file)).unwrap();
            volume
                .write("box of Trampoline.card", &bytes, &mut |offset, bytes| {
                    std::os::unix::fs::FileExt::write_all_at(&writer, bytes, offset)
                })
                .unwrap();
        }
        let done = Command::new(checked[0]).args(&checked[1..]).output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{tools:?}: {said}{}", String::from_utf8_lossy(&done.stderr));
        let (files, _) = take(Image(fs::File::open(&path).unwrap())).unwrap();
        let expected: Vec<_> = (0..20).map(|round| contents(5_000 * (round + 1), round as u64)).collect();
        assert!(files.into_iter().map(|(_, bytes)| bytes).eq(expected), "{tools:?}");
    }
}

#[test]
fn a_name_that_could_do_harm_is_not_written() {
    let image = FORMATS[0].made();
    for name in
        ["", ".", "..", "a/b", "a\\b", "a:b", "caf\u{e9}", "a\u{202e}b", " a", "a.", "a\n", &"a".repeat(101)]
    {
        assert_eq!(write(&image, name, b"x").unwrap_err(), StickRefusal::NameUnfit { file: name.to_owned() });
    }
    assert!(matches!(write(&image, "a.card", b""), Err(StickRefusal::Empty { .. })));
    assert!(matches!(write(&image, "a.card", &vec![0; (1 << 20) + 1]), Err(StickRefusal::TooLong { .. })));
}

#[test]
fn a_stick_that_does_not_take_the_bytes_is_named() {
    let image = FORMATS[3].made();
    let volume = Volume::open(Bytes(&image)).unwrap();
    let refused =
        volume.write("a.card", b"x", &mut |_, _| Err(std::io::ErrorKind::ReadOnlyFilesystem.into()));
    assert!(matches!(refused, Err(StickRefusal::NotWritten { file, .. }) if file == "a.card"));
}
