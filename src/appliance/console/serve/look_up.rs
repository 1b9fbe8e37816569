//! Looking up: the search, and one invoice.

use super::super::http::Response;
use super::super::page::Tab;
use super::super::pages::invoice::{DocumentLine, InvoiceView, invoice};
use super::super::pages::query::{Page as ListPage, Typed};
use super::super::pages::search::{Found, OpenRow, Row, SearchView, search};
use super::document::{Shape, shape_of};
use super::{Asked, No, Page};
use crate::appliance::catalogue::BundleRef;
use crate::appliance::keeper::{self, FoundRow, Role, TermState, Visitor, bundle_of, bundle_text};
use crate::exchange::bundle::{Document, Origin};
use crate::exchange::invoice::{self as records, Kind};
use crate::exchange::vocabulary::{Country, Currency};
use crate::support::words::Said;

/// Where an invoice lies: its bundle, and its leaf in it.
pub(super) type Place = (BundleRef, u32);

/// The address's word for a place, the one that `kluis find` prints: `STREAM/NUMBER:LEAF`.
pub(super) fn place_text((bundle, leaf): Place) -> String {
    format!("{}:{leaf}", bundle_text(bundle))
}

/// Reads `STREAM/NUMBER:LEAF`.
pub(super) fn place_of(text: &str) -> Option<Place> {
    let (bundle, leaf) = text.rsplit_once(':')?;
    Some((bundle_of(bundle)?, leaf.parse().ok()?))
}

impl Asked<'_> {
    pub(super) fn search(&self, visitor: &Visitor) -> Result<Response, No> {
        let typed = Typed::of(self.request);
        let mut view = SearchView {
            query: typed.clone(),
            here: self.request.target.clone(),
            officer: visitor.role == Role::Officer,
            ..SearchView::default()
        };
        if !typed.is_empty() {
            match typed.meant(usual_currency(self.keeper().facts().entity.country)) {
                Ok(query) => {
                    let page = ListPage::of(self.request);
                    let query = keeper::Query { after: page.after.clone(), ..query };
                    view.found = Some(self.found(self.keeper().find(visitor, &query)?, page));
                }
                Err(wrong) => {
                    view.errors =
                        wrong.into_iter().map(|(field, name)| (field, self.say.text(name))).collect();
                }
            }
        }
        let title = self.say.text("console-search-title");
        Ok(self.page(&Page { title, main: search(self.say, &view), tab: Tab::Search }))
    }

    fn found(&self, found: keeper::Found, page: ListPage) -> Found {
        let states: std::collections::HashMap<_, _> =
            self.keeper().terms().into_iter().map(|term| (term.name, term.state)).collect();
        // A term that went between the two questions is not listed any more.
        let home = self.keeper().facts().entity.country;
        let rows = found.rows.into_iter().filter_map(|row| Some(line(*states.get(&row.term)?, home, row)));
        Found {
            rows: rows.collect(),
            count: found.totals.count + found.locked,
            sums: found
                .totals
                .sums
                .into_iter()
                .map(|(currency, sums)| (currency, sums.invoices, sums.credit_notes))
                .collect(),
            locked: found.locked,
            page,
            next: found.next,
        }
    }

    pub(super) fn invoice(&self, visitor: &Visitor, place: Place) -> Result<Response, No> {
        let shown = self.keeper().show(visitor, place.0, place.1)?;
        let notes = records::notes(&shown.invoice.record);
        let view = InvoiceView {
            id: place_text(place),
            kept: shown.kept.say(self.say.0),
            term: (shown.term, shown.state),
            since: day_of(shown.admitted_at),
            on_word: shown.on_word,
            notes: notes.iter().map(|note| note.say(self.say.0)).collect(),
            documents: shown.invoice.documents.iter().map(document_line).collect(),
            came: (shown.sender, place.0.1.0),
            back: self.back(),
            held: shown.held,
            officer: visitor.role == Role::Officer,
            record: shown.invoice.record,
        };
        let title = view.record.number.clone();
        Ok(self.page(&Page { title, main: invoice(self.say, &view), tab: Tab::Search }))
    }
}

fn line(state: TermState, home: Country, found: FoundRow) -> Row {
    let row = found.row;
    let open = OpenRow {
        credit: row.kind == Kind::CreditNote,
        customer: row.buyer.or(row.customer).unwrap_or_default(),
        country: row.buyer_country.filter(|country| *country != home),
        net: row.net,
        vat: row.vat,
        gross: row.gross,
        currency: row.currency,
    };
    Row {
        place: place_text((row.bundle, row.leaf)),
        number: full_number(row.series.as_deref(), &row.number),
        date: row.issue_date,
        state,
        held: found.held,
        open: (!found.locked).then_some(open),
    }
}

/// The number with its series before it, where the one does not begin with the other.
fn full_number(series: Option<&str>, number: &str) -> String {
    match series {
        Some(series) if !number.starts_with(series) => format!("{series} {number}"),
        _ => number.to_owned(),
    }
}

fn document_line(document: &Document) -> DocumentLine {
    DocumentLine {
        kind: kind_of(&document.media_type),
        bytes: document.length,
        derived: document.origin == Origin::Derived,
        can_be_shown: shape_of(document) != Shape::Other,
    }
}

/// What people call a document of this media type.
pub(super) fn kind_of(media_type: &str) -> String {
    match media_type {
        "application/pdf" => "PDF".to_owned(),
        "application/xml" | "text/xml" => "XML".to_owned(),
        "application/json" => "JSON".to_owned(),
        other => other.to_owned(),
    }
}

/// What an amount is in where nobody says so.
fn usual_currency(country: Country) -> Currency {
    let code = match country.to_string().as_str() {
        "CH" => "CHF",
        "GB" => "GBP",
        "PL" => "PLN",
        "DK" => "DKK",
        "SE" => "SEK",
        _ => "EUR",
    };
    code.parse().expect("three capital letters")
}

/// The day of an instant, by UTC, as everywhere on the box.
pub(super) fn day_of(at: jiff::Timestamp) -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}

/// An invoice's number as the beginning of a file's name, in which nothing steers a shell.
pub(super) fn file_stem(number: &str) -> String {
    let plain = |sign: char| if sign.is_alphanumeric() || sign == '-' { sign } else { '-' };
    let stem: String = number.chars().map(plain).take(80).collect();
    // A name that begins with a hyphen is an option to a command.
    stem.trim_start_matches('-').to_owned()
}

/// A document's name for saving: the invoice's number, which of its documents, and what it is.
pub(super) fn file_name(number: &str, index: usize, media_type: &str) -> String {
    let which = if index == 0 { String::new() } else { format!("-{}", index + 1) };
    let end = match media_type {
        "application/pdf" => "pdf",
        "application/xml" | "text/xml" => "xml",
        "application/json" => "json",
        "text/plain" => "txt",
        _ => "bin",
    };
    format!("{}{which}.{end}", file_stem(number))
}
