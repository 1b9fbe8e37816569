//! The clock of a push: so many bits in a second, in bursts of about a millisecond.

use std::time::{Duration, Instant};

/// How long a burst is on the line, at most.
const BURST: Duration = Duration::from_millis(1);
/// How far behind its time a push may be and still make up for it. What is later than that is given up:
/// a machine that slept must not send a second's worth at once.
const BEHIND: Duration = Duration::from_millis(2);

/// Says when the next burst goes.
#[derive(Debug)]
pub(super) struct Pacer {
    bits_in_a_second: u64,
    due: Instant,
}

impl Pacer {
    pub(super) fn new(megabits: u32, now: Instant) -> Self {
        Self { bits_in_a_second: u64::from(megabits.max(1)) * 1_000_000, due: now }
    }

    /// Datagrams of this length that go at once; at least one.
    pub(super) fn burst(&self, datagram: usize) -> usize {
        usize::try_from(self.bytes_in(BURST) / datagram as u64).map_or(1, |count| count.max(1))
    }

    /// Bytes of datagrams that go in this time.
    pub(super) fn bytes_in(&self, time: Duration) -> u64 {
        let bits = u128::from(self.bits_in_a_second) * time.as_nanos() / 1_000_000_000;
        u64::try_from(bits / 8).unwrap_or(u64::MAX)
    }

    /// Waits until a burst of so many bytes may go.
    pub(super) fn wait(&mut self, bytes: usize) {
        let now = Instant::now();
        if let Some(early) = self.due.checked_duration_since(now) {
            std::thread::sleep(early);
        }
        self.due = self.after(now, bytes);
    }

    /// When the burst after one of so many bytes is due.
    fn after(&self, now: Instant, bytes: usize) -> Instant {
        let takes = Duration::from_nanos(bytes as u64 * 8 * 1_000_000_000 / self.bits_in_a_second);
        self.due.max(now.checked_sub(BEHIND).unwrap_or(now)) + takes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_kept_over_many_bursts_whatever_the_sleeps_do() {
        let begun = Instant::now();
        let mut pacer = Pacer::new(200, begun);
        assert_eq!(pacer.burst(1_472), 16);
        for _ in 0..100 {
            pacer.wait(16 * 1_472);
        }
        let took = begun.elapsed();
        // 99 bursts lie between the first and the last: 93.3 ms.
        assert!(took >= Duration::from_millis(91), "{took:?}: too fast");
    }

    #[test]
    fn after_a_standstill_only_a_little_is_made_up_for() {
        let begun = Instant::now();
        let pacer = Pacer::new(1_000, begun);
        let later = begun + Duration::from_secs(60);
        assert_eq!(pacer.after(later, 125_000), later - BEHIND + Duration::from_millis(1));
    }

    #[test]
    fn the_slowest_line_still_sends_a_datagram_at_a_time() {
        assert_eq!(Pacer::new(0, Instant::now()).burst(8_972), 1);
    }
}
