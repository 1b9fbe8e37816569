//! A filesystem in memory that keeps what POSIX makes it keep, and nothing else.
//!
//! ```text
//!              what processes see      fsync(file) ─> its bytes      what a power cut leaves
//!   file       bytes                   ------------------------->    bytes
//!   directory  name -> inode           fsync(dir)  ─> its names      name -> inode
//! ```
//! A new file has no name until its directory was synced; a renamed one still has its old name; a
//! removed one is still there. Journaling filesystems keep more than this (ext4 commits names in the
//! order in which they changed): a program that holds here holds there too.
//!
//! A cut comes at the `N`th call that changes or syncs something, before that call does anything; from
//! then on every such call fails with `EIO`, so that whoever says "done" afterwards says it of what
//! was durable by then. [`Lost::Everything`] drops all that was not synced; [`Lost::ByChance`] lets the
//! disk have written some of it by itself, in blocks of 4 KiB and in any order.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData,
    ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, Request, TimeOrNow,
    WriteFlags,
};

const BLOCK: usize = 4096;
const ROOT: u64 = INodeNo::ROOT.0;

/// What a power cut takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// All that was not synced.
    Everything,
    /// Some of it: what chance chose.
    ByChance(u64),
}

#[derive(Clone)]
enum Body {
    File { seen: Arc<Vec<u8>>, durable: Arc<Vec<u8>> },
    Directory { seen: BTreeMap<OsString, u64>, durable: BTreeMap<OsString, u64> },
}

#[derive(Clone)]
struct Inode {
    mode: u32,
    body: Body,
}

/// All files, as they are seen and as they would survive.
#[derive(Clone)]
pub(crate) struct Disk {
    inodes: BTreeMap<u64, Inode>,
    next: u64,
}

impl Disk {
    pub(crate) fn empty() -> Self {
        let body = Body::Directory { seen: BTreeMap::new(), durable: BTreeMap::new() };
        Self { inodes: BTreeMap::from([(ROOT, Inode { mode: 0o700, body })]), next: ROOT + 1 }
    }

    /// What lies below `path`, all of it durable.
    pub(crate) fn of(path: &Path) -> Self {
        let mut disk = Self::empty();
        disk.load(path, ROOT);
        disk
    }

    fn load(&mut self, path: &Path, into: u64) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            let meta = fs::symlink_metadata(&path).unwrap();
            let body = if meta.is_dir() {
                Body::Directory { seen: BTreeMap::new(), durable: BTreeMap::new() }
            } else if meta.is_file() {
                let bytes = Arc::new(fs::read(&path).unwrap());
                Body::File { seen: Arc::clone(&bytes), durable: bytes }
            } else {
                continue;
            };
            let inode = self.add(Inode { mode: meta.permissions().mode() & 0o7777, body });
            let name = path.file_name().unwrap().to_owned();
            let Body::Directory { seen, durable } = &mut self.inodes.get_mut(&into).unwrap().body else {
                unreachable!("only directories are loaded into")
            };
            seen.insert(name.clone(), inode);
            durable.insert(name, inode);
            if meta.is_dir() {
                self.load(&path, inode);
            }
        }
    }

    fn add(&mut self, inode: Inode) -> u64 {
        let number = self.next;
        self.next += 1;
        self.inodes.insert(number, inode);
        number
    }

    /// The disk as it is after the power went.
    fn after_a_cut(&self, lost: Lost) -> Self {
        let mut chance = Chance(match lost {
            Lost::Everything => 0,
            Lost::ByChance(seed) => seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        });
        let mut keeps = || matches!(lost, Lost::ByChance(_)) && chance.coin();
        let mut after = self.clone();
        for inode in after.inodes.values_mut() {
            match &mut inode.body {
                Body::File { seen, durable } => {
                    if !Arc::ptr_eq(seen, durable) && seen != durable {
                        *durable = Arc::new(torn(seen, durable, &mut keeps));
                    }
                    *seen = Arc::clone(durable);
                }
                Body::Directory { seen, durable } => {
                    let names: Vec<_> = seen.keys().chain(durable.keys()).cloned().collect();
                    for name in names {
                        if seen.get(&name) != durable.get(&name) && keeps() {
                            match seen.get(&name) {
                                Some(inode) => durable.insert(name, *inode),
                                None => durable.remove(&name),
                            };
                        }
                    }
                    seen.clone_from(durable);
                }
            }
        }
        after
    }
}

/// Some blocks as they were written, the others as they were; one of the two lengths.
fn torn(seen: &[u8], durable: &[u8], keeps: &mut impl FnMut() -> bool) -> Vec<u8> {
    let length = if keeps() { seen.len() } else { durable.len() };
    let mut bytes = vec![0; length];
    for (at, block) in bytes.chunks_mut(BLOCK).enumerate() {
        let from = if keeps() { seen } else { durable };
        let from = from.get(at * BLOCK..).unwrap_or_default();
        let there = block.len().min(from.len());
        block[..there].copy_from_slice(&from[..there]);
    }
    bytes
}

/// xorshift: the same seed, the same losses.
struct Chance(u64);

impl Chance {
    fn coin(&mut self) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 40 & 1 == 1
    }
}

struct State {
    disk: Disk,
    /// Calls so far that change or sync something.
    calls: u64,
    /// Before which of them the power goes.
    cut_at: Option<u64>,
    /// The disk at that moment.
    at_cut: Option<Disk>,
}

/// A [`Disk`] that is mounted; unmounted when dropped.
pub(crate) struct Mounted {
    state: Arc<Mutex<State>>,
    _session: BackgroundSession,
}

impl Mounted {
    /// Mounts the disk at `at`, where the power goes before the `cut_at`th call. `None` where there
    /// is no FUSE.
    pub(crate) fn mount(disk: Disk, at: &Path, cut_at: Option<u64>) -> Option<Self> {
        let state = Arc::new(Mutex::new(State { disk, calls: 0, cut_at, at_cut: None }));
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("kluis-lossy".to_owned())];
        let session = fuser::spawn_mount(Lossy(Arc::clone(&state)), at, &config).ok()?;
        Some(Self { state, _session: session })
    }

    /// Calls so far that changed or synced something.
    pub(crate) fn calls(&self) -> u64 {
        self.state.lock().unwrap().calls
    }

    /// Unmounts; the disk as the power cut left it: the one that came, or one that comes now.
    pub(crate) fn cut(self, lost: Lost) -> Disk {
        let state = self.state.lock().unwrap();
        state.at_cut.as_ref().unwrap_or(&state.disk).after_a_cut(lost)
    }
}

struct Lossy(Arc<Mutex<State>>);

type Answer<T> = Result<T, Errno>;

impl State {
    /// Before a call that changes or syncs something.
    fn next_call(&mut self) -> Answer<()> {
        self.calls += 1;
        if self.cut_at == Some(self.calls) {
            self.at_cut = Some(self.disk.clone());
        }
        if self.at_cut.is_some() { Err(Errno::EIO) } else { Ok(()) }
    }

    fn inode(&mut self, inode: u64) -> Answer<&mut Inode> {
        self.disk.inodes.get_mut(&inode).ok_or(Errno::ENOENT)
    }

    fn names(&mut self, directory: u64) -> Answer<&mut BTreeMap<OsString, u64>> {
        match &mut self.inode(directory)?.body {
            Body::Directory { seen, .. } => Ok(seen),
            Body::File { .. } => Err(Errno::ENOTDIR),
        }
    }

    fn bytes(&mut self, file: u64) -> Answer<&mut Arc<Vec<u8>>> {
        match &mut self.inode(file)?.body {
            Body::File { seen, .. } => Ok(seen),
            Body::Directory { .. } => Err(Errno::EISDIR),
        }
    }

    fn find(&mut self, directory: u64, name: &OsStr) -> Answer<u64> {
        self.names(directory)?.get(name).copied().ok_or(Errno::ENOENT)
    }

    fn attributes(&mut self, number: u64) -> Answer<FileAttr> {
        let inode = self.inode(number)?;
        let (kind, size) = match &inode.body {
            Body::File { seen, .. } => (FileType::RegularFile, seen.len() as u64),
            Body::Directory { .. } => (FileType::Directory, 0),
        };
        let (perm, then) = (u16::try_from(inode.mode & 0o7777).unwrap_or(0), SystemTime::UNIX_EPOCH);
        Ok(FileAttr {
            ino: INodeNo(number),
            size,
            blocks: size.div_ceil(512),
            atime: then,
            mtime: then,
            ctime: then,
            crtime: then,
            kind,
            perm,
            nlink: if kind == FileType::Directory { 2 } else { 1 },
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
            rdev: 0,
            blksize: 4096,
            flags: 0,
        })
    }

    fn make(&mut self, parent: u64, name: &OsStr, mode: u32, body: Body) -> Answer<FileAttr> {
        self.next_call()?;
        if self.names(parent)?.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        let inode = self.disk.add(Inode { mode, body });
        self.names(parent)?.insert(name.to_owned(), inode);
        self.attributes(inode)
    }

    fn make_file(&mut self, parent: u64, name: &OsStr, mode: u32) -> Answer<FileAttr> {
        self.make(parent, name, mode, Body::File { seen: Arc::default(), durable: Arc::default() })
    }

    fn remove(&mut self, parent: u64, name: &OsStr, directory: bool) -> Answer<()> {
        self.next_call()?;
        let inode = self.find(parent, name)?;
        if directory && !self.names(inode)?.is_empty() {
            return Err(Errno::ENOTEMPTY);
        }
        self.names(parent)?.remove(name);
        Ok(())
    }

    fn rename(&mut self, from: (u64, &OsStr), to: (u64, &OsStr)) -> Answer<()> {
        self.next_call()?;
        let inode = self.find(from.0, from.1)?;
        self.names(from.0)?.remove(from.1);
        self.names(to.0)?.insert(to.1.to_owned(), inode);
        Ok(())
    }

    fn resize(&mut self, file: u64, size: u64) -> Answer<()> {
        self.next_call()?;
        let bytes = Arc::make_mut(self.bytes(file)?);
        bytes.resize(usize::try_from(size).map_err(|_| Errno::EFBIG)?, 0);
        Ok(())
    }

    fn write(&mut self, file: u64, offset: u64, data: &[u8]) -> Answer<u32> {
        self.next_call()?;
        let bytes = Arc::make_mut(self.bytes(file)?);
        let offset = usize::try_from(offset).map_err(|_| Errno::EFBIG)?;
        let end = offset + data.len();
        bytes.resize(bytes.len().max(end), 0);
        bytes[offset..end].copy_from_slice(data);
        u32::try_from(data.len()).map_err(|_| Errno::EFBIG)
    }

    fn read(&mut self, file: u64, offset: u64, size: u32) -> Answer<Vec<u8>> {
        let bytes = self.bytes(file)?;
        let from = usize::try_from(offset).map_or(bytes.len(), |offset| offset.min(bytes.len()));
        Ok(bytes[from..(from + size as usize).min(bytes.len())].to_vec())
    }

    /// Gives blocks back: they read as zeros.
    fn punch(&mut self, file: u64, offset: u64, length: u64) -> Answer<()> {
        self.next_call()?;
        let bytes = Arc::make_mut(self.bytes(file)?);
        let at = |place: u64| usize::try_from(place).map_or(bytes.len(), |place| place.min(bytes.len()));
        let (from, to) = (at(offset), at(offset.saturating_add(length)));
        bytes[from..to].fill(0);
        Ok(())
    }

    fn sync(&mut self, inode: u64) -> Answer<()> {
        self.next_call()?;
        match &mut self.inode(inode)?.body {
            Body::File { seen, durable } => *durable = Arc::clone(seen),
            Body::Directory { seen, durable } => durable.clone_from(seen),
        }
        Ok(())
    }
}

impl Lossy {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

/// Nothing is remembered by the kernel: what it asks is what is.
const FOR_NOW: Duration = Duration::ZERO;

fn emptily(reply: ReplyEmpty, answer: Answer<()>) {
    match answer {
        Ok(()) => reply.ok(),
        Err(error) => reply.error(error),
    }
}

fn entry(reply: ReplyEntry, answer: Answer<FileAttr>) {
    match answer {
        Ok(attributes) => reply.entry(&FOR_NOW, &attributes, Generation(0)),
        Err(error) => reply.error(error),
    }
}

impl Filesystem for Lossy {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let mut state = self.state();
        let found = state.find(parent.0, name).and_then(|inode| state.attributes(inode));
        entry(reply, found);
    }

    fn getattr(&self, _: &Request, inode: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.state().attributes(inode.0) {
            Ok(attributes) => reply.attr(&FOR_NOW, &attributes),
            Err(error) => reply.error(error),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        inode: INodeNo,
        mode: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let mut state = self.state();
        let done = size.map_or(Ok(()), |size| state.resize(inode.0, size)).and_then(|()| {
            if let Some(mode) = mode {
                state.next_call()?;
                state.inode(inode.0)?.mode = mode & 0o7777;
            }
            state.attributes(inode.0)
        });
        match done {
            Ok(attributes) => reply.attr(&FOR_NOW, &attributes),
            Err(error) => reply.error(error),
        }
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, mode: u32, _: u32, reply: ReplyEntry) {
        let body = Body::Directory { seen: BTreeMap::new(), durable: BTreeMap::new() };
        entry(reply, self.state().make(parent.0, name, mode & 0o7777, body));
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        emptily(reply, self.state().remove(parent.0, name, false));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        emptily(reply, self.state().remove(parent.0, name, true));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        to: INodeNo,
        new_name: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        if !flags.is_empty() {
            return reply.error(Errno::EINVAL);
        }
        emptily(reply, self.state().rename((parent.0, name), (to.0, new_name)));
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        match self.state().make_file(parent.0, name, mode & 0o7777) {
            Ok(attributes) => {
                reply.created(&FOR_NOW, &attributes, Generation(0), FileHandle(0), FopenFlags::empty());
            }
            Err(error) => reply.error(error),
        }
    }

    fn open(&self, _: &Request, inode: INodeNo, flags: OpenFlags, reply: ReplyOpen) {
        let mut state = self.state();
        let cut = flags.0 & libc::O_TRUNC != 0;
        match if cut { state.resize(inode.0, 0) } else { Ok(()) } {
            Ok(()) => reply.opened(FileHandle(0), FopenFlags::empty()),
            Err(error) => reply.error(error),
        }
    }

    fn read(
        &self,
        _: &Request,
        inode: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.state().read(inode.0, offset, size) {
            Ok(bytes) => reply.data(&bytes),
            Err(error) => reply.error(error),
        }
    }

    fn write(
        &self,
        _: &Request,
        inode: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.state().write(inode.0, offset, data) {
            Ok(written) => reply.written(written),
            Err(error) => reply.error(error),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, inode: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        emptily(reply, self.state().sync(inode.0));
    }

    fn fsyncdir(&self, _: &Request, inode: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        emptily(reply, self.state().sync(inode.0));
    }

    fn readdir(&self, _: &Request, inode: INodeNo, _: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        let mut state = self.state();
        let names = match state.names(inode.0) {
            Ok(names) => names.clone(),
            Err(error) => return reply.error(error),
        };
        // Places are inodes' numbers: a name that goes while somebody reads moves no other.
        let mut names: Vec<_> = names.into_iter().filter(|(_, inode)| *inode > offset).collect();
        names.sort_by_key(|(_, inode)| *inode);
        for (name, inode) in names {
            let Ok(attributes) = state.attributes(inode) else { continue };
            if reply.add(INodeNo(inode), inode, attributes.kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        // A gigabyte, most of it free.
        reply.statfs(1 << 18, 1 << 17, 1 << 17, 1 << 20, 1 << 19, 4096, 255, 4096);
    }

    fn fallocate(
        &self,
        _: &Request,
        inode: INodeNo,
        _: FileHandle,
        offset: u64,
        length: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        let hole = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
        if mode != hole {
            return reply.error(Errno::EOPNOTSUPP);
        }
        emptily(reply, self.state().punch(inode.0, offset, length));
    }
}
