//! How bundles come in, and how runs are merged.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use super::Catalogue;
use super::codec::put_number;
use super::index::hashes_of;
use super::page::Entry;
use super::refusal::CatalogueRefusal;
use super::row::{BundleRef, Row, Space};
use super::run::{Run, RunInfo, RunWriter, Shelf};
use crate::exchange::invoice::Record;

/// Runs of a size class that are merged into one.
const FAN_IN: usize = 8;
/// Bytes of keys and rows that are sorted in memory; a bundle with more becomes several runs.
const SORTED_AT_ONCE: usize = 8 << 20;

/// Keys and rows that wait to be sorted and written.
#[derive(Default)]
struct Unsorted {
    /// Space, key, and the row's place in `rows`.
    keys: Vec<(Space, Vec<u8>, u32)>,
    rows: Vec<Vec<u8>>,
    size: usize,
}

impl Unsorted {
    fn add(&mut self, stream: u64, row: &Row, record: &Record) {
        let mut bytes = Vec::with_capacity(128);
        put_number(&mut bytes, stream);
        put_number(&mut bytes, row.bundle.1.0);
        put_number(&mut bytes, u64::from(row.leaf));
        bytes.extend(row.encode());
        self.size += bytes.len();
        let place = self.rows.len() as u32;
        self.rows.push(bytes);
        for (space, key) in row.all_keys(record) {
            self.size += key.len() + size_of::<(Space, Vec<u8>, u32)>();
            self.keys.push((space, key, place));
        }
    }

    /// Sorts it and writes it as run `id`; it is empty afterwards.
    fn write(&mut self, shelf: Shelf<'_>, id: u64) -> Result<Run, CatalogueRefusal> {
        let Self { mut keys, rows, .. } = std::mem::take(self);
        let row = |place: u32| rows[place as usize].as_slice();
        keys.sort_unstable_by(|a, b| (a.0, &a.1, row(a.2)).cmp(&(b.0, &b.1, row(b.2))));
        let hashes = keys.iter().map(|(space, key, _)| hashes_of(*space, key)).sum();
        let mut writer = RunWriter::new(shelf, id, hashes);
        for (space, key, place) in &keys {
            writer.push(&Entry { space: *space, key, row: row(*place) })?;
        }
        writer.finish()
    }
}

impl Catalogue {
    /// Indexes one bundle: its leaves with their records. Says whether it was new; one that is
    /// indexed already is left as it is. It may be far behind the bundle's admission, in any order.
    ///
    /// Costs two flushes. Memory: that of the keys of one bundle, at most about 32 MiB.
    ///
    /// # Errors
    /// [`CatalogueRefusal::Disk`]: nothing has changed. [`CatalogueRefusal::Damaged`] as everywhere.
    pub fn add_bundle<R: Borrow<Record>>(
        &mut self,
        bundle: BundleRef,
        records: impl IntoIterator<Item = (u32, R)>,
    ) -> Result<bool, CatalogueRefusal> {
        if self.meta.has(bundle) {
            return Ok(false);
        }
        let stream = self.meta.place_of(bundle.0);
        let shelf = Shelf { store: &self.store, sealer: &self.sealer };
        // What an attempt that failed may have left.
        shelf.store.remove_from(self.meta.next_run)?;
        let mut unsorted = Unsorted::default();
        let mut made = Vec::new();
        for (leaf, record) in records {
            let record = record.borrow();
            unsorted.add(stream, &Row::new(bundle, leaf, record), record);
            if unsorted.size > SORTED_AT_ONCE {
                made.push(unsorted.write(shelf, self.meta.next_run + made.len() as u64)?);
            }
        }
        if !unsorted.keys.is_empty() {
            made.push(unsorted.write(shelf, self.meta.next_run + made.len() as u64)?);
        }
        shelf.store.flush()?;
        self.meta.next_run += made.len() as u64;
        self.meta.mark(bundle);
        let runs: Vec<&RunInfo> = self.runs.iter().chain(&made).map(|run| &run.info).collect();
        if let Err(refused) = self.meta.write(shelf, runs.into_iter()) {
            self.meta.unmark(bundle);
            return Err(refused);
        }
        self.runs.append(&mut made);
        self.store.rest()?;
        Ok(true)
    }

    /// Merges runs until no size class has eight of them. Says how many merges there were.
    ///
    /// # Errors
    /// As [`Catalogue::compact_step`].
    pub fn compact(&mut self) -> Result<usize, CatalogueRefusal> {
        let mut merges = 0;
        while self.compact_step()? {
            merges += 1;
        }
        Ok(merges)
    }

    /// Merges eight runs of one size class, if there are so many: call it after a bundle or when
    /// idle, until it says that there was nothing to do. The time is that of reading and writing the
    /// runs; memory a page of each.
    ///
    /// # Errors
    /// [`CatalogueRefusal::Disk`]: the old runs hold. [`CatalogueRefusal::Damaged`] as everywhere.
    pub fn compact_step(&mut self) -> Result<bool, CatalogueRefusal> {
        let mut classes: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (place, run) in self.runs.iter().enumerate() {
            classes.entry(run.info.size_class()).or_default().push(place);
        }
        let Some(places) = classes.into_values().find(|places| places.len() >= FAN_IN) else {
            return Ok(false);
        };
        self.merge(&places[..FAN_IN])?;
        Ok(true)
    }

    /// Merges the runs at `places` into one.
    fn merge(&mut self, places: &[usize]) -> Result<(), CatalogueRefusal> {
        let shelf = Shelf { store: &self.store, sealer: &self.sealer };
        let merged: Vec<&Run> = places.iter().map(|place| &self.runs[*place]).collect();
        shelf.store.remove_from(self.meta.next_run)?;
        let made = merge_runs(shelf, self.meta.next_run, &merged)?;
        shelf.store.flush()?;

        // The switch. Until it is written, the old runs hold.
        let known = self.meta.leftovers.len();
        self.meta.leftovers.extend(merged.iter().map(|run| (run.info.id, run.info.all_pages())));
        self.meta.next_run += 1;
        let kept = |place: &usize| !places.contains(place);
        let mut infos: Vec<&RunInfo> =
            (0..self.runs.len()).filter(kept).map(|place| &self.runs[place].info).collect();
        infos.push(&made.info);
        if let Err(refused) = self.meta.write(shelf, infos.into_iter()) {
            self.meta.leftovers.truncate(known);
            return Err(refused);
        }
        let mut place = 0;
        self.runs.retain(|_| {
            place += 1;
            kept(&(place - 1))
        });
        self.runs.push(made);

        self.clear_leftovers()?;
        self.store.rest()
    }
}

/// Writes the entries of several runs as one, in order.
fn merge_runs(shelf: Shelf<'_>, id: u64, merged: &[&Run]) -> Result<Run, CatalogueRefusal> {
    let hashes = merged.iter().map(|run| run.info.hashes).fold(0, u64::saturating_add);
    let mut writer = RunWriter::new(shelf, id, hashes);
    let mut walks = merged.iter().map(|run| run.walk(shelf)).collect::<Result<Vec<_>, _>>()?;
    // Which walk stands on the smallest entry. So few walks are compared faster than a heap is kept.
    loop {
        let mut first: Option<(usize, Entry<'_>)> = None;
        for (place, walk) in walks.iter().enumerate() {
            if let Some(entry) = walk.entry()?
                && first.as_ref().is_none_or(|(_, smallest)| entry < *smallest)
            {
                first = Some((place, entry));
            }
        }
        let Some((place, entry)) = first else { break };
        writer.push(&entry)?;
        walks[place].advance()?;
    }
    writer.finish()
}
