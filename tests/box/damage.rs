//! One byte of the box's disk is another: `verify` names it, or the box does not open and says why, or
//! it makes the file whole again by itself. No panic, no hang, and nothing that lives is removed.
//!
//! Thousands of boxes are opened, so they are opened in this process and not by the program.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use factuurkluis::appliance::keeper::{Keeper, Outcome};
use factuurkluis::appliance::reader;
use factuurkluis::support::words::{Language, Said as _};

use crate::power::seed;
use crate::support::{Box, KLUIS, OLD_TERM, TERM, bundles_in, digest_tree, json};

/// What became of one flipped byte.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Noticed {
    /// `verify` names it.
    Found,
    /// The box does not open, and says why.
    Refused,
    /// The box made the file whole again by itself.
    Mended,
    /// Nothing reads that byte.
    Nothing,
}

/// How long one box may take to open and to be verified.
const PATIENCE: Duration = Duration::from_secs(300);

/// A file's kind, by its place.
fn kind(path: &str) -> &str {
    let parts: Vec<_> = path.split('/').collect();
    match parts.as_slice() {
        ["terms", _, kind, ..] => match *kind {
            "events" => "terms/*/events",
            "bundles" => "terms/*/bundles",
            _ => "terms/*/catalogue",
        },
        ["journal", "events", name] if *name != "public" => "journal/events/<year>",
        ["journal", "tile", ..] => "journal/tile",
        _ => path,
    }
}

/// What is derived and no longer read may lie there as it is: a partial tile that a later one took the
/// place of, what sled has not yet cleared away.
fn is_derived(kind: &str) -> bool {
    matches!(kind, "journal/tile" | "terms/*/catalogue")
}

fn flip(path: &Path, at: usize) {
    let mode = fs::metadata(path).unwrap().permissions();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1 << (at % 8);
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, mode).unwrap();
}

/// A box with a destroyed term and two that live, whose catalogue was used; and its stick.
struct Whole {
    the: Box,
    stick: std::path::PathBuf,
    living: Vec<String>,
}

fn whole() -> Whole {
    reader::program(KLUIS);
    // What sled says about a file of its own that is damaged is not for people.
    let usual = std::panic::take_hook();
    std::panic::set_hook(std::boxed::Box::new(move |panic| {
        if !panic.location().is_some_and(|at| at.file().contains("/sled-0.34")) {
            usual(panic);
        }
    }));
    // In memory where that is possible: what is durable is no question here, and syncing takes longest.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let mut the = Box::at(folder);
    let stick = the.folder.path().join("stick");
    the.seal_into(&stick, OLD_TERM, 1);
    the.seal_into(&stick, TERM, 2);
    the.seal_into(&stick, "trampoline-bv-nl-ordinary-2025-12", 1);
    assert_eq!(the.take(&stick).exit, Some(0));
    json(&mut the.kluis(["clock", "--json", "--turn", "2032-01-03"]));
    json(&mut the.kluis(["clock", "--json", "--turn", "2032-03-03"]));
    let mut find = the.kluis(["find", "--json", "--number", "2026-0002", "--reason", "check"]);
    assert_eq!(json(find.args(the.anna()))["totals"]["count"], 1);
    the.sound();
    let living = bundles_in(&the.path);
    assert_eq!(living.len(), 3);
    Whole { the, stick, living }
}

/// Bytes of every file, about `most` of each, or all; and the places that matter to most formats. What is
/// derived has many files, most of them filling: a sixteenth of that.
fn places(path: &Path, most: usize) -> Vec<(String, usize)> {
    let mut flips = Vec::new();
    for (name, what) in digest_tree(path) {
        let length = usize::try_from(fs::metadata(path.join(&name)).unwrap().len()).unwrap();
        if !what.contains(' ') || length == 0 || name == "root.path" {
            continue;
        }
        let most = if is_derived(kind(&name)) { most.div_ceil(16) } else { most };
        let stride = length.div_ceil(most);
        let first = usize::try_from(seed() % stride as u64).unwrap();
        let mut places: Vec<_> = (first..length).step_by(stride).collect();
        if !is_derived(kind(&name)) {
            let end = length - 1;
            places.extend([0, 7, 11, length / 2, end.saturating_sub(39), end.saturating_sub(1), end]);
        }
        places.retain(|place| *place < length);
        places.sort_unstable();
        places.dedup();
        flips.extend(places.into_iter().map(|place| (name.clone(), place)));
    }
    flips
}

/// Flips each of these bytes in a copy of the box of its own, and sees what becomes of it.
fn each_byte(most: usize) {
    let whole = whole();
    let mut flips = places(&whole.the.path, most);
    // The full form takes an hour or more: it says where it is, and goes on from there.
    if let Ok(from) = std::env::var("KLUIS_FROM") {
        flips.retain(|(name, _)| *name >= from);
    }
    eprintln!("{} bytes are flipped in turn (KLUIS_SEED={})", flips.len(), seed());
    let next = AtomicUsize::new(0);
    let noticed: Mutex<BTreeMap<(String, Noticed), (usize, String)>> = Mutex::default();
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (next, flips, noticed, whole) = (&next, &flips, &noticed, &whole);
            scope.spawn(move || {
                let copy = whole.the.folder.path().join(format!("copy-{worker}"));
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    let Some((name, at)) = flips.get(nth) else { break };
                    if most > 1000 && (nth == 0 || flips[nth - 1].0 != *name) {
                        eprintln!("{nth}: KLUIS_FROM={name}");
                    }
                    whole.the.copy_to(&copy);
                    flip(&copy.join(name), *at);
                    let begun = Instant::now();
                    let became = became(whole, &copy, name, &format!("{name} at {at}"));
                    assert!(begun.elapsed() < PATIENCE, "{name} at {at}: {:?}", begun.elapsed());
                    // It takes longer than the rest: of every tenth.
                    if nth.is_multiple_of(10) {
                        is_whole_again(whole, &copy, name, became, &format!("{name} at {at}"));
                    }
                    let mut noticed = noticed.lock().unwrap();
                    let seen = noticed.entry((kind(name).to_owned(), became));
                    seen.or_insert_with(|| (0, format!("{name} at {at}"))).0 += 1;
                    fs::remove_dir_all(&copy).unwrap();
                }
            });
        }
    });
    let noticed = noticed.into_inner().unwrap();
    for ((kind, became), (count, first)) in &noticed {
        eprintln!("{kind}: {became:?} {count}, such as {first}");
    }
    let unnoticed: Vec<_> = noticed
        .iter()
        .filter(|((kind, became), _)| *became == Noticed::Nothing && !is_derived(kind))
        .collect();
    assert!(unnoticed.is_empty(), "{unnoticed:?}");
}

/// Opens the box and verifies it.
fn became(whole: &Whole, copy: &Path, name: &str, what: &str) -> Noticed {
    let flipped = fs::read(copy.join(name)).unwrap();
    let verified = Keeper::open(copy).and_then(|keeper| keeper.verify(&mut |_, _| {}));
    let became = match verified {
        Ok(report) if report.is_sound() => {
            if fs::read(copy.join(name)).ok() == Some(flipped) {
                Noticed::Nothing
            } else {
                Noticed::Mended
            }
        }
        Ok(_) => Noticed::Found,
        Err(refusal) => {
            let sentence = refusal.say(Language::En);
            assert!(!refusal.code().is_empty() && sentence.len() > 40, "{what}: {sentence}");
            Noticed::Refused
        }
    };
    // Whatever it did about it, it took nothing away that lives.
    let left = bundles_in(copy);
    assert!(whole.living.iter().all(|bundle| left.contains(bundle)), "{what}: a living bundle was removed");
    became
}

/// The file put back from a mirror, where the box did not mend it: all is as it was.
fn is_whole_again(whole: &Whole, copy: &Path, name: &str, became: Noticed, what: &str) {
    if became != Noticed::Mended {
        let original = whole.the.path.join(name);
        let mode = fs::metadata(&original).unwrap().permissions();
        let _ = fs::remove_file(copy.join(name));
        fs::copy(&original, copy.join(name)).unwrap();
        fs::set_permissions(copy.join(name), mode).unwrap();
    }
    let keeper = Keeper::open(copy).unwrap();
    let report = keeper.verify(&mut |_, _| {}).unwrap();
    assert!(report.is_sound(), "{what}: {:?}", report.findings);
    let taken = keeper.take(&whole.stick, &|_| {}).unwrap();
    let here = taken.files.iter().filter(|(_, outcome)| matches!(outcome, Outcome::AlreadyHere(_))).count();
    assert_eq!(here, whole.living.len(), "{what}: {taken:?}");
}

#[test]
fn one_flipped_byte_anywhere_is_noticed_or_mended_and_no_living_term_is_lost() {
    each_byte(8);
}

#[test]
#[ignore = "the full form: scripts/faults"]
fn every_byte_that_is_flipped_is_noticed_or_mended() {
    each_byte(8192);
}
