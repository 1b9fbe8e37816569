//! What the officer chose: country, book years, and terms that are longer than the law's.

use serde::{Deserialize, Serialize};

use super::{BookYear, BookYears, LawRefusal, Mark, countries, rule};
use crate::exchange::vocabulary::{Class, Country};
use jiff::civil::Date;

/// Years that the officer added to a class of their own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lengthened {
    /// Which invoices.
    pub class: Class,
    /// How many years more.
    pub years: u8,
}

/// Years that somebody advised for a class, and who: wanted where the row is marked *ask*.
///
/// It speaks of every row of the class, those for earlier years too (Belgium before 2023): what nobody
/// has read is rather kept too long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// Which invoices.
    pub class: Class,
    /// The whole number of years, never fewer than the row's.
    pub years: u8,
    /// Who advised, as the officer typed it: "Visser accountants, 3 March 2026".
    pub adviser: String,
}

/// The officer's choices. They can only lengthen what the table says: [`Policy::new`] refuses less,
/// and [`kept_until`](super::kept_until) takes the larger of both even if the table has grown since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "Unchecked")]
pub struct Policy {
    country: Country,
    book_years: BookYears,
    lengthened: Vec<Lengthened>,
    advised: Vec<Advice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    country: Country,
    book_years: BookYears,
    lengthened: Vec<Lengthened>,
    advised: Vec<Advice>,
}

impl TryFrom<Unchecked> for Policy {
    type Error = LawRefusal;
    /// What was stored is held to its form, not to today's table: a table that asks more years than
    /// an adviser once said must not keep a box from opening.
    fn try_from(read: Unchecked) -> Result<Self, LawRefusal> {
        Self::of_form(read.country, read.book_years, read.lengthened, read.advised)
    }
}

impl Policy {
    /// The most years that an officer may add or type.
    pub const MOST_YEARS: u8 = 100;
    /// The longest an adviser's name may be, in bytes.
    pub const LONGEST_ADVISER: usize = 200;

    /// The officer's choices, held against the table.
    ///
    /// # Errors
    /// [`LawRefusal`] for a country that the table does not know, fewer years than a row asks, more
    /// than [`Policy::MOST_YEARS`], a class named twice, an adviser without a name.
    pub fn new(
        country: Country,
        book_years: BookYears,
        lengthened: Vec<Lengthened>,
        advised: Vec<Advice>,
    ) -> Result<Self, LawRefusal> {
        let code = country.to_string();
        if !countries().any(|known| known == code) {
            let known = countries().collect::<Vec<_>>().join(", ");
            return Err(LawRefusal::CountryUnknown { country, known });
        }
        for Advice { class, years, .. } in &advised {
            // Today's row, the one that new terms will be under.
            let row = rule(country, *class, BookYears::LAST_DAY)
                .ok_or(LawRefusal::ClassUnknown { country, class: *class })?;
            if *years < row.years {
                return Err(LawRefusal::YearsTooFew {
                    country,
                    class: *class,
                    years: *years,
                    least: row.years,
                });
            }
        }
        Self::of_form(country, book_years, lengthened, advised)
    }

    fn of_form(
        country: Country,
        book_years: BookYears,
        lengthened: Vec<Lengthened>,
        advised: Vec<Advice>,
    ) -> Result<Self, LawRefusal> {
        once_each(lengthened.iter().map(|one| (one.class, one.years)))?;
        once_each(advised.iter().map(|one| (one.class, one.years)))?;
        let readable = |one: &Advice| {
            !one.adviser.trim().is_empty()
                && one.adviser.len() <= Self::LONGEST_ADVISER
                && !one.adviser.chars().any(char::is_control)
        };
        if !advised.iter().all(readable) {
            return Err(LawRefusal::AdviserUnreadable);
        }
        Ok(Self { country, book_years, lengthened, advised })
    }

    /// A country's law with calendar years and nothing added.
    ///
    /// # Errors
    /// [`LawRefusal::CountryUnknown`].
    pub fn of(country: Country) -> Result<Self, LawRefusal> {
        Self::new(country, BookYears::calendar(), Vec::new(), Vec::new())
    }

    /// The country whose law the books are kept by.
    #[must_use]
    pub fn country(&self) -> Country {
        self.country
    }

    /// The entity's book years.
    #[must_use]
    pub fn book_years(&self) -> &BookYears {
        &self.book_years
    }

    /// Years that the officer adds to `class`; 0 where none.
    #[must_use]
    pub fn added_years(&self, class: Class) -> u8 {
        self.lengthened.iter().find(|one| one.class == class).map_or(0, |one| one.years)
    }

    /// What somebody advised for `class`.
    #[must_use]
    pub fn advice(&self, class: Class) -> Option<&Advice> {
        self.advised.iter().find(|one| one.class == class)
    }

    /// The days of the term of `class` that `day` lies in: the book year for ordinary invoices; the
    /// calendar year for the others, which the law counts by the year of the transaction or of the
    /// first use, so that no broken book year keeps them a year longer.
    ///
    /// # Errors
    /// As [`BookYears::book_year_of`].
    pub fn year_of(&self, class: Class, day: Date) -> Result<BookYear, LawRefusal> {
        match class {
            Class::Ordinary => self.book_years.book_year_of(day),
            Class::OneStopShop | Class::ImmovableProperty => {
                super::book_year::likely(day)?;
                Ok(BookYear::calendar(day))
            }
        }
    }

    /// Whether terms of `class` can be made under this policy: the table has a row, and where it is
    /// marked *ask*, somebody was asked.
    ///
    /// # Errors
    /// [`LawRefusal::ClassUnknown`], [`LawRefusal::AdviceMissing`].
    pub fn answers(&self, class: Class) -> Result<(), LawRefusal> {
        let country = self.country;
        let row =
            rule(country, class, BookYears::LAST_DAY).ok_or(LawRefusal::ClassUnknown { country, class })?;
        if row.mark == Mark::Ask && self.advice(class).is_none() {
            return Err(LawRefusal::AdviceMissing { country, class, years: row.years });
        }
        Ok(())
    }
}

fn once_each(entries: impl Iterator<Item = (Class, u8)>) -> Result<(), LawRefusal> {
    let mut seen = Vec::new();
    for (class, years) in entries {
        if seen.contains(&class) {
            return Err(LawRefusal::ClassTwice { class });
        }
        if years > Policy::MOST_YEARS {
            return Err(LawRefusal::YearsTooMany { class, years, most: Policy::MOST_YEARS });
        }
        seen.push(class);
    }
    Ok(())
}
