//! What can be asked, and what comes back.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::fold;
use super::index::Range;
use super::row::{Row, Space, add_exactly, article};
use crate::exchange::invoice::Kind;
use crate::exchange::vocabulary::{Amount, Currency};

/// The most rows that one [`Query`] shows at once. Its totals count all hits.
pub const ROWS_MOST: usize = 1_000;

/// A text to be found.
#[cfg_attr(test, derive(Debug))]
#[derive(Clone, PartialEq, Eq)]
pub enum Match {
    /// The whole of it.
    Exact(String),
    /// Its beginning.
    Beginning(String),
}

/// A look-up. Every condition that is there must hold; without any, every invoice is a hit.
#[cfg_attr(test, derive(Debug))]
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The invoice's number, alone or with its series before it. Capitals, diacritics and blanks do
    /// not count.
    pub number: Option<Match>,
    /// Numbers from-to, both ends within, in natural order (INV-9 before INV-10), alone or with the
    /// series before it. An end that is missing is open.
    pub numbers: Option<(Option<String>, Option<String>)>,
    /// Dates of issue from-to, both within. An end that is missing is open.
    pub issued: Option<(Option<Date>, Option<Date>)>,
    /// The customer: words of the name in any order, customer number, VAT number, postcode. Each
    /// word that is asked for must be one of the invoice's (or begin one); or all of it, without
    /// blanks and punctuation, must be one of its codes (or begin it).
    pub customer: Option<Match>,
    /// The amount with VAT in a currency, from-to, both within. An end that is missing is open.
    pub gross: Option<(Currency, Option<Amount>, Option<Amount>)>,
    /// The number of an article, whole.
    pub article: Option<String>,
    /// In which order the rows come.
    pub order: Order,
    /// Show rows after this one only. Totals are of all hits.
    pub after: Option<Cursor>,
    /// Show so many rows, at most [`ROWS_MOST`].
    pub limit: usize,
}

/// The order of rows. Ties go by bundle and leaf, so an order is total, over several terms too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Date of issue, the oldest first; then series and number.
    #[default]
    Date,
    /// Series, then number in natural order; then the date of issue.
    Number,
}

/// A row's place in an order. It holds the invoice's number: do not log it.
#[cfg_attr(test, derive(Debug))]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(Vec<u8>);

impl Cursor {
    /// As bytes, for a link to the next page.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// From the bytes of such a link. Any bytes are a place, if not one of a row.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl Row {
    /// Its place in `order`: rows of several terms are merged by comparing these.
    #[must_use]
    pub fn cursor(&self, order: Order) -> Cursor {
        // Natural keys are closed by a zero, which is none of their bytes but in a count of digits,
        // and there both keys have one.
        let mut name = Vec::new();
        for text in [self.series.as_deref().unwrap_or_default(), &self.number] {
            name.extend(fold::natural(&fold::number(text)));
            name.push(0);
        }
        let day = fold::day(self.issue_date);
        let mut place = match order {
            Order::Date => [&day[..], &name].concat(),
            Order::Number => [&name[..], &day].concat(),
        };
        place.extend_from_slice(&self.bundle.0.0);
        place.extend_from_slice(&self.bundle.1.0.to_be_bytes());
        place.extend_from_slice(&self.leaf.to_be_bytes());
        Cursor(place)
    }

    /// Compares two rows in `order`.
    #[must_use]
    pub fn compare(&self, other: &Self, order: Order) -> Ordering {
        self.cursor(order).cmp(&other.cursor(order))
    }
}

/// What was found.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// The rows asked for, in order.
    pub rows: Vec<Row>,
    /// Whether there are more after the last of them.
    pub more: bool,
    /// Of all hits, not only of those shown.
    pub totals: Totals,
}

/// Counts and sums of invoices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many hits.
    pub count: u64,
    /// Per currency.
    pub sums: BTreeMap<Currency, CurrencySums>,
}

/// The sums in one currency. Credit notes stand apart, because most sources write their amounts
/// without a minus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurrencySums {
    /// Of everything but credit notes.
    pub invoices: Sums,
    /// Of credit notes, as their amounts are written.
    pub credit_notes: Sums,
}

/// Exact sums; none where 28 digits do not hold one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// How many there are.
    pub count: u64,
    /// Without VAT.
    pub net: Option<Amount>,
    /// VAT.
    pub vat: Option<Amount>,
    /// With VAT.
    pub gross: Option<Amount>,
}

impl Default for Sums {
    fn default() -> Self {
        let none = Some(Amount(Decimal::ZERO));
        Self { count: 0, net: none, vat: none, gross: none }
    }
}

impl Sums {
    fn add(&mut self, other: &Self) {
        let sum = |a: Option<Amount>, b: Option<Amount>| add_exactly(a?.0, b?.0).map(Amount);
        self.count += other.count;
        self.net = sum(self.net, other.net);
        self.vat = sum(self.vat, other.vat);
        self.gross = sum(self.gross, other.gross);
    }
}

impl Totals {
    /// Adds the totals of another term.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        for (currency, theirs) in &other.sums {
            let ours = self.sums.entry(*currency).or_default();
            ours.invoices.add(&theirs.invoices);
            ours.credit_notes.add(&theirs.credit_notes);
        }
    }

    /// Adds one invoice.
    pub fn add_row(&mut self, row: &Row) {
        self.count += 1;
        let sums = self.sums.entry(row.currency).or_default();
        let sums = if row.kind == Kind::CreditNote { &mut sums.credit_notes } else { &mut sums.invoices };
        sums.add(&Sums { count: 1, net: Some(row.net), vat: row.vat, gross: Some(row.gross) });
    }
}

/// One condition in terms of keys: a row meets it if one of its keys in the space lies in one of the
/// ranges.
pub(super) struct Condition {
    pub(super) space: Space,
    pub(super) ranges: Vec<Range>,
}

impl Condition {
    fn new(space: Space, mut ranges: Vec<Range>) -> Self {
        // Beginnings and whole keys lie within each other or apart, never across: without those that
        // lie within another, no entry is met twice.
        let all = ranges.clone();
        let mut place = 0;
        ranges.retain(|range| {
            place += 1;
            !all.iter().enumerate().any(|(other_place, other)| {
                let other_first = other_place < place - 1;
                other_place != place - 1 && other.covers(range) && (other_first || !range.covers(other))
            })
        });
        Self { space, ranges }
    }

    pub(super) fn holds(&self, key: &[u8]) -> bool {
        self.ranges.iter().any(|range| range.holds(key))
    }

    /// Whether the row meets it. Not for [`Space::Article`], of which the row knows nothing.
    pub(super) fn met_by(&self, row: &Row) -> bool {
        row.keys(self.space).iter().any(|key| self.holds(key))
    }
}

impl Query {
    /// The conditions; all must be met. There is always one.
    pub(super) fn conditions(&self) -> Vec<Condition> {
        let mut conditions = Vec::new();
        if let Some(wanted) = &self.number {
            conditions.push(Condition::new(Space::Number, text_ranges(wanted, fold::number)));
        }
        if let Some((from, to)) = &self.numbers {
            let key = |text: &String| fold::natural(&fold::number(text));
            let range = Range::between(from.as_ref().map(key).unwrap_or_default(), to.as_ref().map(key));
            conditions.push(Condition::new(Space::NumberOrder, vec![range]));
        }
        if let Some(wanted) = &self.customer {
            let (text, whole) = match wanted {
                Match::Exact(text) => (text, true),
                Match::Beginning(text) => (text, false),
            };
            let again = |text: String| if whole { Match::Exact(text) } else { Match::Beginning(text) };
            let code = text_ranges(wanted, fold::code);
            let words = fold::words(text);
            if words.is_empty() {
                conditions.push(Condition::new(Space::Customer, Vec::new()));
            }
            // "Every word is there, or the code is", word by word: each is there, or the code is.
            for word in words {
                let mut ranges = text_ranges(&again(word), |word| word.to_owned());
                ranges.extend(code.iter().cloned());
                conditions.push(Condition::new(Space::Customer, ranges));
            }
        }
        if let Some((currency, from, to)) = self.gross {
            let key = |amount| fold::amount(currency, amount);
            // An open end is the end of the currency.
            let all = currency.to_string().into_bytes();
            let range = match (from.map(key), to.map(key)) {
                (Some(from), Some(to)) if from == to => Range::exact(&from),
                (from, Some(to)) => Range::between(from.unwrap_or(all), Some(to)),
                (from, None) => Range::beginning(&all).starting_at(from),
            };
            conditions.push(Condition::new(Space::Amount, vec![range]));
        }
        if let Some(text) = &self.article {
            let key = article(text);
            let ranges = if key.is_empty() { Vec::new() } else { vec![Range::exact(&key)] };
            conditions.push(Condition::new(Space::Article, ranges));
        }
        if self.issued.is_some() || conditions.is_empty() {
            let (from, to) = self.issued.unwrap_or_default();
            let key = |date: Date| fold::day(date).to_vec();
            let range = Range::between(from.map(key).unwrap_or_default(), to.map(key));
            conditions.push(Condition::new(Space::Date, vec![range]));
        }
        conditions
    }
}

/// A text that folds to nothing is found nowhere.
fn text_ranges(wanted: &Match, folded: impl Fn(&str) -> String) -> Vec<Range> {
    let (Match::Exact(text) | Match::Beginning(text)) = wanted;
    let key = folded(text);
    match wanted {
        _ if key.is_empty() => Vec::new(),
        Match::Exact(_) => vec![Range::exact(key.as_bytes())],
        Match::Beginning(_) => vec![Range::beginning(key.as_bytes())],
    }
}
