//! What the vault does on a day on which nothing goes wrong, and what it refuses.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::*;
use crate::support::durable;
use crate::support::words::{self, Language};

#[test]
fn every_refusal_is_said_in_every_language() {
    words::assert_all_said(VaultRefusal::CODES);
    for language in Language::ALL {
        for same_device in [true, false] {
            let root = RootDescription::File { path: "/mnt/root".to_owned(), same_device };
            assert!(root.say(language).contains("/mnt/root"));
        }
    }
}

#[test]
fn what_the_vault_holds_is_there_after_opening_it_again() {
    let (place, mut vault) = Place::founded();
    vault
        .update(|contents| {
            contents.policy = b"policy".to_vec();
            contents.add_hold("h1", Vec::new())?;
            contents.set_term_facts("2025", b"longer".to_vec())?;
            let sender = Sender {
                card: b"card".to_vec(),
                state: SenderState::Enrolled,
                old_until: None,
                former: Vec::new(),
            };
            contents.senders.insert(crate::exchange::vocabulary::SenderId([1; 16]), sender);
            Ok(())
        })
        .unwrap();
    let (again, recovery) = place.open(false).unwrap();
    assert_eq!(recovery, Recovery::Clean);
    again.check().unwrap();
    assert_eq!(again.generation(), 2);
    assert_eq!(again.contents().policy, b"policy");
    assert_eq!(again.contents().term_facts("2025"), Some(&b"longer"[..]));
    assert_eq!(again.contents().senders.len(), 1);
    assert!(again.contents().is_demo());
    assert_eq!(again.contents().entity, entity());
    assert_eq!(again.contents().box_id(), vault.contents().box_id());
    assert_eq!(again.public_key(), vault.public_key());
    assert_eq!(again.push_mac_key().expose(), vault.push_mac_key().expose());
    assert_eq!(again.contents().keys(), vault.contents().keys());
    for key in vault.contents().keys() {
        let bytes = |vault: &Vault| vault.lease(&key).unwrap().with(|secret| *secret.expose()).unwrap();
        assert_eq!(bytes(&again), bytes(&vault), "{key}");
    }
}

#[test]
fn the_box_signs_with_the_key_that_its_card_names() {
    let (_place, vault) = Place::founded();
    let key = ed25519_dalek::VerifyingKey::from_bytes(&vault.public_key().0).unwrap();
    let signature = ed25519_dalek::Signature::from_bytes(&vault.sign(b"checkpoint"));
    key.verify_strict(b"checkpoint", &signature).unwrap();
}

#[test]
fn an_update_cannot_lose_a_key() {
    let (place, mut vault) = Place::founded();
    let refused = vault.update(|contents| contents.bury_term("2025", Vec::new())).unwrap_err();
    assert!(matches!(refused, VaultError::Refused(VaultRefusal::KeyDropped { .. })));
    let refused = vault.update_anchored(|contents| contents.bury_journal_year(2026)).unwrap_err();
    assert!(matches!(refused, VaultError::Refused(VaultRefusal::KeyDropped { .. })));
    let refused = vault.update(|contents| {
        contents.bury_journal_year(2026)?;
        contents.add_journal_year(2026);
        Ok(())
    });
    assert!(matches!(refused, Err(VaultError::Refused(VaultRefusal::KeyDropped { .. }))));
    // Nor by putting a fresh one under its name.
    assert!(vault.update(|contents| contents.add_term("2025", |_| Vec::new())).is_err());
    vault.update(|_| Ok(())).unwrap();
    assert_eq!(secret(&place.open(false).unwrap().0, "2025"), secret(&vault, "2025"));
}

#[test]
fn a_refused_change_changes_nothing() {
    let (_place, mut vault) = Place::founded();
    let refused: Result<(), _> = vault.update(|contents| {
        contents.policy = b"half".to_vec();
        contents.bury_term("none", Vec::new())
    });
    assert!(matches!(refused, Err(VaultError::Refused(VaultRefusal::NoSuchKey { .. }))));
    assert!(vault.contents().policy.is_empty());
    assert_eq!(vault.generation(), 1);
}

#[test]
fn a_second_box_is_not_made_over_the_first() {
    let (place, vault) = Place::founded();
    assert!(FileRoot::create(&place.root_dir(), &place.data()).is_err());
    let other = FileRoot::create(&place.file("root2"), &place.data()).unwrap();
    let refused = Vault::create(&place.data(), Box::new(other), entity(), false, |_| Ok(())).err();
    assert!(matches!(refused, Some(VaultError::Refused(VaultRefusal::AlreadyThere { .. }))));
    vault.check().unwrap();
}

#[test]
fn a_table_that_outgrows_its_bound_is_refused_and_nothing_is_written() {
    let (place, mut vault) = Place::founded();
    let refused = vault.update(|contents| {
        contents.policy = vec![0; 9 << 20];
        Ok(())
    });
    assert!(matches!(refused, Err(VaultError::Refused(VaultRefusal::TooLarge { .. }))));
    vault.update(|_| Ok(())).unwrap();
    place.open(false).unwrap();
}

#[test]
fn leases_of_other_keys_do_not_notice_a_destruction() {
    let (_place, mut vault) = Place::founded();
    let other = vault.lease_term("2026").unwrap();
    let started = Instant::now();
    let killed = destroy(&mut vault, "2025", &Cell::new(false)).unwrap();
    assert!(started.elapsed() < Duration::from_millis(900), "waited for a lease of another key");
    assert!(killed.late.is_empty());
    assert!(other.is_alive());
    assert_eq!(other.key().to_string(), "term 2026");
}

#[test]
fn a_destruction_waits_for_a_lease_that_ends_within_a_second() {
    let (_place, mut vault) = Place::founded();
    let lease = vault.lease_term("2025").unwrap();
    let (tell, told) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        tell.send(lease.is_alive()).unwrap();
    });
    let killed = destroy(&mut vault, "2025", &Cell::new(false)).unwrap();
    assert!(told.try_recv().unwrap(), "the key was there until the lease ended");
    assert!(killed.late.is_empty());
    reader.join().unwrap();
}

#[test]
fn a_lease_that_does_not_end_loses_its_key_and_is_reported() {
    let (_place, mut vault) = Place::founded();
    let leases = [vault.lease_term("2025").unwrap(), vault.lease_term("2025").unwrap()];
    let started = Instant::now();
    let killed = destroy(&mut vault, "2025", &Cell::new(false)).unwrap();
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!(killed.late, [(KeyName::Term("2025".to_owned()), 2)]);
    assert!(leases.iter().all(|lease| !lease.is_alive() && lease.with(|_| ()).is_none()));
    assert!(vault.lease_term("2025").is_none());
}

#[test]
fn an_officer_is_known_by_his_pass_phrase_however_he_types_it() {
    let (_place, mut vault) = Place::founded();
    let (phrase, verifier) = issue_pass_phrase();
    assert_eq!(phrase.expose().len(), 24);
    let (pass_phrase, pass_verifier) = issue_pass_phrase();
    vault
        .update(|contents| {
            let officer =
                Officer { id: "o1".to_owned(), verifier, since: jiff::Timestamp::UNIX_EPOCH, at_init: true };
            contents.officers.insert("Anna".to_owned(), officer);
            let pass = Pass {
                label: "Belastingdienst".to_owned(),
                verifier: pass_verifier,
                reason: "audit 2025".to_owned(),
                valid_from: jiff::civil::date(2026, 1, 1),
                valid_until: jiff::civil::date(2026, 1, 31),
            };
            contents.passes.insert("P1".to_owned(), pass);
            Ok(())
        })
        .unwrap();
    assert_eq!(vault.verify_officer("Anna", phrase.expose()).unwrap().id, "o1");
    let lower = phrase.expose().replace('-', " ").to_lowercase();
    assert!(vault.verify_officer("Anna", &lower).is_some());
    assert!(vault.verify_officer("Anna", &format!("{}A", phrase.expose())).is_none());
    assert!(vault.verify_officer("Anna", "").is_none());
    assert!(vault.verify_officer("Bert", phrase.expose()).is_none());
    assert!(vault.verify_pass("P1", pass_phrase.expose()).is_some());
    assert!(vault.verify_pass("P1", phrase.expose()).is_none());
    assert!(vault.verify_pass("P2", pass_phrase.expose()).is_none());
}

#[test]
fn the_floor_is_kept_in_turn_and_an_old_or_torn_copy_can_only_lower_it() {
    let (place, vault) = Place::founded();
    let mut clock = vault.clock().unwrap();
    assert!(clock.read().is_none());
    for floor in [b"one", b"two", b"six"] {
        clock.write(floor).unwrap();
        assert_eq!(clock.read(), Some(&floor[..]));
        assert_eq!(vault.clock().unwrap().read(), Some(&floor[..]));
    }
    assert!(clock.write(&[0; 4097]).is_err());
    for n in 1..=3 {
        durable::fault::die_at(n, None);
        assert!(vault.clock().unwrap().write(b"new").is_err());
        durable::fault::revive();
        let found = vault.clock().unwrap().read().unwrap().to_vec();
        assert!(found == b"six" || found == b"new");
        vault.clock().unwrap().write(b"two").unwrap();
        vault.clock().unwrap().write(b"six").unwrap();
    }
    // The newer of the two torn: the older one counts.
    let newest = ["box/clock/a", "box/clock/b"]
        .map(|name| place.file(name))
        .into_iter()
        .max_by_key(|path| std::fs::read(path).unwrap()[20..28].to_vec())
        .unwrap();
    let whole = std::fs::read(&newest).unwrap();
    std::fs::write(&newest, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(vault.clock().unwrap().read(), Some(&b"two"[..]));
    // A copy of another box opens nothing here.
    let (_elsewhere, other) = Place::founded();
    std::fs::write(&newest, &whole).unwrap();
    let foreign = ClockFile::open(&place.data().join("clock"), other.contents().clock_key()).unwrap();
    assert!(foreign.read().is_none());
}

#[test]
fn the_box_remembers_where_its_root_is() {
    let (place, _vault) = Place::founded();
    assert_eq!(FileRoot::locate(&place.data()).unwrap(), place.data().join("root"));
    FileRoot::remember(&place.data(), &place.root_dir()).unwrap();
    assert_eq!(FileRoot::locate(&place.data()).unwrap(), place.root_dir());
    std::fs::write(place.data().join("root.path"), b"relative").unwrap();
    assert!(FileRoot::locate(&place.data()).is_err());
    let RootDescription::File { same_device, .. } = place.root().describe() else { panic!("a file root") };
    assert!(same_device, "both lie in one temporary directory");
}
