//! `kluis`: the box.
//!
//! [`cage`], [`vault`], [`journal`], [`retention`] and [`catalogue`] know no other room of the box;
//! [`reader`] and [`airlock`] call [`cage`]; [`archive`] calls [`vault`] and [`reader`]; [`keeper`] calls them all,
//! and [`console`] and [`command`] call the keeper only.

pub mod airlock;
pub mod archive;
pub mod cage;
pub mod catalogue;
pub mod command;
pub mod console;
pub mod journal;
pub mod keeper;
pub mod reader;
pub mod retention;
pub mod vault;
