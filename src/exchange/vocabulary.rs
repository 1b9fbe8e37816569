//! The types that every room speaks in: ids, digests, numbers of bundles, countries, amounts.
//!
//! Each has one written form, and reading refuses every other, because what a CBOR document holds
//! must re-encode to the same bytes (see `bundle/FORMAT.md`).

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A word that was not of the form its type asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOfForm {
    /// What was expected: "a country of two capital letters".
    pub expected: &'static str,
}

impl fmt::Display for NotOfForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for NotOfForm {}

/// Fixed bytes: CBOR byte strings, lower-case hex for people and JSON.
macro_rules! bytes_type {
    ($(#[$meta:meta])* $name:ident, $length:literal, $what:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $length]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = NotOfForm;
            fn from_str(text: &str) -> Result<Self, NotOfForm> {
                HEXLOWER
                    .decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or(NotOfForm { expected: $what })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() { s.collect_str(self) } else { s.serialize_bytes(&self.0) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                struct Bytes;
                impl de::Visitor<'_> for Bytes {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($what)
                    }
                    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<$name, E> {
                        bytes.try_into().map($name).map_err(|_| E::invalid_length(bytes.len(), &self))
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                if d.is_human_readable() { d.deserialize_str(Bytes) } else { d.deserialize_bytes(Bytes) }
            }
        }
    };
}

macro_rules! id_type {
    ($(#[$meta:meta])* $name:ident) => {
        bytes_type!($(#[$meta])* $name, 16, "32 lower-case hex digits");
        impl $name {
            /// A fresh random id.
            ///
            /// # Panics
            /// If the kernel has no randomness to give.
            #[must_use]
            pub fn random() -> Self {
                let mut bytes = [0; 16];
                getrandom::fill(&mut bytes).expect("the kernel's random generator answers");
                Self(bytes)
            }
        }
    };
}

id_type!(/** A box, for as long as its vault lives. */ BoxId);
id_type!(/** The legal person whose books these are. */ EntityId);
id_type!(/** One `kluis-send` with its key. */ SenderId);
id_type!(/** One sender's numbered series of bundles. */ StreamId);
bytes_type!(
    /// A SHA-256 digest, or a node of an RFC 6962 tree.
    Digest, 32, "64 lower-case hex digits"
);
bytes_type!(
    /// An Ed25519 public key (RFC 8032). Reading does not check that it is a point of the curve.
    PublicKey, 32, "64 lower-case hex digits"
);

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// What two people compare by voice: the first 80 bits as four groups of base32, such as
    /// `Q2WM-5RTA-YX7K-3JEV`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let text = BASE32_NOPAD.encode(&self.0[..10]);
        text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
    }
}

/// A bundle's number in its stream: 1, 2, 3, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BundleNumber(pub u64);

impl fmt::Display for BundleNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What kind of sale an invoice is for, as far as its retention goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Everything that is none of the others.
    Ordinary,
    /// A sale reported under the EU's one-stop shop (Directive 2006/112/EC art. 358 to 369zc).
    OneStopShop,
    /// Immovable property, whose deducted tax is reviewed for years.
    ImmovableProperty,
}

impl Class {
    /// All of them, in the order of the law table.
    pub const ALL: [Self; 3] = [Self::Ordinary, Self::OneStopShop, Self::ImmovableProperty];

    /// The word in term names and command lines: `ordinary`, `one-stop-shop`, `immovable-property`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::OneStopShop => "one-stop-shop",
            Self::ImmovableProperty => "immovable-property",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Class {
    type Err = NotOfForm;
    fn from_str(text: &str) -> Result<Self, NotOfForm> {
        Self::ALL
            .into_iter()
            .find(|class| class.word() == text)
            .ok_or(NotOfForm { expected: "ordinary, one-stop-shop or immovable-property" })
    }
}

/// How it is known that a term is over: the three words of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// Somebody outside signed the time over a head of this very journal.
    Proven,
    /// The box lived through it: the program's release date and the powered seconds since.
    Counted,
    /// The owner's people said so. Reserved: nothing destroys on it yet.
    Declared,
}

impl Word {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Proven, Self::Counted, Self::Declared];

    /// The message with the word and what it means, for certificates and the console.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Proven => "retention-word-proven",
            Self::Counted => "retention-word-counted",
            Self::Declared => "retention-word-declared",
        }
    }
}

/// Text with one written form, read from and written as a string.
macro_rules! text_type {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("text")
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                d.deserialize_str(Text)
            }
        }
    };
}

/// A country by ISO 3166-1 alpha-2, in capitals; Northern Ireland's and Greece's VAT prefixes `XI`
/// and `EL` and the one-stop shop's `EU` and `IM` are of the form too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl FromStr for Country {
    type Err = NotOfForm;
    fn from_str(text: &str) -> Result<Self, NotOfForm> {
        match text.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Ok(Self([*a, *b])),
            _ => Err(NotOfForm { expected: "a country of two capital letters, such as NL" }),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).expect("two capital letters"))
    }
}

text_type!(Country);

/// A currency by ISO 4217, in capitals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl FromStr for Currency {
    type Err = NotOfForm;
    fn from_str(text: &str) -> Result<Self, NotOfForm> {
        match text.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z', c @ b'A'..=b'Z'] => Ok(Self([*a, *b, *c])),
            _ => Err(NotOfForm { expected: "a currency of three capital letters, such as EUR" }),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).expect("three capital letters"))
    }
}

text_type!(Currency);

/// An exact decimal amount of money or a rate, at most 28 digits, written without an exponent and
/// with the digits that the source had: `121.00` stays `121.00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub Decimal);

impl FromStr for Amount {
    type Err = NotOfForm;
    fn from_str(text: &str) -> Result<Self, NotOfForm> {
        let expected = NotOfForm { expected: "an amount such as 121.00" };
        let value = Decimal::from_str_exact(text).map_err(|_| expected.clone())?;
        // One written form: no plus sign, no bare point, no "-0".
        if value.to_string() == text { Ok(Self(value)) } else { Err(expected) }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_type!(Amount);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_fingerprint_is_four_groups_that_can_be_read_aloud() {
        let text = Digest::of(b"a card").fingerprint();
        assert_eq!(text.len(), 19);
        assert_eq!(text.split('-').count(), 4);
    }

    #[test]
    fn an_amount_has_one_written_form() {
        for good in ["121.00", "-0.01", "0", "1000000.5"] {
            assert_eq!(good.parse::<Amount>().unwrap().to_string(), good);
        }
        for bad in ["+1", "1.", ".5", "1e3", "", "1,00", "-0", " 1", "01"] {
            assert!(bad.parse::<Amount>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_country_is_two_capitals() {
        assert!("nl".parse::<Country>().is_err());
        assert_eq!("NL".parse::<Country>().unwrap().to_string(), "NL");
    }
}
