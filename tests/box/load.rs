//! Much at once: memory, and several commands on one box.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Cursor};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use factuurkluis::exchange::bundle::{Document, Origin, Parcel};
use factuurkluis::exchange::vocabulary::Digest;
use factuurkluis::support::secret::Secret;

use crate::disk::noise;
use crate::support::{Box, PATIENCE, TERM, Taken, bundles_in, json, kluis_at, record, run, sound_at, text};

/// What all our processes together may hold, in bytes.
const MEMORY: u64 = 96 << 20;

/// The n-th document: no two alike, none that can be made smaller.
fn document(base: &[u8], n: usize) -> Vec<u8> {
    let mut bytes = base.to_vec();
    bytes[..8].copy_from_slice(&(n as u64).to_le_bytes());
    bytes
}

/// Seals 10,000 documents of `each` bytes with records that fill the leaves' bound.
fn seal_ten_thousand(the: &mut Box, each: usize, articles: usize, to: &Path) {
    const COUNT: usize = 10_000;
    let base = noise(7, each);
    let day = the.shop.term(TERM).term.first();
    the.shop.number += 1;
    let mut parcel = Parcel::new(the.shop.place(the.shop.number), &Secret::from_bytes(&the.shop.receipt_key));
    for n in 0..COUNT {
        let mut record = record(&format!("2026-{n:06}"), day);
        record.buyer.name = Some(format!("Sanne Springveer {}", n % 977));
        record.buyer.customer = Some(format!("K-{}", n % 3_331));
        record.articles = (0..articles)
            .map(|article| {
                format!("{:04}-{n:06}-{article:02}{}", n % 97, "-TRAMPOLINE".repeat(40 / articles))
            })
            .collect();
        let document = Document {
            length: each as u64,
            media_type: "image/png".to_owned(),
            origin: Origin::Original,
            sha256: Digest::of(&document(&base, n)),
        };
        assert!(parcel.add(record, vec![document]).unwrap(), "{n} invoices fill the leaves");
    }
    let out = File::create(to).unwrap();
    let address = the.shop.address(TERM);
    let (header, _) =
        parcel.seal(out, &address, &the.shop.key, |n| Ok(Cursor::new(document(&base, n)))).unwrap();
    the.shop.previous = Some(header.digest());
}

/// The greatest sum of what the processes of a tree have held at most, while it runs.
fn most_memory(mut child: Child) -> (u64, Child) {
    let mut held: BTreeMap<u32, u64> = BTreeMap::new();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < 5 * PATIENCE, "hung");
        for process in tree_of(child.id()) {
            let Ok(status) = fs::read_to_string(format!("/proc/{process}/status")) else { continue };
            let kilobytes = |name: &str| {
                let line = status.lines().find_map(|line| line.strip_prefix(name));
                line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0)
            };
            // A debug build's program is 20 MiB larger than the one that people have, and each process counts
            // it: there it is left out. `scripts/bench memory` counts everything, of the release build.
            let program = if cfg!(debug_assertions) { kilobytes("RssFile:") } else { 0 };
            let most = held.entry(process).or_default();
            *most = (*most).max(kilobytes("VmHWM:").saturating_sub(program) << 10);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let each: Vec<_> = held.values().map(|bytes| bytes >> 20).collect();
    eprintln!("MiB in each process: {each:?}");
    (held.values().sum(), child)
}

/// A process and those that it started.
pub(crate) fn tree_of(root: u32) -> Vec<u32> {
    let mut found = vec![root];
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(process) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) else { continue };
        let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1));
        if parent.and_then(|parent| parent.parse().ok()) == Some(root) {
            found.push(process);
        }
    }
    found
}

fn takes_within_memory(each: usize, articles: usize) {
    let mut the = Box::new();
    let bundle = the.folder.path().join("000001.bundle");
    seal_ten_thousand(&mut the, each, articles, &bundle);
    let size = fs::metadata(&bundle).unwrap().len();
    let child = the.kluis(["take", "--json"]).arg(&bundle).stdout(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    let (most, child) = most_memory(child);
    let out = child.wait_with_output().unwrap();
    eprintln!(
        "10,000 documents in {} MiB taken in {:.1} s with {:.1} MiB in all processes together",
        size >> 20,
        begun.elapsed().as_secs_f64(),
        most as f64 / 1_048_576.0
    );
    assert_eq!(Taken::of(out).outcomes(), ["admitted"]);
    assert!(most < MEMORY, "{most} bytes");
    let mut find = the.kluis(["find", "--json", "--number", "2026-009999", "--reason", "check"]);
    assert_eq!(json(find.args(the.anna()))["totals"]["count"], 1);
}

#[test]
fn ten_thousand_documents_are_taken_in_little_memory() {
    takes_within_memory(20 << 10, 8);
}

#[test]
#[ignore = "2 GiB: some minutes in a build that is not optimised"]
fn two_gibibytes_of_ten_thousand_documents_are_taken_in_little_memory() {
    takes_within_memory((2 << 30) / 10_000, 40);
}

/// `kluis run` on the box, which has said that it is ready.
struct Running(Child);

impl Running {
    fn start(path: &Path) -> Self {
        let mut child = kluis_at(path, ["run", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("127.0.0.1"), "{line}");
        Self(child)
    }

    fn stop(mut self) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        let begun = Instant::now();
        while self.0.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the box does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn two_that_take_at_once_lose_nothing_between_them() {
    let mut the = Box::new();
    let (one, two) = (the.folder.path().join("one"), the.folder.path().join("two"));
    the.seal_into(&one, TERM, 5);
    the.seal_into(&two, TERM, 5);
    let take = |stick: &Path| Taken::of(run(the.kluis(["take", "--json"]).arg(stick)));
    std::thread::scope(|scope| {
        for stick in [&one, &two, &one] {
            scope.spawn(move || {
                let taken = take(stick);
                let locked = taken.answer["code"] == "disk-locked";
                assert!(locked || taken.exit == Some(0), "{taken:?}");
            });
        }
    });
    for stick in [&one, &two] {
        assert_eq!(take(stick).exit, Some(0));
    }
    assert_eq!(bundles_in(&the.path).len(), 10);
    the.sound();
}

#[test]
fn a_running_box_takes_finds_and_verifies_at_once() {
    let mut the = Box::new();
    let (one, two) = (the.folder.path().join("one"), the.folder.path().join("two"));
    the.seal_into(&one, TERM, 8);
    the.seal_into(&two, TERM, 8);
    let running = Running::start(&the.path);
    std::thread::scope(|scope| {
        let the = &the;
        for stick in [&one, &two, &one] {
            scope.spawn(move || {
                let taken = Taken::of(run(the.kluis(["take", "--json"]).arg(stick)));
                assert_eq!(taken.exit, Some(0), "{taken:?}");
            });
        }
        scope.spawn(move || {
            for _ in 0..6 {
                let mut find = the.kluis(["find", "--json", "--customer", "springveer", "--reason", "check"]);
                let found = json(find.args(the.anna()));
                assert!(found["totals"]["count"].as_u64().unwrap() <= 16);
            }
        });
        scope.spawn(move || {
            for _ in 0..3 {
                let out = run(&mut the.kluis(["verify", "--json"]));
                assert!(out.status.success(), "a sound box was called unsound while it took: {}", text(&out));
            }
        });
    });
    let mut find = the.kluis(["find", "--json", "--customer", "springveer", "--reason", "check"]);
    assert_eq!(json(find.args(the.anna()))["totals"]["count"], 16);
    // Refused or not, the same is said over the socket as without.
    let odd = the.folder.path().join("odd.bundle");
    fs::write(&odd, b"odd").unwrap();
    assert_eq!(the.take(&odd).code(), "bundle-not-a-bundle");
    assert_eq!(the.take(&the.folder.path().join("nowhere")).code(), "keeper-unreadable");
    running.stop();
    assert_eq!(bundles_in(&the.path).len(), 16);
    the.sound();
}

#[test]
fn a_running_box_that_is_killed_is_there_again_with_all_it_said() {
    let mut the = Box::new();
    let stick = the.folder.path().join("stick");
    the.seal_into(&stick, TERM, 3);
    let running = Running::start(&the.path);
    let taken = the.take(&stick);
    assert_eq!(taken.here(), [1, 2, 3]);
    drop(running);
    sound_at(&the.path);
    let running = Running::start(&the.path);
    assert_eq!(the.take(&stick).outcomes(), ["already-here"; 3]);
    running.stop();
    the.sound();
}
