//! A shop and a receiver with a line between them: the built `kluis` as both processes, the shop by the library.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use factuurkluis::appliance::airlock::push::{Counts, Receiver, ReceiverOptions};
use factuurkluis::appliance::cage;
use factuurkluis::exchange::bundle::statement::Statement;
use factuurkluis::exchange::bundle::{Header, cbor, key_id, labels};
use factuurkluis::exchange::push::DatagramKey;
use factuurkluis::exchange::vocabulary::{BundleNumber, Digest, EntityId, PublicKey, SenderId, StreamId};
use factuurkluis::shop::push::{PushOptions, Pushed};
use factuurkluis::shop::{Settings, Shop};
use factuurkluis::support::secret::Secret;
use factuurkluis::support::words::Language;
use jiff::Timestamp;

use crate::relay::Chance;
use crate::support;

pub(crate) struct Scene {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) shop: Shop,
    pub(crate) push_key: Secret,
    pub(crate) receiver: Option<Receiver>,
}

impl Scene {
    /// A demo box's card, a shop that has it, and a receiver that believes that shop.
    pub(crate) fn new() -> Self {
        cage::program(support::KLUIS);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box");
        support::json(
            std::process::Command::new(support::KLUIS)
                .args(["init", "--json", "--demo", "--entity", "Trampoline BV", "--class", "ordinary"])
                .args(["--officer", "Anna", "--officer", "Bram"])
                .arg(&path),
        );
        let settings = Settings::new("Trampoline", Some("NL".parse().unwrap()), false).unwrap();
        let mut shop = Shop::init(&folder.path().join("shop"), settings, Language::En).unwrap();
        let offer = shop.consider(&fs::read(path.join("box.card")).unwrap()).unwrap();
        shop.enrol(offer, true).unwrap();
        let push_key: [u8; 32] = shop.box_card().unwrap().push_key.clone().try_into().unwrap();
        let mut scene = Self { folder, shop, push_key: Secret::from_bytes(&push_key), receiver: None };
        scene.start();
        scene
    }

    pub(crate) fn receiver(&self) -> &Receiver {
        self.receiver.as_ref().unwrap()
    }

    /// Starts the receiver, anew if there is one.
    pub(crate) fn start(&mut self) {
        let listen = self.receiver.as_ref().map_or("127.0.0.1:0".parse().unwrap(), Receiver::address);
        self.receiver = None;
        let options = ReceiverOptions {
            folder: self.folder.path().join("push"),
            listen,
            push_key: self.push_key.clone(),
            senders: vec![self.shop.card(Timestamp::now(), None).unwrap().body().key],
        };
        self.receiver = Some(Receiver::start(options).unwrap());
        // A datagram that comes before waits in the socket; what is measured should not.
        let begun = Instant::now();
        while self.receiver().process_ids().contains(&None) {
            assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", self.receiver().deaths());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn key(&self) -> DatagramKey {
        DatagramKey::of(&self.push_key)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.receiver().address()
    }

    pub(crate) fn options(&self, to: SocketAddr) -> PushOptions {
        PushOptions { to, from: None, rate: 200, repair: 20, jumbo: false }
    }

    /// Pushes a file once.
    pub(crate) fn push(&self, path: &Path, options: PushOptions, passes: u32) -> Pushed {
        self.shop.line(options).unwrap().push(path, passes, &mut |_| {}).unwrap()
    }

    /// A file that is a bundle by its header, for this box, and noise behind it.
    pub(crate) fn bundle(&self, number: u64, length: usize) -> PathBuf {
        let path = self.folder.path().join(format!("{number:06}.bundle"));
        fs::write(&path, bundle(self.shop.box_card().unwrap().box_id.0, number, length)).unwrap();
        path
    }

    /// What the receiver has counted, when nothing comes any more: it tells once a second.
    pub(crate) fn counts(&self) -> Counts {
        let begun = Instant::now();
        let mut before = Counts::default();
        loop {
            std::thread::sleep(Duration::from_millis(1_500));
            let now = self.receiver().counts();
            if now.datagrams > 0 && now == before {
                return now;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{now:?}");
            before = now;
        }
    }

    /// What is in the inbox, when it is as much as `count` files, or after so long.
    pub(crate) fn inbox(&self, count: usize, within: Duration) -> Vec<PathBuf> {
        let begun = Instant::now();
        loop {
            let entries = fs::read_dir(self.receiver().inbox()).unwrap();
            let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            if files.len() >= count || begun.elapsed() > within {
                files.sort();
                return files;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Asserts that exactly this file came.
    pub(crate) fn came(&self, sent: &Path, within: Duration) {
        let files = self.inbox(1, within);
        let receiver = self.receiver();
        assert_eq!(
            files.len(),
            1,
            "{:?} {:?} {:?}",
            receiver.counts(),
            receiver.deaths(),
            receiver.arriving()
        );
        assert!(
            fs::read(&files[0]).unwrap() == fs::read(sent).unwrap(),
            "{} is another file",
            files[0].display()
        );
    }
}

/// Bytes that begin as a bundle for this box does.
pub(crate) fn bundle(box_id: [u8; 16], number: u64, length: usize) -> Vec<u8> {
    let key = SigningKey::from_bytes(&[7; 32]);
    let mut body = vec![0; length];
    let mut chance = Chance(number);
    for eight in body.chunks_mut(8) {
        let noise = chance.next().to_be_bytes();
        let part = eight.len();
        eight.copy_from_slice(&noise[..part]);
    }
    let header = Header {
        suite: 1,
        signers: vec![key_id(&PublicKey(key.verifying_key().to_bytes()))],
        box_id: factuurkluis::exchange::vocabulary::BoxId(box_id),
        entity: EntityId([2; 16]),
        sender: SenderId([3; 16]),
        stream: StreamId([4; 16]),
        number: BundleNumber(number),
        previous: None,
        replaces: None,
        term: "trampoline-bv-nl-ordinary-2026-12".parse().unwrap(),
        recipient: Digest([5; 32]),
        signed_at: support::now(),
        seen: None,
        leaves: 2,
        root: Digest([6; 32]),
        length: length as u64,
        sha256: Digest::of(&body),
    };
    assert!(!cbor::encode(&header).is_empty());
    [Statement::sign(labels::BUNDLE, header, &key).to_bytes(), body].concat()
}
