//! The sidecar: a small JSON file beside a document, for what a program cannot read in it.
//!
//! Its fields are the record's, each optional, and no other is taken; amounts are texts, because a
//! JSON number is not an exact decimal to every program that writes one. Beside a structured
//! document it adds what that does not state (payments, evidence of place, a class) and may repeat,
//! but not contradict it. Beside a plain PDF it must state number, issue date, currency, net and
//! gross (and the seller's country, if the shop's settings do not):
//!
//! ```json
//! {
//!   "series": "WEB",
//!   "number": "2026-0001",
//!   "kind": "invoice",
//!   "issue_date": "2026-03-05",
//!   "supply_date": "2026-03-04",
//!   "seller_country": "NL",
//!   "class": "ordinary",
//!   "buyer": {
//!     "name": "J. Jansen", "country": "BE", "customer": "K-1007",
//!     "vat_number": "BE0123456789", "postcode": "2000"
//!   },
//!   "currency": "EUR",
//!   "net": "100.00",
//!   "vat": [{ "category": "S", "rate": "21", "taxable": "100.00", "tax": "21.00" }],
//!   "gross": "121.00",
//!   "articles": ["TR-300"],
//!   "corrects": [],
//!   "one_stop_shop": {
//!     "consumption": "BE",
//!     "payments": [{ "date": "2026-03-05", "amount": "121.00" }],
//!     "place_evidence": ["billing-address", "bank"]
//!   }
//! }
//! ```
//!
//! `kind` is `invoice`, `credit-note`, `corrected`, `prepayment` or `self-billed`; `class` is
//! `ordinary`, `one-stop-shop` or `immovable-property`.

use serde::Deserialize;

use super::draft::Draft;
use super::{Field, InvoiceRefusal, Kind, MOST_PARTS, Payment, Vat, values};

/// The longest sidecar, in bytes.
const LONGEST: usize = 1 << 20;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Sidecar {
    series: Option<String>,
    number: Option<String>,
    kind: Option<Kind>,
    issue_date: Option<String>,
    supply_date: Option<String>,
    seller_country: Option<String>,
    class: Option<String>,
    buyer: SidecarBuyer,
    currency: Option<String>,
    net: Option<String>,
    vat: Vec<SidecarVat>,
    gross: Option<String>,
    articles: Vec<String>,
    corrects: Vec<String>,
    one_stop_shop: SidecarShop,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SidecarBuyer {
    name: Option<String>,
    country: Option<String>,
    customer: Option<String>,
    vat_number: Option<String>,
    postcode: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SidecarVat {
    category: Option<String>,
    rate: Option<String>,
    taxable: String,
    tax: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SidecarShop {
    consumption: Option<String>,
    payments: Vec<SidecarPayment>,
    place_evidence: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SidecarPayment {
    date: String,
    amount: String,
}

/// Reads a sidecar.
///
/// # Errors
/// The line of broken JSON, the name of a field that there is not, a value that is not of its form.
pub(super) fn parse(bytes: &[u8]) -> Result<Draft, InvoiceRefusal> {
    if bytes.len() > LONGEST {
        return Err(InvoiceRefusal::SidecarTooLarge { limit: LONGEST >> 20 });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // serde would take a list of values in the order of the fields too.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(InvoiceRefusal::Sidecar { line: 1, what: "expected {".into() });
    }
    let sidecar: Sidecar = serde_json::from_slice(bytes).map_err(|error| refused(&error))?;
    sidecar.draft()
}

/// What serde_json says, as a refusal; a test holds the two wordings that are taken apart.
fn refused(error: &serde_json::Error) -> InvoiceRefusal {
    let message = error.to_string();
    match message.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')) {
        Some((name, _)) => {
            let name = name.chars().filter(|c| !c.is_control()).take(60).collect();
            InvoiceRefusal::SidecarUnknown { name }
        }
        None => {
            let what = message.split(" at line ").next().unwrap_or_default();
            let what = what.chars().filter(|c| !c.is_control()).take(200).collect();
            InvoiceRefusal::Sidecar { line: error.line(), what }
        }
    }
}

impl Sidecar {
    fn draft(self) -> Result<Draft, InvoiceRefusal> {
        let class =
            self.class.map(|class| class.parse().map_err(|_| values::malformed(Field::Class, &class)));
        Ok(Draft {
            series: text(Field::Series, self.series)?,
            number: text(Field::Number, self.number)?,
            kind: self.kind,
            issue_date: value(Field::IssueDate, self.issue_date, values::date)?,
            supply_date: value(Field::SupplyDate, self.supply_date, values::date)?,
            seller_country: value(Field::SellerCountry, self.seller_country, values::country)?,
            class: class.transpose()?,
            buyer_name: text(Field::BuyerName, self.buyer.name)?,
            buyer_country: value(Field::BuyerCountry, self.buyer.country, values::country)?,
            customer: text(Field::Customer, self.buyer.customer)?,
            vat_number: text(Field::VatNumber, self.buyer.vat_number)?,
            postcode: text(Field::Postcode, self.buyer.postcode)?,
            currency: value(Field::Currency, self.currency, values::currency)?,
            net: value(Field::Net, self.net, values::amount)?,
            vat: list(Field::Vat, self.vat, SidecarVat::read)?,
            gross: value(Field::Gross, self.gross, values::amount)?,
            articles: texts(Field::Articles, self.articles)?,
            corrects: texts(Field::Corrects, self.corrects)?,
            consumption: value(Field::Consumption, self.one_stop_shop.consumption, values::country)?,
            payments: list(Field::Payments, self.one_stop_shop.payments, |payment| {
                Ok(Payment {
                    date: values::date(Field::Payments, &payment.date)?,
                    amount: values::amount(Field::Payments, &payment.amount)?,
                })
            })?,
            place_evidence: texts(Field::PlaceEvidence, self.one_stop_shop.place_evidence)?,
        })
    }
}

impl SidecarVat {
    fn read(self) -> Result<Vat, InvoiceRefusal> {
        Ok(Vat {
            // The standard rate, and every reduced one, is category S.
            category: text(Field::Vat, self.category)?.unwrap_or_else(|| "S".into()),
            rate: value(Field::Vat, self.rate, values::amount)?,
            taxable: values::amount(Field::Vat, &self.taxable)?,
            tax: values::amount(Field::Vat, &self.tax)?,
        })
    }
}

fn text(field: Field, raw: Option<String>) -> Result<Option<String>, InvoiceRefusal> {
    raw.map_or(Ok(None), |raw| values::text(field, &raw))
}

fn value<T>(
    field: Field,
    raw: Option<String>,
    read: fn(Field, &str) -> Result<T, InvoiceRefusal>,
) -> Result<Option<T>, InvoiceRefusal> {
    raw.map(|raw| read(field, &raw)).transpose()
}

fn list<T, U>(
    field: Field,
    raw: Vec<T>,
    read: impl Fn(T) -> Result<U, InvoiceRefusal>,
) -> Result<Vec<U>, InvoiceRefusal> {
    if raw.len() > MOST_PARTS {
        return Err(InvoiceRefusal::TooMany { field, limit: MOST_PARTS });
    }
    raw.into_iter().map(read).collect()
}

/// Texts, each once, in order of appearance.
fn texts(field: Field, raw: Vec<String>) -> Result<Vec<String>, InvoiceRefusal> {
    let mut seen = std::collections::HashSet::new();
    let texts = list(field, raw, |raw| values::text(field, &raw))?;
    Ok(texts.into_iter().flatten().filter(|text| seen.insert(text.clone())).collect())
}
