//! The look-up index of one term: which invoices there are, and what the list of results shows of
//! them.
//!
//! # What it promises
//! - An answer is either right for the bundles that [`Catalogue::indexed`] names, or
//!   [`CatalogueRefusal::Damaged`]. Every page is sealed with its place and opens nowhere else.
//! - Nothing of an invoice, and no search key, lies on the disk in clear: not in sled's keys, which
//!   are numbers, not in removed values, which sled leaves in its file, not in the sizes of pages,
//!   which are all the same. How many invoices there are about, and when they came, can be seen.
//! - A bundle is indexed whole or not at all, and to index it again changes nothing.
//! - Memory is bounded by what is open, not by what is asked: fences and filters of the runs (about
//!   60 bytes an invoice), the rows of one page of results, and what sled holds ([`store`] counts it:
//!   2 MiB at rest, 24 MiB in a long series of look-ups). The keys kept in memory are wiped when the
//!   catalogue is closed or dropped.
//!
//! # What it does not promise
//! - To last. It is derived from the bundles; whenever it is damaged, or another program's form, its
//!   directory is removed and the bundles are indexed again. After a power cut it may lag
//!   ([`State::missing`]) or be damaged.
//! - To be small: a row stands under each of its keys, about 1.2 kB an invoice, and sled's file keeps
//!   the room of what was merged away.
//! - That nobody sees which pages are read: who watches the disk learns that.
//! - To wipe what sled, the allocator and the caller hold: sled holds sealed pages only; rows handed
//!   out, and the keys of a bundle while it is indexed, are ordinary memory.
//!
//! # What comes in and goes out
//! ```text
//! Record --Row::new--> row + keys --sorted--> run of pages --meta page--> indexed
//!                                              8 runs of a size --merge--> 1 run
//! Query --conditions--> key ranges --filter, fences--> pages --open--> rows --> Hits
//! ```
//! A run holds all keys of one bundle (or of the runs merged into it), space after space ([`row`]):
//! so a bundle of five invoices takes some nine pages, not six runs of two. Each entry carries the whole
//! row: a look-up by number reads one page per run that the filter does not rule out, mostly one in
//! all.
//!
//! # Measured
//! 100,000 invoices in 400 bundles over eight terms (`tests.rs`, 2 busy cores, all eight asked): by
//! number 41 us at the median before merging and 18 us after it, by a customer's number with five
//! invoices 78 and 47 us, p99 0.2 ms where nothing is reopened; opened in 0.1 to 0.6 s; 220 MiB of
//! file, 312 MiB after merging. Resident 114 MiB, of which the C library's allocator keeps some 60
//! that are free; with a fixed `mmap` threshold (`MALLOC_MMAP_THRESHOLD_=65536`) 58 MiB.
//!
//! # Order of writing
//! Pages of a run, `flush`; meta page, `flush`; only then are pages of merged runs removed. A crash
//! leaves either pages that no meta page names (removed when it is opened next) or pages listed as
//! left over (the same).

mod codec;
mod fold;
mod index;
mod meta;
mod page;
mod query;
mod refusal;
mod row;
mod run;
mod seal;
mod search;
mod store;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeSet;
use std::path::Path;

pub use fold::TEXT_MOST;
pub use query::{CurrencySums, Cursor, Hits, Match, Order, Query, ROWS_MOST, Sums, Totals};
pub use refusal::CatalogueRefusal;
pub use row::{ARTICLES_MOST, BundleRef, Row};
pub use seal::Sealer;

use crate::exchange::vocabulary::BundleNumber;
use meta::Meta;
use run::{Run, Shelf};
use store::Store;

/// The bundles of a term that the journal has admitted: what the catalogue should hold.
pub type Progress = BTreeSet<BundleRef>;

/// What opening found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Bundles that are not indexed yet: the caller adds them.
    pub missing: BTreeSet<BundleRef>,
}

/// One term's catalogue, open. Dropping it closes it and wipes its keys.
pub struct Catalogue {
    store: Store,
    sealer: Sealer,
    meta: Meta,
    runs: Vec<Run>,
}

impl Catalogue {
    /// Opens the catalogue in `dir` (sled's directory and nothing else's), or makes an empty one.
    /// Says which of the `expected` bundles are not in it.
    ///
    /// # Errors
    /// [`CatalogueRefusal::Damaged`]: something does not open, or there are bundles in it that are
    /// not expected; the caller removes `dir` and starts again. [`CatalogueRefusal::Busy`] and
    /// [`CatalogueRefusal::Disk`]: nothing is wrong with the content. After *disk* from any call, close it
    /// and open it again: sled does not recover by itself.
    pub fn open(dir: &Path, sealer: Sealer, expected: &Progress) -> Result<(Self, State), CatalogueRefusal> {
        let store = Store::open(dir, sealer.term())?;
        let shelf = Shelf { store: &store, sealer: &sealer };
        let (meta, infos) = Meta::read(shelf)?.unwrap_or_else(|| (Meta::new(), Vec::new()));
        let indexed = meta.indexed();
        if !indexed.is_subset(expected) {
            return Err(store.damaged());
        }
        store.remove_from(meta.next_run)?;
        let runs = infos.into_iter().map(|info| Run::load(shelf, info)).collect::<Result<Vec<_>, _>>()?;
        let state = State { missing: expected.difference(&indexed).copied().collect() };
        let mut catalogue = Self { store, sealer, meta, runs };
        catalogue.clear_leftovers()?;
        Ok((catalogue, state))
    }

    /// Removes the pages of runs that were merged away, and notes that they are gone.
    fn clear_leftovers(&mut self) -> Result<(), CatalogueRefusal> {
        if self.meta.leftovers.is_empty() {
            return Ok(());
        }
        for (run, pages) in &self.meta.leftovers {
            self.store.remove_run(*run, *pages)?;
        }
        self.store.flush()?;
        self.meta.leftovers.clear();
        let shelf = Shelf { store: &self.store, sealer: &self.sealer };
        self.meta.write(shelf, self.runs.iter().map(|run| &run.info))
    }

    fn shelf(&self) -> Shelf<'_> {
        Shelf { store: &self.store, sealer: &self.sealer }
    }

    /// The bundles indexed.
    #[must_use]
    pub fn indexed(&self) -> BTreeSet<BundleRef> {
        self.meta.indexed()
    }

    /// How many runs there are: a look-up asks each.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// Lets go of the memory that look-ups have filled. It takes some milliseconds when there is
    /// something to let go of, so call it when nobody waits; look-ups do it themselves only at twelve
    /// times as much.
    ///
    /// # Errors
    /// Those of [`Catalogue::open`].
    pub fn rest(&self) -> Result<(), CatalogueRefusal> {
        self.store.rest()
    }

    /// Reads every page and holds it against the meta page.
    ///
    /// # Errors
    /// [`CatalogueRefusal::Damaged`] where one does not open or does not fit.
    pub fn check(&self) -> Result<(), CatalogueRefusal> {
        self.runs.iter().try_for_each(|run| run.check(self.shelf()))
    }
}
