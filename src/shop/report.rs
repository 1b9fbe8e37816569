//! What a person is told, and what a script: the same facts as sentences in his language and as
//! JSON, whose words are stable and English.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde_json::{Value, json};

use super::enrol::entity_name;
use super::{
    Acknowledged, Change, Inspection, InvoiceLine, Offer, Refused, SealedBundle, Sealing, Status, Until,
    shown, shown_path,
};
use crate::exchange::bundle::{BoxCard, CardTerm};
use crate::exchange::invoice::{Field, Record};
use crate::exchange::vocabulary::Amount;
use crate::support::words::{self, Language, Said};

/// The same, for both.
pub struct Told {
    /// Lines for a person, each ending in a line feed.
    pub text: String,
    /// For a script.
    pub json: Value,
}

/// Writes a message with fields: `say!(language, "shop-x", number = 5, path = p)`.
macro_rules! say {
    ($language:expr, $name:expr $(, $field:ident = $value:expr)* $(,)?) => {
        words::message($language, $name, &[$( (stringify!($field), Cow::Owned($value.to_string())) ),*])
    };
}

/// A refusal, and the file that it is about.
#[must_use]
pub fn refusal(language: Language, path: Option<&Path>, refusal: &Refused) -> Told {
    let sentence = refusal.say(language);
    let text = match path {
        Some(path) => format!("{}: {sentence}\n", shown_path(path)),
        None => format!("{sentence}\n"),
    };
    let fields: serde_json::Map<_, _> =
        refusal.fields().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let mut json = json!({ "code": refusal.code(), "fields": fields, "sentence": sentence });
    if let Some(path) = path {
        json["path"] = path.to_string_lossy().into();
    }
    Told { text, json }
}

/// A shop folder was made.
#[must_use]
pub fn initialised(language: Language, folder: &Path) -> Told {
    let folder = shown_path(folder);
    Told { text: say!(language, "shop-told-init", folder = folder) + "\n", json: json!({ "shop": folder }) }
}

/// A fingerprint, big: two lines of frame, so that it is found at once with a telephone in the hand.
#[must_use]
pub fn big(fingerprint: &str) -> String {
    let wide = fingerprint.replace('-', "  -  ");
    let line = "═".repeat(wide.len() + 6);
    format!("\n   ╔{line}╗\n   ║   {wide}   ║\n   ╚{line}╝\n\n")
}

/// The shop's own card was written.
#[must_use]
pub fn carded(language: Language, path: &Path, fingerprint: &str) -> Told {
    let path = shown_path(path);
    let text = format!(
        "{}\n{}{}\n",
        say!(language, "shop-told-card", path = path),
        big(fingerprint),
        words::text(language, "shop-told-card-next"),
    );
    Told { text, json: json!({ "card": path, "fingerprint": fingerprint }) }
}

/// A box's card that is about to be taken.
#[must_use]
pub fn offered(language: Language, offer: &Offer) -> String {
    let card = offer.card();
    let mut text = say!(
        language,
        "shop-told-box",
        entity = entity_name(card),
        country = words::country_name(language, card.country),
    ) + "\n";
    if card.demo {
        text += &format!("{}\n", words::text(language, "shop-told-box-demo"));
    }
    text += &terms(language, &card.terms);
    text += &big(&offer.fingerprint());
    text
}

/// A box's card was taken; `changes` are the offer's.
#[must_use]
pub fn enrolled(
    language: Language,
    card: &BoxCard,
    fingerprint: &str,
    known: bool,
    changes: &[Change],
) -> Told {
    let mut text = String::new();
    let entity = entity_name(card);
    let name = match (known, changes.is_empty()) {
        (false, _) => "shop-told-enrolled",
        (true, false) => "shop-told-enrolled-newer",
        (true, true) => "shop-told-enrolled-same",
    };
    text += &format!("{}\n", say!(language, name, entity = entity));
    let mut listed = Vec::new();
    for change in changes {
        let (name, term) = match change {
            Change::TermOpened(term) => ("shop-change-opened", term),
            Change::TermGone(term) => ("shop-change-gone", term),
            Change::RecipientReplaced(term) => ("shop-change-recipient", term),
            Change::KeptUntil(term, _) => ("shop-change-kept", term),
        };
        let until = match change {
            Change::KeptUntil(_, until) => words::date(language, *until),
            _ => String::new(),
        };
        text += &format!("  - {}\n", say!(language, name, term = term, until = until));
        listed.push(json!({ "change": name.trim_start_matches("shop-change-"), "term": term }));
    }
    let json = json!({
        "box": card.box_id,
        "entity": entity,
        "country": card.country,
        "demo": card.demo,
        "fingerprint": fingerprint,
        "known": known,
        "changes": listed,
        "terms": card.terms.iter().map(term_json).collect::<Vec<_>>(),
    });
    Told { text, json }
}

/// The table of a card's terms.
fn terms(language: Language, terms: &[CardTerm]) -> String {
    let mut rows = vec![head(language, &["term", "days", "until"])];
    for term in terms {
        rows.push(vec![
            term.term.name().to_string(),
            format!("{} – {}", term.term.first(), term.term.last()),
            words::date(language, term.kept_until),
        ]);
    }
    table(&rows)
}

fn term_json(term: &CardTerm) -> Value {
    json!({
        "term": term.term.name(),
        "class": term.term.class(),
        "first": term.term.first(),
        "last": term.term.last(),
        "kept_until": term.kept_until,
    })
}

/// Files were looked at.
#[must_use]
pub fn inspected(language: Language, looked: &[(PathBuf, Result<Inspection, Refused>)]) -> Told {
    let mut text = String::new();
    let mut files = Vec::new();
    for (path, outcome) in looked {
        match outcome {
            Ok(inspection) => {
                text += &inspection_text(language, path, inspection);
                files.push(inspection_json(language, path, inspection));
            }
            Err(refused) => {
                let told = refusal(language, Some(path), refused);
                text += &told.text;
                files.push(json!({ "path": path.to_string_lossy(), "refused": told.json }));
            }
        }
        text.push('\n');
    }
    Told { text, json: json!({ "files": files }) }
}

fn inspection_text(language: Language, path: &Path, inspection: &Inspection) -> String {
    let reading = &inspection.reading;
    let size = bytes(language, inspection.bytes);
    let mut text = format!("{}  ({}, {size})\n", shown_path(path), reading.syntax);
    text += &format!("  {}\n", until_sentence(language, &inspection.until));
    text += &format!("  {}\n", words::text(language, "shop-told-kept"));
    let rows: Vec<_> = kept(language, &reading.record)
        .into_iter()
        .map(|(field, value)| vec![String::new(), words::text(language, &field.message()), shown(&value)])
        .collect();
    text += &table(&rows);
    if reading.left_out.is_empty() {
        text += &format!("  {}\n", words::text(language, "shop-told-left-nothing"));
    } else {
        text += &format!("  {}\n", words::text(language, "shop-told-left"));
        for left in &reading.left_out {
            let what = words::text(language, &left.message());
            text +=
                &format!("    {}\n", say!(language, "shop-told-left-one", what = what, count = left.count));
        }
    }
    for note in &reading.notes {
        let note = note.say(language);
        text += &format!("  {}\n", say!(language, "shop-told-note", note = note));
    }
    text
}

fn inspection_json(language: Language, path: &Path, inspection: &Inspection) -> Value {
    let reading = &inspection.reading;
    let until = match &inspection.until {
        Ok(until) => json!({
            "term": until.term,
            "date": until.date,
            "article": until.article,
            "sentence": until_sentence(language, &inspection.until),
        }),
        Err(refused) => json!({ "refused": refusal(language, None, refused).json }),
    };
    json!({
        "path": path.to_string_lossy(),
        "syntax": reading.syntax,
        "bytes": inspection.bytes,
        "kept": reading.record,
        "left_out": reading.left_out.iter()
            .map(|left| json!({ "what": left.what, "count": left.count, "paths": left.paths }))
            .collect::<Vec<_>>(),
        "notes": reading.notes.iter()
            .map(|note| json!({ "code": note.code(), "sentence": note.say(language) }))
            .collect::<Vec<_>>(),
        "until": until,
    })
}

/// Until when, in which term, and why.
fn until_sentence(language: Language, until: &Result<Until, Refused>) -> String {
    let until = match until {
        Ok(until) => until,
        Err(refused) => return refused.say(language),
    };
    let because = match &until.because {
        Some(kept) => kept.say(language),
        None => {
            let date = words::date(language, until.date);
            say!(language, "shop-kept-by-card", until = date, article = until.article)
        }
    };
    match &until.term {
        Some(term) => say!(language, "shop-told-term", term = term, because = because),
        None => say!(language, "shop-told-no-term", because = because),
    }
}

/// The fields of a record that have a value, as a person reads them.
fn kept(language: Language, record: &Record) -> Vec<(Field, String)> {
    let money = |amount: Amount| words::amount(language, amount.0, record.currency);
    let day = |date: Date| words::date(language, date);
    let country = |country| words::country_name(language, country);
    let mut kept = vec![(Field::Number, Some(record.number.clone()))];
    let buyer = &record.buyer;
    let kind = say!(language, "shop-kind", kind = record.kind.word());
    let class = say!(language, "shop-class", class = record.class);
    kept.extend([
        (Field::Series, record.series.clone()),
        (Field::Kind, Some(kind)),
        (Field::IssueDate, Some(day(record.issue_date))),
        (Field::SupplyDate, record.supply_date.map(day)),
        (Field::SellerCountry, Some(country(record.seller_country))),
        (Field::Class, Some(class)),
        (Field::BuyerName, buyer.name.clone()),
        (Field::BuyerCountry, buyer.country.map(country)),
        (Field::Customer, buyer.customer.clone()),
        (Field::VatNumber, buyer.vat_number.clone()),
        (Field::Postcode, buyer.postcode.clone()),
        (Field::Net, Some(money(record.net))),
    ]);
    kept.extend(record.vat.iter().map(|vat| {
        let rate = vat.rate.map_or_else(|| vat.category.clone(), |rate| format!("{rate} %"));
        let (taxable, tax) = (money(vat.taxable), money(vat.tax));
        (Field::Vat, Some(say!(language, "shop-vat", rate = rate, taxable = taxable, tax = tax)))
    }));
    kept.extend([
        (Field::Gross, Some(money(record.gross))),
        (Field::Articles, list(&record.articles)),
        (Field::Corrects, list(&record.corrects)),
    ]);
    if let Some(shop) = &record.one_stop_shop {
        let payments: Vec<_> =
            shop.payments.iter().map(|paid| format!("{} {}", day(paid.date), money(paid.amount))).collect();
        kept.extend([
            (Field::Consumption, shop.consumption.map(country)),
            (Field::Payments, list(&payments)),
            (Field::PlaceEvidence, list(&shop.place_evidence)),
        ]);
    }
    kept.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
}

fn list(parts: &[String]) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What came of a sealing.
#[must_use]
pub fn sealed(language: Language, sealing: &Sealing) -> Told {
    let mut text = String::new();
    for number in &sealing.finished {
        text += &format!("{}\n", say!(language, "shop-told-finished", number = number));
    }
    for number in &sealing.absent {
        text += &format!("{}\n", say!(language, "shop-told-absent", number = number));
    }
    if !sealing.made.is_empty() {
        let mut rows = vec![head(language, &["number", "term", "invoices", "bytes", "file"])];
        for made in &sealing.made {
            rows.push(vec![
                made.number.to_string(),
                made.term.to_string(),
                made.invoices.to_string(),
                bytes(language, made.bytes),
                shown_path(&made.path),
            ]);
        }
        text += &table(&rows);
        let invoices: u32 = sealing.made.iter().map(|made| made.invoices).sum();
        let bundles = sealing.made.len();
        text += &format!("{}\n", say!(language, "shop-told-sealed", invoices = invoices, bundles = bundles));
    }
    for skipped in &sealing.skipped {
        let path = shown_path(&skipped.path);
        text += &match skipped.bundle {
            Some(number) => say!(language, "shop-told-skipped", path = path, number = number),
            None => say!(language, "shop-told-twice", path = path),
        };
        text.push('\n');
    }
    if sealing.with_notes > 0 {
        text += &format!("{}\n", say!(language, "shop-told-with-notes", count = sealing.with_notes));
    }
    if sealing.left_alone > 0 {
        text += &format!("{}\n", say!(language, "shop-told-left-alone", count = sealing.left_alone));
    }
    let mut refused = Vec::new();
    for (path, refusal_) in &sealing.refused {
        let told = refusal(language, Some(path), refusal_);
        text += &told.text;
        refused.push(told.json);
    }
    if !refused.is_empty() {
        text += &format!("{}\n", say!(language, "shop-told-refused", count = refused.len()));
    }
    let stopped = sealing.stopped.as_ref().map(|stopped| {
        let told = refusal(language, None, stopped);
        text += &told.text;
        told.json
    });
    let json = json!({
        "bundles": sealing.made.iter().map(|made| json!({
            "number": made.number,
            "term": made.term,
            "invoices": made.invoices,
            "bytes": made.bytes,
            "path": made.path.to_string_lossy(),
        })).collect::<Vec<_>>(),
        "finished": sealing.finished,
        "absent": sealing.absent,
        "skipped": sealing.skipped.iter().map(|skipped| json!({
            "path": skipped.path.to_string_lossy(),
            "bundle": skipped.bundle,
        })).collect::<Vec<_>>(),
        "with_notes": sealing.with_notes,
        "left_alone": sealing.left_alone,
        "refused": refused,
        "stopped": stopped,
    });
    Told { text, json }
}

/// A receipt or a code was taken.
#[must_use]
pub fn acknowledged(language: Language, acknowledged: &Acknowledged) -> Told {
    let name = if acknowledged.up_to { "shop-told-all-up-to" } else { "shop-told-received" };
    let mut text = say!(language, name, number = acknowledged.number) + "\n";
    let name = if acknowledged.newly.is_empty() { "shop-told-nothing-new" } else { "shop-told-purge" };
    text += &format!("{}\n", say!(language, name, count = acknowledged.invoices));
    let numbers: Vec<_> = acknowledged.outstanding.iter().map(ToString::to_string).collect();
    if !numbers.is_empty() {
        text += &format!("{}\n", say!(language, "shop-told-outstanding", numbers = numbers.join(", ")));
    }
    let json = json!({
        "number": acknowledged.number,
        "all_up_to": acknowledged.up_to,
        "newly": acknowledged.newly,
        "invoices": acknowledged.invoices,
        "outstanding": acknowledged.outstanding,
        "journal": acknowledged.journal,
    });
    Told { text, json }
}

/// Every bundle, what is outstanding, and the card's terms.
#[must_use]
pub fn status(language: Language, status: &Status, card: Option<&BoxCard>) -> Told {
    let mut text = String::new();
    match card {
        None => text += &format!("{}\n", words::text(language, "shop-no-box")),
        Some(card) => {
            let entity = entity_name(card);
            let country = words::country_name(language, card.country);
            text += &format!("{}\n", say!(language, "shop-told-box", entity = entity, country = country));
            text += &terms(language, &card.terms);
        }
    }
    text.push('\n');
    let mut rows = vec![head(language, &["number", "term", "invoices", "sealed", "state"])];
    for bundle in &status.bundles {
        let header = bundle.header();
        rows.push(vec![
            header.number.to_string(),
            header.term.to_string(),
            header.invoices().to_string(),
            words::date(language, day_of(header.signed_at)),
            state_text(language, bundle),
        ]);
    }
    let outstanding: Vec<_> =
        status.bundles.iter().filter(|bundle| bundle.is_outstanding()).map(SealedBundle::number).collect();
    if status.bundles.is_empty() {
        text += &format!("{}\n", words::text(language, "shop-told-no-bundles"));
    } else {
        text += &table(&rows);
        let numbers: Vec<_> = outstanding.iter().map(ToString::to_string).collect();
        text += &match numbers.is_empty() {
            true => words::text(language, "shop-told-all-received"),
            false => say!(language, "shop-told-outstanding", numbers = numbers.join(", ")),
        };
        text.push('\n');
    }
    let json = json!({
        "box": card.map(|card| json!({
            "box": card.box_id,
            "entity": card.entity_name,
            "demo": card.demo,
            "terms": card.terms.iter().map(term_json).collect::<Vec<_>>(),
        })),
        "journal": status.journal,
        "bundles": status.bundles.iter().map(bundle_json).collect::<Vec<_>>(),
        "outstanding": outstanding,
    });
    Told { text, json }
}

fn bundle_json(bundle: &SealedBundle) -> Value {
    let header = bundle.header();
    json!({
        "number": header.number,
        "term": header.term,
        "invoices": header.invoices(),
        "bytes": bundle.bytes,
        "sealed_at": header.signed_at,
        "header": bundle.header.digest(),
        "path": bundle.path.to_string_lossy(),
        "state": state(bundle),
        "received_at": bundle.received,
        "replaces": header.replaces,
        "replaced_by": bundle.replaced_by,
    })
}

fn state(bundle: &SealedBundle) -> &'static str {
    match (bundle.received, bundle.replaced_by) {
        (Some(_), _) => "received",
        (None, Some(_)) => "replaced",
        (None, None) if !bundle.placed => "unfinished",
        (None, None) => "waiting",
    }
}

fn state_text(language: Language, bundle: &SealedBundle) -> String {
    let received = bundle.received.map_or_else(String::new, |at| words::date(language, day_of(at)));
    let by = bundle.replaced_by.map_or_else(String::new, |by| by.to_string());
    say!(language, "shop-state", state = state(bundle), received = received, by = by)
}

/// What may be purged.
#[must_use]
pub fn purgeable(language: Language, invoices: &[InvoiceLine]) -> Told {
    let mut rows = vec![head(language, &["invoice", "issued", "number", "file"])];
    let mut list = Vec::new();
    for invoice in invoices {
        rows.push(vec![
            shown(&invoice.number),
            invoice.issued.to_string(),
            invoice.bundle.to_string(),
            shown_path(&invoice.source.0),
        ]);
        list.push(json!(invoice));
    }
    let name = if invoices.is_empty() { "shop-told-purge-nothing" } else { "shop-told-purge-list" };
    let mut text = say!(language, name, count = invoices.len()) + "\n";
    if !invoices.is_empty() {
        text += &table(&rows);
    }
    Told { text, json: json!({ "purgeable": list }) }
}

/// The day of an instant, in UTC as everything that is signed.
fn day_of(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

fn head(language: Language, columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| words::text(language, &format!("shop-column-{column}"))).collect()
}

/// Columns side by side, each as wide as its widest cell; numbers to the right.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |cell: &String| cell.chars().count();
    let widths: Vec<_> = (0..columns)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(wide).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let is_number = !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
            line += "  ";
            line += &if is_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// A number of bytes as people read it: `812 B`, `1.2 MB`.
fn bytes(language: Language, count: u64) -> String {
    let (unit, name) = match count {
        0..1_000 => return format!("{count} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = count / (unit / 10);
    let point = if language == Language::Nl { ',' } else { '.' };
    format!("{}{point}{} {name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_said_as_people_read_them() {
        assert_eq!(bytes(Language::En, 999), "999 B");
        assert_eq!(bytes(Language::En, 1_250_000), "1.2 MB");
        assert_eq!(bytes(Language::Nl, 2_147_483_648), "2,1 GB");
    }

    #[test]
    fn a_table_s_columns_stand_under_each_other() {
        let rows = [["no", "term"], ["5", "a"], ["12", "b"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "  no  term\n   5  a\n  12  b\n");
    }
}
