//! What people type into a search: days and amounts in the forms that they are used to.

use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::exchange::vocabulary::{Amount, Currency};

/// Which end of a year or month is meant, where no day was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its first day.
    First,
    /// Its last day.
    Last,
}

/// A day: `31-12-2026` (also with `/` or `.`), `2026-12-31`, or an end of `12-2026`, `2026-12` or
/// `2026`. A day stands before its month in both languages; the American order is not guessed at.
/// `None` for anything else.
#[must_use]
pub fn day(text: &str, end: End) -> Option<Date> {
    let parts: Vec<&str> = text.trim().split(['-', '/', '.']).collect();
    let number = |part: &str| -> Option<i16> {
        let digits = !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse().ok() } else { None }
    };
    let (year, month, day) = match parts.as_slice() {
        [year] if year.len() == 4 => (number(year)?, None, None),
        [month, year] if year.len() == 4 => (number(year)?, Some(number(month)?), None),
        [year, month] if year.len() == 4 => (number(year)?, Some(number(month)?), None),
        [day, month, year] if year.len() == 4 => (number(year)?, Some(number(month)?), Some(number(day)?)),
        [year, month, day] if year.len() == 4 => (number(year)?, Some(number(month)?), Some(number(day)?)),
        _ => return None,
    };
    let open = if end == End::First { 1 } else { 12 };
    let month = i8::try_from(month.unwrap_or(open)).ok()?;
    match day {
        Some(day) => Date::new(year, month, i8::try_from(day).ok()?).ok(),
        None => {
            let first = Date::new(year, month, 1).ok()?;
            Some(if end == End::First { first } else { first.last_of_month() })
        }
    }
}

/// An amount, as [`amount`] reads it, with its currency where one stands before it: `€ 12`,
/// `CHF 12.50`.
#[must_use]
pub fn money(text: &str) -> Option<(Option<Currency>, Amount)> {
    let text = text.trim();
    let euro = text.strip_prefix('€').map(|rest| ("EUR", rest));
    let coded =
        || text.split_at_checked(3).filter(|(code, _)| code.bytes().all(|sign| sign.is_ascii_alphabetic()));
    match euro.or_else(coded) {
        Some((code, rest)) => Some((Some(code.to_ascii_uppercase().parse().ok()?), amount(rest)?)),
        None => Some((None, amount(text)?)),
    }
}

/// An amount: `1234.50`, `1234,50`, `1.234,50`, `1,234.50`, `-12`. The last point or comma with one
/// or two digits behind it is the decimal one; all others must be of one kind and stand before
/// groups of three. `None` for anything else.
#[must_use]
pub fn amount(text: &str) -> Option<Amount> {
    let text = text.trim();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text),
    };
    let (whole, fraction) = match text.rfind(['.', ',']) {
        Some(at) if text.len() - at <= 3 => (&text[..at], &text[at + 1..]),
        _ => (text, ""),
    };
    // One kind of sign between the groups, and not the decimal one.
    let between = whole.chars().find(|sign| matches!(sign, '.' | ',' | ' ')).unwrap_or(' ');
    if text[whole.len()..].starts_with(between) {
        return None;
    }
    let groups: Vec<&str> = whole.split(between).collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let grouped =
        groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    let fits = whole.len() <= 24 && grouped && groups.iter().all(|group| digits(group));
    if !fits || !(fraction.is_empty() || digits(fraction)) || text.ends_with(['.', ',']) {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    Decimal::from_str(&format!("{sign}{}{point}{fraction}", groups.concat())).ok().map(Amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_is_read_in_the_forms_people_type() {
        for (text, first, last) in [
            ("31-12-2026", "2026-12-31", "2026-12-31"),
            (" 1/2/2026 ", "2026-02-01", "2026-02-01"),
            ("01.02.2026", "2026-02-01", "2026-02-01"),
            ("2026-02-01", "2026-02-01", "2026-02-01"),
            ("2026", "2026-01-01", "2026-12-31"),
            ("2-2028", "2028-02-01", "2028-02-29"),
            ("2028-02", "2028-02-01", "2028-02-29"),
        ] {
            let said = |end| day(text, end).map(|date| date.to_string());
            assert_eq!(
                (said(End::First).as_deref(), said(End::Last).as_deref()),
                (Some(first), Some(last)),
                "{text}"
            );
        }
        for bad in [
            "",
            "26",
            "31-2-2026",
            "12-31-2026",
            "2026-13",
            "1-1-26",
            "x",
            "1-2-3-2026",
            "-2026",
            "+1-1-2026",
        ] {
            assert_eq!(day(bad, End::First), None, "{bad}");
        }
    }

    #[test]
    fn an_amount_is_read_in_the_forms_people_type() {
        for (text, read) in [
            ("1234.50", "1234.50"),
            ("1234,50", "1234.50"),
            ("1.234,50", "1234.50"),
            ("1,234.5", "1234.5"),
            ("1.234", "1234"),
            ("1 234 567", "1234567"),
            ("-12", "-12"),
            ("0,05", "0.05"),
        ] {
            assert_eq!(amount(text).map(|amount| amount.to_string()).as_deref(), Some(read), "{text}");
        }
        for bad in [
            "",
            "-",
            ",5",
            "1.",
            "1.2345",
            "12.34.5",
            "1e3",
            "1,234.567",
            "1.234.50",
            "tien",
            "1234.567,00x",
            "9".repeat(40).as_str(),
        ] {
            assert_eq!(amount(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_currency_may_stand_before_an_amount() {
        let read = |text| {
            money(text).map(|(currency, amount)| (currency.map(|one| one.to_string()), amount.to_string()))
        };
        let some = |currency: &str, amount: &str| Some((Some(currency.to_owned()), amount.to_owned()));
        assert_eq!(read("€ -12"), some("EUR", "-12"));
        assert_eq!(read(" chf 1.234,50 "), some("CHF", "1234.50"));
        assert_eq!(read("12"), Some((None, "12".to_owned())));
        assert_eq!((read("CHF"), read("€"), read("CH12"), read("é12")), (None, None, None, None));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_read_or_not(text in "\\PC{0,30}") {
            let _ = (day(&text, End::First), money(&text));
        }
    }
}
