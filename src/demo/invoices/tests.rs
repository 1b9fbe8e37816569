#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use en16931_formats::report::Kind as Entry;
use jiff::civil::date;
use rust_decimal::Decimal;

use super::*;
use crate::appliance::reader;
use crate::exchange::invoice::{Compared, Hints, Kind, Syntax, compare, read};
use crate::exchange::vocabulary::Class;

const LAST_DAY: Date = date(2026, 11, 24);

fn all() -> Vec<Invoice> {
    invoices(57, 2022, LAST_DAY)
}

#[test]
fn every_document_reads_back_to_its_record() {
    for invoice in all() {
        let (name, document) = (invoice.file_name(), invoice.document());
        let sidecar = invoice.sidecar().map(|(_, bytes)| bytes);
        let reading = read(&document, sidecar.as_deref(), &Hints::default())
            .unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert_eq!(reading.record, invoice.record(), "{name}");
        assert_eq!(reading.notes, [], "{name}");
        let syntax = match (name.ends_with(".pdf"), reading.record.kind) {
            (true, _) => Syntax::Facturx,
            (false, Kind::CreditNote) => Syntax::UblCreditNote,
            (false, _) => Syntax::UblInvoice,
        };
        assert_eq!(reading.syntax, syntax, "{name}");
        let compared = compare(&reading.record, &document, syntax.media_type());
        assert_eq!(compared, Ok(Compared::Agrees(syntax)), "{name}");
    }
}

#[test]
fn a_reader_of_others_takes_every_document_by_every_rule() {
    let policy = en16931_formats::Policy::default();
    for invoice in all() {
        let (name, document) = (invoice.file_name(), invoice.document());
        let read = en16931_formats::read(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.invoice.number, Some(invoice.record().number), "{name}");
        assert_eq!(read.invoice.totals.gross_total.into_decimal(), invoice.record().gross.0, "{name}");
        assert_eq!(read.entries_of(Entry::Duplicate).count(), 0, "{name}");
        let received = en16931_formats::receive(&document, &policy);
        assert_eq!(received.recommendation, en16931_formats::Recommendation::Accept, "{name}: {received:#?}");
    }
}

#[test]
fn numbers_run_without_a_gap_and_in_the_order_of_their_dates() {
    let mut series: BTreeMap<String, Vec<(String, Date)>> = BTreeMap::new();
    for invoice in all() {
        let record = invoice.record();
        let (of, _) = record.number.split_once('-').unwrap();
        series.entry(of.to_owned()).or_default().push((record.number.clone(), record.issue_date));
    }
    assert_eq!(series.len(), 10);
    for (of, mut numbers) in series {
        numbers.sort();
        assert!(numbers.is_sorted_by_key(|(_, issued)| *issued), "{of}");
        for (index, (number, issued)) in numbers.iter().enumerate() {
            assert_eq!(*number, format!("{of}-{:04}", index + 1));
            assert!(of.ends_with(&issued.year().to_string()) && *issued <= LAST_DAY);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_other_ones() {
    let documents = |seed| -> Vec<_> {
        invoices(seed, 2025, LAST_DAY).iter().map(|one| (one.file_name(), one.document())).collect()
    };
    assert_eq!(documents(1), documents(1));
    assert_ne!(documents(1), documents(2));
}

#[test]
fn a_few_years_hold_everything_that_a_shop_has() {
    let all = all();
    assert!((350..=600).contains(&all.len()), "{}", all.len());
    let records: Vec<_> = all.iter().map(Invoice::record).collect();
    let count = |what: &dyn Fn(&Record) -> bool| records.iter().filter(|record| what(record)).count();
    assert!(count(&|record| record.class == Class::OneStopShop) > 40);
    assert!(count(&|record| record.kind == Kind::CreditNote) > 12);
    for category in ["S", "K", "AE"] {
        assert!(count(&|record| record.vat[0].category == category) >= 3, "{category}");
    }
    assert!(count(&|record| record.vat.len() == 2) > 10, "two rates on one invoice");
    let pdfs = all.iter().filter(|invoice| invoice.file_name().ends_with(".pdf")).count();
    assert!(pdfs * 10 > all.len() * 8 && pdfs < all.len(), "{pdfs} of {}", all.len());
    let sold: Decimal = records.iter().map(|record| record.gross.0).sum();
    assert!(sold > Decimal::from(100_000), "{sold}");
    let numbers: BTreeSet<_> = records.iter().map(|record| record.number.as_str()).collect();
    for record in &records {
        assert!(record.corrects.iter().all(|corrected| numbers.contains(corrected.as_str())));
    }
}

#[test]
fn the_customer_of_the_show_bought_in_the_first_year_only() {
    let hers: Vec<_> = all()
        .iter()
        .map(Invoice::record)
        .filter(|record| record.buyer.name == Some(heroine()))
        .map(|record| (record.kind, record.issue_date.year()))
        .collect();
    assert_eq!(hers, [(Kind::Invoice, 2022), (Kind::CreditNote, 2022), (Kind::Invoice, 2022)]);
}

#[test]
fn the_box_draws_every_kind_of_page() {
    let all = all();
    let is_pdf = |invoice: &&Invoice| !invoice.is_xml();
    let kinds: [&dyn Fn(&Invoice) -> bool; 3] =
        [&|invoice| invoice.sale.kind == Kind::CreditNote, &|invoice| invoice.sale.is_german(), &|invoice| {
            invoice.sale.lines.len() > 4
        }];
    for kind in kinds {
        let invoice = all.iter().filter(is_pdf).find(|invoice| kind(invoice)).unwrap();
        let document = invoice.document();
        assert_eq!(reader::pdf_pages(&document).unwrap(), 1);
        let drawn = reader::draw_pdf(&document, 1, 600).unwrap();
        let mut picture = png::Decoder::new(std::io::Cursor::new(drawn)).read_info().unwrap();
        let mut pixels = vec![0; picture.output_buffer_size().unwrap()];
        let size = picture.next_frame(&mut pixels).unwrap();
        assert_eq!((size.width, size.height.abs_diff(849) < 3), (600, true), "A4");
        // The head's blue, and ink on the lower half of the sheet.
        let dark = |pixel: &[u8]| pixel.iter().map(|part| u32::from(*part)).sum::<u32>() < 300;
        let (head, below) = pixels.split_at(pixels.len() / 10);
        assert!(head.chunks(3).filter(|pixel| dark(pixel)).count() > head.len() / 6);
        assert!(below.chunks(3).filter(|pixel| dark(pixel)).count() > 1_000);
    }
}

#[test]
#[ignore = "writes to KLUIS_DEMO_OUT, for looking at"]
fn write_all_to_look_at() {
    let folder = std::path::PathBuf::from(std::env::var_os("KLUIS_DEMO_OUT").unwrap());
    for invoice in all() {
        let path = folder.join(invoice.file_name());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, invoice.document()).unwrap();
    }
}
