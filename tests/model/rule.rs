//! The model's rule is the code's: on the same facts `retention::judge` and [`Facts::judge`] say the same.
//!
//! A stretch of the model's is the code's wait, 30 days and ten minutes: as many stretches as two tokens are
//! apart are then 30 days at least, and one fewer is less.

use factuurkluis::appliance::retention::{
    self, Claim, ClaimedBy, Deed, Evidence, Floor, TermState, TokenTime, WAIT as STRETCH, Why,
};
use factuurkluis::exchange::vocabulary::{self, Digest};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::LATE_END;
use super::state::{Day, Due, DueBy, EARLY, Hold, Journal, LATE, Table, Term, Token, Word};
use super::time::{Facts, Verdict};

const RELEASE: Timestamp = Timestamp::constant(1_795_478_400, 0);

/// What both are asked about.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    term: usize,
    ends: [Day; 2],
    table: Table,
    journal: Journal,
    powered: Day,
    clock_claims: bool,
}

fn seconds(day: Day) -> u64 {
    u64::from(day) * STRETCH
}

fn instant(day: Day) -> Timestamp {
    Timestamp::from_second(RELEASE.as_second() + i64::try_from(seconds(day)).expect("some years"))
        .expect("as above")
}

/// The last day on which a term is kept that is over from this stretch on, and not before.
fn until(end: Day) -> Date {
    let until = Offset::UTC.to_datetime(instant(end)).date().saturating_sub(3.days());
    assert!((instant(end - 1)..=instant(end)).contains(&retention::over_at(until)));
    until
}

fn digest(place: usize) -> Digest {
    Digest([u8::try_from(place).expect("four places"); 32])
}

impl Drawn {
    fn by_the_model(&self) -> Verdict {
        let (table, journal) = (&self.table, &self.journal);
        let end = self.ends[self.term];
        let facts = Facts { end, table, journal, powered: self.powered, clock_claims: self.clock_claims };
        facts.judge(self.term, None)
    }

    /// The tokens that are not struck, and the stretch in which each came.
    fn tokens(&self) -> Vec<(Day, TokenTime)> {
        let kept = self.journal.tokens.iter().enumerate();
        kept.filter_map(|(place, token)| Some((place, (*token)?)))
            .filter(|(_, token)| !(token.lies && self.table.struck))
            .map(|(place, token)| (token.powered, TokenTime { at: instant(token.at), token: digest(place) }))
            .collect()
    }

    /// The floor of a box that lived through it, and believes last what its journal has.
    fn floor(&self) -> Floor {
        let tokens = self.tokens();
        let here = |day: Day| {
            tokens.iter().filter(|(came, _)| *came <= day).map(|(_, token)| *token).collect::<Vec<_>>()
        };
        let mut floor = Floor::open(RELEASE, None, false);
        for day in 0..self.powered {
            floor = floor.believe(&here(day)).count(STRETCH);
        }
        floor.believe(&here(Day::MAX))
    }

    fn by_the_code(&self) -> Verdict {
        let until = until(self.ends[self.term]);
        let due = self.journal.due[self.term].map(|due| retention::Due {
            until,
            floor: RELEASE,
            powered: seconds(due.powered),
            by: match due.by {
                DueBy::Box => retention::DueBy::Box,
                DueBy::Token(place) => retention::DueBy::Token(digest(place)),
                DueBy::Claims => retention::DueBy::Claims,
            },
        });
        let destroyed =
            matches!(self.table.terms[self.term], Term::Dead { .. }).then_some(retention::Destroyed {
                floor: RELEASE,
                word: vocabulary::Word::Counted,
                certificate: 0,
            });
        let last = until.saturating_sub(7.years());
        let facts = retention::Facts { last, until, opened: RELEASE, due, destroyed };
        let holds = match self.table.hold {
            Hold::Placed if self.term == EARLY => vec![retention::Hold { released: None }],
            Hold::Released(at) if self.term == EARLY => {
                vec![retention::Hold { released: Some(seconds(at)) }]
            }
            _ => Vec::new(),
        };
        // The clock and the officers speak of the early term's end; of no later one.
        let said = instant(self.ends[EARLY]);
        let clock = if self.clock_claims { said } else { RELEASE };
        let mut claims = vec![Claim { at: clock, by: ClaimedBy::HardwareClock }];
        if self.journal.declared {
            claims.push(Claim { at: said, by: ClaimedBy::TwoOfficers { powered: 0 } });
        }
        let (floor, tokens) =
            (self.floor(), self.tokens().into_iter().map(|(_, token)| token).collect::<Vec<_>>());
        let evidence = Evidence { floor: &floor, holds: &holds, tokens: &tokens, claims: &claims };
        let judged = retention::judge(&facts, &evidence);
        match (judged.state, judged.deed, judged.why) {
            (TermState::Destroyed { .. }, None, _) => Verdict::Dead,
            (_, Some(Deed::BecomeDue(due)), _) => Verdict::BecomesDue(Due {
                powered: Day::try_from(due.powered / STRETCH).expect("some stretches"),
                by: match due.by {
                    retention::DueBy::Box => DueBy::Box,
                    retention::DueBy::Token(token) => DueBy::Token(usize::from(token.0[0])),
                    retention::DueBy::Claims => DueBy::Claims,
                },
            }),
            (_, Some(Deed::Destroy(word)), _) => Verdict::Goes(match word {
                vocabulary::Word::Proven => Word::Proven,
                vocabulary::Word::Counted => Word::Counted,
                vocabulary::Word::Declared => Word::Declared,
            }),
            (_, None, Why::Held { .. }) => Verdict::Held,
            (_, None, Why::Waits { .. } | Why::WaitsDeclared { .. }) => Verdict::Waits,
            (_, None, Why::NeedsSecondToken { .. }) => Verdict::NeedsSecondToken,
            (TermState::Open | TermState::Closed, None, _) => Verdict::Kept,
            other => unreachable!("{other:?}"),
        }
    }
}

/// Days around the early term's end, and some far away.
fn day() -> impl Strategy<Value = Day> {
    prop_oneof![6 => 0..8_u8, 1 => 8..32_u8]
}

prop_compose! {
    fn drawn()(
        term in prop_oneof![4 => Just(EARLY), 1 => Just(LATE)],
        early in 1..7_u8,
        powered in 0..9_u8,
        tokens in prop::array::uniform4(prop::option::weighted(0.4, (day(), 0..9_u8, prop::bool::ANY))),
        due in prop::option::weighted(0.8, (0..9_u8, 0..6_usize)),
        hold in 0..6_u8,
        released in 0..9_u8,
        struck in prop::bool::weighted(0.3),
        dead in prop::bool::weighted(0.05),
        declared in prop::bool::ANY,
        clock_claims in prop::bool::ANY,
    ) -> Drawn {
        let living = Table {
            generation: 1,
            terms: [Term::Living; 2],
            hold: match hold {
                0 => Hold::Placed,
                // What is released later than now is put right when the box starts (`remember_powered`).
                1 | 2 => Hold::Released(released.min(powered)),
                _ => Hold::None,
            },
            struck,
        };
        let mut terms = living.terms;
        if dead {
            terms[term] = Term::Dead { generation: 1, word: Word::Counted };
        }
        let mut dues = [None; 2];
        dues[term] = due.map(|(powered, by)| Due {
            powered,
            by: match by {
                0 => DueBy::Box,
                1 => DueBy::Claims,
                place => DueBy::Token(place - 2),
            },
        });
        // In the order in which they came.
        let mut tokens = tokens.map(|token| token.map(|(at, powered, lies)| Token { at, powered, lies }));
        tokens.sort_by_key(|token| token.map_or(0, |token| token.powered));
        let journal = Journal { intents: 0, due: dues, tokens, declared, certificates: [None; 2] };
        Drawn { term, ends: [early, LATE_END], table: Table { terms, ..living }, journal, powered, clock_claims }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_model_and_the_code_judge_alike(drawn in drawn()) {
        prop_assert_eq!(drawn.by_the_model(), drawn.by_the_code());
    }
}

/// The draws reach every verdict: a rule that nobody asks about could differ unseen.
#[test]
fn every_verdict_is_drawn() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    for _ in 0..5_000 {
        let verdict = drawn().new_tree(&mut runner).expect("it draws").current().by_the_code();
        let name = match verdict {
            Verdict::BecomesDue(Due { by: DueBy::Token(_), .. }) => "due by Token".to_owned(),
            Verdict::BecomesDue(due) => format!("due by {:?}", due.by),
            other => format!("{other:?}"),
        };
        *seen.entry(name).or_default() += 1;
    }
    println!("{seen:?}");
    for verdict in
        ["Dead", "Kept", "Held", "Waits", "NeedsSecondToken", "due by Box", "due by Token", "due by Claims"]
    {
        assert!(seen.contains_key(verdict), "{verdict}: {seen:?}");
    }
    for word in ["Proven", "Counted", "Declared"] {
        assert!(seen.contains_key(&format!("Goes({word})")), "{word}: {seen:?}");
    }
}
