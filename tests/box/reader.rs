//! The process that reads documents is killed, hangs, or is given what eats memory.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::load::tree_of;
use crate::support::{Box, Invoice, TERM, Taken, bundles_in, changed, digest_tree, record, run};

/// A bundle with so many invoices that reading them takes a while.
fn many(the: &mut Box, count: usize) -> std::path::PathBuf {
    let document =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ubl-invoice.xml")).unwrap();
    let hints = factuurkluis::exchange::invoice::Hints::default();
    let reading = factuurkluis::exchange::invoice::read(&document, None, &hints).unwrap();
    let invoice = Invoice { record: reading.record, documents: vec![("application/xml", document)] };
    let path = the.folder.path().join("many.bundle");
    fs::write(&path, the.shop.seal(TERM, &vec![invoice; count])).unwrap();
    path
}

/// Sends `signal` to the reading process while it reads, and gives what `take` said then.
fn while_reading(the: &Box, bundle: &Path, signal: Signal) -> Taken {
    let child = the.kluis(["take", "--json"]).arg(bundle).stdout(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    let mut hit = false;
    while !hit && begun.elapsed() < Duration::from_secs(30) {
        for process in tree_of(child.id()).into_iter().skip(1) {
            let command = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            // It has read something when it has been on the processor for a while.
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            let ticks =
                stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(11)?.parse::<u64>().ok());
            if command.starts_with(b"kluis\0reader\0") && ticks.unwrap_or(0) >= 3 {
                kill_process(Pid::from_raw(process.cast_signed()).unwrap(), signal).unwrap();
                hit = true;
            }
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(hit, "the reader was too fast");
    Taken::of(child.wait_with_output().unwrap())
}

fn is_as_before(the: &Box, before: &std::collections::BTreeMap<String, String>) {
    let paths = changed(before, &digest_tree(&the.path));
    let expected = |path: &String| path.starts_with("journal/") || path.starts_with("clock/");
    assert!(paths.iter().all(expected), "{paths:?}");
    assert_eq!(bundles_in(&the.path).len(), 0);
}

#[test]
fn a_reader_that_is_killed_refuses_the_bundle_and_harms_nothing() {
    let mut the = Box::new();
    let bundle = many(&mut the, 4_000);
    let before = digest_tree(&the.path);
    let taken = while_reading(&the, &bundle, Signal::KILL);
    assert_eq!((taken.exit, taken.code()), (Some(1), "reader-failed"), "{taken:?}");
    assert!(taken.sentence().contains("HS-2026-0042"), "{taken:?}");
    is_as_before(&the, &before);
    let taken = the.take(&bundle);
    assert_eq!(taken.outcomes(), ["admitted"], "{taken:?}");
    the.sound();
}

#[test]
fn why_a_file_was_refused_goes_into_no_log_with_what_stands_in_it() {
    let mut the = Box::new();
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ubl-invoice.xml");
    let documents = vec![("application/xml", fs::read(document).unwrap())];
    let drop = the.folder.path().join("drop");
    fs::create_dir(&drop).unwrap();
    let bundle = drop.join("other.bundle");
    let other = Invoice { record: record("KENMERK-77", jiff::civil::date(2026, 6, 1)), documents };
    fs::write(&bundle, the.shop.seal(TERM, &[other])).unwrap();
    let taken = the.take(&bundle);
    assert!(taken.sentence().contains("KENMERK-77"), "to whoever asks it is said: {taken:?}");
    let mut order = the.kluis(["run", "--port", "0", "--from-folder", drop.to_str().unwrap()]);
    let mut run = order.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(run.stdout.take().unwrap()).lines().map(Result::unwrap);
    let said: Vec<String> = lines.take(2).collect();
    run.kill().unwrap();
    run.wait().unwrap();
    let line = said.last().unwrap();
    assert!(line.contains("other.bundle") && line.contains("reader-mismatch"), "{said:?}");
    assert!(!line.contains("KENMERK") && !line.contains("HS-2026"), "{said:?}");
}

#[test]
fn a_reader_that_hangs_is_waited_for_and_then_ended() {
    let mut the = Box::new();
    let bundle = many(&mut the, 4_000);
    let before = digest_tree(&the.path);
    let begun = Instant::now();
    let taken = while_reading(&the, &bundle, Signal::STOP);
    assert_eq!((taken.exit, taken.code()), (Some(1), "reader-failed"), "{taken:?}");
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    is_as_before(&the, &before);
}

/// A PDF whose embedded invoice inflates to so many MiB out of some kilobytes.
fn inflating(mebibytes: usize) -> Vec<u8> {
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..mebibytes {
        deflated.write_all(&zeros).unwrap();
    }
    // Deflated once more it would be smaller still; PDF's filters may stand in a row.
    let once = deflated.finish().unwrap();
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    deflated.write_all(&once).unwrap();
    let stream = deflated.finish().unwrap();
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, body) in [
        "<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << /EmbeddedFiles << /Names [(factur-x.xml) 4 0 R] >> >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        "<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /AFRelationship /Alternative /EF << /F 5 0 R >> >>",
    ]
    .iter()
    .enumerate()
    {
        offsets.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n{body}\nendobj\n", number + 1).into_bytes());
    }
    offsets.push(pdf.len());
    let head = format!(
        "5 0 obj\n<< /Type /EmbeddedFile /Subtype /text#2Fxml /Filter [/FlateDecode /FlateDecode] /Length {} >>\nstream\n",
        stream.len()
    );
    pdf.extend(head.into_bytes());
    pdf.extend(stream);
    pdf.extend(b"\nendstream\nendobj\n");
    let table = pdf.len();
    pdf.extend(b"xref\n0 6\n0000000000 65535 f \n");
    for offset in offsets {
        pdf.extend(format!("{offset:010} 00000 n \n").into_bytes());
    }
    pdf.extend(format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").into_bytes());
    pdf
}

#[test]
fn a_document_that_eats_memory_is_refused_by_name_and_the_box_takes_the_next() {
    let mut the = Box::new();
    let pdf = inflating(1024);
    assert!(pdf.len() < 32 << 10, "{} bytes", pdf.len());
    let nested = format!("<?xml version=\"1.0\"?>{}", "<a>".repeat(1_000_000)).into_bytes();
    let laughs = {
        let mut dtd = String::from("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a0 \"ha\">");
        for level in 1..30 {
            let before = level - 1;
            dtd.push_str(&format!("<!ENTITY a{level} \"&a{before};&a{before};&a{before};&a{before};\">"));
        }
        (dtd + "]><Invoice>&a29;</Invoice>").into_bytes()
    };
    let outside = b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Invoice>&x;</Invoice>".to_vec();
    let before = digest_tree(&the.path);
    for (what, media_type, document) in [
        ("a PDF that inflates to 1 GiB", "application/pdf", pdf),
        ("a million elements deep", "application/xml", nested),
        ("a billion laughs", "application/xml", laughs),
        ("an entity from outside", "application/xml", outside),
        ("half a PDF", "application/pdf", b"%PDF-1.7\n1 0 obj <<".to_vec()),
    ] {
        let mut shop = the.shop.clone();
        let day = shop.term(TERM).term.first();
        let invoice = Invoice { record: record("2026-0666", day), documents: vec![(media_type, document)] };
        let path = the.folder.path().join("hungry.bundle");
        fs::write(&path, shop.seal(TERM, &[invoice])).unwrap();
        let taken = Taken::of(run(the.kluis(["take", "--json"]).arg(&path)));
        assert_eq!(taken.exit, Some(1), "{what}: {taken:?}");
        assert!(taken.code().starts_with("reader-"), "{what}: {taken:?}");
        assert!(taken.sentence().contains("2026-0666"), "{what}: {taken:?}");
        assert!(!taken.sentence().contains("root:"), "{what}");
    }
    is_as_before(&the, &before);
    let stick = the.folder.path().join("stick");
    the.seal_into(&stick, TERM, 1);
    assert_eq!(the.take(&stick).outcomes(), ["admitted"]);
    the.sound();
}
