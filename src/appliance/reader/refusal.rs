//! What is refused, and what became of a process.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use crate::exchange::invoice::Field;

/// What became of a process that did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It crashed on the document.
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
    pub(super) fn of(status: ExitStatus) -> Self {
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

crate::refusals! {
    /// Why a document is not taken, not read, or not drawn.
    pub enum ReaderRefusal {
        /// The document says something else than its record; an absent value is `-`.
        Mismatch { invoice: String, field: Field, record: String, document: String } = "reader-mismatch",
        /// The bytes are not of the media type that the leaf states.
        MediaType { invoice: String, record: String, document: String } = "reader-media-type",
        /// A structured document that no honest sender could have read: the refusal's code and its
        /// sentence in English.
        Unreadable { invoice: String, code: String, reason: String } = "reader-unreadable",
        /// The process gave up on this document.
        Failed { invoice: String, reason: Fault } = "reader-failed",
        /// The process cannot be started, or cannot be shut into its cage.
        Unavailable { reason: String } = "reader-unavailable",
        /// The process answered with what is no answer.
        Protocol = "reader-protocol",
        /// The process gave up on drawing.
        NotDrawn { reason: Fault } = "reader-not-drawn",
        /// What is to be drawn is not a PDF, is broken, or is locked with a password.
        NotAPdf = "reader-not-a-pdf",
        /// The process gave up on a time token.
        TokenUnread { reason: Fault } = "reader-token-unread",
        /// The PDF has fewer pages.
        NoSuchPage { page: u32, pages: u32 } = "reader-no-such-page",
    }
}
