//! What passes over the two pipes of the process that reads a stick.
//!
//! ```text
//! in:    length (2)  Asked (CBOR)    and after Write as many bytes
//! out:   length (2)  Told (CBOR)     and after Bytes and Put as many bytes
//!
//! Open  --> Found* Damaged* Listed | No          Copy --> Bytes* (End | No)
//! Write --> Put* (Written | No)
//! ```
//! Integers are big-endian. What is told was made by a process that a stick may have taken over.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use super::volume::{Found, Kind, StickRefusal};
use crate::appliance::cage::{Lost, Patience, Pipe, plain, write_message};
use crate::exchange::bundle::cbor;
use crate::support::words::Said as _;

/// A message is at most this long, in bytes: a name of the longest kind, four bytes a letter, twice.
const MESSAGE_LIMIT: usize = 4 * 1024;
/// Bytes that follow one message, at most.
pub(super) const PIECE_LIMIT: u32 = 1 << 20;

/// What it is asked.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum Asked {
    /// Look at what is on a stick of so many bytes.
    Open { length: u64 },
    /// Hand out the file that was told of as the `index`-th.
    Copy { index: u32 },
    /// Say what must be written onto a stick of so many bytes for a file of this name, whose bytes follow.
    Write { device: u64, name: String, length: u32 },
}

impl Asked {
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        write_message(to, &cbor::encode(self))
    }

    /// The next one; `None` where nobody asks any more.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut length = [0; 2];
        if from.read(&mut length[..1])? == 0 {
            return Ok(None);
        }
        from.read_exact(&mut length[1..])?;
        let mut body = vec![0; usize::from(u16::from_be_bytes(length))];
        from.read_exact(&mut body)?;
        cbor::decode(&body, MESSAGE_LIMIT).map(Some).map_err(|_| io::ErrorKind::InvalidData.into())
    }
}

/// What it tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum Told {
    /// A file that can be asked for.
    Found(Item),
    /// A file that would be taken, but is damaged.
    Damaged(No),
    /// That is all, but for so many that are other people's.
    Listed { passed_over: u64 },
    /// So many bytes of the file follow.
    Bytes { length: u32 },
    /// The file is whole.
    End,
    /// So many bytes follow that belong at this place of the stick.
    Put { offset: u64, length: u32 },
    /// That is all of the file, which is called this.
    Written { name: String },
    /// Why the stick, or the file, cannot be read.
    No(No),
}

impl Told {
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        write_message(to, &cbor::encode(self))?;
        to.flush()
    }

    /// The next one of a process.
    pub(super) fn next(answers: &mut Pipe, patience: &mut Patience) -> Result<Self, Lost> {
        let body = answers.message(MESSAGE_LIMIT, patience)?;
        cbor::decode(&body, MESSAGE_LIMIT).map_err(|_| Lost::Nonsense)
    }
}

/// A file on the stick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) path: String,
    /// How its name ends, in small letters.
    pub(super) kind: String,
    pub(super) length: u64,
}

impl Item {
    pub(super) fn of(found: &Found) -> Self {
        Self { path: plain(found.path()), kind: found.kind().ending().to_owned(), length: found.length() }
    }

    /// What kind of file it is, if it is one.
    pub(super) fn kind(&self) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.ending() == self.kind)
    }
}

/// A refusal of the process's: its code and the values of its fields, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct No {
    pub(super) code: String,
    pub(super) values: Vec<String>,
}

impl No {
    pub(super) fn of(refusal: &StickRefusal) -> Self {
        let values = refusal.fields().into_iter().map(|(_, value)| plain(&value)).collect();
        Self { code: refusal.code().into_owned(), values }
    }
}
