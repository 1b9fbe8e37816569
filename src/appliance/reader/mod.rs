//! The process without keys, files or network that reads documents: dates, numbers and amounts in a
//! record are the sender's word, and here a structured document is held against them. The same kind
//! of process draws a PDF's pages for the console.
//!
//! ```text
//!  archive                       this program once more, as `kluis reader compare`
//!  Piece -> Reader::see ======== record, bytes ========> serve: invoice::compare
//!              \= bytes of common size => shelf ==pread=====^
//!              ^                                            |
//!              +--- next call, finish <-- collector <== Answer (a few bytes, strict)
//!
//!  console                       `kluis reader draw`
//!  draw_pdf ==================== page, width, bytes ===> serve: hayro
//!  PNG <- encoded here <======== pixels, counted ===========+
//!
//!  keeper                        `kluis reader time`
//!  check_token ================= pins, token ==========> serve: time::Token::verify
//!  its two parts, what it proves or why not <== one answer =+
//! ```
//!
//! What it promises:
//! - One process for each bundle, each drawn page and each time token, so that a poisoned one can lie only about its
//!   own. No byte of a document is handed to it before it has said that its cage is shut
//!   ([`cage`](super::cage) has the list of all that it may do): it opens nothing, connects to nothing, starts
//!   nothing, and reads and writes two pipes; documents of common size it reads out of a few pages of memory
//!   (`shelf`) that it has open for reading. If the cage cannot be shut it refuses to start.
//! - Whatever it does, the caller lives and gets an answer: a process that crashes, hangs, or wants
//!   more memory than its cage gives is killed and named with the invoice it was at. It
//!   may keep us waiting 20 seconds for a document, ten minutes for a bundle, 10 seconds for a page.
//! - What comes back is taken for hostile: fixed forms, bounded lengths, characters that could steer
//!   a terminal or a page replaced. Pictures come back as pixels and become PNG on our side.
//!
//! What it does not promise: that an honest process is right about a document that takes it over (it
//! can say "agrees" of its own bundle); anything about documents that no program reads (plain PDFs,
//! pictures, files above 64 MiB), which stand on the sender's word and are counted as such.
//!
//! System calls of the happy path: those of [`cage`](super::cage); for the shelf `memfd_create`, `ftruncate`, `open`,
//! `pwrite64`, and the process's `pread64`.

mod compare;
mod draw;
mod frames;
mod refusal;
mod serve;
mod shelf;
mod time;

#[cfg(test)]
mod tests;

pub use super::cage::program;
pub use compare::{Reader, Verdict};
pub use draw::{MOST_PIXELS, draw_pdf, pdf_pages};
pub use refusal::{Fault, ReaderRefusal};
pub use serve::serve_as;
pub use time::{Checked, check_token};
