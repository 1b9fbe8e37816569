//! The processes' side: `kluis airlock stick` and `kluis airlock push`, which people never call.

use std::process::ExitCode;

use crate::appliance::cage::{Kind, serve};

/// What a program does first in `main` where it was started as a process of the airlock: it serves as one to
/// the end, and this is its exit code.
#[must_use]
pub fn serve_as(kind: Kind) -> Option<ExitCode> {
    match kind {
        Kind::Stick | Kind::Push => Some(serve(kind, || Ok(()))),
        Kind::Compare | Kind::Draw | Kind::Time => None,
    }
}
