//! Power cuts on a disk that loses whatever was not synced ([`crate::lossy`]).

use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::aftermath::{Fate, fate, of_admission, of_destruction};
use crate::lossy::{Disk, Lost, Mounted};
use crate::power::{failpoints_of, seed, sticks_of_two_terms};
use crate::support::{Box, TERM, Taken, kluis_at, run, skipped};

fn mount(disk: &Disk, at: &Path, cut_at: Option<u64>) -> Mounted {
    fs::create_dir_all(at).unwrap();
    Mounted::mount(disk.clone(), at, cut_at).expect("FUSE worked a moment ago")
}

/// Whether there is FUSE here.
fn has_fuse() -> bool {
    let at = tempfile::tempdir().unwrap();
    let there = Mounted::mount(Disk::empty(), at.path(), None).is_some();
    if !there {
        skipped("lost writes (there is no FUSE here: /dev/fuse and fusermount3)");
    }
    there
}

#[test]
fn a_program_that_forgets_to_sync_the_directory_loses_its_file() {
    if !has_fuse() {
        return;
    }
    let at = tempfile::tempdir().unwrap();
    // What each program syncs, and what of its file is left.
    let left = |file: bool, directory: bool| {
        let mounted = mount(&Disk::empty(), at.path(), None);
        let path = at.path().join("file");
        fs::write(&path, "whole").unwrap();
        if file {
            fs::File::open(&path).unwrap().sync_all().unwrap();
        }
        if directory {
            fs::File::open(at.path()).unwrap().sync_all().unwrap();
        }
        let _again = mount(&mounted.cut(Lost::Everything), at.path(), None);
        fs::read_to_string(&path).ok()
    };
    assert_eq!(left(true, false), None, "no directory sync, no name");
    assert_eq!(left(false, true).as_deref(), Some(""), "no file sync, no bytes");
    assert_eq!(left(true, true).as_deref(), Some("whole"));
}

#[test]
fn a_rename_or_a_removal_that_was_not_synced_did_not_happen() {
    if !has_fuse() {
        return;
    }
    let at = tempfile::tempdir().unwrap();
    let (old, new) = (at.path().join("old"), at.path().join("new"));
    let synced = |path: &Path| fs::File::open(path).unwrap().sync_all().unwrap();
    let mounted = mount(&Disk::empty(), at.path(), None);
    fs::write(&old, "whole").unwrap();
    synced(&old);
    synced(at.path());
    fs::rename(&old, &new).unwrap();
    let mounted = mount(&mounted.cut(Lost::Everything), at.path(), None);
    assert!(old.exists() && !new.exists());
    fs::remove_file(&old).unwrap();
    let mounted = mount(&mounted.cut(Lost::Everything), at.path(), None);
    assert_eq!(fs::read_to_string(&old).unwrap(), "whole");
    // And from a cut in the middle on nothing is promised any more.
    let calls = mounted.calls();
    drop(mounted);
    let mounted = mount(&Disk::empty(), at.path(), Some(calls + 2));
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new).unwrap();
    assert!(file.sync_all().is_err() && fs::remove_file(&new).is_err());
    assert!(new.exists(), "what is seen is still seen");
    drop(file);
    drop(mounted);
}

/// Every `stride`th moment of a way, beginning anywhere below it.
fn moments(calls: u64, stride: u64) -> impl Iterator<Item = u64> {
    (1 + seed() % stride..=calls).step_by(usize::try_from(stride).unwrap())
}

/// Of the failpoints, which are fewer, more are tried.
fn every(stride: u64) -> usize {
    if stride == 1 { 1 } else { 4 }
}

/// What is lost at this moment: everything at one, what chance chose at the next.
fn lost(moment: u64) -> Lost {
    if moment.is_multiple_of(2) { Lost::Everything } else { Lost::ByChance(seed() ^ moment) }
}

/// The calls of this order that change or sync something, on a box that is `disk`.
fn calls_of(disk: &Disk, at: &Path, arguments: &[&str], path: Option<&Path>) -> u64 {
    let mounted = mount(disk, at, None);
    assert!(run(kluis_at(at, arguments).args(path)).status.success());
    mounted.calls()
}

/// Cuts the power in the middle of admission, at every `stride`th call and at every failpoint.
fn admission(stride: u64) {
    if !has_fuse() {
        return;
    }
    let mut the = Box::new();
    let stick = the.folder.path().join("stick");
    // Two are taken at a time: some receipts are certain before the last bundle begins.
    the.seal_into(&stick, TERM, 4);
    let copy = the.folder.path().join("copy");
    the.copy_to(&copy);
    let (disk, at) = (Disk::of(&copy), the.folder.path().join("lossy"));
    let calls = calls_of(&disk, &at, &["take"], Some(&stick));
    let (mut cuts, mut acknowledged_in_all) = (0, 0);
    let mut one = |cut_at: Option<u64>, failpoint: &str, lost: Lost, what: &str| {
        let mounted = mount(&disk, &at, cut_at);
        let mut take = kluis_at(&at, ["take", "--json"]);
        let acknowledged = Taken::of(run(take.arg(&stick).env("KLUIS_FAILPOINT", failpoint))).here();
        let _after = mount(&mounted.cut(lost), &at, None);
        of_admission(&at, &stick, &acknowledged, what);
        cuts += 1;
        acknowledged_in_all += acknowledged.len();
    };
    for moment in moments(calls, stride) {
        let lost = lost(moment);
        one(Some(moment), "", lost, &format!("admission, call {moment} of {calls}, {lost:?}"));
    }
    for place in failpoints_of(&copy, &["take"], Some(&stick)).iter().step_by(every(stride)) {
        one(None, place, Lost::Everything, &format!("admission, {place}"));
    }
    eprintln!(
        "{cuts} power cuts in {calls} calls of admission (KLUIS_SEED={}), {acknowledged_in_all} receipts before them",
        seed()
    );
}

/// The same for destruction. After each, what the box then says stays so through another cut.
fn destruction(stride: u64) {
    if !has_fuse() {
        return;
    }
    let (the, old, new) = sticks_of_two_terms();
    let copy = the.folder.path().join("copy");
    the.copy_to(&copy);
    let (disk, at) = (Disk::of(&copy), the.folder.path().join("lossy"));
    let turn = ["clock", "--turn", "2032-03-03"];
    let calls = calls_of(&disk, &at, &turn, None);
    let (mut cuts, mut dead) = (0, 0);
    let mut one = |cut_at: Option<u64>, failpoint: &str, lost: Lost, what: &str| {
        let mounted = mount(&disk, &at, cut_at);
        let said = run(kluis_at(&at, turn).env("KLUIS_FAILPOINT", failpoint)).status.success();
        let again = mount(&mounted.cut(lost), &at, None);
        let first = fate(&at, &old, what);
        let _again = mount(&again.cut(Lost::Everything), &at, None);
        let second = of_destruction(&at, &old, &new, said, what);
        assert_eq!(first, second, "{what}: what it said did not last");
        cuts += 1;
        dead += usize::from(first == Fate::Dead);
    };
    for moment in moments(calls, stride) {
        let lost = lost(moment);
        one(Some(moment), "", lost, &format!("destruction, call {moment} of {calls}, {lost:?}"));
    }
    for place in failpoints_of(&copy, &turn, None).iter().step_by(every(stride)) {
        one(None, place, Lost::Everything, &format!("destruction, {place}"));
    }
    eprintln!(
        "{cuts} power cuts in {calls} calls of destruction (KLUIS_SEED={}), the term was dead after {dead}",
        seed()
    );
    assert!(dead > 0 && dead < cuts, "{dead} of {cuts}");
}

#[test]
fn a_power_cut_in_the_middle_of_admission_loses_no_receipt_s_bundle() {
    admission(32);
}

#[test]
fn a_power_cut_in_the_middle_of_destruction_leaves_a_term_alive_or_dead() {
    destruction(16);
}

#[test]
#[ignore = "the full form: scripts/faults"]
fn every_call_of_admission_is_where_the_power_goes() {
    admission(1);
}

#[test]
#[ignore = "the full form: scripts/faults"]
fn every_call_of_destruction_is_where_the_power_goes() {
    destruction(1);
}
