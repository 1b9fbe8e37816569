#![allow(clippy::unwrap_used)]

mod histories;

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::exchange::vocabulary::Digest;
use crate::support::words::{self, Language, Said};

const DAY: u64 = 24 * 60 * 60;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The program's release date in these tests.
fn release() -> Timestamp {
    at("2026-11-24T00:00:00Z")
}

fn real() -> Floor {
    Floor::open(release(), None, false)
}

/// A term of 2019 that must be kept until the end of 2026, 37 days after the release.
fn facts() -> Facts {
    Facts {
        last: date(2019, 12, 31),
        until: date(2026, 12, 31),
        opened: release(),
        due: None,
        destroyed: None,
    }
}

fn evidence(floor: &Floor) -> Evidence<'_> {
    Evidence { floor, holds: &[], tokens: &[], claims: &[] }
}

/// The floor when it has just passed the end, and the facts with the journaled due date.
fn due() -> (Floor, Facts) {
    let floor = real().count(40 * DAY);
    let mut facts = facts();
    let Some(Deed::BecomeDue(due)) = judge(&facts, &evidence(&floor)).deed else { panic!("it is over") };
    facts.due = Some(due);
    (floor, facts)
}

#[test]
fn every_sentence_is_written_in_every_language() {
    words::assert_all_said(RetentionRefusal::CODES);
    let (until, on) = (date(2026, 12, 31), at("2027-01-01T12:00:00Z"));
    let all = [
        Why::Open { until },
        Why::Closed { until },
        Why::OnlyClaimed { until, floor: on },
        Why::OnlyDeclared { until },
        Why::WaitsDeclared { until, days: 30 },
        Why::Held { until },
        Why::BecomesDue { until },
        Why::Waits { since: on, after: on, days: 3 },
        Why::NeedsSecondToken { since: on },
        Why::Goes { since: on },
        Why::Destroyed { on, certificate: 57 },
    ];
    for why in all {
        let code = why.code();
        let fields = why.fields();
        let marks: Vec<_> = fields.iter().map(|(key, _)| *key).collect();
        words::assert_all_said(&[(&code, &marks)]);
        assert!(
            !why.say(Language::Nl).contains("2026-12-31"),
            "days are written out: {}",
            why.say(Language::Nl)
        );
    }
    for language in Language::ALL {
        for word in Word::ALL {
            assert!(words::has(language, word.message()));
        }
        assert!(words::has(language, "retention-demo"));
    }
}

#[test]
fn the_sentences_read_well() {
    let (floor, facts) = due();
    let why = judge(&facts, &evidence(&floor)).why;
    assert_eq!(
        why.say(Language::En),
        "due since 3 January 2027: documents are locked; destroyed on or after 2 February 2027, once the box \
         has been powered for 30 more days"
    );
    assert_eq!(
        why.say(Language::Nl),
        "verlopen sinds 3 januari 2027: documenten zijn vergrendeld; vernietigd op of na 2 februari 2027, als \
         de kluis nog 30 dagen heeft aangestaan"
    );
    let gone = Why::Destroyed { on: at("2027-02-02T00:10:00Z"), certificate: 57 };
    assert_eq!(gone.say(Language::Nl), "vernietigd op 2 februari 2027, certificaat 57");
}

#[test]
fn a_day_is_over_when_it_is_over_everywhere_on_earth() {
    assert_eq!(over_at(date(2026, 12, 31)), at("2027-01-01T12:00:00Z"));
    assert_eq!(over_at(jiff::civil::Date::MAX), Timestamp::MAX);
}

#[test]
fn three_boots_of_ten_seconds_add_at_most_thirty_seconds() {
    let mut floor = real();
    for _ in 0..3 {
        let stint = Stint::default();
        let running = Duration::from_secs(10);
        assert_eq!(stint.owed(running), None);
        floor = floor.count(stint.rest(running));
    }
    assert_eq!(floor.powered(), 30);
    assert_eq!(floor.instant(), at("2026-11-24T00:00:30Z"));
}

#[test]
fn no_second_of_a_run_is_counted_twice() {
    let mut stint = Stint::default();
    assert_eq!(stint.owed(Duration::from_secs(599)), None);
    assert_eq!(stint.owed(Duration::from_secs(601)), Some(601));
    stint.counted(601);
    assert_eq!(stint.owed(Duration::from_secs(1200)), None);
    assert_eq!(stint.rest(Duration::from_secs(1200)), 599);
    assert_eq!(stint.rest(Duration::ZERO), 0);
}

#[test]
fn a_newer_program_raises_the_floor_and_keeps_the_powered_time() {
    let lived = real().count(DAY);
    let stored = Some(lived.state().clone());
    let newer = Floor::open(at("2028-01-01T00:00:00Z"), stored.clone(), false);
    assert_eq!((newer.instant(), newer.powered()), (at("2028-01-01T00:00:00Z"), DAY));
    let older = Floor::open(at("2020-01-01T00:00:00Z"), stored, false);
    assert_eq!(older.instant(), lived.instant());
}

#[test]
fn an_old_copy_of_the_clock_can_only_lower_the_floor() {
    let old = real().count(DAY);
    let new = old.count(DAY);
    let (old, new) = (Some(old.state().clone()), Some(new.state().clone()));
    assert_eq!(ClockState::newer(old.clone(), new.clone()), new);
    assert_eq!(ClockState::newer(new.clone(), old.clone()), new);
    assert_eq!(ClockState::newer(None, old.clone()), old);
    assert!(Floor::open(release(), old, false).instant() < Floor::open(release(), new, false).instant());
    assert_eq!(Floor::open(release(), None, false).instant(), release());
}

#[test]
fn only_a_demo_turns_its_clock_and_only_forward() {
    let to = at("2034-01-01T00:00:00Z");
    assert_eq!(real().turn(to), Err(RetentionRefusal::NotDemo));
    let demo = Floor::open(release(), None, true);
    let turned = demo.turn(to).unwrap();
    assert_eq!(turned.instant(), to);
    assert_eq!(turned.powered(), u64::try_from(to.as_second() - release().as_second()).unwrap());
    assert!(matches!(turned.turn(release()), Err(RetentionRefusal::TurnedBack { .. })));
    // Its state in a box that is no demo is not believed.
    assert_eq!(Floor::open(release(), Some(turned.state().clone()), false).instant(), release());
    assert_eq!(Floor::open(release(), Some(turned.state().clone()), true), turned);
}

#[test]
fn the_clock_reads_back_and_sums_saturate() {
    let floor = real().count(u64::MAX).count(u64::MAX);
    assert_eq!(floor.powered(), u64::MAX);
    assert!(floor.instant() > at("9999-01-01T00:00:00Z"));
    let text = serde_json::to_string(floor.state()).unwrap();
    assert_eq!(&serde_json::from_str::<ClockState>(&text).unwrap(), floor.state());
    assert!(serde_json::from_str::<ClockState>(&text.replacen('{', r#"{"more":1,"#, 1)).is_err());
}

#[test]
fn back_years_stay_open_for_a_year_after_the_box_is_new() {
    let mut facts = Facts { until: date(2030, 12, 31), ..facts() };
    assert_eq!(judge(&facts, &evidence(&real())).state, TermState::Open);
    let later = real().count(367 * DAY);
    assert_eq!(judge(&facts, &evidence(&later)).state, TermState::Closed);
    // A book year that ended a month ago is not closed yet, however old the box.
    facts.opened = at("2020-01-01T00:00:00Z");
    assert_eq!(judge(&facts, &evidence(&real())).state, TermState::Closed);
    facts.last = date(2026, 10, 31);
    assert_eq!(judge(&facts, &evidence(&real())).state, TermState::Open);
}

#[test]
fn a_claim_alone_never_destroys_a_term() {
    let floor = real();
    let floor = floor.count(10 * DAY);
    for by in [ClaimedBy::HardwareClock, ClaimedBy::Sender, ClaimedBy::TwoOfficers { powered: 0 }] {
        let claims = [Claim { at: at("2099-01-01T00:00:00Z"), by }; 3];
        let told = judge(&facts(), &Evidence { claims: &claims, ..evidence(&floor) });
        assert_eq!((told.state, told.deed), (TermState::Open, None));
        assert!(matches!(told.why, Why::OnlyClaimed { .. } | Why::OnlyDeclared { .. }), "{:?}", told.why);
    }
}

#[test]
fn a_due_term_is_locked_and_waits_thirty_powered_days() {
    let (floor, facts) = due();
    let locked = judge(&facts, &evidence(&floor)).state;
    assert!(!locked.opens_documents() && !locked.takes_bundles() && locked.lists_numbers());
    let almost = floor.count(WAIT - 1);
    assert_eq!(judge(&facts, &evidence(&almost)).deed, None);
    let told = judge(&facts, &evidence(&almost.count(1)));
    assert_eq!(told.deed, Some(Deed::Destroy(Word::Counted)));
}

#[test]
fn time_lived_before_the_due_date_but_counted_after_it_does_not_shorten_the_wait() {
    let (floor, facts) = due();
    let floor = floor.count(Stint::EVERY - 1).count(30 * DAY);
    assert_eq!(judge(&facts, &evidence(&floor)).deed, None);
}

#[test]
fn a_newer_program_does_not_shorten_the_wait() {
    let (floor, facts) = due();
    let newer = Floor::open(at("2040-01-01T00:00:00Z"), Some(floor.state().clone()), false);
    assert!(matches!(judge(&facts, &evidence(&newer)).why, Why::Waits { days: 30, .. }));
}

#[test]
fn a_term_that_is_lengthened_while_due_is_kept_again_and_waits_anew() {
    let (floor, mut facts) = due();
    facts.until = date(2027, 12, 31);
    let kept = judge(&facts, &evidence(&floor));
    assert!(kept.state.opens_documents() && kept.deed.is_none());
    let told = judge(&facts, &evidence(&floor.count(500 * DAY)));
    assert!(matches!(told.deed, Some(Deed::BecomeDue(_))), "{told:?}");
}

#[test]
fn a_clock_restored_from_an_old_copy_makes_a_term_wait_anew() {
    let (_, facts) = due();
    let restored = Floor::open(at("2030-01-01T00:00:00Z"), Some(real().count(DAY).state().clone()), false);
    let told = judge(&facts, &evidence(&restored));
    assert!(matches!(told.deed, Some(Deed::BecomeDue(Due { powered: DAY, .. }))), "{told:?}");
}

#[test]
fn a_hold_postpones_and_its_release_starts_the_wait_anew() {
    let (floor, facts) = due();
    let floor = floor.count(2 * WAIT);
    let held = [Hold { released: None }];
    let told = judge(&facts, &Evidence { holds: &held, ..evidence(&floor) });
    assert_eq!((told.state, told.deed), (TermState::Closed, None));
    let released = [Hold { released: Some(floor.powered()) }];
    let told = judge(&facts, &Evidence { holds: &released, ..evidence(&floor) });
    assert!(matches!(told.deed, Some(Deed::BecomeDue(_))), "{told:?}");
}

/// A token of this time.
fn token(time: &str) -> TokenTime {
    TokenTime { at: at(time), token: Digest::of(time.as_bytes()) }
}

/// A box that has these tokens since now, and the facts with the due date that follows.
fn due_by(tokens: &[TokenTime]) -> (Floor, Facts) {
    let floor = real().believe(tokens);
    let mut facts = facts();
    let told = judge(&facts, &Evidence { tokens, ..evidence(&floor) });
    let Some(Deed::BecomeDue(due)) = told.deed else { panic!("it is over") };
    facts.due = Some(due);
    (floor, facts)
}

#[test]
fn one_time_token_destroys_nothing_and_two_make_it_proven() {
    let first = token("2027-02-01T00:00:00Z");
    let (floor, facts) = due_by(&[first]);
    assert_eq!(facts.due.as_ref().unwrap().by, DueBy::Token(first.token));
    let floor = floor.count(WAIT);
    let judged = |tokens: &[TokenTime]| judge(&facts, &Evidence { tokens, ..evidence(&floor) });
    // The box itself has not lived through to the end in these thirty days: it would need no token.
    let told = judged(&[first, token("2027-03-02T00:00:00Z")]);
    assert_eq!((told.deed, told.word), (None, Some(Word::Proven)));
    assert!(matches!(told.why, Why::NeedsSecondToken { .. }));
    let second = token("2027-03-03T00:00:00Z");
    let told = judged(&[first, second]);
    assert_eq!(told.deed, Some(Deed::Destroy(Word::Proven)));
    assert_eq!(told.proven_by, [first.token, second.token]);
}

#[test]
fn a_lying_token_and_an_honest_one_from_before_the_end_destroy_nothing() {
    let until = date(2027, 12, 31);
    let before_the_end = |days: i64| {
        let at = Timestamp::from_second(over_at(until).as_second() - days * DAY as i64).unwrap();
        TokenTime { at, token: Digest::of(&days.to_be_bytes()) }
    };
    // It lies by far, but not past the end: the box counts on from it for 60 days and thinks it is over.
    let (lie, honest) = (before_the_end(60), before_the_end(30));
    let floor = real().believe(&[lie]).count(60 * DAY);
    let mut facts = Facts { until, ..facts() };
    let Some(Deed::BecomeDue(due)) = judge(&facts, &Evidence { tokens: &[lie], ..evidence(&floor) }).deed
    else {
        panic!("it looks over")
    };
    assert_eq!(due.by, DueBy::Token(lie.token));
    facts.due = Some(due);
    let floor = floor.believe(&[lie, honest]).count(WAIT);
    let told = judge(&facts, &Evidence { tokens: &[lie, honest], ..evidence(&floor) });
    assert!(told.deed.is_none() && matches!(told.why, Why::NeedsSecondToken { .. }), "{told:?}");
    let past = before_the_end(0);
    let told = judge(&facts, &Evidence { tokens: &[lie, honest, past], ..evidence(&floor) });
    assert_eq!(told.deed, Some(Deed::Destroy(Word::Proven)));
}

#[test]
fn one_token_does_not_make_proven_what_two_officers_declared() {
    let claims = claimed("2034-11-24T00:00:00Z", "2034-11-24T12:00:00Z", 0);
    let floor = real();
    let mut facts = facts();
    let Some(Deed::BecomeDue(due)) = judge(&facts, &Evidence { claims: &claims, ..evidence(&floor) }).deed
    else {
        panic!("both say so")
    };
    facts.due = Some(due);
    let only = [token("2034-11-25T00:00:00Z")];
    let floor = floor.count(20 * DAY).believe(&only).count(WAIT - 20 * DAY);
    let told = judge(&facts, &Evidence { claims: &claims, tokens: &only, ..evidence(&floor) });
    // It becomes due anew, by the token, and waits for a second one.
    let Some(Deed::BecomeDue(due)) = told.deed else { panic!("{told:?}") };
    assert_eq!(due.by, DueBy::Token(only[0].token));
}

#[test]
fn a_box_that_lost_its_clock_waits_its_thirty_days_and_no_more() {
    let held = Hold { released: Some(400 * DAY) };
    let floor = real().count(60 * DAY);
    // The clock's files are gone; what was noted says that it has lived 400 days.
    let floor = floor.lived(400 * DAY);
    let mut facts = facts();
    let judged = |facts: &Facts, floor: &Floor| judge(facts, &Evidence { holds: &[held], ..evidence(floor) });
    let Some(Deed::BecomeDue(due)) = judged(&facts, &floor).deed else { panic!("it is over") };
    facts.due = Some(due);
    assert_eq!(judged(&facts, &floor.count(WAIT - 1)).deed, None);
    assert!(matches!(judged(&facts, &floor.count(WAIT)).deed, Some(Deed::Destroy(_))));
    assert_eq!(floor.lived(3).powered(), 400 * DAY);
}

#[test]
fn a_box_that_lived_through_to_the_end_needs_no_second_token() {
    let first = token("2027-02-01T00:00:00Z");
    let (floor, facts) = due_by(&[first]);
    let floor = floor.count(39 * DAY);
    let told = judge(&facts, &Evidence { tokens: &[first], ..evidence(&floor) });
    assert_eq!(told.deed, Some(Deed::Destroy(Word::Proven)));
}

#[test]
fn a_token_of_2099_kills_nothing_at_once_and_two_officers_strike_it() {
    let wrong = token("2099-01-01T00:00:00Z");
    let (floor, mut facts) = due_by(&[wrong]);
    let floor = floor.count(20 * DAY);
    let before = judge(&facts, &Evidence { tokens: &[wrong], ..evidence(&floor) });
    assert!(matches!(before.why, Why::Waits { days: 10, .. }), "{:?}", before.why);
    // Struck: the floor is again what the box has lived through, with the seconds counted since.
    let floor = floor.believe(&[]);
    assert_eq!(floor.instant(), real().count(20 * DAY).instant());
    let told = judge(&facts, &evidence(&floor));
    assert!(told.state.opens_documents() && told.deed.is_none(), "{told:?}");
    // And when its time has come it becomes due anew, and waits in full: what was journaled then is void.
    let floor = floor.count(30 * DAY);
    let Some(Deed::BecomeDue(due)) = judge(&facts, &evidence(&floor)).deed else { panic!("it is over") };
    facts.due = Some(due);
    assert_eq!(judge(&facts, &evidence(&floor.count(WAIT - 1))).deed, None);
    assert_eq!(judge(&facts, &evidence(&floor.count(WAIT))).deed, Some(Deed::Destroy(Word::Counted)));
}

#[test]
fn striking_one_token_leaves_what_was_counted_from_another() {
    let (good, wrong) = (token("2026-12-01T00:00:00Z"), token("2099-01-01T00:00:00Z"));
    let floor = real().believe(&[good]).count(5 * DAY).believe(&[good, wrong]).count(DAY);
    assert_eq!(floor.instant(), at("2099-01-02T00:00:00Z"));
    let floor = floor.believe(&[good]);
    assert_eq!(floor.instant(), at("2026-12-07T00:00:00Z"));
    assert_eq!((floor.since_anchor(), floor.powered()), (6 * DAY, 6 * DAY));
}

#[test]
fn an_old_copy_of_the_clock_finds_its_tokens_again_and_counts_no_second_that_it_did_not_live() {
    let good = token("2026-12-01T00:00:00Z");
    let old = real().count(3 * DAY);
    // The newer copy is put away, a token comes to the old one, the newer copy is put back.
    let lived = old.count(30 * DAY);
    let back = Floor::open(release(), Some(lived.state().clone()), false).believe(&[good]);
    assert_eq!(back.instant(), lived.instant().max(good.at));
    let back = Floor::open(release(), Some(old.state().clone()), false).believe(&[good]);
    assert_eq!(back.instant(), good.at);
}

#[test]
fn more_tokens_than_are_counted_from_leave_the_furthest() {
    let tokens: Vec<_> = (1..=28).map(|day| token(&format!("2027-01-{day:02}T00:00:00Z"))).collect();
    let floor = real().believe(&tokens);
    assert_eq!(floor.instant(), at("2027-01-28T00:00:00Z"));
    assert_eq!(floor.believe(&tokens), floor, "nothing is written for what is known");
    assert!(serde_json::to_vec(floor.state()).unwrap().len() < 3000);
}

#[test]
fn an_older_token_proves_and_moves_nothing() {
    let old = token("2020-01-01T00:00:00Z");
    let floor = real().believe(&[old]);
    assert_eq!((floor.instant(), *floor.anchor()), (release(), Anchor::Release { at: release() }));
}

/// What the machine's clock and two officers say.
fn claimed(clock: &str, officers: &str, powered: u64) -> [Claim; 2] {
    let by = ClaimedBy::TwoOfficers { powered };
    [Claim { at: at(clock), by: ClaimedBy::HardwareClock }, Claim { at: at(officers), by }]
}

#[test]
fn a_box_from_the_cupboard_after_eight_years_goes_by_clock_and_two_officers_and_says_declared() {
    // Its shop is gone, and no authority is reached any more: eight years of which it lived none.
    let floor = real();
    let claims = claimed("2034-11-24T00:00:00Z", "2034-11-24T12:00:00Z", 0);
    let mut facts = facts();
    let only = judge(&facts, &Evidence { claims: &claims[..1], ..evidence(&floor) });
    assert!(matches!(only.why, Why::OnlyClaimed { .. }) && only.deed.is_none());
    let told = judge(&facts, &Evidence { claims: &claims, ..evidence(&floor) });
    let Some(Deed::BecomeDue(due)) = told.deed else { panic!("both say that it is over: {told:?}") };
    assert_eq!((due.by, told.word), (DueBy::Claims, Some(Word::Declared)));
    facts.due = Some(due);
    let almost = floor.count(WAIT - 1);
    let told = judge(&facts, &Evidence { claims: &claims, ..evidence(&almost) });
    assert!(told.deed.is_none() && matches!(told.why, Why::WaitsDeclared { .. }), "{told:?}");
    let told = judge(&facts, &Evidence { claims: &claims, ..evidence(&almost.count(1)) });
    assert_eq!(told.deed, Some(Deed::Destroy(Word::Declared)));
    assert!(told.proven_by.is_empty());
}

#[test]
fn a_box_from_the_cupboard_that_gets_a_token_waits_for_a_second_one() {
    let first = token("2034-11-24T00:00:00Z");
    let (floor, facts) = due_by(&[first]);
    let tokens = [first, token("2034-12-25T00:00:00Z")];
    let floor = floor.believe(&tokens).count(WAIT);
    assert_eq!(judge(&facts, &Evidence { tokens: &tokens[..1], ..evidence(&floor) }).deed, None);
    let told = judge(&facts, &Evidence { tokens: &tokens, ..evidence(&floor) });
    assert_eq!(told.deed, Some(Deed::Destroy(Word::Proven)));
}

#[test]
fn a_clock_that_glitches_for_one_boot_undoes_what_two_officers_declared() {
    // On the first day: a clock at 2099, and two officers who say so too.
    let glitch = claimed("2099-01-01T00:00:00Z", "2099-01-01T12:00:00Z", 0);
    let mut facts = facts();
    let floor = real();
    let Some(Deed::BecomeDue(due)) = judge(&facts, &Evidence { claims: &glitch, ..evidence(&floor) }).deed
    else {
        panic!("both say so")
    };
    facts.due = Some(due);
    // The next boot has the right time, and the 30 days go by.
    let right = claimed("2026-11-25T00:00:00Z", "2099-01-01T12:00:00Z", 0);
    let floor = floor.count(31 * DAY);
    let told = judge(&facts, &Evidence { claims: &right, ..evidence(&floor) });
    assert!(told.deed.is_none() && told.state.opens_documents(), "{told:?}");
    assert!(matches!(told.why, Why::OnlyDeclared { .. }));
}

#[test]
fn no_clock_of_its_own_makes_a_box_believe_anything() {
    let floor = real().count(20 * DAY);
    // A year forward, a year back, stuck, its battery dead, glitching.
    let clocks = ["2027-12-14", "2025-12-14", "2026-11-24", "1970-01-01", "2099-01-01"];
    for clock in clocks {
        let claim = [Claim { at: at(&format!("{clock}T00:00:00Z")), by: ClaimedBy::HardwareClock }];
        let told = judge(&facts(), &Evidence { claims: &claim, ..evidence(&floor) });
        assert_eq!((told.deed, told.state), (None, TermState::Open), "{clock}");
        let sender = Claim { at: at("2099-01-01T00:00:00Z"), by: ClaimedBy::Sender };
        let told = judge(&facts(), &Evidence { claims: &[claim[0], sender], ..evidence(&floor) });
        assert_eq!((told.deed, told.state), (None, TermState::Open), "{clock} and a lying sender");
        // And none keeps a term that the box has lived through.
        let floor = real().count(40 * DAY);
        let told = judge(&facts(), &Evidence { claims: &claim, ..evidence(&floor) });
        assert!(matches!(told.deed, Some(Deed::BecomeDue(_))), "{clock}");
    }
}

#[test]
fn a_destroyed_term_stays_destroyed() {
    let facts = Facts {
        destroyed: Some(Destroyed { floor: release(), word: Word::Counted, certificate: 57 }),
        ..facts()
    };
    let told = judge(&facts, &evidence(&real()));
    assert_eq!(told.state, TermState::Destroyed { on: release(), certificate: 57 });
    assert!(told.deed.is_none() && !told.state.lists_numbers());
}
