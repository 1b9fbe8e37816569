//! Version 1 of the one-way push, frozen beside the bundle's: a shop and a box are not updated on the same day.
//! A manifest, a heartbeat and a datagram of each kind, all by keys that stand here and are nobody's. The rules
//! of the folder `v1` hold here too.

use std::fs;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use factuurkluis::exchange::push::fec::{Coder, decode};
use factuurkluis::exchange::push::{
    DatagramKey, FileKind, Geometry, Head, Heartbeat, Kind, Known, Manifest, Opened, Session, Size,
};
use factuurkluis::exchange::vocabulary::{BundleNumber, Digest, PublicKey, SenderId, StreamId};
use factuurkluis::support::secret::Secret;

/// Symbols of the frozen file's one block.
const SYMBOLS: u32 = 3;
/// The number of the frozen symbol, which is not one of the file's own.
const NUMBER: u32 = 1_234;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/push-1")
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn signing() -> SigningKey {
    SigningKey::from_bytes(&[0x11; 32])
}

fn public() -> PublicKey {
    PublicKey(signing().verifying_key().to_bytes())
}

fn datagram_key() -> DatagramKey {
    DatagramKey::of(&Secret::from_bytes(&[0x22; 32]))
}

fn file() -> Vec<u8> {
    (0..4_000_u32).map(|n| (n * 7 % 251) as u8).collect()
}

fn manifest() -> Manifest {
    Manifest {
        key: public(),
        sender: SenderId([0x5e; 16]),
        stream: StreamId([0x57; 16]),
        number: BundleNumber(7),
        begun: 1_795_600_000,
        kind: FileKind::Bundle,
        sha256: Digest::of(&file()),
        geometry: Geometry::new(4_000, Size::Usual, 1_000).unwrap(),
        most: 1_000,
    }
}

fn heartbeat() -> Heartbeat {
    Heartbeat {
        key: public(),
        sender: SenderId([0x5e; 16]),
        stream: StreamId([0x57; 16]),
        counter: 12,
        last: BundleNumber(7),
        at: 1_795_600_000,
        every: 3_600,
    }
}

fn opened(name: &str, give: impl FnOnce(Opened<'_>)) {
    let datagram = bytes(name);
    let geometry = manifest().geometry;
    let session = Session(datagram[8..24].try_into().unwrap());
    let key = datagram_key().session(session);
    give(
        datagram_key()
            .open(&datagram, |head| {
                assert_eq!(head.session, session);
                Known::Open(geometry, &key)
            })
            .unwrap_or_else(|why| panic!("{name}: {why:?}")),
    );
}

#[test]
fn the_frozen_messages_of_the_push_are_believed_and_written_as_they_were() {
    let (one, two) = (bytes("manifest"), bytes("heartbeat"));
    assert_eq!(Manifest::open(&one, |key| *key == public()).unwrap(), manifest());
    assert_eq!(manifest().sign(&signing()), one);
    assert_eq!(Heartbeat::open(&two, |beat| beat.key == public()).unwrap(), heartbeat());
    assert_eq!(heartbeat().sign(&signing()), two);
}

#[test]
fn the_frozen_datagrams_open_and_hold_what_they_held() {
    let session = Session::of(&bytes("manifest"));
    opened("manifest.datagram", |found| match found {
        Opened::Message(head, body) => {
            assert_eq!((head.session, head.kind), (session, Kind::Manifest));
            assert_eq!(Manifest::message(body).unwrap(), bytes("manifest"));
        }
        other => panic!("{other:?}"),
    });
    opened("heartbeat.datagram", |found| match found {
        Opened::Message(head, body) => {
            assert_eq!(head.kind, Kind::Heartbeat);
            assert_eq!(Heartbeat::message(body).unwrap(), bytes("heartbeat"));
        }
        other => panic!("{other:?}"),
    });
    opened("empty.datagram", |found| assert!(matches!(found, Opened::Empty)));
    opened("symbol.datagram", |found| match found {
        Opened::Symbol(head, body) => {
            assert_eq!((head.session, head.block, head.symbol), (session, 0, NUMBER));
            // With all but one of the file's own symbols it makes the file.
            let mut padded = file();
            padded.resize(manifest().geometry.padded(0), 0);
            let own = (0..SYMBOLS).zip(padded.chunks(Size::Usual.symbol()).map(<[u8]>::to_vec)).skip(1);
            let made = decode(SYMBOLS, 1_424, own.chain([(NUMBER, body.to_vec())]));
            assert_eq!(made, Some(padded));
        }
        other => panic!("{other:?}"),
    });
}

#[test]
fn the_frozen_files_of_the_push_never_change() {
    let digests: Vec<String> = FROZEN_PUSH
        .iter()
        .map(|line| {
            let name = line.split(' ').nth(1).unwrap();
            format!("{} {name}", &Digest::of(&bytes(name)).to_string()[..16])
        })
        .collect();
    assert_eq!(digests, FROZEN_PUSH);
    assert_eq!(fs::read_dir(folder()).unwrap().count(), FROZEN_PUSH.len());
}

const FROZEN_PUSH: [&str; 6] = [
    "b434942fb8f7c249 empty.datagram",
    "09db25a55e2ade46 heartbeat",
    "a4fe17c2d7a7c825 heartbeat.datagram",
    "260c98b6cbde474d manifest",
    "97354daa53d4238f manifest.datagram",
    "ba9cfaa5c7ad15b7 symbol.datagram",
];

/// What wrote them, on 25 November 2026. It writes nothing where they are.
#[test]
#[ignore = "wrote the frozen files once"]
fn write_the_frozen_files_of_the_push() {
    assert!(!folder().exists(), "frozen files are never written again");
    fs::create_dir_all(folder()).unwrap();
    let (manifest, cut) = (manifest().sign(&signing()), manifest().geometry);
    let heartbeat = heartbeat().sign(&signing());
    let session = Session::of(&manifest);
    let mut padded = file();
    padded.resize(cut.padded(0), 0);
    let repair = Coder::new(cut).repair(0, &padded, NUMBER - SYMBOLS, 1);
    let head = |session, kind, symbol| Head { session, kind, block: 0, symbol };
    let write = |name: &str, bytes: &[u8]| fs::write(folder().join(name), bytes).unwrap();
    let seal = |name: &str, head: Head, body: &[u8]| {
        let mut datagram = vec![0; Size::Usual.datagram()];
        datagram_key().session(head.session).seal(&head, body, &mut datagram);
        write(name, &datagram);
    };
    seal("manifest.datagram", head(session, Kind::Manifest, 0), &manifest);
    seal("heartbeat.datagram", head(Session::of(&heartbeat), Kind::Heartbeat, 0), &heartbeat);
    let nothing = Session([[0x05, 0x90].as_slice(), &[0; 14]].concat().try_into().unwrap());
    seal("empty.datagram", head(nothing, Kind::Empty, 0), &[]);
    seal("symbol.datagram", head(session, Kind::Symbol, NUMBER), repair.symbol(0));
    write("manifest", &manifest);
    write("heartbeat", &heartbeat);
}
