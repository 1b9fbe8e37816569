//! Until when a term is kept, and the sentence that says why.

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::{Basis, BookYear, Mark, Policy, Term};
use crate::exchange::vocabulary::{Class, Country};
use crate::support::words::{self, Language};

/// The instant at which the day `until` is over everywhere on earth: noon (UTC) of the next.
#[must_use]
pub fn over_at(until: Date) -> Timestamp {
    let noon = until.tomorrow().ok().map(|day| day.at(12, 0, 0, 0));
    noon.and_then(|noon| Offset::UTC.to_timestamp(noon).ok()).unwrap_or(Timestamp::MAX)
}

/// Until when a term is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The last day on which it must be kept: a month's last.
    pub until: Date,
    /// All years that were counted, with those that were added.
    pub years: u8,
    /// Where the years come from.
    pub because: Reason,
    /// The law's name and article.
    pub article: &'static str,
    /// How sure the row is.
    pub mark: Mark,
}

/// Where the years of a [`Kept`] come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The country of the row; none for European law.
    pub law_of: Option<Country>,
    /// The class of the term's invoices.
    pub class: Class,
    /// What the years count from.
    pub basis: Basis,
    /// The term's days.
    pub days: BookYear,
    /// The years that the row asks.
    pub law_years: u8,
    /// Years that an adviser said, where they are more than the row's or the row is marked *ask*.
    pub advised_years: Option<u8>,
    /// Who advised them.
    pub adviser: Option<String>,
    /// Years that the officer added.
    pub added_years: u8,
    /// One where the invoice does not show the day from which the law counts, else none.
    pub unseen_years: u8,
}

/// Until when the invoices of `term` are kept under `policy`, which can only lengthen what the
/// table's row says.
#[must_use]
pub fn kept_until(term: &Term, policy: &Policy) -> Kept {
    let rule = term.rule();
    let advice = policy.advice(term.class());
    let base = advice.map_or(rule.years, |advice| advice.years.max(rule.years));
    let added_years = policy.added_years(term.class());
    let unseen_years = u8::from(!rule.basis.is_known());
    // At most 100 + 100 + 1, see `Policy::MOST_YEARS`.
    let years = base.saturating_add(added_years).saturating_add(unseen_years);
    let counted = rule.basis.counts_from(term.last()).saturating_add(i64::from(years).years());
    Kept {
        // 28 February in a leap year is not yet the month's end.
        until: counted.last_of_month(),
        years,
        because: Reason {
            law_of: rule.country.map(|_| term.country()),
            class: term.class(),
            basis: rule.basis,
            days: term.days(),
            law_years: rule.years,
            advised_years: advice.map(|_| base),
            adviser: advice.map(|advice| advice.adviser.clone()),
            added_years,
            unseen_years,
        },
        article: rule.article,
        mark: rule.mark,
    }
}

impl Kept {
    /// The sentence: "kept until 31 December 2033, because Dutch law (AWR art. 52 (4)) asks seven
    /// years from the end of the book year 2026".
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        let until = words::date(language, self.until);
        let because = self.because.say(language, self.article);
        say(language, "law-kept", &[("until", &until), ("because", &because)])
    }
}

impl Reason {
    /// The clause after "because", with the article of its row.
    fn say(&self, language: Language, article: &str) -> String {
        let law = match self.law_of {
            Some(country) => words::text(language, &format!("law-of-{country}")),
            None => words::text(language, "law-of-EU"),
        };
        let year = match self.basis {
            Basis::BookYearEnd
            | Basis::LaterOfCloseAndIssue
            | Basis::LastEntry
            | Basis::LatestTransaction => self.days.label(language),
            _ => self.basis.counts_from(self.days.last).year().to_string(),
        };
        let from = say(language, self.basis.message(), &[("year", &year)]);
        let law_years = years_in_words(language, self.law_years);
        let mut clause = say(
            language,
            "law-because",
            &[("law", &law), ("article", article), ("years", &law_years), ("from", &from)],
        );
        if self.unseen_years > 0 {
            clause += &words::text(language, "law-because-unseen");
        }
        if let (Some(years), Some(adviser)) = (self.advised_years, &self.adviser) {
            let years = years_in_words(language, years);
            clause += &say(language, "law-because-advised", &[("years", &years), ("adviser", adviser)]);
        }
        if self.added_years > 0 {
            let years = years_in_words(language, self.added_years);
            clause += &say(language, "law-because-added", &[("years", &years)]);
        }
        clause
    }
}

fn years_in_words(language: Language, years: u8) -> String {
    say(language, "law-years", &[("years", &years.to_string())])
}

fn say(language: Language, name: &str, fields: &[(&str, &str)]) -> String {
    let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, Cow::Borrowed(*value))).collect();
    words::message(language, name, &fields)
}
