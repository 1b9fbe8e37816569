#![allow(clippy::unwrap_used)]
//! Copies of copies, whole, cut, flipped and moved.

use std::collections::BTreeSet;
use std::fs::{self, File};

use ed25519_dalek::SigningKey;

use super::*;
use crate::appliance::archive::{Layout, OpenBundle};
use crate::appliance::vault::{Entity, FileRoot, KeyName, Lease, Vault};
use crate::exchange::bundle::{Address, Document, Origin, Parcel, Place, term_identity};
use crate::exchange::invoice::{Buyer, Kind, Record};
use crate::exchange::vocabulary::{BoxId, BundleNumber, EntityId, PublicKey, SenderId, StreamId};
use crate::support::secret::Secret;
use crate::support::words::Said;

const TERM: &str = "trampoline-nl-ordinary-2026-12";
/// Of one piece, of exactly two, of nothing, and of several.
const LENGTHS: [usize; 4] = [100, 2 * PIECE, 0, 3 * PIECE + 1];

struct Trial {
    directory: tempfile::TempDir,
    vault: Vault,
    place: Place,
    key: SigningKey,
    digest: Digest,
}

impl Trial {
    /// A vault with two holds, and a bundle of four invoices with a document of each length each.
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = FileRoot::create(&directory.path().join("root"), directory.path()).unwrap();
        let entity = Entity {
            id: EntityId::random(),
            name: "Trampoline BV".to_owned(),
            slug: "trampoline".to_owned(),
            country: "NL".parse().unwrap(),
        };
        let vault = Vault::create(directory.path(), Box::new(root), entity, true, |contents| {
            contents.add_term(TERM, |_| Vec::new())?;
            contents.add_hold("h1", Vec::new())?;
            contents.add_hold("h2", Vec::new())
        });
        let key = SigningKey::from_bytes(Secret::random().expose());
        let place = Place { sender: SenderId::random(), stream: StreamId::random(), number: BundleNumber(1) };
        let mut trial = Self { directory, vault: vault.unwrap(), place, key, digest: Digest([0; 32]) };
        trial.seal();
        trial
    }

    fn seal(&mut self) {
        let layout = Layout::of(self.directory.path());
        let term = TERM.parse().unwrap();
        layout.create_term(&term).unwrap();
        let mut parcel = Parcel::new(self.place, &Secret::random());
        for invoice in 1..=4 {
            let documents = LENGTHS.map(|length| Document {
                length: length as u64,
                media_type: "text/plain".to_owned(),
                origin: Origin::Original,
                sha256: Digest::of(&document(invoice, length)),
            });
            assert!(parcel.add(record(invoice), documents.to_vec()).unwrap());
        }
        let lease = self.vault.lease_term(TERM).unwrap();
        let address = Address {
            box_id: BoxId::random(),
            entity: EntityId::random(),
            term: term.clone(),
            recipient: lease.with(term_identity).unwrap().recipient(),
            previous: None,
            replaces: None,
            seen: None,
            signed_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let all: Vec<_> =
            (1..=4).flat_map(|invoice| LENGTHS.map(|length| document(invoice, length))).collect();
        let file = File::create(layout.bundle(&term, self.place)).unwrap();
        let (header, _) = parcel.seal(file, &address, &self.key, |n| Ok(all[n].as_slice())).unwrap();
        self.digest = header.digest();
    }

    fn open(&self) -> OpenBundle {
        let layout = Layout::of(self.directory.path());
        let key = PublicKey(self.key.verifying_key().to_bytes());
        let lease = self.vault.lease_term(TERM).unwrap();
        OpenBundle::open(&layout, &TERM.parse().unwrap(), self.place, self.digest, key, lease).unwrap()
    }

    fn lease(&self, hold: &str) -> Lease {
        self.vault.lease(&KeyName::Hold(hold.to_owned())).unwrap()
    }

    fn folder(&self, hold: &str) -> std::path::PathBuf {
        self.directory.path().join(hold)
    }

    /// Holds the invoices at these leaves.
    fn hold(&self, hold: &str, leaves: &[u32]) {
        fs::create_dir(self.folder(hold)).unwrap();
        let mut writer = Writer::create(&self.folder(hold), hold, self.lease(hold)).unwrap();
        let leaves: BTreeSet<_> = leaves.iter().copied().collect();
        writer.add(&mut self.open(), TERM, "a receipt".to_owned(), &leaves).unwrap();
        writer.finish().unwrap();
    }

    fn copies(&self, hold: &str) -> Copies {
        Copies::open(&self.folder(hold), hold, self.lease(hold)).unwrap()
    }

    fn invoice(&self, hold: &str, leaf: u32) -> HeldInvoice {
        let at = self.copies(hold).scan().covers[&(self.place.stream, self.place.number)].invoices[&leaf];
        self.copies(hold).invoice(at).unwrap()
    }
}

fn document(invoice: u32, length: usize) -> Vec<u8> {
    (0..length).map(|at| (at as u32).wrapping_mul(31).wrapping_add(invoice) as u8).collect()
}

fn record(invoice: u32) -> Record {
    Record {
        series: None,
        number: format!("2026-{invoice:04}"),
        kind: Kind::Invoice,
        issue_date: jiff::civil::date(2026, 1, 1),
        supply_date: None,
        seller_country: "NL".parse().unwrap(),
        class: crate::exchange::vocabulary::Class::Ordinary,
        buyer: Buyer { name: None, country: None, customer: None, vat_number: None, postcode: None },
        currency: "EUR".parse().unwrap(),
        net: "100.00".parse().unwrap(),
        vat: vec![],
        gross: "121.00".parse().unwrap(),
        articles: vec![],
        corrects: vec![],
        one_stop_shop: None,
    }
}

fn whole(invoice: &mut HeldInvoice, leaf: u32) {
    assert_eq!(invoice.invoice().record.number, format!("2026-{leaf:04}"));
    for (index, length) in LENGTHS.into_iter().enumerate() {
        let mut out = Vec::new();
        invoice.document(index, &mut out).unwrap();
        assert!(out == document(leaf, length), "document {index} of {leaf}");
    }
    assert!(invoice.document(LENGTHS.len(), &mut Vec::new()).is_err());
}

#[test]
fn what_was_copied_comes_back_and_so_does_a_copy_of_the_copy() {
    let trial = Trial::new();
    trial.hold("h1", &[2, 4]);
    let scan = trial.copies("h1").scan();
    assert_eq!((scan.invoices, scan.damage), (2, None));
    for leaf in [2, 4] {
        whole(&mut trial.invoice("h1", leaf), leaf);
    }
    fs::create_dir(trial.folder("h2")).unwrap();
    let mut writer = Writer::create(&trial.folder("h2"), "h2", trial.lease("h2")).unwrap();
    writer.add_held(&mut trial.invoice("h1", 4)).unwrap();
    writer.finish().unwrap();
    whole(&mut trial.invoice("h2", 4), 4);
    let (one, other) = (trial.invoice("h1", 4), trial.invoice("h2", 4));
    assert_eq!(one.proof().to_bytes(), other.proof().to_bytes());
}

#[test]
fn nothing_of_the_invoices_lies_open_and_nothing_of_the_neighbours_lies_there_at_all() {
    let trial = Trial::new();
    trial.hold("h1", &[2]);
    let bytes = fs::read(trial.folder("h1").join("copies")).unwrap();
    assert!(!bytes.windows(9).any(|window| window == b"2026-0002"));
    let copied: usize = LENGTHS.iter().sum();
    assert!(bytes.len() < copied + 8192, "{} bytes for {copied}", bytes.len());
    let proof = trial.invoice("h1", 2).proof().to_bytes();
    for neighbour in [b"2026-0001", b"2026-0003"] {
        assert!(!proof.windows(9).any(|window| window == neighbour));
    }
}

#[test]
fn a_flipped_byte_costs_one_invoice_and_is_said_and_a_cut_is_too() {
    let trial = Trial::new();
    trial.hold("h1", &[1, 2]);
    let path = trial.folder("h1").join("copies");
    let sound = fs::read(&path).unwrap();
    let covers = trial.copies("h1").scan().covers;
    let at = |leaf: u32| covers[&(trial.place.stream, trial.place.number)].invoices[&leaf];
    for at_byte in (0..sound.len()).step_by(29_989) {
        let mut bytes = sound.clone();
        bytes[at_byte] ^= 0x40;
        fs::write(&path, &bytes).unwrap();
        let damage = trial.copies("h1").scan().damage;
        let read = |leaf: u32| -> bool {
            let Ok(mut invoice) = trial.copies("h1").invoice(at(leaf)) else { return false };
            (0..LENGTHS.len()).all(|index| invoice.document(index, &mut std::io::sink()).is_ok())
        };
        let sound = [1, 2].map(read);
        // Each byte belongs to one invoice, to what both have in common, or to the end.
        let common = at_byte < usize::try_from(at(1).1).unwrap();
        assert!(damage.is_some() || sound.contains(&false), "byte {at_byte} is not missed");
        assert!(common || sound.contains(&true), "byte {at_byte} costs both");
    }
    for cut in [0, 1, sound.len() / 2, sound.len() - 1] {
        fs::write(&path, &sound[..cut]).unwrap();
        let damage = trial.copies("h1").scan().damage.unwrap();
        assert_eq!(damage.code(), "archive-held-damaged", "{cut}");
    }
    // Another hold's copies open nothing here.
    fs::write(&path, &sound).unwrap();
    fs::create_dir(trial.folder("h2")).unwrap();
    fs::copy(&path, trial.folder("h2").join("copies")).unwrap();
    let scan = trial.copies("h2").scan();
    assert!(scan.covers.is_empty() && scan.damage.is_some());
}

#[test]
fn nothing_is_given_out_once_the_key_is_dead() {
    let mut trial = Trial::new();
    trial.hold("h1", &[1]);
    let mut invoice = trial.invoice("h1", 1);
    let prepared = trial.vault.prepare_switch(|contents| contents.bury_hold("h1", Vec::new())).unwrap();
    prepared.commit().unwrap();
    assert!(invoice.document(0, &mut Vec::new()).is_err());
    assert!(trial.vault.lease(&KeyName::Hold("h1".to_owned())).is_none());
    assert!(trial.vault.contents().dead_holds().contains_key("h1"));
}
