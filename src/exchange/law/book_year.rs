//! Book years: which one a day lies in, regular, broken or long.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use super::LawRefusal;
use crate::support::words::{self, Language};

/// One book year, both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookYear {
    /// The first day.
    pub first: Date,
    /// The last day: a month's last.
    pub last: Date,
}

impl BookYear {
    /// The calendar year of `day`.
    #[must_use]
    pub fn calendar(day: Date) -> Self {
        Self { first: day.first_of_year(), last: day.last_of_year() }
    }

    /// Whether `day` lies in it.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// How people call it: `2026`; a broken one `2025/2026`; one that is not twelve months long by
    /// its days.
    #[must_use]
    pub fn label(&self, language: Language) -> String {
        let twelve_months = self.first.checked_add(1.year()).ok() == self.last.tomorrow().ok();
        if *self == Self::calendar(self.first) {
            self.first.year().to_string()
        } else if twelve_months {
            format!("{}/{}", self.first.year(), self.last.year())
        } else {
            let days = [self.first, self.last].map(|day| words::date(language, day));
            let [first, last] = days;
            words::message(language, "law-days", &[("first", first.into()), ("last", last.into())])
        }
    }
}

/// An entity's book years: the month in which they regularly end, and the exceptional ones (the
/// first after the founding, a broken one when the end moves, a long one) listed by their days.
///
/// A book year ends with a month, is at most 24 months long, and follows the one before it without
/// a gap. A listed book year whose first day does not follow on a regular or listed one begins the
/// books: before it there are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "Unchecked")]
pub struct BookYears {
    ends_in: i8,
    listed: Vec<BookYear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    ends_in: i8,
    listed: Vec<BookYear>,
}

impl TryFrom<Unchecked> for BookYears {
    type Error = LawRefusal;
    fn try_from(read: Unchecked) -> Result<Self, LawRefusal> {
        Self::new(read.ends_in, read.listed)
    }
}

impl BookYears {
    /// The first day that any book year may have: nothing older is asked for by any law.
    pub const FIRST_DAY: Date = date(1900, 1, 1);
    /// The last day that any book year may have.
    pub const LAST_DAY: Date = date(2999, 12, 31);
    /// How many exceptional book years may be listed.
    pub const MOST_LISTED: usize = 100;

    /// Book years that end with the last day of month `ends_in` (1 to 12), but for those `listed`,
    /// in the order of time.
    ///
    /// # Errors
    /// [`LawRefusal`] if a listed one ends before it begins, ends within a month, is longer than 24
    /// months, or leaves days that lie in no book year or in two.
    pub fn new(ends_in: i8, listed: Vec<BookYear>) -> Result<Self, LawRefusal> {
        if !(1..=12).contains(&ends_in) {
            return Err(LawRefusal::MonthUnknown { month: ends_in });
        }
        if listed.len() > Self::MOST_LISTED {
            return Err(LawRefusal::BookYearsTooMany { most: Self::MOST_LISTED });
        }
        let years = Self { ends_in, listed };
        for (place, year) in years.listed.iter().enumerate() {
            valid(*year)?;
            years.follows_on(place)?;
        }
        Ok(years)
    }

    /// The calendar year, as most have it.
    #[must_use]
    pub fn calendar() -> Self {
        Self { ends_in: 12, listed: Vec::new() }
    }

    /// The month (1 to 12) with which a regular book year ends.
    #[must_use]
    pub fn ends_in(&self) -> i8 {
        self.ends_in
    }

    /// The exceptional ones, in the order of time.
    #[must_use]
    pub fn listed(&self) -> &[BookYear] {
        &self.listed
    }

    /// The book year that `day` lies in.
    ///
    /// # Errors
    /// [`LawRefusal::BeforeTheBooks`] before the first book year of an entity whose books begin
    /// with a listed one; [`LawRefusal::DateUnlikely`] outside 1900 to 2999.
    pub fn book_year_of(&self, day: Date) -> Result<BookYear, LawRefusal> {
        likely(day)?;
        if let Some(year) = self.listed.iter().find(|year| year.covers(day)) {
            return Ok(*year);
        }
        match self.listed.first() {
            Some(&BookYear { first, .. }) if day < first && !self.is_regular_end(day_before(first)) => {
                Err(LawRefusal::BeforeTheBooks { date: day, first })
            }
            _ => Ok(self.regular(day)),
        }
    }

    /// The regular book year around `day`, listed ones left aside.
    fn regular(&self, day: Date) -> BookYear {
        let year = if day.month() > self.ends_in { day.year() + 1 } else { day.year() };
        let end_in = |year| {
            Date::new(year, self.ends_in, 1).expect("a month from 1 to 12 of a likely year").last_of_month()
        };
        let first = end_in(year - 1).tomorrow().expect("a day of a likely year");
        BookYear { first, last: end_in(year) }
    }

    fn is_regular_end(&self, day: Date) -> bool {
        day.month() == self.ends_in && day == day.last_of_month()
    }

    /// Whether the listed book year at `place` follows the one before it, and the one after follows
    /// it: directly listed, or with whole regular years between.
    fn follows_on(&self, place: usize) -> Result<(), LawRefusal> {
        let last = self.listed[place].last;
        let next = self.listed.get(place + 1).map(|next| next.first);
        let adjoins = next == last.tomorrow().ok();
        let regular_between = self.is_regular_end(last)
            && next.is_none_or(|first| first > last && self.is_regular_end(day_before(first)));
        if adjoins || regular_between {
            return Ok(());
        }
        let first = next.unwrap_or_else(|| self.regular(last).last.tomorrow().unwrap_or(last));
        Err(LawRefusal::BookYearsApart { last, first })
    }
}

fn day_before(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}

/// Refuses days that are not a book year's: backwards, ending within a month, above 24 months.
pub(super) fn valid(year: BookYear) -> Result<(), LawRefusal> {
    let BookYear { first, last } = year;
    likely(first)?;
    likely(last)?;
    if last < first {
        Err(LawRefusal::BookYearBackwards { first, last })
    } else if last != last.last_of_month() {
        Err(LawRefusal::BookYearMidMonth { first, last })
    } else if first.saturating_add(24.months()) <= last {
        Err(LawRefusal::BookYearTooLong { first, last })
    } else {
        Ok(())
    }
}

/// Refuses days that no book year can have, so that no date here can overflow.
pub(super) fn likely(day: Date) -> Result<(), LawRefusal> {
    if (BookYears::FIRST_DAY..=BookYears::LAST_DAY).contains(&day) {
        Ok(())
    } else {
        Err(LawRefusal::DateUnlikely { date: day })
    }
}
