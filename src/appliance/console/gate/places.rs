//! The places of the gate: as many connections as it serves at once, and who has to go when one
//! more comes.

use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::PLACES;

/// How long a connection may be without a whole request before one more may push it out. A browser
/// sends its request within a few milliseconds of connecting.
const GRACE: Duration = Duration::from_millis(250);

/// How long a newcomer waits for the one that was pushed out to be gone.
const HANDOVER: Duration = Duration::from_millis(250);

/// All places. Cloned handles are the same places.
#[derive(Clone, Default)]
pub(super) struct Places(Arc<Inner>);

#[derive(Default)]
struct Inner {
    taken: Mutex<[Option<Taken>; PLACES]>,
    left: Condvar,
}

/// One taken place.
struct Taken {
    stream: Arc<TcpStream>,
    /// Since when nothing of use has happened on it; `None` while a request is answered.
    idle_since: Option<Instant>,
}

impl Places {
    /// Takes a place for `stream`. Are all taken, the connection that has idled longest beyond its
    /// grace is cut, so that ten thousand idle connections keep nobody out. `None` where all are at
    /// work or new.
    pub(super) fn take(&self, stream: &Arc<TcpStream>) -> Option<Place> {
        let mut taken = self.lock();
        if taken.iter().all(Option::is_some) {
            let now = Instant::now();
            let idle = |place: &Taken| place.idle_since.map(|since| now.duration_since(since));
            let longest = taken
                .iter()
                .flatten()
                .filter(|place| idle(place).is_some_and(|time| time >= GRACE))
                .max_by_key(|place| idle(place))?;
            // Its thread sees the end of its stream and leaves.
            let _ = longest.stream.shutdown(Shutdown::Both);
            let full = |taken: &mut [Option<Taken>; PLACES]| taken.iter().all(Option::is_some);
            taken = self
                .0
                .left
                .wait_timeout_while(taken, HANDOVER, full)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        let index = taken.iter().position(Option::is_none)?;
        taken[index] = Some(Taken { stream: Arc::clone(stream), idle_since: Some(Instant::now()) });
        drop(taken);
        Some(Place { places: self.clone(), index })
    }

    /// The table is whole at any time, so a thread that died with it held has broken nothing.
    fn lock(&self) -> MutexGuard<'_, [Option<Taken>; PLACES]> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A taken place; free again when this is dropped.
pub(super) struct Place {
    places: Places,
    index: usize,
}

impl Place {
    /// From here on the connection is at work and is not pushed out.
    pub(super) fn at_work(&self) {
        self.idle_since(None);
    }

    /// The work is done, the rest is courtesy.
    pub(super) fn idle(&self) {
        self.idle_since(Some(Instant::now()));
    }

    fn idle_since(&self, since: Option<Instant>) {
        if let Some(taken) = &mut self.places.lock()[self.index] {
            taken.idle_since = since;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.lock()[self.index] = None;
        self.places.0.left.notify_one();
    }
}
