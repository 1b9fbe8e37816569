//! What agrees, what differs, what stands on the sender's word.

use std::time::{Duration, Instant};

use factuurkluis::appliance::reader::{ReaderRefusal, Verdict};
use factuurkluis::exchange::bundle::Piece;
use factuurkluis::exchange::invoice::{Field, Kind, Record};

use super::made::{pdf, pdf_with_xml, zeros};
use super::{CII, PDF, UBL, XML, hand, judge, leaf, peak, record, start};

#[test]
fn documents_that_say_what_their_records_say_pass() {
    let mut reader = start();
    for round in 0..100 {
        hand(&mut reader, 2 * round + 1, record(UBL), UBL, XML).unwrap();
        hand(&mut reader, 2 * round + 2, record(CII), CII, XML).unwrap();
    }
    assert!(peak(&reader.process_id().to_string()) < 40_000, "an ordinary bundle takes little memory");
    assert_eq!(reader.finish().unwrap(), Verdict { compared: 200, on_word: vec![] });
}

#[test]
fn every_field_that_differs_is_named_with_both_values() {
    type Change = fn(&mut Record);
    let changes: [(Field, Change); 14] = [
        (Field::Number, |r| r.number.push('9')),
        (Field::Kind, |r| r.kind = Kind::SelfBilled),
        (Field::IssueDate, |r| r.issue_date = r.issue_date.tomorrow().unwrap()),
        (Field::SupplyDate, |r| r.supply_date = Some("2019-12-31".parse().unwrap())),
        (Field::SellerCountry, |r| r.seller_country = "PL".parse().unwrap()),
        (Field::BuyerName, |r| r.buyer.name = Some("Somebody Else".to_owned())),
        (Field::BuyerCountry, |r| r.buyer.country = Some("PL".parse().unwrap())),
        (Field::Customer, |r| r.buyer.customer = Some("C-0".to_owned())),
        (Field::VatNumber, |r| r.buyer.vat_number = Some("PL0".to_owned())),
        (Field::Postcode, |r| r.buyer.postcode = Some("00-000".to_owned())),
        (Field::Currency, |r| r.currency = "PLN".parse().unwrap()),
        (Field::Net, |r| r.net = "0.01".parse().unwrap()),
        (Field::Vat, |r| r.vat[0].tax = "0.01".parse().unwrap()),
        (Field::Gross, |r| r.gross = "0.01".parse().unwrap()),
    ];
    let mut tried = 0;
    for (name, document) in [("UBL", UBL), ("CII", CII)] {
        for (field, change) in changes {
            let mut stated = record(document);
            let honest = record(document);
            change(&mut stated);
            match judge(stated, document, XML) {
                Err(ReaderRefusal::Mismatch { invoice, field: named, record, document }) => {
                    assert_eq!(named, field, "{name}");
                    assert_ne!(record, document, "{name} {field}");
                    assert!(invoice.starts_with(&honest.number), "{name} {field}: {invoice}");
                    tried += 1;
                }
                // A document that does not state the field contradicts nothing.
                other => assert!(other.is_ok() && absent(&honest, field), "{name} {field}: {other:?}"),
            }
        }
    }
    assert!(tried >= 22, "only {tried} changes were noticed");
}

fn absent(record: &Record, field: Field) -> bool {
    match field {
        Field::SupplyDate => record.supply_date.is_none(),
        Field::BuyerCountry => record.buyer.country.is_none(),
        Field::Customer => record.buyer.customer.is_none(),
        Field::VatNumber => record.buyer.vat_number.is_none(),
        Field::Postcode => record.buyer.postcode.is_none(),
        _ => false,
    }
}

#[test]
fn a_mismatch_ends_the_bundle_at_the_next_call_or_at_the_end() {
    let mut reader = start();
    let mut wrong = record(UBL);
    wrong.gross = "1.00".parse().unwrap();
    let mut found = hand(&mut reader, 1, wrong, UBL, XML);
    let deadline = Instant::now() + Duration::from_secs(10);
    for number in 2.. {
        if found.is_err() {
            break;
        }
        assert!(Instant::now() < deadline, "the mismatch did not surface");
        found = hand(&mut reader, number, record(UBL), UBL, XML);
    }
    let refusal = found.unwrap_err();
    assert!(
        matches!(&refusal, ReaderRefusal::Mismatch { field: Field::Gross, record, .. } if record == "1.00")
    );
    assert_eq!(hand(&mut reader, 9, record(UBL), UBL, XML).unwrap_err(), refusal, "it stays refused");
    assert_eq!(reader.finish().unwrap_err(), refusal);
}

#[test]
fn what_no_program_reads_stands_on_the_senders_word() {
    let mut reader = start();
    let stated = record(UBL);
    hand(&mut reader, 1, stated.clone(), &pdf("BT ET", &[]), PDF).unwrap();
    hand(&mut reader, 2, stated.clone(), b"a picture", "image/png").unwrap();
    hand(&mut reader, 3, stated.clone(), UBL, XML).unwrap();
    // Larger than any program here reads: none of it is sent.
    let large = (64 << 20) + 1;
    let invoice = leaf(stated, &[(UBL.len() as u64, XML), (large, PDF)]);
    reader.see(&Piece::Begin { leaf: 4, index: 0, invoice: &invoice }).unwrap();
    reader.see(&Piece::Bytes(UBL)).unwrap();
    reader.see(&Piece::End).unwrap();
    reader.see(&Piece::Begin { leaf: 4, index: 1, invoice: &invoice }).unwrap();
    reader.see(&Piece::Bytes(&[0; 1000])).unwrap();
    reader.see(&Piece::End).unwrap();
    let verdict = reader.finish().unwrap();
    assert_eq!(verdict, Verdict { compared: 2, on_word: vec![(1, 0), (2, 0), (4, 1)] });
}

#[test]
fn a_document_of_another_type_than_stated_is_refused() {
    let refusal = judge(record(UBL), UBL, PDF).unwrap_err();
    assert!(matches!(refusal, ReaderRefusal::MediaType { .. }), "{refusal}");
}

#[test]
fn what_is_no_invoice_is_refused_with_the_reason_that_the_shop_would_have_had() {
    let bomb = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbbbbbb'>]><Invoice>&b;</Invoice>";
    let cut = &UBL[..UBL.len() / 2];
    let external = b"<!DOCTYPE a SYSTEM 'file:///etc/hostname'><a/>";
    let hollow = pdf_with_xml(&zeros(1 << 30));
    for (media, document, reason) in [
        (XML, bomb.as_slice(), "invoice-doctype"),
        (XML, external, "invoice-doctype"),
        (XML, cut, "invoice-broken-xml"),
        (XML, b"", "invoice-empty"),
        (XML, b"\0\0\0\0", "invoice-unknown"),
        (PDF, b"%PDF-1.7 and nothing else", "invoice-pdf-broken"),
        (PDF, &hollow, "invoice-pdf-too-much"),
    ] {
        match judge(record(UBL), document, media) {
            Err(ReaderRefusal::Unreadable { code, .. }) => assert_eq!(code, reason),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[test]
fn the_longest_document_is_still_compared() {
    let (front, back) = UBL.split_at(UBL.len() - b"</Invoice>\n".len());
    let filler = vec![b' '; (64 << 20) - UBL.len()];
    let document = [front, &filler, back].concat();
    let mut reader = start();
    hand(&mut reader, 1, record(UBL), &document, XML).unwrap();
    hand(&mut reader, 2, record(UBL), UBL, XML).unwrap();
    assert_eq!(reader.finish().unwrap(), Verdict { compared: 2, on_word: vec![] });
}

#[test]
fn pieces_that_do_not_follow_each_other_are_refused() {
    let invoice = leaf(record(UBL), &[(10, XML)]);
    let begin = Piece::Begin { leaf: 1, index: 0, invoice: &invoice };
    for wrong in [
        &[&Piece::Bytes(b"x")] as &[_],
        &[&begin, &begin],
        &[&begin, &Piece::End],
        &[&begin, &Piece::Bytes(&[0; 11])],
    ] {
        let mut reader = start();
        let seen = wrong.iter().try_for_each(|piece| reader.see(piece));
        assert_eq!(seen, Err(ReaderRefusal::Protocol));
    }
    let mut reader = start();
    reader.see(&begin).unwrap();
    assert_eq!(reader.finish(), Err(ReaderRefusal::Protocol), "a document was not ended");
}
