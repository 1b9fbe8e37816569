//! What the end-to-end tests share: a box made by the built `kluis`, a shop that seals through the
//! library as honestly or dishonestly as a test wants, and a look at the whole box directory.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{Cursor, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use ed25519_dalek::{Signer as _, SigningKey};
use factuurkluis::exchange::bundle::header::HEADER_LIMIT;
use factuurkluis::exchange::bundle::statement::Statement;
use factuurkluis::exchange::bundle::{
    Address, CardTerm, Document, Header, HybridRecipient, Origin, Parcel, Place, SenderCard, SignedBoxCard,
    SignedHeader, SignedSenderCard, cbor, key_id, labels,
};
use factuurkluis::exchange::invoice::{Buyer, Kind, Record};
use factuurkluis::exchange::vocabulary::{BundleNumber, Class, Digest, PublicKey, SenderId, StreamId};
use factuurkluis::support::secret::Secret;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

/// The built program.
pub const KLUIS: &str = env!("CARGO_BIN_EXE_kluis");
/// The term of this year, and of two years ago, of [`Box::new`].
pub const TERM: &str = "trampoline-bv-nl-ordinary-2026-12";
pub const OLD_TERM: &str = "trampoline-bv-nl-ordinary-2024-12";
/// How long any one command may take before a test calls it hung.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Says aloud that a test did not run; under CI that is a failure.
pub fn skipped(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "{what}, and CI asks for it");
    skipped_for_want_of_a_kernel(what);
}

/// As [`skipped`], for what no package brings: a kernel may have no loop devices, under CI too.
pub fn skipped_for_want_of_a_kernel(what: &str) {
    // Not `eprintln`, which the harness keeps to itself when a test passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}");
}

/// A box made by the built program, with one enrolled shop. Removed when dropped.
pub struct Box {
    pub folder: tempfile::TempDir,
    pub path: PathBuf,
    pub shop: Shop,
}

impl Box {
    /// A demo box (its clock can be turned) with this year's and the two years' terms before it.
    pub fn new() -> Self {
        Self::at(tempfile::tempdir().unwrap())
    }

    /// The same in a folder of the test's own.
    pub fn at(folder: tempfile::TempDir) -> Self {
        let path = folder.path().join("box");
        let made = json(
            Command::new(KLUIS)
                .args(["init", "--json", "--demo", "--entity", "Trampoline BV", "--back-years", "2"])
                .args(["--officer", "Anna", "--officer", "Bram", "--class", "ordinary"])
                .arg(&path),
        );
        for (officer, file) in made["officers"].as_array().unwrap().iter().zip(["anna", "bram"]) {
            fs::write(folder.path().join(file), officer["pass_phrase"].as_str().unwrap()).unwrap();
        }
        let card = SignedBoxCard::open(&fs::read(path.join("box.card")).unwrap()).unwrap();
        let made = Self { shop: Shop::new(card), folder, path };
        made.enrol(&made.shop);
        made
    }

    /// Enrols a shop as the officer Anna.
    pub fn enrol(&self, shop: &Shop) {
        let card = self.folder.path().join("shop.card");
        fs::write(&card, shop.card.to_bytes()).unwrap();
        let out = run(self
            .kluis(["enrol", "--back-years", "--fingerprint", &shop.card.fingerprint()])
            .arg(card)
            .args(self.anna()));
        assert!(out.status.success(), "{}", text(&out));
    }

    /// `--as Anna` with her pass-phrase.
    pub fn anna(&self) -> [std::ffi::OsString; 4] {
        ["--as".into(), "Anna".into(), "--pass-file".into(), self.folder.path().join("anna").into()]
    }

    /// `--as Anna --with Bram` with their pass-phrases.
    pub fn both(&self) -> Vec<std::ffi::OsString> {
        let bram = self.folder.path().join("bram");
        let with = ["--with".into(), "Bram".into(), "--with-pass-file".into(), bram.into()];
        [self.anna(), with].concat()
    }

    /// `kluis` on this box.
    pub fn kluis<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        kluis_at(&self.path, arguments)
    }

    /// `kluis take --json PATH`: the exit code and a line for each file.
    pub fn take(&self, path: &Path) -> Taken {
        Taken::of(run(self.kluis(["take", "--json"]).arg(path)))
    }

    /// Seals bundles of one small invoice each into files `NNNNNN.bundle` of `folder`.
    pub fn seal_into(&mut self, folder: &Path, term: &str, count: usize) -> Vec<PathBuf> {
        fs::create_dir_all(folder).unwrap();
        (0..count)
            .map(|_| {
                let number = self.shop.number + 1;
                let invoice = Invoice::plain(&self.shop, term, &format!("2026-{number:04}"));
                let path = folder.join(format!("{number:06}.bundle"));
                fs::write(&path, self.shop.seal(term, &[invoice])).unwrap();
                path
            })
            .collect()
    }

    /// Asserts that `kluis verify` finds nothing wrong, and returns its report.
    pub fn sound(&self) -> Value {
        sound_at(&self.path)
    }

    /// A copy of the whole box under `to`, which opens with the root inside it.
    pub fn copy_to(&self, to: &Path) {
        copy_tree(&self.path, to);
        // The note says where the original's root is.
        let _ = fs::remove_file(to.join("root.path"));
    }
}

/// `kluis` on the box at `path`, without what the environment may say.
pub fn kluis_at<S: AsRef<OsStr>>(path: &Path, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(KLUIS);
    command.args(arguments).arg("--box").arg(path).args(["--language", "en"]);
    command.env_remove("KLUIS_FAILPOINT").env_remove("KLUIS_PASS_FILE").env_remove("KLUIS_BOX");
    command
}

/// Asserts that `kluis verify` on the box at `path` finds nothing wrong.
pub fn sound_at(path: &Path) -> Value {
    let out = run(&mut kluis_at(path, ["verify", "--json"]));
    assert!(out.status.success(), "verify: {}", text(&out));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// Runs a command to its end, killing it (and failing) after [`PATIENCE`].
pub fn run(command: &mut Command) -> Output {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (id, begun) = (child.id(), Instant::now());
    let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let watched = std::sync::Arc::clone(&done);
    let watch = std::thread::spawn(move || {
        while !watched.load(std::sync::atomic::Ordering::SeqCst) {
            if begun.elapsed() > PATIENCE {
                let pid = rustix::process::Pid::from_raw(id.cast_signed()).unwrap();
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    });
    let out = child.wait_with_output().unwrap();
    done.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(!watch.join().unwrap(), "hung: {command:?}");
    assert_ne!(out.status.code(), Some(101), "panicked: {command:?}\n{}", text(&out));
    assert!(!text(&out).contains("panicked"), "panicked: {command:?}\n{}", text(&out));
    out
}

/// Runs a command that must succeed and answers in JSON.
pub fn json(command: &mut Command) -> Value {
    let out = run(command);
    assert!(out.status.success(), "{command:?}: {}", text(&out));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// What a command said, on both of its channels.
pub fn text(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

/// What `kluis take --json` answered.
#[derive(Debug)]
pub struct Taken {
    pub exit: Option<i32>,
    /// A line for each file; empty where the command as a whole was refused.
    pub files: Vec<Value>,
    /// The whole answer.
    pub answer: Value,
    /// What stood on standard error.
    pub errors: String,
}

impl Taken {
    pub fn of(out: Output) -> Self {
        let answer: Value = serde_json::from_slice(&out.stdout).unwrap_or(Value::Null);
        let files = answer["files"].as_array().cloned().unwrap_or_default();
        let errors = String::from_utf8_lossy(&out.stderr).into_owned();
        Self { exit: out.status.code(), files, answer, errors }
    }

    /// The stable code of the one refusal.
    pub fn code(&self) -> &str {
        let one = self.files.first().unwrap_or(&self.answer);
        one["code"].as_str().unwrap_or_else(|| panic!("no refusal: {self:?}"))
    }

    /// Its sentence.
    pub fn sentence(&self) -> &str {
        let one = self.files.first().unwrap_or(&self.answer);
        one["sentence"].as_str().unwrap_or_else(|| panic!("no sentence: {self:?}"))
    }

    /// The numbers that are here, with their receipts printed.
    pub fn here(&self) -> Vec<u64> {
        let here = self.files.iter().filter(|file| file["bundle"]["receipt"].is_string());
        here.map(|file| file["bundle"]["number"].as_u64().unwrap()).collect()
    }

    pub fn outcomes(&self) -> Vec<&str> {
        self.files.iter().map(|file| file["outcome"].as_str().unwrap()).collect()
    }
}

/// A shop: its key, its stream, and the card of the box that it seals for.
#[derive(Clone)]
pub struct Shop {
    pub key: SigningKey,
    pub card: SignedSenderCard,
    pub box_card: SignedBoxCard,
    pub receipt_key: [u8; 32],
    pub number: u64,
    pub previous: Option<Digest>,
}

/// An invoice that is to be sealed.
#[derive(Clone)]
pub struct Invoice {
    pub record: Record,
    /// Media type and bytes.
    pub documents: Vec<(&'static str, Vec<u8>)>,
}

impl Invoice {
    /// One that no program reads: a line of text, dated on the first day of the term.
    pub fn plain(shop: &Shop, term: &str, number: &str) -> Self {
        let day = shop.term(term).term.first();
        let document = format!("the document of {number}").into_bytes();
        Self { record: record(number, day), documents: vec![("text/plain", document)] }
    }
}

impl Shop {
    /// A shop with a fresh key and stream.
    pub fn new(box_card: SignedBoxCard) -> Self {
        let key = SigningKey::from_bytes(Secret::random().expose());
        let card = SenderCard {
            sender: SenderId::random(),
            stream: StreamId::random(),
            key: PublicKey(key.verifying_key().to_bytes()),
            name: "Trampoline webshop".to_owned(),
            box_id: box_card.body().box_id,
            issued_at: now(),
            succeeds: None,
        };
        let card = Statement::sign(labels::SENDER_CARD, card, &key);
        let receipt_key = *Secret::random().expose();
        Self { key, card, box_card, receipt_key, number: 0, previous: None }
    }

    /// A term on the box's card.
    pub fn term(&self, name: &str) -> &CardTerm {
        self.box_card.body().terms.iter().find(|one| one.term.name().as_str() == name).unwrap()
    }

    /// Where the bundle of this number stands.
    pub fn place(&self, number: u64) -> Place {
        let card = self.card.body();
        Place { sender: card.sender, stream: card.stream, number: BundleNumber(number) }
    }

    /// The address that an honest shop writes for this term.
    pub fn address(&self, term: &str) -> Address {
        let (card, on_card) = (self.box_card.body(), self.term(term));
        Address {
            box_id: card.box_id,
            entity: card.entity,
            term: on_card.term.name().clone(),
            recipient: HybridRecipient::parse(&on_card.recipient).unwrap(),
            previous: self.previous,
            replaces: None,
            seen: Some(card.checkpoint.clone()),
            signed_at: now(),
        }
    }

    /// Seals the stream's next bundle, as an honest shop does.
    pub fn seal(&mut self, term: &str, invoices: &[Invoice]) -> Vec<u8> {
        let address = self.address(term);
        self.seal_to(&address, invoices)
    }

    /// Seals the stream's next bundle with what the test wants in its header.
    pub fn seal_to(&mut self, address: &Address, invoices: &[Invoice]) -> Vec<u8> {
        self.number += 1;
        let mut parcel = Parcel::new(self.place(self.number), &Secret::from_bytes(&self.receipt_key));
        let mut documents = Vec::new();
        for invoice in invoices {
            let of = |(media_type, bytes): &(&str, Vec<u8>)| Document {
                length: bytes.len() as u64,
                media_type: (*media_type).to_owned(),
                origin: Origin::Original,
                sha256: Digest::of(bytes),
            };
            let added =
                parcel.add(invoice.record.clone(), invoice.documents.iter().map(of).collect()).unwrap();
            assert!(added, "too much for one bundle");
            documents.extend(invoice.documents.iter().map(|(_, bytes)| bytes.clone()));
        }
        let out = Cursor::new(Vec::new());
        let (header, out) =
            parcel.seal(out, address, &self.key, |n| Ok(Cursor::new(documents[n].clone()))).unwrap();
        self.previous = Some(header.digest());
        out.into_inner()
    }

    /// A bundle's header changed and signed again by this shop, the age file as it was.
    pub fn forge(&self, bundle: &[u8], change: impl FnOnce(&mut Header)) -> Vec<u8> {
        let (header, age) = split(bundle);
        let mut header = header.body().clone();
        change(&mut header);
        [&Statement::sign(labels::BUNDLE, header, &self.key).to_bytes(), age].concat()
    }

    /// A statement of this kind around a body of any bytes, signed by this shop.
    pub fn statement(&self, magic: &str, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        let signed = [magic.as_bytes(), &length, body].concat();
        let signature = self.key.sign(&signed).to_bytes();
        // [{"key": 32 bytes, "signature": 64 bytes}]
        let key = key_id(&PublicKey(self.key.verifying_key().to_bytes())).0;
        let list =
            [b"\x81\xa2\x63key\x58\x20".as_slice(), &key, b"\x69signature\x58\x40", &signature].concat();
        let length = u32::try_from(list.len()).unwrap().to_be_bytes();
        [signed.as_slice(), &length, &list].concat()
    }

    /// A bundle whose encrypted content is exactly these leaves (each after its length) and `after`:
    /// the header is an honest one's for them, changed as the test wants.
    pub fn seal_leaves(
        &mut self,
        term: &str,
        leaves: &[Vec<u8>],
        after: &[u8],
        change: impl FnOnce(&mut Header),
    ) -> Vec<u8> {
        let model = self.seal(term, &[Invoice::plain(self, term, "model")]);
        let mut payload = Vec::new();
        let mut tree = factuurkluis::exchange::journal::tree::Tree::default();
        for leaf in leaves {
            payload.extend(u32::try_from(leaf.len()).unwrap().to_be_bytes());
            payload.extend(leaf);
            tree.push(leaf);
        }
        payload.extend(after);
        let age = self.encrypt(term, &payload);
        let header = split(&model).0;
        let bundle = [&header.to_bytes(), age.as_slice()].concat();
        let forged = self.forge(&bundle, |header| {
            header.leaves = u32::try_from(leaves.len()).unwrap();
            header.root = tree.root();
            header.length = age.len() as u64;
            header.sha256 = Digest::of(&age);
            change(header);
        });
        self.previous = Some(split(&forged).0.digest());
        forged
    }

    /// An age file for the term's key.
    pub fn encrypt(&self, term: &str, payload: &[u8]) -> Vec<u8> {
        let recipient = HybridRecipient::parse(&self.term(term).recipient).unwrap();
        encrypt_to(&recipient, payload)
    }
}

/// An age file for this recipient.
pub fn encrypt_to(recipient: &HybridRecipient, payload: &[u8]) -> Vec<u8> {
    let recipients = std::iter::once(recipient as &dyn age::Recipient);
    let mut age = age::Encryptor::with_recipients(recipients).unwrap().wrap_output(Vec::new()).unwrap();
    age.write_all(payload).unwrap();
    age.finish().unwrap()
}

/// A bundle's header, and the age file behind it.
pub fn split(bundle: &[u8]) -> (SignedHeader, &[u8]) {
    let mut rest = bundle;
    let header = SignedHeader::read(labels::BUNDLE, &mut rest, HEADER_LIMIT).unwrap();
    (header, rest)
}

/// The claim of now, in whole seconds.
pub fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap()
}

/// A believable record of 121 euros.
pub fn record(number: &str, day: Date) -> Record {
    Record {
        series: None,
        number: number.to_owned(),
        kind: Kind::Invoice,
        issue_date: day,
        supply_date: None,
        seller_country: "NL".parse().unwrap(),
        class: Class::Ordinary,
        buyer: Buyer {
            name: Some("Sanne Springveer".to_owned()),
            country: None,
            customer: Some("K-57".to_owned()),
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

/// A body's canonical CBOR with the bytes `from` replaced by `to`, once.
pub fn patched(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).expect("it is there");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

/// CBOR of one of our types.
pub fn to_cbor<T: serde::Serialize>(value: &T) -> Vec<u8> {
    cbor::encode(value)
}

/// What lies in a directory: for each path its kind and permission bits, length and digest.
pub fn digest_tree(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let meta = fs::symlink_metadata(&path).unwrap();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let mode = meta.permissions().mode();
            let what = if meta.is_file() {
                let bytes = fs::read(&path).unwrap();
                format!("{mode:o} {} {}", bytes.len(), Digest::of(&bytes))
            } else {
                format!("{mode:o}")
            };
            if meta.is_dir() {
                waiting.push(path);
            }
            found.insert(name, what);
        }
    }
    found
}

/// The paths that differ between two looks.
pub fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let mut paths: Vec<_> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    paths.into_iter().filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

/// The failpoints of a destruction in their order, and whether the term is dead after a cut there.
pub const SWITCH_STEPS: [(&str, bool); 7] = [
    ("switch-2-root-written", false),
    ("switch-3-vault-written", false),
    ("switch-4-intent-journaled", true),
    ("switch-5-old-root-killed", true),
    ("switch-6-old-root-refused", true),
    ("switch-7-directory-removed", true),
    ("switch-8-certificate-journaled", true),
];

/// Copies a directory with its modes.
pub fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy_tree(&path, &copy);
        } else if kind.is_file() {
            fs::copy(&path, &copy).unwrap();
        }
    }
}

/// The bundles that lie in a box's terms, as `STREAM-NNNNNN.bundle`.
pub fn bundles_in(path: &Path) -> Vec<String> {
    let tree = digest_tree(path);
    let bundles = tree.keys().filter(|name| name.starts_with("terms/") && name.contains("/bundles/"));
    bundles.map(|name| name.rsplit('/').next().unwrap().to_owned()).collect()
}
