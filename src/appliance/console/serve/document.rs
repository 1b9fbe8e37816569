//! An invoice's documents: to look at, as pictures or as text, and to save.
//!
//! ```text
//!  up to 32 MiB   read whole and checked ──> memory ──────────> browser
//!  above          read once and checked, then again ──> pipe ──> browser
//! ```
//! No byte of a document leaves before all of it was found to be what the sender signed. Each piece
//! on its way asks whether the term's key still lives, so a download ends with its term.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use super::super::http::{Kind, Response};
use super::super::page::Tab;
use super::super::pages::original::{OriginalView, Shown, original};
use super::super::refusal::ConsoleRefusal;
use super::look_up::{Place, file_name, kind_of, place_text};
use super::{Asked, No, Page, lock};
use crate::appliance::keeper::{KeeperRefusal, Lease, Original, Visitor, draw_pdf, pdf_pages};
use crate::exchange::bundle::Document;
use crate::support::words::Said;

/// The longest document that is held in memory: what a place of the gate may cost.
const HELD: u64 = 32 << 20;
/// Of a text, so much is shown; who wants more saves it.
const TEXT_SHOWN: usize = 256 << 10;
/// Pages of a PDF that are shown; who wants more saves it.
const PAGES_SHOWN: u32 = 40;
/// How wide a page is drawn, in pixels: half as much again as it is shown, for finer screens.
const PICTURE_WIDTH: u32 = 1400;

/// How a document can be looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// As pictures that the reader draws.
    Pictures,
    /// As text.
    Text,
    /// It can only be saved.
    Other,
}

pub(super) fn shape_of(document: &Document) -> Shape {
    match document.media_type.as_str() {
        "application/pdf" => Shape::Pictures,
        "application/xml" | "text/xml" | "application/json" | "text/plain" => Shape::Text,
        _ => Shape::Other,
    }
}

/// The `N` of an address, which counts from 1.
pub(super) fn index_of(text: &str) -> Result<usize, ConsoleRefusal> {
    let number: usize = text.parse().map_err(|_| ConsoleRefusal::NoSuchPage)?;
    number.checked_sub(1).ok_or(ConsoleRefusal::NoSuchPage)
}

/// A document that was asked for, of an opened invoice.
struct Asking {
    original: Original,
    index: usize,
    document: Document,
    /// The invoice's.
    number: String,
}

impl Asked<'_> {
    fn asking(&self, visitor: &Visitor, (bundle, leaf): Place, index: usize) -> Result<Asking, No> {
        let original = self.keeper().opened_original(visitor, bundle, leaf, Some(&self.caller.opened))?;
        let invoice = original.invoice()?;
        let document = invoice.documents.get(index).cloned().ok_or(ConsoleRefusal::NoSuchPage)?;
        Ok(Asking { original, index, document, number: invoice.record.number })
    }

    /// The page with a document's pictures or text.
    pub(super) fn original(&self, visitor: &Visitor, place: Place, index: usize) -> Result<Response, No> {
        let mut asking = self.asking(visitor, place, index)?;
        let shown = match shape_of(&asking.document) {
            Shape::Other => Shown::Not(self.say.text("console-original-not-shown")),
            Shape::Text => asking.text()?,
            Shape::Pictures if asking.document.length > HELD => {
                Shown::Not(self.say.text("console-original-too-long"))
            }
            Shape::Pictures => {
                let bytes = asking.bytes()?;
                let _one_at_a_time = lock(&self.console.drawing);
                match pdf_pages(&bytes) {
                    Ok(pages) => Shown::Pictures { shown: pages.min(PAGES_SHOWN), pages },
                    Err(refusal) => Shown::Not(refusal.say(self.say.0)),
                }
            }
        };
        let view = OriginalView {
            id: place_text(place),
            number: asking.number,
            document: index + 1,
            kind: kind_of(&asking.document.media_type),
            shown,
            back: self.back(),
        };
        let title = format!("{} {}", view.kind, view.number);
        Ok(self.page(&Page { title, main: original(self.say, &view), tab: Tab::Search }))
    }

    /// One page of a PDF, drawn: `3.png`.
    pub(super) fn picture(
        &self,
        visitor: &Visitor,
        place: Place,
        index: usize,
        name: &str,
    ) -> Result<Response, No> {
        let page: Option<u32> = name.strip_suffix(".png").and_then(|page| page.parse().ok());
        let page = page.filter(|page| (1..=PAGES_SHOWN).contains(page)).ok_or(ConsoleRefusal::NoSuchPage)?;
        let mut asking = self.asking(visitor, place, index)?;
        if shape_of(&asking.document) != Shape::Pictures || asking.document.length > HELD {
            return Err(ConsoleRefusal::NoSuchPage.into());
        }
        let bytes = asking.bytes()?;
        let _one_at_a_time = lock(&self.console.drawing);
        let drawn = draw_pdf(&bytes, page, PICTURE_WIDTH);
        Ok(Response::png(drawn.map_err(|_| ConsoleRefusal::BadAnswer)?))
    }

    /// The unchanged document, to save.
    pub(super) fn document_file(
        &self,
        visitor: &Visitor,
        place: Place,
        index: usize,
    ) -> Result<Response, No> {
        let mut asking = self.asking(visitor, place, index)?;
        let name = file_name(&asking.number, index, &asking.document.media_type);
        let length = asking.document.length;
        let body: Box<dyn Read + Send> = if length <= HELD {
            let bytes = asking.bytes()?;
            Box::new(WhileAlive { lease: asking.original.into_lease(), bytes, at: 0 })
        } else {
            asking.piped()?
        };
        Ok(Response::file(&name, Kind::Bytes, length, body))
    }
}

impl Asking {
    /// All of it, checked.
    fn bytes(&mut self) -> Result<Zeroizing<Vec<u8>>, KeeperRefusal> {
        let mut bytes = Zeroizing::new(Vec::new());
        self.original.document(self.index, &mut *bytes)?;
        Ok(bytes)
    }

    /// The beginning of a text; all of it was checked.
    fn text(&mut self) -> Result<Shown, KeeperRefusal> {
        let mut beginning = Beginning(Vec::new());
        self.original.document(self.index, &mut beginning)?;
        let cut = self.document.length > beginning.0.len() as u64;
        Ok(Shown::Text { text: String::from_utf8_lossy(&beginning.0).into_owned(), cut })
    }

    /// All of it through a pipe, after it was read and checked once. The thread that fills the pipe
    /// ends with the document, with the term, or when nobody takes it any more.
    fn piped(mut self) -> Result<Box<dyn Read + Send>, No> {
        let index = self.index;
        self.original.document(index, &mut io::sink())?;
        let no_pipe = |_: io::Error| No::from(ConsoleRefusal::TooMany);
        let (out, mut filled) = io::pipe().map_err(no_pipe)?;
        std::thread::Builder::new()
            .name("document".to_owned())
            // Whatever ends it, the reader sees that bytes are missing.
            .spawn(move || self.original.document(index, &mut filled).map(|_| ()))
            .map_err(no_pipe)?;
        Ok(Box::new(out))
    }
}

/// Keeps the first [`TEXT_SHOWN`] bytes of what is written.
struct Beginning(Vec<u8>);

impl Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = TEXT_SHOWN.saturating_sub(self.0.len());
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A document in memory, given out for as long as its term lives.
struct WhileAlive {
    lease: Lease,
    bytes: Zeroizing<Vec<u8>>,
    at: usize,
}

impl Read for WhileAlive {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.lease.is_alive() {
            return Err(io::Error::other("the term was destroyed in the meantime"));
        }
        let rest = &self.bytes[self.at..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}
