//! The process that reads documents, driven as the archive and the console drive it: the built
//! `kluis`, started for real, with documents that are honest, lying, broken or hostile.
//!
//! `KLUIS_CORPUS` names the folder of real invoices; under CI it must be there. `KLUIS_PICTURES` names
//! a folder where the drawn pages are left for people to look at.
#![allow(clippy::unwrap_used)]

mod cage;
mod compare;
mod corpus;
mod draw;
mod grief;
mod made;
mod stick;

use factuurkluis::appliance::reader::{self, Reader, ReaderRefusal, Verdict};
use factuurkluis::exchange::bundle::{Document, InvoiceLeaf, Origin, Piece, Place};
use factuurkluis::exchange::invoice::{self, Hints, Record};
use factuurkluis::exchange::vocabulary::{BundleNumber, Digest, SenderId, StreamId};

const UBL: &[u8] = include_bytes!("../fixtures/ubl-invoice.xml");
const CII: &[u8] = include_bytes!("../fixtures/cii-invoice.xml");
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

/// `VmHWM` of a process, in kB.
fn peak(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
