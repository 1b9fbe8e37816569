//! The search and its list with sums.

use jiff::civil::Date;
use maud::{Markup, html};

use super::super::http::{Request, encoded};
use super::super::page::{Field, Say, TermState, Tone, badge, field, notice, pager};
use super::super::typed::{self, End};
use crate::exchange::vocabulary::{Amount, Country, Currency};

/// What was asked, as it was typed, so that it stands in the form again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// A number, or the first of a range.
    pub number: String,
    /// The last number of a range.
    pub number_to: String,
    /// The first day of issue, in a form that [`typed::day`](super::super::typed::day) reads.
    pub from: String,
    /// The last day of issue, likewise.
    pub until: String,
    /// The customer's name, number, VAT number or postcode.
    pub customer: String,
    /// A total, or the least of a range.
    pub amount: String,
    /// The most of a range.
    pub amount_to: String,
}

impl Query {
    /// Whether nothing was asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The address of this search, without a page.
    #[must_use]
    pub fn address(&self) -> String {
        let pairs: Vec<_> = self
            .pairs()
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        format!("/search?{}", pairs.join("&"))
    }

    /// Reads a search from a request.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let typed = |name| request.query(name).to_owned();
        Self {
            number: typed("number"),
            number_to: typed("number-to"),
            from: typed("from"),
            until: typed("until"),
            customer: typed("customer"),
            amount: typed("amount"),
            amount_to: typed("amount-to"),
        }
    }

    /// What was meant, or what is wrong, by the field's name.
    ///
    /// # Errors
    /// Each field that cannot be read, with the message that says so.
    pub fn meant(&self) -> Result<Meant, Vec<(&'static str, &'static str)>> {
        let mut wrong = Vec::new();
        let mut day = |name, text: &str, end| {
            let read = typed::day(text, end);
            if read.is_none() && !text.is_empty() {
                wrong.push((name, "console-search-wrong-day"));
            }
            read
        };
        let (from, until) = (day("from", &self.from, End::First), day("until", &self.until, End::Last));
        let mut amount = |name, text: &str| {
            let read = typed::amount(text);
            if read.is_none() && !text.is_empty() {
                wrong.push((name, "console-search-wrong-amount"));
            }
            read
        };
        let (least, most) = (amount("amount", &self.amount), amount("amount-to", &self.amount_to));
        for (name, text) in [("number", &self.number), ("number-to", &self.number_to)] {
            if text.chars().count() > 80 {
                wrong.push((name, "console-search-wrong-number"));
            }
        }
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            wrong.push(("until", "console-search-wrong-order"));
        }
        if least.zip(most).is_some_and(|(least, most)| most < least) {
            wrong.push(("amount-to", "console-search-wrong-order"));
        }
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if wrong.is_empty() {
            Ok(Meant {
                number: given(&self.number),
                number_to: given(&self.number_to),
                from,
                until,
                customer: given(&self.customer),
                amount: least,
                amount_to: most,
            })
        } else {
            Err(wrong)
        }
    }

    fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("number", &self.number),
            ("number-to", &self.number_to),
            ("from", &self.from),
            ("until", &self.until),
            ("customer", &self.customer),
            ("amount", &self.amount),
            ("amount-to", &self.amount_to),
        ]
    }
}

/// A search as it is meant. A range without its end is the one thing itself for numbers and
/// amounts; for days it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    /// The number, or the first of a range.
    pub number: Option<String>,
    /// The last number of a range.
    pub number_to: Option<String>,
    /// The first day of issue.
    pub from: Option<Date>,
    /// The last day of issue.
    pub until: Option<Date>,
    /// The customer's name, number, VAT number or postcode.
    pub customer: Option<String>,
    /// The total, or the least of a range.
    pub amount: Option<Amount>,
    /// The most of a range.
    pub amount_to: Option<Amount>,
}

/// One line of the list.
pub struct Row {
    /// The invoice's part of the address.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Whether it is a credit note.
    pub credit: bool,
    /// The day of issue.
    pub date: Date,
    /// The customer's name, or number where there is no name.
    pub customer: String,
    /// The customer's country.
    pub country: Option<Country>,
    /// Total without VAT.
    pub net: Amount,
    /// The VAT.
    pub vat: Amount,
    /// Total with VAT.
    pub gross: Amount,
    /// Of every amount in the line.
    pub currency: Currency,
    /// Where its term is.
    pub state: TermState,
}

/// Sums of everything found in one currency, not of the page only; credit notes count down.
pub struct Sum {
    /// The currency.
    pub currency: Currency,
    /// Without VAT.
    pub net: Amount,
    /// VAT.
    pub vat: Amount,
    /// With VAT.
    pub gross: Amount,
}

/// The page.
#[derive(Default)]
pub struct SearchView {
    /// What was asked.
    pub query: Query,
    /// What is wrong with it, by the field's name.
    pub errors: Vec<(&'static str, String)>,
    /// This page's lines; `None` where nothing was looked up.
    pub rows: Option<Vec<Row>>,
    /// Sums per currency.
    pub sums: Vec<Sum>,
    /// Invoices found in all.
    pub found: u64,
    /// This page, from 1.
    pub page: u32,
    /// Pages in all.
    pub pages: u32,
    /// Terms that the search could not look into, each with the reason in a sentence.
    pub locked: Vec<String>,
}

/// The form, and below it what was found.
#[must_use]
pub fn search(say: Say, view: &SearchView) -> Markup {
    html! {
        h1 { (say.text("console-search-title")) }
        (form(say, view))
        @if let Some(rows) = &view.rows {
            section aria-labelledby="found" {
                h2 #found { (say.with("console-search-found", &[("count", &view.found.to_string())])) }
                @if !view.locked.is_empty() {
                    (notice(Tone::Care, &html! { @for sentence in &view.locked { p { (sentence) } } }))
                }
                @if rows.is_empty() {
                    p { (say.text("console-search-none")) }
                } @else {
                    (list(say, view, rows))
                    (pager(say, &view.query.address(), view.page, view.pages))
                }
            }
        }
    }
}

fn form(say: Say, view: &SearchView) -> Markup {
    let input = |name: &'static str, value: &str, hint: Option<&str>| {
        field(&Field {
            name,
            kind: "text",
            label: say.text(&format!("console-search-{name}")),
            hint: hint.map(|name| say.text(name)),
            error: view.errors.iter().find(|(of, _)| *of == name).map(|(_, error)| error.clone()),
            value,
            complete: "off",
            required: false,
        })
    };
    let query = &view.query;
    html! {
        form.card.search method="get" action="/search" role="search" {
            fieldset {
                legend { (say.text("console-search-by-number")) }
                (input("number", &query.number, None))
                (input("number-to", &query.number_to, None))
            }
            fieldset {
                legend { (say.text("console-search-by-date")) }
                (input("from", &query.from, None))
                (input("until", &query.until, None))
            }
            fieldset {
                legend { (say.text("console-search-by-amount")) }
                (input("amount", &query.amount, None))
                (input("amount-to", &query.amount_to, None))
            }
            fieldset.wide {
                legend { (say.text("console-search-by-customer")) }
                (input("customer", &query.customer, Some("console-search-customer-hint")))
            }
            div.actions {
                button type="submit" { (say.text("console-search-go")) }
                @if !query.is_empty() { a href="/search" { (say.text("console-search-clear")) } }
            }
            p.hint { (say.text("console-search-hint")) " " (say.text("console-search-date-hint")) }
        }
    }
}

fn list(say: Say, view: &SearchView, rows: &[Row]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(say.text("console-search-caption")) {
            table.list {
                caption.unseen { (say.text("console-search-caption")) }
                thead {
                    tr {
                        th scope="col" { (say.text("console-col-number")) }
                        th scope="col" { (say.text("console-col-date")) }
                        th scope="col" { (say.text("console-col-customer")) }
                        th.number scope="col" { (say.text("console-col-net")) }
                        th.number scope="col" { (say.text("console-col-vat")) }
                        th.number scope="col" { (say.text("console-col-gross")) }
                        th scope="col" { (say.text("console-col-term")) }
                    }
                }
                tbody { @for row in rows { (line(say, row)) } }
                tfoot {
                    @for sum in &view.sums {
                        tr {
                            th scope="row" colspan="3" {
                                (say.with("console-search-sum", &[("count", &view.found.to_string())]))
                            }
                            td.number { (say.money(sum.net, sum.currency)) }
                            td.number { (say.money(sum.vat, sum.currency)) }
                            td.number { strong { (say.money(sum.gross, sum.currency)) } }
                            td {}
                        }
                    }
                }
            }
        }
    }
}

fn line(say: Say, row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href={ "/invoice/" (encoded(&row.id)) } { (row.number) }
                @if row.credit { " " span.tag { (say.text("console-kind-credit-note")) } }
            }
            td { time datetime=(row.date) { (say.date(row.date)) } }
            td {
                (row.customer)
                @if let Some(country) = row.country { " " span.aside { (say.country(country)) } }
            }
            td.number { (say.money(row.net, row.currency)) }
            td.number { (say.money(row.vat, row.currency)) }
            td.number { (say.money(row.gross, row.currency)) }
            td { (badge(say, row.state)) }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_search_survives_its_own_address() {
        let request =
            Request::of("/search?number=TV%2F7&from=2026&until=3-2026&customer=J%C3%B6rg+%26+Zn&amount=12,5");
        let query = Query::of(&request);
        assert_eq!(Query::of(&Request::of(&query.address())), query);
        let meant = query.meant().unwrap();
        assert_eq!(meant.number.as_deref(), Some("TV/7"));
        assert_eq!(meant.until.unwrap().to_string(), "2026-03-31");
        assert_eq!(meant.customer.as_deref(), Some("Jörg & Zn"));
        assert_eq!(meant.amount.unwrap().to_string(), "12.5");
        assert_eq!(meant.amount_to, None);
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_field() {
        let query = Query::of(&Request::of("/search?from=yesterday&until=2026&amount=20&amount-to=10"));
        assert_eq!(
            query.meant(),
            Err(vec![("from", "console-search-wrong-day"), ("amount-to", "console-search-wrong-order"),])
        );
    }
}
