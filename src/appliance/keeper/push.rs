//! What comes over the one-way line: the receiver is started here, and what it has put together is taken as
//! any file is. What is known of the line and of the shops at its other end is in [`line`](super::line).

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::{Keeper, KeeperRefusal, Outcome, held};
use crate::appliance::airlock::push::{Receiver, ReceiverOptions};
use crate::appliance::archive::Why;
use crate::appliance::journal::LogError;
use crate::appliance::vault::VaultError;
use crate::exchange::push::FileKind;
use crate::exchange::vocabulary::PublicKey;
use crate::support::durable::{self, DiskError};

/// Outcomes that are remembered for whoever looks at the console.
const LATELY: usize = 20;
/// Files that are taken at one look: as many as somebody puts there, however many those are.
const AT_A_LOOK: usize = 256;

/// The receiver, and what became of what it has put together.
#[derive(Default)]
pub(super) struct LineRoom {
    pub(super) receiver: Mutex<Option<Receiver>>,
    pub(super) lately: Mutex<VecDeque<Came>>,
}

/// What became of a file that came over the line.
#[derive(Clone, Debug)]
pub struct Came {
    /// When it was here whole.
    pub at: Timestamp,
    /// Its name.
    pub file: String,
    /// What became of it.
    pub outcome: Arc<Outcome>,
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
        *held(&self.line.receiver) = Some(receiver);
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
        let Some(inbox) = held(&self.line.receiver).as_ref().map(Receiver::inbox) else { return Ok(()) };
        self.journal_the_line(false)?;
        let mut full = None;
        let there = std::fs::read_dir(&inbox).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_file = |file: &PathBuf| std::fs::symlink_metadata(file).is_ok_and(|meta| meta.is_file());
        let mut files: Vec<_> = there.filter(is_file).take(AT_A_LOOK).collect();
        files.sort();
        for file in files {
            // A file before this one may have stopped the box: that says nothing of this one, which stays.
            if let Some(stopped) = self.stopped() {
                return Err(stopped);
            }
            let kind = file.extension().and_then(|end| end.to_str());
            let taken = match kind.and_then(FileKind::of_extension) {
                Some(_) => self.take_each(std::slice::from_ref(&file), &|_| {}),
                // Nothing that a receiver in order puts there.
                None => Vec::new(),
            };
            let mut stays = false;
            for (name, outcome) in taken {
                match outcome {
                    // A disk that is full or sick says nothing of the file: it stays. How much it needs is its own
                    // word, which nobody has checked yet: the others are taken all the same.
                    Outcome::Refused(refusal) if refusal.is_disk_full() => {
                        stays = true;
                        full = full.or(Some(refusal));
                    }
                    Outcome::Refused(refusal) if is_of_the_disk(&refusal) => stays = true,
                    outcome => {
                        self.count_on_the_line(&outcome);
                        let name = without_session(&name);
                        told(&name, &outcome)?;
                        let mut lately = held(&self.line.lately);
                        lately.push_front(Came {
                            at: Timestamp::now(),
                            file: name,
                            outcome: Arc::new(outcome),
                        });
                        lately.truncate(LATELY);
                    }
                }
            }
            if !stays {
                // What cannot be removed is met again at the next look, and recognised.
                let _ = durable::remove_file(&file);
            }
        }
        full.map_or(Ok(()), Err)
    }

    /// Tells the receiver whom to believe: after an enrolment at once, after anything else soon.
    pub(super) fn believe_on_the_line(&self) {
        let senders = self.heard_of();
        if let Some(receiver) = &*held(&self.line.receiver) {
            receiver.believe(senders);
        }
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

/// The name that people know: `STREAM-NUMBER.bundle`, as the shop's folder has it.
fn without_session(name: &str) -> String {
    let parts: Vec<_> = name.split('.').collect();
    match parts[..] {
        [front, _, end] => format!("{front}.{end}"),
        _ => name.to_owned(),
    }
}

fn is_of_the_disk(refusal: &KeeperRefusal) -> bool {
    match refusal {
        KeeperRefusal::Archive(refused) => matches!(refused.why, Why::Disk(_)),
        KeeperRefusal::Vault(VaultError::Disk(_)) | KeeperRefusal::Journal(LogError::Disk(_)) => true,
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
