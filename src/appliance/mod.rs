//! `kluis`: the box.
//!
//! [`vault`], [`journal`], [`reader`], [`retention`] and [`catalogue`] know no other room of the box.

pub mod archive;
pub mod catalogue;
pub mod console;
pub mod journal;
pub mod reader;
pub mod retention;
pub mod vault;
