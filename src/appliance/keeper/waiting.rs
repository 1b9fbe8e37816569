//! Old invoices: what is older than 18 months, by the later of floor and clock, waits in the spool until an
//! officer has looked at it. A sender whose key was stolen, or who lies, cannot fill years that are done
//! with.
//!
//! A new customer's back years are no reason to ask for each stick: one decision is for one *import*,
//! which is what waits from a sender and what comes from him within [`IMPORT_DAYS`] days. It can be made
//! before anything came, when he is enrolled.

use std::sync::PoisonError;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::take::TakeReport;
use super::{Keeper, KeeperRefusal, Outcome, OwnRefusal, Role, Visitor, held, utc_day};
use crate::appliance::archive::{Examined, WaitingBundle, records};
use crate::exchange::journal::event::OldInvoicesDecided;
use crate::exchange::vocabulary::{Digest, SenderId};
use crate::support::words::{self, Language};

/// Months after which an invoice is old: a year's accounts are closed and its VAT is corrected by then.
const OLD_MONTHS: i32 = 18;
/// Days of one import, from the officer's word.
pub const IMPORT_DAYS: i64 = 30;

/// A bundle that waits for an officer, as he is shown it.
#[derive(Clone, Debug, Serialize)]
pub struct WaitingView {
    /// The shop's name.
    pub shop: String,
    /// What waits.
    #[serde(flatten)]
    pub bundle: WaitingBundle,
}

impl Keeper {
    /// The later of floor and clock; on a demo box what its clock was turned to.
    pub(super) fn latest(&self) -> Timestamp {
        self.now().max(held(&self.clock).floor().instant())
    }

    /// Invoices issued before this day are old.
    fn old_before(&self) -> Date {
        utc_day(self.latest()).saturating_sub(OLD_MONTHS.months())
    }

    /// When an import ends that an officer lets in now. Whole seconds, as the vault keeps it.
    pub(super) fn import_ends(&self) -> Timestamp {
        let days = jiff::SignedDuration::from_hours(24 * IMPORT_DAYS);
        self.latest().saturating_add(days).unwrap_or(Timestamp::MAX)
    }

    /// What an officer must look at before this bundle is taken; none if there is nothing.
    pub(super) fn to_be_looked_at(&self, examined: &Examined) -> Option<WaitingBundle> {
        let header = examined.header();
        let decided = self.sender(header.sender, header.stream).and_then(|known| known.old_until);
        if decided.is_some_and(|until| self.latest() <= until) {
            return None;
        }
        let before = self.old_before();
        let dates = records(examined.leaves(), examined.place()).map(|(_, record)| record.issue_date);
        let old: Vec<_> = dates.filter(|day| *day < before).collect();
        Some(WaitingBundle {
            file: examined.name().to_owned(),
            header: examined.digest(),
            sender: header.sender,
            stream: header.stream,
            number: header.number,
            term: header.term.to_string(),
            invoices: header.invoices(),
            old: u32::try_from(old.len()).unwrap_or(u32::MAX),
            oldest: old.iter().min().copied()?,
            bytes: examined.bytes(),
            since: self.now(),
        })
    }

    /// The bundles that wait for an officer, by shop and number.
    ///
    /// # Errors
    /// The disk's.
    pub fn waiting(&self) -> Result<Vec<WaitingView>, KeeperRefusal> {
        let view = |bundle: WaitingBundle| WaitingView {
            shop: self.sender(bundle.sender, bundle.stream).map(|known| known.card.name).unwrap_or_default(),
            bundle,
        };
        Ok(self.waiting.list()?.into_iter().map(view).collect())
    }

    /// Decides about everything that waits from one shop: it is taken in, with what else comes from it
    /// within [`IMPORT_DAYS`] days, or refused.
    ///
    /// # Errors
    /// [`OwnRefusal::OfficersOnly`], [`OwnRefusal::NoSuchSender`], [`OwnRefusal::NothingWaits`]; the
    /// vault's and the journal's. What is wrong with a bundle stands in the report, and it goes on
    /// waiting.
    pub fn decide_old(&self, by: &Visitor, shop: &str, admitted: bool) -> Result<TakeReport, KeeperRefusal> {
        if by.role != Role::Officer {
            return Err(OwnRefusal::OfficersOnly.into());
        }
        let sender = self.sender_named(shop)?;
        let waiting: Vec<_> =
            self.waiting.list()?.into_iter().filter(|bundle| bundle.sender == sender).collect();
        if waiting.is_empty() {
            return Err(OwnRefusal::NothingWaits { name: shop.to_owned() }.into());
        }
        let bundles = waiting.iter().map(|bundle| bundle.header).collect();
        self.old_decided(by, sender, admitted, bundles)?;
        let mut files = Vec::new();
        for bundle in waiting {
            let outcome = if admitted {
                self.admit_waiting(&bundle)
            } else {
                Outcome::Refused(OwnRefusal::OldRefused { file: bundle.file.clone() }.into())
            };
            if outcome.is_here() || !admitted {
                self.waiting.remove(&bundle.header)?;
            }
            files.push((bundle.file, outcome));
        }
        let report = TakeReport { files, stick: None };
        self.count_refusals(&report)?;
        Ok(report)
    }

    /// Makes the decision durable, in the vault and in the journal.
    pub(super) fn old_decided(
        &self,
        by: &Visitor,
        sender: SenderId,
        admitted: bool,
        bundles: Vec<Digest>,
    ) -> Result<(), KeeperRefusal> {
        let until = admitted.then(|| self.import_ends());
        let mut senders = self.senders.write().unwrap_or_else(PoisonError::into_inner);
        held(&self.vault).update(|contents| {
            if let Some(sender) = contents.senders.get_mut(&sender) {
                sender.old_until = until;
            }
            Ok(())
        })?;
        for known in senders.values_mut().filter(|known| known.card.sender == sender) {
            known.old_until = until;
        }
        drop(senders);
        let by = vec![by.who.clone()];
        self.write_of_year(OldInvoicesDecided { at: self.now(), sender, admitted, bundles, by })?;
        Ok(())
    }

    /// Removes what waits of a term whose key is dead: nobody can let it in any more.
    pub(super) fn forget_waiting(&self, term: &str) -> Result<(), KeeperRefusal> {
        for bundle in self.waiting.list()?.iter().filter(|bundle| bundle.term == term) {
            self.waiting.remove(&bundle.header)?;
        }
        Ok(())
    }

    fn admit_waiting(&self, bundle: &WaitingBundle) -> Outcome {
        let path = self.waiting.bundle(&bundle.header);
        let spooled = self.spool.copy_as(&path, &bundle.file, &mut |_, _| {}).map_err(KeeperRefusal::from);
        match spooled.and_then(|spooled| self.admit(spooled)) {
            Ok(outcome) => outcome,
            Err(refusal) => Outcome::Refused(refusal),
        }
    }
}

impl WaitingView {
    /// What is said of the file.
    #[must_use]
    pub fn say(&self, file: &str, language: Language) -> String {
        let fields = [
            ("file", file.into()),
            ("old", self.bundle.old.to_string().into()),
            ("invoices", self.bundle.invoices.to_string().into()),
            ("oldest", words::date(language, self.bundle.oldest).into()),
        ];
        words::message(language, "keeper-waiting", &fields)
    }
}
