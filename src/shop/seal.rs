//! Sealing: many invoices in, a few bundles out.
//!
//! ```text
//! collect -> [2 threads] read, digest, term -> batch of one term after the other
//!            (a window of files)               (10,000 invoices, 16 MiB of leaves at most)
//!                                                  |
//!   ledger <- place <- Parcel::seal <- documents, read once more and compared with what was seen
//! ```
//! Memory is a batch's records, twice at most (as they wait, and as leaves of the bundle being
//! sealed), and the documents that two threads read; never the documents of a bundle.
//!
//! Numbers are given one at a time, each when its bundle is sealed: the next header names the last.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::PathBuf;

use jiff::civil::Date;

use super::collect::{Source, collect};
use super::enrol::OurBox;
use super::ledger::{Book, FilePath, InvoiceLine, SealedBundle};
use super::order::{Made, Order, Progress, Sealing, Skipped};
use super::place::{Draft, file_name};
use super::reading::{self, Known, Second, in_order};
use super::refusal::shown_path;
use super::{Refused, Shop, ShopRefusal};
use crate::exchange::bundle::header::{INVOICES_LIMIT, LEAVES_LIMIT, SEEN_LIMIT};
use crate::exchange::bundle::{
    Address, BundleRefusal, CardTerm, Document, HybridRecipient, Parcel, Place, Promised, StatementRefusal,
    cbor,
};
use crate::exchange::invoice::Record;
use crate::exchange::law::{TermName, term_for};
use crate::exchange::vocabulary::{BundleNumber, Digest};
use crate::support::durable::{DiskError, failpoint};

/// Files that are read before their outcomes are looked at.
const WINDOW: usize = 256;
/// Bytes of leaves that a batch may come to, about: what a bundle can hold.
const BATCH_LIMIT: usize = LEAVES_LIMIT;
/// What a leaf has beside its record, about: ids, salt, one document.
const LEAF_ROOM: usize = 250;

/// An invoice that waits for its bundle; its record in CBOR takes a fraction of the room.
struct Waiting {
    record: Vec<u8>,
    number: String,
    issued: Date,
    source: Source,
    promised: Promised,
    with_notes: bool,
}

impl Waiting {
    fn document(&self) -> &Document {
        self.promised.document()
    }
}

impl Shop {
    /// Reads, sorts, seals and places what `order` names. What is refused stands in the report and
    /// stops nothing else, unless the order says so.
    ///
    /// # Errors
    /// What keeps it from beginning: no box, no folder, a ledger that is in use or damaged, a number
    /// that cannot be replaced.
    pub fn seal(&self, order: &Order, watch: &mut dyn FnMut(Progress)) -> Result<Sealing, Refused> {
        let our_box = self.our_box()?;
        if !order.to.is_dir() {
            return Err(ShopRefusal::NoTarget { path: shown_path(&order.to) }.into());
        }
        let to = fs::canonicalize(&order.to).map_err(|error| DiskError::of("open", &order.to, &error))?;
        let mut book = self.book()?;
        let mut report = Sealing::default();
        self.look_after_interrupted(&mut book, &to, &mut report)?;
        let replaced = self.replaced(&book, order.replaces)?;

        let paths = match (&replaced, order.paths.is_empty()) {
            (Some(replaced), true) => replaced.iter().map(|invoice| invoice.source.0.clone()).collect(),
            _ => order.paths.clone(),
        };
        let collected = collect(&paths, &self.settings);
        report.refused = collected.refused;
        report.left_alone = collected.left_alone;
        if collected.sources.is_empty() && report.refused.is_empty() {
            let patterns = self.settings.patterns.join(", ");
            return Err(ShopRefusal::NothingToSeal { patterns }.into());
        }

        let known = Known { class: order.class, ..self.known() };
        let mut run = Run {
            shop: self,
            our_box,
            book,
            order,
            to,
            known,
            report,
            replaced,
            of_this_order: HashSet::new(),
        };
        if order.all_or_nothing {
            run.try_all(&collected.sources, watch);
            if !run.report.refused.is_empty() {
                let refused = run.report.refused.len();
                run.report.stopped = Some(ShopRefusal::NothingSealed { refused }.into());
                return Ok(run.report);
            }
        }
        if let Err(refusal) = run.all(&collected.sources, watch) {
            run.report.stopped = Some(refusal);
        }
        if !run.report.made.is_empty() {
            // Without one everything else is as good: it is said, and nothing waits for it.
            run.report.time = Some(self.fetch_time(&run.to));
        }
        Ok(run.report)
    }

    /// The invoices of the bundle that is to be replaced, if it can be.
    fn replaced(
        &self,
        book: &Book,
        number: Option<BundleNumber>,
    ) -> Result<Option<Vec<InvoiceLine>>, Refused> {
        let Some(number) = number else { return Ok(None) };
        let known = book.ledger().bundles().len() as u64;
        let Some(bundle) = book.ledger().bundle(number) else {
            return Err(ShopRefusal::ReplacesUnknown { number, known }.into());
        };
        if bundle.received.is_some() {
            return Err(ShopRefusal::ReplacesReceived { number }.into());
        }
        if let Some(by) = bundle.replaced_by {
            return Err(ShopRefusal::ReplacesReplaced { number, by }.into());
        }
        let mut invoices = Vec::new();
        book.ledger().invoices(&self.place(super::LEDGER), |invoice| {
            if invoice.bundle == number {
                invoices.push(invoice);
            }
        })?;
        Ok(Some(invoices))
    }
}

/// One order under way.
struct Run<'a> {
    shop: &'a Shop,
    our_box: &'a OurBox,
    book: Book,
    order: &'a Order,
    to: PathBuf,
    known: Known,
    report: Sealing,
    /// The invoices of the bundle that is replaced.
    replaced: Option<Vec<InvoiceLine>>,
    /// Documents of this order, to pass over a second copy of one.
    of_this_order: HashSet<Digest>,
}

impl Run<'_> {
    /// Reads everything and keeps only what is refused.
    fn try_all(&mut self, sources: &[Source], watch: &mut dyn FnMut(Progress)) {
        for (at, window) in sources.chunks(WINDOW).enumerate() {
            let outcomes = in_order(window, |source| self.wait(source).map(drop));
            for (source, outcome) in window.iter().zip(outcomes) {
                if let Err(refusal) = outcome {
                    self.report.refused.push((source.document.clone(), refusal));
                }
            }
            watch(Progress::Reading { done: at * WINDOW + window.len(), of: sources.len() });
        }
    }

    fn all(&mut self, sources: &[Source], watch: &mut dyn FnMut(Progress)) -> Result<(), Refused> {
        let mut batch: BTreeMap<TermName, Vec<Waiting>> = BTreeMap::new();
        let (mut count, mut bytes) = (0, 0);
        for (at, window) in sources.chunks(WINDOW).enumerate() {
            let outcomes = in_order(window, |source| self.wait(source));
            watch(Progress::Reading { done: at * WINDOW + window.len(), of: sources.len() });
            for (source, outcome) in window.iter().zip(outcomes) {
                let (term, waiting) = match outcome {
                    Ok(found) => found,
                    Err(refusal) => {
                        self.report.refused.push((source.document.clone(), refusal));
                        continue;
                    }
                };
                if let Some(skipped) = self.skipped(&waiting) {
                    self.report.skipped.push(skipped);
                    continue;
                }
                let room = waiting.record.len() + LEAF_ROOM;
                if count == INVOICES_LIMIT as usize || bytes + room > BATCH_LIMIT {
                    if let Some(number) = self.order.replaces {
                        return Err(ShopRefusal::ReplacementSplits { number }.into());
                    }
                    self.seal_batch(std::mem::take(&mut batch), watch)?;
                    (count, bytes) = (0, 0);
                }
                (count, bytes) = (count + 1, bytes + room);
                batch.entry(term).or_default().push(waiting);
            }
        }
        self.seal_batch(batch, watch)
    }

    /// Reads one invoice and finds its term.
    fn wait(&self, source: &Source) -> Result<(TermName, Waiting), Refused> {
        let found = reading::read(source, &self.known)?;
        let record = &found.reading.record;
        let terms = self.our_box.card.body().terms.iter().map(|term| &term.term);
        let term =
            term_for(terms, record.class, record.seller_country, record.issue_date, record.supply_date)?;
        let waiting = Waiting {
            record: cbor::encode(record),
            number: record.number.clone(),
            issued: record.issue_date,
            source: source.clone(),
            promised: found.promised,
            with_notes: !found.reading.notes.is_empty(),
        };
        Ok((term.name().clone(), waiting))
    }

    /// Whether the document is in a bundle already, or twice in this order.
    fn skipped(&mut self, waiting: &Waiting) -> Option<Skipped> {
        let digest = waiting.document().sha256;
        let path = waiting.source.document.clone();
        if !self.of_this_order.insert(digest) {
            return Some(Skipped { path, bundle: None });
        }
        let bundle = self.book.ledger().holds(&digest).map(SealedBundle::number)?;
        let wanted = self.order.again || self.order.replaces == Some(bundle);
        (!wanted).then_some(Skipped { path, bundle: Some(bundle) })
    }

    fn seal_batch(
        &mut self,
        batch: BTreeMap<TermName, Vec<Waiting>>,
        watch: &mut dyn FnMut(Progress),
    ) -> Result<(), Refused> {
        if let (Some(replaced), Some(number)) = (&self.replaced, self.order.replaces) {
            replaces_all(number, replaced, &batch)?;
        }
        for (name, mut waiting) in batch {
            let terms = &self.our_box.card.body().terms;
            let term = terms.iter().find(|term| *term.term.name() == name).expect("found on this card");
            while !waiting.is_empty() {
                self.seal_one(term, &mut waiting, watch)?;
            }
        }
        Ok(())
    }

    /// Seals the first of `waiting` that fit into one bundle, and takes them from it. A document
    /// that changed since it was read is refused, and the rest is sealed without it.
    fn seal_one(
        &mut self,
        term: &CardTerm,
        waiting: &mut Vec<Waiting>,
        watch: &mut dyn FnMut(Progress),
    ) -> Result<(), Refused> {
        let number = self.book.ledger().next();
        let keys = &self.shop.keys;
        let place = Place { sender: keys.sender, stream: keys.stream, number };
        let mut parcel = Parcel::new(place, &keys.receipt);
        let mut fitting = 0;
        while let Some(next) = waiting.get(fitting) {
            let record: Record = cbor::decode(&next.record, LEAVES_LIMIT).expect("encoded by ourselves");
            match parcel.add(record, vec![next.promised.clone()]) {
                Ok(true) => fitting += 1,
                Ok(false) => break,
                Err(refusal) => {
                    let refused = waiting.remove(fitting);
                    self.report.refused.push((refused.source.document, refusal.into()));
                }
            }
        }
        if fitting == 0 {
            return Ok(());
        }
        if let Some(number) = self.order.replaces.filter(|_| fitting < waiting.len()) {
            return Err(ShopRefusal::ReplacementSplits { number }.into());
        }
        let path = self.to.join(file_name(keys.stream, number));
        if path.symlink_metadata().is_ok() {
            return Err(ShopRefusal::BundleThere { path: shown_path(&path) }.into());
        }

        let sealing = &waiting[..fitting];
        let of = sealing.iter().map(|invoice| invoice.document().length).sum();
        let mut done = 0;
        let reading = Cell::new(None);
        let (draft, fault) = Draft::begin(&path)?;
        let sealed = parcel.seal(draft, &self.address(term)?, &keys.signing(), |index| {
            watch(Progress::Sealing { number, done, of });
            done += sealing[index].document().length;
            Second::open(&sealing[index].source.document, index, &reading)
        });
        let (header, draft) = match sealed {
            Ok(sealed) => sealed,
            Err(refusal) => {
                // Best effort: the next run would sweep it.
                let _ = fs::remove_file(super::place::unfinished(&path));
                let changed = match refusal {
                    BundleRefusal::DocumentChanged { document } => Some(document),
                    _ => reading.get(),
                };
                if let Some(fault) = fault.get() {
                    return Err(fault.clone().into());
                }
                let Some(changed) = changed else { return Err(refusal.into()) };
                let changed = waiting.remove(changed).source.document;
                let refusal = ShopRefusal::Changed { path: shown_path(&changed) };
                if self.order.replaces.is_some() || self.order.all_or_nothing {
                    // A replacement is whole or not at all, and so is what was asked to be.
                    return Err(refusal.into());
                }
                self.report.refused.push((changed, refusal.into()));
                // What is left of it goes into the next attempt, under the same number.
                return Ok(());
            }
        };
        draft.sync()?;
        failpoint("shop-payload-durable");
        let bytes = header.to_bytes().len() as u64 + header.body().length;
        let invoices = header.body().invoices();
        let lines = sealing.iter().map(|invoice| InvoiceLine {
            bundle: number,
            number: invoice.number.clone(),
            issued: invoice.issued,
            source: FilePath(invoice.source.document.clone()),
            sidecar: invoice.source.sidecar.clone().map(FilePath),
            document: invoice.document().sha256,
        });
        self.book.use_number(&header, lines, &path, bytes)?;
        failpoint("shop-number-used");
        draft.finish(&path)?;
        self.book.placed(number)?;

        watch(Progress::Sealing { number, done: of, of });
        let term = term.term.name().clone();
        self.report.with_notes += sealing.iter().filter(|invoice| invoice.with_notes).count();
        self.report.made.push(Made { number, term, invoices, bytes, path });
        waiting.drain(..fitting);
        Ok(())
    }

    fn address(&self, term: &CardTerm) -> Result<Address, Refused> {
        let card = self.our_box.card.body();
        let recipient = HybridRecipient::parse(&term.recipient)
            .ok_or_else(|| StatementRefusal::NotOfForm { reason: "a term's recipient".to_owned() })?;
        let seen = self.shop.last_seen(self.book.ledger())?;
        Ok(Address {
            box_id: card.box_id,
            entity: card.entity,
            term: term.term.name().clone(),
            recipient,
            previous: self.book.ledger().last_digest(),
            replaces: self.order.replaces,
            seen: Some(seen.note().to_owned()).filter(|note| note.len() <= SEEN_LIMIT),
            signed_at: self.order.now,
        })
    }
}

/// Sees that a replacement is one bundle and has every invoice, by its number, of what it replaces:
/// the box refuses the replaced bundle from then on.
fn replaces_all(
    number: BundleNumber,
    replaced: &[InvoiceLine],
    batch: &BTreeMap<TermName, Vec<Waiting>>,
) -> Result<(), ShopRefusal> {
    if batch.len() > 1 {
        return Err(ShopRefusal::ReplacementSplits { number });
    }
    let given: HashSet<_> = batch.values().flatten().map(|waiting| waiting.number.as_str()).collect();
    let lacking: Vec<_> =
        replaced.iter().filter(|invoice| !given.contains(invoice.number.as_str())).collect();
    match lacking.first() {
        None => Ok(()),
        Some(first) => {
            let (count, first) = (lacking.len(), super::refusal::shown(&first.number));
            Err(ShopRefusal::ReplacementLacks { number, count, first })
        }
    }
}
