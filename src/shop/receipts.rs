//! What the box says it has: receipts that prove it, and codes that a person can type.

use jiff::Timestamp;

use super::enrol::same_log;
use super::ledger::{Book, InvoiceLine};
use super::{Refused, Shop, ShopRefusal};
use crate::exchange::bundle::cbor;
use crate::exchange::journal::entry::MAX_BODY;
use crate::exchange::journal::event::Admission;
use crate::exchange::journal::{Event, Receipt, ReceiptCode};
use crate::exchange::vocabulary::BundleNumber;

/// What a receipt or a code has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The number that it is for.
    pub number: BundleNumber,
    /// Whether it says "all up to".
    pub up_to: bool,
    /// Bundles that are known to be in the box now and were not before.
    pub newly: Vec<BundleNumber>,
    /// How many invoices these are: they may be purged from the shop.
    pub invoices: u64,
    /// Bundles that the box still owes a receipt for.
    pub outstanding: Vec<BundleNumber>,
    /// The length of the journal that the receipt proves, which the next bundles tell back.
    pub journal: Option<u64>,
}

impl Shop {
    /// Checks a receipt file's text against the enrolled box's key and the ledger's own header, and
    /// notes it.
    ///
    /// # Errors
    /// [`Refused::Journal`] if it does not hold; [`ShopRefusal::ReceiptForeign`],
    /// [`ShopRefusal::ReceiptContradicts`], [`ShopRefusal::ReceiptOfOther`],
    /// [`ShopRefusal::JournalForked`].
    pub fn take_receipt(&self, text: &str, now: Timestamp) -> Result<Acknowledged, Refused> {
        let our_box = self.our_box()?;
        let card = our_box.card.body();
        let receipt = Receipt::verify(text, card.box_id, &card.key)?;
        let event: Event = cbor::decode(receipt.body(), MAX_BODY).map_err(|_| ShopRefusal::ReceiptOfOther)?;
        // The kind stands outside the body, too; both must say the same.
        if receipt.kind() != event.kind() {
            return Err(ShopRefusal::ReceiptOfOther.into());
        }
        let Event::Admission(Admission { sender, stream, number, header, .. }) = event else {
            return Err(ShopRefusal::ReceiptOfOther.into());
        };
        if (sender, stream) != (self.keys.sender, self.keys.stream) {
            return Err(ShopRefusal::ReceiptForeign.into());
        }
        let mut book = self.book()?;
        let ours = known(&book, number, number.to_string())?;
        if ours.header.digest() != header {
            return Err(ShopRefusal::ReceiptContradicts { number }.into());
        }
        for seen in book.ledger().seen().into_iter().chain([&our_box.checkpoint]) {
            same_log(seen, receipt.checkpoint())?;
        }
        let before = outstanding(&book);
        book.received(number, now, receipt.checkpoint())?;
        Ok(acknowledged(&book, &before, number, false, Some(receipt.checkpoint().size())))
    }

    /// Checks a typed code against the ledger's header of its number, and notes it.
    ///
    /// # Errors
    /// [`ShopRefusal::CodeDiffers`] if it was not made for that header with our receipt key.
    pub fn take_code(&self, code: &ReceiptCode, now: Timestamp) -> Result<Acknowledged, Refused> {
        let card = self.our_box()?.card.body();
        let mut book = self.book()?;
        let number = code.number();
        let ours = known(&book, number, code.grouped())?;
        if !code.check(&self.keys.receipt, card.box_id, self.keys.stream, &ours.header.digest()) {
            return Err(ShopRefusal::CodeDiffers { number }.into());
        }
        let before = outstanding(&book);
        book.received_up_to(number, now)?;
        Ok(acknowledged(&book, &before, number, true, None))
    }

    /// Gives `each` every invoice that is in the box for certain, so that the shop may delete it.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn purgeable(&self, mut each: impl FnMut(InvoiceLine)) -> Result<(), Refused> {
        let ledger = self.ledger()?;
        let received = |number| ledger.bundle(number).is_some_and(|bundle| bundle.received.is_some());
        // Those of a replaced bundle are in the one that replaced it too.
        let twice =
            |number| ledger.bundle(number).and_then(|bundle| bundle.replaced_by).is_some_and(received);
        ledger.invoices(&self.place(super::LEDGER), |invoice| {
            if received(invoice.bundle) && !twice(invoice.bundle) {
                each(invoice);
            }
        })
    }
}

fn known(book: &Book, number: BundleNumber, found: String) -> Result<&super::SealedBundle, ShopRefusal> {
    let known = book.ledger().bundles().len() as u64;
    book.ledger().bundle(number).ok_or(ShopRefusal::LedgerOld { number, known, found })
}

fn outstanding(book: &Book) -> Vec<BundleNumber> {
    let bundles = book.ledger().bundles().iter();
    bundles.filter(|bundle| bundle.is_outstanding()).map(super::SealedBundle::number).collect()
}

fn acknowledged(
    book: &Book,
    before: &[BundleNumber],
    number: BundleNumber,
    up_to: bool,
    journal: Option<u64>,
) -> Acknowledged {
    let outstanding = outstanding(book);
    let newly: Vec<_> = before.iter().copied().filter(|number| !outstanding.contains(number)).collect();
    let invoices = newly
        .iter()
        .filter_map(|number| book.ledger().bundle(*number))
        .map(|bundle| u64::from(bundle.header().invoices()))
        .sum();
    Acknowledged { number, up_to, newly, invoices, outstanding, journal }
}
