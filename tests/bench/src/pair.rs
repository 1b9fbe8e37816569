//! Two things measured in turn, A B A B, so that a machine that is busy with something else is busy
//! for both; the median of each, and of the ratios of neighbours.

use std::time::{Duration, Instant};

/// How long `work` takes.
pub fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// What came of a pair.
pub struct Pair {
    ours: Vec<f64>,
    theirs: Vec<f64>,
}

impl Pair {
    /// Measures `rounds` times; each of the two prepares for itself and says how long the rest took.
    pub fn measure(
        rounds: usize,
        mut ours: impl FnMut() -> Duration,
        mut theirs: impl FnMut() -> Duration,
    ) -> Self {
        let mut pair = Self { ours: Vec::new(), theirs: Vec::new() };
        for _ in 0..rounds {
            pair.ours.push(ours().as_secs_f64());
            pair.theirs.push(theirs().as_secs_f64());
        }
        pair
    }

    /// Ours divided by theirs: the median of the rounds.
    pub fn ratio(&self) -> f64 {
        median(self.ours.iter().zip(&self.theirs).map(|(ours, theirs)| ours / theirs))
    }

    /// Prints both medians, the ratio and the most that it should be.
    pub fn print(&self, what: &str, ours: &str, theirs: &str, most: f64) {
        let ratio = self.ratio();
        let (a, b) = (median(self.ours.iter().copied()), median(self.theirs.iter().copied()));
        println!("{what}");
        println!("    {ours:<58} {a:>8.3} s");
        println!("    {theirs:<58} {b:>8.3} s");
        let verdict = verdict(ratio <= most);
        println!("    ratio {ratio:.2}, at most {most:.2}: {verdict}   (of {} rounds)", self.ours.len());
    }
}

/// The word at the end of a line.
pub fn verdict(reached: bool) -> &'static str {
    if reached { "reached" } else { "MISSED" }
}

/// The middle one; of an even number the upper of the two.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    percentile(&mut values.collect::<Vec<_>>(), 50)
}

/// The value below which `percent` of a hundred lie.
pub fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values
        .get((values.len() * percent / 100).min(values.len().saturating_sub(1)))
        .copied()
        .unwrap_or(f64::NAN)
}
