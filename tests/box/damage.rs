//! One byte of the box's disk is another.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Mutex;

use serde_json::Value;

use crate::support::{
    Box, OLD_TERM, TERM, Taken, bundles_in, digest_tree, json, kluis_at, run, sound_at, text,
};

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

fn flip(path: &Path, at: usize) {
    let mode = fs::metadata(path).unwrap().permissions();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x04;
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, mode).unwrap();
}

fn verify(path: &Path) -> (bool, Value, String) {
    let out = run(&mut kluis_at(path, ["verify", "--json"]));
    let answer = serde_json::from_slice(&out.stdout).unwrap_or(Value::Null);
    assert!(matches!(out.status.code(), Some(0 | 1)), "{}", text(&out));
    (out.status.success(), answer, text(&out))
}

#[test]
fn one_flipped_byte_anywhere_is_noticed_or_mended_and_no_living_term_is_lost() {
    let mut the = Box::new();
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

    // Every file, at places that matter to most formats and at two that chance chose.
    let mut flips = Vec::new();
    for (name, what) in digest_tree(&the.path) {
        let length = fs::metadata(the.path.join(&name)).unwrap().len() as usize;
        if !what.contains(' ') || length == 0 || name == "root.path" {
            continue;
        }
        let mut places = vec![0, 7, length / 2, length.saturating_sub(40), length - 1];
        if matches!(kind(&name), "terms/*/catalogue" | "journal/tile") {
            places = vec![length / 2];
        }
        if kind(&name) == "terms/*/events" || name == "journal/entries" {
            places.extend([length.saturating_sub(200), length.saturating_sub(2), 11]);
        }
        places.retain(|place| *place < length);
        places.sort_unstable();
        places.dedup();
        flips.extend(places.into_iter().map(|place| (name.clone(), place)));
    }
    let next = std::sync::atomic::AtomicUsize::new(0);
    let noticed: Mutex<BTreeMap<(String, Noticed), usize>> = Mutex::default();
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (next, flips, noticed, the, stick, living) = (&next, &flips, &noticed, &the, &stick, &living);
            scope.spawn(move || {
                while let Some((name, at)) =
                    flips.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    let copy = the.folder.path().join(format!("copy-{worker}"));
                    the.copy_to(&copy);
                    flip(&copy.join(name), *at);
                    let became = judge(the, &copy, name, *at, stick, living);
                    *noticed.lock().unwrap().entry((kind(name).to_owned(), became)).or_default() += 1;
                    fs::remove_dir_all(&copy).unwrap();
                }
            });
        }
    });
    let noticed = noticed.into_inner().unwrap();
    for ((kind, became), count) in &noticed {
        eprintln!("{kind}: {became:?} {count}");
    }
    // What is derived and no longer read may lie there as it is: a partial tile that a later one took
    // the place of, what sled has not yet cleared away.
    let derived = |kind: &str| matches!(kind, "journal/tile" | "terms/*/catalogue");
    let unnoticed = noticed.keys().filter(|(kind, became)| *became == Noticed::Nothing && !derived(kind));
    let unnoticed: Vec<_> = unnoticed.collect();
    assert!(unnoticed.is_empty(), "{unnoticed:?}");
}

fn judge(the: &Box, copy: &Path, name: &str, at: usize, stick: &Path, living: &[String]) -> Noticed {
    let what = format!("{name} at {at}");
    let flipped = fs::read(copy.join(name)).unwrap();
    let (sound, answer, said) = verify(copy);
    let became = if !sound {
        if answer["findings"].is_array() {
            Noticed::Found
        } else {
            assert!(answer["code"].is_string() && said.len() > 40, "{what}: {said}");
            Noticed::Refused
        }
    } else if fs::read(copy.join(name)).ok() == Some(flipped) {
        Noticed::Nothing
    } else {
        Noticed::Mended
    };
    // Whatever it did about it, it took nothing away that lives.
    let left = bundles_in(copy);
    assert!(living.iter().all(|bundle| left.contains(bundle)), "{what}: a living bundle was removed");
    if became != Noticed::Mended {
        // The file put back from a mirror: all is as it was.
        let original = the.path.join(name);
        let mode = fs::metadata(&original).unwrap().permissions();
        let _ = fs::remove_file(copy.join(name));
        fs::copy(&original, copy.join(name)).unwrap();
        fs::set_permissions(copy.join(name), mode).unwrap();
    }
    sound_at(copy);
    let taken = Taken::of(run(kluis_at(copy, ["take", "--json"]).arg(stick)));
    let here = taken.files.iter().filter(|file| file["outcome"] == "already-here").count();
    assert_eq!(here, living.len(), "{what}: {taken:?}");
    became
}
