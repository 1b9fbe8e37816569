//! How a page is sealed: XChaCha20-Poly1305, a random 24-byte nonce, and the page's place as
//! associated data.
//!
//! ```text
//! page    nonce 24 | ciphertext n * 984 | tag 16             n is 1 but for rows of long texts
//! meta    generation 8, big-endian | nonce 24 | ciphertext n * 984 | tag 16
//! associated data
//!         kind 1 | length of term 8 | term | run 8 | page 4 | generation 8
//! ```
//!
//! Every page is filled up with zeros to the same size, so sizes on the disk tell how many pages
//! there are and little else. They are this small because sled reads eight or more values at once,
//! whatever their size: with 4 KiB a look-up read some 33 KiB of file and took twice as long. A run's generation is drawn anew for every run, so a page that was left behind
//! by a crash never opens as one of a later run with the same number.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::support::secret::Secret;

const NONCE_SIZE: usize = 24;
const TAG_SIZE: usize = 16;
/// A page as it is stored.
const PAGE_SIZE: usize = 1024;
/// What fits into a page; more is filled up to a multiple of it.
pub(super) const CONTENT_SIZE: usize = PAGE_SIZE - NONCE_SIZE - TAG_SIZE;

/// What a sealed page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Holds {
    /// The list of runs and of bundles indexed.
    Meta = 1,
    /// Entries of a run.
    Entries = 2,
    /// A part of a run's fences and filter.
    Index = 3,
}

/// Where a page belongs. It opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) holds: Holds,
    pub(super) run: u64,
    pub(super) page: u32,
    pub(super) generation: u64,
}

/// A page did not open: changed, cut, moved, or sealed by another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DoesNotOpen;

/// Seals and opens the pages of one term's catalogue. Its key is wiped when it is dropped.
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    term: Box<str>,
}

impl Sealer {
    /// A sealer for the catalogue of `term`, under a key of its own: the child of the term's secret
    /// that is meant for the catalogue and nothing else.
    #[must_use]
    pub fn new(key: &Secret, term: &str) -> Self {
        Self { cipher: XChaCha20Poly1305::new(key.expose().into()), term: term.into() }
    }

    /// The term that it seals for.
    pub(super) fn term(&self) -> &str {
        &self.term
    }

    fn associated(&self, place: Place) -> Vec<u8> {
        let mut data = Vec::with_capacity(29 + self.term.len());
        data.push(place.holds as u8);
        data.extend_from_slice(&(self.term.len() as u64).to_be_bytes());
        data.extend_from_slice(self.term.as_bytes());
        data.extend_from_slice(&place.run.to_be_bytes());
        data.extend_from_slice(&place.page.to_be_bytes());
        data.extend_from_slice(&place.generation.to_be_bytes());
        data
    }

    /// `content` filled up with zeros to whole pages' content (at least one), and sealed.
    pub(super) fn seal(&self, place: Place, content: &[u8]) -> Vec<u8> {
        let filled = content.len().div_ceil(CONTENT_SIZE).max(1) * CONTENT_SIZE;
        let mut sealed = vec![0; NONCE_SIZE + filled + TAG_SIZE];
        let (nonce, rest) = sealed.split_at_mut(NONCE_SIZE);
        let (body, tag) = rest.split_at_mut(filled);
        getrandom::fill(nonce).expect("the kernel's random generator answers");
        body[..content.len()].copy_from_slice(content);
        let nonce: &XNonce = (&*nonce).try_into().expect("24 bytes");
        let made = self
            .cipher
            .encrypt_inout_detached(nonce, &self.associated(place), body.into())
            .expect("a page is far below the cipher's bound");
        tag.copy_from_slice(&made);
        sealed
    }

    /// The content with its filling. It is wiped when it is dropped.
    pub(super) fn open(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        let filled = sealed.len().checked_sub(NONCE_SIZE + TAG_SIZE).ok_or(DoesNotOpen)?;
        let (nonce, rest) = sealed.split_at(NONCE_SIZE);
        let (body, tag) = rest.split_at(filled);
        let nonce: &XNonce = nonce.try_into().map_err(|_| DoesNotOpen)?;
        let tag: &Tag = tag.try_into().map_err(|_| DoesNotOpen)?;
        let mut content = Zeroizing::new(body.to_vec());
        self.cipher
            .decrypt_inout_detached(nonce, &self.associated(place), content.as_mut_slice().into(), tag)
            .map_err(|_| DoesNotOpen)?;
        Ok(content)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_page_opens_only_in_its_own_place() {
        let key = Secret::random();
        let sealer = Sealer::new(&key, "trampoline-nl-ordinary-2026-12");
        let place = Place { holds: Holds::Entries, run: 7, page: 3, generation: 9 };
        let sealed = sealer.seal(place, b"Jansen");
        assert_eq!(sealed.len(), PAGE_SIZE);
        assert_eq!(&sealer.open(place, &sealed).unwrap()[..6], b"Jansen");
        for other in [
            Place { holds: Holds::Index, ..place },
            Place { run: 8, ..place },
            Place { page: 4, ..place },
            Place { generation: 10, ..place },
        ] {
            assert!(sealer.open(other, &sealed).is_err());
        }
        assert!(Sealer::new(&key, "another-term").open(place, &sealed).is_err());
        assert!(
            Sealer::new(&Secret::random(), "trampoline-nl-ordinary-2026-12").open(place, &sealed).is_err()
        );
        for cut in [0, 23, 40, PAGE_SIZE - 1] {
            assert!(sealer.open(place, &sealed[..cut]).is_err());
        }
    }
}
