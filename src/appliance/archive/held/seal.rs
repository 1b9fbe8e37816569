//! One record: how it is sealed, and where it may open.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::HOLD_COPIES;
use crate::exchange::bundle::header::{HEADER_LIMIT, LEAVES_LIMIT};
use crate::support::secret::Secret;

/// Before the nonce: kind and length.
pub(super) const HEAD: usize = 1 + 4;
const NONCE: usize = 24;
const TAG: usize = 16;
/// What sealing adds.
pub(super) const OVERHEAD: usize = HEAD + NONCE + TAG;
/// A leaf with its path, or a header with its receipt, at most.
const LONGEST: usize = LEAVES_LIMIT + 4 * HEADER_LIMIT;

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Bundle = 1,
    Invoice = 2,
    Piece = 3,
    End = 4,
}

impl Kind {
    /// Kind and length in a record's clear head; `None` where no record begins so.
    pub(super) fn of(head: &[u8; HEAD]) -> Option<(Self, usize)> {
        let [kind, length @ ..] = head;
        let kind = match kind {
            1 => Self::Bundle,
            2 => Self::Invoice,
            3 => Self::Piece,
            4 => Self::End,
            _ => return None,
        };
        let length = u32::from_be_bytes(*length) as usize;
        (length <= LONGEST).then_some((kind, length))
    }
}

/// Seals and opens the records of one hold. Its key is wiped when it is dropped.
#[derive(Clone)]
pub(super) struct Sealer {
    cipher: XChaCha20Poly1305,
    hold: Box<str>,
}

impl Sealer {
    pub(super) fn new(secret: &Secret, hold: &str) -> Self {
        let key = secret.child(HOLD_COPIES);
        Self { cipher: XChaCha20Poly1305::new(key.expose().into()), hold: hold.into() }
    }

    pub(super) fn hold(&self) -> &str {
        &self.hold
    }

    fn associated(&self, kind: Kind, offset: u64) -> Vec<u8> {
        let name = self.hold.as_bytes();
        [&[kind as u8][..], &(name.len() as u64).to_be_bytes(), name, &offset.to_be_bytes()].concat()
    }

    /// The record that will stand at `offset`.
    pub(super) fn seal(&self, kind: Kind, offset: u64, plain: &[u8]) -> Vec<u8> {
        let length = u32::try_from(plain.len()).expect("a record is far below 4 GiB");
        let mut record = Vec::with_capacity(OVERHEAD + plain.len());
        record.push(kind as u8);
        record.extend_from_slice(&length.to_be_bytes());
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).expect("the kernel's random generator answers");
        record.extend_from_slice(&nonce);
        record.extend_from_slice(plain);
        let tag = self
            .cipher
            .encrypt_inout_detached(
                &XNonce::from(nonce),
                &self.associated(kind, offset),
                (&mut record[HEAD + NONCE..]).into(),
            )
            .expect("a record is far below the cipher's bound");
        record.extend_from_slice(&tag);
        record
    }

    /// Opens what follows a record's head: nonce, ciphertext, tag. `None` if it was changed, moved, or
    /// is another hold's.
    pub(super) fn open(&self, kind: Kind, offset: u64, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
        let (body, tag) = rest.split_at_checked(rest.len().checked_sub(TAG)?)?;
        let tag = Tag::try_from(tag).ok()?;
        let mut plain = Zeroizing::new(body.to_vec());
        self.cipher
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                &self.associated(kind, offset),
                plain.as_mut_slice().into(),
                &tag,
            )
            .ok()?;
        Some(plain)
    }
}
