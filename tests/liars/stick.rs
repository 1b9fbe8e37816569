//! A stick that has taken its process over.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use factuurkluis::appliance::airlock::volume::{MOST_FILES, StickRefusal};
use factuurkluis::appliance::airlock::{MOST_DEATHS, NotRead, Stick, write_onto};
use factuurkluis::appliance::keeper::{Keeper, Outcome, TakeReport};
use factuurkluis::support::words::{Language, Said as _};
use serde::Serialize;

use crate::liar::{assert_clean, frame, lies, orders, readers_are_honest, within};
use crate::support::{Box, TERM};

/// What the process at a stick may say, as FORMAT.md has no word of it: it is between the two halves of one program.
#[derive(Serialize)]
enum Told<'a> {
    Found(Item<'a>),
    Damaged(No<'a>),
    Listed { passed_over: u64 },
    Bytes { length: u32 },
    End,
    Put { offset: u64, length: u32 },
    Written { name: &'a str },
    No(No<'a>),
}

#[derive(Serialize)]
struct Item<'a> {
    path: &'a str,
    kind: &'a str,
    length: u64,
}

#[derive(Serialize)]
struct No<'a> {
    code: &'a str,
    values: Vec<&'a str>,
}

const MIB: u64 = 1 << 20;
const SOON: Duration = Duration::from_secs(8);
const END: &str = "shut; say";

fn found(path: &str, kind: &str, length: u64) -> Vec<u8> {
    frame(&Told::Found(Item { path, kind, length }))
}

fn no(code: &str, values: &[&str]) -> Vec<u8> {
    frame(&Told::No(No { code, values: values.to_vec() }))
}

fn bytes(length: u32, follow: usize) -> Vec<u8> {
    [frame(&Told::Bytes { length }), vec![7; follow]].concat()
}

fn listed(passed_over: u64) -> Vec<u8> {
    frame(&Told::Listed { passed_over })
}

fn end() -> Vec<u8> {
    frame(&Told::End)
}

/// A stick of 64 MiB that has its process do this.
struct Lying {
    _folder: tempfile::TempDir,
    image: PathBuf,
}

impl Lying {
    fn new(how: &str, words: &[u8]) -> Self {
        lies();
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("stick.img");
        let mut file = File::create(&image).unwrap();
        file.write_all(&orders(how, words)).unwrap();
        file.set_len(64 * MIB).unwrap();
        Self { _folder: folder, image }
    }
}

fn open(how: &str, words: &[u8]) -> Result<(Lying, Stick), NotRead> {
    let lying = Lying::new(how, words);
    within(SOON, "opening", || Stick::open(&lying.image)).map(|stick| (lying, stick))
}

#[test]
fn a_list_that_no_honest_process_has_is_no_list() {
    let many = |one: &[u8], count: usize| one.repeat(count);
    let damaged = frame(&Told::Damaged(No { code: "stick-short", values: vec!["a.bundle"] }));
    let wrong: Vec<(&str, Vec<u8>)> = vec![
        ("an end", end()),
        ("bytes", bytes(5, 5)),
        ("places", frame(&Told::Put { offset: 0, length: 512 })),
        ("a written file", frame(&Told::Written { name: "a" })),
        ("noise", vec![0xa5; 3_000]),
        ("a message longer than any", vec![0xff; 70_000]),
        ("an empty one", vec![0; 100]),
        ("more others than there are entries", listed(u64::MAX)),
        ("a kind that is none", [found("a.exe", "exe", 5), listed(0)].concat()),
        ("a file without a byte", [found("a.bundle", "bundle", 0), listed(0)].concat()),
        ("a card longer than a card", [found("a.card", "card", 40 * MIB), listed(0)].concat()),
        ("a length that overflows", [found("a.bundle", "bundle", u64::MAX), listed(0)].concat()),
        (
            "more than the stick holds",
            [found("a.bundle", "bundle", 40 * MIB), found("b.bundle", "bundle", 40 * MIB), listed(0)]
                .concat(),
        ),
        ("a path up", [found("../a.bundle", "bundle", 5), listed(0)].concat()),
        ("a path from the root", [found("/a.bundle", "bundle", 5), listed(0)].concat()),
        ("a deep path", [found("a/b/c.bundle", "bundle", 5), listed(0)].concat()),
        ("another system's path", [found("c:\\a.bundle", "bundle", 5), listed(0)].concat()),
        ("no name", [found("", "bundle", 5), listed(0)].concat()),
        ("a refusal that is none", no("keeper-officers-only", &[])),
        ("one with too few values", no("stick-unreadable", &[])),
        ("one with too many", no("stick-unknown", &["x"])),
        ("more files than may be", many(&found("a.bundle", "bundle", 1), MOST_FILES + 2)),
        ("more damaged files than may be", many(&damaged, MOST_FILES + 2)),
    ];
    for (what, words) in wrong {
        for how in [END, "shut; while say; do :; done"] {
            let refusal = open(how, &words).err().unwrap_or_else(|| panic!("{what} was believed"));
            assert_eq!(refusal.code(), "airlock-protocol", "{what}: {refusal}");
        }
    }
    // A list that breaks off is one of a process that died.
    for words in [&[][..], &found("a.bundle", "bundle", 5), &listed(0)[..1]] {
        assert_eq!(open(END, words).err().unwrap().code(), "airlock-failed");
    }
    assert_eq!(open("exit 0", &[]).err().unwrap().code(), "airlock-unavailable");
}

#[test]
fn what_it_calls_its_files_is_shown_without_what_steers() {
    let evil = "in\u{202e}elif\u{1b}[2J\u{2028}\u{61c}\0.bundle";
    let long = "x".repeat(2_000);
    let words = [
        found(evil, "bundle", 10),
        found(&long, "bundle", 10),
        frame(&Told::Damaged(No { code: "stick-short", values: vec![evil] })),
        frame(&Told::Damaged(No { code: "stick-format", values: vec![&long] })),
        listed(3),
    ];
    let (_lying, stick) = open(END, &words.concat()).unwrap();
    assert_eq!((stick.files().len(), stick.damaged().len(), stick.passed_over()), (2, 2, 3));
    for file in stick.files() {
        assert_clean(&file.path);
        assert!(file.path.chars().count() <= 301);
    }
    for said in stick.damaged() {
        for language in Language::ALL {
            assert_clean(&said.say(language));
            assert!(said.say(language).len() < 2_000);
        }
    }
    for (code, fields) in StickRefusal::CODES {
        let refusal = open(END, &no(code, &vec![evil; fields.len()])).err().unwrap();
        assert_eq!(refusal.code(), *code);
        assert_clean(&refusal.to_string());
    }
}

#[test]
fn bytes_that_are_not_the_files_are_no_file_and_cost_the_file_in_hand() {
    let list = [found("a.bundle", "bundle", 1_000), found("b.bundle", "bundle", 1_000), listed(0)].concat();
    let wrong = [
        ("pieces of nothing, for ever", bytes(0, 0).repeat(1_000), "airlock-protocol"),
        ("a piece longer than any", bytes((1 << 20) + 1, 0), "airlock-protocol"),
        ("a piece longer than the file", bytes(1_001, 1_001), "airlock-protocol"),
        ("one piece too many", [bytes(1_000, 1_000), bytes(1, 1)].concat(), "airlock-protocol"),
        ("an end before the end", [bytes(500, 500), end()].concat(), "airlock-protocol"),
        ("no end", bytes(1_000, 1_000), "airlock-failed-at"),
        ("half a piece", bytes(1_000, 300), "airlock-failed-at"),
        ("a piece less than it speaks of", [bytes(1_000, 990), end()].concat(), "airlock-failed-at"),
        ("the list again", list.clone(), "airlock-protocol"),
        ("a written file", frame(&Told::Written { name: "a" }), "airlock-protocol"),
        ("a refusal of its own", no("stick-unreadable", &["512"]), "stick-unreadable"),
        ("a refusal that is none", no("stick-x", &[]), "airlock-protocol"),
    ];
    for (what, words, code) in wrong {
        let (_lying, mut stick) = open(END, &[list.clone(), words].concat()).unwrap();
        within(SOON, what, || {
            let mut read = Vec::new();
            let mut incoming = stick.copy(0).unwrap();
            assert!(incoming.read_to_end(&mut read).is_err(), "{what} was taken for a file");
            assert!(read.len() <= 1_000, "{what}: {} bytes", read.len());
            assert_eq!(incoming.refusal().unwrap().code(), code, "{what}");
        });
    }
    // Each process says the same: the stick is given up.
    let (_lying, mut stick) = open(END, &[list, bytes(0, 0)].concat()).unwrap();
    let given_up = within(SOON, "giving up", || {
        (0..=MOST_DEATHS).find_map(|_| match stick.copy(1) {
            Ok(mut incoming) => {
                assert!(incoming.read_to_end(&mut Vec::new()).is_err());
                None
            }
            Err(refusal) => Some(refusal),
        })
    });
    assert_eq!(given_up.unwrap().code(), "airlock-failed");
}

#[test]
fn a_process_that_goes_on_after_its_stick_is_out_is_not_listened_to() {
    let list = [found("a.bundle", "bundle", 60 * MIB), listed(0)].concat();
    let piece = bytes(4_096, 4_096);
    // The list, then pieces for as long as anybody reads.
    let first = list.len();
    let how = format!("shut; say | head -c {first}; while say | tail -c +{}; do :; done", first + 1);
    let (lying, mut stick) = open(&how, &[list, piece.repeat(200)].concat()).unwrap();
    let mut incoming = stick.copy(0).unwrap();
    incoming.read_exact(&mut vec![0; 1 << 20]).unwrap();
    File::options().write(true).open(&lying.image).unwrap().set_len(MIB).unwrap();
    within(SOON, "the end", || assert!(incoming.read_to_end(&mut Vec::new()).is_err()));
    assert_eq!(incoming.refusal().unwrap().code(), "airlock-pulled-out");
    drop(incoming);
    assert_eq!(stick.copy(0).err().unwrap().code(), "airlock-pulled-out");
}

#[test]
fn a_plan_that_leaves_the_stick_or_never_ends_is_not_carried_out() {
    let put = |offset: u64, length: u32, follow: usize| {
        [frame(&Told::Put { offset, length }), vec![9; follow]].concat()
    };
    let written = frame(&Told::Written { name: "a.card" });
    let wrong = [
        ("behind the end", put(64 * MIB, 512, 512)),
        ("over the end", put(64 * MIB - 512, 1_024, 1_024)),
        ("beyond all", put(u64::MAX - 511, 512, 512)),
        ("half a sector", put(0, 100, 100)),
        ("between two sectors", put(100, 512, 512)),
        ("nothing", put(0, 0, 0)),
        ("more than a piece", put(0, (1 << 20) + 512, 0)),
        ("a file's bytes", bytes(512, 512)),
        ("for ever", put(0, 1 << 20, 1 << 20).repeat(12)),
        ("noise", vec![0x5a; 5_000]),
        ("a refusal that is none", no("stick-x", &[])),
    ];
    for (what, words) in wrong {
        // Something sound before it, which must not be written either.
        let lying = Lying::new(END, &[put(512, 512, 512), words, written.clone()].concat());
        let before = fs::read(&lying.image).unwrap();
        // More than a pipe holds by itself, to one that reads nothing.
        let refusal =
            within(SOON, what, || write_onto(&lying.image, "a.card", &vec![1; 1 << 20]).unwrap_err());
        assert_eq!(refusal.code(), "airlock-protocol", "{what}: {refusal}");
        assert!(fs::read(&lying.image).unwrap() == before, "{what}: something was written");
    }
    let evil = frame(&Told::Written { name: "a\u{202e}b\u{1b}.card" });
    let lying = Lying::new(END, &[put(1 << 20, 512, 512), evil].concat());
    let name = write_onto(&lying.image, "a.card", b"a card").unwrap();
    assert_clean(&name);
    // It may spoil its own stick, and does: there and nowhere else.
    let mut sector = [0; 512];
    File::open(&lying.image).unwrap().read_exact_at(&mut sector, 1 << 20).unwrap();
    assert_eq!(sector, [9; 512]);
}

fn take(keeper: &Keeper, image: &Path) -> TakeReport {
    let report = within(Duration::from_secs(30), "taking", || keeper.take(image, &|_| {}).unwrap());
    for (name, outcome) in &report.files {
        assert_clean(name);
        Language::ALL.iter().for_each(|language| assert_clean(&outcome.say(name, *language)));
    }
    report
}

#[test]
fn of_what_a_lying_process_hands_out_only_what_proves_itself_is_admitted() {
    let _honest = readers_are_honest();
    let mut the = Box::new();
    let sealed = the.seal_into(&the.folder.path().join("sealed"), TERM, 2);
    let (first, second) = (fs::read(&sealed[0]).unwrap(), fs::read(&sealed[1]).unwrap());
    let keeper = Keeper::open(&the.path).unwrap();
    let hand = |files: &[(&str, &str, &[u8])]| {
        let mut words = Vec::new();
        files.iter().for_each(|(name, kind, bytes)| words.extend(found(name, kind, bytes.len() as u64)));
        words.extend(listed(0));
        // In the order in which they are asked for: by name.
        for (_, _, file) in files {
            words.extend([frame(&Told::Bytes { length: file.len() as u32 }), file.to_vec(), end()].concat());
        }
        Lying::new(END, &words)
    };
    let changed: Vec<u8> =
        first.iter().enumerate().map(|(at, byte)| byte ^ u8::from(at == first.len() - 9)).collect();
    let longer = [&first[..], &[0; 40]].concat();
    let refused = [
        ("1\u{202e}.bundle", "bundle", &changed[..]),
        ("2.bundle", "bundle", &first[..first.len() - 1]),
        ("3.bundle", "bundle", &longer),
        ("4.bundle", "bundle", b"no bundle"),
        ("5.tsr", "tsr", b"no token"),
    ];
    for one in refused {
        let report = take(&keeper, &hand(&[one]).image);
        assert!(matches!(&report.files[..], [(_, Outcome::Refused(_))]), "{report:?}");
    }
    assert_eq!(archived(&the.path), Vec::<Vec<u8>>::new());
    // The same twice, and a bundle under a token's name.
    let both = [
        ("a.bundle", "bundle", &first[..]),
        ("a.bundle", "bundle", &first[..]),
        ("b.tsr", "tsr", &second[..]),
    ];
    let report = take(&keeper, &hand(&both).image);
    let here = report.files.iter().filter(|(_, outcome)| outcome.is_here()).count();
    assert_eq!(here, 2, "{report:?}");
    assert!(archived(&the.path) == [first]);
    drop(keeper);
    the.sound();
}

/// Every bundle in the archive.
pub(crate) fn archived(a_box: &Path) -> Vec<Vec<u8>> {
    let mut bundles = Vec::new();
    for term in fs::read_dir(a_box.join("terms")).unwrap().flatten() {
        let files = fs::read_dir(term.path().join("bundles")).into_iter().flatten().flatten();
        bundles.extend(files.map(|file| fs::read(file.path()).unwrap()));
    }
    bundles
}

#[test]
#[ignore = "a minute: how long a stick may be silent"]
fn a_process_that_says_nothing_more_is_given_up_after_a_minute() {
    let begun = std::time::Instant::now();
    let lying = Lying::new("shut; exec sleep 1000", &[]);
    assert_eq!(Stick::open(&lying.image).err().unwrap().code(), "airlock-failed");
    assert!((60..180).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}
