//! Places where a crash test stops the process as a power cut would.

/// Kills this process here if `KLUIS_FAILPOINT` is `name`, or `name:N` and this is the `N`th time
/// (from 1) that it passes here. The kill is SIGKILL: nothing is flushed, no destructor runs. With
/// `log:FILE` nobody dies, and every name that is passed becomes a line of that file: which places a
/// way has, and how often it passes them.
///
/// Only in debug builds and with the feature `failpoints`; in any other build this is nothing.
#[inline]
pub fn failpoint(name: &str) {
    #[cfg(any(debug_assertions, feature = "failpoints"))]
    armed::pass(name);
    #[cfg(not(any(debug_assertions, feature = "failpoints")))]
    let _ = name;
}

/// Whether `KLUIS_MUTATE` names this mutation: a step of ours that is left out, so that a test can show
/// that it would notice. Only in debug builds; in any other build this is `false`, and no variable
/// changes it.
#[must_use]
#[inline]
pub fn mutated(name: &str) -> bool {
    cfg!(debug_assertions) && std::env::var_os("KLUIS_MUTATE").is_some_and(|mutation| mutation == name)
}

#[cfg(any(debug_assertions, feature = "failpoints"))]
mod armed {
    use std::fs::{File, OpenOptions};
    use std::io::Write;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use rustix::process::{Signal, getpid, kill_process};

    static ARMED: LazyLock<Option<(String, u64)>> = LazyLock::new(|| {
        let value = std::env::var("KLUIS_FAILPOINT").ok().filter(|value| !value.starts_with("log:"))?;
        Some(match value.rsplit_once(':').and_then(|(name, n)| Some((name, n.parse().ok()?))) {
            Some((name, n)) => (name.to_owned(), n),
            None => (value, 1),
        })
    });
    static PASSED: AtomicU64 = AtomicU64::new(0);
    /// Opened once, appended to a line at a time.
    static LOG: LazyLock<Option<File>> = LazyLock::new(|| {
        let value = std::env::var("KLUIS_FAILPOINT").ok()?;
        OpenOptions::new().create(true).append(true).open(value.strip_prefix("log:")?).ok()
    });

    pub(super) fn pass(name: &str) {
        if let Some(mut log) = LOG.as_ref() {
            let _ = log.write_all(format!("{name}\n").as_bytes());
        }
        let Some((armed, n)) = &*ARMED else { return };
        if armed == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *n {
            let _ = kill_process(getpid(), Signal::KILL);
            // SIGKILL to oneself is delivered before kill(2) returns to this thread.
            std::process::abort();
        }
    }
}
