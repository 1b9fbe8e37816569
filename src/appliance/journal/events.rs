//! Event logs as files: cutting what a crash tore, and reading what is there.

use std::fs::File;
use std::io::{BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::append::Written;
use super::record::{self, HEAD, LENGTH};
use super::{LogError, LogRefusal, Place};
use crate::exchange::journal::entry::ENTRY_LENGTH;
use crate::exchange::journal::{Entry, EntryKind};
use crate::support::durable::{Appender, DiskError};
use crate::support::secret::Secret;

/// How much of a torn end is searched for records that should not be there. More than this in one
/// group was never written.
const MAX_TORN: u64 = 64 * 1024 * 1024;

/// Opens an event log for appending and cuts it to the last record that has an entry in a log of
/// `size`. What is cut was never acknowledged: entries are written only after their records are
/// durable.
pub(super) fn open_and_cut(path: &Path, size: u64) -> Result<Appender, LogError> {
    let (mut log, end) = open_uncut(path, size)?;
    if end < log.len() {
        log.truncate_to(end)?;
    }
    Ok(log)
}

/// Opens an event log, and says where its last record that has an entry ends. Nothing is cut: a record
/// whose index was damaged looks like one that a crash left, and whoever knows what must be there has
/// yet to look.
pub(super) fn open_uncut(path: &Path, size: u64) -> Result<(Appender, u64), LogError> {
    let log = Appender::open(path, None)?;
    let mut end = log.len();
    // The happy path: the last record is whole and has its entry, and one look tells.
    let end = loop {
        match frame_before(&log, end)? {
            _ if end == 0 => break 0,
            Some((_, index)) if index < size => break end,
            Some((start, _)) => end = start,
            None => break whole_records(&log, end, size, path)?,
        }
    };
    Ok((log, end))
}

/// Where the record that ends at `end` starts, and its index; `None` where none ends there.
fn frame_before(log: &Appender, end: u64) -> Result<Option<(u64, u64)>, DiskError> {
    if end < (HEAD + LENGTH) as u64 {
        return Ok(None);
    }
    let mut field = [0; LENGTH];
    log.read_at(end - LENGTH as u64, &mut field)?;
    let whole = record::content_length(field).map(|length| (length + 2 * LENGTH) as u64);
    let Some(start) = whole.and_then(|whole| end.checked_sub(whole)) else { return Ok(None) };
    Ok(frame_at(log, start, end)?.filter(|(next, _)| *next == end).map(|(_, index)| (start, index)))
}

/// Where the record that starts at `start` ends, and its index; `None` where no whole one starts there
/// within the first `end` bytes.
fn frame_at(log: &Appender, start: u64, end: u64) -> Result<Option<(u64, u64)>, DiskError> {
    if end - start < HEAD as u64 {
        return Ok(None);
    }
    let mut head = [0; HEAD];
    log.read_at(start, &mut head)?;
    let Some((length, index)) = record::head(&head) else { return Ok(None) };
    let next = start + (length + 2 * LENGTH) as u64;
    if next > end {
        return Ok(None);
    }
    let mut field = [0; LENGTH];
    log.read_at(next - LENGTH as u64, &mut field)?;
    Ok((field == head[..LENGTH]).then_some((next, index)))
}

/// Where the whole records that have entries end, walking from the start. Refuses if a record with an
/// entry stands behind the place where the walk stopped: that is damage and no torn end, and cutting
/// there would destroy what was acknowledged.
fn whole_records(log: &Appender, end: u64, size: u64, path: &Path) -> Result<u64, LogError> {
    let mut at = 0;
    while let Some((next, index)) = frame_at(log, at, end)? {
        if index >= size {
            return Ok(at);
        }
        at = next;
    }
    let damaged = || LogRefusal::EventsDamaged { path: path.display().to_string(), offset: at };
    if end - at > MAX_TORN {
        return Err(damaged().into());
    }
    let mut torn = vec![0; usize::try_from(end - at).expect("checked above")];
    log.read_at(at, &mut torn)?;
    for start in 0..torn.len().saturating_sub(HEAD) {
        let head: &[u8; HEAD] = torn[start..].first_chunk().expect("within the torn end");
        let Some((length, index)) = record::head(head) else { continue };
        let trailer = torn.get(start + LENGTH + length..).and_then(<[u8]>::first_chunk::<LENGTH>);
        if index < size && trailer.is_some_and(|trailer| trailer[..] == head[..LENGTH]) {
            return Err(damaged().into());
        }
    }
    Ok(at)
}

/// The events of one place, oldest first: see [`Journal::read_events`](super::Journal::read_events).
///
/// A record that does not open, or that its entry does not commit to, is an error in its place and the
/// next ones follow; after an error of the file itself nothing follows.
pub struct Events<'a> {
    place: Place,
    path: PathBuf,
    key: Option<&'a Secret>,
    /// `None` where there is no log, and after the end.
    log: Option<BufReader<File>>,
    offset: u64,
    /// Where the whole records end, where a torn end is not cut yet.
    end: u64,
    /// `None` where there is no journal.
    entries: Option<File>,
    size: u64,
}

impl<'a> Events<'a> {
    /// The events of a box that has no journal.
    pub(super) fn none() -> Self {
        let path = PathBuf::new();
        Self { place: Place::Public, path, key: None, log: None, offset: 0, end: 0, entries: None, size: 0 }
    }

    pub(super) fn open(
        directory: &Path,
        place: Place,
        key: Option<&'a Secret>,
        entries: File,
        size: u64,
        end: u64,
    ) -> Result<Self, LogError> {
        let path = place.path(directory)?;
        let log = match File::open(&path) {
            Ok(file) => Some(BufReader::with_capacity(1 << 16, file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(DiskError::of("open", &path, &error).into()),
        };
        Ok(Self { place, path, key, log, offset: 0, end, entries: Some(entries), size })
    }

    /// The next frame's index and payload; `None` at the end.
    fn frame(&mut self) -> Result<Option<(u64, Vec<u8>)>, LogError> {
        let Some(log) = &mut self.log else { return Ok(None) };
        if self.offset >= self.end {
            return Ok(None);
        }
        let path = &self.path;
        let failed = |error: std::io::Error| LogError::from(DiskError::of("read", path, &error));
        let damaged = || {
            LogError::from(LogRefusal::EventsDamaged {
                path: path.display().to_string(),
                offset: self.offset,
            })
        };
        let mut head = [0; HEAD];
        match read_fully(log, &mut head).map_err(failed)? {
            0 => return Ok(None),
            HEAD => {}
            _ => return Err(damaged()),
        }
        let (length, index) = record::head(&head).ok_or_else(damaged)?;
        // Behind the last durable entry somebody is writing just now.
        if index >= self.size {
            return Ok(None);
        }
        let mut rest = vec![0; length + 2 * LENGTH - HEAD];
        if read_fully(log, &mut rest).map_err(failed)? != rest.len() || !rest.ends_with(&head[..LENGTH]) {
            return Err(damaged());
        }
        rest.truncate(rest.len() - LENGTH);
        self.offset += (length + 2 * LENGTH) as u64;
        Ok(Some((index, rest)))
    }

    fn event(&mut self, index: u64, payload: &[u8]) -> Result<Written, LogError> {
        let mut entry = [0; ENTRY_LENGTH];
        let entries = self.entries.as_ref().expect("a log is only opened with its entries");
        entries
            .read_exact_at(&mut entry, index * ENTRY_LENGTH as u64)
            .map_err(|error| DiskError::of("read", &self.path, &error))?;
        let entry = Entry(entry);
        let path = self.path.display().to_string();
        let kind =
            EntryKind::from_number(entry.0[0]).ok_or(LogRefusal::EntryKind { index, kind: entry.0[0] })?;
        let Some(opening) = record::open(payload, index, kind, &self.place, self.key) else {
            return Err(LogRefusal::EventSealed { path, index }.into());
        };
        if opening.entry() != entry {
            return Err(LogRefusal::EventForeign { path, index }.into());
        }
        Ok(Written { index, opening })
    }
}

impl Iterator for Events<'_> {
    type Item = Result<Written, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.frame() {
            Ok(Some((index, payload))) => Some(self.event(index, &payload)),
            Ok(None) => {
                self.log = None;
                None
            }
            Err(error) => {
                self.log = None;
                Some(Err(error))
            }
        }
    }
}

/// Reads until `buffer` is full or the file ends, and says how much it was.
fn read_fully(file: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
