//! The one-way push, end to end: a shop's sender, a bad line, and the box's receiver as its two real processes.
//!
//! The forms that CI passes are short. The full ones of what is promised take minutes and gigabytes:
//! `scripts/push-trials` runs them (they are `#[ignore]`d here).
#![allow(clippy::unwrap_used)]

mod cable;
mod edges;
mod forgery;
mod line;
mod relay;
mod scene;
#[path = "../support/mod.rs"]
mod support;
mod whole;
