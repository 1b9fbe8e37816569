//! The two processes, the real ones, driven message by message.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::net::UdpSocket;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Duration;

use ed25519_dalek::SigningKey;

use super::frames::{Counts, MESSAGE_LIMIT, Message, Messages, Setup};
use super::store::FINISHED;
use crate::appliance::cage::{self, Kind, Patience, Started};
use crate::exchange::push::fec::Coder;
use crate::exchange::push::{self, DatagramKey, Geometry, Head, Manifest, Session, Size};
use crate::exchange::vocabulary::{BundleNumber, Digest, PublicKey};

const BLOCKS: usize = 3;
const SYMBOLS: usize = 20;

struct Line {
    folder: tempfile::TempDir,
    receiver: UdpSocket,
    sender: UdpSocket,
    file: Vec<u8>,
    message: Vec<u8>,
    geometry: Geometry,
    signing: SigningKey,
}

impl Line {
    fn new() -> Self {
        let signing = push::tests::signing();
        let length = BLOCKS * SYMBOLS * Size::Usual.symbol() - 100;
        let file: Vec<u8> = (0..length).map(|at| ((at * 31) >> 5) as u8).collect();
        let geometry = Geometry::new(length as u64, Size::Usual, SYMBOLS as u16).unwrap();
        let manifest =
            Manifest { sha256: Digest::of(&file), geometry, most: SYMBOLS as u16, ..push::tests::manifest() };
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.connect(receiver.local_addr().unwrap()).unwrap();
        let message = manifest.sign(&signing);
        Self { folder: tempfile::tempdir().unwrap(), receiver, sender, file, message, geometry, signing }
    }

    fn session(&self) -> Session {
        Session::of(&self.message)
    }

    fn hear(&self, boot: u8) -> Started {
        let socket = OwnedFd::from(self.receiver.try_clone().unwrap());
        let mut started = cage::start_in(Kind::Push, Some(socket), self.folder.path()).unwrap();
        let senders = vec![PublicKey(self.signing.verifying_key().to_bytes())];
        let setup = Setup { boot: [boot; 16], key: [9; 32], senders };
        cage::write_message(&mut started.given, &Message::Setup(setup).to_bytes()).unwrap();
        started
    }

    fn send(&self, kind: crate::exchange::push::Kind, block: u32, symbol: u32, body: &[u8]) {
        let mut datagram = vec![0; Size::Usual.datagram()];
        let head = Head { session: self.session(), kind, block, symbol };
        DatagramKey::derived(&[9; 32]).session(head.session).seal(&head, body, &mut datagram);
        self.sender.send(&datagram).unwrap();
    }

    fn send_manifest(&self) {
        self.send(crate::exchange::push::Kind::Manifest, 0, 0, &self.message);
    }

    fn send_symbols(&self, block: u32, symbols: std::ops::Range<usize>) {
        let begin = self.geometry.offset(block) as usize;
        for (number, body) in self.file[begin..].chunks(Size::Usual.symbol()).enumerate() {
            if symbols.contains(&number) {
                self.send(crate::exchange::push::Kind::Symbol, block, number as u32, body);
            }
        }
    }
}

fn said(started: &mut Started) -> Option<Message> {
    let mut patience = Patience::of(Duration::from_millis(1_500), Duration::from_millis(1_500));
    loop {
        match Message::parse(&started.answers.message(MESSAGE_LIMIT, &mut patience).ok()?).unwrap() {
            Message::Counts(_) | Message::Progress(..) => {}
            other => return Some(other),
        }
    }
}

fn tell(started: &mut Started, message: &Message) {
    cage::write_message(&mut started.given, &message.to_bytes()).unwrap();
}

/// The message of a manifest for a file of this number, signed by this key.
fn manifest_of(line: &Line, signing: &SigningKey, number: u64) -> Vec<u8> {
    let manifest = Manifest::open(&line.message, |_| true).unwrap();
    let key = PublicKey(signing.verifying_key().to_bytes());
    Manifest { key, number: BundleNumber(number), ..manifest }.sign(signing)
}

fn send_message(line: &Line, message: &[u8]) {
    let mut datagram = vec![0; Size::Usual.datagram()];
    let kind = crate::exchange::push::Kind::Manifest;
    let head = Head { session: Session::of(message), kind, block: 0, symbol: 0 };
    DatagramKey::derived(&[9; 32]).session(head.session).seal(&head, message, &mut datagram);
    line.sender.send(&datagram).unwrap();
}

#[test]
fn a_shop_that_begins_many_files_keeps_no_other_out() {
    let line = Line::new();
    let (greedy, other) = (&line.signing, SigningKey::from_bytes(&[6; 32]));
    let mut hearing = line.hear(1);
    let keys = [greedy, &other].map(|key| PublicKey(key.verifying_key().to_bytes()));
    let setup = Setup { boot: [1; 16], key: [9; 32], senders: keys.to_vec() };
    tell(&mut hearing, &Message::Setup(setup));
    let files: Vec<_> = (1..=6).map(|number| manifest_of(&line, greedy, number)).collect();
    for message in &files[..4] {
        send_message(&line, message);
        assert_eq!(said(&mut hearing), Some(Message::Opened(message.clone())));
    }
    // Every place is taken, and its own files do not push each other out.
    send_message(&line, &files[4]);
    assert_eq!(said(&mut hearing), None);
    for number in [1, 2] {
        let message = manifest_of(&line, &other, number);
        send_message(&line, &message);
        let gone = said(&mut hearing).unwrap();
        assert!(files.iter().any(|of| gone == Message::LetGo(Session::of(of))), "{gone:?}");
        assert_eq!(said(&mut hearing), Some(Message::Opened(message)));
    }
    // Each has its half: now the other's third finds no place.
    send_message(&line, &manifest_of(&line, &other, 3));
    assert_eq!(said(&mut hearing), None);
}

#[test]
fn what_the_box_says_is_heard_to_its_end_however_long_it_is() {
    let line = Line::new();
    let mut hearing = line.hear(1);
    let other = SigningKey::from_bytes(&[6; 32]);
    // Longer than what is read at once, and shorter than twice that.
    let mut senders = vec![PublicKey([7; 32]); 200];
    senders.push(PublicKey(other.verifying_key().to_bytes()));
    tell(&mut hearing, &Message::Setup(Setup { boot: [1; 16], key: [9; 32], senders }));
    let message = manifest_of(&line, &other, 1);
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(100));
        send_message(&line, &message);
    }
    assert_eq!(said(&mut hearing), Some(Message::Opened(message)));
}

#[test]
fn a_blocked_shops_file_is_let_go() {
    let line = Line::new();
    let mut hearing = line.hear(1);
    line.send_manifest();
    said(&mut hearing).unwrap();
    let nobody = Setup { boot: [1; 16], key: [9; 32], senders: Vec::new() };
    tell(&mut hearing, &Message::Setup(nobody));
    assert_eq!(said(&mut hearing), Some(Message::LetGo(line.session())));
    assert_eq!(fs::read_dir(line.folder.path().join("open")).unwrap().count(), 0);
}

#[test]
fn a_shop_that_has_thousands_of_signatures_worked_out_uses_up_its_own_share() {
    let line = Line::new();
    let (hostile, other) = (&line.signing, SigningKey::from_bytes(&[6; 32]));
    let mut hearing = line.hear(1);
    let keys = [hostile, &other].map(|key| PublicKey(key.verifying_key().to_bytes()));
    let setup = Setup { boot: [1; 16], key: [9; 32], senders: keys.to_vec() };
    tell(&mut hearing, &Message::Setup(setup));
    // Wrongly signed, so that no place is taken by them.
    for number in 1..=300 {
        let mut message = manifest_of(&line, hostile, number);
        *message.last_mut().unwrap() ^= 1;
        send_message(&line, &message);
    }
    let message = manifest_of(&line, &other, 1);
    send_message(&line, &message);
    assert_eq!(said(&mut hearing), Some(Message::Opened(message)));
}

#[test]
fn every_message_is_read_as_it_was_said_and_no_other() {
    let (session, block) = (Session([3; 16]), 9);
    let setup = Setup { boot: [1; 16], key: [2; 32], senders: vec![PublicKey([4; 32]); 3] };
    let mut stream = Vec::new();
    let all = [
        Message::Setup(setup),
        Message::Ready(session, block),
        Message::Done(session, block),
        Message::More(session, block),
        Message::Finished(session),
        Message::Failed(session),
        Message::Spoilt(session, block),
        Message::Opened(vec![5; 30]),
        Message::Beat(vec![6; 30]),
        Message::Progress(session, block, 4_711),
        Message::LetGo(session),
        Message::Counts(Counts { mac: 5, disk_nanos: 6, ..Counts::default() }),
    ];
    for message in &all {
        let bytes = message.to_bytes();
        assert_eq!(Message::parse(&bytes).as_ref(), Some(message));
        if !matches!(message, Message::Opened(_) | Message::Beat(_)) {
            assert_eq!(Message::parse(&[&bytes[..], &[0]].concat()), None, "{message:?} and a byte more");
        }
        cage::write_message(&mut stream, &bytes).unwrap();
    }
    let mut messages = Messages::default();
    let mut found = Vec::new();
    for byte in stream {
        messages.add(&[byte]);
        found.extend(messages.next().unwrap());
    }
    assert_eq!(found, all);
}

#[test]
fn what_a_power_cut_left_half_written_is_asked_for_again_and_the_rest_is_not() {
    let line = Line::new();
    let mut hearing = line.hear(1);
    line.send_manifest();
    assert_eq!(said(&mut hearing), Some(Message::Opened(line.message.clone())));
    line.send_symbols(0, 0..SYMBOLS - 1);
    line.send_symbols(0, SYMBOLS - 1..SYMBOLS);
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 0)));
    line.send_symbols(1, 0..SYMBOLS);
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 1)));
    hearing.process.end();

    // Half of a symbol of block 1 did not reach the disk.
    let open = line.folder.path().join("open").join(line.session().to_string());
    let part = fs::OpenOptions::new().write(true).open(open.join("part")).unwrap();
    part.write_all_at(&[0; 700], line.geometry.offset(1) + 5 * 1_424).unwrap();
    let mut hearing = line.hear(2);
    assert_eq!(said(&mut hearing), Some(Message::Opened(line.message.clone())), "it names what it takes up");
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 0)), "block 0 is as it was");
    assert_eq!(said(&mut hearing), None, "block 1 is not whole any more");
    line.send_symbols(1, 5..6);
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 1)));
    // The same boot again: nothing is looked at twice.
    hearing.process.end();
    let mut hearing = line.hear(2);
    said(&mut hearing).unwrap();
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 0)));
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 1)));
}

#[test]
fn a_half_written_symbol_beyond_the_file_is_not_joined_after_a_power_cut() {
    let line = Line::new();
    let mut hearing = line.hear(1);
    line.send_manifest();
    said(&mut hearing).unwrap();
    for block in 1..BLOCKS as u32 {
        line.send_symbols(block, 0..SYMBOLS);
        assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), block)));
    }
    // Of block 0 two symbols are lost, and two beyond it came.
    line.send_symbols(0, 0..SYMBOLS - 2);
    let repair = Coder::new(line.geometry).repair(0, &line.file[..line.geometry.padded(0)], 0, 2);
    for n in 0..2 {
        line.send(crate::exchange::push::Kind::Symbol, 0, (SYMBOLS + n) as u32, repair.symbol(n));
    }
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 0)));
    hearing.process.end();

    // Half of the second did not reach the disk.
    let open = line.folder.path().join("open").join(line.session().to_string());
    let more = fs::OpenOptions::new().write(true).open(open.join("more")).unwrap();
    more.write_all_at(&[0; 700], 1_424).unwrap();
    let mut hearing = line.hear(2);
    said(&mut hearing).unwrap();
    let mut joining = cage::start_in(Kind::Join, None, line.folder.path()).unwrap();
    line.send_symbols(0, SYMBOLS - 2..SYMBOLS - 1);
    for block in [1, 2, 0] {
        assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), block)));
        tell(&mut joining, &Message::Ready(line.session(), block));
        assert_eq!(said(&mut joining), Some(Message::Done(line.session(), block)));
    }
    assert_eq!(said(&mut joining), Some(Message::Finished(line.session())));
}

#[test]
fn a_wrong_symbol_from_a_holder_of_the_key_never_yields_a_file() {
    let line = Line::new();
    let mut hearing = line.hear(1);
    let mut joining = cage::start_in(Kind::Join, None, line.folder.path()).unwrap();
    line.send_manifest();
    said(&mut hearing).unwrap();
    // A symbol that is not the file's, with a good MAC.
    line.send(crate::exchange::push::Kind::Symbol, 0, 3, &[0xaa; 1_424]);
    for block in 0..BLOCKS as u32 {
        line.send_symbols(block, 0..SYMBOLS);
        let ready = said(&mut hearing).unwrap();
        assert_eq!(ready, Message::Ready(line.session(), block));
        tell(&mut joining, &ready);
        assert_eq!(said(&mut joining), Some(Message::Done(line.session(), block)));
    }
    assert_eq!(said(&mut joining), Some(Message::Failed(line.session())));
    tell(&mut hearing, &Message::Failed(line.session()));
    assert_eq!(fs::read_dir(line.folder.path().join("inbox")).unwrap().count(), 0);

    // The next pass begins anew.
    line.send_manifest();
    assert_eq!(said(&mut hearing), Some(Message::Opened(line.message.clone())));
    for block in 0..BLOCKS as u32 {
        line.send_symbols(block, 0..SYMBOLS);
        let ready = said(&mut hearing).unwrap();
        tell(&mut joining, &ready);
        said(&mut joining).unwrap();
    }
    assert_eq!(said(&mut joining), Some(Message::Finished(line.session())));
    let inbox = fs::read_dir(line.folder.path().join("inbox")).unwrap().next().unwrap().unwrap();
    assert!(fs::read(inbox.path()).unwrap() == line.file);
    assert_eq!(fs::read(line.folder.path().join(FINISHED)).unwrap(), line.session().0);
    assert!(!Path::new(&line.folder.path().join("open").join(line.session().to_string())).exists());
}

#[test]
fn a_file_that_was_delivered_before_anybody_said_so_does_not_end_the_one_that_hears() {
    let line = Line::new();
    let mut hearing = line.hear(1);
    line.send_manifest();
    said(&mut hearing).unwrap();
    let ready = |block| Some(Message::Ready(line.session(), block));
    for block in 0..BLOCKS as u32 {
        line.send_symbols(block, 0..SYMBOLS);
        assert_eq!(said(&mut hearing), ready(block));
    }
    // Whoever joins has delivered it and died; the next one is there, and all is named to it.
    fs::remove_dir_all(line.folder.path().join("open").join(line.session().to_string())).unwrap();
    let senders = vec![PublicKey(line.signing.verifying_key().to_bytes())];
    tell(&mut hearing, &Message::Setup(Setup { boot: [1; 16], key: [9; 32], senders }));
    for block in 0..BLOCKS as u32 {
        assert_eq!(said(&mut hearing), ready(block));
    }
}

#[test]
fn symbols_that_kill_are_thrown_away_and_asked_for_again() {
    let line = Line::new();
    let mut hearing = line.hear(1);
    line.send_manifest();
    said(&mut hearing).unwrap();
    line.send_symbols(2, 0..SYMBOLS);
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 2)));
    tell(&mut hearing, &Message::Spoilt(line.session(), 2));
    // Told on another way than datagrams come: it must have heard of it first.
    tell(&mut hearing, &Message::More(line.session(), 2));
    assert_eq!(said(&mut hearing), None);
    line.send_symbols(2, 0..SYMBOLS);
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 2)));
}

#[test]
fn what_came_while_a_block_was_in_hand_counts_when_the_block_was_not_enough() {
    let line = Line::new();
    let mut hearing = line.hear(1);
    line.send_manifest();
    said(&mut hearing).unwrap();
    let all = SYMBOLS + 16;
    let repair = Coder::new(line.geometry).repair(0, &line.file[..line.geometry.padded(0)], 0, all as u32);
    let send = |numbers: std::ops::Range<usize>| {
        for n in numbers {
            let kind = crate::exchange::push::Kind::Symbol;
            line.send(kind, 0, (SYMBOLS + n) as u32, repair.symbol(n));
        }
    };
    send(0..SYMBOLS);
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 0)));
    // It is in hand, and now there is place for no other.
    send(SYMBOLS..all);
    assert_eq!(said(&mut hearing), None);
    tell(&mut hearing, &Message::More(line.session(), 0));
    assert_eq!(said(&mut hearing), Some(Message::Ready(line.session(), 0)));
    // Nor is it handed on for ever with what was not enough.
    tell(&mut hearing, &Message::More(line.session(), 0));
    assert_eq!(said(&mut hearing), None);
}

#[test]
fn a_death_between_a_delivery_and_the_word_of_it_holds_nothing_up() {
    let line = Line::new();
    let mut hearing = line.hear(1);
    line.send_manifest();
    said(&mut hearing).unwrap();
    hearing.process.end();
    // As a kill leaves it when the file is in the inbox and nobody has noted so.
    let open = line.folder.path().join("open").join(line.session().to_string());
    fs::write(open.join("done"), [1; BLOCKS]).unwrap();
    fs::remove_file(open.join("part")).unwrap();
    let mut hearing = line.hear(1);
    said(&mut hearing).unwrap();
    let ready = said(&mut hearing).unwrap();
    assert_eq!(ready, Message::Ready(line.session(), 0));
    let mut joining = cage::start_in(Kind::Join, None, line.folder.path()).unwrap();
    tell(&mut joining, &ready);
    assert_eq!(said(&mut joining), Some(Message::Done(line.session(), 0)));
    assert_eq!(said(&mut joining), Some(Message::Failed(line.session())));
    // Nor does it keep whoever waits for a word of what is not there any more.
    tell(&mut joining, &ready);
    assert_eq!(said(&mut joining), Some(Message::Failed(line.session())));
}
