//! What both ends agree on: pure, without a disk, a clock or a key store.
//!
//! [`vocabulary`] has the few types that every room speaks in. [`invoice`] reads a document into a
//! record; [`law`] says how long it is kept; [`journal`] is the maths of the Merkle log, its
//! checkpoints and receipts; [`time`] reads what an authority outside signed of the time (RFC 3161), and
//! [`push`] is what travels over a line without a way back; both call no room; [`bundle`] is the parcel, and calls the first three.

pub mod bundle;
pub mod invoice;
pub mod journal;
pub mod law;
pub mod push;
pub mod time;
pub mod vocabulary;
