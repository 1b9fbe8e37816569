//! What would be kept of an invoice, until when and why: before anything is sealed, and without a
//! box if need be.

use jiff::civil::Date;

use super::collect::Source;
use super::enrol::OurBox;
use super::reading::{self, Known};
use super::{Refused, ShopRefusal};
use crate::exchange::invoice::{Reading, Record};
use crate::exchange::law::{
    BookYear, Kept, LawRefusal, Policy, Slug, Term, TermName, deciding_date, kept_until, term_for,
};
use crate::exchange::vocabulary::{Country, EntityId};

/// One invoice, looked at.
pub struct Inspection {
    /// What it says, what is left out, and what does not add up.
    pub reading: Reading,
    /// The document's length in bytes.
    pub bytes: u64,
    /// Until when it is kept; or why no term takes it.
    pub until: Result<Until, Refused>,
}

/// Until when an invoice is kept.
pub struct Until {
    /// The term on the box's card; none where no box is enrolled and the law alone answers.
    pub term: Option<TermName>,
    /// The last day.
    pub date: Date,
    /// By which article.
    pub article: String,
    /// Why, where the law table alone gives this very date; the box's officer may have lengthened it.
    pub because: Option<Kept>,
}

/// Looks at one invoice. `country` is whose law it is where no box is enrolled; else the shop's, or
/// the invoice's seller's.
pub(super) fn inspect(
    source: &Source,
    known: &Known,
    our_box: Option<&OurBox>,
    country: Option<Country>,
) -> Result<Inspection, Refused> {
    let found = reading::read(source, known)?;
    let record = &found.reading.record;
    let until = match (our_box, country) {
        (Some(our_box), None) => by_card(our_box, record),
        _ => by_law(country.or(known.country).unwrap_or(record.seller_country), record),
    };
    Ok(Inspection { bytes: found.promised.document().length, until, reading: found.reading })
}

fn by_card(our_box: &OurBox, record: &Record) -> Result<Until, Refused> {
    let terms = &our_box.card.body().terms;
    let found = term_for(
        terms.iter().map(|term| &term.term),
        record.class,
        record.seller_country,
        record.issue_date,
        record.supply_date,
    )?;
    let term = terms.iter().find(|term| term.term == *found).expect("it is one of these");
    let by_table = Policy::of(found.country()).ok().map(|policy| kept_until(found, &policy));
    Ok(Until {
        term: Some(found.name().clone()),
        date: term.kept_until,
        article: super::refusal::shown(&term.article),
        because: by_table.filter(|kept| kept.until == term.kept_until),
    })
}

fn by_law(country: Country, record: &Record) -> Result<Until, Refused> {
    let policy = Policy::of(country).map_err(|refusal| match refusal {
        LawRefusal::CountryUnknown { country, .. } => Refused::from(ShopRefusal::NoLaw { country }),
        refusal => refusal.into(),
    })?;
    let day = deciding_date(record.class, country, record.issue_date, record.supply_date);
    let days: BookYear = policy.year_of(record.class, day)?;
    let slug: Slug = "shop".parse().expect("a short name of the form");
    // Only its days count here: it is never sealed to.
    let term = Term::new(&slug, EntityId([0; 16]), country, record.class, days)?;
    let kept = kept_until(&term, &policy);
    Ok(Until { term: None, date: kept.until, article: kept.article.to_owned(), because: Some(kept) })
}
