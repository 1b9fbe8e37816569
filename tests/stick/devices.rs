//! Devices to read from.

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

/// Everything that is to be taken, by name, and the whole listing.
pub(crate) fn take<B: Blocks>(blocks: B) -> Result<(Vec<(String, Vec<u8>)>, Listing), StickRefusal> {
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
    Ok(bytes)
}
