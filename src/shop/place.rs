//! Putting a sealed bundle where it is wanted, so that no number is ever signed twice.
//!
//! ```text
//! 1  .ab12cd34-000005.bundle.new      zeros in the header's place, then the age file; fsync
//! 2  ledger: invoices, sealed         fsync: the number is used, its header and signature are kept
//! 3  .ab12cd34-000005.bundle.new      the header into its place; fsync
//! 4  ab12cd34-000005.bundle           rename; fsync of the folder
//! 5  ledger: placed
//! ```
//! A crash before 2 leaves a file without a signature, which is nobody's bundle; the number is free.
//! A crash after 2 leaves all that is needed to go on at 3, which the next `seal` does, with the very
//! header that was signed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::ledger::{Book, SealedBundle};
use super::order::Sealing;
use super::refusal::shown_path;
use super::{Refused, Shop, ShopRefusal};
use crate::exchange::bundle::{Measured, Sealed};
use crate::exchange::vocabulary::{BundleNumber, StreamId};
use crate::support::durable::{DiskError, begin_writing_back, failpoint, rename, sync_file};

/// What a bundle's file is called: `ab12cd34-000005.bundle`.
#[must_use]
pub fn file_name(stream: StreamId, number: BundleNumber) -> String {
    format!("{}-{:06}.bundle", &stream.to_string()[..8], number.0)
}

/// The number in a name that [`file_name`] made for this stream.
fn number_in(stream: StreamId, name: &str) -> Option<BundleNumber> {
    let number = name.split_once('-')?.1.strip_suffix(".bundle")?.parse().ok().map(BundleNumber)?;
    (file_name(stream, number) == name).then_some(number)
}

/// What a bundle is called before it is whole; never ends in `.bundle`, and is hidden.
pub(super) fn unfinished(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.new"))
}

/// Bytes of a draft after which the disk is given something to do.
const WRITTEN_BACK: u64 = 8 << 20;

/// The file that a parcel is sealed into. It keeps back what is written to the front, which is the
/// signed header, until [`Draft::sign`].
pub(super) struct Draft {
    file: File,
    path: PathBuf,
    /// What was written at the front, when it was.
    front: Option<Vec<u8>>,
    /// Bytes written, and up to where the kernel was asked to bring them to the disk.
    written: u64,
    begun: u64,
    fault: Fault,
}

/// Why writing a draft failed, for whoever no longer has the draft.
pub(super) type Fault = Arc<OnceLock<DiskError>>;

impl Draft {
    /// Begins a draft of the bundle at `path`; an older draft of it goes.
    pub(super) fn begin(path: &Path) -> Result<(Self, Fault), DiskError> {
        let path = unfinished(path);
        let failed = |error: &io::Error| DiskError::of("create", &path, error);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&error)),
            _ => {}
        }
        let mut options = OpenOptions::new();
        let options = options.write(true).create_new(true).mode(0o644).custom_flags(libc::O_NOFOLLOW);
        let file = options.open(&path).map_err(|error| failed(&error))?;
        let fault = Fault::default();
        Ok((Self { file, path, front: None, written: 0, begun: 0, fault: fault.clone() }, fault))
    }

    /// The draft's payload is on the disk when this returns.
    pub(super) fn sync(&self) -> Result<(), DiskError> {
        sync_file(&self.file, &self.path)
    }

    /// Puts the header into its place, and the bundle under its name.
    pub(super) fn finish(mut self, path: &Path) -> Result<(), DiskError> {
        let front = self.front.take().unwrap_or_default();
        finish(&mut self.file, &self.path, &front, path)
    }

    /// So that [`Draft::sync`] finds little left to wait for.
    fn begin_writing_back(&mut self) {
        if self.written - self.begun >= WRITTEN_BACK {
            begin_writing_back(&self.file, self.begun, self.written - self.begun);
            self.begun = self.written;
        }
    }

    fn noted<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &outcome {
            let _ = self.fault.set(DiskError::of("write", &self.path, error));
        }
        outcome
    }
}

fn finish(file: &mut File, draft: &Path, front: &[u8], path: &Path) -> Result<(), DiskError> {
    let written = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(front));
    written.map_err(|error| DiskError::of("write", draft, &error))?;
    sync_file(file, draft)?;
    failpoint("shop-signed");
    rename(draft, path)?;
    failpoint("shop-visible");
    Ok(())
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(front) = &mut self.front {
            front.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        let outcome = self.file.write(bytes);
        self.written += *outcome.as_ref().unwrap_or(&0) as u64;
        self.begin_writing_back();
        self.noted(outcome)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Draft {
    /// Sealing seeks twice: behind the header, and, when all else is written, to the front.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(0) => {
                self.front = Some(Vec::new());
                Ok(0)
            }
            SeekFrom::Start(front) => {
                // Zeros and not a hole, so that the header finds its room when the disk is full.
                let outcome = self.file.set_len(0).and_then(|()| {
                    self.file.seek(SeekFrom::Start(0))?;
                    io::copy(&mut io::repeat(0).take(front), &mut self.file)
                });
                self.noted(outcome)
            }
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

impl Shop {
    /// Finishes what a crash left unfinished, clears unsigned drafts away, and sees that the ledger
    /// is not an old copy.
    pub(super) fn look_after_interrupted(
        &self,
        book: &mut Book,
        to: &Path,
        report: &mut Sealing,
    ) -> Result<(), Refused> {
        let unsure: Vec<_> = book
            .ledger()
            .bundles()
            .iter()
            .filter(|bundle| !bundle.placed && bundle.is_outstanding())
            .cloned()
            .collect();
        for bundle in &unsure {
            match finish_interrupted(bundle)? {
                Looked::Placed => {
                    book.placed(bundle.number())?;
                    report.finished.push(bundle.number());
                }
                Looked::Absent => report.absent.push(bundle.number()),
            }
        }
        sweep(to, self.keys.stream, |number| report.absent.contains(&number));
        let known = book.ledger().bundles().len() as u64;
        let names = fs::read_dir(to).into_iter().flatten().flatten().map(|entry| entry.file_name());
        let numbers = names.filter_map(|name| number_in(self.keys.stream, name.to_str()?));
        match numbers.max() {
            Some(number) if number.0 > known => {
                let found = shown_path(&to.join(file_name(self.keys.stream, number)));
                Err(ShopRefusal::LedgerOld { number, known, found }.into())
            }
            _ => Ok(()),
        }
    }
}

/// What became of a bundle whose number is used and which was not seen under its name.
enum Looked {
    /// It is there, whole or made whole now.
    Placed,
    /// Neither it nor its draft is where they should be: a stick that is not plugged in, or lost.
    Absent,
}

/// Looks for a bundle that a crash may have left unfinished, and finishes it.
fn finish_interrupted(bundle: &SealedBundle) -> Result<Looked, Refused> {
    let header = bundle.header.to_bytes();
    if let Ok(mut file) = File::open(&bundle.path) {
        let ours = Sealed::read(&mut file).is_ok_and(|sealed| sealed.to_bytes() == header);
        return Ok(if ours { Looked::Placed } else { Looked::Absent });
    }
    let draft = unfinished(&bundle.path);
    let opened = OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOFOLLOW).open(&draft);
    let Ok(mut file) = opened else { return Ok(Looked::Absent) };
    let failed = |error: io::Error| DiskError::of("read", &draft, &error);
    file.seek(SeekFrom::Start(header.len() as u64)).map_err(failed)?;
    let measured = Measured::while_copying(&mut file, &mut io::sink()).map_err(failed)?;
    let promised = bundle.header();
    if measured != (Measured { length: promised.length, sha256: promised.sha256 }) {
        return Ok(Looked::Absent);
    }
    finish(&mut file, &draft, &header, &bundle.path)?;
    Ok(Looked::Placed)
}

/// Removes drafts of this stream in `folder`, which no ledger entry waits for.
fn sweep(folder: &Path, stream: StreamId, is_waited_for: impl Fn(BundleNumber) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_prefix('.')?.strip_suffix(".new"))
            .and_then(|name| number_in(stream, name));
        if number.is_some_and(|number| !is_waited_for(number)) {
            // Best effort: an unsigned draft is nobody's bundle, it only takes room.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_name_tells_its_number_and_no_other_stream_s() {
        let stream = StreamId([0xab; 16]);
        assert_eq!(file_name(stream, BundleNumber(5)), "abababab-000005.bundle");
        assert_eq!(number_in(stream, "abababab-000005.bundle"), Some(BundleNumber(5)));
        assert_eq!(number_in(stream, "abababab-1234567.bundle"), Some(BundleNumber(1_234_567)));
        for other in
            ["abababab-5.bundle", "cdababab-000005.bundle", "abababab-+00005.bundle", "x", "-.bundle"]
        {
            assert_eq!(number_in(stream, other), None, "{other}");
        }
    }

    #[test]
    fn a_draft_shows_no_header_before_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.bundle");
        let (mut draft, _) = Draft::begin(&path).unwrap();
        draft.seek(SeekFrom::Start(6)).unwrap();
        draft.write_all(b"payload").unwrap();
        draft.seek(SeekFrom::Start(0)).unwrap();
        draft.write_all(b"header").unwrap();
        assert_eq!(fs::read(unfinished(&path)).unwrap(), b"\0\0\0\0\0\0payload");
        assert!(!path.exists());
        draft.finish(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"headerpayload");
        assert!(!unfinished(&path).exists());
    }
}
