//! The journal on disk: one append-only log of entries, the event logs that open them, and what is
//! derived from the log, tiles and a checkpoint, as C2SP's tlog-tiles lays them out.
//!
//! ```text
//! DIR/journal/entries              the truth: 33 bytes an entry (`exchange::journal::Entry`)
//! DIR/journal/events/public        what opens public entries, in the clear        (see `record`)
//! DIR/journal/events/2026          what opens entries of no term, sealed under that year's key
//! DIR/terms/<term>/events          what opens the term's entries, sealed under its event key
//! DIR/holds/<hold>/events          what opens the hold's entries, sealed under its key
//! DIR/journal/checkpoint           derived: the last head that was handed out, signed
//! DIR/journal/tile/0/x001/234      derived: 256 hashes a tile; tile/0/000.p/7 a partial one
//! DIR/journal/tile/entries/000     derived: the same entries, each after its length (2 bytes)
//! ```
//!
//! **Promised.**
//! - When [`Journal::append`] returns, its events and entries survive a power cut. Many callers at once
//!   share one sync for each file.
//! - No checkpoint leaves ([`Journal::checkpoint`], [`Journal::receipt`]) before it and its tiles are
//!   on the disk, and none contradicts an earlier one.
//! - A crash at any instant leaves a log that opens: event logs are written first, then entries, so
//!   every entry has what opens it (also where a disk kept a file's length and not its bytes: see
//!   `unwritten`); what was begun and never acknowledged is passed over, and cut when
//!   the next event is written: until then the keeper can see whether something is missing.
//! - [`Journal::open`] refuses a log that is shorter than its checkpoint or does not lead to it. It
//!   reads tiles for that (some ten milliseconds for a million entries), the entries that came after
//!   the checkpoint, and all of them where no tiles lead to it. A full disk does not keep it from
//!   opening: what it would write is derived, and wanted for the next checkpoint only.
//! - A sealed record is opened only in its own place, at its own index, as its own kind, and only if
//!   its entry commits to it.
//!
//! **Not promised.** [`Journal::open`] does not compare old entries with old tiles, nor old events with
//! their entries: [`Journal::verify`] does. An old copy of the whole directory, checkpoint and all, is a
//! sound journal; that it is old, those know who kept a later checkpoint ([`Journal::recognise`]). An
//! event log tells how many events its term had, when the file was written and how long each is, as long
//! as it lies there. After a failed write nothing is appended any more ([`LogRefusal::Broken`]) until
//! the journal is opened again, which finds out what the disk has.
//!
//! System calls of [`Journal::append`], for each event log touched and then for the entries: pwrite,
//! fdatasync. At every 256th entry, the full tiles: write, fsync, rename, fsync of the directory.
//! [`Journal::checkpoint`], where the log has grown: the same four for each partial tile and for the
//! checkpoint, in this order.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard};

use ed25519_dalek::SigningKey;

use crate::exchange::journal::checkpoint::MAX_CHECKPOINT;
use crate::exchange::journal::entry::ENTRY_LENGTH;
use crate::exchange::journal::{
    Checkpoint, EntryKind, Opening, Receipt, SignedCheckpoint, verify_consistency, verify_inclusion,
};
use crate::exchange::vocabulary::{BoxId, Digest, PublicKey};
use crate::support::durable::{self, Appender, DiskError, failpoint};
use crate::support::secret::Secret;

mod append;
mod events;
mod place;
mod record;
mod refusal;
mod tiles;
mod unwritten;
mod verify;

pub use append::{NewEvent, Written};
pub use events::Events;
pub use place::Place;
pub use refusal::{LogError, LogRefusal};
pub use verify::Report;

use append::{Files, Queue};
use tiles::Tiles;

const NO_PANIC: &str = "no thread panics while it holds a lock of the journal";

/// The box's journal. One process has it open (the keeper, which holds the box's lock); its threads
/// share it.
pub struct Journal {
    directory: PathBuf,
    box_id: BoxId,
    /// The seed of the key that signs the heads; the key itself is made for each signature.
    signer: Secret,
    /// What waits to be written, and how far the disk is. Held for moments.
    queue: Mutex<Queue>,
    /// Told whenever a group was written, or could not be.
    written: Condvar,
    /// The logs, held by the one thread that writes a group.
    files: Mutex<Files>,
    /// Event logs with a torn end, and where their whole records end.
    torn: Mutex<BTreeMap<Place, u64>>,
    /// The tree over what is durable.
    tiles: Mutex<Tiles>,
    /// The last checkpoint that was handed out since opening. Taken before `tiles` where both are.
    signed: Mutex<Option<SignedCheckpoint>>,
}

/// The public events of the box in `directory`, whose journal is not open yet: whoever settles an
/// interrupted switch needs its intent before there is a key to open the journal with. None where there
/// is no journal. The caller holds the box's lock.
///
/// # Errors
/// What the disk refuses.
pub fn public_events(directory: &Path) -> Result<Events<'static>, LogError> {
    let journal = directory.join("journal");
    let path = journal.join("entries");
    let size = match fs::metadata(&path) {
        Ok(meta) => meta.len() / ENTRY_LENGTH as u64,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => return Err(DiskError::of("read", &path, &error).into()),
    };
    let size = unwritten::written(&journal, claimed_size(&journal).min(size), size)?;
    if size == 0 {
        return Ok(Events::none());
    }
    let (_, end) = events::open_uncut(&Place::Public.path(directory)?, size)?;
    Events::open(directory, Place::Public, None, open_entries(&journal)?, size, end)
}

impl Journal {
    /// Opens the journal of the box in `directory`, making an empty one where there is none, and cuts
    /// what a crash tore; what came after the last checkpoint is signed, if the disk has room for that, and
    /// partial tiles of earlier heads are removed.
    ///
    /// # Errors
    /// [`LogRefusal::CheckpointBad`], `LogShorter`, `LogContradicts` where the log is not the one that
    /// was signed; `EventsDamaged` where an event log is damaged elsewhere than at its end; the disk's.
    pub fn open(directory: &Path, box_id: BoxId, signer: SigningKey) -> Result<Self, LogError> {
        let journal = directory.join("journal");
        durable::create_dir_all(&journal.join("events"))?;
        let mut entries = Appender::open(&journal.join("entries"), Some(ENTRY_LENGTH as u64))?;
        let size = entries.len() / ENTRY_LENGTH as u64;

        let public = PublicKey(signer.verifying_key().to_bytes());
        let signed = read_checkpoint(&journal.join("checkpoint"), box_id, &public)?;
        if let Some(signed) = signed.as_ref().filter(|signed| signed.size() > size) {
            return Err(LogRefusal::LogShorter { size, signed: signed.size() }.into());
        }
        let under = signed.as_ref().map_or(0, SignedCheckpoint::size);
        let size = unwritten::written(&journal, under, size)?;
        if size * ENTRY_LENGTH as u64 != entries.len() {
            entries.truncate_to(size * ENTRY_LENGTH as u64)?;
        }
        let tiles = open_tiles(&journal, size, signed.as_ref())?;

        let (mut events, mut torn) = (BTreeMap::new(), BTreeMap::new());
        for place in Place::all_in(directory)? {
            let (log, end) = events::open_uncut(&place.path(directory)?, size)?;
            if end < log.len() {
                torn.insert(place, end);
            } else {
                events.insert(place, log);
            }
        }
        let journal = Self {
            directory: directory.to_owned(),
            box_id,
            signer: Secret::from_bytes(signer.as_bytes()),
            queue: Mutex::new(Queue::new(size)),
            written: Condvar::new(),
            files: Mutex::new(Files { directory: directory.to_owned(), entries, events }),
            torn: Mutex::new(torn),
            tiles: Mutex::new(tiles),
            signed: Mutex::new(None),
        };
        match journal.checkpoint() {
            Ok(_) => tiles::tidy(&directory.join("journal"), &journal.tiles().partial())?,
            // That keeps the journal from signing a new head, not from being read, nor from handing out
            // the head that is on the disk already.
            Err(LogError::Disk(DiskError::Full { .. })) => {
                *journal.signed.lock().expect(NO_PANIC) = signed.filter(|signed| signed.size() == size);
            }
            Err(error) => return Err(error),
        }
        Ok(journal)
    }

    /// How many entries are durable.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tiles().size()
    }

    /// The signed head over everything that is durable; itself durable, and its tiles, before it is
    /// handed out.
    ///
    /// # Errors
    /// The disk's.
    pub fn checkpoint(&self) -> Result<SignedCheckpoint, LogError> {
        let mut signed = self.signed.lock().expect(NO_PANIC);
        let (head, wanted, superseded) = {
            let mut tiles = self.tiles();
            if let Some(signed) = signed.as_ref().filter(|signed| signed.size() == tiles.size()) {
                return Ok(signed.clone());
            }
            let head = Checkpoint { box_id: self.box_id, size: tiles.size(), root: tiles.root() };
            (head, tiles.wanted(), tiles.superseded())
        };
        for partial in superseded.iter().filter(|partial| partial.is_dir()) {
            durable::remove_tree(partial, false)?;
        }
        for file in &wanted {
            tiles::write(&self.directory.join("journal").join(&file.path), &file.bytes)?;
        }
        self.tiles().paid(&wanted);
        failpoint("journal-before-checkpoint");
        let new = head.sign(&SigningKey::from_bytes(self.signer.expose()));
        durable::write_atomically(&self.directory.join("journal/checkpoint"), new.note().as_bytes(), 0o600)?;
        *signed = Some(new.clone());
        Ok(new)
    }

    /// A receipt for the entry at `index`, under the newest checkpoint. `opening` is what
    /// [`Journal::append`] or [`Journal::read_events`] gave for it.
    ///
    /// # Errors
    /// [`LogRefusal::NotWritten`]; `OpeningForeign` where the opening is not this entry's;
    /// `EntriesDamaged` where the log no longer leads to its own root; the disk's.
    pub fn receipt(&self, index: u64, opening: Opening) -> Result<Receipt, LogError> {
        let checkpoint = self.checkpoint()?;
        let mut tiles = self.tiles();
        if index >= checkpoint.size() {
            return Err(LogRefusal::NotWritten { index, size: checkpoint.size() }.into());
        }
        let leaf = opening.entry();
        if tiles.entry(index)? != leaf {
            return Err(LogRefusal::OpeningForeign { index }.into());
        }
        let (size, root) = (checkpoint.size(), checkpoint.root());
        let held = |path: &Vec<Digest>| verify_inclusion(index, size, &leaf.leaf_hash(), path, &root);
        let path = checked(&mut tiles, |tiles| tiles.path(index, size), held)?;
        Ok(Receipt { index, opening, path, checkpoint })
    }

    /// The proof that `new` continues the tree of `old` entries: the nodes of RFC 6962 section 2.1.2.
    ///
    /// # Errors
    /// [`LogRefusal::NotWritten`] where `old` is above `new`, or `new` above what is durable; otherwise
    /// as [`Journal::receipt`].
    pub fn consistency(&self, old: u64, new: &SignedCheckpoint) -> Result<Vec<Digest>, LogError> {
        let mut tiles = self.tiles();
        if old > new.size() || new.size() > tiles.size() {
            return Err(LogRefusal::NotWritten { index: old.max(new.size()), size: tiles.size() }.into());
        }
        if old == 0 {
            return Ok(Vec::new());
        }
        let make = |tiles: &Tiles| Ok((tiles.root_at(old)?, tiles.consistency(old, new.size())?));
        let held = |(root, proof): &(Digest, Vec<Digest>)| {
            verify_consistency(old, new.size(), root, &new.root(), proof)
        };
        Ok(checked(&mut tiles, make, held)?.1)
    }

    /// The root over the first `size` entries.
    ///
    /// # Errors
    /// [`LogRefusal::NotWritten`] where there are not so many; the disk's.
    pub fn root_at(&self, size: u64) -> Result<Digest, LogError> {
        let tiles = self.tiles();
        if size > tiles.size() {
            return Err(LogRefusal::NotWritten { index: size, size: tiles.size() }.into());
        }
        tiles.root_at(size)
    }

    /// Holds a checkpoint of this box that came back from outside against the log. Where it fails the
    /// box stops: either the log is an old copy, or somebody has this box's key.
    ///
    /// # Errors
    /// [`LogRefusal::SeenLonger`], `SeenContradicts`; the disk's.
    pub fn recognise(&self, seen: &SignedCheckpoint) -> Result<(), LogError> {
        let mut tiles = self.tiles();
        if seen.size() > tiles.size() {
            return Err(LogRefusal::SeenLonger { seen: seen.size(), size: tiles.size() }.into());
        }
        let ours = seen.box_id() == self.box_id;
        match checked(&mut tiles, |tiles| tiles.root_at(seen.size()), |root| *root == seen.root()) {
            Ok(_) if ours => Ok(()),
            Ok(_) | Err(LogError::Refused(LogRefusal::EntriesDamaged { .. })) => {
                Err(LogRefusal::SeenContradicts { seen: seen.size() }.into())
            }
            Err(error) => Err(error),
        }
    }

    /// Every event of `place`, oldest first, as far as it is durable now. Each is opened with `key`
    /// (none for [`Place::Public`]) and held against its entry. A place without a log has no events.
    ///
    /// # Errors
    /// [`LogRefusal::PlaceName`]; the disk's.
    pub fn read_events<'a>(&self, place: &Place, key: Option<&'a Secret>) -> Result<Events<'a>, LogError> {
        let size = self.size();
        let entries = open_entries(&self.directory.join("journal"))?;
        let end = self.torn.lock().expect(NO_PANIC).get(place).copied().unwrap_or(u64::MAX);
        Events::open(&self.directory, place.clone(), key, entries, size, end)
    }

    /// The kinds of all entries, in order, by the log alone: what must be there, whether or not it can
    /// still be opened. Reads the whole log; `None` is a kind that this program does not know.
    ///
    /// # Errors
    /// The disk's.
    pub fn kinds(&self) -> Result<Vec<Option<EntryKind>>, LogError> {
        tiles::read_log(&self.directory.join("journal"), 0, self.size())?
            .map(|entry| Ok(entry?.kind()))
            .collect()
    }

    /// Closes the event log of `place`, so that its bytes are free once the file is removed, and owes it no
    /// cut any more. For a term or hold that is being destroyed; a later event of the place would begin a
    /// new log.
    pub fn forget(&self, place: &Place) {
        self.torn.lock().expect(NO_PANIC).remove(place);
        self.files.lock().expect(NO_PANIC).events.remove(place);
        self.torn.lock().expect(NO_PANIC).remove(place);
    }

    fn tiles(&self) -> MutexGuard<'_, Tiles> {
        self.tiles.lock().expect(NO_PANIC)
    }
}

/// Takes a proof from the tiles and checks it; if it does not hold, makes the tiles anew from the log
/// and tries once more. So a damaged tile costs time and no more.
fn checked<T>(
    tiles: &mut Tiles,
    make: impl Fn(&Tiles) -> Result<T, LogError>,
    held: impl Fn(&T) -> bool,
) -> Result<T, LogError> {
    let first = make(tiles)?;
    if held(&first) {
        return Ok(first);
    }
    *tiles = Tiles::rebuild(tiles.directory(), tiles.size())?;
    let second = make(tiles)?;
    if held(&second) { Ok(second) } else { Err(LogRefusal::EntriesDamaged { size: tiles.size() }.into()) }
}

/// The tree over the log. Up to the checkpoint by the tiles, if these lead to it, and by the log itself
/// if not; what is behind the checkpoint always by the log: a tile there may be of entries that a disk
/// lost against its word.
fn open_tiles(journal: &Path, size: u64, signed: Option<&SignedCheckpoint>) -> Result<Tiles, LogError> {
    let mut tiles = match signed {
        None => Tiles::rebuild(journal, 0)?,
        Some(signed) => {
            let loaded = Tiles::load(journal, signed.size())?;
            let tiles =
                if loaded.root() == signed.root() { loaded } else { Tiles::rebuild(journal, signed.size())? };
            if tiles.root() != signed.root() {
                return Err(LogRefusal::LogContradicts { signed: signed.size() }.into());
            }
            tiles
        }
    };
    tiles.grow_to(size)?;
    Ok(tiles)
}

/// The size that the checkpoint on the disk says, whoever signed it; 0 where there is none.
fn claimed_size(journal: &Path) -> u64 {
    let note = durable::read_up_to(&journal.join("checkpoint"), MAX_CHECKPOINT as u64).unwrap_or_default();
    let line = note.split(|byte| *byte == b'\n').nth(1).and_then(|line| std::str::from_utf8(line).ok());
    line.and_then(|line| line.parse().ok()).unwrap_or(0)
}

fn open_entries(journal: &Path) -> Result<File, LogError> {
    let path = journal.join("entries");
    Ok(File::open(&path).map_err(|error| DiskError::of("open", &path, &error))?)
}

/// The checkpoint on the disk, if there is one. One that does not verify is refused, not replaced: it
/// may be all that shows that the log was exchanged.
fn read_checkpoint(
    path: &Path,
    box_id: BoxId,
    key: &PublicKey,
) -> Result<Option<SignedCheckpoint>, LogError> {
    let bytes = match durable::read_up_to(path, MAX_CHECKPOINT as u64) {
        Ok(bytes) => bytes,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let bad = || LogRefusal::CheckpointBad { path: path.display().to_string() };
    let note = String::from_utf8(bytes).map_err(|_| bad())?;
    Ok(Some(SignedCheckpoint::verify(&note, box_id, key).map_err(|_| bad())?))
}

/// The names in a directory; none where it is missing.
fn names_in(path: &Path) -> Result<Vec<String>, DiskError> {
    let failed = |error: std::io::Error| DiskError::of("read", path, &error);
    let listing = match fs::read_dir(path) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let names: Result<Vec<_>, _> = listing.map(|entry| entry.map(|entry| entry.file_name())).collect();
    // A name that is not UTF-8 is none of ours.
    Ok(names.map_err(failed)?.into_iter().filter_map(|name| name.into_string().ok()).collect())
}

#[cfg(test)]
mod tests;
