//! The only module with `unsafe` beside [`wiping`](super::wiping) and [`locked`](super::locked): calls of
//! the C library for which no crate has a safe form. Each takes integers and descriptors that are open for
//! as long as they are borrowed; none touches memory of ours.
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

/// Has the allocator give memory back soon (`mallopt(3)`): two arenas for all threads, and blocks of
/// 256 KiB and more mapped on their own. Without it a box that has once indexed a large bundle keeps
/// twice the memory that it uses. Not smaller blocks: age takes a new one for each chunk of 64 KiB, and
/// the pages of each would be made anew. Called first of all, before there are threads.
pub fn give_memory_back() {
    let settings =
        [(libc::M_ARENA_MAX, 2), (libc::M_MMAP_THRESHOLD, 256 * 1024), (libc::M_TRIM_THRESHOLD, 512 * 1024)];
    for (setting, value) in settings {
        // SAFETY: see above. A setting that the library refuses changes nothing.
        unsafe { libc::mallopt(setting, value) };
    }
}

/// Lets a pipe hold `bytes`, where the system allows it: fewer turns between the two processes.
pub fn widen_pipe(pipe: &impl AsRawFd, bytes: i32) {
    // SAFETY: see above. A pipe that stays as it was works as well.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, bytes) };
}

fn done(returned: libc::c_int) -> io::Result<()> {
    if returned == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
