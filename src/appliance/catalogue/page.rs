//! Entries and the pages that hold them.
//!
//! ```text
//! page   count 2 | entry ... | zeros
//! entry  space 1 | key length 2 | key | row length 2 | row
//! row    stream, number of bundle, leaf (numbers of seven-bit groups) | the row itself
//! ```
//! Numbers are little-endian. Entries are in the order of space, key, and the row's bytes, so
//! two runs are merged without looking into a row.

use super::codec::{Malformed, Reader};
use super::row::Space;
use super::seal::CONTENT_SIZE;

/// One entry where it lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry<'a> {
    pub(super) space: Space,
    pub(super) key: &'a [u8],
    pub(super) row: &'a [u8],
}

/// The head of a page: how many entries it holds.
const COUNT_SIZE: usize = 2;
/// What an entry takes beside its key and row.
const ENTRY_HEAD: usize = 5;

impl<'a> Entry<'a> {
    /// Bytes in a page.
    pub(super) fn size(&self) -> usize {
        ENTRY_HEAD + self.key.len() + self.row.len()
    }

    pub(super) fn read(from: &mut Reader<'a>) -> Result<Self, Malformed> {
        let space = Space::of(from.take(1)?[0])?;
        let length = usize::from(u16::from_le_bytes(from.array()?));
        let key = from.take(length)?;
        let length = usize::from(u16::from_le_bytes(from.array()?));
        Ok(Self { space, key, row: from.take(length)? })
    }
}

/// A page being filled.
pub(super) struct PageBuilder {
    content: zeroize::Zeroizing<Vec<u8>>,
    count: u16,
}

impl PageBuilder {
    pub(super) fn new() -> Self {
        let mut content = zeroize::Zeroizing::new(Vec::with_capacity(CONTENT_SIZE));
        content.extend_from_slice(&[0; COUNT_SIZE]);
        Self { content, count: 0 }
    }

    /// Entries in it so far.
    pub(super) fn len(&self) -> u16 {
        self.count
    }

    /// Adds an entry, or says that the page is full. An empty page takes any: a row of long texts
    /// has a larger page for itself.
    pub(super) fn push(&mut self, entry: &Entry<'_>) -> bool {
        if self.count > 0 && self.content.len() + entry.size() > CONTENT_SIZE {
            return false;
        }
        self.content.push(entry.space as u8);
        self.content.extend_from_slice(&(entry.key.len() as u16).to_le_bytes());
        self.content.extend_from_slice(entry.key);
        self.content.extend_from_slice(&(entry.row.len() as u16).to_le_bytes());
        self.content.extend_from_slice(entry.row);
        self.count += 1;
        true
    }

    /// The page's content; the builder is empty afterwards.
    pub(super) fn finish(&mut self) -> zeroize::Zeroizing<Vec<u8>> {
        let mut done = std::mem::replace(self, Self::new());
        done.content[..COUNT_SIZE].copy_from_slice(&done.count.to_le_bytes());
        done.content
    }
}

/// The entries of a page's content.
pub(super) struct Entries<'a> {
    from: Reader<'a>,
    left: u16,
}

impl<'a> Entries<'a> {
    pub(super) fn new(content: &'a [u8]) -> Result<Self, Malformed> {
        let (left, start) = Self::head(content)?;
        Ok(Self { from: Reader(&content[start..]), left })
    }

    /// How many entries there are, and where the first begins.
    pub(super) fn head(content: &[u8]) -> Result<(u16, usize), Malformed> {
        let count = Reader(content).array()?;
        Ok((u16::from_le_bytes(count), COUNT_SIZE))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(Entry::read(&mut self.from))
    }
}
