//! Marks: whether a document that is read a second time is still the same.
//!
//! Sealing reads each document twice, because the leaves with their digests stand before the documents.
//! Who reads it the first time can take, beside the SHA-256 that the leaf names, a [`Mark`]: Poly1305
//! (RFC 8439 section 2.5) under a random key of the document's own. The second reading then compares
//! marks, at a quarter of what a second SHA-256 costs; without a mark it takes the SHA-256 again.
//!
//! Promised: who does not know the mark's key, which never leaves the process that drew it, gets a changed
//! document of at most 64 MiB past it with a probability below 2^-80 (RFC 8439 section 4: 8 times its
//! blocks over 2^106). Not promised: anything to another process; a mark is never written down.

use std::io::{self, Read};

use poly1305::universal_hash::{KeyInit, UniversalHash};
use poly1305::{Poly1305, Tag};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::leaf::{Document, Origin};
use crate::exchange::vocabulary::Digest;

/// A piece of a document is a whole number of these bytes, but for its last one.
const BLOCK_LENGTH: u64 = 16;

/// What a document must be when it is read again.
#[derive(Clone)]
pub struct Promised {
    pub(super) document: Document,
    mark: Option<Mark>,
}

#[derive(Clone)]
struct Mark {
    key: Zeroizing<[u8; 32]>,
    tag: Tag,
}

impl Promised {
    /// Reads a document for the first time, and marks it.
    ///
    /// # Panics
    /// If the kernel has no randomness to give.
    #[must_use]
    pub fn see(bytes: &[u8], media_type: &str, origin: Origin) -> Self {
        let (length, sha256) = (bytes.len() as u64, Digest::of(bytes));
        let document = Document { length, media_type: media_type.to_owned(), origin, sha256 };
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice()).expect("the kernel's random generator answers");
        let mut poly1305 = Poly1305::new((&*key).into());
        poly1305.update_padded(bytes);
        let mark = Some(Mark { tag: finish(poly1305, length), key });
        Self { document, mark }
    }

    /// What its leaf says of it.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Begins the second reading.
    pub(super) fn again(&self) -> Again<'_> {
        let check = match &self.mark {
            Some(mark) => Check::Mark(Poly1305::new((&*mark.key).into()), &mark.tag),
            None => Check::Digest(Sha256::new()),
        };
        Again { document: &self.document, check, length: 0 }
    }
}

impl From<Document> for Promised {
    fn from(document: Document) -> Self {
        Self { document, mark: None }
    }
}

/// A document that is being read for the second time.
pub(super) struct Again<'p> {
    document: &'p Document,
    check: Check<'p>,
    length: u64,
}

#[allow(clippy::large_enum_variant, reason = "one at a time, on the stack")]
enum Check<'p> {
    Mark(Poly1305, &'p Tag),
    Digest(Sha256),
}

impl Again<'_> {
    /// Takes the next piece, which is whole blocks unless it is the last. `false` if the document has
    /// grown.
    pub(super) fn take(&mut self, piece: &[u8]) -> bool {
        debug_assert!(self.length.is_multiple_of(BLOCK_LENGTH), "a ragged piece was not the last");
        match &mut self.check {
            Check::Mark(poly1305, _) => poly1305.update_padded(piece),
            Check::Digest(digest) => digest.update(piece),
        }
        self.length += piece.len() as u64;
        self.length <= self.document.length
    }

    /// Whether it was the document that was promised.
    pub(super) fn proves_the_same(self) -> bool {
        match self.check {
            Check::Mark(poly1305, tag) => finish(poly1305, self.length).ct_eq(tag).into(),
            Check::Digest(digest) => {
                self.length == self.document.length
                    && Digest(digest.finalize().into()) == self.document.sha256
            }
        }
    }
}

/// The tag. The length goes in too, because the last block was filled with zeros.
fn finish(mut poly1305: Poly1305, length: u64) -> Tag {
    poly1305.update_padded(&length.to_be_bytes());
    poly1305.finalize()
}

/// Reads until `piece` is full or the document ends; how many bytes.
pub(super) fn fill(input: &mut impl Read, piece: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match input.read(&mut piece[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(promised: &Promised, bytes: &[u8], piece: usize) -> bool {
        let mut again = promised.again();
        bytes.chunks(piece).all(|piece| again.take(piece)) && again.proves_the_same()
    }

    #[test]
    fn a_document_is_known_again_and_no_other_is_taken_for_it() {
        let bytes: Vec<u8> = (0..1000u32).map(|n| (n * 7) as u8).collect();
        let marked = Promised::see(&bytes, "application/pdf", Origin::Original);
        let by_digest = Promised::from(marked.document().clone());
        for promised in [&marked, &by_digest] {
            for piece in [16, 64, 1008] {
                assert!(same(promised, &bytes, piece), "{piece}");
            }
            for at in 0..bytes.len() {
                let mut other = bytes.clone();
                other[at] ^= 1;
                assert!(!same(promised, &other, 64), "byte {at}");
            }
            assert!(!same(promised, &bytes[..999], 64));
            // What the last block is filled up with is no part of the document.
            assert!(!same(promised, &[&bytes[..], &[0]].concat(), 64));
        }
    }
}
