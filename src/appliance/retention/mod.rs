//! What is due and why: the box's idea of the time, and a term's way from open to destroyed.
//!
//! ```text
//!  release date ─┐
//!  powered time ─┼─> Floor ──┐
//!  (demo: turned)┘           │        ┌─> state: Open -> Closed -> Due -> Destroyed
//!                            ├─ judge ┼─> deed: become due | destroy | nothing
//!  the term's facts ─────────┤        └─> why, as a sentence, and the certificate's word
//!  holds, tokens, claims ────┘
//! ```
//!
//! Pure: it has no clock, no disk and no key. The keeper brings what is known, stores the
//! [`ClockState`] that comes back, and carries out the [`Deed`].
//!
//! What it promises:
//! - The floor is the latest time proven past: the program's release date plus the seconds that the
//!   box has counted while powered since. It never goes back but by an old copy of its state, which
//!   can only lower it. No [`Claim`] (the hardware clock, a sender, an officer) moves it.
//! - A term is never due before the floor is past the last day on which it must be kept, and that
//!   day is over everywhere on earth.
//! - A term is never destroyed before 30 more powered days have been counted since its due date was
//!   journaled, whatever became of the clock's copies in between.
//! - Everything it decides it says in a sentence.
//!
//! What it does not promise: that a term goes on time. The floor runs behind the calendar by the
//! time that the box was off, and a box that is never on destroys nothing.
//!
//! A box made as *demo* can turn its clock forward. What it skips counts as powered time too, so
//! that a demonstration sees a term die; its certificates say *demo*.
//!
//! Of the rules of the design, time tokens and officers' declarations come with the next order of work. Their places are in the types ([`Anchor::Token`], [`Evidence`], [`Word`]), and
//! [`judge`] already takes the careful side wherever one of them is given.

mod floor;
mod state;
#[cfg(test)]
mod tests;
mod why;

pub use crate::exchange::vocabulary::Word;
pub use floor::{Anchor, ClockState, Floor, Stint};
pub use state::{
    Claim, ClaimedBy, Deed, Destroyed, Due, Evidence, Facts, Hold, Judgement, LATE_MONTHS, TermState,
    TokenTime, WAIT, judge, over_at,
};
pub use why::Why;

use jiff::Timestamp;

crate::refusals! {
    /// Why the clock is not turned.
    pub enum RetentionRefusal {
        /// Only a box made as demo has a clock that can be turned.
        NotDemo = "retention-not-demo",
        /// A demo's clock turns forward only.
        TurnedBack { floor: Timestamp, asked: Timestamp } = "retention-turned-back",
    }
}
