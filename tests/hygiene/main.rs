//! What the processes of a whole life let others see: nothing of an invoice in what they print, in their
//! arguments or their environment, and no key in memory that can be read.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod life;
mod memory;
