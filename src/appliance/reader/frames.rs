//! What passes over the two pipes.
//!
//! ```text
//! compare, in:   media (1)  slot (1)  record length (4)  document length (4)  record (CBOR)  document
//!                slot 0: the document follows; else it lies in this slot of the shelf (see `shelf`)
//! draw, in:      page (4, 0: only count)  width in pixels (4)  length (4)  document
//! time, in:      pins length (4)  file length (4)  pins (CBOR)  file
//! out, always:   length (2)  Answer (CBOR)    and after Drawn: height x width x 3 bytes, RGB
//! ```
//! Integers are big-endian. Both ends bound every length before they allocate for it.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use super::shelf::Slot;
use crate::appliance::cage::{Lost, Patience, Pipe, write_message};
use crate::exchange::bundle::cbor;
use crate::exchange::bundle::header::LEAVES_LIMIT;
use crate::exchange::invoice::{LONGEST_DOCUMENT, Syntax};
use crate::exchange::time::{TOKEN_LIMIT, TimeRefusal, Verified};

/// An answer is at most this long, in bytes: two clipped values of four bytes a character fit.
pub(super) const ANSWER_LIMIT: usize = 4 * 1024;
/// Pinned authorities come to at most this many bytes.
pub(super) const PINS_LIMIT: usize = 1 << 20;

/// Everything that the process may say.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum Answer {
    /// All that the document states, the record states too.
    Agrees,
    /// No program can read the document.
    OnTheSendersWord,
    /// A field differs; `field` is the word of a `Field`.
    Differs { field: String, record: String, document: String },
    /// The document is of another type than stated.
    MediaType { record: String, document: String },
    /// The document is one that is refused when sealing.
    Unreadable { code: String, reason: String },
    /// So many pages.
    Pages { pages: u32 },
    /// A page of so many pixels follows.
    Drawn { width: u32, height: u32 },
    /// Not a PDF that can be drawn.
    NotAPdf,
    /// The page is not among so many.
    NoSuchPage { pages: u32 },
    /// A time token whose answer has so many bytes, and what it proves, or why it does not hold.
    Token { response: u32, verdict: Result<Verified, TimeRefusal> },
    /// It is none.
    NoToken(TimeRefusal),
}

impl Answer {
    /// Writes the frame.
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        write_message(to, &cbor::encode(self))?;
        to.flush()
    }

    /// Reads a frame's body, strictly.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        cbor::decode(body, ANSWER_LIMIT).ok()
    }

    /// The next one of a process.
    pub(super) fn next(answers: &mut Pipe, patience: &mut Patience) -> Result<Self, Lost> {
        Self::parse(&answers.message(ANSWER_LIMIT, patience)?).ok_or(Lost::Nonsense)
    }
}

/// The types of document that a program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    Xml,
    Pdf,
}

impl Media {
    /// By the media type of a leaf; `None` for what stands on the sender's word.
    pub(super) fn of(media_type: &str) -> Option<Self> {
        [Self::Xml, Self::Pdf].into_iter().find(|media| media.media_type() == media_type)
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Xml => Syntax::Cii.media_type(),
            Self::Pdf => Syntax::Pdf.media_type(),
        }
    }
}

/// What stands before a document that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) media: Media,
    /// Where on the shelf the document lies, if it is not behind the record.
    pub(super) slot: Option<Slot>,
    /// Bytes of CBOR, at most [`LEAVES_LIMIT`].
    pub(super) record: usize,
    /// Bytes, at most [`LONGEST_DOCUMENT`], and on the shelf at most [`Slot::BYTES`].
    pub(super) document: usize,
}

impl Head {
    const LENGTH: usize = 10;

    pub(super) fn bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[0] = self.media as u8;
        bytes[1] = self.slot.map_or(0, |slot| slot.0 + 1);
        bytes[2..6].copy_from_slice(&bounded(self.record));
        bytes[6..].copy_from_slice(&bounded(self.document));
        bytes
    }

    /// Reads the next head; `None` where the pipe ends between two documents.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = [0; Self::LENGTH];
        if from.read(&mut bytes[..1])? == 0 {
            return Ok(None);
        }
        from.read_exact(&mut bytes[1..])?;
        let media = match bytes[0] {
            0 => Media::Xml,
            1 => Media::Pdf,
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        let slot = bytes[1].checked_sub(1).map(Slot);
        let limit = match slot {
            None => LONGEST_DOCUMENT,
            Some(Slot(number)) if number < Slot::COUNT => Slot::BYTES,
            Some(_) => return Err(io::ErrorKind::InvalidData.into()),
        };
        let record = length(&bytes[2..6], LEAVES_LIMIT)?;
        let document = length(&bytes[6..], limit)?;
        Ok(Some(Self { media, slot, record, document }))
    }
}

/// What stands before a document that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// From 1; 0 only counts the pages.
    pub(super) page: u32,
    /// Pixels.
    pub(super) width: u32,
    /// Bytes, at most [`LONGEST_DOCUMENT`].
    pub(super) document: usize,
}

impl Order {
    const LENGTH: usize = 12;

    pub(super) fn bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[..4].copy_from_slice(&self.page.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.width.to_be_bytes());
        bytes[8..].copy_from_slice(&bounded(self.document));
        bytes
    }

    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut bytes = [0; Self::LENGTH];
        from.read_exact(&mut bytes)?;
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Ok(Self { page: number(0), width: number(4), document: length(&bytes[8..], LONGEST_DOCUMENT)? })
    }
}

/// What stands before pinned authorities and a time token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// Bytes of CBOR, at most [`PINS_LIMIT`].
    pub(super) pins: usize,
    /// Bytes, at most [`TOKEN_LIMIT`].
    pub(super) file: usize,
}

impl Question {
    const LENGTH: usize = 8;

    pub(super) fn bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[..4].copy_from_slice(&bounded(self.pins));
        bytes[4..].copy_from_slice(&bounded(self.file));
        bytes
    }

    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut bytes = [0; Self::LENGTH];
        from.read_exact(&mut bytes)?;
        Ok(Self { pins: length(&bytes[..4], PINS_LIMIT)?, file: length(&bytes[4..], TOKEN_LIMIT)? })
    }
}

/// The four bytes of a length that its writer has bounded by 64 MiB.
fn bounded(length: usize) -> [u8; 4] {
    u32::try_from(length).expect("bounded by 64 MiB before it is written").to_be_bytes()
}

fn length(bytes: &[u8], limit: usize) -> io::Result<usize> {
    let length = bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    if length > limit { Err(io::ErrorKind::InvalidData.into()) } else { Ok(length) }
}

/// Reads `length` bytes into `to`, which grows as they come.
pub(super) fn read_into(from: &mut impl Read, length: usize, to: &mut Vec<u8>) -> io::Result<()> {
    to.clear();
    to.reserve(length.min(1 << 20));
    match from.take(length as u64).read_to_end(to)? {
        read if read == length => Ok(()),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
