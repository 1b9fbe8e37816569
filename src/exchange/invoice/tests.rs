//! What the room promises, in the words of who relies on it.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use jiff::civil::date;
use pdf_writer::{Finish, Name, Pdf, Ref, Str, TextStr};
use proptest::prelude::*;

use super::*;
use crate::support::words::{Language, Said, assert_all_said, has};

const UBL: &str = include_str!("../../../tests/fixtures/ubl-invoice.xml");
const CREDIT: &str = include_str!("../../../tests/fixtures/ubl-credit-note.xml");
const CII: &str = include_str!("../../../tests/fixtures/cii-invoice.xml");
const SIDECAR: &str = include_str!("../../../tests/fixtures/sidecar.json");

fn plainly(bytes: &[u8]) -> Result<Reading, InvoiceRefusal> {
    read(bytes, None, &Hints::default())
}

fn code(result: Result<Reading, InvoiceRefusal>) -> String {
    result.unwrap_err().code().into_owned()
}

/// A PDF of one empty page with these files embedded, listed in the name tree and in `AF`.
fn hybrid(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let [root, pages, page] = [1, 2, 3].map(Ref::new);
    let place = |at: usize| (Ref::new(10 + 2 * at as i32), Ref::new(11 + 2 * at as i32));
    let mut catalogue = pdf.catalog(root);
    catalogue.pages(pages);
    catalogue.insert(Name(b"AF")).array().items((0..files.len()).map(|at| place(at).0));
    let mut names = catalogue.insert(Name(b"Names")).dict();
    let mut tree = names.insert(Name(b"EmbeddedFiles")).dict();
    let mut pairs = tree.insert(Name(b"Names")).array();
    for (at, (name, _)) in files.iter().enumerate() {
        pairs.item(Str(name.as_bytes())).item(place(at).0);
    }
    pairs.finish();
    tree.finish();
    names.finish();
    catalogue.finish();
    pdf.pages(pages).kids([page]).count(1);
    pdf.page(page).parent(pages);
    for (at, (name, bytes)) in files.iter().enumerate() {
        let (specification, stream) = place(at);
        let mut specification = pdf.indirect(specification).dict();
        specification.pair(Name(b"Type"), Name(b"Filespec")).pair(Name(b"UF"), TextStr(name));
        specification.insert(Name(b"EF")).dict().pair(Name(b"F"), stream).pair(Name(b"UF"), stream);
        specification.finish();
        let packed = deflated(bytes);
        pdf.embedded_file(stream, &packed).filter(pdf_writer::Filter::FlateDecode);
    }
    pdf.finish()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_refusal_mismatch_and_note_is_said_in_every_language() {
    assert_all_said(InvoiceRefusal::CODES);
    assert_all_said(Mismatch::CODES);
    assert_all_said(Note::CODES);
    for field in Field::ALL {
        assert!(Language::ALL.iter().all(|language| has(*language, &field.message())), "{field}");
    }
    let refusal = InvoiceRefusal::BrokenXml { part: "file".into(), line: 12, fault: XmlFault::Truncated };
    assert_eq!(
        refusal.say(Language::En),
        "The XML is broken at line 12: it ends before it is complete. Copy or export the invoice again."
    );
    assert_eq!(
        InvoiceRefusal::Missing { field: Field::IssueDate }.say(Language::Nl),
        "Op de factuur ontbreekt de factuurdatum. Verbeter haar in de winkel, of leg er een bijbestand naast \
         waar het in staat."
    );
}

#[test]
fn a_ubl_invoice_is_read_to_the_last_field() {
    let reading = plainly(UBL.as_bytes()).unwrap();
    let amount = |text: &str| text.parse().unwrap();
    let rate = |rate, taxable, tax| Vat {
        category: "S".into(),
        rate: Some(amount(rate)),
        taxable: amount(taxable),
        tax: amount(tax),
    };
    assert_eq!(reading.syntax, Syntax::UblInvoice);
    assert_eq!(
        reading.record,
        Record {
            series: None,
            number: "HS-2026-0042".into(),
            kind: Kind::Invoice,
            issue_date: date(2026, 3, 5),
            supply_date: Some(date(2026, 3, 4)),
            seller_country: "NL".parse().unwrap(),
            class: Class::Ordinary,
            buyer: Buyer {
                name: Some("Turnkring Élan".into()),
                country: Some("BE".parse().unwrap()),
                customer: Some("K-1007".into()),
                vat_number: Some("BE0000000196".into()),
                postcode: Some("2000".into()),
            },
            currency: "EUR".parse().unwrap(),
            net: amount("216.67"),
            vat: vec![rate("21", "200.00", "42.00"), rate("9", "16.67", "1.50")],
            gross: amount("260.17"),
            articles: vec!["TR-300".into(), "BK-7".into()],
            corrects: vec![],
            one_stop_shop: None,
        }
    );
    assert_eq!(reading.notes, []);
}

#[test]
fn what_is_left_out_is_said_in_plain_words() {
    let left = plainly(UBL.as_bytes()).unwrap().left_out;
    let count = |what| left.iter().find(|left| left.what == what).map(|left| left.count);
    assert_eq!(count("buyer-e-mail"), Some(1));
    assert_eq!(count("buyer-phone"), Some(1));
    assert_eq!(count("buyer-address"), Some(2), "street and town, but not the postcode and country");
    assert_eq!(count("bank"), Some(2));
    assert_eq!(count("other"), None);
    let paths: Vec<_> = left.iter().flat_map(|left| &left.paths).collect();
    assert!(
        paths.contains(&&"cac:AccountingCustomerParty/cac:Party/cac:Contact/cbc:ElectronicMail".to_owned())
    );
}

#[test]
fn prefixes_are_the_documents_own_choice() {
    let reading = plainly(CREDIT.as_bytes()).unwrap();
    assert_eq!(reading.syntax, Syntax::UblCreditNote);
    assert_eq!(reading.record.kind, Kind::CreditNote);
    assert_eq!(reading.record.corrects, ["HS-2026-0042"]);
    assert_eq!(reading.record.buyer.name.as_deref(), Some("Turnkring Élan"), "the trade name where no other");
}

#[test]
fn the_same_xml_says_the_same_alone_and_inside_a_pdf() {
    let alone = plainly(CII.as_bytes()).unwrap();
    let inside = plainly(&hybrid(&[("terms.pdf", b"%PDF-"), ("factur-x.xml", CII.as_bytes())])).unwrap();
    assert_eq!((alone.syntax, inside.syntax), (Syntax::Cii, Syntax::Facturx));
    assert_eq!(alone.record, inside.record);
    assert_eq!(alone.record.number, "HS-2026-0043");
    assert_eq!(alone.record.supply_date, Some(date(2026, 3, 5)));
    assert_eq!(alone.record.buyer.postcode.as_deref(), Some("8011 AA"));
}

#[test]
fn a_pdf_for_people_needs_its_sidecar() {
    let pdf = hybrid(&[("terms.xml", b"<a/>")]);
    assert_eq!(plainly(&pdf), Err(InvoiceRefusal::PdfNeedsSidecar));
    let reading = read(&pdf, Some(SIDECAR.as_bytes()), &Hints::default()).unwrap();
    assert_eq!(reading.syntax, Syntax::Pdf);
    assert_eq!(reading.record.series.as_deref(), Some("HS"));
    let shop = reading.record.one_stop_shop.clone().unwrap();
    assert_eq!(shop.consumption, Some("FR".parse().unwrap()));
    assert_eq!(shop.payments.len(), 1);
    assert_eq!(shop.place_evidence, ["billing-address", "bank"]);
    assert_eq!(compare(&reading.record, &pdf, "application/pdf"), Ok(Compared::OnTheSendersWord));
    let unsaid = SIDECAR.replace("\"issue_date\": \"2026-03-07\",", "");
    assert_eq!(
        read(&pdf, Some(unsaid.as_bytes()), &Hints::default()),
        Err(InvoiceRefusal::Missing { field: Field::IssueDate })
    );
    let unsaid = SIDECAR.replace("\"seller_country\": \"NL\",", "");
    let hints = Hints { seller_country: Some("NL".parse().unwrap()), class: None };
    assert_eq!(read(&pdf, Some(unsaid.as_bytes()), &hints).unwrap().record, reading.record);
}

#[test]
fn a_sidecar_adds_to_an_invoice_and_never_contradicts_it() {
    let beside = |sidecar: &str| read(UBL.as_bytes(), Some(sidecar.as_bytes()), &Hints::default());
    let reading = beside(
        r#"{ "number": "HS-2026-0042", "gross": "260.170", "series": "HS", "one_stop_shop":
            { "payments": [{ "date": "2026-03-05", "amount": "260.17" }], "place_evidence": ["bank"] } }"#,
    )
    .unwrap();
    assert_eq!(reading.record.class, Class::OneStopShop, "its facts state the class");
    assert_eq!(reading.record.gross.to_string(), "260.17", "in the document's digits");
    let shop = reading.record.one_stop_shop.clone().unwrap();
    assert_eq!(shop.consumption, Some("BE".parse().unwrap()), "from the delivery address");
    let compared = compare(&reading.record, UBL.as_bytes(), "application/xml");
    assert_eq!(compared, Ok(Compared::Agrees(Syntax::UblInvoice)), "what it added is no mismatch");

    assert_eq!(
        beside(r#"{ "number": "HS-2026-0043" }"#),
        Err(InvoiceRefusal::SidecarContradicts {
            field: Field::Number,
            sidecar: "HS-2026-0043".into(),
            document: "HS-2026-0042".into()
        })
    );
    assert_eq!(
        code(beside(r#"{ "class": "ordinary", "one_stop_shop": { "consumption": "BE" } }"#)),
        "invoice-sidecar-contradicts"
    );
    let hints = Hints { seller_country: None, class: Some(Class::ImmovableProperty) };
    assert_eq!(read(UBL.as_bytes(), None, &hints).unwrap().record.class, Class::ImmovableProperty);
    assert_eq!(
        code(read(UBL.as_bytes(), Some(br#"{ "class": "ordinary" }"#), &hints)),
        "invoice-sidecar-contradicts"
    );
}

#[test]
fn a_sidecar_is_strict_and_says_where() {
    let beside = |sidecar: &str| read(UBL.as_bytes(), Some(sidecar.as_bytes()), &Hints::default());
    assert_eq!(beside(r#"{ "nummer": "1" }"#), Err(InvoiceRefusal::SidecarUnknown { name: "nummer".into() }));
    assert_eq!(
        beside(r#"{ "buyer": { "phone": "1" } }"#),
        Err(InvoiceRefusal::SidecarUnknown { name: "phone".into() })
    );
    match beside("{\n \"gross\": 121.00 }") {
        Err(InvoiceRefusal::Sidecar { line: 2, what }) => assert!(what.contains("string"), "{what}"),
        other => panic!("{other:?}"),
    }
    for (sidecar, code_of_it) in [
        ("", "invoice-sidecar"),
        ("[]", "invoice-sidecar"),
        (r#"{ "number": "1", "number": "1" }"#, "invoice-sidecar"),
        (r#"{ "kind": "receipt" }"#, "invoice-sidecar"),
        (r#"{ "net": "1,00" }"#, "invoice-malformed"),
        (r#"{ "class": "oss" }"#, "invoice-malformed"),
        (r#"{ "issue_date": "5-3-2026" }"#, "invoice-malformed"),
    ] {
        assert_eq!(code(beside(sidecar)), code_of_it, "{sidecar}");
    }
    assert_eq!(code(beside(&"[".repeat(10_000))), "invoice-sidecar");
    assert_eq!(code(beside(&" ".repeat((1 << 20) + 1))), "invoice-sidecar-too-large");
}

#[test]
fn sums_that_do_not_add_up_are_said_with_both_values() {
    let wrong = UBL
        .replace(
            "<cbc:TaxInclusiveAmount currencyID=\"EUR\">260.17",
            "<cbc:TaxInclusiveAmount currencyID=\"EUR\">261.17",
        )
        .replace("<cbc:TaxAmount currencyID=\"EUR\">1.50", "<cbc:TaxAmount currencyID=\"EUR\">1.60");
    let amount = |text: &str| text.parse().unwrap();
    assert_eq!(
        plainly(wrong.as_bytes()).unwrap().notes,
        [
            Note::Rate { rate: amount("9"), stated: amount("1.60"), sum: amount("1.50") },
            Note::Vat { stated: amount("43.50"), sum: amount("43.60") },
            Note::Gross { stated: amount("261.17"), sum: amount("260.17") },
        ]
    );
    let unread = UBL.replace(
        "LineExtensionAmount currencyID=\"EUR\">200.00",
        "LineExtensionAmount currencyID=\"EUR\">200,00",
    );
    assert_eq!(plainly(unread.as_bytes()).unwrap().notes, [Note::Unread { value: "200,00".into() }]);
    let cent = UBL.replace(">1.50<", ">1.51<").replace("43.50", "43.51").replace("260.17", "260.18");
    assert_eq!(plainly(cent.as_bytes()).unwrap().notes, [], "VAT may be rounded line by line");
}

#[test]
fn a_field_stated_twice_is_refused_if_it_differs() {
    let twice =
        |second: &str| UBL.replace("<cbc:IssueDate>", &format!("<cbc:ID>{second}</cbc:ID><cbc:IssueDate>"));
    assert!(plainly(twice("HS-2026-0042").as_bytes()).is_ok());
    assert_eq!(
        plainly(twice("HS-9").as_bytes()),
        Err(InvoiceRefusal::Ambiguous {
            field: Field::Number,
            first: "HS-2026-0042".into(),
            second: "HS-9".into()
        })
    );
}

#[test]
fn the_vat_in_the_sellers_own_currency_is_not_counted_twice() {
    let copy = "<cac:TaxTotal><cbc:TaxAmount currencyID=\"SEK\">480</cbc:TaxAmount><cac:TaxSubtotal>\
        <cbc:TaxableAmount currencyID=\"SEK\">2390</cbc:TaxableAmount>\
        <cbc:TaxAmount currencyID=\"SEK\">480</cbc:TaxAmount>\
        <cac:TaxCategory><cbc:ID>S</cbc:ID></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>";
    let both = UBL.replace("<cac:LegalMonetaryTotal>", &format!("{copy}<cac:LegalMonetaryTotal>"));
    let reading = plainly(both.as_bytes()).unwrap();
    assert_eq!(reading.record, plainly(UBL.as_bytes()).unwrap().record);
    assert_eq!(reading.notes, []);
}

#[test]
fn a_document_that_contradicts_its_record_is_named_with_both_values() {
    let stated = plainly(UBL.as_bytes()).unwrap().record;
    let against = |document: &str| compare(&stated, document.as_bytes(), "application/xml");
    assert_eq!(against(UBL), Ok(Compared::Agrees(Syntax::UblInvoice)));
    for (from, to, field) in [
        ("HS-2026-0042", "HS-2026-0041", Field::Number),
        ("2026-03-05", "2027-03-05", Field::IssueDate),
        ("2026-03-04", "2026-03-03", Field::SupplyDate),
        ("K-1007", "K-1", Field::Customer),
        ("TR-300", "TR-301", Field::Articles),
        (">260.17<", ">260.18<", Field::Gross),
        (">42.00<", ">42.01<", Field::Vat),
    ] {
        match against(&UBL.replace(from, to)) {
            Err(Mismatch::Differs { field: named, stated, document }) => {
                assert_eq!(named, field);
                assert_ne!(stated, document);
            }
            other => panic!("{field}: {other:?}"),
        }
    }
    let mut omitted = stated.clone();
    omitted.buyer.vat_number = None;
    match compare(&omitted, UBL.as_bytes(), "application/xml") {
        Err(Mismatch::Differs { field: Field::VatNumber, stated, .. }) => assert_eq!(stated, "-"),
        other => panic!("{other:?}"),
    }
    let quiet = UBL.replace("<cbc:ID>K-1007</cbc:ID>", "");
    assert_eq!(against(&quiet), Ok(Compared::Agrees(Syntax::UblInvoice)), "the document need not say all");
    assert!(matches!(compare(&stated, UBL.as_bytes(), "application/pdf"), Err(Mismatch::Media { .. })));
    assert!(matches!(against("<a>"), Err(Mismatch::Unreadable { .. })));
    assert_eq!(compare(&stated, b"\x89PNG", "image/png"), Ok(Compared::OnTheSendersWord));
}

#[test]
fn what_is_no_invoice_is_refused_with_its_way_out() {
    for (bytes, code_of_it) in [
        (&b""[..], "invoice-empty"),
        (b" \r\n ", "invoice-empty"),
        (b"\x89PNG\r\n\x1a\n", "invoice-image"),
        (b"\xff\xd8\xff\xe0", "invoice-image"),
        (b"\0\0\0\x20ftypheic", "invoice-image"),
        (b"PK\x03\x04word/document.xml", "invoice-office"),
        (b"<!DOCTYPE html><html>", "invoice-web-page"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "invoice-web-page"),
        (b"Received: from shop.example\r\n", "invoice-web-page"),
        (b"{ \"number\": \"1\" }", "invoice-json"),
        (b"Factuur 12, te betalen 10 euro", "invoice-unknown"),
        (b"\0\0\0", "invoice-unknown"),
        (b"%PDF-1.7\n%%EOF", "invoice-pdf-broken"),
        (b"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>", "invoice-other-xml"),
        (b"<Invoice/>", "invoice-other-xml"),
    ] {
        assert_eq!(code(plainly(bytes)), code_of_it, "{}", String::from_utf8_lossy(bytes));
    }
    assert_eq!(code(plainly(&vec![b' '; LONGEST_DOCUMENT + 1])), "invoice-too-large");
    let order = plainly(b"<o:Order xmlns:o='urn:x'/>").unwrap_err();
    assert!(order.to_string().contains("“Order”"), "{order}");
    assert_eq!(code(plainly(UBL.replace(">380<", ">351<").as_bytes())), "invoice-not-an-invoice");
}

#[test]
fn xml_that_is_broken_or_hostile_is_refused() {
    let with = |from: &str, to: &str| code(plainly(UBL.replace(from, to).as_bytes()));
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    assert_eq!(with(head, "<!DOCTYPE Invoice SYSTEM \"http://a.example/x.dtd\">"), "invoice-doctype");
    let bomb = "<!DOCTYPE Invoice [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>";
    assert_eq!(with(head, bomb), "invoice-doctype");
    assert_eq!(with("Met dank &amp;", "Met dank &euml;"), "invoice-entity");
    assert_eq!(with("currencyID=\"EUR\"", "currencyID=\"&eur;\""), "invoice-entity");
    assert_eq!(with("Lindelaan", "Linde\0laan"), "invoice-broken-xml");
    assert_eq!(with("Lindelaan", "Linde&#x1;laan"), "invoice-broken-xml");
    assert_eq!(with("Lindelaan", "Linde&#55555555;laan"), "invoice-broken-xml");
    assert_eq!(with("</Invoice>", "</Invoice><Invoice/>"), "invoice-broken-xml");
    assert_eq!(with("</Invoice>", "</Invoice>again"), "invoice-broken-xml");
    assert_eq!(with("</Invoice>", ""), "invoice-broken-xml");
    assert_eq!(with("<cbc:Note>", "<cbc:Nota>"), "invoice-broken-xml");
    assert_eq!(with("<cbc:Note>", "<cbd:Note>"), "invoice-broken-xml");
    assert_eq!(with("<cbc:Note>", "<cbc:Note x:lang='nl'>"), "invoice-broken-xml");
    assert_eq!(with("<cbc:Note>", "<cbc:Note a='1' a='2'>"), "invoice-broken-xml");
    assert_eq!(with("\"UTF-8\"", "\"Shift_JIS\""), "invoice-encoding");
    let mut wide = b"\xff\xfe".to_vec();
    wide.extend(UBL.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(code(plainly(&wide)), "invoice-encoding");
    let mut latin = UBL.replace("\"UTF-8\"", "\"ISO-8859-1\"").into_bytes();
    let at = latin.windows(2).position(|two| two == "É".as_bytes()).unwrap();
    latin.splice(at..at + 2, [0xc9]);
    assert_eq!(plainly(&latin).unwrap().record, plainly(UBL.as_bytes()).unwrap().record);
    latin.splice(..43, UBL.bytes().take(38));
    let refusal = plainly(&latin).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "The XML is not the text in UTF-8 that it should be. Export it as UTF-8."
    );
    match plainly(UBL.replace("</cbc:ID>", "").as_bytes()) {
        Err(InvoiceRefusal::BrokenXml { line, .. }) => assert!(line > 5, "{line}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn bombs_are_refused_in_bounded_time() {
    let start = Instant::now();
    let open = "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"";
    assert_eq!(
        code(plainly(format!("{open}>{}", "<a>".repeat(1_000_000)).as_bytes())),
        "invoice-too-much-xml"
    );
    let many: String = (0..100_000).map(|at| format!(" a{at}=''")).collect();
    assert_eq!(code(plainly(format!("{open}{many}/>").as_bytes())), "invoice-too-much-xml");
    let many: String = (0..100_000).map(|at| format!(" xmlns:a{at}='u'")).collect();
    assert_eq!(code(plainly(format!("{open}{many}/>").as_bytes())), "invoice-too-much-xml");
    let wide = format!("{open}>{}</Invoice>", "<a/>".repeat(400_000));
    assert_eq!(code(plainly(wide.as_bytes())), "invoice-too-much-xml");
    let ids: String = (0..2_000)
        .map(|at| {
            format!(
                "<cac:InvoiceLine><cac:Item><cac:SellersItemIdentification><cbc:ID>{at}</cbc:ID>\
         </cac:SellersItemIdentification></cac:Item></cac:InvoiceLine>"
            )
        })
        .collect();
    let lines = UBL.replace("</Invoice>", &format!("{ids}</Invoice>"));
    assert_eq!(
        plainly(lines.as_bytes()),
        Err(InvoiceRefusal::TooMany { field: Field::Articles, limit: MOST_PARTS })
    );
    let long = UBL.replace("Turnkring", &"x".repeat(LONGEST_TEXT));
    assert_eq!(code(plainly(long.as_bytes())), "invoice-too-long");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_pdf_with_two_invoices_that_differ_is_refused_naming_both() {
    let other = CII.replace("181.50", "99.00");
    let two = hybrid(&[("xrechnung.xml", other.as_bytes()), ("factur-x.xml", CII.as_bytes())]);
    assert_eq!(
        plainly(&two),
        Err(InvoiceRefusal::PdfTwoInvoices { first: "factur-x.xml".into(), second: "xrechnung.xml".into() })
    );
    let same = hybrid(&[("ZUGFeRD-invoice.xml", CII.as_bytes()), ("factur-x.xml", CII.as_bytes())]);
    assert!(plainly(&same).is_ok());
}

#[test]
fn broken_xml_in_a_pdf_is_never_taken_for_a_plain_pdf() {
    let broken = hybrid(&[("factur-x.xml", &CII.as_bytes()[..CII.len() / 2])]);
    for sidecar in [None, Some(SIDECAR.as_bytes())] {
        match read(&broken, sidecar, &Hints::default()) {
            Err(InvoiceRefusal::BrokenXml { part, .. }) => assert_eq!(part, "factur-x.xml"),
            other => panic!("{other:?}"),
        }
    }
    let mut damaged = hybrid(&[("factur-x.xml", CII.as_bytes())]);
    let at = damaged.windows(6).rposition(|six| six == b"stream").unwrap() - 60;
    damaged[at..at + 20].fill(0);
    assert_eq!(code(plainly(&damaged)), "invoice-pdf-packing");
}

#[test]
fn a_protected_pdf_is_refused() {
    let open = hybrid(&[("factur-x.xml", CII.as_bytes())]);
    let at = open.windows(7).rposition(|seven| seven == b"trailer").unwrap();
    let locked = [&open[..at], b"trailer\n<< /Encrypt 99 0 R ", &open[at + 10..]].concat();
    assert_eq!(plainly(&locked), Err(InvoiceRefusal::PdfEncrypted));
}

#[test]
fn a_pdf_of_the_newer_form_is_read_too() {
    // Catalogue, names and file specification in an object stream, the stream's length elsewhere, a
    // name tree with kids, no trailer: as PDF 1.5 and later write it.
    let objects = [
        (1, "<< /Type /Catalog /Names << /EmbeddedFiles 2 0 R >> >>"),
        (2, "<< /Kids [3 0 R 2 0 R] >>"),
        (3, "<< /Names [(factur-x.xml) 4 0 R] >>"),
        (
            4,
            "<< /Type /Filespec /UF <FEFF0066006100630074007500720 02D0078002E0078006D006C> /EF << /F 5 0 R >> >>",
        ),
    ];
    let (mut head, mut body) = (String::new(), String::new());
    for (number, object) in objects {
        head.push_str(&format!("{number} {} ", body.len()));
        body.push_str(object);
        body.push('\n');
    }
    let packed = deflated(format!("{head}{body}").as_bytes());
    let xml = deflated(CII.as_bytes());
    let mut pdf = b"%PDF-1.7\n".to_vec();
    pdf.extend(b"5 0 obj << /Length 6 0 R /Filter [/FlateDecode] >>\nstream\r\n");
    pdf.extend(&xml);
    pdf.extend(format!("\nendstream endobj\n6 0 obj {} endobj\n", xml.len()).bytes());
    let (count, first, length) = (objects.len(), head.len(), packed.len());
    pdf.extend(
        format!("7 0 obj << /Type /ObjStm /N {count} /First {first} /Length {length} /Filter /FlateDecode >>\nstream\n")
            .bytes(),
    );
    pdf.extend(&packed);
    pdf.extend(
        b"\nendstream endobj\n8 0 obj << /Type /XRef /Root 1 0 R /Length 0 >> stream\n\nendstream endobj",
    );
    assert_eq!(plainly(&pdf).unwrap().record, plainly(CII.as_bytes()).unwrap().record);
}

#[test]
fn a_pdf_that_unpacks_without_end_is_refused_within_its_budget() {
    let start = Instant::now();
    // 3 GB of zeros, packed twice, are about 4 kB.
    let twice = deflated(&packed_zeros(3 << 30));
    assert!(twice.len() < 20_000, "{}", twice.len());
    for kind in ["/Type /ObjStm /N 1 /First 8", "/Type /EmbeddedFile"] {
        let mut pdf = b"%PDF-1.7\n1 0 obj << /Type /Catalog /AF [<< /UF (factur-x.xml) /EF << /F 2 0 R >> >>] >> endobj\n".to_vec();
        pdf.extend(
            format!(
                "2 0 obj << {kind} /Length {} /Filter [/FlateDecode /FlateDecode] >> stream\n",
                twice.len()
            )
            .bytes(),
        );
        pdf.extend(&twice);
        pdf.extend(b"\nendstream endobj\ntrailer << /Root 1 0 R >>");
        assert_eq!(code(plainly(&pdf)), "invoice-pdf-too-much", "{kind}");
    }
    // Many object streams draw on one budget.
    let once = deflated(&vec![b' '; 10 << 20]);
    let mut pdf = b"%PDF-1.7\n".to_vec();
    for number in 1..20 {
        pdf.extend(
            format!(
                "{number} 0 obj << /Type /ObjStm /First 0 /Filter /FlateDecode /Length {} >> stream\n",
                once.len()
            )
            .bytes(),
        );
        pdf.extend(&once);
        pdf.extend(b"\nendstream endobj\n");
    }
    assert_eq!(code(plainly(&pdf)), "invoice-pdf-too-much");
    // Name trees that are their own kids, references that go round, broken objects without end.
    let kids = "2 0 R ".repeat(1_000);
    let round = format!(
        "%PDF-1.7\n1 0 obj << /Type /Catalog /Names << /EmbeddedFiles 2 0 R >> /AF 3 0 R >> endobj\n2 0 obj << /Kids [{kids}] >> endobj\n3 0 obj 3 0 R endobj\ntrailer << /Root 1 0 R >>"
    );
    assert_eq!(code(plainly(round.as_bytes())), "invoice-pdf-needs-sidecar");
    assert_eq!(
        code(plainly(format!("%PDF-1.7\n{}", "1 0 obj (".repeat(1 << 20)).as_bytes())),
        "invoice-pdf-broken"
    );
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

fn packed_zeros(mut count: usize) -> Vec<u8> {
    use std::io::Write;
    let zeros = vec![0; 1 << 20];
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    while count > 0 {
        let now = count.min(zeros.len());
        encoder.write_all(&zeros[..now]).unwrap();
        count -= now;
    }
    encoder.finish().unwrap()
}

/// One of the fixtures, changed at random places, or cut.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let pdf = hybrid(&[("factur-x.xml", CII.as_bytes())]);
    let seed = prop_oneof![
        Just(UBL.as_bytes().to_vec()),
        Just(CREDIT.as_bytes().to_vec()),
        Just(CII.as_bytes().to_vec()),
        Just(pdf),
    ];
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20);
    (seed, changes, prop::option::of(any::<prop::sample::Index>())).prop_map(|(mut bytes, changes, cut)| {
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        bytes
    })
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_and_what_is_read_agrees_with_itself(bytes in mutated()) {
        let own = plainly(UBL.as_bytes()).unwrap().record;
        for media in ["application/xml", "application/pdf"] {
            let _ = compare(&own, &bytes, media);
        }
        let _ = read(&bytes, Some(SIDECAR.as_bytes()), &Hints::default());
        if let Ok(reading) = plainly(&bytes) {
            let media = reading.syntax.media_type();
            prop_assert_eq!(compare(&reading.record, &bytes, media), Ok(Compared::Agrees(reading.syntax)));
        }
    }

    #[test]
    fn no_sidecar_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0..SIDECAR.len()) {
        let mut sidecar = SIDECAR.as_bytes().to_vec();
        sidecar.splice(at..at, bytes);
        let _ = read(UBL.as_bytes(), Some(&sidecar), &Hints::default());
    }
}
