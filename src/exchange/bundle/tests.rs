#![allow(clippy::unwrap_used)]
//! What a bundle promises, and what each attack on one gets.

use std::io::{BufReader, Cursor, Read};

use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::exchange::invoice::{Buyer, Kind, Record};
use crate::exchange::vocabulary::{
    BoxId, BundleNumber, Class, Digest, EntityId, PublicKey, SenderId, StreamId,
};

/// A sender and a term, as a test needs them.
struct Shop {
    key: SigningKey,
    receipt_key: Secret,
    term: HybridIdentity,
    place: Place,
    box_id: BoxId,
    entity: EntityId,
}

impl Shop {
    fn new() -> Self {
        Self {
            key: SigningKey::from_bytes(Secret::random().expose()),
            receipt_key: Secret::random(),
            term: term_identity(&Secret::random()),
            place: Place { sender: SenderId::random(), stream: StreamId::random(), number: BundleNumber(1) },
            box_id: BoxId::random(),
            entity: EntityId::random(),
        }
    }

    fn public(&self) -> PublicKey {
        PublicKey(self.key.verifying_key().to_bytes())
    }

    fn address(&self) -> Address {
        Address {
            box_id: self.box_id,
            entity: self.entity,
            term: "trampoline-nl-ordinary-2026-12".parse().unwrap(),
            recipient: self.term.recipient(),
            previous: None,
            replaces: None,
            seen: None,
            signed_at: Timestamp::from_second(1_790_000_000).unwrap(),
        }
    }

    fn parcel(&self, documents: &[&[u8]]) -> Parcel {
        let mut parcel = Parcel::new(self.place, &self.receipt_key);
        for (index, bytes) in documents.iter().enumerate() {
            assert!(parcel.add(record(index), vec![promise(bytes)]).unwrap());
        }
        parcel
    }

    fn seal(&self, documents: &[&[u8]]) -> Vec<u8> {
        let (_, out) = self
            .parcel(documents)
            .seal(Cursor::new(Vec::new()), &self.address(), &self.key, |n| Ok(documents[n]))
            .unwrap();
        out.into_inner()
    }

    /// Signs another header over a bundle's payload, as a dishonest sender could.
    fn sign_again(&self, bundle: &[u8], change: impl FnOnce(&mut Header)) -> Vec<u8> {
        let sealed = Sealed::read(&mut &bundle[..]).unwrap();
        let age = &bundle[sealed.to_bytes().len()..];
        let mut header = sealed.claimed().clone();
        header.signers = vec![key_id(&self.public())];
        change(&mut header);
        [Statement::sign(labels::BUNDLE, header, &self.key).to_bytes().as_slice(), age].concat()
    }

    /// Seals any payload under a header that fits it from outside.
    fn seal_payload(&self, payload: &[u8], leaves: u32, root: Digest) -> Vec<u8> {
        let recipient = self.term.recipient();
        let age = encrypt(payload, &[&recipient]);
        self.around(age, leaves, root)
    }

    fn around(&self, age: Vec<u8>, leaves: u32, root: Digest) -> Vec<u8> {
        let model = self.seal(&[b"x"]);
        self.sign_again(
            &[&model[..Sealed::read(&mut &model[..]).unwrap().to_bytes().len()], &age].concat(),
            |header| {
                header.leaves = leaves;
                header.root = root;
                header.length = age.len() as u64;
                header.sha256 = Digest::of(&age);
            },
        )
    }

    /// All of the box's checks; the documents that came out.
    fn open(&self, bundle: &[u8]) -> Result<Vec<Vec<u8>>, BundleRefusal> {
        let mut input = bundle;
        let authentic = Sealed::read(&mut input)?.authenticate(self.public())?;
        let measured = Measured::while_copying(&mut input, &mut std::io::sink())?;
        let mut opened = authentic.intact(measured)?.open(BufReader::new(Cursor::new(bundle)), &self.term)?;
        let mut documents = Vec::new();
        opened.documents::<BundleRefusal>(|piece| {
            match piece {
                Piece::Begin { .. } => documents.push(Vec::new()),
                Piece::Bytes(bytes) => documents.last_mut().unwrap().extend_from_slice(bytes),
                Piece::End => {}
            }
            Ok(())
        })?;
        Ok(documents)
    }
}

fn encrypt(payload: &[u8], recipients: &[&dyn age::Recipient]) -> Vec<u8> {
    let encryptor = age::Encryptor::with_recipients(recipients.iter().copied()).unwrap();
    let mut age = Vec::new();
    let mut writer = encryptor.wrap_output(&mut age).unwrap();
    std::io::Write::write_all(&mut writer, payload).unwrap();
    writer.finish().unwrap();
    age
}

fn record(number: usize) -> Record {
    Record {
        series: None,
        number: format!("2026-{number:04}"),
        kind: Kind::Invoice,
        issue_date: "2026-03-31".parse().unwrap(),
        supply_date: None,
        seller_country: "NL".parse().unwrap(),
        class: Class::Ordinary,
        buyer: Buyer {
            name: Some("A. Springveer".to_owned()),
            country: None,
            customer: None,
            vat_number: None,
            postcode: None,
        },
        currency: "EUR".parse().unwrap(),
        net: "100.00".parse().unwrap(),
        vat: vec![],
        gross: "121.00".parse().unwrap(),
        articles: vec![],
        corrects: vec![],
        one_stop_shop: None,
    }
}

fn promise(bytes: &[u8]) -> Document {
    Document {
        length: bytes.len() as u64,
        media_type: "application/xml".to_owned(),
        origin: Origin::Original,
        sha256: Digest::of(bytes),
    }
}

/// The payload of leaves and documents as they stand inside, and their root.
fn payload(leaves: &[Vec<u8>], documents: &[u8]) -> (Vec<u8>, Digest) {
    let mut bytes = Vec::new();
    let mut tree = crate::exchange::journal::tree::Tree::default();
    for leaf in leaves {
        bytes.extend_from_slice(&(leaf.len() as u32).to_be_bytes());
        bytes.extend_from_slice(leaf);
        tree.push(leaf);
    }
    bytes.extend_from_slice(documents);
    (bytes, tree.root())
}

fn leaves_of(shop: &Shop, documents: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut leaves = vec![cbor::encode(&StreamLeaf::new(shop.place, &shop.receipt_key))];
    for (index, bytes) in documents.iter().enumerate() {
        leaves.push(cbor::encode(&InvoiceLeaf::new(shop.place, record(index), vec![promise(bytes)])));
    }
    leaves
}

#[test]
fn every_document_comes_back_bit_for_bit() {
    let shop = Shop::new();
    let large = vec![7; 200_000];
    let documents: [&[u8]; 4] = [b"first", b"", &large, b"last"];
    assert_eq!(shop.open(&shop.seal(&documents)).unwrap(), documents);
}

#[test]
fn one_document_is_read_without_the_others() {
    let shop = Shop::new();
    let large = vec![7; 200_000];
    let bundle = shop.seal(&[b"first", &large, b"last"]);
    let mut input = &bundle[..];
    let authentic = Sealed::read(&mut input).unwrap().authenticate(shop.public()).unwrap();
    let measured = Measured::while_copying(&mut input, &mut std::io::sink()).unwrap();
    let mut opened = authentic.intact(measured).unwrap().open(Cursor::new(&bundle), &shop.term).unwrap();
    for (leaf, want) in [(3, &b"last"[..]), (1, b"first"), (2, &large)] {
        let mut out = Vec::new();
        assert_eq!(opened.document(leaf, 0, &mut out).unwrap().length, want.len() as u64);
        assert_eq!(out, want);
    }
    assert_eq!(
        opened.document(1, 1, &mut Vec::new()).unwrap_err(),
        BundleRefusal::NoSuchDocument { leaf: 1, document: 1 }
    );
}

#[test]
fn a_bundle_that_ends_early_is_refused_at_every_length() {
    let shop = Shop::new();
    let bundle = shop.seal(&[b"first", b"second"]);
    for length in 0..bundle.len() {
        assert!(shop.open(&bundle[..length]).is_err(), "{length} bytes were taken");
    }
}

#[test]
fn a_bundle_with_any_bit_turned_is_refused() {
    let shop = Shop::new();
    let bundle = shop.seal(&[b"first"]);
    for byte in 0..bundle.len() {
        let mut turned = bundle.clone();
        turned[byte] ^= 1 << (byte % 8);
        assert!(shop.open(&turned).is_err(), "byte {byte} may be turned");
    }
}

#[test]
fn a_bundle_with_bytes_after_its_end_is_refused() {
    let shop = Shop::new();
    let bundle = [shop.seal(&[b"first"]), vec![0]].concat();
    assert_eq!(shop.open(&bundle).unwrap_err(), BundleRefusal::Damaged);
}

#[test]
fn another_senders_signature_is_refused() {
    let (shop, other) = (Shop::new(), Shop::new());
    assert!(matches!(shop.open(&other.seal(&[b"x"])).unwrap_err(), BundleRefusal::BadSignature));
}

#[test]
fn somebody_elses_payload_under_ones_own_header_is_refused() {
    let (mut shop, victim) = (Shop::new(), Shop::new());
    // Both seal for the same term, so the thief's box can open what he captured.
    shop.term = HybridIdentity::parse(IDENTITY_OF_TESTS).unwrap();
    let victim = Shop { term: HybridIdentity::parse(IDENTITY_OF_TESTS).unwrap(), ..victim };
    let stolen = shop.sign_again(&victim.seal(&[b"x"]), |header| {
        header.sender = shop.place.sender;
        header.stream = shop.place.stream;
    });
    assert_eq!(shop.open(&stolen).unwrap_err(), BundleRefusal::ForeignPayload { leaf: 0 });
}

const IDENTITY_OF_TESTS: &str =
    "AGE-SECRET-KEY-PQ-1HZLGZUPT4ETPKDEV8HSGFDCYZ4E522W0A7PU2LHT8EH9W6YLNC3SW78XKG";

#[test]
fn a_bundle_for_another_key_is_refused() {
    let shop = Shop::new();
    let other = Shop { term: term_identity(&Secret::random()), ..Shop::new() };
    let bundle = shop.seal(&[b"x"]);
    let opener = Shop { key: shop.key.clone(), ..other };
    assert_eq!(opener.open(&bundle).unwrap_err(), BundleRefusal::WrongKey);
}

#[test]
fn a_second_reader_is_refused() {
    let shop = Shop::new();
    let (bytes, root) = payload(&leaves_of(&shop, &[b"x"]), b"x");
    let (ours, theirs) = (shop.term.recipient(), term_identity(&Secret::random()).recipient());
    let age = encrypt(&bytes, &[&ours, &theirs]);
    let bundle = shop.around(age, 2, root);
    assert!(matches!(shop.open(&bundle).unwrap_err(), BundleRefusal::NotAge { .. }));
}

#[test]
fn a_payload_that_lies_about_itself_is_refused() {
    let shop = Shop::new();
    let leaves = leaves_of(&shop, &[b"x"]);
    let (good, root) = payload(&leaves, b"x");
    assert_eq!(shop.open(&shop.seal_payload(&good, 2, root)).unwrap(), [b"x"]);

    let (long, _) = payload(&leaves, b"xy");
    assert_eq!(shop.open(&shop.seal_payload(&long, 2, root)).unwrap_err(), BundleRefusal::PayloadGoesOn);
    let (short, _) = payload(&leaves, b"");
    assert_eq!(shop.open(&shop.seal_payload(&short, 2, root)).unwrap_err(), BundleRefusal::PayloadEnds);
    let (other, _) = payload(&leaves, b"y");
    assert!(matches!(
        shop.open(&shop.seal_payload(&other, 2, root)).unwrap_err(),
        BundleRefusal::DocumentDiffers { .. }
    ));
    assert_eq!(
        shop.open(&shop.seal_payload(&good, 2, Digest::of(b"no"))).unwrap_err(),
        BundleRefusal::LeavesDiffer
    );
    assert_eq!(shop.open(&shop.seal_payload(&good, 3, root)).unwrap_err(), BundleRefusal::PayloadEnds);
    assert_eq!(shop.open(&shop.seal_payload(&good, 1, root)).unwrap_err(), BundleRefusal::Empty);
    assert!(matches!(
        shop.open(&shop.seal_payload(&good, 20_000, root)).unwrap_err(),
        BundleRefusal::TooManyInvoices { .. }
    ));
    // A leaf that says it has 4 GiB takes no memory.
    let bomb = [&u32::MAX.to_be_bytes()[..], b"abc"].concat();
    assert!(matches!(
        shop.open(&shop.seal_payload(&bomb, 2, root)).unwrap_err(),
        BundleRefusal::LeavesTooLarge { .. }
    ));
}

#[test]
fn leaves_of_another_form_are_refused() {
    let shop = Shop::new();
    let mut leaves = leaves_of(&shop, &[b"x"]);
    leaves.swap(0, 1);
    let (swapped, root) = payload(&leaves, b"x");
    assert_eq!(
        shop.open(&shop.seal_payload(&swapped, 2, root)).unwrap_err(),
        BundleRefusal::LeafNotOfForm { leaf: 0 }
    );
    let mut leaves = leaves_of(&shop, &[b"x"]);
    leaves[1] = vec![0x81; 10_000];
    let (bomb, root) = payload(&leaves, b"x");
    assert_eq!(
        shop.open(&shop.seal_payload(&bomb, 2, root)).unwrap_err(),
        BundleRefusal::LeafNotOfForm { leaf: 1 }
    );
}

#[test]
fn an_unknown_version_says_so() {
    let shop = Shop::new();
    let mut bundle = shop.seal(&[b"x"]);
    bundle[20] = b'2';
    let refusal = shop.open(&bundle).unwrap_err().to_string();
    assert!(refusal.contains("version 2"), "{refusal}");
    assert_eq!(shop.open(b"PK\x03\x04 this is a zip").unwrap_err(), BundleRefusal::NotABundle);
}

#[test]
fn a_document_that_changes_while_it_is_sealed_is_refused() {
    let shop = Shop::new();
    for other in [&b"other"[..], b"firs", b"first and more"] {
        let result =
            shop.parcel(&[b"first"]).seal(Cursor::new(Vec::new()), &shop.address(), &shop.key, |_| Ok(other));
        assert_eq!(result.unwrap_err(), BundleRefusal::DocumentChanged { document: 0 });
    }
}

#[test]
fn a_parcel_is_full_at_its_bounds() {
    let shop = Shop::new();
    let mut parcel = Parcel::new(shop.place, &shop.receipt_key);
    let mut huge = promise(b"");
    huge.length = header::BUNDLE_LIMIT;
    assert!(matches!(parcel.add(record(1), vec![huge]).unwrap_err(), BundleRefusal::InvoiceTooLarge { .. }));
    for number in 0..header::INVOICES_LIMIT as usize {
        assert!(parcel.add(record(number), vec![promise(b"")]).unwrap());
    }
    assert!(!parcel.add(record(0), vec![promise(b"")]).unwrap());
}

#[test]
fn a_proof_shows_one_invoice_and_no_neighbour() {
    let shop = Shop::new();
    let bundle = shop.seal(&[b"first", b"second", b"third"]);
    let mut input = &bundle[..];
    let authentic = Sealed::read(&mut input).unwrap().authenticate(shop.public()).unwrap();
    let measured = Measured::while_copying(&mut input, &mut std::io::sink()).unwrap();
    let opened = authentic.intact(measured).unwrap().open(Cursor::new(&bundle), &shop.term).unwrap();
    let header = opened.authentic().statement();
    let proof = Proof::new(header, shop.public(), opened.leaves(), 2, None);
    let proven = Proof::parse(&proof.to_bytes()).unwrap().verify().unwrap();
    assert_eq!(proven.invoice.record.number, "2026-0001");
    let bytes = proof.to_bytes();
    for neighbour in ["2026-0000", "2026-0002"] {
        assert!(!bytes.windows(9).any(|window| window == neighbour.as_bytes()));
    }
    for byte in 0..bytes.len() {
        let mut turned = bytes.clone();
        turned[byte] ^= 0x10;
        let result = Proof::parse(&turned).and_then(|proof| proof.verify());
        assert!(result.is_err(), "byte {byte} may be turned");
    }
}

#[test]
fn every_refusal_is_said() {
    crate::support::words::assert_all_said(BundleRefusal::CODES);
    crate::support::words::assert_all_said(StatementRefusal::CODES);
}

#[test]
fn a_recipient_has_one_written_form() {
    let text = term_identity(&Secret::random()).recipient().to_text();
    assert!(text.starts_with("age1pq1"));
    assert_eq!(text.len(), 1959);
    assert_eq!(HybridRecipient::parse(&text).unwrap().to_text(), text);
    assert!(HybridRecipient::parse(&text.to_uppercase()).is_none());
    assert!(HybridRecipient::parse(&text[..text.len() - 1]).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_sealed_is_opened(documents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 1..12)) {
        let shop = Shop::new();
        let slices: Vec<&[u8]> = documents.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(shop.open(&shop.seal(&slices)).unwrap(), documents);
    }

    #[test]
    fn no_bytes_make_a_header_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = Sealed::read(&mut bytes.as_slice());
        let with_magic = [labels::BUNDLE.as_bytes(), &bytes].concat();
        let _ = Sealed::read(&mut with_magic.as_slice());
        let mut rest = Vec::new();
        let _ = with_magic.as_slice().read_to_end(&mut rest);
    }
}

#[test]
fn a_table_of_law_is_taken_by_its_key_only_and_whole() {
    use crate::exchange::law::Table;
    let (key, other) = (SigningKey::from_bytes(&[7; 32]), SigningKey::from_bytes(&[8; 32]));
    let public = |key: &SigningKey| PublicKey(key.verifying_key().to_bytes());
    let built_in = Table::built_in();
    let body = LawTable {
        edition: built_in.edition(),
        rows: built_in.rows().to_vec(),
        successor: Some(public(&other)),
    };
    let bytes = Statement::sign(labels::LAW_TABLE, body.clone(), &key).to_bytes();
    let read = SignedLawTable::open(&bytes, &public(&key)).unwrap();
    assert_eq!((read.body(), read.table().as_ref()), (&body, Ok(built_in)));
    assert_eq!(SignedLawTable::open(&bytes, &public(&other)), Err(StatementRefusal::BadSignature));
    for index in (0..bytes.len()).step_by(11) {
        let mut flipped = bytes.clone();
        flipped[index] ^= 1;
        assert!(SignedLawTable::open(&flipped, &public(&key)).is_err(), "byte {index}");
    }
    let rows = vec![crate::exchange::law::Row { years: 0, ..body.rows[0].clone() }];
    let unusable = Statement::sign(labels::LAW_TABLE, LawTable { rows, ..body }, &key).to_bytes();
    let refusal = SignedLawTable::open(&unusable, &public(&key)).unwrap_err();
    assert!(matches!(refusal, StatementRefusal::NotOfForm { .. }), "{refusal}");
}
