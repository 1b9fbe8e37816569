//! Memory that we write and the caged process reads, for documents of common size.
//!
//! A pipe takes new pages for every byte and gives them back; on two cores that cost as much as the copying.
//! These few pages are used again and again. The process may read them and no more; we never look at them
//! again, so nothing that it could do to them would reach us.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::FileExt;

use rustix::fs::{MemfdFlags, memfd_create};

/// A place for one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(pub(super) u8);

impl Slot {
    /// How many there are: one is filled, one is read, and two wait.
    pub(super) const COUNT: u8 = 4;
    /// Bytes; what is longer goes through the pipe.
    pub(super) const BYTES: usize = 256 * 1024;

    fn offset(self) -> u64 {
        u64::from(self.0) * Self::BYTES as u64
    }
}

/// Our end.
pub(super) struct Shelf(File);

impl Shelf {
    /// Makes one, and the process's end of it.
    ///
    /// # Errors
    /// Where the system has no memory for it, or no `/proc`.
    pub(super) fn new() -> io::Result<(Self, OwnedFd)> {
        let ours = File::from(memfd_create("documents", MemfdFlags::CLOEXEC)?);
        ours.set_len(u64::from(Slot::COUNT) * Slot::BYTES as u64)?;
        // Opened anew, so that it is for reading only.
        let theirs = File::open(format!("/proc/self/fd/{}", ours.as_raw_fd()))?;
        Ok((Self(ours), theirs.into()))
    }

    /// Puts bytes of a document into its slot, which has room for all of it.
    pub(super) fn put(&self, slot: Slot, at: usize, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, slot.offset() + at as u64)
    }
}

/// Takes a document out, in the process that has the shelf as its descriptor 2.
pub(super) fn take(slot: Slot, length: usize, to: &mut Vec<u8>) -> io::Result<()> {
    to.resize(length.min(Slot::BYTES), 0);
    let mut taken = 0;
    while taken < to.len() {
        match rustix::io::pread(rustix::stdio::stderr(), &mut to[taken..], slot.offset() + taken as u64)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => taken += count,
        }
    }
    Ok(())
}
