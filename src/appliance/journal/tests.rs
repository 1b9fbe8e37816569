#![allow(clippy::unwrap_used)]

mod crash;
mod million;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use tempfile::TempDir;

use super::tiles::numbered;
use super::*;
use crate::exchange::journal::EntryKind;
use crate::exchange::journal::tree::leaf_hash;
use crate::support::durable::fault;
use crate::support::words::assert_all_said;

const TERM: &str = "trampoline-nl-ordinary-2026-12";
const OTHER: &str = "trampoline-nl-one-stop-shop-2026-12";
const HOLD: &str = "hold-1";

struct Box {
    directory: TempDir,
}

fn box_id() -> BoxId {
    BoxId([0x6f; 16])
}

fn signer() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn public_key() -> PublicKey {
    PublicKey(signer().verifying_key().to_bytes())
}

fn key(place: &Place) -> Option<Secret> {
    match place {
        Place::Public => None,
        Place::Year(_) => Some(Secret::from_bytes(&[1; 32])),
        Place::Term(name) | Place::Hold(name) => Some(Secret::from_bytes(&Digest::of(name.as_bytes()).0)),
    }
}

fn places() -> [Place; 5] {
    let (term, other, hold) = (TERM.to_owned(), OTHER.to_owned(), HOLD.to_owned());
    [Place::Public, Place::Year(2026), Place::Term(term), Place::Term(other), Place::Hold(hold)]
}

fn kind_of(place: &Place) -> EntryKind {
    match place {
        Place::Public => EntryKind::ClockTurned,
        Place::Year(_) => EntryKind::LoggedIn,
        Place::Term(_) => EntryKind::LookUp,
        Place::Hold(_) => EntryKind::HoldPlaced,
    }
}

fn keys() -> BTreeMap<Place, Secret> {
    places().into_iter().filter_map(|place| key(&place).map(|key| (place, key))).collect()
}

/// Appends one event for each place and body, in one group.
fn append(journal: &Journal, events: &[(Place, Vec<u8>)]) -> Result<Vec<Written>, LogError> {
    let keys = keys();
    let new = events.iter().map(|(place, body)| {
        let kind = kind_of(place);
        match place {
            Place::Public => NewEvent::public(kind, body.clone()),
            Place::Year(year) => NewEvent::of_year(kind, body.clone(), *year, &keys[place]),
            Place::Term(name) => NewEvent::of_term(kind, body.clone(), name, &keys[place]),
            Place::Hold(name) => NewEvent::of_hold(kind, body.clone(), name, &keys[place]),
        }
    });
    journal.append(new.collect())
}

fn read(journal: &Journal, place: &Place) -> Result<Vec<(u64, Vec<u8>)>, LogError> {
    let key = key(place);
    let events = journal.read_events(place, key.as_ref())?;
    events.map(|event| event.map(|event| (event.index, event.opening.body().to_vec()))).collect()
}

impl Box {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for term in [TERM, OTHER] {
            fs::create_dir_all(directory.path().join("terms").join(term)).unwrap();
        }
        fs::create_dir_all(directory.path().join("holds").join(HOLD)).unwrap();
        Self { directory }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn open(&self) -> Result<Journal, LogError> {
        Journal::open(self.path(), box_id(), signer())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join("journal").join(name)
    }

    fn events_of(&self, place: &Place) -> PathBuf {
        place.path(self.path()).unwrap()
    }

    /// A box whose journal has `count` public events.
    fn with_public_events(count: usize) -> Self {
        let made = Self::new();
        let events: Vec<_> = (0..count).map(|n| (Place::Public, n.to_be_bytes().to_vec())).collect();
        append(&made.open().unwrap(), &events).unwrap();
        made
    }
}

fn refusal<T>(outcome: Result<T, LogError>) -> LogRefusal {
    match outcome {
        Err(LogError::Refused(refusal)) => refusal,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("not refused"),
    }
}

fn flip(path: &Path, at: u64) {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 1], at).unwrap();
}

fn cut(path: &Path, length: u64) {
    OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

#[test]
fn every_refusal_is_said_in_every_language() {
    assert_all_said(LogRefusal::CODES);
}

#[test]
fn what_was_written_is_read_back_from_its_place() {
    let made = Box::new();
    let events: Vec<_> = (0..40_u8).map(|n| (places()[usize::from(n) % 4].clone(), vec![n; 9])).collect();
    let written = append(&made.open().unwrap(), &events).unwrap();
    assert_eq!(written.iter().map(|event| event.index).collect::<Vec<_>>(), (0..40).collect::<Vec<_>>());
    let journal = made.open().unwrap();
    for (at, place) in places().iter().enumerate() {
        let expected: Vec<_> =
            (0..40_u8).filter(|n| usize::from(*n) % 4 == at).map(|n| (u64::from(n), vec![n; 9])).collect();
        assert_eq!(read(&journal, place).unwrap(), expected, "{place}");
    }
    let report = journal.verify(&keys()).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.size, report.opened), (40, 40));
}

#[test]
fn a_receipt_from_the_log_verifies_at_the_shop() {
    let made = Box::new();
    let journal = made.open().unwrap();
    let mut written = Vec::new();
    for n in 0..300_u16 {
        written.extend(append(&journal, &[(places()[2].clone(), n.to_be_bytes().to_vec())]).unwrap());
    }
    for event in written.into_iter().step_by(37) {
        let body = event.opening.body().to_vec();
        let text = journal.receipt(event.index, event.opening).unwrap().write();
        let read = Receipt::verify(&text, box_id(), &public_key()).unwrap();
        assert_eq!((read.index(), read.body()), (event.index, &body[..]));
        assert_eq!(read.checkpoint(), &journal.checkpoint().unwrap());
    }
}

#[test]
fn a_receipt_is_written_for_its_own_event_only() {
    let made = Box::with_public_events(3);
    let journal = made.open().unwrap();
    let events: Vec<_> = journal.read_events(&Place::Public, None).unwrap().map(Result::unwrap).collect();
    assert_eq!(
        refusal(journal.receipt(0, events[1].opening.clone())),
        LogRefusal::OpeningForeign { index: 0 }
    );
    assert_eq!(
        refusal(journal.receipt(3, events[1].opening.clone())),
        LogRefusal::NotWritten { index: 3, size: 3 }
    );
}

#[test]
fn nothing_of_a_person_can_be_written_in_the_clear_and_no_certificate_sealed() {
    let made = Box::new();
    let journal = made.open().unwrap();
    let secret = Secret::random();
    let before = journal.size();
    let look_up = NewEvent::public(EntryKind::LookUp, Vec::new());
    let certificate = NewEvent::of_term(EntryKind::Destroyed, Vec::new(), TERM, &secret);
    for event in [look_up, certificate] {
        assert!(matches!(refusal(journal.append(vec![event])), LogRefusal::Misplaced { .. }));
    }
    for term in ["..", "", "a/b", "A", "x\n"] {
        let event = NewEvent::of_term(EntryKind::LookUp, Vec::new(), term, &secret);
        assert!(matches!(refusal(journal.append(vec![event])), LogRefusal::PlaceName { .. }), "{term:?}");
    }
    let long = NewEvent::of_term(EntryKind::LookUp, vec![0; (1 << 20) + 1], TERM, &secret);
    assert!(matches!(refusal(journal.append(vec![long])), LogRefusal::BodyTooLong { .. }));
    assert_eq!(journal.size(), before);
}

#[test]
fn a_sealed_event_says_nothing_without_its_key_and_opens_nowhere_else() {
    let made = Box::new();
    let journal = made.open().unwrap();
    let words = b"mevrouw Jansen";
    let [.., term, other] = places();
    append(&journal, &[(term.clone(), words.to_vec()), (other.clone(), words.to_vec())]).unwrap();
    let stored = fs::read(made.events_of(&term)).unwrap();
    assert!(!stored.windows(words.len()).any(|window| window == words));

    let sealed = |index| LogRefusal::EventSealed { path: made.events_of(&term).display().to_string(), index };
    let wrong = Secret::random();
    let first = journal.read_events(&term, Some(&wrong)).unwrap().next().unwrap();
    assert_eq!(refusal(first), sealed(0));
    // Another term's record, even under its own key, is not this term's.
    fs::copy(made.events_of(&other), made.events_of(&term)).unwrap();
    let moved = journal.read_events(&term, key(&other).as_ref()).unwrap().next().unwrap();
    assert_eq!(refusal(moved), sealed(1));
}

#[test]
fn a_changed_public_event_is_found() {
    let made = Box::with_public_events(5);
    flip(&made.events_of(&Place::Public), length(&made.events_of(&Place::Public)) - 5);
    let journal = made.open().unwrap();
    let path = made.events_of(&Place::Public).display().to_string();
    let report = journal.verify(&keys()).unwrap();
    assert_eq!(
        report.damage,
        [LogRefusal::EventForeign { path, index: 4 }.into(), LogRefusal::EventMissing { index: 4 }.into()]
    );
}

#[test]
fn a_missing_public_event_is_found_and_a_dead_terms_are_only_counted() {
    let made = Box::new();
    let journal = made.open().unwrap();
    append(&journal, &places().map(|place| (place, vec![1]))).unwrap();
    journal.forget(&places()[2]);
    fs::remove_dir_all(made.path().join("terms").join(TERM)).unwrap();
    let report = journal.verify(&keys()).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.closed, BTreeMap::from([(EntryKind::LookUp, 1)]));
    fs::remove_file(made.events_of(&Place::Public)).unwrap();
    assert_eq!(journal.verify(&keys()).unwrap().damage, [LogRefusal::EventMissing { index: 0 }.into()]);
}

#[test]
fn a_shorter_log_than_its_checkpoint_is_refused() {
    let made = Box::with_public_events(10);
    made.open().unwrap();
    cut(&made.file("entries"), 33 * 9 + 5);
    assert_eq!(refusal(made.open()), LogRefusal::LogShorter { size: 9, signed: 10 });
}

#[test]
fn a_log_that_does_not_lead_to_its_checkpoint_is_refused() {
    let made = Box::with_public_events(10);
    made.open().unwrap();
    flip(&made.file("entries"), 33 * 4 + 7);
    assert_eq!(refusal(made.open()), LogRefusal::LogContradicts { signed: 10 });
}

#[test]
fn a_checkpoint_that_this_box_did_not_sign_is_refused() {
    let made = Box::with_public_events(10);
    made.open().unwrap();
    let path = made.file("checkpoint").display().to_string();
    let stranger = SigningKey::from_bytes(&[8; 32]);
    assert_eq!(
        refusal(Journal::open(made.path(), box_id(), stranger)),
        LogRefusal::CheckpointBad { path: path.clone() }
    );
    fs::write(made.file("checkpoint"), [0; 200]).unwrap();
    assert_eq!(refusal(made.open()), LogRefusal::CheckpointBad { path });
    // The way out that the sentence names.
    fs::remove_file(made.file("checkpoint")).unwrap();
    assert_eq!(made.open().unwrap().checkpoint().unwrap().size(), 10);
}

#[test]
fn an_old_entry_changed_behind_full_tiles_is_found_by_verify() {
    let made = Box::with_public_events(600);
    made.open().unwrap();
    flip(&made.file("entries"), 33 * 4 + 7);
    let report = made.open().unwrap().verify(&keys()).unwrap();
    assert!(report.damage.contains(&LogRefusal::LogContradicts { signed: 600 }.into()), "{report:?}");
    assert!(
        report
            .damage
            .iter()
            .any(|found| matches!(found, LogError::Refused(LogRefusal::EventForeign { index: 4, .. })))
    );
}

#[test]
fn damaged_and_missing_tiles_cost_nothing_but_time() {
    let made = Box::with_public_events(1000);
    let journal = made.open().unwrap();
    let events: Vec<_> = journal.read_events(&Place::Public, None).unwrap().map(Result::unwrap).collect();
    let before = journal.checkpoint().unwrap();
    flip(&made.file("tile/0/001"), 77);
    let report = journal.verify(&keys()).unwrap();
    assert_eq!(report.damage, [LogRefusal::TileDamaged { path: "tile/0/001".to_owned() }.into()]);
    let text = journal.receipt(300, events[300].opening.clone()).unwrap().write();
    Receipt::verify(&text, box_id(), &public_key()).unwrap();
    assert!(journal.verify(&keys()).unwrap().is_sound());

    drop(journal);
    fs::remove_dir_all(made.file("tile")).unwrap();
    let journal = made.open().unwrap();
    assert_eq!(journal.checkpoint().unwrap(), before);
    assert!(journal.verify(&keys()).unwrap().is_sound());
}

#[test]
fn a_checkpoint_seen_outside_is_recognised_and_a_foreign_one_stops_the_box() {
    let made = Box::with_public_events(300);
    let journal = made.open().unwrap();
    let seen = journal.checkpoint().unwrap();
    append(&journal, &vec![(Place::Public, vec![1]); 300]).unwrap();
    journal.recognise(&seen).unwrap();
    let now = journal.checkpoint().unwrap();
    let proof = journal.consistency(300, &now).unwrap();
    assert!(verify_consistency(300, 600, &seen.root(), &now.root(), &proof));

    let longer = Checkpoint { box_id: box_id(), size: 601, root: seen.root() }.sign(&signer());
    assert_eq!(refusal(journal.recognise(&longer)), LogRefusal::SeenLonger { seen: 601, size: 600 });
    let other = Checkpoint { box_id: box_id(), size: 300, root: now.root() }.sign(&signer());
    assert_eq!(refusal(journal.recognise(&other)), LogRefusal::SeenContradicts { seen: 300 });
}

#[test]
fn tiles_lie_where_tlog_tiles_says() {
    assert_eq!(numbered(1_234_067), "x001/x234/067");
    assert_eq!(numbered(0), "000");
    // The specification's own example: a tree of 70,000.
    let made = Box::with_public_events(70_000);
    made.open().unwrap();
    for (name, bytes) in [
        ("tile/0/000", 8192),
        ("tile/0/272", 8192),
        ("tile/0/273.p/112", 112 * 32),
        ("tile/1/000", 8192),
        ("tile/1/001.p/17", 17 * 32),
        ("tile/2/000.p/1", 32),
        ("tile/entries/000", 256 * 35),
        ("tile/entries/273.p/112", 112 * 35),
    ] {
        assert_eq!(length(&made.file(name)), bytes, "{name}");
    }
    for name in ["tile/0/273", "tile/0/272.p", "tile/1/001", "tile/2/000", "tile/3", "tile/entries/274.p"] {
        assert!(!made.file(name).exists(), "{name}");
    }
    // A stranger hashes the bundle of entries and finds the tile.
    let bundle = fs::read(made.file("tile/entries/100")).unwrap();
    let hashes: Vec<u8> = bundle.chunks(35).flat_map(|entry| leaf_hash(&entry[2..]).0).collect();
    assert!(bundle.chunks(35).all(|entry| entry[..2] == [0, 33]));
    assert_eq!(fs::read(made.file("tile/0/100")).unwrap(), hashes);
}

#[test]
fn many_callers_at_once_share_a_log_without_a_gap() {
    let made = Box::new();
    let journal = made.open().unwrap();
    let mut indexes: Vec<u64> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8_u8)
            .map(|caller| {
                let journal = &journal;
                scope.spawn(move || {
                    let mut indexes = Vec::new();
                    for n in 0..40_u8 {
                        let place = places()[usize::from(n) % 4].clone();
                        let written = append(journal, &[(place, vec![caller, n])]).unwrap();
                        assert!(journal.size() > written[0].index, "acknowledged before it was durable");
                        if n % 16 == 0 {
                            let event = written.into_iter().next().unwrap();
                            indexes.push(event.index);
                            let text = journal.receipt(event.index, event.opening).unwrap().write();
                            Receipt::verify(&text, box_id(), &public_key()).unwrap();
                        } else {
                            indexes.push(written[0].index);
                        }
                    }
                    indexes
                })
            })
            .collect();
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
    indexes.sort_unstable();
    assert_eq!(indexes, (0..320).collect::<Vec<_>>());
    assert!(journal.verify(&keys()).unwrap().is_sound());
}

#[test]
fn after_a_failed_write_nothing_more_is_taken_until_the_journal_is_opened_again() {
    let made = Box::new();
    let journal = made.open().unwrap();
    append(&journal, &[(Place::Public, vec![1])]).unwrap();
    fault::die_at(3, None);
    assert!(matches!(append(&journal, &[(Place::Public, vec![2])]), Err(LogError::Disk(_))));
    fault::revive();
    assert_eq!(refusal(append(&journal, &[(Place::Public, vec![3])])), LogRefusal::Broken);
    drop(journal);
    let journal = made.open().unwrap();
    append(&journal, &[(Place::Public, vec![4])]).unwrap();
    assert_eq!(read(&journal, &Place::Public).unwrap(), [(0, vec![1]), (1, vec![4])]);
}

#[test]
fn damage_in_the_middle_of_an_event_log_is_never_taken_for_a_torn_end() {
    let made = Box::with_public_events(20);
    let path = made.events_of(&Place::Public);
    let before = length(&path);
    // A record's length is damaged, and the end is torn as well.
    flip(&path, 3);
    cut(&path, before - 2);
    assert_eq!(
        refusal(made.open()),
        LogRefusal::EventsDamaged { path: path.display().to_string(), offset: 0 }
    );
    assert_eq!(length(&path), before - 2);
}

#[test]
fn an_event_of_a_destroyed_term_is_refused_and_breaks_nothing() {
    let made = Box::new();
    let journal = made.open().unwrap();
    fs::remove_dir_all(made.path().join("terms").join(TERM)).unwrap();
    let late = append(&journal, &[(Place::Public, vec![1]), (places()[2].clone(), vec![1])]);
    assert!(matches!(late, Err(LogError::Disk(DiskError::Missing { .. }))));
    assert_eq!(journal.size(), 0);
    append(&journal, &[(Place::Public, vec![1])]).unwrap();
}

#[test]
fn partial_tiles_of_earlier_heads_are_checked_and_go_at_the_next_start() {
    let made = Box::with_public_events(0);
    let journal = made.open().unwrap();
    for _ in 0..3 {
        append(&journal, &[(Place::Public, vec![1])]).unwrap();
        journal.checkpoint().unwrap();
    }
    let keys = BTreeMap::new();
    let damage = |journal: &Journal| journal.verify(&keys).unwrap().damage.len();
    assert_eq!(damage(&journal), 0);
    for name in ["tile/0/000.p/2", "tile/entries/000.p/2"] {
        let whole = fs::read(made.file(name)).unwrap();
        let mut turned = whole.clone();
        turned[40] ^= 1;
        fs::write(made.file(name), &turned).unwrap();
        assert_eq!(damage(&journal), 1, "{name} turned");
        fs::write(made.file(name), &whole[1..]).unwrap();
        assert_eq!(damage(&journal), 1, "{name} cut");
        fs::write(made.file(name), whole).unwrap();
    }
    assert_eq!(damage(&journal), 0);
    drop(journal);
    let journal = made.open().unwrap();
    let left: Vec<_> = fs::read_dir(made.file("tile/0/000.p")).unwrap().collect();
    assert_eq!((left.len(), damage(&journal)), (1, 0));
    // Damaged while it was closed, by now of no use: gone too.
    append(&journal, &[(Place::Public, vec![1])]).unwrap();
    drop(journal);
    fs::write(made.file("tile/0/000.p/2"), "anything").unwrap();
    let journal = made.open().unwrap();
    assert_eq!(damage(&journal), 0);
}
