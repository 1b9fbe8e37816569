//! What is asked of a sealing, how far it is, and what came of it.

use std::path::PathBuf;

use jiff::Timestamp;

use super::{Refused, TokenMade};
use crate::exchange::law::TermName;
use crate::exchange::vocabulary::{BundleNumber, Class};

/// What is to be sealed, and how.
#[derive(Clone, Debug)]
pub struct Order {
    /// Files and folders; empty with `replaces`: then the files of that bundle.
    pub paths: Vec<PathBuf>,
    /// The folder, on a stick or elsewhere, that the bundles go to.
    pub to: PathBuf,
    /// The class of all of them, where the command line states one.
    pub class: Option<Class>,
    /// The number of a lost or refused bundle whose invoices these are.
    pub replaces: Option<BundleNumber>,
    /// Also documents that an earlier bundle has.
    pub again: bool,
    /// Nothing, if any file is refused.
    pub all_or_nothing: bool,
    /// Now, by the shop's clock.
    pub now: Timestamp,
}

/// How far it is, for whoever shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many of so many files are read.
    Reading {
        /// Files read.
        done: usize,
        /// Of so many.
        of: usize,
    },
    /// So many of a bundle's bytes are sealed.
    Sealing {
        /// The bundle.
        number: BundleNumber,
        /// Bytes of documents.
        done: u64,
        /// Of so many.
        of: u64,
    },
}

/// A bundle that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its number.
    pub number: BundleNumber,
    /// Its term.
    pub term: TermName,
    /// How many invoices are in it.
    pub invoices: u32,
    /// The length of its file.
    pub bytes: u64,
    /// Its file.
    pub path: PathBuf,
}

/// A file that was passed over, because its document is in a bundle already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: PathBuf,
    /// The bundle that it is in; none if another file of this very order is the same document.
    pub bundle: Option<BundleNumber>,
}

/// What came of an order.
#[derive(Default)]
pub struct Sealing {
    /// The bundles, in the order of their numbers.
    pub made: Vec<Made>,
    /// Bundles of an earlier run that was interrupted, now made whole.
    pub finished: Vec<BundleNumber>,
    /// Numbers of earlier runs whose files are not where they were put.
    pub absent: Vec<BundleNumber>,
    /// Files that are in no bundle, and why.
    pub refused: Vec<(PathBuf, Refused)>,
    /// Files whose documents were sealed before.
    pub skipped: Vec<Skipped>,
    /// Files of folders that no pattern takes.
    pub left_alone: usize,
    /// Invoices that were sealed although their sums do not add up.
    pub with_notes: usize,
    /// The time token beside the bundles, or why there is none; absent where nothing was sealed.
    pub time: Option<Result<TokenMade, Refused>>,
    /// Why it ended early: what is in `made` is whole, the rest was not sealed.
    pub stopped: Option<Refused>,
}

impl Sealing {
    /// Whether everything that was asked for is in a bundle.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.refused.is_empty() && self.stopped.is_none()
    }
}
