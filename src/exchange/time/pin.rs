//! Which authorities are believed.

use der::{Document, Tag};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::TimeRefusal;
use super::certificate::Certificate;
use super::walk::Walk;
use crate::exchange::vocabulary::Digest;

/// Bytes of a certificate or key at most.
const PIN_LIMIT: usize = 16 * 1024;

/// A pinned authority: a certificate (its root, or its own), or a bare public key. The order of the
/// fields is that of the CBOR map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Whose, by its certificate; a key has no name.
    name: String,
    /// The certificate in DER.
    certificate: Option<ByteBuf>,
    /// The key: SubjectPublicKeyInfo in DER.
    key: ByteBuf,
}

impl Pin {
    /// Reads a file with a certificate or a public key, in PEM or DER.
    ///
    /// # Errors
    /// [`TimeRefusal::NotAPin`]; [`TimeRefusal::Algorithm`] for a key that no token could be checked by.
    pub fn read(file: &[u8]) -> Result<Self, TimeRefusal> {
        if file.len() > PIN_LIMIT {
            return Err(TimeRefusal::NotAPin);
        }
        let text = std::str::from_utf8(file).ok();
        let der = match text.and_then(|text| Document::from_pem(text).ok()) {
            Some((_, document)) => document.as_bytes().to_vec(),
            None => file.to_vec(),
        };
        let pin = match Certificate::read(&der) {
            Ok(certificate) => {
                let (name, key) = (certificate.name(), certificate.key()?);
                Self { name, certificate: Some(ByteBuf::from(der.clone())), key: ByteBuf::from(key) }
            }
            Err(_) => {
                Walk::whole(&der, Tag::Sequence, "key").map_err(|_| TimeRefusal::NotAPin)?;
                Self { name: String::new(), certificate: None, key: ByteBuf::from(der) }
            }
        };
        match super::signature::key_of(&pin.key) {
            Ok(_) => Ok(pin),
            Err(algorithm @ TimeRefusal::Algorithm { .. }) => Err(algorithm),
            Err(_) => Err(TimeRefusal::NotAPin),
        }
    }

    /// The SHA-256 of the certificate, or of the key where only that is pinned: what `openssl x509
    /// -fingerprint -sha256` shows.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        Digest::of(self.as_der())
    }

    /// What was pinned, in DER.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        self.certificate.as_ref().unwrap_or(&self.key)
    }

    /// Whose it is, as its certificate says; empty for a bare key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_ref().map(|der| der.as_slice())
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }
}
