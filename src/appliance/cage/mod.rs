//! Processes in a cage: this program once more, without keys, files or network, for bytes that strangers
//! made. The rooms that need one ([`reader`](super::reader), the airlock) say what passes over its pipes; here is
//! how one is started, shut in, listened to and ended.
//!
//! ```text
//!  start(kind) --- vfork, execve ---> this program, as `kluis reader compare`
//!      ^                                 | enter: the list of its kind (lists)
//!      +---- "shut", or why not ---------+
//!  given  ============================>  0   what it is told
//!  answers <==========================   1   what it says: hostile until read strictly
//!  handed  - - - - - - - - - - - - - ->  2   a stick or memory open for reading, a bound socket, or nothing
//! ```
//! **Promised.** [`lists`] is all that any of them may do. No byte that a stranger made is handed to one before
//! it has said that its cage is shut; if it cannot be shut it refuses to start. Whatever it does, the caller
//! lives: [`Patience`] bounds how long it may keep us waiting, and dropping a [`Process`] ends it.
//!
//! **Not promised.** That it tells the truth: what comes back is for its caller to bound and to read as hostile.
//!
//! System calls of the happy path, the caller's side: `pipe2`, `vfork`, `execve`, then `write` to the one pipe,
//! `poll` and `read` on the other, `kill` and `wait4`. The process's side: closing what it inherited,
//! `setrlimit`, Landlock, seccomp, then what its list says.

pub mod lists;
mod process;
#[cfg(debug_assertions)]
mod trespass;

#[cfg(test)]
mod tests;

pub use lists::Kind;
pub use process::{Lost, NotStarted, Patience, Pipe, Process, Started, program, start, start_in};

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};

use crate::support::words::unsteered;

/// A value in an answer is clipped to this many characters.
const VALUE_LIMIT: usize = 300;

/// What this process was started as, where it was started to be caged. Else it becomes the program that
/// caged processes are started from.
#[must_use]
pub fn asked() -> Option<Kind> {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let kind = match words.as_slice() {
        [room, word] => Kind::ALL.into_iter().find(|kind| kind.words() == [&**room, &**word]),
        #[cfg(debug_assertions)]
        [room, word, deed] if trespass::deed(deed).is_some() => {
            Kind::ALL.into_iter().find(|kind| kind.words() == [&**room, &**word])
        }
        _ => None,
    };
    if kind.is_none() {
        // Not `current_exe`, which names the file: it may have been replaced by an update.
        program("/proc/self/exe");
    }
    kind
}

/// Shuts the cage of `kind` around this process, says so, and does the work.
pub fn serve(kind: Kind, work: impl FnOnce() -> io::Result<()>) -> ExitCode {
    // A panic ends the process, which is all that anybody needs to know of it.
    std::panic::set_hook(Box::new(|_| {}));
    let caged = lists::enter(kind);
    let reason = caged.as_ref().err().map(ToString::to_string).unwrap_or_default();
    let told = say(&reason.as_bytes()[..reason.len().min(process::REASON_LIMIT)]);
    if caged.is_err() || told.is_err() {
        return ExitCode::FAILURE;
    }
    #[cfg(debug_assertions)]
    if let Some(deed) = std::env::args_os().nth(3).and_then(|word| trespass::deed(&word)) {
        deed();
        return ExitCode::SUCCESS;
    }
    if work().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Says a message on this caged process's pipe: its length (2 bytes, big-endian), and its bytes.
///
/// # Errors
/// Where nobody listens any more, or it is longer than 65,535 bytes.
pub fn say(body: &[u8]) -> io::Result<()> {
    let mut to = io::stdout().lock();
    write_message(&mut to, body)?;
    to.flush()
}

/// The same to anywhere.
///
/// # Errors
/// As [`say`].
pub fn write_message(to: &mut impl io::Write, body: &[u8]) -> io::Result<()> {
    let length = u16::try_from(body.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    to.write_all(&[&length.to_be_bytes(), body].concat())
}

/// A value as it may stand in a sentence: clipped, and without characters that steer a terminal or turn the
/// direction of writing.
#[must_use]
pub fn plain(text: &str) -> String {
    match text.char_indices().nth(VALUE_LIMIT) {
        Some((end, _)) => unsteered(&text[..end]) + "…",
        None => unsteered(text),
    }
}

/// What became of a process that did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It crashed.
    Crashed,
    /// It wanted more memory, or a deeper stack, than it is given.
    Memory,
    /// It took longer than it may.
    Time,
    /// It tried what its cage forbids.
    Forbidden,
    /// Somebody killed it, or the machine ran out of memory.
    Killed,
}

impl Fault {
    /// Reads it off how the process ended.
    #[must_use]
    pub fn of(status: ExitStatus) -> Self {
        match status.signal() {
            // Rust aborts when memory or stack runs out; a panic ends in an ordinary exit.
            Some(libc::SIGABRT) => Self::Memory,
            Some(libc::SIGXCPU) => Self::Time,
            Some(libc::SIGSYS) => Self::Forbidden,
            Some(libc::SIGKILL) => Self::Killed,
            _ => Self::Crashed,
        }
    }
}

impl fmt::Display for Fault {
    /// The word that the messages turn into words of the language.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Crashed => "crashed",
            Self::Memory => "memory",
            Self::Time => "time",
            Self::Forbidden => "forbidden",
            Self::Killed => "killed",
        })
    }
}
