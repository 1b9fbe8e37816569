//! The stage: a box for showing, made and run by the built program, with an invented shop's invoices
//! of three years in it.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ed25519_dalek::SigningKey;
use factuurkluis::demo::invoices::{self, Invoice};
use factuurkluis::exchange::bundle::statement::Statement;
use factuurkluis::exchange::bundle::{
    Address, CardTerm, Document, HybridRecipient, Origin, Parcel, Place, SenderCard, SignedBoxCard,
    SignedSenderCard, labels,
};
use factuurkluis::exchange::invoice::Record;
use factuurkluis::exchange::vocabulary::{BundleNumber, Class, Digest, PublicKey, SenderId, StreamId};
use factuurkluis::support::secret::Secret;
use jiff::civil::Date;
use serde_json::Value;

/// Of each year, so many invoices: more than a page of the list.
const A_YEAR: usize = 70;

/// Somebody who can log in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) pass_phrase: String,
}

/// A running box.
pub(crate) struct Stage {
    directory: tempfile::TempDir,
    running: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    /// Where it listens to the one-way line.
    pub(crate) line: String,
    pub(crate) officer: Person,
    /// Who decides beside the officer.
    pub(crate) second: Person,
    pub(crate) auditor: Person,
    /// The invoices that were taken in, per year, the oldest first.
    pub(crate) years: Vec<Vec<Invoice>>,
    /// The card as the shop got it.
    pub(crate) card: SignedBoxCard,
    shop: Shop,
}

/// An invoice with its one document, to be sealed.
pub(crate) struct Sent {
    pub(crate) record: Record,
    pub(crate) media_type: &'static str,
    pub(crate) document: Vec<u8>,
}

impl Stage {
    /// A running box with the invented shop's invoices of three years in it.
    pub(crate) fn new() -> Self {
        let mut stage = Self::empty();
        stage.take_invoices();
        stage
    }

    /// A running box with a shop enrolled, and nothing taken in.
    pub(crate) fn empty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("box");
        let init =
            ["init", path.to_str().unwrap(), "--demo", "--entity", invoices::SHOP, "--back-years", "2"];
        let more = ["--slug", "shop", "--class", "ordinary", "--officer", "Anna", "--officer", "Bram"];
        let made = json(&mut kluis(&path, &[&init[..], &more[..]].concat()));
        let person = |officer: &Value| Person {
            name: officer["name"].as_str().unwrap().to_owned(),
            pass_phrase: officer["pass_phrase"].as_str().unwrap().to_owned(),
        };
        let (officer, second) = (person(&made["officers"][0]), person(&made["officers"][1]));
        let stick = directory.path().join("stick.img");
        let run = ["run", "--port", "0", "--push", "127.0.0.1:0", "--stick", stick.to_str().unwrap()];
        let mut running = kluis(&path, &run).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(running.stdout.take().unwrap()).lines();
        let mut line = said.next().unwrap().unwrap();
        let at = line.find("http://").unwrap_or_else(|| panic!("no address in {line:?}"));
        let address = line[at..].split('/').take(3).collect::<Vec<_>>().join("/");
        while !line.starts_with("Listening") {
            line = said.next().unwrap().unwrap();
        }
        let line = line.trim_end_matches('.').rsplit(' ').next().unwrap().to_owned();
        // It must be able to go on writing.
        std::thread::spawn(move || said.for_each(drop));
        std::fs::write(directory.path().join("anna"), &officer.pass_phrase).unwrap();
        let card = SignedBoxCard::open(&std::fs::read(path.join("box.card")).unwrap()).unwrap();
        let auditor = Person { name: String::new(), pass_phrase: String::new() };
        let shop = Shop::new(&card);
        let mut stage = Self {
            directory,
            running,
            address,
            line,
            officer,
            second,
            auditor,
            years: Vec::new(),
            card,
            shop,
        };
        stage.issue_a_pass();
        let card = stage.directory.path().join("shop.card");
        std::fs::write(&card, stage.shop.card.to_bytes()).unwrap();
        stage.enrol(&card);
        stage
    }

    /// Admits a shop by its card.
    pub(crate) fn enrol(&self, card: &Path) {
        let fingerprint = SignedSenderCard::open(&std::fs::read(card).unwrap()).unwrap().fingerprint();
        let card = card.to_str().unwrap();
        self.as_anna(&["enrol", card, "--back-years", "--fingerprint", &fingerprint]);
    }

    /// Where all of it lies.
    pub(crate) fn folder(&self) -> &Path {
        self.directory.path()
    }

    /// What a command of the box answers.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        json(&mut kluis(&self.directory.path().join("box"), arguments))
    }

    /// The process of the running box.
    pub(crate) fn process_id(&self) -> u32 {
        self.running.id()
    }

    /// Seals and takes in a bundle of the oldest term.
    pub(crate) fn admit(&mut self, sent: &[Sent]) {
        let term = self.terms().swap_remove(0);
        let path = self.shop.seal(&self.card, &term, sent, self.directory.path());
        let taken = json(&mut kluis(&self.directory.path().join("box"), &["take", path.to_str().unwrap()]));
        assert_eq!(taken["files"][0]["outcome"], "admitted", "{taken}");
    }

    /// Puts a stick in, made by others' tools, with a sealed bundle, a broken one and somebody's picture on it.
    pub(crate) fn put_stick_in(&mut self, sent: &[Sent]) {
        let term = self.terms().swap_remove(0);
        let bundle = self.shop.seal(&self.card, &term, sent, self.directory.path());
        let here = |name: &str| self.directory.path().join(name);
        std::fs::write(here("verjaardag.jpg"), [7; 9000]).unwrap();
        let bytes = std::fs::read(&bundle).unwrap();
        std::fs::write(here("half copied.bundle"), &bytes[..bytes.len() / 2]).unwrap();
        let image = here("made.img");
        File::create(&image).unwrap().set_len(16 << 20).unwrap();
        tool("mkfs.fat", &[image.to_str().unwrap()]);
        for file in [&bundle, &here("half copied.bundle"), &here("verjaardag.jpg")] {
            tool("mcopy", &["-i", image.to_str().unwrap(), file.to_str().unwrap(), "::"]);
        }
        std::fs::rename(image, here("stick.img")).unwrap();
    }

    /// Takes the stick out, and gives back what lies on it.
    pub(crate) fn take_stick_out(&self) -> Vec<u8> {
        let image = self.directory.path().join("stick.img");
        let bytes = std::fs::read(&image).unwrap();
        std::fs::remove_file(image).unwrap();
        bytes
    }

    /// The terms of the card, the oldest first.
    pub(crate) fn terms(&self) -> Vec<CardTerm> {
        let mut terms = self.card.body().terms.clone();
        terms.sort_by_key(|term| term.term.last());
        terms
    }

    fn as_anna(&self, arguments: &[&str]) -> Value {
        let pass = self.directory.path().join("anna");
        let by = ["--as", &self.officer.name, "--pass-file", pass.to_str().unwrap()];
        json(&mut kluis(&self.directory.path().join("box"), &[arguments, &by[..]].concat()))
    }

    fn issue_a_pass(&mut self) {
        let until = self.last_day().to_string();
        let made =
            self.as_anna(&["pass", "Belastingdienst", "--reason", "audit of three years", "--until", &until]);
        self.auditor = Person {
            name: made["pass"].as_str().unwrap().to_owned(),
            pass_phrase: made["pass_phrase"].as_str().unwrap().to_owned(),
        };
    }

    /// A day after every term is over.
    fn last_day(&self) -> Date {
        let last = self.card.body().terms.iter().map(|term| term.kept_until).max().unwrap();
        Date::new(last.year() + 2, 1, 1).unwrap()
    }

    fn take_invoices(&mut self) {
        let mut terms = self.terms();
        // The last one is next year's.
        terms.pop();
        let today = terms.last().unwrap().term.last();
        let all = invoices::invoices(7, terms[0].term.first().year(), today);
        let stick = self.directory.path().join("stick");
        std::fs::create_dir(&stick).unwrap();
        for term in &terms {
            let of_year = |invoice: &&Invoice| {
                let record = invoice.record();
                record.class == Class::Ordinary && term.term.days().covers(record.issue_date)
            };
            let chosen: Vec<Invoice> = all.iter().filter(of_year).cloned().collect();
            // All that one customer bought, and some of everything, in order.
            let heroine = invoices::heroine();
            let (hers, others): (Vec<_>, Vec<_>) =
                chosen.into_iter().partition(|one| one.record().buyer.name.as_deref() == Some(&*heroine));
            let mut chosen: Vec<_> = hers.into_iter().chain(others).take(A_YEAR).collect();
            chosen.sort_by_key(|one| one.record().number);
            let sent: Vec<_> = chosen.iter().map(sent).collect();
            self.shop.seal(&self.card, term, &sent, &stick);
            self.years.push(chosen);
        }
        let taken = json(&mut kluis(&self.directory.path().join("box"), &["take", stick.to_str().unwrap()]));
        for file in taken["files"].as_array().unwrap() {
            assert_eq!(file["outcome"], "admitted", "{file}");
        }
    }

    /// The records of a year.
    pub(crate) fn records(&self, year: usize) -> Vec<Record> {
        self.years[year].iter().map(Invoice::record).collect()
    }

    /// The last day on which the terms are kept, the first to go first.
    pub(crate) fn kept_until(&self) -> Vec<Date> {
        let mut days: Vec<_> = self.card.body().terms.iter().map(|term| term.kept_until).collect();
        days.sort();
        days
    }

    /// Turns the clock of the running box.
    pub(crate) fn turn(&self, day: Date) {
        json(&mut kluis(&self.directory.path().join("box"), &["clock", "--turn", &day.to_string()]));
    }

    /// Asks the console for something, as a program with these cookies does: the answer as it comes.
    pub(crate) fn ask(&self, request: &str, cookies: &str, form: &str) -> TcpStream {
        let host = self.address.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let mut head = format!("{request} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n");
        if request.starts_with("POST") {
            let kind = "application/x-www-form-urlencoded";
            write!(head, "Content-Type: {kind}\r\nContent-Length: {}\r\n", form.len()).unwrap();
        }
        stream.write_all(format!("{head}\r\n{form}").as_bytes()).unwrap();
        stream
    }

    /// A file of the console: head and body.
    pub(crate) fn download(&self, path: &str, cookies: &str) -> (String, Vec<u8>) {
        answer(self.ask(&format!("GET {path}"), cookies, ""))
    }
}

/// The head and what came of the body.
pub(crate) fn answer(mut stream: TcpStream) -> (String, Vec<u8>) {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
    (String::from_utf8(answer[..at].to_vec()).unwrap(), answer.split_off(at + 4))
}

fn sent(invoice: &Invoice) -> Sent {
    let document = invoice.document();
    let media_type = if document.starts_with(b"%PDF") { "application/pdf" } else { "application/xml" };
    Sent { record: invoice.record(), media_type, document }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

/// A tool that `scripts/test` installs.
fn tool(tool: &str, arguments: &[&str]) {
    let done = Command::new(tool).args(arguments).output().unwrap_or_else(|error| panic!("{tool}: {error}"));
    assert!(done.status.success(), "{tool} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn kluis(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kluis"));
    command.args(arguments).arg("--json").env("KLUIS_BOX", directory).env("LANG", "C");
    command
}

fn json(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// The shop's half.
struct Shop {
    key: SigningKey,
    card: SignedSenderCard,
    receipt_key: Secret,
    previous: Option<Digest>,
    number: u64,
}

impl Shop {
    fn new(card: &SignedBoxCard) -> Self {
        let key = SigningKey::from_bytes(Secret::random().expose());
        let own = SenderCard {
            sender: SenderId::random(),
            stream: StreamId::random(),
            key: PublicKey(key.verifying_key().to_bytes()),
            name: invoices::SHOP_NAME.to_owned(),
            box_id: card.body().box_id,
            issued_at: card.body().issued_at,
            succeeds: None,
        };
        let card = Statement::sign(labels::SENDER_CARD, own, &key);
        Self { key, card, receipt_key: Secret::random(), previous: None, number: 0 }
    }

    fn seal(&mut self, card: &SignedBoxCard, term: &CardTerm, sent: &[Sent], folder: &Path) -> PathBuf {
        self.number += 1;
        let number = BundleNumber(self.number);
        let place = Place { sender: self.card.body().sender, stream: self.card.body().stream, number };
        let mut parcel = Parcel::new(place, &self.receipt_key);
        for one in sent {
            let document = Document {
                length: one.document.len() as u64,
                media_type: one.media_type.to_owned(),
                origin: Origin::Original,
                sha256: Digest::of(&one.document),
            };
            assert!(parcel.add(one.record.clone(), vec![document]).unwrap());
        }
        let address = Address {
            box_id: card.body().box_id,
            entity: card.body().entity,
            term: term.term.name().clone(),
            recipient: HybridRecipient::parse(&term.recipient).unwrap(),
            previous: self.previous,
            replaces: None,
            seen: Some(card.body().checkpoint.clone()),
            signed_at: card.body().issued_at,
        };
        let path = folder.join(format!("{:06}.bundle", self.number));
        let file = File::create(&path).unwrap();
        let bytes = |n: usize| Ok(sent[n].document.as_slice());
        let (header, _) = parcel.seal(file, &address, &self.key, bytes).unwrap();
        self.previous = Some(header.digest());
        path
    }
}
