//! Taking bundles in: the order of the steps, two bundles at a time, and what is said of each.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;
use serde_bytes::ByteBuf;

use super::start::head_of;
use super::stick::{self, CardView, StickRest};
use super::terms::Room;
use super::time::TokenView;
use super::{Keeper, KeeperRefusal, OwnRefusal, WaitingView, enrol, held};
use crate::appliance::airlock::AirlockRefusal;
use crate::appliance::archive::{
    self, ArchiveRefusal, Examined, Kept, Known, OpenBundle, Spooled, StreamHead, Streams, TermStanding,
    Vetting, WaitingBundle, Why,
};
use crate::appliance::catalogue::BundleRef;
use crate::appliance::journal::NewEvent;
use crate::appliance::reader::Reader;
use crate::appliance::retention::Why as Whither;
use crate::exchange::bundle::card::CARD_LIMIT;
use crate::exchange::bundle::{Authentic, Header, HybridRecipient, Place, cbor};
use crate::exchange::journal::event::{Admission, Refused as RefusedEvent, TwiceSigned};
use crate::exchange::journal::{Event, Opening, ReceiptCode, SignedCheckpoint};
use crate::exchange::vocabulary::{BundleNumber, Digest, StreamId};
use crate::support::durable;
use crate::support::words::{Language, Said, message};

/// How many bundles are examined at once. More would not be faster on the two cores that a box has.
pub(super) const AT_ONCE: usize = 2;

/// For how long refusals on the one-way line are counted into one event of the journal.
const COUNTED_FOR: Duration = Duration::from_secs(3600);

/// How far a bundle is.
#[derive(Clone, Debug, Serialize)]
pub struct Progress {
    /// The file.
    pub file: String,
    /// Bytes done.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
}

/// What became of each file, in the order in which they were given.
#[derive(Debug, Default)]
pub struct TakeReport {
    /// A line for each file.
    pub files: Vec<(String, Outcome)>,
    /// What else is known of a stick; none where files or a folder were taken.
    pub stick: Option<StickRest>,
}

/// What became of one file.
#[derive(Debug)]
pub enum Outcome {
    /// It is in the archive; here is its receipt.
    Admitted(Admitted),
    /// It was in the archive already; here is its receipt again.
    AlreadyHere(Admitted),
    /// A time token, which is kept and counts.
    Token(TokenView),
    /// A time token that was here already.
    TokenHere(TokenView),
    /// It waits until an officer has looked at its old invoices.
    Waiting(WaitingView),
    /// A shop's card, which waits until an officer has compared its fingerprint.
    Card(CardView),
    /// The card of a shop that is enrolled.
    CardHere,
    /// It was not taken.
    Refused(KeeperRefusal),
}

/// An admitted bundle and its receipt.
#[derive(Clone, Debug, Serialize)]
pub struct Admitted {
    /// The shop's name.
    pub sender: String,
    /// Its stream.
    pub stream: StreamId,
    /// The number.
    pub number: BundleNumber,
    /// The term.
    pub term: String,
    /// How many invoices.
    pub invoices: u32,
    /// The receipt, a C2SP tlog-proof.
    pub receipt: String,
    /// The code to type: all up to its number are here. `None` while number 1 is missing.
    pub code: Option<String>,
    /// Numbers that are missing before it, at most ten.
    pub gaps: Vec<BundleNumber>,
}

impl Keeper {
    /// Takes a bundle, a time token or a shop's card, all of a folder in the order of their names, or what is on a stick or an
    /// image of one.
    ///
    /// # Errors
    /// If the folder or the stick cannot be read. What is wrong with a bundle stands in the report.
    pub fn take(
        &self,
        path: &Path,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<TakeReport, KeeperRefusal> {
        if stick::is_stick(path) {
            return self.take_stick(path, progress);
        }
        let report = TakeReport { files: self.take_each(&takeable_at(path)?, progress), stick: None };
        self.count_refusals(&report)?;
        Ok(report)
    }

    /// Takes these very files, whatever lies there; what is refused is not journaled yet.
    pub(super) fn take_each(
        &self,
        files: &[PathBuf],
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Vec<(String, Outcome)> {
        let next = AtomicUsize::new(0);
        let mut outcomes: Vec<Option<Outcome>> = Vec::new();
        outcomes.resize_with(files.len(), || None);
        let outcomes = std::sync::Mutex::new(outcomes);
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(files.len()) {
                scope.spawn(|| {
                    while let Some((index, file)) =
                        Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, files.get(n)?)))
                    {
                        // A file that the box fails at costs itself only: one in the inbox or in a folder would
                        // else stop the box at every start.
                        let outcome = catch_unwind(AssertUnwindSafe(|| self.take_one(file, progress)));
                        held(&outcomes)[index] = outcome
                            .unwrap_or_else(|_| Some(Outcome::Refused(AirlockRefusal::OurFault.into())));
                    }
                });
            }
        });
        let outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
        let names = files.iter().map(|file| file_name(file));
        names.zip(outcomes).filter_map(|(name, outcome)| Some((name, outcome?))).collect()
    }

    /// None where it is none of ours: the card of a box.
    fn take_one(&self, file: &Path, progress: &(dyn Fn(Progress) + Sync)) -> Option<Outcome> {
        let name = file_name(file);
        if is_of(file, TOKEN) {
            return Some(self.take_token(file).unwrap_or_else(Outcome::Refused));
        }
        if is_of(file, CARD) {
            let card = durable::read_up_to(file, CARD_LIMIT as u64).map_err(KeeperRefusal::from);
            return card
                .and_then(|card| self.take_card_file(&card, &name))
                .unwrap_or_else(|no| Some(Outcome::Refused(no)));
        }
        let mut copied = |done, total| progress(Progress { file: name.clone(), done, total });
        let result = self.spool.copy(file, &mut copied).map_err(KeeperRefusal::from);
        Some(result.and_then(|spooled| self.admit(spooled)).unwrap_or_else(Outcome::Refused))
    }

    /// The whole admission of one bundle, under its term's gate.
    pub(super) fn admit(&self, spooled: Spooled) -> Result<Outcome, KeeperRefusal> {
        let claimed = spooled.claimed().clone();
        let name = spooled.name().to_owned();
        if let Some(stopped) = self.stopped() {
            return Err(stopped);
        }
        let room = self.room(claimed.term.as_str());
        // Shared, from the check of the term's state to the durable event.
        let life = room.as_ref().map(|room| room.enter());
        let standing = match &room {
            Some(room) => self.standing(room, life.as_deref()),
            None => TermStanding::Unknown,
        };
        let sender = self.sender(claimed.sender, claimed.stream);
        let terms = enrol::law_terms(&self.rooms());
        let known = |streams| Known {
            box_id: self.facts.box_id,
            entity: self.facts.entity.id,
            entity_name: &self.facts.entity.name,
            terms: &terms,
            streams,
        };
        // The streams' books are free again while the bundle is read; they are asked once more below.
        let vetting = archive::vet(spooled, &known(&held(&self.streams)), sender, standing)?;
        let vetted = match vetting {
            Vetting::Vetted(vetted) => vetted,
            Vetting::AlreadyHere { header, .. } => return self.already_here(&header),
            Vetting::SignedTwice(second) => return Err(self.signed_twice(&second, &name)?),
        };
        // Only now: what nobody enrolled has signed must not stop a box.
        self.judge_seen(&claimed, &name)?;
        let key_gone = || ArchiveRefusal::KeyGone { term: claimed.term.to_string() };
        let lease = held(&self.vault).lease_term(claimed.term.as_str());
        let lease = lease.ok_or_else(|| Why::from(key_gone()).of(&name))?;
        let named = |refusal| Why::from(refusal).of(&name);
        let mut reader = Reader::start().map_err(named)?;
        let examined = vetted.examine(&terms, &lease, &mut |piece| Ok(reader.see(&piece)?))?;
        reader.finish().map_err(named)?;

        let mut streams = held(&self.streams);
        match streams.judge(examined.header(), examined.digest()) {
            Ok(archive::Standing::New) => self.next_agrees(&streams, &examined, &name)?,
            Ok(archive::Standing::AlreadyHere(_)) => {
                drop(streams);
                return self.already_here(&claimed);
            }
            Err(refusal) => return Err(Why::from(refusal).of(&name).into()),
        }
        if let Some(waiting) = self.to_be_looked_at(&examined) {
            drop(streams);
            return self.let_wait(examined, waiting);
        }
        let kept = examined.keep(&self.layout)?;
        durable::failpoint("take-kept");
        let admission = self.admission(&kept);
        let event = Event::from(admission.clone());
        let event_key = self.event_key(&admission.term).ok_or_else(|| Why::from(key_gone()).of(&name))?;
        let event = NewEvent::of_term(event.kind(), cbor::encode(&event), &admission.term, &event_key);
        let written = self.journal.append(vec![event])?.pop().expect("one event in, one entry out");
        durable::failpoint("take-journaled");
        streams.enter(head_of(&admission, written.index));
        drop(streams);
        // Everything is durable; from here on it is acknowledged.
        let admitted = self.receipt_for(&admission, written.index, written.opening, &kept.receipt_key)?;
        if let Some(room) = &room {
            self.index(room, &kept);
        }
        Ok(Outcome::Admitted(admitted))
    }

    /// The number after this one may have come first: then its header names the one before it, and
    /// this must be that one. Nothing can be asked of a bundle whose term is destroyed.
    fn next_agrees(&self, streams: &Streams, examined: &Examined, name: &str) -> Result<(), KeeperRefusal> {
        let header = examined.header();
        let next = header.number.0.checked_add(1).map(BundleNumber);
        let Some(next) = next.and_then(|next| streams.get(header.stream, next)) else { return Ok(()) };
        let Ok(bundle) = self.open_bundle(next) else { return Ok(()) };
        if bundle.header().body().previous == Some(examined.digest()) {
            return Ok(());
        }
        let refusal = ArchiveRefusal::Contradicts { number: next.number, other: header.number };
        Err(Why::from(refusal).of(name).into())
    }

    fn admission(&self, kept: &Kept) -> Admission {
        let header = kept.authentic.header();
        Admission {
            at: self.now(),
            sender: header.sender,
            stream: header.stream,
            number: header.number,
            header: kept.authentic.digest(),
            replaces: header.replaces,
            term: header.term.to_string(),
            invoices: header.invoices(),
            root: header.root,
            bytes: kept.authentic.offset() + header.length,
        }
    }

    /// Makes the receipt and the code that says "all up to".
    fn receipt_for(
        &self,
        admission: &Admission,
        index: u64,
        opening: Opening,
        receipt_key: &crate::support::secret::Secret,
    ) -> Result<Admitted, KeeperRefusal> {
        let receipt = self.journal.receipt(index, opening)?.write();
        let streams = held(&self.streams);
        let code = streams.all_up_to(admission.stream).map(|head| {
            let box_id = self.facts.box_id;
            ReceiptCode::make(receipt_key, box_id, head.stream, head.number, &head.header).grouped()
        });
        let gaps = streams.gaps(admission.stream, 10);
        let sender =
            self.sender(admission.sender, admission.stream).map(|known| known.card.name).unwrap_or_default();
        Ok(Admitted {
            sender,
            stream: admission.stream,
            number: admission.number,
            term: admission.term.clone(),
            invoices: admission.invoices,
            receipt,
            code,
            gaps,
        })
    }

    fn let_wait(&self, examined: Examined, waiting: WaitingBundle) -> Result<Outcome, KeeperRefusal> {
        let bundle = self.waiting.add(examined, waiting)?;
        let shop = self.sender(bundle.sender, bundle.stream).map(|known| known.card.name).unwrap_or_default();
        Ok(Outcome::Waiting(WaitingView { shop, bundle }))
    }

    fn already_here(&self, header: &Header) -> Result<Outcome, KeeperRefusal> {
        self.receipt(header.stream, header.number).map(Outcome::AlreadyHere)
    }

    /// The receipt of a bundle that is here, made anew over today's head.
    ///
    /// # Errors
    /// [`OwnRefusal::NoSuchBundle`]; [`OwnRefusal::TermDestroyed`] when the key that opens the
    /// admission is gone.
    pub fn receipt(&self, stream: StreamId, number: BundleNumber) -> Result<Admitted, KeeperRefusal> {
        if let Some(stopped) = self.stopped() {
            return Err(stopped);
        }
        let head = held(&self.streams).get(stream, number).cloned();
        let head = head.ok_or(OwnRefusal::NoSuchBundle { number: number.to_string() })?;
        let gone = || OwnRefusal::TermDestroyed { term: head.term.clone() };
        let events = self.events_of(&head.term)?;
        let written = events.into_iter().find(|written| written.index == head.entry).ok_or_else(gone)?;
        let Event::Admission(admission) = super::start::read_event(&written)? else {
            return Err(OwnRefusal::JournalBroken { reason: "an entry of another kind".to_owned() }.into());
        };
        let bundle = self.open_bundle(&head)?;
        let receipt_key = bundle.receipt_key();
        self.receipt_for(&admission, written.index, written.opening, &receipt_key)
    }

    /// The receipt of the newest bundle of a stream that can still be read; none where there is none.
    ///
    /// # Errors
    /// As [`Keeper::receipt`].
    pub fn newest_receipt(&self, stream: StreamId) -> Result<Option<Admitted>, KeeperRefusal> {
        let living = |term: &str| self.room(term).is_some_and(|room| room.enter().destroyed.is_none());
        let heads: Vec<_> =
            held(&self.streams).iter().filter(|head| head.stream == stream).cloned().collect();
        match heads.iter().rev().find(|head| living(&head.term)) {
            Some(head) => self.receipt(stream, head.number).map(Some),
            None => Ok(None),
        }
    }

    /// The streams of all senders of today with their shop's name, for the receipt command and the console.
    #[must_use]
    pub fn streams(&self) -> Vec<(StreamId, String)> {
        self.senders()
            .into_iter()
            .filter(|one| one.last.is_none())
            .map(|one| (one.stream, one.name))
            .collect()
    }

    /// The stream that is meant: the named one, or the only one there is.
    ///
    /// # Errors
    /// [`OwnRefusal::WhichStream`] where there are several and none was named.
    pub fn stream_of(&self, named: Option<&str>) -> Result<StreamId, KeeperRefusal> {
        let senders = self.senders();
        // An earlier key's stream goes by its id only: the name is today's.
        let matches = |one: &&super::SenderView| match named {
            Some(named) => {
                one.stream.to_string().starts_with(named) || (one.name == named && one.last.is_none())
            }
            None => one.last.is_none(),
        };
        let mut fitting = senders.iter().filter(matches);
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Ok(one.stream),
            _ => {
                let list = senders.iter().map(|one| format!("{} ({})", one.stream, one.name));
                Err(OwnRefusal::WhichStream { list: list.collect::<Vec<_>>().join(", ") }.into())
            }
        }
    }

    /// Opens a bundle that is here.
    pub(super) fn open_bundle(&self, head: &StreamHead) -> Result<OpenBundle, KeeperRefusal> {
        let gone = || OwnRefusal::TermDestroyed { term: head.term.clone() };
        let lease = held(&self.vault).lease_term(&head.term).ok_or_else(gone)?;
        let unknown = || OwnRefusal::NoSuchBundle { number: head.number.to_string() };
        let sender = self.sender(head.sender, head.stream).ok_or_else(unknown)?;
        let term = head.term.parse()?;
        let place = Place { sender: head.sender, stream: head.stream, number: head.number };
        Ok(OpenBundle::open(&self.layout, &term, place, head.header, sender.card.key, lease)?)
    }

    fn standing(&self, room: &Room, life: Option<&super::terms::Life>) -> TermStanding {
        let Some(life) = life else { return TermStanding::Unknown };
        let judgement = self.judged(room, life);
        // What a hold alone still keeps takes nothing more.
        let over = !judgement.state.takes_bundles() || matches!(judgement.why, Whither::Held { .. });
        if life.destroyed.is_some() {
            TermStanding::Destroyed
        } else if over {
            TermStanding::Due
        } else {
            HybridRecipient::parse(&room.facts.recipient)
                .map_or(TermStanding::Unknown, |recipient| TermStanding::Open(recipient.fingerprint()))
        }
    }

    /// What the sender says to have seen of the journal must be of this journal.
    fn judge_seen(&self, header: &Header, name: &str) -> Result<(), KeeperRefusal> {
        let Some(seen) = &header.seen else { return Ok(()) };
        let refuse = |refusal: ArchiveRefusal| KeeperRefusal::from(Why::from(refusal).of(name));
        let seen = SignedCheckpoint::verify(seen, self.facts.box_id, &self.facts.key)
            .map_err(|_| refuse(ArchiveRefusal::SeenForged))?;
        self.judge_head(&seen).map_err(|refusal| match refusal {
            KeeperRefusal::Own(_) => refuse(ArchiveRefusal::SeenNewer),
            other => other,
        })
    }

    /// Keeps both headers as evidence, once, and says why.
    fn signed_twice(&self, second: &Authentic, name: &str) -> Result<KeeperRefusal, KeeperRefusal> {
        let header = second.header();
        let refusal = Why::from(ArchiveRefusal::SignedTwice { number: header.number }).of(name);
        let head = held(&self.streams).get(header.stream, header.number).cloned();
        let Some(head) = head else { return Ok(refusal.into()) };
        let Ok(first) = self.open_bundle(&head) else { return Ok(refusal.into()) };
        let event = TwiceSigned {
            at: self.now(),
            sender: header.sender,
            stream: header.stream,
            number: header.number,
            first: ByteBuf::from(first.header().to_bytes()),
            second: ByteBuf::from(second.statement().to_bytes()),
        };
        // Held until it is written, so that two that come at once are not written twice.
        let mut refusals = held(&self.refusals);
        if refusals.twice.insert(event.second.to_vec()) {
            self.write_public(event)?;
        }
        Ok(refusal.into())
    }

    /// Brings a bundle into its term's catalogue. The catalogue may lag: what fails here is mended
    /// when it is opened next, from the bundles.
    fn index(&self, room: &Room, kept: &Kept) {
        let place = kept.authentic.place();
        let bundle: BundleRef = (place.stream, place.number);
        let indexed = self.with_catalogue(room, |catalogue| {
            catalogue.add_bundle(bundle, archive::records(&kept.leaves, place))?;
            catalogue.compact_step()
        });
        if indexed.is_err() {
            // So that the next look-up opens it anew and sees what is missing.
            *held(&room.catalogue) = None;
        }
    }

    /// Journals what was refused: one event a call, with counts and nothing else.
    pub(super) fn count_refusals(&self, report: &TakeReport) -> Result<(), KeeperRefusal> {
        let mut counts = BTreeMap::new();
        report.files.iter().for_each(|(_, outcome)| count(&mut counts, outcome));
        let at = self.now();
        self.write_refused(at, at, counts)
    }

    /// Counts what came over the line and was refused: one event an hour, however much it is.
    pub(super) fn count_on_the_line(&self, outcome: &Outcome) {
        let now = self.now();
        let mut refusals = held(&self.refusals);
        let (.., counts) = refusals.on_the_line.get_or_insert_with(|| (Instant::now(), now, BTreeMap::new()));
        count(counts, outcome);
    }

    /// Journals that: after an hour, or where the box ends.
    pub(super) fn journal_the_line(&self, ends: bool) -> Result<(), KeeperRefusal> {
        let over = |(since, ..): &mut (Instant, _, _)| ends || since.elapsed() >= COUNTED_FOR;
        let counted = held(&self.refusals).on_the_line.take_if(over);
        let Some((begun, since, counts)) = counted else { return Ok(()) };
        let written = self.write_refused(since, self.now(), counts.clone());
        if written.is_err() {
            // A disk that is full has it later: they go on being counted.
            held(&self.refusals).on_the_line.get_or_insert((begun, since, counts));
        }
        written
    }

    fn write_refused(
        &self,
        since: Timestamp,
        until: Timestamp,
        counts: BTreeMap<String, u32>,
    ) -> Result<(), KeeperRefusal> {
        if !counts.is_empty() {
            self.write_of_year(RefusedEvent { since, until, counts })?;
        }
        Ok(())
    }
}

/// Counts a refusal by its code.
fn count(counts: &mut BTreeMap<String, u32>, outcome: &Outcome) {
    if let Outcome::Refused(refusal) = outcome {
        let count = counts.entry(refusal.code().into_owned()).or_default();
        *count = count.saturating_add(1);
    }
}

/// What was refused and need not be written twice.
#[derive(Default)]
pub(super) struct Refusals {
    /// The second headers of numbers signed twice that are in the journal.
    pub(super) twice: BTreeSet<Vec<u8>>,
    /// What came over the line, since when (by the box, and by its clock), and is not in the journal yet.
    pub(super) on_the_line: Option<(Instant, Timestamp, BTreeMap<String, u32>)>,
    /// Why the box has stopped: somebody outside has seen another journal (see `heads`).
    pub(super) stopped: Option<OwnRefusal>,
    /// Heads of lost history that stop it no more: size and root.
    pub(super) set_aside: BTreeSet<(u64, Digest)>,
}

/// How the names of bundles end.
const BUNDLE: &str = "bundle";
/// How the names of time tokens end.
const TOKEN: &str = "tsr";
const CARD: &str = "card";

/// Whether a file is one that the box takes in, by the end of its name.
#[must_use]
pub fn is_takeable(file: &Path) -> bool {
    is_of(file, BUNDLE) || is_of(file, TOKEN) || is_of(file, CARD)
}

fn is_of(file: &Path, end: &str) -> bool {
    file.extension().is_some_and(|found| found.eq_ignore_ascii_case(end))
}

/// What there is to take at a path: itself, or the bundles, tokens and cards of a folder by name. Files that are
/// neither, and a Mac's `._` twins, are passed over.
fn takeable_at(path: &Path) -> Result<Vec<PathBuf>, KeeperRefusal> {
    let unreadable = |error: std::io::Error| OwnRefusal::Unreadable {
        path: path.display().to_string(),
        reason: error.to_string(),
    };
    let meta = std::fs::metadata(path).map_err(unreadable)?;
    if !meta.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let name = file_name(&file);
        if is_takeable(&file) && !name.starts_with('.') {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

pub(super) fn file_name(file: &Path) -> String {
    archive::plain_name(file)
}

impl Outcome {
    /// What is said of the file.
    #[must_use]
    pub fn say(&self, file: &str, language: Language) -> String {
        let (name, admitted) = match self {
            Self::Refused(refusal) => return refusal.say(language),
            Self::Token(token) => return token.say(file, "keeper-token-taken", language),
            Self::TokenHere(token) => return token.say(file, "keeper-token-here", language),
            Self::Waiting(waiting) => return waiting.say(file, language),
            Self::Card(card) => return card.say(file, language),
            Self::CardHere => return message(language, "keeper-card-here", &[("file", file.into())]),
            Self::Admitted(admitted) => ("keeper-admitted", admitted),
            Self::AlreadyHere(admitted) => ("keeper-already-here", admitted),
        };
        let fields = [
            ("file", file.into()),
            ("number", admitted.number.to_string().into()),
            ("invoices", admitted.invoices.to_string().into()),
            ("term", admitted.term.as_str().into()),
        ];
        message(language, name, &fields)
    }

    /// Whether the file is in the archive now.
    #[must_use]
    pub fn is_here(&self) -> bool {
        matches!(self, Self::Admitted(_) | Self::AlreadyHere(_))
    }
}
