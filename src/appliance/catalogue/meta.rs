//! The meta page: which bundles are indexed, and which runs hold them. Writing it is the moment at
//! which anything changes.

use std::collections::{BTreeMap, BTreeSet};

use super::codec::{Malformed, Reader, put_number};
use super::refusal::CatalogueRefusal;
use super::row::BundleRef;
use super::run::{RunInfo, Shelf};
use super::seal::{Holds, Place};
use super::store::Key;
use crate::exchange::vocabulary::{BundleNumber, StreamId};

/// The form of rows, pages, indices and of this page, together. Another number is *damaged*: the
/// catalogue is made again.
const FORM: u8 = 1;
/// Where it lies. Runs begin at 1.
const KEY: Key = Key(0, 0);

/// The content of the meta page, and its generation.
#[derive(Default)]
pub(super) struct Meta {
    /// Grows by one with every writing.
    generation: u64,
    /// The next run's number.
    pub(super) next_run: u64,
    /// Streams in the order in which they were first seen: a row names its stream by its place here.
    streams: Vec<StreamId>,
    /// The bundles indexed, by place of their stream.
    bundles: BTreeMap<u64, BTreeSet<u64>>,
    /// Runs that were merged away, and how many pages of theirs may still be there.
    pub(super) leftovers: Vec<(u64, u32)>,
}

impl Meta {
    pub(super) fn new() -> Self {
        Self { next_run: 1, ..Self::default() }
    }

    /// Reads it, with the runs that it names; `None` where there is none yet.
    pub(super) fn read(shelf: Shelf<'_>) -> Result<Option<(Self, Vec<RunInfo>)>, CatalogueRefusal> {
        let Some(value) = shelf.store.get_if_any(KEY)? else { return Ok(None) };
        let read = || {
            let (generation, sealed) = value.split_at_checked(8).ok_or(Malformed)?;
            let generation = u64::from_be_bytes(generation.try_into().map_err(|_| Malformed)?);
            let place = Place { holds: Holds::Meta, run: 0, page: 0, generation };
            let content = shelf.sealer.open(place, sealed).map_err(|_| Malformed)?;
            Self::decode(generation, &content)
        };
        shelf.whole(read()).map(Some)
    }

    /// Writes it with the runs that hold now. What came before must have been flushed.
    pub(super) fn write<'a>(
        &mut self,
        shelf: Shelf<'_>,
        runs: impl ExactSizeIterator<Item = &'a RunInfo>,
    ) -> Result<(), CatalogueRefusal> {
        self.generation += 1;
        let place = Place { holds: Holds::Meta, run: 0, page: 0, generation: self.generation };
        let mut value = self.generation.to_be_bytes().to_vec();
        value.extend(shelf.sealer.seal(place, &self.encode(runs)));
        shelf.store.put(KEY, value)?;
        shelf.store.flush()
    }

    /// Whether the bundle is indexed.
    pub(super) fn has(&self, (stream, number): BundleRef) -> bool {
        let place = self.streams.iter().position(|known| *known == stream);
        place.is_some_and(|place| {
            self.bundles.get(&(place as u64)).is_some_and(|numbers| numbers.contains(&number.0))
        })
    }

    /// The place of the bundle's stream, which is made if need be.
    pub(super) fn place_of(&mut self, stream: StreamId) -> u64 {
        let known = self.streams.iter().position(|known| *known == stream);
        known.unwrap_or_else(|| {
            self.streams.push(stream);
            self.streams.len() - 1
        }) as u64
    }

    /// The stream at a place.
    pub(super) fn stream(&self, place: u64) -> Result<StreamId, Malformed> {
        usize::try_from(place).ok().and_then(|place| self.streams.get(place)).copied().ok_or(Malformed)
    }

    /// Notes the bundle as indexed, from the next writing on.
    pub(super) fn mark(&mut self, (stream, number): BundleRef) {
        let place = self.place_of(stream);
        self.bundles.entry(place).or_default().insert(number.0);
    }

    /// Takes [`Meta::mark`] back.
    pub(super) fn unmark(&mut self, (stream, number): BundleRef) {
        let place = self.place_of(stream);
        self.bundles.entry(place).or_default().remove(&number.0);
    }

    /// All bundles indexed.
    pub(super) fn indexed(&self) -> BTreeSet<BundleRef> {
        let streams = self.streams.iter().enumerate();
        streams
            .flat_map(|(place, stream)| {
                let numbers = self.bundles.get(&(place as u64)).into_iter().flatten();
                numbers.map(|number| (*stream, BundleNumber(*number)))
            })
            .collect()
    }

    fn encode<'a>(&self, runs: impl ExactSizeIterator<Item = &'a RunInfo>) -> Vec<u8> {
        let mut out = vec![FORM];
        put_number(&mut out, self.next_run);
        put_number(&mut out, self.streams.len() as u64);
        for (place, stream) in self.streams.iter().enumerate() {
            out.extend_from_slice(&stream.0);
            let numbers = self.bundles.get(&(place as u64));
            put_number(&mut out, numbers.map_or(0, BTreeSet::len) as u64);
            let mut before = 0;
            for number in numbers.into_iter().flatten() {
                // Steps: most are small.
                put_number(&mut out, number - before);
                before = *number;
            }
        }
        put_number(&mut out, runs.len() as u64);
        for run in runs {
            run.encode(&mut out);
        }
        put_number(&mut out, self.leftovers.len() as u64);
        for (run, pages) in &self.leftovers {
            put_number(&mut out, *run);
            put_number(&mut out, u64::from(*pages));
        }
        out
    }

    fn decode(generation: u64, content: &[u8]) -> Result<(Self, Vec<RunInfo>), Malformed> {
        let mut from = Reader(content);
        if from.take(1)? != [FORM] {
            return Err(Malformed);
        }
        // Counts are not trusted with memory: what they promise must be there to be read.
        let mut meta = Self { generation, next_run: from.number()?, ..Self::default() };
        for place in 0..from.number()? {
            meta.streams.push(StreamId(from.array()?));
            let numbers = meta.bundles.entry(place).or_default();
            let mut before = 0u64;
            for _ in 0..from.number()? {
                before = before.checked_add(from.number()?).ok_or(Malformed)?;
                numbers.insert(before);
            }
        }
        let mut runs = Vec::new();
        for _ in 0..from.number()? {
            runs.push(RunInfo::decode(&mut from)?);
        }
        for _ in 0..from.number()? {
            meta.leftovers.push((from.number()?, from.small()?));
        }
        // The rest is the page's filling.
        Ok((meta, runs))
    }
}
