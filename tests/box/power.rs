//! kill -9 anywhere, and the order of what is made durable.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::aftermath::{Fate, of_admission, of_destruction};
use crate::support::{Box, OLD_TERM, TERM, Taken, copy_tree, kluis_at, run, skipped, text};

/// Every failpoint that this order passes on the box at `path`, each time that it does: `NAME:N`. The
/// box is left as it is.
pub(crate) fn failpoints_of(path: &Path, arguments: &[&str], stick: Option<&Path>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let (copy, log) = (folder.path().join("copy"), folder.path().join("log"));
    copy_tree(path, &copy);
    let said =
        run(kluis_at(&copy, arguments).args(stick).env("KLUIS_FAILPOINT", format!("log:{}", log.display())));
    assert!(said.status.success(), "{}", text(&said));
    let mut passed: BTreeMap<String, u32> = BTreeMap::new();
    let log = fs::read_to_string(&log).unwrap();
    log.lines()
        .map(|name| {
            let times = passed.entry(name.to_owned()).or_default();
            *times += 1;
            format!("{name}:{times}")
        })
        .collect()
}

/// What samples are chosen by: another one in each run. `KLUIS_SEED` repeats a run.
pub(crate) fn seed() -> u64 {
    let given = std::env::var("KLUIS_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| std::process::id().into())
}

/// A box where [`OLD_TERM`] is due, which dies at the next turn of the clock to March 2032, and the sticks
/// with its bundle and with a bundle of [`TERM`].
pub(crate) fn sticks_of_two_terms() -> (Box, PathBuf, PathBuf) {
    let mut the = Box::new();
    let (old, new) = (the.folder.path().join("old"), the.folder.path().join("new"));
    the.seal_into(&old, OLD_TERM, 1);
    the.seal_into(&new, TERM, 1);
    for stick in [&old, &new] {
        assert_eq!(the.take(stick).exit, Some(0));
    }
    // Locked already, so that what is killed is the destruction.
    assert!(run(&mut the.kluis(["clock", "--turn", "2032-01-03"])).status.success());
    (the, old, new)
}

/// The names in `failpoint("…")` below `src/`.
fn failpoints_in_the_source(directory: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            failpoints_in_the_source(&path, names);
        } else if !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "tests") {
            let source = fs::read_to_string(&path).unwrap_or_default();
            let calls = source.split("failpoint(\"").skip(1);
            names.extend(calls.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }
}

#[test]
fn every_failpoint_of_the_box_is_on_a_way_that_is_tried() {
    let mut source = BTreeSet::new();
    failpoints_in_the_source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut source);
    // The shop's are tried where the shop is (`tests/shop.rs`).
    source.retain(|name| !name.starts_with("shop-"));
    let (the, _, _) = sticks_of_two_terms();
    // In a box of today: in 2032 that bundle would wait for an officer.
    let mut young = Box::new();
    let stick = young.folder.path().join("stick");
    young.seal_into(&stick, TERM, 1);
    let admission = failpoints_of(&young.path, &["take"], Some(&stick));
    let destruction = failpoints_of(&the.path, &["clock", "--turn", "2032-03-03"], None);
    let passed: BTreeSet<_> = admission
        .iter()
        .chain(&destruction)
        .map(|place| place.split(':').next().unwrap().to_owned())
        .collect();
    // The rest belong to decisions and tokens, whose own tests name them.
    let own = ["box/holds.rs", "box/decisions.rs", "time/boxes.rs"].map(|file| {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file)).unwrap()
    });
    let named = |name: &&String| own.iter().any(|test| test.contains(&format!("\"{name}")));
    let missed: Vec<_> = source.difference(&passed).filter(|name| !named(name)).collect();
    assert!(missed.is_empty(), "no test kills the box at {missed:?}");
}

#[test]
fn a_kill_at_any_step_of_admission_loses_nothing_and_leaves_nothing_half() {
    let mut the = Box::new();
    let stick = the.folder.path().join("stick");
    the.seal_into(&stick, TERM, 2);
    let mut kills = 0;
    for what in failpoints_of(&the.path, &["take"], Some(&stick)) {
        let copy = the.folder.path().join("copy");
        the.copy_to(&copy);
        let out = run(kluis_at(&copy, ["take", "--json"]).arg(&stick).env("KLUIS_FAILPOINT", &what));
        kills += usize::from(out.status.code().is_none());
        of_admission(&copy, &stick, &Taken::of(out).here(), &what);
        fs::remove_dir_all(&copy).unwrap();
    }
    eprintln!("{kills} kills while admitting");
    assert!(kills >= 12, "{kills}");
}

#[test]
fn a_kill_at_any_step_of_destruction_leaves_a_term_alive_or_dead_and_never_between() {
    let (the, old, new) = sticks_of_two_terms();
    let (mut kills, mut rolled_forward) = (0, 0);
    for what in failpoints_of(&the.path, &["clock", "--turn", "2032-03-03"], None) {
        let copy = the.folder.path().join("copy");
        the.copy_to(&copy);
        let out = run(kluis_at(&copy, ["clock", "--turn", "2032-03-03"]).env("KLUIS_FAILPOINT", &what));
        let killed = out.status.code().is_none();
        let fate = of_destruction(&copy, &old, &new, out.status.success(), &what);
        kills += usize::from(killed);
        rolled_forward += usize::from(killed && fate == Fate::Dead);
        fs::remove_dir_all(&copy).unwrap();
    }
    eprintln!("{kills} kills while destroying, {rolled_forward} rolled forward");
    assert!(kills >= 12 && rolled_forward >= 4, "{kills}, {rolled_forward}");
}

#[test]
fn what_a_cut_left_of_a_dead_term_s_log_is_no_reason_not_to_open() {
    let (the, old, new) = sticks_of_two_terms();
    let turn = ["clock", "--turn", "2032-03-03"];
    let killed = run(the.kluis(turn).env("KLUIS_FAILPOINT", "switch-6-old-root-refused"));
    assert!(killed.status.code().is_none());
    // Half of its blocks were given back, and then the power went.
    let log = the.path.join("terms").join(OLD_TERM).join("events");
    let mut bytes = fs::read(&log).unwrap();
    let half = bytes.len() / 2;
    bytes[..half].fill(0);
    fs::write(&log, bytes).unwrap();
    assert_eq!(of_destruction(&the.path, &old, &new, false, "half a log"), Fate::Dead);
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
    for moment in 0..90_u32 {
        // On a busy machine the one that was timed may have been the slow one.
        if moment >= 30 && killed >= 10 {
            break;
        }
        the.copy_to(&copy);
        let mut child = kluis_at(&copy, ["take", "--json"])
            .arg(&stick)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Evenly over the time that it takes, and each a little off.
        let jitter = Duration::from_micros(u64::from(rand(moment)) % 20_000);
        std::thread::sleep(whole * (moment % 30) / 30 + jitter);
        child.kill().unwrap();
        let out = child.wait_with_output().unwrap();
        killed += usize::from(out.status.code().is_none());
        let acknowledged = Taken::of(out).here();
        of_admission(&copy, &stick, &acknowledged, &format!("moment {moment}"));
        fs::remove_dir_all(&copy).unwrap();
    }
    eprintln!("{killed} killed in the middle");
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
    let mut begun = BTreeMap::new();
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
