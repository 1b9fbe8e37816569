//! Bundles in the spool that wait for an officer: their invoices are old, and nobody has said yet that back
//! years are expected.
//!
//! Below `spool/waiting/`, each under its header's digest, with a note beside it that says what an officer
//! is shown. The bundle lies there as it came, encrypted; nothing of it was acknowledged. At most
//! a thousand, and at most half of the room that is free.
//!
//! System calls of the happy path: the note by [`durable::write_atomically`], then rename, fsync.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ArchiveRefusal, Examined, RESERVE, Refused, Why};
use crate::exchange::bundle::cbor;
use crate::exchange::vocabulary::{BundleNumber, Digest, SenderId, StreamId};
use crate::support::durable::{self, DiskError};

/// Bundles that may wait at once.
const MOST_BUNDLES: usize = 1000;
/// Bytes of a note at most.
const NOTE_LIMIT: u64 = 4096;

/// A bundle that waits, as its note says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitingBundle {
    /// The file's name as it came.
    pub file: String,
    /// The SHA-256 of its header.
    pub header: Digest,
    /// Who sealed it.
    pub sender: SenderId,
    /// In which stream.
    pub stream: StreamId,
    /// Under which number.
    pub number: BundleNumber,
    /// Its term, by name.
    pub term: String,
    /// How many invoices.
    pub invoices: u32,
    /// How many of them are old.
    pub old: u32,
    /// When the oldest of them was issued.
    pub oldest: Date,
    /// Bytes of the file.
    pub bytes: u64,
    /// Since when it waits, by the box's clock.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub since: Timestamp,
}

/// The bundles that wait.
pub struct Waiting {
    directory: PathBuf,
}

impl Waiting {
    /// Opens `spool/waiting/` and removes what a crash left there half: a bundle without its note, a note
    /// without its bundle.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn open(directory: &Path) -> Result<Self, DiskError> {
        let waiting = Self { directory: directory.to_owned() };
        let whole: Vec<_> = waiting.list()?.into_iter().map(|bundle| bundle.header).collect();
        for file in waiting.files()? {
            if !whole.iter().any(|header| file == waiting.bundle(header) || file == waiting.note(header)) {
                durable::remove_file(&file)?;
            }
        }
        Ok(waiting)
    }

    /// All of them, by sender and number.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn list(&self) -> Result<Vec<WaitingBundle>, DiskError> {
        let mut bundles = Vec::new();
        for file in self.files()?.iter().filter(|file| file.extension().is_some_and(|end| end == "note")) {
            let note = durable::read_up_to(file, NOTE_LIMIT)?;
            let Ok(bundle) = cbor::decode::<WaitingBundle>(&note, NOTE_LIMIT as usize) else { continue };
            if *file == self.note(&bundle.header) && self.bundle(&bundle.header).is_file() {
                bundles.push(bundle);
            }
        }
        bundles.sort_by_key(|bundle| (bundle.sender, bundle.stream, bundle.number));
        Ok(bundles)
    }

    /// Lets a bundle wait. One that waits already goes on waiting as it was.
    ///
    /// # Errors
    /// [`ArchiveRefusal::WaitingFull`]; what the disk refuses.
    pub fn add(&self, examined: Examined, bundle: WaitingBundle) -> Result<WaitingBundle, Refused> {
        let name = bundle.file.clone();
        self.add_unnamed(examined, bundle).map_err(|why| why.of(&name))
    }

    fn add_unnamed(&self, examined: Examined, bundle: WaitingBundle) -> Result<WaitingBundle, Why> {
        let there = self.list()?;
        if let Some(there) = there.iter().find(|there| there.header == bundle.header) {
            return Ok(there.clone());
        }
        let bytes: u64 = there.iter().map(|there| there.bytes).sum();
        let spool = self.directory.parent().unwrap_or(&self.directory);
        let free = durable::free_space(spool)?.saturating_sub(RESERVE);
        if there.len() >= MOST_BUNDLES || bytes + bundle.bytes > free {
            return Err(ArchiveRefusal::WaitingFull { count: there.len() }.into());
        }
        durable::create_dir_all(&self.directory)?;
        durable::write_atomically(&self.note(&bundle.header), &cbor::encode(&bundle), 0o600)?;
        durable::failpoint("take-waiting-noted");
        examined.leave_at(&self.bundle(&bundle.header))?;
        Ok(bundle)
    }

    /// The file of a bundle that waits.
    #[must_use]
    pub fn bundle(&self, header: &Digest) -> PathBuf {
        self.directory.join(format!("{header}.bundle"))
    }

    fn note(&self, header: &Digest) -> PathBuf {
        self.directory.join(format!("{header}.note"))
    }

    /// Removes a bundle that waits no more.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn remove(&self, header: &Digest) -> Result<(), DiskError> {
        durable::remove_file(&self.note(header))?;
        durable::remove_file(&self.bundle(header))
    }

    fn files(&self) -> Result<Vec<PathBuf>, DiskError> {
        let unreadable = |error: std::io::Error| DiskError::of("read", &self.directory, &error);
        let entries = match std::fs::read_dir(&self.directory) {
            // Nothing has ever waited.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(unreadable)?,
        };
        entries.map(|entry| Ok(entry.map_err(unreadable)?.path())).collect()
    }
}
