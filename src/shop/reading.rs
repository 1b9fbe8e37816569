//! Reading one invoice at the shop: its record, its document's digest, and its class, which no
//! document states reliably and the settings help to tell.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rust_decimal::Decimal;

use super::Refused;
use super::collect::Source;
use crate::exchange::bundle::{Origin, Promised};
use crate::exchange::invoice::{self, Hints, InvoiceRefusal, LONGEST_DOCUMENT, Reading};
use crate::exchange::law::{Sale, classify};
use crate::exchange::vocabulary::{Class, Country};
use crate::support::durable::{DiskError, read_up_to};

/// The longest sidecar that is read, in bytes; the invoice room refuses above 1 MiB with a sentence.
const LONGEST_SIDECAR: u64 = (1 << 20) + 1;

/// What the shop knows where an invoice is silent.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Where the shop is established.
    pub country: Option<Country>,
    /// Whether it takes part in the one-stop shop.
    pub one_stop_shop: bool,
    /// The class that the command line states.
    pub class: Option<Class>,
}

/// One invoice, read.
pub struct Found {
    /// What the document says.
    pub reading: Reading,
    /// What the document is, and how it is known again.
    pub promised: Promised,
}

/// Reads an invoice whole: at most 64 MiB of document and 1 MiB of sidecar at a time.
///
/// # Errors
/// [`Refused::Invoice`] or [`Refused::Disk`]; the caller names the file.
pub fn read(source: &Source, known: &Known) -> Result<Found, Refused> {
    let bytes = read_up_to(&source.document, LONGEST_DOCUMENT as u64).map_err(|error| match error {
        DiskError::TooLarge { .. } => {
            Refused::Invoice(InvoiceRefusal::TooLarge { limit: LONGEST_DOCUMENT >> 20 })
        }
        error => error.into(),
    })?;
    let sidecar = source.sidecar.as_ref().map(|path| read_up_to(path, LONGEST_SIDECAR)).transpose()?;
    let hints = Hints { seller_country: known.country, class: known.class };
    let mut reading = invoice::read(&bytes, sidecar.as_deref(), &hints)?;
    let class = class(&reading, sidecar.as_deref(), known);
    if class != reading.record.class {
        // Once more, because of the one-stop shop more is kept (Regulation (EU) 282/2011 art. 63c).
        reading = invoice::read(&bytes, sidecar.as_deref(), &Hints { class: Some(class), ..hints })?;
    }
    let promised = Promised::see(&bytes, reading.syntax.media_type(), Origin::Original);
    Ok(Found { reading, promised })
}

fn class(reading: &Reading, sidecar: Option<&[u8]>, known: &Known) -> Class {
    let record = &reading.record;
    let states_it = sidecar
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok())
        .is_some_and(|sidecar| sidecar.get("class").is_some());
    let stated = states_it || record.class != Class::Ordinary;
    classify(&Sale {
        stated: known.class.or(stated.then_some(record.class)),
        seller: record.seller_country,
        buyer: record.buyer.country,
        buyer_has_vat_number: record.buyer.vat_number.is_some(),
        vat_charged: record.vat.iter().any(|vat| vat.tax.0 != Decimal::ZERO),
        takes_part: known.one_stop_shop,
    })
}

/// Does `work` on every item, two at a time, and gives the outcomes in the items' order.
pub(super) fn in_order<T: Sync, U: Send>(items: &[T], work: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    let mut outcomes = std::thread::scope(|scope| {
        let other = scope.spawn(worker);
        let mut outcomes = worker();
        outcomes.extend(other.join().expect("the readers do not panic on any input"));
        outcomes
    });
    outcomes.sort_unstable_by_key(|(at, _)| *at);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// A document read for the second time; tells which one could not be.
pub(super) struct Second<'a> {
    file: File,
    index: usize,
    reading: &'a Cell<Option<usize>>,
}

impl<'a> Second<'a> {
    pub(super) fn open(path: &Path, index: usize, reading: &'a Cell<Option<usize>>) -> io::Result<Self> {
        let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
        let file = file.inspect_err(|_| reading.set(Some(index)))?;
        Ok(Self { file, index, reading })
    }
}

impl Read for Second<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.reading.set(Some(self.index));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn two_at_a_time_and_still_in_order() {
        let items: Vec<u32> = (0..1000).collect();
        assert_eq!(in_order(&items, |n| n * 2), items.iter().map(|n| n * 2).collect::<Vec<_>>());
        assert!(in_order(&[] as &[u32], |n| *n).is_empty());
    }
}
