//! A disk that is full, and one that refuses to sync.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::aftermath::of_admission;
use crate::power::has_strace;
use crate::support::{
    Box, Invoice, KLUIS, OLD_TERM, SWITCH_STEPS, TERM, Taken, bundles_in, copy_tree, kluis_at, run, skipped,
    sound_at, text,
};

/// A small filesystem in memory, unmounted when dropped.
struct Small(PathBuf);

impl Small {
    fn of(at: &Path, mebibytes: u32) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mounted = rustix::process::geteuid().is_root()
            && Command::new("mount")
                .args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "kluis-test"])
                .arg(at)
                .output()
                .is_ok_and(|out| out.status.success());
        if !mounted {
            skipped("a full disk (mounting a small one needs root)");
        }
        mounted.then(|| Self(at.to_owned()))
    }

    fn resize(&self, mebibytes: u32) {
        let size = format!("remount,size={mebibytes}m");
        assert!(Command::new("mount").args(["-o", &size]).arg(&self.0).status().unwrap().success());
    }
}

impl Small {
    /// Fills it to the last byte, as somebody else may; what was written is removed with the value.
    fn full(&self) -> Filler {
        let path = self.0.join("filler");
        let mut file = fs::File::create(&path).unwrap();
        for piece in [1 << 20, 4096, 1] {
            while std::io::Write::write_all(&mut file, &vec![7; piece]).is_ok() {}
        }
        assert!(fs::write(self.0.join("one more"), [7]).is_err(), "it is not full");
        let _ = fs::remove_file(self.0.join("one more"));
        Filler(path)
    }
}

struct Filler(PathBuf);

impl Drop for Filler {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// Bytes that no filesystem makes smaller.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Seals bundles of one document of so many bytes each.
fn heavy(the: &mut Box, stick: &Path, count: usize, bytes: usize) {
    fs::create_dir_all(stick).unwrap();
    for _ in 0..count {
        let number = the.shop.number + 1;
        let mut invoice = Invoice::plain(&the.shop, TERM, &format!("2026-{number:04}"));
        invoice.documents = vec![("image/png", noise(number, bytes))];
        let bundle = the.shop.seal(TERM, &[invoice]);
        fs::write(stick.join(format!("{number:06}.bundle")), bundle).unwrap();
    }
}

#[test]
fn a_full_disk_stops_admission_before_the_reserve_and_loses_nothing() {
    let outside = tempfile::tempdir().unwrap();
    let Some(small) = Small::of(&outside.path().join("small"), 90) else { return };
    {
        let mut the = Box::new();
        let stick = outside.path().join("stick");
        heavy(&mut the, &stick, 6, 8 << 20);
        let path = small.0.join("box");
        the.copy_to(&path);
        let take = || Taken::of(run(kluis_at(&path, ["take", "--json"]).arg(&stick)));
        let taken = take();
        assert_eq!(taken.exit, Some(1), "{taken:?}");
        let admitted = taken.here();
        let refused: Vec<_> = taken.files.iter().filter(|file| file["outcome"] == "refused").collect();
        assert!(!admitted.is_empty() && !refused.is_empty(), "{taken:?}");
        for file in &refused {
            assert_eq!(file["code"], "archive-disk-full", "{file}");
            assert!(file["sentence"].as_str().unwrap().starts_with(file["file"].as_str().unwrap()));
        }
        let free = factuurkluis::support::durable::free_space(&path).unwrap();
        // The journal's own few kilobytes may come out of the reserve: that is what it is for.
        assert!(free > (63 << 20), "{free} bytes are left of a reserve of 64 MiB");
        assert_eq!(bundles_in(&path).len(), admitted.len());
        assert!(fs::read_dir(path.join("spool")).unwrap().next().is_none(), "the spool is not empty");
        sound_at(&path);

        // Somebody else fills the disk to the last byte: nothing is taken, and nothing is lost.
        let filler = small.0.join("filler");
        let mut room = free;
        while room > 4096 {
            let written = fs::write(&filler, vec![0; room as usize]);
            if written.is_ok() {
                break;
            }
            room -= 4096;
        }
        let taken = take();
        assert_eq!(taken.exit, Some(1), "{taken:?}");
        assert!(taken.here().iter().all(|number| admitted.contains(number)), "{taken:?}");
        assert_eq!(bundles_in(&path).len(), admitted.len());
        fs::remove_file(&filler).unwrap();
        sound_at(&path);

        // With room it goes on.
        small.resize(400);
        let taken = take();
        assert_eq!(taken.exit, Some(0), "{taken:?}");
        let again: Vec<_> = taken.files.iter().filter(|file| file["outcome"] == "already-here").collect();
        assert_eq!(again.len(), admitted.len());
        assert_eq!(bundles_in(&path).len(), 6);
        sound_at(&path);
    }
}

/// A box on a small disk of its own with bundles in two terms, and how it is destroyed.
fn small_box(outside: &Path, the: &mut Box) -> Option<(Small, PathBuf)> {
    let small = Small::of(&outside.join("small"), 80)?;
    let stick = outside.join("stick");
    the.seal_into(&stick, OLD_TERM, 1);
    the.seal_into(&stick, TERM, 1);
    let path = small.0.join("box");
    the.copy_to(&path);
    let taken = Taken::of(run(kluis_at(&path, ["take", "--json"]).arg(&stick)));
    assert_eq!(taken.exit, Some(0), "{taken:?}");
    Some((small, path))
}

fn turn(path: &Path) -> Command {
    kluis_at(path, ["clock", "--turn", "2032-03-01", "--json"])
}

fn bundles(path: &Path) -> u64 {
    sound_at(path)["bundles"].as_u64().unwrap()
}

/// The bundles that a box on a full disk verifies. What is wrong there is only that look-up indexes, which
/// are made from the bundles, cannot be opened, and that a switch that was cut off waits for room.
fn bundles_when_full(path: &Path) -> u64 {
    let out = run(&mut kluis_at(path, ["verify", "--json"]));
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    for finding in report["findings"].as_array().unwrap_or_else(|| panic!("it did not open: {report}")) {
        let code = finding["code"].as_str().unwrap();
        assert!(["catalogue-disk", "vault-unsettled"].contains(&code), "{report}");
        assert!(finding["sentence"].as_str().unwrap().contains("not full"), "{report}");
    }
    report["bundles"].as_u64().unwrap()
}

#[test]
fn a_completely_full_disk_keeps_no_box_from_opening_and_a_destruction_waits_for_room() {
    let outside = tempfile::tempdir().unwrap();
    let mut the = Box::new();
    let Some((small, path)) = small_box(outside.path(), &mut the) else { return };
    {
        let _full = small.full();
        assert_eq!(bundles_when_full(&path), 2);
        let out = run(&mut turn(&path));
        assert_eq!(out.status.code(), Some(1), "{}", text(&out));
        assert!(text(&out).contains("disk-full"), "{}", text(&out));
        assert_eq!(bundles_when_full(&path), 2);
    }
    assert_eq!(bundles(&path), 2);
    // Entries that no checkpoint covers yet (the first one is signed on opening): the next head has to wait,
    // the box has not.
    let stick = outside.path().join("second");
    the.seal_into(&stick, TERM, 1);
    let mut take = kluis_at(&path, ["take", "--json"]);
    let out = run(take.arg(&stick).env("KLUIS_FAILPOINT", "journal-before-checkpoint:2"));
    assert!(out.status.code().is_none(), "{}", text(&out));
    {
        let _full = small.full();
        assert_eq!(bundles_when_full(&path), 3);
    }
    assert!(run(&mut turn(&path)).status.success());
    assert_eq!(bundles(&path), 2);
}

#[test]
fn a_destruction_cut_off_at_any_step_on_a_disk_that_then_is_full_opens_and_is_finished_with_room() {
    let outside = tempfile::tempdir().unwrap();
    let mut the = Box::new();
    let Some((small, path)) = small_box(outside.path(), &mut the) else { return };
    let before = outside.path().join("before");
    copy_tree(&path, &before);
    for (failpoint, dies) in SWITCH_STEPS {
        fs::remove_dir_all(&path).unwrap();
        copy_tree(&before, &path);
        let out = run(turn(&path).env("KLUIS_FAILPOINT", failpoint));
        assert!(out.status.code().is_none(), "{failpoint}: {}", text(&out));
        let certificate = path.join(format!("certificates/{OLD_TERM}.certificate"));
        {
            let _full = small.full();
            assert_eq!(bundles_when_full(&path), 2 - u64::from(dies), "{failpoint}, full");
        }
        // With room, whatever was owed is there at the next opening.
        assert_eq!(bundles(&path), 2 - u64::from(dies), "{failpoint}");
        assert_eq!(certificate.exists(), dies, "{failpoint}");
        let out = run(&mut turn(&path));
        assert!(out.status.success(), "{failpoint}: {}", text(&out));
        assert!(certificate.exists(), "{failpoint}");
        assert_eq!(bundles(&path), 1, "{failpoint}");
    }
}

#[test]
fn a_running_box_waits_for_room_on_a_full_disk_and_then_goes_on() {
    let outside = tempfile::tempdir().unwrap();
    let mut the = Box::new();
    let Some((small, path)) = small_box(outside.path(), &mut the) else { return };
    let drop = outside.path().join("drop");
    let powered = || {
        let clock = run(&mut kluis_at(&path, ["clock", "--json"]));
        let clock: serde_json::Value = serde_json::from_slice(&clock.stdout).unwrap();
        clock["powered_seconds"].as_u64().unwrap()
    };
    let before = powered();
    fs::create_dir(&drop).unwrap();
    let mut order = kluis_at(&path, ["run", "--port", "0", "--from-folder", drop.to_str().unwrap()]);
    order.env("KLUIS_RUNNING", "585").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = order.spawn().unwrap();
    let lines = |pipe: std::boxed::Box<dyn Read>| BufReader::new(pipe).lines().map(Result::unwrap);
    let mut says = lines(std::boxed::Box::new(running.stdout.take().unwrap()));
    let mut warns = lines(std::boxed::Box::new(running.stderr.take().unwrap()));
    assert!(says.next().unwrap().contains("http://"), "it runs");
    let begun = Instant::now();
    let full = small.full();
    // A bundle comes, and after fifteen seconds ten minutes are to be counted.
    the.seal_into(&drop, TERM, 1);
    let warning = warns.find(|line| line.contains("as soon as there is room")).expect("it says so");
    assert!(warning.contains("bundle needs"), "{warning}");
    std::thread::sleep(Duration::from_secs(18).saturating_sub(begun.elapsed()));
    assert!(running.try_wait().unwrap().is_none(), "it waits");
    assert_eq!(powered(), before);
    std::mem::drop(full);
    let said: Vec<_> = says.by_ref().take_while(|line| !line.contains("There is room")).collect();
    assert!(said.iter().any(|line| line.contains(".bundle")), "{said:?}");
    assert!(powered() >= before + 600);
    assert_eq!(bundles_in(&path).len(), 3);
    running.kill().unwrap();
    running.wait().unwrap();
    assert_eq!(warns.filter(|line| line.contains("as soon as there is room")).count(), 0, "it says so once");
    sound_at(&path);
}

/// Lets the `N`th call fail, for each N until none is left; returns how many did.
fn each_call_fails(call: &str, error: &str) -> usize {
    let mut the = Box::new();
    let stick = the.folder.path().join("stick");
    the.seal_into(&stick, TERM, 2);
    let (copy, log) = (the.folder.path().join("copy"), the.folder.path().join("strace"));
    let mut failed = 0;
    for nth in 1.. {
        let what = format!("{call} {error} the {nth}. time");
        the.copy_to(&copy);
        let mut traced = Command::new("strace");
        traced
            .args(["-f", "-y", "-e", "signal=none", "-o"])
            .arg(&log)
            .args(["-e", &format!("trace=fsync,fdatasync,{call}")])
            .args(["-e", &format!("inject={call}:error={error}:when={nth}")])
            .args([KLUIS, "take", "--json", "--language", "en", "--box"])
            .arg(&copy)
            .arg(&stick);
        let taken = Taken::of(run(&mut traced));
        let log = fs::read_to_string(&log).unwrap();
        let injected: Vec<_> = log.lines().filter(|line| line.contains("(INJECTED)")).collect();
        if call.ends_with("sync") && !injected.is_empty() {
            never_synced_again(&log, &what);
        }
        of_admission(&copy, &stick, &taken.here(), &what);
        fs::remove_dir_all(&copy).unwrap();
        if injected.is_empty() {
            assert_eq!(taken.exit, Some(0), "{what}: {taken:?}");
            break;
        }
        failed += 1;
    }
    failed
}

/// No file whose sync failed is synced again by that process.
fn never_synced_again(log: &str, what: &str) {
    let mut failed: BTreeMap<String, bool> = BTreeMap::new();
    for line in log.lines().filter(|line| line.contains("sync(")) {
        let Some(file) = line.split_once("sync(").and_then(|(_, rest)| rest.split(['<', '>']).nth(1)) else {
            continue;
        };
        // Catalogues are derived: what sled does about its own is settled by making them anew.
        if file.contains("/catalogue") {
            continue;
        }
        assert!(!failed.contains_key(file), "{what}: {file} was synced again:\n{log}");
        if line.contains("(INJECTED)") {
            failed.insert(file.to_owned(), true);
        }
    }
}

#[test]
fn a_sync_that_fails_is_never_tried_again_and_no_receipt_speaks_for_what_is_not_there() {
    if !has_strace() {
        return;
    }
    std::thread::scope(|scope| {
        let syncs = scope.spawn(|| each_call_fails("fsync", "EIO"));
        let data = scope.spawn(|| each_call_fails("fdatasync", "EIO"));
        eprintln!("{} fsyncs and {} fdatasyncs failed in turn", syncs.join().unwrap(), data.join().unwrap());
    });
}

#[test]
fn a_disk_that_fills_in_the_middle_of_the_journal_loses_nothing() {
    if !has_strace() {
        return;
    }
    let (appends, renames) = std::thread::scope(|scope| {
        let appends = scope.spawn(|| each_call_fails("pwrite64", "ENOSPC"));
        let renames = scope.spawn(|| each_call_fails("rename", "ENOSPC"));
        (appends.join().unwrap(), renames.join().unwrap())
    });
    eprintln!("{appends} appends and {renames} renames failed in turn");
    assert!(appends >= 2, "{appends}");
}
