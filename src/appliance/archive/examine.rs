//! Examining a bundle, in the design's order, and keeping it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{ArchiveRefusal, Layout, Refused, Spooled, Standing, Streams, Why};
use crate::appliance::vault::Lease;
use crate::exchange::bundle::{
    Authentic, BundleRefusal, Header, Intact, Leaves, Opened, Piece, Place, SenderCard, term_identity,
};
use crate::exchange::law::{self, Term, TermName};
use crate::exchange::vocabulary::{BoxId, BundleNumber, Digest, EntityId, SenderId};
use crate::support::durable::{self, DirectReader};
use crate::support::secret::Secret;

/// What the box knows that a bundle is held against.
pub struct Known<'a> {
    /// This box.
    pub box_id: BoxId,
    /// Whose books.
    pub entity: EntityId,
    /// Their name, for refusals.
    pub entity_name: &'a str,
    /// The terms on the card, open or not.
    pub terms: &'a [Term],
    /// The streams' books.
    pub streams: &'a Streams,
}

/// What the box knows of one key of a sender.
#[derive(Clone)]
pub struct SenderKnown {
    /// The card that the officer admitted.
    pub card: SenderCard,
    /// Whether his bundles are still taken.
    pub blocked: bool,
    /// The last valid number of its stream, where a successor has taken its place.
    pub ended: Option<BundleNumber>,
    /// Until when old invoices are let in on an officer's word.
    pub old_until: Option<Timestamp>,
}

/// What the box knows of a term.
pub enum TermStanding {
    /// It takes bundles; this is its recipient's fingerprint.
    Open(Digest),
    /// It is over.
    Due,
    /// Its key is gone.
    Destroyed,
    /// The box has never had it.
    Unknown,
}

/// A bundle in the spool whose sender, place and digest are right.
pub struct Vetted {
    spooled: Spooled,
    intact: Intact,
}

/// A bundle in the spool that may be kept; its bytes are on the disk.
pub struct Examined {
    spooled: Spooled,
    authentic: Authentic,
    leaves: Leaves,
    receipt_key: Secret,
}

/// A bundle that lies under its final name, durable, and waits for its entry in the journal.
pub struct Kept {
    /// The bundle.
    pub authentic: Authentic,
    /// Its leaves, for the catalogue.
    pub leaves: Leaves,
    /// The key of its stream's receipt codes.
    pub receipt_key: Secret,
    /// Where it lies.
    pub path: PathBuf,
    /// The file's name as it came.
    pub name: String,
}

/// What became of a header against the streams' books.
pub enum Vetting {
    /// It may be opened.
    Vetted(Box<Vetted>),
    /// This very bundle is here already; its admission is this entry of the journal.
    AlreadyHere {
        /// Who signed it.
        sender: SenderId,
        /// The header.
        header: Box<Header>,
    },
    /// The sender signed this number twice: both headers prove it.
    SignedTwice(Box<Authentic>),
}

/// First half, without a key: sender and signature, box, term, number, then the age file's digest.
///
/// # Errors
/// [`Refused`].
pub fn vet(
    mut spooled: Spooled,
    known: &Known<'_>,
    sender: Option<SenderKnown>,
    term: TermStanding,
) -> Result<Vetting, Refused> {
    let name = spooled.name.clone();
    let header = spooled.claimed().clone();
    let named = |why: Why| why.of(&name);
    let Some(sender) = sender else {
        let sender = header.sender.to_string();
        return Err(named(ArchiveRefusal::UnknownSender { sender }.into()));
    };
    let sealed = spooled.sealed.take().expect("a spooled bundle is vetted once");
    let authentic = sealed.authenticate(sender.card.key).map_err(|refusal| named(refusal.into()))?;
    check_place(&header, known, &sender, &term).map_err(|refusal| named(refusal.into()))?;
    match known.streams.judge(&header, authentic.digest()) {
        Ok(Standing::New) => {}
        Ok(Standing::AlreadyHere(_)) => {
            return Ok(Vetting::AlreadyHere { sender: header.sender, header: Box::new(header) });
        }
        Err(ArchiveRefusal::SignedTwice { .. }) => return Ok(Vetting::SignedTwice(Box::new(authentic))),
        Err(refusal) => return Err(named(refusal.into())),
    }
    check_standing(&header, &term).map_err(|refusal| named(refusal.into()))?;
    let intact = authentic.intact(spooled.measured).map_err(|refusal| named(refusal.into()))?;
    spooled.begin_sync().map_err(named)?;
    Ok(Vetting::Vetted(Box::new(Vetted { spooled, intact })))
}

fn check_place(
    header: &Header,
    known: &Known<'_>,
    sender: &SenderKnown,
    term: &TermStanding,
) -> Result<(), ArchiveRefusal> {
    if sender.blocked {
        return Err(ArchiveRefusal::BlockedSender { name: sender.card.name.clone() });
    }
    if header.stream != sender.card.stream {
        return Err(ArchiveRefusal::UnknownStream { name: sender.card.name.clone() });
    }
    if let Some(last) = sender.ended.filter(|last| header.number > *last) {
        let (name, number) = (sender.card.name.clone(), header.number);
        return Err(ArchiveRefusal::KeyReplaced { name, number, last });
    }
    if header.box_id != known.box_id {
        let (theirs, ours) = (short(&header.box_id.0), short(&known.box_id.0));
        return Err(ArchiveRefusal::WrongBox { theirs, ours });
    }
    if header.entity != known.entity {
        return Err(ArchiveRefusal::WrongEntity { ours: known.entity_name.to_owned() });
    }
    match term {
        TermStanding::Unknown => Err(ArchiveRefusal::UnknownTerm { term: header.term.to_string() }),
        TermStanding::Destroyed => Err(ArchiveRefusal::TermDestroyed { term: header.term.to_string() }),
        TermStanding::Open(_) | TermStanding::Due => Ok(()),
    }
}

fn check_standing(header: &Header, term: &TermStanding) -> Result<(), ArchiveRefusal> {
    let name = header.term.to_string();
    match term {
        TermStanding::Open(recipient) if *recipient == header.recipient => Ok(()),
        TermStanding::Open(_) => Err(ArchiveRefusal::WrongRecipient { term: name }),
        TermStanding::Due => Err(ArchiveRefusal::TermDue { term: name }),
        TermStanding::Destroyed => Err(ArchiveRefusal::TermDestroyed { term: name }),
        TermStanding::Unknown => Err(ArchiveRefusal::UnknownTerm { term: name }),
    }
}

/// The first eight hex digits of an id: enough for a person to tell two boxes apart.
fn short(id: &[u8; 16]) -> String {
    data_encoding::HEXLOWER.encode(&id[..4])
}

impl Vetted {
    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.intact.authentic().header()
    }

    /// Second half, with the term's key: decryption, leaves against root, records and their term,
    /// documents' digests. `piece` sees every document's bytes on the way. Meanwhile the file is made
    /// durable; both are done when this returns.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn examine(
        self,
        known_terms: &[Term],
        lease: &Lease,
        piece: &mut dyn FnMut(Piece<'_>) -> Result<(), Why>,
    ) -> Result<Examined, Refused> {
        let name = self.spooled.name.clone();
        self.examine_unnamed(known_terms, lease, piece).map_err(|why| why.of(&name))
    }

    fn examine_unnamed(
        mut self,
        known_terms: &[Term],
        lease: &Lease,
        piece: &mut dyn FnMut(Piece<'_>) -> Result<(), Why>,
    ) -> Result<Examined, Why> {
        let authentic = self.intact.authentic().clone();
        let term = authentic.header().term.clone();
        let gone = || ArchiveRefusal::KeyGone { term: term.to_string() };
        let identity = lease.with(term_identity).ok_or_else(gone)?;
        let file = self.spooled.file.try_clone().map_err(BundleRefusal::from)?;
        let file = DirectReader::new(file).map_err(BundleRefusal::from)?;
        let mut opened = self.intact.open(file, &identity)?;
        check_records(&opened, known_terms, &term)?;
        opened.documents::<Why>(|part| {
            if matches!(part, Piece::Begin { .. }) && !lease.is_alive() {
                return Err(gone().into());
            }
            piece(part)
        })?;
        self.spooled.synced()?;
        let receipt_key = opened.stream().receipt_key();
        Ok(Examined { spooled: self.spooled, authentic, leaves: opened.into_leaves(), receipt_key })
    }
}

/// Works every record's term out again by the law, and wants it equal to the header's.
fn check_records(opened: &Opened<DirectReader>, terms: &[Term], term: &TermName) -> Result<(), Why> {
    for leaf in opened.invoice_numbers() {
        let record = opened.invoice(leaf)?.record;
        let found = law::term_for(
            terms.iter(),
            record.class,
            record.seller_country,
            record.issue_date,
            record.supply_date,
        );
        match found {
            Ok(found) if found.name() == term => {}
            Ok(found) => {
                let (says, belongs) = (term.to_string(), found.name().to_string());
                return Err(ArchiveRefusal::OtherTerm { invoice: record.number, says, belongs }.into());
            }
            Err(refusal) => {
                let reason = refusal.to_string();
                return Err(ArchiveRefusal::NoTerm { invoice: record.number, reason }.into());
            }
        }
    }
    Ok(())
}

impl Examined {
    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.authentic.header()
    }

    /// The header's digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.authentic.digest()
    }

    /// The file's name as it came.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.spooled.name
    }

    /// Who sealed it, and where in his stream.
    #[must_use]
    pub fn place(&self) -> Place {
        self.authentic.place()
    }

    /// Its leaves.
    #[must_use]
    pub fn leaves(&self) -> &Leaves {
        &self.leaves
    }

    /// Bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.authentic.offset() + self.header().length
    }

    /// Puts the durable file aside.
    pub(super) fn leave_at(mut self, path: &Path) -> Result<(), Why> {
        durable::rename(&self.spooled.path, path)?;
        self.spooled.kept = true;
        Ok(())
    }

    /// Gives the durable file its final name. Not admitted before the journal says so.
    ///
    /// # Errors
    /// [`Refused`] with the disk's fault.
    pub fn keep(mut self, layout: &Layout) -> Result<Kept, Refused> {
        let path = layout.bundle(&self.authentic.header().term, self.authentic.place());
        durable::rename(&self.spooled.path, &path)
            .map_err(|error| Why::from(error).of(&self.spooled.name))?;
        self.spooled.kept = true;
        let name = self.spooled.name.clone();
        Ok(Kept { authentic: self.authentic, leaves: self.leaves, receipt_key: self.receipt_key, path, name })
    }
}
