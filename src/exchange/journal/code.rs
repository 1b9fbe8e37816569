//! A receipt that a person can type: a number N and 16 letters and digits, `57-Q2WM5RTAYX7K3JEV`.
//!
//! It says: every number up to N of this stream was admitted, or replaced by one that was. It is made
//! with the stream's receipt key, which the sender put into leaf 0 of its bundles, so it convinces the
//! sender and nobody else. For daily life; a receipt of the other kind is wanted once a month, because
//! only that carries a checkpoint.
//!
//! ```text
//! first 80 bits of HMAC-SHA-256(receipt key,
//!     "factuurkluis/receipt-code" | box (16) | stream (16) | N (8, big-endian) | header digest (32))
//! ```

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::JournalRefusal;
use super::labels::RECEIPT_CODE;
use crate::exchange::vocabulary::{BoxId, BundleNumber, Digest, StreamId};
use crate::support::secret::Secret;

/// 80 bits: 16 base32 characters without padding.
const CODE_LENGTH: usize = 10;
const CODE_CHARACTERS: usize = 16;

/// The longest text that is read as a code, in bytes: all its digits, and as many separators.
const MAX_TYPED: usize = 128;

/// A receipt code, checked or not: [`ReceiptCode::check`] is the only comparison it has.
#[derive(Clone, Copy, Debug)]
pub struct ReceiptCode {
    number: BundleNumber,
    code: [u8; CODE_LENGTH],
}

impl ReceiptCode {
    /// The code for every number up to `number`, whose header has the SHA-256 `header`.
    #[must_use]
    pub fn make(
        receipt_key: &Secret,
        box_id: BoxId,
        stream: StreamId,
        number: BundleNumber,
        header: &Digest,
    ) -> Self {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(receipt_key.expose()).expect("HMAC takes a key of any length");
        mac.update(RECEIPT_CODE.as_bytes());
        mac.update(&box_id.0);
        mac.update(&stream.0);
        mac.update(&number.0.to_be_bytes());
        mac.update(&header.0);
        let mut code = [0; CODE_LENGTH];
        code.copy_from_slice(&mac.finalize().into_bytes()[..CODE_LENGTH]);
        Self { number, code }
    }

    /// The number up to which all is said to be in. It is only said until [`ReceiptCode::check`] held.
    #[must_use]
    pub fn number(&self) -> BundleNumber {
        self.number
    }

    /// Whether the box made this code for the header that the sender signed under the code's number.
    /// Takes the same time whichever character is wrong.
    #[must_use]
    pub fn check(&self, receipt_key: &Secret, box_id: BoxId, stream: StreamId, header: &Digest) -> bool {
        let right = Self::make(receipt_key, box_id, stream, self.number, header);
        right.code.ct_eq(&self.code).into()
    }

    /// For reading aloud and typing: `57 Q2WM-5RTA-YX7K-3JEV`.
    #[must_use]
    pub fn grouped(&self) -> String {
        let code = BASE32.encode(&self.code);
        format!("{} {}-{}-{}-{}", self.number, &code[..4], &code[4..8], &code[8..12], &code[12..])
    }
}

/// `57-Q2WM5RTAYX7K3JEV`.
impl fmt::Display for ReceiptCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.number, BASE32.encode(&self.code))
    }
}

/// Reads what people type: in either case, with or without spaces, dashes and full stops anywhere. The
/// base32 alphabet of RFC 4648 has no 0, 1 and 8, so these can only be an O, an I and a B. The last 16
/// characters are the code and what stands before them is the number.
impl FromStr for ReceiptCode {
    type Err = JournalRefusal;

    fn from_str(typed: &str) -> Result<Self, JournalRefusal> {
        let form = || JournalRefusal::CodeForm;
        if typed.len() > MAX_TYPED {
            return Err(form());
        }
        let separator = |c: &char| c.is_whitespace() || "-.‐‑‒–—−".contains(*c);
        let characters: String = typed.chars().filter(|c| !separator(c)).collect();
        if !characters.is_ascii() || characters.len() <= CODE_CHARACTERS {
            return Err(form());
        }
        let (number, code) = characters.split_at(characters.len() - CODE_CHARACTERS);
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(form());
        }
        let number = number.parse().map(BundleNumber).map_err(|_| form())?;
        let code: Vec<u8> = code
            .bytes()
            .map(|b| match b.to_ascii_uppercase() {
                b'0' => b'O',
                b'1' => b'I',
                b'8' => b'B',
                other => other,
            })
            .collect();
        let code = BASE32.decode(&code).map_err(|_| form())?.try_into().map_err(|_| form())?;
        Ok(Self { number, code })
    }
}
