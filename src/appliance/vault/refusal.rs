//! Why the vault says no.

use std::borrow::Cow;
use std::fmt;

use super::root::Slot;
use crate::support::durable::DiskError;
use crate::support::words::{Language, Said};

crate::refusals! {
    /// Why the vault refuses. Nothing in these fields is secret.
    pub enum VaultRefusal {
        /// `create` where there is a vault already.
        AlreadyThere { path: String } = "vault-already-there",
        /// What was prepared does not read back as it was written; nothing has been killed.
        NotPrepared { path: String } = "vault-not-prepared",
        /// Both slots are empty or torn.
        RootDead { root: String } = "vault-root-dead",
        /// The root lives, but opens neither file.
        NothingOpens { root: String, directory: String } = "vault-nothing-opens",
        /// What opens is older than the root says it must be: an old copy was put back.
        OldCopy { directory: String, found: u64, expected: u64 } = "vault-old-copy",
        /// The files are of a later format than this program knows.
        UnknownVersion { path: String, version: u32 } = "vault-unknown-version",
        /// An earlier change failed halfway; open the vault again.
        Unsettled = "vault-unsettled",
        /// An update let go of a key. Keys die by a switch.
        KeyDropped { key: String } = "vault-key-dropped",
        /// A key of that name is there already, or was and died.
        KeyNameTaken { key: String } = "vault-key-name-taken",
        /// There is no key of that name.
        NoSuchKey { key: String } = "vault-no-such-key",
        /// The change is kept, but in one of the two files only.
        WrittenOnce { path: String } = "vault-written-once",
        /// The table has grown over its bound.
        TooLarge { bytes: u64, limit: u64 } = "vault-too-large",
        /// One of the twins does not hold what it should.
        FileDamaged { path: String } = "vault-file-damaged",
        /// A slot that should be dead is not empty.
        SlotAlive { slot: Slot } = "vault-slot-alive",
        /// After the kill, the old root still opens a file.
        OldRootOpens { path: String } = "vault-old-root-opens",
        /// What was to be kept of the floor is over its bound.
        ClockTooLarge { bytes: u64, limit: u64 } = "vault-clock-too-large",
        /// The box has a TPM root, and this program was built without.
        TpmNotBuilt = "vault-tpm-not-built",
        /// The TPM does not answer.
        TpmMissing { place: String, reason: String } = "vault-tpm-missing",
        /// A new box on a TPM that is another box's root.
        TpmTaken = "vault-tpm-taken",
        /// A new box on a TPM whose owner authorisation somebody has set.
        TpmOwned = "vault-tpm-owned",
        /// The TPM has no slots of ours: it was cleared, or is another one.
        TpmForgotten = "vault-tpm-forgotten",
        /// The computer started in a way that the boot key has not approved.
        TpmOtherStart = "vault-tpm-other-start",
        /// Both notes of the TPM root are damaged.
        TpmNote { path: String } = "vault-tpm-note",
        /// The TPM refused a command.
        TpmFailed { command: String, reason: String } = "vault-tpm-failed",
        /// Another key than that of this box's `init`, or none at all.
        BootKeyWrong = "vault-boot-key-wrong",
        /// There is no start to approve: the root is a file.
        NoTpmRoot = "vault-no-tpm-root",
        /// Where the root is was not remembered as a path.
        RootPath { path: String } = "vault-root-path",
    }
}

/// A refusal of the vault's own, or one of the disk below it.
#[derive(Debug, Clone, PartialEq)]
pub enum VaultError {
    /// The vault's own.
    Refused(VaultRefusal),
    /// The disk's.
    Disk(DiskError),
}

impl From<VaultRefusal> for VaultError {
    fn from(refusal: VaultRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<DiskError> for VaultError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl Said for VaultError {
    fn code(&self) -> Cow<'static, str> {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Disk(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Refused(refusal) => refusal.fields(),
            Self::Disk(error) => error.fields(),
        }
    }
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::En))
    }
}

impl std::error::Error for VaultError {}
