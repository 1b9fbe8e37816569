//! The format's second implementation, `scripts/read-bundle.py`, against ours: what we seal it reads, and what we
//! refuse it refuses. Also openssl with nothing but `head` and `tail`, as the format's page says.
//!
//! Its two packages come from PyPI into `target/`; where that cannot be reached the tests say SKIPPED, and fail
//! under CI.
#![allow(clippy::unwrap_used)]

#[path = "support/python.rs"]
mod python;

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ed25519_dalek::SigningKey;
use factuurkluis::exchange::bundle::certificate::{NotCovered, Root};
use factuurkluis::exchange::bundle::statement::Statement;
use factuurkluis::exchange::bundle::{
    Address, BoxCard, CardTerm, CertificateV1, CertificateV2, Document, HybridIdentity, Measured, Origin,
    Parcel, Place, Proof, Sealed, SenderCard, SignedBoxCard, SignedCertificate, SignedSenderCard,
    TokenEvidence, cbor, labels, term_identity,
};
use factuurkluis::exchange::invoice::{Buyer, Kind, OneStopShop, Payment, Record, Vat};
use factuurkluis::exchange::journal::event::Admission;
use factuurkluis::exchange::journal::tree::{leaf_hash, path};
use factuurkluis::exchange::journal::{Checkpoint, Event, Opening, Receipt, Tree};
use factuurkluis::exchange::law::{BookYear, Term};
use factuurkluis::exchange::vocabulary::{
    BoxId, BundleNumber, Class, Digest, EntityId, PublicKey, SenderId, StreamId, Word,
};
use factuurkluis::support::secret::Secret;
use jiff::Timestamp;
use proptest::test_runner::{Config, TestRunner};
use python::{python, scripts};
use serde_json::Value;
use tempfile::TempDir;

/// A shop, its box and a folder with their cards and the term's identity.
struct World {
    folder: TempDir,
    key: SigningKey,
    box_key: SigningKey,
    place: Place,
    box_id: BoxId,
    entity: EntityId,
    term: HybridIdentity,
}

impl World {
    fn new() -> Self {
        let seed = Secret::random();
        let world = Self {
            folder: TempDir::new().unwrap(),
            key: SigningKey::from_bytes(Secret::random().expose()),
            box_key: SigningKey::from_bytes(Secret::random().expose()),
            place: Place {
                sender: SenderId::random(),
                stream: StreamId::random(),
                number: BundleNumber(300),
            },
            box_id: BoxId::random(),
            entity: EntityId::random(),
            term: term_identity(&seed),
        };
        world.write("sender.card", &world.sender_card().to_bytes());
        world.write("box.card", &world.box_card().to_bytes());
        let seed = seed.child(labels::TERM_IDENTITY);
        world.write("identity", format!("# a test's\n{}\n", identity_text(&seed)).as_bytes());
        world
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.file(name), bytes).unwrap();
    }

    fn sender_card(&self) -> SignedSenderCard {
        let card = SenderCard {
            sender: self.place.sender,
            stream: self.place.stream,
            key: public(&self.key),
            name: "Zoë's shop — Δοκιμή".to_owned(),
            box_id: self.box_id,
            issued_at: now(),
            succeeds: None,
        };
        Statement::sign(labels::SENDER_CARD, card, &self.key)
    }

    fn term(&self) -> Term {
        let days = BookYear { first: "2026-01-01".parse().unwrap(), last: "2026-12-31".parse().unwrap() };
        let slug = "trampoline".parse().unwrap();
        Term::new(&slug, self.entity, "NL".parse().unwrap(), Class::Ordinary, days).unwrap()
    }

    fn box_card(&self) -> SignedBoxCard {
        let checkpoint =
            Checkpoint { box_id: self.box_id, size: 0, root: Digest::of(b"") }.sign(&self.box_key);
        let term = self.term();
        let card = BoxCard {
            box_id: self.box_id,
            demo: false,
            key: public(&self.box_key),
            entity: self.entity,
            entity_name: "Trampoline B.V.".to_owned(),
            country: "NL".parse().unwrap(),
            law_table: "2026-11".to_owned(),
            issued_at: now(),
            terms: vec![CardTerm {
                decides: term.decides(),
                term,
                recipient: self.term.recipient().to_text(),
                kept_until: "2033-12-31".parse().unwrap(),
                article: "AWR art. 52".to_owned(),
            }],
            push_key: vec![7; 32],
            checkpoint: checkpoint.note().to_owned(),
        };
        Statement::sign(labels::BOX_CARD, card, &self.box_key)
    }

    /// A certificate of version 1, as boxes once wrote it.
    fn first_certificate(&self) -> Vec<u8> {
        let checkpoint =
            Checkpoint { box_id: self.box_id, size: 0, root: Digest::of(b"") }.sign(&self.box_key);
        let certificate = CertificateV1 {
            box_id: self.box_id,
            key: public(&self.box_key),
            demo: false,
            entity: self.entity,
            entity_name: "Trampoline B.V.".to_owned(),
            term: self.term(),
            kept_until: "2033-12-31".parse().unwrap(),
            article: "AWR art. 52".to_owned(),
            law_table: "2026-11".to_owned(),
            bundles: 1,
            invoices: 3,
            bytes: 5_000_000_000,
            entries: 2,
            entries_digest: Digest::of(b"indexes"),
            word: Word::Counted,
            floor: now(),
            powered_since_due: 2_592_001,
            tokens: vec![],
            root: "file".to_owned(),
            root_on_data_device: true,
            generation: 70_000,
            checkpoint: checkpoint.note().to_owned(),
            destroyed_at: now(),
        };
        Statement::sign(labels::CERTIFICATE, certificate, &self.box_key).to_bytes()
    }

    /// A certificate as boxes write it, changed as a test wants.
    fn certificate(&self, change: impl FnOnce(&mut CertificateV2)) -> Vec<u8> {
        let head = |size| Checkpoint { box_id: self.box_id, size, root: Digest::of(b"") }.sign(&self.box_key);
        let (token, over) = (b"any bytes are a token here".to_vec(), head(3).note().to_owned());
        let digest = Digest::of(&token);
        let evidence = TokenEvidence { digest, authority: Digest([3; 32]), time: later(), over, token };
        let mut certificate = CertificateV2 {
            box_id: self.box_id,
            key: public(&self.box_key),
            demo: false,
            entity: self.entity,
            entity_name: "Trampoline B.V.".to_owned(),
            term: self.term(),
            kept_until: "2033-12-31".parse().unwrap(),
            article: "AWR art. 52".to_owned(),
            law_table: "2026-11".to_owned(),
            bundles: 1,
            invoices: 3,
            bytes: 5_000_000_000,
            entries: 2,
            entries_digest: Digest::of(b"indexes"),
            held: 1,
            word: Word::Proven,
            floor: later(),
            powered_since_due: 2_592_001,
            tokens: vec![evidence],
            root: Root::Tpm,
            generation: 70_000,
            not_covered: NotCovered::codes(Root::Tpm, 1),
            checkpoint: head(7).note().to_owned(),
            destroyed_at: later(),
        };
        change(&mut certificate);
        Statement::sign(labels::CERTIFICATE_2, certificate, &self.box_key).to_bytes()
    }

    fn seal(&self, invoices: &[(Record, Vec<Vec<u8>>)]) -> Vec<u8> {
        let mut parcel = Parcel::new(self.place, &Secret::random());
        for (record, documents) in invoices {
            let promised = documents.iter().map(|bytes| promise(bytes)).collect();
            assert!(parcel.add(record.clone(), promised).unwrap());
        }
        let documents: Vec<&[u8]> =
            invoices.iter().flat_map(|(_, all)| all.iter().map(Vec::as_slice)).collect();
        let address = Address {
            box_id: self.box_id,
            entity: self.entity,
            term: self.term().name().clone(),
            recipient: self.term.recipient(),
            previous: Some(Digest::of(b"the header before")),
            replaces: Some(BundleNumber(24)),
            seen: None,
            signed_at: now(),
        };
        let out = Cursor::new(Vec::new());
        let (_, out) = parcel.seal(out, &address, &self.key, |n| Ok(documents[n])).unwrap();
        out.into_inner()
    }

    /// The proof of the invoice at `leaf`, with the receipt that this world's box would give.
    fn proof(&self, bundle: &[u8], leaf: u32) -> Vec<u8> {
        let mut input = bundle;
        let authentic = Sealed::read(&mut input).unwrap().authenticate(public(&self.key)).unwrap();
        let measured = Measured::while_copying(&mut input, &mut std::io::sink()).unwrap();
        let opened = authentic.intact(measured).unwrap().open(Cursor::new(bundle), &self.term).unwrap();
        let header = opened.authentic().statement().clone();
        let admission = Event::from(Admission {
            at: now(),
            sender: self.place.sender,
            stream: self.place.stream,
            number: self.place.number,
            header: header.digest(),
            replaces: None,
            term: self.term().name().to_string(),
            invoices: header.body().invoices(),
            root: header.body().root,
            bytes: bundle.len() as u64,
        });
        let opening = Opening::fresh(admission.kind(), cbor::encode(&admission));
        let hashes: Vec<Digest> =
            (0..7).map(|n| if n == 5 { opening.entry().leaf_hash() } else { leaf_hash(&[n]) }).collect();
        let mut tree = Tree::default();
        hashes.iter().for_each(|hash| tree.push_hash(*hash));
        let checkpoint = Checkpoint { box_id: self.box_id, size: 7, root: tree.root() }.sign(&self.box_key);
        let receipt = Receipt { index: 5, opening, path: path(&hashes, 5).unwrap(), checkpoint }.write();
        Proof::new(&header, public(&self.key), opened.leaves(), leaf, Some(receipt)).to_bytes()
    }

    /// Runs the second reader in the world's folder.
    fn read(&self, arguments: &[&str]) -> Option<Output> {
        let python = python()?;
        let mut command = Command::new(python);
        command.arg(scripts().join("read-bundle.py")).args(arguments).current_dir(self.folder.path());
        Some(command.output().unwrap())
    }
}

const OPEN: [&str; 5] = ["a.bundle", "--sender", "sender.card", "--identity", "identity"];

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey(key.verifying_key().to_bytes())
}

fn now() -> Timestamp {
    "2026-11-24T21:44:33Z".parse().unwrap()
}

/// Noon of the day after the certificate's term, to the second.
fn later() -> Timestamp {
    "2034-01-01T12:00:00Z".parse().unwrap()
}

fn identity_text(seed: &Secret) -> String {
    let hrp = bech32::Hrp::parse("age-secret-key-pq-").unwrap();
    bech32::encode::<bech32::Bech32>(hrp, seed.expose()).unwrap().to_uppercase()
}

fn promise(bytes: &[u8]) -> Document {
    let media_type =
        if bytes.starts_with(b"%PDF") { "application/pdf" } else { "application/xml" }.to_owned();
    Document { length: bytes.len() as u64, media_type, origin: Origin::Original, sha256: Digest::of(bytes) }
}

fn record(number: &str) -> Record {
    Record {
        series: None,
        number: number.to_owned(),
        kind: Kind::CreditNote,
        issue_date: "2026-02-28".parse().unwrap(),
        supply_date: Some("2026-02-27".parse().unwrap()),
        seller_country: "NL".parse().unwrap(),
        class: Class::OneStopShop,
        buyer: Buyer {
            name: Some("Łukasz Springveer-Å 🤸".to_owned()),
            country: Some("EL".parse().unwrap()),
            customer: None,
            vat_number: None,
            postcode: Some("2000".to_owned()),
        },
        currency: "EUR".parse().unwrap(),
        net: "-100.00".parse().unwrap(),
        vat: vec![Vat {
            category: "S".to_owned(),
            rate: Some("21".parse().unwrap()),
            taxable: "-100.00".parse().unwrap(),
            tax: "-21.00".parse().unwrap(),
        }],
        gross: "-121.00".parse().unwrap(),
        articles: vec!["TR-305".to_owned(), "ÉL/2".to_owned()],
        corrects: vec!["2025-0007".to_owned()],
        one_stop_shop: Some(OneStopShop {
            consumption: Some("EL".parse().unwrap()),
            payments: vec![Payment { date: "2026-03-01".parse().unwrap(), amount: "0.10".parse().unwrap() }],
            place_evidence: vec!["billing-address".to_owned(), "bank".to_owned()],
        }),
    }
}

/// Three invoices: one chunk's length exactly, several chunks beside nothing at all, and unicode.
fn invoices() -> Vec<(Record, Vec<Vec<u8>>)> {
    let large: Vec<u8> = (0..200_000u32).map(|n| (n * 7 % 251) as u8).collect();
    vec![
        (record("2026-0001"), vec![vec![7; 65_536]]),
        (record("№ 2026/0002"), vec![[b"%PDF-1.7".to_vec(), large].concat(), Vec::new()]),
        (record("2026-0003"), vec!["<Invoice>€ 121,00 ünïcode</Invoice>".into()]),
    ]
}

#[test]
fn the_second_reader_lists_and_extracts_what_we_sealed() {
    let world = World::new();
    let invoices = invoices();
    world.write("a.bundle", &world.seal(&invoices));
    let Some(output) = world.read(&[&OPEN[..], &["--json"]].concat()) else { return };
    assert!(output.status.success(), "{}", said(&output));
    let listing: Value = serde_json::from_slice(&output.stdout).unwrap();
    let listed = listing["invoices"].as_array().unwrap();
    assert_eq!(listed.len(), invoices.len());
    for ((record, documents), listed) in invoices.iter().zip(listed) {
        assert_eq!(listed["record"], serde_json::to_value(record).unwrap());
        let promised: Vec<Document> = documents.iter().map(|bytes| promise(bytes)).collect();
        assert_eq!(listed["documents"], serde_json::to_value(promised).unwrap());
        for (index, document) in documents.iter().enumerate() {
            let which = (index + 1).to_string();
            let extract = ["--extract", &record.number, "--which", &which, "--to", "out"];
            let output = world.read(&[&OPEN[..], &extract[..]].concat()).unwrap();
            assert!(output.status.success(), "{}", said(&output));
            assert_eq!(&fs::read(world.file("out")).unwrap(), document);
        }
    }
    let output = world.read(&[&OPEN[..], &["--extract", "2026-9999", "--to", "none"]].concat()).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!world.file("none").exists());
}

#[test]
fn the_second_reader_refuses_what_was_turned_cut_or_lengthened() {
    let world = World::new();
    let bundle = world.seal(&[(record("1"), vec![vec![1; 70_000]])]);
    let mut broken: Vec<(String, Vec<u8>)> = Vec::new();
    // Magic, body, list, age header, first and last chunk.
    for at in [20, 30, 600, 720, 760, 900, 4_000, 30_000, bundle.len() - 1] {
        let mut turned = bundle.clone();
        turned[at] ^= 1;
        broken.push((format!("byte {at} turned"), turned));
    }
    broken.push(("cut".to_owned(), bundle[..bundle.len() - 1].to_vec()));
    broken.push(("lengthened".to_owned(), [&bundle[..], &[0]].concat()));
    for (what, bytes) in broken {
        world.write("a.bundle", &bytes);
        let Some(output) = world.read(&OPEN) else { return };
        assert_eq!(output.status.code(), Some(1), "{what}: {}", said(&output));
        assert!(said(&output).contains("refused: "), "{what}: {}", said(&output));
    }
    let other = World::new();
    world.write("a.bundle", &bundle);
    fs::copy(other.file("sender.card"), world.file("other.card")).unwrap();
    fs::copy(other.file("identity"), world.file("other.identity")).unwrap();
    for (sender, identity) in [("other.card", "identity"), ("sender.card", "other.identity")] {
        let output = world.read(&["a.bundle", "--sender", sender, "--identity", identity]).unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    }
}

#[test]
fn the_second_reader_proves_one_invoice_with_its_receipt() {
    let world = World::new();
    let invoices = invoices();
    let proof = world.proof(&world.seal(&invoices), 3);
    world.write("a.proof", &proof);
    world.write("a.xml", &invoices[2].1[0]);
    let ask =
        ["--proof", "a.proof", "--sender", "sender.card", "--box-card", "box.card", "--document", "a.xml"];
    let Some(output) = world.read(&ask) else { return };
    assert!(output.status.success(), "{}", said(&output));
    let shown = said(&output);
    assert!(
        shown.contains("2026-0003") && shown.contains("entry 5") && !shown.contains("2026-0001"),
        "{shown}"
    );

    world.write("a.xml", b"another");
    assert_eq!(world.read(&ask).unwrap().status.code(), Some(1));
    for at in (21..proof.len()).step_by(97) {
        let mut turned = proof.clone();
        turned[at] ^= 4;
        world.write("a.proof", &turned);
        let output = world.read(&["--proof", "a.proof", "--box-card", "box.card"]).unwrap();
        assert_eq!(output.status.code(), Some(1), "byte {at}: {}", said(&output));
    }
}

#[test]
fn the_second_reader_reads_cards_and_certificates() {
    let world = World::new();
    let fingerprints =
        [("sender.card", world.sender_card().fingerprint()), ("box.card", world.box_card().fingerprint())];
    for (card, fingerprint) in fingerprints {
        let Some(output) = world.read(&["--card", card]) else { return };
        assert!(output.status.success() && said(&output).contains(&fingerprint), "{}", said(&output));
    }
    for certificate in [world.first_certificate(), world.certificate(|_| {})] {
        world.write("a.certificate", &certificate);
        let output = world.read(&["--certificate", "a.certificate", "--box-card", "box.card"]).unwrap();
        assert!(output.status.success() && said(&output).contains("signed by this box"), "{}", said(&output));
        let mut turned = certificate;
        turned[100] ^= 1;
        world.write("a.certificate", &turned);
        assert_eq!(world.read(&["--certificate", "a.certificate"]).unwrap().status.code(), Some(1));
    }
    assert_eq!(world.read(&["--certificate", "not-there"]).unwrap().status.code(), Some(2));
    assert_eq!(world.read(&["--certificate"]).unwrap().status.code(), Some(2));
}

/// Both readers judge a certificate's bounds and evidence the same, whatever a box signed.
#[test]
fn both_readers_refuse_a_certificate_that_says_more_than_it_shows() {
    let world = World::new();
    type Change = fn(&mut CertificateV2);
    let changes: [(&str, bool, Change); 15] = [
        ("nothing", true, |_| {}),
        ("counted, without a token", true, |c| (c.word, c.tokens) = (Word::Counted, vec![])),
        ("declared, before its end", true, |c| (c.word, c.floor) = (Word::Declared, now())),
        ("a code of a later program", true, |c| c.not_covered.push("the-moon".to_owned())),
        ("proven, without a token", false, |c| c.tokens.clear()),
        ("proven, by a token a second too early", false, |c| {
            c.tokens[0].time = "2034-01-01T11:59:59Z".parse().unwrap();
        }),
        ("counted, before its end", false, |c| (c.word, c.floor) = (Word::Counted, now())),
        ("a token that is not the one it names", false, |c| c.tokens[0].token.push(0)),
        ("a token over a later head", false, |c| {
            c.tokens[0].over = c.checkpoint.replacen("\n7\n", "\n8\n", 1)
        }),
        ("a token over something else", false, |c| c.tokens[0].over = "the card".to_owned()),
        ("a head of somebody else's", false, |c| c.checkpoint.push_str("more")),
        ("four tokens", false, |c| c.tokens = vec![c.tokens[0].clone(); 4]),
        ("a long token", false, |c| c.tokens[0].token = vec![0; 32_769]),
        ("a code with a space", false, |c| c.not_covered.push("the moon".to_owned())),
        ("too many codes", false, |c| c.not_covered = vec!["x".to_owned(); 33]),
    ];
    for (what, good, change) in changes {
        let bytes = world.certificate(change);
        let ours = SignedCertificate::read(&bytes);
        let ours = ours.is_ok_and(|one| one.verify(one.key()).is_ok() && one.faults().is_empty());
        assert_eq!(ours, good, "{what}");
        world.write("a.certificate", &bytes);
        let Some(output) = world.read(&["--certificate", "a.certificate"]) else { continue };
        assert_eq!(output.status.success(), good, "{what}: {}", said(&output));
    }
}

/// The commands of README.md, word for word, on the frozen *proven* certificate.
#[test]
fn openssl_checks_a_certificate_and_its_tokens_as_the_readme_says() {
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/v2");
    let folder = TempDir::new().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    let certificate = fs::read(frozen.join("sample.certificate")).unwrap();
    fs::copy(frozen.join("authority.pem"), folder.path().join("authority.pem")).unwrap();
    let page = include_str!("../README.md");
    let chapter = &page[page.find("## How a stranger checks a certificate").unwrap()..];
    let mut blocks = chapter.split("```bash\n").skip(1).map(|rest| &rest[..rest.find("```").unwrap()]);
    let commands = blocks.next().unwrap().to_owned() + blocks.next().unwrap();
    let key = SignedCertificate::read(&certificate).unwrap().key().to_string();
    let commands =
        commands.replace("KEY=…", &format!("KEY={key}")).replace("FILE.certificate", "a.certificate");
    let programs = Path::new(env!("CARGO_BIN_EXE_kluis")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let run = || {
        let mut sh = Command::new("bash");
        let output =
            sh.args(["-ec", &commands]).env("PATH", &path).current_dir(folder.path()).output().unwrap();
        (output.status.success(), said(&output))
    };
    write("a.certificate", &certificate);
    let (good, what) = run();
    assert!(good, "{what}");
    assert!(what.contains("Signature Verified Successfully"), "{what}");
    assert_eq!(what.matches("Verification: OK").count(), 2, "{what}");
    assert_eq!(what.matches("stands in what was signed").count(), 4, "{what}");

    let mut turned = certificate.clone();
    turned[300] ^= 1;
    write("a.certificate", &turned);
    assert!(!run().0, "a byte was turned");
    // Whoever trusts somebody else believes no token of it.
    write("a.certificate", &certificate);
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=Invented root"])
        .args(["-keyout", "other.key", "-out", "authority.pem"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", said(&made));
    assert!(!run().0, "another authority");
}

#[test]
fn the_second_reader_reads_the_frozen_sample() {
    let Some(python) = python() else { return };
    let run_in = |version: &str, arguments: &[&str]| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen").join(version);
        let reader = scripts().join("read-bundle.py");
        let output = Command::new(python).arg(reader).args(arguments).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        said(&output)
    };
    let run = |arguments: &[&str]| run_in("v1", arguments);
    let sender = ["--sender", "sender.card"];
    let listed = run(&[&["sample.bundle", "--identity", "invented-identity.txt"], &sender[..]].concat());
    assert!(listed.contains("2026-0001") && listed.contains("2026-0002"), "{listed}");
    run(&[&["--proof", "invoice-1.proof", "--box-card", "box.card"], &sender[..]].concat());
    run(&["--certificate", "sample.certificate", "--box-card", "box.card"]);
    run(&["--card", "box.card"]);
    run_in("v2", &["--certificate", "sample.certificate", "--box-card", "box.card"]);
}

/// Whether both readers think the same of leaves' CBOR that was changed at random.
#[test]
fn both_readers_agree_on_which_spelling_is_canonical() {
    let Some(python) = python() else { return };
    let script = format!(
        "import sys, importlib.util as u
s = u.spec_from_file_location('r', {:?}); r = u.module_from_spec(s); s.loader.exec_module(r)
for line in sys.stdin:
    try: r.decode(bytes.fromhex(line), r.RECORD, 'it'); print('yes')
    except r.Refused: print('no')",
        scripts().join("read-bundle.py").display()
    );
    let good = cbor::encode(&record("2026-0001"));
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let mut tried: Vec<Vec<u8>> = vec![good.clone()];
    for amount in [
        "-0.00",
        "-0",
        "0.00",
        "00.1",
        "1.",
        "79228162514264337593543950335",
        "79228162514264337593543950336",
    ] {
        tried.push(replace(&good, b"g-121.00", &[&[0x60 + amount.len() as u8], amount.as_bytes()].concat()));
    }
    for day in ["2026-02-29", "2024-02-29", "2026-13-01", "0000-01-01", "20260101--"] {
        tried.push(replace(&good, b"2026-02-28", day.as_bytes()));
    }
    for _ in 0..4_000 {
        use proptest::prelude::{Strategy as _, any, prop};
        use proptest::strategy::ValueTree as _;
        let change =
            (any::<prop::sample::Index>(), any::<u8>(), 0..3u8).new_tree(&mut runner).unwrap().current();
        let (mut bytes, at) = (good.clone(), change.0.index(good.len()));
        match change.2 {
            0 => bytes[at] ^= 1 << (change.1 % 8),
            1 => bytes.insert(at, change.1),
            _ => drop(bytes.remove(at)),
        }
        tried.push(bytes);
    }
    let lines: String = tried.iter().map(|bytes| data_encoding::HEXLOWER.encode(bytes) + "\n").collect();
    let mut child = Command::new(python)
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    let theirs: Vec<bool> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| line == "yes").collect();
    assert_eq!(theirs.len(), tried.len());
    let mut read = 0;
    for (bytes, theirs) in tried.iter().zip(theirs) {
        let ours = cbor::decode::<Record>(bytes, 1 << 20).is_ok();
        assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(bytes));
        read += usize::from(ours);
    }
    assert!(read > 100 && read < tried.len() / 2, "{read} of {} were read", tried.len());
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

/// The commands of FORMAT.md section 1, word for word.
#[test]
fn openssl_and_head_check_a_headers_signature() {
    let world = World::new();
    let bundle = world.seal(&[(record("1"), vec![b"<a/>".to_vec()])]);
    world.write("a.bundle", &bundle);
    let spki =
        [&data_encoding::HEXLOWER.decode(b"302a300506032b6570032100").unwrap()[..], &public(&world.key).0]
            .concat();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        data_encoding::BASE64.encode(&spki)
    );
    world.write("sender.pem", pem.as_bytes());
    let page = include_str!("../src/exchange/bundle/FORMAT.md");
    let begin = page.find("B=$((").unwrap();
    let commands = &page[begin..begin + page[begin..].find("```").unwrap()];
    let commands = commands.replace("FILE", "a.bundle").replace("LIST", "116");
    let run = || {
        let output =
            Command::new("sh").args(["-ec", &commands]).current_dir(world.folder.path()).output().unwrap();
        (output.status.success(), said(&output))
    };
    let (good, said) = run();
    assert!(good && said.contains("Verified Successfully"), "{said}");
    let mut turned = bundle;
    turned[200] ^= 1;
    world.write("a.bundle", &turned);
    assert!(!run().0);
}
