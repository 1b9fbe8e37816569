//! Keeping something going that may end at any time: it is begun again, after a pause that grows while it ends
//! at once and is short again once it has lasted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The first pause, and the longest.
const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(60);
/// Whoever lasted as long was no failure from the start.
const LASTED: Duration = Duration::from_secs(60);
/// How often a pause looks whether to stop.
const TICK: Duration = Duration::from_millis(100);

/// Lives `life` again and again until `stop`. `ended` is told how one has ended, and how long the pause is.
pub fn keep_going<T>(stop: &AtomicBool, mut life: impl FnMut() -> T, mut ended: impl FnMut(T, Duration)) {
    let mut pause = SHORTEST;
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let how = life();
        if stop.load(Ordering::Relaxed) {
            break;
        }
        if begun.elapsed() >= LASTED {
            pause = SHORTEST;
        }
        ended(how, pause);
        let rest = Instant::now();
        while rest.elapsed() < pause && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(TICK);
        }
        pause = (pause * 2).min(LONGEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_at_once_is_begun_again_after_longer_and_longer_pauses_until_it_is_to_stop() {
        let stop = AtomicBool::new(false);
        let mut pauses = Vec::new();
        let mut lives = 0;
        let life = || {
            lives += 1;
            stop.store(lives == 3, Ordering::Relaxed);
            lives
        };
        keep_going(&stop, life, |life, pause| pauses.push((life, pause)));
        assert_eq!(pauses, [(1, SHORTEST), (2, SHORTEST * 2)]);
    }
}
