//! The process's side: `kluis reader compare`, `kluis reader draw` and `kluis reader time`, which people never call.

mod compare;
mod draw;
mod time;
#[cfg(debug_assertions)]
mod trespass;

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::ExitCode;

use super::frames::Answer;
use super::process::{Mode, program};
use super::sandbox::{self, Cage};

/// What a program does first in `main`: where it was started as a reader (`reader compare`, `reader
/// draw`) it serves as one to the end and gives its exit code; else it becomes the program that
/// readers are started from.
#[must_use]
pub fn serve_if_asked() -> Option<ExitCode> {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    match words.as_slice() {
        [reader, mode] if reader == "reader" => Some(serve(mode)),
        _ => {
            // Not `current_exe`, which names the file: it may have been replaced by an update.
            program("/proc/self/exe");
            None
        }
    }
}

fn serve(mode: &OsStr) -> ExitCode {
    let done = if mode == Mode::Compare.word() {
        caged(&sandbox::COMPARE, || compare::serve(&mut io::stdin().lock(), &mut io::stdout().lock()))
    } else if mode == Mode::Draw.word() {
        caged(&sandbox::DRAW, || draw::serve(&mut io::stdin().lock(), &mut io::stdout().lock()))
    } else if mode == Mode::Time.word() {
        caged(&sandbox::TIME, || time::serve(&mut io::stdin().lock(), &mut io::stdout().lock()))
    } else {
        #[cfg(debug_assertions)]
        if let Some(deed) = trespass::deed(mode) {
            return finish(caged(&sandbox::COMPARE, || {
                deed();
                Ok(())
            }));
        }
        return ExitCode::from(2);
    };
    finish(done)
}

/// Shuts the cage, says so, and does the work.
fn caged(cage: &Cage, work: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    if let Err(fault) = sandbox::enter(cage) {
        Answer::NotCaged { reason: fault.to_string() }.write(&mut io::stdout())?;
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Answer::Ready.write(&mut io::stdout())?;
    work()
}

fn finish(done: io::Result<()>) -> ExitCode {
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
