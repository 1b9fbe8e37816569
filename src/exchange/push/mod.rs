//! The one-way push: datagrams over a line on which nothing can come back.
//!
//! ```text
//!  file -> Manifest (signed) ------------------------------+
//!     \-> Geometry -> Coder -> symbols -> Datagram, sealed |-> wire -> open -> symbols -> decode -> file
//!  Heartbeat (signed), hourly -----------------------------+   (length, magic, session, MAC, range)
//! ```
//! [`datagram`] is what travels: one fixed size, a MAC on each. [`Manifest`] says what a file is and how it
//! is cut, [`Heartbeat`] that somebody is there; both are signed by the sender. [`Geometry`] is the cut,
//! [`fec`] is RaptorQ (RFC 6330) over one block.
//!
//! **Promised.** Nothing of a datagram is believed, and no memory taken for it, before its MAC held. The
//! numbers that RaptorQ works with come from the signed manifest, were checked against the bounds here, and
//! never from a datagram. A file counts when its length and SHA-256 are the manifest's, whatever symbols
//! made it. The one-time key of a MAC never serves two contents, also where a sender's state was put back:
//! a session's name is the digest of its manifest, and a symbol is a function of session, block and number.
//!
//! **Not promised.** Secrecy: bundles are sealed already, tokens and cards are public. That a holder of the
//! MAC key, which is on the box's card, cannot disturb: he can send wrong symbols into an open session, and
//! the file is then begun anew. He cannot have a file accepted, nor open a session.
//!
//! Pure, and calls no other room of the exchange. The bytes are in `bundle/FORMAT.md`, section 17.

pub mod datagram;
pub mod fec;
mod geometry;
mod poly1305;
mod signed;

#[cfg(test)]
pub(crate) mod tests;

pub use datagram::{DatagramKey, Dropped, Head, Kind, Known, Opened, Session, SessionKey, Size};
pub use geometry::{BLOCK_SYMBOLS, Geometry, MOST_BLOCK_SYMBOLS, MOST_BLOCKS};
pub use signed::{FileKind, HEARTBEAT_EVERY, Heartbeat, Manifest, PushRefusal};
