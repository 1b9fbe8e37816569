//! Poly1305 (RFC 8439, section 2.5) over one whole message, with the numbers as the machine has them: 64 bits.
//!
//! The crate that seals everything else in the box sets itself up for long messages, which costs it 1.2 us a
//! message; a push authenticates hundreds of thousands of short ones in a second. This takes 0.4 us for the 1,456
//! bytes of a datagram where the crate takes 1.6, and is held to give the same as the crate (tests below). It is
//! portable, has no branch and no index that depends on a secret, and no state: a key, a message, a tag.
//!
//! A number modulo 2^130 - 5 is `h0 + h1 * 2^64 + h2 * 2^128`, with `h2` a few bits. Multiplying by `r` folds what
//! is at or above 2^130 back as five times itself, because 2^130 = 5. The clamp of `r` keeps every sum below in 128
//! bits, and makes `r1 / 4` whole, so that what stands at 2^128 comes back as `5 * r1 / 4`.

/// Bits of `r` that are kept.
const CLAMP: u128 = 0x0fff_fffc_0fff_fffc_0fff_fffc_0fff_ffff;

/// The tag of a message under a one-time key. What is missing of the last 16 bytes is taken for zeros, as
/// RFC 8439, section 2.8, pads: for a message of another length than a multiple of 16 that is *not* section 2.5.
pub(super) fn tag_of_padded(key: &[u8; 32], parts: [&[u8]; 2]) -> [u8; 16] {
    let (r, s) = key.split_at(16);
    let number = |bytes: &[u8]| u128::from_le_bytes(bytes.try_into().expect("half of 32 bytes"));
    let r = low_high(number(r) & CLAMP);
    let mut h = [0; 3];
    for part in parts {
        let (blocks, rest) = part.as_chunks::<16>();
        for block in blocks {
            h = step(h, *block, r);
        }
        if !rest.is_empty() {
            let mut block = [0; 16];
            block[..rest.len()].copy_from_slice(rest);
            h = step(h, block, r);
        }
    }
    reduced(h).wrapping_add(number(s)).to_le_bytes()
}

fn low_high(number: u128) -> [u64; 2] {
    [number as u64, (number >> 64) as u64]
}

/// `(h + block + 2^128) * r`, partly reduced: what it gives as `h2` is at most 4.
#[inline(always)]
fn step([h0, h1, h2]: [u64; 3], block: [u8; 16], [r0, r1]: [u64; 2]) -> [u64; 3] {
    let times = |one: u64, other: u64| u128::from(one).wrapping_mul(u128::from(other));
    let [m0, m1] = low_high(u128::from_le_bytes(block));
    let (h0, carry) = h0.overflowing_add(m0);
    let sum = u128::from(h1).wrapping_add(u128::from(m1)).wrapping_add(u128::from(carry));
    let [h1, carry] = low_high(sum);
    let h2 = h2.wrapping_add(carry).wrapping_add(1);

    let folded = r1.wrapping_add(r1 >> 2);
    let d0 = times(h0, r0).wrapping_add(times(h1, folded));
    let d1 = times(h0, r1).wrapping_add(times(h1, r0)).wrapping_add(times(h2, folded));
    let d2 = h2.wrapping_mul(r0);

    let [h0, carry] = low_high(d0);
    let [h1, carry] = low_high(d1.wrapping_add(u128::from(carry)));
    let d2 = d2.wrapping_add(carry);
    // What is at or above 2^130, times five: four times it is what `d2` has without its two lowest bits.
    let fives = (d2 & !3).wrapping_add(d2 >> 2);
    let (h0, carry) = h0.overflowing_add(fives);
    let (h1, carry) = h1.overflowing_add(u64::from(carry));
    [h0, h1, (d2 & 3).wrapping_add(u64::from(carry))]
}

/// The number modulo 2^130 - 5, without what is above 2^128. It is below twice that.
fn reduced([h0, h1, h2]: [u64; 3]) -> u128 {
    let number = u128::from(h0) | u128::from(h1) << 64;
    // Not below it if five more reach 2^130; and then that is what is left.
    let (less, carry) = number.overflowing_add(5);
    let reached = h2.wrapping_add(u64::from(carry)) >> 2;
    let mask = 0_u128.wrapping_sub(u128::from(reached));
    (less & mask) | (number & !mask)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use poly1305::Poly1305;
    use poly1305::universal_hash::{KeyInit as _, UniversalHash as _};
    use proptest::prelude::*;

    use super::*;

    fn by_the_crate(key: &[u8; 32], parts: [&[u8]; 2]) -> [u8; 16] {
        let mut hash = Poly1305::new(key.into());
        parts.iter().for_each(|part| hash.update_padded(part));
        hash.finalize().into()
    }

    fn hex<const N: usize>(text: &str) -> [u8; N] {
        let digits: String = text.split_whitespace().collect();
        data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).unwrap().try_into().unwrap()
    }

    /// RFC 8439, appendix A.3, those whose message is a multiple of 16 bytes: they are where the reduction can be
    /// wrong.
    #[test]
    fn the_vectors_of_rfc_8439_hold() {
        let r = |byte: u8| {
            let mut key = [0; 32];
            key[0] = byte;
            key
        };
        let mut six = r(2);
        six[16..].fill(0xff);
        let ten = hex::<32>("01000000000000000400000000000000 00000000000000000000000000000000");
        let cases = [
            ("1", [0; 32], vec![0; 64], [0; 16]),
            ("5", r(2), vec![0xff; 16], hex("03000000000000000000000000000000")),
            (
                "6",
                six,
                hex::<16>("02000000000000000000000000000000").to_vec(),
                hex("03000000000000000000000000000000"),
            ),
            (
                "7",
                r(1),
                hex::<48>(
                    "ffffffffffffffffffffffffffffffff f0ffffffffffffffffffffffffffffff 11000000000000000000000000000000",
                )
                .to_vec(),
                hex("05000000000000000000000000000000"),
            ),
            (
                "8",
                r(1),
                hex::<48>(
                    "ffffffffffffffffffffffffffffffff fbfefefefefefefefefefefefefefefe 01010101010101010101010101010101",
                )
                .to_vec(),
                [0; 16],
            ),
            (
                "9",
                r(2),
                hex::<16>("fdffffffffffffffffffffffffffffff").to_vec(),
                hex("faffffffffffffffffffffffffffffff"),
            ),
            (
                "10",
                ten,
                hex::<64>(
                    "e33594d7505e43b90000000000000000 3394d7505e4379cd0100000000000000 \
                     00000000000000000000000000000000 01000000000000000000000000000000",
                )
                .to_vec(),
                hex("14000000000000005500000000000000"),
            ),
            (
                "11",
                ten,
                hex::<48>(
                    "e33594d7505e43b90000000000000000 3394d7505e4379cd0100000000000000 00000000000000000000000000000000",
                )
                .to_vec(),
                hex("13000000000000000000000000000000"),
            ),
        ];
        for (name, key, message, tag) in cases {
            assert_eq!(tag_of_padded(&key, [&message, &[]]), tag, "vector {name}");
            assert_eq!(by_the_crate(&key, [&message, &[]]), tag, "vector {name}, by the crate");
        }
    }

    /// Bytes that carry far, beside any.
    fn carrying(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![3 => Just(0xff_u8), 1 => Just(0), 1 => Just(0xfb), 2 => any::<u8>()];
        proptest::collection::vec(byte, length)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn it_gives_what_the_crate_gives(key in carrying(32), one in carrying(0..200_usize), two in carrying(0..40_usize)) {
            let key = key.try_into().unwrap();
            prop_assert_eq!(tag_of_padded(&key, [&one, &two]), by_the_crate(&key, [&one, &two]));
        }
    }
}
