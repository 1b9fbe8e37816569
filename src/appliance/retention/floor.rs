//! The floor: the latest time proven past.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{RetentionRefusal, TokenTime};
use crate::exchange::vocabulary::Digest;

/// What the floor's seconds are counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Anchor {
    /// The release date of the program, which is later than everything before it.
    Release {
        /// That date.
        at: Timestamp,
    },
    /// A time token over a checkpoint of this box's journal.
    Token {
        /// The token's time less its accuracy.
        at: Timestamp,
        /// The token.
        token: Digest,
    },
    /// A demo box's clock, turned by hand.
    Turned {
        /// To when.
        at: Timestamp,
    },
}

impl Anchor {
    /// The anchor's instant.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Release { at } | Self::Token { at, .. } | Self::Turned { at } => *at,
        }
    }
}

/// An anchor, and the powered seconds that were counted since the box had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ground {
    anchor: Anchor,
    since: u64,
}

impl Ground {
    fn instant(&self) -> Timestamp {
        plus_seconds(self.anchor.at(), self.since)
    }
}

/// How many tokens are counted from at a time: as many as two officers could have to strike before what
/// the box has lived through since an honest one is lost.
const TOKENS_KEPT: usize = 8;

/// The floor as it is stored: sealed, in two copies, by whoever calls. The order of the fields is
/// that of the CBOR map.
///
/// Reading any old copy is safe: it can only lower the floor. Seconds are counted from each ground for
/// itself, and never worked out from two copies' difference, so that mixing copies raises nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockState {
    /// How often it has been written; of two copies the higher is the newer.
    written: u64,
    /// Powered seconds in the box's whole life.
    powered: u64,
    /// The program's release, or where a demo's clock was turned to.
    base: Ground,
    /// The tokens that reach furthest.
    tokens: Vec<Ground>,
}

impl ClockState {
    /// The newer of two copies, as far as they could be read.
    #[must_use]
    pub fn newer(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        one.into_iter().chain(other).max_by_key(|copy| copy.written)
    }
}

/// The latest time proven past: the furthest that any ground reaches with the seconds powered since.
///
/// It is a value: [`count`](Self::count), [`believe`](Self::believe) and [`turn`](Self::turn) give the
/// next floor, whose [`state`](Self::state) is first made durable and only then believed. All sums
/// saturate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    state: ClockState,
    demo: bool,
}

impl Floor {
    /// The floor of a box that starts: what was stored, or the program's `release` date where that
    /// is later or nothing could be read. Seconds below a whole one are dropped.
    ///
    /// A turned clock is believed on a demo box only; elsewhere it counts as not stored, which
    /// lowers the floor.
    #[must_use]
    pub fn open(release: Timestamp, stored: Option<ClockState>, demo: bool) -> Self {
        let release = Ground { anchor: Anchor::Release { at: whole_seconds(release) }, since: 0 };
        let beginning = ClockState { written: 0, powered: 0, base: release, tokens: Vec::new() };
        let believed = stored.filter(|state| demo || !matches!(state.base.anchor, Anchor::Turned { .. }));
        let mut state = believed.unwrap_or(beginning);
        // A program released later than anything this box has lived through.
        if state.base.instant() < release.instant() {
            state.base = release;
        }
        Self { state, demo }
    }

    /// The latest time proven past.
    #[must_use]
    pub fn instant(&self) -> Timestamp {
        self.ground().instant()
    }

    /// The latest time proven past without any token: what the box alone knows.
    #[must_use]
    pub fn without_tokens(&self) -> Timestamp {
        self.state.base.instant()
    }

    /// What it is counted from.
    #[must_use]
    pub fn anchor(&self) -> &Anchor {
        &self.ground().anchor
    }

    /// Powered seconds counted since the anchor.
    #[must_use]
    pub fn since_anchor(&self) -> u64 {
        self.ground().since
    }

    /// Powered seconds counted in the box's whole life; on a demo box, those that were skipped too.
    #[must_use]
    pub fn powered(&self) -> u64 {
        self.state.powered
    }

    /// Whether the box was made as demo.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.demo
    }

    /// What is to be stored.
    #[must_use]
    pub fn state(&self) -> &ClockState {
        &self.state
    }

    /// The ground that reaches furthest; of two that reach as far, the one that needs no token.
    fn ground(&self) -> &Ground {
        let mut furthest = &self.state.base;
        for token in &self.state.tokens {
            if token.instant() > furthest.instant() {
                furthest = token;
            }
        }
        furthest
    }

    /// The floor after `seconds` more of powered time.
    #[must_use]
    pub fn count(&self, seconds: u64) -> Self {
        let mut next = self.next();
        next.state.powered = next.state.powered.saturating_add(seconds);
        for ground in next.state.tokens.iter_mut().chain([&mut next.state.base]) {
            ground.since = ground.since.saturating_add(seconds);
        }
        next
    }

    /// The floor of a box that has certainly lived `powered` seconds, because something that it noted then
    /// says so: its clock's files were lost, or are old copies. Proves no time past.
    #[must_use]
    pub fn lived(&self, powered: u64) -> Self {
        let mut lived = self.clone();
        lived.state.powered = lived.state.powered.max(powered);
        lived
    }

    /// The floor of a box that believes these tokens and no others: those that were struck go, with all
    /// that was counted from them, and new ones come, counted from now.
    #[must_use]
    pub fn believe(&self, tokens: &[TokenTime]) -> Self {
        let mut next = self.next();
        let known = &mut next.state.tokens;
        known.retain(|ground| tokens.iter().any(|token| token.anchor() == ground.anchor));
        for token in tokens {
            let anchor = token.anchor();
            if !known.iter().any(|ground| ground.anchor == anchor) {
                known.push(Ground { anchor, since: 0 });
            }
        }
        known.sort_by_key(|ground| std::cmp::Reverse(ground.instant()));
        known.truncate(TOKENS_KEPT);
        if next.state.tokens == self.state.tokens { self.clone() } else { next }
    }

    /// The floor of a demo box after its clock was turned forward to `to`. The time that was skipped
    /// counts as powered.
    ///
    /// # Errors
    /// [`RetentionRefusal::NotDemo`]; [`RetentionRefusal::TurnedBack`] if `to` is before the floor.
    pub fn turn(&self, to: Timestamp) -> Result<Self, RetentionRefusal> {
        if !self.demo {
            return Err(RetentionRefusal::NotDemo);
        }
        let (floor, asked) = (self.instant(), whole_seconds(to));
        let skipped = u64::try_from(asked.as_second() - floor.as_second())
            .map_err(|_| RetentionRefusal::TurnedBack { floor, asked })?;
        let mut next = self.next();
        next.state.base = Ground { anchor: Anchor::Turned { at: asked }, since: 0 };
        next.state.powered = next.state.powered.saturating_add(skipped);
        Ok(next)
    }

    fn next(&self) -> Self {
        let mut next = self.clone();
        next.state.written = next.state.written.saturating_add(1);
        next
    }
}

/// How much of one run of the program has been counted. Time below [`Stint::EVERY`] is lost when the
/// power goes; a clean stop counts the [`rest`](Self::rest).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stint {
    counted: u64,
}

impl Stint {
    /// How many seconds are counted at a time: ten minutes.
    pub const EVERY: u64 = 600;

    /// Whole seconds of this run that are not counted yet. `running` is the time since the run
    /// began by a monotonic clock that stands still while the machine sleeps (on Linux,
    /// [`std::time::Instant`]).
    #[must_use]
    pub fn rest(&self, running: Duration) -> u64 {
        running.as_secs().saturating_sub(self.counted)
    }

    /// The seconds to count now, once there are [`Stint::EVERY`] of them.
    #[must_use]
    pub fn owed(&self, running: Duration) -> Option<u64> {
        Some(self.rest(running)).filter(|seconds| *seconds >= Self::EVERY)
    }

    /// The floor that counts `seconds` is durable.
    pub fn counted(&mut self, seconds: u64) {
        self.counted = self.counted.saturating_add(seconds);
    }
}

/// `instant` and `seconds` later, at most the last instant there is.
pub(super) fn plus_seconds(instant: Timestamp, seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    Timestamp::from_second(instant.as_second().saturating_add(seconds)).unwrap_or(Timestamp::MAX)
}

fn whole_seconds(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}
