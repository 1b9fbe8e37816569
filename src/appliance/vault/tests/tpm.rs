//! A root in a TPM: cuts at every change, torn writes, and what a foreign start finds.

use super::*;
use crate::appliance::vault::root::TpmRoot;
use crate::support::durable::{self, fault};

#[path = "../../../../tests/support/swtpm.rs"]
mod swtpm;

use swtpm::SoftwareTpm;

/// A box whose root is in a TPM of its own.
struct WithTpm {
    tpm: SoftwareTpm,
    place: Place,
}

impl WithTpm {
    fn founded() -> Option<(Self, Vault, root::BootKey)> {
        let Some(tpm) = SoftwareTpm::start() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "swtpm and tpm2-tools are missing, and CI asks for them"
            );
            eprintln!("SKIPPED: a root in a TPM (swtpm, tpm2-tools)");
            return None;
        };
        let place = Place { dir: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.data()).unwrap();
        let (root, key) = TpmRoot::create_at(&tpm.place(), &place.data()).unwrap();
        let vault = Vault::create(&place.data(), Box::new(root), entity(), true, |contents| {
            contents.add_term("2025", |_| Vec::new())?;
            contents.add_term("2026", |_| Vec::new())
        });
        Some((Self { tpm, place }, vault.unwrap(), key))
    }

    fn open(&self, intent_known: bool) -> Result<(Vault, Recovery), VaultError> {
        let root = TpmRoot::open_at(&self.tpm.place(), &self.place.data())?;
        Vault::open(&self.place.data(), Box::new(root), |_| intent_known)
    }
}

/// As for a file root, but in one long life: there is one TPM for all of it.
#[test]
fn a_switch_under_a_tpm_root_cut_off_anywhere_is_not_begun_or_finished() {
    let Some((the, vault, _)) = WithTpm::founded() else { return };
    let living = secret(&vault, "2026").unwrap();
    drop(vault);
    let mut outcomes = [0; 2];
    for torn in [None, Some(40), Some(92)] {
        for n in 1.. {
            let doomed = format!("{n} {torn:?}");
            let (mut vault, _) = the.open(false).unwrap();
            vault.update(|contents| contents.add_term(&doomed, |_| Vec::new())).unwrap();
            let journaled = Cell::new(false);
            fault::die_at(n, torn);
            let outcome = destroy(&mut vault, &doomed, &journaled);
            let died = fault::revive();
            drop(vault);
            let (again, recovery) = the.open(journaled.get()).unwrap();
            again.check().unwrap();
            assert_eq!(secret(&again, "2026"), Some(living), "{doomed}: a living term is lost");
            let dead = again.contents().dead_terms().contains_key(&doomed);
            assert_eq!(dead, journaled.get(), "{doomed}: {recovery:?}");
            assert_eq!(secret(&again, &doomed).is_none(), dead);
            assert!(outcome.is_err() || dead);
            outcomes[usize::from(dead)] += 1;
            if !died {
                break;
            }
        }
    }
    assert!(outcomes.iter().all(|&seen| seen > 5), "{outcomes:?}");
}

#[test]
fn an_anchored_change_under_a_tpm_root_cut_off_anywhere_is_done_or_not_begun_and_moves_the_root() {
    let Some((the, mut vault, _)) = WithTpm::founded() else { return };
    let mut done = 0;
    for n in 1.. {
        let hold = format!("hold {n}");
        fault::die_at(n, Some(50));
        let outcome = vault.update_anchored(|contents| contents.add_hold(&hold, Vec::new()));
        let died = fault::revive();
        drop(vault);
        (vault, _) = the.open(false).unwrap();
        vault.check().unwrap();
        let there = vault.lease(&KeyName::Hold(hold)).is_some();
        assert!(there || outcome.is_err());
        done += usize::from(there);
        if !died {
            break;
        }
    }
    assert!(done > 2, "{done}");
    let before = vault.held.generation;
    vault.update_anchored(|_| Ok(())).unwrap();
    assert!(vault.held.generation > before, "the generation in the TPM moves");
}

#[test]
fn a_dead_slot_of_the_tpm_is_zeros_and_a_torn_one_opens_nothing() {
    let Some((the, mut vault, _)) = WithTpm::founded() else { return };
    destroy(&mut vault, "2025", &Cell::new(false)).unwrap();
    let mut root = TpmRoot::open_at(&the.tpm.place(), &the.place.data()).unwrap();
    let [a, b] = Slot::BOTH.map(|slot| root.read(slot).unwrap());
    assert!(matches!((a, b), (root::State::Empty, root::State::Living(_))));
    // A TPM that breaks its word: half of a new root in the free slot.
    fault::die_at(1, Some(50));
    assert!(root.write(Slot::A, &Held { generation: 9, secret: Secret::random() }).is_err());
    fault::revive();
    assert!(matches!(root.read(Slot::A).unwrap(), root::State::Torn));
    let (again, recovery) = the.open(false).unwrap();
    assert_eq!(recovery, Recovery::Repaired);
    again.check().unwrap();
    assert!(secret(&again, "2026").is_some() && secret(&again, "2025").is_none());
    // And half of the living one: that is the end, and the box says so.
    fault::die_at(1, Some(50));
    assert!(root.write(Slot::B, &Held { generation: 9, secret: Secret::random() }).is_err());
    fault::revive();
    let refused = the.open(false).err().unwrap();
    assert_eq!(refused, VaultRefusal::RootDead { root: "TPM".to_owned() }.into());
}

#[test]
fn an_image_of_the_disk_from_before_a_destruction_or_a_hold_says_that_it_is_old() {
    let Some((the, mut vault, _)) = WithTpm::founded() else { return };
    for round in 0..2 {
        vault.update(|_| Ok(())).unwrap();
        let image = the.place.file("image");
        let _ = std::fs::remove_dir_all(&image);
        copy_tree(&the.place.data(), &image);
        if round == 0 {
            destroy(&mut vault, "2025", &Cell::new(false)).unwrap();
        } else {
            vault.update_anchored(|contents| contents.add_hold("h1", Vec::new())).unwrap();
        }
        let present = the.place.file("present");
        std::fs::rename(the.place.data(), &present).unwrap();
        copy_tree(&image, &the.place.data());
        let refused = the.open(true).err().unwrap();
        assert!(matches!(refused, VaultError::Refused(VaultRefusal::OldCopy { .. })), "{refused:?}");
        assert!(refused.to_string().contains("An earlier image of the disk was put back"), "{refused}");
        durable::remove_tree(&the.place.data(), false).unwrap();
        std::fs::rename(present, the.place.data()).unwrap();
        assert_eq!(the.open(true).unwrap().1, Recovery::Clean);
    }
}
