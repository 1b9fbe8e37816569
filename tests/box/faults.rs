//! Every storage call on the ways of admission and destruction fails in turn, or is the last one.
//!
//! ```text
//!  1  the order runs once under strace: which calls touch the box's directory, and the how-manyeth
//!     of its kind in its thread each of them is
//!  2  for each of them, on a fresh copy:  EIO | ENOSPC | killed before it   (strace -e inject)
//!  3  a restart, `kluis verify`, and what `aftermath` wants
//! ```
//! *Killed after* a call is killed before the next one of the same thread, which is in the list too;
//! after the last one the program only speaks.
//!
//! strace counts for each thread and kind of call. So one injection may hit several threads, each at
//! its `N`th call: more faults at once than one disk has, never fewer.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::aftermath::{of_admission, of_destruction};
use crate::power::{has_strace, seed, sticks_of_two_terms};
use crate::support::{Box, KLUIS, TERM, Taken, run};

/// What reads or writes, names or syncs. Of each, only calls on the box's files are counted.
const CALLS: &str = "openat,read,pread64,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,\
    unlinkat,rmdir,mkdir,mkdirat,ftruncate,fallocate,fchmod,chmod,fchmodat,getdents64,flock";
/// Those that need room on the disk.
const TAKE_ROOM: [&str; 10] = [
    "openat",
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
];

#[derive(Clone, Debug)]
struct Fault {
    call: String,
    nth: u32,
    /// As strace wants it: `error=EIO`, `signal=KILL`.
    what: &'static str,
}

fn strace(log: &Path, inject: Option<&Fault>, path: &Path, order: &[OsString]) -> Output {
    let mut traced = Command::new("strace");
    traced.args(["-f", "-y", "-e", "signal=none", "-o"]).arg(log).args(["-e", &format!("trace={CALLS}")]);
    if let Some(Fault { call, nth, what }) = inject {
        traced.args(["-e", &format!("inject={call}:{what}:when={nth}")]);
    }
    traced.arg(KLUIS).args(order).args(["--language", "en", "--box"]).arg(path);
    run(&mut traced)
}

/// The calls that touch the box's files: kind, and the how-manyeth in its thread.
fn calls_on(log: &Path, path: &Path) -> BTreeSet<(String, u32)> {
    let path = fs::canonicalize(path).unwrap().display().to_string();
    let mut counted: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut touching = BTreeSet::new();
    for line in fs::read_to_string(log).unwrap().lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, rest)) = call.trim_start().split_once('(') else { continue };
        if !CALLS.split(',').any(|one| one == name) {
            continue;
        }
        let nth = counted.entry((thread.to_owned(), name.to_owned())).or_default();
        *nth += 1;
        if rest.contains(&path) {
            touching.insert((name.to_owned(), *nth));
        }
    }
    touching
}

/// All faults of a way, or every `stride`th beginning at one that the seed chooses.
fn faults(touching: &BTreeSet<(String, u32)>, stride: usize) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (call, nth) in touching {
        let mut fault = |what| faults.push(Fault { call: call.clone(), nth: *nth, what });
        fault("signal=KILL");
        fault("error=EIO");
        if TAKE_ROOM.contains(&call.as_str()) {
            fault("error=ENOSPC");
        }
    }
    let first = usize::try_from(seed() % stride as u64).unwrap();
    faults.into_iter().skip(first).step_by(stride).collect()
}

/// Runs `order` on a copy of the box with each of its faults, two at a time, and judges each by `judge`,
/// which is given the box's path and what the program said.
fn each_fault(
    the: &Box,
    way: &str,
    order: &[OsString],
    stride: usize,
    judge: impl Fn(&Path, Output, &str) + Sync,
) {
    let first = the.folder.path().join("first");
    the.copy_to(&first);
    let log = the.folder.path().join("log");
    assert!(strace(&log, None, &first, order).status.success());
    let touching = calls_on(&log, &first);
    let faults = faults(&touching, stride);
    let (next, hit) = (AtomicUsize::new(0), Mutex::new(BTreeMap::<_, usize>::new()));
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (next, hit, faults, judge) = (&next, &hit, &faults, &judge);
            scope.spawn(move || {
                let folder = the.folder.path().join(format!("worker-{worker}"));
                fs::create_dir(&folder).unwrap();
                // As long a path as in the first run, so that nothing is read in more calls.
                let (copy, log) = (folder.join("copy"), folder.join("log"));
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                    the.copy_to(&copy);
                    let said = strace(&log, Some(fault), &copy, order);
                    let log = fs::read_to_string(&log).unwrap();
                    // strace dies of what its tracee died of.
                    let killed = said.status.code().is_none();
                    if killed || log.contains("(INJECTED)") {
                        *hit.lock().unwrap().entry(fault.what).or_default() += 1;
                    }
                    let what = format!("{way}: {} of the {}. {}", fault.what, fault.nth, fault.call);
                    judge(&copy, said, &what);
                    fs::remove_dir_all(&copy).unwrap();
                }
            });
        }
    });
    let hit = hit.into_inner().unwrap();
    eprintln!(
        "{way}: {} calls on the box's files; of {} faults (KLUIS_SEED={}) these were met: {hit:?}",
        touching.len(),
        faults.len(),
        seed()
    );
    assert!(hit.values().sum::<usize>() * 2 > faults.len(), "most faults met nothing: {hit:?}");
}

fn admission(stride: usize) {
    if !has_strace() {
        return;
    }
    let mut the = Box::new();
    let stick = the.folder.path().join("stick");
    the.seal_into(&stick, TERM, 1);
    let order: Vec<OsString> = vec!["take".into(), "--json".into(), stick.clone().into()];
    each_fault(&the, "admission", &order, stride, |path, said, what| {
        of_admission(path, &stick, &Taken::of(said).here(), what);
    });
}

fn destruction(stride: usize) {
    if !has_strace() {
        return;
    }
    let (the, old, new) = sticks_of_two_terms();
    let order: Vec<OsString> = ["clock", "--turn", "2032-03-03"].map(OsString::from).to_vec();
    each_fault(&the, "destruction", &order, stride, |path, said, what| {
        of_destruction(path, &old, &new, said.status.success(), what);
    });
}

#[test]
fn a_call_that_fails_in_the_middle_of_admission_loses_no_receipt_s_bundle() {
    admission(40);
}

#[test]
fn a_call_that_fails_in_the_middle_of_destruction_leaves_a_term_alive_or_dead() {
    destruction(48);
}

#[test]
#[ignore = "the full form: scripts/faults"]
fn every_call_of_admission_fails_in_turn() {
    admission(1);
}

#[test]
#[ignore = "the full form: scripts/faults"]
fn every_call_of_destruction_fails_in_turn() {
    destruction(1);
}
