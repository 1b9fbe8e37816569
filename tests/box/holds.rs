//! Holds, from the command line: one invoice out of a bundle outlives its term, and what is left of it
//! convinces a stranger who has a Python script and openssl.

use std::fs;
use std::path::Path;
use std::process::Command;

use factuurkluis::exchange::bundle::{Proof, SignedBoxCard};
use factuurkluis::exchange::vocabulary::Digest;
use serde_json::Value;

use crate::python::{python, scripts};
use crate::support::{Box, Invoice, OLD_TERM, json, kluis_at, run, sound_at, text};

/// A document of some pieces, so that it is streamed.
fn long(number: &str) -> Vec<u8> {
    format!("the long document of {number}\n").repeat(9000).into_bytes()
}

/// A box with a bundle of three invoices of 2024 in it; the second has two documents.
fn filled() -> Box {
    let mut the = Box::new();
    let invoices: Vec<_> = ["2024-0001", "2024-0002", "2024-0003"]
        .into_iter()
        .map(|number| {
            let mut invoice = Invoice::plain(&the.shop, OLD_TERM, number);
            invoice.documents.push(("text/plain", long(number)));
            invoice
        })
        .collect();
    let path = the.folder.path().join("1.bundle");
    fs::write(&path, the.shop.seal(OLD_TERM, &invoices)).unwrap();
    assert_eq!(the.take(&path).outcomes(), ["admitted"]);
    the
}

impl Box {
    fn hold(&self, what: &[&str]) -> Value {
        let why = ["--reason", "objection", "--reference", "letter of 14 March 2031", "--json"];
        json(self.kluis([&["hold"], what, &why].concat()).args(self.anna()))
    }

    fn find(&self, number: &str) -> Value {
        let asked = ["find", "--number", number, "--reason", "tax-audit", "--json"];
        json(self.kluis(asked).args(self.anna()))
    }

    /// Writes the proof or a document of the invoice at `place` to a file.
    fn show(&self, place: &str, what: &[&str], to: &Path) {
        let mut show = self.kluis([&["show", place, "--reason", "check"], what].concat());
        let out = run(show.arg("--out").arg(to).args(self.anna()));
        assert!(out.status.success(), "{}", text(&out));
    }

    fn turn(&self, day: &str) -> Value {
        json(&mut self.kluis(["clock", "--turn", day, "--json"]))
    }
}

fn state(clock: &Value, term: &str) -> String {
    let terms = clock["terms"].as_array().unwrap();
    let term = terms.iter().find(|one| one["term"] == term).unwrap();
    term["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_held_invoice_convinces_a_stranger_after_its_term_is_destroyed() {
    let the = filled();
    let held = the.hold(&["--number", "2024-0002"]);
    assert_eq!(held["invoices"], 1);
    the.turn("2032-01-03");
    assert_eq!(state(&the.turn("2032-06-01"), OLD_TERM), "destroyed");
    assert_eq!(the.find("2024-0001")["totals"]["count"], 0);
    let found = the.find("2024-0002");
    assert_eq!((&found["totals"]["count"], &found["rows"][0]["held"]), (&1.into(), &true.into()));
    let row = &found["rows"][0];
    let place = format!("{}:{}", row["bundle"].as_str().unwrap(), row["leaf"]);
    let file = |name: &str| the.folder.path().join(name);
    the.show(&place, &["--proof"], &file("2.proof"));
    the.show(&place, &["--document", "0"], &file("2.txt"));
    the.show(&place, &["--document", "1"], &file("2-long.txt"));
    assert_eq!(fs::read(file("2.txt")).unwrap(), b"the document of 2024-0002");
    assert_eq!(fs::read(file("2-long.txt")).unwrap(), long("2024-0002"));

    // No neighbour is in it.
    let proof = fs::read(file("2.proof")).unwrap();
    for neighbour in ["2024-0001", "2024-0003"] {
        assert!(!proof.windows(neighbour.len()).any(|window| window == neighbour.as_bytes()), "{neighbour}");
    }
    let proven = Proof::parse(&proof).unwrap().verify().unwrap();
    assert_eq!(proven.invoice.documents[1].sha256, Digest::of(&long("2024-0002")));
    by_openssl(&the, &proof, &proven.key.0);
    if let Some(python) = python() {
        let out = run(Command::new(python)
            .arg(scripts().join("read-bundle.py"))
            .arg("--proof")
            .arg(file("2.proof"))
            .arg("--box-card")
            .arg(the.path.join("box.card"))
            .arg("--document")
            .arg(file("2-long.txt")));
        assert!(out.status.success(), "{}", text(&out));
        assert!(text(&out).contains("2024-0002"), "{}", text(&out));
    }
    let report = the.sound();
    assert_eq!((&report["holds"], &report["held"]), (&1.into(), &1.into()));
    assert!(SignedBoxCard::open(&fs::read(the.path.join("box.card")).unwrap()).is_ok());

    // Two officers, and it goes.
    let hold = held["hold"].as_str().unwrap();
    let alone = run(the.kluis(["hold", "--release", hold]).args(the.anna()));
    assert!(!alone.status.success() && text(&alone).contains("--with"), "{}", text(&alone));
    let released = json(the.kluis(["hold", "--release", hold, "--json"]).args(the.both()));
    assert_eq!(released["released_by"], serde_json::json!(["Anna", "Bram"]));
    assert_eq!(the.find("2024-0002")["totals"]["count"], 0);
    assert!(!the.path.join("holds").join(hold).exists());
    the.sound();
}

/// The sender's signature in the proof, with openssl alone.
fn by_openssl(the: &Box, proof: &[u8], key: &[u8; 32]) {
    // The header's statement stands in the proof as it stands at the front of a bundle: 22 bytes of first
    // line, 4 of length, the body; then 4 of length and the list of signatures, whose last 64 bytes are one.
    let magic = b"factuurkluis/bundle/1\n";
    let at = proof.windows(magic.len()).position(|window| window == magic).unwrap();
    let length = |at: usize| u32::from_be_bytes(proof[at..at + 4].try_into().unwrap()) as usize;
    let signed = at + magic.len() + 4 + length(at + magic.len());
    let end = signed + 4 + length(signed);
    let folder = the.folder.path();
    let spki = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(), key].concat();
    fs::write(folder.join("signed"), &proof[at..signed]).unwrap();
    fs::write(folder.join("signature"), &proof[end - 64..end]).unwrap();
    fs::write(folder.join("key.der"), spki).unwrap();
    let out = run(Command::new("openssl").current_dir(folder).args([
        "pkeyutl",
        "-verify",
        "-pubin",
        "-keyform",
        "DER",
        "-inkey",
        "key.der",
        "-rawin",
        "-in",
        "signed",
        "-sigfile",
        "signature",
    ]));
    assert!(out.status.success(), "{}", text(&out));
}

#[test]
fn a_term_that_is_held_is_not_destroyed_and_the_list_says_what_is_held() {
    let the = filled();
    assert!(text(&run(&mut the.kluis(["hold"]))).contains("Nothing is held."));
    let held = the.hold(&["--term", OLD_TERM]);
    the.turn("2032-01-03");
    let clock = the.turn("2033-06-01");
    assert_eq!(state(&clock, OLD_TERM), "closed");
    assert!(clock.to_string().contains("because an officer has placed a hold on it"), "{clock}");
    let hold = held["hold"].as_str().unwrap();
    // The reference may name somebody: it is for officers.
    let anybody = text(&run(&mut the.kluis(["hold"])));
    assert!(anybody.contains(hold) && anybody.contains("Objection") && !anybody.contains("14 March"));
    let officer = text(&run(the.kluis(["hold"]).args(the.anna())));
    assert!(officer.contains("letter of 14 March 2031"), "{officer}");
    json(the.kluis(["hold", "--release", hold, "--json"]).args(the.both()));
    assert_eq!(state(&the.turn("2033-06-29"), OLD_TERM), "due");
    assert_eq!(state(&the.turn("2033-07-05"), OLD_TERM), "destroyed");
    the.sound();
}

/// Where a process is killed while it places a hold, and while it releases and ends one.
const PLACING: [&str; 5] =
    ["switch-3-vault-written", "switch-5-old-root-killed", "hold-key-kept", "hold-copied", "hold-journaled"];
const ENDING: [&str; 6] = [
    "hold-release-kept",
    "hold-release-journaled",
    "switch-3-vault-written:2",
    "hold-intent-journaled",
    "hold-key-dead",
    "hold-removed",
];

#[test]
fn a_kill_at_any_step_of_a_hold_leaves_nothing_half() {
    let the = filled();
    let copy = the.folder.path().join("copy");
    for place in PLACING {
        the.copy_to(&copy);
        let asked = ["hold", "--number", "2024-0002", "--reason", "court", "--reference", "C/13"];
        let out = run(kluis_at(&copy, asked).args(the.anna()).env("KLUIS_FAILPOINT", place));
        assert_eq!(out.status.code(), None, "{place} was not passed: {}", text(&out));
        let report = sound_at(&copy);
        let there = fs::read_dir(copy.join("holds")).map_or(0, Iterator::count);
        assert_eq!(report["holds"], there, "{place}");
        assert_eq!(report["holds"], u64::from(place == "hold-journaled"), "{place}");
        fs::remove_dir_all(&copy).unwrap();
    }
    let hold = the.hold(&["--number", "2024-0002"])["hold"].as_str().unwrap().to_owned();
    for place in ENDING {
        the.copy_to(&copy);
        let released =
            run(kluis_at(&copy, ["hold", "--release", &hold]).args(the.both()).env("KLUIS_FAILPOINT", place));
        let turned = run(kluis_at(&copy, ["clock", "--turn", "2031-01-01"]).env("KLUIS_FAILPOINT", place));
        let killed = [released, turned].iter().filter(|out| out.status.code().is_none()).count();
        assert!(killed == 1 || place.ends_with(":2"), "{place}: killed {killed} times");
        let report = sound_at(&copy);
        // The two had decided: whatever was cut off, it ends.
        let out = run(&mut kluis_at(&copy, ["clock", "--turn", "2031-01-02"]));
        assert!(out.status.success(), "{place}: {}", text(&out));
        assert!(report["holds"].as_u64().unwrap() <= 1);
        assert_eq!(sound_at(&copy)["holds"], 0, "{place}");
        assert!(!copy.join("holds").join(&hold).exists(), "{place}");
        fs::remove_dir_all(&copy).unwrap();
    }
}
