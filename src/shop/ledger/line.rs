//! The ledger's lines, and reading them one after the other.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::exchange::vocabulary::{BundleNumber, Digest};
use crate::shop::Refused;
use crate::support::durable::DiskError;

/// The longest line that is read, in bytes: a header or a checkpoint in base64, with room.
const LONGEST_LINE: u64 = 1024 * 1024;

/// A path as the file system has it. In JSON it is text, or `{"hex": "…"}` where it is no UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePath(pub PathBuf);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum PathForm {
    Text(String),
    Bytes { hex: String },
}

impl Serialize for FilePath {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let bytes = self.0.as_os_str().as_bytes();
        match std::str::from_utf8(bytes) {
            Ok(text) => s.serialize_str(text),
            Err(_) => PathForm::Bytes { hex: HEXLOWER.encode(bytes) }.serialize(s),
        }
    }
}

impl<'de> Deserialize<'de> for FilePath {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Self(match PathForm::deserialize(d)? {
            PathForm::Text(text) => text.into(),
            PathForm::Bytes { hex } => {
                let bytes = HEXLOWER.decode(hex.as_bytes()).map_err(de::Error::custom)?;
                OsString::from_vec(bytes).into()
            }
        }))
    }
}

/// An invoice as the ledger has it: enough to find its files again. No buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceLine {
    /// The bundle that it is in.
    pub bundle: BundleNumber,
    /// The invoice's number.
    pub number: String,
    /// Its date of issue.
    pub issued: Date,
    /// The file that it was read from.
    pub source: FilePath,
    /// The sidecar that was read with it.
    pub sidecar: Option<FilePath>,
    /// SHA-256 of the document.
    pub document: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub(super) enum Line {
    Invoice(InvoiceLine),
    Sealed { number: BundleNumber, header: String, path: FilePath, bytes: u64 },
    Placed { number: BundleNumber },
    Received { number: BundleNumber, at: Timestamp, checkpoint: String },
    ReceivedUpTo { number: BundleNumber, at: Timestamp },
}

/// A line as it was read.
pub(super) enum OneLine {
    /// It says something.
    Whole(Line),
    /// It is JSON, and nothing that we wrote.
    Strange,
    /// It is no JSON, or does not end.
    Torn,
}

/// Gives `each` every line within the first `limit` bytes: the offset behind it, its number from 1,
/// and what it says.
pub(super) fn each_line(
    path: &Path,
    limit: u64,
    mut each: impl FnMut(u64, usize, OneLine) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(DiskError::of("open", path, &error).into()),
    };
    let mut input = BufReader::with_capacity(64 * 1024, file.take(limit));
    let (mut at, mut number, mut line) = (0, 0, Vec::new());
    loop {
        line.clear();
        let read = (&mut input).take(LONGEST_LINE).read_until(b'\n', &mut line);
        let read = read.map_err(|error| DiskError::of("read", path, &error))?;
        if read == 0 {
            return Ok(());
        }
        at += read as u64;
        number += 1;
        let said = match line.strip_suffix(b"\n") {
            None => OneLine::Torn,
            Some(line) => match serde_json::from_slice(line) {
                Ok(line) => OneLine::Whole(line),
                Err(_) if serde_json::from_slice::<de::IgnoredAny>(line).is_ok() => OneLine::Strange,
                Err(_) => OneLine::Torn,
            },
        };
        each(at, number, said)?;
    }
}

pub(super) fn push_line(text: &mut Vec<u8>, line: &Line) {
    serde_json::to_writer(&mut *text, line).expect("our lines are JSON");
    text.push(b'\n');
}
