//! Devices to read from.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::Blocks;

/// An image in a file.
pub(super) struct Image(pub(super) File);

impl Blocks for Image {
    fn length(&self) -> u64 {
        self.0.metadata().unwrap().len()
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(out, offset)
    }
}

/// An image in memory.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

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
pub(super) struct Sparse {
    pub(super) length: u64,
    pub(super) sectors: BTreeMap<u64, [u8; 512]>,
}

impl Sparse {
    pub(super) fn new(length: u64) -> Self {
        Self { length, sectors: BTreeMap::new() }
    }

    pub(super) fn put(&mut self, offset: u64, bytes: &[u8]) {
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
