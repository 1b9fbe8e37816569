//! From a shop's invoice over the line into a running box, and its receipt back by hand.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use factuurkluis::exchange::bundle::SignedBoxCard;

use crate::scene::Scene;
use crate::support::{self, Box};

/// `kluis run`, ended when dropped.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let id = rustix::process::Pid::from_raw(self.0.id().cast_signed()).unwrap();
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        let _ = self.0.wait();
    }
}

fn run(a_box: &Box, receipts: &Path) -> (Running, String) {
    let mut child = a_box
        .kluis(["run", "--port", "0", "--push", "127.0.0.1:0"])
        .arg("--receipts")
        .arg(receipts)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.find_map(|line| {
        let line = line.unwrap();
        let at = line.strip_prefix("Listening for the one-way line at ")?;
        Some(at.trim_end_matches('.').to_owned())
    });
    // It must not stop for want of a listener.
    std::thread::spawn(move || lines.for_each(drop));
    (Running(child), address.unwrap())
}

fn send(shop: &Path, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kluis-send"));
    support::run(command.arg("--shop").arg(shop).env("LC_ALL", "C").args(arguments))
}

fn comes(path: impl Fn() -> bool, what: &str) {
    let begun = Instant::now();
    while !path() {
        assert!(begun.elapsed() < Duration::from_secs(40), "{what} did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_outbox_is_pushed_into_a_running_box_until_its_receipt_is_back() {
    let a_box = Box::new();
    let folder = a_box.folder.path();
    let (shop, outbox, receipts) = (folder.join("shop"), folder.join("outbox"), folder.join("receipts"));
    fs::create_dir(&outbox).unwrap();
    let said = |out: std::process::Output| {
        assert!(out.status.success(), "{}", support::text(&out));
        support::text(&out)
    };
    said(send(&shop, &["init", shop.to_str().unwrap(), "--name", "Pushed", "--country", "NL"]));
    let card = a_box.path.join("box.card");
    let fingerprint = a_box.shop.box_card.fingerprint();
    said(send(&shop, &["enrol", card.to_str().unwrap(), "--fingerprint", &fingerprint]));
    let own = folder.join("own.card");
    said(send(&shop, &["card", "--out", own.to_str().unwrap()]));

    let (_running, address) = run(&a_box, &receipts);
    // The shop's own card travels too, and waits for an officer.
    said(send(&shop, &["push", own.to_str().unwrap(), "--to", &address, "--passes", "1"]));
    comes(|| fs::read_dir(a_box.path.join("spool/cards")).is_ok_and(|cards| cards.count() == 1), "the card");
    let printed = factuurkluis::exchange::bundle::SignedSenderCard::open(&fs::read(&own).unwrap()).unwrap();
    let enrolled = support::run(
        a_box
            .kluis(["enrol", "--back-years", "--fingerprint", &printed.fingerprint()])
            .arg(&own)
            .args(a_box.anna()),
    );
    said(enrolled);

    let invoice = folder.join("invoice.xml");
    let ubl = include_str!("../fixtures/ubl-invoice.xml");
    fs::write(&invoice, ubl).unwrap();
    said(send(&shop, &["seal", invoice.to_str().unwrap(), "--to", outbox.to_str().unwrap()]));
    let bundle = fs::read_dir(&outbox).unwrap().next().unwrap().unwrap().path();
    let once = ["outbox", outbox.to_str().unwrap(), "--to", &address, "--once"];
    let told = said(send(&shop, &once));
    assert!(told.contains("A heartbeat was sent"), "{told}");
    comes(|| fs::read_dir(&receipts).is_ok_and(|receipts| receipts.count() == 1), "the receipt");
    assert!(bundle.exists(), "without a receipt it stays in the outbox");
    let inbox = a_box.path.join("spool/push/line/inbox");
    comes(|| fs::read_dir(&inbox).unwrap().count() == 0, "the inbox' emptiness");

    let receipt = fs::read_dir(&receipts).unwrap().next().unwrap().unwrap().path();
    said(send(&shop, &["receipt", receipt.to_str().unwrap()]));
    let told = said(send(&shop, &once));
    assert!(told.contains("is in the box; its file is now"), "{told}");
    assert!(!bundle.exists() && outbox.join("received").join(bundle.file_name().unwrap()).exists());
}

#[test]
fn what_cannot_be_pushed_is_named_and_the_rest_goes() {
    // A box's card is all that is wanted of a box.
    let scene = Scene::new();
    let folder = scene.folder.path();
    let shop = folder.join("other");
    let to = ["--to", "127.0.0.1:9"];
    let refused = |arguments: &[&str], says: &str| {
        let out = send(&shop, &[arguments, &to].concat());
        assert_eq!(out.status.code(), Some(1), "{}", support::text(&out));
        assert!(support::text(&out).contains(says), "{}", support::text(&out));
    };
    let file = |name: &str, bytes: &[u8]| {
        fs::write(folder.join(name), bytes).unwrap();
        folder.join(name).to_str().unwrap().to_owned()
    };
    send(&shop, &["init", shop.to_str().unwrap(), "--name", "Pushed", "--country", "NL"]);
    let token = file("token.tsr", b"a token, for all that a sender knows");
    refused(&["push", &token], "No box is enrolled yet");
    let card = folder.join("box/box.card");
    let fingerprint = SignedBoxCard::open(&fs::read(&card).unwrap()).unwrap().fingerprint();
    send(&shop, &["enrol", card.to_str().unwrap(), "--fingerprint", &fingerprint]);
    refused(&["push", "/no/such.bundle"], "is not there");
    refused(&["push", &file("notes.txt", b"notes")], "neither a bundle");
    refused(&["push", &file("empty.tsr", b"")], "is empty");
    let other = crate::scene::bundle([9; 16], 3, 500);
    refused(&["push", &file("other.bundle", &other), &token], "for another box");
    let out = send(&shop, &["push", &token, "--json", to[0], to[1]]);
    let told: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(told["pushed"][0]["passes"], 2);
    let out = send(&shop, &["outbox", folder.to_str().unwrap(), "--print-unit", to[0], to[1]]);
    assert!(support::text(&out).contains("ExecStart=") && support::text(&out).contains("outbox"));
}
