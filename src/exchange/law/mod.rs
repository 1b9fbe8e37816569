//! How long an invoice is kept, and which law says so.
//!
//! Law is data here: [`table`] holds one [`Rule`] per country and class of sale, with its article
//! and a mark that says whether the article was read (*confirmed*) or an adviser is to be asked
//! (*ask*). The rest of the room is arithmetic with dates:
//!
//! ```text
//!  officer's choices        today              an invoice's record
//!   Policy ──────────┬────────┘                    │ class, country, two dates
//!                    v                             v
//!              terms_for ──> Term, Term, … ──> term_for ──> the one Term it belongs to
//!                    │
//!                    v
//!              kept_until(term) ──> Kept { until, because … }   said in English and Dutch
//! ```
//!
//! What it promises: a term is never kept shorter than its row asks, whatever the policy says;
//! every end is the last day of a month; where the law counts from something that an invoice does
//! not show (the last entry, the payment of the tax), one year is added. The same call gives the
//! same answer at the shop and on the box: nothing here reads a clock, a disk or a setting.
//!
//! What it does not promise: legal advice. Rows may be out of date ([`table::DATE`] says of when
//! they are), and no row knows about a pending assessment, a court case or a regulator's order;
//! such things are holds, and the row's [`Remark`]s name the usual ones.
//!
//! It calls only [`vocabulary`](super::vocabulary) and makes no system call.

mod book_year;
mod classify;
mod kept;
mod policy;
pub mod table;
mod term;
#[cfg(test)]
mod tests;

pub use book_year::{BookYear, BookYears};
pub use classify::{Sale, classify};
pub use kept::{Kept, Reason, kept_until, over_at};
pub use policy::{Advice, Lengthened, Policy};
pub use table::{Basis, Mark, Remark, Rule, countries, rule};
pub use term::{Decides, Slug, Term, TermName, deciding_date, term_for, terms_for};

use jiff::civil::Date;

use crate::exchange::vocabulary::{Class, Country};

crate::refusals! {
    /// Why the law gives no answer, or a choice of the officer's is not taken.
    pub enum LawRefusal {
        /// No row of the table is for this country.
        CountryUnknown { country: Country, known: String } = "law-country-unknown",
        /// The country's rows do not know this class.
        ClassUnknown { country: Country, class: Class } = "law-class-unknown",
        /// The row is marked *ask*, and nobody has said whom they asked.
        AdviceMissing { country: Country, class: Class, years: u8 } = "law-advice-missing",
        /// Fewer years than the row has: a term may be lengthened only.
        YearsTooFew { country: Country, class: Class, years: u8, least: u8 } = "law-years-too-few",
        /// More years than [`Policy::MOST_YEARS`].
        YearsTooMany { class: Class, years: u8, most: u8 } = "law-years-too-many",
        /// Two entries of the policy for one class.
        ClassTwice { class: Class } = "law-class-twice",
        /// The adviser's name is empty, too long or has control characters.
        AdviserUnreadable = "law-adviser-unreadable",
        /// The month in which the book year ends is not 1 to 12.
        MonthUnknown { month: i8 } = "law-month-unknown",
        /// A listed book year ends before it begins.
        BookYearBackwards { first: Date, last: Date } = "law-book-year-backwards",
        /// A listed book year does not end on a month's last day.
        BookYearMidMonth { first: Date, last: Date } = "law-book-year-mid-month",
        /// A listed book year is longer than 24 months.
        BookYearTooLong { first: Date, last: Date } = "law-book-year-too-long",
        /// Days between two book years, or in two of them.
        BookYearsApart { last: Date, first: Date } = "law-book-years-apart",
        /// More listed book years than [`BookYears::MOST_LISTED`].
        BookYearsTooMany { most: usize } = "law-book-years-too-many",
        /// The day lies before the first book year.
        BeforeTheBooks { date: Date, first: Date } = "law-before-the-books",
        /// The day is outside [`BookYears::FIRST_DAY`] to [`BookYears::LAST_DAY`].
        DateUnlikely { date: Date } = "law-date-unlikely",
        /// The entity's short name cannot be part of a term's name.
        SlugUnusable { slug: String } = "law-slug-unusable",
        /// The text cannot be a term's name.
        TermNameUnusable { name: String } = "law-term-name-unusable",
        /// A term's name says something else than its fields.
        TermMisnamed { name: String, expected: String } = "law-term-misnamed",
        /// There are terms of this class, but none that has the invoice's day.
        NoTermForDay { date: Date, class: Class, open: String } = "law-no-term-for-day",
        /// There is no term of this class at all.
        NoTermOfClass { date: Date, class: Class, open: String } = "law-no-term-of-class",
        /// Two terms have the invoice's day, and its seller's country does not tell which.
        TermsOverlap { date: Date, one: String, other: String } = "law-terms-overlap",
    }
}
