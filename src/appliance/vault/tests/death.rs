//! After a switch nothing that is left opens what was kept of the time before.

use super::*;
use crate::support::durable;

/// A root that says it kills and does not: the mutation that the tests below must notice.
struct Undying {
    root: FileRoot,
    killed: std::sync::Mutex<Vec<Slot>>,
}

impl Root for Undying {
    fn read(&self, slot: Slot) -> Result<root::State, VaultError> {
        if self.killed.lock().unwrap().contains(&slot) {
            Ok(root::State::Empty)
        } else {
            self.root.read(slot)
        }
    }
    fn write(&mut self, slot: Slot, held: &Held) -> Result<(), VaultError> {
        self.killed.lock().unwrap().retain(|killed| *killed != slot);
        self.root.write(slot, held)
    }
    fn kill(&mut self, slot: Slot) -> Result<(), VaultError> {
        self.killed.lock().unwrap().push(slot);
        Ok(())
    }
    fn mend(&mut self, slot: Slot) -> Result<(), VaultError> {
        self.root.mend(slot)
    }
    fn describe(&self) -> RootDescription {
        self.root.describe()
    }
}

/// Every 32 bytes in a row of every file below `path`: whatever secret is left in the clear is one.
fn every_32_bytes(path: &Path, found: &mut Vec<[u8; 32]>) {
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            every_32_bytes(&path, found);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.extend(bytes.windows(32).map(|window| <[u8; 32]>::try_from(window).unwrap()));
        }
    }
}

/// Whether one of the recorded copies of the box opens with anything that is left of it: what lies
/// in its files, and every key in its vault.
fn a_recorded_copy_opens(place: &Place, vault: &Vault, copies: &[PathBuf]) -> bool {
    let mut secrets = Vec::new();
    every_32_bytes(&place.data(), &mut secrets);
    every_32_bytes(&place.root_dir(), &mut secrets);
    for key in vault.contents().keys() {
        secrets.extend(vault.lease(&key).and_then(|lease| lease.with(|secret| *secret.expose())));
    }
    let contents = vault.contents();
    for key in [contents.signing_seed(), contents.clock_key(), contents.push_mac_key(), &vault.held.secret] {
        secrets.push(*key.expose());
    }
    copies.iter().any(|copy| {
        let table = Table::at(copy);
        secrets.iter().any(|secret| {
            let secret = Secret::from_bytes(secret);
            table::File::BOTH.into_iter().any(|file| table.open(file, &secret).unwrap().is_some())
        })
    })
}

/// A life with two recorded copies of the data, one from before and one from the middle of the
/// switch; `true` if one of them opens in the end.
fn live_and_die(place: &Place, vault: &mut Vault) -> bool {
    let copies = [place.file("copy-1"), place.file("copy-2")];
    copy_tree(&place.data(), &copies[0]);
    assert!(a_recorded_copy_opens(place, vault, &copies[..1]), "the test proves nothing");
    vault.update(|_| Ok(())).unwrap();
    let prepared = vault.prepare_switch(|contents| contents.bury_term("2025", Vec::new())).unwrap();
    copy_tree(&place.data(), &copies[1]);
    // What the new root opens has no dead key; what the old one opens has.
    std::fs::remove_file(copies[1].join("vault/b")).unwrap();
    prepared.commit().unwrap();
    a_recorded_copy_opens(place, vault, &copies)
}

#[test]
fn no_copy_of_the_old_vault_opens_with_anything_that_is_left() {
    let (place, mut vault) = Place::founded();
    assert!(!live_and_die(&place, &mut vault));
}

#[test]
fn the_same_test_notices_when_the_kill_is_skipped() {
    let (place, vault) = Place::founded();
    drop(vault);
    let root = FileRoot::open(&place.root_dir(), &place.data()).unwrap();
    let undying = Undying { root, killed: std::sync::Mutex::default() };
    let (mut vault, _) = Vault::open(&place.data(), Box::new(undying), |_| false).unwrap();
    assert!(live_and_die(&place, &mut vault));
}

#[test]
fn a_kill_that_leaves_the_slot_alive_is_not_believed() {
    struct Stuck(FileRoot);
    impl Root for Stuck {
        fn read(&self, slot: Slot) -> Result<root::State, VaultError> {
            self.0.read(slot)
        }
        fn write(&mut self, slot: Slot, held: &Held) -> Result<(), VaultError> {
            self.0.write(slot, held)
        }
        fn kill(&mut self, _: Slot) -> Result<(), VaultError> {
            Ok(())
        }
        fn mend(&mut self, slot: Slot) -> Result<(), VaultError> {
            self.0.mend(slot)
        }
        fn describe(&self) -> RootDescription {
            self.0.describe()
        }
    }
    let (place, vault) = Place::founded();
    drop(vault);
    let (mut vault, _) = Vault::open(&place.data(), Box::new(Stuck(*place.root())), |_| false).unwrap();
    let refused = destroy(&mut vault, "2025", &Cell::new(false)).unwrap_err();
    assert!(matches!(refused, VaultError::Refused(VaultRefusal::SlotAlive { .. })));
}

#[test]
fn an_old_image_of_the_data_does_not_open_with_the_present_root() {
    let (place, mut vault) = Place::founded();
    copy_tree(&place.data(), &place.file("image"));
    let journaled = Cell::new(false);
    destroy(&mut vault, "2025", &journaled).unwrap();
    drop(vault);
    durable::remove_tree(&place.data(), false).unwrap();
    std::fs::rename(place.file("image"), place.data()).unwrap();
    let refused = place.open(true).err().unwrap();
    assert!(matches!(&refused, VaultError::Refused(VaultRefusal::OldCopy { found: 1, expected: 2, .. })));
    assert!(refused.to_string().contains("old copy"));
}

#[test]
fn a_table_older_than_its_root_has_seen_is_refused_even_if_it_opens() {
    let (place, mut vault) = Place::founded();
    // As a root on other hardware may do: it counts on with the same secret.
    vault.held.generation = 5;
    vault.root.write(vault.slot, &vault.held).unwrap();
    let refused = place.open(true).err().unwrap();
    assert!(matches!(&refused, VaultError::Refused(VaultRefusal::OldCopy { found: 1, expected: 5, .. })));
}

#[test]
fn an_image_from_before_an_anchored_change_does_not_open_either() {
    let (place, mut vault) = Place::founded();
    vault.update(|_| Ok(())).unwrap();
    copy_tree(&place.data(), &place.file("image"));
    vault.update_anchored(|contents| contents.add_hold("h1", Vec::new())).unwrap();
    let keys = vault.contents().keys();
    drop(vault);
    assert_eq!(place.open(false).unwrap().0.contents().keys(), keys);
    durable::remove_tree(&place.data(), false).unwrap();
    std::fs::rename(place.file("image"), place.data()).unwrap();
    assert!(place.open(false).is_err());
}

#[test]
fn a_root_of_another_box_opens_nothing_and_damages_nothing() {
    let (place, vault) = Place::founded();
    let (other, _) = Place::founded();
    let foreign = FileRoot::open(&other.root_dir(), &place.data()).unwrap();
    let refused = Vault::open(&place.data(), Box::new(foreign), |_| true).err().unwrap();
    assert!(matches!(refused, VaultError::Refused(VaultRefusal::NothingOpens { .. })));
    vault.check().unwrap();
    assert_eq!(place.open(false).unwrap().1, Recovery::Clean);
}

#[test]
fn the_dead_term_s_name_is_remembered_and_not_given_again() {
    let (place, mut vault) = Place::founded();
    let killed = destroy(&mut vault, "2025", &Cell::new(false)).unwrap();
    assert_eq!(killed.generation, vault.generation());
    assert!(killed.keys.contains(&KeyName::Term("2025".to_owned())));
    let (mut again, _) = place.open(false).unwrap();
    let dead = &again.contents().dead_terms()["2025"];
    assert_eq!((dead.generation, dead.heads.as_slice()), (killed.generation, &b"heads"[..]));
    let refused = again.update(|contents| contents.add_term("2025", |_| Vec::new())).unwrap_err();
    assert!(matches!(refused, VaultError::Refused(VaultRefusal::KeyNameTaken { .. })));
}

#[test]
fn many_keys_die_in_one_switch_and_the_slots_take_turns() {
    let (place, mut vault) = Place::founded();
    vault.update(|contents| contents.add_hold("h1", Vec::new())).unwrap();
    let prepared = vault
        .prepare_switch(|contents| {
            contents.bury_term("2025", Vec::new())?;
            contents.bury_journal_year(2026)?;
            contents.bury_hold("h1", vec![7])
        })
        .unwrap();
    assert_eq!(prepared.dying().len(), 3);
    prepared.commit().unwrap();
    assert_eq!(std::fs::read(place.file("root/a")).unwrap(), [0; root::SLOT_LENGTH]);
    destroy(&mut vault, "2026", &Cell::new(false)).unwrap();
    assert_eq!(std::fs::read(place.file("root/b")).unwrap(), [0; root::SLOT_LENGTH]);
    assert!(vault.contents().keys().is_empty());
    assert_eq!(place.open(false).unwrap().1, Recovery::Clean);
}
