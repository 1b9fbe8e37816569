//! Processes that were taken over, real ones: a program that shuts no cage and says, in the place of the caged
//! `kluis`, whatever a test wants it to say. What is held against it is the box's own side, as it is.
//!
//! Promised of any liar: no panic; an end in bounded time and memory; nothing taken but whole files, which prove
//! themselves; nothing shown that steers a terminal or turns the writing.
#![allow(clippy::unwrap_used)]

mod liar;
mod line;
mod reader;
mod stick;
#[path = "../support/mod.rs"]
mod support;
