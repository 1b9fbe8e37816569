//! Time from outside, end to end: an authority of the tests' own signs, a shop fetches, a box believes
//! what it should and nothing else, and openssl says the same.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod authority;
mod boxes;
mod tokens;
