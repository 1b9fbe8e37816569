//! A new key in the place of a lost one: the computer died, or was stolen, and a new shop folder carries on
//! from the last receipt that there is.
//!
//! The receipt says what the box knows of the earlier folder: the sender's id, its stream, a number and that
//! number's header. The new folder takes the id over, keeps the receipt, and names all that on its card. It
//! numbers in a stream of its own. What was sealed after that receipt must be sealed again: the box refuses
//! it under the earlier key.

use super::{Refused, Shop, ShopRefusal};
use crate::exchange::bundle::card::Succession;
use crate::exchange::bundle::cbor;
use crate::exchange::journal::entry::MAX_BODY;
use crate::exchange::journal::event::Admission;
use crate::exchange::journal::receipt::MAX_RECEIPT;
use crate::exchange::journal::{Event, Receipt};
use crate::support::durable::{read_up_to, write_atomically};

/// The receipt that a new folder carries on from.
const SUCCEEDS: &str = "succeeds";

impl Shop {
    /// Carries on from a receipt of the enrolled box for another shop folder. Only before anything was
    /// sealed here.
    ///
    /// # Errors
    /// [`Refused::Journal`] if the receipt does not hold; [`ShopRefusal::ReceiptOfOther`],
    /// [`ShopRefusal::SucceedsItself`], [`ShopRefusal::SucceedsTooLate`].
    pub fn succeed(&mut self, receipt: &str) -> Result<(), Refused> {
        let admission = self.admission_of(receipt)?;
        if admission.stream == self.keys.stream {
            return Err(ShopRefusal::SucceedsItself.into());
        }
        // Under the ledger's lock: nobody seals meanwhile under the id that goes.
        let book = self.book()?;
        if !book.ledger().bundles().is_empty() {
            return Err(ShopRefusal::SucceedsTooLate.into());
        }
        self.keys.sender = admission.sender;
        self.keys.write(&self.place(super::KEYS))?;
        Ok(write_atomically(&self.place(SUCCEEDS), receipt.as_bytes(), 0o600)?)
    }

    /// What this folder carries on; nothing where it is a sender's first.
    pub(super) fn succession(&self) -> Result<Option<Succession>, Refused> {
        let receipt = match read_up_to(&self.place(SUCCEEDS), MAX_RECEIPT as u64) {
            Ok(receipt) => receipt,
            Err(error) if error.is_missing() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Admission { stream, number, header, .. } =
            self.admission_of(&String::from_utf8_lossy(&receipt))?;
        Ok(Some(Succession { stream, last: number, header }))
    }

    /// Sees that `old` is the folder that is carried on, so that its key may sign for this one.
    pub(super) fn agrees_with(&self, old: &Self, succession: &Succession) -> Result<(), Refused> {
        let ledger = old.ledger()?;
        let header = ledger.bundle(succession.last).map(|bundle| bundle.header.digest());
        let same = (old.keys.sender, old.keys.stream) == (self.keys.sender, succession.stream);
        if same && header == Some(succession.header) { Ok(()) } else { Err(ShopRefusal::OldShopOther.into()) }
    }

    fn admission_of(&self, receipt: &str) -> Result<Admission, Refused> {
        let card = self.our_box()?.card.body();
        let receipt = Receipt::verify(receipt, card.box_id, &card.key)?;
        let event: Event = cbor::decode(receipt.body(), MAX_BODY).map_err(|_| ShopRefusal::ReceiptOfOther)?;
        match event {
            Event::Admission(admission)
                if receipt.kind() == crate::exchange::journal::EntryKind::Admission =>
            {
                Ok(admission)
            }
            _ => Err(ShopRefusal::ReceiptOfOther.into()),
        }
    }
}
