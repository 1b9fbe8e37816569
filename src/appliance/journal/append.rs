//! Appending in groups: whoever comes while a group is being written joins the next one, and one
//! sync for each file serves them all.
//!
//! ```text
//!  caller A: index, seal, queue --+--> leads: [event logs, sync] [entries, sync] [tree] --> tells all
//!  caller B: index, seal, queue --+    waits ------------------------------------------> returns
//!  caller C:        index, seal, queue --> leads the next group …
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Journal, LogError, LogRefusal, NO_PANIC, Place, events, record};
use crate::exchange::journal::entry::MAX_BODY;
use crate::exchange::journal::{Entry, EntryKind, Opening};
use crate::support::durable::{Appender, DiskError, failpoint};
use crate::support::secret::Secret;

/// An event that is to be written. `body` is canonical CBOR of an
/// [`Event`](crate::exchange::journal::Event) of this kind.
pub struct NewEvent<'a> {
    kind: EntryKind,
    body: Vec<u8>,
    place: Place,
    key: Option<&'a Secret>,
}

impl<'a> NewEvent<'a> {
    /// An event that everybody may read.
    #[must_use]
    pub fn public(kind: EntryKind, body: Vec<u8>) -> Self {
        Self { kind, body, place: Place::Public, key: None }
    }

    /// An event of no term, sealed under the key of this year.
    #[must_use]
    pub fn of_year(kind: EntryKind, body: Vec<u8>, year: i16, key: &'a Secret) -> Self {
        Self { kind, body, place: Place::Year(year), key: Some(key) }
    }

    /// An event of a term, sealed under its event key. The term's directory exists.
    #[must_use]
    pub fn of_term(kind: EntryKind, body: Vec<u8>, term: &str, key: &'a Secret) -> Self {
        Self { kind, body, place: Place::Term(term.to_owned()), key: Some(key) }
    }

    /// An event of a hold, sealed under its key. The hold's directory exists.
    #[must_use]
    pub fn of_hold(kind: EntryKind, body: Vec<u8>, hold: &str, key: &'a Secret) -> Self {
        Self { kind, body, place: Place::Hold(hold.to_owned()), key: Some(key) }
    }
}

/// An event that is in the log.
pub struct Written {
    /// Where its entry stands, from 0.
    pub index: u64,
    /// What opens it.
    pub opening: Opening,
}

/// What waits to be written, and how far the disk is.
pub(super) struct Queue {
    /// The index of the next event.
    next: u64,
    /// How many entries are durable.
    durable: u64,
    group: Group,
    /// Whether a thread is writing a group now.
    writing: bool,
    /// A write failed: what the disk has is unknown until the journal is opened again.
    broken: Option<LogError>,
}

impl Queue {
    pub(super) fn new(size: u64) -> Self {
        Self { next: size, durable: size, group: Group::default(), writing: false, broken: None }
    }
}

#[derive(Default)]
struct Group {
    records: BTreeMap<Place, Vec<u8>>,
    entries: Vec<Entry>,
}

/// The logs that are appended to.
pub(super) struct Files {
    pub(super) directory: PathBuf,
    pub(super) entries: Appender,
    pub(super) events: BTreeMap<Place, Appender>,
}

impl Journal {
    /// Writes events, in this order and next to each other in the log, and returns when they are
    /// durable. All of them are written or, after a crash, a first part of them.
    ///
    /// # Errors
    /// Before anything is written: [`LogRefusal::Misplaced`] where a public kind is to be sealed or
    /// another is not, `BodyTooLong`, `PlaceName`; `DiskError::Missing` where the term has no directory.
    /// `Broken` after an earlier failure; the disk's, and
    /// then the journal is broken.
    pub fn append(&self, events: Vec<NewEvent<'_>>) -> Result<Vec<Written>, LogError> {
        for event in &events {
            let path = event.place.path(&self.directory)?;
            // A term whose directory is gone is destroyed: that must not break the journal for others.
            if path.parent().is_none_or(|parent| !parent.is_dir()) {
                return Err(DiskError::Missing { path: path.display().to_string() }.into());
            }
            if event.kind.is_public() != (event.place == Place::Public) {
                let (kind, place) = (event.kind.number(), event.place.to_string());
                return Err(LogRefusal::Misplaced { kind, place }.into());
            }
            if event.body.len() > MAX_BODY {
                return Err(LogRefusal::BodyTooLong { bytes: event.body.len(), limit: MAX_BODY }.into());
            }
        }
        // What can be done without the lock: the random keys and the commitments.
        let openings: Vec<_> = events
            .into_iter()
            .map(|event| (Opening::fresh(event.kind, event.body), event.place, event.key))
            .map(|(opening, place, key)| (opening.entry(), opening, place, key))
            .collect();

        let mut queue = self.queue.lock().expect(NO_PANIC);
        if queue.broken.is_some() {
            return Err(LogRefusal::Broken.into());
        }
        let mut written = Vec::with_capacity(openings.len());
        for (entry, opening, place, key) in openings {
            let index = queue.next;
            let frame = record::frame(index, &place, key, &opening);
            queue.group.records.entry(place).or_default().extend(frame);
            queue.group.entries.push(entry);
            queue.next += 1;
            written.push(Written { index, opening });
        }
        let mine = queue.next;
        while queue.durable < mine {
            if let Some(error) = &queue.broken {
                return Err(error.clone());
            }
            if queue.writing {
                queue = self.written.wait(queue).expect(NO_PANIC);
                continue;
            }
            queue.writing = true;
            let group = std::mem::take(&mut queue.group);
            drop(queue);
            let outcome = self.write(&group);
            queue = self.queue.lock().expect(NO_PANIC);
            queue.writing = false;
            match outcome {
                Ok(()) => queue.durable += group.entries.len() as u64,
                Err(error) => queue.broken = Some(error),
            }
            self.written.notify_all();
        }
        Ok(written)
    }

    fn write(&self, group: &Group) -> Result<(), LogError> {
        let mut files = self.files.lock().expect(NO_PANIC);
        let Files { directory, entries, events } = &mut *files;
        // No new index before an old record that bears it is gone.
        let torn = std::mem::take(&mut *self.torn.lock().expect(NO_PANIC));
        for place in torn.into_keys() {
            let log = events::open_and_cut(&place.path(directory)?, self.size())?;
            events.insert(place, log);
        }
        for (place, records) in &group.records {
            if !events.contains_key(place) {
                let log = events::open_and_cut(&place.path(directory)?, self.size())?;
                events.insert(place.clone(), log);
            }
            let log = events.get_mut(place).expect("opened above");
            log.append(records)?;
            log.sync()?;
        }
        failpoint("journal-events-written");
        let bytes: Vec<u8> = group.entries.iter().flat_map(|entry| entry.0).collect();
        entries.append(&bytes)?;
        entries.sync()?;
        failpoint("journal-entries-written");
        drop(files);
        let mut tiles = self.tiles();
        group.entries.iter().try_for_each(|entry| tiles.push(entry))
    }
}
