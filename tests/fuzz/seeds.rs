//! Writes the first inputs of each target into `corpus/TARGET/`, made by our own code: sound ones, so that the
//! fuzzer begins behind every check, and truncated ones. `KLUIS_CORPUS`, if set, names a folder of invoices
//! made by others, which are copied in too.
#![allow(clippy::unwrap_used, reason = "a tool for developers, which may stop")]
mod blank;
#[allow(dead_code)]
mod common;

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use factuurkluis::appliance::airlock;
use factuurkluis::exchange::bundle::statement::Statement;
use factuurkluis::exchange::bundle::{
    BoxCard, InvoiceLeaf, Measured, Proof, Sealed, SenderCard, StreamLeaf, cbor, labels,
};
use factuurkluis::exchange::journal::event::Admission;
use factuurkluis::exchange::journal::tree::{leaf_hash, path};
use factuurkluis::exchange::journal::{Checkpoint, Event, Opening, Receipt, ReceiptCode, Tree};
use factuurkluis::exchange::push::{DatagramKey, Head, Kind as PushKind, Session, Size};
use factuurkluis::exchange::vocabulary::Digest;
use jiff::Timestamp;
use pdf_writer::{Finish, Name, Pdf, Ref, Str, TextStr};

/// The one-way push: a symbol, and the two messages.
fn push(seeds: &Seeds) {
    let key = DatagramKey::of(&common::receipt_key());
    let (manifest, heartbeat) = (common::manifest().sign(&common::key()), common::heartbeat().sign(&common::key()));
    for (name, kind, body) in [
        ("symbol", PushKind::Symbol, vec![7; Size::Usual.symbol()]),
        ("manifest", PushKind::Manifest, manifest.clone()),
        ("heartbeat", PushKind::Heartbeat, heartbeat.clone()),
        ("empty", PushKind::Empty, Vec::new()),
    ] {
        let mut datagram = vec![0; Size::Usual.datagram()];
        let head = Head { session: Session::of(&manifest), kind, block: 0, symbol: 0 };
        key.session(head.session).seal(&head, &body, &mut datagram);
        seeds.put("push_datagram", name, &datagram);
    }
    seeds.put("push_manifest", "manifest", &manifest);
    seeds.put("push_manifest", "heartbeat", &heartbeat);
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let seeds = Seeds { corpus: root.join("corpus") };
    let bundle = common::bundle(&[b"<Invoice/>", b"a second document"]);
    let sealed = Sealed::read(&mut bundle.as_slice()).unwrap();
    let front = sealed.to_bytes();
    let header = Digest::of(&front);
    seeds.put("bundle_header", "whole", &bundle);
    seeds.put("bundle_header", "front", &front);
    seeds.put("bundle_header", "cut", &front[..front.len() - 20]);

    let stream = cbor::encode(&StreamLeaf::new(common::PLACE, &common::receipt_key()));
    let document = b"<Invoice/>".as_slice();
    let leaf =
        cbor::encode(&InvoiceLeaf::new(common::PLACE, common::record("1"), vec![common::promise(document)]));
    let prefixed = |leaf: &[u8]| [&(leaf.len() as u32).to_be_bytes(), leaf].concat();
    let payload = [prefixed(&stream), prefixed(&leaf), document.to_vec()].concat();
    for (name, bytes) in [("stream", &stream), ("invoice", &leaf), ("payload", &payload)] {
        seeds.put("bundle_leaves", name, bytes);
    }

    let receipt = receipt(header);
    let note = receipt.checkpoint.note().to_owned();
    let proof = proof(&bundle, receipt.write());
    let event = receipt.opening.body();
    for (name, bytes) in [
        ("header", &cbor::encode(sealed.claimed())),
        ("stream", &stream),
        ("invoice", &leaf),
        ("record", &cbor::encode(&common::record("2026-0001"))),
        ("box-card", &cbor::encode(&box_card(&note))),
        ("sender-card", &cbor::encode(&sender_card())),
        ("event", &event.to_vec()),
        ("proof", &proof),
    ] {
        seeds.put("cbor", name, bytes);
    }
    seeds.put(
        "bundle_header",
        "box-card",
        &Statement::sign(labels::BOX_CARD, box_card(&note), &common::key()).to_bytes(),
    );

    seeds.put("checkpoint", "signed", note.as_bytes());
    seeds.put("checkpoint", "two-lines", format!("12\n{}", note.lines().last().unwrap()).as_bytes());
    seeds.put("receipt", "whole", receipt.write().as_bytes());
    let code = ReceiptCode::make(
        &common::receipt_key(),
        common::BOX,
        common::PLACE.stream,
        common::PLACE.number,
        &header,
    );
    seeds.put("receipt_code", "plain", code.to_string().as_bytes());
    seeds.put("receipt_code", "grouped", code.grouped().as_bytes());

    push(&seeds);
    let (fat, wide, exfat) = (blank::fat(false), blank::fat(true), blank::exfat());
    let [fat, wide, exfat] = [fat, wide, exfat].map(blank::filled);
    // The targets with checksums take a byte in front, whose first bit leaves them as they are.
    let marked = |image: &[u8]| [&[0], image].concat();
    seeds.put("stick_fat", "fat12", &fat);
    seeds.put("stick_fat", "fat32", &wide);
    seeds.put("stick_exfat", "exfat", &marked(&exfat));
    for (name, words) in airlock::lies::honest() {
        seeds.put("told", name, &[&[0], &words[..]].concat());
    }
    seeds.put("told", "line", &[&[1], &airlock::push::lies::honest()[..]].concat());
    for (name, volume) in [("fat", &fat), ("exfat", &exfat)] {
        for gpt in [false, true] {
            let stick = blank::partitioned(volume, gpt);
            seeds.put(
                "stick_partitions",
                &format!("{name}-{}", if gpt { "gpt" } else { "mbr" }),
                &marked(&stick),
            );
        }
    }

    for file in files(&root.join("time")) {
        seeds.put("time_token", &file.file_name().unwrap().to_string_lossy(), &fs::read(&file).unwrap());
    }

    let mut invoices = files(&root.join("../fixtures"));
    if let Some(folder) = std::env::var_os("KLUIS_CORPUS") {
        invoices.extend(files(Path::new(&folder)));
    }
    for (index, file) in invoices.iter().enumerate() {
        let bytes = fs::read(file).unwrap();
        match file.extension().and_then(|end| end.to_str()) {
            Some("xml") => {
                seeds.put("invoice_xml", &index.to_string(), &bytes);
                seeds.put("invoice_pdf", &format!("hybrid-{index}"), &hybrid("factur-x.xml", &bytes));
            }
            Some("pdf") => seeds.put("invoice_pdf", &index.to_string(), &bytes),
            _ => {}
        }
    }
    seeds.put("invoice_pdf", "plain", &hybrid("terms.txt", b"no invoice"));
}

struct Seeds {
    corpus: PathBuf,
}

impl Seeds {
    fn put(&self, target: &str, name: &str, bytes: &[u8]) {
        let folder = self.corpus.join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("seed-{name}")), bytes).unwrap();
    }
}

/// Every file in and under a folder, in a stable order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect();
    found.sort();
    found
}

/// The receipt of an admission that stands third of five.
fn receipt(header: Digest) -> Receipt {
    let admission = Event::from(Admission {
        at: Timestamp::from_second(1_790_000_100).unwrap(),
        sender: common::PLACE.sender,
        stream: common::PLACE.stream,
        number: common::PLACE.number,
        header,
        replaces: None,
        term: "trampoline-nl-ordinary-2026-12".to_owned(),
        invoices: 2,
        root: Digest([4; 32]),
        bytes: 10_000,
    });
    let opening = Opening::kept(admission.kind(), [5; 32], cbor::encode(&admission));
    let mut tree = Tree::default();
    let mut hashes = Vec::new();
    for index in 0..5u8 {
        let hash = if index == 2 { opening.entry().leaf_hash() } else { leaf_hash(&[index]) };
        tree.push_hash(hash);
        hashes.push(hash);
    }
    let checkpoint = Checkpoint { box_id: common::BOX, size: 5, root: tree.root() }.sign(&common::key());
    Receipt { index: 2, opening, path: path(&hashes, 2).unwrap(), checkpoint }
}

fn proof(bundle: &[u8], receipt: String) -> Vec<u8> {
    let mut input = bundle;
    let authentic = Sealed::read(&mut input).unwrap().authenticate(common::public()).unwrap();
    let measured = Measured::while_copying(&mut input, &mut std::io::sink()).unwrap();
    let opened = authentic.intact(measured).unwrap().open(Cursor::new(bundle), &common::term()).unwrap();
    let header = opened.authentic().statement().clone();
    Proof::new(&header, common::public(), opened.leaves(), 1, Some(receipt)).to_bytes()
}

fn box_card(note: &str) -> BoxCard {
    BoxCard {
        box_id: common::BOX,
        demo: true,
        key: common::public(),
        entity: common::address().entity,
        entity_name: "Trampoline B.V.".to_owned(),
        country: "NL".parse().unwrap(),
        law_table: "2026-11".to_owned(),
        issued_at: Timestamp::from_second(1_790_000_000).unwrap(),
        terms: vec![],
        push_key: vec![6; 32],
        checkpoint: note.to_owned(),
    }
}

fn sender_card() -> SenderCard {
    SenderCard {
        sender: common::PLACE.sender,
        stream: common::PLACE.stream,
        key: common::public(),
        name: "the shop".to_owned(),
        box_id: common::BOX,
        issued_at: Timestamp::from_second(1_790_000_000).unwrap(),
        succeeds: None,
    }
}

/// A PDF of one empty page with a file embedded.
fn hybrid(name: &str, bytes: &[u8]) -> Vec<u8> {
    let [root, pages, page, specification, stream] = [1, 2, 3, 4, 5].map(Ref::new);
    let mut pdf = Pdf::new();
    let mut catalogue = pdf.catalog(root);
    catalogue.pages(pages);
    let mut names = catalogue.insert(Name(b"Names")).dict();
    let mut tree = names.insert(Name(b"EmbeddedFiles")).dict();
    tree.insert(Name(b"Names")).array().item(Str(name.as_bytes())).item(specification);
    tree.finish();
    names.finish();
    catalogue.finish();
    pdf.pages(pages).kids([page]).count(1);
    pdf.page(page).parent(pages);
    let mut dict = pdf.indirect(specification).dict();
    dict.pair(Name(b"Type"), Name(b"Filespec")).pair(Name(b"UF"), TextStr(name));
    dict.insert(Name(b"EF")).dict().pair(Name(b"F"), stream).pair(Name(b"UF"), stream);
    dict.finish();
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    let packed = encoder.finish().unwrap();
    pdf.embedded_file(stream, &packed).filter(pdf_writer::Filter::FlateDecode);
    pdf.finish()
}
