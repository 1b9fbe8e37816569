//! Pages that are drawn, and some that had better not be.

use std::time::{Duration, Instant};

use factuurkluis::appliance::reader::{self, Fault, ReaderRefusal};

use super::made::{Picture, deflated, pdf, pdf_of, zeros};
use super::peak;

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
