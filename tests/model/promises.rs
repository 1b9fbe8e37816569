//! What is promised, as properties of every state that can be reached.

use stateright::Property;

use super::Kluis;
use super::state::{Bundle, Change, EARLY, Hold, LATE, Next, Process, Slot, State, Term, Word};

const TERMS: [usize; 2] = [EARLY, LATE];

pub const NO_CERTIFICATE_WITHOUT_A_DEAD_KEY: &str = "no certificate without a dead key";
pub const NO_PROVEN_WITHOUT_A_TOKEN: &str = "no proven certificate without a token past the end";
pub const NO_DEATH_OF_ONE_TOKEN: &str = "nothing dies of one token";
pub const NO_DEAD_KEY_OF_A_LIVING_TERM: &str = "no dead key of a living term";
pub const NEVER_EARLY_UNDECLARED: &str = "nothing dies early but with the word declared";
pub const NO_DEATH_UNDER_A_HOLD: &str = "nothing dies under a hold";
pub const NEVER_READABLE_AGAIN: &str = "once proven expired never readable again";
pub const ALL_OR_NOTHING: &str = "an interrupted destruction is not begun or rolled forward";
pub const CAN_STILL_END: &str = "a due term can always still get to destroyed";
pub const NOTHING_ADMITTED_IS_LOST: &str = "nothing acknowledged is lost before its term is over";

pub fn properties(model: &Kluis) -> Vec<Property<Kluis>> {
    let mut properties = vec![
        Property::always(NO_CERTIFICATE_WITHOUT_A_DEAD_KEY, |_, state: &State| {
            TERMS
                .iter()
                .all(|term| state.disk.journal.certificates[*term].is_none() || !state.key_opens(*term, true))
        }),
        Property::always(NO_PROVEN_WITHOUT_A_TOKEN, |model: &Kluis, state: &State| {
            let journal = &state.disk.journal;
            TERMS.iter().all(|term| {
                journal.certificates[*term] != Some(Word::Proven)
                    || journal.tokens.iter().flatten().any(|token| token.at >= model.ends[*term])
            })
        }),
        Property::always(NO_DEATH_OF_ONE_TOKEN, |model: &Kluis, state: &State| {
            killing(state).is_none_or(|(running, term, word)| {
                word == Word::Declared
                    || model.facts(state, &running.table, term).past_without_any_one_token()
            })
        }),
        Property::always(NEVER_EARLY_UNDECLARED, |model: &Kluis, state: &State| {
            killing(state)
                .is_none_or(|(_, term, word)| word == Word::Declared || state.world.today >= model.ends[term])
        }),
        Property::always(NO_DEAD_KEY_OF_A_LIVING_TERM, |_, state: &State| {
            // Who puts an old copy back has lost what the copy cannot open; see the next but one.
            state.world.restored
                || TERMS.iter().all(|term| state.world.doomed[*term] || state.key_opens(*term, false))
        }),
        Property::always(NO_DEATH_UNDER_A_HOLD, |_, state: &State| {
            let placed =
                state.serving().is_none_or(|running| !state.world.held || running.table.hold == Hold::Placed);
            placed && killing(state).is_none_or(|(_, term, _)| term != EARLY || !state.world.held)
        }),
        Property::always(NEVER_READABLE_AGAIN, |_, state: &State| {
            TERMS.iter().all(|term| {
                let serves = |process: &Process| {
                    matches!(process, Process::On(running) if running.table.terms[*term] == Term::Living)
                };
                let readable = state.key_opens(*term, true) || serves(&state.process);
                !state.world.proven[*term] || !readable
            })
        }),
        Property::always(ALL_OR_NOTHING, |_, state: &State| all_or_nothing(state)),
        Property::always(NOTHING_ADMITTED_IS_LOST, |_, state: &State| {
            let lives = !state.world.doomed[EARLY];
            !(state.world.receipt && lives && !state.world.restored) || state.disk.bundle == Bundle::Admitted
        }),
        Property::always(CAN_STILL_END, |model: &Kluis, state: &State| {
            // Any running box can lose its power, so what holds of every one that is off holds of all.
            state.process != Process::Off || state.world.restored || model.can_still_end(*state)
        }),
    ];
    // What must have been seen, or the rest proves nothing.
    properties.extend((model.sights)());
    properties.retain(|property| model.only.is_none_or(|only| property.name == only));
    properties
}

/// Sights of power cuts.
pub fn of_power() -> Vec<Property<Kluis>> {
    vec![
        Property::sometimes("a destruction is rolled forward", |_, state: &State| {
            state.world.rolled_forward && state.serving().is_some()
        }),
        Property::sometimes("a destruction is undone", |_, state: &State| {
            let over = matches!(&state.process, Process::On(running)
                if matches!(running.next, Next::OverwriteDropped(_)));
            over && state.disk.journal.due[EARLY].is_some()
        }),
        Property::sometimes("a slot is torn", |_, state: &State| state.slots.contains(&Slot::Torn)),
    ]
}

/// Sights of images.
pub fn of_images() -> Vec<Property<Kluis>> {
    vec![
        Property::sometimes("an old image stays shut after a destruction", |_, state: &State| {
            state.world.restored && state.world.proven[EARLY] && state.process == Process::Shut
        }),
        Property::sometimes("an old image stays shut after a hold", |_, state: &State| {
            state.world.restored && state.world.held && state.process == Process::Shut
        }),
        Property::sometimes("a fresh image opens", |_, state: &State| {
            state.world.restored && state.serving().is_some()
        }),
    ]
}

/// Sights of tokens.
pub fn of_tokens() -> Vec<Property<Kluis>> {
    vec![
        Property::sometimes("proven", |_, state: &State| certified(state, Word::Proven)),
        Property::sometimes("counted", |_, state: &State| certified(state, Word::Counted)),
        Property::sometimes("a lie is struck", |_, state: &State| {
            state.serving().is_some_and(|running| running.table.struck)
        }),
        Property::sometimes("a lie makes every term due", |_, state: &State| {
            state.world.today == 0 && state.disk.journal.due.iter().all(Option::is_some)
        }),
    ]
}

/// Sights of claims.
pub fn of_claims() -> Vec<Property<Kluis>> {
    vec![
        Property::sometimes("declared", |_, state: &State| certified(state, Word::Declared)),
        Property::sometimes("declared too early, as the certificate says", |model: &Kluis, state: &State| {
            certified(state, Word::Declared) && state.world.today < model.ends[EARLY]
        }),
        Property::sometimes("proven in spite of all", |_, state: &State| certified(state, Word::Proven)),
    ]
}

fn certified(state: &State, word: Word) -> bool {
    state.disk.journal.certificates[EARLY] == Some(word)
}

/// The program is about to pass the commit point of a destruction.
fn killing(state: &State) -> Option<(&super::state::Running, usize, Word)> {
    match &state.process {
        Process::On(running) => match running.next {
            Next::OldRootKilled(Change::Destroy(term, word)) => Some((running, term, word)),
            _ => None,
        },
        Process::Off | Process::Shut => None,
    }
}

/// What must hold of a box that answers.
fn all_or_nothing(state: &State) -> bool {
    let Some(running) = state.serving() else { return true };
    let one_root = matches!(state.slots[running.slot], Slot::Living { root, .. } if root == running.root)
        && state.slots[1 - running.slot] == Slot::Empty;
    let twins = state.disk.files.iter().all(|file| file.root == running.root && file.table == running.table);
    let journal = &state.disk.journal;
    let terms = TERMS.iter().all(|term| match running.table.terms[*term] {
        Term::Living => {
            journal.certificates[*term].is_none() && (state.world.restored || !state.world.doomed[*term])
        }
        Term::Dead { generation, word } => {
            let intended = journal.intents & (1 << generation) != 0 || state.world.restored;
            let removed = *term == LATE || state.disk.bundle == Bundle::Absent;
            intended && removed && journal.certificates[*term] == Some(word)
        }
    });
    one_root && twins && terms
}
