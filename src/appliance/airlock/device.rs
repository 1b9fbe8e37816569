//! Opening a stick, or an image of one.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::refusal::AirlockRefusal;

/// A stick or an image that is open. A device is ours alone meanwhile: not mounted, and not to be.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) file: File,
    pub(super) length: u64,
    path: PathBuf,
}

impl Device {
    /// Opens it for reading.
    pub(super) fn open(path: &Path) -> Result<Self, AirlockRefusal> {
        Self::open_with(path, OpenOptions::new().read(true), 0)
    }

    /// Opens it for writing too; what is written is on the device when the call comes back.
    pub(super) fn open_for_writing(path: &Path) -> Result<Self, AirlockRefusal> {
        Self::open_with(path, OpenOptions::new().read(true).write(true), libc::O_SYNC)
    }

    fn open_with(path: &Path, options: &mut OpenOptions, flags: i32) -> Result<Self, AirlockRefusal> {
        let shown = || path.display().to_string();
        let refused = |error: io::Error| refused(path, &error);
        let kind = std::fs::metadata(path).map_err(refused)?.file_type();
        if !kind.is_block_device() && !kind.is_file() {
            return Err(AirlockRefusal::NotAStick { path: shown() });
        }
        // What is mounted, or is part of what is, cannot be had alone.
        let alone = if kind.is_block_device() { libc::O_EXCL } else { 0 };
        let mut file = options.custom_flags(alone | flags | libc::O_NONBLOCK).open(path).map_err(refused)?;
        let length = file.seek(SeekFrom::End(0)).map_err(refused)?;
        if file.metadata().map_err(refused)?.file_type() != kind {
            return Err(AirlockRefusal::NotAStick { path: shown() });
        }
        Ok(Self { file, length, path: path.to_owned() })
    }

    /// The same once more, for reading only: what a caged process is handed.
    pub(super) fn read_only(&self) -> Result<File, AirlockRefusal> {
        let again = File::open(format!("/proc/self/fd/{}", self.file.as_raw_fd()));
        again.map_err(|error| refused(&self.path, &error))
    }

    /// Whether it is there still, and as long as it was.
    pub(super) fn is_there(&self) -> bool {
        let length = std::fs::metadata(&self.path).and_then(|_| (&self.file).seek(SeekFrom::End(0)));
        length.is_ok_and(|length| length == self.length)
    }
}

fn refused(path: &Path, error: &io::Error) -> AirlockRefusal {
    let shown = || path.display().to_string();
    match error.raw_os_error() {
        Some(libc::EBUSY) => AirlockRefusal::InUse { path: shown() },
        Some(libc::EROFS) => AirlockRefusal::WriteProtected,
        Some(libc::ENOMEDIUM | libc::ENXIO | libc::ENODEV) => AirlockRefusal::PulledOut,
        _ => AirlockRefusal::NotOpened { path: shown(), reason: error.to_string() },
    }
}
