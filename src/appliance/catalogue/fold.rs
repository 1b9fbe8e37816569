//! What people type and what stands on an invoice, brought to one form.
//!
//! - Letters become small; Latin letters lose their diacritics (`É` is `e`, `ü` is `u`, not `ue`),
//!   ligatures and their kin are written out (`ß` is `ss`, `æ` is `ae`, `ĳ` is `ij`, `ø` is `o`),
//!   combining marks U+0300 to U+036F are dropped. Letters of other alphabets only become small.
//! - A number keeps its punctuation and loses its blanks.
//! - A word is a run of letters and digits; a code (customer number, VAT number, postcode) is only
//!   its letters and digits.
//! - Natural order compares runs of digits as numbers, so INV-9 comes before INV-10, and 007 is 7.
//! - Amounts get bytes whose order is the amounts' order, whatever digits they are written with.

use jiff::civil::Date;

use crate::exchange::vocabulary::{Amount, Currency};

/// The longest text of a row, in bytes. What is longer is cut at a letter's end, in the list as in
/// the keys; the whole stands in the bundle.
pub const TEXT_MOST: usize = 160;

/// Small letters and what becomes of them. Capitals are made small before.
const LATIN: [(&str, &str); 30] = [
    ("àáâãäåāăąǎ", "a"),
    ("æ", "ae"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęě", "e"),
    ("ĝğġģ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįı", "i"),
    ("ĳ", "ij"),
    ("ĵ", "j"),
    ("ķĸ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŉ", "n"),
    ("ŋ", "ng"),
    ("òóôõöøōŏő", "o"),
    ("œ", "oe"),
    ("ŕŗř", "r"),
    ("śŝşšșſ", "s"),
    ("ß", "ss"),
    ("ţťŧț", "t"),
    ("þ", "th"),
    ("ùúûüũūŭůűų", "u"),
    ("ŵẁẃẅ", "w"),
    ("ýÿŷỳ", "y"),
    ("źżž", "z"),
    ("‐‑‒–—", "-"),
    ("‘’ʼ", "'"),
    ("ﬁ", "fi"),
    ("ﬂ", "fl"),
    ("ﬀ", "ff"),
];

/// `text` cut to [`TEXT_MOST`] bytes, at a letter's end.
pub(super) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_MOST)]
}

fn push_folded(out: &mut String, letter: char) {
    for small in letter.to_lowercase() {
        if small.is_ascii() {
            out.push(small);
        } else if !('\u{300}'..='\u{36f}').contains(&small) {
            match LATIN.iter().find(|(letters, _)| letters.contains(small)) {
                Some((_, plain)) => out.push_str(plain),
                None => out.push(small),
            }
        }
    }
}

fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        push_folded(&mut folded, letter);
    }
    folded
}

/// An invoice's or an article's number: folded, without blanks and control characters.
pub(super) fn number(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(|letter| !letter.is_whitespace() && !letter.is_control());
    folded
}

/// The words of a name, folded.
pub(super) fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(Into::into)
        .collect()
}

/// A code: folded, letters and digits only.
pub(super) fn code(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(char::is_alphanumeric);
    folded
}

/// Bytes whose order is the natural order of numbers: a run of digits becomes `0`, the count of its
/// digits without leading zeros (two bytes), and these digits. A run is at the place of a digit
/// among other letters, so nothing else changes its order.
pub(super) fn natural(number: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(number.len() + 6);
    let mut rest = number.as_bytes();
    while let Some(&first) = rest.first() {
        if first.is_ascii_digit() {
            let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (digits, after) = rest.split_at(length);
            let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
            let digits = &digits[zeros..];
            key.push(b'0');
            key.extend_from_slice(&(digits.len().min(usize::from(u16::MAX)) as u16).to_be_bytes());
            key.extend_from_slice(digits);
            rest = after;
        } else {
            key.push(first);
            rest = &rest[1..];
        }
    }
    key
}

/// Bytes whose order is the order of days.
pub(super) fn day(date: Date) -> [u8; 4] {
    let year = (i32::from(date.year()) + 10_000) as u16;
    let [high, low] = year.to_be_bytes();
    [high, low, date.month() as u8, date.day() as u8]
}

/// Bytes whose order is, within a currency, the order of amounts; `1.5` and `1.50` have the same.
///
/// After the currency: 1, the count of digits before the point, the digits before and after it
/// without the zeros at both ends; for what is below zero 0 and the complement of that, closed by
/// 255 so that the longer comes first.
pub(super) fn amount(currency: Currency, amount: Amount) -> Vec<u8> {
    let mut key = currency.to_string().into_bytes();
    let value = amount.0.normalize();
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.trim_start_matches('0');
    let digits = [&[whole.len() as u8], whole.as_bytes(), fraction.as_bytes()].concat();
    if value.is_sign_negative() && !value.is_zero() {
        key.push(0);
        key.extend(digits.iter().map(|byte| !byte));
        key.push(0xff);
    } else {
        key.push(1);
        key.extend(digits);
    }
    key
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    #[test]
    fn names_are_found_without_their_diacritics_and_capitals() {
        assert_eq!(words("Café  Zoë's ÅRHUS"), ["cafe", "zoe", "s", "arhus"]);
        // The same letters, composed and decomposed.
        assert_eq!(words("Zoe\u{308}"), words("Zoë"));
        assert_eq!(words("Straße Łódź Ĳsbrand"), ["strasse", "lodz", "ijsbrand"]);
        assert_eq!(words("Δημήτριος"), words("ΔΗΜΉΤΡΙΟς".replace('Ή', "ή").as_str()));
        assert_eq!(code("NL 8123.45.678.B01"), "nl812345678b01");
        assert_eq!(number(" INV – 9 "), "inv-9");
    }

    #[test]
    fn inv_9_comes_before_inv_10() {
        let mut numbers =
            ["INV-10", "INV-9", "INV-9a", "INV-100", "INV-09b", "A1", "INV", "2024-1", "INV-2-30", "INV-2-4"];
        numbers.sort_by_key(|text| natural(&number(text)));
        assert_eq!(
            numbers,
            ["2024-1", "A1", "INV", "INV-2-4", "INV-2-30", "INV-9", "INV-9a", "INV-09b", "INV-10", "INV-100"]
        );
        assert_eq!(natural("inv-007"), natural("inv-7"));
    }

    proptest! {
        #[test]
        fn the_bytes_of_amounts_are_in_the_order_of_amounts(
            a in any::<i64>(), b in any::<i64>(), s in 0u32..12, t in 0u32..12,
        ) {
            let eur: Currency = "EUR".parse().unwrap();
            for (a, b) in [(a, b), (a % 1000, b % 1000)] {
                let (a, b) = (Decimal::new(a, s), Decimal::new(b, t));
                prop_assert_eq!(amount(eur, Amount(a)).cmp(&amount(eur, Amount(b))), a.cmp(&b));
            }
        }

        #[test]
        fn the_bytes_of_plain_numbers_are_in_their_order(a in any::<u64>(), b in any::<u64>()) {
            prop_assert_eq!(natural(&a.to_string()).cmp(&natural(&b.to_string())), a.cmp(&b));
        }
    }
}
