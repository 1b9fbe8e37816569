//! Taking in what is on a stick: the airlock reads, the spool keeps, and admission is as of any file.
//!
//! ```text
//!  Stick ── one file after the other ──┬─ bundle ── spool ══ queue of one ══> admit (two at once)
//!                                      ├─ time token ── check, journal
//!                                      └─ card ── spool/cards, for an officer
//! ```
//! One stick at a time. A stick that is pulled out, or a process that dies at it, costs the file in hand: what
//! came before is admitted, what was to come is counted, and nothing half is kept. Names of what is on it go to
//! whoever took it in and to the console, never into the journal: there a refusal is counted by its code.

use std::io::Read as _;
use std::os::unix::fs::FileTypeExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use serde::Serialize;

use super::take::{AT_ONCE, is_takeable};
use super::{Keeper, KeeperRefusal, Outcome, OwnRefusal, Progress, TakeReport, held};
use crate::appliance::airlock::volume::Kind;
use crate::appliance::airlock::{self, AirlockRefusal, Incoming, NotRead, Stick, StickFile};
use crate::appliance::archive::{MOST_CARDS, Spooled};
use crate::exchange::bundle::labels;
use crate::exchange::journal::receipt::EXTENSION;
use crate::exchange::vocabulary::{BundleNumber, StreamId};
use crate::support::durable::DiskError;
use crate::support::words::{Language, message};

/// The smallest image of a stick that is taken for one.
const SMALLEST: u64 = 4096;
/// What an image is a multiple of.
const SECTOR: u64 = 512;

/// What is known of a stick beside its bundles, time tokens and cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StickRest {
    /// Files and folders that are other people's.
    pub passed_over: u64,
    /// Files that were to be taken and were not come to.
    pub unread: usize,
    /// Whether it was pulled out in the midst.
    pub pulled_out: bool,
}

/// A shop's card that came on a stick, over the line or in a folder.
#[derive(Clone, Debug, Serialize)]
pub struct CardView {
    /// Where it waits for `kluis enrol`.
    pub path: PathBuf,
}

impl CardView {
    /// What is said of it.
    #[must_use]
    pub fn say(&self, file: &str, language: Language) -> String {
        let path = self.path.display().to_string();
        message(language, "keeper-card-waits", &[("file", file.into()), ("path", path.into())])
    }
}

/// What the airlock is at, for the console.
#[derive(Clone, Debug, Default)]
pub struct StickView {
    /// The stick that is in, or was last.
    pub state: StickState,
    /// Where it is, while it is in.
    pub device: Option<PathBuf>,
    /// Whether another one is in, which waits until this one is out.
    pub another: bool,
    /// The file that was written last onto the one that is in.
    pub written: Option<String>,
}

/// Where a stick is on its way.
#[derive(Clone, Debug, Default)]
pub enum StickState {
    /// None has been in.
    #[default]
    Empty,
    /// It is being read.
    Reading {
        /// Files to take.
        files: usize,
        /// Bytes of them that were read.
        done: u64,
        /// Bytes of them in all.
        total: u64,
    },
    /// It was read, and may be taken out.
    Taken(Arc<TakeReport>),
    /// It was read, and is out.
    Out(Arc<TakeReport>),
    /// It is not read, and may be taken out.
    Refused(Arc<KeeperRefusal>),
}

/// The state of the airlock.
#[derive(Default)]
pub(super) struct Airlock {
    /// Held while a stick is read or written.
    pub(super) at_a_stick: Mutex<()>,
    pub(super) view: Mutex<StickView>,
}

impl Airlock {
    /// Has the one stick that there is at a time.
    pub(super) fn alone(&self) -> Result<MutexGuard<'_, ()>, AirlockRefusal> {
        match self.at_a_stick.try_lock() {
            Ok(alone) => Ok(alone),
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => Err(AirlockRefusal::OneAtATime),
        }
    }

    pub(super) fn show(&self, state: StickState) {
        held(&self.view).state = state;
    }
}

/// Whether what lies at a path is a stick, or an image of one: a block device, or a file of whole sectors that
/// neither is called nor begins like what is taken as a file.
pub(super) fn is_stick(path: &Path) -> bool {
    let Ok(meta) = std::fs::metadata(path) else { return false };
    if meta.file_type().is_block_device() {
        return true;
    }
    let sectors = meta.len() >= SMALLEST && meta.len().is_multiple_of(SECTOR);
    meta.is_file() && sectors && !is_takeable(path) && !begins_like_a_bundle(path)
}

fn begins_like_a_bundle(path: &Path) -> bool {
    let mut begin = [0; labels::BUNDLE.len()];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && begin == labels::BUNDLE.as_bytes()
}

impl Keeper {
    /// What the airlock is at.
    #[must_use]
    pub fn stick_view(&self) -> StickView {
        held(&self.stick.view).clone()
    }

    /// Takes in what is on a stick or an image of one.
    ///
    /// # Errors
    /// If the stick cannot be read. What is wrong with a file on it stands in the report.
    pub fn take_stick(
        &self,
        path: &Path,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<TakeReport, KeeperRefusal> {
        let _alone = self.stick.alone()?;
        let before = held(&self.stick.view).state.clone();
        self.show_reading(0, 0, 0);
        let taken = catch_unwind(AssertUnwindSafe(|| self.take_from(path, progress)));
        let taken = taken.unwrap_or_else(|_| Err(AirlockRefusal::OurFault.into()));
        // Whatever has happened, the console does not go on saying that a stick is being read.
        self.stick.show(before);
        let taken = taken?;
        self.count_refusals(&taken)?;
        Ok(taken)
    }

    fn show_reading(&self, files: usize, done: u64, total: u64) {
        self.stick.show(StickState::Reading { files, done, total });
    }

    fn take_from(
        &self,
        path: &Path,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<TakeReport, KeeperRefusal> {
        let mut stick = Stick::open(path).map_err(KeeperRefusal::from)?;
        let files = stick.files().to_vec();
        let mut order: Vec<usize> = (0..files.len()).collect();
        order.sort_by(|one, other| files[*one].path.cmp(&files[*other].path));
        let total: u64 = files.iter().map(|file| file.length).sum();
        let mut read = 0;
        self.show_reading(files.len(), 0, total);

        let mut outcomes: Vec<Option<Outcome>> = Vec::new();
        outcomes.resize_with(files.len(), || None);
        let outcomes = Mutex::new(outcomes);
        let (spooled, queue) = sync_channel::<(usize, Spooled)>(1);
        let queue = Arc::new(Mutex::new(queue));
        let mut rest = StickRest { passed_over: stick.passed_over(), ..StickRest::default() };
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                let (queue, outcomes) = (Arc::clone(&queue), &outcomes);
                scope.spawn(move || {
                    loop {
                        // Not held while the bundle is admitted.
                        let next = held(&queue).recv();
                        let Ok((index, spooled)) = next else { break };
                        // A bundle that the box fails at costs itself only.
                        let admitted = catch_unwind(AssertUnwindSafe(|| self.admit(spooled)));
                        let admitted = admitted.unwrap_or_else(|_| Err(AirlockRefusal::OurFault.into()));
                        let outcome = admitted.unwrap_or_else(Outcome::Refused);
                        held(outcomes)[index] = Some(outcome);
                    }
                });
            }
            // It ends with the two: a bundle that nobody will ever take must not be waited for.
            drop(queue);
            // Dropped at the end of the scope's closure, by which the two come to theirs.
            let spooled = spooled;
            for (done, index) in order.iter().enumerate() {
                let file = &files[*index];
                let before = read;
                let mut copied = |done: u64, of: u64| {
                    progress(Progress { file: file.path.clone(), done, total: of });
                    self.show_reading(files.len(), before + done, total);
                };
                let outcome = match self.take_file(&mut stick, *index, file, &mut copied) {
                    Ok(Incame::Spooled(bundle)) => {
                        // Fails only if both have died.
                        let _ = spooled.send((*index, *bundle));
                        None
                    }
                    Ok(Incame::Done(outcome)) => Some(outcome),
                    Ok(Incame::PassedOver) => {
                        rest.passed_over += 1;
                        None
                    }
                    Err(refusal) => {
                        let over = is_the_end(&refusal);
                        rest.pulled_out = is_pulled_out(&refusal);
                        held(&outcomes)[*index] = Some(Outcome::Refused(refusal));
                        if over {
                            rest.unread = files.len() - done - 1;
                            break;
                        }
                        None
                    }
                };
                read += file.length;
                if let Some(outcome) = outcome {
                    held(&outcomes)[*index] = Some(outcome);
                }
            }
        });
        let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<_> = order
            .iter()
            .filter_map(|index| Some((files[*index].path.clone(), outcomes[*index].take()?)))
            .collect();
        for damaged in stick.damaged() {
            let name = damaged.file().unwrap_or_default().to_owned();
            lines.push((name, Outcome::Refused(NotRead::Stick(damaged.clone()).into())));
        }
        Ok(TakeReport { files: lines, stick: Some(rest) })
    }

    /// Has one file read, and does with it what it is for.
    fn take_file(
        &self,
        stick: &mut Stick,
        index: usize,
        file: &StickFile,
        copied: &mut dyn FnMut(u64, u64),
    ) -> Result<Incame, KeeperRefusal> {
        let mut incoming = stick.copy(index)?;
        match file.kind {
            Kind::Bundle => {
                let bundle = self.spool.copy_from(&mut incoming, &file.path, copied);
                // Why it ended early is a better answer than that it is too short.
                match incoming.refusal() {
                    Some(refusal) => Err(refusal.into()),
                    None => Ok(Incame::Spooled(Box::new(bundle?))),
                }
            }
            Kind::Token => {
                let token = whole(incoming)?;
                Ok(Incame::Done(self.take_token_file(&token)?))
            }
            Kind::Card => self.take_card(&whole(incoming)?, &file.path),
        }
    }

    /// A shop's card waits for an officer; unread, but for its first line. A box's is what this box, or
    /// another, has written onto the stick.
    pub(super) fn take_card_file(&self, card: &[u8], name: &str) -> Result<Option<Outcome>, KeeperRefusal> {
        match self.take_card(card, name)? {
            Incame::Done(outcome) => Ok(Some(outcome)),
            Incame::Spooled(_) | Incame::PassedOver => Ok(None),
        }
    }

    fn take_card(&self, card: &[u8], name: &str) -> Result<Incame, KeeperRefusal> {
        if !card.starts_with(labels::SENDER_CARD.as_bytes()) {
            return Ok(Incame::PassedOver);
        }
        let here = held(&self.vault)
            .contents()
            .senders
            .values()
            .any(|sender| sender.card == card || sender.former.iter().any(|former| former.card == card));
        if here {
            return Ok(Incame::Done(Outcome::CardHere));
        }
        match self.cards.keep(card)? {
            Some(path) => Ok(Incame::Done(Outcome::Card(CardView { path }))),
            None => Err(AirlockRefusal::TooManyCards { file: name.to_owned(), limit: MOST_CARDS }.into()),
        }
    }

    /// Writes the receipt of a bundle onto a stick, the newest of its stream where none is named; the name that
    /// the file got.
    ///
    /// # Errors
    /// As [`Keeper::receipt`]; why the stick does not take it.
    pub fn write_receipt_onto(
        &self,
        stick: &Path,
        stream: StreamId,
        number: Option<BundleNumber>,
    ) -> Result<String, KeeperRefusal> {
        let admitted = match number {
            Some(number) => self.receipt(stream, number)?,
            None => {
                self.newest_receipt(stream)?.ok_or(OwnRefusal::NoSuchBundle { number: "-".to_owned() })?
            }
        };
        let name = format!("{stream}-{:06}.{EXTENSION}", admitted.number.0);
        self.write_onto(stick, &name, admitted.receipt.as_bytes())
    }

    /// Writes the box's card onto a stick.
    ///
    /// # Errors
    /// As [`Keeper::write_card`]; why the stick does not take it.
    pub fn write_card_onto(&self, stick: &Path) -> Result<String, KeeperRefusal> {
        let card = self.write_card()?.to_bytes();
        self.write_onto(stick, "box.card", &card)
    }

    /// The receipt of a stream's newest bundle, onto the stick that is in.
    ///
    /// # Errors
    /// [`AirlockRefusal::NoStick`]; as [`Keeper::write_receipt_onto`].
    pub fn write_receipt_onto_plugged(&self, stream: StreamId) -> Result<String, KeeperRefusal> {
        self.write_receipt_onto(&self.stick_inside()?, stream, None)
    }

    /// The box's card, onto the stick that is in.
    ///
    /// # Errors
    /// [`AirlockRefusal::NoStick`]; as [`Keeper::write_card_onto`].
    pub fn write_card_onto_plugged(&self) -> Result<String, KeeperRefusal> {
        self.write_card_onto(&self.stick_inside()?)
    }

    /// The stick that was read and is in: nothing is written on the way in.
    fn stick_inside(&self) -> Result<PathBuf, AirlockRefusal> {
        match self.stick_view() {
            StickView { state: StickState::Taken(_), device: Some(device), .. } => Ok(device),
            _ => Err(AirlockRefusal::NoStick),
        }
    }

    fn write_onto(&self, stick: &Path, name: &str, bytes: &[u8]) -> Result<String, KeeperRefusal> {
        let _alone = self.stick.alone()?;
        let written = airlock::write_onto(stick, name, bytes)?;
        let mut view = held(&self.stick.view);
        if view.device.as_deref() == Some(stick) {
            view.written = Some(written.clone());
        }
        Ok(written)
    }

    /// Where the cards lie that came and wait for an officer.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn waiting_cards(&self) -> Result<Vec<PathBuf>, DiskError> {
        self.cards.list()
    }
}

/// What has come of a file.
enum Incame {
    /// A bundle, which is to be admitted.
    Spooled(Box<Spooled>),
    Done(Outcome),
    /// It is none of ours.
    PassedOver,
}

/// The whole file; its length is bounded by its kind.
fn whole(mut incoming: Incoming<'_>) -> Result<Vec<u8>, NotRead> {
    let mut bytes = Vec::new();
    let read = incoming.read_to_end(&mut bytes);
    match (read, incoming.refusal()) {
        (Ok(_), None) => Ok(bytes),
        (_, refusal) => Err(refusal.unwrap_or(AirlockRefusal::Protocol.into())),
    }
}

/// Whether the stick is out.
pub(super) fn is_pulled_out(refusal: &KeeperRefusal) -> bool {
    matches!(refusal, KeeperRefusal::Airlock(NotRead::Airlock(AirlockRefusal::PulledOut)))
}

/// Whether no other file of the stick is worth asking for.
fn is_the_end(refusal: &KeeperRefusal) -> bool {
    let KeeperRefusal::Airlock(NotRead::Airlock(refusal)) = refusal else { return false };
    matches!(
        refusal,
        AirlockRefusal::PulledOut | AirlockRefusal::Failed { .. } | AirlockRefusal::Unavailable { .. }
    )
}
