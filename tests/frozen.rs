//! Version 1 of the format, frozen: what was written once must be read for twenty years.
//!
//! The files in `tests/frozen/v1` were written on 24 November 2026 and **never change**. A change of the code
//! that this test does not survive breaks bundles that lie on sticks and in boxes already: mend the code. A
//! later version of a part gets a folder of its own beside this one: `v2` is the certificate's, `push-1` the
//! one-way push's.
//!
//! All of it is invented: the shop, the box, the customers, and the term's secret, which stands there in the
//! open and opens nothing else.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use factuurkluis::exchange::bundle::{
    HybridIdentity, Measured, Opened, Piece, Proof, Sealed, SignedBoxCard, SignedCertificate,
    SignedSenderCard, cbor, term_identity,
};
use factuurkluis::exchange::journal::entry::MAX_BODY;
use factuurkluis::exchange::journal::{Event, Receipt, ReceiptCode, SignedCheckpoint};
use factuurkluis::exchange::vocabulary::Digest;
use factuurkluis::support::secret::Secret;
use serde_json::{Value, to_value};

#[path = "frozen/push.rs"]
mod push;
#[path = "frozen/v2.rs"]
mod version_2;

fn bytes(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/v1");
    fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn text(name: &str) -> String {
    String::from_utf8(bytes(name)).unwrap()
}

fn expected() -> Value {
    serde_json::from_slice(&bytes("expected.json")).unwrap()
}

fn identity() -> HybridIdentity {
    let secret = HEXLOWER.decode(text("invented-term-secret.hex").trim().as_bytes()).unwrap();
    term_identity(&Secret::from_bytes(secret.as_slice().try_into().unwrap()))
}

fn sender() -> SignedSenderCard {
    SignedSenderCard::open(&bytes("sender.card")).unwrap()
}

fn its_box() -> SignedBoxCard {
    SignedBoxCard::open(&bytes("box.card")).unwrap()
}

fn open(bundle: &[u8]) -> Opened<Cursor<&[u8]>> {
    let mut input = bundle;
    let authentic = Sealed::read(&mut input).unwrap().authenticate(sender().body().key).unwrap();
    let measured = Measured::while_copying(&mut input, &mut std::io::sink()).unwrap();
    authentic.intact(measured).unwrap().open(Cursor::new(bundle), &identity()).unwrap()
}

#[test]
fn the_frozen_bundle_opens_and_holds_what_it_held() {
    let bundle = bytes("sample.bundle");
    let mut opened = open(&bundle);
    let want = expected();
    assert_eq!(to_value(opened.authentic().header()).unwrap(), want["header"]);
    assert_eq!(to_value(opened.authentic().digest()).unwrap(), want["header_digest"]);

    let mut documents: Vec<Vec<u8>> = Vec::new();
    opened
        .documents::<factuurkluis::exchange::bundle::BundleRefusal>(|piece| {
            match piece {
                Piece::Begin { .. } => documents.push(Vec::new()),
                Piece::Bytes(bytes) => documents.last_mut().unwrap().extend_from_slice(bytes),
                Piece::End => {}
            }
            Ok(())
        })
        .unwrap();
    let large: Vec<u8> = (0..66_000u32).map(|n| (n * 7 % 251) as u8).collect();
    let first = "<Invoice>€ -121,00 ünïcode</Invoice>\n".as_bytes();
    assert!(documents == [first, b"", &large]);

    let invoices = want["invoices"].as_array().unwrap();
    assert_eq!(opened.invoice_numbers().count(), invoices.len());
    for (leaf, want) in opened.invoice_numbers().zip(invoices) {
        let invoice = opened.invoice(leaf).unwrap();
        assert_eq!(to_value(&invoice.record).unwrap(), want["record"]);
        assert_eq!(to_value(&invoice.documents).unwrap(), want["documents"]);
    }
}

#[test]
fn the_frozen_identity_is_that_of_the_frozen_secret() {
    let text = text("invented-identity.txt");
    let written = HybridIdentity::parse(text.lines().last().unwrap()).unwrap();
    for identity in [identity(), written] {
        assert_eq!(Value::from(identity.recipient().to_text()), expected()["recipient"]);
    }
}

#[test]
fn the_frozen_cards_and_certificate_still_hold() {
    let want = expected();
    assert_eq!(to_value(sender().body()).unwrap(), want["sender_card"]);
    assert_eq!(Value::from(sender().fingerprint()), want["sender_fingerprint"]);
    assert_eq!(to_value(its_box().body()).unwrap(), want["box_card"]);
    assert_eq!(Value::from(its_box().fingerprint()), want["box_fingerprint"]);

    let certificate = bytes("sample.certificate");
    let certificate = SignedCertificate::read(&certificate).unwrap();
    certificate.verify(its_box().body().key).unwrap();
    let SignedCertificate::V1(statement) = &certificate else { panic!("another version") };
    assert_eq!(to_value(statement.body()).unwrap(), want["certificate"]);
    // What version 1 did not say is answered with what was true of it.
    assert_eq!((certificate.held(), certificate.tokens().len()), (0, 0));
    assert_eq!(certificate.box_fingerprint(), its_box().fingerprint());
}

#[test]
fn the_frozen_proof_and_its_receipt_still_hold() {
    let (want, card) = (expected(), its_box());
    let card = card.body();
    let proven = Proof::parse(&bytes("invoice-1.proof")).unwrap().verify().unwrap();
    assert_eq!(proven.key, sender().body().key);
    assert_eq!(to_value(&proven.invoice.record).unwrap(), want["invoices"][0]["record"]);
    assert_eq!(proven.receipt.as_deref(), Some(text("admission.tlog-proof").as_str()));

    let receipt = Receipt::verify(&text("admission.tlog-proof"), card.box_id, &card.key).unwrap();
    let event: Event = cbor::decode(receipt.body(), MAX_BODY).unwrap();
    let Event::Admission(admission) = event else { panic!("the receipt is of an admission") };
    assert_eq!(to_value(admission.header).unwrap(), want["header_digest"]);
    assert_eq!((receipt.index(), receipt.checkpoint().size()), (5, 7));
    SignedCheckpoint::verify(&card.checkpoint, card.box_id, &card.key).unwrap();
}

#[test]
fn the_frozen_receipt_code_is_still_the_bundles() {
    let bundle = bytes("sample.bundle");
    let opened = open(&bundle);
    let header = opened.authentic().header();
    let code: ReceiptCode = text("receipt-code.txt").trim().parse().unwrap();
    assert_eq!(code.number(), header.number);
    let key = opened.stream().receipt_key();
    assert!(code.check(&key, header.box_id, header.stream, &opened.authentic().digest()));
    assert!(!code.check(&key, header.box_id, header.stream, &Digest::of(b"another")));
}

/// The digest of every frozen file, so that nobody mends a file where the code is to be mended.
#[test]
fn the_frozen_files_never_change() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/v1");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let digests: Vec<String> = files
        .iter()
        .map(|file| {
            let name = file.file_name().unwrap().to_string_lossy();
            format!("{} {name}", &Digest::of(&fs::read(file).unwrap()).to_string()[..16])
        })
        .collect();
    assert_eq!(digests, FROZEN);
}

const FROZEN: [&str; 10] = [
    "4b9758c9b45eb268 admission.tlog-proof",
    "0b6b7ee870da4551 box.card",
    "5015b6cafbfbe86f expected.json",
    "293c57ccb28361fd invented-identity.txt",
    "689ba5c8bed00bbd invented-term-secret.hex",
    "46c0c452e8d372e7 invoice-1.proof",
    "0c9d5cf7c222973c receipt-code.txt",
    "e538fd185eabae1a sample.bundle",
    "73d255b951ddb19d sample.certificate",
    "4e26f4f3bc41271a sender.card",
];

/// Every label of the code stands in the page's table, so that none changes or comes without a word.
#[test]
fn every_label_of_the_code_stands_in_the_table_of_the_page() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let page = fs::read_to_string(source.join("exchange/bundle/FORMAT.md")).unwrap();
    let table = &page[page.find("## 11. All labels").unwrap()..page.find("## 12.").unwrap()];
    let mut labels = Vec::new();
    collect(&source, &mut |code| {
        for at in code.match_indices("\"factuurkluis").map(|(at, _)| at + 1) {
            let label = &code[at..at + code[at..].find('"').unwrap()];
            // A label is a path of words; "factuurkluis" alone is the program's name.
            if label.contains('/') {
                labels.push(label.to_owned());
            }
        }
    });
    assert!(labels.len() >= 10, "{labels:?}");
    for label in labels {
        // A fingerprint's kind is filled in.
        let whole = label.split('{').next().unwrap();
        assert!(table.contains(&format!("`{whole}")), "{label} is not in FORMAT.md, section 11");
    }
}

/// Gives the text of every Rust file under `folder` that is not a test.
fn collect(folder: &Path, give: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            collect(&path, give);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            give(&fs::read_to_string(&path).unwrap());
        }
    }
}
