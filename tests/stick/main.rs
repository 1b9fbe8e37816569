//! Sticks made by others' tools, read by ours.
#![allow(clippy::unwrap_used)]

mod devices;
mod made_by_others;
