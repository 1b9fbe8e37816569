//! What opens the vault: 32 secret bytes in one of two slots.
//!
//! A root lives in a place that can be overwritten for good, and whose overwriting is the instant
//! at which keys die. [`Root`] is the seam: [`FileRoot`] today, two TPM NV indices next. Two slots,
//! because the new root must be safe before the old one goes.
//!
//! A slot of [`FileRoot`], 92 bytes, all zeros when it is dead, integers big-endian:
//!
//! ```text
//!   0        16     20          28            60                92
//!   | magic  | vers | generation | root secret | SHA-256 of 0..60 |
//! ```

use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{VaultError, VaultRefusal};
use crate::exchange::vocabulary::Digest;
use crate::support::durable::{self, DiskError};
use crate::support::secret::Secret;
use crate::support::words::{Language, message};

/// One of the two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The first.
    A,
    /// The second.
    B,
}

impl Slot {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The one that this is not.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "a",
            Self::B => "b",
        })
    }
}

/// What a living slot holds: a root, and the generation of the vault that was first written under
/// it. No older generation is accepted with it.
#[derive(Clone)]
pub struct Held {
    /// The vault's generation when this root was made.
    pub generation: u64,
    /// The root.
    pub secret: Secret,
}

/// What reading a slot gives.
pub enum State {
    /// Zeros: dead, or never used.
    Empty,
    /// Neither zeros nor whole: a write was cut off. It opens nothing, and must be killed, because
    /// the bytes of a root may still be among it.
    Torn,
    /// A root.
    Living(Held),
}

/// The seam between the vault and what keeps its root. A slot is changed by one write each time, and
/// what these functions return has been read back.
pub trait Root {
    /// What the slot holds.
    ///
    /// # Errors
    /// If the place cannot be read: that is not the same as an empty slot, and never taken for one.
    fn read(&self, slot: Slot) -> Result<State, VaultError>;

    /// Puts a root into the slot, over whatever was there.
    ///
    /// # Errors
    /// If it cannot be written, or something else is read back.
    fn write(&mut self, slot: Slot, held: &Held) -> Result<(), VaultError>;

    /// Overwrites the slot with zeros. Doing it twice does no harm.
    ///
    /// # Errors
    /// If it cannot be written, or something else is read back.
    fn kill(&mut self, slot: Slot) -> Result<(), VaultError>;

    /// What kind of root this is, to be said at `init` and on every certificate.
    fn describe(&self) -> RootDescription;
}

/// What can be said of a root in public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)]
pub enum RootDescription {
    /// Files, which can be copied and undeleted.
    File {
        /// The directory of the slots.
        path: String,
        /// Whether they lie on the same device as the data.
        same_device: bool,
    },
}

impl RootDescription {
    /// The sentence for people: where the root is, and what a copy of it would do.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        let Self::File { path, same_device } = self;
        let name = if *same_device { "vault-root-file-same-device" } else { "vault-root-file-other-device" };
        message(language, name, &[("path", path.as_str().into())])
    }
}

impl fmt::Display for RootDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::File { path, .. } = self;
        f.write_str(path)
    }
}

const MAGIC: &[u8; 16] = b"kluis root slot\0";
const VERSION: u32 = 1;
const GENERATION_AT: usize = 20;
const SECRET_AT: usize = GENERATION_AT + 8;
const CHECKSUM_AT: usize = SECRET_AT + 32;
/// The length of a slot's file.
pub const SLOT_LENGTH: usize = CHECKSUM_AT + 32;

/// The root in two files of fixed size, overwritten in place.
///
/// It keeps what it promises on media that overwrite in place; flash keeps old blocks for a while,
/// and a backup keeps them for good. So it belongs on a device of its own, which is never backed up.
pub struct FileRoot {
    directory: PathBuf,
    same_device: bool,
}

impl FileRoot {
    /// Makes the two empty slots in `directory`, for a box whose data are in `data`.
    ///
    /// # Errors
    /// [`VaultRefusal::AlreadyThere`] if a slot is there; what the disk refuses.
    pub fn create(directory: &Path, data: &Path) -> Result<Self, VaultError> {
        durable::create_dir_all(directory)?;
        let root = Self::at(directory, data)?;
        for slot in Slot::BOTH {
            let path = root.path(slot);
            if path.symlink_metadata().is_ok() {
                return Err(VaultRefusal::AlreadyThere { path: path.display().to_string() }.into());
            }
            durable::write_atomically(&path, &[0; SLOT_LENGTH], 0o600)?;
        }
        Ok(root)
    }

    /// The slots in `directory`, of a box whose data are in `data`.
    ///
    /// # Errors
    /// If a slot is not there (its device may not be mounted).
    pub fn open(directory: &Path, data: &Path) -> Result<Self, VaultError> {
        let root = Self::at(directory, data)?;
        for slot in Slot::BOTH {
            root.read(slot)?;
        }
        Ok(root)
    }

    fn at(directory: &Path, data: &Path) -> Result<Self, DiskError> {
        let device = |path: &Path| {
            path.metadata().map(|meta| meta.dev()).map_err(|error| DiskError::of("open", path, &error))
        };
        let same_device = device(directory)? == device(data)?;
        Ok(Self { directory: directory.to_owned(), same_device })
    }

    fn path(&self, slot: Slot) -> PathBuf {
        self.directory.join(slot.to_string())
    }

    /// Writes down, in the box directory `data`, that its root is in `directory`. A root in
    /// `data/root` needs no note.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn remember(data: &Path, directory: &Path) -> Result<(), VaultError> {
        let full =
            std::path::absolute(directory).map_err(|error| DiskError::of("open", directory, &error))?;
        Ok(durable::write_atomically(&data.join("root.path"), full.as_os_str().as_bytes(), 0o600)?)
    }

    /// Where the root of the box in `data` is: what was remembered, or `data/root`.
    ///
    /// # Errors
    /// [`VaultRefusal::RootPath`] if the note is no absolute path.
    pub fn locate(data: &Path) -> Result<PathBuf, VaultError> {
        let note = data.join("root.path");
        let remembered = match durable::read_up_to(&note, 4096) {
            Ok(bytes) => PathBuf::from(std::ffi::OsString::from_vec(bytes)),
            Err(error) if error.is_missing() => return Ok(data.join("root")),
            Err(error) => return Err(error.into()),
        };
        if !remembered.is_absolute() || remembered.as_os_str().as_bytes().contains(&0) {
            return Err(VaultRefusal::RootPath { path: note.display().to_string() }.into());
        }
        Ok(remembered)
    }
}

impl Root for FileRoot {
    fn read(&self, slot: Slot) -> Result<State, VaultError> {
        let bytes = Zeroizing::new(durable::read_up_to(&self.path(slot), SLOT_LENGTH as u64)?);
        Ok(parse(&bytes))
    }

    fn write(&mut self, slot: Slot, held: &Held) -> Result<(), VaultError> {
        let mut bytes = Zeroizing::new([0; SLOT_LENGTH]);
        bytes[..16].copy_from_slice(MAGIC);
        bytes[16..GENERATION_AT].copy_from_slice(&VERSION.to_be_bytes());
        bytes[GENERATION_AT..SECRET_AT].copy_from_slice(&held.generation.to_be_bytes());
        bytes[SECRET_AT..CHECKSUM_AT].copy_from_slice(held.secret.expose());
        let checksum = Digest::of(&bytes[..CHECKSUM_AT]);
        bytes[CHECKSUM_AT..].copy_from_slice(&checksum.0);
        Ok(durable::overwrite_in_place(&self.path(slot), &*bytes)?)
    }

    fn kill(&mut self, slot: Slot) -> Result<(), VaultError> {
        Ok(durable::overwrite_in_place(&self.path(slot), &[0; SLOT_LENGTH])?)
    }

    fn describe(&self) -> RootDescription {
        RootDescription::File { path: self.directory.display().to_string(), same_device: self.same_device }
    }
}

fn parse(bytes: &[u8]) -> State {
    if bytes.len() == SLOT_LENGTH && bytes.iter().all(|&byte| byte == 0) {
        return State::Empty;
    }
    living(bytes).map_or(State::Torn, State::Living)
}

fn living(bytes: &[u8]) -> Option<Held> {
    let bytes: &[u8; SLOT_LENGTH] = bytes.try_into().ok()?;
    let whole = bytes.starts_with(MAGIC)
        && bytes[16..GENERATION_AT] == VERSION.to_be_bytes()
        && bytes[CHECKSUM_AT..] == Digest::of(&bytes[..CHECKSUM_AT]).0;
    if !whole {
        return None;
    }
    let generation = u64::from_be_bytes(bytes[GENERATION_AT..SECRET_AT].try_into().ok()?);
    let secret = Secret::from_bytes(bytes[SECRET_AT..CHECKSUM_AT].try_into().ok()?);
    Some(Held { generation, secret })
}
