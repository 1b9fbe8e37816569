#![allow(clippy::unwrap_used)]
//! The whole life of an invoice, with the shop's half played by the exchange rooms.

mod decisions;
mod holds;
mod race;

use std::fs::File;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use jiff::civil::{Date, date};

use super::*;
use crate::appliance::catalogue::{Match, Query, Row};
use crate::appliance::retention::{self, TermState};
use crate::exchange::bundle::certificate::{NotCovered, Root};
use crate::exchange::bundle::statement::Statement;
use crate::exchange::bundle::{
    Address, Document, Origin, Parcel, Place, Proof, SenderCard, SignedSenderCard, labels,
};
use crate::exchange::invoice::{Buyer, Kind, Record};
use crate::exchange::journal::Receipt;
use crate::exchange::law::Policy;
use crate::exchange::vocabulary::{BundleNumber, Class, Digest, SenderId, StreamId, Word};
use crate::support::words::Said;

pub(super) struct Trial {
    directory: tempfile::TempDir,
    shop: Shop,
    passes: Vec<(String, String)>,
    keeper: Option<Keeper>,
}

struct Shop {
    key: SigningKey,
    card: SignedSenderCard,
    receipt_key: Secret,
    previous: Option<Digest>,
    number: u64,
}

const TODAY: Date = date(2026, 11, 24);

impl Trial {
    pub(super) fn new() -> Self {
        Self::of("NL", None, true)
    }

    /// A box of this country, whose release key is `release`; `back_years` is what the officer says of
    /// them when he enrols the shop.
    fn of(country: &str, release: Option<&SigningKey>, back_years: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let made = Keeper::init(
            &directory.path().join("box"),
            InitOptions {
                authorities: Vec::new(),
                entity_name: "Trampoline BV".to_owned(),
                slug: None,
                policy: Policy::of(country.parse().unwrap()).unwrap(),
                classes: vec![Class::Ordinary],
                back_years: 2,
                officers: vec!["Anna".to_owned(), "Bram".to_owned()],
                root: RootChoice::File(None),
                release_key: release.map(|key| PublicKey(key.verifying_key().to_bytes())),
                demo: true,
                today: TODAY,
            },
        )
        .unwrap();
        let passes =
            made.officers.iter().map(|one| (one.name.clone(), one.pass_phrase.expose().to_owned())).collect();
        let shop = Shop::new(&made.keeper);
        let trial = Self { directory, shop, passes, keeper: Some(made.keeper) };
        let anna = trial.officer();
        trial.keeper().enrol(&trial.shop.card, &trial.shop.card.fingerprint(), &anna, back_years).unwrap();
        trial
    }

    pub(super) fn keeper(&self) -> &Keeper {
        self.keeper.as_ref().unwrap()
    }

    /// Closes the box and opens it again.
    fn reopen(&mut self) {
        self.keeper = None;
        self.keeper = Some(Keeper::open(&self.directory.path().join("box")).unwrap());
    }

    /// Anna and Bram, of the box's first day.
    fn pair(&self) -> Pair {
        let (name, pass) = &self.passes[1];
        self.keeper().pair(&self.officer(), name, pass).unwrap()
    }

    fn officer(&self) -> Visitor {
        let (name, pass) = &self.passes[0];
        let visitor = self.keeper().log_in_officer(name, pass).unwrap();
        self.keeper().with_reason(visitor, "tax-audit").unwrap()
    }

    fn seal(&mut self, term: &str, numbers: &[&str]) -> PathBuf {
        let path = self.directory.path().join(format!("{}.bundle", self.shop.number + 1));
        self.shop.seal(self.keeper.as_ref().unwrap(), term, numbers, &path);
        path
    }

    fn take(&self, path: &Path) -> Outcome {
        let mut report = self.keeper().take(path, &|_| {}).unwrap();
        report.files.remove(0).1
    }

    fn admit(&mut self, term: &str, numbers: &[&str]) -> Admitted {
        let path = self.seal(term, numbers);
        match self.take(&path) {
            Outcome::Admitted(admitted) => admitted,
            other => panic!("{other:?}"),
        }
    }

    fn find(&self, number: &str) -> Found {
        let number = Some(Match::Exact(number.to_owned()));
        self.keeper().find(&self.officer(), &Query { number, limit: 20, ..Query::default() }).unwrap()
    }
}

impl Shop {
    fn new(keeper: &Keeper) -> Self {
        let key = SigningKey::from_bytes(Secret::random().expose());
        let card = SenderCard {
            sender: SenderId::random(),
            stream: StreamId::random(),
            key: PublicKey(key.verifying_key().to_bytes()),
            name: "Trampoline webshop".to_owned(),
            box_id: keeper.facts().box_id,
            issued_at: keeper.now(),
            succeeds: None,
        };
        let card = Statement::sign(labels::SENDER_CARD, card, &key);
        Self { key, card, receipt_key: Secret::random(), previous: None, number: 0 }
    }

    fn seal(&mut self, keeper: &Keeper, term: &str, numbers: &[&str], path: &Path) {
        let card = keeper.write_card().unwrap();
        let on_card = card.body().terms.iter().find(|one| one.term.name().as_str() == term).unwrap();
        self.number += 1;
        let place = Place {
            sender: self.card.body().sender,
            stream: self.card.body().stream,
            number: BundleNumber(self.number),
        };
        let mut parcel = Parcel::new(place, &self.receipt_key);
        let day = on_card.term.first();
        let texts: Vec<_> = numbers.iter().map(|number| format!("the document of {number}")).collect();
        for (number, text) in numbers.iter().zip(&texts) {
            let document = Document {
                length: text.len() as u64,
                media_type: "text/plain".to_owned(),
                origin: Origin::Original,
                sha256: Digest::of(text.as_bytes()),
            };
            let record = Record { seller_country: keeper.facts().entity.country, ..record(number, day) };
            assert!(parcel.add(record, vec![document]).unwrap());
        }
        let address = Address {
            box_id: card.body().box_id,
            entity: card.body().entity,
            term: on_card.term.name().clone(),
            recipient: crate::exchange::bundle::HybridRecipient::parse(&on_card.recipient).unwrap(),
            previous: self.previous,
            replaces: None,
            seen: Some(card.body().checkpoint.clone()),
            signed_at: keeper.now(),
        };
        let file = File::create(path).unwrap();
        let (header, _) = parcel.seal(file, &address, &self.key, |n| Ok(texts[n].as_bytes())).unwrap();
        self.previous = Some(header.digest());
    }
}

fn record(number: &str, day: Date) -> Record {
    Record {
        series: None,
        number: number.to_owned(),
        kind: Kind::Invoice,
        issue_date: day,
        supply_date: None,
        seller_country: "NL".parse().unwrap(),
        class: Class::Ordinary,
        buyer: Buyer {
            name: Some("Sanne Springveer".to_owned()),
            country: None,
            customer: Some("K-57".to_owned()),
            vat_number: None,
            postcode: None,
        },
        currency: "EUR".parse().unwrap(),
        net: "100.00".parse().unwrap(),
        vat: vec![],
        gross: "121.00".parse().unwrap(),
        articles: vec![],
        corrects: vec![],
        one_stop_shop: None,
    }
}

const TERM: &str = "trampoline-bv-nl-ordinary-2026-12";
const OLD_TERM: &str = "trampoline-bv-nl-ordinary-2024-12";

#[test]
fn an_invoice_is_taken_found_shown_and_proven() {
    let mut trial = Trial::new();
    let admitted = trial.admit(TERM, &["2026-0001", "2026-0002"]);
    assert_eq!((admitted.number.0, admitted.invoices), (1, 2));
    let card = trial.keeper().write_card().unwrap();
    let receipt = Receipt::verify(&admitted.receipt, card.body().box_id, &card.body().key).unwrap();
    assert!(receipt.checkpoint().size() > receipt.index());
    assert!(admitted.code.unwrap().starts_with("1 "));

    let found = trial.find("2026-0002");
    assert_eq!((found.rows.len(), found.totals.count), (1, 1));
    let row = &found.rows[0].row;
    let anna = trial.officer();
    let shown = trial.keeper().show(&anna, row.bundle, row.leaf).unwrap();
    assert_eq!(shown.invoice.record.number, "2026-0002");
    let mut document = Vec::new();
    trial.keeper().document(&anna, row.bundle, row.leaf, 0, &mut document).unwrap();
    assert_eq!(document, b"the document of 2026-0002");
    let proof = trial.keeper().proof(&anna, row.bundle, row.leaf).unwrap();
    assert_eq!(Proof::parse(&proof).unwrap().verify().unwrap().invoice, shown.invoice);
    let report = trial.keeper().verify(&mut |_, _| {}).unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!((report.bundles, report.invoices), (1, 2));
}

#[test]
fn the_pages_of_an_invoice_are_one_look_up_in_a_session() {
    let mut trial = Trial::new();
    trial.admit(TERM, &["2026-0001", "2026-0002"]);
    let row = |number: &str| trial.find(number).rows.remove(0).row;
    let (one, two) = (row("2026-0001"), row("2026-0002"));
    let anna = trial.officer();
    let looked = |visitor: &Visitor, row: &Row, session: &OpenedBefore| {
        let before = trial.keeper().journal.size();
        let mut original =
            trial.keeper().opened_original(visitor, row.bundle, row.leaf, Some(session)).unwrap();
        original.document(0, &mut std::io::sink()).unwrap();
        trial.keeper().journal.size() - before
    };
    let session = OpenedBefore::default();
    let pages: Vec<_> = (0..5).map(|_| looked(&anna, &one, &session)).collect();
    assert_eq!(pages, [1, 0, 0, 0, 0]);
    assert_eq!(looked(&anna, &two, &session), 1, "another invoice");
    let other_reason = trial.keeper().with_reason(anna.clone(), "check").unwrap();
    assert_eq!(looked(&other_reason, &one, &session), 1, "another reason");
    assert_eq!(looked(&anna, &one, &OpenedBefore::default()), 1, "another session");
}

#[test]
fn what_was_admitted_is_there_after_a_restart() {
    let mut trial = Trial::new();
    trial.admit(TERM, &["2026-0001"]);
    trial.admit(TERM, &["2026-0002"]);
    trial.reopen();
    assert_eq!(trial.find("2026-0002").rows.len(), 1);
    let again = trial.directory.path().join("2.bundle");
    let Outcome::AlreadyHere(here) = trial.take(&again) else { panic!("not recognised") };
    assert_eq!(here.number.0, 2);
    assert!(here.code.unwrap().starts_with("2 "));
}

#[test]
fn a_term_dies_and_nothing_of_it_is_read_again() {
    let mut trial = Trial::new();
    trial.admit(OLD_TERM, &["2024-0001"]);
    trial.admit(TERM, &["2026-0001"]);
    let kept_stick = trial.directory.path().join("1.bundle");
    let old = trial.find("2024-0001").rows[0].row.bundle;

    // 2024's invoices are kept until the end of 2031.
    let over = retention::over_at(date(2031, 12, 31));
    let happened = trial.keeper().turn_clock(over).unwrap();
    assert_eq!(happened, [Happened::Due { term: OLD_TERM.to_owned() }]);
    // Due: listed, but locked.
    let found = trial.find("2024-0001");
    assert!(found.rows[0].locked);
    assert_eq!((found.totals.count, found.locked), (0, 1));
    let refusal = trial.keeper().show(&trial.officer(), old, 1).err().unwrap();
    assert_eq!(refusal.code(), "keeper-term-locked");

    let gone = years_after(over, 1);
    let happened = trial.keeper().turn_clock(gone).unwrap();
    assert!(happened.iter().any(|one| matches!(one, Happened::Destroyed { term, .. } if term == OLD_TERM)));
    assert!(trial.find("2024-0001").rows.is_empty());
    let refusal = trial.keeper().show(&trial.officer(), old, 1).err().unwrap();
    assert_eq!(refusal.code(), "keeper-term-destroyed");
    let Outcome::Refused(refusal) = trial.take(&kept_stick) else { panic!("taken again") };
    assert_eq!(refusal.code(), "archive-term-destroyed");
    assert!(!trial.directory.path().join("box/terms").join(OLD_TERM).exists());
    // The others are untouched.
    assert_eq!(trial.find("2026-0001").rows.len(), 1);

    let certificate = trial.keeper().certificate(OLD_TERM).unwrap();
    assert_eq!((certificate.bundles(), certificate.invoices()), (1, 1));
    assert!(certificate.demo());
    // A turned clock is counted time, and the certificate shows all that it says.
    assert_eq!((certificate.version(), certificate.word()), (2, Word::Counted));
    assert_eq!((certificate.faults(), certificate.held()), (Vec::new(), 0));
    assert_eq!(certificate.root(), Root::FileOnDataDevice);
    assert_eq!(certificate.not_covered()[..], NotCovered::codes(Root::FileOnDataDevice, 0));
    let file = trial.directory.path().join("box/certificates").join(format!("{OLD_TERM}.certificate"));
    assert_eq!(std::fs::read(file).unwrap(), certificate.to_bytes());
    trial.reopen();
    assert!(trial.find("2024-0001").rows.is_empty());
    let view = trial.keeper().terms().into_iter().find(|view| view.name == OLD_TERM).unwrap();
    assert!(matches!(view.state, TermState::Destroyed { .. }), "{:?}", view.state);
    let report = trial.keeper().verify(&mut |_, _| {}).unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
}

#[test]
fn a_gap_never_blocks_and_a_number_is_signed_once() {
    let mut trial = Trial::new();
    let first = trial.seal(TERM, &["2026-0001"]);
    let second = trial.seal(TERM, &["2026-0002"]);
    let Outcome::Admitted(admitted) = trial.take(&second) else { panic!() };
    assert_eq!((admitted.code, admitted.gaps), (None, vec![BundleNumber(1)]));
    let Outcome::Admitted(admitted) = trial.take(&first) else { panic!() };
    assert!(admitted.code.unwrap().starts_with("2 "));

    // The shop's folder was put back from a copy: number 2 is signed again.
    trial.shop.number = 1;
    trial.shop.previous = None;
    let mut copy = trial.seal(TERM, &["2026-0003"]);
    let Outcome::Refused(refusal) = trial.take(&copy) else { panic!("taken") };
    assert_eq!(refusal.code(), "archive-signed-twice", "{refusal}");
    copy.pop();
}

#[test]
fn every_refusal_names_the_file_and_a_way_out() {
    let mut trial = Trial::new();
    let path = trial.seal(TERM, &["2026-0001"]);
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let Outcome::Refused(refusal) = trial.take(&path) else { panic!("taken") };
    assert_eq!(refusal.code(), "bundle-damaged");
    assert!(refusal.to_string().starts_with("1.bundle: "), "{refusal}");
    assert_eq!(std::fs::read_dir(trial.directory.path().join("box/spool")).unwrap().count(), 0);
}

#[test]
fn two_officers_are_two_people_and_neither_is_new() {
    let mut trial = Trial::new();
    let refused = |result: Result<Pair, KeeperRefusal>| result.unwrap_err().code().into_owned();
    let (anna, phrase) = trial.passes[0].clone();
    assert_eq!(refused(trial.keeper().pair(&trial.officer(), &anna, &phrase)), "keeper-two-people");

    let carla = trial.keeper().appoint(&trial.pair(), "Carla").unwrap();
    let with_carla = |trial: &Trial| {
        trial.keeper().pair(&trial.officer(), &carla.name, carla.pass_phrase.expose()).map(drop)
    };
    assert_eq!(with_carla(&trial).unwrap_err().code(), "keeper-officer-too-new");
    let dismissed = trial.keeper().dismiss(&trial.pair(), "Bram").unwrap_err();
    assert_eq!(dismissed.code(), "keeper-two-must-stay");

    let later = years_after(trial.keeper().clock().floor, 1);
    trial.keeper().turn_clock(later).unwrap();
    with_carla(&trial).unwrap();
    trial.keeper().dismiss(&trial.pair(), "Bram").unwrap();
    trial.reopen();
    let names: Vec<_> = trial.keeper().officers().into_iter().map(|officer| officer.name).collect();
    assert_eq!(names, ["Anna", "Carla"]);
}

#[test]
fn a_pass_that_ends_and_an_officer_who_is_dismissed_are_not_let_in_any_more() {
    let mut trial = Trial::new();
    let until = TODAY.tomorrow().unwrap();
    let pass = |trial: &Trial| trial.keeper().issue_pass(&trial.officer(), "Visser", "audit", until).unwrap();
    let (ends, revoked) = (pass(&trial), pass(&trial));
    let visitor = |made: &PassMade| trial.keeper().log_in(&made.id, made.pass_phrase.expose()).unwrap();
    let (one, other) = (visitor(&ends), visitor(&revoked));
    assert!(trial.keeper().still_lets_in(&one) && trial.keeper().still_lets_in(&other));
    // The slip's head knows of the pass, and is of this journal for good.
    let head = ends.checkpoint.note().to_owned();
    assert_eq!(trial.keeper().since("slip", head.as_bytes()).unwrap().old.0, ends.checkpoint.size());

    trial.keeper().revoke_pass(&trial.officer(), &revoked.id).unwrap();
    assert!(trial.keeper().still_lets_in(&one) && !trial.keeper().still_lets_in(&other));
    let again = trial.keeper().log_in(&revoked.id, revoked.pass_phrase.expose()).unwrap_err();
    assert_eq!(again.code(), "keeper-pass-not-good");
    assert_ne!(pass(&trial).id, revoked.id, "a name is one pass's for good");
    assert_eq!(trial.keeper().revoke_pass(&one, &ends.id).unwrap_err().code(), "keeper-officers-only");
    assert_eq!(trial.keeper().revoke_pass(&trial.officer(), "A9").unwrap_err().code(), "keeper-no-such-pass");

    let later = years_after(trial.keeper().clock().floor, 1);
    trial.keeper().turn_clock(later).unwrap();
    assert!(!trial.keeper().still_lets_in(&one), "it ended by itself");
    trial.reopen();
    assert!(!trial.keeper().still_lets_in(&other));

    let carla = trial.keeper().appoint(&trial.pair(), "Carla").unwrap();
    let carla = trial.keeper().log_in_officer("Carla", carla.pass_phrase.expose()).unwrap();
    assert!(trial.keeper().still_lets_in(&carla));
    trial.keeper().dismiss(&trial.pair(), "Carla").unwrap();
    assert!(!trial.keeper().still_lets_in(&carla));
}
