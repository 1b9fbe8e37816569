//! What is promised of any stick: no sector is asked for twice, none that is not there, the same bytes give
//! the same answer, and a file that is written changes no other.

use std::collections::BTreeSet;
use std::io;

use factuurkluis::appliance::airlock::volume::{Blocks, StickRefusal, Volume};

struct Stick<'a> {
    bytes: &'a [u8],
    asked: BTreeSet<u64>,
}

impl Blocks for Stick<'_> {
    fn length(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        assert!(offset % 512 == 0 && out.len() % 512 == 0);
        for sector in offset / 512..(offset + out.len() as u64) / 512 {
            assert!(self.asked.insert(sector), "sector {sector} is asked for twice");
        }
        out.copy_from_slice(&self.bytes[offset as usize..][..out.len()]);
        Ok(())
    }
}

type Files = Vec<(String, Vec<u8>)>;

fn open(bytes: &[u8]) -> Result<Volume<Stick<'_>>, StickRefusal> {
    Volume::open(Stick { bytes, asked: BTreeSet::new() })
}

fn read(bytes: &[u8]) -> Result<(Files, Vec<StickRefusal>), StickRefusal> {
    let mut volume = open(bytes)?;
    let listing = volume.list()?;
    let mut files = Vec::new();
    for found in &listing.found {
        let mut file = Vec::new();
        volume.copy(found, &mut |piece| {
            file.extend_from_slice(piece);
            Ok(())
        })?;
        assert_eq!(file.len() as u64, found.length());
        files.push((found.path().to_owned(), file));
    }
    Ok((files, listing.damaged))
}

/// Holds a stick against the promises. `sound`: what its tables say is free is not in use, so what is
/// written changes no file.
pub fn check(stick: &[u8], sound: bool) {
    let before = read(stick);
    assert_eq!(before, read(stick));
    let mut after = stick.to_vec();
    let bytes = [7; 1_300];
    let written = open(stick).and_then(|volume| {
        volume.write("written.card", &bytes, &mut |offset, piece| {
            after[offset as usize..][..piece.len()].copy_from_slice(piece);
            Ok(())
        })
    });
    let Ok(name) = written else { return assert_eq!(after, stick) };
    if let (true, Ok((files, _))) = (sound, before) {
        let (now, _) = read(&after).expect("it was read before");
        for file in files {
            assert!(now.contains(&file), "{} is not what it was", file.0);
        }
        assert!(now.contains(&(name.clone(), bytes.to_vec())), "{name} of {now:?}");
    }
}
