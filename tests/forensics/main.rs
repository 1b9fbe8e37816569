//! A term is destroyed, and afterwards somebody looks for it everywhere.
//!
//! ```text
//!  scene    a box on an ext4 of its own in a raw image, three terms, look-ups; one term is due.
//!           Recorded: every key that ever stood in the vault, every root, a copy of the whole box
//!  trial    the image again, the box runs, the term dies; the process is killed at a failpoint,
//!           started again, and goes on
//!  traces   the raw image, the box's files, the memory of the process: the words, the dead keys byte
//!           by byte, pieces of the term's files; and every other key that ever lived, with all its
//!           children, on every remnant: kept bundles (sticks, recorded pushes), kept and carved vaults,
//!           events, catalogue pages
//! ```
//! Nothing is what must be found. The search proves itself: before the destruction it finds each of
//! these, and it finds something where one step is left out (`KLUIS_MUTATE`, debug builds only).
//!
//! The dead keys themselves do open what was kept, wherever somebody recorded them; a file root's copy
//! is such a record, and the box says so. So they are looked for, and all others are tried.
//!
//! The short form is a test; `scripts/forensics` is the full one: every failpoint, on a medium that
//! discards what is freed and on one that keeps it.
#![allow(clippy::unwrap_used)]

#[path = "../support/memory.rs"]
mod memory;
#[path = "../support/mod.rs"]
mod support;

mod keys;
mod medium;
mod scene;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use keys::{Opens, keys_of, roots};
use medium::{Kind, files_of};
use memchr::memmem;
use scene::{MARK, Scene, Trial};

/// What gives the dead term away, in words.
type Traces = Vec<&'static str>;

const KEY_IN_MEMORY: &str = "one of its keys is in memory";
const WORDS_IN_MEMORY: &str = "its words are in memory";
const FOUND: &str = "the box finds it";
const KEY_IN_VAULT: &str = "its key is in the vault";
const ROOT_LEFT: &str = "the root opens a vault that was kept";
const KEY_ON_MEDIUM: &str = "one of its keys lies on the medium";
const WORDS_ON_MEDIUM: &str = "its words lie on the medium";
const BYTES_IN_FILES: &str = "bytes of it lie in a file of the box";
const BYTES_ON_MEDIUM: &str = "bytes of it lie on the medium";
const OPENS: &str = "another key opens something of it";
const VAULT_OPENS: &str = "another key opens a vault with its key";
const OTHERS: &str = "another term is not whole";

fn traces(scene: &Scene, trial: &Trial) -> Traces {
    let mut found = Traces::new();
    let mut see = |what, there: bool| {
        if there {
            found.push(what);
        }
    };
    let path = trial.medium.path();
    // The memory first, before anybody types the words again.
    let memory = trial.running.memory();
    see(KEY_IN_MEMORY, scene.dying.iter().any(|key| memory.holds(key) > 0));
    see(WORDS_IN_MEMORY, !memory.words(MARK).is_empty());
    see(FOUND, scene.finds(trial));

    let left = keys_of(&path);
    see(KEY_IN_VAULT, left.iter().any(|key| scene.kept.opened_by(key).ages > 0));
    see(ROOT_LEFT, !scene.kept.vaults_opened_by(&roots(&path)).is_empty());

    let holds =
        |parts: &[Vec<u8>], bytes: &[u8]| parts.iter().any(|part| memmem::find(part, bytes).is_some());
    let gone = |raw: &[Vec<u8>]| !scene.fragments.iter().any(|fragment| holds(raw, fragment));
    let raw = trial.medium.raw_once(gone);
    see(KEY_ON_MEDIUM, scene.dying.iter().any(|key| holds(&raw, key)));
    see(WORDS_ON_MEDIUM, raw.iter().any(|part| !memory::places_of(part, MARK).is_empty()));
    let files: Vec<_> = files_of(&path).into_values().collect();
    see(BYTES_IN_FILES, scene.fragments.iter().any(|fragment| holds(&files, fragment)));
    see(BYTES_ON_MEDIUM, trial.medium.kind == Kind::Discards && !gone(&raw));

    let carved = scene.carved(&raw, trial);
    let others: BTreeSet<_> =
        scene.keys.union(&left).filter(|key| !scene.dying.contains(*key)).copied().collect();
    let opens = |key| {
        let Opens { ages, events, catalogue, .. } = scene.kept.opened_by(key);
        ages + events + catalogue > 0
    };
    see(OPENS, others.iter().any(opens));
    let vaults = [&scene.kept, &carved].map(|remnants| remnants.vaults_opened_by(&others));
    see(VAULT_OPENS, vaults.iter().flatten().any(|vault| memmem::find(vault, &scene.doomed).is_some()));
    see(OTHERS, !scene.the_others_live(trial));
    eprintln!(
        "{:?}: {} keys tried on {} and on {} carved vaults; {} pieces looked for in {} KiB: {found:?}",
        trial.medium.kind,
        others.len(),
        scene.kept,
        carved.vaults(),
        scene.fragments.len(),
        raw.iter().map(Vec::len).sum::<usize>() >> 10,
    );
    found
}

/// Every failpoint that the running box passes until the term is dead, each time: `NAME:N`.
fn failpoints(scene: &Scene) -> Vec<String> {
    let log = scene.folder.path().join("failpoints");
    drop(scene.destroy(&format!("log:{}", log.display()), None));
    let mut passed = BTreeMap::<String, u32>::new();
    let log = fs::read_to_string(&log).unwrap();
    log.lines()
        .map(|name| {
            let times = passed.entry(name.to_owned()).or_default();
            *times += 1;
            format!("{name}:{times}")
        })
        .collect()
}

/// Destroys and searches, once without a power cut and once for each of these failpoints.
fn nothing_is_found(scene: &Scene, failpoints: &[String]) {
    let whole = traces(scene, &scene.destroy("", None));
    assert!(whole.is_empty(), "{:?}: {whole:#?}", scene.kind);
    for failpoint in failpoints {
        let found = traces(scene, &scene.destroy(failpoint, None));
        assert!(found.is_empty(), "{:?}, killed at {failpoint}: {found:#?}", scene.kind);
    }
    eprintln!("{:?}: nothing found after {} destructions", scene.kind, failpoints.len() + 1);
}

#[test]
fn nothing_is_left_of_a_destroyed_term_and_the_search_notices_each_step_left_out() {
    for kind in Kind::here() {
        let scene = Scene::set(kind);
        let mut some = failpoints(&scene);
        // Where the order of the steps matters most.
        some.retain(|place| ["switch-5", "switch-7"].iter().any(|step| place.starts_with(step)));
        some.truncate(if kind == Kind::Keeps { 0 } else { 2 });
        nothing_is_found(&scene, &some);
        if kind == Kind::Keeps {
            continue;
        }
        for (mutation, noticed) in [
            // In memory its key is found only by a kernel without `memfd_secret`.
            ("skip-switch", [KEY_IN_VAULT, ROOT_LEFT].as_slice()),
            ("skip-term-key", &[KEY_IN_VAULT, VAULT_OPENS]),
            ("skip-catalogue", &[BYTES_IN_FILES, WORDS_IN_MEMORY]),
            ("skip-discard", &[BYTES_ON_MEDIUM]),
        ] {
            if mutation == "skip-discard" && kind == Kind::Directory {
                continue;
            }
            let found = traces(&scene, &scene.destroy("", Some(mutation)));
            let missed: Vec<_> = noticed.iter().filter(|what| !found.contains(*what)).collect();
            assert!(missed.is_empty(), "{mutation}: not noticed: {missed:?}; {found:?}");
        }
    }
}

#[test]
#[ignore = "the full form: scripts/forensics"]
fn nothing_is_left_whenever_the_power_goes() {
    // A step is left out: one destruction is enough to see it, and this test must fail.
    let mutated = std::env::var_os("KLUIS_MUTATE").is_some();
    for kind in Kind::here() {
        let scene = Scene::set(kind);
        let all = if mutated { Vec::new() } else { failpoints(&scene) };
        nothing_is_found(&scene, &all);
    }
}
