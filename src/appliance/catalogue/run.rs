//! A sorted run: its pages of entries, and behind them the pages of its fences and filter.

use sled::IVec;
use zeroize::Zeroizing;

use super::codec::{Malformed, Reader, put_number};
use super::index::{self, Fences, Filter, Range};
use super::page::{Entries, Entry, PageBuilder};
use super::refusal::CatalogueRefusal;
use super::row::Space;
use super::seal::{CONTENT_SIZE, Holds, Place, Sealer};
use super::store::{Key, Store};

/// Where pages are kept and how they are opened.
#[derive(Clone, Copy)]
pub(super) struct Shelf<'a> {
    pub(super) store: &'a Store,
    pub(super) sealer: &'a Sealer,
}

impl Shelf<'_> {
    fn open(&self, place: Place, sealed: &IVec) -> Result<Zeroizing<Vec<u8>>, CatalogueRefusal> {
        self.sealer.open(place, sealed).map_err(|_| self.store.damaged())
    }

    /// Turns what does not decode into *damaged*.
    pub(super) fn whole<T>(&self, read: Result<T, Malformed>) -> Result<T, CatalogueRefusal> {
        read.map_err(|Malformed| self.store.damaged())
    }
}

/// What the meta page says of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RunInfo {
    /// Its number; none is used twice.
    pub(super) id: u64,
    /// Drawn for this run; part of what every page of it is sealed with.
    pub(super) generation: u64,
    /// Pages of entries, from page 0 on.
    pub(super) pages: u32,
    /// Pages of fences and filter, after them.
    pub(super) index_pages: u32,
    /// How long fences and filter are.
    index_size: u64,
    /// How many entries.
    pub(super) entries: u64,
    /// How many hashes its filter was made for.
    pub(super) hashes: u64,
}

impl RunInfo {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        for number in [
            self.id,
            self.generation,
            u64::from(self.pages),
            u64::from(self.index_pages),
            self.index_size,
            self.entries,
            self.hashes,
        ] {
            put_number(out, number);
        }
    }

    pub(super) fn decode(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            id: from.number()?,
            generation: from.number()?,
            pages: from.small()?,
            index_pages: from.small()?,
            index_size: from.number()?,
            entries: from.number()?,
            hashes: from.number()?,
        })
    }

    /// All its pages.
    pub(super) fn all_pages(&self) -> u32 {
        self.pages.saturating_add(self.index_pages)
    }

    /// Runs of a class are merged with each other: 0 is below 8 pages of entries, 1 below 64, and so on.
    pub(super) fn size_class(&self) -> u32 {
        self.pages.max(1).ilog2() / 3
    }
}

/// A run that can be looked into.
pub(super) struct Run {
    pub(super) info: RunInfo,
    fences: Fences,
    filter: Filter,
}

impl Run {
    /// Reads fences and filter of a run that the meta page names.
    pub(super) fn load(shelf: Shelf<'_>, info: RunInfo) -> Result<Self, CatalogueRefusal> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(info.index_pages as usize * CONTENT_SIZE));
        for page in info.pages..info.all_pages() {
            let place = Place { holds: Holds::Index, run: info.id, page, generation: info.generation };
            bytes.extend_from_slice(&shelf.open(place, &shelf.store.get(Key(info.id, page))?)?);
        }
        let size = usize::try_from(info.index_size).map_err(|_| Malformed);
        let bytes = size.and_then(|size| bytes.get(..size).ok_or(Malformed));
        let (fences, filter) = shelf.whole(bytes.and_then(|bytes| index::decode(info.pages, bytes)))?;
        Ok(Self { info, fences, filter })
    }

    fn page(&self, shelf: Shelf<'_>, page: usize) -> Result<Zeroizing<Vec<u8>>, CatalogueRefusal> {
        let page = u32::try_from(page).map_err(|_| shelf.store.damaged())?;
        let Self { info: RunInfo { id, generation, .. }, .. } = *self;
        let place = Place { holds: Holds::Entries, run: id, page, generation };
        shelf.open(place, &shelf.store.get(Key(id, page))?)
    }

    /// The pages that must be read for a range.
    pub(super) fn pages_of(&self, space: Space, range: &Range) -> std::ops::Range<usize> {
        match range.question(space) {
            Some(question) if !self.filter.perhaps(question) => 0..0,
            _ => self.fences.pages_of(space, range),
        }
    }

    /// Shows every entry of a range, in order.
    pub(super) fn scan(
        &self,
        shelf: Shelf<'_>,
        space: Space,
        range: &Range,
        each: &mut impl FnMut(Entry<'_>) -> Result<(), CatalogueRefusal>,
    ) -> Result<(), CatalogueRefusal> {
        for page in self.pages_of(space, range) {
            let content = self.page(shelf, page)?;
            for entry in shelf.whole(Entries::new(&content))? {
                let entry = shelf.whole(entry)?;
                if entry.space > space || entry.space == space && range.ends_before(entry.key) {
                    return Ok(());
                }
                if entry.space == space && range.holds(entry.key) {
                    each(entry)?;
                }
            }
        }
        Ok(())
    }

    /// Reads every page, and holds it against what the meta page and the fences say.
    pub(super) fn check(&self, shelf: Shelf<'_>) -> Result<(), CatalogueRefusal> {
        let mut count = 0;
        for page in 0..self.fences.pages() {
            let content = self.page(shelf, page)?;
            let mut last: Option<Entry<'_>> = None;
            for entry in shelf.whole(Entries::new(&content))? {
                let entry = shelf.whole(entry)?;
                if last.is_some_and(|last| last >= entry) {
                    return Err(shelf.store.damaged());
                }
                last = Some(entry);
                count += 1;
            }
        }
        if count == self.info.entries { Ok(()) } else { Err(shelf.store.damaged()) }
    }

    /// Reads the run from its first entry to its last, a page at a time.
    pub(super) fn walk<'a>(&'a self, shelf: Shelf<'a>) -> Result<Walk<'a>, CatalogueRefusal> {
        let mut walk = Walk { run: self, shelf, page: 0, content: Zeroizing::default(), at: 0..0, left: 0 };
        walk.advance()?;
        Ok(walk)
    }
}

/// One run being read for a merge.
pub(super) struct Walk<'a> {
    run: &'a Run,
    shelf: Shelf<'a>,
    /// The next page.
    page: usize,
    content: Zeroizing<Vec<u8>>,
    /// Where the current entry lies in the content.
    at: std::ops::Range<usize>,
    /// Entries of this page, the current one counted.
    left: u16,
}

impl Walk<'_> {
    /// The entry that it stands on, or none at the end.
    pub(super) fn entry(&self) -> Result<Option<Entry<'_>>, CatalogueRefusal> {
        if self.left == 0 {
            return Ok(None);
        }
        let entry = Entry::read(&mut Reader(&self.content[self.at.clone()]));
        self.shelf.whole(entry).map(Some)
    }

    /// Goes on to the next entry.
    pub(super) fn advance(&mut self) -> Result<(), CatalogueRefusal> {
        self.left = self.left.saturating_sub(1);
        let mut start = self.at.end;
        while self.left == 0 {
            if self.page == self.run.fences.pages() {
                return Ok(());
            }
            self.content = self.run.page(self.shelf, self.page)?;
            self.page += 1;
            let (left, first) = self.shelf.whole(Entries::head(&self.content))?;
            (self.left, start) = (left, first);
        }
        let rest = self.content.get(start..).unwrap_or_default();
        let size = self.shelf.whole(Entry::read(&mut Reader(rest)))?.size();
        self.at = start..start + size;
        Ok(())
    }
}

/// Pages that are handed to sled at once: its memory grows with the size of a batch.
const BATCH: usize = 32;

/// Writes a run. Until the meta page names it, it is not there.
pub(super) struct RunWriter<'a> {
    shelf: Shelf<'a>,
    info: RunInfo,
    fences: Fences,
    filter: Filter,
    page: PageBuilder,
    waiting: Vec<(Key, Vec<u8>)>,
}

impl<'a> RunWriter<'a> {
    /// Begins run `id`, whose keys have at most `hashes` hashes.
    pub(super) fn new(shelf: Shelf<'a>, id: u64, hashes: u64) -> Self {
        let mut generation = [0; 8];
        getrandom::fill(&mut generation).expect("the kernel's random generator answers");
        Self {
            shelf,
            info: RunInfo {
                id,
                generation: u64::from_le_bytes(generation),
                pages: 0,
                index_pages: 0,
                index_size: 0,
                entries: 0,
                hashes,
            },
            fences: Fences::default(),
            filter: Filter::for_hashes(hashes),
            page: PageBuilder::new(),
            waiting: Vec::with_capacity(BATCH),
        }
    }

    /// Adds the next entry; they come in order.
    pub(super) fn push(&mut self, entry: &Entry<'_>) -> Result<(), CatalogueRefusal> {
        if !self.page.push(entry) {
            self.end_page()?;
            self.page.push(entry);
        }
        if self.page.len() == 1 {
            self.shelf.whole(self.fences.push(entry.space, entry.key))?;
        }
        self.filter.insert(entry.space, entry.key);
        self.info.entries += 1;
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), CatalogueRefusal> {
        let content = self.page.finish();
        self.put(Holds::Entries, &content)?;
        self.info.pages += 1;
        Ok(())
    }

    fn put(&mut self, holds: Holds, content: &[u8]) -> Result<(), CatalogueRefusal> {
        let RunInfo { id, generation, .. } = self.info;
        let page = self.info.all_pages();
        let sealed = self.shelf.sealer.seal(Place { holds, run: id, page, generation }, content);
        self.waiting.push((Key(id, page), sealed));
        if self.waiting.len() == BATCH { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), CatalogueRefusal> {
        self.shelf.store.put_all(self.waiting.drain(..))
    }

    /// Writes what is left, fences and filter. Nothing is flushed yet.
    pub(super) fn finish(mut self) -> Result<Run, CatalogueRefusal> {
        if self.page.len() > 0 {
            self.end_page()?;
        }
        let index = index::encode(&self.fences, &self.filter);
        for part in index.chunks(CONTENT_SIZE) {
            self.put(Holds::Index, part)?;
            self.info.index_pages += 1;
        }
        self.info.index_size = index.len() as u64;
        self.hand_over()?;
        Ok(Run { info: self.info, fences: self.fences, filter: self.filter })
    }
}
