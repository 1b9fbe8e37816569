//! Every invoice of the corpus, made by others, against an oracle and a table of expected values.
//!
//! `KLUIS_CORPUS` names the folder. The oracle is the crate `en16931-formats`, which shares no code
//! with ours. The table, `corpus-expected.json`, was written by our reader once and then looked
//! through against the files by hand; `KLUIS_CORPUS_WRITE=1` writes it anew, for the next look.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use factuurkluis::exchange::invoice::{
    Compared, Field, Hints, Kind, Mismatch, Reading, Record, Syntax, compare, read,
};
use factuurkluis::support::words::Said;
use serde::{Deserialize, Serialize};

const EXPECTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus-expected.json");
const FILES: usize = 70;

/// One file's line in the table.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Expected {
    syntax: Syntax,
    record: Record,
    /// The notes' sentences.
    notes: Vec<String>,
    /// What is left out, with counts.
    left_out: BTreeMap<String, usize>,
}

impl Expected {
    fn of(reading: &Reading) -> Self {
        Self {
            syntax: reading.syntax,
            record: reading.record.clone(),
            notes: reading.notes.iter().map(|note| format!("{}: {note}", note.code())).collect(),
            left_out: reading.left_out.iter().map(|left| (left.what.to_owned(), left.count)).collect(),
        }
    }
}

/// The corpus's files by their names in it; `None` where there is no corpus, which fails under CI.
fn corpus() -> Option<BTreeMap<String, Vec<u8>>> {
    let folder = std::env::var_os("KLUIS_CORPUS").map(PathBuf::from).filter(|folder| folder.is_dir());
    let Some(folder) = folder else {
        assert!(std::env::var_os("CI").is_none(), "KLUIS_CORPUS names no folder, and CI asks for it");
        // Not `eprintln`, which the harness keeps to itself when a test passes.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: corpus (set KLUIS_CORPUS to the folder of invoices made by others)"
        );
        return None;
    };
    let mut files = BTreeMap::new();
    for kind in ["cii", "en16931-ubl", "facturx", "peppol-bis", "ubl"] {
        for entry in std::fs::read_dir(folder.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            files.insert(format!("{kind}/{name}"), std::fs::read(&path).unwrap());
        }
    }
    assert_eq!(files.len(), FILES);
    Some(files)
}

fn reading(name: &str, bytes: &[u8]) -> Reading {
    read(bytes, None, &Hints::default()).unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
}

#[test]
fn every_file_is_read_as_the_table_says() {
    let Some(files) = corpus() else { return };
    let read: BTreeMap<_, _> =
        files.iter().map(|(name, bytes)| (name.clone(), Expected::of(&reading(name, bytes)))).collect();
    if std::env::var_os("KLUIS_CORPUS_WRITE").is_some() {
        std::fs::write(Path::new(EXPECTED), serde_json::to_string_pretty(&read).unwrap() + "\n").unwrap();
    }
    let table = std::fs::read_to_string(EXPECTED).unwrap();
    let table: BTreeMap<String, Expected> = serde_json::from_str(&table).unwrap();
    assert_eq!(read.len(), table.len());
    for (name, expected) in &table {
        assert_eq!(&read[name], expected, "{name}");
    }
}

#[test]
fn every_file_says_the_same_to_the_oracle() {
    let Some(files) = corpus() else { return };
    let mut wrong = Vec::new();
    for (name, bytes) in &files {
        let (ours, theirs) = (ours(&reading(name, bytes).record), oracle(name, bytes));
        for (field, value) in &theirs {
            if ours[field] != *value {
                wrong.push(format!("{name}: {field}: ours {:?}, oracle {value:?}", ours[field]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_agrees_with_its_own_record_and_with_no_other() {
    let Some(files) = corpus() else { return };
    for (name, bytes) in &files {
        let Reading { mut record, syntax, .. } = reading(name, bytes);
        let media = syntax.media_type();
        assert_eq!(compare(&record, bytes, media), Ok(Compared::Agrees(syntax)), "{name}");
        record.issue_date = record.issue_date.yesterday().unwrap();
        match compare(&record, bytes, media) {
            Err(Mismatch::Differs { field: Field::IssueDate, .. }) => {}
            other => panic!("{name}: {other:?}"),
        }
    }
}

type Facts = BTreeMap<&'static str, Vec<String>>;

/// White space as we keep it.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn ours(record: &Record) -> Facts {
    let vat = record.vat.iter().map(|vat| {
        let rate = vat.rate.map(|rate| rate.0.normalize());
        format!("{} {rate:?} {} {}", vat.category, vat.taxable.0.normalize(), vat.tax.0.normalize())
    });
    BTreeMap::from([
        ("number", vec![record.number.clone()]),
        ("kind", vec![record.kind.word().to_owned()]),
        ("issue date", vec![record.issue_date.to_string()]),
        ("supply date", record.supply_date.iter().map(ToString::to_string).collect()),
        ("seller country", vec![record.seller_country.to_string()]),
        ("buyer name", record.buyer.name.iter().cloned().collect()),
        ("buyer country", record.buyer.country.iter().map(ToString::to_string).collect()),
        ("customer", record.buyer.customer.iter().cloned().collect()),
        ("VAT number", record.buyer.vat_number.iter().cloned().collect()),
        ("postcode", record.buyer.postcode.iter().cloned().collect()),
        ("currency", vec![record.currency.to_string()]),
        ("net", vec![record.net.0.normalize().to_string()]),
        ("gross", vec![record.gross.0.normalize().to_string()]),
        ("VAT", vat.collect()),
        ("articles", record.articles.clone()),
        ("corrects", record.corrects.clone()),
    ])
}

fn oracle(name: &str, bytes: &[u8]) -> Facts {
    let read = en16931_formats::read(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let invoice = &read.invoice;
    let code = invoice.type_code.as_ref().map_or("", |code| code.as_str());
    let kind = match code {
        "381" | "396" | "261" => Kind::CreditNote,
        "384" => Kind::Corrected,
        "386" => Kind::Prepayment,
        "389" => Kind::SelfBilled,
        _ => Kind::Invoice,
    };
    let date = |date: Option<_>| date.iter().map(ToString::to_string).collect::<Vec<String>>();
    let delivered = invoice.delivery.as_ref().and_then(|delivery| delivery.date);
    let period = invoice.invoicing_period.as_ref().and_then(|period| period.end);
    let amount = |amount: rust_decimal::Decimal| amount.normalize().to_string();
    let vat = invoice.vat_breakdown.iter().map(|vat| {
        let rate = vat.rate.map(|rate| rate.into_decimal().normalize());
        let (taxable, tax) = (vat.taxable_amount.into_decimal(), vat.tax_amount.into_decimal());
        format!("{} {rate:?} {} {}", vat.category.as_str(), amount(taxable), amount(tax))
    });
    let mut articles = Vec::new();
    for article in invoice.lines.iter().filter_map(|line| line.item.seller_identifier.as_deref()) {
        let article = folded(article);
        if !articles.contains(&article) {
            articles.push(article);
        }
    }
    let buyer = &invoice.buyer;
    BTreeMap::from([
        ("number", vec![folded(invoice.number.as_deref().unwrap())]),
        ("kind", vec![kind.word().to_owned()]),
        ("issue date", date(invoice.issue_date)),
        ("supply date", date(delivered.or(period).or(invoice.vat_point_date))),
        ("seller country", invoice.seller.address.country.iter().map(|it| it.as_str().to_owned()).collect()),
        ("buyer name", buyer.name.iter().chain(&buyer.trading_name).take(1).map(|it| folded(it)).collect()),
        ("buyer country", buyer.address.country.iter().map(|it| it.as_str().to_owned()).collect()),
        ("customer", buyer.identifiers.iter().take(1).map(|it| folded(it.content())).collect()),
        ("VAT number", buyer.vat_identifier.iter().map(|it| folded(it)).collect()),
        ("postcode", buyer.address.post_code.iter().map(|it| folded(it)).collect()),
        ("currency", invoice.currency.iter().map(|it| it.as_str().to_owned()).collect()),
        ("net", vec![amount(invoice.totals.taxable_total.into_decimal())]),
        ("gross", vec![amount(invoice.totals.gross_total.into_decimal())]),
        ("VAT", vat.collect()),
        ("articles", articles),
        ("corrects", invoice.preceding_invoices.iter().map(|it| folded(it.reference.as_str())).collect()),
    ])
}
