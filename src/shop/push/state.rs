//! What a push must know after a restart: which symbols of which file it has used up, and the heartbeat's
//! counter. `SHOP/push` is a small file of JSON, replaced whole; `SHOP/push.lock` lets one process push.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::refusal::shown_path;
use super::super::{Refused, ShopRefusal};
use crate::exchange::push::{Geometry, Manifest, Size};
use crate::exchange::vocabulary::Digest;
use crate::support::durable::{DiskError, Lock, read_up_to, write_atomically};

const STATE: &str = "push";
const LOCK: &str = "push.lock";
/// Bytes of it at most, and sessions in it.
const LIMIT: u64 = 4 << 20;
const SESSIONS: usize = 4_096;
/// Seconds after which a file begins a new session: a box that had it whole and lost it again would take
/// no more of the old one.
const SESSION_LASTS: u64 = 24 * 3_600;
/// Symbols that a pass sends beyond a block at least, however small it is.
const LEAST_REPAIR: u32 = 16;

/// How many symbols a pass sends of a block that has so many.
pub(super) fn symbols_of(symbols: u32, repair: u32) -> u32 {
    let more = u64::from(symbols) * u64::from(repair);
    let more = u32::try_from(more.div_ceil(100)).unwrap_or(u32::MAX / 2);
    symbols.saturating_add(more.max(LEAST_REPAIR))
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    /// The last heartbeat's counter.
    heartbeats: u64,
    /// The newest last.
    sessions: Vec<Began>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Began {
    sha256: Digest,
    /// Bytes of a symbol.
    symbol: usize,
    /// Seconds since 1970.
    begun: u64,
    /// The number of the next symbol of every block.
    next: u32,
}

pub(super) struct State {
    path: PathBuf,
    book: Book,
    _lock: Lock,
}

impl State {
    pub(super) fn open(folder: &Path) -> Result<Self, Refused> {
        let lock = Lock::exclusive(&folder.join(LOCK)).map_err(|error| match error {
            DiskError::Locked { .. } => ShopRefusal::PushBusy.into(),
            error => Refused::from(error),
        })?;
        let path = folder.join(STATE);
        let book = match read_up_to(&path, LIMIT) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|_| ShopRefusal::PushStateDamaged { path: shown_path(&path) })?,
            Err(error) if error.is_missing() => Book::default(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { path, book, _lock: lock })
    }

    /// When the session of this file was begun: now, if none is young enough.
    pub(super) fn begun(&self, sha256: &Digest, size: Size) -> u64 {
        let now = u64::try_from(Timestamp::now().as_second()).unwrap_or(0);
        let known = self.book.sessions.iter().rev();
        let mut known = known.filter(|began| began.sha256 == *sha256 && began.symbol == size.symbol());
        match known.next() {
            Some(began) if now.abs_diff(began.begun) < SESSION_LASTS => began.begun,
            // Two sessions of one second would be one.
            Some(began) => now.max(began.begun + 1),
            None => now,
        }
    }

    /// Uses up the symbols of a pass, durably, and says which is the first.
    pub(super) fn take_symbols(&mut self, manifest: &Manifest, repair: u32) -> Result<u32, Refused> {
        let (size, begun) = (manifest.geometry.size(), manifest.begun);
        let count = symbols_of(manifest.geometry.most_symbols(), repair);
        let is_it = |began: &Began| {
            began.sha256 == manifest.sha256 && began.symbol == size.symbol() && began.begun == begun
        };
        let mut began = match self.book.sessions.iter().position(is_it) {
            Some(at) => self.book.sessions.remove(at),
            None => Began { sha256: manifest.sha256, symbol: size.symbol(), begun, next: 0 },
        };
        // After some ten thousand passes the numbers are used up; the file's own symbols come again.
        let first = if Geometry::has_left(began.next, count) { began.next } else { 0 };
        began.next = first + count;
        self.book.sessions.push(began);
        let over = self.book.sessions.len().saturating_sub(SESSIONS);
        self.book.sessions.drain(..over);
        self.write()?;
        Ok(first)
    }

    /// The next heartbeat's counter, durably used up. It is no lower than the clock, so that it rises also where the
    /// shop's folder was put back or this state was removed: the box hears no heartbeat whose counter it knows.
    pub(super) fn next_beat(&mut self) -> Result<u64, Refused> {
        let now = u64::try_from(Timestamp::now().as_second()).unwrap_or(0);
        self.book.heartbeats = self.book.heartbeats.saturating_add(1).max(now);
        self.write()?;
        Ok(self.book.heartbeats)
    }

    fn write(&self) -> Result<(), Refused> {
        let bytes = serde_json::to_vec(&self.book).expect("ids and numbers are written as JSON");
        Ok(write_atomically(&self.path, &bytes, 0o600)?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::exchange::push::FileKind;
    use crate::exchange::vocabulary::{BundleNumber, PublicKey, SenderId, StreamId};

    fn manifest(state: &State) -> Manifest {
        let (sha256, geometry) = (Digest([3; 32]), Geometry::new(5_000_000, Size::Usual, 1_000).unwrap());
        Manifest {
            key: PublicKey([1; 32]),
            sender: SenderId([1; 16]),
            stream: StreamId([2; 16]),
            number: BundleNumber(1),
            begun: state.begun(&sha256, Size::Usual),
            kind: FileKind::Bundle,
            sha256,
            geometry,
            most: 1_000,
        }
    }

    #[test]
    fn after_a_restart_the_carousel_goes_on_with_symbols_that_it_has_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let mut next = 0;
        for _ in 0..3 {
            let mut state = State::open(folder.path()).unwrap();
            let manifest = manifest(&state);
            let count = symbols_of(manifest.geometry.most_symbols(), 20);
            assert_eq!(state.take_symbols(&manifest, 20).unwrap(), next);
            assert_eq!(state.take_symbols(&manifest, 20).unwrap(), next + count);
            next += 2 * count;
        }
    }

    #[test]
    fn a_heartbeats_counter_rises_over_restarts_and_one_process_pushes() {
        let folder = tempfile::tempdir().unwrap();
        let mut last = 0;
        for _ in 0..3 {
            let mut state = State::open(folder.path()).unwrap();
            let counter = state.next_beat().unwrap();
            assert!(counter > last, "{counter} after {last}");
            last = counter;
            assert!(State::open(folder.path()).is_err(), "a second process may not push");
        }
        // What is told where the state is damaged: remove it. The box heard counters up to the last before that.
        std::fs::remove_file(folder.path().join(STATE)).unwrap();
        let now = Timestamp::now().as_second() as u64;
        assert!(State::open(folder.path()).unwrap().next_beat().unwrap() >= now);
    }
}
