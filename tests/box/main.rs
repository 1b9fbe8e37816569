//! The box as an attacker, a power cut and a full disk meet it: the built `kluis`, from outside.
//!
//! What needs root (a small filesystem) or `strace` says SKIPPED aloud where it cannot run; under CI
//! that is a failure.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/python.rs"]
mod python;

mod certificate;
mod damage;
mod disk;
mod holds;
mod load;
mod outside;
mod power;
mod reader;
mod refusals;
