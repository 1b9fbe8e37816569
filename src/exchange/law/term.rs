//! Terms: what expires together, its name, and the one that an invoice belongs to.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{BookYear, LawRefusal, Policy, book_year, rule};
use crate::exchange::vocabulary::{Class, Country, EntityId};

/// A term's name, such as `trampoline-nl-ordinary-2026-12`: the entity's short name, the country,
/// the class, and the year and month of the last day. It is also its directory's name.
///
/// Lower-case `a` to `z`, digits and single hyphens between them, at most 80 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TermName(String);

/// The entity's short name in the names of its terms, such as `trampoline`: as [`TermName`], at
/// most 40 bytes, so that every name made with it fits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl TermName {
    /// The longest name, in bytes.
    pub const LONGEST: usize = 80;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(slug: &Slug, ending: &str) -> Self {
        Self(format!("{slug}-{ending}"))
    }
}

impl Slug {
    /// The longest short name, in bytes.
    pub const LONGEST: usize = 40;

    /// The short name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A short name out of what people call the entity: "Trampoline B.V." gives `trampoline-b-v`.
    /// None if nothing usable is left.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut slug = String::new();
        for character in name.chars().flat_map(char::to_lowercase) {
            if slug.len() >= Self::LONGEST {
                break;
            }
            if character.is_ascii_alphanumeric() {
                slug.push(character);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.trim_end_matches('-').parse().ok()
    }
}

fn is_hyphened_word(text: &str, longest: usize) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.len() <= longest && text.split('-').all(part)
}

impl TryFrom<String> for TermName {
    type Error = LawRefusal;
    fn try_from(name: String) -> Result<Self, LawRefusal> {
        if is_hyphened_word(&name, Self::LONGEST) {
            Ok(Self(name))
        } else {
            Err(LawRefusal::TermNameUnusable { name: shown(&name) })
        }
    }
}

impl TryFrom<String> for Slug {
    type Error = LawRefusal;
    fn try_from(slug: String) -> Result<Self, LawRefusal> {
        if is_hyphened_word(&slug, Self::LONGEST) {
            Ok(Self(slug))
        } else {
            Err(LawRefusal::SlugUnusable { slug: shown(&slug) })
        }
    }
}

/// What can be shown of a hostile name: its first characters, control characters escaped.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(80).flat_map(char::escape_default).collect()
}

macro_rules! as_text {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = LawRefusal;
            fn from_str(text: &str) -> Result<Self, LawRefusal> {
                text.to_owned().try_into()
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
as_text!(TermName);
as_text!(Slug);

/// What expires together: an entity's invoices of one class from the first to the last day of a
/// book year (calendar year for the one-stop shop and immovable property). It has one key.
///
/// The name always says what the other fields say, and the table always has a row for it. The order
/// of the fields is that of the CBOR map (`bundle/FORMAT.md`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "Unchecked")]
pub struct Term {
    name: TermName,
    entity: EntityId,
    country: Country,
    class: Class,
    first: Date,
    last: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    name: TermName,
    entity: EntityId,
    country: Country,
    class: Class,
    first: Date,
    last: Date,
}

impl TryFrom<Unchecked> for Term {
    type Error = LawRefusal;
    fn try_from(read: Unchecked) -> Result<Self, LawRefusal> {
        let ending = name_ending(read.country, read.class, read.last);
        let misnamed = || LawRefusal::TermMisnamed { name: read.name.to_string(), expected: ending.clone() };
        let slug = read.name.as_str().strip_suffix(&ending).and_then(|slug| slug.strip_suffix('-'));
        let slug = slug.ok_or_else(misnamed)?.parse()?;
        let days = BookYear { first: read.first, last: read.last };
        // Held to its form, not to today's table: a table without its row must not make an old card or
        // certificate unreadable.
        Self::of_form(&slug, read.entity, read.country, read.class, days)
    }
}

fn name_ending(country: Country, class: Class, last: Date) -> String {
    let country = country.to_string().to_ascii_lowercase();
    format!("{country}-{class}-{:04}-{:02}", last.year(), last.month())
}

impl Term {
    /// A new term and its name.
    ///
    /// # Errors
    /// [`LawRefusal::ClassUnknown`] if the table has no row for it; a refusal of [`BookYear`]s if
    /// its days cannot be one.
    pub fn new(
        slug: &Slug,
        entity: EntityId,
        country: Country,
        class: Class,
        days: BookYear,
    ) -> Result<Self, LawRefusal> {
        if rule(country, class, days.last).is_none() {
            return Err(LawRefusal::ClassUnknown { country, class });
        }
        Self::of_form(slug, entity, country, class, days)
    }

    fn of_form(
        slug: &Slug,
        entity: EntityId,
        country: Country,
        class: Class,
        days: BookYear,
    ) -> Result<Self, LawRefusal> {
        let BookYear { first, last } = days;
        book_year::valid(days)?;
        let name = TermName::of(slug, &name_ending(country, class, last));
        Ok(Self { name, entity, country, class, first, last })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &TermName {
        &self.name
    }

    /// Whose books these are.
    #[must_use]
    pub fn entity(&self) -> EntityId {
        self.entity
    }

    /// The country whose law says how long.
    #[must_use]
    pub fn country(&self) -> Country {
        self.country
    }

    /// The class of its invoices.
    #[must_use]
    pub fn class(&self) -> Class {
        self.class
    }

    /// The first day that decides for it.
    #[must_use]
    pub fn first(&self) -> Date {
        self.first
    }

    /// The last day that decides for it: a month's last.
    #[must_use]
    pub fn last(&self) -> Date {
        self.last
    }

    /// Both days.
    #[must_use]
    pub fn days(&self) -> BookYear {
        BookYear { first: self.first, last: self.last }
    }

    /// Which date of an invoice puts it into this term.
    #[must_use]
    pub fn decides(&self) -> Decides {
        Decides::of_class(self.class)
    }
}

/// Which date of an invoice puts it into a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decides {
    /// The date of issue.
    IssueDate,
    /// The date of supply; where the invoice states none, the date of issue.
    SupplyDate,
}

impl Decides {
    /// The day of supply for the one-stop shop (the law counts from the year of the transaction) and for
    /// immovable property (the year of first use), the day of issue for ordinary invoices. No table of
    /// law can change it: that would move single invoices from one term's key to another's.
    #[must_use]
    pub fn of_class(class: Class) -> Self {
        match class {
            Class::Ordinary => Self::IssueDate,
            Class::OneStopShop | Class::ImmovableProperty => Self::SupplyDate,
        }
    }

    /// The deciding one of an invoice's two dates.
    #[must_use]
    pub fn of(self, issue: Date, supply: Option<Date>) -> Date {
        match self {
            Self::IssueDate => issue,
            Self::SupplyDate => supply.unwrap_or(issue),
        }
    }
}

/// The day that puts an invoice of `class` into a term.
#[must_use]
pub fn deciding_date(class: Class, issue: Date, supply: Option<Date>) -> Date {
    Decides::of_class(class).of(issue, supply)
}

/// The terms that an entity needs on the day `today`: per class the one that the day lies in, the
/// next, and `back` earlier ones (fewer where the books begin later), oldest first.
///
/// # Errors
/// As [`Policy::answers`] and [`Policy::year_of`].
pub fn terms_for(
    entity: EntityId,
    slug: &Slug,
    policy: &Policy,
    today: Date,
    back: u8,
    classes: &[Class],
) -> Result<Vec<Term>, LawRefusal> {
    let mut terms = Vec::new();
    for &class in classes {
        policy.answers(class)?;
        let current = policy.year_of(class, today)?;
        let mut years = vec![current];
        if let Ok(after) = current.last.tomorrow() {
            years.push(policy.year_of(class, after)?);
        }
        let mut oldest = current;
        for _ in 0..back {
            match oldest.first.yesterday().map(|day| policy.year_of(class, day)) {
                Ok(Ok(before)) => oldest = before,
                // The books begin here.
                _ => break,
            }
            years.insert(0, oldest);
        }
        for days in years {
            terms.push(Term::new(slug, entity, policy.country(), class, days)?);
        }
    }
    Ok(terms)
}

/// The term, of those given, that an invoice belongs to. The shop sorts by it and the box works it
/// out again; both call this with the terms on the card.
///
/// `seller` is where the invoice's seller is established. It tells only between two terms of one
/// class and day by different law; whose law it is, is otherwise the card's word and not the
/// invoice's.
///
/// # Errors
/// [`LawRefusal::NoTermForDay`] and [`LawRefusal::NoTermOfClass`] name the day and what there is;
/// [`LawRefusal::TermsOverlap`].
pub fn term_for<'a>(
    terms: impl Iterator<Item = &'a Term>,
    class: Class,
    seller: Country,
    issue: Date,
    supply: Option<Date>,
) -> Result<&'a Term, LawRefusal> {
    let mut others = Vec::new();
    let mut of_class = Vec::new();
    for term in terms {
        if term.class == class { of_class.push(term) } else { others.push(term) }
    }
    let day = |term: &Term| term.decides().of(issue, supply);
    let mut fitting: Vec<_> = of_class.iter().copied().filter(|term| term.days().covers(day(term))).collect();
    if fitting.len() > 1 && fitting.iter().any(|term| term.country == seller) {
        fitting.retain(|term| term.country == seller);
    }
    match (fitting.as_slice(), of_class.first()) {
        ([term], _) => Ok(term),
        ([one, other, ..], _) => Err(LawRefusal::TermsOverlap {
            date: day(one),
            one: one.name.to_string(),
            other: other.name.to_string(),
        }),
        ([], Some(first)) => {
            Err(LawRefusal::NoTermForDay { date: day(first), class, open: names(&of_class) })
        }
        ([], None) => {
            let date = deciding_date(class, issue, supply);
            Err(LawRefusal::NoTermOfClass { date, class, open: names(&others) })
        }
    }
}

/// Names for a refusal: the first dozen.
fn names(terms: &[&Term]) -> String {
    let mut names: Vec<_> = terms.iter().take(12).map(|term| term.name.as_str()).collect();
    if terms.is_empty() {
        names.push("-");
    }
    if terms.len() > names.len() {
        names.push("…");
    }
    names.join(", ")
}
