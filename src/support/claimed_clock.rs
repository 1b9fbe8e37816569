//! What this machine's clock says. Nothing in the box believes it; that it is one function makes it easy
//! to see who asks.

use jiff::Timestamp;

/// The machine's clock: a claim.
///
/// Only in debug builds and with the feature `failpoints`, `KLUIS_CLOCK` says what it reads, so that a
/// test can turn it, stop it, or let its battery die; in any other build that is nothing.
#[must_use]
pub fn claimed_now() -> Timestamp {
    #[cfg(any(debug_assertions, feature = "failpoints"))]
    if let Some(at) = std::env::var("KLUIS_CLOCK").ok().and_then(|at| at.parse().ok()) {
        return at;
    }
    Timestamp::now()
}
