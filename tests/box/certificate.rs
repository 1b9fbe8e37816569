//! `kluis verify-certificate`, which needs no box: in words, as a sheet to print, and what it refuses.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use crate::support::{Box, KLUIS, OLD_TERM, json, run, skipped, text};

fn frozen(version: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen").join(version).join(name)
}

fn verify(file: &Path, language: &str) -> Command {
    let mut command = Command::new(KLUIS);
    command.args(["verify-certificate", "--language", language]).arg(file);
    command
}

#[test]
fn a_certificate_of_either_version_is_said_in_words() {
    for (version, words) in [
        ("v1", ["version 1", "counted", "2 invoices", "same device", "bookkeeping", "on the box’s card"]),
        ("v2", ["version 2", "proven", "1388 invoices", "held", "Time token 2", "on the box’s card"]),
    ] {
        let (file, card) = (frozen(version, "sample.certificate"), frozen(version, "box.card"));
        let out = run(verify(&file, "en").arg("--card").arg(&card));
        assert!(out.status.success(), "{}", text(&out));
        for word in words {
            assert!(text(&out).contains(word), "{version}: no {word:?} in {}", text(&out));
        }
        let dutch = text(&run(verify(&file, "nl").arg("--card").arg(&card)));
        assert!(dutch.contains("Niet gedekt") && !dutch.contains("certificate-"), "{dutch}");
        let answer = json(verify(&file, "en").arg("--json"));
        assert_eq!((&answer["signature"], &answer["faults"]), (&"good".into(), &serde_json::json!([])));
        assert!(answer["key_on_card"].is_null());

        // Another box's card, and a byte turned.
        let other = frozen(if version == "v1" { "v2" } else { "v1" }, "box.card");
        let out = run(verify(&file, "en").arg("--card").arg(other));
        assert_eq!(out.status.code(), Some(1));
        assert!(text(&out).contains("NOT the key"), "{}", text(&out));
        let folder = tempfile::tempdir().unwrap();
        let mut turned = fs::read(&file).unwrap();
        turned[200] ^= 1;
        let path = folder.path().join("turned.certificate");
        fs::write(&path, turned).unwrap();
        assert_eq!(run(&mut verify(&path, "en")).status.code(), Some(1));
    }
}

#[test]
fn what_a_box_certifies_is_said_of_it_and_printed_on_one_sheet() {
    let mut the = Box::new();
    the.seal_into(&the.folder.path().join("stick"), OLD_TERM, 1);
    let taken = the.take(&the.folder.path().join("stick"));
    assert_eq!(taken.outcomes(), ["admitted"]);
    json(&mut the.kluis(["clock", "--json", "--turn", "2032-03-03"]));
    let file = the.path.join("certificates").join(format!("{OLD_TERM}.certificate"));
    let answer = json(verify(&file, "en").arg("--json").arg("--card").arg(the.path.join("box.card")));
    assert_eq!((&answer["version"], &answer["key_on_card"]), (&2.into(), &true.into()));
    assert_eq!((&answer["certificate"]["invoices"], &answer["certificate"]["held"]), (&1.into(), &0.into()));
    assert_eq!(answer["certificate"]["root"], "file-on-data-device");
    let codes = ["prints-and-exports", "shops-copies", "other-boxes", "file-root-copies"];
    assert_eq!(answer["not_covered"], serde_json::json!(codes));

    let full = frozen("v2", "sample.certificate");
    for (name, file, language) in [("a", &file, "en"), ("b", &full, "nl")] {
        let sheet = the.folder.path().join(format!("{name}.html"));
        let evidence = the.folder.path().join(format!("{name}-evidence"));
        let out = run(verify(file, language).arg("--html").arg(&sheet).arg("--evidence").arg(&evidence));
        assert!(out.status.success(), "{}", text(&out));
        assert_eq!(evidence.exists(), name == "b", "a counted one carries no token");
        let html = fs::read_to_string(&sheet).unwrap();
        let digest = json(verify(file, language).arg("--json"))["digest"].as_str().unwrap().to_owned();
        assert!(html.contains(&digest[..8]) && html.contains("<svg class=\"qr\""), "the digest and its code");
        for from_elsewhere in ["http", "<script", "<link", "url("] {
            assert!(!html.contains(from_elsewhere), "the sheet needs {from_elsewhere}");
        }
        assert_eq!(pages(&sheet).unwrap_or(1), 1, "{name}: one sheet of A4");
    }
}

/// The pages that a browser prints of a file; none where there is no browser.
fn pages(sheet: &Path) -> Option<usize> {
    let pdf = sheet.with_extension("pdf");
    let printed = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"])
        .arg(format!("--print-to-pdf={}", pdf.display()))
        .arg(sheet)
        .output();
    if !printed.is_ok_and(|out| out.status.success()) {
        skipped("chromium prints no sheet");
        return None;
    }
    let pdf = hayro_syntax::Pdf::new(Arc::new(fs::read(pdf).unwrap())).unwrap();
    Some(pdf.pages().len())
}
