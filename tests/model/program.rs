//! What the program does: one durable write a step. Whatever it does in memory between two writes is part
//! of the step before.

use super::state::{
    A, APART, B, Budget, Bundle, Change, DueBy, EARLY, File, Hold, LATE, Next, Process, Running, Slot, State,
    Table, Term, Token, WAIT, Word,
};
use super::time::Verdict;
use super::{Kluis, Mutation};

impl Kluis {
    pub fn begin(&self, state: &mut State, change: Change) {
        let anchored = match change {
            Change::Hold | Change::Release => self.mutation != Some(Mutation::HoldWithoutNewRoot),
            Change::Destroy(..) | Change::Strike => true,
        };
        if anchored {
            state.running().next = Next::RootWritten(change);
            return;
        }
        let powered = state.disk.clock[0];
        let running = state.running();
        running.table = changed(&running.table, change, powered);
        running.next = Next::SecondTwin;
        let file = File { root: running.root, table: running.table };
        state.disk.files[A] = file;
        state.acknowledge(change);
    }

    /// `Vault::open`, as far as it reads; what it writes are the steps that follow.
    pub fn power_on(&self, state: &mut State) {
        if self.mutation == Some(Mutation::RestartForgetsTheAnchor) {
            state.disk.journal.due.iter_mut().flatten().for_each(|due| due.by = DueBy::Box);
        }
        let mut candidates: Vec<(usize, u8, u8, usize)> = Vec::new();
        for (place, slot) in state.slots.iter().enumerate() {
            let Slot::Living { root, generation } = *slot else { continue };
            let files = [A, B].into_iter().filter(|file| slot.opens(&state.disk.files[*file]));
            // Of two that are equally new, the first.
            let newest = files.rev().max_by_key(|file| state.disk.files[*file].table.generation);
            candidates.extend(newest.map(|file| (place, root, generation, file)));
        }
        candidates.sort_by_key(|candidate| candidate.2);
        let winner = match (candidates.pop(), candidates.pop()) {
            (Some(new), Some(old)) => {
                let known = state.disk.journal.intents & (1 << new.2) != 0;
                let forward = known || self.mutation == Some(Mutation::RollForwardWithoutIntent);
                if forward { new } else { old }
            }
            (Some(only), None) => only,
            (None, _) => {
                state.process = Process::Shut;
                return;
            }
        };
        let (slot, root, generation, file) = winner;
        let mut table = state.disk.files[file].table;
        let next = match state.slots[1 - slot] {
            Slot::Empty => None,
            Slot::Living { generation: other, .. } if other > generation => {
                table.generation = table.generation.max(other) + 1;
                Some(Next::OverwriteDropped(1 - file))
            }
            Slot::Living { .. } | Slot::Torn => Some(Next::KillLoser),
        };
        let running = Running { next: next.unwrap_or(Next::Serve), slot, root, table, fresh: root };
        state.process = Process::On(running);
        if next.is_none() {
            state.opened();
        }
    }

    pub fn step(&self, state: &mut State, step: Next) {
        let fresh = state.fresh_root();
        let powered = state.disk.clock[0];
        let running = *state.running();
        let free = 1 - running.slot;
        let current = File { root: running.root, table: running.table };
        let prepared = |change| File { root: running.fresh, table: changed(&running.table, change, powered) };
        let kill = self.mutation != Some(Mutation::LeaveTheOldRoot);
        let next = match step {
            Next::OverwriteDropped(file) => {
                state.disk.files[file] = current;
                Next::KillLoser
            }
            Next::KillLoser => {
                state.slots[free] = Slot::Empty;
                return state.opened();
            }
            Next::Repair(file) => {
                state.disk.files[file] = current;
                return state.opened();
            }
            Next::RootWritten(change) => {
                state.running().fresh = fresh;
                state.slots[free] = Slot::Living { root: fresh, generation: running.table.generation + 1 };
                match self.mutation {
                    Some(Mutation::FileAFirst) => Next::FileAToo(change),
                    _ => Next::VaultWritten(change),
                }
            }
            Next::FileAToo(change) => {
                state.disk.files[A] = prepared(change);
                Next::VaultWritten(change)
            }
            Next::VaultWritten(change) => {
                state.disk.files[B] = prepared(change);
                match (change, self.mutation) {
                    (Change::Destroy(..), Some(Mutation::KillBeforeIntent)) => Next::OldRootKilled(change),
                    (Change::Destroy(..), _) => Next::IntentJournaled(change),
                    _ => Next::OldRootKilled(change),
                }
            }
            Next::IntentJournaled(change) => {
                let generation = running.table.generation + 1;
                if let Change::Destroy(term, _) = change {
                    state.disk.journal.intents |= 1 << generation;
                    state.world.doomed[term] = true;
                }
                match self.mutation {
                    Some(Mutation::KillBeforeIntent) => Next::OldRootRefused(change),
                    _ => Next::OldRootKilled(change),
                }
            }
            Next::OldRootKilled(change) => {
                if kill {
                    state.slots[running.slot] = Slot::Empty;
                }
                match (change, self.mutation) {
                    (Change::Destroy(..), Some(Mutation::KillBeforeIntent)) => Next::IntentJournaled(change),
                    _ => Next::OldRootRefused(change),
                }
            }
            Next::OldRootRefused(change) => {
                let file = prepared(change);
                state.disk.files = [file; 2];
                let running = state.running();
                (running.slot, running.root, running.table) = (free, file.root, file.table);
                state.acknowledge(change);
                match change {
                    Change::Destroy(term, _) => Next::DirectoryRemoved(term),
                    Change::Hold | Change::Release | Change::Strike => Next::Serve,
                }
            }
            Next::DirectoryRemoved(term) => {
                if term == EARLY {
                    state.disk.bundle = Bundle::Absent;
                }
                Next::CertificateJournaled(term)
            }
            Next::CertificateJournaled(term) => {
                if let Term::Dead { word, .. } = running.table.terms[term] {
                    state.disk.journal.certificates[term] = Some(word);
                    state.world.proven[term] |= word == Word::Proven;
                }
                return state.opened();
            }
            Next::SecondTwin => {
                state.disk.files[B] = current;
                Next::Serve
            }
            Next::Journal => {
                state.disk.bundle = Bundle::Admitted;
                state.world.receipt = true;
                Next::Serve
            }
            Next::Serve => Next::Serve,
        };
        state.running().next = next;
    }

    /// Whether the early term can still get to its end, with everybody doing what he can: the box is on,
    /// the hold is released, the lying token is struck, and a second token comes if one is needed.
    pub fn can_still_end(&self, mut state: State) -> bool {
        state.left = Budget::default();
        for _ in 0..120 {
            let running = match state.process {
                Process::Shut => return false,
                Process::Off => {
                    self.power_on(&mut state);
                    continue;
                }
                Process::On(running) => running,
            };
            let lied = state.disk.journal.tokens.iter().flatten().any(|token| token.lies);
            if running.next != Next::Serve {
                self.step(&mut state, running.next);
            } else if state.disk.journal.certificates[EARLY].is_some() {
                return true;
            } else if running.table.hold == Hold::Placed {
                self.begin(&mut state, Change::Release);
            } else if lied && !running.table.struck {
                self.begin(&mut state, Change::Strike);
            } else {
                match self.judge(&state, &running, EARLY) {
                    Verdict::BecomesDue(due) => state.disk.journal.due[EARLY] = Some(due),
                    Verdict::Goes(word) => self.begin(&mut state, Change::Destroy(EARLY, word)),
                    Verdict::NeedsSecondToken if state.world.today >= self.ends[EARLY] + APART + WAIT => {
                        state.keep_token(state.world.today, false);
                    }
                    _ => {
                        state.world.today += 1;
                        state.disk.clock = [state.disk.clock[0] + 1, state.disk.clock[0]];
                    }
                }
            }
        }
        false
    }
}

impl State {
    pub fn running(&mut self) -> &mut Running {
        match &mut self.process {
            Process::On(running) => running,
            Process::Off | Process::Shut => unreachable!("only a program that runs takes steps"),
        }
    }

    /// What opening still has to do; also what comes after a certificate.
    fn opened(&mut self) {
        let files = self.disk.files;
        let certificates = self.disk.journal.certificates;
        let running = self.running();
        let current = File { root: running.root, table: running.table };
        let uncertified =
            |term: &usize| running.table.terms[*term] != Term::Living && certificates[*term].is_none();
        let next = if let Some(file) = [A, B].into_iter().find(|file| files[*file] != current) {
            Next::Repair(file)
        } else if let Some(term) = [EARLY, LATE].into_iter().find(uncertified) {
            Next::DirectoryRemoved(term)
        } else {
            Next::Serve
        };
        let interrupted = matches!(next, Next::DirectoryRemoved(_));
        running.next = next;
        self.world.rolled_forward |= interrupted;
        if next == Next::Serve && self.disk.bundle == Bundle::Stray {
            self.disk.bundle = Bundle::Absent;
        }
    }

    pub fn keep_token(&mut self, at: u8, lies: bool) {
        let token = Token { at, powered: self.disk.clock[0], lies };
        if let Some(place) = self.disk.journal.tokens.iter_mut().find(|place| place.is_none()) {
            *place = Some(token);
        }
    }

    /// The officer is told.
    fn acknowledge(&mut self, change: Change) {
        self.world.held |= change == Change::Hold;
    }
}

/// The table after a change, a generation on.
fn changed(table: &Table, change: Change, powered: u8) -> Table {
    let mut next = Table { generation: table.generation + 1, ..*table };
    match change {
        Change::Destroy(term, word) => {
            next.terms[term] = Term::Dead { generation: next.generation, word };
            if term == EARLY {
                next.hold = Hold::None;
            }
        }
        Change::Hold => next.hold = Hold::Placed,
        Change::Release => next.hold = Hold::Released(powered),
        Change::Strike => next.struck = true,
    }
    next
}
