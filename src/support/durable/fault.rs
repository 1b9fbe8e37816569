//! For unit tests: let this thread's disk die at its `N`th change, cleanly or in the middle of it.
//!
//! A test runs its operation with `N` = 1, 2, 3, … until it succeeds, and opens what is left each
//! time: that is every prefix of the durable operations. After the fatal change every further one
//! of the thread refuses too, as in a process that is dead.

use std::cell::Cell;

use super::DiskError;

thread_local! {
    /// Changes that still succeed; `None` when no fault is armed.
    static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
    static TORN: Cell<Option<usize>> = const { Cell::new(None) };
    /// Changes before the one that finds the disk full; `None` when there is room.
    static ROOM: Cell<Option<u64>> = const { Cell::new(None) };
}

/// The disk dies at the `n`th change from now (1 is the next). With `torn`, that change, if it
/// overwrites in place, still writes its first `torn` bytes.
pub(crate) fn die_at(n: u64, torn: Option<usize>) {
    LEFT.set(Some(n.saturating_sub(1)));
    TORN.set(torn);
}

/// The disk is full at the `n`th change from now, and has room again for those after it.
pub(crate) fn full_at(n: u64) {
    ROOM.set(Some(n.saturating_sub(1)));
}

/// Takes the fault away; says whether the disk had died.
pub(crate) fn revive() -> bool {
    TORN.set(None);
    LEFT.replace(None) == Some(0)
}

pub(super) fn step() -> Result<(), DiskError> {
    match ROOM.get() {
        None => {}
        Some(0) => {
            ROOM.set(None);
            return Err(DiskError::Full { operation: "write", path: "a test's disk".to_owned() });
        }
        Some(left) => ROOM.set(Some(left - 1)),
    }
    match LEFT.get() {
        None => Ok(()),
        Some(0) => Err(DiskError::Poisoned),
        Some(left) => {
            LEFT.set(Some(left - 1));
            Ok(())
        }
    }
}

/// How many bytes of an overwrite still reach the disk that is about to die, if any.
pub(crate) fn torn() -> Option<usize> {
    if LEFT.get() == Some(0) { TORN.take() } else { None }
}
