//! What must hold of a box after whatever was done to it, seen from outside only.

use std::fs;
use std::path::Path;

use crate::support::{OLD_TERM, Taken, bundles_in, kluis_at, run, sound_at};

fn empty(directory: &Path) -> bool {
    fs::read_dir(directory).unwrap().next().is_none()
}

/// After admission was cut short: the box opens and is sound, has what it acknowledged, takes the rest,
/// and nothing of what was half done lies about.
pub(crate) fn of_admission(path: &Path, stick: &Path, acknowledged: &[u64], what: &str) {
    sound_at(path);
    assert!(empty(&path.join("spool")), "{what}: the spool is not empty");
    let here = bundles_in(path).len();
    assert!(here >= acknowledged.len(), "{what}: an acknowledged bundle is gone");
    let taken = Taken::of(run(kluis_at(path, ["take", "--json"]).arg(stick)));
    assert_eq!(taken.exit, Some(0), "{what}: {taken:?}");
    for file in &taken.files {
        let number = file["bundle"]["number"].as_u64().unwrap();
        if acknowledged.contains(&number) {
            assert_eq!(file["outcome"], "already-here", "{what}: its receipt was given: {file}");
        }
    }
    let strays = here - taken.outcomes().iter().filter(|outcome| **outcome == "already-here").count();
    assert_eq!(strays, 0, "{what}: a bundle lay in a term that no receipt speaks for");
    assert_eq!(bundles_in(path).len(), taken.files.len(), "{what}");
    assert!(empty(&path.join("spool")), "{what}: the spool is not empty");
    sound_at(path);
}

/// What became of a term whose destruction was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// All of it is there.
    Alive,
    /// Nothing is, and a certificate says so.
    Dead,
}

/// Whether [`OLD_TERM`] lives, after its destruction was cut short. `old` is a stick with its bundle.
pub(crate) fn fate(path: &Path, old: &Path, what: &str) -> Fate {
    sound_at(path);
    let dead = !path.join("terms").join(OLD_TERM).exists();
    let certified = path.join("certificates").join(format!("{OLD_TERM}.certificate")).exists();
    let outcome = Taken::of(run(kluis_at(path, ["take", "--json"]).arg(old)));
    if dead {
        assert_eq!(outcome.code(), "archive-term-destroyed", "{what}");
        assert!(certified, "{what}: destroyed without a certificate");
        Fate::Dead
    } else {
        assert_eq!(outcome.outcomes(), ["already-here"], "{what}: {outcome:?}");
        assert!(!certified, "{what}: a certificate of a term that lives");
        Fate::Alive
    }
}

/// After destruction was cut short: the term is alive or dead and never between, dead if that was
/// `said`; the next run destroys it for good, and the term of the stick `new` has lost nothing.
pub(crate) fn of_destruction(path: &Path, old: &Path, new: &Path, said: bool, what: &str) -> Fate {
    let fate = fate(path, old, what);
    assert!(fate == Fate::Dead || !said, "{what}: it said that the term was destroyed");
    let again = run(&mut kluis_at(path, ["clock", "--turn", "2032-06-03"]));
    assert!(again.status.success(), "{what}: {}", crate::support::text(&again));
    let outcome = Taken::of(run(kluis_at(path, ["take", "--json"]).arg(old)));
    assert_eq!(outcome.code(), "archive-term-destroyed", "{what}");
    let outcome = Taken::of(run(kluis_at(path, ["take", "--json"]).arg(new)));
    assert_eq!(outcome.outcomes(), ["already-here"], "{what}: the other term");
    sound_at(path);
    fate
}
