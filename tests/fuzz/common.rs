//! What seeds and targets share: one invented box, sender and term, the same on every run, so that
//! signatures in the seeds hold.

use ed25519_dalek::SigningKey;
use factuurkluis::exchange::bundle::{
    Address, Document, HybridIdentity, Origin, Parcel, Place, term_identity,
};
use factuurkluis::exchange::invoice::{Buyer, Kind, OneStopShop, Payment, Record, Vat};
use factuurkluis::exchange::push::{FileKind, Geometry, Heartbeat, Manifest, Size};
use factuurkluis::exchange::vocabulary::{
    BoxId, BundleNumber, Class, Digest, EntityId, PublicKey, SenderId, StreamId,
};
use factuurkluis::support::secret::Secret;
use jiff::Timestamp;

pub const BOX: BoxId = BoxId([0xb0; 16]);
pub const PLACE: Place =
    Place { sender: SenderId([0x5e; 16]), stream: StreamId([0x57; 16]), number: BundleNumber(7) };

pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[0x11; 32])
}

pub fn public() -> PublicKey {
    PublicKey(key().verifying_key().to_bytes())
}

/// A manifest of this sender's.
pub fn manifest() -> Manifest {
    Manifest {
        key: public(),
        sender: PLACE.sender,
        stream: PLACE.stream,
        number: PLACE.number,
        begun: 1_795_600_000,
        kind: FileKind::Bundle,
        sha256: Digest([0x44; 32]),
        geometry: Geometry::new(5_000_000, Size::Usual, 1_000).expect("a cut"),
        most: 1_000,
    }
}

/// A heartbeat of this sender's.
pub fn heartbeat() -> Heartbeat {
    Heartbeat {
        key: public(),
        sender: PLACE.sender,
        stream: PLACE.stream,
        counter: 12,
        last: PLACE.number,
        at: 1_795_600_000,
        every: 3_600,
    }
}

pub fn receipt_key() -> Secret {
    Secret::from_bytes(&[0x22; 32])
}

pub fn term() -> HybridIdentity {
    term_identity(&Secret::from_bytes(&[0x33; 32]))
}

pub fn address() -> Address {
    Address {
        box_id: BOX,
        entity: EntityId([0xe7; 16]),
        term: "trampoline-nl-ordinary-2026-12".parse().expect("a term's name"),
        recipient: term().recipient(),
        previous: Some(Digest([9; 32])),
        replaces: None,
        seen: None,
        signed_at: Timestamp::from_second(1_790_000_000).expect("a time"),
    }
}

pub fn record(number: &str) -> Record {
    let amount = |text: &str| text.parse().expect("an amount");
    Record {
        series: Some("A".to_owned()),
        number: number.to_owned(),
        kind: Kind::Invoice,
        issue_date: "2026-03-31".parse().expect("a date"),
        supply_date: Some("2026-03-30".parse().expect("a date")),
        seller_country: "NL".parse().expect("a country"),
        class: Class::OneStopShop,
        buyer: Buyer {
            name: Some("Zoë Springveer".to_owned()),
            country: Some("BE".parse().expect("a country")),
            customer: Some("4711".to_owned()),
            vat_number: None,
            postcode: Some("2000".to_owned()),
        },
        currency: "EUR".parse().expect("a currency"),
        net: amount("100.00"),
        vat: vec![Vat {
            category: "S".to_owned(),
            rate: Some(amount("21")),
            taxable: amount("100.00"),
            tax: amount("21.00"),
        }],
        gross: amount("121.00"),
        articles: vec!["TR-305".to_owned()],
        corrects: vec![],
        one_stop_shop: Some(OneStopShop {
            consumption: Some("BE".parse().expect("a country")),
            payments: vec![Payment { date: "2026-03-31".parse().expect("a date"), amount: amount("121.00") }],
            place_evidence: vec!["billing-address".to_owned()],
        }),
    }
}

pub fn promise(bytes: &[u8]) -> Document {
    Document {
        length: bytes.len() as u64,
        media_type: "application/xml".to_owned(),
        origin: Origin::Original,
        sha256: Digest::of(bytes),
    }
}

/// A bundle with one invoice for each of `documents`.
pub fn bundle(documents: &[&[u8]]) -> Vec<u8> {
    let mut parcel = Parcel::new(PLACE, &receipt_key());
    for (index, document) in documents.iter().enumerate() {
        assert!(parcel.add(record(&format!("2026-{index:04}")), vec![promise(document)]).expect("it fits"));
    }
    let out = std::io::Cursor::new(Vec::new());
    let (_, out) = parcel.seal(out, &address(), &key(), |n| Ok(documents[n])).expect("it seals");
    out.into_inner()
}
