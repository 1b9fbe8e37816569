//! `kluis release`: what whoever releases this program needs for a changed law, and nobody at a box. A key,
//! the rows of this program to start from, and the signature. Offline, like all else.
//!
//! A key's file has its 32 bytes in hex and a LF: the secret's mode 0600, the public one's beside it.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::desk::{Ending, Stop, language, say};
use crate::appliance::keeper::OwnRefusal;
use crate::exchange::bundle::statement::Statement;
use crate::exchange::bundle::{LawTable, SignedLawTable, labels};
use crate::exchange::law::{Edition, Row, Table};
use crate::exchange::vocabulary::PublicKey;
use crate::support::durable::{self, DiskError};
use crate::support::secret::Secret;
use crate::support::words::{self, Said};

/// Rows as they are written by people.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    edition: Edition,
    rows: Vec<Row>,
}

/// A public key's file, for `kluis init --release-key` too.
///
/// # Errors
/// If it is not 64 hex digits.
pub fn public_key(file: &Path) -> Result<PublicKey, Stop> {
    let bytes = durable::read_up_to(file, 1024)?;
    let text = String::from_utf8_lossy(&bytes);
    text.trim().parse().map_err(|_| unreadable(file, "kluis-release-key-form"))
}

/// Makes a key: `file` and `file.pub`.
///
/// # Errors
/// What the disk refuses; an existing file is never overwritten.
pub fn new_key(file: &Path) -> Result<Ending, Stop> {
    let mut public = file.as_os_str().to_owned();
    public.push(".pub");
    let public = Path::new(&public);
    for path in [file, public] {
        if path.symlink_metadata().is_ok() {
            return Err(unreadable(path, "kluis-release-key-there"));
        }
    }
    let key = SigningKey::from_bytes(Secret::random().expose());
    let hex = Zeroizing::new(HEXLOWER.encode(key.as_bytes()));
    let secret = Zeroizing::new(format!("{}\n", *hex));
    durable::write_atomically(file, secret.as_bytes(), 0o600)?;
    let line = format!("{}\n", PublicKey(key.verifying_key().to_bytes()));
    durable::write_atomically(public, line.as_bytes(), 0o644)?;
    say(&line)?;
    Ok(Ending::Done)
}

/// Prints the rows of this program, to be changed.
///
/// # Errors
/// If nobody can be told.
pub fn rows() -> Result<Ending, Stop> {
    let table = Table::built_in();
    let rows = Rows { edition: table.edition(), rows: table.rows().to_vec() };
    say(&(serde_json::to_string_pretty(&rows).expect("rows have text keys") + "\n"))?;
    Ok(Ending::Done)
}

/// Signs a file of rows.
///
/// # Errors
/// What is wrong with the rows or the key, or the disk.
pub fn sign(file: &Path, key: &Path, successor: Option<&Path>, out: &Path) -> Result<Ending, Stop> {
    let text = durable::read_up_to(file, 1 << 20)?;
    let Rows { edition, rows } = serde_json::from_slice(&text).map_err(|error| {
        let (path, reason) = (file.display().to_string(), error.to_string());
        Stop::said(&OwnRefusal::Unreadable { path, reason })
    })?;
    Table::new(edition, rows.clone()).map_err(|refusal| Stop::said(&refusal))?;
    let meta = std::fs::symlink_metadata(key).map_err(|error| DiskError::of("open", key, &error))?;
    if meta.mode() & 0o077 != 0 {
        return Err(unreadable(key, "kluis-release-key-open"));
    }
    let hex = Zeroizing::new(durable::read_up_to(key, 1024)?);
    let bytes = HEXLOWER.decode(hex.trim_ascii()).ok().map(Zeroizing::new);
    let seed: Option<&[u8; 32]> = bytes.as_ref().and_then(|bytes| bytes.as_slice().try_into().ok());
    let key = SigningKey::from_bytes(seed.ok_or_else(|| unreadable(key, "kluis-release-key-form"))?);
    let successor = successor.map(public_key).transpose()?;
    let signed: SignedLawTable =
        Statement::sign(labels::LAW_TABLE, LawTable { edition, rows, successor }, &key);
    durable::write_atomically(out, &signed.to_bytes(), 0o644)?;
    say(&format!("{}\n", signed.fingerprint()))?;
    Ok(Ending::Done)
}

fn unreadable(file: &Path, reason: &str) -> Stop {
    let (path, reason) = (file.display().to_string(), words::text(language(), reason));
    let refusal = OwnRefusal::Unreadable { path, reason };
    Stop { code: Some(refusal.code().into_owned()), sentence: refusal.say(language()) }
}
