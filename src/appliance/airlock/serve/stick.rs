//! Reads one stick, handed over as descriptor 2, and says what is on it.

use std::io::{self, Read, Write};

use rustix::stdio::stderr;

use crate::appliance::airlock::frames::{Asked, Item, No, Told};
use crate::appliance::airlock::volume::{Blocks, Found, StickRefusal, Volume};

/// The stick.
struct Handed {
    length: u64,
}

impl Blocks for Handed {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&mut self, mut offset: u64, mut out: &mut [u8]) -> io::Result<()> {
        while !out.is_empty() {
            match rustix::io::pread(stderr(), &mut *out, offset) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    out = &mut out[count..];
                    offset += count as u64;
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Does what it is asked until nobody asks any more.
pub(super) fn serve(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let Some(Asked::Open { length }) = Asked::read(from)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let listed = Volume::open(Handed { length }).and_then(|mut volume| Ok((volume.list()?, volume)));
    let (listing, mut volume) = match listed {
        Ok(listed) => listed,
        Err(refusal) => return Told::No(No::of(&refusal)).write(to),
    };
    for found in &listing.found {
        Told::Found(Item::of(found)).write(to)?;
    }
    for refusal in &listing.damaged {
        Told::Damaged(No::of(refusal)).write(to)?;
    }
    Told::Listed { passed_over: listing.passed_over }.write(to)?;
    while let Some(asked) = Asked::read(from)? {
        match asked {
            Asked::Copy { index } => {
                let found = listing.found.get(index as usize).ok_or(io::ErrorKind::InvalidData)?;
                copy(&mut volume, found, to)?;
            }
            Asked::Open { .. } => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
    Ok(())
}

fn copy(volume: &mut Volume<Handed>, found: &Found, to: &mut impl Write) -> io::Result<()> {
    let copied = volume.copy(found, &mut |bytes| {
        Told::Bytes { length: bytes.len() as u32 }.write(to)?;
        to.write_all(bytes)
    });
    match copied {
        Ok(()) => Told::End.write(to),
        // Nobody listens any more.
        Err(StickRefusal::NotHandedOn { .. }) => Err(io::ErrorKind::BrokenPipe.into()),
        Err(refusal) => Told::No(No::of(&refusal)).write(to),
    }
}
