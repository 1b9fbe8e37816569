#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::datagram::MAGIC;
use super::fec::{Coder, decode};
use super::*;
use crate::exchange::vocabulary::{BundleNumber, Digest, PublicKey, SenderId, StreamId};
use crate::support::secret::Secret;

fn key() -> DatagramKey {
    DatagramKey::of(&Secret::from_bytes(&[9; 32]))
}

pub(crate) fn signing() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}

fn public() -> PublicKey {
    PublicKey(signing().verifying_key().to_bytes())
}

fn geometry() -> Geometry {
    Geometry::new(5_000_000, Size::Usual, 1_000).unwrap()
}

/// A manifest that [`signing`] may sign, for whoever tests what is done with one.
pub(crate) fn manifest() -> Manifest {
    Manifest {
        key: public(),
        sender: SenderId([1; 16]),
        stream: StreamId([2; 16]),
        number: BundleNumber(7),
        begun: 1_795_600_000,
        kind: FileKind::Bundle,
        sha256: Digest([3; 32]),
        geometry: geometry(),
        most: 1_000,
    }
}

fn heartbeat() -> Heartbeat {
    Heartbeat {
        key: public(),
        sender: SenderId([1; 16]),
        stream: StreamId([2; 16]),
        counter: 12,
        last: BundleNumber(7),
        at: 1_795_600_000,
        every: HEARTBEAT_EVERY,
    }
}

fn symbol(block: u32, symbol: u32) -> Head {
    Head { session: Session([4; 16]), kind: Kind::Symbol, block, symbol }
}

fn sealed(head: &Head, size: Size, body: &[u8]) -> Vec<u8> {
    let mut datagram = vec![0xee; size.datagram()];
    key().session(head.session).seal(head, body, &mut datagram);
    datagram
}

/// What the receiver knows of the session of [`symbol`].
fn open_session(_: &Head) -> Known<'static> {
    static KEY: LazyLock<SessionKey> = LazyLock::new(|| key().session(Session([4; 16])));
    Known::Open(geometry(), &KEY)
}

fn drop_of(datagram: &[u8], known: impl FnOnce(&Head) -> Known<'static>) -> Option<Dropped> {
    key().open(datagram, known).err()
}

#[test]
fn a_sealed_symbol_opens_as_what_it_was() {
    let body = vec![7; Size::Usual.symbol()];
    let datagram = sealed(&symbol(2, 1_234), Size::Usual, &body);
    match key().open(&datagram, open_session).unwrap() {
        Opened::Symbol(head, found) => assert_eq!((head, found), (symbol(2, 1_234), body.as_slice())),
        other => panic!("{other:?}"),
    }
    let tag = datagram[datagram.len() - 16..].try_into().unwrap();
    let key = key().session(Session([4; 16]));
    assert!(key.is_tag_of(&symbol(2, 1_234), &body, &tag, &mut Vec::new()));
    assert!(!key.is_tag_of(&symbol(2, 1_235), &body, &tag, &mut Vec::new()));
}

#[test]
fn every_length_but_the_two_is_dropped_before_anything_else() {
    let noise = vec![0x4b; 65_536];
    for length in 0..=65_535 {
        let found = drop_of(&noise[..length], |_| panic!("a session was asked for"));
        let ours = length == Size::Usual.datagram() || length == Size::Jumbo.datagram();
        assert_eq!(found, Some(if ours { Dropped::Magic } else { Dropped::Length }), "{length}");
    }
}

#[test]
fn what_is_wrong_first_is_what_it_is_dropped_for() {
    let good = sealed(&symbol(2, 1_234), Size::Usual, &[7; 1_424]);
    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    assert_eq!(drop_of(&changed(0), |_| panic!("asked")), Some(Dropped::Magic));
    assert_eq!(drop_of(&good, |_| Known::Stranger), Some(Dropped::Session));
    assert_eq!(drop_of(&good, |_| Known::Done), Some(Dropped::Session));
    for at in (8..good.len()).step_by(7).chain([good.len() - 1]).filter(|at| *at != 24) {
        assert_eq!(drop_of(&changed(at), open_session), Some(Dropped::Mac), "{at}");
    }
    let mut unknown_kind = good.clone();
    unknown_kind[24] = 4;
    assert_eq!(drop_of(&unknown_kind, |_| panic!("asked")), Some(Dropped::Magic));
}

#[test]
fn a_block_symbol_or_size_that_a_session_does_not_have_is_dropped_although_its_mac_holds() {
    let blocks = geometry().blocks();
    for (head, size) in [
        (symbol(blocks, 0), Size::Usual),
        (symbol(0xff_ffff, 0), Size::Usual),
        (symbol(0, 1 << 24), Size::Usual),
        (symbol(0, u32::MAX), Size::Usual),
        (symbol(0, 0), Size::Jumbo),
        (Head { kind: Kind::Manifest, ..symbol(1, 0) }, Size::Usual),
    ] {
        let datagram = sealed(&head, size, &[]);
        assert_eq!(drop_of(&datagram, open_session), Some(Dropped::Range), "{head:?}");
    }
    assert_eq!(drop_of(&sealed(&symbol(blocks - 1, (1 << 24) - 1), Size::Usual, &[]), open_session), None);
}

#[test]
fn the_one_time_key_serves_one_content_only() {
    // A session's name is its message's digest, so two messages never share a nonce.
    let (one, other) = (manifest().sign(&signing()), Manifest { begun: 1, ..manifest() }.sign(&signing()));
    assert_ne!(Session::of(&one), Session::of(&other));
    assert_eq!(one, manifest().sign(&signing()), "Ed25519 has one signature of a message");
}

#[test]
fn a_manifest_and_a_heartbeat_are_read_as_they_were_signed() {
    let message = manifest().sign(&signing());
    let mut body = message.clone();
    body.resize(Size::Usual.symbol(), 0);
    let found = Manifest::message(&body).unwrap();
    assert_eq!(found, message);
    assert_eq!(Manifest::open(found, |key| *key == public()).unwrap(), manifest());
    assert_eq!(Manifest::open(found, |_| false), Err(PushRefusal::UnknownKey));
    body[message.len()] = 1;
    assert_eq!(Manifest::message(&body), Err(PushRefusal::Trailing));

    let message = heartbeat().sign(&signing());
    assert_eq!(Heartbeat::open(&message, |_| true).unwrap(), heartbeat());
    assert_eq!(Heartbeat::open(&message, |beat| beat.counter > 12), Err(PushRefusal::UnknownKey));
}

#[test]
fn a_changed_bit_of_a_message_is_never_believed() {
    let (one, two) = (manifest().sign(&signing()), heartbeat().sign(&signing()));
    for bit in 0..one.len() * 8 {
        let mut message = one.clone();
        message[bit / 8] ^= 1 << (bit % 8);
        assert!(Manifest::open(&message, |_| true).is_err(), "bit {bit}");
    }
    for bit in 0..two.len() * 8 {
        let mut message = two.clone();
        message[bit / 8] ^= 1 << (bit % 8);
        assert!(Heartbeat::open(&message, |_| true).is_err(), "bit {bit}");
    }
    for length in 0..one.len() {
        assert!(Manifest::open(&one[..length], |_| true).is_err());
        assert!(Heartbeat::open(&two[..length.min(two.len() - 1)], |_| true).is_err());
    }
}

#[test]
fn parameters_at_their_edges_are_a_cut_or_refused() {
    for (length, most, blocks) in [(1, 1, 1), (1_424, 1, 1), (1_425, 1, 2), (u64::from(u32::MAX), 8_192, 369)]
    {
        assert_eq!(Geometry::new(length, Size::Usual, most).unwrap().blocks(), blocks);
    }
    for (length, most) in [(0, 1), (1, 0), (1, 8_193), (1, u16::MAX), (u64::MAX, 8_192), (1_424 << 24 | 1, 1)]
    {
        assert_eq!(Geometry::new(length, Size::Usual, most), None, "{length} {most}");
    }
    // What a receiver would have to remember, or to hold at once, is bounded, whatever a sender wants.
    assert_eq!(Geometry::new(u64::from(u32::MAX), Size::Usual, 1), None);
    assert_eq!(Geometry::new(u64::from(u32::MAX), Size::Jumbo, 8_192), None);
    assert_eq!(Geometry::new(u64::from(u32::MAX), Size::Jumbo, 1_000).unwrap().blocks(), 482);
    // What stands where, as FORMAT.md has it.
    for (place, byte, field) in [
        (148..150, 0, "blocks"),
        (148..150, 0xff, "blocks"),
        (146..148, 0, "symbol"),
        (146..148, 0xff, "symbol"),
        (138..146, 0, "blocks"),
        (138..146, 0xff, "length"),
        (105..106, 0, "kind"),
        (105..106, 9, "kind"),
        (89..97, 0, "number"),
    ] {
        let mut message = manifest().sign(&signing());
        assert_eq!(message.len(), 214);
        message[place].fill(byte);
        let refused = Manifest::open(&message, |_| panic!("a key was asked for"));
        assert_eq!(refused, Err(PushRefusal::OutOfBounds { field: field.to_owned() }));
    }
}

#[test]
fn the_magic_is_what_the_format_says() {
    assert_eq!(MAGIC, b"KLUISPU1");
    assert_eq!((Size::Usual.symbol(), Size::Jumbo.symbol()), (1_424, 8_924));
}

#[test]
fn every_refusal_is_said() {
    crate::support::words::assert_all_said(PushRefusal::CODES);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_file_is_cut_without_gap_or_overlap(length in 1..200_000_000_u64, most in 1..=8_192_u16, jumbo: bool) {
        let size = if jumbo { Size::Jumbo } else { Size::Usual };
        if let Some(cut) = Geometry::new(length, size, most) {
            let mut at = 0;
            for block in 0..cut.blocks() {
                prop_assert_eq!(cut.offset(block), at);
                prop_assert!(cut.symbols(block) <= u32::from(most));
                prop_assert!(cut.symbols(block) + 1 >= cut.most_symbols());
                at += cut.bytes(block) as u64;
            }
            prop_assert_eq!(at, length);
        }
    }

    #[test]
    fn any_symbols_that_are_enough_make_the_block(
        length in 1..60_000_u64,
        lost in prop::collection::vec(any::<bool>(), 64),
        first in 0..100_000_u32,
    ) {
        let cut = Geometry::new(length, Size::Usual, 50).unwrap();
        let data: Vec<u8> = (0..cut.padded(0)).map(|at| ((at * 31) >> 3) as u8).collect();
        let symbols = cut.symbols(0);
        let repair = Coder::new(cut).repair(0, &data, first, symbols + 4);
        let own = data.chunks(1_424).enumerate().filter(|(n, _)| !lost[*n]);
        let own: Vec<_> = own.map(|(n, body)| (n as u32, body.to_vec())).collect();
        let more = symbols as usize - own.len() + 4;
        let more = (0..more).map(|n| (symbols + first + n as u32, repair.symbol(n).to_vec()));
        let made = decode(symbols, 1_424, own.into_iter().chain(more));
        prop_assert_eq!(made, Some(data));
    }

    #[test]
    fn any_bytes_of_the_right_length_are_dropped(mut bytes in prop::collection::vec(any::<u8>(), 1_472), magic: bool) {
        if magic {
            bytes[..8].copy_from_slice(MAGIC);
        }
        prop_assert!(key().open(&bytes, open_session).is_err());
    }
}
