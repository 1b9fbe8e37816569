//! What must be kept longer is, with its proof, until two officers let it go; and then nothing of it is.

use super::*;
use crate::exchange::journal::EntryKind;
use crate::support::durable::fault;

fn number(number: &str) -> HoldScope {
    HoldScope::Number { number: number.to_owned() }
}

impl Trial {
    fn hold(&self, scope: &HoldScope) -> HoldView {
        let placed = self.keeper().place_hold(&self.officer(), scope, "objection", "letter of 14 March 2031");
        placed.unwrap()
    }

    fn release(&self, hold: &str) {
        self.keeper().release_hold(&self.pair(), hold).unwrap();
    }

    /// So far that the term of 2024 is due.
    fn until_due(&self) -> Timestamp {
        let over = retention::over_at(date(2031, 12, 31));
        let happened = self.keeper().turn_clock(over).unwrap();
        assert_eq!(happened, [Happened::Due { term: OLD_TERM.to_owned() }]);
        over
    }

    /// And so far that it is destroyed.
    fn until_destroyed(&self) -> Vec<Happened> {
        self.keeper().turn_clock(years_after(retention::over_at(date(2031, 12, 31)), 1)).unwrap()
    }

    fn sound(&self) -> VerifyReport {
        let report = self.keeper().verify(&mut |_, _| {}).unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
        report
    }

    fn is_dead(&self, term: &str) -> bool {
        let view = self.keeper().terms().into_iter().find(|view| view.name == term).unwrap();
        matches!(view.state, TermState::Destroyed { .. })
    }

    /// Shows the one invoice of this number as an officer would: fields, document, proof.
    fn proven(&self, number: &str) -> Shown {
        let found = self.find(number);
        assert_eq!((found.rows.len(), found.totals.count, found.locked), (1, 1, 0), "{number}");
        assert!(found.rows[0].held && !found.rows[0].locked);
        let (row, anna) = (&found.rows[0].row, self.officer());
        let shown = self.keeper().show(&anna, row.bundle, row.leaf).unwrap();
        assert_eq!(shown.invoice.record.number, number);
        let mut document = Vec::new();
        self.keeper().document(&anna, row.bundle, row.leaf, 0, &mut document).unwrap();
        assert_eq!(document, format!("the document of {number}").as_bytes());
        let proof = self.keeper().proof(&anna, row.bundle, row.leaf).unwrap();
        let proven = Proof::parse(&proof).unwrap().verify().unwrap();
        assert_eq!(proven.invoice, shown.invoice);
        let card = self.keeper().write_card().unwrap();
        let receipt = proven.receipt.unwrap();
        Receipt::verify(&receipt, card.body().box_id, &card.body().key).unwrap();
        let neighbours = ["2024-0001", "2024-0002", "2024-0003"].into_iter().filter(|other| *other != number);
        for neighbour in neighbours {
            let there = proof.windows(neighbour.len()).any(|window| window == neighbour.as_bytes());
            assert!(!there, "the proof of {number} names {neighbour}");
        }
        shown
    }
}

#[test]
fn a_held_invoice_outlives_its_term_with_its_proof_and_goes_when_two_officers_release_it() {
    let mut trial = Trial::new();
    trial.admit(OLD_TERM, &["2024-0001", "2024-0002", "2024-0003"]);
    let held = trial.hold(&number("2024-0002"));
    assert_eq!(held.invoices, 1);
    assert_eq!(trial.keeper().held_of(OLD_TERM), 1);
    assert!(trial.find("2024-0002").rows[0].held && !trial.find("2024-0001").rows[0].held);
    trial.sound();

    trial.until_destroyed();
    assert!(trial.is_dead(OLD_TERM));
    let shown = trial.proven("2024-0002");
    assert!(shown.held && matches!(shown.state, TermState::Destroyed { .. }));
    // Nothing else of the bundle is left.
    assert!(trial.find("2024-0001").rows.is_empty());
    let place = trial.find("2024-0002").rows[0].row.bundle;
    let refusal = trial.keeper().show(&trial.officer(), place, 1).err().unwrap();
    assert_eq!(refusal.code(), "keeper-term-destroyed");

    trial.reopen();
    trial.proven("2024-0002");
    let report = trial.sound();
    assert_eq!((report.holds, report.held), (1, 1));

    trial.release(&held.hold);
    assert!(trial.find("2024-0002").rows.is_empty());
    let refusal = trial.keeper().show(&trial.officer(), place, 2).err().unwrap();
    assert_eq!(refusal.code(), "keeper-term-destroyed");
    assert!(!trial.directory.path().join("box/holds").join(&held.hold).exists());
    assert_eq!(trial.keeper().held_of(OLD_TERM), 0);
    trial.sound();
    trial.reopen();
    assert!(trial.keeper().holds().is_empty());
    trial.sound();
}

#[test]
fn a_range_and_a_stream_are_held_and_an_invoice_under_two_holds_is_one() {
    let mut trial = Trial::new();
    trial.admit(OLD_TERM, &["2024-0001", "2024-0002", "2024-0003"]);
    trial.admit(OLD_TERM, &["2024-0004", "2024-0005"]);
    let range = HoldScope::Range { from: "2024-0002".to_owned(), to: "2024-0004".to_owned() };
    assert_eq!(trial.hold(&range).invoices, 3);
    let stream = trial.shop.card.body().stream.to_string();
    let all = trial.hold(&HoldScope::Stream { stream });
    assert_eq!(all.invoices, 5);
    assert_eq!(trial.keeper().held_of(OLD_TERM), 5);
    trial.until_destroyed();
    let query = Query { limit: 20, ..Query::default() };
    let found = trial.keeper().find(&trial.officer(), &query).unwrap();
    assert_eq!((found.rows.len(), found.totals.count), (5, 5));
    // What only a hold has any more can be held again, for another case.
    let again = trial.hold(&number("2024-0005"));
    trial.release(&all.hold);
    trial.keeper().turn_clock(trial.keeper().now()).unwrap();
    let found = trial.keeper().find(&trial.officer(), &query).unwrap();
    let numbers: Vec<_> = found.rows.iter().map(|row| row.row.number.as_str()).collect();
    assert_eq!(numbers, ["2024-0002", "2024-0003", "2024-0004", "2024-0005"]);
    assert_eq!(again.invoices, 1);
    trial.proven("2024-0005");
    trial.sound();
}

#[test]
fn a_hold_is_placed_on_a_term_that_is_due_because_that_is_what_the_thirty_days_are_for() {
    let mut trial = Trial::new();
    trial.admit(OLD_TERM, &["2024-0001", "2024-0002"]);
    trial.until_due();
    let found = trial.find("2024-0002");
    assert_eq!((found.rows[0].locked, found.locked), (true, 1));
    trial.hold(&number("2024-0002"));
    // The held one can be read at once; its neighbour stays locked.
    trial.proven("2024-0002");
    assert!(trial.find("2024-0001").rows[0].locked);
    let all = trial.keeper().find(&trial.officer(), &Query { limit: 20, ..Query::default() }).unwrap();
    assert_eq!((all.rows.len(), all.totals.count, all.locked), (2, 1, 1));
    trial.until_destroyed();
    assert!(trial.is_dead(OLD_TERM));
    trial.proven("2024-0002");
}

#[test]
fn a_whole_term_hold_postpones_and_its_release_begins_the_thirty_days_anew() {
    let mut trial = Trial::new();
    trial.admit(OLD_TERM, &["2024-0001"]);
    let late = trial.seal(OLD_TERM, &["2024-0002"]);
    trial.until_due();
    let term = HoldScope::Term { term: OLD_TERM.to_owned() };
    let held = trial.hold(&term);
    assert_eq!(held.invoices, 0);
    trial.until_destroyed();
    assert!(!trial.is_dead(OLD_TERM), "it is held");
    // It can be read, and takes nothing more.
    assert!(!trial.find("2024-0001").rows[0].locked);
    let Outcome::Refused(refusal) = trial.take(&late) else { panic!("taken") };
    assert_eq!(refusal.code(), "archive-term-due");
    trial.reopen();
    assert!(!trial.is_dead(OLD_TERM), "it is held after a restart");

    trial.release(&held.hold);
    trial.reopen();
    let days = |days: i64| trial.keeper().clock().floor + jiff::SignedDuration::from_hours(24 * days);
    let happened = trial.keeper().turn_clock(days(29)).unwrap();
    assert!(happened.contains(&Happened::Due { term: OLD_TERM.to_owned() }), "{happened:?}");
    assert!(!trial.is_dead(OLD_TERM), "29 days after the release");
    trial.reopen();
    let days = |days: i64| trial.keeper().clock().floor + jiff::SignedDuration::from_hours(24 * days);
    trial.keeper().turn_clock(days(2)).unwrap();
    assert!(trial.is_dead(OLD_TERM), "31 days after the release");
    trial.sound();
}

#[test]
fn one_officer_places_and_two_release() {
    let mut trial = Trial::new();
    trial.admit(TERM, &["2026-0001"]);
    let until = trial.keeper().today();
    let pass = trial.keeper().issue_pass(&trial.officer(), "Auditor", "audit", until).unwrap();
    let auditor = trial.keeper().log_in_auditor(&pass.id, pass.pass_phrase.expose()).unwrap();
    let place = |by: &Visitor, scope: &HoldScope, reason: &str, reference: &str| {
        let refused = trial.keeper().place_hold(by, scope, reason, reference).unwrap_err();
        refused.code().into_owned()
    };
    let (anna, one) = (trial.officer(), number("2026-0001"));
    assert_eq!(place(&auditor, &one, "court", "1"), "keeper-officers-only");
    assert_eq!(place(&anna, &one, "curiosity", "1"), "keeper-unknown-hold-reason");
    assert_eq!(place(&anna, &one, "court", " "), "keeper-reference-unfit");
    assert_eq!(place(&anna, &one, "court", "two\nlines"), "keeper-reference-unfit");
    assert_eq!(place(&anna, &number("2026-0099"), "court", "1"), "keeper-no-such-invoice");
    let nowhere = HoldScope::Term { term: "nowhere".to_owned() };
    assert_eq!(place(&anna, &nowhere, "court", "1"), "keeper-no-such-term");
    assert!(trial.keeper().holds().is_empty());
    assert!(!trial.directory.path().join("box/holds").exists());

    let held = trial.hold(&one);
    assert_eq!((held.by.as_str(), held.reference.as_str()), ("Anna", "letter of 14 March 2031"));
    let (name, phrase) = trial.passes[0].clone();
    assert_eq!(trial.keeper().pair(&anna, &name, &phrase).unwrap_err().code(), "keeper-two-people");
    trial.release(&held.hold);
    // It has ended with the release, whatever runs next.
    assert!(trial.keeper().holds().is_empty());
    assert_eq!(std::fs::read_dir(trial.directory.path().join("box/holds")).unwrap().count(), 0);
    let twice = trial.keeper().release_hold(&trial.pair(), &held.hold).unwrap_err();
    assert_eq!(twice.code(), "keeper-no-holds");
}

#[test]
fn look_ups_of_what_only_a_hold_has_die_with_the_hold() {
    let mut trial = Trial::new();
    trial.admit(OLD_TERM, &["2024-0001"]);
    let held = trial.hold(&number("2024-0001"));
    trial.until_destroyed();
    trial.proven("2024-0001");
    let key = trial.keeper().hold_key(&held.hold).unwrap();
    let place = crate::appliance::journal::Place::Hold(held.hold.clone());
    let events: Vec<_> = trial.keeper().journal.read_events(&place, Some(&key)).unwrap().collect();
    let kinds: Vec<_> = events.into_iter().map(|event| event.unwrap().opening.kind()).collect();
    assert_eq!(kinds[0], EntryKind::HoldPlaced);
    assert!(kinds[1..].iter().all(|kind| *kind == EntryKind::LookUp));
    assert_eq!(kinds.len(), 5, "placed, found, shown, document, proof");
}

/// Runs `act` on copies of one box, with the disk dying at its `first` change, one `every` so many later, and
/// so on, until it lives through it; after each death the box is opened again, and `see` is told whether
/// `act` was acknowledged.
fn cut_off_anywhere(
    (first, every): (u64, usize),
    prepare: impl Fn(&Trial) -> String,
    act: impl Fn(&Trial, &str, &Visitor, &Pair) -> Result<(), KeeperRefusal>,
    see: impl Fn(&Trial, &str, bool),
) {
    let mut trial = Trial::new();
    trial.admit(OLD_TERM, &["2024-0001", "2024-0002"]);
    let name = prepare(&trial);
    let (officer, pair) = (trial.officer(), trial.pair());
    trial.keeper = None;
    let (path, whole) = (trial.directory.path().join("box"), trial.directory.path().join("whole"));
    std::fs::rename(&path, &whole).unwrap();
    for n in (first..).step_by(every) {
        copy_tree(&whole, &path);
        trial.keeper = Some(Keeper::open(&path).unwrap());
        fault::die_at(n, None);
        let outcome = act(&trial, &name, &officer, &pair);
        let died = fault::revive();
        trial.reopen();
        see(&trial, &name, outcome.is_ok());
        let living: Vec<_> = trial.keeper().holds().into_iter().map(|hold| hold.hold).collect();
        let there = std::fs::read_dir(path.join("holds"));
        let there: Vec<_> = there
            .map(|all| all.map(|one| one.unwrap().file_name().into_string().unwrap()).collect())
            .unwrap_or_default();
        assert_eq!(there, living, "{n}: no key without its directory, and none the other way");
        trial.sound();
        trial.keeper = None;
        std::fs::remove_dir_all(&path).unwrap();
        if !died {
            assert!(n > 3, "the fault never struck");
            return;
        }
    }
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_tree(&path, &copy)
        } else {
            let _ = std::fs::copy(&path, &copy).unwrap();
        }
    }
}

fn place_cut_off(steps: (u64, usize)) {
    cut_off_anywhere(
        steps,
        |_| String::new(),
        |trial, _, anna, _| {
            let placed = trial.keeper().place_hold(anna, &number("2024-0002"), "court", "C/13");
            placed.map(drop)
        },
        |trial, _, acknowledged| {
            let holds = trial.keeper().holds();
            assert!(!acknowledged || holds.len() == 1, "what was acknowledged is lost");
            trial.until_destroyed();
            match holds.len() {
                0 => assert!(trial.find("2024-0002").rows.is_empty()),
                _ => drop(trial.proven("2024-0002")),
            }
        },
    );
}

fn end_cut_off(steps: (u64, usize)) {
    cut_off_anywhere(
        steps,
        |trial| trial.hold(&number("2024-0002")).hold,
        |trial, name, _, pair| trial.keeper().release_hold(pair, name).map(drop),
        |trial, name, done| {
            let holds = trial.keeper().holds();
            assert!(!done || holds.is_empty());
            if holds.first().is_some_and(|hold| hold.released_by.is_empty()) {
                trial.proven("2024-0002");
                trial.release(name);
            }
            trial.keeper().end_released_holds().unwrap();
            assert!(trial.keeper().holds().is_empty());
            assert!(!trial.find("2024-0002").rows[0].held);
        },
    );
}

#[test]
fn a_hold_cut_off_at_every_fourth_change_is_placed_or_leaves_nothing() {
    place_cut_off((2, 4));
}

#[test]
#[ignore = "the full form of the one above: a minute"]
fn a_hold_cut_off_at_every_change_is_placed_or_leaves_nothing() {
    place_cut_off((1, 1));
}

#[test]
fn a_release_cut_off_at_every_fourth_change_is_done_or_not_begun_and_so_is_the_end() {
    end_cut_off((2, 4));
}

#[test]
#[ignore = "the full form of the one above: a minute"]
fn a_release_cut_off_at_every_change_is_done_or_not_begun_and_so_is_the_end() {
    end_cut_off((1, 1));
}

/// The most memory that this process ever had, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

#[test]
#[ignore = "a measurement: cargo build --release --bins, then cargo test --release --lib -- --ignored --nocapture a_hundred_thousand"]
fn one_hold_in_a_box_of_a_hundred_thousand_invoices() {
    let bundles = std::env::var("KLUIS_BUNDLES").ok().and_then(|count| count.parse().ok()).unwrap_or(10_u32);
    let mut trial = Trial::new();
    for bundle in 0..bundles {
        let numbers: Vec<_> = (0..10_000).map(|n| format!("2024-{:06}", bundle * 10_000 + n)).collect();
        trial.admit(OLD_TERM, &numbers.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let before = peak();
    let timed = |what: &str, act: &mut dyn FnMut()| {
        let begun = std::time::Instant::now();
        act();
        println!("{what}: {:.3} s, {} MiB more at the peak", begun.elapsed().as_secs_f64(), peak() - before);
    };
    println!("{} invoices, {before} MiB at the peak of their admission", bundles * 10_000);
    let middle = format!("2024-{:06}", bundles * 5_000);
    let mut held = None;
    timed("one invoice is held", &mut || held = Some(trial.hold(&number(&middle))));
    let pair = trial.pair();
    let release = |held: &HoldView| drop(trial.keeper().release_hold(&pair, &held.hold).unwrap());
    timed("released and ended", &mut || release(held.as_ref().unwrap()));
    let thousand = HoldScope::Range { from: "2024-004000".to_owned(), to: "2024-004999".to_owned() };
    timed("a thousand are held", &mut || held = Some(trial.hold(&thousand)));
    assert_eq!(held.as_ref().unwrap().invoices, 1000);
    timed("released and ended", &mut || release(held.as_ref().unwrap()));
    let term = HoldScope::Term { term: OLD_TERM.to_owned() };
    timed("the term is held", &mut || held = Some(trial.hold(&term)));
    timed("released and ended", &mut || release(held.as_ref().unwrap()));
}
