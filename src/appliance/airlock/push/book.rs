//! What the box knows of its line, by what the two processes say: messages of fixed forms, hostile to it.
//!
//! Either may have been taken over, and then says what it likes, for ever. Nothing here grows with that: files
//! are as many as are received at once, blocks in hand as many as those can have, heartbeats as many as there
//! are senders; and whoever says more in a while than an honest one can is not listened to any more. A manifest
//! or heartbeat counts for its sender's signature, whoever passes it on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::arriving::Arriving;
use super::frames::{Counts, Message};
use super::hear::MOST_OPEN;
use super::heard::Heard;
use super::shares::SIGNATURES;
use crate::exchange::push::{Heartbeat, MOST_BLOCKS, Manifest, Session};
use crate::exchange::vocabulary::PublicKey;

/// Blocks in hand at once: all of as many files as are received at once.
const MOST_IN_HAND: usize = MOST_OPEN * MOST_BLOCKS as usize;
/// For so long is counted how much one says.
const WHILE: Duration = Duration::from_secs(10);
/// Messages in that while; whoever starts anew names all blocks that are there, which is the most at once.
const MOST_MESSAGES: u32 = 16 * MOST_IN_HAND as u32;
/// And signatures to be worked out: twice as many as the process that hears works out itself, where the
/// shops are not hundreds.
const MOST_SIGNATURES: u32 = 2 * WHILE.as_secs() as u32 * SIGNATURES as u32;

/// What is to be done about what was said.
#[derive(Debug, PartialEq)]
pub(super) enum Then {
    Nothing,
    /// It is for the process that joins.
    TellJoining(Message),
    /// It is for the process that hears.
    TellHearing(Message),
    /// A newer heartbeat: as it was signed, and when it was heard.
    Keep(Vec<u8>, Heard),
}

/// What is known of the line.
pub(super) struct Book {
    /// The folder of the two.
    folder: PathBuf,
    /// Blocks that joining has in hand or before it.
    in_hand: InHand,
    /// Set while there are none, so that joining is waited for only where it has something to do.
    pub(super) joining_has_none: Arc<AtomicBool>,
    /// Where joining died last.
    died_at: Option<(Session, u32)>,
    pub(super) arriving: BTreeMap<Session, Arriving>,
    pub(super) heard: Vec<Heard>,
    pub(super) counts: Counts,
    /// What each of the two has said lately.
    hearing: Pace,
    joining: Pace,
}

impl Book {
    pub(super) fn new(folder: PathBuf, heard: Vec<Heard>) -> Self {
        Self {
            folder,
            in_hand: InHand::default(),
            joining_has_none: Arc::new(AtomicBool::new(true)),
            died_at: None,
            arriving: BTreeMap::new(),
            heard,
            counts: Counts::default(),
            hearing: Pace::default(),
            joining: Pace::default(),
        }
    }

    /// None where hearing says what it has no business to say. `joins`: whether there is a process that joins;
    /// whoever starts one has all blocks named once more.
    pub(super) fn said_by_hearing(
        &mut self,
        message: Message,
        senders: &[PublicKey],
        joins: bool,
    ) -> Option<Then> {
        let signed = matches!(message, Message::Opened(_) | Message::Beat(_));
        self.hearing.take(signed)?;
        match message {
            // One that is in hand is answered once.
            Message::Ready(session, block) if joins && !self.in_hand.has(session, block) => {
                self.in_hand.add(session, block)?;
                self.note_turn();
                return Some(Then::TellJoining(message));
            }
            Message::Ready(..) => {}
            Message::Opened(manifest) => {
                let session = Session::of(&manifest);
                let manifest = Manifest::open(&manifest, |key| senders.contains(key)).ok()?;
                let named = || Arriving::named(manifest, &self.folder, session, Timestamp::now());
                self.arriving.entry(session).or_insert_with(named);
                // Whoever names more than it can have open does not get more places here.
                if self.arriving.len() > MOST_OPEN {
                    let oldest = self.arriving.iter().filter(|(of, _)| **of != session);
                    let oldest = oldest.min_by_key(|(_, arriving)| arriving.since).map(|(of, _)| *of);
                    oldest.and_then(|oldest| self.arriving.remove(&oldest));
                }
            }
            Message::Progress(session, blocks, symbols) => {
                if let Some(arriving) = self.arriving.get_mut(&session) {
                    let blocks = Some(blocks).filter(|n| *n <= arriving.manifest.geometry.blocks())?;
                    arriving.note(blocks, symbols, Timestamp::now(), Instant::now());
                }
            }
            // Of its blocks in hand joining finds nothing, and says so.
            Message::LetGo(session) => {
                self.arriving.remove(&session);
            }
            Message::Beat(message) => {
                let heartbeat = Heartbeat::open(&message, |beat| senders.contains(&beat.key)).ok()?;
                let old = self.heard.iter().position(|heard| heard.heartbeat.key == heartbeat.key);
                if old.is_some_and(|at| self.heard[at].heartbeat.counter >= heartbeat.counter) {
                    return Some(Then::Nothing);
                }
                let heard = Heard::now(heartbeat, old.map(|at| &self.heard[at]), Timestamp::now());
                match old {
                    Some(at) => self.heard[at] = heard.clone(),
                    None => self.heard.push(heard.clone()),
                }
                return Some(Then::Keep(message, heard));
            }
            Message::Counts(counts) => self.counts = counts,
            _ => return None,
        }
        Some(Then::Nothing)
    }

    /// None where joining says what it has no business to say.
    pub(super) fn said_by_joining(&mut self, message: Message) -> Option<Then> {
        self.joining.take(false)?;
        match &message {
            Message::Done(session, block) | Message::More(session, block) => {
                // Of a file that failed meanwhile, and was begun anew: nobody waits for this.
                if !self.in_hand.remove(*session, *block) {
                    return Some(Then::Nothing);
                }
            }
            Message::Finished(session) | Message::Failed(session) => {
                self.arriving.remove(session);
                self.in_hand.remove_all(*session);
            }
            _ => return None,
        }
        self.note_turn();
        Some(Then::TellHearing(message))
    }

    /// Hearing begins, and names the files that it takes up.
    pub(super) fn hearing_begins(&mut self) {
        self.arriving.clear();
        // It answers for itself and not for the one before it.
        self.hearing = Pace::default();
    }

    /// Joining begins, and knows of nothing.
    pub(super) fn joining_begins(&mut self) {
        self.in_hand = InHand::default();
        self.joining = Pace::default();
        self.note_turn();
    }

    /// Joining has died. At the same block twice, and that block's symbols go: they kill.
    pub(super) fn joining_died(&mut self) -> Option<Message> {
        let at = self.in_hand.first();
        let again = at.filter(|_| self.died_at == at);
        self.died_at = if again.is_some() { None } else { at };
        self.joining_begins();
        again.map(|(session, block)| Message::Spoilt(session, block))
    }

    fn note_turn(&self) {
        self.joining_has_none.store(self.in_hand.is_empty(), Ordering::Relaxed);
    }
}

/// Blocks in the order in which they were handed on, each found at once: a liar names as many as it can.
#[derive(Default)]
struct InHand {
    next: u64,
    order: BTreeMap<u64, (Session, u32)>,
    places: BTreeMap<(Session, u32), u64>,
}

impl InHand {
    fn has(&self, session: Session, block: u32) -> bool {
        self.places.contains_key(&(session, block))
    }

    fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn first(&self) -> Option<(Session, u32)> {
        self.order.first_key_value().map(|(_, one)| *one)
    }

    /// Adds one that is not there; none where there are too many.
    fn add(&mut self, session: Session, block: u32) -> Option<()> {
        if self.places.len() >= MOST_IN_HAND {
            return None;
        }
        self.order.insert(self.next, (session, block));
        self.places.insert((session, block), self.next);
        self.next += 1;
        Some(())
    }

    fn remove(&mut self, session: Session, block: u32) -> bool {
        let place = self.places.remove(&(session, block));
        place.is_some_and(|place| self.order.remove(&place).is_some())
    }

    fn remove_all(&mut self, session: Session) {
        let blocks: Vec<u32> =
            self.places.range((session, 0)..=(session, u32::MAX)).map(|((_, block), _)| *block).collect();
        for block in blocks {
            self.remove(session, block);
        }
    }
}

/// How much somebody has said lately.
#[derive(Default)]
struct Pace {
    since: Option<Instant>,
    messages: u32,
    signatures: u32,
}

impl Pace {
    /// One more message; none where it is too many.
    fn take(&mut self, signed: bool) -> Option<()> {
        if self.since.is_none_or(|since| since.elapsed() >= WHILE) {
            *self = Self { since: Some(Instant::now()), ..Self::default() };
        }
        self.messages += 1;
        self.signatures += u32::from(signed);
        (self.messages <= MOST_MESSAGES && self.signatures <= MOST_SIGNATURES).then_some(())
    }
}

#[cfg(any(test, fuzzing))]
impl Book {
    /// What is promised of it after whatever was said, and of what is to be done: `in_hand` is what it handed on.
    pub(super) fn check(
        &self,
        senders: &[PublicKey],
        then: &Then,
        in_hand: &mut std::collections::BTreeSet<(Session, u32)>,
    ) {
        match then {
            Then::TellJoining(Message::Ready(session, block)) => {
                assert!(in_hand.insert((*session, *block)), "it has that one in hand");
            }
            Then::TellHearing(Message::Done(session, block) | Message::More(session, block)) => {
                assert!(in_hand.remove(&(*session, *block)), "it was never handed on");
            }
            Then::TellHearing(Message::Finished(session) | Message::Failed(session)) => {
                in_hand.retain(|(of, _)| of != session);
            }
            Then::Keep(_, heard) => assert!(senders.contains(&heard.heartbeat.key)),
            Then::Nothing => {}
            other => panic!("nobody may be told this: {other:?}"),
        }
        assert!(self.in_hand.places.keys().eq(in_hand.iter()), "it remembers others than it handed on");
        assert_eq!(self.in_hand.order.len(), in_hand.len());
        assert!(in_hand.len() <= MOST_IN_HAND && self.arriving.len() <= MOST_OPEN);
        assert_eq!(self.joining_has_none.load(Ordering::Relaxed), in_hand.is_empty());
        assert!(self.heard.len() <= senders.len());
        for arriving in self.arriving.values() {
            assert!(arriving.blocks <= arriving.manifest.geometry.blocks());
            assert!(senders.contains(&arriving.manifest.key));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const ONE: Session = Session([1; 16]);

    #[test]
    fn whoever_says_more_than_an_honest_process_can_is_not_listened_to() {
        let mut book = Book::new(PathBuf::new(), Vec::new());
        let heard = |book: &mut Book| book.said_by_hearing(Message::Progress(ONE, 1, 1), &[], true);
        assert!((0..MOST_MESSAGES).all(|_| heard(&mut book).is_some()));
        assert_eq!(heard(&mut book), None);
        book.hearing_begins();
        assert!(heard(&mut book).is_some(), "the next one answers for itself");
        let mut book = Book::new(PathBuf::new(), Vec::new());
        assert!((0..MOST_MESSAGES).all(|_| book.said_by_joining(Message::Failed(ONE)).is_some()));
        assert_eq!(book.said_by_joining(Message::Failed(ONE)), None);
        book.joining_died();
        assert!(book.said_by_joining(Message::Failed(ONE)).is_some());
    }

    #[test]
    fn blocks_that_nobody_joins_do_not_pile_up() {
        let mut book = Book::new(PathBuf::new(), Vec::new());
        let ready = |book: &mut Book, block| book.said_by_hearing(Message::Ready(ONE, block), &[], true);
        let most = u32::try_from(MOST_IN_HAND).unwrap();
        for block in 0..most {
            assert_eq!(ready(&mut book, block), Some(Then::TellJoining(Message::Ready(ONE, block))));
        }
        assert_eq!(ready(&mut book, 0), Some(Then::Nothing), "one that is in hand is answered once");
        assert_eq!(ready(&mut book, most), None);
    }

    #[test]
    fn joining_is_waited_for_from_the_moment_that_it_has_something_to_do() {
        let mut book = Book::new(PathBuf::new(), Vec::new());
        let idle = Arc::clone(&book.joining_has_none);
        assert!(idle.load(Ordering::Relaxed));
        book.said_by_hearing(Message::Ready(ONE, 0), &[], true).unwrap();
        assert!(!idle.load(Ordering::Relaxed), "it may be silent for ever");
        book.said_by_joining(Message::More(ONE, 0)).unwrap();
        assert!(idle.load(Ordering::Relaxed));
    }

    #[test]
    fn a_block_that_kills_twice_is_spoilt_and_no_other() {
        let mut book = Book::new(PathBuf::new(), Vec::new());
        for (block, spoilt) in [(0, None), (1, None), (1, Some(Message::Spoilt(ONE, 1))), (1, None)] {
            book.said_by_hearing(Message::Ready(ONE, block), &[], true).unwrap();
            assert_eq!(book.joining_died(), spoilt);
        }
    }
}
