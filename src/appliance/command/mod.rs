//! The command line of the box: orders, who carries them out, and what is printed.
//!
//! One process owns a box. Where it runs already (`kluis run`), a command is its client on
//! `keeper.sock`; otherwise the command becomes the keeper for this one call. Both ways carry the same
//! [`Order`] and print the same answer.
//!
//! ```text
//!  kluis find … ── Order ──┬── keeper.sock ──> the running keeper ──┐
//!                          └── Keeper::open ────────────────────────┴──> perform ──> answer (JSON)
//! ```
//! Promised: every order takes and gives the same whichever way it goes; an answer is printed as a
//! sentence or table for people, or with `--json` as it is. Not promised: protection from another
//! program of the same user: the socket lies in the box's directory, mode 0700.

mod bars;
mod certificate;
mod desk;
mod folder;
mod law;
mod line;
mod order;
pub mod print;
pub mod release;
mod run;
mod senders;
mod socket;
mod without_box;

pub use certificate::{Certified, verify_certificate};
pub use desk::{Desk, Ending, Stop, Who, WhoTwo, language, speak};
pub use law::LawOrder;
pub use order::{Asked, Credential, Order, QueryText, Said as SaidNo, Two};
pub use run::{RunOptions, run};
pub use senders::SenderOrder;
pub use socket::{Frame, order, serve};
pub use without_box::{approve_start, init};
