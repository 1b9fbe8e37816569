//! Datagrams that are well signed and sealed, and at the edge of what may be, or beyond it, or recorded and played
//! again.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use ed25519_dalek::{Signer as _, SigningKey};
use factuurkluis::exchange::push::fec::Coder;
use factuurkluis::exchange::push::{FileKind, Geometry, Head, Kind, Manifest, Session, Size};
use factuurkluis::exchange::vocabulary::{BundleNumber, Digest, PublicKey, SenderId, StreamId};

use crate::scene::Scene;

const SOON: Duration = Duration::from_secs(30);
/// Numbers of symbols that a block has.
const NUMBERS: u32 = 1 << 24;

/// A sender of our own, who is enrolled and follows no rule but his own.
struct Sender<'a> {
    scene: &'a Scene,
    signing: SigningKey,
    line: UdpSocket,
}

impl<'a> Sender<'a> {
    fn new(scene: &'a Scene) -> Self {
        let signing = SigningKey::from_bytes(&[77; 32]);
        let line = UdpSocket::bind("127.0.0.1:0").unwrap();
        line.connect(scene.address()).unwrap();
        let own = scene.shop.card(jiff::Timestamp::now(), None).unwrap().body().key;
        scene.receiver().believe(vec![own, PublicKey(signing.verifying_key().to_bytes())]);
        Self { scene, signing, line }
    }

    fn manifest(&self, file: &[u8], number: u64, size: Size, most: u16) -> Manifest {
        Manifest {
            key: PublicKey(self.signing.verifying_key().to_bytes()),
            sender: SenderId([1; 16]),
            stream: StreamId([2; 16]),
            number: BundleNumber(number),
            begun: 1,
            kind: FileKind::Bundle,
            sha256: Digest::of(file),
            geometry: Geometry::new(file.len() as u64, size, most).unwrap(),
            most,
        }
    }

    fn send(&self, size: Size, head: &Head, body: &[u8]) {
        let mut datagram = vec![0; size.datagram()];
        self.scene.key().session(head.session).seal(head, body, &mut datagram);
        self.line.send(&datagram).unwrap();
    }

    fn send_manifest(&self, size: Size, message: &[u8]) {
        let head = Head { session: Session::of(message), kind: Kind::Manifest, block: 0, symbol: 0 };
        self.send(size, &head, message);
    }

    /// Waits until the box says that so many files are on their way.
    fn until_open(&self, count: usize) {
        let begun = Instant::now();
        while self.scene.receiver().arriving().len() < count {
            assert!(begun.elapsed() < SOON, "{:?}", self.scene.receiver().counts());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a file by the last symbols that its blocks have, and none of its own.
    fn send_by_last_symbols(&self, file: &[u8], manifest: &Manifest, message: &[u8]) {
        let (geometry, session) = (manifest.geometry, Session::of(message));
        let mut coder = Coder::new(geometry);
        for block in 0..geometry.blocks() {
            let begin = geometry.offset(block) as usize;
            let mut data = file[begin..begin + geometry.bytes(block)].to_vec();
            data.resize(geometry.padded(block), 0);
            let symbols = geometry.symbols(block);
            let count = symbols + 8;
            let repair = coder.repair(block, &data, NUMBERS - symbols - count, count);
            for n in 0..count {
                let head = Head { session, kind: Kind::Symbol, block, symbol: NUMBERS - count + n };
                self.send(geometry.size(), &head, repair.symbol(n as usize));
                if n % 64 == 63 {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        }
    }
}

#[test]
fn a_file_whose_cut_is_at_an_edge_arrives_by_the_last_symbols_that_there_are() {
    let scene = Scene::new();
    let sender = Sender::new(&scene);
    let symbol = Size::Usual.symbol();
    for (number, (length, size, most)) in (1..).zip([
        (1, Size::Usual, 1),
        (1, Size::Jumbo, 8_192 / 8),
        (symbol, Size::Usual, 1),
        (symbol + 1, Size::Usual, 1),
        (2 * symbol, Size::Usual, 8_192),
        // As many symbols in a block as may be, of both sizes: 12 MiB.
        (8_192 * symbol, Size::Usual, 8_192),
        (1_409 * Size::Jumbo.symbol() - 1, Size::Jumbo, 1_409),
    ]) {
        let file: Vec<u8> = (0..length).map(|at| ((at * 31) >> 5) as u8).collect();
        let manifest = sender.manifest(&file, number, size, most);
        let message = manifest.sign(&sender.signing);
        sender.send_manifest(size, &message);
        sender.until_open(1);
        sender.send_by_last_symbols(&file, &manifest, &message);
        let came = scene.inbox(1, SOON);
        assert_eq!(came.len(), 1, "{length} {most}: {:?}", scene.receiver().counts());
        assert!(std::fs::read(&came[0]).unwrap() == file, "{length} {most}");
        std::fs::remove_file(&came[0]).unwrap();
    }
    assert_eq!(scene.receiver().deaths().0, 0, "RaptorQ died of none");
}

#[test]
fn a_wrong_block_symbol_or_size_with_a_good_mac_is_dropped_and_harms_nothing() {
    let scene = Scene::new();
    let sender = Sender::new(&scene);
    let file = vec![7; 100 * Size::Usual.symbol()];
    let manifest = sender.manifest(&file, 1, Size::Usual, 50);
    let message = manifest.sign(&sender.signing);
    sender.send_manifest(Size::Usual, &message);
    sender.until_open(1);
    let session = Session::of(&message);
    let at = |block, symbol| Head { session, kind: Kind::Symbol, block, symbol };
    let wrong = [at(2, 0), at(NUMBERS - 1, 0), at(0, NUMBERS), at(1, u32::MAX)];
    for head in &wrong {
        sender.send(Size::Usual, head, &[0xaa; 1_424]);
    }
    for head in [at(0, 0), at(1, NUMBERS - 1)] {
        sender.send(Size::Jumbo, &head, &[0xaa; 8_924]);
    }
    // A part that must be zero in a message, and is not.
    sender.send(Size::Usual, &Head { kind: Kind::Manifest, ..at(1, 0) }, &message);
    sender.send_by_last_symbols(&file, &manifest, &message);
    assert!(std::fs::read(&scene.inbox(1, SOON)[0]).unwrap() == file);
    let counts = scene.counts();
    assert_eq!((counts.range, scene.receiver().deaths().0), (7, 0), "{counts:?}");
}

#[test]
fn parameters_that_may_not_be_open_no_file_however_well_they_are_signed() {
    let scene = Scene::new();
    let sender = Sender::new(&scene);
    let good = sender.manifest(&[1; 5_000_000], 1, Size::Usual, 1_000).sign(&sender.signing);
    // Where the length, the symbol and the block's bound stand: FORMAT.md, section 17.
    let length = |length: u64| (138, length.to_be_bytes().to_vec());
    let short = |at, number: u16| (at, number.to_be_bytes().to_vec());
    let changes = [
        length(0),
        length(u64::MAX),
        length(u64::from(u32::MAX) + 1),
        short(146, 0),
        short(146, 1),
        short(146, 1_423),
        short(146, u16::MAX),
        short(148, 0),
        short(148, 8_193),
        short(148, u16::MAX),
    ];
    for (at, bytes) in &changes {
        let mut message = good.clone();
        message[*at..at + bytes.len()].copy_from_slice(bytes);
        let signed = message.len() - 64;
        let signature = sender.signing.sign(&message[..signed]).to_bytes();
        message[signed..].copy_from_slice(&signature);
        sender.send_manifest(Size::Usual, &message);
    }
    let counts = scene.counts();
    assert_eq!(counts.unsigned, changes.len() as u64, "{counts:?}");
    assert!(scene.receiver().arriving().is_empty());
    sender.send_manifest(Size::Usual, &good);
    sender.until_open(1);
}

#[test]
fn a_recorded_line_that_is_played_again_brings_no_file_and_no_heartbeat() {
    let mut scene = Scene::new();
    let recorder = UdpSocket::bind("127.0.0.1:0").unwrap();
    nix::sys::socket::setsockopt(&recorder, nix::sys::socket::sockopt::RcvBufForce, &(64 << 20)).unwrap();
    recorder.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let options = scene.options(recorder.local_addr().unwrap());
    let file = scene.bundle(1, 700_000);
    let mut line = scene.shop.line(options).unwrap();
    let first = line.beat(jiff::Timestamp::now()).unwrap();
    line.push(&file, 2, &mut |_| {}).unwrap();
    let second = line.beat(jiff::Timestamp::now()).unwrap();
    let mut recorded = Vec::new();
    let mut buffer = vec![0; 65_536];
    while let Ok(length) = recorder.recv(&mut buffer) {
        recorded.push(buffer[..length].to_vec());
    }
    let play = |scene: &Scene| {
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.connect(scene.address()).unwrap();
        for (n, datagram) in recorded.iter().enumerate() {
            sender.send(datagram).unwrap();
            if n % 32 == 31 {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    };
    play(&scene);
    scene.came(&file, SOON);
    std::fs::remove_file(&scene.inbox(1, SOON)[0]).unwrap();
    let heard =
        |scene: &Scene| scene.receiver().heard().first().map(|heard| (heard.heartbeat.clone(), heard.at));
    scene.counts();
    let before = heard(&scene).unwrap();
    assert_eq!(before.0, second);
    assert_ne!(before.0, first);
    for restarted in [false, true] {
        if restarted {
            scene.start();
        }
        play(&scene);
        let counts = scene.counts();
        assert_eq!(scene.inbox(1, Duration::from_millis(300)).len(), 0, "restarted: {restarted}");
        assert!(scene.receiver().arriving().is_empty());
        let (beat, at) = heard(&scene).unwrap();
        assert_eq!(
            (beat, at.as_second()),
            (before.0.clone(), before.1.as_second()),
            "restarted: {restarted}"
        );
        assert!(counts.session > 1_000, "{counts:?}");
    }
    assert_eq!(scene.receiver().deaths().0, 0);
}
