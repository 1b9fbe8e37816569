//! Events as bytes. (Here, in tests only, this room knows `bundle::cbor`.)

use jiff::Timestamp;

use super::super::entry::MAX_BODY;
use super::super::event::{Admission, HoldIntent, HoldPlaced, HoldReleased, LookUp, Opened, Refused};
use super::*;
use crate::exchange::bundle::cbor;
use crate::exchange::vocabulary::{BundleNumber, SenderId, StreamId};

fn at() -> Timestamp {
    "2026-11-24T21:00:00Z".parse().unwrap()
}

fn admission() -> Admission {
    Admission {
        at: at(),
        sender: SenderId([1; 16]),
        stream: StreamId([2; 16]),
        number: BundleNumber(57),
        header: Digest([3; 32]),
        replaces: None,
        term: "trampoline-nl-ordinary-2026-12".to_owned(),
        invoices: 1000,
        root: Digest([4; 32]),
        bytes: 100_000_000,
    }
}

#[test]
fn an_events_bytes_come_back_as_the_event() {
    let look_up = LookUp {
        at: at(),
        who: "pass 3".to_owned(),
        reason: "audit".to_owned(),
        opened: vec![Opened { bundle: Digest([1; 32]), leaf: 4 }],
        found: 2,
    };
    let counts = [("bundle-truncated".to_owned(), 1), ("archive-gap".to_owned(), 2)].into();
    let refused = Refused { since: at(), until: at(), counts };
    let placed = HoldPlaced {
        at: at(),
        hold: "4k7mq".to_owned(),
        by: "Anna".to_owned(),
        reason: "court".to_owned(),
        reference: "C/13/751".to_owned(),
        term: None,
        invoices: 1,
    };
    let by = vec!["Anna".to_owned(), "Bram".to_owned()];
    let released = HoldReleased { at: at(), hold: "4k7mq".to_owned(), by };
    let holds = [placed.into(), released.into(), HoldIntent { at: at(), generation: 7 }.into()];
    for event in [Event::from(admission()), look_up.into(), refused.into()].into_iter().chain(holds) {
        let bytes = cbor::encode(&event);
        assert_eq!(cbor::decode::<Event>(&bytes, MAX_BODY).unwrap(), event);
    }
}

#[test]
fn an_admissions_bytes_are_frozen() {
    // Worked out by hand from RFC 8949: receipts of twenty years ago must still open.
    let text = |text: &str| {
        let head = match text.len() {
            length @ 0..24 => vec![0x60 + length as u8],
            length => vec![0x78, u8::try_from(length).unwrap()],
        };
        [head, text.as_bytes().to_vec()].concat()
    };
    let fields: [(&str, Vec<u8>); 10] = [
        ("at", text("2026-11-24T21:00:00Z")),
        ("sender", [&[0x50][..], &[1; 16]].concat()),
        ("stream", [&[0x50][..], &[2; 16]].concat()),
        ("number", vec![0x18, 57]),
        ("header", [&[0x58, 32][..], &[3; 32]].concat()),
        ("replaces", vec![0xf6]),
        ("term", text("trampoline-nl-ordinary-2026-12")),
        ("invoices", vec![0x19, 0x03, 0xe8]),
        ("root", [&[0x58, 32][..], &[4; 32]].concat()),
        ("bytes", vec![0x1a, 0x05, 0xf5, 0xe1, 0x00]),
    ];
    let mut expected = vec![0xa1];
    expected.extend(text("admission"));
    expected.push(0xaa);
    for (name, value) in fields {
        expected.extend(text(name));
        expected.extend(value);
    }
    assert_eq!(cbor::encode(&Event::from(admission())), expected);
}

#[test]
fn an_event_with_a_field_too_many_or_too_few_is_not_read() {
    let bytes = cbor::encode(&Event::from(admission()));
    let count = 1 + 1 + "admission".len();
    assert_eq!(bytes[count], 0xaa);
    for fields in [0xa9, 0xab] {
        let mut changed = bytes.clone();
        changed[count] = fields;
        changed.extend([0x61, b'x', 0x00]);
        assert!(cbor::decode::<Event>(&changed, MAX_BODY).is_err());
    }
}
