//! The webshop's program, driven as a shop owner drives it; the box is played by this test, with
//! nothing but what both ends agree on.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{BufReader, Seek, SeekFrom};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use factuurkluis::exchange::bundle::{
    BoxCard, CardTerm, Header, InvoiceLeaf, Measured, Opened, Piece, Sealed, SignedBoxCard, SignedSenderCard,
    Statement, StreamLeaf, cbor, labels, term_identity,
};
use factuurkluis::exchange::journal::event::Admission;
use factuurkluis::exchange::journal::{Checkpoint, Event, Opening, Receipt, ReceiptCode, Tree, tree};
use factuurkluis::exchange::law::{Policy, Slug, Term, kept_until, terms_for};
use factuurkluis::exchange::vocabulary::{BoxId, BundleNumber, Class, Digest, EntityId, PublicKey};
use factuurkluis::shop::{Order, Progress, Shop};
use factuurkluis::support::secret::Secret;
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::Value;
use tempfile::TempDir;

/// The box: its keys, its terms' secrets, its journal.
struct TestBox {
    id: BoxId,
    entity: EntityId,
    key: SigningKey,
    terms: BTreeMap<String, (Term, Secret)>,
    entries: Vec<Vec<u8>>,
}

impl TestBox {
    fn new() -> Self {
        let entity = EntityId::random();
        let slug: Slug = "trampoline".parse().unwrap();
        let policy = Policy::of("NL".parse().unwrap()).unwrap();
        let classes = [Class::Ordinary, Class::OneStopShop];
        let terms = terms_for(entity, &slug, &policy, date(2026, 11, 24), 1, &classes).unwrap();
        let terms =
            terms.into_iter().map(|term| (term.name().to_string(), (term, Secret::random()))).collect();
        let key = SigningKey::from_bytes(Secret::random().expose());
        let mut made = Self { id: BoxId::random(), entity, key, terms, entries: Vec::new() };
        made.entries.push(b"the first entry".to_vec());
        made
    }

    fn public(&self) -> PublicKey {
        PublicKey(self.key.verifying_key().to_bytes())
    }

    fn checkpoint(&self) -> factuurkluis::exchange::journal::SignedCheckpoint {
        let mut log = Tree::default();
        for entry in &self.entries {
            log.push(entry);
        }
        Checkpoint { box_id: self.id, size: self.entries.len() as u64, root: log.root() }.sign(&self.key)
    }

    fn card_body(&self) -> BoxCard {
        let policy = Policy::of("NL".parse().unwrap()).unwrap();
        BoxCard {
            box_id: self.id,
            demo: false,
            key: self.public(),
            entity: self.entity,
            entity_name: "Trampoline B.V.".to_owned(),
            country: "NL".parse().unwrap(),
            law_table: "2026-11".to_owned(),
            issued_at: Timestamp::from_second(1_790_000_000).unwrap(),
            terms: self
                .terms
                .values()
                .map(|(term, secret)| {
                    let kept = kept_until(term, &policy);
                    CardTerm {
                        term: term.clone(),
                        recipient: term_identity(secret).recipient().to_text(),
                        decides: term.decides(),
                        kept_until: kept.until,
                        article: kept.article.to_owned(),
                    }
                })
                .collect(),
            push_key: vec![7; 32],
            checkpoint: self.checkpoint().note().to_owned(),
        }
    }

    fn card(&self) -> SignedBoxCard {
        Statement::sign(labels::BOX_CARD, self.card_body(), &self.key)
    }

    /// Opens a bundle as the box would, to its last byte.
    fn admit(&mut self, sender: &SignedSenderCard, path: &Path) -> Bundle {
        let mut file = File::open(path).unwrap();
        let sealed = Sealed::read(&mut file).unwrap();
        let authentic = sealed.authenticate(sender.body().key).unwrap();
        let header = authentic.header().clone();
        assert_eq!((header.box_id, header.entity), (self.id, self.entity));
        assert_eq!((header.sender, header.stream), (sender.body().sender, sender.body().stream));
        let digest = authentic.digest();
        let measured = Measured::while_copying(&mut file, &mut std::io::sink()).unwrap();
        let intact = authentic.intact(measured).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        let (_, secret) = &self.terms[header.term.as_str()];
        let mut opened = intact.open(BufReader::new(file), &term_identity(secret)).unwrap();
        let documents = documents(&mut opened);
        let leaves: Vec<_> = opened.invoice_numbers().map(|leaf| opened.invoice(leaf).unwrap()).collect();
        let stream = opened.stream().clone();
        Bundle { header, digest, stream, leaves, documents, bytes: fs::metadata(path).unwrap().len() }
    }

    fn receipt(&mut self, bundle: &Bundle) -> String {
        let header = &bundle.header;
        let event = Event::from(Admission {
            at: Timestamp::from_second(1_790_000_100).unwrap(),
            sender: header.sender,
            stream: header.stream,
            number: header.number,
            header: bundle.digest,
            replaces: header.replaces,
            term: header.term.to_string(),
            invoices: header.invoices(),
            root: header.root,
            bytes: bundle.bytes,
        });
        let opening = Opening::fresh(event.kind(), cbor::encode(&event));
        self.entries.push(opening.entry().0.to_vec());
        let index = self.entries.len() - 1;
        let hashes: Vec<_> = self.entries.iter().map(|entry| tree::leaf_hash(entry)).collect();
        let path = tree::path(&hashes, index).unwrap();
        Receipt { index: index as u64, opening, path, checkpoint: self.checkpoint() }.write()
    }
}

fn documents<R: std::io::BufRead + Seek>(opened: &mut Opened<R>) -> Vec<Vec<u8>> {
    let mut documents = Vec::new();
    opened
        .documents::<factuurkluis::exchange::bundle::BundleRefusal>(|piece| {
            match piece {
                Piece::Begin { .. } => documents.push(Vec::new()),
                Piece::Bytes(bytes) => documents.last_mut().unwrap().extend_from_slice(bytes),
                Piece::End => {}
            }
            Ok(())
        })
        .unwrap();
    documents
}

struct Bundle {
    header: Header,
    digest: Digest,
    stream: StreamLeaf,
    leaves: Vec<InvoiceLeaf>,
    documents: Vec<Vec<u8>>,
    bytes: u64,
}

/// A shop folder with a box that knows it.
struct Desk {
    folder: TempDir,
    kluis: TestBox,
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kluis-send"));
    command.env_remove("KLUIS_SHOP").env_remove("KLUIS_FAILPOINT").env("LC_ALL", "C");
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

impl Desk {
    fn bare() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), kluis: TestBox::new() };
        let output =
            program().arg("init").arg(desk.at("shop")).args(["--name", "Trampoline"]).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        for name in ["in", "stick"] {
            fs::create_dir(desk.at(name)).unwrap();
        }
        desk
    }

    fn new() -> Self {
        let desk = Self::bare();
        let card = desk.kluis.card();
        fs::write(desk.at("box.card"), card.to_bytes()).unwrap();
        desk.done([
            "enrol".as_ref(),
            desk.at("box.card").as_os_str(),
            "--fingerprint".as_ref(),
            card.fingerprint().as_ref(),
        ]);
        desk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = program();
        command.arg("--shop").arg(self.at("shop")).args(arguments);
        command
    }

    fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it with `--json`, and wants it done.
    fn done<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Value {
        let output = self.command(arguments).arg("--json").output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs it with `--json`, and wants it refused.
    fn refused<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Value {
        let output = self.command(arguments).arg("--json").output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn seal(&self, more: &[&str]) -> Value {
        let (from, to) = (self.at("in"), self.at("stick"));
        let mut arguments = vec!["seal".into(), from.into_os_string(), "--to".into(), to.into_os_string()];
        arguments.extend(more.iter().map(OsString::from));
        self.done(arguments)
    }

    fn sender(&self) -> SignedSenderCard {
        self.done(["card".as_ref(), "--out".as_ref(), self.at("sender.card").as_os_str()]);
        SignedSenderCard::open(&fs::read(self.at("sender.card")).unwrap()).unwrap()
    }

    fn invoice(&self, name: &str, number: &str, day: &str) {
        fs::write(self.at("in").join(name), ubl(number, day, "NL")).unwrap();
    }

    /// The bundles that anybody can see, by name.
    fn visible(&self) -> Vec<PathBuf> {
        let mut paths: Vec<_> = fs::read_dir(self.at("stick"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension() == Some("bundle".as_ref()))
            .collect();
        paths.sort();
        paths
    }
}

fn ubl(number: &str, day: &str, buyer: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>{day}</cbc:IssueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PostalAddress><cac:Country><cbc:IdentificationCode>NL</cbc:IdentificationCode></cac:Country></cac:PostalAddress></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PostalAddress><cbc:StreetName>Dorpsstraat 1</cbc:StreetName><cbc:PostalZone>1234 AB</cbc:PostalZone><cac:Country><cbc:IdentificationCode>{buyer}</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyLegalEntity><cbc:RegistrationName>J. Jansen</cbc:RegistrationName></cac:PartyLegalEntity><cac:Contact><cbc:ElectronicMail>j@example.invalid</cbc:ElectronicMail></cac:Contact></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">21.00</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">100.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">21.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">121.00</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="EUR">121.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>Trampoline</cbc:Name><cac:SellersItemIdentification><cbc:ID>T-305</cbc:ID></cac:SellersItemIdentification></cac:Item><cac:Price><cbc:PriceAmount currencyID="EUR">100.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>
"#
    )
}

#[test]
fn one_invoice_goes_the_whole_way_and_its_receipt_comes_back() {
    let mut desk = Desk::new();
    desk.invoice("1.xml", "2026-0001", "2026-03-05");
    let looked = desk.done(["inspect".as_ref(), desk.at("in/1.xml").as_os_str()]);
    let until = &looked["files"][0]["until"];
    assert_eq!(until["term"], "trampoline-nl-ordinary-2026-12");
    assert!(until["sentence"].as_str().unwrap().contains("kept until 31 December 2033, because"), "{until}");
    let left: Vec<_> =
        looked["files"][0]["left_out"].as_array().unwrap().iter().map(|left| &left["what"]).collect();
    assert!(left.iter().any(|what| **what == "buyer-e-mail"), "{left:?}");

    let sealed = desk.seal(&[]);
    assert_eq!(sealed["bundles"][0]["number"], 1);
    let [path] = desk.visible().try_into().unwrap();
    let sender = desk.sender();
    let name = format!("{}-000001.bundle", &sender.body().stream.to_string()[..8]);
    assert_eq!(path.file_name().unwrap().to_str(), Some(name.as_str()));

    let bundle = desk.kluis.admit(&sender, &path);
    assert_eq!(bundle.leaves[0].record.number, "2026-0001");
    assert_eq!(bundle.documents[0], fs::read(desk.at("in/1.xml")).unwrap());
    assert_eq!(bundle.header.seen.as_deref(), Some(desk.kluis.card_body().checkpoint.as_str()));
    assert!(bundle.header.previous.is_none());

    assert_eq!(desk.done(["status", "--purgeable"])["purgeable"].as_array().unwrap().len(), 0);
    fs::write(desk.at("1.tlog-proof"), desk.kluis.receipt(&bundle)).unwrap();
    let taken = desk.done(["receipt".as_ref(), desk.at("1.tlog-proof").as_os_str()]);
    assert_eq!((&taken["newly"][0], &taken["invoices"]), (&1.into(), &1.into()));
    let purgeable = desk.done(["status", "--purgeable"]);
    assert_eq!(purgeable["purgeable"][0]["number"], "2026-0001");
    let source = fs::canonicalize(desk.at("in/1.xml")).unwrap();
    assert_eq!(purgeable["purgeable"][0]["source"], source.to_str().unwrap());

    // The next bundle names the one before, and tells back the head that the receipt brought.
    desk.invoice("2.xml", "2026-0002", "2026-03-06");
    let sealed = desk.seal(&[]);
    assert_eq!(sealed["skipped"][0]["bundle"], 1);
    let second = desk.kluis.admit(&sender, &desk.visible()[1]);
    assert_eq!(second.header.previous, Some(bundle.digest));
    assert_eq!(second.header.seen, Some(desk.kluis.checkpoint().note().to_owned()));
    let status = desk.done(["status"]);
    assert_eq!(status["outstanding"], serde_json::json!([2]));
    assert_eq!(status["bundles"][0]["state"], "received");
}

#[test]
fn invoices_are_sorted_by_their_terms_and_a_refused_file_stops_no_other() {
    let mut desk = Desk::new();
    desk.invoice("a.xml", "A", "2025-12-31");
    desk.invoice("b.xml", "B", "2026-01-01");
    desk.invoice("c.xml", "C", "2026-02-01");
    desk.invoice("copy of c.xml", "C", "2026-02-01");
    desk.invoice("old.xml", "OLD", "2019-05-05");
    fs::write(desk.at("in/order.xml"), "<Order/>").unwrap();
    fs::write(desk.at("in/notes.txt"), "left alone").unwrap();
    let (from, to) = (desk.at("in"), desk.at("stick"));
    let seal = ["seal".as_ref(), from.as_os_str(), "--to".as_ref(), to.as_os_str()];

    let nothing = desk.refused(seal.into_iter().chain(["--all-or-nothing".as_ref()]));
    assert_eq!(nothing["stopped"]["code"], "shop-nothing-sealed");
    assert!(desk.visible().is_empty());

    let sealed = desk.refused(seal);
    let made: Vec<_> = sealed["bundles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| (&b["number"], &b["term"], &b["invoices"]))
        .collect();
    assert_eq!(
        made,
        [
            (&1.into(), &"trampoline-nl-ordinary-2025-12".into(), &1.into()),
            (&2.into(), &"trampoline-nl-ordinary-2026-12".into(), &2.into()),
        ]
    );
    let refused: Vec<_> =
        sealed["refused"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert_eq!(refused, ["law-no-term-for-day", "invoice-other-xml"]);
    assert!(sealed["refused"][0]["sentence"].as_str().unwrap().contains("officer"));
    assert_eq!((&sealed["skipped"][0]["bundle"], &sealed["left_alone"]), (&Value::Null, &1.into()));

    let sender = desk.sender();
    let paths = desk.visible();
    let numbers: Vec<Vec<_>> = paths
        .iter()
        .map(|path| {
            desk.kluis.admit(&sender, path).leaves.iter().map(|leaf| leaf.record.number.clone()).collect()
        })
        .collect();
    assert_eq!(numbers, [vec!["A"], vec!["B", "C"]]);
}

#[test]
fn a_sale_to_a_consumer_abroad_is_of_the_one_stop_shop_if_the_shop_takes_part() {
    let mut desk = Desk::new();
    fs::write(desk.at("in/1.xml"), ubl("1", "2026-03-05", "DE")).unwrap();
    let config = fs::read_to_string(desk.at("shop/config.toml")).unwrap();
    fs::write(desk.at("shop/config.toml"), config.replace("one_stop_shop = false", "one_stop_shop = true"))
        .unwrap();
    assert_eq!(desk.seal(&[])["bundles"][0]["term"], "trampoline-nl-one-stop-shop-2026-12");
    let sender = desk.sender();
    let bundle = desk.kluis.admit(&sender, &desk.visible()[0]);
    assert_eq!(bundle.leaves[0].record.class, Class::OneStopShop);
    assert!(bundle.leaves[0].record.one_stop_shop.is_some());
    assert_eq!(
        desk.seal(&["--class", "ordinary", "--again"])["bundles"][0]["term"],
        "trampoline-nl-ordinary-2026-12"
    );
}

/// What anybody who looked at the stick has seen: per number the header's digest.
#[derive(Default)]
struct Seen(BTreeMap<u64, Digest>);

impl Seen {
    /// Looks at every file there is, drafts too, for a signed header.
    fn look(&mut self, desk: &Desk, key: PublicKey) {
        for entry in fs::read_dir(desk.at("stick")).unwrap() {
            let Ok(mut file) = File::open(entry.unwrap().path()) else { continue };
            let Ok(sealed) = Sealed::read(&mut file) else { continue };
            let Ok(authentic) = sealed.authenticate(key) else { continue };
            let number = authentic.header().number.0;
            let first = *self.0.entry(number).or_insert(authentic.digest());
            assert_eq!(first, authentic.digest(), "number {number} was signed twice");
        }
    }

    /// Everything that was sealed is there, in an unbroken row, each invoice once.
    fn all_is_there(&self, desk: &mut Desk, invoices: usize) {
        let sender = desk.sender();
        let mut numbers = Vec::new();
        let mut previous = None;
        for (at, path) in desk.visible().iter().enumerate() {
            let bundle = desk.kluis.admit(&sender, path);
            assert_eq!(bundle.header.number.0, at as u64 + 1);
            assert_eq!(bundle.header.previous, previous);
            previous = Some(bundle.digest);
            numbers.extend(bundle.leaves.iter().map(|leaf| leaf.record.number.clone()));
        }
        numbers.sort();
        assert_eq!(numbers.len(), invoices, "{numbers:?}");
        numbers.dedup();
        assert_eq!(numbers.len(), invoices, "an invoice is in two bundles");
        let left: Vec<_> =
            fs::read_dir(desk.at("stick")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), self.0.len(), "{left:?}");
    }
}

#[test]
fn killed_at_any_step_a_number_is_never_signed_twice_and_nothing_is_lost() {
    for place in
        ["shop-payload-durable", "shop-ledger-invoices", "shop-number-used", "shop-signed", "shop-visible"]
    {
        for time in [1, 2] {
            let mut desk = Desk::new();
            let key = desk.sender().body().key;
            desk.invoice("a.xml", "A", "2025-03-05");
            desk.invoice("b.xml", "B", "2026-03-05");
            let (from, to) = (desk.at("in"), desk.at("stick"));
            let seal = ["seal".as_ref(), from.as_os_str(), "--to".as_ref(), to.as_os_str()];
            let killed =
                desk.command(seal).env("KLUIS_FAILPOINT", format!("{place}:{time}")).output().unwrap();
            assert_eq!(killed.status.signal(), Some(9), "{place}:{time} {}", said(&killed));
            let mut seen = Seen::default();
            seen.look(&desk, key);
            desk.seal(&[]);
            seen.look(&desk, key);
            desk.invoice("c.xml", "C", "2026-03-06");
            desk.seal(&[]);
            seen.look(&desk, key);
            seen.all_is_there(&mut desk, 3);
        }
    }
}

#[test]
fn killed_at_random_moments_a_number_is_never_signed_twice() {
    let mut desk = Desk::new();
    let key = desk.sender().body().key;
    let mut seen = Seen::default();
    let mut invoices = 0;
    let mut killed = 0;
    let begin = Instant::now();
    desk.seal_some(&mut invoices);
    desk.seal(&[]);
    let usual = begin.elapsed();
    for round in 0..24u32 {
        desk.seal_some(&mut invoices);
        let (from, to) = (desk.at("in"), desk.at("stick"));
        let mut child = desk
            .command(["seal".as_ref(), from.as_os_str(), "--to".as_ref(), to.as_os_str()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over the time that it takes, and a little more.
        std::thread::sleep(usual * (round * 7 % 24) / 20 + Duration::from_micros(u64::from(round) * 37));
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().signal() == Some(9));
        seen.look(&desk, key);
    }
    desk.seal(&[]);
    seen.look(&desk, key);
    assert!(killed > 3, "only {killed} runs were killed in time");
    seen.all_is_there(&mut desk, invoices);
}

impl Desk {
    fn seal_some(&self, invoices: &mut usize) {
        for year in ["2025", "2026"] {
            *invoices += 1;
            self.invoice(&format!("{invoices}.xml"), &format!("N-{invoices}"), &format!("{year}-03-05"));
        }
    }
}

#[test]
fn a_full_stick_uses_no_number_and_the_next_one_is_sealed_whole() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: a full disk needs root, to mount a small tmpfs");
        return;
    }
    let mut desk = Desk::new();
    let stick = desk.at("stick");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&stick).status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: a tmpfs cannot be mounted here");
        return;
    }
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let padding = format!("<!-- {} -->", "x".repeat(80_000));
        let big = ubl("BIG", "2026-03-05", "NL") + &padding;
        fs::write(desk.at("in/big.xml"), big).unwrap();
        let (from, to) = (desk.at("in"), desk.at("stick"));
        let sealed = desk.refused(["seal".as_ref(), from.as_os_str(), "--to".as_ref(), to.as_os_str()]);
        assert_eq!(sealed["stopped"]["code"], "disk-full", "{sealed}");
        assert_eq!(fs::read_dir(desk.at("stick")).unwrap().count(), 0, "nothing half-kept");
        assert_eq!(desk.done(["status"])["bundles"].as_array().unwrap().len(), 0);
        fs::remove_file(desk.at("in/big.xml")).unwrap();
        desk.invoice("small.xml", "SMALL", "2026-03-05");
        assert_eq!(desk.seal(&[])["bundles"][0]["number"], 1);
        let sender = desk.sender();
        let path = desk.visible().remove(0);
        desk.kluis.admit(&sender, &path);
    }));
    assert!(Command::new("umount").arg(&stick).status().unwrap().success());
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

#[test]
fn strange_file_names_are_sealed_listed_and_shown_without_harm() {
    let desk = Desk::new();
    let names = [
        OsString::from_vec(b"caf\xe9 \xff.xml".to_vec()),
        OsString::from("a\u{1b}[2J\nb\u{202e}.xml"),
        OsString::from("-to.xml"),
    ];
    for (at, name) in names.iter().enumerate() {
        fs::write(desk.at("in").join(name), ubl(&format!("N{at}"), "2026-03-05", "NL")).unwrap();
    }
    fs::write(desk.at("in").join("bad\u{7}.xml"), "<nothing").unwrap();
    let (from, to) = (desk.at("in").join("../in"), desk.at("stick"));
    let output = desk.run(["seal".as_ref(), from.as_os_str(), "--to".as_ref(), to.as_os_str()]);
    assert_eq!(output.status.code(), Some(1));
    let mut told = said(&output);
    let code = desk.code(1);
    told += &said(&desk.run(["receipt", &code.grouped()]));
    told += &said(&desk.run(["status", "--purgeable"]));
    assert!(told.contains("\\u{1b}[2J\\nb\\u{202e}.xml"), "{told}");
    assert!(!told.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{told:?}");
    let purgeable = desk.done(["status", "--purgeable"]);
    let listed = purgeable["purgeable"].as_array().unwrap();
    assert_eq!(listed.len(), 3);
    let bytes = listed.iter().find_map(|invoice| invoice["source"]["hex"].as_str()).unwrap();
    assert!(bytes.ends_with("636166e920ff2e786d6c"), "{bytes}");
}

impl Desk {
    /// The box's code for all up to `number`, by the header on the stick and the key in its leaf 0.
    fn code(&self, number: u64) -> ReceiptCode {
        let mut kluis = TestBox {
            entries: self.kluis.entries.clone(),
            terms: self.kluis.terms.clone(),
            key: self.kluis.key.clone(),
            ..TestBox::new()
        };
        (kluis.id, kluis.entity) = (self.kluis.id, self.kluis.entity);
        let bundle = kluis.admit(&self.sender(), &self.visible()[number as usize - 1]);
        let header = bundle.header;
        ReceiptCode::make(
            &bundle.stream.receipt_key(),
            header.box_id,
            header.stream,
            BundleNumber(number),
            &bundle.digest,
        )
    }
}

#[test]
fn a_typed_code_says_all_up_to_its_number() {
    let desk = Desk::new();
    for number in 1..=3 {
        desk.invoice(&format!("{number}.xml"), &format!("N{number}"), "2026-03-05");
        desk.seal(&[]);
    }
    let code = desk.code(2).grouped();
    let (number, letters) = code.split_once(' ').unwrap();
    for wrong in
        [code.replacen('2', "3", 1), format!("{number} {}", letters.chars().rev().collect::<String>())]
    {
        let refused = desk.refused(["receipt", &wrong]);
        assert!(
            ["shop-code-differs"].contains(&refused["refused"]["code"].as_str().unwrap()),
            "{wrong} {refused}"
        );
    }
    assert_eq!(desk.refused(["receipt", "2 Q2WM"])["refused"]["code"], "shop-neither-file-nor-code");
    assert_eq!(desk.refused(["receipt", "9 Q2WM-5RTA-YX7K-3JEV"])["refused"]["code"], "shop-ledger-old");
    let messy = letters.to_lowercase().replace('o', "0").replace('b', "8").replace('-', " ");
    let mut typed = vec!["receipt", number];
    typed.extend(messy.split(' '));
    let taken = desk.done(typed);
    assert_eq!(taken["newly"], serde_json::json!([1, 2]));
    assert_eq!(taken["outstanding"], serde_json::json!([3]));
    assert_eq!(desk.done(["receipt", &code])["newly"], serde_json::json!([]));
}

#[test]
fn receipts_that_do_not_hold_change_nothing() {
    let mut desk = Desk::new();
    desk.invoice("1.xml", "1", "2026-03-05");
    desk.seal(&[]);
    let sender = desk.sender();
    let mut bundle = desk.kluis.admit(&sender, &desk.visible()[0]);
    let good = desk.kluis.receipt(&bundle);
    let refused = |desk: &Desk, text: &str| {
        fs::write(desk.at("receipt"), text).unwrap();
        let told = desk.refused(["receipt".as_ref(), desk.at("receipt").as_os_str()]);
        assert_eq!(desk.done(["status"])["outstanding"], serde_json::json!([1]));
        told["refused"]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(&desk, "hello"), "journal-receipt-form");
    assert_eq!(refused(&desk, &good.replace("index 1\n", "index 0\n")), "journal-receipt-unproven");
    // A journal as long as the card's, and another.
    let entries = std::mem::take(&mut desk.kluis.entries);
    let forked = desk.kluis.receipt(&bundle);
    assert_eq!(refused(&desk, &forked), "shop-journal-forked");
    desk.kluis.entries = entries;
    // The box speaks of a header that this shop never signed.
    let (stream, digest) = (bundle.header.stream, bundle.digest);
    bundle.digest = Digest::of(b"another header");
    let receipt = desk.kluis.receipt(&bundle);
    assert_eq!(refused(&desk, &receipt), "shop-receipt-contradicts");
    bundle.digest = digest;
    bundle.header.stream = factuurkluis::exchange::vocabulary::StreamId::random();
    let receipt = desk.kluis.receipt(&bundle);
    assert_eq!(refused(&desk, &receipt), "shop-receipt-foreign");
    bundle.header.stream = stream;
    bundle.header.number = BundleNumber(9);
    let receipt = desk.kluis.receipt(&bundle);
    assert_eq!(refused(&desk, &receipt), "shop-ledger-old");
    fs::write(desk.at("receipt"), good).unwrap();
    desk.done(["receipt".as_ref(), desk.at("receipt").as_os_str()]);
}

#[test]
fn a_box_is_enrolled_by_its_fingerprint_and_only_newer_cards_of_it_are_taken() {
    let mut desk = Desk::bare();
    let card = desk.kluis.card();
    let fingerprint = card.fingerprint();
    let path = desk.at("box.card");
    let enrol = |desk: &Desk, bytes: &[u8], fingerprint: Option<&str>| {
        fs::write(desk.at("box.card"), bytes).unwrap();
        let mut arguments = vec![OsString::from("enrol"), desk.at("box.card").into()];
        arguments.extend(fingerprint.iter().flat_map(|text| ["--fingerprint".into(), OsString::from(text)]));
        let output = desk.command(arguments).arg("--json").stdin(Stdio::null()).output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.success(), told["refused"]["code"].as_str().unwrap_or_default().to_owned(), told)
    };
    assert_eq!(desk.refused(["card"])["refused"]["code"], "shop-no-box");

    let bytes = card.to_bytes();
    let mut broken = bytes.clone();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    assert_eq!(enrol(&desk, &broken, Some(&fingerprint)).1, "bundle-statement-bad-signature");
    let stranger = TestBox::new();
    let mut forged = desk.kluis.card_body();
    forged.checkpoint = stranger.checkpoint().note().to_owned();
    let forged = Statement::sign(labels::BOX_CARD, forged, &desk.kluis.key);
    assert_eq!(enrol(&desk, &forged.to_bytes(), Some(&fingerprint)).1, "journal-checkpoint-of-another");
    assert_eq!(enrol(&desk, &bytes, None).1, "shop-fingerprint-wanted");
    assert_eq!(enrol(&desk, &bytes, Some(&stranger.card().fingerprint())).1, "shop-fingerprint-differs");
    assert_eq!(enrol(&desk, &bytes, Some(&fingerprint[15..])).1, "shop-fingerprint-differs");
    assert_eq!(desk.refused(["card"])["refused"]["code"], "shop-no-box");
    let (done, _, told) = enrol(&desk, &bytes, Some(&fingerprint.to_lowercase().replace('-', " ")));
    assert!(done && told["known"] == false, "{told}");

    // The officer opens a term: a newer card of the same box is taken without asking.
    let gone = desk.kluis.terms.pop_first().unwrap();
    desk.kluis.entries.push(b"a term was closed".to_vec());
    let (done, _, told) = enrol(&desk, &desk.kluis.card().to_bytes(), None);
    assert!(done && told["known"] == true, "{told}");
    assert_eq!(told["changes"][0]["term"], gone.0);
    assert_eq!(enrol(&desk, &bytes, None).1, "shop-card-older");
    *desk.kluis.entries.last_mut().unwrap() = b"another past".to_vec();
    assert_eq!(enrol(&desk, &desk.kluis.card().to_bytes(), None).1, "shop-journal-forked");
    assert_eq!(
        enrol(&desk, &stranger.card().to_bytes(), Some(&stranger.card().fingerprint())).1,
        "shop-another-box"
    );
    let mut other_key = desk.kluis.card_body();
    other_key.key = stranger.public();
    other_key.checkpoint =
        Checkpoint { box_id: desk.kluis.id, size: 2, root: desk.kluis.checkpoint().root() }
            .sign(&stranger.key)
            .note()
            .to_owned();
    let other_key = Statement::sign(labels::BOX_CARD, other_key, &stranger.key);
    assert_eq!(enrol(&desk, &other_key.to_bytes(), None).1, "shop-another-box");
    assert!(path.exists());
}

#[test]
fn a_lost_bundle_is_replaced_by_one_that_has_all_of_its_invoices() {
    let mut desk = Desk::new();
    desk.invoice("1.xml", "1", "2026-03-05");
    desk.invoice("2.xml", "2", "2026-03-06");
    desk.seal(&[]);
    fs::remove_file(&desk.visible()[0]).unwrap();
    let to = desk.at("stick");
    let replace = |number: &str, more: &[&Path]| {
        let mut arguments = vec![
            OsString::from("seal"),
            "--replaces".into(),
            number.into(),
            "--to".into(),
            to.clone().into(),
        ];
        arguments.extend(more.iter().map(|path| path.as_os_str().to_owned()));
        arguments
    };
    assert_eq!(desk.refused(replace("7", &[]))["refused"]["code"], "shop-replaces-unknown");
    let half = desk.refused(replace("1", &[&desk.at("in/1.xml")]));
    assert_eq!(half["stopped"]["code"], "shop-replacement-lacks");
    assert_eq!(desk.done(replace("1", &[]))["bundles"][0]["number"], 2);
    let sender = desk.sender();
    let bundle = desk.kluis.admit(&sender, &desk.visible()[0]);
    assert_eq!((bundle.header.replaces, bundle.leaves.len()), (Some(BundleNumber(1)), 2));
    assert_eq!(desk.refused(replace("1", &[]))["refused"]["code"], "shop-replaces-replaced");
    let status = desk.done(["status"]);
    assert_eq!(
        (&status["bundles"][0]["state"], &status["outstanding"]),
        (&"replaced".into(), &serde_json::json!([2]))
    );
    fs::write(desk.at("receipt"), desk.kluis.receipt(&bundle)).unwrap();
    desk.done(["receipt".as_ref(), desk.at("receipt").as_os_str()]);
    assert_eq!(desk.refused(replace("2", &[]))["refused"]["code"], "shop-replaces-received");
    assert_eq!(desk.done(["status", "--purgeable"])["purgeable"].as_array().unwrap().len(), 2);
}

#[test]
fn an_old_copy_of_the_shop_folder_does_not_sign_a_number_again() {
    let desk = Desk::new();
    desk.invoice("1.xml", "1", "2026-03-05");
    let old = desk.at("old");
    assert!(Command::new("cp").arg("-a").arg(desk.at("shop")).arg(&old).status().unwrap().success());
    desk.seal(&[]);
    fs::remove_dir_all(desk.at("shop")).unwrap();
    fs::rename(old, desk.at("shop")).unwrap();
    let (from, to) = (desk.at("in"), desk.at("stick"));
    let told = desk.refused(["seal".as_ref(), from.as_os_str(), "--to".as_ref(), to.as_os_str()]);
    assert_eq!(told["refused"]["code"], "shop-ledger-old");
}

#[test]
fn a_document_that_changes_while_it_is_sealed_is_refused_and_the_rest_is_sealed() {
    let mut desk = Desk::new();
    for number in 1..=3 {
        desk.invoice(&format!("{number}.xml"), &format!("N{number}"), "2026-03-05");
    }
    let order = Order {
        paths: vec![desk.at("in")],
        to: desk.at("stick"),
        class: None,
        replaces: None,
        again: false,
        all_or_nothing: false,
        now: Timestamp::now(),
    };
    let sealing = Shop::open(&desk.at("shop"))
        .unwrap()
        .seal(&order, &mut |progress| {
            if matches!(progress, Progress::Reading { .. }) {
                desk.invoice("1.xml", "N1", "2026-03-09");
                let _ = fs::remove_file(desk.at("in/3.xml"));
            }
        })
        .unwrap();
    assert!(sealing.stopped.is_none());
    let refused: Vec<_> =
        sealing.refused.iter().map(|(path, _)| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(refused, ["1.xml", "3.xml"]);
    assert_eq!(
        (sealing.made.len(), sealing.made[0].number, sealing.made[0].invoices),
        (1, BundleNumber(1), 1)
    );
    let sender = desk.sender();
    let bundle = desk.kluis.admit(&sender, &desk.visible()[0]);
    assert_eq!(bundle.leaves[0].record.number, "N2");
}

#[test]
fn keys_are_never_overwritten_and_wrong_usage_is_2() {
    let desk = Desk::bare();
    let keys = fs::read(desk.at("shop/keys")).unwrap();
    let again = program().arg("init").arg(desk.at("shop")).args(["--name", "Other"]).output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(fs::read(desk.at("shop/keys")).unwrap(), keys);
    assert_eq!(desk.run(["seal", "x"]).status.code(), Some(2));
    assert_eq!(program().arg("status").output().unwrap().status.code(), Some(1));
    let dutch = program().env("LC_ALL", "nl_NL.UTF-8").args(["seal", "--help"]).output().unwrap();
    assert!(said(&dutch).contains("Verzegelt facturen"), "{}", said(&dutch));
}

#[test]
fn without_a_box_the_law_of_the_country_answers() {
    let desk = Desk::bare();
    desk.invoice("1.xml", "1", "2026-03-05");
    let looked = program().args(["inspect", "--country", "DE"]).arg(desk.at("in/1.xml")).output().unwrap();
    assert!(looked.status.success());
    let text = said(&looked);
    assert!(text.contains("kept until 31 December 2034, because German law"), "{text}");
    assert!(text.contains("the buyer's e-mail address") && !text.contains("example.invalid"), "{text}");
}
