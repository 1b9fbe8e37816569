//! All of fsync, rename, locks and leases. Nobody else calls them.
//!
//! **Promised.** When a function here returns `Ok`, what it did survives a power cut, on a
//! filesystem and a device that keep their word about fsync (ext4, XFS, btrfs; a device that lies
//! about its cache is lied to as well). A file written by [`write_atomically`] is, after a crash at
//! any instant, the old one whole or the new one whole. A failed fsync is never tried again: Linux
//! marks the lost pages clean, so a second one would succeed and say nothing (Rebello et al., "Can
//! Applications Recover from fsync Failures?", ATC 2020). It *poisons* the process instead: from
//! then on every function here refuses with [`DiskError::Poisoned`], and the next start reads from
//! the disk what is really there.
//!
//! **Not promised.** Isolation between writers of one path: the box has one keeper, which holds
//! [`Lock`]; two threads that write one file atomically end with one of the two. That overwritten
//! or removed bytes are gone from the medium: flash and copy-on-write filesystems keep old blocks
//! ([`remove_tree`] discards them where the medium can, and says whether it could; destruction never
//! rests on it). Protection from root, or from a process of the same user that undoes our modes.
//!
//! System calls of the happy path:
//!
//! | function | calls |
//! |---|---|
//! | [`write_atomically`] | open(temp, `O_CREAT\|O_NOFOLLOW`) flock fstat stat ftruncate fchmod write… fsync rename open(dir) fsync |
//! | [`overwrite_in_place`], [`overwrite_part`] | open(`O_RDWR\|O_NOFOLLOW`) fstat pwrite… fsync fadvise(`DONTNEED`) pread |
//! | [`create_dir`] | mkdir(0700) open(parent) fsync |
//! | [`create_dir_all`] | the same for each missing one, from the top |
//! | [`rename`] | rename open(dir) fsync, and the source's directory too if it is another |
//! | [`remove_file`] | unlink open(dir) fsync |
//! | [`remove_tree`] | per file: \[chmod open fallocate(`PUNCH_HOLE`) fsync\] unlink; rmdir…; open(parent) fsync |
//! | [`sync_file`], [`sync_dir`] | fsync; open fsync |
//! | [`begin_writing_back`] | fadvise(`DONTNEED`) |
//! | [`Appender::open`] | open(`O_CREAT`) fstat \[ftruncate fsync\] open(dir) fsync |
//! | [`Appender::append`], [`Appender::sync`] | pwrite…; fdatasync |
//! | [`Appender::truncate_to`] | ftruncate fsync |
//! | [`Lock::exclusive`] | open(`O_CREAT`) flock(`LOCK_EX\|LOCK_NB`) |
//! | [`take_over`] | open(`O_RDONLY\|O_NOFOLLOW\|O_NONBLOCK`) fstat fchmod(0400) fcntl(`F_SETSIG`) fcntl(`F_SETLEASE`, `F_RDLCK`) |
//! | [`free_space`] | statvfs |
//! | [`DirectWriter`], [`DirectReader`] | fcntl(`F_SETFL`, `O_DIRECT`) pwrite…; the same and pread… (no fsync) |
//!
//! Crash tests kill the process at a [`failpoint`]; unit tests let the `N`th write of a thread fail
//! or tear (`fault`, in test builds only).

mod appender;
mod direct;
mod error;
mod failpoint;
#[cfg(test)]
pub(crate) mod fault;
mod files;
mod lock;
mod take_over;
mod tree;

#[cfg(test)]
mod tests;

pub use appender::Appender;
pub use direct::{DirectError, DirectReader, DirectWriter};
pub use error::{DiskError, sound};
pub use failpoint::{failpoint, mutated};
pub use files::{
    begin_writing_back, create_dir, create_dir_all, free_space, overwrite_in_place, overwrite_part,
    read_up_to, remove_file, rename, sync_dir, sync_file, write_atomically,
};
pub use lock::Lock;
pub use take_over::take_over;
pub use tree::{Removed, remove_tree};
