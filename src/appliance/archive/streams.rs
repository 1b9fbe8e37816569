//! The streams' books: which number of which stream is here, folded from the journal.
//!
//! A number is signed once. A gap never blocks what follows. A number that was lost or refused is
//! sealed again under a new number that *replaces* it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ArchiveRefusal;
use crate::exchange::bundle::Header;
use crate::exchange::vocabulary::{BundleNumber, Digest, SenderId, StreamId};

/// One admitted bundle, as the box remembers it beyond its term's death.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamHead {
    /// The stream.
    pub stream: StreamId,
    /// The number.
    pub number: BundleNumber,
    /// Digest of its header.
    pub header: Digest,
    /// The number that it replaced.
    pub replaces: Option<BundleNumber>,
    /// The term, by name.
    pub term: String,
    /// When it was admitted, by the box's clock.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub admitted_at: Timestamp,
    /// Index of its admission in the journal.
    pub entry: u64,
    /// Who sealed it.
    pub sender: SenderId,
    /// How many invoices.
    pub invoices: u32,
    /// Bytes of the file.
    pub bytes: u64,
}

/// All streams.
#[derive(Default)]
pub struct Streams {
    heads: BTreeMap<(StreamId, BundleNumber), StreamHead>,
    replaced: BTreeMap<(StreamId, BundleNumber), BundleNumber>,
}

/// What a header's number means to the box.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It has not been here.
    New,
    /// This very bundle is here.
    AlreadyHere(&'a StreamHead),
}

impl Streams {
    /// Enters an admitted bundle.
    pub fn enter(&mut self, head: StreamHead) {
        if let Some(replaces) = head.replaces {
            self.replaced.insert((head.stream, replaces), head.number);
        }
        self.heads.insert((head.stream, head.number), head);
    }

    /// What is known of a number.
    #[must_use]
    pub fn get(&self, stream: StreamId, number: BundleNumber) -> Option<&StreamHead> {
        self.heads.get(&(stream, number))
    }

    /// All bundles, by stream and number.
    pub fn iter(&self) -> impl Iterator<Item = &StreamHead> {
        self.heads.values()
    }

    /// Judges a header whose signature held and whose digest is `digest`.
    ///
    /// # Errors
    /// The archive's refusals about numbers.
    pub fn judge(&self, header: &Header, digest: Digest) -> Result<Standing<'_>, ArchiveRefusal> {
        let (stream, number) = (header.stream, header.number);
        if let Some(here) = self.get(stream, number) {
            return if here.header == digest {
                Ok(Standing::AlreadyHere(here))
            } else {
                Err(ArchiveRefusal::SignedTwice { number })
            };
        }
        if let Some(&by) = self.replaced.get(&(stream, number)) {
            return Err(ArchiveRefusal::Replaced { number, by });
        }
        if let Some(replaces) = header.replaces {
            if replaces >= number {
                return Err(ArchiveRefusal::ReplacesLater { number, replaces });
            }
            if self.get(stream, replaces).is_some() || self.replaced.contains_key(&(stream, replaces)) {
                return Err(ArchiveRefusal::ReplacesAdmitted { number, replaces });
            }
        }
        self.chains(header)?;
        Ok(Standing::New)
    }

    /// Every two neighbours that are here must agree on the earlier one's digest. (What a later one
    /// that came first says of this one stands in its bundle: the keeper looks there.)
    fn chains(&self, header: &Header) -> Result<(), ArchiveRefusal> {
        let number = header.number;
        let Some(before) = number.0.checked_sub(1).map(BundleNumber) else {
            return Err(ArchiveRefusal::Contradicts { number, other: number });
        };
        let agrees = match self.get(header.stream, before) {
            Some(here) => header.previous == Some(here.header),
            None => header.previous.is_some() == (before.0 > 0),
        };
        if agrees { Ok(()) } else { Err(ArchiveRefusal::Contradicts { number, other: before }) }
    }

    /// The greatest number N of a stream such that every number up to N is here or was replaced by
    /// one that is, with its header's digest: what a receipt code says.
    #[must_use]
    pub fn all_up_to(&self, stream: StreamId) -> Option<&StreamHead> {
        let mut last = None;
        for number in (1..).map(BundleNumber) {
            match self.get(stream, number) {
                Some(head) => last = Some(head),
                None if self.replaced.contains_key(&(stream, number)) => {}
                None => break,
            }
        }
        last
    }

    /// The numbers below the stream's greatest that are neither here nor replaced, at most `most`.
    #[must_use]
    pub fn gaps(&self, stream: StreamId, most: usize) -> Vec<BundleNumber> {
        let range = (stream, BundleNumber(0))..=(stream, BundleNumber(u64::MAX));
        let mut gaps = Vec::new();
        let mut last = 0;
        for &(_, number) in self.heads.range(range).map(|(key, _)| key) {
            // The greatest number that a sender can sign is that of the type: nothing comes after it.
            let between = (last + 1..number.0).map(BundleNumber);
            let missing = between.filter(|gap| !self.replaced.contains_key(&(stream, *gap)));
            gaps.extend(missing.take(most - gaps.len()));
            last = number.0;
        }
        gaps
    }

    /// The numbers up to `last` that are neither here nor replaced, at most `most`.
    #[must_use]
    pub fn missing_up_to(&self, stream: StreamId, last: BundleNumber, most: usize) -> Vec<BundleNumber> {
        let mut missing = self.gaps(stream, most);
        missing.retain(|number| *number <= last);
        let range = (stream, BundleNumber(0))..=(stream, BundleNumber(u64::MAX));
        let newest = self.heads.range(range).next_back().map_or(0, |((_, number), _)| number.0);
        let beyond = (newest.saturating_add(1)..=last.0).map(BundleNumber);
        let beyond = beyond.filter(|number| !self.replaced.contains_key(&(stream, *number)));
        missing.extend(beyond.take(most - missing.len()));
        missing
    }

    /// The bundles of one term.
    pub fn of_term<'a>(&'a self, term: &'a str) -> impl Iterator<Item = &'a StreamHead> {
        self.heads.values().filter(move |head| head.term == term)
    }
}
