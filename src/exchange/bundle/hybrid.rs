//! Suite 1: age's post-quantum hybrid recipient `mlkem768x25519` (C2SP `age.md`), until the `age`
//! crate has the type itself (rage#632); then this file goes.
//!
//! Of two ways that pass all the vectors, this is the one whose KEM is a crate's own (`hpke`'s
//! X-Wing): nothing of ML-KEM or X25519 is put together here. What the crate lacks and the age
//! specification asks is checked here: no X25519 point of low order, exactly one argument of 1,120
//! bytes, a body of exactly 32. What our format asks beside is [`Sole`].

use age::secrecy::ExposeSecret;
use age::{DecryptError, EncryptError, Identity, Recipient};
use age_core::format::{FILE_KEY_BYTES, FileKey, Stanza};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Checksum, Hrp};
use curve25519_dalek::MontgomeryPoint;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use zeroize::Zeroize;

use crate::exchange::vocabulary::Digest;
use crate::support::secret::Secret;

const TAG: &str = "mlkem768x25519";
const INFO: &[u8] = b"age-encryption.org/mlkem768x25519";
/// Files for this recipient may not also be readable by one that is not post-quantum.
const LABEL: &str = "postquantum";
const RECIPIENT_PREFIX: &str = "age1pq";
const IDENTITY_PREFIX: &str = "age-secret-key-pq-";
/// ML-KEM-768's encapsulation key, then X25519's.
const RECIPIENT_BYTES: usize = 1184 + 32;
/// ML-KEM-768's ciphertext, then X25519's share.
const ENC_BYTES: usize = 1088 + 32;
const BODY_BYTES: usize = FILE_KEY_BYTES + 16;

/// BIP 173's bech32 without its limit of 90 characters, as age uses it.
enum Bech32Unbounded {}

impl Checksum for Bech32Unbounded {
    type MidstateRepr = <bech32::Bech32 as Checksum>::MidstateRepr;
    type CorrectionField = <bech32::Bech32 as Checksum>::CorrectionField;
    const ROOT_GENERATOR: Self::CorrectionField = <bech32::Bech32 as Checksum>::ROOT_GENERATOR;
    const ROOT_EXPONENTS: std::ops::RangeInclusive<usize> = <bech32::Bech32 as Checksum>::ROOT_EXPONENTS;
    const CODE_LENGTH: usize = usize::MAX;
    const CHECKSUM_LENGTH: usize = <bech32::Bech32 as Checksum>::CHECKSUM_LENGTH;
    const GENERATOR_SH: [u32; 5] = <bech32::Bech32 as Checksum>::GENERATOR_SH;
    const TARGET_RESIDUE: u32 = <bech32::Bech32 as Checksum>::TARGET_RESIDUE;
}

fn decode_bech32(text: &str, prefix: &str, length: usize) -> Option<Vec<u8>> {
    let parsed = CheckedHrpstring::new::<Bech32Unbounded>(text).ok()?;
    (parsed.hrp().to_lowercase() == prefix).then_some(())?;
    let bytes: Vec<u8> = parsed.byte_iter().collect();
    (bytes.len() == length).then_some(bytes)
}

fn encode_bech32(bytes: &[u8], prefix: &str) -> String {
    let prefix = Hrp::parse(prefix).expect("our prefixes are of the form");
    bech32::encode::<Bech32Unbounded>(prefix, bytes).expect("no bound on length")
}

/// Whether multiplying by any clamped scalar gives zero (RFC 7748 section 6.1).
fn is_low_order(x25519: &[u8]) -> bool {
    let point = MontgomeryPoint(x25519.try_into().expect("32 bytes were split off"));
    point.mul_clamped([0x42; 32]).to_bytes() == [0; 32]
}

/// To whom a term's bundles are encrypted: `age1pq1…`, 1,959 characters.
#[derive(Clone)]
pub struct HybridRecipient {
    key: <XWing as Kem>::PublicKey,
}

impl HybridRecipient {
    /// Reads `age1pq1…`; `None` if it is not a sound recipient of suite 1.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = decode_bech32(text, RECIPIENT_PREFIX, RECIPIENT_BYTES)?;
        (!is_low_order(&bytes[RECIPIENT_BYTES - 32..])).then_some(())?;
        let key = <XWing as Kem>::PublicKey::from_bytes(&bytes).ok()?;
        let recipient = Self { key };
        // One written form; it also refuses ML-KEM coefficients above the modulus (FIPS 203 7.2).
        (recipient.to_text() == text).then_some(recipient)
    }

    /// `age1pq1…`
    #[must_use]
    pub fn to_text(&self) -> String {
        encode_bech32(&self.key.to_bytes(), RECIPIENT_PREFIX)
    }

    /// SHA-256 of the 1,216 bytes: what a header names.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        Digest::of(&self.key.to_bytes())
    }
}

impl Recipient for HybridRecipient {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, std::collections::HashSet<String>), EncryptError> {
        let (enc, body) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeS::Base,
            &self.key,
            INFO,
            file_key.expose_secret(),
            &[],
        )
        .map_err(|error| EncryptError::Io(std::io::Error::other(error.to_string())))?;
        let stanza = Stanza { tag: TAG.to_owned(), args: vec![STANDARD_NO_PAD.encode(enc.to_bytes())], body };
        Ok((vec![stanza], [LABEL.to_owned()].into()))
    }
}

/// What opens a term's bundles. It comes from the term's secret and goes with it.
pub struct HybridIdentity {
    seed: Secret,
}

impl HybridIdentity {
    /// The identity whose X-Wing seed this is.
    #[must_use]
    pub fn from_seed(seed: Secret) -> Self {
        Self { seed }
    }

    /// Reads `AGE-SECRET-KEY-PQ-1…`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = decode_bech32(text, IDENTITY_PREFIX, 32)?;
        let seed = Secret::from_bytes(bytes.as_slice().try_into().ok()?);
        bytes.zeroize();
        Some(Self { seed })
    }

    /// The recipient that belongs to it.
    #[must_use]
    pub fn recipient(&self) -> HybridRecipient {
        HybridRecipient { key: XWing::sk_to_pk(&self.key()) }
    }

    fn key(&self) -> <XWing as Kem>::PrivateKey {
        <XWing as Kem>::PrivateKey::from_bytes(self.seed.expose()).expect("a seed is 32 bytes")
    }
}

impl Identity for HybridIdentity {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if stanza.tag != TAG {
            return None;
        }
        match self.enc(stanza) {
            None => Some(Err(DecryptError::InvalidHeader)),
            Some(enc) => self.unwrap(&enc, &stanza.body).map(Ok),
        }
    }
}

impl HybridIdentity {
    /// The stanza's encapsulated key, if the stanza is of the form that the specification asks.
    fn enc(&self, stanza: &Stanza) -> Option<<XWing as Kem>::EncappedKey> {
        let [argument] = stanza.args.as_slice() else { return None };
        let enc = STANDARD_NO_PAD.decode(argument).ok()?;
        if enc.len() != ENC_BYTES || stanza.body.len() != BODY_BYTES || is_low_order(&enc[ENC_BYTES - 32..]) {
            return None;
        }
        <XWing as Kem>::EncappedKey::from_bytes(&enc).ok()
    }

    fn unwrap(&self, enc: &<XWing as Kem>::EncappedKey, body: &[u8]) -> Option<FileKey> {
        let mut opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeR::Base,
            &self.key(),
            enc,
            INFO,
            body,
            &[],
        )
        .ok()?;
        let file_key = FileKey::init_with_mut(|key| key.copy_from_slice(&opened));
        opened.zeroize();
        Some(file_key)
    }
}

/// An identity that opens only files made for it alone: exactly one stanza, of this type, beside
/// age's `-grease`. In a bundle a second stanza would be a second reader that the box knows
/// nothing of.
pub struct Sole<'a>(pub &'a HybridIdentity);

impl Identity for Sole<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        self.0.unwrap_stanza(stanza)
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, DecryptError>> {
        let mut readers = stanzas.iter().filter(|stanza| !stanza.tag.ends_with("-grease"));
        match (readers.next(), readers.next()) {
            (Some(only), None) if only.tag == TAG => self.unwrap_stanza(only),
            _ => Some(Err(DecryptError::InvalidHeader)),
        }
    }
}
