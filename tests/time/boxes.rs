//! The built programs: a shop fetches tokens, a box takes them.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use factuurkluis::appliance::keeper::{Keeper, Outcome};
use factuurkluis::appliance::reader;
use factuurkluis::exchange::bundle::SignedBoxCard;
use serde_json::Value;

use crate::authority::{Authority, Keys, noon, openssl_says};
use crate::support::{KLUIS, json, kluis_at, run, sound_at, text};

const SEND: &str = env!("CARGO_BIN_EXE_kluis-send");
/// A day after the program's release and before any term of these tests ends.
const DAY: &str = "2026-12-01";
/// The term of 2019, which ends with 2026.
const OLD_TERM: &str = "trampoline-bv-nl-ordinary-2019-12";

struct TestBox {
    folder: tempfile::TempDir,
    path: PathBuf,
    /// What `KLUIS_CLOCK` says.
    clock: String,
}

impl TestBox {
    fn new(authorities: &[&Path], options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box");
        let mut init = Command::new(KLUIS);
        init.args(["init", "--json", "--entity", "Trampoline BV", "--back-years", "7"]);
        init.args(["--officer", "Anna", "--officer", "Bram", "--class", "ordinary"]).args(options);
        for authority in authorities {
            init.arg("--authority").arg(authority);
        }
        let made = json(init.arg(&path).env("KLUIS_CLOCK", noon("2026-11-25").to_string()));
        for officer in 0..2 {
            let officer = &made["officers"][officer];
            let phrase = officer["pass_phrase"].as_str().unwrap();
            fs::write(folder.path().join(officer["name"].as_str().unwrap()), phrase).unwrap();
        }
        Self { folder, path, clock: noon("2026-11-25").to_string() }
    }

    fn kluis(&self, arguments: &[&str]) -> Command {
        let mut command = kluis_at(&self.path, arguments);
        command.env("KLUIS_CLOCK", &self.clock);
        command
    }

    /// The same by Anna and Bram.
    fn by_two(&self, arguments: &[&str]) -> Command {
        let mut command = self.kluis(arguments);
        command.args(["--json", "--as", "Anna", "--with", "Bram", "--pass-file"]);
        command.arg(self.folder.path().join("Anna")).arg("--with-pass-file");
        command.arg(self.folder.path().join("Bram"));
        command
    }

    /// Runs the box as one that has been on for `seconds`, until those are counted, and until it says `what`
    /// of the old term, where it is to say something. Then the power goes.
    fn runs(&self, seconds: u64, what: Option<&str>) {
        let powered = || self.clock()["powered_seconds"].as_u64().unwrap();
        let until = powered() + seconds;
        let mut run = self.kluis(&["run", "--port", "0"]);
        run.env("KLUIS_RUNNING", seconds.to_string()).stdout(Stdio::piped());
        let mut running = run.spawn().unwrap();
        let mut says = BufReader::new(running.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(says.next().unwrap().contains("http://"), "it runs");
        while powered() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        if let Some(what) = what {
            assert!(says.any(|line| line.contains(what) && line.contains(OLD_TERM)), "{what}");
        }
        running.kill().unwrap();
        running.wait().unwrap();
    }

    fn clock(&self) -> Value {
        json(&mut self.kluis(&["clock", "--json"]))
    }

    fn floor(&self) -> String {
        self.clock()["floor"].as_str().unwrap()[..10].to_owned()
    }

    fn state(&self, term: &str) -> String {
        let clock = self.clock();
        let terms = clock["terms"].as_array().unwrap().iter();
        let term = terms.clone().find(|one| one["term"] == term);
        term.unwrap()["state"].as_str().unwrap().to_owned()
    }

    /// Takes one token's file; the outcome, or the refusal's code.
    fn take(&self, token: &[u8]) -> String {
        let file = self.folder.path().join("token.tsr");
        fs::write(&file, token).unwrap();
        let out = run(self.kluis(&["take", "--json"]).arg(&file));
        let answer: Value = serde_json::from_slice(&out.stdout).unwrap();
        let line = &answer["files"][0];
        line["code"].as_str().unwrap_or_else(|| line["outcome"].as_str().unwrap()).to_owned()
    }

    /// The journal's head.
    fn note(&self) -> Vec<u8> {
        let card = SignedBoxCard::open(&fs::read(self.path.join("box.card")).unwrap()).unwrap();
        card.body().checkpoint.clone().into_bytes()
    }
}

/// A shop that is enrolled with a box.
struct TestShop {
    folder: tempfile::TempDir,
}

impl TestShop {
    fn new(the: &TestBox, authority: Option<&str>) -> Self {
        let made = Self { folder: tempfile::tempdir().unwrap() };
        let card = the.path.join("box.card");
        json(made.send(&["init", "--name", "Trampoline"]).arg(made.folder.path().join("shop")));
        let fingerprint = SignedBoxCard::open(&fs::read(&card).unwrap()).unwrap().fingerprint();
        json(made.send(&["enrol", "--fingerprint", &fingerprint]).arg(&card));
        let ours = made.folder.path().join("sender.card");
        let fingerprint = json(made.send(&["card", "--out"]).arg(&ours))["fingerprint"].clone();
        let mut enrol = the.kluis(&["enrol", "--json", "--fingerprint", fingerprint.as_str().unwrap()]);
        json(enrol.arg(&ours).args(["--as", "Anna", "--pass-file"]).arg(the.folder.path().join("Anna")));
        if let Some(url) = authority {
            let config = made.folder.path().join("shop/config.toml");
            let text = fs::read_to_string(&config).unwrap();
            assert!(text.contains("# time_authority"));
            fs::write(&config, format!("time_authority = \"{url}\"\n{text}")).unwrap();
        }
        fs::create_dir(made.stick()).unwrap();
        made
    }

    fn stick(&self) -> PathBuf {
        self.folder.path().join("stick")
    }

    fn send(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(SEND);
        command.arg("--json").arg("--shop").arg(self.folder.path().join("shop"));
        command.args(arguments).env("LC_ALL", "C").env_remove("http_proxy");
        command
    }

    /// Seals the one invoice of the fixtures; the answer.
    fn seal(&self) -> Value {
        let invoice = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/ubl-invoice.xml");
        json(self.send(&["seal", "--again", invoice, "--to"]).arg(self.stick()))
    }
}

#[test]
fn every_sealing_brings_a_token_and_the_box_knows_the_time_by_it() {
    let authority = Arc::new(Authority::new("Klok", Keys::Rsa, 40_000));
    let (url, day) = authority.serve(DAY);
    let the = TestBox::new(&[&authority.root()], &[]);
    assert_eq!(the.clock()["authorities"][0]["name"], "Klok Root");
    let shop = TestShop::new(&the, Some(&url));
    let sealed = shop.seal();
    let token = PathBuf::from(sealed["time"]["token"]["path"].as_str().unwrap());
    assert_eq!(token.parent(), Some(fs::canonicalize(shop.stick()).unwrap().as_path()));

    let taken = json(the.kluis(&["take", "--json"]).arg(shop.stick()));
    let outcomes: Vec<_> = taken["files"].as_array().unwrap().iter().map(|file| &file["outcome"]).collect();
    assert_eq!(outcomes.len(), 2, "a bundle and a token: {taken:#}");
    assert!(outcomes.iter().any(|outcome| *outcome == "admitted"));
    assert!(outcomes.iter().any(|outcome| *outcome == "token"));
    assert_eq!(the.floor(), DAY);
    let said = the.clock()["says"][0].as_str().unwrap().to_owned();
    assert!(said.contains("Klok Root signed the time 1 December 2026"), "{said}");

    // The evidence: openssl says the same of what the box keeps.
    let kept = the.path.join("journal/tokens");
    let name = the.clock()["tokens"][0]["token"].as_str().unwrap().to_owned();
    let file = fs::read(kept.join(format!("{name}.tsr"))).unwrap();
    assert_eq!(file, fs::read(&token).unwrap());
    let note = factuurkluis::exchange::time::Token::open(&file).unwrap().over().to_vec();
    assert!(openssl_says(&file, &note, &authority.root(), DAY));

    // The same again, and a later one by itself.
    let again = json(the.kluis(&["take", "--json"]).arg(&token));
    assert_eq!(again["files"][0]["outcome"], "token-here");
    *day.lock().unwrap() = "2026-12-08".to_owned();
    let later = json(shop.send(&["time", "--to"]).arg(shop.stick()));
    json(the.kluis(&["take", "--json"]).arg(later["path"].as_str().unwrap()));
    assert_eq!(the.floor(), "2026-12-08");
    sound_at(&the.path);
}

#[test]
fn sealing_goes_on_without_an_authority_and_says_so() {
    let the = TestBox::new(&[], &[]);
    let sealed = TestShop::new(&the, None).seal();
    assert_eq!(sealed["time"]["code"], "shop-no-time-authority");
    assert_eq!(sealed["bundles"].as_array().unwrap().len(), 1);
    // A port where nobody listens.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let sealed = TestShop::new(&the, Some(&format!("http://{closed}/"))).seal();
    assert_eq!(sealed["time"]["code"], "shop-time-unreachable");
    assert_eq!(sealed["bundles"].as_array().unwrap().len(), 1);
    let said = the.clock()["says"].to_string();
    assert!(said.contains("kluis clock --pin"), "{said}");
}

#[test]
fn a_box_takes_no_time_from_a_token_that_is_not_sound() {
    let authority = Authority::new("Klok", Keys::P256, 40_000);
    let foreign = Authority::new("Vreemd", Keys::P256, 40_000);
    let expired = Authority::new("Oud", Keys::P256, 366);
    let the = TestBox::new(&[&authority.root(), &expired.root()], &[]);
    let other = TestBox::new(&[&authority.root()], &[]);
    let before = the.floor();
    let mut broken = authority.token(&the.note(), DAY);
    let middle = broken.len() / 3;
    broken[middle] ^= 1;
    let code = the.take(&broken);
    assert!(code.starts_with("time-"), "{code}");
    assert_eq!(the.take(&foreign.token(&the.note(), DAY)), "time-not-pinned");
    assert_eq!(the.take(&expired.token(&the.note(), DAY)), "time-chain-bad");
    assert_eq!(the.take(&authority.token(&other.note(), DAY)), "keeper-token-over-other");
    assert_eq!(the.take(&authority.token(b"yesterday's newspaper", DAY)), "keeper-token-over-other");
    assert_eq!(the.take(b"no token at all"), "time-form");
    assert_eq!(the.floor(), before);
    assert!(the.clock()["tokens"].as_array().unwrap().is_empty());
    // An old one is taken as what it is, and moves nothing.
    assert_eq!(the.take(&authority.token(&the.note(), "2024-01-01")), "token");
    assert_eq!(the.floor(), before);
    sound_at(&the.path);
}

#[test]
fn a_token_of_2099_kills_nothing_and_two_officers_strike_it() {
    let authority = Authority::new("Klok", Keys::P256, 40_000);
    let the = TestBox::new(&[&authority.root()], &[]);
    assert_eq!(the.take(&authority.token(&the.note(), DAY)), "token");
    let wrong = authority.token(&the.note(), "2099-01-01");
    assert_eq!(the.take(&wrong), "token");
    assert_eq!((the.floor().as_str(), the.state(OLD_TERM).as_str()), ("2099-01-01", "due"));
    assert!(!the.path.join("certificates").exists());

    let struck = the.clock()["tokens"][1]["token"].as_str().unwrap().to_owned();
    // One officer alone does not.
    let out = run(the
        .kluis(&["clock", "--strike", &struck, "--as", "Anna", "--pass-file"])
        .arg(the.folder.path().join("Anna")));
    assert!(!out.status.success(), "{}", text(&out));
    let answer = json(&mut the.by_two(&["clock", "--strike", &struck[..12]]));
    assert_eq!(&answer["moved"]["to"].as_str().unwrap()[..10], DAY);
    assert_eq!(the.floor(), DAY);
    assert_ne!(the.state(OLD_TERM), "due");
    assert_eq!(the.take(&wrong), "keeper-token-was-struck");
    assert!(the.clock()["says"].to_string().contains("Struck by two officers"));
    sound_at(&the.path);
}

#[test]
fn a_power_cut_loses_no_token_that_is_in_the_journal_and_no_evidence_of_one() {
    let authority = Authority::new("Klok", Keys::P256, 40_000);
    for (failpoint, floor, outcome) in
        [("token-kept", "2026-11-24", "token"), ("token-journaled", DAY, "token-here")]
    {
        let the = TestBox::new(&[&authority.root()], &[]);
        let token = authority.token(&the.note(), DAY);
        let file = the.folder.path().join("token.tsr");
        fs::write(&file, &token).unwrap();
        let killed = run(the.kluis(&["take"]).arg(&file).env("KLUIS_FAILPOINT", failpoint));
        assert!(!killed.status.success(), "{failpoint}");
        assert_eq!(the.floor(), floor, "{failpoint}");
        assert_eq!(the.take(&token), outcome, "{failpoint}");
        assert_eq!(the.floor(), DAY, "{failpoint}");
        sound_at(&the.path);
    }
}

#[test]
fn nobody_waits_while_a_token_is_checked() {
    // The built program, which takes its time before it reads.
    let folder = tempfile::tempdir().unwrap();
    let (program, asked) = (folder.path().join("kluis"), folder.path().join("asked"));
    let slow = format!("#!/bin/sh\n: > '{}'\nsleep 4\nexec '{KLUIS}' \"$@\"\n", asked.display());
    fs::write(&program, slow).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    reader::program(&program);

    let authority = Authority::new("Klok", Keys::P256, 40_000);
    let the = TestBox::new(&[&authority.root()], &[]);
    let file = the.folder.path().join("token.tsr");
    fs::write(&file, authority.token(&the.note(), DAY)).unwrap();
    let keeper = Keeper::open(&the.path).unwrap();
    let taken = |_: usize| keeper.take(&file, &|_| {}).unwrap().files.remove(0).1;
    std::thread::scope(|scope| {
        let takes = [0, 1].map(|one| scope.spawn(move || taken(one)));
        while !asked.exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
        let begun = Instant::now();
        assert!(!keeper.terms().is_empty() && keeper.clock().tokens.is_empty());
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        // Two that come at once are one token.
        let mut outcomes = takes.map(|take| take.join().unwrap());
        outcomes.sort_by_key(|outcome| matches!(outcome, Outcome::TokenHere(_)));
        assert!(matches!(outcomes, [Outcome::Token(_), Outcome::TokenHere(_)]), "{outcomes:?}");
    });
    assert_eq!(keeper.clock().tokens.len(), 1);
}

#[test]
fn two_officers_pin_an_authority_and_take_it_away() {
    let authority = Authority::new("Klok", Keys::P384, 40_000);
    let the = TestBox::new(&[], &[]);
    let token = authority.token(&the.note(), DAY);
    assert_eq!(the.take(&token), "keeper-no-authority");
    let root = authority.root();
    let pinned = json(&mut the.by_two(&["clock", "--pin", root.to_str().unwrap()]));
    assert_eq!(the.take(&token), "token");
    json(&mut the.by_two(&["clock", "--unpin", &pinned["fingerprint"].as_str().unwrap()[..16]]));
    assert_eq!(the.take(&authority.token(&the.note(), "2026-12-02")), "keeper-no-authority");
    // What it has signed before stays until it is struck.
    assert_eq!(the.floor(), DAY);
    sound_at(&the.path);
}

#[test]
fn no_clock_moves_the_floor_or_ends_a_term() {
    let mut the = TestBox::new(&[], &[]);
    let (before, state) = (the.floor(), the.state(OLD_TERM));
    // A year forward, a year back, stuck, battery dead, glitching for one boot.
    for clock in ["2027-11-25", "2025-11-25", "2026-11-25", "1970-01-01", "2099-01-01", "2026-11-25"] {
        the.clock = noon(clock).to_string();
        assert_eq!((the.floor(), the.state(OLD_TERM)), (before.clone(), state.clone()), "{clock}");
    }
    the.clock = noon("2027-12-25").to_string();
    let clock = the.clock();
    assert!(clock["without_token_since"].is_string(), "a year without a token is said");
}

#[test]
fn a_lying_clock_and_two_officers_on_the_first_day_lock_and_destroy_nothing_once_the_clock_is_right() {
    let mut the = TestBox::new(&[], &[]);
    the.clock = noon("2099-01-01").to_string();
    let said = json(&mut the.by_two(&["clock", "--declare", "2099-01-01"]));
    assert_eq!(said["declared"].as_array().unwrap().len(), 1);
    assert_eq!(the.floor(), "2026-11-24", "no claim moves the floor");
    assert_eq!(the.state(OLD_TERM), "due", "what both say is over waits for 30 powered days");
    assert!(!the.path.join("certificates").exists());
    the.clock = noon("2026-11-26").to_string();
    assert_ne!(the.state(OLD_TERM), "due");
    assert!(the.clock()["says"].to_string().contains("Two officers declared"));
    sound_at(&the.path);
}

#[test]
fn what_the_clock_and_two_officers_say_is_over_goes_after_thirty_powered_days_and_says_declared() {
    let mut the = TestBox::new(&[], &[]);
    the.clock = noon("2034-11-25").to_string();
    json(&mut the.by_two(&["clock", "--declare", "2034-11-25"]));
    // The days are lived through by `kluis run`, ten at a time, with the power going after each.
    let days = |count: u64| count * 24 * 60 * 60;
    the.runs(days(1), Some("is over: it is locked"));
    for _ in 0..3 {
        the.runs(days(10), None);
        assert_eq!(the.state(OLD_TERM), "due");
    }
    the.runs(600, Some("is destroyed"));
    assert_eq!((the.state(OLD_TERM), the.floor()), ("destroyed".to_owned(), "2026-12-25".to_owned()));

    let certificate = the.path.join(format!("certificates/{OLD_TERM}.certificate"));
    let checked = run(Command::new(KLUIS).args(["verify-certificate", "--language", "en"]).arg(&certificate));
    let says = text(&checked);
    assert!(checked.status.success(), "{says}");
    for words in ["declared: the owner’s people said that the term was over", "has proof of it"] {
        assert!(says.contains(words), "no {words:?} in {says}");
    }
    sound_at(&the.path);
}

#[test]
fn a_certificate_is_proven_by_a_token_over_this_journal() {
    let authority = Authority::new("Klok", Keys::Rsa, 40_000);
    let the = TestBox::new(&[&authority.root()], &["--demo"]);
    let token = authority.token(&the.note(), "2027-02-01");
    assert_eq!(the.take(&token), "token");
    let name = the.clock()["tokens"][0]["token"].as_str().unwrap().to_owned();
    json(&mut the.kluis(&["clock", "--turn", "2027-05-01", "--json"]));
    assert_eq!(the.state(OLD_TERM), "destroyed");
    let certificate = the.path.join(format!("certificates/{OLD_TERM}.certificate"));
    let checked = |root: &Path| {
        let mut verify = Command::new(KLUIS);
        run(verify.args(["verify-certificate", "--json"]).arg(&certificate).arg("--authority").arg(root))
    };
    let out = checked(&authority.root());
    assert!(out.status.success(), "{}", text(&out));
    let body: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(body["tokens_signed"], serde_json::json!([true]));
    // Whoever does not trust that authority sees nothing proven.
    let other = checked(&Authority::new("Ander", Keys::Rsa, 40_000).root());
    assert_eq!(other.status.code(), Some(1), "{}", text(&other));
    assert!(text(&other).contains("\"tokens_signed\": [\n    false"), "{}", text(&other));
    let body = &body["certificate"];
    assert_eq!(body["word"], "proven");
    assert_eq!(body["tokens"][0]["digest"], name, "{:#}", body["tokens"]);
    sound_at(&the.path);
    // The evidence is part of what `kluis verify` looks at.
    let kept = the.path.join(format!("journal/tokens/{name}.tsr"));
    let sound = fs::read(&kept).unwrap();
    for at in [40, sound.len() - 40] {
        let mut damaged = sound.clone();
        damaged[at] ^= 1;
        fs::write(&kept, &damaged).unwrap();
        let out = run(&mut the.kluis(&["verify", "--json"]));
        assert!(text(&out).contains("keeper-token-lost"), "byte {at}: {}", text(&out));
    }
    fs::write(&kept, &sound).unwrap();
    sound_at(&the.path);
}
