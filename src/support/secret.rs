//! The type that a key is kept in.
//!
//! A [`Secret`] lies in pages of its own ([`locked`](super::locked): not swapped, not dumped, hidden from
//! `/proc/PID/mem` where the kernel can), so that moving it leaves no copy; it wipes itself on drop, and has
//! no `Debug`, `Display`, `PartialEq` or `Serialize`: it can get into a log, an error or a file
//! only by the one word [`Secret::expose`]. [`harden_process`] keeps a process that holds keys out of
//! core files and from debuggers of the same user.
//!
//! What this does not promise: whatever works with a key copies some of it (a cipher's schedule, an Ed25519
//! scalar, the vault's table before it is sealed) onto the stack or the heap for as long as it works. And
//! documents: a decrypted invoice passes through ordinary memory, 64 KiB at a time on its way in and out,
//! whole while a page of it is drawn. It is wiped when it is given back, and could be swapped until then;
//! `firmware-image/` has no swap, and a box elsewhere should have none or an encrypted one.

use hkdf::Hkdf;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::locked::Slot;

/// 32 secret bytes.
pub struct Secret(Slot);

impl Secret {
    /// Fresh bytes from the kernel's generator.
    ///
    /// # Panics
    /// If the kernel has no randomness to give: nothing may be sealed then.
    #[must_use]
    pub fn random() -> Self {
        let mut slot = Slot::new();
        getrandom::fill(slot.bytes_mut()).expect("the kernel's random generator answers");
        Self(slot)
    }

    /// Takes 32 bytes over; the caller wipes its own copy.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut slot = Slot::new();
        slot.bytes_mut().copy_from_slice(bytes);
        Self(slot)
    }

    /// The bytes. Every use of this word is a place to review.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// A child key: HKDF-SHA-256 (RFC 5869) without salt, `label` as its info. All labels of the
    /// project stand in one table in `exchange/bundle/FORMAT.md`.
    #[must_use]
    pub fn child(&self, label: &str) -> Self {
        let mut slot = Slot::new();
        Hkdf::<Sha256>::new(None, self.expose())
            .expand(label.as_bytes(), slot.bytes_mut())
            .expect("32 bytes are within HKDF's bound");
        Self(slot)
    }
}

impl Clone for Secret {
    fn clone(&self) -> Self {
        Self::from_bytes(self.expose())
    }
}

impl Zeroize for Secret {
    fn zeroize(&mut self) {
        self.0.bytes_mut().zeroize();
    }
}

/// A slot is wiped when it is given back.
impl ZeroizeOnDrop for Secret {}

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
