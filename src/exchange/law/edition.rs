//! An edition of the law table as a box holds it: the one that this program was built with, or one that
//! came signed. Which is in force is the officers' doing; here are only rows and what follows from them.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Basis, LawRefusal, Mark, Policy, table};
use crate::exchange::vocabulary::{Class, Country};

/// The edition of a table: the month of which it is, and `.2`, `.3` for a second and third in that month.
/// A later one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Edition {
    year: u16,
    month: u8,
    revision: u8,
}

impl FromStr for Edition {
    type Err = LawRefusal;
    fn from_str(text: &str) -> Result<Self, LawRefusal> {
        let read = || {
            let (month, revision) = match text.split_once('.') {
                Some((month, revision)) => (month, revision.parse().ok().filter(|number| *number > 1)?),
                None => (text, 1),
            };
            let (year, month) = month.split_once('-')?;
            let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
            Some(Self { year: year.parse().ok()?, month, revision })
        };
        // One spelling of each, and no other.
        let edition = read().filter(|edition| edition.to_string() == text);
        edition.ok_or_else(|| LawRefusal::EditionUnreadable { edition: super::term::shown(text) })
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)?;
        if self.revision > 1 { write!(f, ".{}", self.revision) } else { Ok(()) }
    }
}

impl TryFrom<String> for Edition {
    type Error = LawRefusal;
    fn try_from(text: String) -> Result<Self, LawRefusal> {
        text.parse()
    }
}

impl From<Edition> for String {
    fn from(edition: Edition) -> Self {
        edition.to_string()
    }
}

/// One row: how long a country wants invoices of a class kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Whose law; none for a row of European law, for every country of the table.
    pub country: Option<Country>,
    /// The class of sale.
    pub class: Class,
    /// Whole years, counted from `counts_from`.
    pub years: u8,
    /// What the years count from.
    pub counts_from: Basis,
    /// The law's name and article.
    pub article: String,
    /// How sure the row is.
    pub mark: Mark,
    /// For terms whose last day is this or later; none for a row without a beginning.
    pub from: Option<Date>,
}

/// A table of law. Of several rows for a country and class the last that applies is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    edition: Edition,
    rows: Vec<Row>,
}

static BUILT_IN: LazyLock<Table> = LazyLock::new(|| {
    let row = |rule: &table::Rule| Row {
        country: rule.country.map(|code| code.parse().expect("two capital letters")),
        class: rule.class,
        years: rule.years,
        counts_from: rule.basis,
        article: rule.article.to_owned(),
        mark: rule.mark,
        from: rule.applies_from,
    };
    let edition = table::VERSION.parse().expect("an edition");
    Table { edition, rows: table::TABLE.iter().map(row).collect() }
});

impl Table {
    /// The most rows.
    pub const MOST_ROWS: usize = 1000;
    /// The longest article, in bytes.
    pub const LONGEST_ARTICLE: usize = 300;

    /// The table that this program was built with.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// A table out of its rows.
    ///
    /// # Errors
    /// [`LawRefusal::RowUnusable`] names the first row that cannot be one, [`LawRefusal::RowCount`].
    pub fn new(edition: Edition, rows: Vec<Row>) -> Result<Self, LawRefusal> {
        if rows.is_empty() || rows.len() > Self::MOST_ROWS {
            return Err(LawRefusal::RowCount { count: rows.len(), most: Self::MOST_ROWS });
        }
        let usable = |row: &Row| {
            (1..=Policy::MOST_YEARS).contains(&row.years)
                && !row.article.trim().is_empty()
                && row.article.len() <= Self::LONGEST_ARTICLE
                && !row.article.chars().any(char::is_control)
        };
        match rows.iter().position(|row| !usable(row)) {
            Some(index) => Err(LawRefusal::RowUnusable { row: index + 1 }),
            None => Ok(Self { edition, rows }),
        }
    }

    /// Its edition.
    #[must_use]
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// Its rows, in their order.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row for invoices of `class` in a term of `country` whose last day is `last`: the country's
    /// own, or European law's for every country that has a row for ordinary invoices.
    #[must_use]
    pub fn row(&self, country: Country, class: Class, last: Date) -> Option<&Row> {
        let applies = |row: &&Row| row.class == class && row.from.is_none_or(|from| last >= from);
        let own = self.rows.iter().filter(applies).rfind(|row| row.country == Some(country));
        own.or_else(|| {
            let ordinary = |row: &Row| row.class == Class::Ordinary && row.country == Some(country);
            let known = self.rows.iter().any(ordinary);
            self.rows.iter().filter(applies).rfind(|row| known && row.country.is_none())
        })
    }
}
