//! Signatures, by the algorithms that authorities use.

use der::asn1::{BitStringRef, ObjectIdentifier};
use der::{Decode, Tag};
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Sign, Pss, PublicKey};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::walk::{Walk, tagged};
use super::{TimeRefusal, form};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// Shorter keys can be had for money.
const LEAST_RSA_BITS: u32 = 2048;

/// A digest that is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    const ALL: [(Self, &str, &str, &str); 3] = [
        (Self::Sha256, "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"),
        (Self::Sha384, "2.16.840.1.101.3.4.2.2", "1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3"),
        (Self::Sha512, "2.16.840.1.101.3.4.2.3", "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"),
    ];

    /// Reads an AlgorithmIdentifier of a digest: parameters absent or NULL.
    pub(super) fn read(walk: &mut Walk<'_>) -> Result<Self, TimeRefusal> {
        let mut inside = walk.enter(Tag::Sequence)?;
        let oid = inside.oid()?;
        if !inside.is_at_end() {
            inside.value(Tag::Null)?;
        }
        inside.end()?;
        Self::of(oid)
    }

    fn of(oid: ObjectIdentifier) -> Result<Self, TimeRefusal> {
        let named = Self::ALL.into_iter().find(|(_, digest, ..)| oid == ObjectIdentifier::new_unwrap(digest));
        named.map(|(hash, ..)| hash).ok_or_else(|| unknown(oid))
    }

    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// How something was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    RsaPkcs1(Hash),
    RsaPss { hash: Hash, salt: usize },
    Ecdsa(Hash),
}

impl Scheme {
    /// Reads the AlgorithmIdentifier of a signature. `digest` is the hash that a CMS signer names beside
    /// it, which plain `rsaEncryption` leaves open.
    pub(super) fn read(algorithm: &[u8], digest: Option<Hash>) -> Result<Self, TimeRefusal> {
        let mut inside = Walk::whole(algorithm, Tag::Sequence, "algorithm")?;
        let oid = inside.oid()?;
        if oid == RSA_PSS {
            return Self::read_pss(inside.any()?.value(), digest);
        }
        if !inside.is_at_end() {
            inside.value(Tag::Null)?;
        }
        inside.end()?;
        if oid == RSA {
            return digest.map(Self::RsaPkcs1).ok_or_else(|| unknown(oid));
        }
        let scheme = Hash::ALL.into_iter().find_map(|(hash, _, rsa, ecdsa)| {
            let is = |text| oid == ObjectIdentifier::new_unwrap(text);
            if is(rsa) { Some(Self::RsaPkcs1(hash)) } else { is(ecdsa).then_some(Self::Ecdsa(hash)) }
        });
        let scheme = scheme.ok_or_else(|| unknown(oid))?;
        match digest {
            Some(digest) if digest != scheme.hash() => Err(unknown(oid)),
            _ => Ok(scheme),
        }
    }

    /// RSASSA-PSS-params with all three stated: their defaults are SHA-1.
    fn read_pss(parameters: &[u8], digest: Option<Hash>) -> Result<Self, TimeRefusal> {
        let mut walk = Walk::inside(parameters, "algorithm")?;
        let hash = Hash::read(&mut walk.enter(tagged(0))?)?;
        let mut mask = walk.enter(tagged(1))?.enter(Tag::Sequence)?;
        let generator = mask.oid()?;
        if generator != MGF1 || Hash::read(&mut mask)? != hash || digest.is_some_and(|digest| digest != hash)
        {
            return Err(unknown(RSA_PSS));
        }
        let salt: u8 = walk.enter(tagged(2))?.read()?;
        walk.end()?;
        Ok(Self::RsaPss { hash, salt: usize::from(salt) })
    }

    fn hash(self) -> Hash {
        match self {
            Self::RsaPkcs1(hash) | Self::RsaPss { hash, .. } | Self::Ecdsa(hash) => hash,
        }
    }
}

/// A public key that signatures can be checked by.
pub(super) enum Key {
    Rsa(PublicKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
}

/// Reads a SubjectPublicKeyInfo.
pub(super) fn key_of(der: &[u8]) -> Result<Key, TimeRefusal> {
    let mut walk = Walk::whole(der, Tag::Sequence, "key")?;
    let mut algorithm = walk.enter(Tag::Sequence)?;
    let oid = algorithm.oid()?;
    let bits: BitStringRef<'_> = walk.read()?;
    walk.end()?;
    let key = bits.as_bytes().ok_or_else(|| form("key"))?;
    if oid == RSA || oid == RSA_PSS {
        let key = PublicKey::from_pkcs1_der(key).map_err(|_| form("key"))?;
        return if key.n().bit_width() >= LEAST_RSA_BITS { Ok(Key::Rsa(key)) } else { Err(unknown(oid)) };
    }
    if oid != EC {
        return Err(unknown(oid));
    }
    let curve = algorithm.oid()?;
    if curve == P256 {
        p256::ecdsa::VerifyingKey::from_sec1_bytes(key).map(Key::P256).map_err(|_| form("key"))
    } else if curve == P384 {
        p384::ecdsa::VerifyingKey::from_sec1_bytes(key).map(Key::P384).map_err(|_| form("key"))
    } else {
        Err(unknown(curve))
    }
}

impl Key {
    /// Whether `signature` over `message` was made by this key, so.
    pub(super) fn made(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        let hashed = scheme.hash().digest(message);
        match (self, scheme) {
            (Self::Rsa(key), Scheme::RsaPkcs1(hash)) => {
                let padding = match hash {
                    Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
                    Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
                    Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
                };
                key.verify(padding, &hashed, signature).is_ok()
            }
            (Self::Rsa(key), Scheme::RsaPss { hash, salt }) => match hash {
                Hash::Sha256 => key.verify(Pss::<Sha256>::new_with_salt(salt), &hashed, signature).is_ok(),
                Hash::Sha384 => key.verify(Pss::<Sha384>::new_with_salt(salt), &hashed, signature).is_ok(),
                Hash::Sha512 => key.verify(Pss::<Sha512>::new_with_salt(salt), &hashed, signature).is_ok(),
            },
            (Self::P256(key), Scheme::Ecdsa(_)) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hashed, &signature).is_ok()),
            (Self::P384(key), Scheme::Ecdsa(_)) => p384::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hashed, &signature).is_ok()),
            _ => false,
        }
    }
}

fn unknown(oid: ObjectIdentifier) -> TimeRefusal {
    TimeRefusal::Algorithm { oid: oid.to_string() }
}

/// Reads one value of `der`'s that fills the bytes.
pub(super) fn decode<'a, T: Decode<'a>>(bytes: &'a [u8], at: &'static str) -> Result<T, TimeRefusal> {
    T::from_der(bytes).map_err(|_| form(at))
}
