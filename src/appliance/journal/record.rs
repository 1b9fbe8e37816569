//! One record of an event log: what opens one entry.
//!
//! ```text
//! frame   | length (4) | content (length bytes)                        | length (4) |
//! public  |            | index (8) | key (32) | body                   |            |
//! sealed  |            | index (8) | nonce (24) | ciphertext | tag (16) |            |
//!                        plaintext: key (32) | body
//! ```
//!
//! Numbers are big-endian. The length stands at both ends so that the last whole record is found from
//! the end of a file. The seal is XChaCha20-Poly1305 with a random nonce; its associated data are
//! `factuurkluis/event`, the entry's kind (1 byte), its index (8) and the place's text
//! (`term:<name>`, `year:2026`). Index and kind stand in the open log anyway.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::Place;
use crate::exchange::journal::entry::{MAX_BODY, OPENING_KEY_LENGTH};
use crate::exchange::journal::{EntryKind, Opening, labels};
use crate::support::secret::Secret;

/// The length field at each end of a frame.
pub(super) const LENGTH: usize = 4;
const INDEX: usize = 8;
const NONCE: usize = 24;
const TAG: usize = 16;

/// What stands before a frame's payload: its length and the entry's index.
pub(super) const HEAD: usize = LENGTH + INDEX;

const MIN_CONTENT: usize = INDEX + OPENING_KEY_LENGTH;
const MAX_CONTENT: usize = INDEX + NONCE + OPENING_KEY_LENGTH + MAX_BODY + TAG;

/// The frame of one record, ready to be appended.
pub(super) fn frame(index: u64, place: &Place, key: Option<&Secret>, opening: &Opening) -> Vec<u8> {
    let mut plain = Zeroizing::new(Vec::with_capacity(OPENING_KEY_LENGTH + opening.body().len()));
    plain.extend_from_slice(opening.key());
    plain.extend_from_slice(opening.body());
    let payload = match key {
        None => plain.to_vec(),
        Some(key) => {
            let mut nonce = [0; NONCE];
            getrandom::fill(&mut nonce).expect("the kernel's random generator answers");
            let associated = associated(opening.kind(), index, place);
            let sealed = cipher(key)
                .encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &associated })
                .expect("a body is far below the cipher's bound");
            [&nonce[..], &sealed].concat()
        }
    };
    let length = u32::try_from(INDEX + payload.len()).expect("a body is at most 1 MiB").to_be_bytes();
    [&length[..], &index.to_be_bytes(), &payload, &length].concat()
}

/// Opens the payload of a frame (what follows its index). `None` if it is too short, or the seal does
/// not hold for this key, kind, index and place.
pub(super) fn open(
    payload: &[u8],
    index: u64,
    kind: EntryKind,
    place: &Place,
    key: Option<&Secret>,
) -> Option<Opening> {
    let plain = match key {
        None => Zeroizing::new(payload.to_vec()),
        Some(key) => {
            let (nonce, sealed) = payload.split_first_chunk::<NONCE>()?;
            let associated = associated(kind, index, place);
            let payload = Payload { msg: sealed, aad: &associated };
            Zeroizing::new(cipher(key).decrypt(&XNonce::from(*nonce), payload).ok()?)
        }
    };
    let (key, body) = plain.split_first_chunk::<OPENING_KEY_LENGTH>()?;
    (body.len() <= MAX_BODY).then(|| Opening::kept(kind, *key, body.to_vec()))
}

/// The length of a frame's content, from one of its length fields; `None` where no frame is that long.
pub(super) fn content_length(field: [u8; LENGTH]) -> Option<usize> {
    let length = u32::from_be_bytes(field) as usize;
    (MIN_CONTENT..=MAX_CONTENT).contains(&length).then_some(length)
}

/// The length and the index at the head of a frame.
pub(super) fn head(bytes: &[u8; HEAD]) -> Option<(usize, u64)> {
    let (length, index) = bytes.split_first_chunk::<LENGTH>()?;
    Some((content_length(*length)?, u64::from_be_bytes(index.try_into().ok()?)))
}

fn cipher(key: &Secret) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose().into())
}

fn associated(kind: EntryKind, index: u64, place: &Place) -> Vec<u8> {
    let mut bytes = labels::EVENT.as_bytes().to_vec();
    bytes.push(kind.number());
    bytes.extend(index.to_be_bytes());
    bytes.extend(place.to_string().as_bytes());
    bytes
}
