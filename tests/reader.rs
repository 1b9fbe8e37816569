//! The process that reads documents, driven as the archive and the console drive it: the built
//! `kluis`, started for real, with documents that are honest, lying, broken or hostile.
//!
//! `KLUIS_CORPUS` names the folder of real invoices; under CI it must be there.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use factuurkluis::appliance::reader::{self, Fault, Reader, ReaderRefusal, Verdict};
use factuurkluis::exchange::bundle::{Document, InvoiceLeaf, Origin, Piece, Place};
use factuurkluis::exchange::invoice::{self, Field, Hints, Kind, Record};
use factuurkluis::exchange::vocabulary::{BundleNumber, Digest, SenderId, StreamId};
use rustix::process::{Pid, Signal, kill_process};

const UBL: &[u8] = include_bytes!("fixtures/ubl-invoice.xml");
const CII: &[u8] = include_bytes!("fixtures/cii-invoice.xml");
const XML: &str = "application/xml";
const PDF: &str = "application/pdf";

fn start() -> Reader {
    reader::program(env!("CARGO_BIN_EXE_kluis"));
    Reader::start().unwrap()
}

fn record(document: &[u8]) -> Record {
    invoice::read(document, None, &Hints::default()).unwrap().record
}

/// The leaf of an invoice with these documents.
fn leaf(record: Record, documents: &[(u64, &str)]) -> InvoiceLeaf {
    let place = Place { sender: SenderId([1; 16]), stream: StreamId([2; 16]), number: BundleNumber(1) };
    let document = |(length, media_type): &(u64, &str)| Document {
        length: *length,
        media_type: (*media_type).to_owned(),
        origin: Origin::Original,
        sha256: Digest([0; 32]),
    };
    InvoiceLeaf::new(place, record, documents.iter().map(document).collect())
}

/// Hands one document over as the archive does, in stretches of 64 KiB.
fn hand(
    reader: &mut Reader,
    number: u32,
    record: Record,
    document: &[u8],
    media: &str,
) -> Result<(), ReaderRefusal> {
    let invoice = leaf(record, &[(document.len() as u64, media)]);
    reader.see(&Piece::Begin { leaf: number, index: 0, invoice: &invoice })?;
    for stretch in document.chunks(64 * 1024) {
        reader.see(&Piece::Bytes(stretch))?;
    }
    reader.see(&Piece::End)
}

/// What a bundle of one document comes to.
fn judge(record: Record, document: &[u8], media: &str) -> Result<Verdict, ReaderRefusal> {
    let mut reader = start();
    hand(&mut reader, 1, record, document, media)?;
    reader.finish()
}

fn process_of(reader: &Reader) -> Pid {
    Pid::from_raw(reader.process_id().cast_signed()).unwrap()
}

/// `VmHWM` of a process, in kB.
fn peak(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

// What agrees, what differs, what stands on the sender's word.

#[test]
fn documents_that_say_what_their_records_say_pass() {
    let mut reader = start();
    for round in 0..100 {
        hand(&mut reader, 2 * round + 1, record(UBL), UBL, XML).unwrap();
        hand(&mut reader, 2 * round + 2, record(CII), CII, XML).unwrap();
    }
    assert!(peak(&reader.process_id().to_string()) < 40_000, "an ordinary bundle takes little memory");
    assert_eq!(reader.finish().unwrap(), Verdict { compared: 200, on_word: vec![] });
}

#[test]
fn every_field_that_differs_is_named_with_both_values() {
    type Change = fn(&mut Record);
    let changes: [(Field, Change); 14] = [
        (Field::Number, |r| r.number.push('9')),
        (Field::Kind, |r| r.kind = Kind::SelfBilled),
        (Field::IssueDate, |r| r.issue_date = r.issue_date.tomorrow().unwrap()),
        (Field::SupplyDate, |r| r.supply_date = Some("2019-12-31".parse().unwrap())),
        (Field::SellerCountry, |r| r.seller_country = "PL".parse().unwrap()),
        (Field::BuyerName, |r| r.buyer.name = Some("Somebody Else".to_owned())),
        (Field::BuyerCountry, |r| r.buyer.country = Some("PL".parse().unwrap())),
        (Field::Customer, |r| r.buyer.customer = Some("C-0".to_owned())),
        (Field::VatNumber, |r| r.buyer.vat_number = Some("PL0".to_owned())),
        (Field::Postcode, |r| r.buyer.postcode = Some("00-000".to_owned())),
        (Field::Currency, |r| r.currency = "PLN".parse().unwrap()),
        (Field::Net, |r| r.net = "0.01".parse().unwrap()),
        (Field::Vat, |r| r.vat[0].tax = "0.01".parse().unwrap()),
        (Field::Gross, |r| r.gross = "0.01".parse().unwrap()),
    ];
    let mut tried = 0;
    for (name, document) in [("UBL", UBL), ("CII", CII)] {
        for (field, change) in changes {
            let mut stated = record(document);
            let honest = record(document);
            change(&mut stated);
            match judge(stated, document, XML) {
                Err(ReaderRefusal::Mismatch { invoice, field: named, record, document }) => {
                    assert_eq!(named, field, "{name}");
                    assert_ne!(record, document, "{name} {field}");
                    assert!(invoice.starts_with(&honest.number), "{name} {field}: {invoice}");
                    tried += 1;
                }
                // A document that does not state the field contradicts nothing.
                other => assert!(other.is_ok() && absent(&honest, field), "{name} {field}: {other:?}"),
            }
        }
    }
    assert!(tried >= 22, "only {tried} changes were noticed");
}

fn absent(record: &Record, field: Field) -> bool {
    match field {
        Field::SupplyDate => record.supply_date.is_none(),
        Field::BuyerCountry => record.buyer.country.is_none(),
        Field::Customer => record.buyer.customer.is_none(),
        Field::VatNumber => record.buyer.vat_number.is_none(),
        Field::Postcode => record.buyer.postcode.is_none(),
        _ => false,
    }
}

#[test]
fn a_mismatch_ends_the_bundle_at_the_next_call_or_at_the_end() {
    let mut reader = start();
    let mut wrong = record(UBL);
    wrong.gross = "1.00".parse().unwrap();
    let mut found = hand(&mut reader, 1, wrong, UBL, XML);
    let deadline = Instant::now() + Duration::from_secs(10);
    for number in 2.. {
        if found.is_err() {
            break;
        }
        assert!(Instant::now() < deadline, "the mismatch did not surface");
        found = hand(&mut reader, number, record(UBL), UBL, XML);
    }
    let refusal = found.unwrap_err();
    assert!(
        matches!(&refusal, ReaderRefusal::Mismatch { field: Field::Gross, record, .. } if record == "1.00")
    );
    assert_eq!(hand(&mut reader, 9, record(UBL), UBL, XML).unwrap_err(), refusal, "it stays refused");
    assert_eq!(reader.finish().unwrap_err(), refusal);
}

#[test]
fn what_no_program_reads_stands_on_the_senders_word() {
    let mut reader = start();
    let stated = record(UBL);
    hand(&mut reader, 1, stated.clone(), &pdf("BT ET", &[]), PDF).unwrap();
    hand(&mut reader, 2, stated.clone(), b"a picture", "image/png").unwrap();
    hand(&mut reader, 3, stated.clone(), UBL, XML).unwrap();
    // Larger than any program here reads: none of it is sent.
    let large = (64 << 20) + 1;
    let invoice = leaf(stated, &[(UBL.len() as u64, XML), (large, PDF)]);
    reader.see(&Piece::Begin { leaf: 4, index: 0, invoice: &invoice }).unwrap();
    reader.see(&Piece::Bytes(UBL)).unwrap();
    reader.see(&Piece::End).unwrap();
    reader.see(&Piece::Begin { leaf: 4, index: 1, invoice: &invoice }).unwrap();
    reader.see(&Piece::Bytes(&[0; 1000])).unwrap();
    reader.see(&Piece::End).unwrap();
    let verdict = reader.finish().unwrap();
    assert_eq!(verdict, Verdict { compared: 2, on_word: vec![(1, 0), (2, 0), (4, 1)] });
}

#[test]
fn a_document_of_another_type_than_stated_is_refused() {
    let refusal = judge(record(UBL), UBL, PDF).unwrap_err();
    assert!(matches!(refusal, ReaderRefusal::MediaType { .. }), "{refusal}");
}

#[test]
fn what_is_no_invoice_is_refused_with_the_reason_that_the_shop_would_have_had() {
    let bomb = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbbbbbb'>]><Invoice>&b;</Invoice>";
    let cut = &UBL[..UBL.len() / 2];
    let external = b"<!DOCTYPE a SYSTEM 'file:///etc/hostname'><a/>";
    let hollow = pdf_with_xml(&zeros(1 << 30));
    for (media, document, reason) in [
        (XML, bomb.as_slice(), "invoice-doctype"),
        (XML, external, "invoice-doctype"),
        (XML, cut, "invoice-broken-xml"),
        (XML, b"", "invoice-empty"),
        (XML, b"\0\0\0\0", "invoice-unknown"),
        (PDF, b"%PDF-1.7 and nothing else", "invoice-pdf-broken"),
        (PDF, &hollow, "invoice-pdf-too-much"),
    ] {
        match judge(record(UBL), document, media) {
            Err(ReaderRefusal::Unreadable { code, .. }) => assert_eq!(code, reason),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[test]
fn pieces_that_do_not_follow_each_other_are_refused() {
    let invoice = leaf(record(UBL), &[(10, XML)]);
    let begin = Piece::Begin { leaf: 1, index: 0, invoice: &invoice };
    for wrong in [
        &[&Piece::Bytes(b"x")] as &[_],
        &[&begin, &begin],
        &[&begin, &Piece::End],
        &[&begin, &Piece::Bytes(&[0; 11])],
    ] {
        let mut reader = start();
        let seen = wrong.iter().try_for_each(|piece| reader.see(piece));
        assert_eq!(seen, Err(ReaderRefusal::Protocol));
    }
    let mut reader = start();
    reader.see(&begin).unwrap();
    assert_eq!(reader.finish(), Err(ReaderRefusal::Protocol), "a document was not ended");
}

// Processes that come to grief.

#[test]
fn a_process_that_dies_is_named_with_the_invoice_it_was_at() {
    for (signal, fault) in [
        (Signal::ILL, Fault::Crashed),
        (Signal::KILL, Fault::Killed),
        (Signal::ABORT, Fault::Memory),
        (Signal::XCPU, Fault::Time),
        (Signal::SYS, Fault::Forbidden),
    ] {
        let mut reader = start();
        let invoice = leaf(record(UBL), &[(UBL.len() as u64, XML)]);
        reader.see(&Piece::Begin { leaf: 1, index: 0, invoice: &invoice }).unwrap();
        kill_process(process_of(&reader), signal).unwrap();
        let seen = reader.see(&Piece::Bytes(UBL)).and_then(|()| reader.see(&Piece::End));
        let refusal = seen.and_then(|()| reader.finish().map(drop)).unwrap_err();
        assert_eq!(refusal, ReaderRefusal::Failed { invoice: record(UBL).number, reason: fault });
    }
}

#[test]
fn a_process_that_hangs_is_ended_in_time_even_while_its_pipe_is_full() {
    let mut reader = start();
    hand(&mut reader, 1, record(UBL), UBL, XML).unwrap();
    let process = process_of(&reader);
    kill_process(process, Signal::STOP).unwrap();
    let begun = Instant::now();
    // Far more than a pipe holds.
    let large = vec![b' '; 4 << 20];
    let refusal = hand(&mut reader, 2, record(CII), &large, XML).unwrap_err();
    let waited = begun.elapsed();
    assert!(matches!(refusal, ReaderRefusal::Failed { reason: Fault::Time, .. }), "{refusal}");
    assert!((15..40).contains(&waited.as_secs()), "{waited:?}");
    assert!(rustix::process::test_kill_process(process).is_err(), "it is still there");
}

#[test]
fn a_process_is_not_blamed_for_our_own_slowness() {
    let mut reader = start();
    let invoice = leaf(record(UBL), &[(UBL.len() as u64, XML)]);
    reader.see(&Piece::Begin { leaf: 1, index: 0, invoice: &invoice }).unwrap();
    std::thread::sleep(Duration::from_secs(22));
    reader.see(&Piece::Bytes(UBL)).unwrap();
    reader.see(&Piece::End).unwrap();
    assert_eq!(reader.finish().unwrap().compared, 1);
}

#[test]
fn a_bundle_given_up_in_the_middle_leaves_no_process() {
    let mut reader = start();
    let invoice = leaf(record(UBL), &[(1000, XML)]);
    reader.see(&Piece::Begin { leaf: 1, index: 0, invoice: &invoice }).unwrap();
    let process = process_of(&reader);
    kill_process(process, Signal::STOP).unwrap();
    let begun = Instant::now();
    drop(reader);
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(rustix::process::test_kill_process(process).is_err(), "it is still there");
}

// The cage.

#[cfg(debug_assertions)]
mod cage {
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus, Stdio};

    /// How a caged process ends that does this.
    fn ends(deed: &str) -> ExitStatus {
        Command::new(env!("CARGO_BIN_EXE_kluis"))
            .args(["reader", deed])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .output()
            .unwrap()
            .status
    }

    #[test]
    fn a_caged_process_dies_when_it_opens_connects_starts_kills_or_makes_code() {
        for deed in
            ["try-open", "try-socket", "try-thread", "try-program", "try-kill", "try-executable-memory"]
        {
            assert_eq!(ends(deed).signal(), Some(libc::SIGSYS), "{deed}");
        }
        assert_eq!(ends("nothing").code(), Some(0), "the cage itself kills nobody");
    }

    #[test]
    fn a_caged_process_without_memory_aborts_and_a_panicking_one_ends() {
        assert_eq!(ends("memory").signal(), Some(libc::SIGABRT));
        assert_eq!(ends("stack").signal(), Some(libc::SIGABRT));
        assert_eq!(ends("panic").code(), Some(101));
    }
}

#[test]
fn where_the_cage_cannot_be_shut_the_reader_refuses_to_start() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    for (missing, says) in [(libc::SYS_landlock_create_ruleset, "landlock"), (libc::SYS_seccomp, "seccomp")] {
        // A kernel without it, for this thread and what it starts.
        let refusal = std::thread::spawn(move || {
            reader::program(env!("CARGO_BIN_EXE_kluis"));
            let filter = SeccompFilter::new(
                [(missing, vec![])].into_iter().collect(),
                SeccompAction::Allow,
                SeccompAction::Errno(libc::ENOSYS as u32),
                std::env::consts::ARCH.try_into().unwrap(),
            );
            seccompiler::apply_filter(&BpfProgram::try_from(filter.unwrap()).unwrap()).unwrap();
            Reader::start().err()
        })
        .join()
        .unwrap();
        match refusal {
            Some(ReaderRefusal::Unavailable { reason }) => assert!(reason.contains(says), "{reason}"),
            other => panic!("without {says}: {other:?}"),
        }
    }
}

// Drawing.

#[test]
fn a_page_becomes_a_picture_of_the_width_that_was_asked() {
    reader::program(env!("CARGO_BIN_EXE_kluis"));
    let document =
        pdf("0 0 0 rg 100 100 200 200 re f BT /F1 40 Tf 100 600 Td (Factuur 2026-0001) Tj ET", &[]);
    assert_eq!(reader::pdf_pages(&document).unwrap(), 1);
    let picture = Picture::of(&reader::draw_pdf(&document, 1, 1000).unwrap());
    assert_eq!((picture.width, picture.height), (1000, 1415));
    // The square, and the letters above it.
    assert!((0.04..0.12).contains(&picture.dark()), "{}", picture.dark());
}

#[test]
fn what_cannot_be_drawn_is_said_so() {
    reader::program(env!("CARGO_BIN_EXE_kluis"));
    let document = pdf("BT ET", &[]);
    assert_eq!(reader::draw_pdf(b"%PDF-1.7", 1, 800), Err(ReaderRefusal::NotAPdf));
    assert_eq!(reader::pdf_pages(b""), Err(ReaderRefusal::NotAPdf));
    for page in [0, 2, u32::MAX] {
        let refusal = reader::draw_pdf(&document, page, 800).unwrap_err();
        assert_eq!(refusal, ReaderRefusal::NoSuchPage { page, pages: 1 });
    }
}

#[test]
fn a_page_of_a_few_kilobytes_that_unpacks_to_gigabytes_harms_nobody() {
    reader::program(env!("CARGO_BIN_EXE_kluis"));
    let packed = deflated(&zeros(3 << 30));
    let document = pdf_of(&packed, " /Filter [/FlateDecode /FlateDecode]", &[]);
    assert!(document.len() < 64 * 1024, "{} bytes", document.len());
    let begun = Instant::now();
    let refusal = reader::draw_pdf(&document, 1, 1000).unwrap_err();
    assert!(matches!(refusal, ReaderRefusal::NotDrawn { reason: Fault::Memory | Fault::Time }), "{refusal}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(peak("self") < 200_000, "the caller took {} kB", peak("self"));
}

#[test]
fn pages_without_a_sane_size_are_not_drawn_larger_than_a_picture_may_be() {
    reader::program(env!("CARGO_BIN_EXE_kluis"));
    for size in ["0 0 0 0", "0 0 1e30 1e30", "0 0 100000 1", "0 0 1 100000", "0 0 -5 -5", "0 0 20000 20000"] {
        let document = String::from_utf8(pdf("", &[])).unwrap().replace("0 0 595 842", size);
        match reader::draw_pdf(document.as_bytes(), 1, 2_400) {
            Ok(png) => {
                let picture = Picture::of(&png);
                assert!(picture.width * picture.height <= reader::MOST_PIXELS, "{size}");
            }
            Err(refusal) => assert!(
                matches!(refusal, ReaderRefusal::NotAPdf | ReaderRefusal::NoSuchPage { pages: 0, .. }),
                "{size}: {refusal}"
            ),
        }
    }
}

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

// Documents made by hand.

/// A PDF of one page of A4 with this content, and more objects from number 6 on.
fn pdf(content: &str, more: &[Vec<u8>]) -> Vec<u8> {
    pdf_of(content.as_bytes(), "", more)
}

fn pdf_of(content: &[u8], filter: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let embedded = if more.is_empty() { "" } else { " /AF [6 0 R]" };
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R{embedded} >>").into_bytes(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        stream(filter, content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ];
    objects.extend_from_slice(more);
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = String::new();
    for (object, number) in objects.iter().zip(1..) {
        table += &format!("{:010} 00000 n \n", file.len());
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let (start, count) = (file.len(), objects.len() + 1);
    let end = format!(
        "xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.extend_from_slice(end.as_bytes());
    file
}

fn stream(entries: &str, bytes: &[u8]) -> Vec<u8> {
    [format!("<< /Length {}{entries} >>\nstream\n", bytes.len()).as_bytes(), bytes, b"\nendstream"].concat()
}

/// A PDF whose embedded invoice is this deflated stream.
fn pdf_with_xml(deflated: &[u8]) -> Vec<u8> {
    let specification = b"<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /EF << /F 7 0 R >> >>";
    pdf("", &[specification.to_vec(), stream(" /Type /EmbeddedFile /Filter /FlateDecode", deflated)])
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// So many zeros (a multiple of a MiB), deflated without ever being there: each MiB ends in a flush
/// to a byte, so they are all alike.
fn zeros(count: u64) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let mebibyte = vec![0; 1 << 20];
    let mut ends = Vec::new();
    for _ in 0..3 {
        encoder.write_all(&mebibyte).unwrap();
        encoder.flush().unwrap();
        ends.push(encoder.get_ref().len());
    }
    let begun = encoder.finish().unwrap();
    let one = &begun[ends[1]..ends[2]];
    let mut all = begun[..ends[0]].to_vec();
    for _ in 1..count >> 20 {
        all.extend_from_slice(one);
    }
    // An empty last block, and the Adler-32 of so many zeros.
    all.extend_from_slice(&[0x03, 0x00]);
    all.extend_from_slice(&(((count % 65_521) as u32) << 16 | 1).to_be_bytes());
    all
}

struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Picture {
    fn of(png: &[u8]) -> Self {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(frame.color_type, png::ColorType::Rgb);
        Self { width: frame.width, height: frame.height, pixels }
    }

    /// The share of pixels that are darker than grey.
    fn dark(&self) -> f64 {
        let dark = self.pixels.chunks_exact(3).filter(|rgb| rgb.iter().all(|side| *side < 128)).count();
        dark as f64 / f64::from(self.width * self.height)
    }
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
