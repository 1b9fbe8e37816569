//! The signatures that are worked out in a second, shared out by the key that they claim: a shop that has the box
//! work out thousands uses up its own share and nobody else's. All whom the box does not know have one share
//! together, for their cards.
//!
//! Not promised: that nobody uses up another's. A wrong signature claims whatever key it likes, and that it is wrong
//! is known only when it was worked out; so whoever has the MAC key can disturb a shop whose key he knows.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::exchange::vocabulary::PublicKey;

/// Signatures that are worked out in a second at most for each key that they claim, where the keys are few, and
/// where they are many; and about how many for all of them.
const SIGNATURES_EACH: usize = 50;
const SIGNATURES_EACH_LEAST: usize = 4;
pub(super) const SIGNATURES: usize = 400;

/// The signatures of this second, by whose they say to be.
pub(super) struct Shares {
    since: Instant,
    used: BTreeMap<Option<[u8; 32]>, usize>,
}

impl Shares {
    pub(super) fn new() -> Self {
        Self { since: Instant::now(), used: BTreeMap::new() }
    }

    /// Whether one more may be worked out for this holder, among so many.
    pub(super) fn take(&mut self, holder: Option<PublicKey>, holders: usize, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= Duration::from_secs(1) {
            (self.since, self.used) = (now, BTreeMap::new());
        }
        let share = (SIGNATURES / (holders + 1)).clamp(SIGNATURES_EACH_LEAST, SIGNATURES_EACH);
        let used = self.used.entry(holder.map(|key| key.0)).or_default();
        *used += 1;
        *used <= share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_shared_out_by_the_key_that_they_claim() {
        let now = Instant::now();
        let mut shares = Shares { since: now, used: BTreeMap::new() };
        let mut taken = |holder: u8, holders, now| {
            let holder = (holder > 0).then_some(PublicKey([holder; 32]));
            (0..1_000).filter(|_| shares.take(holder, holders, now)).count()
        };
        assert_eq!((taken(1, 3, now), taken(2, 3, now), taken(0, 3, now)), (50, 50, 50));
        let later = now + Duration::from_millis(999);
        assert_eq!(taken(1, 3, later), 0);
        // Many holders have less each, so that all of them together do not keep the process from its symbols.
        let later = now + Duration::from_secs(1);
        assert_eq!((taken(1, 99, later), taken(2, 2_000, later)), (4, 4));
    }
}
