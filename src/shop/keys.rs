//! The shop's secrets and ids: one private file, mode 0600.
//!
//! ```text
//! factuurkluis/sender-keys/1
//! sender 0f2c…          16 bytes in hex: who seals
//! stream 77ab…          16 bytes in hex: in which series of numbers
//! signing-key 4b1d…     32 bytes in hex: the Ed25519 seed (RFC 8032) that signs bundles and the card
//! receipt-key 91e0…     32 bytes in hex: keys the stream's receipt codes; the box gets it in leaf 0
//! ```
//! Exactly these five lines, each ending in LF. Whoever has this file can sign bundles as this shop;
//! nobody can read one with it. A copy belongs into the shop's own backup.

use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use super::refusal::shown_path;
use super::{Refused, ShopRefusal};
use crate::exchange::vocabulary::{PublicKey, SenderId, StreamId};
use crate::support::durable::{DiskError, read_up_to, write_atomically};
use crate::support::secret::Secret;

const MAGIC: &str = "factuurkluis/sender-keys/1";
/// The five lines are 278 bytes.
const LIMIT: u64 = 1024;

/// Who this shop is, and what it signs with. In locked memory where there is some, wiped on drop; no `Debug`.
pub(super) struct Keys {
    pub(super) sender: SenderId,
    pub(super) stream: StreamId,
    /// The Ed25519 seed; the key is made of it while something is signed.
    signing: Secret,
    pub(super) receipt: Secret,
}

impl Keys {
    /// Fresh ids and keys.
    pub(super) fn random() -> Self {
        Self {
            sender: SenderId::random(),
            stream: StreamId::random(),
            signing: Secret::random(),
            receipt: Secret::random(),
        }
    }

    pub(super) fn public(&self) -> PublicKey {
        PublicKey(self.signing().verifying_key().to_bytes())
    }

    /// The key that signs, for as long as it is needed: it wipes itself, and lies in ordinary memory.
    pub(super) fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(self.signing.expose())
    }

    /// Writes the file, durably.
    pub(super) fn write(&self, path: &Path) -> Result<(), DiskError> {
        // Its final size from the start: a growing String would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(LIMIT as usize));
        let signing = Zeroizing::new(HEXLOWER.encode(self.signing.expose()));
        let receipt = Zeroizing::new(HEXLOWER.encode(self.receipt.expose()));
        let (sender, stream) = (self.sender, self.stream);
        writeln!(text, "{MAGIC}\nsender {sender}\nstream {stream}").expect("a String takes what is written");
        writeln!(text, "signing-key {}\nreceipt-key {}", *signing, *receipt).expect("as above");
        write_atomically(path, text.as_bytes(), 0o600)
    }

    /// Reads the file, if nobody else can.
    pub(super) fn read(path: &Path) -> Result<Self, Refused> {
        let meta = std::fs::symlink_metadata(path).map_err(|error| DiskError::of("open", path, &error))?;
        if meta.mode() & 0o077 != 0 {
            return Err(ShopRefusal::KeysOpen { path: shown_path(path) }.into());
        }
        let bytes = Zeroizing::new(read_up_to(path, LIMIT)?);
        Self::parse(&bytes).ok_or_else(|| ShopRefusal::KeysDamaged { path: shown_path(path) }.into())
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
        let mut lines = text.split('\n');
        (lines.next()? == MAGIC).then_some(())?;
        let sender = lines.next()?.strip_prefix("sender ")?.parse().ok()?;
        let stream = lines.next()?.strip_prefix("stream ")?.parse().ok()?;
        let signing = secret(lines.next()?.strip_prefix("signing-key ")?)?;
        let receipt = secret(lines.next()?.strip_prefix("receipt-key ")?)?;
        lines.next().is_none().then_some(Self { sender, stream, signing, receipt })
    }
}

fn secret(hex: &str) -> Option<Secret> {
    let bytes = Zeroizing::new(HEXLOWER.decode(hex.as_bytes()).ok()?);
    Some(Secret::from_bytes(bytes.as_slice().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_written_is_read_and_nobody_else_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let keys = Keys::random();
        keys.write(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let read = Keys::read(&path).unwrap();
        assert_eq!((read.sender, read.stream, read.public()), (keys.sender, keys.stream, keys.public()));
        assert_eq!(read.receipt.expose(), keys.receipt.expose());

        set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Keys::read(&path), Err(Refused::Shop(ShopRefusal::KeysOpen { .. }))));
    }

    #[test]
    fn a_damaged_file_of_keys_is_refused_at_every_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        Keys::random().write(&path).unwrap();
        let whole = std::fs::read(&path).unwrap();
        assert!(Keys::parse(&whole).is_some());
        for length in 0..whole.len() {
            assert!(Keys::parse(&whole[..length]).is_none(), "{length} bytes");
        }
    }
}
