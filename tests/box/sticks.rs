//! Sticks, made by others' tools, taken in by the built program.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Box, TERM, Taken, json, kluis_at, run, text};

/// An image of a stick, made as a shop owner's computer makes one.
struct StickMade {
    image: PathBuf,
}

impl StickMade {
    /// A FAT stick of so many MiB with these files at the top.
    fn fat(folder: &Path, mebibytes: u64, files: &[&Path]) -> Self {
        let image = folder.join("stick.img");
        File::create(&image).unwrap().set_len(mebibytes << 20).unwrap();
        tool("mkfs.fat", &["-n", "SHOP", image.to_str().unwrap()]);
        let made = Self { image };
        for file in files {
            made.put(file, &file.file_name().unwrap().to_string_lossy());
        }
        made
    }

    fn put(&self, file: &Path, name: &str) {
        let (image, file) = (self.image.to_str().unwrap(), file.to_str().unwrap());
        tool("mcopy", &["-i", image, file, &format!("::{name}")]);
    }
}

fn tool(tool: &str, arguments: &[&str]) {
    let done = run(Command::new(tool).args(arguments).env("MTOOLS_SKIP_CHECK", "1"));
    assert!(done.status.success(), "{tool} {arguments:?}: {}", text(&done));
}

#[test]
fn a_stick_is_taken_in_as_a_folder_is_and_other_peoples_files_are_left_alone() {
    let mut the = Box::new();
    let folder = the.folder.path().join("sealed");
    let bundles = the.seal_into(&folder, TERM, 3);
    let others = the.folder.path().join("Tante Truus verjaardag.jpg");
    fs::write(&others, [7; 5000]).unwrap();
    let stick = StickMade::fat(the.folder.path(), 16, &[&bundles[2], &others, &bundles[0]]);
    let image = stick.image.to_str().unwrap();
    tool("mmd", &["-i", image, "::Kluis", "::Foto's"]);
    stick.put(&bundles[1], "Kluis/000002.BUNDLE");
    let before = fs::read(&stick.image).unwrap();

    let taken = the.take(&stick.image);
    assert_eq!((taken.exit, taken.outcomes()), (Some(0), vec!["admitted"; 3]), "{taken:?}");
    let codes: Vec<_> = taken.files.iter().filter_map(|file| file["bundle"]["code"].as_str()).collect();
    assert!(codes.iter().any(|code| code.starts_with("3 ")), "{codes:?}");
    assert!(fs::read(&stick.image).unwrap() == before, "something was written onto the stick");

    let out = run(the.kluis(["take"]).arg(&stick.image));
    assert!(text(&out).contains("2 other files and folders"), "{}", text(&out));
    assert!(!text(&out).contains("Truus"), "{}", text(&out));
    let box_holds = String::from_utf8_lossy(&every_byte(&the.path)).into_owned();
    assert!(!box_holds.contains("Truus"), "the name of somebody's file went into the box");
    the.sound();
}

/// Everything in a folder, one after the other.
fn every_byte(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            bytes.extend(every_byte(&entry.path()));
        } else if entry.file_type().unwrap().is_file() {
            bytes.extend(fs::read(entry.path()).unwrap());
        }
    }
    bytes
}

#[test]
fn what_is_no_stick_that_is_read_is_refused_with_the_way_out() {
    let the = Box::new();
    let image = the.folder.path().join("stick.img");
    File::create(&image).unwrap().set_len(8 << 20).unwrap();
    tool("mkfs.ext4", &["-q", image.to_str().unwrap()]);
    let out = run(the.kluis(["take"]).arg(&image));
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out).contains("exFAT"), "{}", text(&out));
    // A file of another kind is what it was before there were sticks.
    let letter = the.folder.path().join("letter.pdf");
    fs::write(&letter, "%PDF-1.7").unwrap();
    let taken = the.take(&letter);
    assert_eq!(taken.code(), "bundle-not-a-bundle", "{taken:?}");
}

#[test]
fn a_shops_card_on_a_stick_waits_for_an_officer_and_is_enrolled_by_the_command_that_is_shown() {
    let the = Box::new();
    let another = crate::support::Shop::new(the.shop.box_card.clone());
    let card = the.folder.path().join("new-shop.card");
    fs::write(&card, another.card.to_bytes()).unwrap();
    let known = the.folder.path().join("known.card");
    fs::write(&known, the.shop.card.to_bytes()).unwrap();
    let stick = StickMade::fat(the.folder.path(), 4, &[&card, &known, &the.path.join("box.card")]);

    let taken = the.take(&stick.image);
    assert_eq!((taken.exit, taken.outcomes()), (Some(0), vec!["card-here", "card"]), "{taken:?}");
    let waits = taken.files[1]["card"]["path"].as_str().unwrap().to_owned();
    assert!(taken.files[1]["sentence"].as_str().unwrap().contains(&format!("kluis enrol {waits}")));
    let senders = json(&mut the.kluis(["sender", "--json"]));
    assert_eq!(senders.as_array().unwrap().len(), 1, "nobody is enrolled by a stick: {senders}");

    let enrol = ["enrol", &waits, "--fingerprint", &another.card.fingerprint()];
    let out = run(kluis_at(&the.path, enrol).args(the.anna()));
    assert!(out.status.success(), "{}", text(&out));
    assert!(!Path::new(&waits).exists(), "it waits no more");
    the.sound();
}

#[test]
fn a_broken_bundle_on_a_stick_costs_itself_only() {
    let mut the = Box::new();
    let folder = the.folder.path().join("sealed");
    let bundles = the.seal_into(&folder, TERM, 2);
    let mut broken = fs::read(&bundles[0]).unwrap();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    fs::write(&bundles[0], &broken).unwrap();
    let longer = folder.join("longer.bundle");
    fs::write(&longer, [fs::read(&bundles[1]).unwrap(), vec![0; 3 << 20]].concat()).unwrap();
    let empty = folder.join("empty.bundle");
    fs::write(&empty, b"").unwrap();
    let stick = StickMade::fat(the.folder.path(), 16, &[&bundles[0], &bundles[1], &longer, &empty]);
    let taken: Taken = the.take(&stick.image);
    let mut outcomes = taken.outcomes();
    outcomes.sort_unstable();
    assert_eq!(taken.exit, Some(1));
    assert_eq!(outcomes, ["admitted", "refused", "refused", "refused"], "{taken:?}");
    the.sound();
}
