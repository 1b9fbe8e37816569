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

#[test]
fn a_receipt_goes_onto_the_stick_and_nothing_else_on_it_is_touched() {
    let mut the = Box::new();
    let folder = the.folder.path().join("sealed");
    let bundles = the.seal_into(&folder, TERM, 1);
    let stick = StickMade::fat(the.folder.path(), 16, &[&bundles[0]]);
    assert_eq!(the.take(&stick.image).outcomes(), ["admitted"]);
    let written = json(&mut the.kluis(["receipt", "1", "--json", "--stick", stick.image.to_str().unwrap()]));
    let name = written["file"].as_str().unwrap();
    assert!(name.ends_with("-000001.tlog-proof"), "{name}");
    let card = json(&mut the.kluis(["card", "--json", "--stick", stick.image.to_str().unwrap()]));
    assert_eq!(card["file"], "box.card");

    let image = stick.image.to_str().unwrap();
    let read = |name: &str| {
        let to = the.folder.path().join("read");
        let _ = fs::remove_file(&to);
        tool("mcopy", &["-n", "-i", image, &format!("::{name}"), to.to_str().unwrap()]);
        fs::read(to).unwrap()
    };
    assert!(read("000001.bundle") == fs::read(&bundles[0]).unwrap());
    assert!(read("box.card") == fs::read(the.path.join("box.card")).unwrap());
    let receipt = String::from_utf8(read(name)).unwrap();
    assert!(receipt.starts_with("c2sp.org/tlog-proof@v1\n"), "{receipt}");
    tool("fsck.fat", &["-n", image]);
    // And the stick, put in again, has nothing new on it.
    let again = the.take(&stick.image);
    assert_eq!((again.exit, again.outcomes()), (Some(0), vec!["already-here"]), "{again:?}");
}

/// A `kluis run` on a stick of the test's own, with what it says.
struct Running {
    process: std::process::Child,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Running {
    fn on(the: &Box, stick: &Path) -> Self {
        let mut process = the
            .kluis(["run", "--port", "0", "--stick", stick.to_str().unwrap()])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let out = std::io::BufReader::new(process.stdout.take().unwrap());
        let (told, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            use std::io::BufRead as _;
            out.lines().map_while(Result::ok).try_for_each(|line| told.send(line))
        });
        Self { process, lines }
    }

    /// What is said up to this, which must come.
    fn until(&self, says: &str) -> Vec<String> {
        let mut said = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(crate::support::PATIENCE) {
            let found = line.contains(says);
            said.push(line);
            if found {
                return said;
            }
        }
        panic!("{says:?} is not said: {said:#?}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_stick_that_is_put_in_is_taken_and_the_box_says_when_it_may_go() {
    let mut the = Box::new();
    let folder = the.folder.path().join("sealed");
    let bundles = the.seal_into(&folder, TERM, 2);
    let plugged = the.folder.path().join("plugged.img");
    let running = Running::on(&the, &plugged);
    running.until("The box is running");
    for bundle in &bundles {
        let stick = StickMade::fat(the.folder.path(), 16, &[bundle]);
        fs::rename(&stick.image, &plugged).unwrap();
        let said = running.until("You may take the stick out.");
        assert!(said[0].contains("Leave it in") || said[0].contains("leave it in"), "{said:?}");
        assert!(said.iter().any(|line| line.contains("one invoice")), "{said:?}");
        fs::remove_file(&plugged).unwrap();
        running.until("The stick is out.");
    }
}

/// A loop device over an image, given back when dropped. The machine's loop devices are everybody's: a free
/// one is asked for.
struct Loop(String);

impl Loop {
    fn over(image: &Path) -> Option<Self> {
        let made = Command::new("losetup").args(["-f", "--show"]).arg(image).output().ok()?;
        let device = String::from_utf8(made.stdout).ok()?.trim().to_owned();
        (made.status.success() && device.starts_with("/dev/loop")).then_some(Self(device))
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = Command::new("losetup").args(["-d", &self.0]).status();
    }
}

#[test]
fn the_kernel_says_that_a_device_is_gone_and_a_mounted_one_is_left_alone() {
    let mut the = Box::new();
    let folder = the.folder.path().join("sealed");
    let bundles = the.seal_into(&folder, TERM, 1);
    let stick = StickMade::fat(the.folder.path(), 16, &[&bundles[0]]);
    let Some(device) = Loop::over(&stick.image) else {
        return crate::support::skipped_for_want_of_a_kernel("a stick as a block device (losetup, as root)");
    };
    let running = Running::on(&the, Path::new(&device.0));
    running.until("You may take the stick out.");
    let out = run(&mut the.kluis(["receipt", "1", "--stick", &device.0]));
    assert!(out.status.success(), "{}", text(&out));
    let begun = std::time::Instant::now();
    drop(device);
    running.until("The stick is out.");
    // By the kernel's word, or by the look every two seconds at the latest.
    assert!(begun.elapsed() < std::time::Duration::from_secs(4), "{:?}", begun.elapsed());
    drop(running);

    // Something of the machine's own: ext4 on a loop device, mounted.
    let own = the.folder.path().join("own.img");
    File::create(&own).unwrap().set_len(8 << 20).unwrap();
    tool("mkfs.ext4", &["-q", own.to_str().unwrap()]);
    let Some(device) = Loop::over(&own) else { return };
    let place = the.folder.path().join("mounted");
    fs::create_dir(&place).unwrap();
    let mounted = Command::new("mount").arg(&device.0).arg(&place).status();
    if !mounted.is_ok_and(|status| status.success()) {
        return crate::support::skipped_for_want_of_a_kernel("a mounted device (mount, as root)");
    }
    let out = run(&mut the.kluis(["take", &device.0]));
    let unmounted = Command::new("umount").arg(&place).status().unwrap();
    assert!(unmounted.success());
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out).contains("is in use by this machine"), "{}", text(&out));
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
    let bundles = the.seal_into(&folder, TERM, 3);
    let mut broken = fs::read(&bundles[0]).unwrap();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    fs::write(&bundles[0], &broken).unwrap();
    let longer = folder.join("longer.bundle");
    fs::write(&longer, [fs::read(&bundles[2]).unwrap(), vec![0; 3 << 20]].concat()).unwrap();
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
