//! Shop and box from their first day to the end of a term, watched.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::support::{KLUIS, TERM, kluis_at, run, text};

const KLUIS_SEND: &str = env!("CARGO_BIN_EXE_kluis-send");
/// Stand in the invoice only: its number, its buyer, his place, what he bought.
const MARKS: [&str; 5] = ["ZW-4711-0815", "Zwaluwenstaart", "9876 ZW", "Hinkelbal", "hinkel@example.invalid"];

const INVOICE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>ZW-4711-0815</cbc:ID><cbc:IssueDate>2026-01-05</cbc:IssueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PostalAddress><cac:Country><cbc:IdentificationCode>NL</cbc:IdentificationCode></cac:Country></cac:PostalAddress></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PostalAddress><cbc:PostalZone>9876 ZW</cbc:PostalZone><cac:Country><cbc:IdentificationCode>NL</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyLegalEntity><cbc:RegistrationName>J. Zwaluwenstaart</cbc:RegistrationName></cac:PartyLegalEntity><cac:Contact><cbc:ElectronicMail>hinkel@example.invalid</cbc:ElectronicMail></cac:Contact></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">21.00</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">100.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">21.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">121.00</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="EUR">121.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>Hinkelbal</cbc:Name><cac:SellersItemIdentification><cbc:ID>T-305</cbc:ID></cac:SellersItemIdentification></cac:Item><cac:Price><cbc:PriceAmount currencyID="EUR">100.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>
"#;

fn marked(what: &str) -> Option<&'static str> {
    MARKS.into_iter().find(|mark| what.contains(mark))
}

/// Looks at the arguments and environment of every process that runs one of our programs, until told to
/// stop; gives back what it saw.
fn watch(stop: &AtomicBool) -> BTreeSet<String> {
    let ours = [KLUIS, KLUIS_SEND].map(|program| fs::canonicalize(program).unwrap());
    let mut seen = BTreeSet::new();
    while !stop.load(Ordering::Relaxed) {
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let process = entry.path();
            if fs::read_link(process.join("exe")).is_ok_and(|exe| ours.contains(&exe)) {
                for what in ["cmdline", "environ"] {
                    let bytes = fs::read(process.join(what)).unwrap_or_default();
                    seen.insert(format!("{what}: {}", String::from_utf8_lossy(&bytes)));
                }
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    seen
}

struct Life {
    folder: tempfile::TempDir,
}

impl Life {
    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command of the shop that must go well; what it said may be read by anybody.
    fn shop(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(KLUIS_SEND);
        command.args(arguments).env("KLUIS_SHOP", self.at("shop")).env("LC_ALL", "C");
        Self::quiet(&mut command)
    }

    fn kluis(&self, arguments: &[&str]) -> String {
        Self::quiet(&mut kluis_at(&self.at("box"), arguments))
    }

    fn quiet(command: &mut Command) -> String {
        let output = run(command);
        let said = text(&output);
        assert!(output.status.success(), "{command:?}: {said}");
        Self::silent(command, &output);
        said
    }

    fn silent(command: &Command, output: &Output) {
        let said = text(output);
        assert_eq!(marked(&said), None, "{command:?} said: {said}");
    }
}

#[test]
fn nothing_of_an_invoice_is_in_what_a_whole_life_prints_nor_in_any_argument() {
    let stop = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        let watching = scope.spawn(|| watch(&stop));
        let lived = std::panic::catch_unwind(live);
        stop.store(true, Ordering::Relaxed);
        let seen = watching.join().unwrap();
        assert!(lived.is_ok(), "the life went wrong; see above");
        seen
    });
    // The programs were seen, the caged readers among them.
    for program in ["take", "seal", "reader"] {
        assert!(seen.iter().any(|seen| seen.contains(program)), "never seen: {program}");
    }
    for what in &seen {
        assert_eq!(marked(what), None, "{what}");
        assert!(!what.contains("AGE-SECRET"), "{what}");
    }
}

fn live() {
    let life = Life { folder: tempfile::tempdir().unwrap() };
    let path = |name: &str| life.at(name).to_str().unwrap().to_owned();
    let mut init = Command::new(KLUIS);
    init.args(["init", "--json", "--demo", "--entity", "Trampoline BV", "--class", "ordinary"]);
    init.args(["--officer", "Anna", "--officer", "Bram"]).arg(life.at("box"));
    let made: serde_json::Value = serde_json::from_str(&Life::quiet(&mut init)).unwrap();
    let phrase = made["officers"][0]["pass_phrase"].as_str().unwrap();
    fs::write(life.at("anna"), phrase).unwrap();
    for folder in ["in", "stick", "drop", "receipts"] {
        fs::create_dir(life.at(folder)).unwrap();
    }
    let by = ["--as", "Anna", "--pass-file", &path("anna")];

    life.shop(&["init", &path("shop"), "--name", "Trampoline webshop"]);
    let fingerprint = |said: &str| {
        let is = |word: &&str| word.len() >= 19 && word.split('-').all(|part| part.len() == 4);
        said.split_whitespace().find(is).map(str::to_owned)
    };
    let card = life.kluis(&["card", "--out", &path("box.card")]);
    let enrol = ["enrol", &path("box.card"), "--fingerprint", &fingerprint(&card).unwrap()];
    life.shop(&enrol);
    life.shop(&["card", "--out", &path("shop.card")]);
    let shown = run(kluis_at(&life.at("box"), ["enrol", &path("shop.card")]).args(by));
    let fingerprint = fingerprint(&text(&shown)).unwrap();
    let enrol = ["enrol", &path("shop.card"), "--fingerprint", &fingerprint];
    life.kluis(&[&enrol[..], &by[..]].concat());

    fs::write(life.at("in/invoice-1.xml"), INVOICE).unwrap();
    life.shop(&["seal", &path("in"), "--to", &path("stick")]);
    life.kluis(&["take", &path("stick"), "--receipts", &path("receipts")]);
    life.kluis(&["take", &path("stick")]);
    life.kluis(&["verify"]);
    life.kluis(&["rebuild"]);
    life.kluis(&["clock"]);
    for receipt in fs::read_dir(life.at("receipts")).unwrap() {
        life.shop(&["receipt", receipt.unwrap().path().to_str().unwrap()]);
    }
    life.shop(&["status"]);
    // A bundle that is cut off, and one with a byte flipped: what is said of them names no invoice.
    let bundle = fs::read_dir(life.at("stick")).unwrap().map(|file| file.unwrap().path());
    let bundle = fs::read(bundle.into_iter().find(|path| path.extension().is_some()).unwrap()).unwrap();
    let mut flipped = bundle.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for (name, bytes) in [("flipped", &flipped[..]), ("short", &bundle[..bundle.len() / 2])] {
        let file = life.at(&format!("{name}.bundle"));
        fs::write(&file, bytes).unwrap();
        let mut command = kluis_at(&life.at("box"), ["take"]);
        let output = run(command.arg(file));
        Life::silent(&command, &output);
    }
    // It is asked for once: then it is given, to whoever asked.
    let found =
        run(kluis_at(&life.at("box"), ["find", "--number", "ZW-*", "--reason", "tax-audit"]).args(by));
    assert!(marked(&text(&found)).is_some(), "{}", text(&found));
    die(&life, &path("box"));
    let certificate = life.at(&format!("box/certificates/{TERM}.certificate"));
    life.kluis(&["verify-certificate", certificate.to_str().unwrap(), "--card", &path("box.card")]);
    life.kluis(&["verify"]);
}

/// The running box, until its term is destroyed.
fn die(life: &Life, directory: &str) {
    let drop = life.at("drop");
    let run = ["run", "--port", "0", "--from-folder", drop.to_str().unwrap()];
    let mut command = kluis_at(Path::new(directory), run);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = command.spawn().unwrap();
    let socket = life.at("box/keeper.sock");
    let begun = std::time::Instant::now();
    while !socket.exists() && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(20));
    }
    life.kluis(&["clock", "--turn", "2036-01-01"]);
    let pid = rustix::process::Pid::from_raw(running.id().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    Life::silent(&command, &output);
}
