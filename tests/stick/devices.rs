//! Devices to read from, and what comes of reading them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use factuurkluis::appliance::airlock::volume::{Blocks, Found, Listing, StickRefusal, Volume};

/// An image in a file.
pub(crate) struct Image(pub(crate) File);

impl Blocks for Image {
    fn length(&self) -> u64 {
        self.0.metadata().unwrap().len()
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(out, offset)
    }
}

/// An image in memory.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Blocks for Bytes<'_> {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap();
        let piece = self.0.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(piece);
        Ok(())
    }
}

/// A device of which only a few sectors are not zero.
#[derive(Clone, Default)]
pub(crate) struct Sparse {
    pub(crate) length: u64,
    pub(crate) sectors: BTreeMap<u64, [u8; 512]>,
}

impl Sparse {
    pub(crate) fn new(length: u64) -> Self {
        Self { length, sectors: BTreeMap::new() }
    }

    pub(crate) fn put(&mut self, offset: u64, bytes: &[u8]) {
        for (at, byte) in (offset..).zip(bytes) {
            self.sectors.entry(at / 512).or_insert([0; 512])[(at % 512) as usize] = *byte;
        }
    }
}

impl Blocks for Sparse {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if offset + out.len() as u64 > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        assert!(offset.is_multiple_of(512) && out.len().is_multiple_of(512));
        for (number, sector) in (offset / 512..).zip(out.chunks_mut(512)) {
            sector.copy_from_slice(self.sectors.get(&number).unwrap_or(&[0; 512]));
        }
        Ok(())
    }
}

/// Everything that is to be taken, by name, and the whole listing.
pub(crate) type Taken = (Vec<(String, Vec<u8>)>, Listing);

pub(crate) fn take<B: Blocks>(blocks: B) -> Result<Taken, StickRefusal> {
    let mut volume = Volume::open(blocks)?;
    let listing = volume.list()?;
    let files = listing.found.iter().map(|found| Ok((found.path().to_owned(), copy(&mut volume, found)?)));
    Ok((files.collect::<Result<_, StickRefusal>>()?, listing))
}

pub(crate) fn copy<B: Blocks>(volume: &mut Volume<B>, found: &Found) -> Result<Vec<u8>, StickRefusal> {
    let mut bytes = Vec::new();
    volume.copy(found, &mut |piece| {
        bytes.extend_from_slice(piece);
        Ok(())
    })?;
    assert_eq!(bytes.len() as u64, found.length());
    Ok(bytes)
}

/// Bytes that are like nothing else on the stick.
pub(crate) fn contents(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let mut bytes: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| next()).collect();
    bytes.truncate(length);
    bytes
}
