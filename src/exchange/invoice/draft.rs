//! A record in the making: what a document states, what a sidecar adds, and the two put together.

use jiff::civil::Date;

use super::{Buyer, Field, Hints, InvoiceRefusal, Kind, OneStopShop, Payment, Record, Vat};
use crate::exchange::vocabulary::{Amount, Class, Country, Currency};

/// A [`Record`] of which any field may be absent. An empty list is absent too.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Draft {
    pub(super) series: Option<String>,
    pub(super) number: Option<String>,
    pub(super) kind: Option<Kind>,
    pub(super) issue_date: Option<Date>,
    pub(super) supply_date: Option<Date>,
    pub(super) seller_country: Option<Country>,
    pub(super) class: Option<Class>,
    pub(super) buyer_name: Option<String>,
    pub(super) buyer_country: Option<Country>,
    pub(super) customer: Option<String>,
    pub(super) vat_number: Option<String>,
    pub(super) postcode: Option<String>,
    pub(super) currency: Option<Currency>,
    pub(super) net: Option<Amount>,
    pub(super) vat: Vec<Vat>,
    pub(super) gross: Option<Amount>,
    pub(super) articles: Vec<String>,
    pub(super) corrects: Vec<String>,
    pub(super) consumption: Option<Country>,
    pub(super) payments: Vec<Payment>,
    pub(super) place_evidence: Vec<String>,
}

/// A field in which two drafts are not the same.
pub(super) struct Difference {
    pub(super) field: Field,
    pub(super) ours: Option<String>,
    pub(super) document: Option<String>,
}

/// The class that a sidecar or the command line states; `ordinary` where neither does. One-stop-shop
/// facts in a sidecar state the class too.
pub(super) fn class(sidecar: &Draft, hints: &Hints) -> Result<Class, InvoiceRefusal> {
    let facts =
        sidecar.consumption.is_some() || !sidecar.payments.is_empty() || !sidecar.place_evidence.is_empty();
    let stated = sidecar.class.or(facts.then_some(Class::OneStopShop));
    match (stated, hints.class) {
        (Some(sidecar), Some(hint)) if sidecar != hint => Err(contradicts(Field::Class, sidecar, hint)),
        (Some(class), _) if facts && class != Class::OneStopShop => {
            Err(contradicts(Field::Class, Class::OneStopShop, class))
        }
        (stated, hint) => Ok(stated.or(hint).unwrap_or(Class::Ordinary)),
    }
}

fn contradicts(field: Field, sidecar: impl ToString, document: impl ToString) -> InvoiceRefusal {
    let (sidecar, document) = (sidecar.to_string(), document.to_string());
    InvoiceRefusal::SidecarContradicts { field, sidecar, document }
}

impl Draft {
    /// The draft that a whole record is.
    pub(super) fn of(record: &Record) -> Self {
        let record = record.clone();
        let shop = record.one_stop_shop.unwrap_or(OneStopShop {
            consumption: None,
            payments: Vec::new(),
            place_evidence: Vec::new(),
        });
        Self {
            series: record.series,
            number: Some(record.number),
            kind: Some(record.kind),
            issue_date: Some(record.issue_date),
            supply_date: record.supply_date,
            seller_country: Some(record.seller_country),
            class: Some(record.class),
            buyer_name: record.buyer.name,
            buyer_country: record.buyer.country,
            customer: record.buyer.customer,
            vat_number: record.buyer.vat_number,
            postcode: record.buyer.postcode,
            currency: Some(record.currency),
            net: Some(record.net),
            vat: record.vat,
            gross: Some(record.gross),
            articles: record.articles,
            corrects: record.corrects,
            consumption: shop.consumption,
            payments: shop.payments,
            place_evidence: shop.place_evidence,
        }
    }

    /// The fields, in the record's order, in which this one differs from what a document states.
    /// Amounts are the same when they are worth the same; the country of consumption is left out,
    /// since a document's delivery address is only a clue to it.
    pub(super) fn differences(&self, document: &Self) -> impl Iterator<Item = Difference> {
        let (a, b) = (self, document);
        [
            one(Field::Series, &a.series, &b.series),
            one(Field::Number, &a.number, &b.number),
            one(Field::Kind, &a.kind.map(Kind::word), &b.kind.map(Kind::word)),
            one(Field::IssueDate, &a.issue_date, &b.issue_date),
            one(Field::SupplyDate, &a.supply_date, &b.supply_date),
            one(Field::SellerCountry, &a.seller_country, &b.seller_country),
            one(Field::BuyerName, &a.buyer_name, &b.buyer_name),
            one(Field::BuyerCountry, &a.buyer_country, &b.buyer_country),
            one(Field::Customer, &a.customer, &b.customer),
            one(Field::VatNumber, &a.vat_number, &b.vat_number),
            one(Field::Postcode, &a.postcode, &b.postcode),
            one(Field::Currency, &a.currency, &b.currency),
            one(Field::Net, &a.net, &b.net),
            many(Field::Vat, &a.vat, &b.vat, vat_text),
            one(Field::Gross, &a.gross, &b.gross),
            many(Field::Articles, &a.articles, &b.articles, Clone::clone),
            many(Field::Corrects, &a.corrects, &b.corrects, Clone::clone),
            many(Field::Payments, &a.payments, &b.payments, |paid| format!("{} {}", paid.date, paid.amount)),
        ]
        .into_iter()
        .flatten()
    }

    /// This document's draft with what a sidecar adds to it.
    ///
    /// # Errors
    /// If both state a field and differ.
    pub(super) fn beside(self, sidecar: Self) -> Result<Self, InvoiceRefusal> {
        if let Some(Difference { field, ours: Some(ours), document: Some(document) }) = sidecar
            .differences(&self)
            .find(|difference| difference.ours.is_some() && difference.document.is_some())
        {
            return Err(contradicts(field, ours, document));
        }
        let list = |document: Vec<_>, sidecar| if document.is_empty() { sidecar } else { document };
        Ok(Self {
            series: self.series.or(sidecar.series),
            number: self.number.or(sidecar.number),
            kind: self.kind.or(sidecar.kind),
            issue_date: self.issue_date.or(sidecar.issue_date),
            supply_date: self.supply_date.or(sidecar.supply_date),
            seller_country: self.seller_country.or(sidecar.seller_country),
            class: self.class.or(sidecar.class),
            buyer_name: self.buyer_name.or(sidecar.buyer_name),
            buyer_country: self.buyer_country.or(sidecar.buyer_country),
            customer: self.customer.or(sidecar.customer),
            vat_number: self.vat_number.or(sidecar.vat_number),
            postcode: self.postcode.or(sidecar.postcode),
            currency: self.currency.or(sidecar.currency),
            net: self.net.or(sidecar.net),
            vat: if self.vat.is_empty() { sidecar.vat } else { self.vat },
            gross: self.gross.or(sidecar.gross),
            articles: list(self.articles, sidecar.articles),
            corrects: list(self.corrects, sidecar.corrects),
            // The one field in which the sidecar leads: it knows, the delivery address is a clue.
            consumption: sidecar.consumption.or(self.consumption),
            payments: if self.payments.is_empty() { sidecar.payments } else { self.payments },
            place_evidence: list(self.place_evidence, sidecar.place_evidence),
        })
    }

    /// The record.
    ///
    /// # Errors
    /// [`InvoiceRefusal::Missing`] with the first field that nobody states.
    pub(super) fn complete(self, class: Class, hints: &Hints) -> Result<Record, InvoiceRefusal> {
        let missing = |field| move || InvoiceRefusal::Missing { field };
        let one_stop_shop = (class == Class::OneStopShop).then_some(OneStopShop {
            consumption: self.consumption.or(self.buyer_country),
            payments: self.payments,
            place_evidence: self.place_evidence,
        });
        Ok(Record {
            series: self.series,
            number: self.number.ok_or_else(missing(Field::Number))?,
            kind: self.kind.unwrap_or(Kind::Invoice),
            issue_date: self.issue_date.ok_or_else(missing(Field::IssueDate))?,
            supply_date: self.supply_date,
            seller_country: self
                .seller_country
                .or(hints.seller_country)
                .ok_or_else(missing(Field::SellerCountry))?,
            class,
            buyer: Buyer {
                name: self.buyer_name,
                country: self.buyer_country,
                customer: self.customer,
                vat_number: self.vat_number,
                postcode: self.postcode,
            },
            currency: self.currency.ok_or_else(missing(Field::Currency))?,
            net: self.net.ok_or_else(missing(Field::Net))?,
            vat: self.vat,
            gross: self.gross.ok_or_else(missing(Field::Gross))?,
            articles: self.articles,
            corrects: self.corrects,
            one_stop_shop,
        })
    }
}

fn one<T: PartialEq + ToString>(field: Field, ours: &Option<T>, document: &Option<T>) -> Option<Difference> {
    let shown = |value: &Option<T>| value.as_ref().map(T::to_string);
    (ours != document).then(|| Difference { field, ours: shown(ours), document: shown(document) })
}

fn many<T: PartialEq>(
    field: Field,
    ours: &[T],
    document: &[T],
    show: fn(&T) -> String,
) -> Option<Difference> {
    let shown =
        |values: &[T]| (!values.is_empty()).then(|| values.iter().map(show).collect::<Vec<_>>().join(", "));
    (ours != document).then(|| Difference { field, ours: shown(ours), document: shown(document) })
}

/// `S 21 %: 100.00 + 21.00`.
fn vat_text(vat: &Vat) -> String {
    let rate = vat.rate.map_or_else(|| "-".into(), |rate| rate.to_string());
    format!("{} {rate} %: {} + {}", vat.category, vat.taxable, vat.tax)
}
