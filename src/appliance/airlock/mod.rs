//! The airlock: where hostile bytes are read, by code that holds no key.
//!
//! ```text
//!  keeper                         `kluis airlock stick`, in its cage
//!  Stick::open  == stick, open for reading ==> volume: partition table, FAT or exFAT
//!  files        <== names, kinds, lengths ========+
//!  Incoming     <== one file's bytes =============+
//!     |
//!     +--> spool (digested on the way, then taken over) --> admission
//! ```
//! **Promised.** A stick is never mounted. A process of its own reads it ([`cage`](super::cage) has the list of all that
//! it may do: it has the stick open for reading, and no file of the box), and what it hands out goes through
//! one pipe into a file of the spool that the keeper alone has ever had open. It may die, hang or lie: a death
//! costs the file in hand, and whatever is told is bounded and held to its form (`heard`) before it is believed;
//! `tests/liars` has real processes that lie.
//!
//! What goes back, a receipt or a card, is one file in free space ([`write_onto`]), when somebody asks for it and
//! never on the way in.
//!
//! **Not promised.** That what is on the stick is what somebody put there: a bundle is believed for its
//! signature, a time token for its authority's, a card for the fingerprint that two people compared.
//!
//! [`Watch`] hears from the kernel that a stick was put in, and [`plugged`] says which are in: plain USB sticks,
//! one interface and no more.
//!
//! [`volume`] is pure: it reads a stick's partition table and its FAT or exFAT out of bytes that are handed to
//! it, and knows no file, no process and no other room.
//!
//! System calls of the happy path, beside the [`cage`](super::cage)'s: `open` (a device with `O_EXCL`), `lseek`; the
//! process's: `pread64`.

mod device;
mod frames;
mod heard;
#[cfg(any(test, fuzzing))]
pub mod lies;
pub mod push;
mod refusal;
mod serve;
mod stick;
mod supervise;
mod usb;
pub mod volume;
mod watch;
mod write;

pub use heard::StickFile;
pub use refusal::{AirlockRefusal, NotRead, StickSaid};
pub use serve::serve_as;
pub use stick::{Incoming, MOST_DEATHS, Stick};
pub use supervise::keep_going;
pub use watch::{Plugged, Watch, plugged};
pub use write::write_onto;

#[cfg(test)]
mod tests;
