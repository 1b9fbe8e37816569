//! What is known of this journal outside of this box: signed heads that come back, and what follows
//! where one is not of this journal.
//!
//! A head comes back in a bundle (`seen`), or on a receipt, card, certificate or slip that somebody
//! brings (`kluis verify --since`). One that this box did not sign proves nothing and stops nothing. One
//! that it did sign, and that its log does not lead to, proves that this is an old copy of the disk, or
//! another's log under this box's key. Then **the box stops**: it takes nothing in, decides and destroys
//! nothing, and gives out no receipt and no card, because each would be of a history that is not the one
//! that was promised. Looking up and checking go on.
//!
//! It stays stopped over restarts: the head lies in `journal/stopped-by`, and each start holds it against
//! the log again. So the right disk put back, whole or the journal alone, sets the box going by itself. If
//! that is lost for good, two officers set the head aside ([`Keeper::go_on`]): a public event that keeps the
//! head for ever, so that everybody who checks this journal sees that a part of it was lost.
//!
//! **Not promised**: that a box notices an old copy of its disk before somebody outside shows it a head.
//! Whoever can write on the disk can remove the file; the next bundle of that sender stops the box again.

use std::path::PathBuf;

use crate::appliance::journal::{LogError, LogRefusal};
use crate::exchange::bundle::{Proof, SignedBoxCard, SignedCertificate, labels};
use crate::exchange::journal::checkpoint::{MAX_CHECKPOINT, origin};
use crate::exchange::journal::event::{Decided, HeadSetAside};
use crate::exchange::journal::{SignedCheckpoint, verify_consistency};
use crate::exchange::vocabulary::Digest;
use crate::support::durable;

use super::{Keeper, KeeperRefusal, OwnRefusal, Pair, held};

/// The proof that today's log contains an older head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continues {
    /// Size and root of the older head.
    pub old: (u64, Digest),
    /// Today's head, signed.
    pub head: SignedCheckpoint,
    /// RFC 9162 section 2.1.4: from the older root to today's.
    pub proof: Vec<Digest>,
}

/// An older head, as somebody brings it.
enum Older {
    /// On a file that this box signed.
    Signed(SignedCheckpoint),
    /// Typed from a slip: size, and the root's fingerprint. Nobody signed it.
    Typed(u64, String),
}

impl Keeper {
    /// Proves that today's log contains the head on a checkpoint, receipt, card, certificate, proof or
    /// slip; `named` is the file's name, or `SIZE:FINGERPRINT` as a slip has it.
    ///
    /// # Errors
    /// [`OwnRefusal::NoHead`] where there is none of this box; [`OwnRefusal::StoppedLonger`] and
    /// `StoppedContradicts` where the log does not contain it, which stop the box; `TypedDiffers`, which
    /// does not; the journal's.
    pub fn since(&self, named: &str, bytes: &[u8]) -> Result<Continues, KeeperRefusal> {
        let older = self.older(named, bytes)?;
        let head = self.checkpoint()?;
        let (size, root) = match older {
            Older::Signed(seen) => {
                self.judge_head(&seen)?;
                (seen.size(), seen.root())
            }
            Older::Typed(size, fingerprint) => {
                let root = if size <= head.size() { Some(self.journal.root_at(size)?) } else { None };
                match root.filter(|root| root.fingerprint() == fingerprint) {
                    Some(root) => (size, root),
                    None => return Err(OwnRefusal::TypedDiffers { size, log: head.size() }.into()),
                }
            }
        };
        let broken = || LogError::from(LogRefusal::SeenContradicts { seen: size });
        if size > head.size() {
            // A head that was set aside: known, and not contained.
            return Err(broken().into());
        }
        let proof = self.journal.consistency(size, &head)?;
        // The empty tree is the beginning of every log, and has no proof.
        if size > 0 && !verify_consistency(size, head.size(), &root, &head.root(), &proof) {
            return Err(broken().into());
        }
        Ok(Continues { old: (size, root), head, proof })
    }

    fn older(&self, named: &str, bytes: &[u8]) -> Result<Older, KeeperRefusal> {
        let none = || OwnRefusal::NoHead { file: named.to_owned() };
        let ours = self.facts.key;
        let note = if bytes.starts_with(b"factuurkluis/certificate/") {
            let certificate = SignedCertificate::read(bytes)?;
            certificate.verify(ours)?;
            certificate.checkpoint().to_owned()
        } else if bytes.starts_with(labels::BOX_CARD.as_bytes()) {
            let card = SignedBoxCard::open(bytes)?;
            card.verify(&[ours])?;
            card.body().checkpoint.clone()
        } else {
            let text = if bytes.starts_with(labels::PROOF.as_bytes()) {
                let proven = Proof::parse(bytes).and_then(|proof| proof.verify());
                proven.ok().and_then(|proven| proven.receipt).ok_or_else(none)?
            } else {
                String::from_utf8(bytes.to_vec()).map_err(|_| none())?
            };
            if let Some((size, fingerprint)) = text.trim().split_once(':')
                && let Ok(size) = size.parse()
            {
                return Ok(Older::Typed(size, fingerprint.trim().to_ascii_uppercase()));
            }
            // A checkpoint alone, or at the end of a receipt or a slip.
            let first = format!("{}\n", origin(self.facts.box_id));
            let at = if text.starts_with(&first) {
                Some(0)
            } else {
                text.find(&format!("\n{first}")).map(|at| at + 1)
            };
            text[at.ok_or_else(none)?..].to_owned()
        };
        let seen = SignedCheckpoint::verify(&note, self.facts.box_id, &ours);
        Ok(Older::Signed(seen.map_err(|_| none())?))
    }

    /// Holds a head that this box signed against its log, and stops the box where it is not of it.
    ///
    /// # Errors
    /// [`OwnRefusal::StoppedLonger`], `StoppedContradicts`; the disk's.
    pub(super) fn judge_head(&self, seen: &SignedCheckpoint) -> Result<(), KeeperRefusal> {
        let Some(stopped) = self.compare(seen)? else { return Ok(()) };
        durable::write_atomically(&self.stopped_by(), seen.note().as_bytes(), 0o600)?;
        held(&self.refusals).stopped = Some(stopped.clone());
        Err(stopped.into())
    }

    /// Why a head is not of this log; none where it is, or was set aside.
    fn compare(&self, seen: &SignedCheckpoint) -> Result<Option<OwnRefusal>, KeeperRefusal> {
        if held(&self.refusals).set_aside.contains(&(seen.size(), seen.root())) {
            return Ok(None);
        }
        match self.journal.recognise(seen) {
            Ok(()) => Ok(None),
            Err(LogError::Refused(LogRefusal::SeenLonger { seen, size })) => {
                Ok(Some(OwnRefusal::StoppedLonger { seen, size }))
            }
            Err(LogError::Refused(_)) => Ok(Some(OwnRefusal::StoppedContradicts { seen: seen.size() })),
            Err(error @ LogError::Disk(_)) => Err(error.into()),
        }
    }

    /// Why this box has stopped, if it has.
    #[must_use]
    pub fn stopped(&self) -> Option<KeeperRefusal> {
        held(&self.refusals).stopped.clone().map(KeeperRefusal::from)
    }

    /// Lets a stopped box go on although the disk that it had is lost: the head that stopped it is set
    /// aside, in public and for ever, and stops it no more. Another one would.
    ///
    /// # Errors
    /// [`OwnRefusal::NotStopped`]; the journal's.
    pub fn go_on(&self, by: &Pair) -> Result<SignedCheckpoint, KeeperRefusal> {
        let seen = self.seen_on_disk()?.filter(|_| self.stopped().is_some()).ok_or(OwnRefusal::NotStopped)?;
        let size = self.journal.size();
        let event = HeadSetAside { at: self.now(), head: seen.note().to_owned(), size };
        let written = self.write_public(event)?;
        self.write_of_year(Decided { at: self.now(), by: by.names(), event: written.index })?;
        {
            let mut refusals = held(&self.refusals);
            refusals.set_aside.insert((seen.size(), seen.root()));
            refusals.stopped = None;
        }
        durable::remove_file(&self.stopped_by())?;
        Ok(seen)
    }

    /// At the start: the head that stopped the box is held against the log that is here now.
    pub(super) fn settle_stop(&self) -> Result<(), KeeperRefusal> {
        let Some(seen) = self.seen_on_disk()? else { return Ok(()) };
        match self.compare(&seen)? {
            Some(stopped) => held(&self.refusals).stopped = Some(stopped),
            None => durable::remove_file(&self.stopped_by())?,
        }
        Ok(())
    }

    /// A head that was set aside, from the journal.
    pub(super) fn set_aside(&self, event: &HeadSetAside) {
        if let Ok(head) = SignedCheckpoint::verify(&event.head, self.facts.box_id, &self.facts.key) {
            held(&self.refusals).set_aside.insert((head.size(), head.root()));
        }
    }

    fn stopped_by(&self) -> PathBuf {
        self.directory.join("journal/stopped-by")
    }

    /// What lies there, if this box signed it: anybody can write a file.
    fn seen_on_disk(&self) -> Result<Option<SignedCheckpoint>, KeeperRefusal> {
        let bytes = match durable::read_up_to(&self.stopped_by(), MAX_CHECKPOINT as u64) {
            Ok(bytes) => bytes,
            Err(error) if error.is_missing() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let note = String::from_utf8(bytes).ok();
        Ok(note.and_then(|note| SignedCheckpoint::verify(&note, self.facts.box_id, &self.facts.key).ok()))
    }
}
