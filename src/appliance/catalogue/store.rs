//! sled, and everything that is held against it.
//!
//! The keys in it are (run, page) and nothing else; the values are sealed. sled 0.34.7 checks a CRC
//! per record, but answers damage with an error, a panic or a silently shorter log, whichever it
//! meets first. So every call runs behind [`Store::guarded`], which turns the first two into
//! *damaged*; the third is seen by whoever reads the pages. And it may not answer at all: after a write
//! that failed (a full disk) its `flush` was seen to wait for good for a thread that had given up. So
//! whatever writes runs in the store's own thread ([`Hand`]) and is waited for [`PATIENCE`]; one that does
//! not come back keeps its database open, is damaged, and is made anew in another directory of the same name.
//!
//! sled counts its cache lazily: a page that was read is let go only when a queue of 64 accesses in
//! one of its 256 shards runs full, so small databases are never let go at all (measured: everything
//! that was written or read stayed in memory, whatever the limit said). So the bytes are counted
//! here, and after [`HELD_MOST`] the database is closed and opened again, which takes some
//! milliseconds.
//!
//! Happy path of a write: `pwrite` of sled's log, then [`Store::flush`]: `fdatasync` or
//! `sync_file_range` as sled sees fit. That is no promise of durability, and none is needed.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use super::refusal::CatalogueRefusal;

/// What sled is told to keep to, see above.
const CACHE_BYTES: u64 = 1 << 20;
/// The steps of sled's file, and its buffers. With its own 512 KiB every opening left the allocator
/// with four times the memory. A node must stay below a quarter, or it becomes a file of its own.
const SEGMENT_BYTES: usize = 128 << 10;
/// Bytes that sled may have taken into memory before it is closed and opened again: while writing
/// and when there is time ([`Store::rest`]), and in the midst of look-ups, which would wait for it.
const HELD_AT_REST: usize = 2 << 20;
const HELD_MOST: usize = 24 << 20;
/// sled reads a node at a time: mostly 8 values, at most 16, of some 1,100 bytes each.
const NODE_VALUES: u32 = 8;
const NODE_BYTES: usize = 9 << 10;
/// sled's file of parameters as this version writes it. It is compared before sled reads it,
/// because sled believes it: a flipped digit there makes it read the log in other steps.
const PARAMETERS: &str = "segment_size: 131072\nuse_compression: false\nversion: 0.34\n";
/// sled's threads may hold the lock of a database that was just closed for a moment longer.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);
/// How long sled may take for a few pages, or to write out what it holds, on a slow disk.
const PATIENCE: Duration = Duration::from_secs(60);
/// Changes that are handed to sled at once: its memory grows with the size of a batch.
const BATCH: usize = 32;

/// Where a page lies: its run, and its number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(pub(super) u64, pub(super) u32);

impl Key {
    fn bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&self.0.to_be_bytes());
        bytes[8..].copy_from_slice(&self.1.to_be_bytes());
        bytes
    }
}

/// One term's database.
pub(super) struct Store {
    /// `None` after it could not be opened again.
    db: RwLock<Option<sled::Db>>,
    dir: PathBuf,
    term: Box<str>,
    /// Set once sled has found damage or panicked: nothing is asked of it again.
    broken: AtomicBool,
    /// Bytes that sled has taken into memory since it was opened, about.
    held: AtomicUsize,
    /// The nodes that were read last, by run, so that reading on in one is not counted again.
    last: [AtomicU64; 16],
    /// Does what writes.
    hand: Hand,
}

impl Store {
    /// Opens the database in `dir`, which is made if it is not there.
    pub(super) fn open(dir: &Path, term: &str) -> Result<Self, CatalogueRefusal> {
        match fs::read(dir.join("conf")) {
            Ok(bytes) if bytes.starts_with(PARAMETERS.as_bytes()) => {}
            Ok(_) => return Err(CatalogueRefusal::Damaged { term: term.into() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(refusal(term, &sled::Error::Io(error))),
        }
        Ok(Self {
            db: RwLock::new(Some(open(dir, term)?)),
            dir: dir.to_owned(),
            term: term.into(),
            broken: AtomicBool::new(false),
            held: AtomicUsize::new(0),
            last: [const { AtomicU64::new(u64::MAX) }; 16],
            hand: Hand::new().map_err(|error| refusal(term, &sled::Error::Io(error)))?,
        })
    }

    pub(super) fn damaged(&self) -> CatalogueRefusal {
        CatalogueRefusal::Damaged { term: self.term.to_string() }
    }

    fn guarded<T>(&self, call: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Result<T, CatalogueRefusal> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        let db = match &*db {
            Some(db) if !self.broken.load(Ordering::Acquire) => db,
            _ => return Err(self.damaged()),
        };
        let answer = guard(&self.term, || call(db));
        if matches!(answer, Err(CatalogueRefusal::Damaged { .. })) {
            self.broken.store(true, Ordering::Release);
        }
        answer
    }

    /// As [`Store::guarded`], for what writes: it may never come back.
    fn in_time<T: Send + 'static>(
        &self,
        call: impl FnOnce(&sled::Db) -> sled::Result<T> + Send + 'static,
    ) -> Result<T, CatalogueRefusal> {
        self.guarded(|db| {
            let db = db.clone();
            let late = || sled::Error::ReportableBug("no answer".to_owned());
            match self.hand.wait_for(PATIENCE, move || call(&db)) {
                Some(Ok(answer)) => answer,
                Some(Err(panic)) => resume_unwind(panic),
                None => Err(late()),
            }
        })
    }

    /// Counts what sled takes into memory, and has it let go of everything when that is too much.
    fn hold(&self, bytes: usize, most: usize) -> Result<(), CatalogueRefusal> {
        if self.held.fetch_add(bytes, Ordering::Relaxed) + bytes <= most {
            return Ok(());
        }
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster.
        if self.held.load(Ordering::Relaxed) <= most || self.broken.load(Ordering::Acquire) {
            return Ok(());
        }
        close(db.take());
        *db = Some(open(&self.dir, &self.term)?);
        self.held.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// Has sled let go of what it holds, if that is worth the time.
    pub(super) fn rest(&self) -> Result<(), CatalogueRefusal> {
        self.hold(0, HELD_AT_REST)
    }

    /// The value at `key`; a missing one is damage, because only pages that are listed are read.
    pub(super) fn get(&self, key: Key) -> Result<sled::IVec, CatalogueRefusal> {
        self.get_if_any(key)?.ok_or_else(|| self.damaged())
    }

    /// The value at `key`, if there is one.
    pub(super) fn get_if_any(&self, key: Key) -> Result<Option<sled::IVec>, CatalogueRefusal> {
        let node = key.0 << 32 | u64::from(key.1 / NODE_VALUES);
        if self.last[(key.0 % 16) as usize].swap(node, Ordering::Relaxed) != node {
            self.hold(NODE_BYTES, HELD_MOST)?;
        }
        self.guarded(|db| db.get(key.bytes()))
    }

    /// Puts one value.
    pub(super) fn put(&self, key: Key, value: Vec<u8>) -> Result<(), CatalogueRefusal> {
        self.in_time(move |db| db.insert(key.bytes(), value).map(drop))
    }

    /// Puts a few values at once.
    pub(super) fn put_all(
        &self,
        values: impl Iterator<Item = (Key, Vec<u8>)>,
    ) -> Result<(), CatalogueRefusal> {
        let mut batch = sled::Batch::default();
        let mut size = 0;
        for (key, value) in values {
            size += value.len();
            batch.insert(&key.bytes(), value);
        }
        self.hold(size, HELD_AT_REST)?;
        self.in_time(move |db| db.apply_batch(batch))
    }

    /// Removes pages 0 to `pages` of a run.
    pub(super) fn remove_run(&self, run: u64, pages: u32) -> Result<(), CatalogueRefusal> {
        self.remove((0..pages).map(|page| Key(run, page).bytes().to_vec()))
    }

    /// Removes whatever lies at run `from` or after it: the remains of a write that was cut off.
    pub(super) fn remove_from(&self, from: u64) -> Result<(), CatalogueRefusal> {
        loop {
            let keys: Vec<Vec<u8>> = self.guarded(|db| {
                db.range(Key(from, 0).bytes()..)
                    .keys()
                    .take(BATCH)
                    .map(|key| key.map(|key| key.to_vec()))
                    .collect()
            })?;
            if keys.is_empty() {
                return Ok(());
            }
            self.remove(keys.into_iter())?;
        }
    }

    fn remove(&self, keys: impl Iterator<Item = Vec<u8>>) -> Result<(), CatalogueRefusal> {
        let mut keys = keys.peekable();
        while keys.peek().is_some() {
            let mut batch = sled::Batch::default();
            for key in keys.by_ref().take(BATCH) {
                batch.remove(key);
            }
            self.hold(BATCH / NODE_VALUES as usize * NODE_BYTES, HELD_AT_REST)?;
            self.in_time(move |db| db.apply_batch(batch))?;
        }
        Ok(())
    }

    /// Has sled write out what it holds.
    pub(super) fn flush(&self) -> Result<(), CatalogueRefusal> {
        self.in_time(|db| db.flush().map(drop))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        close(self.db.get_mut().unwrap_or_else(PoisonError::into_inner).take());
    }
}

fn open(dir: &Path, term: &str) -> Result<sled::Db, CatalogueRefusal> {
    let started = Instant::now();
    loop {
        let config = sled::Config::new()
            .path(dir)
            .segment_size(SEGMENT_BYTES)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(None);
        match guard(term, || config.open()) {
            Err(CatalogueRefusal::Busy { .. }) if started.elapsed() < LOCK_PATIENCE => {
                sleep(Duration::from_millis(1));
            }
            opened => return opened,
        }
    }
}

/// sled writes out its rest when it is dropped; on a damaged file that may panic.
fn close(db: Option<sled::Db>) {
    let Some(db) = db else { return };
    // Without a thread for it there is nothing better than to wait here.
    if let Ok(hand) = Hand::new() {
        let _ = hand.wait_for(PATIENCE, move || drop(db));
    }
}

/// A thread that does what may never come back, in order.
struct Hand(Mutex<Sender<Task>>);

type Task = Box<dyn FnOnce() + Send>;

impl Hand {
    fn new() -> io::Result<Self> {
        let (tasks, queue) = channel::<Task>();
        let work = move || queue.into_iter().for_each(|task| task());
        thread::Builder::new().name("catalogue".to_owned()).spawn(work)?;
        Ok(Self(Mutex::new(tasks)))
    }

    /// Has it done, and waits. `None` if it does not come back in time: the thread stays where it is,
    /// with what it has, and does nothing more.
    fn wait_for<T: Send + 'static>(
        &self,
        patience: Duration,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Option<thread::Result<T>> {
        let (done, answer) = channel();
        let task = Box::new(move || {
            // Nobody waits any more, where this fails.
            let _ = done.send(catch_unwind(AssertUnwindSafe(call)));
        });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).send(task).ok()?;
        answer.recv_timeout(patience).ok()
    }
}

/// Runs a call into sled; a panic in it is damage.
fn guard<T>(term: &str, call: impl FnOnce() -> sled::Result<T>) -> Result<T, CatalogueRefusal> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(refusal(term, &error)),
        Err(_) => Err(CatalogueRefusal::Damaged { term: term.into() }),
    }
}

fn refusal(term: &str, error: &sled::Error) -> CatalogueRefusal {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let term = term.to_owned();
    match error {
        sled::Error::Io(error) => match error.kind() {
            // sled 0.34 has no kind of its own for "somebody else holds the lock".
            io::ErrorKind::Other if error.to_string().starts_with("could not acquire lock") => {
                CatalogueRefusal::Busy { term }
            }
            PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull => {
                CatalogueRefusal::Disk { term, reason: error.kind().to_string() }
            }
            // The rest is what a cut or flipped file looks like: an end too early, a number too large.
            _ => CatalogueRefusal::Damaged { term },
        },
        _ => CatalogueRefusal::Damaged { term },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_call_that_does_not_come_back_holds_nobody_up() {
        let answers = |seconds: u64| {
            let begun = Instant::now();
            let answer = Hand::new()
                .unwrap()
                .wait_for(Duration::from_millis(300), move || sleep(Duration::from_secs(seconds)));
            assert!(begun.elapsed() < Duration::from_secs(20));
            answer.is_some()
        };
        assert!(answers(0) && !answers(30));
        let fell = Hand::new().unwrap().wait_for(PATIENCE, || panic!("as sled may"));
        assert!(fell.is_some_and(|answer: std::thread::Result<()>| answer.is_err()));
    }
}
