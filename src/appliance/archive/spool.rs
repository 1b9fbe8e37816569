//! The spool: where a bundle is copied, and measured, before anything else happens to it.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{ArchiveRefusal, RESERVE, Refused, Why};
use crate::exchange::bundle::{Header, Measured, Sealed};
use crate::exchange::vocabulary::StreamId;
use crate::support::durable::{self, DiskError};

/// The spool's directory.
pub struct Spool {
    directory: PathBuf,
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
}

impl Spool {
    /// Opens the spool and clears what a crash left in it: nothing in it was acknowledged.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn open(directory: &Path) -> Result<Self, DiskError> {
        if directory.exists() {
            durable::remove_tree(directory, false)?;
        }
        durable::create_dir_all(directory)?;
        Ok(Self { directory: directory.to_owned() })
    }

    /// Copies the bundle at `source` into the spool, digesting it on the way; `copied` is told how
    /// many bytes of the file are done.
    ///
    /// # Errors
    /// [`Refused`], with nothing left behind.
    pub fn copy(&self, source: &Path, copied: &mut dyn FnMut(u64, u64)) -> Result<Spooled, Refused> {
        let name = source.file_name().unwrap_or(source.as_os_str()).to_string_lossy().into_owned();
        // Control characters in a name must not reach a terminal.
        let name: String = name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        self.copy_named(source, &name, copied).map_err(|why| why.of(&name))
    }

    fn copy_named(
        &self,
        source: &Path,
        name: &str,
        copied: &mut dyn FnMut(u64, u64),
    ) -> Result<Spooled, Why> {
        let unreadable = |error: std::io::Error| match error.raw_os_error() {
            Some(libc::ELOOP) => ArchiveRefusal::NotAFile,
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
        let mut input = BufReader::with_capacity(256 * 1024, input);
        let sealed = Sealed::read(&mut input)?;
        let free = durable::free_space(&self.directory)?;
        let needed = sealed.claimed().length + sealed.to_bytes().len() as u64;
        if free < needed.saturating_add(RESERVE) {
            return Err(ArchiveRefusal::DiskFull { needed, free: free.saturating_sub(RESERVE) }.into());
        }

        let path = self.directory.join(format!("{}.part", StreamId::random()));
        let mut removal = RemoveUnlessKept { path: &path, kept: false };
        let output = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| DiskError::of("create", &path, &error))?;
        let mut output =
            Copy { output: BufWriter::with_capacity(1 << 20, output), done: 0, total: needed, copied };
        let wrong = |error: std::io::Error| DiskError::of("write", &path, &error);
        output.write_all(&sealed.to_bytes()).map_err(wrong)?;
        // One byte more than was signed for shows that something follows; no need to copy the rest.
        let mut rest = input.take(sealed.claimed().length + 1);
        let measured = Measured::while_copying(&mut rest, &mut output).map_err(wrong)?;
        output.output.into_inner().map_err(|error| wrong(error.into_error()))?;
        let file = durable::take_over(&path)?;
        removal.kept = true;
        Ok(Spooled {
            name: name.to_owned(),
            path: path.clone(),
            file,
            sealed: Some(sealed),
            measured,
            kept: false,
        })
    }
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
}

impl Drop for Spooled {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is cleared when the spool is opened next.
            let _ = std::fs::remove_file(&self.path);
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

/// A writer that tells how far it is.
struct Copy<'a> {
    output: BufWriter<File>,
    done: u64,
    total: u64,
    copied: &'a mut dyn FnMut(u64, u64),
}

impl Write for Copy<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.output.write_all(bytes)?;
        self.done += bytes.len() as u64;
        (self.copied)(self.done, self.total);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.output.flush()
    }
}
