//! What every room stands on and no room owns.
//!
//! [`durable`] is all of fsync, rename and locks; [`words`] is every sentence a person reads;
//! [`secret`] is the type that a key is kept in.

pub mod durable;
pub mod secret;
pub mod words;
