#![allow(clippy::unwrap_used)]
//! What the ledger promises when it is cut, torn or changed anywhere.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use ed25519_dalek::SigningKey;
use tempfile::TempDir;

use super::*;
use crate::exchange::bundle::Statement;
use crate::exchange::bundle::statement::key_id;
use crate::exchange::journal::Checkpoint;
use crate::exchange::vocabulary::{EntityId, SenderId, StreamId};
use crate::support::durable::{DiskError, fault};
use crate::support::secret::Secret;

struct Desk {
    folder: TempDir,
    key: SigningKey,
    box_key: SigningKey,
    box_id: BoxId,
}

impl Desk {
    fn new() -> Self {
        let key = || SigningKey::from_bytes(Secret::random().expose());
        Self { folder: tempfile::tempdir().unwrap(), key: key(), box_key: key(), box_id: BoxId([7; 16]) }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    fn whose(&self) -> Whose {
        let public = |key: &SigningKey| PublicKey(key.verifying_key().to_bytes());
        Whose { sender: public(&self.key), of_box: Some((self.box_id, public(&self.box_key))) }
    }

    fn open(&self) -> Result<Book, Refused> {
        Book::open(&self.path(), &self.folder.path().join("lock"), self.whose())
    }

    fn header(&self, ledger: &Ledger, replaces: Option<BundleNumber>) -> SignedHeader {
        let header = Header {
            suite: 1,
            signers: vec![key_id(&self.whose().sender)],
            box_id: self.box_id,
            entity: EntityId([2; 16]),
            sender: SenderId([3; 16]),
            stream: StreamId([4; 16]),
            number: ledger.next(),
            previous: ledger.last_digest(),
            replaces,
            term: "trampoline-nl-ordinary-2026-12".parse().unwrap(),
            recipient: Digest([5; 32]),
            signed_at: Timestamp::from_second(1_790_000_000).unwrap(),
            seen: None,
            leaves: 3,
            root: Digest([6; 32]),
            length: 1000,
            sha256: Digest([8; 32]),
        };
        Statement::sign(labels::BUNDLE, header, &self.key)
    }

    fn use_number(&self, book: &mut Book, replaces: Option<BundleNumber>) -> Result<(), Refused> {
        let header = self.header(book.ledger(), replaces);
        let number = header.body().number;
        let invoices = (0..2).map(|at| InvoiceLine {
            bundle: number,
            number: format!("{number}-{at}"),
            issued: jiff::civil::date(2026, 3, 5),
            source: FilePath(OsString::from_vec(vec![b'/', 0xff, b'a' + at]).into()),
            sidecar: None,
            document: Digest::of(format!("{number}-{at}").as_bytes()),
        });
        book.use_number(&header, invoices, Path::new("/media/stick/x.bundle"), 1234)
    }

    fn checkpoint(&self, size: u64) -> SignedCheckpoint {
        Checkpoint { box_id: self.box_id, size, root: Digest([9; 32]) }.sign(&self.box_key)
    }

    /// Three numbers, the second replacing the first, all received.
    fn filled(&self) -> Vec<u8> {
        let mut book = self.open().unwrap();
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        self.use_number(&mut book, None).unwrap();
        self.use_number(&mut book, Some(BundleNumber(1))).unwrap();
        book.placed(BundleNumber(2)).unwrap();
        book.received(BundleNumber(2), now, &self.checkpoint(40)).unwrap();
        self.use_number(&mut book, None).unwrap();
        book.received_up_to(BundleNumber(3), now).unwrap();
        std::fs::read(self.path()).unwrap()
    }
}

#[test]
fn what_was_written_is_read_again() {
    let desk = Desk::new();
    desk.filled();
    let book = desk.open().unwrap();
    let ledger = book.ledger();
    assert_eq!(ledger.next(), BundleNumber(4));
    assert_eq!(ledger.bundles()[0].replaced_by, Some(BundleNumber(2)));
    assert!(ledger.bundles().iter().all(|bundle| bundle.received.is_some()));
    assert_eq!(ledger.seen().unwrap().size(), 40);
    let document = |text: &str| ledger.holds(&Digest::of(text.as_bytes())).map(SealedBundle::number);
    assert_eq!((document("3-1"), document("1-0")), (Some(BundleNumber(3)), None));
    let mut paths = Vec::new();
    ledger.invoices(&desk.path(), |invoice| paths.push(invoice.source.0)).unwrap();
    assert_eq!(paths.len(), 6);
    assert_eq!(paths[1].as_os_str().as_bytes(), b"/\xffb");
}

#[test]
fn cut_at_any_byte_it_is_what_it_was_before_and_goes_on() {
    let desk = Desk::new();
    let whole = desk.filled();
    let ends: Vec<_> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
    let mut used = 0;
    // At every line's end and around, and at every 37th byte between: each costs some fsyncs.
    for length in (0..=whole.len()).filter(|at| at % 37 == 0 || ends.iter().any(|end| at.abs_diff(*end) < 3))
    {
        for tail in [&b""[..], &[0; 20]] {
            std::fs::write(desk.path(), [&whole[..length], tail].concat()).unwrap();
            let mut book = desk.open().unwrap();
            let ledger = book.ledger();
            assert!(ledger.bundles().len() >= used, "a number was forgotten at {length}");
            used = ledger.bundles().len();
            let mut invoices = 0;
            ledger.invoices(&desk.path(), |_| invoices += 1).unwrap();
            assert_eq!(invoices, used * 2);
            desk.use_number(&mut book, None).unwrap();
            drop(book);
            assert_eq!(desk.open().unwrap().ledger().bundles().len(), used + 1);
        }
    }
    assert_eq!(used, 3);
}

#[test]
fn damage_before_whole_lines_is_refused_and_nothing_is_cut() {
    let desk = Desk::new();
    let whole = desk.filled();
    let second_line = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let header = whole.windows(9).position(|nine| nine == b"\"header\":").unwrap() + 40;
    for at in [0, second_line, header] {
        let mut damaged = whole.clone();
        damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
        std::fs::write(desk.path(), &damaged).unwrap();
        let refused = desk.open().err();
        assert!(matches!(refused, Some(Refused::Shop(ShopRefusal::LedgerDamaged { .. }))), "{at}");
        assert_eq!(std::fs::read(desk.path()).unwrap(), damaged);
    }
    let strange = [&whole[..], b"{\"what\":\"pushed\",\"number\":3}\n"].concat();
    std::fs::write(desk.path(), strange).unwrap();
    assert!(desk.open().is_err(), "a later version's line must not be cut off");
}

#[test]
fn whatever_the_disk_does_the_number_is_used_or_it_is_not() {
    let mut failed = 0;
    for (full, step) in [false, true].into_iter().flat_map(|full| (1..=6).map(move |step| (full, step))) {
        let desk = Desk::new();
        let mut book = desk.open().unwrap();
        desk.use_number(&mut book, None).unwrap();
        if full {
            fault::full_at(step)
        } else {
            fault::die_at(step, None)
        }
        let outcome = desk.use_number(&mut book, None);
        let next = book.ledger().next();
        fault::revive();
        fault::full_at(u64::MAX);
        drop(book);
        let after = desk.open().unwrap().ledger().next();
        match outcome {
            Ok(()) => assert_eq!((next, after), (BundleNumber(3), BundleNumber(3))),
            // The signature was not shown yet: the number may be forgotten, or come back whole.
            Err(_) => {
                failed += 1;
                assert!(next == BundleNumber(2) && after <= BundleNumber(3));
            }
        }
    }
    assert!(failed >= 8, "four changes of the disk, each failed in two ways: {failed}");
}

#[test]
fn one_process_at_a_time_gives_numbers() {
    let desk = Desk::new();
    let book = desk.open().unwrap();
    assert!(matches!(desk.open().err(), Some(Refused::Disk(DiskError::Locked { .. }))));
    drop(book);
    desk.open().unwrap();
}
