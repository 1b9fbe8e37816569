//! The archive: takes bundles in, keeps them, and reads them back.
//!
//! ```text
//!  a file ── spool (copy, digest) ── vet (sender, place, digest) ── examine (key, leaves, law, reader)
//!                                        │      └── meanwhile, in a thread of its own: fsync
//!                                        ├── keep (rename, fsync) ── [keeper: journal, receipt]
//!                                        └── waiting, where an officer must look at old invoices first
//! ```
//! What must outlive its term is copied from here, under a hold's key: [`held`].
//!
//! **Promised.** Nothing of a bundle is decrypted before its sender's signature and its digest held;
//! a bundle that is refused leaves the box's directory as it was; [`Kept`] exists only for a file
//! that is on the disk under its final name. What is read back is checked against what the sender
//! signed, each time. **Not promised.** A bundle is admitted only when the journal says so, which is
//! the keeper's part: a file that was kept and never journaled is taken from the spool again.
//!
//! System calls of the happy path: open(source) open(spool, `O_CREAT|O_EXCL`) read… write…; take
//! over ([`durable::take_over`]); read… beside fsync; rename; fsync(directory).

mod cards;
mod examine;
pub mod held;
mod read;
mod refusal;
mod spool;
mod streams;
mod verify;
mod waiting;

pub use cards::{Cards, MOST_CARDS};
pub use examine::{Examined, Kept, Known, SenderKnown, TermStanding, Vetted, Vetting, vet};
pub use read::{OpenBundle, records};
pub use refusal::{ArchiveRefusal, Refused, Why};
pub use spool::{Spool, Spooled, plain_name};
pub use streams::{Standing, StreamHead, Streams};
pub use verify::{Fault, verify_bundle};
pub use waiting::{Waiting, WaitingBundle};

use std::path::{Path, PathBuf};

use crate::exchange::bundle::Place;
use crate::exchange::law::TermName;
use crate::support::durable::{self, DiskError};

/// Kept free for vault, journal and certificates: no bundle is taken that would eat into it.
pub const RESERVE: u64 = 64 * 1024 * 1024;

/// The folders of the spool that a start does not clear.
const WAITING: &str = "waiting";
const CARDS: &str = "cards";
const PUSH: &str = "push";

/// Where things lie in a box's directory, as far as the archive goes.
#[derive(Clone)]
pub struct Layout {
    directory: PathBuf,
}

impl Layout {
    /// The layout of the box in `directory`.
    #[must_use]
    pub fn of(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// `spool/`
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.directory.join("spool")
    }

    /// `spool/waiting/`
    #[must_use]
    pub fn waiting(&self) -> PathBuf {
        self.spool().join(WAITING)
    }

    /// `spool/cards/`
    #[must_use]
    pub fn cards(&self) -> PathBuf {
        self.spool().join(CARDS)
    }

    /// `spool/push/`
    #[must_use]
    pub fn push(&self) -> PathBuf {
        self.spool().join(PUSH)
    }

    /// `terms/<term>/`
    #[must_use]
    pub fn term(&self, term: &TermName) -> PathBuf {
        self.directory.join("terms").join(term.as_str())
    }

    /// `terms/<term>/bundles/`
    #[must_use]
    pub fn bundles(&self, term: &TermName) -> PathBuf {
        self.term(term).join("bundles")
    }

    /// `terms/<term>/strays/`: bundles that the journal does not know.
    #[must_use]
    pub fn strays(&self, term: &TermName) -> PathBuf {
        self.term(term).join("strays")
    }

    /// `terms/<term>/catalogue/`
    #[must_use]
    pub fn catalogue(&self, term: &TermName) -> PathBuf {
        self.term(term).join("catalogue")
    }

    /// `terms/<term>/bundles/<stream>-<number>.bundle`
    #[must_use]
    pub fn bundle(&self, term: &TermName, place: Place) -> PathBuf {
        self.bundles(term).join(format!("{}-{:06}.bundle", place.stream, place.number.0))
    }

    /// `holds/`
    #[must_use]
    pub fn holds(&self) -> PathBuf {
        self.directory.join("holds")
    }

    /// `holds/<hold>/`
    #[must_use]
    pub fn hold(&self, hold: &str) -> PathBuf {
        self.holds().join(hold)
    }

    /// Makes the directories of a new term.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn create_term(&self, term: &TermName) -> Result<(), DiskError> {
        durable::create_dir_all(&self.bundles(term))
    }
}
