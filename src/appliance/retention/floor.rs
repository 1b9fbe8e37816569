//! The floor: the latest time proven past.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RetentionRefusal;
use crate::exchange::vocabulary::Digest;

/// What the floor's seconds are counted from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Anchor {
    /// The release date of the program, which is later than everything before it.
    Release {
        /// That date.
        at: Timestamp,
    },
    /// A time token over a checkpoint of this box's journal. Reserved: nothing makes one yet.
    Token {
        /// The token's time less its accuracy.
        at: Timestamp,
        /// The pinned authority that signed it.
        authority: Digest,
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

/// The floor as it is stored: sealed, in two copies, by whoever calls. The order of the fields is
/// that of the CBOR map.
///
/// Reading any old copy is safe: it can only lower the floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockState {
    /// How often it has been written; of two copies the higher is the newer.
    written: u64,
    /// What `since_anchor` is counted from.
    anchor: Anchor,
    /// Powered seconds since the anchor.
    since_anchor: u64,
    /// Powered seconds in the box's whole life. Never falls when the anchor moves.
    powered: u64,
}

impl ClockState {
    /// The newer of two copies, as far as they could be read.
    #[must_use]
    pub fn newer(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        one.into_iter().chain(other).max_by_key(|copy| copy.written)
    }
}

/// The latest time proven past.
///
/// It is a value: [`count`](Self::count) and [`turn`](Self::turn) give the next floor, whose
/// [`state`](Self::state) is first made durable and only then believed. All sums saturate.
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
        let release = whole_seconds(release);
        let beginning =
            ClockState { written: 0, anchor: Anchor::Release { at: release }, since_anchor: 0, powered: 0 };
        let believed = stored.filter(|state| demo || !matches!(state.anchor, Anchor::Turned { .. }));
        let stored = Self { state: believed.unwrap_or_else(|| beginning.clone()), demo };
        if stored.instant() >= release {
            return stored;
        }
        // A program released later than anything this box has lived through.
        let ClockState { written, powered, .. } = stored.state;
        Self { state: ClockState { written, powered, ..beginning }, demo }
    }

    /// The latest time proven past.
    #[must_use]
    pub fn instant(&self) -> Timestamp {
        plus_seconds(self.state.anchor.at(), self.state.since_anchor)
    }

    /// What it is counted from.
    #[must_use]
    pub fn anchor(&self) -> &Anchor {
        &self.state.anchor
    }

    /// Powered seconds counted since the anchor.
    #[must_use]
    pub fn since_anchor(&self) -> u64 {
        self.state.since_anchor
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

    /// The floor after `seconds` more of powered time.
    #[must_use]
    pub fn count(&self, seconds: u64) -> Self {
        let state = ClockState {
            written: self.state.written.saturating_add(1),
            anchor: self.state.anchor.clone(),
            since_anchor: self.state.since_anchor.saturating_add(seconds),
            powered: self.state.powered.saturating_add(seconds),
        };
        Self { state, demo: self.demo }
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
        let state = ClockState {
            written: self.state.written.saturating_add(1),
            anchor: Anchor::Turned { at: asked },
            since_anchor: 0,
            powered: self.state.powered.saturating_add(skipped),
        };
        Ok(Self { state, demo: true })
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
