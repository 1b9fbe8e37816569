//! The box as an attacker, a power cut and a full disk meet it: the built `kluis`, from outside.
//!
//! What needs root (a small filesystem), `strace` or FUSE says SKIPPED aloud where it cannot run; under CI
//! that is a failure.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/python.rs"]
mod python;

mod aftermath;
mod certificate;
mod damage;
mod decisions;
mod disk;
mod faults;
mod holds;
mod load;
mod lossy;
mod lost_writes;
mod outside;
mod power;
mod reader;
mod refusals;
mod sticks;
