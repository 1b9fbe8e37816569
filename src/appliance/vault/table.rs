//! `vault/a` and `vault/b`: one generation of the table, twice.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::contents::Contents;
use super::sealed::{OVERHEAD, VAULT};
use super::{VaultError, VaultRefusal};
use crate::exchange::bundle::cbor;
use crate::support::durable;
use crate::support::secret::Secret;

/// The most that the table may take, in bytes of CBOR: a thousand senders with their cards.
const MAX_TABLE: usize = 8 << 20;

/// One of the twins (also of the floor's two files).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    A,
    B,
}

impl File {
    pub(super) const BOTH: [Self; 2] = [Self::A, Self::B];

    pub(super) fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "a",
            Self::B => "b",
        })
    }
}

pub(super) struct Table {
    directory: PathBuf,
}

impl Table {
    /// The two files' place in a box that has none yet.
    pub(super) fn create(data: &Path) -> Result<Self, VaultError> {
        let table = Self::at(data);
        durable::create_dir(&table.directory)?;
        for file in File::BOTH {
            let path = table.file(file);
            if path.symlink_metadata().is_ok() {
                return Err(VaultRefusal::AlreadyThere { path: path.display().to_string() }.into());
            }
        }
        Ok(table)
    }

    pub(super) fn at(data: &Path) -> Self {
        Self { directory: data.join("vault") }
    }

    pub(super) fn directory(&self) -> String {
        self.directory.display().to_string()
    }

    fn file(&self, file: File) -> PathBuf {
        self.directory.join(file.to_string())
    }

    /// The file's path, to be said.
    pub(super) fn path(&self, file: File) -> String {
        self.file(file).display().to_string()
    }

    pub(super) fn seal(root: &Secret, contents: &Contents) -> Result<Vec<u8>, VaultRefusal> {
        let plain = encode(contents)?;
        Ok(VAULT.seal(root, contents.generation, &plain))
    }

    pub(super) fn write(&self, file: File, sealed: &[u8]) -> Result<(), durable::DiskError> {
        durable::write_atomically(&self.file(file), sealed, 0o600)
    }

    pub(super) fn write_both(&self, root: &Secret, contents: &Contents) -> Result<(), VaultError> {
        let sealed = Self::seal(root, contents)?;
        for file in File::BOTH {
            self.write(file, &sealed)?;
        }
        Ok(())
    }

    /// The table in `file`, if `root` opens it. A file that is not there, torn, flipped or under
    /// another root gives `None`.
    pub(super) fn open(&self, file: File, root: &Secret) -> Result<Option<Contents>, VaultError> {
        let Some(bytes) = self.read(file)? else { return Ok(None) };
        let Some(opened) = VAULT.open(root, &bytes) else { return Ok(None) };
        // The seal proves that a vault wrote it, so this fails for a later program's table only.
        let contents = cbor::decode::<Contents>(&opened.plain, MAX_TABLE).ok();
        Ok(contents.filter(|contents| contents.generation == opened.number))
    }

    /// The generation that the file's clear header claims, for a better refusal.
    pub(super) fn claimed_generation(&self, file: File) -> Result<Option<u64>, VaultError> {
        Ok(self.read(file)?.and_then(|bytes| VAULT.number(&bytes)))
    }

    /// The file's version, if it is a later one than this program knows.
    pub(super) fn later_version(&self, file: File) -> Result<Option<u32>, VaultError> {
        let version = self.read(file)?.and_then(|bytes| VAULT.version_of(&bytes));
        Ok(version.filter(|version| VAULT.is_later(*version)))
    }

    fn read(&self, file: File) -> Result<Option<Vec<u8>>, VaultError> {
        read_if_there(&self.file(file), MAX_TABLE + OVERHEAD)
    }
}

/// A sealed file's bytes; `None` if it is not there or longer than such a file can be.
pub(super) fn read_if_there(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, VaultError> {
    match durable::read_up_to(path, limit as u64) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(durable::DiskError::Missing { .. } | durable::DiskError::TooLarge { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The table's CBOR, in a buffer that is wiped and was never moved.
fn encode(contents: &Contents) -> Result<Zeroizing<Vec<u8>>, VaultRefusal> {
    let mut length = Length(0);
    cbor::encode_into(contents, &mut length);
    if length.0 > MAX_TABLE {
        return Err(VaultRefusal::TooLarge { bytes: length.0 as u64, limit: MAX_TABLE as u64 });
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(length.0));
    cbor::encode_into(contents, &mut *plain);
    Ok(plain)
}

/// Counts what would be written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
