//! What officers decide, with the built programs from end to end: a changed law, a shop whose computer is
//! gone, a new customer's back years.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use factuurkluis::exchange::journal::EntryKind;
use serde_json::Value;

use crate::support::{copy_tree, json, kluis_at, run, sound_at, text};

const SEND: &str = env!("CARGO_BIN_EXE_kluis-send");
const DE_2025: &str = "fahrrad-de-ordinary-2025-12";

/// A folder with a box of two officers, and everything that people carry about.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// The officers' pass-phrases lie in the files `Anna` and `Bram`.
    fn new(init: &[&str]) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let made = json(
            Command::new(crate::support::KLUIS)
                .current_dir(desk.folder.path())
                .args(["init", "box", "--json", "--demo", "--class", "ordinary", "--back-years", "3"])
                .args(["--officer", "Anna", "--officer", "Bram"])
                .args(init),
        );
        for officer in made["officers"].as_array().unwrap() {
            let file = desk.at(officer["name"].as_str().unwrap());
            fs::write(file, officer["pass_phrase"].as_str().unwrap()).unwrap();
        }
        desk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn kluis(&self, arguments: &[&str]) -> Command {
        let mut command = kluis_at(&self.at("box"), arguments);
        command.current_dir(self.folder.path()).arg("--json");
        command
    }

    /// As Anna.
    fn one(&self, arguments: &[&str]) -> Command {
        let mut command = self.kluis(arguments);
        command.args(["--as", "Anna", "--pass-file", "Anna"]);
        command
    }

    /// As Anna, with Bram.
    fn two(&self, arguments: &[&str]) -> Command {
        let mut command = self.one(arguments);
        command.args(["--with", "Bram", "--with-pass-file", "Bram"]);
        command
    }

    fn send(&self, shop: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(SEND);
        command.current_dir(self.folder.path()).args(["--json", "--shop", shop]).args(arguments);
        command.env("LC_ALL", "C");
        command
    }

    /// A new shop folder that knows the box.
    fn shop(&self, folder: &str) {
        json(&mut self.send(folder, &["init", folder, "--name", "Trampoline webshop", "--country", "NL"]));
        let card = json(&mut self.kluis(&["card", "--out", "box.card"]));
        let fingerprint = card["fingerprint"].as_str().unwrap();
        json(&mut self.send(folder, &["enrol", "box.card", "--fingerprint", fingerprint]));
    }

    /// Seals one invoice onto the stick, and says where the bundle lies.
    fn seal(&self, shop: &str, number: &str, day: &str) -> PathBuf {
        let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/ubl-invoice.xml");
        let invoice = fs::read_to_string(fixture).unwrap();
        let invoice = invoice.replace("HS-2026-0042", number).replace("2026-03-05", day);
        let file = self.at(&format!("{number}.xml"));
        fs::write(&file, invoice).unwrap();
        fs::create_dir_all(self.at("stick")).unwrap();
        let sealed = json(self.send(shop, &["seal"]).arg(file).args(["--to", "stick"]));
        PathBuf::from(sealed["bundles"][0]["path"].as_str().unwrap())
    }

    /// The one outcome of `kluis take`.
    fn take(&self, bundle: &Path) -> Value {
        let out = run(self.kluis(&["take", "--receipts", "receipts"]).arg(bundle));
        let answer: Value = serde_json::from_slice(&out.stdout).unwrap();
        answer["files"][0].clone()
    }
}

/// Runs a command that must be refused, and gives its stable code.
fn refused(command: &mut Command) -> String {
    let out = run(command);
    assert_eq!(out.status.code(), Some(1), "{}", text(&out));
    let answer: Value = serde_json::from_slice(&out.stdout).unwrap();
    answer["code"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[test]
fn two_officers_take_a_changed_law_and_one_lengthens_a_term() {
    let keys = tempfile::tempdir().unwrap();
    let key = keys.path().join("release");
    let public = keys.path().join("release.pub");
    assert!(run(Command::new(crate::support::KLUIS).args(["release", "key"]).arg(&key)).status.success());
    let country = ["--entity", "Fahrrad GmbH", "--slug", "fahrrad", "--country", "DE"];
    let desk = Desk::new(&[&country[..], &["--release-key", public.to_str().unwrap()]].concat());

    // Whoever releases changes one row and signs.
    let table = |edition: &str, years: u8| {
        let rows = run(Command::new(crate::support::KLUIS).args(["release", "rows"]));
        let mut rows: Value = serde_json::from_slice(&rows.stdout).unwrap();
        rows["edition"] = edition.into();
        let german =
            |row: &&mut Value| row["country"] == "DE" && row["class"] == "ordinary" && row["years"].is_u64();
        rows["rows"].as_array_mut().unwrap().iter_mut().find(german).unwrap()["years"] = years.into();
        fs::write(desk.at("rows.json"), rows.to_string()).unwrap();
        let file = format!("{edition}.table");
        let mut sign = Command::new(crate::support::KLUIS);
        sign.current_dir(desk.folder.path()).args(["release", "sign", "rows.json", "--out", &file, "--key"]);
        assert!(run(sign.arg(&key)).status.success());
        file
    };
    let until = || {
        let clock = json(&mut desk.kluis(&["clock"]));
        let terms = clock["terms"].as_array().unwrap().clone();
        let term = terms.into_iter().find(|term| term["term"] == DE_2025).unwrap();
        (term["kept_until"].as_str().unwrap().to_owned(), term["moved"].clone())
    };
    assert_eq!(until(), ("2033-12-31".to_owned(), Value::Null));

    let ten = table("2026-12", 10);
    let shown = run(&mut desk.kluis(&["law", &ten]));
    assert_eq!(shown.status.code(), Some(1), "shown, and nothing done");
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let fingerprint = shown["fingerprint"].as_str().unwrap();
    let of_2025 = shown["moves"].as_array().unwrap().iter().find(|one| one["term"] == DE_2025).unwrap();
    assert_eq!((&of_2025["from"], &of_2025["to"]), (&"2033-12-31".into(), &"2035-12-31".into()));
    assert_eq!(until().0, "2033-12-31");
    assert_eq!(refused(&mut desk.one(&["law", &ten, "--fingerprint", fingerprint])), "keeper-second-officer");
    json(&mut desk.two(&["law", &ten, "--fingerprint", fingerprint]));
    assert_eq!(until().0, "2035-12-31");

    let shorter = ["law", "--lengthen", DE_2025, "--until", "2034-06-30"];
    assert_eq!(refused(&mut desk.one(&shorter)), "keeper-only-longer");
    let eight = table("2027-01", 8);
    let shown = run(&mut desk.kluis(&["law", &eight]));
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    // The power goes when the vault has it and the journal not yet: the next start tells the journal.
    let mut cut = desk.two(&["law", &eight, "--fingerprint", shown["fingerprint"].as_str().unwrap()]);
    assert!(!run(cut.env("KLUIS_FAILPOINT", "law-vault-moved")).status.success());
    let (now, moved) = until();
    assert_eq!((now.as_str(), &moved["from"]), ("2033-12-31", &"2035-12-31".into()));
    json(&mut desk.one(&shorter));
    assert_eq!(until().0, "2034-06-30", "now it is longer");
    assert_eq!(refused(&mut desk.kluis(&["law", &ten])), "keeper-law-table-older");
    assert_eq!(json(&mut desk.kluis(&["law"]))["taken"], "2027-01");
    let card = fs::read(desk.at("box/box.card")).unwrap();
    let card = factuurkluis::exchange::bundle::SignedBoxCard::open(&card).unwrap();
    let on_card = card.body().terms.iter().find(|one| one.term.name().as_str() == DE_2025).unwrap();
    assert_eq!(
        (on_card.kept_until.to_string().as_str(), card.body().law_table.as_str()),
        ("2034-06-30", "2027-01")
    );
    sound_at(&desk.at("box"));
}

#[test]
fn a_shop_whose_computer_is_gone_carries_on_from_its_last_receipt() {
    let desk = Desk::new(&["--entity", "Trampoline BV", "--country", "NL"]);
    desk.shop("old");
    let card = json(&mut desk.send("old", &["card", "--out", "old.card"]));
    let fingerprint = card["fingerprint"].as_str().unwrap();
    json(&mut desk.one(&["enrol", "old.card", "--fingerprint", fingerprint]));
    let first = desk.take(&desk.seal("old", "2026-0001", "2026-03-05"));
    assert_eq!(first["outcome"], "admitted", "{first}");
    let receipt = fs::read_dir(desk.at("receipts")).unwrap().next().unwrap().unwrap().path();
    let receipt = receipt.to_str().unwrap();
    // Sealed, and not yet carried over, when the computer went; now somebody else has it.
    let stolen = desk.seal("old", "2026-0666", "2026-03-05");

    desk.shop("new");
    let card = json(&mut desk.send("new", &["card", "--succeeds", receipt, "--out", "new.card"]));
    let fingerprint = card["fingerprint"].as_str().unwrap();
    let shown = run(&mut desk.kluis(&["enrol", "new.card"]));
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(
        (&shown["succession"]["last"], &shown["succession"]["one_officer"]),
        (&1.into(), &false.into())
    );
    let alone = refused(&mut desk.one(&["enrol", "new.card", "--fingerprint", fingerprint]));
    assert_eq!(alone, "keeper-succession-wants-two");
    // With the old folder at hand its key would have signed too, and one officer were enough.
    json(&mut desk.send("new", &["card", "--old-shop", "old", "--out", "agreed.card"]));
    let shown = run(&mut desk.kluis(&["enrol", "agreed.card"]));
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["succession"]["one_officer"], true);
    json(&mut desk.one(&["sender", "--block", "Trampoline webshop"]));
    assert_eq!(desk.take(&stolen)["code"], "archive-blocked-sender");
    json(&mut desk.two(&["enrol", "new.card", "--fingerprint", fingerprint]));

    assert_eq!(desk.take(&stolen)["outcome"], "refused");
    let again = desk.take(&desk.seal("new", "2026-0002", "2026-03-06"));
    assert_eq!((&again["outcome"], &again["bundle"]["number"]), (&"admitted".into(), &1.into()), "{again}");
    // The code speaks of the new stream, and the shop takes it.
    let code = again["bundle"]["code"].as_str().unwrap();
    json(&mut desk.send("new", &["receipt", code]));
    let rows = json(&mut desk.one(&["find", "--number", "2026-0001", "--reason", "check"]));
    let place = format!("{}:{}", rows["rows"][0]["bundle"].as_str().unwrap(), rows["rows"][0]["leaf"]);
    json(&mut desk.one(&["show", &place, "--proof", "--out", "1.proof", "--reason", "check"]));
    let proof = fs::read(desk.at("1.proof")).unwrap();
    factuurkluis::exchange::bundle::Proof::parse(&proof).unwrap().verify().unwrap();
    let standings = json(&mut desk.kluis(&["sender"]));
    assert_eq!(
        (&standings[0]["standing"], &standings[1]["standing"]),
        (&"enrolled".into(), &"replaced".into())
    );
    sound_at(&desk.at("box"));
}

#[test]
fn a_shop_that_changes_its_name_brings_a_newer_card_of_the_same_key() {
    let desk = Desk::new(&["--entity", "Trampoline BV", "--country", "NL"]);
    desk.shop("shop");
    let card = json(&mut desk.send("shop", &["card", "--out", "old.card"]));
    let fingerprint = card["fingerprint"].as_str().unwrap();
    json(&mut desk.one(&["enrol", "old.card", "--fingerprint", fingerprint]));
    let config = desk.at("shop/config.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("Trampoline webshop", "Springkussens en meer")).unwrap();
    // A card says to the second when it was made.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    json(&mut desk.send("shop", &["card", "--out", "new.card"]));

    let unsigned = refused(&mut desk.one(&["enrol", "new.card", "--fingerprint", "AAAA-BBBB"]));
    assert_eq!(unsigned, "keeper-fingerprint-differs");
    json(&mut desk.one(&["enrol", "new.card", "--fingerprint", fingerprint]));
    let senders = json(&mut desk.kluis(&["sender"]));
    assert_eq!(
        (senders.as_array().unwrap().len(), &senders[0]["name"]),
        (1, &"Springkussens en meer".into())
    );
    assert_eq!(
        refused(&mut desk.one(&["enrol", "old.card", "--fingerprint", fingerprint])),
        "keeper-card-older"
    );
    let taken = desk.take(&desk.seal("shop", "2026-0001", "2026-03-05"));
    assert_eq!(taken["outcome"], "admitted", "{taken}");

    // A newer card lets no blocked shop in again.
    json(&mut desk.one(&["sender", "--block", "Springkussens en meer"]));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    json(&mut desk.send("shop", &["card", "--out", "new.card"]));
    json(&mut desk.one(&["enrol", "new.card", "--fingerprint", fingerprint]));
    assert_eq!(json(&mut desk.kluis(&["sender"]))[0]["standing"], "blocked");
    sound_at(&desk.at("box"));
}

/// How many entries of each of these kinds the journal has: a kind is the first of an entry's 33 bytes.
fn entries(path: &Path, kinds: [EntryKind; 2]) -> [usize; 2] {
    let log = fs::read(path.join("journal/entries")).unwrap();
    kinds.map(|kind| log.chunks(33).filter(|entry| entry[0] == kind as u8).count())
}

#[test]
fn what_was_decided_when_the_power_went_is_told_at_the_next_start_once_and_by_name() {
    let desk = Desk::new(&["--entity", "Trampoline BV", "--country", "NL"]);
    desk.shop("shop");
    let card = json(&mut desk.send("shop", &["card", "--out", "shop.card"]));
    let fingerprint = card["fingerprint"].as_str().unwrap();
    let by = |path: &Path, decision: &[&str], pair: bool| {
        let mut command = kluis_at(path, decision);
        command.current_dir(desk.folder.path()).args(["--json", "--as", "Anna", "--pass-file", "Anna"]);
        if pair {
            command.args(["--with", "Bram", "--with-pass-file", "Bram"]);
        }
        command
    };
    // Each by Anna, some with Bram; the event, and who decided it where that is another one.
    let decisions: [(&[&str], bool, [EntryKind; 2]); 5] = [
        (
            &["enrol", "shop.card", "--fingerprint", fingerprint],
            false,
            [EntryKind::SenderEnrolled, EntryKind::Decided],
        ),
        (&["sender", "--block", "Trampoline webshop"], false, [EntryKind::SenderBlocked, EntryKind::Decided]),
        (&["officer", "--appoint", "Carla"], true, [EntryKind::OfficerAppointed; 2]),
        (&["officer", "--dismiss", "Carla"], true, [EntryKind::OfficerDismissed; 2]),
        (&["pass", "Visser", "--reason", "VAT", "--until", "2027-06-30"], false, [EntryKind::PassIssued; 2]),
    ];
    for (decision, pair, kinds) in decisions {
        let before = entries(&desk.at("box"), kinds);
        for place in ["decision-kept", "decision-journaled"] {
            let copy = desk.at("copy");
            copy_tree(&desk.at("box"), &copy);
            let _ = fs::remove_file(copy.join("root.path"));
            let out = run(by(&copy, decision, pair).env("KLUIS_FAILPOINT", place));
            assert!(out.status.code().is_none(), "{decision:?}, {place}: {}", text(&out));
            // At the first opening after it, and not again at the second.
            json(&mut kluis_at(&copy, ["clock", "--json"]));
            sound_at(&copy);
            assert_eq!(entries(&copy, kinds), before.map(|count| count + 1), "{decision:?}, {place}");
            fs::remove_dir_all(&copy).unwrap();
        }
        json(&mut by(&desk.at("box"), decision, pair));
    }
    sound_at(&desk.at("box"));
}

#[test]
fn back_years_wait_for_an_officer_and_are_let_in_together() {
    let desk = Desk::new(&["--entity", "Trampoline BV", "--country", "NL"]);
    desk.shop("shop");
    let card = json(&mut desk.send("shop", &["card", "--out", "shop.card"]));
    json(&mut desk.one(&["enrol", "shop.card", "--fingerprint", card["fingerprint"].as_str().unwrap()]));
    for (number, day) in [("2023-0001", "2023-03-05"), ("2024-0001", "2024-03-05")] {
        let bundle = desk.seal("shop", number, day);
        // The power goes when its note is written and it is not there yet.
        let mut cut = desk.kluis(&["take"]);
        let cut = run(cut.arg(&bundle).env("KLUIS_FAILPOINT", "take-waiting-noted"));
        assert!(cut.status.code().is_none(), "{}", text(&cut));
        let out = run(desk.kluis(&["take"]).arg(&bundle));
        assert_eq!(out.status.code(), Some(0), "waiting is no refusal: {}", text(&out));
        assert_eq!(desk.take(&bundle)["outcome"], "waiting");
    }
    let waiting = json(&mut desk.kluis(&["waiting"]));
    let oldest: Vec<_> =
        waiting.as_array().unwrap().iter().map(|one| one["oldest"].as_str().unwrap().to_owned()).collect();
    assert_eq!(oldest, ["2023-03-05", "2024-03-05"]);
    let decided = json(&mut desk.one(&["waiting", "--admit", "Trampoline webshop"]));
    assert!(decided["files"].as_array().unwrap().iter().all(|one| one["outcome"] == "admitted"), "{decided}");
    assert_eq!(json(&mut desk.kluis(&["waiting"])).as_array().unwrap().len(), 0);
    let more = desk.take(&desk.seal("shop", "2024-0002", "2024-03-06"));
    assert_eq!(more["outcome"], "admitted", "the same import");
    sound_at(&desk.at("box"));
}
