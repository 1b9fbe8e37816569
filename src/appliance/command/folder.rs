//! The folder that files come from: another diode product's, a share's.
//!
//! Whoever writes there may be slow, or stop for a while in the midst. A file is taken once it has stood still
//! for one look and is as long as it says of itself, and again only if it changes. One that stays too short is
//! taken too, after a while, so that somebody is told.
//!
//! Not promised: that a file which says nothing of its length is whole. It is looked at as it is, refused, and
//! taken when it has grown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::appliance::keeper::is_takeable;
use crate::exchange::bundle::card::CARD_LIMIT;
use crate::exchange::bundle::{BundleRefusal, Sealed, labels, statement};
use crate::exchange::push::FileKind;
use crate::exchange::time::{self, TOKEN_LIMIT};
use crate::support::durable;

/// How long a file must not have grown until it is taken for all that will come of it.
const STOPPED: Duration = Duration::from_secs(5 * 60);

/// What was seen of a folder.
#[derive(Default)]
pub(super) struct Folder {
    seen: BTreeMap<PathBuf, Seen>,
}

/// A file as it was at the last look.
struct Seen {
    length: u64,
    modified: Option<SystemTime>,
    taken: bool,
}

impl Folder {
    /// The files that are to be taken at this look. Each is named at every look until [`Folder::taken`].
    pub(super) fn look(&mut self, folder: &Path, now: SystemTime) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        // Names with a dot before them are others' copies that are not finished, and a Mac's.
        let hidden = |file: &Path| file.file_name().is_none_or(|name| name.as_encoded_bytes()[0] == b'.');
        files.retain(|file| is_takeable(file) && !hidden(file));
        files.sort();
        // They may be thousands: whoever puts them there need not take them away.
        self.seen.retain(|file, _| files.binary_search(file).is_ok());
        files.retain(|file| self.is_to_be_taken(file, now));
        files
    }

    /// One was taken, whatever became of it.
    pub(super) fn taken(&mut self, file: &Path) {
        if let Some(seen) = self.seen.get_mut(file) {
            seen.taken = true;
        }
    }

    fn is_to_be_taken(&mut self, file: &Path, now: SystemTime) -> bool {
        // A pipe would be waited at for ever, and with it the whole box.
        let Some(meta) = file.metadata().ok().filter(std::fs::Metadata::is_file) else { return false };
        let (length, modified) = (meta.len(), meta.modified().ok());
        match self.seen.get(file) {
            Some(seen) if (seen.length, seen.modified) == (length, modified) => {
                // What still lacks something may be on its way, however long it stands still.
                let still = modified.and_then(|at| now.duration_since(at).ok()).unwrap_or(STOPPED);
                !seen.taken && (still >= STOPPED || !is_short(file, length))
            }
            _ => {
                self.seen.insert(file.to_owned(), Seen { length, modified, taken: false });
                false
            }
        }
    }
}

/// Whether a file has fewer bytes than it says itself.
fn is_short(file: &Path, length: u64) -> bool {
    let kind = file.extension().and_then(|end| end.to_str()).and_then(FileKind::of_extension);
    let read = |limit: usize| durable::read_up_to(file, limit as u64).ok();
    match kind {
        Some(FileKind::Bundle) => match std::fs::File::open(file).map(|mut file| Sealed::read(&mut file)) {
            Ok(Ok(sealed)) => length < sealed.file_length(),
            Ok(Err(refusal)) => refusal == BundleRefusal::HeaderTruncated,
            Err(_) => false,
        },
        Some(FileKind::Token) => read(TOKEN_LIMIT).is_some_and(|token| time::is_cut_off(&token)),
        Some(FileKind::Card) => {
            read(CARD_LIMIT).is_some_and(|card| statement::is_cut_off(labels::SENDER_CARD, &card))
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::exchange::bundle::statement::Statement;

    /// What is taken at the looks of these seconds after the file was last written to.
    fn taken_at(folder: &Path, looks: &mut Folder, seconds: &[u64]) -> Vec<u64> {
        let written = |entry: fs::DirEntry| entry.metadata().unwrap().modified().unwrap();
        let newest = fs::read_dir(folder).unwrap().map(|entry| written(entry.unwrap())).max().unwrap();
        let is_taken = |second: &&u64| {
            let files = looks.look(folder, newest + Duration::from_secs(**second));
            files.iter().for_each(|file| looks.taken(file));
            !files.is_empty()
        };
        seconds.iter().filter(is_taken).copied().collect()
    }

    /// A file of each kind, and how much of it stands there when the other product has written a part.
    fn files() -> Vec<(&'static str, Vec<u8>)> {
        let statement =
            |magic: &str| Statement::sign(magic, 5_u8, &SigningKey::from_bytes(&[5; 32])).to_bytes();
        let token = [&[0x30, 0x82, 1, 0][..], &[7; 256], b"box\n1\nroot\n\n- box signature\n"].concat();
        let sample = include_bytes!("../../../tests/frozen/v1/sample.bundle");
        vec![
            ("000001.bundle", sample.to_vec()),
            ("shop.card", statement(labels::SENDER_CARD)),
            ("time.tsr", token),
        ]
    }

    #[test]
    fn a_file_that_is_still_growing_is_not_taken_however_slowly_it_grows() {
        for (name, whole) in files() {
            let folder = tempfile::tempdir().unwrap();
            let (mut looks, file) = (Folder::default(), folder.path().join(name));
            for part in (1..whole.len()).step_by(whole.len() / 20 + 1) {
                fs::write(&file, &whole[..part]).unwrap();
                // It stands still at two looks and more.
                let taken = taken_at(folder.path(), &mut looks, &[0, 2, 4, 120, 298]);
                assert_eq!(taken, [0_u64; 0], "{name}: {part} of {}", whole.len());
            }
            fs::write(&file, &whole).unwrap();
            assert_eq!(taken_at(folder.path(), &mut looks, &[0, 2, 4, 600]), [2], "{name}");
        }
    }

    #[test]
    fn a_file_that_stays_too_short_is_taken_after_five_minutes_and_again_when_it_has_grown() {
        for (name, whole) in files() {
            let folder = tempfile::tempdir().unwrap();
            let (mut looks, file) = (Folder::default(), folder.path().join(name));
            fs::write(&file, &whole[..whole.len() / 2]).unwrap();
            assert_eq!(taken_at(folder.path(), &mut looks, &[0, 100, 299, 301, 500]), [301], "{name}");
            fs::write(&file, &whole).unwrap();
            assert_eq!(taken_at(folder.path(), &mut looks, &[0, 2, 4]), [2], "{name}");
        }
    }

    #[test]
    fn what_is_no_file_of_ours_and_hidden_twins_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["notes.txt", "._000001.bundle", ".000001.bundle.bundle", "000001.bundle.part"] {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        fs::create_dir(folder.path().join("folder.bundle")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("pipe.bundle"), 0o600.into()).unwrap();
        assert_eq!(taken_at(folder.path(), &mut Folder::default(), &[0, 2, 600]), [0_u64; 0]);
        // What is of no form that says its length is taken as it is, and refused.
        fs::write(folder.path().join("other.card"), b"something else").unwrap();
        assert_eq!(taken_at(folder.path(), &mut Folder::default(), &[0, 2, 4]), [2]);
    }
}
