//! Random histories of a box, held against a truth that no box knows.

use proptest::prelude::*;

use super::*;

/// What may happen to a box.
#[derive(Clone, Debug)]
enum Act {
    /// Powered for so many seconds; stopped in good order, or its power cut.
    Run { seconds: u64, cut: bool },
    /// In a cupboard for so many seconds.
    Off { seconds: u64 },
    /// The machine's clock, or two officers, say a time so many days from the truth.
    Claim { days: i64, officers: bool },
    /// An honest token comes, so many days old.
    Token { age: u32 },
    /// A token comes from an authority that lies, so many days ahead.
    Lie { days: u32 },
    /// Two officers strike a token.
    Strike { which: usize },
    /// A program that was released just now is installed.
    Update,
    /// The clock's copies are replaced by those of an earlier write, or lost.
    Restore { which: usize },
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..20 * DAY, any::<bool>()).prop_map(|(seconds, cut)| Act::Run { seconds, cut }),
        1 => (Just(10), any::<bool>()).prop_map(|(seconds, cut)| Act::Run { seconds, cut }),
        2 => (0..20 * DAY).prop_map(|seconds| Act::Off { seconds }),
        1 => (-9999..9999i64, any::<bool>()).prop_map(|(days, officers)| Act::Claim { days, officers }),
        2 => (0..60u32).prop_map(|age| Act::Token { age }),
        1 => (0..9999u32).prop_map(|days| Act::Lie { days }),
        1 => (0..4usize).prop_map(|which| Act::Strike { which }),
        1 => Just(Act::Update),
        1 => (0..4000usize).prop_map(|which| Act::Restore { which }),
    ]
}

/// A box as its keeper runs it, with the truth beside it that no box knows.
struct Model {
    /// The true time.
    truth: Timestamp,
    /// Seconds that the box was truly powered.
    lived: u64,
    release: Timestamp,
    disk: Vec<ClockState>,
    floor: Floor,
    facts: Facts,
    claims: Vec<Claim>,
    tokens: Vec<TokenTime>,
    /// Tokens of an authority that lies: from the first on, the floor may be ahead of the truth.
    lies: Vec<Digest>,
    /// `lived` when the due date that counts was journaled.
    due_at: Option<u64>,
    restored: bool,
    rank: u8,
}

impl Model {
    fn new() -> Self {
        let floor = real();
        Self {
            truth: release(),
            lived: 0,
            release: release(),
            disk: vec![floor.state().clone()],
            floor,
            facts: facts(),
            claims: Vec::new(),
            tokens: Vec::new(),
            lies: Vec::new(),
            due_at: None,
            restored: false,
            rank: 0,
        }
    }

    fn pass(&mut self, seconds: u64) {
        self.truth =
            Timestamp::from_second(self.truth.as_second() + i64::try_from(seconds).unwrap()).unwrap();
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Run { seconds, cut } => {
                let floor = self.boot();
                self.believe(floor);
                let mut stint = Stint::default();
                let mut running = 0;
                while running < seconds {
                    // The keeper looks once an hour here; ten minutes only make this test slow.
                    let step = (seconds - running).min(3600);
                    running += step;
                    self.lived += step;
                    self.pass(step);
                    if let Some(owed) = stint.owed(Duration::from_secs(running)) {
                        self.count(&mut stint, owed);
                    }
                    self.judge();
                }
                if !cut {
                    let rest = stint.rest(Duration::from_secs(running));
                    self.count(&mut stint, rest);
                }
            }
            Act::Off { seconds } => self.pass(seconds),
            Act::Claim { days, officers } => {
                let at = self.days_from_truth(days);
                let before = self.floor.clone();
                let powered = self.floor.powered();
                if officers {
                    self.claims.push(Claim { at, by: ClaimedBy::TwoOfficers { powered } });
                } else {
                    // A machine has one clock.
                    self.claims.retain(|claim| claim.by != ClaimedBy::HardwareClock);
                    self.claims.push(Claim { at, by: ClaimedBy::HardwareClock });
                }
                self.judge();
                assert_eq!(self.floor, before, "no claim moves the floor");
            }
            Act::Token { age } => {
                let at = self.days_from_truth(-i64::from(age));
                self.take(at, false);
            }
            Act::Lie { days } => {
                let at = self.days_from_truth(1 + i64::from(days));
                self.take(at, true);
            }
            Act::Strike { which } => {
                if which < self.tokens.len() {
                    let struck = self.tokens.remove(which);
                    self.lies.retain(|lie| *lie != struck.token);
                    self.settle();
                    self.rank = 0;
                }
            }
            Act::Update => self.release = self.truth,
            Act::Restore { which } => {
                self.disk.truncate(which % (self.disk.len() + 1));
                self.restored = true;
            }
        }
    }

    fn days_from_truth(&self, days: i64) -> Timestamp {
        Timestamp::from_second(self.truth.as_second() + days * 86_400).unwrap()
    }

    fn take(&mut self, at: Timestamp, lie: bool) {
        let token = Digest::of(format!("{at} {}", self.tokens.len()).as_bytes());
        self.tokens.push(TokenTime { at, token });
        self.lies.extend(lie.then_some(token));
        self.settle();
        self.judge();
    }

    /// The floor follows from the tokens that count; two officers may have struck one.
    fn settle(&mut self) {
        let next = self.boot().believe(&self.tokens);
        self.disk.push(next.state().clone());
        self.floor = next;
        assert!(!self.lies.is_empty() || self.floor.instant() <= self.truth, "ahead of the truth");
    }

    fn boot(&self) -> Floor {
        Floor::open(self.release, self.disk.last().cloned(), false).believe(&self.tokens)
    }

    fn count(&mut self, stint: &mut Stint, seconds: u64) {
        let next = self.floor.count(seconds);
        self.disk.push(next.state().clone());
        stint.counted(seconds);
        self.believe(next);
    }

    fn believe(&mut self, floor: Floor) {
        assert!(self.restored || floor.instant() >= self.floor.instant(), "the floor never goes back");
        let honest = self.lies.is_empty();
        assert!(!honest || floor.instant() <= self.truth, "the floor is never ahead of the truth");
        assert!(floor.powered() <= self.lived, "no second is counted that was not lived");
        self.floor = floor;
    }

    fn judge(&mut self) {
        let evidence =
            Evidence { floor: &self.floor, holds: &[], tokens: &self.tokens, claims: &self.claims };
        let told = judge(&self.facts, &evidence);
        let rank = match told.state {
            TermState::Open => 0,
            TermState::Closed => 1,
            TermState::Due { .. } => 2,
            TermState::Destroyed { .. } => 3,
        };
        // What rests on claims or on a token that is struck goes back with them.
        let rests = told.word == Some(Word::Declared) || !self.claims.is_empty();
        assert!(self.restored || rests || rank >= self.rank, "a term never goes back");
        self.rank = rank;
        let over = over_at(self.facts.until);
        if rank == 2 && told.word != Some(Word::Declared) {
            assert!(self.floor.instant() >= over, "never due before its day");
        }
        if told.word == Some(Word::Proven) && rank == 2 {
            assert!(self.tokens.iter().any(|token| token.at >= over), "proven by a token past the end");
            assert!(!told.proven_by.is_empty());
        }
        match told.deed {
            Some(Deed::BecomeDue(due)) => {
                self.facts.due = Some(due);
                self.due_at = Some(self.lived);
            }
            Some(Deed::Destroy(word)) => {
                match word {
                    // The owner's people and their clock said so, and the certificate says that they did.
                    Word::Declared => assert!(
                        self.claims
                            .iter()
                            .any(|claim| claim.by == ClaimedBy::HardwareClock && claim.at >= over)
                            && self
                                .claims
                                .iter()
                                .any(|claim| claim.by != ClaimedBy::HardwareClock && claim.at >= over)
                    ),
                    // An authority that lies twice, thirty days apart, is believed: that is its promise.
                    Word::Counted | Word::Proven => {
                        let past = self.tokens.iter().filter(|token| token.at >= over).count();
                        let early = self.truth < over;
                        assert!(!early || !self.lies.is_empty(), "destroyed early without a lie");
                        assert!(!early || past >= 2 || told.word == Some(Word::Counted), "by one token");
                        assert!(!early || self.floor.without_tokens() < over);
                    }
                }
                let waited = self.lived - self.due_at.unwrap();
                assert!(waited >= 30 * DAY, "destroyed after {waited} s");
                let floor = self.floor.instant();
                self.facts.destroyed = Some(Destroyed { floor, word, certificate: 1 });
            }
            None => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_becomes_of_a_box_no_term_goes_early(acts in proptest::collection::vec(any_act(), 1..30)) {
        let mut model = Model::new();
        for act in &acts {
            model.act(act);
        }
    }
}

#[test]
fn a_box_that_stays_on_destroys_its_term() {
    let mut model = Model::new();
    for _ in 0..5 {
        model.act(&Act::Run { seconds: 20 * DAY, cut: false });
    }
    assert!(model.facts.destroyed.is_some());
}
