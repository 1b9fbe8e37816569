//! One invoice: until when it is kept and why, that it is unchanged, its fields, its documents.

use jiff::civil::Date;
use maud::{Markup, html};

use super::super::http::encoded;
use super::super::page::{Say, Tone, badge, facts, kept_longer, notice, plain, sentence};
use crate::appliance::keeper::TermState;
use crate::exchange::invoice::{Kind, Record};
use crate::support::words;

/// The page.
pub struct InvoiceView {
    /// The invoice's part of the address.
    pub id: String,
    /// What is kept beside the documents.
    pub record: Record,
    /// The law's sentence: "kept until 31 December 2033, because …".
    pub kept: String,
    /// Its term's name and where it is.
    pub term: (String, TermState),
    /// Since when it is known to be unchanged: the day of its admission.
    pub since: Date,
    /// Whether no document of it can be read by a machine, so that the fields are the sender's word.
    pub on_word: bool,
    /// Sums that do not add up, a sentence each.
    pub notes: Vec<String>,
    /// The documents, in their order.
    pub documents: Vec<DocumentLine>,
    /// The sender's name and the bundle's number in his series.
    pub came: (String, u64),
    /// Whether it is kept longer than its term.
    pub held: bool,
    /// Whether an officer looks, who can keep it longer.
    pub officer: bool,
    /// The search to go back to.
    pub back: Option<String>,
}

/// An address below an invoice's, with the search to go back to.
#[must_use]
pub fn address(id: &str, below: &str, back: Option<&str>) -> String {
    let back = back.map(|back| format!("?back={}", encoded(back))).unwrap_or_default();
    format!("/invoice/{}{below}{back}", encoded(id))
}

/// One document.
pub struct DocumentLine {
    /// What it is: `PDF`, `XML (UBL)`.
    pub kind: String,
    /// Bytes.
    pub bytes: u64,
    /// Whether it was written from the shop's data, because the shop had no document.
    pub derived: bool,
    /// Whether the box can show it.
    pub can_be_shown: bool,
}

/// One invoice.
#[must_use]
pub fn invoice(say: Say, view: &InvoiceView) -> Markup {
    let record = &view.record;
    html! {
        @if let Some(back) = &view.back { p.back { a href=(back) { "← " (say.text("console-invoice-back")) } } }
        div.heading {
            h1 { (say.text(&format!("console-kind-{}", kind(record.kind)))) " " (record.number) }
            (badge(say, view.term.1))
            @if view.held { (kept_longer(say)) }
            @if view.officer {
                a.button href=(address(&view.id, "/hold", view.back.as_deref())) { (say.text("console-hold-begin")) }
            }
        }
        (notice(Tone::Note, &html! { p { (sentence(&view.kept)) } }))
        @if view.held { (notice(Tone::Note, &html! { p { (say.text(held_because(view.term.1))) } })) }
        (notice(Tone::Good, &html! {
            p { (say.with("console-invoice-unchanged", &[("date", &say.date(view.since))]))
                " " a href=(address(&view.id, "/proof", view.back.as_deref())) { (say.text("console-invoice-proof")) } }
        }))
        @if view.on_word { (notice(Tone::Care, &html! { p { (say.text("console-invoice-senders-word")) } })) }
        @if !view.notes.is_empty() {
            (notice(Tone::Care, &html! {
                p { (say.text("console-invoice-sums-differ")) }
                ul.plain { @for note in &view.notes { li { (note) } } }
            }))
        }
        (documents(say, view))
        div.columns {
            section.card aria-labelledby="fields" {
                h2 #fields { (say.text("console-invoice-fields")) }
                (facts(&fields(say, view)))
            }
            section.card aria-labelledby="amounts" {
                h2 #amounts { (say.text("console-invoice-amounts")) }
                (amounts(say, record))
            }
        }
    }
}

fn held_because(state: TermState) -> &'static str {
    match state {
        TermState::Destroyed { .. } => "console-hold-alone",
        _ => "console-hold-invoice",
    }
}

fn documents(say: Say, view: &InvoiceView) -> Markup {
    let at = |number: usize, below: &str, back: Option<&str>| {
        address(&view.id, &format!("/document/{number}{below}"), back)
    };
    html! {
        section.card aria-labelledby="documents" {
            h2 #documents { (say.text("console-invoice-documents")) }
            ul.documents {
                @for (index, document) in view.documents.iter().enumerate() {
                    @let number = index + 1;
                    li {
                        span.what {
                            strong { (document.kind) } " " span.small { (say.size(document.bytes)) }
                            @if document.derived { span.small { (say.text("console-invoice-derived")) } }
                        }
                        @if document.can_be_shown {
                            a.button.strong href=(at(number, "", view.back.as_deref())) { (say.text("console-invoice-view")) }
                        }
                        a.button href=(at(number, "/file", None)) { (say.text("console-invoice-save")) }
                    }
                }
            }
        }
    }
}

fn fields(say: Say, view: &InvoiceView) -> Vec<(String, Markup)> {
    let record = &view.record;
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push((say.text(name), plain(value)));
        }
    };
    fact("console-field-series", record.series.clone());
    fact("console-field-issued", Some(say.date(record.issue_date)));
    fact("console-field-supplied", record.supply_date.map(|date| say.date(date)));
    fact("console-field-customer", record.buyer.name.clone());
    fact("console-field-customer-number", record.buyer.customer.clone());
    fact("console-field-vat-number", record.buyer.vat_number.clone());
    fact("console-field-postcode", record.buyer.postcode.clone());
    fact("console-field-country", record.buyer.country.map(|country| say.country(country)));
    fact("console-field-seller-country", Some(say.country(record.seller_country)));
    fact("console-field-class", Some(say.text(&format!("console-class-{}", record.class))));
    fact("console-field-articles", Some(record.articles.join(", ")));
    fact("console-field-corrects", Some(record.corrects.join(", ")));
    if let Some(shop) = &record.one_stop_shop {
        fact("console-field-consumption", shop.consumption.map(|country| say.country(country)));
        let payments = shop.payments.iter();
        let payments: Vec<_> = payments
            .map(|paid| format!("{}: {}", say.date(paid.date), say.money(paid.amount, record.currency)))
            .collect();
        fact("console-field-payments", Some(payments.join("; ")));
        fact("console-field-place", Some(shop.place_evidence.join(", ")));
    }
    fact("console-field-term", Some(view.term.0.clone()));
    let (sender, number) = &view.came;
    let came = say.with("console-field-came-by", &[("sender", sender), ("number", &number.to_string())]);
    fact("console-field-came", Some(came));
    facts
}

fn amounts(say: Say, record: &Record) -> Markup {
    html! {
        table.sums {
            caption.unseen { (say.text("console-invoice-amounts")) }
            thead {
                tr {
                    th scope="col" { (say.text("console-col-rate")) }
                    th.number scope="col" { (say.text("console-col-taxable")) }
                    th.number scope="col" { (say.text("console-col-vat")) }
                }
            }
            tbody {
                @for vat in &record.vat {
                    tr {
                        th scope="row" {
                            @match vat.rate {
                                Some(rate) => { (rate.0.normalize()) " % " }
                                None => {}
                            }
                            span.small { (category(say, &vat.category)) }
                        }
                        td.number { (say.money(vat.taxable, record.currency)) }
                        td.number { (say.money(vat.tax, record.currency)) }
                    }
                }
            }
        }
        dl.totals {
            div { dt { (say.text("console-col-net")) } dd { (say.money(record.net, record.currency)) } }
            div.total { dt { (say.text("console-col-gross")) } dd { (say.money(record.gross, record.currency)) } }
        }
    }
}

/// What a category of UNCL 5305 means, where that is more than the rate says.
fn category(say: Say, code: &str) -> String {
    let name = format!("console-vat-{code}");
    match code {
        "S" => String::new(),
        _ if words::has(say.0, &name) => say.text(&name),
        other => other.to_owned(),
    }
}

/// The word of a kind in message names.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Invoice => "invoice",
        Kind::CreditNote => "credit-note",
        Kind::Corrected => "corrected",
        Kind::Prepayment => "prepayment",
        Kind::SelfBilled => "self-billed",
    }
}
