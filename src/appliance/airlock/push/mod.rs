//! The box's end of the one-way push: datagrams in, whole files out.
//!
//! ```text
//!                     `kluis airlock push`               `kluis airlock join`
//!  line -> socket -> length, magic, session, MAC, range     symbols -> RaptorQ -> blocks
//!                        |                                     |         SHA-256
//!                        v   FOLDER/open/SESSION               v
//!                     part, tags, more, more.tags  <------>  part, done -> FOLDER/inbox/NAME
//!                        |                                     ^   |
//!                        +--- "block 7 has enough" ---> Receiver --+   (done, more, finished, failed)
//!                                                        | in the box's own process: relays, restarts
//!                                                        v
//!                                                     the keeper takes what is in the inbox
//! ```
//! Two processes in cages ([`cage`](crate::appliance::cage)): the one that hears the line cannot send and works no
//! sums beyond a MAC; the one that works RaptorQ hears no line and may die at it. Both have one folder of the
//! box and nothing else. [`Receiver`] starts them, relays their messages, which have fixed forms and are
//! hostile to it (`book` is all that is believed of them), puts their folder in order (`tidy`), and starts them again
//! when they die.
//!
//! **Promised.** A file is in the inbox whole, durable and with its manifest's SHA-256, or not at all. A symbol
//! on the disk stands beside its MAC, so what a power cut left half-written is seen and asked for again; what
//! was durable counts after `kill -9` and reboot. Memory does not grow with what arrives: at most four files
//! are received at once, each with a few bits a symbol; together the two processes stay below 96 MiB (measured:
//! `tests/push`). Nothing goes out: the socket is bound and not connected, and a process that sends is killed.
//!
//! Places and the work on signatures are shared out by key: a shop that begins many files, or has thousands of
//! signatures looked at, keeps no other out.
//!
//! **Not promised.** That everything arrives: silence and gaps are noticed ([`Heard`]), not mended. That
//! somebody who has the card's MAC key cannot disturb: a file that got a wrong symbol is begun anew.
//!
//! System calls of the happy path: `recvmmsg`, `pwritev` in the one; `pread64`, `pwrite64`, then `fsync`,
//! `rename`, `fsync` in the other.

mod arriving;
mod book;
mod frames;
mod hear;
mod heard;
mod incoming;
mod join;
#[cfg(any(test, fuzzing))]
pub mod lies;
mod shares;
mod store;
mod supervise;
mod tidy;

#[cfg(test)]
mod tests;

pub use arriving::Arriving;
pub use frames::Counts;
pub use hear::hear;
pub use heard::Heard;
pub use join::join;
pub use supervise::{Receiver, ReceiverOptions};
