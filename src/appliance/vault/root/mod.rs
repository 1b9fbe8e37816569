//! What opens the vault: 32 secret bytes in one of two slots.
//!
//! A root lives in a place that can be overwritten for good, and whose overwriting is the instant
//! at which keys die. [`Root`] is the seam: [`FileRoot`], two files, and with the feature `tpm`
//! `TpmRoot`, two NV indices of a TPM 2.0. Two slots, because the new root must be safe before the
//! old one goes. Root and generation are one piece of 92 bytes, integers big-endian, which is written
//! at once, so that a slot is never half of one and half of another:
//!
//! ```text
//!   0        16     20          28            60                92
//!   | magic  | vers | generation | root secret | SHA-256 of 0..60 |
//! ```
//!
//! A box has one root for life. A box directory with the notes of a TPM root (`root/tpm.a`) has that, any
//! other a file root, in `root/` or where `root.path` says.

mod file;
#[cfg(feature = "tpm")]
mod note;
#[cfg(feature = "tpm")]
mod tpm;

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use file::{FileRoot, SLOT_LENGTH};
#[cfg(feature = "tpm")]
pub use tpm::TpmRoot;

use super::{VaultError, VaultRefusal};
use crate::exchange::vocabulary::Digest;
use crate::support::secret::Secret;
use crate::support::words::{Language, message, text};

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
    /// A root, of which one copy is damaged: it opens, and its slot wants mending.
    Wounded(Held),
    /// A root.
    Living(Held),
}

impl State {
    /// The root, if there is one.
    #[must_use]
    pub fn held(&self) -> Option<&Held> {
        match self {
            Self::Empty | Self::Torn => None,
            Self::Wounded(held) | Self::Living(held) => Some(held),
        }
    }
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

    /// Writes the damaged copy of a wounded slot anew, never touching the good one. Where a slot has
    /// no copies, or both are whole, nothing.
    ///
    /// # Errors
    /// If it cannot be written, or something else is read back.
    fn mend(&mut self, slot: Slot) -> Result<(), VaultError>;

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
    /// Two NV indices of the TPM 2.0 on this board, which no copy of a disk has.
    Tpm {
        /// Whether this computer measures how it starts. Where it does not, whatever is started on it
        /// opens the vault.
        measured: bool,
    },
}

impl RootDescription {
    /// The sentence for people: where the root is, and what a copy of it would do.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        match self {
            Self::File { path, same_device } => {
                let name =
                    if *same_device { "vault-root-file-same-device" } else { "vault-root-file-other-device" };
                message(language, name, &[("path", path.as_str().into())])
            }
            Self::Tpm { measured: true } => text(language, "vault-root-tpm"),
            Self::Tpm { measured: false } => text(language, "vault-root-tpm-unmeasured"),
        }
    }
}

impl fmt::Display for RootDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, .. } => f.write_str(path),
            Self::Tpm { .. } => f.write_str("TPM"),
        }
    }
}

/// Which root a new box gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootChoice {
    /// The TPM where there is one that this program can use, otherwise a file root inside the box.
    Best,
    /// A file root, in this directory or inside the box.
    File(Option<PathBuf>),
    /// The TPM.
    Tpm,
}

impl RootChoice {
    /// What `kluis init --root` was given: `tpm`, a directory, or nothing.
    #[must_use]
    pub fn of(given: Option<PathBuf>) -> Self {
        match given {
            None => Self::Best,
            Some(word) if word.as_os_str() == "tpm" => Self::Tpm,
            Some(directory) => Self::File(Some(directory)),
        }
    }
}

/// The private half of the key that approves how a computer with a TPM root starts; see `tpm`. Shown
/// once, at `init`, and kept nowhere in the box.
pub struct BootKey(Secret);

impl BootKey {
    /// As people write it down: 64 hexadecimal digits in groups of eight.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let digits = data_encoding::HEXLOWER.encode(self.0.expose());
        let mut text = Zeroizing::new(String::with_capacity(72));
        for (n, digit) in Zeroizing::new(digits).chars().enumerate() {
            if n > 0 && n % 8 == 0 {
                text.push('-');
            }
            text.push(digit);
        }
        text
    }

    /// Reads what [`BootKey::text`] wrote; spaces, hyphens and line ends do not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>();
        let kept = Zeroizing::new(kept.to_ascii_lowercase());
        let bytes = Zeroizing::new(data_encoding::HEXLOWER.decode(kept.as_bytes()).ok()?);
        Some(Self(Secret::from_bytes(bytes.as_slice().try_into().ok()?)))
    }
}

/// Makes the root of a new box whose data are in `data`, and with a TPM root the key that is shown once.
///
/// # Errors
/// What the place of the root refuses; [`VaultRefusal::TpmNotBuilt`].
pub fn create(
    choice: &RootChoice,
    data: &Path,
) -> Result<(Box<dyn Root + Send>, Option<BootKey>), VaultError> {
    let directory = match choice {
        RootChoice::Tpm => return create_tpm(data),
        RootChoice::Best if tpm_present() => return create_tpm(data),
        RootChoice::Best => None,
        RootChoice::File(directory) => directory.as_deref(),
    };
    let inside = data.join("root");
    let root = FileRoot::create(directory.unwrap_or(&inside), data)?;
    // A root inside the box moves with it; only another place has to be remembered.
    if let Some(directory) = directory {
        FileRoot::remember(data, directory)?;
    }
    Ok((Box::new(root), None))
}

/// The root of the box whose data are in `data`.
///
/// # Errors
/// What the place of the root refuses; [`VaultRefusal::TpmNotBuilt`].
pub fn open(data: &Path) -> Result<Box<dyn Root + Send>, VaultError> {
    if has_tpm_notes(data) {
        return open_tpm(data);
    }
    Ok(Box::new(FileRoot::open(&FileRoot::locate(data)?, data)?))
}

/// What a TPM root must know that is no secret, twice. They also say that this is the box's root.
fn tpm_notes(data: &Path) -> [PathBuf; 2] {
    ["tpm.a", "tpm.b"].map(|name| data.join("root").join(name))
}

fn has_tpm_notes(data: &Path) -> bool {
    tpm_notes(data).iter().any(|note| note.symlink_metadata().is_ok())
}

#[cfg(feature = "tpm")]
fn tpm_present() -> bool {
    tpm::present()
}

#[cfg(feature = "tpm")]
fn create_tpm(data: &Path) -> Result<(Box<dyn Root + Send>, Option<BootKey>), VaultError> {
    let (root, key) = TpmRoot::create(data)?;
    Ok((Box::new(root), Some(key)))
}

#[cfg(feature = "tpm")]
fn open_tpm(data: &Path) -> Result<Box<dyn Root + Send>, VaultError> {
    Ok(Box::new(TpmRoot::open(data)?))
}

#[cfg(not(feature = "tpm"))]
fn tpm_present() -> bool {
    false
}

#[cfg(not(feature = "tpm"))]
fn create_tpm(_: &Path) -> Result<(Box<dyn Root + Send>, Option<BootKey>), VaultError> {
    Err(VaultRefusal::TpmNotBuilt.into())
}

#[cfg(not(feature = "tpm"))]
fn open_tpm(_: &Path) -> Result<Box<dyn Root + Send>, VaultError> {
    Err(VaultRefusal::TpmNotBuilt.into())
}

/// Approves how this computer has started now, for the box in `data`, with the text of the key from its
/// `init`.
///
/// # Errors
/// [`VaultRefusal::NoTpmRoot`] where the box has a file root; [`VaultRefusal::BootKeyWrong`]; what the
/// TPM and the disk refuse.
pub fn approve_start(data: &Path, key: &str) -> Result<(), VaultError> {
    let key = BootKey::parse(key).ok_or(VaultRefusal::BootKeyWrong)?;
    if !has_tpm_notes(data) {
        return Err(VaultRefusal::NoTpmRoot.into());
    }
    #[cfg(feature = "tpm")]
    {
        TpmRoot::approve(data, &key)
    }
    #[cfg(not(feature = "tpm"))]
    {
        let _ = key;
        Err(VaultRefusal::TpmNotBuilt.into())
    }
}

const MAGIC: &[u8; 16] = b"kluis root slot\0";
const VERSION: u32 = 1;
const GENERATION_AT: usize = 20;
const SECRET_AT: usize = GENERATION_AT + 8;
const CHECKSUM_AT: usize = SECRET_AT + 32;
/// The length of a root and its generation, as they are written.
pub(super) const COPY_LENGTH: usize = CHECKSUM_AT + 32;

/// A root and its generation, as they are written.
fn encode(held: &Held) -> Zeroizing<[u8; COPY_LENGTH]> {
    let mut bytes = Zeroizing::new([0; COPY_LENGTH]);
    bytes[..16].copy_from_slice(MAGIC);
    bytes[16..GENERATION_AT].copy_from_slice(&VERSION.to_be_bytes());
    bytes[GENERATION_AT..SECRET_AT].copy_from_slice(&held.generation.to_be_bytes());
    bytes[SECRET_AT..CHECKSUM_AT].copy_from_slice(held.secret.expose());
    let checksum = Digest::of(&bytes[..CHECKSUM_AT]);
    bytes[CHECKSUM_AT..].copy_from_slice(&checksum.0);
    bytes
}

/// What was encoded, if it is whole.
fn decode(bytes: &[u8]) -> Option<Held> {
    let bytes: &[u8; COPY_LENGTH] = bytes.try_into().ok()?;
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
