//! A term dies while people read in it, and afterwards somebody looks for it everywhere: with every key
//! that was ever recorded but its own, in every file that was kept, and in the memory of the box.
//!
//! The same search must find the term where the switch is skipped (`KLUIS_MUTATE`, debug builds only):
//! a search that finds nothing ever would prove nothing.
#![allow(clippy::unwrap_used)]

#[path = "support/memory.rs"]
mod memory;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::SigningKey;
use factuurkluis::appliance::catalogue::{Catalogue, Progress, Sealer};
use factuurkluis::appliance::command::{self, Asked, Credential, Order, QueryText};
use factuurkluis::appliance::journal::{Journal, Place as Events};
use factuurkluis::appliance::keeper::{InitOptions, Keeper, Outcome, RootChoice};
use factuurkluis::appliance::reader;
use factuurkluis::appliance::vault::{FileRoot, Vault};
use factuurkluis::exchange::bundle::statement::Statement;
use factuurkluis::exchange::bundle::{
    Address, CardTerm, Document, HybridRecipient, Origin, Parcel, Place, Sealed, SenderCard, labels,
    term_identity,
};
use factuurkluis::exchange::invoice::{Buyer, Kind, Record};
use factuurkluis::exchange::law::Policy;
use factuurkluis::exchange::vocabulary::{BoxId, BundleNumber, Class, Digest, PublicKey, SenderId, StreamId};
use factuurkluis::support::secret::Secret;
use factuurkluis::support::words::Language;
use jiff::civil::{Date, date};
use memory::{memory_of, places_of};
use serde_json::Value;

/// Stands in every name, number and document of the term that dies, in capitals or not.
const MARK: &str = "doomed";
/// Invoices of each term.
const INVOICES: usize = 300;
/// Bytes of the document that is downloaded.
const LARGE: usize = 12 << 20;

/// A box with a term that will die and others that live, and everything that anybody could have kept.
struct World {
    folder: tempfile::TempDir,
    officer: Credential,
    doomed: String,
    stream: StreamId,
    sender: PublicKey,
    box_id: BoxId,
    journal_key: SigningKey,
    /// Every secret of the vault, by what it is; the doomed term's own stands apart.
    recorded: BTreeMap<String, Secret>,
    dead: Secret,
}

impl World {
    fn new() -> Self {
        reader::program(env!("CARGO_BIN_EXE_kluis"));
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("box");
        let made = Keeper::init(
            &directory,
            InitOptions {
                authorities: Vec::new(),
                entity_name: "Trampoline BV".to_owned(),
                slug: None,
                policy: Policy::of("NL".parse().unwrap()).unwrap(),
                classes: vec![Class::Ordinary],
                back_years: 7,
                officers: vec!["Anna".to_owned(), "Bram".to_owned()],
                // Not in the box: a copy of the box is then none of its root.
                root: RootChoice::File(Some(folder.path().join("root"))),
                release_key: None,
                demo: true,
                today: date(2026, 11, 24),
            },
        )
        .unwrap();
        let (name, pass_phrase) =
            (made.officers[0].name.clone(), made.officers[0].pass_phrase.expose().to_owned());
        let officer = Credential { name, pass_phrase };
        let key = SigningKey::from_bytes(Secret::random().expose());
        let sender = PublicKey(key.verifying_key().to_bytes());
        let stream = StreamId::random();
        let stick = folder.path().join("stick");
        fs::create_dir(&stick).unwrap();
        let doomed = fill(&made.keeper, &officer, &key, stream, &stick);
        for (file, outcome) in made.keeper.take(&stick, &|_| {}).unwrap().files {
            assert!(matches!(outcome, Outcome::Admitted(_)), "{file}: {outcome:?}");
        }
        // So that there are events and a catalogue to keep.
        let by = made.keeper.log_in(&officer.name, &officer.pass_phrase).unwrap();
        let by = made.keeper.with_reason(by, "tax-audit").unwrap();
        assert_eq!(made.keeper.find(&by, &query(MARK).query()).unwrap().totals.count, INVOICES as u64);
        drop(made.keeper);

        let root = FileRoot::open(&FileRoot::locate(&directory).unwrap(), &directory).unwrap();
        let (vault, _) = Vault::open(&directory, Box::new(root), |_| true).unwrap();
        let mut recorded = BTreeMap::new();
        for name in vault.contents().keys() {
            recorded.insert(name.to_string(), vault.lease(&name).unwrap().with(Secret::clone).unwrap());
        }
        let dead = vault.lease_term(&doomed).unwrap().with(Secret::clone).unwrap();
        recorded.retain(|_, secret| secret.expose() != dead.expose());
        recorded.insert("signing".to_owned(), Secret::from_bytes(&vault.signing_key().to_bytes()));
        recorded.insert("push".to_owned(), vault.push_mac_key().clone());
        let (box_id, journal_key) = (vault.contents().box_id(), vault.signing_key());
        drop(vault);
        copy_tree(&directory, &folder.path().join("kept"));
        Self { folder, officer, doomed, stream, sender, box_id, journal_key, recorded, dead }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Destroys the term in a running box, with a download, a search and an open bundle under way;
    /// gives back the process.
    fn destroy(&self, mutation: Option<&str>) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kluis"));
        command.arg("--box").arg(self.path("box")).args(["run", "--port", "0"]).stdout(Stdio::piped());
        // Where its keys could not be found in any case, it would prove nothing not to find one.
        command.env("KLUIS_READABLE_KEYS", "1");
        if let Some(mutation) = mutation {
            command.env("KLUIS_MUTATE", mutation);
        }
        let mut running = Running(command.spawn().unwrap());
        let mut said = String::new();
        BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut said).unwrap();

        let (first, over) = (format!("{}/1", self.stream), AtomicBool::new(false));
        let given = [AtomicUsize::new(0), AtomicUsize::new(0)];
        // One reads slowly; one has opened the bundle and takes nothing more: its lease is held.
        let download = |pause: u64, given: &AtomicUsize| {
            let order = self.show(&first, 1, Asked::Document(0));
            let mut line = Line { given, pause: Duration::from_millis(pause), over: &over };
            command::order(&self.path("box"), order, Language::En, &|_| {}, &mut line)
        };
        std::thread::scope(|scope| {
            let slow = scope.spawn(|| download(500, &given[0]));
            let held = scope.spawn(|| download(60_000, &given[1]));
            let finding = scope.spawn(|| {
                let mut answered = 0;
                while !over.load(Ordering::Relaxed) {
                    let found = self.order(self.find(MARK)).unwrap();
                    answered += u32::from(found["totals"]["count"] == INVOICES);
                }
                answered
            });
            while given.iter().any(|given| given.load(Ordering::Relaxed) == 0) {
                std::thread::sleep(Duration::from_millis(5));
            }
            assert!(memory_of(running.0.id()).holds(self.dead.expose()) > 0, "the search proves nothing");
            assert!(!memory_of(running.0.id()).words(MARK).is_empty(), "the search proves nothing");
            let answer = self.order(Order::Turn { to: "2027-03-01T00:00:00Z".parse().unwrap() }).unwrap();
            over.store(true, Ordering::Relaxed);
            assert!(answer["happened"].to_string().contains("destroyed"), "{answer}");
            assert!(finding.join().unwrap() > 0, "it was found until it died");
            let ended = [slow.join().unwrap(), held.join().unwrap()];
            if mutation.is_none() {
                assert!(ended.iter().all(Result::is_err), "the downloads were cut off: {ended:?}");
            }
        });
        running
    }

    fn show(&self, bundle: &str, leaf: u32, asked: Asked) -> Order {
        let (by, reason) = (self.officer.clone(), "tax-audit".to_owned());
        Order::Show { by, reason, bundle: bundle.to_owned(), leaf, asked }
    }

    fn find(&self, number: &str) -> Order {
        Order::Find { by: self.officer.clone(), reason: "tax-audit".to_owned(), query: query(number) }
    }

    fn order(&self, order: Order) -> Result<Value, command::SaidNo> {
        command::order(&self.path("box"), order, Language::En, &|_| {}, &mut io::sink())
    }

    /// Everything that still gives something of the dead term away, in words; nothing is what should be.
    fn search(&self, running: &Running) -> Vec<String> {
        let mut found = Vec::new();
        let mut seen = |what: &str, there: bool| {
            if there {
                found.push(what.to_owned());
            }
        };
        // The box's memory, before anybody types the words again.
        let memory = memory_of(running.0.id());
        seen("its secret is in memory", memory.holds(self.dead.expose()) > 0);
        for label in [labels::TERM_IDENTITY, labels::TERM_CATALOGUE, labels::TERM_EVENTS] {
            seen(&format!("{label} is in memory"), memory.holds(self.dead.child(label).expose()) > 0);
        }
        let marks = memory.words(MARK);
        seen(&format!("its words are in memory: {marks:?}"), !marks.is_empty());
        // What it answers.
        let count = self.order(self.find(MARK)).map(|answer| answer["totals"]["count"].clone());
        seen("the box finds it", count.is_ok_and(|count| count != 0));
        let first = format!("{}/1", self.stream);
        seen("the box shows it", self.order(self.show(&first, 1, Asked::Record)).is_ok());
        // The box's directory, and every key that is left or was recorded, on every kept file.
        seen(
            "its words are in a file of the box",
            any_file(&self.path("box"), &mut |bytes| !places_of(bytes, MARK).is_empty()),
        );
        let mut keys: Vec<Secret> = self.recorded.values().cloned().collect();
        for place in ["root", "box/vault", "box/clock"] {
            any_file(&self.path(place), &mut |bytes: &[u8]| {
                keys.extend(bytes.windows(32).map(|window| Secret::from_bytes(window.try_into().unwrap())));
                false
            });
        }
        let kept = self.path("kept");
        for key in &keys {
            for file in ["vault/a", "vault/b"] {
                let opened = open_vault_file(&fs::read(kept.join(file)).unwrap(), key);
                seen("the kept vault opens", opened);
            }
        }
        for secret in self.recorded.values() {
            seen("a kept bundle opens", self.bundle_opens(&kept, secret));
            seen("a kept event opens", self.events_open(&kept, secret));
            seen("the kept catalogue opens", self.catalogue_opens(&kept, secret));
        }
        // With what the root is now.
        let root = FileRoot::open(&self.path("root"), &kept).unwrap();
        let opened = Vault::open(&kept, Box::new(root), |_| true);
        seen(
            "the kept vault opens with the root",
            opened.is_ok_and(|(vault, _)| vault.lease_term(&self.doomed).is_some()),
        );
        found
    }

    fn bundle_opens(&self, kept: &Path, secret: &Secret) -> bool {
        let bundles = kept.join("terms").join(&self.doomed).join("bundles");
        let files = fs::read_dir(bundles).unwrap().map(|entry| entry.unwrap().path());
        files.into_iter().any(|path| {
            let mut file = BufReader::new(File::open(path).unwrap());
            let bundle = Sealed::read(&mut file).unwrap().authenticate(self.sender).unwrap();
            bundle.as_admitted().open(file, &term_identity(secret)).is_ok()
        })
    }

    fn events_open(&self, kept: &Path, secret: &Secret) -> bool {
        let journal = Journal::open(kept, self.box_id, self.journal_key.clone()).unwrap();
        let key = secret.child(labels::TERM_EVENTS);
        let events = journal.read_events(&Events::Term(self.doomed.clone()), Some(&key));
        events.is_ok_and(|mut events| events.any(|event| event.is_ok()))
    }

    fn catalogue_opens(&self, kept: &Path, secret: &Secret) -> bool {
        let path = kept.join("terms").join(&self.doomed).join("catalogue");
        let sealer = Sealer::new(&secret.child(labels::TERM_CATALOGUE), &self.doomed);
        let expected: Progress = (1..=3).map(|number| (self.stream, BundleNumber(number))).collect();
        let opened = Catalogue::open(&path, sealer, &expected);
        opened.is_ok_and(|(catalogue, state)| state.missing.is_empty() && catalogue.runs() > 0)
    }
}

#[test]
fn nothing_that_is_left_opens_a_destroyed_term_and_its_words_are_nowhere() {
    let world = World::new();
    // What is tried below does open with the right key.
    assert!(world.bundle_opens(&world.path("kept"), &world.dead));
    assert!(world.events_open(&world.path("kept"), &world.dead));
    assert!(world.catalogue_opens(&world.path("kept"), &world.dead));
    let running = world.destroy(None);
    let found = world.search(&running);
    assert!(found.is_empty(), "{found:#?}");
    let living = world.order(world.find("living")).unwrap();
    assert_eq!(living["totals"]["count"], INVOICES, "other terms are untouched");
}

#[test]
fn the_same_search_finds_the_term_where_the_switch_is_skipped() {
    let world = World::new();
    let running = world.destroy(Some("skip-switch"));
    let found = world.search(&running);
    for what in ["its secret is in memory", "the kept vault opens", "the kept vault opens with the root"] {
        assert!(found.iter().any(|found| found == what), "{what}: {found:#?}");
    }
}

/// Seals three bundles of the doomed term and one of a living one; gives the doomed term's name.
fn fill(keeper: &Keeper, officer: &Credential, key: &SigningKey, stream: StreamId, stick: &Path) -> String {
    let card = SenderCard {
        sender: SenderId::random(),
        stream,
        key: PublicKey(key.verifying_key().to_bytes()),
        name: "Trampoline webshop".to_owned(),
        box_id: keeper.facts().box_id,
        issued_at: keeper.now(),
        succeeds: None,
    };
    let card = Statement::sign(labels::SENDER_CARD, card, key);
    let by = keeper.log_in(&officer.name, &officer.pass_phrase).unwrap();
    keeper.enrol(&card, &card.fingerprint(), &by, true).unwrap();
    let box_card = keeper.write_card().unwrap();
    let mut previous = None;
    let mut seal = |number: u64, mark: &str, day: Date, invoices: std::ops::Range<usize>| {
        let of_day = |one: &&_| covers(one, day);
        let on_card = box_card.body().terms.iter().find(of_day).unwrap();
        let place = Place { sender: card.body().sender, stream, number: BundleNumber(number) };
        let mut parcel = Parcel::new(place, &Secret::random());
        let text = |n: usize| {
            let line = format!("{mark} document {n:06}\n");
            line.repeat(if n == 0 { LARGE / line.len() } else { 40 })
        };
        for n in invoices.clone() {
            let bytes = text(n);
            let document = Document {
                length: bytes.len() as u64,
                media_type: "text/plain".to_owned(),
                origin: Origin::Original,
                sha256: Digest::of(bytes.as_bytes()),
            };
            assert!(parcel.add(record(mark, n, day), vec![document]).unwrap());
        }
        let address = Address {
            box_id: box_card.body().box_id,
            entity: box_card.body().entity,
            term: on_card.term.name().clone(),
            recipient: HybridRecipient::parse(&on_card.recipient).unwrap(),
            previous,
            replaces: None,
            seen: None,
            signed_at: keeper.now(),
        };
        let file = File::create(stick.join(format!("{number}.bundle"))).unwrap();
        let documents = |n: usize| Ok(Cursor::new(text(invoices.start + n).into_bytes()));
        previous = Some(parcel.seal(file, &address, key, documents).unwrap().0.digest());
        on_card.term.name().to_string()
    };
    let doomed = seal(1, MARK, date(2019, 6, 1), 0..100);
    seal(2, MARK, date(2019, 6, 2), 100..200);
    seal(3, MARK, date(2019, 6, 3), 200..INVOICES);
    seal(4, "living", date(2026, 6, 1), 0..INVOICES);
    doomed
}

fn covers(one: &CardTerm, day: Date) -> bool {
    one.term.first() <= day && day <= one.term.last()
}

fn record(mark: &str, n: usize, day: Date) -> Record {
    Record {
        series: None,
        number: format!("{mark}-{n:06}"),
        kind: Kind::Invoice,
        issue_date: day,
        supply_date: None,
        seller_country: "NL".parse().unwrap(),
        class: Class::Ordinary,
        buyer: Buyer {
            name: Some(format!("Sanne {mark} {n:06}")),
            country: None,
            customer: Some(format!("K-{mark}-{n:06}")),
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

fn query(number: &str) -> QueryText {
    QueryText { number: Some(format!("{number}*")), limit: 20, ..QueryText::default() }
}

/// A download that waits after each stretch, until it is over.
struct Line<'a> {
    given: &'a AtomicUsize,
    pause: Duration,
    over: &'a AtomicBool,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.given.fetch_add(bytes.len(), Ordering::Relaxed);
        let end = std::time::Instant::now() + self.pause;
        while std::time::Instant::now() < end && !self.over.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A running box; ended when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether `what` holds of the bytes of any file below `path`.
fn any_file(path: &Path, what: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    let mut any = false;
    for entry in fs::read_dir(path).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            any |= any_file(&entry.path(), what);
        } else if kind.is_file() {
            any |= what(&fs::read(entry.path()).unwrap());
        }
    }
    any
}

/// Whether `root` opens a vault's file, by its picture in `vault/sealed.rs` and nothing of its code:
/// 28 bytes of head, 24 of nonce, then XChaCha20-Poly1305 under a child of the root.
fn open_vault_file(file: &[u8], root: &Secret) -> bool {
    let (head, rest) = file.split_at(28);
    let (nonce, sealed) = rest.split_at(24);
    let cipher = XChaCha20Poly1305::new(root.child("factuurkluis/vault").expose().into());
    cipher.decrypt(&XNonce::try_from(nonce).unwrap(), Payload { msg: sealed, aad: head }).is_ok()
}

fn copy_tree(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}
