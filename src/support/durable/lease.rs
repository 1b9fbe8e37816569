//! The read lease, by `fcntl` itself: `rustix` does not have it.
//!
//! The only `unsafe` of the room. Both calls take a descriptor that is open for as long as `file`
//! is borrowed, and integers; the kernel reads and writes no memory of ours.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

/// `F_SETSIG` of Linux' `asm-generic/fcntl.h`, which the `libc` crate leaves out.
const F_SETSIG: libc::c_int = 10;

/// Takes a read lease (`fcntl(2)`, "Leases") on the open file description of `file`.
///
/// # Errors
/// `WouldBlock` while the file is open for writing anywhere.
pub(super) fn read_lease(file: &File) -> io::Result<()> {
    let fd = file.as_raw_fd();
    // The kernel announces a broken lease by SIGIO, which ends a process that does not expect it;
    // SIGURG is ignored by default, and nobody here wants to be told.
    // SAFETY: see above.
    done(unsafe { libc::fcntl(fd, F_SETSIG, libc::SIGURG) })?;
    // SAFETY: see above.
    done(unsafe { libc::fcntl(fd, libc::F_SETLEASE, libc::F_RDLCK) })
}

fn done(returned: libc::c_int) -> io::Result<()> {
    if returned == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
