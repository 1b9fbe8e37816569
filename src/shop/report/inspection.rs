//! What `inspect` tells: what is kept of an invoice, what is not, until when and why.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Told, bytes, refusal, table};
use crate::exchange::invoice::{Field, Record};
use crate::exchange::vocabulary::Amount;
use crate::shop::{Inspection, Refused, Until, shown, shown_path};
use crate::support::words::{self, Language, Said};

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
