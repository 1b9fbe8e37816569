//! The device, each sector asked for once.
//!
//! A stick is a computer of its own and may answer a second question differently from the first. So
//! what was decided on is what is used: a sector of the tables stays in memory once it was read, and
//! a sector that streamed past is never asked for again. Both follow from this type, through which
//! every byte comes.

use std::collections::BTreeMap;
use std::io;

use super::StickRefusal;

/// The smallest sector there is, and the unit in which reading is accounted for.
pub(super) const SECTOR: u64 = 512;
pub(super) const SECTOR_BYTES: usize = SECTOR as usize;
/// Sectors of tables that are held, at most: 24 MiB, the chains of 24 GiB in clusters of 4 KiB.
const MOST_HELD: usize = 24 * 1024 * 1024 / SECTOR_BYTES;
/// Separate places that may have been read, at most: what remembering them costs is bounded by it.
const MOST_PLACES: usize = 1 << 18;

/// What bytes come from: a block device or an image. Offsets and lengths are in bytes.
pub trait Blocks {
    /// How many bytes there are.
    fn length(&self) -> u64;

    /// Fills `out` with the bytes from `offset`, all of them.
    ///
    /// # Errors
    /// Where the device does not answer with as many bytes.
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()>;
}

/// A [`Blocks`] of which each sector is read once.
#[derive(Debug)]
pub(super) struct Once<B> {
    blocks: B,
    length: u64,
    held: BTreeMap<u64, Box<[u8; SECTOR_BYTES]>>,
    streamed: Spans,
}

impl<B: Blocks> Once<B> {
    pub(super) fn new(blocks: B) -> Self {
        // A last piece of a sector is on no device, and an image may as well lack it.
        let length = blocks.length() / SECTOR * SECTOR;
        Self { blocks, length, held: BTreeMap::new(), streamed: Spans::default() }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Bytes of a table: its sectors are held for good.
    pub(super) fn table(&mut self, offset: u64, out: &mut [u8]) -> Result<(), StickRefusal> {
        let end = self.end(offset, out.len())?;
        let mut at = offset;
        while at < end {
            let sector = at / SECTOR * SECTOR;
            let upto = end.min(sector + SECTOR);
            let held = self.hold(sector)?;
            let piece = &held[(at - sector) as usize..(upto - sector) as usize];
            out[(at - offset) as usize..(upto - offset) as usize].copy_from_slice(piece);
            at = upto;
        }
        Ok(())
    }

    /// Whole sectors that are wanted once: those of a directory or a file. What a table holds of them
    /// already is taken from there.
    pub(super) fn stream(&mut self, offset: u64, out: &mut [u8]) -> Result<(), StickRefusal> {
        let end = self.end(offset, out.len())?;
        debug_assert!(offset.is_multiple_of(SECTOR) && end.is_multiple_of(SECTOR));
        let mut at = offset;
        while at < end {
            let here = &mut out[(at - offset) as usize..];
            if let Some(held) = self.held.get(&at) {
                here[..SECTOR_BYTES].copy_from_slice(&held[..]);
                at += SECTOR;
                continue;
            }
            let upto = self.held.range(at..end).next().map_or(end, |(next, _)| *next);
            if !self.streamed.take(at, upto) {
                return Err(StickRefusal::Twice);
            }
            if self.streamed.pieces() > MOST_PLACES {
                return Err(StickRefusal::Scattered);
            }
            Self::read(&mut self.blocks, at, &mut here[..(upto - at) as usize])?;
            at = upto;
        }
        Ok(())
    }

    fn hold(&mut self, sector: u64) -> Result<&[u8; SECTOR_BYTES], StickRefusal> {
        if !self.held.contains_key(&sector) {
            if self.streamed.touches(sector, sector + SECTOR) {
                return Err(StickRefusal::Twice);
            }
            if self.held.len() >= MOST_HELD {
                return Err(StickRefusal::Scattered);
            }
            let mut bytes = Box::new([0; SECTOR_BYTES]);
            Self::read(&mut self.blocks, sector, &mut bytes[..])?;
            self.held.insert(sector, bytes);
        }
        Ok(&self.held[&sector])
    }

    fn end(&self, offset: u64, length: usize) -> Result<u64, StickRefusal> {
        let end = offset.checked_add(length as u64).filter(|end| *end <= self.length);
        end.ok_or(StickRefusal::Unreadable { at: offset })
    }

    fn read(blocks: &mut B, at: u64, out: &mut [u8]) -> Result<(), StickRefusal> {
        blocks.read_at(at, out).map_err(|_| StickRefusal::Unreadable { at })
    }
}

/// Places that are taken: what lies between a start and an end that is not part of it.
#[derive(Debug, Default)]
pub(super) struct Spans(BTreeMap<u64, u64>);

impl Spans {
    /// Takes what lies between `start` and `end`, if nothing of it was taken before.
    pub(super) fn take(&mut self, start: u64, end: u64) -> bool {
        if start >= end || self.touches(start, end) {
            return false;
        }
        let mut whole = (start, end);
        if let Some((&before, _)) = self.0.range(..=start).next_back().filter(|(_, upto)| **upto == start) {
            whole.0 = before;
        }
        if let Some(after) = self.0.remove(&end) {
            whole.1 = after;
        }
        self.0.insert(whole.0, whole.1);
        true
    }

    /// Whether something between `start` and `end` was taken.
    pub(super) fn touches(&self, start: u64, end: u64) -> bool {
        self.0.range(..end).next_back().is_some_and(|(_, upto)| *upto > start)
    }

    /// How many separate places.
    pub(super) fn pieces(&self) -> usize {
        self.0.len()
    }
}
