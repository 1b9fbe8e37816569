//! What every room stands on and no room owns.
//!
//! [`durable`] is all of fsync, rename and locks; [`words`] is every sentence a person reads;
//! [`secret`] is the type that a key is kept in, and [`locked`] the pages that it lies in; [`wiping`] is the
//! allocator that forgets; [`system`] is what the system is asked for by `unsafe`; [`claimed_clock`] is the
//! machine's clock, which nobody believes, and [`run_time`] how long the program has run, which a box counts.

pub mod claimed_clock;
pub mod durable;
pub mod locked;
pub mod run_time;
pub mod secret;
pub mod system;
pub mod wiping;
pub mod words;
