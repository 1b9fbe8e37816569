//! The webshop's program, driven as a shop owner drives it; the box is played by this test, with
//! nothing but what both ends agree on.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ed25519_dalek::SigningKey;
use factuurkluis::exchange::bundle::{
    BoxCard, CardTerm, Header, InvoiceLeaf, Measured, Opened, Piece, Sealed, SignedBoxCard, SignedSenderCard,
    Statement, StreamLeaf, cbor, labels, term_identity,
};
use factuurkluis::exchange::journal::event::Admission;
use factuurkluis::exchange::journal::{
    Checkpoint, Event, Opening, Receipt, ReceiptCode, Tree, tree,
};
use factuurkluis::exchange::law::{Policy, Slug, Term, kept_until, terms_for};
use factuurkluis::exchange::vocabulary::{BoxId, BundleNumber, Class, Digest, EntityId, PublicKey};
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
        let terms = terms.into_iter().map(|term| (term.name().to_string(), (term, Secret::random()))).collect();
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
        self.entries.iter().for_each(|entry| log.push(entry));
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
        let output = program().arg("init").arg(desk.at("shop")).args(["--name", "Trampoline"]).output().unwrap();
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
        desk.done(["enrol".as_ref(), desk.at("box.card").as_os_str(), "--fingerprint".as_ref(), card.fingerprint().as_ref()]);
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
    let left: Vec<_> = looked["files"][0]["left_out"].as_array().unwrap().iter().map(|left| &left["what"]).collect();
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
