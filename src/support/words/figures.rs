//! Dates, amounts and countries as a person writes them.
//!
//! `support` stands below every room, so a currency or country is anything that writes itself as
//! its ISO code.

use std::fmt::Display;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Language, has, message, text};

/// A date in words: `31 December 2033`, `31 december 2033`.
#[must_use]
pub fn date(language: Language, date: Date) -> String {
    let month = text(language, &format!("common-month-{}", date.month()));
    let fields = [
        ("day", date.day().to_string().into()),
        ("month", month.into()),
        ("year", date.year().to_string().into()),
    ];
    message(language, "common-date", &fields)
}

/// A day and a minute, by UTC, as the journal has them.
#[must_use]
pub fn moment(language: Language, at: Timestamp) -> String {
    let at = jiff::tz::Offset::UTC.to_datetime(at);
    format!("{} {:02}:{:02} UTC", date(language, at.date()), at.hour(), at.minute())
}

/// An amount of money: `EUR 1,234.50`, `€ 1.234,50`. It has the digits of its source, and at least
/// two after the point.
#[must_use]
pub fn amount(language: Language, amount: Decimal, currency: impl Display) -> String {
    let (point, thousands) = match language {
        Language::En => ('.', ','),
        Language::Nl => (',', '.'),
    };
    let digits = amount.abs().to_string();
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(thousands);
        }
        grouped.push(digit);
    }
    let sign = if amount.is_sign_negative() && !amount.is_zero() { "-" } else { "" };
    let currency = match (language, currency.to_string()) {
        (Language::Nl, code) if code == "EUR" => "€".to_owned(),
        (_, code) => code,
    };
    format!("{currency} {sign}{grouped}{point}{fraction:0<2}")
}

/// A country's name: `Germany`, `Duitsland`; its code where the messages have no name for it.
#[must_use]
pub fn country_name(language: Language, country: impl Display) -> String {
    let code = country.to_string();
    let name = format!("common-country-{code}");
    if has(language, &name) { text(language, &name) } else { code }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_out_in_both_languages() {
        let day = jiff::civil::date(2033, 12, 31);
        assert_eq!(date(Language::En, day), "31 December 2033");
        assert_eq!(date(Language::Nl, day), "31 december 2033");
        for month in 1..=12 {
            for language in Language::ALL {
                let day = jiff::civil::date(2024, month, 1);
                assert!(!date(language, day).contains("common-"), "month {month}");
            }
        }
    }

    #[test]
    fn amounts_are_grouped_and_keep_their_digits() {
        let said = |language, text: &str| amount(language, text.parse().unwrap(), "EUR");
        assert_eq!(said(Language::En, "1234.50"), "EUR 1,234.50");
        assert_eq!(said(Language::Nl, "1234.50"), "€ 1.234,50");
        assert_eq!(said(Language::Nl, "-1234567.5"), "€ -1.234.567,50");
        assert_eq!(said(Language::En, "0"), "EUR 0.00");
        assert_eq!(said(Language::En, "999.125"), "EUR 999.125");
        assert_eq!(said(Language::En, "-0.01"), "EUR -0.01");
        assert_eq!(amount(Language::Nl, "12".parse().unwrap(), "SEK"), "SEK 12,00");
    }

    #[test]
    fn countries_have_names_and_strange_ones_their_code() {
        assert_eq!(country_name(Language::Nl, "DE"), "Duitsland");
        assert_eq!(country_name(Language::En, "QQ"), "QQ");
    }
}
