//! Where keys lie: slots of 32 bytes in pages that are never swapped, dumped or inherited.
//!
//! **Promised.** A [`Slot`] is all zeros when it is given out and is wiped when it is given back. Its page
//! is, the best of these that the system gives:
//!
//! | [`Protection`] | how | who still reads it |
//! |---|---|---|
//! | `Hidden` | `memfd_secret(2)`: locked, and out of the kernel's own map | this process; root only by making it run his code |
//! | `Locked` | `mlock(2)`, `MADV_DONTDUMP` | root, by `/proc/PID/mem` |
//! | `Swappable` | `MADV_DONTDUMP` | whoever has the swap device |
//!
//! A forked child has none of these pages (`MADV_DONTFORK`): one that took zeros for a key would be worse
//! than one that falls. Pages come by four, as they are needed, and stay until the process ends; 1,000
//! terms, each with its lease and what is derived of it, are about 100 kB, and the usual `RLIMIT_MEMLOCK`
//! of 8 MiB holds 262,144 slots. What comes beyond a limit goes one row down in the table, and
//! [`protection`] says the lowest row that was used.
//!
//! **Not promised.** Registers, stacks and what ciphers make of a key while they work (key schedules, an
//! Ed25519 scalar, the vault's table on its way to a seal) lie in ordinary memory: wiped by their types or
//! by [`wiping`](super::wiping), and not locked. A machine that hibernates writes out everything.
//!
//! System calls, for each 16 KiB: `memfd_secret`, `ftruncate`, `mmap`, `close`, `madvise`; or `mmap`,
//! `madvise` (two), `mlock`.
#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroize;

/// Bytes of a slot.
const SLOT: usize = 32;
/// Bytes of a region: four pages, or one of those where pages are larger.
const REGION: usize = 16 * 1024;

/// How well keys are kept, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protection {
    /// `memfd_secret`: not even the kernel reads it by accident.
    Hidden,
    /// Never swapped, never in a core file.
    Locked,
    /// Not locked: the limit is too low, or the system has no such thing.
    Swappable,
}

/// The worst that keys of this process are kept.
#[must_use]
pub fn protection() -> Protection {
    slab().worst
}

/// 32 bytes in a page of this module, of one owner.
pub(super) struct Slot(NonNull<[u8; SLOT]>);

// SAFETY: a slot is memory of its one owner, reached through `&self` for reading and `&mut self` for
// writing only, like a `Box<[u8; 32]>`.
unsafe impl Send for Slot {}
// SAFETY: as above.
unsafe impl Sync for Slot {}

impl Slot {
    /// All zeros.
    pub(super) fn new() -> Self {
        slab().take()
    }

    pub(super) fn bytes(&self) -> &[u8; SLOT] {
        // SAFETY: the slot lies in a page that is mapped for as long as the process runs, aligned to any
        // byte, initialised by the kernel; nobody else has a reference while this owner has one.
        unsafe { self.0.as_ref() }
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8; SLOT] {
        // SAFETY: as above, and `&mut self` is the only way to it.
        unsafe { self.0.as_mut() }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.bytes_mut().zeroize();
        slab().free.push(self.0);
    }
}

struct Slab {
    /// Slots that nobody owns, all zeros.
    free: Vec<NonNull<[u8; SLOT]>>,
    /// How many there are, given out or free.
    slots: usize,
    /// The best that the system may still give.
    next: Protection,
    worst: Protection,
}

// SAFETY: what is free is nobody's, and is handed out under the lock.
unsafe impl Send for Slab {}

static SLAB: Mutex<Slab> =
    Mutex::new(Slab { free: Vec::new(), slots: 0, next: Protection::Hidden, worst: Protection::Hidden });

fn slab() -> std::sync::MutexGuard<'static, Slab> {
    SLAB.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slab {
    fn take(&mut self) -> Slot {
        if self.free.is_empty() {
            self.grow();
        }
        Slot(self.free.pop().expect("a region has slots"))
    }

    fn grow(&mut self) {
        let (region, protection) = self.region();
        self.worst = self.worst.max(protection);
        self.slots += REGION / SLOT;
        // Room for all of them, so that giving one back never allocates.
        self.free.reserve(self.slots);
        self.free.extend((0..REGION / SLOT).rev().map(|slot| {
            // SAFETY: within the region, which is `REGION` bytes.
            unsafe { region.add(slot * SLOT) }.cast()
        }));
    }

    /// Fresh pages, the best that there are. What has failed once is not tried again.
    fn region(&mut self) -> (NonNull<u8>, Protection) {
        if self.next == Protection::Hidden {
            if let Some(region) = hidden().filter(|_| !readable_for_a_test()) {
                return (region, Protection::Hidden);
            }
            self.next = Protection::Locked;
        }
        let region = anonymous();
        if self.next == Protection::Locked {
            // SAFETY: the region is ours and stays mapped.
            if unsafe { libc::mlock(region.as_ptr().cast(), REGION) } == 0 {
                return (region, Protection::Locked);
            }
            self.next = Protection::Swappable;
        }
        (region, Protection::Swappable)
    }
}

/// Pages of `memfd_secret`; `None` where the kernel has none, or the limit is reached.
fn hidden() -> Option<NonNull<u8>> {
    // SAFETY: the call takes flags and touches no memory of ours.
    let file = unsafe { libc::syscall(libc::SYS_memfd_secret, libc::O_CLOEXEC) };
    let file = i32::try_from(file).ok().filter(|file| *file >= 0)?;
    // SAFETY: the descriptor is open and ours.
    let sized = unsafe { libc::ftruncate(file, REGION as libc::off_t) } == 0;
    let region = if sized { map(libc::MAP_SHARED, file) } else { None };
    // The mapping stays.
    // SAFETY: the descriptor is ours, and nobody uses it after this.
    unsafe { libc::close(file) };
    region.filter(|region| advise(*region, libc::MADV_DONTFORK))
}

/// Ordinary pages, kept out of core files and children as far as the system allows.
fn anonymous() -> NonNull<u8> {
    let region = map(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1).expect("there is memory for 16 KiB");
    advise(region, libc::MADV_DONTDUMP);
    advise(region, libc::MADV_DONTFORK);
    region
}

fn map(flags: libc::c_int, file: libc::c_int) -> Option<NonNull<u8>> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a fresh mapping at a place of the kernel's choice; nothing of ours lies there.
    let mapped = unsafe { libc::mmap(std::ptr::null_mut(), REGION, access, flags, file, 0) };
    (mapped != libc::MAP_FAILED).then(|| NonNull::new(mapped.cast())).flatten()
}

fn advise(region: NonNull<u8>, advice: libc::c_int) -> bool {
    // SAFETY: the region is ours; neither advice changes what is in it.
    unsafe { libc::madvise(region.as_ptr().cast(), REGION, advice) == 0 }
}

/// For tests that look for keys in memory and must be able to find one: `KLUIS_READABLE_KEYS` keeps them
/// out of `memfd_secret`. Only in debug builds.
fn readable_for_a_test() -> bool {
    cfg!(debug_assertions) && std::env::var_os("KLUIS_READABLE_KEYS").is_some()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::collections::BTreeSet;
    use std::process::Command;

    /// Runs the test `name` in a process of its own; `true` in that process.
    fn alone(name: &str) -> bool {
        const ALONE: &str = "KLUIS_TEST_ALONE";
        if std::env::var_os(ALONE).is_some() {
            return true;
        }
        let name = format!("support::locked::tests::{name}");
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &name, "--nocapture"])
            .env(ALONE, "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        false
    }

    fn locked_kib() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    fn limit_locked_memory(bytes: u64) {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
        setrlimit(Resource::Memlock, limit).unwrap();
    }

    #[test]
    fn a_slot_is_zeros_when_it_comes_and_when_it_has_gone() {
        let slots: Vec<_> = (0..2_000)
            .map(|n: u32| {
                let mut slot = Slot::new();
                assert_eq!(slot.bytes(), &[0; 32]);
                slot.bytes_mut()[..4].copy_from_slice(&n.to_be_bytes());
                slot.bytes_mut()[31] = 7;
                slot
            })
            .collect();
        let places: BTreeSet<_> = slots.iter().map(|slot| slot.0).collect();
        assert_eq!(places.len(), slots.len(), "no two share a place");
        for (n, slot) in (0_u32..).zip(&slots) {
            assert_eq!(slot.bytes()[..4], n.to_be_bytes());
        }
        drop(slots);
        let again: Vec<_> = (0..2_000).map(|_| Slot::new()).collect();
        assert!(again.iter().all(|slot| slot.bytes() == &[0; 32]));
    }

    #[test]
    fn the_pages_are_locked_and_a_child_does_not_get_them() {
        if !alone("the_pages_are_locked_and_a_child_does_not_get_them") {
            return;
        }
        let slot = Slot::new();
        assert!(locked_kib() >= 16, "{} kB", locked_kib());
        let at = format!("{:x}", slot.0.as_ptr().addr());
        let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let ours = smaps.split("VmFlags:").find(|part| part.lines().any(|line| line.starts_with(&at[..8])));
        assert!(ours.is_some(), "the region is in the map");
        let flags = smaps.lines().filter(|line| line.starts_with("VmFlags:"));
        // `dc`: not copied by fork.
        assert!(flags.into_iter().any(|flags| flags.contains(" lo ") && flags.contains(" dc ")), "{smaps}");
    }

    /// As much as a thousand terms need, within the limit that Linux gives by default.
    #[test]
    fn thousands_of_secrets_fit_the_usual_limit() {
        if !alone("thousands_of_secrets_fit_the_usual_limit") {
            return;
        }
        limit_locked_memory(8 << 20);
        let slots: Vec<_> = (0..10_000).map(|_| Slot::new()).collect();
        assert!(protection() < Protection::Swappable);
        assert!(locked_kib() <= 512, "{} kB for {} slots", locked_kib(), slots.len());
    }

    #[test]
    fn without_any_right_to_lock_keys_are_kept_all_the_same_and_it_is_said() {
        if !alone("without_any_right_to_lock_keys_are_kept_all_the_same_and_it_is_said") {
            return;
        }
        // Root may lock beyond any limit.
        let nobody = 65_534;
        limit_locked_memory(0);
        // SAFETY: takes numbers only.
        assert_eq!(unsafe { libc::setresuid(nobody, nobody, nobody) }, 0);
        let mut slots: Vec<_> = (0..1_000).map(|_| Slot::new()).collect();
        slots.iter_mut().for_each(|slot| slot.bytes_mut().fill(1));
        assert_eq!(protection(), Protection::Swappable);
    }
}
