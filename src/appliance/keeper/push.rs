//! What comes over the one-way line: the receiver is started here, and what it has put together is taken as
//! any file is. Of each shop is known when it was last heard and up to which number it has sealed, so that
//! silence and gaps are noticed.

use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::take::file_name;
use super::{Keeper, KeeperRefusal, Outcome, held};
use crate::appliance::airlock::push::{Arriving, Counts, Receiver, ReceiverOptions};
use crate::appliance::archive::{SenderKnown, Why};
use crate::exchange::bundle::card::CARD_LIMIT;
use crate::exchange::push::{FileKind, Session};
use crate::exchange::vocabulary::{BundleNumber, PublicKey, StreamId};
use crate::support::durable::{self, DiskError};

/// Heartbeats that may be missed before it is called silence.
const MISSED: i64 = 2;
/// How much later than said a heartbeat may be.
const LATE: SignedDuration = SignedDuration::from_mins(10);
/// Files that are taken at one look: as many as somebody puts there, however many those are.
const AT_A_LOOK: usize = 256;
/// Missing numbers that are named.
const NAMED: usize = 10;

/// When a shop was last heard, and what it has sealed that is not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeardView {
    /// The shop's name.
    pub shop: String,
    /// Its stream.
    pub stream: StreamId,
    /// When it was heard, by the box's clock.
    pub at: Timestamp,
    /// Whether it should have been heard again by now.
    pub silent: bool,
    /// The last number that it has sealed, as it says.
    pub last: BundleNumber,
    /// Numbers up to that one that are neither here nor replaced, the first of them.
    pub missing: Vec<BundleNumber>,
}

/// What the receiver is at.
#[derive(Clone, Debug)]
pub struct LineView {
    /// Where it listens.
    pub address: SocketAddr,
    /// Files that are under way.
    pub arriving: Vec<(Session, Arriving)>,
    /// Datagrams since its process was started.
    pub counts: Counts,
    /// How often a process of it died, and why none can be started.
    pub deaths: (u64, Option<String>),
}

impl Keeper {
    /// Listens for datagrams at this address, and says where (where the port was left to the system).
    ///
    /// # Errors
    /// If it cannot be listened there.
    pub fn listen(&self, listen: SocketAddr) -> Result<SocketAddr, KeeperRefusal> {
        let push_key = held(&self.vault).push_mac_key().clone();
        let senders = self.heard_of();
        let receiver =
            Receiver::start(ReceiverOptions { folder: self.layout.push(), listen, push_key, senders })?;
        let address = receiver.address();
        *held(&self.receiver) = Some(receiver);
        Ok(address)
    }

    /// Takes in what has arrived whole, and tells of each file before it is gone from where it arrived. Whoever
    /// puts files there may have been taken over: what is no file is left alone, and no reason to stop.
    ///
    /// # Errors
    /// What the disk refuses, and what `told` does. What is wrong with a file is told.
    pub fn take_pushed(
        &self,
        told: &mut dyn FnMut(&str, &Outcome) -> Result<(), KeeperRefusal>,
    ) -> Result<(), KeeperRefusal> {
        self.believe_on_the_line();
        let Some(inbox) = held(&self.receiver).as_ref().map(Receiver::inbox) else { return Ok(()) };
        self.journal_the_line(false)?;
        let there = std::fs::read_dir(&inbox).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_file = |file: &PathBuf| std::fs::symlink_metadata(file).is_ok_and(|meta| meta.is_file());
        let mut files: Vec<_> = there.filter(is_file).take(AT_A_LOOK).collect();
        files.sort();
        for file in files {
            let (name, kind) = (file_name(&file), file.extension().and_then(|end| end.to_str()));
            let taken = match kind.and_then(FileKind::of_extension) {
                Some(FileKind::Bundle | FileKind::Token) => {
                    self.take_each(std::slice::from_ref(&file), &|_| {})
                }
                Some(FileKind::Card) => {
                    let card = durable::read_up_to(&file, CARD_LIMIT as u64).map_err(KeeperRefusal::from);
                    let outcome = card.and_then(|card| self.take_card_file(&card, &name));
                    vec![(name, outcome.unwrap_or_else(Outcome::Refused))]
                }
                // Nothing that a receiver in order puts there.
                None => Vec::new(),
            };
            let mut stays = false;
            for (name, outcome) in taken {
                match outcome {
                    // A disk that is full or sick says nothing of the file: it stays.
                    Outcome::Refused(refusal) if refusal.is_disk_full() => return Err(refusal),
                    Outcome::Refused(refusal) if is_of_the_disk(&refusal) => stays = true,
                    outcome => {
                        self.count_on_the_line(&outcome);
                        told(&name, &outcome)?;
                    }
                }
            }
            if !stays {
                // What cannot be removed is met again at the next look, and recognised.
                let _ = durable::remove_file(&file);
            }
        }
        Ok(())
    }

    /// Tells the receiver whom to believe: after an enrolment at once, after anything else soon.
    pub(super) fn believe_on_the_line(&self) {
        let senders = self.heard_of();
        if let Some(receiver) = &*held(&self.receiver) {
            receiver.believe(senders);
        }
    }

    /// When each shop was last heard over the line.
    #[must_use]
    pub fn heard(&self) -> Vec<HeardView> {
        let heard = held(&self.receiver).as_ref().map(Receiver::heard).unwrap_or_default();
        let streams = held(&self.streams);
        let now = Timestamp::now();
        let view = |heard: crate::appliance::airlock::push::Heard| {
            let beat = heard.heartbeat;
            let hers = |known: &SenderKnown| {
                known.card.key == beat.key && known.card.stream == beat.stream && !known.blocked
            };
            let shop = self.sender(beat.sender, beat.stream).filter(hers)?;
            let patience = SignedDuration::from_secs(i64::from(beat.every) * MISSED) + LATE;
            Some(HeardView {
                shop: shop.card.name,
                stream: beat.stream,
                at: heard.at,
                silent: now.duration_since(heard.at) > patience,
                last: beat.last,
                missing: streams.missing_up_to(beat.stream, beat.last, NAMED),
            })
        };
        let mut views: Vec<_> = heard.into_iter().filter_map(view).collect();
        views.sort_by(|one, other| (&one.shop, one.stream).cmp(&(&other.shop, other.stream)));
        views
    }

    /// What the receiver is at; none where the box does not listen.
    #[must_use]
    pub fn line(&self) -> Option<LineView> {
        held(&self.receiver).as_ref().map(|receiver| LineView {
            address: receiver.address(),
            arriving: receiver.arriving(),
            counts: receiver.counts(),
            deaths: receiver.deaths(),
        })
    }

    /// Whose manifests and heartbeats are believed: the keys of today that no officer has blocked.
    fn heard_of(&self) -> Vec<PublicKey> {
        let senders = self.senders.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        senders
            .values()
            .filter(|known| !known.blocked && known.ended.is_none())
            .map(|known| known.card.key)
            .collect()
    }
}

fn is_of_the_disk(refusal: &KeeperRefusal) -> bool {
    match refusal {
        KeeperRefusal::Archive(refused) => matches!(refused.why, Why::Disk(_)),
        // These are the file's own fault: it is too long, no file, gone, or one that nobody may read.
        KeeperRefusal::Disk(
            DiskError::TooLarge { .. }
            | DiskError::NotAFile { .. }
            | DiskError::Missing { .. }
            | DiskError::Failed { operation: "open" | "read", .. },
        ) => false,
        KeeperRefusal::Disk(_) => true,
        _ => false,
    }
}
