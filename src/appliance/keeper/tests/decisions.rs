//! What officers decide: changed law, lengthened terms, senders' keys, old invoices.

use super::*;
use crate::appliance::retention::TermState;
use crate::exchange::bundle::card::Succession;
use crate::exchange::bundle::{LawTable, SignedLawTable};
use crate::exchange::journal::Event;
use crate::exchange::law::{Basis, Mark, Row, Table};
use crate::support::words::Language;

const DE_2024: &str = "trampoline-bv-de-ordinary-2024-12";
const DE_2026: &str = "trampoline-bv-de-ordinary-2026-12";

fn key() -> SigningKey {
    SigningKey::from_bytes(Secret::random().expose())
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey(key.verifying_key().to_bytes())
}

/// A table of one row: so many years for German invoices.
fn table(edition: &str, years: u8, key: &SigningKey, successor: Option<PublicKey>) -> Vec<u8> {
    let row = Row {
        country: Some("DE".parse().unwrap()),
        class: Class::Ordinary,
        years,
        counts_from: Basis::IssueYearEnd,
        article: "AO § 147 (3)".to_owned(),
        mark: Mark::Confirmed,
        from: None,
    };
    let body = LawTable { edition: edition.parse().unwrap(), rows: vec![row], successor };
    let signed: SignedLawTable = Statement::sign(labels::LAW_TABLE, body, key);
    signed.to_bytes()
}

impl Trial {
    /// Looks at a table, and has Anna and Bram take it.
    fn take_law(&self, bytes: &[u8]) -> Result<LawPlan, KeeperRefusal> {
        let signed = self.keeper().read_law_table("the.table", bytes)?;
        let plan = self.keeper().plan_law(&signed)?;
        let taken = self.keeper().take_law(&self.pair(), "the.table", bytes, &plan.fingerprint)?;
        let moves = |plan: &LawPlan| {
            plan.moves.iter().map(|one| (one.term.clone(), one.from, one.kept.until)).collect::<Vec<_>>()
        };
        assert_eq!(moves(&plan), moves(&taken), "what was shown is what was done");
        Ok(taken)
    }

    fn view(&self, term: &str) -> TermView {
        self.keeper().terms().into_iter().find(|view| view.name == term).unwrap()
    }

    fn until(&self, term: &str) -> Date {
        self.view(term).kept.until
    }

    fn on_card(&self, term: &str) -> Option<Date> {
        let card = self.keeper().write_card().unwrap();
        let terms = &card.body().terms;
        terms.iter().find(|one| one.term.name().as_str() == term).map(|one| one.kept_until)
    }

    fn public_events(&self) -> Vec<Event> {
        let events =
            self.keeper().journal.read_events(&crate::appliance::journal::Place::Public, None).unwrap();
        events.map(|written| super::super::start::read_event(&written.unwrap()).unwrap()).collect()
    }

    fn all_sound(&self) {
        let report = self.keeper().verify(&mut |_, _| {}).unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
    }
}

fn code<T>(result: Result<T, KeeperRefusal>) -> String {
    result.err().expect("refused").code().into_owned()
}

/// Germany kept invoices ten years until the end of 2024, and eight from then on, those that were stored
/// already too.
#[test]
fn germany_goes_from_ten_years_to_eight_and_whole_terms_move() {
    let release = key();
    let mut trial = Trial::of("DE", Some(&release), true);
    trial.admit(DE_2024, &["2024-0001"]);
    trial.take_law(&table("2026-12", 10, &release, None)).unwrap();
    assert_eq!((trial.until(DE_2024), trial.until(DE_2026)), (date(2034, 12, 31), date(2036, 12, 31)));
    assert_eq!(trial.on_card(DE_2024), Some(date(2034, 12, 31)));

    let plan = trial.take_law(&table("2027-01", 8, &release, None)).unwrap();
    assert_eq!(plan.moves.len(), 4);
    let moved = plan.moves.iter().find(|one| one.term == DE_2024).unwrap();
    assert_eq!((moved.from, moved.kept.until), (date(2034, 12, 31), date(2032, 12, 31)));
    assert_eq!((moved.invoices, moved.due), (1, false));
    assert!(moved.because(Language::En).contains("asks eight years"), "{}", moved.because(Language::En));
    assert_eq!(trial.on_card(DE_2024), Some(date(2032, 12, 31)));
    let moved = trial.public_events().into_iter().filter_map(|event| match event {
        Event::TermMoved(moved) if moved.term == DE_2024 => Some((moved.law, moved.from, moved.to)),
        _ => None,
    });
    let (ten, eight) = ("2026-12".to_owned(), "2027-01".to_owned());
    assert_eq!(
        moved.collect::<Vec<_>>(),
        [(ten, date(2032, 12, 31), date(2034, 12, 31)), (eight, date(2034, 12, 31), date(2032, 12, 31))]
    );

    // It survives a restart, and the certificate names the table.
    trial.reopen();
    assert_eq!(trial.until(DE_2024), date(2032, 12, 31));
    trial.keeper().turn_clock(years_after(retention::over_at(date(2032, 12, 31)), 1)).unwrap();
    let certificate = trial.keeper().certificate(DE_2024).unwrap();
    assert_eq!((certificate.law_table(), certificate.kept_until()), ("2027-01", date(2032, 12, 31)));
    // A term that begins under the table is kept by it.
    assert_eq!(trial.until("trampoline-bv-de-ordinary-2030-12"), date(2038, 12, 31));
    trial.all_sound();
}

#[test]
fn a_term_that_a_table_ends_in_the_past_is_locked_and_waits_its_thirty_days_in_full() {
    let release = key();
    let mut trial = Trial::of("DE", Some(&release), true);
    trial.take_law(&table("2026-12", 10, &release, None)).unwrap();
    trial.admit(DE_2024, &["2024-0001"]);
    // Two years after the eight, within the ten.
    trial.keeper().turn_clock(retention::over_at(date(2034, 6, 30))).unwrap();
    assert!(!trial.find("2024-0001").rows[0].locked);
    let plan = trial.take_law(&table("2034-07", 8, &release, None)).unwrap();
    assert!(plan.moves.iter().find(|one| one.term == DE_2024).unwrap().due);

    let moved = trial.keeper().clock().floor;
    trial.keeper().tick().unwrap();
    assert!(matches!(trial.view(DE_2024).state, TermState::Due { .. }));
    let days = |count: i64| moved + jiff::SignedDuration::from_hours(24 * count);
    trial.keeper().turn_clock(days(29)).unwrap();
    assert!(trial.find("2024-0001").rows[0].locked);
    trial.reopen();
    assert!(matches!(trial.view(DE_2024).state, TermState::Due { .. }));
    trial.keeper().turn_clock(days(31)).unwrap();
    assert!(matches!(trial.view(DE_2024).state, TermState::Destroyed { .. }));
    trial.all_sound();
}

#[test]
fn a_due_term_that_is_moved_away_and_back_waits_once_more() {
    let release = key();
    let mut trial = Trial::of("DE", Some(&release), true);
    trial.admit(DE_2024, &["2024-0001"]);
    trial.keeper().turn_clock(retention::over_at(date(2032, 12, 31))).unwrap();
    assert!(trial.find("2024-0001").rows[0].locked);
    let days = |trial: &Trial, count: i64| {
        trial.keeper().clock().floor + jiff::SignedDuration::from_hours(24 * count)
    };
    trial.keeper().turn_clock(days(&trial, 20)).unwrap();
    trial.take_law(&table("2033-01", 10, &release, None)).unwrap();
    assert!(!trial.find("2024-0001").rows[0].locked, "it is kept again");
    trial.take_law(&table("2033-01.2", 8, &release, None)).unwrap();
    trial.reopen();
    trial.keeper().turn_clock(days(&trial, 29)).unwrap();
    assert!(
        matches!(trial.view(DE_2024).state, TermState::Due { .. }),
        "the 20 days from before do not count"
    );
    trial.keeper().turn_clock(days(&trial, 3)).unwrap();
    assert!(matches!(trial.view(DE_2024).state, TermState::Destroyed { .. }));
}

#[test]
fn what_an_officer_lengthened_stays_as_long_whatever_the_law_says() {
    let release = key();
    let mut trial = Trial::of("DE", Some(&release), true);
    let anna = trial.officer();
    let refused = |result| code::<Lengthened>(result);
    assert_eq!(refused(trial.keeper().lengthen(&anna, DE_2024, date(2030, 1, 1))), "keeper-only-longer");
    assert_eq!(refused(trial.keeper().lengthen(&anna, DE_2024, date(2999, 1, 1))), "keeper-too-long");
    assert_eq!(
        refused(trial.keeper().lengthen(&anna, "no-such-term", date(2040, 1, 1))),
        "keeper-no-such-term"
    );
    let lengthened = trial.keeper().lengthen(&anna, DE_2024, date(2033, 4, 5)).unwrap();
    assert_eq!((lengthened.from, lengthened.to), (date(2032, 12, 31), date(2033, 4, 30)));
    assert_eq!(trial.on_card(DE_2024), Some(date(2033, 4, 30)));
    assert!(trial.view(DE_2024).kept.say(Language::En).contains("an officer set this later day"));

    trial.take_law(&table("2027-01", 6, &release, None)).unwrap();
    assert_eq!((trial.until(DE_2024), trial.until(DE_2026)), (date(2033, 4, 30), date(2032, 12, 31)));
    trial.take_law(&table("2027-02", 10, &release, None)).unwrap();
    assert_eq!(trial.until(DE_2024), date(2034, 12, 31));
    trial.take_law(&table("2027-03", 8, &release, None)).unwrap();
    trial.reopen();
    assert_eq!(trial.until(DE_2024), date(2033, 4, 30));
}

#[test]
fn only_a_newer_table_by_the_pinned_key_or_its_successor_is_taken() {
    let (release, next, stranger) = (key(), key(), key());
    let mut trial = Trial::of("DE", Some(&release), true);
    assert_eq!(code(trial.take_law(&table("2027-01", 1, &stranger, None))), "keeper-law-table-refused");
    assert_eq!(code(trial.take_law(&table("2026-10", 1, &release, None))), "keeper-law-table-older");
    let bytes = table("2027-01", 9, &release, Some(public(&next)));
    let other = code(trial.keeper().take_law(&trial.pair(), "the.table", &bytes, "AAAA-AAAA-AAAA-AAAA"));
    assert_eq!(other, "keeper-law-table-differs");
    assert_eq!(trial.until(DE_2024), date(2032, 12, 31), "nothing refused has moved anything");

    trial.take_law(&bytes).unwrap();
    assert_eq!(code(trial.take_law(&bytes)), "keeper-law-table-refused");
    assert_eq!(code(trial.take_law(&table("2027-02", 8, &release, None))), "keeper-law-table-refused");
    trial.reopen();
    assert_eq!(code(trial.take_law(&table("2027-01", 8, &next, None))), "keeper-law-table-older");
    trial.take_law(&table("2027-02", 8, &next, None)).unwrap();

    let without = Trial::of("DE", None, true);
    assert_eq!(code(without.take_law(&table("2027-01", 8, &release, None))), "keeper-no-release-key");
}

/// The vault decides; the journal is told at the next start.
#[test]
fn a_move_that_a_power_cut_kept_from_the_journal_is_told_at_the_next_start() {
    let release = key();
    let mut trial = Trial::of("DE", Some(&release), true);
    trial.take_law(&table("2026-12", 10, &release, None)).unwrap();
    let told = trial.public_events();
    // What a cut between vault and journal leaves: the journal's files from before, the vault from after.
    let journal = trial.directory.path().join("box/journal");
    let before = trial.directory.path().join("before");
    trial.keeper = None;
    let copied = |from: &Path, to: &Path| {
        assert!(std::process::Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
    };
    copied(&journal, &before);
    trial.keeper = Some(Keeper::open(&trial.directory.path().join("box")).unwrap());
    trial.take_law(&table("2027-01", 8, &release, None)).unwrap();
    trial.keeper = None;
    std::fs::remove_dir_all(&journal).unwrap();
    copied(&before, &journal);

    trial.keeper = Some(Keeper::open(&trial.directory.path().join("box")).unwrap());
    assert_eq!(trial.until(DE_2024), date(2032, 12, 31));
    let events = trial.public_events();
    let new: Vec<_> = events[told.len()..].iter().map(Event::kind).collect();
    assert_eq!(new.iter().filter(|kind| **kind == crate::exchange::journal::EntryKind::LawTaken).count(), 1);
    assert_eq!(new.iter().filter(|kind| **kind == crate::exchange::journal::EntryKind::TermMoved).count(), 4);
    trial.reopen();
    assert_eq!(trial.public_events().len(), events.len(), "told once");
    trial.all_sound();
}

#[test]
fn a_card_or_certificate_of_a_term_that_no_table_has_can_still_be_read() {
    // Romania has no row today; a card that names such a term is read all the same.
    let term = r#"{"name":"shop-ro-ordinary-2026-12","entity":"07070707070707070707070707070707",
        "country":"RO","class":"ordinary","first":"2026-01-01","last":"2026-12-31"}"#;
    let term: crate::exchange::law::Term = serde_json::from_str(term).unwrap();
    assert!(Table::built_in().row(term.country(), term.class(), term.last()).is_none());
    assert!(crate::exchange::law::kept_until(&term, &Policy::of("NL".parse().unwrap()).unwrap()).is_err());
}

/// The shop's computer is gone: a new key, a new stream, the same sender.
fn successor(trial: &Trial, last: u64, header: Digest, old: Option<&SigningKey>) -> Shop {
    let mut shop = Shop::new(trial.keeper());
    let before = trial.shop.card.body();
    let card = SenderCard {
        sender: before.sender,
        succeeds: Some(Succession { stream: before.stream, last: BundleNumber(last), header }),
        ..shop.card.body().clone()
    };
    shop.card = Statement::sign(labels::SENDER_CARD, card, &shop.key);
    if let Some(old) = old {
        shop.card = shop.card.and_sign(old);
    }
    shop.card = SignedSenderCard::open(&shop.card.to_bytes()).unwrap();
    shop
}

fn header_of(file: &Path) -> Digest {
    let mut file = File::open(file).unwrap();
    crate::exchange::bundle::statement::Statement::<crate::exchange::bundle::Header>::read(
        labels::BUNDLE,
        &mut file,
        65_536,
    )
    .unwrap()
    .digest()
}

#[test]
fn a_lost_key_is_replaced_by_two_officers_and_what_it_signed_stays_provable() {
    let mut trial = Trial::new();
    trial.admit(TERM, &["2026-0001"]);
    trial.admit(TERM, &["2026-0002"]);
    let header = header_of(&trial.directory.path().join("2.bundle"));
    // Whoever has the stolen computer seals on.
    let stolen = trial.seal(TERM, &["2026-0666"]);

    let shop = successor(&trial, 2, header, None);
    let anna = trial.officer();
    let alone = trial.keeper().enrol(&shop.card, &shop.card.fingerprint(), &anna, false);
    assert_eq!(code(alone), "keeper-succession-wants-two");
    let wrong = successor(&trial, 1, header, None);
    let pair = trial.pair();
    let two = |trial: &Trial, shop: &Shop| {
        trial.keeper().enrol_by(&shop.card, &shop.card.fingerprint(), &anna, Some(&pair), false)
    };
    assert_eq!(code(two(&trial, &wrong)), "keeper-succession-unknown");
    let enrolled = two(&trial, &shop).unwrap();
    assert_eq!(enrolled.succeeded.unwrap().last, BundleNumber(2));

    let Outcome::Refused(refusal) = trial.take(&stolen) else { panic!("taken") };
    assert_eq!(refusal.code(), "archive-key-replaced");
    // The successor's numbers begin at 1, and "all up to" speaks of its stream.
    let old = std::mem::replace(&mut trial.shop, shop);
    let mut trial = trial;
    let admitted = trial.admit(TERM, &["2026-0003"]);
    assert_eq!((admitted.number, admitted.stream), (BundleNumber(1), trial.shop.card.body().stream));
    assert!(admitted.code.unwrap().starts_with("1 "));
    let again = trial.keeper().receipt(old.card.body().stream, BundleNumber(2)).unwrap();
    assert!(again.code.unwrap().starts_with("2 "));

    for reopened in [false, true] {
        if reopened {
            trial.reopen();
        }
        let row = trial.find("2026-0001").rows.remove(0).row;
        let proof = trial.keeper().proof(&trial.officer(), row.bundle, row.leaf).unwrap();
        let key = old.card.body().key;
        assert!(proof.windows(32).any(|window| window == key.0), "proven by the key that signed it");
        Proof::parse(&proof).unwrap().verify().unwrap();
        let Outcome::Refused(refusal) = trial.take(&stolen) else { panic!("taken") };
        assert_eq!(refusal.code(), "archive-key-replaced");
        trial.all_sound();
    }
    let standings: Vec<_> = trial.keeper().senders().iter().map(|one| (one.standing, one.last)).collect();
    assert_eq!(
        standings,
        [(SenderStanding::Enrolled, None), (SenderStanding::Replaced, Some(BundleNumber(2)))]
    );
}

#[test]
fn one_officer_is_enough_where_the_old_key_signs_too_and_is_not_blocked() {
    let mut trial = Trial::new();
    trial.admit(TERM, &["2026-0001"]);
    let header = header_of(&trial.directory.path().join("1.bundle"));
    let old = trial.shop.key.clone();
    let anna = trial.officer();
    let stranger = successor(&trial, 1, header, Some(&key()));
    let refused = trial.keeper().enrol(&stranger.card, &stranger.card.fingerprint(), &anna, false);
    assert_eq!(code(refused), "keeper-card-refused");

    let shop = successor(&trial, 1, header, Some(&old));
    assert!(trial.keeper().plan_succession(&shop.card).unwrap().unwrap().one_officer);
    // Stolen: blocked first. Then its signature says nothing.
    trial.keeper().block(&anna, "Trampoline webshop").unwrap();
    let path = trial.seal(TERM, &["2026-0002"]);
    let Outcome::Refused(refusal) = trial.take(&path) else { panic!("taken") };
    assert_eq!(refusal.code(), "archive-blocked-sender");
    assert!(!trial.keeper().plan_succession(&shop.card).unwrap().unwrap().one_officer);
    let alone = trial.keeper().enrol(&shop.card, &shop.card.fingerprint(), &anna, false);
    assert_eq!(code(alone), "keeper-succession-wants-two");
    trial.reopen();
    let Outcome::Refused(refusal) = trial.take(&path) else { panic!("taken") };
    assert_eq!(refusal.code(), "archive-blocked-sender");

    let mut other = Trial::new();
    other.admit(TERM, &["2026-0001"]);
    let header = header_of(&other.directory.path().join("1.bundle"));
    let shop = successor(&other, 1, header, Some(&other.shop.key));
    other.keeper().enrol(&shop.card, &shop.card.fingerprint(), &other.officer(), false).unwrap();
    let again = other.keeper().enrol(&shop.card, &shop.card.fingerprint(), &other.officer(), false).unwrap();
    assert!(!again.new);
}

#[test]
fn old_invoices_wait_for_an_officer_once_per_import() {
    let mut trial = Trial::of("NL", None, false);
    trial.admit(TERM, &["2026-0001"]);
    let first = trial.seal(OLD_TERM, &["2024-0001", "2024-0002"]);
    let Outcome::Waiting(waiting) = trial.take(&first) else { panic!("did not wait") };
    assert_eq!((waiting.bundle.old, waiting.bundle.oldest), (2, date(2024, 1, 1)));
    let Outcome::Waiting(_) = trial.take(&first) else { panic!("did not wait") };
    let second = trial.seal(OLD_TERM, &["2024-0003"]);
    let Outcome::Waiting(_) = trial.take(&second) else { panic!("did not wait") };
    assert!(trial.find("2024-0001").rows.is_empty());
    trial.reopen();
    let numbers: Vec<_> = trial.keeper().waiting().unwrap().iter().map(|one| one.bundle.number.0).collect();
    assert_eq!(numbers, [2, 3]);

    let report = trial.keeper().decide_old(&trial.officer(), "Trampoline webshop", true).unwrap();
    assert!(report.files.iter().all(|(_, outcome)| matches!(outcome, Outcome::Admitted(_))), "{report:?}");
    assert_eq!(report.files[0].0, "2.bundle", "by the name that the shop knows");
    assert!(trial.keeper().waiting().unwrap().is_empty());
    assert_eq!(trial.find("2024-0001").rows.len(), 1);
    assert_eq!(
        code(trial.keeper().decide_old(&trial.officer(), "Trampoline webshop", true)),
        "keeper-nothing-waits"
    );
    // The rest of the import comes on another stick; a year later nobody has said anything of it.
    trial.admit(OLD_TERM, &["2024-0004"]);
    trial.keeper().turn_clock(years_after(trial.keeper().clock().floor, 1)).unwrap();
    let late = trial.seal(OLD_TERM, &["2024-0005"]);
    let Outcome::Waiting(_) = trial.take(&late) else { panic!("did not wait") };
    trial.all_sound();
}

#[test]
fn old_invoices_that_an_officer_refuses_are_gone_and_may_come_again() {
    let mut trial = Trial::of("NL", None, false);
    let path = trial.seal(OLD_TERM, &["2024-0001"]);
    let Outcome::Waiting(_) = trial.take(&path) else { panic!("did not wait") };
    let report = trial.keeper().decide_old(&trial.officer(), "Trampoline webshop", false).unwrap();
    let Outcome::Refused(refusal) = &report.files[0].1 else { panic!("not refused") };
    assert_eq!(refusal.code(), "keeper-old-refused");
    assert!(trial.keeper().waiting().unwrap().is_empty());
    let waiting = trial.directory.path().join("box/spool/waiting");
    assert_eq!(std::fs::read_dir(waiting).unwrap().count(), 0);
    let Outcome::Waiting(_) = trial.take(&path) else { panic!("did not wait") };
    // Its term dies meanwhile, and nothing of it goes on waiting.
    trial.keeper().turn_clock(years_after(retention::over_at(date(2031, 12, 31)), 1)).unwrap();
    assert!(trial.keeper().waiting().unwrap().is_empty());
    assert_eq!(std::fs::read_dir(trial.directory.path().join("box/spool/waiting")).unwrap().count(), 0);
}

#[test]
fn what_a_crash_left_half_among_the_waiting_is_cleared() {
    let mut trial = Trial::of("NL", None, false);
    let path = trial.seal(OLD_TERM, &["2024-0001"]);
    let Outcome::Waiting(waiting) = trial.take(&path) else { panic!("did not wait") };
    let folder = trial.directory.path().join("box/spool/waiting");
    std::fs::write(folder.join("11.bundle"), b"half").unwrap();
    std::fs::remove_file(folder.join(format!("{}.bundle", waiting.bundle.header))).unwrap();
    trial.reopen();
    assert!(trial.keeper().waiting().unwrap().is_empty());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    let Outcome::Waiting(_) = trial.take(&path) else { panic!("did not wait") };
}
