//! How the vault's own files are sealed, byte by byte.
//!
//! ```text
//!   0        16     20        28           52
//!   | magic  | vers | number  | nonce (24) | XChaCha20-Poly1305 ciphertext and tag (16)
//! ```
//! Integers big-endian. The first 28 bytes are the associated data, so the clear number cannot be
//! changed. The nonce is random each time: a restored image must not repeat one.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::support::secret::Secret;

const NUMBER_AT: usize = 20;
const NONCE_AT: usize = NUMBER_AT + 8;
const BODY_AT: usize = NONCE_AT + 24;
const TAG: usize = 16;
/// What sealing adds to the plaintext.
pub(super) const OVERHEAD: usize = BODY_AT + TAG;

/// One kind of file: its magic, its version and the label of its key. The labels also stand in the
/// table of `exchange/bundle/FORMAT.md`.
pub(super) struct Kind {
    magic: &'static [u8; 16],
    version: u32,
    label: &'static str,
}

/// `vault/a`, `vault/b`; the number is the generation; the key is a child of the root.
pub(super) const VAULT: Kind =
    Kind { magic: b"kluis vault\0\0\0\0\0", version: 1, label: "factuurkluis/vault" };
/// `clock/a`, `clock/b`; the number is a sequence; the key is a child of the vault's clock key.
pub(super) const CLOCK: Kind =
    Kind { magic: b"kluis clock\0\0\0\0\0", version: 1, label: "factuurkluis/clock" };

/// A file that opened.
pub(super) struct Opened {
    /// The generation or sequence of its header.
    pub(super) number: u64,
    /// What was sealed.
    pub(super) plain: Zeroizing<Vec<u8>>,
}

impl Kind {
    /// Seals `plain`, wiping no copy but its own.
    pub(super) fn seal(&self, key: &Secret, number: u64, plain: &[u8]) -> Vec<u8> {
        let mut file = Vec::with_capacity(OVERHEAD + plain.len());
        file.extend_from_slice(self.magic);
        file.extend_from_slice(&self.version.to_be_bytes());
        file.extend_from_slice(&number.to_be_bytes());
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce).expect("the kernel's random generator answers");
        file.extend_from_slice(&nonce);
        file.extend_from_slice(plain);
        let (head, body) = file.split_at_mut(BODY_AT);
        let tag = self
            .cipher(key)
            .encrypt_inout_detached(&XNonce::from(nonce), &head[..NONCE_AT], body.into())
            .expect("the plaintext is within the cipher's bound of 256 GiB");
        file.extend_from_slice(&tag);
        file
    }

    /// Opens a file; `None` if it is torn, flipped, of another kind or under another key.
    pub(super) fn open(&self, key: &Secret, file: &[u8]) -> Option<Opened> {
        let number = self.number(file)?;
        let (head, rest) = file.split_at_checked(BODY_AT)?;
        let (body, tag) = rest.split_at_checked(rest.len().checked_sub(TAG)?)?;
        let nonce = XNonce::try_from(&head[NONCE_AT..]).ok()?;
        let tag = Tag::try_from(tag).ok()?;
        let mut plain = Zeroizing::new(body.to_vec());
        self.cipher(key)
            .decrypt_inout_detached(&nonce, &head[..NONCE_AT], plain.as_mut_slice().into(), &tag)
            .ok()?;
        Some(Opened { number, plain })
    }

    /// The number in the clear header, unproven; `None` if it is no file of this kind and version.
    pub(super) fn number(&self, file: &[u8]) -> Option<u64> {
        let head = file.get(..NONCE_AT)?;
        if self.version_of(file)? != self.version {
            return None;
        }
        Some(u64::from_be_bytes(head[NUMBER_AT..].try_into().ok()?))
    }

    /// The version in the clear header, if it is a file of this kind.
    pub(super) fn version_of(&self, file: &[u8]) -> Option<u32> {
        let head = file.get(..NUMBER_AT)?;
        if !head.starts_with(self.magic) {
            return None;
        }
        Some(u32::from_be_bytes(head[16..].try_into().ok()?))
    }

    /// Whether `version` is a later one than this program writes.
    pub(super) fn is_later(&self, version: u32) -> bool {
        version > self.version
    }

    fn cipher(&self, key: &Secret) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(key.child(self.label).expose().into())
    }
}
