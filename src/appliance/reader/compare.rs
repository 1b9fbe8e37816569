//! The archive's side of comparing: documents stream out, a thread collects what comes back.
//!
//! ```text
//!  see() --places--> collector --poll, read--< answers
//!    \--head, record, bytes--> the process ------/
//! ```
//! The collector alone is patient or not: when the process hangs it kills it, and a `see` that waits
//! in a full pipe comes back by that. Most documents are one write, and wake the process once: on a
//! small box waking costs more than comparing. How many may be on the way is bounded by the pipe.

use std::collections::VecDeque;
use std::io::{IoSlice, Write};
use std::process::ChildStdin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::frames::{Answer, Head, Media};
use super::refusal::ReaderRefusal;
use crate::appliance::cage::{Kind, Lost, Patience, Pipe, Process, Started, plain, start};
use crate::exchange::bundle::{InvoiceLeaf, Piece, cbor};
use crate::exchange::invoice::{Field, InvoiceRefusal, LONGEST_DOCUMENT};

/// How long the process may keep us waiting for one document, and for a whole bundle.
const DOCUMENT_WITHIN: Duration = Duration::from_secs(20);
const BUNDLE_WITHIN: Duration = Duration::from_secs(600);

/// What became of a bundle's documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many documents were read and agree with their records.
    pub compared: u32,
    /// The documents that no program can read, by leaf and number in it, in order: their records
    /// stand on the sender's word.
    pub on_word: Vec<(u32, usize)>,
}

/// One process that compares the documents of one bundle. Dropping it ends the process.
pub struct Reader {
    process: Arc<Process>,
    /// What the process is given; `None` once all is said.
    documents: Option<ChildStdin>,
    on_the_way: Arc<OnTheWay>,
    collector: Option<JoinHandle<Result<Verdict, ReaderRefusal>>>,
    now: Now,
    /// Documents that were not sent.
    not_sent: Vec<(u32, usize)>,
    refused: Option<ReaderRefusal>,
}

/// Which document an answer is about.
struct Place {
    invoice: String,
    leaf: u32,
    index: usize,
}

/// What is on its way to the process without an answer, and so whose turn it is.
struct OnTheWay {
    state: Mutex<Way>,
    /// For the collector's patience: set while the process has nothing to do but to wait for us.
    our_turn: Arc<AtomicBool>,
}

#[derive(Default)]
struct Way {
    /// In order; of the last one some may be still here.
    places: VecDeque<Place>,
    /// What we are at.
    we: We,
}

/// What we are at.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum We {
    /// Elsewhere, with no document begun that is not ended.
    #[default]
    Between,
    /// Elsewhere, and the rest of a document is still here.
    Within,
    /// Writing, which ends when the process reads.
    Writing,
    /// Waiting for the last answers.
    Waiting,
}

impl OnTheWay {
    fn new(our_turn: Arc<AtomicBool>) -> Self {
        let way = Self { state: Mutex::default(), our_turn };
        way.we_are(We::Between);
        way
    }

    fn we_are(&self, we: We) {
        self.change(|way| way.we = we);
    }

    fn add(&self, place: Place) {
        self.change(|way| way.places.push_back(place));
    }

    /// The document that an answer is about.
    fn next(&self) -> Option<Place> {
        self.change(|way| way.places.pop_front())
    }

    fn change<T>(&self, change: impl FnOnce(&mut Way) -> T) -> T {
        let mut way = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = change(&mut way);
        let ours = match way.we {
            We::Between => way.places.is_empty(),
            We::Within => true,
            We::Writing | We::Waiting => false,
        };
        self.our_turn.store(ours, Ordering::Relaxed);
        changed
    }
}

/// Where in the stream of pieces we are.
#[derive(PartialEq, Eq)]
enum Now {
    Between,
    Skipping,
    /// The head and the record go out with the first bytes.
    Sending {
        front: Vec<u8>,
        left: u64,
    },
}

/// Why a piece did not go through.
enum Stop {
    /// The process or its collector is gone: the collector knows why.
    Gone,
    /// The pieces do not follow each other.
    Disorder,
}

impl Reader {
    /// Starts a process for one bundle and waits until its cage is shut.
    ///
    /// # Errors
    /// [`ReaderRefusal::Unavailable`]: no document may be taken unread then.
    pub fn start() -> Result<Self, ReaderRefusal> {
        let Started { process, given: documents, answers } = start(Kind::Compare, None)?;
        let patience = Patience::of(DOCUMENT_WITHIN, BUNDLE_WITHIN);
        let on_the_way = Arc::new(OnTheWay::new(Arc::clone(&patience.our_turn)));
        let asked = Arc::clone(&on_the_way);
        let watched = Arc::clone(&process);
        let collector = std::thread::Builder::new()
            .name("reader".to_owned())
            .spawn(move || {
                let verdict = collect(&watched, answers, &asked, patience);
                // A `see` that waits in a full pipe comes back by this.
                watched.end();
                verdict
            })
            .map_err(|error| ReaderRefusal::Unavailable { reason: error.to_string() })?;
        Ok(Self {
            process,
            documents: Some(documents),
            on_the_way,
            collector: Some(collector),
            now: Now::Between,
            not_sent: Vec::new(),
            refused: None,
        })
    }

    /// The process's id, for whoever measures it.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Sees one stretch of the bundle's documents, as `Opened::documents` hands them out. Structured
    /// documents up to 64 MiB go to the process; the others are counted as on the sender's word.
    ///
    /// # Errors
    /// The first refusal that has come back by now, about this document or an earlier one; every
    /// later call repeats it.
    pub fn see(&mut self, piece: &Piece<'_>) -> Result<(), ReaderRefusal> {
        if let Some(refusal) = &self.refused {
            return Err(refusal.clone());
        }
        self.on_the_way.we_are(We::Writing);
        let passed = self.pass(piece);
        self.on_the_way.we_are(if self.now == Now::Between { We::Between } else { We::Within });
        let over = self.collector.as_ref().is_none_or(JoinHandle::is_finished);
        match passed {
            Ok(()) if !over => Ok(()),
            Ok(()) | Err(Stop::Gone) => Err(self.settle().err().unwrap_or(ReaderRefusal::Protocol)),
            Err(Stop::Disorder) => {
                self.refused = Some(ReaderRefusal::Protocol);
                Err(ReaderRefusal::Protocol)
            }
        }
    }

    /// Waits for the last answers, and ends the process.
    ///
    /// # Errors
    /// The first refusal.
    pub fn finish(mut self) -> Result<Verdict, ReaderRefusal> {
        if let Some(refusal) = self.refused.take() {
            return Err(refusal);
        }
        if self.now != Now::Between {
            return Err(ReaderRefusal::Protocol);
        }
        let mut verdict = self.settle()?;
        verdict.on_word.append(&mut self.not_sent);
        verdict.on_word.sort_unstable();
        Ok(verdict)
    }

    fn pass(&mut self, piece: &Piece<'_>) -> Result<(), Stop> {
        let documents = self.documents.as_mut().ok_or(Stop::Gone)?;
        match (piece, &mut self.now) {
            (Piece::Begin { leaf, index, invoice }, Now::Between) => {
                self.now = match head(invoice, *index) {
                    Some((head, record)) => {
                        let invoice = plain(&invoice.record.number);
                        let place = Place { invoice, leaf: *leaf, index: *index };
                        self.on_the_way.add(place);
                        let mut front = head.bytes().to_vec();
                        front.extend_from_slice(&record);
                        Now::Sending { front, left: head.document as u64 }
                    }
                    None => {
                        self.not_sent.push((*leaf, *index));
                        Now::Skipping
                    }
                };
            }
            (Piece::Bytes(bytes), Now::Sending { front, left }) => {
                *left = left.checked_sub(bytes.len() as u64).ok_or(Stop::Disorder)?;
                write_both(documents, front, bytes).map_err(|_| Stop::Gone)?;
                front.clear();
            }
            (Piece::Bytes(_), Now::Skipping) => {}
            (Piece::End, Now::Sending { front, left: 0 }) => {
                // It is still here where the document has no bytes.
                documents.write_all(front).map_err(|_| Stop::Gone)?;
                self.now = Now::Between;
            }
            (Piece::End, Now::Skipping) => self.now = Now::Between,
            _ => return Err(Stop::Disorder),
        }
        Ok(())
    }

    /// Hangs up, and takes what the collector found.
    fn settle(&mut self) -> Result<Verdict, ReaderRefusal> {
        self.on_the_way.we_are(We::Waiting);
        self.documents = None;
        let found = match self.collector.take().map(JoinHandle::join) {
            Some(Ok(found)) => found,
            _ => Err(ReaderRefusal::Protocol),
        };
        self.refused = found.as_ref().err().cloned();
        found
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.documents = None;
        if let Some(collector) = self.collector.take() {
            self.process.end();
            // What it found is of no interest any more.
            let _ = collector.join();
        }
    }
}

/// The head and the record of a document that a program can read.
fn head(invoice: &InvoiceLeaf, index: usize) -> Option<(Head, Vec<u8>)> {
    let document = invoice.documents.get(index)?;
    let media = Media::of(&document.media_type)?;
    let length = usize::try_from(document.length).ok().filter(|length| *length <= LONGEST_DOCUMENT)?;
    let record = cbor::encode(&invoice.record);
    Some((Head { media, record: record.len(), document: length }, record))
}

/// Writes both, in one call where the pipe has room.
fn write_both(to: &mut impl Write, front: &[u8], bytes: &[u8]) -> std::io::Result<()> {
    let mut slices = [IoSlice::new(front), IoSlice::new(bytes)];
    let mut slices = &mut slices[..];
    while slices.iter().any(|slice| !slice.is_empty()) {
        match to.write_vectored(slices) {
            Ok(0) => return Err(std::io::ErrorKind::WriteZero.into()),
            Ok(count) => IoSlice::advance_slices(&mut slices, count),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Takes an answer for each document on the way, in order, until the process hangs up after us or an
/// answer is a refusal.
fn collect(
    process: &Process,
    mut answers: Pipe,
    on_the_way: &OnTheWay,
    mut patience: Patience,
) -> Result<Verdict, ReaderRefusal> {
    let mut verdict = Verdict::default();
    loop {
        let answer = Answer::next(&mut answers, &mut patience);
        let Some(Place { invoice, leaf, index }) = on_the_way.next() else {
            return match answer {
                Err(Lost::Ended) => Ok(verdict),
                _ => Err(ReaderRefusal::Protocol),
            };
        };
        match answer {
            Ok(Answer::Agrees) => verdict.compared += 1,
            Ok(Answer::OnTheSendersWord) => verdict.on_word.push((leaf, index)),
            Ok(answer) => return Err(refusal(invoice, answer)),
            Err(lost) => return Err(lost_at(process, invoice, lost)),
        }
    }
}

fn lost_at(process: &Process, invoice: String, lost: Lost) -> ReaderRefusal {
    match process.fault(lost) {
        Some(reason) => ReaderRefusal::Failed { invoice, reason },
        None => ReaderRefusal::Protocol,
    }
}

/// A refusing answer, every word of which is held against what may stand there.
fn refusal(invoice: String, answer: Answer) -> ReaderRefusal {
    match answer {
        Answer::Differs { field, record, document } => {
            match Field::ALL.into_iter().find(|known| known.word() == field) {
                Some(field) => {
                    let (record, document) = (plain(&record), plain(&document));
                    ReaderRefusal::Mismatch { invoice, field, record, document }
                }
                None => ReaderRefusal::Protocol,
            }
        }
        Answer::MediaType { record, document } => {
            ReaderRefusal::MediaType { invoice, record: plain(&record), document: plain(&document) }
        }
        Answer::Unreadable { code, reason }
            if InvoiceRefusal::CODES.iter().any(|(known, _)| *known == code) =>
        {
            ReaderRefusal::Unreadable { invoice, code, reason: plain(&reason) }
        }
        _ => ReaderRefusal::Protocol,
    }
}
