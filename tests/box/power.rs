//! kill -9 anywhere, and the order of what is made durable.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::{Box, OLD_TERM, TERM, Taken, bundles_in, kluis_at, run, skipped, sound_at};

/// The places where a process is killed while it admits.
const ADMITTING: [&str; 8] = [
    "take-spooled",
    "take-kept",
    "take-journaled",
    "journal-events-written",
    "journal-entries-written",
    "journal-before-checkpoint",
    "durable-before-rename",
    "durable-after-rename",
];

/// The places where it is killed while it destroys.
const DESTROYING: [&str; 13] = [
    "switch-2-root-written",
    "switch-3-vault-written",
    "switch-4-intent-journaled",
    "switch-5-old-root-killed",
    "switch-6-old-root-refused",
    "switch-7-directory-removed",
    "switch-8-certificate-journaled",
    "journal-events-written",
    "journal-entries-written",
    "journal-before-checkpoint",
    "durable-before-rename",
    "durable-after-rename",
    "vault-before-second",
];

fn empty(directory: &Path) -> bool {
    fs::read_dir(directory).unwrap().next().is_none()
}

/// After a kill: the box opens and is sound, has what it acknowledged, takes the rest, and nothing of
/// what was half done lies about.
fn recovers(path: &Path, stick: &Path, acknowledged: &[u64], what: &str) {
    sound_at(path);
    assert!(empty(&path.join("spool")), "{what}: the spool is not empty");
    let here = bundles_in(path).len();
    assert!(here >= acknowledged.len(), "{what}: an acknowledged bundle is gone");
    let taken = Taken::of(run(kluis_at(path, ["take", "--json"]).arg(stick)));
    assert_eq!(taken.exit, Some(0), "{what}: {taken:?}");
    for file in &taken.files {
        let number = file["bundle"]["number"].as_u64().unwrap();
        if acknowledged.contains(&number) {
            assert_eq!(file["outcome"], "already-here", "{what}: {file}");
        }
    }
    let strays = here - taken.outcomes().iter().filter(|outcome| **outcome == "already-here").count();
    assert_eq!(strays, 0, "{what}: a bundle lay in a term that no receipt speaks for");
    assert_eq!(bundles_in(path).len(), taken.files.len(), "{what}");
    assert!(empty(&path.join("spool")), "{what}: the spool is not empty");
    sound_at(path);
}

#[test]
fn a_kill_at_any_step_of_admission_loses_nothing_and_leaves_nothing_half() {
    let mut the = Box::new();
    let stick = the.folder.path().join("stick");
    the.seal_into(&stick, TERM, 2);
    let mut kills = 0;
    for place in ADMITTING {
        for nth in 1.. {
            let copy = the.folder.path().join("copy");
            the.copy_to(&copy);
            let what = format!("{place}:{nth}");
            let out = run(kluis_at(&copy, ["take", "--json"]).arg(&stick).env("KLUIS_FAILPOINT", &what));
            let untouched = out.status.code().is_some();
            let acknowledged = Taken::of(out).here();
            recovers(&copy, &stick, &acknowledged, &what);
            fs::remove_dir_all(&copy).unwrap();
            if untouched {
                assert!(nth > 1, "{place} is on no path");
                break;
            }
            kills += 1;
        }
    }
    eprintln!("{kills} kills while admitting");
    assert!(kills >= 12, "{kills}");
}

#[test]
fn a_kill_at_any_step_of_destruction_leaves_a_term_alive_or_dead_and_never_between() {
    let mut the = Box::new();
    let (old, new) = (the.folder.path().join("old"), the.folder.path().join("new"));
    the.seal_into(&old, OLD_TERM, 1);
    the.seal_into(&new, TERM, 1);
    for stick in [&old, &new] {
        assert_eq!(the.take(stick).exit, Some(0));
    }
    // Locked already, so that what is killed is the destruction.
    assert!(run(&mut the.kluis(["clock", "--turn", "2032-01-03"])).status.success());
    let (mut kills, mut rolled_forward) = (0, 0);
    for place in DESTROYING {
        for nth in 1.. {
            let copy = the.folder.path().join("copy");
            the.copy_to(&copy);
            let what = format!("{place}:{nth}");
            let out = run(kluis_at(&copy, ["clock", "--turn", "2032-03-03"]).env("KLUIS_FAILPOINT", &what));
            let untouched = out.status.code().is_some();
            sound_at(&copy);
            let dead = !copy.join("terms").join(OLD_TERM).exists();
            let certified = copy.join("certificates").join(format!("{OLD_TERM}.certificate")).exists();
            let outcome = Taken::of(run(kluis_at(&copy, ["take", "--json"]).arg(&old)));
            if dead {
                assert_eq!(outcome.code(), "archive-term-destroyed", "{what}");
                assert!(certified, "{what}: destroyed without a certificate");
                rolled_forward += usize::from(!untouched);
            } else {
                assert_eq!(outcome.outcomes(), ["already-here"], "{what}: {outcome:?}");
                assert!(!certified, "{what}");
            }
            // Once more, and now it is over for good.
            assert!(run(&mut kluis_at(&copy, ["clock", "--turn", "2032-06-03"])).status.success(), "{what}");
            let outcome = Taken::of(run(kluis_at(&copy, ["take", "--json"]).arg(&old)));
            assert_eq!(outcome.code(), "archive-term-destroyed", "{what}");
            let outcome = Taken::of(run(kluis_at(&copy, ["take", "--json"]).arg(&new)));
            assert_eq!(outcome.outcomes(), ["already-here"], "{what}: the other term");
            sound_at(&copy);
            fs::remove_dir_all(&copy).unwrap();
            if untouched {
                break;
            }
            kills += 1;
        }
    }
    eprintln!("{kills} kills while destroying, {rolled_forward} rolled forward");
    assert!(kills >= 12 && rolled_forward >= 4, "{kills}, {rolled_forward}");
}

#[test]
fn a_kill_at_thirty_moments_of_taking_ten_bundles_loses_no_receipt() {
    let mut the = Box::new();
    let stick = the.folder.path().join("stick");
    the.seal_into(&stick, TERM, 10);
    let copy = the.folder.path().join("copy");
    let begun = Instant::now();
    the.copy_to(&copy);
    assert!(run(kluis_at(&copy, ["take"]).arg(&stick)).status.success());
    let whole = begun.elapsed();
    fs::remove_dir_all(&copy).unwrap();
    let mut killed = 0;
    for moment in 0..30_u32 {
        the.copy_to(&copy);
        let mut child = kluis_at(&copy, ["take", "--json"])
            .arg(&stick)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Evenly over the time that it takes, and each a little off.
        let jitter = Duration::from_micros(u64::from(rand(moment)) % 20_000);
        std::thread::sleep(whole * moment / 30 + jitter);
        child.kill().unwrap();
        let out = child.wait_with_output().unwrap();
        killed += usize::from(out.status.code().is_none());
        let acknowledged = Taken::of(out).here();
        recovers(&copy, &stick, &acknowledged, &format!("moment {moment}"));
        fs::remove_dir_all(&copy).unwrap();
    }
    eprintln!("{killed} of 30 killed in the middle");
    assert!(killed >= 10, "{killed}");
}

fn rand(seed: u32) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&factuurkluis::exchange::vocabulary::Digest::of(&seed.to_be_bytes()).0[..4]);
    u32::from_be_bytes(bytes)
}

#[test]
fn every_fsync_comes_before_the_first_byte_of_the_receipt() {
    if !has_strace() {
        return;
    }
    let mut the = Box::new();
    let stick = the.folder.path().join("stick");
    the.seal_into(&stick, TERM, 1);
    let log = the.folder.path().join("strace");
    let mut traced = std::process::Command::new("strace");
    traced
        .args(["-f", "-y", "-s", "64", "-e", "signal=none", "-o"])
        .arg(&log)
        .args(["-e", "trace=openat,rename,renameat,renameat2,fsync,fdatasync,write,pwrite64,sendto"])
        .arg(crate::support::KLUIS)
        .args(["take", "--json", "--language", "en", "--box"])
        .arg(&the.path)
        .arg(&stick);
    let out = run(&mut traced);
    assert_eq!(Taken::of(out).outcomes(), ["admitted"]);
    let log = fs::read_to_string(&log).unwrap();
    let calls = completed(&log);
    let first = calls.first().unwrap().0;
    let receipt = calls
        .iter()
        .position(|(pid, call)| *pid == first && call.starts_with("write(1<"))
        .expect("the receipt is written");
    let root = fs::canonicalize(&the.path).unwrap().display().to_string();
    let mut at = 0;
    for (what, call, path) in [
        ("the bundle", "fsync(", format!("{root}/spool/")),
        ("its name", "rename", format!("{root}/terms/{TERM}/bundles/")),
        ("its directory", "fsync(", format!("{root}/terms/{TERM}/bundles>")),
        ("the event", "fdatasync(", format!("{root}/terms/{TERM}/events>")),
        ("the entry", "fdatasync(", format!("{root}/journal/entries>")),
        ("the checkpoint", "fsync(", format!("{root}/journal/.checkpoint.new>")),
        ("the checkpoint's name", "rename", format!("{root}/journal/checkpoint\"")),
        ("the checkpoint's directory", "fsync(", format!("{root}/journal>")),
    ] {
        let rest = calls[at..receipt].iter();
        let found = rest
            .into_iter()
            .position(|(_, line)| line.starts_with(call) && line.contains(&path) && line.ends_with("= 0"));
        let found = found.unwrap_or_else(|| panic!("{what} is not durable before the receipt:\n{log}"));
        at += found + 1;
    }
    eprintln!("{} calls before the receipt, {} after", receipt, calls.len() - receipt - 1);
}

/// Whether there is an `strace` that may trace; fetched where that is allowed.
pub(crate) fn has_strace() -> bool {
    let works = || {
        let tried = std::process::Command::new("strace").args(["-o", "/dev/null", "true"]).output();
        tried.is_ok_and(|out| out.status.success())
    };
    if !works() && rustix::process::geteuid().is_root() {
        let _ = std::process::Command::new("apt-get").args(["install", "-y", "-qq", "strace"]).output();
    }
    let there = works();
    if !there {
        skipped("the order of system calls (strace does not run here)");
    }
    there
}

/// The calls of a trace in the order in which they returned, each whole, with its process.
fn completed(log: &str) -> Vec<(u32, String)> {
    let mut begun = std::collections::BTreeMap::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let Some((pid, call)) = line.split_once(' ') else { continue };
        let (Ok(pid), call) = (pid.parse::<u32>(), call.trim_start()) else { continue };
        if let Some(front) = call.strip_suffix(" <unfinished ...>") {
            begun.insert(pid, front.to_owned());
            // A write counts from its first byte.
            if front.starts_with("write(1<") {
                calls.push((pid, front.to_owned()));
            }
        } else if let Some((_, back)) =
            call.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>"))
        {
            let front = begun.remove(&pid).unwrap_or_default();
            if !front.starts_with("write(1<") {
                calls.push((pid, format!("{front}{back}")));
            }
        } else {
            calls.push((pid, call.to_owned()));
        }
    }
    calls
}
