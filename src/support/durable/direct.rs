//! Large files straight to the disk and back, past the kernel's cache (`open(2)`, `O_DIRECT`).
//!
//! A bundle is written once and read once on its way into the archive. Through the cache each of its
//! bytes would be copied twice more, and each page made, kept and written by the kernel in its own time,
//! while an fsync waits: on two cores that is a quarter of all the work. And what is read back here is
//! what the disk has, not what the kernel still remembers.
//!
//! ```text
//! write --blocks--> thread: pwrite, past the cache      thread: pread, past the cache --blocks--> read
//!       <--empty---                                                            <--empty and where--
//! ```
//! A file that ends within a page ends through the cache. A filesystem that knows no such way is written
//! and read through its cache all along: the same bytes, only slower. Nothing here is durable before
//! [`sync_file`](super::sync_file).

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// Bytes that go to the disk, or come from it, at once.
const BLOCK: usize = 512 * 1024;
/// What addresses, lengths and places are multiples of: no device asks for more than a page.
const PAGE: usize = 4096;
/// Blocks on their way while one is being filled or used.
const UNDER_WAY: usize = 2;

/// Writes a new file from its beginning. What is not finished is worth nothing.
pub struct DirectWriter {
    block: Block,
    full: Option<SyncSender<Block>>,
    empty: Receiver<Block>,
    written: Arc<AtomicU64>,
    worker: Option<JoinHandle<io::Result<()>>>,
}

impl DirectWriter {
    /// Writes `file`, which is empty and nobody else's.
    ///
    /// # Errors
    /// If there can be no thread for it.
    pub fn new(file: File) -> io::Result<Self> {
        let (full, queue) = sync_channel(UNDER_WAY);
        let (back, empty) = sync_channel(UNDER_WAY);
        for _ in 0..UNDER_WAY {
            back.send(Block::new()).expect("there is room for each");
        }
        let written = Arc::<AtomicU64>::default();
        let told = Arc::clone(&written);
        let work = move || write_all(&Direct::of(file), &queue, &back, &told);
        let worker = std::thread::Builder::new().name("write".to_owned()).spawn(work)?;
        Ok(Self { block: Block::new(), full: Some(full), empty, written, worker: Some(worker) })
    }

    /// Bytes that have gone to the disk by now.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Writes what `input` gives at once, at most `limit` bytes, and shows it; nothing when it ends.
    ///
    /// # Errors
    /// Those of reading, and [`DirectError::Unwritten`] when the disk refused.
    pub fn read_from(&mut self, input: &mut impl Read, limit: usize) -> Result<&[u8], DirectError> {
        self.make_room().map_err(DirectError::Unwritten)?;
        let from = self.block.filled;
        let room = &mut self.block.room()[from..];
        let room_length = room.len().min(limit);
        let count = loop {
            match input.read(&mut room[..room_length]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome.map_err(DirectError::Unread)?,
            }
        };
        self.block.filled += count;
        Ok(&self.block.bytes()[from..])
    }

    /// Writes what is left, and closes the file.
    ///
    /// # Errors
    /// The first fault of all the writing.
    pub fn finish(mut self) -> io::Result<()> {
        self.hand_over(Block::none());
        self.settle()
    }

    /// Sees that there is room in the block.
    fn make_room(&mut self) -> io::Result<()> {
        if !self.block.is_full() {
            return Ok(());
        }
        // The thread gives blocks back as long as it lives.
        let gave_up = match self.empty.recv() {
            Ok(next) => !self.hand_over(next),
            Err(_) => true,
        };
        if gave_up {
            return Err(self.settle().err().unwrap_or_else(|| io::ErrorKind::BrokenPipe.into()));
        }
        Ok(())
    }

    /// Gives the thread the block, to go on with the next; `false` when the thread has given up.
    fn hand_over(&mut self, next: Block) -> bool {
        let block = std::mem::replace(&mut self.block, next);
        self.full.as_ref().is_some_and(|full| full.send(block).is_ok())
    }

    /// Waits for the thread's end.
    fn settle(&mut self) -> io::Result<()> {
        self.full = None;
        match self.worker.take().map(JoinHandle::join) {
            Some(Ok(outcome)) => outcome,
            // It is asked once, and does not panic.
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

/// Why copying stopped.
#[derive(Debug)]
pub enum DirectError {
    /// What was to be copied cannot be read.
    Unread(io::Error),
    /// The copy cannot be written.
    Unwritten(io::Error),
}

impl Write for DirectWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.make_room()?;
        Ok(self.block.take(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for DirectWriter {
    fn drop(&mut self) {
        if self.worker.is_some() {
            // Nobody writes the file any more once this is gone; what was written is worth nothing.
            let _ = self.settle();
        }
    }
}

fn write_all(
    file: &Direct,
    queue: &Receiver<Block>,
    back: &SyncSender<Block>,
    written: &AtomicU64,
) -> io::Result<()> {
    let mut at = 0;
    for mut block in queue {
        file.write(block.bytes(), at)?;
        at += block.filled as u64;
        written.store(at, Ordering::Relaxed);
        block.filled = 0;
        // Whoever fills blocks may have gone; the queue ends then too.
        let _ = back.try_send(block);
    }
    Ok(())
}

/// Reads a file that nobody changes. Reading on is ahead of its reader by a block.
pub struct DirectReader {
    /// The block that is being used, and where in the file it stands.
    block: Block,
    start: u64,
    /// Where the next byte is read.
    position: u64,
    /// The block on its way, by its place.
    coming: Option<u64>,
    /// A block without use.
    spare: Option<Block>,
    asked: Sender<(Block, u64)>,
    come: Receiver<io::Result<Block>>,
}

impl DirectReader {
    /// Reads `file` from its beginning. Its descriptor is for this reader alone from now on, its clones
    /// for syncing only.
    ///
    /// # Errors
    /// If there can be no thread for it.
    pub fn new(file: File) -> io::Result<Self> {
        let (asked, questions) = channel::<(Block, u64)>();
        let (answers, come) = channel();
        let work = move || {
            let file = Direct::of(file);
            for (mut block, at) in questions {
                let outcome = file.read(block.room(), at).map(|count| {
                    block.filled = count;
                    block
                });
                if answers.send(outcome).is_err() {
                    break;
                }
            }
        };
        std::thread::Builder::new().name("read".to_owned()).spawn(work)?;
        let (block, spare) = (Block::new(), Some(Block::new()));
        Ok(Self { block, start: 0, position: 0, coming: None, spare, asked, come })
    }

    /// Gets the block that the next byte stands in, and asks for the one behind it.
    fn load(&mut self) -> io::Result<()> {
        let start = self.position - self.position % BLOCK as u64;
        if self.coming != Some(start) {
            if self.coming.is_some() {
                self.spare = Some(self.await_block()?);
            }
            self.ask(start)?;
        }
        let old = std::mem::replace(&mut self.block, Block::none());
        self.block = self.await_block()?;
        self.start = start;
        self.spare = Some(old);
        if self.block.is_full() { self.ask(start + BLOCK as u64) } else { Ok(()) }
    }

    fn ask(&mut self, start: u64) -> io::Result<()> {
        let block = self.spare.take().unwrap_or_else(Block::new);
        self.asked.send((block, start)).map_err(|_| io::ErrorKind::BrokenPipe)?;
        self.coming = Some(start);
        Ok(())
    }

    fn await_block(&mut self) -> io::Result<Block> {
        self.coming = None;
        self.come.recv().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
    }

    /// How far into the block the next byte stands, if it does.
    fn within(&self) -> Option<usize> {
        let within = usize::try_from(self.position.checked_sub(self.start)?).ok()?;
        (within < self.block.filled).then_some(within)
    }
}

impl BufRead for DirectReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.within().is_none() {
            self.load()?;
        }
        Ok(self.within().map_or(&[], |within| &self.block.bytes()[within..]))
    }

    fn consume(&mut self, count: usize) {
        self.position += count as u64;
    }
}

impl Read for DirectReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl Seek for DirectReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            // Nobody asks, and the file's length is not known here.
            SeekFrom::End(_) => return Err(io::ErrorKind::Unsupported.into()),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// Memory that a device reads and writes by itself, at an address that is a multiple of [`PAGE`].
struct Block {
    area: Vec<u8>,
    begin: usize,
    filled: usize,
}

impl Block {
    fn new() -> Self {
        let area = vec![0; BLOCK + PAGE];
        let begin = area.as_ptr().align_offset(PAGE).min(PAGE);
        Self { area, begin, filled: 0 }
    }

    /// A block without room, which stands in for one that is elsewhere.
    fn none() -> Self {
        Self { area: Vec::new(), begin: 0, filled: 0 }
    }

    fn is_full(&self) -> bool {
        self.filled == BLOCK
    }

    fn bytes(&self) -> &[u8] {
        &self.area[self.begin..self.begin + self.filled]
    }

    fn room(&mut self) -> &mut [u8] {
        &mut self.area[self.begin..self.begin + BLOCK]
    }

    /// Takes what there is room for.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let count = bytes.len().min(BLOCK - self.filled);
        let at = self.begin + self.filled;
        self.area[at..at + count].copy_from_slice(&bytes[..count]);
        self.filled += count;
        count
    }
}

/// A file whose descriptor goes past the cache for as long as that works.
struct Direct(File);

impl Direct {
    fn of(file: File) -> Self {
        let direct = Self(file);
        direct.past_the_cache(true);
        direct
    }

    /// Whether it is asked for; a filesystem that knows no such way stays with its cache.
    fn past_the_cache(&self, asked: bool) {
        if let Ok(flags) = fcntl_getfl(&self.0) {
            let flags = if asked { flags | OFlags::DIRECT } else { flags - OFlags::DIRECT };
            let _ = fcntl_setfl(&self.0, flags);
        }
    }

    /// Does what the filesystem may refuse to do past its cache, with a word that has no other meaning
    /// for an aligned piece of a plain file.
    fn or_through_the_cache<T>(&self, mut work: impl FnMut(&File) -> io::Result<T>) -> io::Result<T> {
        match work(&self.0) {
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
                self.past_the_cache(false);
                work(&self.0)
            }
            done => done,
        }
    }

    fn write(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        let (pages, rest) = bytes.split_at(bytes.len() - bytes.len() % PAGE);
        self.or_through_the_cache(|file| file.write_all_at(pages, at))?;
        if !rest.is_empty() {
            self.past_the_cache(false);
            self.0.write_all_at(rest, at + pages.len() as u64)?;
        }
        Ok(())
    }

    /// Fills `room` as far as the file goes.
    fn read(&self, room: &mut [u8], at: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < room.len() {
            match self.or_through_the_cache(|file| file.read_at(&mut room[filled..], at + filled as u64)) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            // Only its end stands within a page.
            if filled % PAGE != 0 {
                break;
            }
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::OpenOptionsExt;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    fn bytes(length: usize) -> Vec<u8> {
        (0..length as u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
    }

    fn write(folder: &Path, bytes: &[u8], piece: usize) -> File {
        let path = folder.join("file");
        let _ = std::fs::remove_file(&path);
        let mut writer = DirectWriter::new(File::create_new(&path).unwrap()).unwrap();
        bytes.chunks(piece).for_each(|piece| writer.write_all(piece).unwrap());
        writer.finish().unwrap();
        File::open(&path).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn what_was_written_is_read_wherever_it_is_looked_for(
            blocks in 0_usize..4,
            rest in prop_oneof![Just(0), 0..PAGE, Just(PAGE), 0..BLOCK],
            piece in 1_usize..200_000,
            looks in prop::collection::vec((0.0..1.1_f64, 0_usize..3_000_000), 0..6),
        ) {
            let folder = tempfile::tempdir_in(".").unwrap();
            let wanted = bytes(blocks * BLOCK + rest);
            let mut reader = DirectReader::new(write(folder.path(), &wanted, piece)).unwrap();
            for (part, length) in looks {
                let at = (wanted.len() as f64 * part) as usize;
                reader.seek(SeekFrom::Start(at as u64)).unwrap();
                let mut found = Vec::new();
                (&mut reader).take(length as u64).read_to_end(&mut found).unwrap();
                let from = at.min(wanted.len());
                prop_assert!(found == wanted[from..(from + length).min(wanted.len())]);
            }
            reader.seek(SeekFrom::Start(0)).unwrap();
            let mut all = Vec::new();
            reader.read_to_end(&mut all).unwrap();
            prop_assert!(all == wanted);
        }
    }

    #[test]
    fn a_filesystem_without_such_a_way_keeps_the_same_bytes() {
        // A memory file knows no direct descriptor, or takes one and does not mind.
        let wanted = bytes(2 * BLOCK + 5);
        let file = File::from(rustix::fs::memfd_create("bundle", rustix::fs::MemfdFlags::CLOEXEC).unwrap());
        let mut writer = DirectWriter::new(file.try_clone().unwrap()).unwrap();
        writer.write_all(&wanted).unwrap();
        writer.finish().unwrap();
        let mut found = Vec::new();
        DirectReader::new(file).unwrap().read_to_end(&mut found).unwrap();
        assert!(found == wanted);
    }

    #[test]
    fn a_full_disk_is_told_by_the_writing_or_at_its_end() {
        let full =
            || std::fs::OpenOptions::new().write(true).custom_flags(libc::O_NOFOLLOW).open("/dev/full");
        let mut writer = DirectWriter::new(full().unwrap()).unwrap();
        let many = bytes(8 * BLOCK);
        let told = writer.write_all(&many).unwrap_err();
        assert_eq!(told.kind(), io::ErrorKind::StorageFull);
        let mut writer = DirectWriter::new(full().unwrap()).unwrap();
        writer.write_all(b"few").unwrap();
        assert_eq!(writer.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
