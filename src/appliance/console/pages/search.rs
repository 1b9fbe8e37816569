//! The search and its list with sums.

use jiff::civil::Date;
use maud::{Markup, html};

use super::super::page::{Field, Say, Tone, badge, field, kept_longer, notice, pager};
use super::invoice::address;
use super::query::{Page, ROWS, Typed};
use crate::appliance::keeper::{Cursor, Sums, TermState};
use crate::exchange::vocabulary::{Amount, Country, Currency};

/// One line of the list.
pub struct Row {
    /// The invoice's part of the address.
    pub place: String,
    /// Its number.
    pub number: String,
    /// The day of issue.
    pub date: Date,
    /// Where its term is.
    pub state: TermState,
    /// Whether it is kept longer than its term.
    pub held: bool,
    /// The rest; `None` in a term that is due.
    pub open: Option<OpenRow>,
}

/// What is listed of an invoice whose term is not over.
pub struct OpenRow {
    /// Whether it is a credit note.
    pub credit: bool,
    /// The customer's name, or number where there is no name.
    pub customer: String,
    /// The customer's country, where it is not the shop's own.
    pub country: Option<Country>,
    /// Total without VAT.
    pub net: Amount,
    /// The VAT.
    pub vat: Option<Amount>,
    /// Total with VAT.
    pub gross: Amount,
    /// Of every amount in the line.
    pub currency: Currency,
}

/// What was found.
pub struct Found {
    /// This page's lines.
    pub rows: Vec<Row>,
    /// Per currency: of invoices, and of credit notes apart. Of everything found that is not locked,
    /// not of the page only.
    pub sums: Vec<(Currency, Sums, Sums)>,
    /// Invoices found in all, those in locked terms too.
    pub count: u64,
    /// How many of them are in locked terms.
    pub locked: u64,
    /// Which page this is.
    pub page: Page,
    /// Where the next one begins.
    pub next: Option<Cursor>,
}

/// The page.
#[derive(Default)]
pub struct SearchView {
    /// What was asked.
    pub query: Typed,
    /// What is wrong with it, by the field's name.
    pub errors: Vec<(&'static str, String)>,
    /// `None` where nothing was looked up.
    pub found: Option<Found>,
    /// This page's own address, to come back to.
    pub here: String,
    /// Whether an officer looks, who can keep something longer.
    pub officer: bool,
}

/// The form, and below it what was found.
#[must_use]
pub fn search(say: Say, view: &SearchView) -> Markup {
    html! {
        h1 { (say.text("console-search-title")) }
        (form(say, view))
        @if let Some(found) = &view.found {
            section aria-labelledby="found" {
                h2 #found { (say.with("console-search-found", &[("count", &found.count.to_string())])) }
                @if found.locked > 0 {
                    (notice(Tone::Care, &html! { p {
                        (say.with("console-search-locked", &[("count", &found.locked.to_string())]))
                    } }))
                }
                @if found.rows.is_empty() {
                    p { (say.text("console-search-none")) }
                } @else {
                    (list(say, view, found))
                    (pages(say, view, found))
                }
            }
        }
    }
}

fn pages(say: Say, view: &SearchView, found: &Found) -> Markup {
    let next = found.next.as_ref().map(|next| found.page.next(&view.query, next));
    let pages = found.count.div_ceil(ROWS as u64);
    pager(say, &view.query.address(), found.page.before + 1, pages, next.as_deref())
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

fn list(say: Say, view: &SearchView, found: &Found) -> Markup {
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
                tbody { @for row in &found.rows { (line(say, row, view)) } }
                tfoot {
                    @for (currency, invoices, credit_notes) in &found.sums {
                        @if invoices.count > 0 { (sum(say, "console-search-sum", invoices, *currency)) }
                        @if credit_notes.count > 0 {
                            (sum(say, "console-search-sum-credit", credit_notes, *currency))
                        }
                    }
                }
            }
        }
    }
}

fn sum(say: Say, name: &str, sums: &Sums, currency: Currency) -> Markup {
    // No 28 digits hold it: then it is not shown, rather than rounded.
    let amount =
        |amount: Option<Amount>| amount.map_or("–".to_owned(), |amount| say.money(amount, currency));
    html! {
        tr {
            th scope="row" colspan="3" { (say.with(name, &[("count", &sums.count.to_string())])) }
            td.number { (amount(sums.net)) }
            td.number { (amount(sums.vat)) }
            td.number { strong { (amount(sums.gross)) } }
            td {}
        }
    }
}

fn line(say: Say, row: &Row, view: &SearchView) -> Markup {
    let at = |below: &str| address(&row.place, below, Some(&view.here));
    html! {
        tr {
            @match &row.open {
                Some(open) => {
                    th scope="row" {
                        a href=(at("")) { (row.number) }
                        @if open.credit { " " span.tag { (say.text("console-kind-credit-note")) } }
                    }
                    td { time datetime=(row.date) { (say.date(row.date)) } }
                    td {
                        (open.customer)
                        @if let Some(country) = open.country { " " span.aside { (say.country(country)) } }
                    }
                    td.number { (say.money(open.net, open.currency)) }
                    td.number { (open.vat.map_or("–".to_owned(), |vat| say.money(vat, open.currency))) }
                    td.number { (say.money(open.gross, open.currency)) }
                }
                None => {
                    th scope="row" { (row.number) }
                    td { time datetime=(row.date) { (say.date(row.date)) } }
                    td.locked colspan="4" {
                        (say.text("console-search-row-locked"))
                        @if view.officer && !row.held {
                            " " a href=(at("/hold")) { (say.text("console-hold-begin")) span.unseen { " " (row.number) } }
                        }
                    }
                }
            }
            td { (badge(say, row.state)) @if row.held { " " (kept_longer(say)) } }
        }
    }
}
