//! The airlock: where hostile bytes are read, by code that holds no key.
//!
//! ```text
//!  stick (block device, image) -> volume -> spool -> the keeper
//! ```
//! [`volume`] is pure: it reads a stick's partition table and its FAT or exFAT out of bytes that are
//! handed to it, and knows no file, no process and no other room.

mod serve;
pub mod volume;

pub use serve::serve_as;
