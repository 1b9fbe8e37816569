//! What the box knows of a file that is on its way: how much of it is here, and about how long it still takes.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;

use super::store;
use crate::exchange::push::{Manifest, Session};

/// The time that is looked back over to say how fast a file comes: what is far back tells of another pass.
const LOOKED_BACK: Duration = Duration::from_secs(30);
/// How far apart two looks are at least.
const APART: Duration = Duration::from_millis(500);
/// A file that nothing came of for so long is not coming just now.
const STILL: Duration = Duration::from_secs(10);

/// A file that is being received.
#[derive(Clone, Debug, PartialEq)]
pub struct Arriving {
    /// What it is.
    pub manifest: Manifest,
    /// Blocks of it that are whole.
    pub blocks: u32,
    /// Symbols of it that need not come any more.
    pub symbols: u32,
    /// Since when.
    pub since: Timestamp,
    /// When something of it came last.
    pub last: Timestamp,
    /// How much was here when, the newest last; the first is what was here when it was met.
    looks: VecDeque<(Instant, u32)>,
    /// When something of it came last, while this box was up.
    came: Option<Instant>,
}

impl Arriving {
    /// One that was named just now. Since when it is under way stands on the disk, where it may have lain when
    /// the box was started.
    #[must_use]
    pub fn named(manifest: Manifest, folder: &Path, session: Session, now: Timestamp) -> Self {
        let folder = folder.join(store::folder(session));
        let written = |name: &str| {
            let meta = std::fs::symlink_metadata(folder.join(name)).ok()?;
            let at = meta.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
            // The process whose folder it is may have been taken over and set any time.
            Timestamp::from_second(i64::try_from(at.as_secs()).ok()?).ok().filter(|at| *at <= now)
        };
        let since = written("manifest").unwrap_or(now);
        let last = ["tags", "more.tags", "done"].into_iter().filter_map(written).max();
        let last = last.unwrap_or(since).max(since);
        // One that was begun just now is coming; of one that lay here that is not known.
        let came = (now.duration_since(last).unsigned_abs() <= STILL).then(Instant::now);
        Self { manifest, blocks: 0, symbols: 0, since, last, looks: VecDeque::new(), came }
    }

    /// So much of it is here now; no more than there is, whatever was said.
    pub(super) fn note(&mut self, blocks: u32, symbols: u32, now: Timestamp, clock: Instant) {
        let geometry = self.manifest.geometry;
        let symbols = symbols.min(self.all_symbols());
        if symbols > self.symbols && !self.looks.is_empty() {
            (self.last, self.came) = (now, Some(clock));
        }
        (self.blocks, self.symbols) = (blocks.min(geometry.blocks()), symbols);
        let newest = self.looks.back();
        if newest.is_none_or(|(at, here)| *here != symbols && clock.saturating_duration_since(*at) >= APART) {
            self.looks.push_back((clock, symbols));
        }
        let old = |at: &Instant| clock.saturating_duration_since(*at) > LOOKED_BACK;
        while self.looks.len() > 2 && self.looks.front().is_some_and(|(at, _)| old(at)) {
            self.looks.pop_front();
        }
    }

    fn all_symbols(&self) -> u32 {
        let geometry = self.manifest.geometry;
        u32::try_from(geometry.symbols_before(geometry.blocks())).unwrap_or(u32::MAX)
    }

    /// Bytes of it that are here.
    #[must_use]
    pub fn here(&self) -> u64 {
        let geometry = self.manifest.geometry;
        (u64::from(self.symbols) * geometry.size().symbol() as u64).min(geometry.length())
    }

    /// Whether it is coming just now.
    #[must_use]
    pub fn is_coming(&self, clock: Instant) -> bool {
        self.came.is_some_and(|came| clock.saturating_duration_since(came) <= STILL)
    }

    /// About how many seconds it still takes, by how it came lately; none where it does not come just now, or
    /// too little came to say. A pass that lost something needs another, of which this knows nothing.
    #[must_use]
    pub fn seconds_left(&self, clock: Instant) -> Option<u64> {
        let ((first, before), (last, here)) = (self.looks.front()?, self.looks.back()?);
        let took = last.saturating_duration_since(*first).as_millis();
        let came = u128::from(here.checked_sub(*before)?);
        if came == 0 || took == 0 || !self.is_coming(clock) {
            return None;
        }
        let left = u128::from(self.all_symbols() - self.symbols) * took / came / 1_000;
        u64::try_from(left).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::exchange::push::{Geometry, Size};

    fn arriving() -> Arriving {
        let geometry = Geometry::new(1_000 * 1_424 - 5, Size::Usual, 100).unwrap();
        let manifest = Manifest { geometry, most: 100, ..crate::exchange::push::tests::manifest() };
        Arriving::named(manifest, Path::new("/nowhere"), Session([0; 16]), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn how_long_it_still_takes_is_said_by_how_it_came_lately() {
        let (begun, later) = (Instant::now(), |seconds| Timestamp::from_second(seconds).unwrap());
        let mut file = arriving();
        // Half of it lay here before the box was started: that it was here says nothing of how fast it comes.
        file.note(5, 500, later(0), begun);
        assert_eq!((file.seconds_left(begun), file.last), (None, later(0)));
        for second in 1..=10 {
            let clock = begun + Duration::from_secs(second);
            file.note(5, 500 + 10 * second as u32, later(second as i64), clock);
            assert_eq!(file.seconds_left(clock), Some(50 - second), "{second}");
        }
        assert_eq!((file.here(), file.last), (600 * 1_424, later(10)));
        // It goes on at half the pace; after a while nothing is left of the other.
        for second in 11..=50 {
            file.note(
                6,
                600 + 5 * (second as u32 - 10),
                later(second as i64),
                begun + Duration::from_secs(second),
            );
        }
        assert_eq!(file.seconds_left(begun + Duration::from_secs(50)), Some(40));
        // The pass is over.
        let over = begun + Duration::from_secs(61);
        assert_eq!((file.seconds_left(over), file.is_coming(over)), (None, false));
        assert!(file.looks.len() < 40);
    }

    #[test]
    fn no_more_of_a_file_is_here_than_there_is() {
        let mut file = arriving();
        file.note(u32::MAX, u32::MAX, Timestamp::UNIX_EPOCH, Instant::now());
        assert_eq!((file.here(), file.blocks), (1_000 * 1_424 - 5, 10));
    }
}
