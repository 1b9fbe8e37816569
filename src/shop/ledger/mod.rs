//! The ledger: which numbers were signed for what, and what the box has acknowledged. One
//! append-only file of JSON lines, read from the front at every start.
//!
//! ```text
//! {"what":"invoice","bundle":5,"number":"2026-0001","issued":"2026-03-05","source":"/…/1.xml",…}
//! {"what":"invoice","bundle":5,…}                                   one line an invoice
//! {"what":"sealed","number":5,"header":"<the signed header, base64>","path":"/media/stick/…","bytes":…}
//! {"what":"placed","number":5}                                      its file has its name
//! {"what":"received","number":5,"at":"…","checkpoint":"<signed note>"}   a receipt file
//! {"what":"received-up-to","number":57,"at":"…"}                    a receipt code
//! ```
//! A `sealed` line *uses* its number: it is durable before the signature reaches the bundle's file,
//! and the number after the last one is the only one that is ever given. The invoices' lines before
//! it are synced before it is written, so after a crash there can be invoices without their `sealed`
//! line (they are cut off), but no `sealed` line without its invoices. A line that is not of its form
//! is the torn end of the last write, and cut off too, unless whole lines of another kind follow it:
//! then the file was damaged, and nothing goes on before a person has looked. The same goes for whole
//! JSON that says something else: no torn write leaves that, but a later version's ledger does.
//!
//! The headers check themselves: each names the digest of the one before, and the last one's
//! signature is verified.

mod line;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use jiff::Timestamp;

pub use line::{FilePath, InvoiceLine};
use line::{Line, OneLine, each_line, push_line};

use super::refusal::shown_path;
use super::{Refused, ShopRefusal};
use crate::exchange::bundle::header::HEADER_LIMIT;
use crate::exchange::bundle::{Header, SignedHeader, labels};
use crate::exchange::journal::SignedCheckpoint;
use crate::exchange::vocabulary::{BoxId, BundleNumber, Digest, PublicKey};
use crate::support::durable::{Appender, Lock, failpoint};

/// A number that is used, and what became of it.
#[derive(Clone, Debug)]
pub struct SealedBundle {
    /// The signed header.
    pub header: SignedHeader,
    /// Where its file was put.
    pub path: PathBuf,
    /// The file's length.
    pub bytes: u64,
    /// Whether the file is known to have got its name.
    pub placed: bool,
    /// When the box's receipt or code for it was read.
    pub received: Option<Timestamp>,
    /// The number that it was sealed again under.
    pub replaced_by: Option<BundleNumber>,
}

impl SealedBundle {
    /// What the header says.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.header.body()
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> BundleNumber {
        self.header().number
    }

    /// Whether the box still owes a receipt for it.
    #[must_use]
    pub fn is_outstanding(&self) -> bool {
        self.received.is_none() && self.replaced_by.is_none()
    }
}

/// The ledger as it stands.
#[derive(Default)]
pub(super) struct Ledger {
    bundles: Vec<SealedBundle>,
    /// By a document's digest, the last bundle that it is in.
    documents: HashMap<Digest, BundleNumber>,
    /// The longest checkpoint of all receipts.
    seen: Option<SignedCheckpoint>,
    /// Length of what counts, in bytes.
    whole: u64,
}

/// Whose ledger it is, to check what stands in it.
#[derive(Clone, Copy)]
pub(super) struct Whose {
    pub(super) sender: PublicKey,
    /// The enrolled box and its key.
    pub(super) of_box: Option<(BoxId, PublicKey)>,
}

impl Ledger {
    /// Reads the ledger. One that is not there is empty: nothing was sealed yet.
    pub(super) fn read(path: &Path, whose: Whose) -> Result<Self, Refused> {
        let mut ledger = Self::default();
        let mut pending = Vec::new();
        let mut torn = None;
        let damaged = |line| ShopRefusal::LedgerDamaged { path: shown_path(path), line };
        each_line(path, u64::MAX, |at, number, line| {
            match (line, torn) {
                (OneLine::Torn, _) => torn = torn.or(Some(number)),
                (OneLine::Strange, _) => return Err(damaged(number).into()),
                // Behind a torn line only more of the same unfinished write can stand.
                (OneLine::Whole(Line::Invoice(_)), Some(_)) => {}
                (OneLine::Whole(_), Some(first)) => return Err(damaged(first).into()),
                (OneLine::Whole(Line::Invoice(invoice)), None) => {
                    pending.push((invoice.document, invoice.bundle));
                }
                (OneLine::Whole(line), None) => {
                    ledger.apply(line, &mut pending, whose).ok_or_else(|| damaged(number))?;
                    ledger.whole = at;
                }
            }
            Ok(())
        })?;
        if let Some(last) = ledger.bundles.last()
            && last.header.verify(&[whose.sender]).is_err()
        {
            return Err(damaged(0).into());
        }
        Ok(ledger)
    }

    fn apply(&mut self, line: Line, pending: &mut Vec<(Digest, BundleNumber)>, whose: Whose) -> Option<()> {
        match line {
            Line::Invoice(_) => return None,
            Line::Sealed { number, header, path, bytes } => {
                let header = BASE64.decode(header.as_bytes()).ok()?;
                let header = SignedHeader::parse(labels::BUNDLE, &header, HEADER_LIMIT).ok()?;
                let body = header.body();
                let next = body.number == number && number == self.next();
                let chained = body.previous == self.last_digest();
                let its_own = pending.iter().all(|(_, bundle)| *bundle == number);
                (next && chained && its_own).then_some(())?;
                if let Some(replaced) = body.replaces {
                    self.bundle_mut(replaced)?.replaced_by = Some(number);
                }
                self.documents.extend(pending.drain(..));
                let path = path.0;
                self.bundles.push(SealedBundle {
                    header,
                    path,
                    bytes,
                    placed: false,
                    received: None,
                    replaced_by: None,
                });
            }
            Line::Placed { number } => self.bundle_mut(number)?.placed = true,
            Line::Received { number, at, checkpoint } => {
                let (box_id, key) = whose.of_box?;
                self.see(SignedCheckpoint::verify(&checkpoint, box_id, &key).ok()?);
                let bundle = self.bundle_mut(number)?;
                bundle.received = bundle.received.or(Some(at));
            }
            Line::ReceivedUpTo { number, at } => {
                self.bundle_mut(number)?;
                for bundle in self.bundles.iter_mut().filter(|bundle| bundle.number() <= number) {
                    bundle.received = bundle.received.or(Some(at));
                }
            }
        }
        Some(())
    }

    fn see(&mut self, checkpoint: SignedCheckpoint) {
        if self.seen.as_ref().is_none_or(|seen| seen.size() < checkpoint.size()) {
            self.seen = Some(checkpoint);
        }
    }

    /// Every number that is used, in order.
    pub(super) fn bundles(&self) -> &[SealedBundle] {
        &self.bundles
    }

    pub(super) fn bundle(&self, number: BundleNumber) -> Option<&SealedBundle> {
        self.bundles.get(usize::try_from(number.0.checked_sub(1)?).ok()?)
    }

    fn bundle_mut(&mut self, number: BundleNumber) -> Option<&mut SealedBundle> {
        self.bundles.get_mut(usize::try_from(number.0.checked_sub(1)?).ok()?)
    }

    /// The number that is given next.
    pub(super) fn next(&self) -> BundleNumber {
        BundleNumber(self.bundles.len() as u64 + 1)
    }

    /// The digest of the last header.
    pub(super) fn last_digest(&self) -> Option<Digest> {
        self.bundles.last().map(|bundle| bundle.header.digest())
    }

    /// The bundle that a document is in, unless that was replaced.
    pub(super) fn holds(&self, document: &Digest) -> Option<&SealedBundle> {
        let bundle = self.bundle(*self.documents.get(document)?)?;
        bundle.replaced_by.is_none().then_some(bundle)
    }

    /// The longest checkpoint of all receipts.
    pub(super) fn seen(&self) -> Option<&SignedCheckpoint> {
        self.seen.as_ref()
    }

    /// Goes through the lines of all invoices, which are not kept in memory.
    pub(super) fn invoices(&self, path: &Path, mut each: impl FnMut(InvoiceLine)) -> Result<(), Refused> {
        each_line(path, self.whole, |_, _, line| {
            if let OneLine::Whole(Line::Invoice(invoice)) = line {
                each(invoice);
            }
            Ok(())
        })
    }
}

/// The ledger under its lock: one process at a time gives numbers.
pub(super) struct Book {
    ledger: Ledger,
    log: Appender,
    whose: Whose,
    _lock: Lock,
}

impl Book {
    /// Takes the lock, reads the ledger and cuts off what a crash left unfinished.
    pub(super) fn open(path: &Path, lock: &Path, whose: Whose) -> Result<Self, Refused> {
        let _lock = Lock::exclusive(lock)?;
        let ledger = Ledger::read(path, whose)?;
        let mut log = Appender::open(path, None)?;
        if log.len() > ledger.whole {
            log.truncate_to(ledger.whole)?;
        }
        Ok(Self { ledger, log, whose, _lock })
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Uses the number of `header`, durably. Only then may the signature be shown to anybody.
    pub(super) fn use_number(
        &mut self,
        header: &SignedHeader,
        invoices: impl Iterator<Item = InvoiceLine>,
        path: &Path,
        bytes: u64,
    ) -> Result<(), Refused> {
        let mut text = Vec::new();
        let mut pending = Vec::new();
        let begin = self.log.len();
        for invoice in invoices {
            pending.push((invoice.document, invoice.bundle));
            push_line(&mut text, &Line::Invoice(invoice));
        }
        let line = Line::Sealed {
            number: header.body().number,
            header: BASE64.encode(&header.to_bytes()),
            path: FilePath(path.to_owned()),
            bytes,
        };
        let mut last = Vec::new();
        push_line(&mut last, &line);
        // Two syncs, so that no sealed line is ever on the disk without all of its invoices.
        self.log.append(&text)?;
        let synced = self.log.sync().and_then(|()| {
            failpoint("shop-ledger-invoices");
            self.log.append(&last)?;
            self.log.sync()
        });
        if let Err(error) = synced {
            // Best effort: the next start would cut the same.
            let _ = self.log.truncate_to(begin);
            return Err(error.into());
        }
        self.ledger.apply(line, &mut pending, self.whose).expect("it was made from this very ledger");
        self.ledger.whole = self.log.len();
        Ok(())
    }

    /// Notes that the bundle's file has its name.
    pub(super) fn placed(&mut self, number: BundleNumber) -> Result<(), Refused> {
        self.write(Line::Placed { number })
    }

    /// Notes the box's receipt.
    pub(super) fn received(
        &mut self,
        number: BundleNumber,
        at: Timestamp,
        checkpoint: &SignedCheckpoint,
    ) -> Result<(), Refused> {
        self.write(Line::Received { number, at, checkpoint: checkpoint.note().to_owned() })
    }

    /// Notes the box's code.
    pub(super) fn received_up_to(&mut self, number: BundleNumber, at: Timestamp) -> Result<(), Refused> {
        self.write(Line::ReceivedUpTo { number, at })
    }

    fn write(&mut self, line: Line) -> Result<(), Refused> {
        let mut text = Vec::new();
        push_line(&mut text, &line);
        self.log.append(&text)?;
        self.log.sync()?;
        self.ledger.apply(line, &mut Vec::new(), self.whose).expect("callers name bundles of this ledger");
        self.ledger.whole = self.log.len();
        Ok(())
    }
}
