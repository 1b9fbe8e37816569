//! The signed head of a log: C2SP tlog-checkpoint in a C2SP signed note.
//!
//! ```text
//! factuurkluis.internal/6f1c…(32 hex digits)     origin, which is also the name of the key
//! 1234                                           entries in the tree
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   root
//!                                                (empty)
//! — factuurkluis.internal/6f1c… Az3grlgtzPICa5…  key id (4 bytes) and Ed25519 signature
//! ```
//!
//! Read strictly: no extension lines (ours never has one), standard base64 with its padding, no
//! leading zeroes. Signature lines of others (witnesses) are kept and ignored, as the specification
//! asks; every line by the box's own key must hold, and there must be one.

use std::fmt;

use data_encoding::BASE64;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::JournalRefusal;
use super::labels::ORIGIN;
use crate::exchange::vocabulary::{BoxId, Digest, PublicKey};

/// The longest signed checkpoint that is read, in bytes: room for the 16 signatures that signed-note
/// asks verifiers to accept, at nearly 5 kB each for post-quantum ones.
pub const MAX_CHECKPOINT: usize = 128 * 1024;

/// Signed-note's signature type for Ed25519.
const ED25519: u8 = 0x01;

/// A tree head that nobody signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log it is.
    pub box_id: BoxId,
    /// How many entries the tree has.
    pub size: u64,
    /// The RFC 6962 root over them.
    pub root: Digest,
}

/// The origin line of a box's checkpoints, and the name of the key that signs them.
#[must_use]
pub fn origin(box_id: BoxId) -> String {
    format!("{ORIGIN}{box_id}")
}

/// The box's key as others' tools take it (`name+id+key`, the verifier key of Go's `note` package).
#[must_use]
pub fn verifier_key(box_id: BoxId, key: &PublicKey) -> String {
    let name = origin(box_id);
    let id = u32::from_be_bytes(key_id(&name, key));
    let mut typed = vec![ED25519];
    typed.extend(key.0);
    format!("{name}+{id:08x}+{}", BASE64.encode(&typed))
}

/// SHA-256(name, newline, type, key), its first four bytes.
pub(super) fn key_id(name: &str, key: &PublicKey) -> [u8; 4] {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(key.0).finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

impl Checkpoint {
    /// The text that is signed: three lines.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", origin(self.box_id), self.size, BASE64.encode(&self.root.0))
    }

    /// Signs it. Ed25519 is deterministic, so the same head signed again is the same bytes.
    #[must_use]
    pub fn sign(self, key: &SigningKey) -> SignedCheckpoint {
        let text = self.text();
        let name = origin(self.box_id);
        let mut signature = key_id(&name, &PublicKey(key.verifying_key().to_bytes())).to_vec();
        signature.extend(key.sign(text.as_bytes()).to_bytes());
        let note = format!("{text}\n— {name} {}\n", BASE64.encode(&signature));
        SignedCheckpoint { checkpoint: self, note }
    }
}

/// A checkpoint whose signature by its box holds. Made by [`Checkpoint::sign`] and
/// [`SignedCheckpoint::verify`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: String,
}

impl SignedCheckpoint {
    /// Reads a signed note and checks it against the box's key (RFC 8032, `verify_strict`).
    ///
    /// # Errors
    /// [`JournalRefusal::TooLong`], `CheckpointForm`, `CheckpointOfAnother`, `CheckpointUnsigned`.
    pub fn verify(note: &str, box_id: BoxId, key: &PublicKey) -> Result<Self, JournalRefusal> {
        let (checkpoint, signatures) = read(note, box_id)?;
        let name = origin(box_id);
        let unsigned = || JournalRefusal::CheckpointUnsigned { expected: name.clone() };
        let verifier = VerifyingKey::from_bytes(&key.0).map_err(|_| unsigned())?;
        let id = key_id(&name, key);
        let text = checkpoint.text();
        let mut held = false;
        for (signer, signature) in signatures {
            // Name and id together say whose signature it is; one alone says nothing.
            if signer != name || !signature.starts_with(&id) {
                continue;
            }
            let signature = Signature::from_slice(&signature[id.len()..]).map_err(|_| unsigned())?;
            verifier.verify_strict(text.as_bytes(), &signature).map_err(|_| unsigned())?;
            held = true;
        }
        if held { Ok(Self { checkpoint, note: note.to_owned() }) } else { Err(unsigned()) }
    }

    /// Whose log it is.
    #[must_use]
    pub fn box_id(&self) -> BoxId {
        self.checkpoint.box_id
    }

    /// How many entries the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// The root over them.
    #[must_use]
    pub fn root(&self) -> Digest {
        self.checkpoint.root
    }

    /// The whole signed note, as it was read or written.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The SHA-256 of the whole signed note: what a time token is asked for.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.note.as_bytes())
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.note)
    }
}

/// A signature line: the key's name, and its id with the signature.
type SignatureLine<'a> = (&'a str, Vec<u8>);

/// Splits a note into its head and its signature lines, all unchecked.
fn read(note: &str, box_id: BoxId) -> Result<(Checkpoint, Vec<SignatureLine<'_>>), JournalRefusal> {
    if note.len() > MAX_CHECKPOINT {
        return Err(JournalRefusal::TooLong { limit: MAX_CHECKPOINT });
    }
    let form = |line| JournalRefusal::CheckpointForm { line };
    if let Some(at) = note.find(|c: char| c < ' ' && c != '\n') {
        return Err(form(1 + note[..at].matches('\n').count()));
    }
    let whole = note.strip_suffix('\n').ok_or_else(|| form(1 + note.matches('\n').count()))?;
    let mut lines = whole.split('\n');

    let expected = origin(box_id);
    let first = lines.next().filter(|line| !line.is_empty()).ok_or_else(|| form(1))?;
    if first != expected {
        // The line is a stranger's: no more of it is repeated than a person can read.
        return Err(JournalRefusal::CheckpointOfAnother {
            origin: first.chars().take(80).collect(),
            expected,
        });
    }
    let size = lines.next().and_then(decimal).ok_or_else(|| form(2))?;
    let root = lines.next().and_then(hash).ok_or_else(|| form(3))?;
    if lines.next() != Some("") {
        return Err(form(4));
    }
    let mut signatures = Vec::new();
    for (at, line) in lines.enumerate() {
        signatures.push(signature_line(line).ok_or_else(|| form(5 + at))?);
    }
    if signatures.is_empty() {
        return Err(form(5));
    }
    Ok((Checkpoint { box_id, size, root }, signatures))
}

/// Em dash, space, key name, space, base64 of the key id and the signature.
fn signature_line(line: &str) -> Option<SignatureLine<'_>> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+') {
        return None;
    }
    let signature = BASE64.decode(signature.as_bytes()).ok()?;
    (signature.len() > 4).then_some((name, signature))
}

/// A decimal without leading zeroes or sign.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || text.starts_with(|c: char| ('1'..='9').contains(&c));
    if canonical && text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// A hash in standard base64, 44 characters.
pub(super) fn hash(text: &str) -> Option<Digest> {
    if text.len() != 44 {
        return None;
    }
    BASE64.decode(text.as_bytes()).ok()?.try_into().ok().map(Digest)
}
