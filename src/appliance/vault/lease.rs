//! How a key leaves the vault, and how it is taken back.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::KeyName;
use crate::support::secret::Secret;

/// How long a switch waits for leases of dying keys.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// The one copy of a key outside the table, which all its leases look into.
pub(super) struct Cell {
    secret: RwLock<Option<Secret>>,
    count: Mutex<Count>,
    ended: Condvar,
}

struct Count {
    leases: usize,
    /// The key is dying: no more leases.
    closed: bool,
}

/// The use of a key, until it is dropped or the key dies, whichever is first.
///
/// Keep it for as long as anything derived from the key is in memory, and no longer: a switch waits
/// a second for leases, then wipes the key under those that are left, and tells the keeper of them.
pub struct Lease {
    key: KeyName,
    cell: Arc<Cell>,
}

impl Cell {
    pub(super) fn new(secret: &Secret) -> Arc<Self> {
        Arc::new(Self {
            secret: RwLock::new(Some(secret.clone())),
            count: Mutex::new(Count { leases: 0, closed: false }),
            ended: Condvar::new(),
        })
    }

    /// Gives no more leases, waits until `deadline` for those that are out, wipes the key. Returns
    /// how many leases were still out.
    pub(super) fn kill(&self, deadline: Instant) -> usize {
        let mut count = self.count();
        count.closed = true;
        while count.leases > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            count = self.ended.wait_timeout(count, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        *self.secret.write().unwrap_or_else(PoisonError::into_inner) = None;
        count.leases
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    pub(super) fn take(key: &KeyName, cell: &Arc<Cell>) -> Option<Self> {
        let mut count = cell.count();
        if count.closed {
            return None;
        }
        count.leases += 1;
        Some(Self { key: key.clone(), cell: Arc::clone(cell) })
    }

    /// Which key.
    #[must_use]
    pub fn key(&self) -> &KeyName {
        &self.key
    }

    /// Uses the key: `None` if it has died. Be quick in `work`: a switch waits for it to return.
    pub fn with<T>(&self, work: impl FnOnce(&Secret) -> T) -> Option<T> {
        self.cell.secret.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(work)
    }

    /// Whether the key still lives. Whoever gives out plaintext in pieces asks before each piece.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.with(|_| ()).is_some()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.cell.count().leases -= 1;
        self.cell.ended.notify_all();
    }
}
