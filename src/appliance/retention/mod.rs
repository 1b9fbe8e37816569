//! What is due and why: the box's idea of the time, and a term's way from open to destroyed.
//!
//! ```text
//!  release, tokens┐
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
//! - The floor is the latest time proven past: the program's release date, or the time of a token from
//!   outside less its accuracy, plus the seconds that the box has counted while powered since. It never
//!   goes back but by an old copy of its state or a struck token, which can only lower it. No [`Claim`]
//!   (the hardware clock, a sender, two officers) moves it.
//! - A term is never due before the floor is past the last day on which it must be kept, and that day is
//!   over everywhere on earth; or, where the floor is not, before the machine's clock and two officers
//!   both say so.
//! - A term is never destroyed before 30 more powered days have been counted since its due date was
//!   journaled, whatever became of the clock's copies in between; and where a token made it due, not
//!   before a second token that is at least 30 days younger. So one wrong token, or the first after years
//!   in a cupboard, kills nothing at once; and when two officers strike it, what rested on it falls.
//! - Everything it decides it says in a sentence.
//!
//! What it does not promise: that a term goes on time. Without tokens the floor runs behind the calendar
//! by the time that the box was off, and a box that is never on destroys nothing. Where clock and two
//! officers agree on a lie for 30 powered days, a term goes early: the certificate says *declared*.
//!
//! A box made as *demo* can turn its clock forward. What it skips counts as powered time too, so
//! that a demonstration sees a term die; its certificates say *demo*.

mod floor;
mod state;
#[cfg(test)]
mod tests;
mod why;

pub use crate::exchange::vocabulary::Word;
pub use floor::{Anchor, ClockState, Floor, Stint};
pub use state::{
    Claim, ClaimedBy, Deed, Destroyed, Due, DueBy, Evidence, Facts, Hold, Judgement, LATE_MONTHS, TermState,
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
