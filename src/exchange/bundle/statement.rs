//! A signed statement: the envelope of a bundle's header, of cards and of certificates.
//!
//! ```text
//! magic      the kind and version, a line of ASCII ending in LF   "factuurkluis/bundle/1\n"
//! length     u32 big-endian                                       of the body
//! body       canonical CBOR
//! length     u32 big-endian                                       of the list
//! list       canonical CBOR: [{"key": bytes 32, "signature": bytes 64}, …]
//! ```
//! What is signed are the file's first bytes, magic to body, so that a stranger checks a signature
//! with `head -c` and `openssl pkeyutl -verify -rawin`, and no statement of one kind can pass for
//! one of another. A key is named by SHA-256 over the byte 1 (Ed25519) and the public key, so that
//! a later suite's longer keys fit. All named keys must have signed, and no other.

use std::io::Read;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::cbor;
use crate::exchange::vocabulary::{Digest, PublicKey};

/// Bytes of the signature list at most.
const LIST_LIMIT: usize = 4096;

crate::refusals! {
    /// Why a signed statement is not taken.
    pub enum StatementRefusal {
        /// The first line is another's.
        WrongKind { expected: String } = "bundle-statement-wrong-kind",
        /// A version that this program does not know.
        UnknownVersion { found: String } = "bundle-statement-unknown-version",
        /// The file ends too early.
        Truncated = "bundle-statement-truncated",
        /// A part is longer than it may be.
        TooLong { length: u32, limit: usize } = "bundle-statement-too-long",
        /// The body or the list is not what this version writes.
        NotOfForm { reason: String } = "bundle-statement-not-of-form",
        /// A signature is missing, superfluous or wrong.
        BadSignature = "bundle-statement-bad-signature",
        /// Bytes follow the end.
        TrailingBytes = "bundle-statement-trailing-bytes",
        /// Reading failed.
        Unreadable { reason: String } = "bundle-statement-unreadable",
    }
}

/// The name of a key: SHA-256 over the byte 1 and the 32 bytes of an Ed25519 public key.
#[must_use]
pub fn key_id(key: &PublicKey) -> Digest {
    let mut named = [1; 33];
    named[1..].copy_from_slice(&key.0);
    Digest::of(&named)
}

/// Whether these bytes are the beginning of a statement and no more, by the lengths that it says itself. Nothing
/// else of it is read.
#[must_use]
pub fn is_cut_off(magic: &str, bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(magic.as_bytes()) else {
        return magic.as_bytes().starts_with(bytes);
    };
    for _ in ["body", "list"] {
        let Some((length, part)) = rest.split_first_chunk() else { return true };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let Some((_, after)) = part.split_at_checked(length) else { return true };
        rest = after;
    }
    false
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeySignature {
    key: Digest,
    #[serde(with = "serde_bytes")]
    signature: Vec<u8>,
}

/// A statement as it was read: its body parsed, its signatures not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<T> {
    body: T,
    signed: Vec<u8>,
    list: Vec<u8>,
}

impl<T: Serialize + DeserializeOwned> Statement<T> {
    /// Makes and signs a statement.
    #[must_use]
    pub fn sign(magic: &str, body: T, key: &SigningKey) -> Self {
        let public = PublicKey(key.verifying_key().to_bytes());
        Self::sign_with(magic, body, &public, |message| key.sign(message).to_bytes())
    }

    /// Makes a statement and has it signed by whoever holds the private half of `key`.
    #[must_use]
    pub fn sign_with(magic: &str, body: T, key: &PublicKey, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Self {
        let encoded = cbor::encode(&body);
        let length = u32::try_from(encoded.len()).expect("statements are far below 4 GiB");
        let signed = [magic.as_bytes(), &length.to_be_bytes(), &encoded].concat();
        let signature = sign(&signed).to_vec();
        let list = cbor::encode(&[KeySignature { key: key_id(key), signature }]);
        Self { body, signed, list }
    }

    /// Has a second key sign the same bytes.
    #[must_use]
    pub fn and_sign(mut self, key: &SigningKey) -> Self {
        let mut list: Vec<KeySignature> = cbor::decode(&self.list, LIST_LIMIT).expect("made by ourselves");
        let public = PublicKey(key.verifying_key().to_bytes());
        let signature = key.sign(&self.signed).to_bytes().to_vec();
        list.push(KeySignature { key: key_id(&public), signature });
        self.list = cbor::encode(&list);
        self
    }

    /// Reads one statement from the front of `input` and leaves the rest; the body may have
    /// `limit` bytes.
    ///
    /// # Errors
    /// [`StatementRefusal`].
    pub fn read(magic: &str, input: &mut impl Read, limit: usize) -> Result<Self, StatementRefusal> {
        let mut signed = Vec::new();
        (&mut *input).take(magic.len() as u64).read_to_end(&mut signed).map_err(unreadable)?;
        if signed != magic.as_bytes() {
            let ends_in_it = !signed.is_empty() && magic.as_bytes().starts_with(&signed);
            return Err(if ends_in_it { StatementRefusal::Truncated } else { other_kind(magic, &signed) });
        }
        let body = read_part(input, limit, Some(&mut signed))?;
        let body = cbor::decode(&body, limit)
            .map_err(|refusal| StatementRefusal::NotOfForm { reason: refusal.to_string() })?;
        let list = read_part(input, LIST_LIMIT, None)?;
        Ok(Self { body, signed, list })
    }

    /// Reads a statement that fills `bytes` to the last one.
    ///
    /// # Errors
    /// [`StatementRefusal`].
    pub fn parse(magic: &str, mut bytes: &[u8], limit: usize) -> Result<Self, StatementRefusal> {
        let statement = Self::read(magic, &mut bytes, limit)?;
        if bytes.is_empty() { Ok(statement) } else { Err(StatementRefusal::TrailingBytes) }
    }

    /// What it says. Believe it after [`Statement::verify`] only.
    pub fn body(&self) -> &T {
        &self.body
    }

    /// The whole statement as it stands in a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let length = u32::try_from(self.list.len()).expect("bounded when made");
        [self.signed.as_slice(), &length.to_be_bytes(), &self.list].concat()
    }

    /// SHA-256 over the signed bytes: by this a header, card or certificate is named elsewhere.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.signed)
    }

    /// Checks that exactly `keys` have signed, by RFC 8032 as strict as `verify_strict`.
    ///
    /// # Errors
    /// [`StatementRefusal::BadSignature`], or `NotOfForm` for the list.
    pub fn verify(&self, keys: &[PublicKey]) -> Result<(), StatementRefusal> {
        let list = self.list()?;
        let good = list.len() == keys.len()
            && keys.iter().zip(&list).all(|(key, signature)| self.is_signed(key, signature));
        if good { Ok(()) } else { Err(StatementRefusal::BadSignature) }
    }

    /// Checks the first signature, which must be `key`'s, and leaves the others to a later question.
    pub(super) fn verify_first(&self, key: &PublicKey) -> Result<(), StatementRefusal> {
        let good = self.list()?.first().is_some_and(|signature| self.is_signed(key, signature));
        if good { Ok(()) } else { Err(StatementRefusal::BadSignature) }
    }

    /// How many have signed, rightly or not.
    pub(super) fn signatures(&self) -> Result<usize, StatementRefusal> {
        Ok(self.list()?.len())
    }

    fn list(&self) -> Result<Vec<KeySignature>, StatementRefusal> {
        cbor::decode(&self.list, LIST_LIMIT)
            .map_err(|refusal| StatementRefusal::NotOfForm { reason: refusal.to_string() })
    }

    fn is_signed(&self, key: &PublicKey, signature: &KeySignature) -> bool {
        signature.key == key_id(key)
            && VerifyingKey::from_bytes(&key.0)
                .and_then(|key| {
                    let signature = Signature::from_slice(&signature.signature)?;
                    key.verify_strict(&self.signed, &signature)
                })
                .is_ok()
    }
}

fn other_kind(magic: &str, found: &[u8]) -> StatementRefusal {
    // "factuurkluis/bundle/" stands, the number is another: a later version's file.
    let kind = magic.trim_end().trim_end_matches(|c: char| c.is_ascii_digit());
    if found.starts_with(kind.as_bytes()) {
        let found = String::from_utf8_lossy(&found[kind.len()..]);
        let found = found.chars().take_while(char::is_ascii_digit).collect();
        return StatementRefusal::UnknownVersion { found };
    }
    StatementRefusal::WrongKind { expected: kind.trim_end_matches('/').to_owned() }
}

/// Reads a length and that many bytes, never taking more memory than has been read.
fn read_part(
    input: &mut impl Read,
    limit: usize,
    mut also: Option<&mut Vec<u8>>,
) -> Result<Vec<u8>, StatementRefusal> {
    let mut length = [0; 4];
    fill(input, &mut length)?;
    let count = u32::from_be_bytes(length);
    if count as usize > limit {
        return Err(StatementRefusal::TooLong { length: count, limit });
    }
    let mut part = vec![0; count as usize];
    fill(input, &mut part)?;
    if let Some(also) = &mut also {
        also.extend_from_slice(&length);
        also.extend_from_slice(&part);
    }
    Ok(part)
}

fn fill(input: &mut impl Read, buffer: &mut [u8]) -> Result<(), StatementRefusal> {
    input.read_exact(buffer).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => StatementRefusal::Truncated,
        _ => unreadable(error),
    })
}

fn unreadable(error: std::io::Error) -> StatementRefusal {
    StatementRefusal::Unreadable { reason: error.to_string() }
}
