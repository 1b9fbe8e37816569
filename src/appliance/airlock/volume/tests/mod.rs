//! Sticks: made by others' tools and read by ours, damaged, hostile, and written onto.
#![allow(clippy::unwrap_used)]

mod bounds;
mod devices;
mod hostile;
mod made_by_others;
mod oracle;
mod second_opinion;
mod vectors;
mod written;

use super::{Blocks, Found, Listing, StickRefusal, Volume};
use crate::support::words::assert_all_said;

#[test]
fn every_refusal_is_said_in_every_language() {
    assert_all_said(StickRefusal::CODES);
}

/// Everything that is to be taken, by name, and the whole listing.
type Taken = (Vec<(String, Vec<u8>)>, Listing);

fn take<B: Blocks>(blocks: B) -> Result<Taken, StickRefusal> {
    let mut volume = Volume::open(blocks)?;
    let listing = volume.list()?;
    let files = listing.found.iter().map(|found| Ok((found.path().to_owned(), copy(&mut volume, found)?)));
    Ok((files.collect::<Result<_, StickRefusal>>()?, listing))
}

fn copy<B: Blocks>(volume: &mut Volume<B>, found: &Found) -> Result<Vec<u8>, StickRefusal> {
    let mut bytes = Vec::new();
    volume.copy(found, &mut |piece| {
        bytes.extend_from_slice(piece);
        Ok(())
    })?;
    assert_eq!(bytes.len() as u64, found.length());
    Ok(bytes)
}

/// Bytes that are like nothing else on the stick.
fn contents(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = vec![0; length];
    for word in bytes.chunks_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        word.copy_from_slice(&state.to_le_bytes()[..word.len()]);
    }
    bytes
}
