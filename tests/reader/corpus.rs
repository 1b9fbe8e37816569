//! Real invoices, made by others: compared, drawn, and how fast.

use std::path::PathBuf;
use std::time::Instant;

use factuurkluis::appliance::reader::{self, Verdict};

use super::made::Picture;
use super::{PDF, hand, peak, record, start};

#[test]
fn every_real_invoice_is_compared_and_drawn() {
    reader::program(env!("CARGO_BIN_EXE_kluis"));
    let Some(files) = corpus("facturx") else { return };
    assert_eq!(files.len(), 14);
    let pictures = std::env::var_os("KLUIS_PICTURES").map(PathBuf::from);
    let mut reader = start();
    for (file, number) in files.iter().zip(1..) {
        let document = std::fs::read(file).unwrap();
        hand(&mut reader, number, record(&document), &document, PDF).unwrap();
        let png =
            reader::draw_pdf(&document, 1, 1000).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let picture = Picture::of(&png);
        assert_eq!(picture.width, 1000);
        assert!((0.005..0.5).contains(&picture.dark()), "{} is blank: {}", file.display(), picture.dark());
        if let Some(folder) = &pictures {
            std::fs::write(folder.join(file.file_stem().unwrap()).with_extension("png"), &png).unwrap();
        }
    }
    assert_eq!(reader.finish().unwrap(), Verdict { compared: 14, on_word: vec![] });
}

/// How fast: 1,000 Factur-X documents of 100 kB. Prints; run it with `--release --ignored`.
#[test]
#[ignore = "a measurement, for release builds"]
fn a_thousand_factur_x_documents_of_100_kb_are_compared_in_a_second() {
    let Some(files) = corpus("facturx") else { return };
    let documents: Vec<_> = files.iter().map(|file| padded(std::fs::read(file).unwrap())).collect();
    let records: Vec<_> = documents.iter().map(|document| record(document)).collect();
    let mut reader = start();
    let begun = Instant::now();
    let mut bytes = 0;
    for number in 1..=1_000_u32 {
        let which = number as usize % documents.len();
        hand(&mut reader, number, records[which].clone(), &documents[which], PDF).unwrap();
        bytes += documents[which].len();
    }
    let peak = peak(&reader.process_id().to_string());
    assert_eq!(reader.finish().unwrap().compared, 1_000);
    println!("1,000 documents, {bytes} bytes: {:?}, the process's peak {peak} kB", begun.elapsed());
}

/// Brings a PDF to 100 kB with a stream that nothing refers to, before its end.
fn padded(document: Vec<u8>) -> Vec<u8> {
    let filler: Vec<u8> = (0..100_000_u64.saturating_sub(document.len() as u64))
        .map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8 | 0x80)
        .collect();
    let at = document.windows(5).rposition(|five| five == b"%%EOF").unwrap();
    let (front, back) = document.split_at(at);
    [
        front,
        format!("\n9999 0 obj\n<< /Length {} >>\nstream\n", filler.len()).as_bytes(),
        &filler,
        b"\nendstream\nendobj\n",
        back,
    ]
    .concat()
}

fn corpus(folder: &str) -> Option<Vec<PathBuf>> {
    let corpus = match std::env::var_os("KLUIS_CORPUS") {
        Some(corpus) => PathBuf::from(corpus).join(folder),
        None if std::env::var_os("CI").is_some() => panic!("KLUIS_CORPUS is not set, and this is CI"),
        None => {
            eprintln!("SKIPPED: KLUIS_CORPUS is not set, so no real invoice was compared or drawn");
            return None;
        }
    };
    let entries = std::fs::read_dir(&corpus).unwrap_or_else(|error| panic!("{}: {error}", corpus.display()));
    let mut files: Vec<_> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    Some(files)
}
