//! What is known of a box outside of it: heads of its journal that come back, honest, forged, and of a
//! disk that is not there any more.

use std::fs;
use std::path::{Path, PathBuf};

use factuurkluis::exchange::bundle::{Address, SignedBoxCard};
use factuurkluis::exchange::journal::{Checkpoint, SignedCheckpoint, verify_consistency};
use factuurkluis::exchange::vocabulary::Digest;
use serde_json::Value;

use crate::support::{Box, Invoice, TERM, Taken, bundles_in, copy_tree, json, kluis_at, run, text};

/// The head of the box at `path`, from its card.
fn head(path: &Path) -> SignedCheckpoint {
    let card = path.with_extension("card");
    let out = run(kluis_at(path, ["card"]).arg("--out").arg(&card));
    assert!(out.status.success(), "{}", text(&out));
    let card = SignedBoxCard::open(&fs::read(card).unwrap()).unwrap();
    SignedCheckpoint::verify(&card.body().checkpoint, card.body().box_id, &card.body().key).unwrap()
}

/// Lets the box at `path` write so many events: what it is given is no bundle.
fn grow(path: &Path, events: usize) {
    let not_a_bundle = path.with_extension("txt");
    fs::write(&not_a_bundle, "nothing").unwrap();
    for _ in 0..events {
        run(kluis_at(path, ["take"]).arg(&not_a_bundle));
    }
}

/// The shop's next bundle with this in its `seen`, in a file.
fn bundle(the: &mut Box, seen: Option<&str>) -> PathBuf {
    let address = Address { seen: seen.map(str::to_owned), ..the.shop.address(TERM) };
    let number = the.shop.number + 1;
    let invoice = Invoice::plain(&the.shop, TERM, &format!("2026-{number:04}"));
    let path = the.folder.path().join(format!("{number}.bundle"));
    fs::write(&path, the.shop.seal_to(&address, &[invoice])).unwrap();
    path
}

/// A copy of the box as it is now.
fn copied(the: &Box, name: &str) -> PathBuf {
    let copy = the.folder.path().join(name);
    the.copy_to(&copy);
    copy
}

/// Another disk in the place of the box's.
fn put_in(the: &Box, disk: &Path) {
    fs::remove_dir_all(&the.path).unwrap();
    copy_tree(disk, &the.path);
}

fn refusal(mut command: std::process::Command) -> Value {
    let out = run(command.arg("--json"));
    assert_eq!(out.status.code(), Some(1), "{}", text(&out));
    serde_json::from_slice(&out.stdout).unwrap()
}

fn since(the: &Box, what: &Path) -> Value {
    json(the.kluis(["verify", "--json"]).arg("--since").arg(what))
}

/// Asserts that the box has stopped with this code, says a way out, and still shows and checks.
#[track_caller]
fn has_stopped(the: &Box, code: &str) {
    // Sealed by a shop that keeps its count: the refused numbers are not lost on it.
    let mut probe = the.shop.clone();
    let invoice = Invoice::plain(&probe, TERM, "2026-9999");
    let path = the.folder.path().join("probe.bundle");
    fs::write(&path, probe.seal(TERM, &[invoice])).unwrap();
    let taken = the.take(&path);
    assert_eq!((taken.exit, taken.code()), (Some(1), code), "{taken:?}");
    assert!(taken.sentence().contains("kluis verify --go-on"), "{taken:?}");
    for order in [vec!["card"], vec!["receipt", "1"], vec!["clock", "--turn", "2040-01-01"]] {
        assert_eq!(refusal(the.kluis(&order))["code"], code, "{order:?}");
    }
    let run_refused = refusal(the.kluis(["run", "--port", "0"]));
    assert_eq!(run_refused["code"], code);
    let report: Value = serde_json::from_slice(&run(&mut the.kluis(["verify", "--json"])).stdout).unwrap();
    assert_eq!(report["findings"][0]["code"], code, "{report}");
    json(&mut the.kluis(["clock", "--json"]));
    let found = the.kluis(["find", "--json", "--number", "2026-0001", "--reason", "check"]);
    json({ found }.args(the.anna()));
}

#[track_caller]
fn admitted(taken: &Taken) {
    assert_eq!(taken.outcomes(), ["admitted"], "{taken:?}");
}

#[test]
fn a_forged_head_refuses_its_bundle_and_stops_nothing() {
    let mut the = Box::new();
    let older = head(&the.path);
    grow(&the.path, 2);
    let now = head(&the.path);
    let other = Box::new();
    let altered = now.note().replacen(&now.size().to_string(), &(now.size() + 9).to_string(), 1);
    let by_the_shop =
        Checkpoint { box_id: now.box_id(), size: 1000, root: Digest([7; 32]) }.sign(&the.shop.key);
    let theirs = head(&other.path);
    for (what, note) in [
        ("no note", "a note"),
        ("nothing", ""),
        ("another size under this box's signature", &altered),
        ("signed by the shop itself", by_the_shop.note()),
        ("another box's", theirs.note()),
        ("cut", &now.note()[..now.note().len() - 3]),
    ] {
        let mut kept = the.shop.clone();
        let forged = bundle(&mut the, Some(note));
        let taken = the.take(&forged);
        assert_eq!((taken.exit, taken.code()), (Some(1), "archive-seen-forged"), "{what}");
        std::mem::swap(&mut the.shop, &mut kept);
    }
    // Longer than the format lets it be, by signatures of others that the box would pass over.
    let witness = format!("— somebody {}\n", data_encoding::BASE64.encode(&[7; 3000]));
    let kept = the.shop.clone();
    let long = bundle(&mut the, Some(&(now.note().to_owned() + &witness.repeat(9))));
    assert_eq!(the.take(&long).code(), "bundle-seen-too-long");
    the.shop = kept;

    // Nothing of that stopped it: none seen, an older one, the newest, and one with a witness's line.
    let witnessed = now.note().to_owned() + &witness;
    for seen in [None, Some(older.note()), Some(now.note()), Some(witnessed.as_str())] {
        let honest = bundle(&mut the, seen);
        admitted(&the.take(&honest));
    }
    assert!(!the.path.join("journal/stopped-by").exists());
    the.sound();
}

#[test]
fn a_longer_head_stops_an_old_copy_until_the_right_disk_is_back() {
    let mut the = Box::new();
    let first = bundle(&mut the, None);
    admitted(&the.take(&first));
    let old = copied(&the, "old");
    grow(&the.path, 9);
    let newest = head(&the.path);
    let right = copied(&the, "right");

    put_in(&the, &old);
    let telling = bundle(&mut the, Some(newest.note()));
    let taken = the.take(&telling);
    assert_eq!((taken.exit, taken.code()), (Some(1), "archive-seen-newer"), "{taken:?}");
    assert!(taken.sentence().contains("old copy"), "{taken:?}");
    // Every command is a new process: it stays stopped.
    has_stopped(&the, "keeper-stopped-longer");
    has_stopped(&the, "keeper-stopped-longer");

    // The journal of the right disk alone, with what is in it, will do; and so will the disk.
    put_in(&the, &right);
    fs::copy(old.join("box.card"), the.path.join("box.card")).unwrap();
    fs::write(the.path.join("journal/stopped-by"), newest.note()).unwrap();
    admitted(&the.take(&telling));
    assert!(!the.path.join("journal/stopped-by").exists(), "cleared by the right log");

    // What anybody could have written there stops nothing.
    fs::write(the.path.join("journal/stopped-by"), "a note").unwrap();
    let next = bundle(&mut the, None);
    admitted(&the.take(&next));
}

#[test]
fn a_contradicting_head_stops_the_box_and_two_officers_let_it_go_on() {
    let mut the = Box::new();
    let first = bundle(&mut the, None);
    admitted(&the.take(&first));
    // Two histories of one box: that of a disk that will be lost, and that of its copy.
    let lost = copied(&the, "lost");
    grow(&lost, 2);
    let (one, other) = (head(&lost), {
        grow(&lost, 1);
        head(&lost)
    });
    let not_stopped = the.kluis(["verify", "--go-on"]);
    assert_eq!(
        refusal({
            let mut order = not_stopped;
            order.args(the.both());
            order
        })["code"],
        "keeper-not-stopped"
    );
    grow(&the.path, 9);
    assert!(head(&the.path).size() > other.size());

    let telling = bundle(&mut the, Some(one.note()));
    assert_eq!(the.take(&telling).code(), "archive-seen-newer");
    has_stopped(&the, "keeper-stopped-contradicts");

    // One officer is not enough.
    let mut alone = the.kluis(["verify", "--go-on"]);
    alone.args(the.anna());
    assert_eq!(refusal(alone)["code"], "keeper-second-officer");
    has_stopped(&the, "keeper-stopped-contradicts");
    let aside = json(the.kluis(["verify", "--go-on", "--json"]).args(the.both()));
    assert_eq!(aside["size"], one.size());
    admitted(&the.take(&telling));
    // It is public: whoever has the journal reads which head was set aside.
    let public = fs::read(the.path.join("journal/events/public")).unwrap();
    assert!(String::from_utf8_lossy(&public).contains(one.note()));
    the.sound();

    // Another head of the lost history is another question.
    let again = bundle(&mut the, Some(other.note()));
    assert_eq!(the.take(&again).code(), "archive-seen-newer");
    has_stopped(&the, "keeper-stopped-contradicts");
    json(the.kluis(["verify", "--go-on", "--json"]).args(the.both()));
    admitted(&the.take(&again));
    the.sound();
}

#[test]
fn an_old_journal_put_back_over_newer_bundles_loses_none_of_them() {
    let mut the = Box::new();
    let first = bundle(&mut the, None);
    admitted(&the.take(&first));
    let old = copied(&the, "old");
    let second = bundle(&mut the, None);
    admitted(&the.take(&second));
    fs::remove_dir_all(the.path.join("journal")).unwrap();
    copy_tree(&old.join("journal"), &the.path.join("journal"));

    // Nobody has shown a newer head, so it opens; what it does not know lies aside, and that is said.
    let strays = the.path.join("terms").join(TERM).join("strays");
    for _ in 0..2 {
        let said = text(&run(&mut the.kluis(["verify"])));
        assert!(said.contains("One bundle lies in “strays”"), "{said}");
        assert_eq!(the.sound()["strays"], 1);
    }
    let aside = fs::read_dir(&strays).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::read(&aside).unwrap(), fs::read(&second).unwrap());
    assert_eq!(bundles_in(&the.path).len(), 1);
    // Another one of the same name overwrites it not.
    let again = the.path.join("terms").join(TERM).join("bundles").join(aside.file_name().unwrap());
    fs::write(&again, "of other bytes").unwrap();
    assert_eq!(the.sound()["strays"], 2);
    assert_eq!(fs::read(&aside).unwrap(), fs::read(&second).unwrap());

    // It is taken in again from there, and then it is no stray any more.
    let taken = the.take(&aside);
    admitted(&taken);
    assert_eq!((the.sound()["strays"].as_u64(), aside.exists()), (Some(1), false));
    assert_eq!(bundles_in(&the.path).len(), 2);
}

#[test]
fn todays_journal_contains_what_every_paper_of_the_box_says() {
    let mut the = Box::new();
    let file = |name: &str| the.folder.path().join(name);
    let (card, receipt, slip, checkpoint) =
        (file("a.card"), file("a.tlog-proof"), file("slip.txt"), file("head"));
    run(the.kluis(["card"]).arg("--out").arg(&card));
    let pass = ["pass", "Visser, Belastingdienst", "--reason", "VAT 2025", "--until", "2031-01-01"];
    let said = text(&run(the.kluis(pass).arg("--slip").arg(&slip).args(the.anna())));
    let written = fs::read_to_string(&slip).unwrap();
    let typed = written
        .lines()
        .map(str::trim)
        .find(|line| {
            line.ends_with(|c: char| c.is_ascii_alphanumeric())
                && line.contains(':')
                && line.starts_with(|c: char| c.is_ascii_digit())
        })
        .unwrap()
        .to_owned();
    assert!(said.contains(&typed), "the screen says it too: {said}");
    let phrase = said.split("(shown this once): ").nth(1).unwrap().lines().next().unwrap();
    assert!(!written.contains(phrase), "no pass-phrase in a file");
    let first = bundle(&mut the, None);
    admitted(&the.take(&first));
    run(the.kluis(["receipt", "1"]).arg("--out").arg(&receipt));
    fs::write(&checkpoint, fs::read(the.path.join("journal/checkpoint")).unwrap()).unwrap();
    // A term dies: its certificate has a head too.
    json(&mut the.kluis(["clock", "--json", "--turn", "2032-03-03"]));
    let certificate = the.path.join("certificates").read_dir().unwrap().next().unwrap().unwrap().path();

    let box_card = the.shop.box_card.body().clone();
    for paper in [&card, &receipt, &slip, &checkpoint, &certificate, Path::new(&typed)] {
        let answer = since(&the, paper);
        let note = answer["checkpoint"].as_str().unwrap();
        let today = SignedCheckpoint::verify(note, box_card.box_id, &box_card.key).unwrap();
        let digest = |value: &Value| -> Digest { serde_json::from_value(value.clone()).unwrap() };
        let proof: Vec<_> = answer["proof"].as_array().unwrap().iter().map(digest).collect();
        let (size, root) = (answer["old_size"].as_u64().unwrap(), digest(&answer["old_root"]));
        assert!(size > 0 && size < today.size(), "{}", paper.display());
        assert!(verify_consistency(size, today.size(), &root, &today.root(), &proof), "{}", paper.display());
        let words = text(&run(the.kluis(["verify"]).arg("--since").arg(paper)));
        assert!(words.contains(&size.to_string()) && words.contains("unchanged"), "{words}");
    }

    // What is no head of this box.
    let (size, _) = typed.split_once(':').unwrap();
    let wrong = format!("{size}:AAAA-BBBB-CCCC-DDDD");
    assert_eq!(refusal(the.kluis(["verify", "--since", &wrong]))["code"], "keeper-typed-differs");
    assert_eq!(
        refusal(the.kluis(["verify", "--since", "99999:AAAA-BBBB-CCCC-DDDD"]))["code"],
        "keeper-typed-differs"
    );
    let altered = written.replacen(&format!("\n{size}\n"), "\n9999\n", 1);
    fs::write(&slip, altered).unwrap();
    let other = Box::new();
    let theirs = the.folder.path().join("their.head");
    fs::write(&theirs, head(&other.path).note()).unwrap();
    for paper in [&slip, &theirs, &the.path.join("lock")] {
        let mut order = the.kluis(["verify"]);
        order.arg("--since").arg(paper);
        assert_eq!(refusal(order)["code"], "keeper-no-head", "{}", paper.display());
    }
    the.sound();
}

#[test]
fn an_old_receipt_shows_that_the_journal_was_exchanged_and_stops_the_box() {
    let mut the = Box::new();
    let old = copied(&the, "old");
    let first = bundle(&mut the, None);
    admitted(&the.take(&first));
    let receipt = the.folder.path().join("a.tlog-proof");
    run(the.kluis(["receipt", "1"]).arg("--out").arg(&receipt));
    put_in(&the, &old);
    let mut order = the.kluis(["verify"]);
    order.arg("--since").arg(&receipt);
    let refused = refusal(order);
    assert_eq!(refused["code"], "keeper-stopped-longer");
    assert!(refused["sentence"].as_str().unwrap().contains("old copy of its disk"), "{refused}");
    grow(&the.path, 9);
    has_stopped(&the, "keeper-stopped-contradicts");
}
