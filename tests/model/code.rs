//! The model's steps are the code's: every failpoint of a destruction and of an admission is a step here,
//! under the same name and in the same order.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use stateright::{Checker, Model};

use super::state::{A, B, Change, EARLY, Next, Process, Slot, State, Word};
use super::steps::Action;
use super::{Kluis, power};

/// The model's steps of a destruction, in the order in which the model takes them.
fn steps() -> Vec<&'static str> {
    let destroy = Change::Destroy(EARLY, Word::Counted);
    let steps = [
        Next::RootWritten(destroy),
        Next::VaultWritten(destroy),
        Next::IntentJournaled(destroy),
        Next::OldRootKilled(destroy),
        Next::OldRootRefused(destroy),
        Next::DirectoryRemoved(EARLY),
        Next::CertificateJournaled(EARLY),
    ];
    steps.map(Next::name).to_vec()
}

fn sources(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(below).expect("the sources are here").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("tests") {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The failpoints in the sources of the box, without its tests.
fn failpoints() -> Vec<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/appliance"), &mut files);
    let mut names = Vec::new();
    for file in files {
        let source = fs::read_to_string(file).expect("a source is text");
        names.extend(
            source.split("failpoint(\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())),
        );
    }
    names
}

#[test]
fn the_models_steps_of_a_destruction_are_the_codes() {
    let mut found: Vec<_> = failpoints().into_iter().filter(|name| name.starts_with("switch-")).collect();
    found.sort();
    found.dedup();
    // Their numbers are their order, in the code's names and in the model's steps.
    assert_eq!(found, steps());
}

#[test]
fn the_table_of_the_switch_names_the_models_steps() {
    let table = include_str!("../../src/appliance/vault/switch.rs");
    // Those that are the vault's own.
    let own = |step: &&&str| ["2", "3", "5", "6"].iter().any(|n| step.starts_with(&format!("switch-{n}")));
    for step in steps().iter().filter(own) {
        assert!(table.contains(&format!("| `{step}` |")), "{step}");
    }
}

#[test]
fn the_models_steps_of_an_admission_are_the_codes() {
    let found = failpoints();
    for step in ["take-kept", Next::Journal.name()] {
        assert!(found.iter().any(|name| name == step), "{step}: {found:?}");
    }
}

/// What a power cut leaves, as the table in `vault::opening` has it.
type Row = (&'static str, fn(&State) -> bool);

const ROWS: [Row; 6] = [
    ("step 2, in its write", |state| torn(state) && both_old(state)),
    ("step 2", |state| two_roots(state) && both_old(state)),
    ("step 3", |state| two_roots(state) && !both_old(state) && !intended(state)),
    ("step 4 (the intent is journaled)", |state| two_roots(state) && !both_old(state) && intended(state)),
    ("step 5, in its write", |state| torn(state) && only_b_opens(state)),
    ("step 5", |state| state.slots.contains(&Slot::Empty) && only_b_opens(state)),
];

fn torn(state: &State) -> bool {
    state.slots.contains(&Slot::Torn)
}

fn two_roots(state: &State) -> bool {
    state.slots.iter().all(|slot| matches!(slot, Slot::Living { .. }))
}

fn both_old(state: &State) -> bool {
    state.disk.files[A].root == state.disk.files[B].root
}

fn only_b_opens(state: &State) -> bool {
    let opens = |file: usize| state.slots.iter().any(|slot| slot.opens(&state.disk.files[file]));
    opens(B) && !opens(A)
}

fn intended(state: &State) -> bool {
    let generation = state.slots.iter().filter_map(|slot| match slot {
        Slot::Living { generation, .. } => Some(*generation),
        Slot::Empty | Slot::Torn => None,
    });
    generation.max().is_some_and(|new| state.disk.journal.intents & (1 << new) != 0)
}

#[test]
fn every_row_of_the_table_of_opening_is_seen_in_the_model() {
    let table = include_str!("../../src/appliance/vault/opening.rs");
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let found = Arc::clone(&seen);
    let visitor = move |path: stateright::Path<State, Action>| {
        let state = path.last_state();
        if state.process == Process::Off {
            let rows = ROWS.iter().filter(|(_, is)| is(state)).map(|(row, _)| *row);
            found.lock().expect("nobody panics here").extend(rows);
        }
    };
    let model = Kluis { sights: Vec::new, ..power() };
    model.checker().visitor(visitor).target_max_depth(11).spawn_bfs().join();
    for (row, _) in ROWS {
        assert!(table.contains(&format!("//! | {row} |")), "the table has no {row}");
        assert!(seen.lock().expect("nobody panics here").contains(row), "never seen: {row}");
    }
}
