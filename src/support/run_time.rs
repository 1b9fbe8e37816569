//! How long this program has run: what a box counts as time that it has lived through.

use std::time::{Duration, Instant};

/// The time since `started`, by a clock that nobody sets and that stands still while the machine sleeps.
///
/// Only in debug builds and with the feature `failpoints`, `KLUIS_RUNNING` is a number of seconds that it
/// has run already, so that a test can have thirty days go by; in any other build that is nothing.
#[must_use]
pub fn run_time(started: Instant) -> Duration {
    #[cfg(any(debug_assertions, feature = "failpoints"))]
    if let Some(before) = std::env::var("KLUIS_RUNNING").ok().and_then(|seconds| seconds.parse().ok()) {
        return started.elapsed() + Duration::from_secs(before);
    }
    started.elapsed()
}
