//! Sticks: made by others' tools and read by ours, damaged, hostile, and written onto.
#![allow(clippy::unwrap_used)]

mod devices;
mod made_by_others;
mod oracle;
mod second_opinion;
mod vectors;
