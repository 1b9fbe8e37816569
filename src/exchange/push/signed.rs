//! The two messages that a sender signs: what a file is, and that he is there.
//!
//! Both are fixed layouts, so that nothing in them has a length of its own and there is one way to write
//! each. The signature is Ed25519 over all before it, by the sender's key, judged by `verify_strict`.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::datagram::Size;
use super::geometry::Geometry;
use crate::exchange::vocabulary::{BundleNumber, Digest, PublicKey, SenderId, StreamId};

/// First line of a manifest.
pub(super) const MANIFEST: &[u8; 25] = b"factuurkluis/push-file/1\n";
/// First line of a heartbeat.
pub(super) const HEARTBEAT: &[u8; 30] = b"factuurkluis/push-heartbeat/1\n";
/// How often a heartbeat comes, in seconds.
pub const HEARTBEAT_EVERY: u32 = 3_600;

const SIGNATURE: usize = 64;

crate::refusals! {
    /// Why a signed message of the push is not believed.
    pub enum PushRefusal {
        /// It does not begin as one.
        NotOfKind = "push-not-of-kind",
        /// A number in it is out of its bounds.
        OutOfBounds { field: String } = "push-out-of-bounds",
        /// Bytes follow that are not zero.
        Trailing = "push-trailing",
        /// Nobody whom the box knows has signed it.
        UnknownKey = "push-unknown-key",
        /// The signature is wrong.
        BadSignature = "push-bad-signature",
    }
}

/// What kind of file travels, with the longest that it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FileKind {
    /// A bundle.
    Bundle = 1,
    /// A time token with its note.
    Token = 2,
    /// A sender's card.
    Card = 3,
}

impl FileKind {
    const ALL: [Self; 3] = [Self::Bundle, Self::Token, Self::Card];

    /// Bytes at most, as FORMAT.md section 14 has them.
    #[must_use]
    pub fn limit(self) -> u64 {
        match self {
            Self::Bundle => u32::MAX as u64,
            Self::Token => 192 * 1024,
            Self::Card => 1024 * 1024,
        }
    }

    /// What its files' names end in, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::Token => "tsr",
            Self::Card => "card",
        }
    }

    /// By the end of a file's name.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.extension().eq_ignore_ascii_case(extension))
    }
}

/// What one file is, and how it is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Whose key signs this.
    pub key: PublicKey,
    /// Who sends.
    pub sender: SenderId,
    /// Of a bundle, its stream; of another file, the sender's.
    pub stream: StreamId,
    /// Of a bundle, its number; else 0.
    pub number: BundleNumber,
    /// When the session was begun, in seconds since 1970 by the sender's clock. It keeps two sessions of the
    /// same file apart.
    pub begun: u64,
    /// The kind of file.
    pub kind: FileKind,
    /// Its SHA-256.
    pub sha256: Digest,
    /// Its length and cut.
    pub geometry: Geometry,
    /// Symbols of a block at most, which the cut was made with.
    pub most: u16,
}

/// Bytes of a manifest.
const MANIFEST_LENGTH: usize = MANIFEST.len() + 32 + 16 + 16 + 8 + 8 + 1 + 32 + 8 + 2 + 2 + SIGNATURE;

impl Manifest {
    /// Signs it.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Vec<u8> {
        let symbol = u16::try_from(self.geometry.size().symbol()).expect("both sizes are below 65,536");
        let mut out = MANIFEST.to_vec();
        out.extend(self.key.0);
        out.extend(self.sender.0);
        out.extend(self.stream.0);
        out.extend(self.number.0.to_be_bytes());
        out.extend(self.begun.to_be_bytes());
        out.push(self.kind as u8);
        out.extend(self.sha256.0);
        out.extend(self.geometry.length().to_be_bytes());
        out.extend(symbol.to_be_bytes());
        out.extend(self.most.to_be_bytes());
        signed(out, key)
    }

    /// The message at the front of a datagram's body, its zeros taken off.
    ///
    /// # Errors
    /// [`PushRefusal`].
    pub fn message(body: &[u8]) -> Result<&[u8], PushRefusal> {
        message(body, MANIFEST, MANIFEST_LENGTH)
    }

    /// The key that a message says it is signed with, for whoever shares out the work of looking.
    #[must_use]
    pub fn claimed_key(message: &[u8]) -> Option<PublicKey> {
        message.strip_prefix(MANIFEST)?.first_chunk().map(|key| PublicKey(*key))
    }

    /// Reads and believes a manifest. `knows` says whether the box knows this key; a card brings its own,
    /// and is for two people to compare.
    ///
    /// # Errors
    /// [`PushRefusal`].
    pub fn open(message: &[u8], knows: impl FnOnce(&PublicKey) -> bool) -> Result<Self, PushRefusal> {
        let mut fields = Fields::of(message, MANIFEST, MANIFEST_LENGTH)?;
        let (key, sender, stream) =
            (PublicKey(fields.take()), SenderId(fields.take()), StreamId(fields.take()));
        let (number, begun) = (BundleNumber(fields.number()), fields.number());
        let [kind] = fields.take();
        let (sha256, length) = (Digest(fields.take()), fields.number());
        let (symbol, most) = (u16::from_be_bytes(fields.take()), u16::from_be_bytes(fields.take()));

        let bounds = |field: &str| PushRefusal::OutOfBounds { field: field.to_owned() };
        let kind =
            FileKind::ALL.into_iter().find(|known| *known as u8 == kind).ok_or_else(|| bounds("kind"))?;
        if (kind == FileKind::Bundle) == (number.0 == 0) {
            return Err(bounds("number"));
        }
        if length > kind.limit() {
            return Err(bounds("length"));
        }
        let size = Size::of_symbol(usize::from(symbol)).ok_or_else(|| bounds("symbol"))?;
        let geometry = Geometry::new(length, size, most).ok_or_else(|| bounds("blocks"))?;
        if kind != FileKind::Card && !knows(&key) {
            return Err(PushRefusal::UnknownKey);
        }
        is_signed(message, &key)?;
        Ok(Self { key, sender, stream, number, begun, kind, sha256, geometry, most })
    }
}

/// That a sender is there, and up to which number he has sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// Whose key signs this.
    pub key: PublicKey,
    /// Who sends.
    pub sender: SenderId,
    /// In which stream he numbers.
    pub stream: StreamId,
    /// Higher each time, for good.
    pub counter: u64,
    /// The last number that he has sealed; 0 for none.
    pub last: BundleNumber,
    /// When, in seconds since 1970 by the sender's clock: a claim.
    pub at: u64,
    /// In how many seconds the next is to be expected.
    pub every: u32,
}

/// Bytes of a heartbeat.
const HEARTBEAT_LENGTH: usize = HEARTBEAT.len() + 32 + 16 + 16 + 8 + 8 + 8 + 4 + SIGNATURE;

impl Heartbeat {
    /// Bytes of the signed message.
    pub const LENGTH: usize = HEARTBEAT_LENGTH;

    /// Signs it.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Vec<u8> {
        let mut out = HEARTBEAT.to_vec();
        out.extend(self.key.0);
        out.extend(self.sender.0);
        out.extend(self.stream.0);
        out.extend(self.counter.to_be_bytes());
        out.extend(self.last.0.to_be_bytes());
        out.extend(self.at.to_be_bytes());
        out.extend(self.every.to_be_bytes());
        signed(out, key)
    }

    /// The message at the front of a datagram's body, its zeros taken off.
    ///
    /// # Errors
    /// [`PushRefusal`].
    pub fn message(body: &[u8]) -> Result<&[u8], PushRefusal> {
        message(body, HEARTBEAT, HEARTBEAT_LENGTH)
    }

    /// Reads and believes a heartbeat; `knows` says whether the box knows this key and wants this one. It is
    /// asked before the signature is worked out.
    ///
    /// # Errors
    /// [`PushRefusal`].
    pub fn open(message: &[u8], knows: impl FnOnce(&Self) -> bool) -> Result<Self, PushRefusal> {
        let mut fields = Fields::of(message, HEARTBEAT, HEARTBEAT_LENGTH)?;
        let heartbeat = Self {
            key: PublicKey(fields.take()),
            sender: SenderId(fields.take()),
            stream: StreamId(fields.take()),
            counter: fields.number(),
            last: BundleNumber(fields.number()),
            at: fields.number(),
            every: u32::from_be_bytes(fields.take()),
        };
        if heartbeat.every == 0 {
            return Err(PushRefusal::OutOfBounds { field: "every".to_owned() });
        }
        // What we make times and days of must not be beyond them.
        if heartbeat.at > 253_402_207_200 {
            return Err(PushRefusal::OutOfBounds { field: "at".to_owned() });
        }
        if !knows(&heartbeat) {
            return Err(PushRefusal::UnknownKey);
        }
        is_signed(message, &heartbeat.key)?;
        Ok(heartbeat)
    }
}

fn signed(mut message: Vec<u8>, key: &SigningKey) -> Vec<u8> {
    let signature = key.sign(&message).to_bytes();
    message.extend(signature);
    message
}

fn is_signed(message: &[u8], key: &PublicKey) -> Result<(), PushRefusal> {
    let (front, signature) = message.split_at(message.len() - SIGNATURE);
    VerifyingKey::from_bytes(&key.0)
        .and_then(|key| key.verify_strict(front, &Signature::from_slice(signature)?))
        .map_err(|_| PushRefusal::BadSignature)
}

fn message<'a>(body: &'a [u8], label: &[u8], length: usize) -> Result<&'a [u8], PushRefusal> {
    if !body.starts_with(label) || body.len() < length {
        return Err(PushRefusal::NotOfKind);
    }
    let (message, rest) = body.split_at(length);
    if rest.iter().any(|byte| *byte != 0) { Err(PushRefusal::Trailing) } else { Ok(message) }
}

/// The fields of a message behind its label, one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn of(message: &'a [u8], label: &[u8], length: usize) -> Result<Self, PushRefusal> {
        let rest = message.strip_prefix(label).ok_or(PushRefusal::NotOfKind)?;
        if message.len() == length { Ok(Self(rest)) } else { Err(PushRefusal::NotOfKind) }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (field, rest) = self.0.split_first_chunk().expect("the length of all was looked at");
        self.0 = rest;
        *field
    }

    fn number(&mut self) -> u64 {
        u64::from_be_bytes(self.take())
    }
}
