//! Strays: bundles that lie in a term and that no entry of the journal speaks for.
//!
//! Mostly the power went between the bundle and its entry, and nobody has a receipt. But it may be the
//! journal that is too old: somebody put an earlier copy of `journal/` back beside newer `terms/`, and no head
//! that would tell has come yet. So they are not removed. They are moved aside, into `terms/T/strays/`, under
//! the term's key as before and gone with it; `kluis verify` and `kluis run` say that they are there, and
//! `kluis take` takes them in again.
//!
//! One whose bytes the archive has under the same name is no stray any more, and is removed at the next
//! start. So a term has at most [`ALIKE`] of each name, and none takes room that it did not take before.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::{Keeper, KeeperRefusal, held};
use crate::support::durable;

/// Strays of one name at most, each of other bytes.
const ALIKE: u32 = 9;

impl Keeper {
    /// Moves aside what lies in the terms without an entry.
    pub(super) fn set_strays_aside(&self) -> Result<(), KeeperRefusal> {
        let known: BTreeSet<_> = held(&self.streams)
            .iter()
            .map(|head| (head.term.clone(), format!("{}-{:06}.bundle", head.stream, head.number.0)))
            .collect();
        for room in self.all_rooms() {
            let term = room.facts.term.name();
            let (bundles, strays) = (self.layout.bundles(term), self.layout.strays(term));
            for stray in files_in(&strays) {
                let admitted = self.layout.bundles(term).join(plain_name(&stray));
                if known.contains(&(room.name().to_owned(), plain_name(&stray))) && alike(&stray, &admitted) {
                    durable::remove_file(&stray)?;
                }
            }
            for file in files_in(&bundles) {
                let name = plain_name(&file);
                if known.contains(&(room.name().to_owned(), name.clone())) {
                    continue;
                }
                durable::create_dir_all(&strays)?;
                let places: Vec<_> = (1..=ALIKE).map(|nth| strays.join(nth_name(&name, nth))).collect();
                if places.iter().any(|place| alike(&file, place)) {
                    durable::remove_file(&file)?;
                    continue;
                }
                let free = places.iter().find(|place| !place.exists()).or(places.last());
                free.map_or(Ok(()), |place| durable::rename(&file, place))?;
            }
        }
        Ok(())
    }

    /// The strays of all terms.
    #[must_use]
    pub fn strays(&self) -> Vec<PathBuf> {
        let rooms = self.all_rooms();
        rooms.iter().flat_map(|room| files_in(&self.layout.strays(room.facts.term.name()))).collect()
    }
}

/// `S-000001.bundle`, then `S-000001.2.bundle`, which are other bytes of the same name.
fn nth_name(name: &str, nth: u32) -> String {
    match (nth, name.strip_suffix(".bundle")) {
        (2.., Some(stem)) => format!("{stem}.{nth}.bundle"),
        _ => name.to_owned(),
    }
}

/// The name that a stray had in the archive.
fn plain_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut parts = name.split('.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(stem), Some(_), Some("bundle")) => format!("{stem}.bundle"),
        _ => name,
    }
}

fn files_in(directory: &Path) -> Vec<PathBuf> {
    let Ok(files) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut files: Vec<_> = files.flatten().map(|file| file.path()).collect();
    files.sort();
    files
}

/// Whether two files have the same bytes. One that cannot be read is like none.
fn alike(one: &Path, other: &Path) -> bool {
    let compare = || -> io::Result<bool> {
        let (one, other) = (File::open(one)?, File::open(other)?);
        if one.metadata()?.len() != other.metadata()?.len() {
            return Ok(false);
        }
        let (mut one, mut other) = (BufReader::new(one), BufReader::new(other));
        let (mut left, mut right) = ([0; 8192], [0; 8192]);
        loop {
            let count = one.read(&mut left)?;
            if count == 0 {
                return Ok(true);
            }
            other.read_exact(&mut right[..count])?;
            if left[..count] != right[..count] {
                return Ok(false);
            }
        }
    };
    compare().unwrap_or(false)
}
