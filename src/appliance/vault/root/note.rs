//! `root/tpm.a`, `root/tpm.b`: what a TPM root must know that is no secret, twice.
//!
//! ```text
//!   0                32
//!   | SHA-256 of it  | canonical CBOR: version, boot key (SEC1, 33 bytes), approved starts |
//! ```
//! Whoever can write here gains nothing: the TPM itself pins the boot key, and believes an approval by
//! its signature only. Two files, because a damaged one would close the box until the boot key is brought.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use super::tpm_notes;
use crate::appliance::vault::{VaultError, VaultRefusal};
use crate::exchange::bundle::cbor;
use crate::exchange::vocabulary::Digest;
use crate::support::durable;

const VERSION: u32 = 1;
/// Bytes of a note at most.
const LIMIT: usize = 4096;
/// Approvals that are kept; the oldest goes when another comes.
const KEPT: usize = 8;

/// What a TPM root must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    version: u32,
    /// The public half of the boot key, a compressed point of P-256.
    pub(super) key: ByteBuf,
    /// Starts that the boot key has approved, the newest first.
    pub(super) approved: Vec<Approval>,
}

/// A start of the computer that the boot key has approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    /// Which registers (PCRs of the SHA-256 bank) it speaks of, as bits.
    pub(super) pcrs: u32,
    /// The policy digest that they give (`TPM2_PolicyPCR`).
    pub(super) policy: ByteArray<32>,
    /// ECDSA over SHA-256(policy | label), r and s.
    pub(super) signature: ByteArray<64>,
}

impl Note {
    pub(super) fn new(key: &[u8]) -> Self {
        Self { version: VERSION, key: ByteBuf::from(key), approved: Vec::new() }
    }

    /// The first of the two that is whole; `None` if none is.
    pub(super) fn read(data: &Path) -> Result<Option<Self>, VaultError> {
        for path in tpm_notes(data) {
            match durable::read_up_to(&path, (32 + LIMIT) as u64) {
                Ok(bytes) => {
                    if let Some(note) = Self::parse(&bytes) {
                        return Ok(Some(note));
                    }
                }
                Err(durable::DiskError::Missing { .. } | durable::DiskError::TooLarge { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// The note that must be there.
    pub(super) fn need(data: &Path) -> Result<Self, VaultError> {
        let [path, _] = tpm_notes(data);
        Ok(Self::read(data)?.ok_or(VaultRefusal::TpmNote { path: path.display().to_string() })?)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (digest, body) = bytes.split_at_checked(32)?;
        let note = cbor::decode::<Self>(body, LIMIT).ok().filter(|_| Digest::of(body).0 == digest)?;
        Some(note).filter(|note| note.version == VERSION)
    }

    pub(super) fn write(&self, data: &Path) -> Result<(), VaultError> {
        let body = cbor::encode(self);
        let bytes = [Digest::of(&body).0.as_slice(), &body].concat();
        for path in tpm_notes(data) {
            durable::write_atomically(&path, &bytes, 0o600)?;
        }
        Ok(())
    }

    /// Adds an approval.
    pub(super) fn approve(&mut self, approval: Approval) {
        self.approved.retain(|there| there.policy != approval.policy);
        self.approved.insert(0, approval);
        self.approved.truncate(KEPT);
    }
}
