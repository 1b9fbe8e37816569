//! Texts of a source turned into values, strictly: each form that is taken is written here.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Field, InvoiceRefusal, Kind, LONGEST_TEXT};
use crate::exchange::vocabulary::{Amount, Country, Currency};

/// Digits before and after the point of an amount, at most: sums of 300,000 such amounts stay exact.
const WHOLE_DIGITS: usize = 13;
const BROKEN_DIGITS: usize = 8;
/// How much of a wrong value a refusal repeats, in characters.
const REPEATED: usize = 60;

/// The text as a reader of the page sees it: trimmed, runs of white space one space. Empty is
/// `None`; control characters and more than [`LONGEST_TEXT`] characters are refused.
pub(super) fn text(field: Field, raw: &str) -> Result<Option<String>, InvoiceRefusal> {
    let mut folded = String::new();
    for word in raw.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
        // A text of n characters has at most 4n bytes: stop before a long one is copied whole.
        if folded.len() > 4 * LONGEST_TEXT {
            break;
        }
    }
    if folded.chars().count() > LONGEST_TEXT {
        return Err(InvoiceRefusal::TooLong { field, limit: LONGEST_TEXT });
    }
    if folded.chars().any(char::is_control) {
        return Err(malformed(field, &folded));
    }
    Ok((!folded.is_empty()).then_some(folded))
}

/// The refusal of a value, which it repeats in part and without control characters.
pub(super) fn malformed(field: Field, raw: &str) -> InvoiceRefusal {
    let value = raw.trim().chars().take(REPEATED).map(|c| if c.is_control() { '\u{fffd}' } else { c });
    InvoiceRefusal::Malformed { field, value: value.collect() }
}

/// `2026-03-05`, with or without a time zone (XML Schema `date`) or a time, or `20260305` (CII,
/// UNTDID 2379 format 102).
pub(super) fn date(field: Field, raw: &str) -> Result<Date, InvoiceRefusal> {
    let text = raw.trim();
    let digits = |part: Option<&str>| {
        part.filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|part| part.parse::<i16>().ok())
    };
    let bytes = text.as_bytes();
    let (year, month, day, rest) = if bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-') {
        (text.get(..4), text.get(5..7), text.get(8..10), text.get(10..))
    } else {
        (text.get(..4), text.get(4..6), text.get(6..8), text.get(8..).filter(|rest| rest.is_empty()))
    };
    let rest = rest
        .is_some_and(|rest| rest.is_empty() || (rest.len() <= 30 && rest.starts_with(['Z', '+', '-', 'T'])));
    let made = || {
        let day = i8::try_from(digits(day)?).ok()?;
        Date::new(digits(year)?, i8::try_from(digits(month)?).ok()?, day).ok()
    };
    made().filter(|_| rest).ok_or_else(|| malformed(field, raw))
}

/// An XML Schema `decimal`: `121.00`, `-0.5`, `+1`, `.5`; no exponent, no comma, no thousands.
pub(super) fn amount(field: Field, raw: &str) -> Result<Amount, InvoiceRefusal> {
    let text = raw.trim();
    let refused = || malformed(field, raw);
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, broken) = digits.split_once('.').unwrap_or((digits, ""));
    let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && broken.is_empty()) || !numeric(whole) || !numeric(broken) {
        return Err(refused());
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    if whole.len() > WHOLE_DIGITS || broken.len() > BROKEN_DIGITS {
        return Err(refused());
    }
    let written = if broken.is_empty() { whole.to_owned() } else { format!("{whole}.{broken}") };
    let mut value = Decimal::from_str_exact(&written).map_err(|_| refused())?;
    value.set_sign_negative(negative && !value.is_zero());
    Ok(Amount(value))
}

/// An ISO 3166-1 code, in capitals or not.
pub(super) fn country(field: Field, raw: &str) -> Result<Country, InvoiceRefusal> {
    raw.trim().to_ascii_uppercase().parse().map_err(|_| malformed(field, raw))
}

/// An ISO 4217 code.
pub(super) fn currency(field: Field, raw: &str) -> Result<Currency, InvoiceRefusal> {
    raw.trim().to_ascii_uppercase().parse().map_err(|_| malformed(field, raw))
}

/// The codes of UNTDID 1001 that EN 16931 (BT-3, rule BR-CL-01) takes, folded to what a look-up
/// needs; any other code names another kind of document.
pub(super) fn kind(raw: &str) -> Result<Kind, InvoiceRefusal> {
    Ok(match raw.trim() {
        "81" | "83" | "261" | "262" | "296" | "308" | "381" | "396" | "420" | "458" | "502" | "503"
        | "532" => Kind::CreditNote,
        "384" | "471" | "472" => Kind::Corrected,
        "386" | "500" => Kind::Prepayment,
        "389" | "473" | "501" | "527" => Kind::SelfBilled,
        "71" | "80" | "82" | "84" | "102" | "130" | "202" | "203" | "204" | "211" | "218" | "219" | "295"
        | "325" | "326" | "331" | "380" | "382" | "383" | "385" | "387" | "388" | "390" | "393" | "394"
        | "395" | "456" | "457" | "553" | "575" | "623" | "633" | "751" | "780" | "817" | "870" | "875"
        | "876" | "877" | "935" => Kind::Invoice,
        other => {
            let type_code = other.chars().filter(|c| !c.is_control()).take(REPEATED).collect();
            return Err(InvoiceRefusal::NotAnInvoice { type_code });
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::exchange::vocabulary::Amount;

    #[test]
    fn an_amount_keeps_its_digits_and_takes_every_way_xml_writes_it() {
        for (raw, written) in [
            ("121.00", "121.00"),
            (" +1 ", "1"),
            (".5", "0.5"),
            ("1.", "1"),
            ("007.10", "7.10"),
            ("-0.00", "0.00"),
            ("-12.3", "-12.3"),
        ] {
            let value = amount(Field::Net, raw).unwrap();
            assert_eq!(value.to_string(), written);
            assert_eq!(written.parse::<Amount>().unwrap(), value, "the vocabulary reads it again");
        }
        for raw in ["", ".", "-", "1e3", "1,00", "1.000,00", "1 000", "٣", "--1", "99999999999999", "NaN"] {
            assert!(amount(Field::Net, raw).is_err(), "{raw:?}");
        }
    }

    #[test]
    fn a_date_is_read_as_ubl_and_cii_write_it_and_no_other_way() {
        for raw in ["2026-03-05", "20260305", " 2026-03-05Z ", "2026-03-05+01:00", "2026-03-05T10:00:00"] {
            assert_eq!(date(Field::IssueDate, raw).unwrap(), jiff::civil::date(2026, 3, 5), "{raw}");
        }
        for raw in
            ["", "5-3-2026", "2026-02-30", "20260230", "2026-3-5", "202603051", "2026-03-05x", "２026-03-05"]
        {
            assert!(date(Field::IssueDate, raw).is_err(), "{raw:?}");
        }
    }

    #[test]
    fn a_text_is_folded_and_bounded() {
        assert_eq!(text(Field::BuyerName, " Jan \n\t Jansen ").unwrap().unwrap(), "Jan Jansen");
        assert_eq!(text(Field::BuyerName, " \n ").unwrap(), None);
        assert!(text(Field::BuyerName, &"x".repeat(LONGEST_TEXT)).is_ok());
        assert!(text(Field::BuyerName, &"x ".repeat(1 << 20)).is_err());
        assert!(text(Field::Number, "A\u{9b}1").is_err());
    }
}
