//! Reads one stick, handed over as descriptor 2, and says what is on it, or what would have to be written onto it.

use std::io::{self, Read, Write};

use rustix::stdio::{stderr, stdout};

use crate::appliance::airlock::frames::{Asked, Item, No, PIECE_LIMIT, Told};
use crate::appliance::airlock::volume::{Blocks, Found, StickRefusal, Volume};

/// The pipe, without the standard library's looking for ends of lines in a stick's bytes.
pub(super) struct Out;

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

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
    match Asked::read(from)? {
        Some(Asked::Open { length }) => read(length, from, to),
        Some(Asked::Write { device, name, length }) => {
            let mut bytes = Vec::new();
            from.take(u64::from(length)).read_to_end(&mut bytes)?;
            write(device, &name, &bytes, to)
        }
        Some(Asked::Copy { .. }) | None => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Says what must be written for one file, in this order.
fn write(length: u64, name: &str, bytes: &[u8], to: &mut impl Write) -> io::Result<()> {
    let mut put = |offset: u64, bytes: &[u8]| {
        for (number, piece) in bytes.chunks(PIECE_LIMIT as usize).enumerate() {
            let offset = offset + number as u64 * u64::from(PIECE_LIMIT);
            Told::Put { offset, length: piece.len() as u32 }.write(to)?;
            to.write_all(piece)?;
        }
        Ok(())
    };
    match Volume::open(Handed { length }).and_then(|volume| volume.write(name, bytes, &mut put)) {
        Ok(name) => Told::Written { name }.write(to),
        Err(refusal) => Told::No(No::of(&refusal)).write(to),
    }
}

fn read(length: u64, from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
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
            Asked::Open { .. } | Asked::Write { .. } => return Err(io::ErrorKind::InvalidData.into()),
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
