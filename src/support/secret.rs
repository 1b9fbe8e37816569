//! The type that a key is kept in.
//!
//! A [`Secret`] lies on the heap (so that moving it leaves no copy), wipes itself on drop, and has
//! no `Debug`, `Display`, `PartialEq` or `Serialize`: it can get into a log, an error or a file
//! only by the one word [`Secret::expose`]. [`harden_process`] keeps a process that holds keys out of
//! core files and from debuggers of the same user. What this does not promise: the kernel may have swapped
//! the page, and root reads everything; locked memory is a later issue's room.

use hkdf::Hkdf;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 32 secret bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(Box<[u8; 32]>);

impl Secret {
    /// Fresh bytes from the kernel's generator.
    ///
    /// # Panics
    /// If the kernel has no randomness to give: nothing may be sealed then.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = Box::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).expect("the kernel's random generator answers");
        Self(bytes)
    }

    /// Takes 32 bytes over; the caller wipes its own copy.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        // Not `Box::new(*bytes)`, which leaves a copy on the stack.
        let mut boxed = Box::new([0; 32]);
        boxed.copy_from_slice(bytes);
        Self(boxed)
    }

    /// The bytes. Every use of this word is a place to review.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A child key: HKDF-SHA-256 (RFC 5869) without salt, `label` as its info. All labels of the
    /// project stand in one table in `exchange/bundle/FORMAT.md`.
    #[must_use]
    pub fn child(&self, label: &str) -> Self {
        let mut bytes = Box::new([0; 32]);
        Hkdf::<Sha256>::new(None, self.expose())
            .expand(label.as_bytes(), bytes.as_mut_slice())
            .expect("32 bytes are within HKDF's bound");
        Self(bytes)
    }
}

/// For a process that holds keys: no core file when it crashes (`RLIMIT_CORE` 0, which children
/// inherit), and no `ptrace`, `/proc/PID/mem` or core by any other process of the same user
/// (`PR_SET_DUMPABLE` 0). Root is not held off.
///
/// # Errors
/// What the system refuses; the process should not go on to open a key then.
pub fn harden_process() -> std::io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_hardened_process_leaves_no_core_and_lets_no_debugger_in() {
        const ALONE: &str = "KLUIS_TEST_ALONE";
        let name = "support::secret::tests::a_hardened_process_leaves_no_core_and_lets_no_debugger_in";
        // In a process of its own: this one is also other tests'.
        if std::env::var_os(ALONE).is_none() {
            let mut child = std::process::Command::new(std::env::current_exe().unwrap());
            let output = child.args(["--exact", name]).env(ALONE, "1").output().unwrap();
            assert!(output.status.success());
            return;
        }
        harden_process().unwrap();
        assert_eq!(rustix::process::dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        let core = rustix::process::getrlimit(Resource::Core);
        assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
    }
}
