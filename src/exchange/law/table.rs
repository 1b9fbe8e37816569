//! The rows that this program was built with: country, class, years, what they count from, article,
//! mark.
//!
//! To change the law for boxes to come is to change a row here, with its article, its test, and
//! [`VERSION`] and [`DATE`] moved on. A box that is there takes it as a signed table
//! ([`super::edition`]). Certificates name the edition.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::exchange::vocabulary::{Class, Country};

/// The table's edition, named by cards and certificates.
pub const VERSION: &str = "2026-11";

/// The day of which the table is.
pub const DATE: Date = date(2026, 11, 24);

/// One row: how long a country wants invoices of a class kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// ISO 3166-1 alpha-2; none for a row of European law, for every country of the table.
    pub country: Option<&'static str>,
    /// The class of sale.
    pub class: Class,
    /// Whole years, counted from `basis`.
    pub years: u8,
    /// What the years count from.
    pub basis: Basis,
    /// For terms whose last day is this or later; none for a row without a beginning.
    pub applies_from: Option<Date>,
    /// The law's name and article.
    pub article: &'static str,
    /// How sure the row is.
    pub mark: Mark,
    /// What else an owner must know.
    pub remarks: &'static [Remark],
}

/// What a row's years count from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The end of the book year (or accounting period) that the invoice belongs to.
    BookYearEnd,
    /// The end of the calendar year in which the invoice was issued.
    IssueYearEnd,
    /// The end of the calendar year in which the book year ends.
    YearEndOfBookYear,
    /// 1 January of the year after the invoice was issued.
    JanuaryAfterIssue,
    /// The later of the book year's close and the invoice's issue.
    LaterOfCloseAndIssue,
    /// The last entry in the books, which no invoice shows.
    LastEntry,
    /// The last transaction that the invoice concerns, which no invoice shows.
    LatestTransaction,
    /// The end of the calendar year in which the tax fell due: for December the year after. When it
    /// was paid, no invoice shows.
    TaxDueYearEnd,
    /// 31 December of the year of the transaction.
    TransactionYearEnd,
    /// The end of the year in which the immovable property was first used.
    FirstUseYearEnd,
}

impl Basis {
    /// Whether an invoice and the book year tell the day from which the years count. Where they do
    /// not, one year is added.
    #[must_use]
    pub fn is_known(self) -> bool {
        !matches!(self, Self::LastEntry | Self::LatestTransaction | Self::TaxDueYearEnd)
    }

    /// The last day before the years begin to count, for the last invoice of a term that ends on
    /// `last` (the last day of a month).
    pub(super) fn counts_from(self, last: Date) -> Date {
        match self {
            // An invoice is issued within the book year that it belongs to, so the close is later.
            Self::BookYearEnd | Self::LaterOfCloseAndIssue | Self::LastEntry | Self::LatestTransaction => {
                last
            }
            Self::IssueYearEnd
            | Self::YearEndOfBookYear
            | Self::JanuaryAfterIssue
            | Self::TransactionYearEnd
            | Self::FirstUseYearEnd => last.last_of_year(),
            // The tax on December's sales falls due in January.
            Self::TaxDueYearEnd if last.month() == 12 => last.tomorrow().unwrap_or(last).last_of_year(),
            Self::TaxDueYearEnd => last.last_of_year(),
        }
    }

    /// The message that says it: "the end of the book year …".
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::BookYearEnd => "law-from-book-year-end",
            Self::IssueYearEnd => "law-from-issue-year-end",
            Self::YearEndOfBookYear => "law-from-year-end-of-book-year",
            Self::JanuaryAfterIssue => "law-from-january-after-issue",
            Self::LaterOfCloseAndIssue => "law-from-later-of-close-and-issue",
            Self::LastEntry => "law-from-last-entry",
            Self::LatestTransaction => "law-from-latest-transaction",
            Self::TaxDueYearEnd => "law-from-tax-due-year-end",
            Self::TransactionYearEnd => "law-from-transaction-year-end",
            Self::FirstUseYearEnd => "law-from-first-use-year-end",
        }
    }
}

/// How sure a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// The years and the article were seen in the statute or an official text.
    Confirmed,
    /// The officer types the years and who advised them; the row's years are the least.
    Ask,
}

/// What a country's law asks beside a number of years. Each is a message that set-up shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remark {
    /// The term does not end while the tax's assessment is open: place a hold.
    AssessmentOpen,
    /// The term does not end while proceedings are pending: place a hold.
    ProceedingsPending,
    /// The term does not end before the tax claim's absolute limitation.
    AbsoluteLimitation,
    /// Must lie in Germany unless it can be read online (UStG § 14b (2)).
    InGermany,
    /// Must lie in Belgium.
    InBelgium,
    /// Must lie in Luxembourg unless it can be read online (VAT law art. 65 (6)).
    InLuxembourg,
    /// Must lie in Sweden.
    InSweden,
    /// LPF art. L102 C asks for online access: an air-gapped box may not do.
    OnlineInFrance,
    /// "Conservazione a norma" is a regulated service that this box is not.
    RegulatedInItaly,
    /// Sources differ about the years.
    SourcesDiffer,
    /// The record asks more than an invoice (Regulation (EU) 282/2011 art. 63c).
    MoreThanAnInvoice,
}

impl Remark {
    /// The message that says it.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::AssessmentOpen => "law-remark-assessment-open",
            Self::ProceedingsPending => "law-remark-proceedings-pending",
            Self::AbsoluteLimitation => "law-remark-absolute-limitation",
            Self::InGermany => "law-remark-in-germany",
            Self::InBelgium => "law-remark-in-belgium",
            Self::InLuxembourg => "law-remark-in-luxembourg",
            Self::InSweden => "law-remark-in-sweden",
            Self::OnlineInFrance => "law-remark-online-in-france",
            Self::RegulatedInItaly => "law-remark-regulated-in-italy",
            Self::SourcesDiffer => "law-remark-sources-differ",
            Self::MoreThanAnInvoice => "law-remark-more-than-an-invoice",
        }
    }
}

/// A row for ordinary invoices without a beginning; the others differ from it by name.
const fn ordinary(country: &'static str, years: u8, basis: Basis, article: &'static str, mark: Mark) -> Rule {
    Rule {
        country: Some(country),
        class: Class::Ordinary,
        years,
        basis,
        applies_from: None,
        article,
        mark,
        remarks: &[],
    }
}

/// A row for immovable property.
const fn immovable(country: &'static str, years: u8, article: &'static str, mark: Mark) -> Rule {
    Rule {
        class: Class::ImmovableProperty,
        ..ordinary(country, years, Basis::FirstUseYearEnd, article, mark)
    }
}

/// A row for sales under the one-stop shop (the import scheme too).
const fn one_stop_shop(country: Option<&'static str>, article: &'static str) -> Rule {
    Rule {
        country,
        class: Class::OneStopShop,
        years: 10,
        basis: Basis::TransactionYearEnd,
        applies_from: None,
        article,
        mark: Mark::Confirmed,
        remarks: &[Remark::MoreThanAnInvoice],
    }
}

use Mark::{Ask, Confirmed};

/// All rows. Of several for a country and class the last that applies is taken.
pub const TABLE: &[Rule] = &[
    // The article gives no start; the tax office counts from when the data stop being current.
    ordinary("NL", 7, Basis::BookYearEnd, "AWR art. 52 (4)", Confirmed),
    one_stop_shop(Some("NL"), "Wet OB art. 28rl, 28sj, 28tn"),
    immovable("NL", 9, "Wet OB art. 34a", Confirmed),
    // Eight also for invoices that were already stored on 31 December 2024 (Art. 97 § 19a (2) EGAO).
    Rule {
        remarks: &[Remark::AssessmentOpen, Remark::InGermany],
        ..ordinary(
            "DE",
            8,
            Basis::IssueYearEnd,
            "AO § 147 (3), (4); UStG § 14b (1), § 27 (40); EGAO Art. 97 § 19a (2)",
            Confirmed,
        )
    },
    // Ten years for VAT due from 1 January 2023. A book year that straddles that day takes the ten.
    Rule {
        remarks: &[Remark::InBelgium],
        ..ordinary("BE", 7, Basis::JanuaryAfterIssue, "WBTW art. 60 § 3", Ask)
    },
    Rule {
        applies_from: Some(date(2023, 1, 1)),
        remarks: &[Remark::InBelgium],
        ..ordinary("BE", 10, Basis::JanuaryAfterIssue, "WBTW art. 60 § 3", Ask)
    },
    Rule { remarks: &[Remark::SourcesDiffer, Remark::InBelgium], ..immovable("BE", 25, "WBTW art. 60", Ask) },
    Rule {
        remarks: &[Remark::ProceedingsPending],
        ..ordinary("AT", 7, Basis::YearEndOfBookYear, "BAO § 132 (1)", Confirmed)
    },
    Rule { remarks: &[Remark::ProceedingsPending], ..immovable("AT", 22, "UStG § 18 (10)", Confirmed) },
    Rule {
        remarks: &[Remark::InLuxembourg],
        ..ordinary("LU", 10, Basis::LaterOfCloseAndIssue, "Code de commerce art. 16; TVA art. 65", Confirmed)
    },
    Rule {
        remarks: &[Remark::AbsoluteLimitation],
        ..ordinary("CH", 10, Basis::BookYearEnd, "OR art. 958f", Confirmed)
    },
    Rule { remarks: &[Remark::AbsoluteLimitation], ..immovable("CH", 20, "MWSTG art. 70 (3)", Confirmed) },
    // Six years for the tax (LPF L102 B), ten for the books; the longer is taken.
    Rule {
        remarks: &[Remark::OnlineInFrance],
        ..ordinary("FR", 10, Basis::BookYearEnd, "Code de commerce L123-22; LPF L102 B", Ask)
    },
    Rule {
        remarks: &[Remark::AssessmentOpen, Remark::RegulatedInItaly],
        ..ordinary("IT", 10, Basis::LastEntry, "Codice civile art. 2220; DPR 600/73 art. 22", Ask)
    },
    ordinary("ES", 6, Basis::LastEntry, "Código de Comercio art. 30", Ask),
    ordinary("PL", 5, Basis::TaxDueYearEnd, "Ordynacja podatkowa art. 86 § 1", Ask),
    ordinary("IE", 6, Basis::LatestTransaction, "VATCA 2010 s. 84", Ask),
    ordinary("DK", 5, Basis::BookYearEnd, "Bogføringsloven § 12", Confirmed),
    Rule {
        remarks: &[Remark::InSweden],
        ..ordinary("SE", 7, Basis::YearEndOfBookYear, "Bokföringslagen 7 kap. 2 §", Confirmed)
    },
    ordinary("GB", 6, Basis::BookYearEnd, "VATA 1994 Sch. 11 para. 6", Ask),
    one_stop_shop(None, "Directive 2006/112/EC art. 369, 369k, 369x"),
];

/// The row for invoices of `class` in a term of `country` whose last day is `last`: the country's
/// own, or European law's for every country that the table knows.
#[must_use]
pub fn rule(country: Country, class: Class, last: Date) -> Option<&'static Rule> {
    let country = country.to_string();
    let applies = |rule: &&Rule| rule.class == class && rule.applies_from.is_none_or(|from| last >= from);
    let own = TABLE.iter().filter(applies).rfind(|rule| rule.country == Some(country.as_str()));
    own.or_else(|| {
        let known = countries().any(|code| code == country);
        TABLE.iter().filter(applies).rfind(|rule| known && rule.country.is_none())
    })
}

/// The countries of the table, by ISO 3166-1 alpha-2, in its order.
pub fn countries() -> impl Iterator<Item = &'static str> {
    let ordinary = TABLE.iter().filter(|rule| rule.class == Class::Ordinary && rule.applies_from.is_none());
    ordinary.filter_map(|rule| rule.country)
}
