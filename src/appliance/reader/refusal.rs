//! What is refused.

pub use crate::appliance::cage::Fault;
use crate::appliance::cage::NotStarted;
use crate::exchange::invoice::Field;

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

impl From<NotStarted> for ReaderRefusal {
    fn from(error: NotStarted) -> Self {
        Self::Unavailable { reason: error.to_string() }
    }
}
