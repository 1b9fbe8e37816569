//! Guessing is made slow: wrong log-ins cost time, for the name that was tried and for everybody.
//!
//! **Promised.** The fourth wrong attempt for a name, and each after it, doubles the time until the
//! next one counts, from a second up to a quarter of an hour; twenty wrong attempts in a row under
//! whatever names slow down everybody, up to five seconds. An attempt that comes too early is not
//! tried at all. Memory is bounded. Names are kept as digests.
//!
//! **Not promised.** Who can reach the console can make an officer wait. Nobody is locked out.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::refusal::ConsoleRefusal;
use crate::exchange::vocabulary::Digest;

/// Wrong attempts for one name that cost nothing.
const FREE: u32 = 3;
/// Wrong attempts under any names that cost nothing.
const FREE_FOR_ALL: u32 = 20;
/// The longest wait for one name.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// The longest wait for everybody.
const LONGEST_FOR_ALL: Duration = Duration::from_secs(5);
/// Names kept; one more forgets the one that was tried longest ago.
const NAMES: usize = 1024;

/// Wrong attempts so far.
#[derive(Default)]
pub struct Throttle {
    names: HashMap<Digest, Wrong>,
    all: Option<Wrong>,
}

#[derive(Clone, Copy)]
struct Wrong {
    times: u32,
    last: Instant,
}

impl Wrong {
    fn left(self, free: u32, longest: Duration, now: Instant) -> Duration {
        let Some(over) = self.times.checked_sub(free) else { return Duration::ZERO };
        let wait = Duration::from_secs(1 << over.min(20)).min(longest);
        (self.last + wait).saturating_duration_since(now)
    }
}

impl Throttle {
    /// Tries a log-in for `name` by `right`, unless it comes too early. The caller holds the
    /// throttle while it is tried, so one pass phrase is worked on at a time (Argon2id takes memory).
    ///
    /// # Errors
    /// [`ConsoleRefusal::Wait`] if it comes too early, [`ConsoleRefusal::WrongLogin`] if it is wrong.
    pub fn attempt<T>(
        &mut self,
        name: &str,
        now: Instant,
        right: impl FnOnce() -> Option<T>,
    ) -> Result<T, ConsoleRefusal> {
        let id = Digest::of(name.trim().to_lowercase().as_bytes());
        let one = self.names.get(&id).map_or(Duration::ZERO, |wrong| wrong.left(FREE, LONGEST, now));
        let all = self.all.map_or(Duration::ZERO, |wrong| wrong.left(FREE_FOR_ALL, LONGEST_FOR_ALL, now));
        let wait = one.max(all);
        if !wait.is_zero() {
            return Err(ConsoleRefusal::Wait { seconds: wait.as_secs() + 1 });
        }
        if let Some(who) = right() {
            self.names.remove(&id);
            self.all = None;
            return Ok(who);
        }
        let more = |wrong: Option<&Wrong>| Wrong {
            times: wrong.map_or(1, |wrong| wrong.times.saturating_add(1)),
            last: now,
        };
        self.all = Some(more(self.all.as_ref()));
        let wrong = more(self.names.get(&id));
        if self.names.len() >= NAMES && !self.names.contains_key(&id) {
            let oldest = self.names.iter().min_by_key(|(_, wrong)| wrong.last).map(|(id, _)| *id);
            oldest.map(|id| self.names.remove(&id));
        }
        self.names.insert(id, wrong);
        Err(ConsoleRefusal::WrongLogin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(throttle: &mut Throttle, name: &str, now: Instant) -> ConsoleRefusal {
        throttle.attempt(name, now, || None::<()>).expect_err("wrong")
    }

    #[test]
    fn guessing_a_name_gets_slower_and_slower() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        for _ in 0..FREE {
            assert_eq!(wrong(&mut throttle, "Anna", start), ConsoleRefusal::WrongLogin);
        }
        // A day of guessing at every second gives few real attempts.
        let tried = (1..86_400_u64)
            .filter(|second| {
                let now = start + Duration::from_secs(*second);
                wrong(&mut throttle, " anna ", now) == ConsoleRefusal::WrongLogin
            })
            .count();
        assert!((90..120).contains(&tried), "{tried} attempts were tried");
    }

    #[test]
    fn an_attempt_that_comes_too_early_is_not_tried_even_if_right() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        for _ in 0..=FREE {
            let _ = throttle.attempt("Anna", start + Duration::from_secs(1), || None::<()>);
        }
        let early = throttle.attempt("Anna", start + Duration::from_secs(1), || -> Option<()> {
            panic!("it was tried");
        });
        assert!(matches!(early, Err(ConsoleRefusal::Wait { .. })), "{early:?}");
        assert_eq!(throttle.attempt("Anna", start + Duration::from_secs(9), || Some(7)), Ok(7));
        // The right one clears the slate.
        assert_eq!(wrong(&mut throttle, "Anna", start + Duration::from_secs(9)), ConsoleRefusal::WrongLogin);
    }

    #[test]
    fn many_names_slow_down_everybody_but_a_little_and_fill_no_memory() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        for number in 0..3000_u64 {
            let now = start + Duration::from_secs(number * 10);
            assert_eq!(wrong(&mut throttle, &number.to_string(), now), ConsoleRefusal::WrongLogin);
        }
        let now = start + Duration::from_secs(29_990);
        assert_eq!(wrong(&mut throttle, "Anna", now), ConsoleRefusal::Wait { seconds: 6 });
        assert_eq!(throttle.names.len(), NAMES);
    }
}
