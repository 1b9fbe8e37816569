//! The archive's side of comparing: documents stream out, a thread collects what comes back.
//!
//! ```text
//!  see() --places (bounded queue)--> collector --poll, read--< answers
//!    \-----head, record, bytes-----> the process -------------/
//! ```
//! The collector alone is patient or not: when the process hangs it kills it, and a `see` that waits
//! in a full pipe comes back by that.

use std::io::Write;
use std::process::ChildStdin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
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
/// How many documents may be on the way without an answer.
const UNANSWERED: usize = 256;

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
    /// `None` once all is said.
    out: Option<Out>,
    collector: Option<JoinHandle<Result<Verdict, ReaderRefusal>>>,
    /// Whether the process waits for us, who have begun a document and not ended it.
    our_turn: Arc<AtomicBool>,
    now: Now,
    /// Documents that were not sent.
    not_sent: Vec<(u32, usize)>,
    refused: Option<ReaderRefusal>,
}

/// The two ways out to the process and its collector.
struct Out {
    documents: ChildStdin,
    places: SyncSender<Place>,
}

/// Which document an answer is about.
struct Place {
    invoice: String,
    leaf: u32,
    index: usize,
}

/// Where in the stream of pieces we are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Now {
    Between,
    Skipping,
    Sending { left: u64 },
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
        let our_turn = Arc::clone(&patience.our_turn);
        let (places, queue) = sync_channel(UNANSWERED);
        let watched = Arc::clone(&process);
        let collector = std::thread::Builder::new()
            .name("reader".to_owned())
            .spawn(move || {
                let verdict = collect(&watched, answers, &queue, patience);
                // Before the queue goes, so that whoever finds it gone finds the process gone too.
                watched.end();
                verdict
            })
            .map_err(|error| ReaderRefusal::Unavailable { reason: error.to_string() })?;
        Ok(Self {
            process,
            out: Some(Out { documents, places }),
            collector: Some(collector),
            our_turn,
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
        self.our_turn.store(false, Ordering::Relaxed);
        let passed = self.pass(piece);
        self.our_turn.store(matches!(self.now, Now::Sending { .. }), Ordering::Relaxed);
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
        self.our_turn.store(false, Ordering::Relaxed);
        let mut verdict = self.settle()?;
        verdict.on_word.append(&mut self.not_sent);
        verdict.on_word.sort_unstable();
        Ok(verdict)
    }

    fn pass(&mut self, piece: &Piece<'_>) -> Result<(), Stop> {
        let out = self.out.as_mut().ok_or(Stop::Gone)?;
        match (piece, self.now) {
            (Piece::Begin { leaf, index, invoice }, Now::Between) => {
                self.now = match head(invoice, *index) {
                    Some((head, record)) => {
                        let invoice = plain(&invoice.record.number);
                        let place = Place { invoice, leaf: *leaf, index: *index };
                        out.places.send(place).map_err(|_| Stop::Gone)?;
                        let mut front = head.bytes().to_vec();
                        front.extend_from_slice(&record);
                        out.documents.write_all(&front).map_err(|_| Stop::Gone)?;
                        Now::Sending { left: head.document as u64 }
                    }
                    None => {
                        self.not_sent.push((*leaf, *index));
                        Now::Skipping
                    }
                };
            }
            (Piece::Bytes(bytes), Now::Sending { left }) => {
                let left = left.checked_sub(bytes.len() as u64).ok_or(Stop::Disorder)?;
                out.documents.write_all(bytes).map_err(|_| Stop::Gone)?;
                self.now = Now::Sending { left };
            }
            (Piece::Bytes(_), Now::Skipping) => {}
            (Piece::End, Now::Sending { left: 0 } | Now::Skipping) => self.now = Now::Between,
            _ => return Err(Stop::Disorder),
        }
        Ok(())
    }

    /// Hangs up, and takes what the collector found.
    fn settle(&mut self) -> Result<Verdict, ReaderRefusal> {
        self.out = None;
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
        self.out = None;
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

/// Takes an answer for each place, in order, until the queue is closed or one is a refusal.
fn collect(
    process: &Process,
    mut answers: Pipe,
    places: &Receiver<Place>,
    mut patience: Patience,
) -> Result<Verdict, ReaderRefusal> {
    let mut verdict = Verdict::default();
    for Place { invoice, leaf, index } in places {
        match Answer::next(&mut answers, &mut patience) {
            Ok(Answer::Agrees) => verdict.compared += 1,
            Ok(Answer::OnTheSendersWord) => verdict.on_word.push((leaf, index)),
            Ok(answer) => return Err(refusal(invoice, answer)),
            Err(lost) => return Err(lost_at(process, invoice, lost)),
        }
    }
    answers.end(&mut patience).map_err(|_| ReaderRefusal::Protocol)?;
    Ok(verdict)
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
