//! Everything at once on one term: whatever was acknowledged is so afterwards, and nobody waits for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::appliance::catalogue::Query;

/// Bundles for each of the two terms.
const BUNDLES: usize = 6;
/// Holds that are tried.
const HOLDS: usize = 24;
/// How long everything may take before it counts as a deadlock.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the threads were told.
#[derive(Default)]
struct Acknowledged {
    /// Bundles admitted, of the term that dies and of one that lives.
    doomed: u64,
    living: u64,
    /// Holds that were placed, and on which invoice.
    holds: BTreeMap<String, String>,
    /// The most that a look-up saw of the living term.
    seen: u64,
    look_ups: u64,
}

#[test]
fn destruction_admission_holds_and_look_ups_on_one_term_at_once_agree_and_none_waits_for_ever() {
    let (told, done) = mpsc::channel();
    let race = std::thread::spawn(move || {
        for doomed_before_the_end in [0, 3] {
            one_race(doomed_before_the_end);
        }
        let _ = told.send(());
    });
    if done.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
        panic!("somebody waits for ever");
    }
    race.join().unwrap();
}

fn one_race(doomed_before_the_end: u64) {
    let mut trial = Trial::new();
    let seal = |trial: &mut Trial, term: &str, name: &str| {
        (0..BUNDLES).map(|n| trial.seal(term, &[&format!("{name}-{n}")])).collect::<Vec<_>>()
    };
    let (doomed, living) = (seal(&mut trial, OLD_TERM, "doomed"), seal(&mut trial, TERM, "living"));
    let (admitted_doomed, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let mut told = Acknowledged::default();
    std::thread::scope(|scope| {
        let trial = &trial;
        let (admitted_doomed, over) = (&admitted_doomed, &over);
        let take_doomed = scope.spawn(move || {
            let mut taken = 0;
            for path in &doomed {
                match trial.take(path) {
                    Outcome::Admitted(_) => taken += 1,
                    Outcome::Refused(refusal) => {
                        let code = refusal.code();
                        assert!(code.contains("term"), "{code}");
                    }
                    // The clock has gone past the month in which back years were expected of the shop.
                    Outcome::Waiting(_) => {}
                    other => panic!("{other:?}"),
                }
                admitted_doomed.store(taken, Ordering::SeqCst);
            }
            admitted_doomed.store(u64::MAX, Ordering::SeqCst);
            taken
        });
        let take_living = scope.spawn(move || {
            let of = |path| match trial.take(path) {
                Outcome::Admitted(_) => true,
                // As above.
                Outcome::Waiting(_) => false,
                other => panic!("{other:?}"),
            };
            living.iter().filter(|path| of(path)).count() as u64
        });
        let hold = scope.spawn(move || {
            let anna = trial.officer();
            let mut holds = BTreeMap::new();
            for n in 0..HOLDS {
                let number = format!("{}-{}", if n % 2 == 0 { "doomed" } else { "living" }, n % BUNDLES);
                let scope = HoldScope::Number { number: number.clone() };
                match trial.keeper().place_hold(&anna, &scope, "objection", "letter") {
                    Ok(hold) => {
                        holds.insert(hold.hold, number);
                    }
                    Err(refusal) => {
                        let code = refusal.code();
                        let known = ["keeper-no-such-invoice", "keeper-term-destroyed", "keeper-term-locked"];
                        assert!(known.contains(&code.as_ref()), "{refusal}");
                    }
                }
                if over.load(Ordering::SeqCst) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            holds
        });
        let look = scope.spawn(move || {
            let anna = trial.officer();
            let (mut seen, mut count) = (0, 0);
            while !over.load(Ordering::SeqCst) {
                let found = trial.keeper().find(&anna, &Query { limit: 100, ..Query::default() }).unwrap();
                let of = |term| found.rows.iter().filter(|row| row.term == term).count() as u64;
                // Nothing that was seen is missing later.
                assert!(of(TERM) >= seen, "{} after {seen}", of(TERM));
                seen = of(TERM);
                for row in found.rows.iter().filter(|row| !row.locked).take(2) {
                    match trial.keeper().show(&anna, row.row.bundle, row.row.leaf) {
                        Ok(shown) => assert_eq!(shown.term, row.term),
                        Err(refusal) => {
                            assert_eq!(row.term, OLD_TERM, "{refusal}");
                            assert!(refusal.code().starts_with("keeper-term"), "{refusal}");
                        }
                    }
                }
                count += 1;
                std::thread::sleep(Duration::from_millis(2));
            }
            (seen, count)
        });
        let states = scope.spawn(move || {
            while !over.load(Ordering::SeqCst) {
                assert!(!trial.keeper().terms().is_empty());
                trial.keeper().tick().unwrap();
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        while admitted_doomed.load(Ordering::SeqCst) < doomed_before_the_end && !take_doomed.is_finished() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let end = retention::over_at(date(2031, 12, 31));
        let turned = trial.keeper().turn_clock(years_after(end, 1));
        let taken = (take_doomed.join(), take_living.join());
        over.store(true, Ordering::SeqCst);
        turned.unwrap();
        (told.doomed, told.living) = (taken.0.unwrap(), taken.1.unwrap());
        (told.seen, told.look_ups) = look.join().unwrap();
        told.holds = hold.join().unwrap();
        states.join().unwrap();
    });

    // A second time from the disk alone.
    for _ in 0..2 {
        let certificate = trial.keeper().certificate(OLD_TERM).unwrap();
        assert_eq!(u64::from(certificate.bundles()), told.doomed, "admitted, and not on the certificate");
        assert!(told.doomed >= doomed_before_the_end);
        let found = trial.keeper().find(&trial.officer(), &Query { limit: 100, ..Query::default() }).unwrap();
        assert_eq!(found.rows.iter().filter(|row| row.term == TERM).count() as u64, told.living);
        assert!(
            found.rows.iter().all(|row| row.term == TERM || row.held),
            "something of a dead term is left"
        );
        assert!(told.seen <= told.living && told.look_ups > 0);
        assert!(doomed_before_the_end == 0 || !told.holds.is_empty(), "no hold was in the race");
        let holds: BTreeSet<_> = trial.keeper().holds().into_iter().map(|hold| hold.hold).collect();
        for (hold, number) in &told.holds {
            assert!(holds.contains(hold), "a hold on {number} was placed and is gone");
            let found = trial.find(number);
            assert_eq!(found.rows.len(), 1, "{number} is held");
            let row = &found.rows[0].row;
            let shown = trial.keeper().show(&trial.officer(), row.bundle, row.leaf).unwrap();
            assert_eq!(&shown.invoice.record.number, number);
        }
        assert!(held(&trial.keeper().vault).lease_term(OLD_TERM).is_none());
        let report = trial.keeper().verify(&mut |_, _| {}).unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
        assert_eq!(report.bundles, told.living);
        trial.reopen();
    }
}
