//! A power cut anywhere: every prefix of the durable operations, torn writes, flipped bytes.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

use proptest::prelude::*;

use super::*;
use crate::support::durable::{self, fault};

/// How a dying disk may tear the write of a slot: not at all, in the generation and secret of its first
/// copy, behind that, in its second copy, and "written, but nobody knows".
const TEARS: [Option<usize>; 7] =
    [None, Some(0), Some(25), Some(45), Some(4096), Some(4096 + 45), Some(root::SLOT_LENGTH)];

#[test]
fn an_update_cut_off_anywhere_is_done_or_not_begun() {
    for n in 1.. {
        let (place, mut vault) = Place::founded();
        let keys = ["2025", "2026"].map(|term| secret(&vault, term).unwrap());
        fault::die_at(n, None);
        let outcome = vault.update(|contents| contents.add_term("2027", |_| Vec::new()));
        let died = fault::revive();
        let (again, _) = place.open(false).unwrap();
        again.check().unwrap();
        assert_eq!(["2025", "2026"].map(|term| secret(&again, term).unwrap()), keys);
        if outcome.is_ok() {
            assert_eq!(secret(&again, "2027"), secret(&vault, "2027"));
        } else if secret(&again, "2027").is_none() {
            assert_eq!(again.generation(), 1);
        }
        if !died {
            assert!(n > 6, "the fault never struck");
            break;
        }
    }
}

#[test]
fn after_an_update_of_unknown_outcome_nothing_is_changed_before_the_next_opening() {
    let (_place, mut vault) = Place::founded();
    fault::die_at(3, None);
    assert!(vault.update(|contents| contents.add_term("2027", |_| Vec::new())).is_err());
    fault::revive();
    let refused = vault.update(|_| Ok(())).unwrap_err();
    assert_eq!(refused, VaultError::Refused(VaultRefusal::Unsettled));
    assert!(vault.prepare_switch(|_| Ok(())).is_err());
    assert!(vault.lease_term("2025").is_some(), "reading goes on");
}

#[test]
fn a_switch_cut_off_anywhere_is_not_begun_or_finished_and_so_is_its_recovery() {
    let mut outcomes = [0; 2];
    for n in 1.. {
        let mut died = false;
        for torn in TEARS {
            // The recovery dies too, at its every change.
            for m in 1.. {
                let (place, mut vault) = Place::founded();
                let living = secret(&vault, "2026").unwrap();
                let doomed = secret(&vault, "2025").unwrap();
                let journaled = Cell::new(false);
                fault::die_at(n, torn);
                let outcome = destroy(&mut vault, "2025", &journaled);
                died = fault::revive();
                drop(vault);
                fault::die_at(m, torn);
                let _ = place.open(journaled.get());
                let died_again = fault::revive();

                let (mut again, _) = place.open(journaled.get()).unwrap();
                again.check().unwrap();
                assert_eq!(secret(&again, "2026"), Some(living), "{n} {torn:?} {m}: a living term is lost");
                let dead = again.contents().dead_terms().contains_key("2025");
                if journaled.get() {
                    assert!(dead, "{n} {torn:?} {m}: an intent is carried out");
                }
                match secret(&again, "2025") {
                    Some(found) => assert!(!dead && found == doomed && outcome.is_err()),
                    None => assert!(dead && journaled.get()),
                }
                outcomes[usize::from(dead)] += 1;
                // And it goes on from there.
                again.update(|contents| contents.add_term("2027", |_| Vec::new())).unwrap();
                destroy(&mut again, "2026", &Cell::new(false)).unwrap();
                let (last, recovery) = place.open(false).unwrap();
                assert_eq!(recovery, Recovery::Clean);
                assert!(secret(&last, "2026").is_none() && secret(&last, "2027").is_some());
                if !died_again {
                    break;
                }
            }
        }
        if !died {
            break;
        }
    }
    assert!(outcomes[0] > 100 && outcomes[1] > 100, "{outcomes:?}");
}

#[test]
fn the_number_of_a_dropped_switch_is_not_used_again() {
    let (place, mut vault) = Place::founded();
    let prepared = vault.prepare_switch(|contents| contents.bury_term("2025", Vec::new())).unwrap();
    let dropped = prepared.generation();
    drop(prepared);
    assert!(vault.update(|_| Ok(())).is_err(), "only the journal can tell");
    let (again, recovery) = place.open(false).unwrap();
    assert_eq!(recovery, Recovery::Dropped(dropped));
    assert!(again.generation() > dropped);
    assert!(secret(&again, "2025").is_some());
}

#[test]
fn an_abandoned_switch_leaves_everything_as_it_was() {
    let (place, mut vault) = Place::founded();
    let before = secret(&vault, "2025");
    let prepared = vault.prepare_switch(|contents| contents.bury_term("2025", Vec::new())).unwrap();
    prepared.abandon().unwrap();
    vault.check().unwrap();
    vault.update(|_| Ok(())).unwrap();
    let (again, recovery) = place.open(false).unwrap();
    assert_eq!(recovery, Recovery::Clean);
    assert_eq!(secret(&again, "2025"), before);
}

#[test]
fn a_new_vault_that_does_not_read_back_kills_nothing() {
    let (place, mut vault) = Place::founded();
    let before = secret(&vault, "2026");
    let prepared = vault.prepare_switch(|contents| contents.bury_term("2025", Vec::new())).unwrap();
    flip(&place.file("box/vault/b"), 60);
    let refused = prepared.commit().unwrap_err();
    assert!(matches!(refused, VaultError::Refused(VaultRefusal::NotPrepared { .. })));
    // The intent is in the journal, but what it meant is lost: the terms live, and are seen to.
    let (again, recovery) = place.open(true).unwrap();
    assert!(matches!(recovery, Recovery::Dropped(_)));
    assert_eq!(secret(&again, "2026"), before);
    assert!(secret(&again, "2025").is_some() && again.contents().dead_terms().is_empty());
}

#[test]
fn any_byte_of_one_vault_file_may_flip_and_it_is_repaired_from_its_twin() {
    let (place, vault) = Place::founded();
    let before = secret(&vault, "2025");
    let length = std::fs::metadata(place.file("box/vault/a")).unwrap().len();
    for name in ["box/vault/a", "box/vault/b"] {
        for at in 0..length {
            flip(&place.file(name), at);
            let damaged = vault.check().unwrap_err();
            assert!(damaged.to_string().contains("vault/"));
            let (again, recovery) = place.open(false).unwrap();
            assert_eq!(recovery, Recovery::Repaired, "{name} at {at}");
            assert_eq!(secret(&again, "2025"), before);
            vault.check().unwrap();
        }
        std::fs::remove_file(place.file(name)).unwrap();
        assert_eq!(place.open(false).unwrap().1, Recovery::Repaired);
    }
}

#[test]
fn any_byte_of_the_living_slot_may_flip_and_it_is_mended_from_its_twin() {
    let (place, vault) = Place::founded();
    let (slot, before) = (place.file("root/a"), secret(&vault, "2025"));
    let whole = std::fs::read(&slot).unwrap();
    // Both copies, the zeros behind them at their ends, and in between.
    let ends = |copy: u64| (copy..copy + 100).chain([copy + 2000, copy + 4095]);
    for at in ends(0).chain(ends(4096)) {
        flip(&slot, at);
        let damaged = vault.check().unwrap_err().to_string();
        assert!(damaged.contains("root/a"), "{at}: {damaged}");
        let (again, recovery) = place.open(false).unwrap();
        assert_eq!(recovery, Recovery::Repaired, "{at}");
        assert_eq!(secret(&again, "2025"), before);
        assert_eq!(std::fs::read(&slot).unwrap(), whole, "{at}");
    }
    vault.check().unwrap();
}

#[test]
fn a_living_slot_is_mended_without_touching_its_good_copy_wherever_the_mending_is_cut_off() {
    let (place, vault) = Place::founded();
    let (slot, before) = (place.file("root/a"), secret(&vault, "2025"));
    for at in [30, 4096 + 30] {
        for torn in [None, Some(0), Some(28), Some(45), Some(91), Some(92), Some(4096)] {
            flip(&slot, at);
            fault::die_at(1, torn);
            assert!(place.open(false).is_err());
            assert!(fault::revive());
            let (again, _) = place.open(false).unwrap();
            assert_eq!(secret(&again, "2025"), before, "{at} {torn:?}");
            again.check().unwrap();
        }
    }
}

#[test]
fn a_slot_with_both_copies_damaged_or_two_roots_opens_nothing_and_the_box_says_so() {
    let (place, vault) = Place::founded();
    let slot = place.file("root/a");
    let whole = std::fs::read(&slot).unwrap();
    flip(&slot, 30);
    flip(&slot, 4096 + 50);
    let refused = place.open(false).err().unwrap();
    assert!(matches!(refused, VaultError::Refused(VaultRefusal::RootDead { .. })));
    // Halves of two boxes.
    let (other, _) = Place::founded();
    let foreign = std::fs::read(other.file("root/a")).unwrap();
    std::fs::write(&slot, [&whole[..4096], &foreign[4096..]].concat()).unwrap();
    let refused = place.open(false).err().unwrap();
    assert!(matches!(refused, VaultError::Refused(VaultRefusal::RootDead { .. })));
    std::fs::write(&slot, whole).unwrap();
    vault.check().unwrap();
}

#[test]
fn a_kill_torn_between_the_copies_is_no_kill_and_is_done_again() {
    for journaled in [false, true] {
        let (place, mut vault) = Place::founded();
        let before = secret(&vault, "2025");
        drop(vault.prepare_switch(|contents| contents.bury_term("2025", Vec::new())).unwrap());
        let mut half = std::fs::read(place.file("root/a")).unwrap();
        half[..4096].fill(0);
        std::fs::write(place.file("root/a"), half).unwrap();
        let (again, _) = place.open(journaled).unwrap();
        assert_eq!(secret(&again, "2025"), before.filter(|_| !journaled));
        again.check().unwrap();
        if journaled {
            assert_eq!(std::fs::read(place.file("root/a")).unwrap(), [0; root::SLOT_LENGTH]);
        }
    }
}

#[test]
fn a_root_that_is_not_there_is_not_a_dead_root() {
    let (place, _vault) = Place::founded();
    let root = place.root();
    std::fs::rename(place.root_dir(), place.file("unplugged")).unwrap();
    let refused = Vault::open(&place.data(), root, |_| true).err().unwrap();
    assert!(matches!(refused, VaultError::Disk(durable::DiskError::Missing { .. })));
    std::fs::rename(place.file("unplugged"), place.root_dir()).unwrap();
    place.open(false).unwrap();
}

fn flip(path: &Path, at: u64) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[usize::try_from(at).unwrap()] ^= 0x10;
    std::fs::write(path, bytes).unwrap();
}

#[derive(Debug, Clone)]
enum Step {
    Add,
    Destroy,
    Anchor,
    Abandon,
    Reopen,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Random histories, each step with a death of the disk somewhere in it (or past its end), a
    /// tear, and a flipped byte in one vault file when it was quiet.
    #[test]
    fn no_history_of_cuts_loses_a_living_term_or_brings_a_dead_one_back(
        steps in prop::collection::vec(
            (
                prop::sample::select(vec![Step::Add, Step::Destroy, Step::Anchor, Step::Abandon, Step::Reopen]),
                1..24_u64,
                prop::option::of(0..=root::SLOT_LENGTH),
                prop::option::of((any::<bool>(), any::<prop::sample::Index>())),
            ),
            1..12,
        )
    ) {
        let (place, mut vault) = Place::founded();
        let mut living: BTreeMap<String, [u8; 32]> =
            ["2025", "2026"].map(|term| (term.to_owned(), secret(&vault, term).unwrap())).into();
        let mut dead = BTreeSet::new();
        for (n, (step, die_at, torn, flipped)) in steps.into_iter().enumerate() {
            let journaled = Cell::new(false);
            let name = format!("term {n}");
            let doomed = living.keys().next().cloned();
            fault::die_at(die_at, torn);
            let outcome = match (&step, &doomed) {
                (Step::Add, _) => vault.update(|contents| contents.add_term(&name, |_| Vec::new())),
                (Step::Destroy, Some(doomed)) => destroy(&mut vault, doomed, &journaled).map(drop),
                (Step::Anchor, _) => vault.update_anchored(|contents| contents.add_term(&name, |_| Vec::new())),
                (Step::Abandon, Some(doomed)) => vault
                    .prepare_switch(|contents| contents.bury_term(doomed, Vec::new()))
                    .and_then(Prepared::abandon),
                _ => Ok(()),
            };
            let crashed = fault::revive();
            if outcome.is_ok() && !crashed && let Some((first, index)) = flipped {
                let path = place.file(if first { "box/vault/a" } else { "box/vault/b" });
                let length = usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
                flip(&path, index.index(length) as u64);
            }
            (vault, _) = place.open(journaled.get()).unwrap();
            vault.check().unwrap();

            match (&step, outcome.is_ok()) {
                (Step::Add | Step::Anchor, true) => {
                    living.insert(name.clone(), secret(&vault, &name).unwrap());
                }
                (Step::Add | Step::Anchor, false) => {
                    if let Some(found) = secret(&vault, &name) {
                        living.insert(name.clone(), found);
                    }
                }
                (Step::Destroy, _) if journaled.get() => {
                    let doomed = doomed.unwrap();
                    living.remove(&doomed);
                    dead.insert(doomed);
                }
                _ => {}
            }
            for (term, bytes) in &living {
                prop_assert_eq!(secret(&vault, term), Some(*bytes));
            }
            let buried: BTreeSet<String> = vault.contents().dead_terms().keys().cloned().collect();
            prop_assert_eq!(&buried, &dead);
        }
    }
}

const SCRATCH: &str = "KLUIS_TEST_SCRATCH";

/// Runs the test `name` again as a process of its own, which dies at `failpoint`.
fn child(name: &str, failpoint: &str, place: &Place) -> ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("appliance::vault::tests::crash::{name}")])
        .env(SCRATCH, place.dir.path())
        .env("KLUIS_FAILPOINT", failpoint)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
}

#[test]
fn a_process_killed_at_a_step_of_the_switch_is_finished_by_the_next() {
    let name = "a_process_killed_at_a_step_of_the_switch_is_finished_by_the_next";
    if let Some(scratch) = std::env::var_os(SCRATCH) {
        let (data, root) = (Path::new(&scratch).join("box"), Path::new(&scratch).join("root"));
        let root = FileRoot::open(&root, &data).unwrap();
        let (mut vault, _) = Vault::open(&data, Box::new(root), |_| false).unwrap();
        let prepared = vault.prepare_switch(|contents| contents.bury_term("2025", Vec::new())).unwrap();
        std::fs::write(data.join("intent"), prepared.generation().to_string()).unwrap();
        durable::failpoint("switch-4-intent-journaled");
        prepared.commit().unwrap();
        return;
    }
    let steps = [
        ("switch-2-root-written", false),
        ("switch-3-vault-written", false),
        ("switch-4-intent-journaled", true),
        ("switch-5-old-root-killed", true),
        ("switch-6-old-root-refused", true),
    ];
    for (failpoint, dies) in steps {
        let (place, vault) = Place::founded();
        let living = secret(&vault, "2026");
        drop(vault);
        assert_eq!(child(name, failpoint, &place).signal(), Some(9), "{failpoint}");
        let intent = std::fs::read_to_string(place.file("box/intent")).ok();
        let known = |generation: u64| intent.as_deref() == Some(generation.to_string().as_str());
        let (again, recovery) = Vault::open(&place.data(), place.root(), known).unwrap();
        assert_eq!(secret(&again, "2025").is_none(), dies, "{failpoint}: {recovery:?}");
        assert_eq!(secret(&again, "2026"), living, "{failpoint}");
        again.check().unwrap();
    }
}

#[test]
fn a_switch_does_not_build_on_a_damaged_twin() {
    let (place, mut vault) = Place::founded();
    let before = ["2025", "2026"].map(|term| secret(&vault, term).unwrap());
    // The switch is about to overwrite the only good one.
    flip(&place.file("box/vault/a"), 100);
    drop(vault.prepare_switch(|contents| contents.bury_term("2025", Vec::new())).unwrap());
    let (again, _) = place.open(false).unwrap();
    assert_eq!(["2025", "2026"].map(|term| secret(&again, term).unwrap()), before);
}

#[test]
fn a_full_disk_in_an_update_loses_nothing_and_says_what_is_due() {
    let (place, mut vault) = Place::founded();
    let before = secret(&vault, "2025");
    fault::full_at(1);
    let refused = vault.update(|contents| contents.add_term("2027", |_| Vec::new())).unwrap_err();
    assert!(matches!(refused, VaultError::Disk(durable::DiskError::Full { .. })));
    // Nothing had happened; it can be tried again. Now it is full at the second file.
    fault::full_at(4);
    let refused = vault.update(|contents| contents.add_term("2028", |_| Vec::new())).unwrap_err();
    assert!(matches!(refused, VaultError::Refused(VaultRefusal::WrittenOnce { .. })));
    let added = secret(&vault, "2028");
    assert!(added.is_some(), "the change is kept");
    assert_eq!(vault.update(|_| Ok(())), Err(VaultRefusal::Unsettled.into()));
    // Still full at the next opening: it can be read, not changed.
    fault::full_at(1);
    let (mut again, recovery) = place.open(false).unwrap();
    assert_eq!(recovery, Recovery::Owed);
    assert_eq!((secret(&again, "2025"), secret(&again, "2028")), (before, added));
    assert_eq!(again.update(|_| Ok(())), Err(VaultRefusal::Unsettled.into()));
    let (again, recovery) = place.open(false).unwrap();
    assert_eq!(recovery, Recovery::Repaired);
    again.check().unwrap();
    assert_eq!((secret(&again, "2028"), secret(&again, "2027")), (added, None));
}

#[test]
fn a_full_disk_anywhere_in_a_switch_loses_no_living_term() {
    for n in 1..16 {
        let (place, mut vault) = Place::founded();
        let living = secret(&vault, "2026");
        let journaled = Cell::new(false);
        fault::full_at(n);
        let outcome = destroy(&mut vault, "2025", &journaled);
        if outcome.is_err() && !journaled.get() {
            // Nothing has begun: it goes on without another opening.
            vault.check().unwrap();
            vault.update(|_| Ok(())).unwrap();
        }
        let (again, _) = place.open(journaled.get()).unwrap();
        let (again, _) =
            if again.check().is_ok() { (again, Recovery::Clean) } else { place.open(true).unwrap() };
        again.check().unwrap();
        assert_eq!(secret(&again, "2026"), living, "{n}");
        assert_eq!(secret(&again, "2025").is_none(), journaled.get(), "{n}: {outcome:?}");
        fault::full_at(0);
        let _ = durable::sync_dir(place.dir.path());
    }
}
