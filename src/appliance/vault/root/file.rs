//! The root in two files, each with two copies of what it holds.
//!
//! ```text
//!   root/a, root/b:  0                       4096                    8192
//!                    | 92 bytes, then zeros  | the same once more     |
//! ```
//! The copies lie in different pages, so a block that goes bad, or one flipped byte, costs neither the
//! box nor its invoices: the slot is *wounded*, opens, and is mended on the next opening. A dead slot is
//! zeros from end to end; one that is anything else is not dead. So a kill that a power cut tears after
//! the first copy has not happened yet: the slot still opens, and who opens the vault next kills it or
//! takes back the switch, as the journal says, before anything is served.

use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{COPY_LENGTH, Held, Root, RootDescription, Slot, State, decode, encode};
use crate::appliance::vault::{VaultError, VaultRefusal};
use crate::support::durable::{self, DiskError};

/// A copy and the zeros behind it: no smaller than what a medium loses at once.
const PAGE: usize = 4096;
/// The length of a slot's file.
pub const SLOT_LENGTH: usize = 2 * PAGE;

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
        let page = page(held);
        let mut bytes = Zeroizing::new([0; SLOT_LENGTH]);
        for copy in bytes.chunks_exact_mut(PAGE) {
            copy.copy_from_slice(&*page);
        }
        Ok(durable::overwrite_in_place(&self.path(slot), &*bytes)?)
    }

    fn kill(&mut self, slot: Slot) -> Result<(), VaultError> {
        Ok(durable::overwrite_in_place(&self.path(slot), &[0; SLOT_LENGTH])?)
    }

    fn mend(&mut self, slot: Slot) -> Result<(), VaultError> {
        let bytes = Zeroizing::new(durable::read_up_to(&self.path(slot), SLOT_LENGTH as u64)?);
        let State::Wounded(held) = parse(&bytes) else { return Ok(()) };
        let page = page(&held);
        for (n, copy) in bytes.chunks_exact(PAGE).enumerate() {
            if copy != page.as_slice() {
                let at = (n * PAGE) as u64;
                durable::overwrite_part(&self.path(slot), SLOT_LENGTH as u64, at, &*page)?;
            }
        }
        Ok(())
    }

    fn describe(&self) -> RootDescription {
        RootDescription::File { path: self.directory.display().to_string(), same_device: self.same_device }
    }
}

/// A copy with the zeros that belong to it.
fn page(held: &Held) -> Zeroizing<[u8; PAGE]> {
    let mut page = Zeroizing::new([0; PAGE]);
    page[..COPY_LENGTH].copy_from_slice(&*encode(held));
    page
}

fn parse(bytes: &[u8]) -> State {
    if bytes.len() != SLOT_LENGTH {
        return State::Torn;
    }
    if bytes.iter().all(|&byte| byte == 0) {
        return State::Empty;
    }
    let (one, other) = bytes.split_at(PAGE);
    match (whole(one), whole(other)) {
        (Some(held), Some(_)) if one == other => State::Living(held),
        (Some(held), None) | (None, Some(held)) => State::Wounded(held),
        // Two roots in one slot: nothing of ours writes that, and none of them is to be believed.
        (Some(_), Some(_)) | (None, None) => State::Torn,
    }
}

/// What a copy holds, if no byte of it is wrong.
fn whole(page: &[u8]) -> Option<Held> {
    let (copy, rest) = page.split_at(COPY_LENGTH);
    decode(copy).filter(|_| rest.iter().all(|&byte| byte == 0))
}
