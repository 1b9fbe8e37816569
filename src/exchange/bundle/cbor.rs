//! The only user of `serde_cbor`, which nobody maintains any more (RUSTSEC-2021-0127), and what
//! makes it safe to read hostile bytes with.
//!
//! Reading is bounded in size, refuses trailing bytes, and takes only the one form that
//! [`encode`] writes: what does not re-encode to the same bytes is refused, which catches long
//! integers, indefinite lengths, duplicate keys, fields out of order and tags. Types that are read
//! here are structs with `deny_unknown_fields`, fields in the order of the format, without floats,
//! flattening or hash maps. Depth is bounded by the types; `serde_cbor` itself stops at 128.

use std::io::{self, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

crate::refusals! {
    /// Why bytes are not the CBOR that was expected.
    pub enum CborRefusal {
        /// More bytes than this kind of document may have.
        TooLong { length: usize, limit: usize } = "bundle-cbor-too-long",
        /// Not CBOR, or not of the expected fields.
        NotOfForm { reason: String } = "bundle-cbor-not-of-form",
        /// Another spelling of the same content.
        NotCanonical = "bundle-cbor-not-canonical",
    }
}

/// The canonical bytes of `value`.
///
/// # Panics
/// If the value cannot be written as CBOR, which no type of ours allows.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_cbor::to_vec(value).expect("our types are CBOR")
}

/// Writes the canonical bytes of `value`, for a caller that minds where they lie in memory.
///
/// # Panics
/// As [`encode`], and if `to` fails.
pub fn encode_into<T: Serialize>(value: &T, to: &mut impl Write) {
    serde_cbor::to_writer(to, value).expect("our types are CBOR, and the writer is memory");
}

/// Reads a `T` of at most `limit` bytes that fills `bytes` to the last one.
///
/// # Errors
/// [`CborRefusal`], whose reason never repeats content.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, CborRefusal> {
    if bytes.len() > limit {
        return Err(CborRefusal::TooLong { length: bytes.len(), limit });
    }
    let value: T = serde_cbor::from_slice(bytes).map_err(|error| CborRefusal::NotOfForm {
        // serde's own words may quote a value; the class and the place do not.
        reason: format!("{:?} at byte {}", error.classify(), error.offset()),
    })?;
    let mut same = Same(bytes);
    match serde_cbor::to_writer(&mut same, &value) {
        Ok(()) if same.0.is_empty() => Ok(value),
        _ => Err(CborRefusal::NotCanonical),
    }
}

/// A writer that only takes the bytes it already has.
struct Same<'a>(&'a [u8]);

impl Write for Same<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.strip_prefix(bytes) {
            Some(rest) => {
                self.0 = rest;
                Ok(bytes.len())
            }
            None => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, Serialize, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Spoon {
        length: u64,
        name: Option<String>,
        bowls: Vec<String>,
    }

    fn read(hex: &str) -> Result<Spoon, CborRefusal> {
        decode(&data_encoding::HEXLOWER.decode(hex.replace(' ', "").as_bytes()).unwrap(), 1000)
    }

    #[test]
    fn only_the_one_form_is_read() {
        let good = "a3 666c656e677468 05 646e616d65 f6 65626f776c73 80";
        assert_eq!(read(good).unwrap(), Spoon { length: 5, name: None, bowls: vec![] });
        for (what, hex) in [
            ("a long integer", "a3 666c656e677468 1805 646e616d65 f6 65626f776c73 80"),
            ("an indefinite array", "a3 666c656e677468 05 646e616d65 f6 65626f776c73 9fff"),
            ("an indefinite map", "bf 666c656e677468 05 646e616d65 f6 65626f776c73 80 ff"),
            ("another order", "a3 646e616d65 f6 666c656e677468 05 65626f776c73 80"),
            ("a missing optional", "a2 666c656e677468 05 65626f776c73 80"),
            ("a field twice", "a4 666c656e677468 05 666c656e677468 05 646e616d65 f6 65626f776c73 80"),
            ("an unknown field", "a4 666c656e677468 05 646e616d65 f6 65626f776c73 80 6178 00"),
            ("a tag", "c1 a3 666c656e677468 05 646e616d65 f6 65626f776c73 80"),
            ("a float", "a3 666c656e677468 fb4014000000000000 646e616d65 f6 65626f776c73 80"),
            ("a struct as an array", "83 05 f6 80"),
            ("trailing bytes", "a3 666c656e677468 05 646e616d65 f6 65626f776c73 80 00"),
            ("nothing", ""),
            ("a huge length", "a3 666c656e677468 05 646e616d65 f6 65626f776c73 9bffffffffffffffff"),
        ] {
            assert!(read(hex).is_err(), "{what} was read");
        }
    }

    #[test]
    fn a_depth_bomb_is_refused() {
        assert!(decode::<Spoon>(&[0x81; 100_000], 1 << 20).is_err());
        assert!(decode::<Spoon>(&[0xc1; 100_000], 1 << 20).is_err());
    }

    #[test]
    fn every_refusal_is_said() {
        crate::support::words::assert_all_said(CborRefusal::CODES);
    }

    proptest! {
        #[test]
        fn what_is_read_re_encodes_to_the_same_bytes(bytes: Vec<u8>) {
            if let Ok(spoon) = decode::<Spoon>(&bytes, 1 << 16) {
                prop_assert_eq!(encode(&spoon), bytes);
            }
        }

        #[test]
        fn what_is_written_is_read(length: u64, name: Option<String>, bowls: Vec<String>) {
            let spoon = Spoon { length, name, bowls };
            prop_assert_eq!(decode::<Spoon>(&encode(&spoon), 1 << 20).unwrap(), spoon);
        }
    }
}
