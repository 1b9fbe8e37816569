//! All that a caged process may do: one list for each kind, in this one file.
//!
//! | kind | 0 (in) | 1 (out) | 2 | may beside memory and ending |
//! |---|---|---|---|---|
//! | `reader compare` | `read` | `write` | the shelf, open for reading | `pread64` on the shelf |
//! | `reader draw`, `time` | `read` | `write` | - | nothing |
//! | `airlock stick` | `read` | `write` | the stick, open for reading | `pread64` on the stick |
//! | `airlock push` | `read` | `write` | the socket, bound | `recvmmsg` on the socket; files of its one folder |
//! | `airlock join` | `read` | `write` | - | files of the same folder |
//!
//! But for the last two no kind opens, creates or closes anything: what it needs was opened by whoever started
//! it, and what it makes it says over its pipe. So there is no path for Landlock to allow, and a kind that was
//! taken over has never held a file of the spool. Those of the push write down what arrives, which must outlive
//! them: Landlock lets them into the folder that they were started in, and seccomp lets them write by `pwrite64` and
//! `pwritev`, which do not work on a socket, on what they opened themselves. What they leave there is hostile to
//! the keeper.
//!
//! [`enter`] shuts the cage around the calling process, which must have one thread, and cannot be
//! undone: inherited descriptors are closed; limits are set; Landlock denies every file, port and
//! process beyond; seccomp kills the process at the first system call that is not on its list. What
//! fails on the way is an error, and the process must then end: there is no "as far as possible".
//!
//! Landlock is held to ABI 2 at least (Linux 5.19; Debian 12 has it); what later kernels add is used
//! where it is there. Seccomp's list does not depend on it.
//!
//! Not covered: what the machine leaks by time or by its caches, and a bug in the kernel behind one
//! of the calls below.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope, make_bitflags,
};
use rustix::process::{Resource, Rlimit, nice, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use crate::support::secret::harden_process;

/// A kind of caged process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Holds the documents of a bundle against their records.
    Compare,
    /// Draws a page of a PDF.
    Draw,
    /// Checks a time token.
    Time,
    /// Reads a stick.
    Stick,
    /// Receives datagrams.
    Push,
    /// Makes files of them.
    Join,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Compare, Self::Draw, Self::Time, Self::Stick, Self::Push, Self::Join];

    /// Its words on the command line: the room, and what it does there.
    #[must_use]
    pub fn words(self) -> [&'static str; 2] {
        match self {
            Self::Compare => ["reader", "compare"],
            Self::Draw => ["reader", "draw"],
            Self::Time => ["reader", "time"],
            Self::Stick => ["airlock", "stick"],
            Self::Push => ["airlock", "push"],
            Self::Join => ["airlock", "join"],
        }
    }

    fn cage(self) -> Cage {
        match self {
            // A document of 64 MiB, as much again inflated out of it, and its XML.
            Self::Compare => Cage { data: 512 << 20, seconds: 600, calls: READ_HANDED_2, folder: &[] },
            // One page.
            Self::Draw => Cage { data: 512 << 20, seconds: 10, calls: LAST_WORDS_ON_2, folder: &[] },
            Self::Time => Cage { data: 256 << 20, seconds: 10, calls: LAST_WORDS_ON_2, folder: &[] },
            // A directory, a table of clusters, and the piece on its way.
            Self::Stick => Cage { data: 64 << 20, seconds: 3600, calls: READ_HANDED_2, folder: &[] },
            // For as long as the box runs.
            Self::Push => {
                Cage { data: 80 << 20, seconds: Cage::NO_END, calls: RECEIVE_ON_2, folder: FILES_OF_A_FOLDER }
            }
            // A block of jumbo datagrams, and RaptorQ at it.
            Self::Join => {
                let seconds = Cage::NO_END;
                Cage { data: 160 << 20, seconds, calls: LAST_WORDS_ON_2, folder: FILES_OF_A_FOLDER }
            }
        }
    }
}

/// What one kind of process is given.
struct Cage {
    /// Bytes of memory of its own; an allocation beyond ends the process. It has as much address space, and
    /// [`Cage::PROGRAM`] for the program itself.
    data: u64,
    /// Seconds of processor time.
    seconds: u64,
    /// The system calls beside [`EVERYBODYS`].
    calls: &'static [(i64, With)],
    /// Those on files of the folder that it was started in; without any it has none.
    folder: &'static [(i64, With)],
}

impl Cage {
    /// Bytes of address space that the program takes before it begins: as built for tests, with room.
    const PROGRAM: u64 = 512 << 20;
    /// No bound of processor time.
    const NO_END: u64 = u64::MAX;
}

/// With which arguments a system call is allowed.
#[derive(Clone, Copy)]
enum With {
    /// Any: it touches nothing outside the process.
    Anything,
    /// On these descriptors.
    Descriptors(&'static [u64]),
    /// On descriptors that it has opened itself: none of the three that it was given.
    Opened,
    /// Fresh memory that cannot be executed.
    FreshMemory,
    /// To abort itself.
    OwnAbort,
}

/// What Rust says before it aborts for want of memory or stack; nobody reads it.
const LAST_WORDS_ON_2: &[(i64, With)] = &[(libc::SYS_write, With::Descriptors(&[2]))];

/// What was handed is open for reading only: the last words do not reach it.
const READ_HANDED_2: &[(i64, With)] =
    &[(libc::SYS_pread64, With::Descriptors(&[2])), (libc::SYS_write, With::Descriptors(&[2]))];

/// Nothing that sends: no `send…`, no `connect`, no `write` on the socket, not even last words.
const RECEIVE_ON_2: &[(i64, With)] = &[(libc::SYS_recvmmsg, With::Descriptors(&[2]))];

/// Read, write, rename and remove files. Nothing here reaches the socket.
const FILES_OF_A_FOLDER: &[(i64, With)] = &[
    (libc::SYS_ppoll, With::Anything),
    (libc::SYS_openat, With::Anything),
    (libc::SYS_close, With::Opened),
    (libc::SYS_read, With::Opened),
    (libc::SYS_pread64, With::Opened),
    (libc::SYS_pwrite64, With::Opened),
    (libc::SYS_pwritev, With::Opened),
    (libc::SYS_ftruncate, With::Opened),
    (libc::SYS_fsync, With::Opened),
    (libc::SYS_fadvise64, With::Opened),
    (libc::SYS_fstat, With::Anything),
    (libc::SYS_newfstatat, With::Anything),
    (libc::SYS_statx, With::Anything),
    (libc::SYS_statfs, With::Anything),
    (libc::SYS_lseek, With::Opened),
    (libc::SYS_getdents64, With::Opened),
    (libc::SYS_unlinkat, With::Anything),
    (libc::SYS_mkdirat, With::Anything),
    (libc::SYS_renameat, With::Anything),
    (libc::SYS_fcntl, With::Opened),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_poll, With::Anything),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_unlink, With::Anything),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_rmdir, With::Anything),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_mkdir, With::Anything),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_rename, With::Anything),
];

/// Read what it is told, answer, end.
const EVERYBODYS: &[(i64, With)] = &[
    (libc::SYS_read, With::Descriptors(&[0])),
    (libc::SYS_write, With::Descriptors(&[1])),
    // Memory.
    (libc::SYS_brk, With::Anything),
    (libc::SYS_mmap, With::FreshMemory),
    (libc::SYS_mremap, With::Anything),
    (libc::SYS_munmap, With::Anything),
    (libc::SYS_madvise, With::Anything),
    // Locks of the standard library; hash maps' seeds; clocks where the kernel has no fast way.
    (libc::SYS_futex, With::Anything),
    (libc::SYS_getrandom, With::Anything),
    (libc::SYS_clock_gettime, With::Anything),
    // Ending: in order, or by abort when memory or stack runs out.
    (libc::SYS_sigaltstack, With::Anything),
    (libc::SYS_rt_sigaction, With::Anything),
    (libc::SYS_rt_sigprocmask, With::Anything),
    (libc::SYS_rt_sigreturn, With::Anything),
    (libc::SYS_getpid, With::Anything),
    (libc::SYS_gettid, With::Anything),
    (libc::SYS_tgkill, With::OwnAbort),
    (libc::SYS_exit, With::Anything),
    (libc::SYS_exit_group, With::Anything),
];

/// Why the cage cannot be shut, in words for whoever looks after the box.
#[derive(Debug)]
pub(super) struct NotCaged(String);

impl fmt::Display for NotCaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What went wrong at which step.
fn at<E: fmt::Display>(step: &'static str) -> impl Fn(E) -> NotCaged {
    move |error| NotCaged(format!("{step}: {error}"))
}

/// Shuts the cage around this process for good.
///
/// # Errors
/// [`NotCaged`]; the process must end then.
pub(super) fn enter(kind: Kind) -> Result<(), NotCaged> {
    let cage = kind.cage();
    close_inherited()?;
    // Documents are personal data: no core file, no debugger of the same user.
    harden_process().map_err(at("hardening"))?;
    // The console and the keeper come first; but a line does not wait, and what is not heard in time is lost.
    if kind != Kind::Push {
        nice(5).map_err(at("niceness"))?;
    }
    landlock(!cage.folder.is_empty())?;
    let files = if cage.folder.is_empty() { (0, 3) } else { (Cage::NO_END, 64) };
    let limits = [
        (Resource::As, cage.data + Cage::PROGRAM),
        (Resource::Data, cage.data),
        (Resource::Cpu, cage.seconds),
        (Resource::Fsize, files.0),
        // None beyond the three that it has.
        (Resource::Nofile, files.1),
        // Root is not held to this one; seccomp holds everybody.
        (Resource::Nproc, 0),
    ];
    for (resource, limit) in limits {
        let limit = (limit != Cage::NO_END).then_some(limit);
        setrlimit(resource, Rlimit { current: limit, maximum: limit }).map_err(at("limits"))?;
    }
    seccomp(&cage)
}

/// Closes every descriptor above the standard three. Ours are all opened close-on-exec, but a
/// program that started the box may have left it one that is not.
fn close_inherited() -> Result<(), NotCaged> {
    // SAFETY: closing a descriptor touches no memory; the process has just begun, and nothing in it
    // owns a descriptor above 2 that it could use or close later.
    #[allow(unsafe_code)]
    let closed = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
    if closed == 0 { Ok(()) } else { Err(at("close_range")(std::io::Error::last_os_error())) }
}

/// What may be done with what is in a folder: no links, no sockets, no programs.
const FILES: BitFlags<AccessFs> = make_bitflags!(AccessFs::{
    ReadFile | WriteFile | ReadDir | RemoveFile | RemoveDir | MakeReg | MakeDir | Refer | Truncate
});

fn landlock(folder: bool) -> Result<(), NotCaged> {
    let named = at::<landlock::RulesetError>("landlock");
    // Opened before: with the rules in force it could not be.
    let allowed = if folder {
        let here = PathFd::new(".").map_err(at("landlock"))?;
        vec![PathBeneath::new(here, FILES)]
    } else {
        Vec::new()
    };
    // Every access is handled and none is allowed but in that folder.
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V2))
        .and_then(|rules| {
            rules.set_compatibility(CompatLevel::BestEffort).handle_access(AccessFs::from_all(ABI::V7))
        })
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V7)))
        .and_then(|rules| rules.scope(Scope::from_all(ABI::V7)))
        .and_then(Ruleset::create)
        .and_then(|rules| rules.add_rules(allowed.into_iter().map(Ok::<_, landlock::RulesetError>)))
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(named)?;
    if status.ruleset == RulesetStatus::NotEnforced || !status.no_new_privs {
        return Err(NotCaged("landlock: not enforced".to_owned()));
    }
    Ok(())
}

fn seccomp(cage: &Cage) -> Result<(), NotCaged> {
    let named = at::<seccompiler::BackendError>("seccomp");
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for (call, with) in EVERYBODYS.iter().chain(cage.calls).chain(cage.folder) {
        // A call that stands on two lists is allowed with what either says; without a rule, with anything.
        let more = with.rules().map_err(&named)?;
        match rules.entry(*call) {
            Entry::Vacant(vacant) => drop(vacant.insert(more)),
            Entry::Occupied(mut there) if more.is_empty() => there.get_mut().clear(),
            Entry::Occupied(there) if there.get().is_empty() => {}
            Entry::Occupied(mut there) => there.get_mut().extend(more),
        }
    }
    let architecture = std::env::consts::ARCH.try_into().map_err(&named)?;
    let filter = SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, architecture)
        .and_then(BpfProgram::try_from)
        .map_err(named)?;
    seccompiler::apply_filter(&filter).map_err(at("seccomp"))
}

impl With {
    /// The rules of one call, any of which allows it; none at all allow it always.
    fn rules(self) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
        let argument =
            |index, operator, value| SeccompCondition::new(index, SeccompCmpArgLen::Dword, operator, value);
        let bits = |mask: i32| SeccompCmpOp::MaskedEq(u64::from(mask.unsigned_abs()));
        match self {
            Self::Anything => Ok(Vec::new()),
            Self::Descriptors(descriptors) => descriptors
                .iter()
                .map(|descriptor| SeccompRule::new(vec![argument(0, SeccompCmpOp::Eq, *descriptor)?]))
                .collect(),
            Self::Opened => Ok(vec![SeccompRule::new(vec![argument(0, SeccompCmpOp::Gt, 2)?])?]),
            Self::FreshMemory => Ok(vec![SeccompRule::new(vec![
                argument(2, bits(libc::PROT_EXEC), 0)?,
                argument(3, bits(libc::MAP_ANONYMOUS), u64::from(libc::MAP_ANONYMOUS.unsigned_abs()))?,
            ])?]),
            Self::OwnAbort => Ok(vec![SeccompRule::new(vec![
                argument(0, SeccompCmpOp::Eq, u64::from(std::process::id()))?,
                argument(2, SeccompCmpOp::Eq, u64::from(libc::SIGABRT.unsigned_abs()))?,
            ])?]),
        }
    }
}
