//! Chance that is the same on every machine: SplitMix64 (Steele, Lea, Flood 2014), by a seed.

/// A sequence of numbers that a seed gives.
pub(super) struct Chance(u64);

impl Chance {
    /// The sequence of `seed` for one `topic`, so that more of one thing changes no other.
    pub(super) fn new(seed: u64, topic: u64) -> Self {
        let mut chance = Self(seed ^ topic.wrapping_mul(0xd6e8_feb8_6659_fd93));
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        // The quotient is below `end`, by which 32 random bits are scaled.
        (((self.next() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// Whether something happens that happens in `percent` of cases.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of `things`, each as likely.
    pub(super) fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len() as u32) as usize]
    }

    /// An index into `weights`, as likely as its weight.
    pub(super) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return index,
            }
        }
        weights.len() - 1
    }
}
