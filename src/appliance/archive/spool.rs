//! The spool: where a bundle is copied, and measured, before anything else happens to it.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{ArchiveRefusal, RESERVE, Refused, Why};
use crate::exchange::bundle::{BundleRefusal, Header, Measured, Measuring, Sealed};
use crate::exchange::vocabulary::StreamId;
use crate::support::durable::{self, DirectError, DirectWriter, DiskError};
use crate::support::words::unsteered;

/// Bytes that are copied and digested at once: they are still in the processor's own cache then.
const PIECE: usize = 64 * 1024;
/// How long a process may take to be started, on a machine that is busy.
const STARTING: Duration = Duration::from_secs(10);

/// The spool's directory.
pub struct Spool {
    directory: PathBuf,
    /// Bytes that bundles which are being copied will still take: several are copied at once.
    promised: Mutex<u64>,
}

/// Bytes of the disk that one bundle will still take; given back when this is dropped.
struct Promise<'a> {
    promised: &'a Mutex<u64>,
    all: u64,
    left: u64,
}

impl Promise<'_> {
    /// So many bytes lie on the disk by now.
    fn kept_up_to(&mut self, written: u64) {
        let left = self.all.saturating_sub(written).min(self.left);
        *self.promised.lock().unwrap_or_else(PoisonError::into_inner) -= self.left - left;
        self.left = left;
    }
}

impl Drop for Promise<'_> {
    fn drop(&mut self) {
        self.kept_up_to(self.all);
    }
}

/// A file of the spool that nobody else can change, with its header read and its age file measured.
/// It is removed when this is dropped, unless it was kept.
pub struct Spooled {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) file: File,
    pub(super) sealed: Option<Sealed>,
    pub(super) measured: Measured,
    pub(super) kept: bool,
    /// Writing the file to the disk, while it is examined.
    syncing: Option<JoinHandle<Result<(), DiskError>>>,
}

impl Spool {
    /// Opens the spool and clears what a crash left in it: nothing in it was acknowledged. What waits for
    /// an officer stays.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn open(directory: &Path) -> Result<Self, DiskError> {
        durable::create_dir_all(directory)?;
        let unreadable = |error: std::io::Error| DiskError::of("read", directory, &error);
        for entry in std::fs::read_dir(directory).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            if entry.file_type().map_err(unreadable)?.is_dir() {
                if ![super::WAITING, super::CARDS, super::PUSH].iter().any(|kept| entry.file_name() == *kept)
                {
                    durable::remove_tree(&entry.path(), false)?;
                }
            } else {
                durable::remove_file(&entry.path())?;
            }
        }
        Ok(Self { directory: directory.to_owned(), promised: Mutex::new(0) })
    }

    /// Copies the bundle at `source` into the spool, digesting it on the way; `copied` is told how
    /// many bytes of the file are done.
    ///
    /// # Errors
    /// [`Refused`], with nothing left behind.
    pub fn copy(&self, source: &Path, copied: &mut dyn FnMut(u64, u64)) -> Result<Spooled, Refused> {
        self.copy_as(source, &plain_name(source), copied)
    }

    /// As [`Spool::copy`], for a file whose name a person knows is another.
    ///
    /// # Errors
    /// As [`Spool::copy`].
    pub fn copy_as(
        &self,
        source: &Path,
        name: &str,
        copied: &mut dyn FnMut(u64, u64),
    ) -> Result<Spooled, Refused> {
        self.copy_named(source, name, copied).map_err(|why| why.of(name))
    }

    /// As [`Spool::copy`], of a bundle that comes from a stick.
    ///
    /// # Errors
    /// As [`Spool::copy`].
    pub fn copy_from(
        &self,
        input: &mut dyn Read,
        name: &str,
        copied: &mut dyn FnMut(u64, u64),
    ) -> Result<Spooled, Refused> {
        self.copy_read(input, name, copied).map_err(|why| why.of(name))
    }

    /// Sets bytes aside for one bundle, beyond the reserve and what the others will take.
    fn promise(&self, needed: u64) -> Result<Promise<'_>, Why> {
        let mut promised = self.promised.lock().unwrap_or_else(PoisonError::into_inner);
        let free = durable::free_space(&self.directory)?.saturating_sub(*promised).saturating_sub(RESERVE);
        if free < needed {
            return Err(ArchiveRefusal::DiskFull { needed, free }.into());
        }
        *promised += needed;
        Ok(Promise { promised: &self.promised, all: needed, left: needed })
    }

    fn copy_named(
        &self,
        source: &Path,
        name: &str,
        copied: &mut dyn FnMut(u64, u64),
    ) -> Result<Spooled, Why> {
        let unreadable = |error: std::io::Error| match error.raw_os_error() {
            // A link; a socket or a device without a driver; a directory.
            Some(libc::ELOOP | libc::ENXIO | libc::ENODEV | libc::EISDIR) => ArchiveRefusal::NotAFile,
            _ => ArchiveRefusal::Unreadable { reason: error.to_string() },
        };
        let input = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(source)
            .map_err(unreadable)?;
        let meta = input.metadata().map_err(unreadable)?;
        if !meta.is_file() {
            return Err(ArchiveRefusal::NotAFile.into());
        }
        if meta.len() == 0 {
            // What a stick that was pulled out too early has.
            return Err(BundleRefusal::HeaderTruncated.into());
        }
        self.copy_read(&mut BufReader::new(input), name, copied)
    }

    fn copy_read(
        &self,
        mut input: &mut dyn Read,
        name: &str,
        copied: &mut dyn FnMut(u64, u64),
    ) -> Result<Spooled, Why> {
        let sealed = Sealed::read(&mut input)?;
        let (front, needed) = (sealed.to_bytes(), sealed.file_length());
        let mut promise = self.promise(needed)?;

        let path = self.directory.join(format!("{}.part", StreamId::random()));
        let mut removal = RemoveUnlessKept { path: &path, kept: false };
        let output = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| DiskError::of("create", &path, &error))?;
        let wrong = |error: std::io::Error| DiskError::of("write", &path, &error);
        let mut output = DirectWriter::new(output).map_err(wrong)?;
        output.write_all(&front).map_err(wrong)?;
        // One byte more than was signed for shows that something follows; no need to copy the rest.
        let mut rest = input.take(sealed.claimed().length + 1);
        let mut measuring = Measuring::default();
        let mut done = front.len() as u64;
        loop {
            let piece = match output.read_from(&mut rest, PIECE) {
                Ok([]) => break,
                Ok(piece) => piece,
                Err(DirectError::Unread(error)) => {
                    return Err(ArchiveRefusal::Unreadable { reason: error.to_string() }.into());
                }
                Err(DirectError::Unwritten(error)) => return Err(wrong(error).into()),
            };
            measuring.see(piece);
            done += piece.len() as u64;
            promise.kept_up_to(output.written());
            copied(done, needed);
        }
        output.finish().map_err(wrong)?;
        durable::failpoint("take-spooled");
        let file = take_over(&path)?;
        removal.kept = true;
        Ok(Spooled {
            name: name.to_owned(),
            path: path.clone(),
            file,
            sealed: Some(sealed),
            measured: measuring.finish(),
            kept: false,
            syncing: None,
        })
    }
}

/// A file's name as it may be said: a control character, or one that turns the writing around, must
/// not reach a terminal.
#[must_use]
pub fn plain_name(file: &Path) -> String {
    unsteered(&file.file_name().unwrap_or(file.as_os_str()).to_string_lossy())
}

impl Spooled {
    /// The file's name, as a person would look for it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its header says, of which nothing is checked.
    ///
    /// # Panics
    /// Not before it was vetted.
    #[must_use]
    pub fn claimed(&self) -> &Header {
        self.sealed.as_ref().expect("taken by vetting only").claimed()
    }

    /// Begins to make the file durable in a thread of its own. The disk is slower than the examination,
    /// and needs no core of ours.
    pub(super) fn begin_sync(&mut self) -> Result<(), Why> {
        let (file, path) = (self.file.try_clone().map_err(BundleRefusal::from)?, self.path.clone());
        let sync = std::thread::Builder::new().name("sync".to_owned());
        let syncing = sync.spawn(move || durable::sync_file(&file, &path)).map_err(BundleRefusal::from)?;
        self.syncing = Some(syncing);
        Ok(())
    }

    /// The file is durable when this returns.
    pub(super) fn synced(&mut self) -> Result<(), Why> {
        match self.syncing.take() {
            Some(syncing) => Ok(syncing.join().expect("syncing does not panic")?),
            None => Ok(durable::sync_file(&self.file, &self.path)?),
        }
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is cleared when the spool is opened next.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Takes a file of the spool over. A process that is just being started holds what any of our threads
/// had open for writing, until it becomes the other program: that is waited for.
fn take_over(path: &Path) -> Result<File, DiskError> {
    let begun = Instant::now();
    loop {
        match durable::take_over(path) {
            Err(DiskError::StillWritten { .. }) if begun.elapsed() < STARTING => {
                std::thread::sleep(Duration::from_millis(2));
            }
            taken => return taken,
        }
    }
}

struct RemoveUnlessKept<'a> {
    path: &'a Path,
    kept: bool,
}

impl Drop for RemoveUnlessKept<'_> {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(self.path);
        }
    }
}
