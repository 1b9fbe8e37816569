//! What the log on disk refuses, and how it says so.

use std::borrow::Cow;
use std::fmt;

use crate::refusals;
use crate::support::durable::DiskError;
use crate::support::words::{Language, Said};

refusals! {
    /// Why the journal is not opened, not written to, or not as it was.
    pub enum LogRefusal {
        /// A public event was to be sealed, or another was not.
        Misplaced { kind: u8, place: String } = "journal-misplaced",
        /// An event's body is over the bound.
        BodyTooLong { bytes: usize, limit: usize } = "journal-body-too-long",
        /// A year or a term's name that cannot be a file's.
        PlaceName { place: String } = "journal-place-name",
        /// An earlier write failed; what the disk has is known again after opening anew.
        Broken = "journal-broken",
        /// The checkpoint on the disk is not one that this box signed.
        CheckpointBad { path: String } = "journal-checkpoint-bad",
        /// The log is shorter than its own checkpoint: an old copy, or a part.
        LogShorter { size: u64, signed: u64 } = "journal-log-shorter",
        /// The log does not lead to its own checkpoint.
        LogContradicts { signed: u64 } = "journal-log-contradicts",
        /// The entries no longer lead to the root that was signed since the journal was opened.
        EntriesDamaged { size: u64 } = "journal-entries-damaged",
        /// A checkpoint came back that is longer than the log.
        SeenLonger { seen: u64, size: u64 } = "journal-seen-longer",
        /// A checkpoint came back that the log does not lead to.
        SeenContradicts { seen: u64 } = "journal-seen-contradicts",
        /// No such entry is durable yet.
        NotWritten { index: u64, size: u64 } = "journal-not-written",
        /// What was handed in does not open that entry.
        OpeningForeign { index: u64 } = "journal-opening-foreign",
        /// An event log is not of its form at this byte.
        EventsDamaged { path: String, offset: u64 } = "journal-events-damaged",
        /// A record's seal does not hold: damaged, or another key.
        EventSealed { path: String, index: u64 } = "journal-event-sealed",
        /// A record is not what its entry commits to.
        EventForeign { path: String, index: u64 } = "journal-event-foreign",
        /// An entry has no record where it must have one.
        EventMissing { index: u64 } = "journal-event-missing",
        /// An entry of a kind that this program does not know.
        EntryKind { index: u64, kind: u8 } = "journal-entry-kind",
        /// A tile is not what the log says it must be.
        TileDamaged { path: String } = "journal-tile-damaged",
    }
}

/// A refusal of the journal's own, or one of the disk below it.
#[derive(Debug, Clone, PartialEq)]
pub enum LogError {
    /// The journal's own.
    Refused(LogRefusal),
    /// The disk's.
    Disk(DiskError),
}

impl From<LogRefusal> for LogError {
    fn from(refusal: LogRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<DiskError> for LogError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl Said for LogError {
    fn code(&self) -> Cow<'static, str> {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Disk(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Refused(refusal) => refusal.fields(),
            Self::Disk(error) => error.fields(),
        }
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::En))
    }
}

impl std::error::Error for LogError {}
