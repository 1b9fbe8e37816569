//! What can happen in a state: the program's next step, or what the world does to it.
//!
//! A power cut can come between any two steps, and in the middle of the overwriting of a slot.

use super::Kluis;
use super::state::{
    A, Bundle, Change, Due, EARLY, File, Hold, Image, LATE, Next, Process, Running, Slot, State, Table, Term,
};
use super::time::{Facts, Verdict};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The program starts and reads what is there (`Vault::open`).
    PowerOn,
    /// The program's next durable write.
    Step(Next),
    PowerCut,
    /// The power goes while a slot is being overwritten.
    PowerCutIn(Next),
    /// Thirty days with the box on, counted and durable.
    DaysOn,
    /// Thirty days with the box off.
    DaysOff,
    TokenArrives,
    LyingTokenArrives,
    TermDue(usize, Due),
    Begin(Change),
    ClockTurns,
    TwoOfficersDeclare,
    Update,
    Admit,
    ImageCopied,
    ImageRestored,
    /// The newer of the clock's two files is damaged.
    ClockFileLost,
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PowerOn => write!(f, "power on"),
            Self::Step(next) => write!(f, "{}", next.name()),
            Self::PowerCut => write!(f, "power cut"),
            Self::PowerCutIn(next) => write!(f, "power cut in the middle of {}", next.name()),
            Self::DaysOn => write!(f, "30 days on"),
            Self::DaysOff => write!(f, "30 days off"),
            Self::TokenArrives => write!(f, "a token arrives"),
            Self::LyingTokenArrives => write!(f, "a lying token arrives"),
            Self::TermDue(term, due) => write!(f, "term {term} is due: {due:?}"),
            Self::Begin(change) => write!(f, "begin {change:?}"),
            Self::ClockTurns => write!(f, "the clock is turned"),
            Self::TwoOfficersDeclare => write!(f, "two officers declare"),
            Self::Update => write!(f, "update"),
            Self::Admit => write!(f, "take-kept"),
            Self::ImageCopied => write!(f, "image copied"),
            Self::ImageRestored => write!(f, "image restored"),
            Self::ClockFileLost => write!(f, "clock file lost"),
        }
    }
}

impl Next {
    /// The code's name of the step: its failpoint, where it has one.
    pub fn name(self) -> &'static str {
        match self {
            Self::OverwriteDropped(_) => "opening: overwrite what is dropped",
            Self::KillLoser => "opening: kill the loser's slot",
            Self::Repair(_) => "opening: repair a twin",
            Self::RootWritten(_) => "switch-2-root-written",
            Self::FileAToo(_) => "mutation: file a too",
            Self::VaultWritten(_) => "switch-3-vault-written",
            Self::IntentJournaled(_) => "switch-4-intent-journaled",
            Self::OldRootKilled(_) => "switch-5-old-root-killed",
            Self::OldRootRefused(_) => "switch-6-old-root-refused",
            Self::DirectoryRemoved(_) => "switch-7-directory-removed",
            Self::CertificateJournaled(_) => "switch-8-certificate-journaled",
            Self::SecondTwin => "update: second file",
            Self::Journal => "take-journaled",
            Self::Serve => "serve",
        }
    }

    /// Which slot this step overwrites.
    fn overwrites(self, running: &Running) -> Option<usize> {
        match self {
            Self::RootWritten(_) | Self::KillLoser => Some(1 - running.slot),
            Self::OldRootKilled(_) => Some(running.slot),
            _ => None,
        }
    }
}

impl Kluis {
    pub fn actions_in(&self, state: &State, actions: &mut Vec<Action>) {
        let left = &state.left;
        let mut may = |possible: bool, action| {
            if possible {
                actions.push(action);
            }
        };
        may(left.images > 0 && state.image.is_none(), Action::ImageCopied);
        match &state.process {
            Process::Off | Process::Shut => {
                may(state.process == Process::Off, Action::PowerOn);
                may(left.days_off > 0, Action::DaysOff);
                may(
                    left.clock_losses > 0 && state.disk.clock[0] != state.disk.clock[1],
                    Action::ClockFileLost,
                );
                may(left.restores > 0 && state.image.is_some(), Action::ImageRestored);
            }
            Process::On(running) if running.next != Next::Serve => {
                actions.push(Action::Step(running.next));
                if left.power_cuts > 0 {
                    actions.push(Action::PowerCut);
                    if running.next.overwrites(running).is_some() {
                        actions.push(Action::PowerCutIn(running.next));
                    }
                }
            }
            Process::On(running) => {
                may(left.power_cuts > 0, Action::PowerCut);
                may(left.days_on > 0, Action::DaysOn);
                let place = state.disk.journal.tokens.iter().any(Option::is_none);
                may(left.tokens > 0 && place, Action::TokenArrives);
                may(left.lies > 0 && place, Action::LyingTokenArrives);
                may(left.clock_turns > 0, Action::ClockTurns);
                let declared = state.disk.journal.declared;
                let declare = left.declarations > 0 && state.world.clock_claims && !declared;
                may(declare, Action::TwoOfficersDeclare);
                may(left.updates > 0, Action::Update);
                for term in [EARLY, LATE] {
                    match self.judge(state, running, term) {
                        Verdict::BecomesDue(due) => may(true, Action::TermDue(term, due)),
                        Verdict::Goes(word) => may(true, Action::Begin(Change::Destroy(term, word))),
                        Verdict::Kept if term == EARLY => {
                            may(left.admissions > 0 && state.disk.bundle == Bundle::Absent, Action::Admit);
                        }
                        _ => {}
                    }
                }
                let living = running.table.terms[EARLY] == Term::Living;
                match running.table.hold {
                    Hold::Placed => may(true, Action::Begin(Change::Release)),
                    Hold::None => may(living && left.holds > 0, Action::Begin(Change::Hold)),
                    Hold::Released(_) => {}
                }
                let lied = state.disk.journal.tokens.iter().flatten().any(|token| token.lies);
                may(lied && !running.table.struck, Action::Begin(Change::Strike));
            }
        }
    }

    pub fn judge(&self, state: &State, running: &Running, term: usize) -> Verdict {
        self.facts(state, &running.table, term).judge(term, self.mutation)
    }

    pub fn facts<'a>(&self, state: &'a State, table: &'a Table, term: usize) -> Facts<'a> {
        Facts {
            end: self.ends[term],
            table,
            journal: &state.disk.journal,
            powered: state.disk.clock[0],
            clock_claims: state.world.clock_claims,
        }
    }

    pub fn after(&self, state: &State, action: Action) -> State {
        let mut next = *state;
        let left = &mut next.left;
        match action {
            Action::PowerOn => self.power_on(&mut next),
            Action::Step(step) => self.step(&mut next, step),
            Action::PowerCut => {
                left.power_cuts -= 1;
                next.process = Process::Off;
            }
            Action::PowerCutIn(step) => {
                left.power_cuts -= 1;
                if let Process::On(running) = &state.process
                    && let Some(slot) = step.overwrites(running)
                {
                    next.slots[slot] = Slot::Torn;
                }
                next.process = Process::Off;
            }
            Action::DaysOn => {
                left.days_on -= 1;
                next.world.today += 1;
                next.disk.clock = [state.disk.clock[0] + 1, state.disk.clock[0]];
            }
            Action::DaysOff => {
                left.days_off -= 1;
                next.world.today += 1;
            }
            Action::TokenArrives => {
                left.tokens -= 1;
                next.keep_token(state.world.today, false);
            }
            Action::LyingTokenArrives => {
                left.lies -= 1;
                next.keep_token(self.lie, true);
            }
            Action::TermDue(term, due) => next.disk.journal.due[term] = Some(due),
            Action::Begin(change) => {
                match change {
                    Change::Hold => left.holds -= 1,
                    // From here on it may be gone at any moment.
                    Change::Release => next.world.held = false,
                    Change::Destroy(..) | Change::Strike => {}
                }
                self.begin(&mut next, change);
            }
            Action::ClockTurns => {
                left.clock_turns -= 1;
                next.world.clock_claims = !state.world.clock_claims;
            }
            Action::TwoOfficersDeclare => {
                left.declarations -= 1;
                next.disk.journal.declared = true;
            }
            Action::Update => {
                left.updates -= 1;
                let running = next.running();
                running.table.generation += 1;
                running.next = Next::SecondTwin;
                let file = File { root: running.root, table: running.table };
                next.disk.files[A] = file;
            }
            Action::Admit => {
                left.admissions -= 1;
                next.disk.bundle = Bundle::Stray;
                next.running().next = Next::Journal;
            }
            Action::ImageCopied => {
                left.images -= 1;
                let slots = self.root_can_be_copied.then_some(state.slots);
                next.image = Some(Image { disk: state.disk, slots });
            }
            Action::ImageRestored => {
                left.restores -= 1;
                if let Some(image) = state.image {
                    next.disk = image.disk;
                    next.slots = image.slots.unwrap_or(state.slots);
                    next.world.restored = true;
                    next.process = Process::Off;
                }
            }
            Action::ClockFileLost => {
                left.clock_losses -= 1;
                next.disk.clock[0] = next.disk.clock[1];
            }
        }
        next
    }
}
