//! The process's side: `kluis reader compare`, `kluis reader draw` and `kluis reader time`, which people never call.

mod compare;
mod draw;
mod time;

use std::io;
use std::process::ExitCode;

use crate::appliance::cage::{Kind, serve};

/// What a program does first in `main` where it was started as a reader: it serves as one to the end, and
/// this is its exit code.
#[must_use]
pub fn serve_as(kind: Kind) -> Option<ExitCode> {
    let (from, to) = (io::stdin(), io::stdout());
    match kind {
        Kind::Compare => Some(serve(kind, || compare::serve(&mut from.lock(), &mut to.lock()))),
        Kind::Draw => Some(serve(kind, || draw::serve(&mut from.lock(), &mut to.lock()))),
        Kind::Time => Some(serve(kind, || time::serve(&mut from.lock(), &mut to.lock()))),
        Kind::Stick | Kind::Push => None,
    }
}
