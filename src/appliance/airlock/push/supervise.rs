//! The box's side: starts the two processes, passes their messages on, and starts them again.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::ChildStdin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use nix::sys::socket::{setsockopt, sockopt};

use super::arriving::Arriving;
use super::frames::{Counts, MESSAGE_LIMIT, Message, Setup};
use super::hear::MOST_OPEN;
use super::heard::{self, Heard};
use super::store;
use crate::appliance::cage::{self, Kind, Patience, Process, Started};
use crate::exchange::push::{DatagramKey, Heartbeat, Manifest, Session};
use crate::exchange::vocabulary::PublicKey;
use crate::support::durable::{self, DiskError};
use crate::support::secret::Secret;

/// The folder that both processes have, in the receiver's.
const LINE: &str = "line";
/// Heartbeats as they were heard, by the key that signed.
const HEARD: &str = "heard";
/// Bytes of datagrams that the kernel keeps at most while a process is started again or waits for the disk: two
/// seconds at 200 Mbit/s.
const WAITING: usize = 64 << 20;
/// How long joining may say nothing while it has something to do.
const JOINS_WITHIN: Duration = Duration::from_secs(120);
/// A process that lived shorter than this is started again only after as long.
const SHORT_LIFE: Duration = Duration::from_millis(500);

/// What a receiver needs.
pub struct ReceiverOptions {
    /// Its folder, on the filesystem of the box.
    pub folder: PathBuf,
    /// Where datagrams arrive.
    pub listen: SocketAddr,
    /// The key on the box's card.
    pub push_key: Secret,
    /// Whose manifests are believed.
    pub senders: Vec<PublicKey>,
}

/// The receiver of one box. Dropping it ends its processes.
pub struct Receiver {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    address: SocketAddr,
}

struct Shared {
    folder: PathBuf,
    socket: UdpSocket,
    state: Mutex<State>,
}

struct State {
    setup: Setup,
    stop: bool,
    hearing: Option<(Arc<Process>, ChildStdin)>,
    joining: Option<(Arc<Process>, ChildStdin)>,
    /// Blocks that joining has in hand or before it.
    in_hand: VecDeque<(Session, u32)>,
    /// Where joining died last.
    died_at: Option<(Session, u32)>,
    arriving: BTreeMap<Session, Arriving>,
    heard: Vec<Heard>,
    counts: Counts,
    /// How often a process died, and what was last said of why it did not start.
    deaths: u64,
    trouble: Option<String>,
}

impl Receiver {
    /// Binds the socket and starts the processes.
    ///
    /// # Errors
    /// What the disk or the address refuses.
    pub fn start(options: ReceiverOptions) -> Result<Self, DiskError> {
        let ReceiverOptions { folder, listen, push_key, senders } = options;
        for name in [LINE, HEARD] {
            durable::create_dir_all(&folder.join(name))?;
        }
        let inbox = folder.join(LINE).join(store::INBOX);
        durable::create_dir_all(&inbox)?;
        let wrong = |error: io::Error| DiskError::of("listen", Path::new(&listen.to_string()), &error);
        let socket = UdpSocket::bind(listen).map_err(wrong)?;
        let address = socket.local_addr().map_err(wrong)?;
        // What the kernel does not give is made up for by a second pass.
        if setsockopt(&socket, sockopt::RcvBufForce, &WAITING).is_err() {
            let _ = setsockopt(&socket, sockopt::RcvBuf, &WAITING);
        }
        let _ = setsockopt(&socket, sockopt::UdpGroSegment, &true);
        let heard = heard::read_all(&folder.join(HEARD), &senders)?;
        let setup = Setup { boot: boot(), key: *DatagramKey::derive(&push_key).expose(), senders };
        let state = State {
            setup,
            stop: false,
            hearing: None,
            joining: None,
            in_hand: VecDeque::new(),
            died_at: None,
            arriving: BTreeMap::new(),
            heard,
            counts: Counts::default(),
            deaths: 0,
            trouble: None,
        };
        let shared = Arc::new(Shared { folder, socket, state: Mutex::new(state) });
        let thread = |name: &str, work: fn(&Arc<Shared>)| {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new().name(name.to_owned()).spawn(move || work(&shared)).map_err(wrong)
        };
        let threads = vec![thread("push", Shared::keep_hearing)?, thread("join", Shared::keep_joining)?];
        Ok(Self { shared, threads, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where whole files are put. Who has taken one removes it.
    #[must_use]
    pub fn inbox(&self) -> PathBuf {
        self.shared.folder.join(LINE).join(store::INBOX)
    }

    /// Files that are being received, by session.
    #[must_use]
    pub fn arriving(&self) -> Vec<(Session, Arriving)> {
        self.shared.state().arriving.iter().map(|(session, arriving)| (*session, arriving.clone())).collect()
    }

    /// The last heartbeat of each sender.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.shared.state().heard.clone()
    }

    /// Datagrams since the process that hears was started.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.state().counts
    }

    /// How often a process died, and why one could not be started.
    #[must_use]
    pub fn deaths(&self) -> (u64, Option<String>) {
        let state = self.shared.state();
        (state.deaths, state.trouble.clone())
    }

    /// The processes' ids, of the one that hears and the one that joins, for whoever measures or kills them.
    #[must_use]
    pub fn process_ids(&self) -> [Option<u32>; 2] {
        let state = self.shared.state();
        [&state.hearing, &state.joining].map(|process| process.as_ref().map(|(process, _)| process.id()))
    }

    /// Believes these senders from now on.
    pub fn believe(&self, senders: Vec<PublicKey>) {
        let mut state = self.shared.state();
        if state.setup.senders != senders {
            state.setup.senders = senders;
            let setup = Message::Setup(state.setup.clone());
            state.tell_hearing(&setup);
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let processes = {
            let mut state = self.shared.state();
            state.stop = true;
            [state.hearing.take(), state.joining.take()]
        };
        // Outside of the lock: ending waits.
        for (process, _) in processes.into_iter().flatten() {
            process.end();
        }
        for thread in self.threads.drain(..) {
            // One that panicked has nothing left to end.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self, kind: Kind) -> Result<Started, String> {
        let handed = match kind {
            Kind::Push => Some(OwnedFd::from(self.socket.try_clone().map_err(|error| error.to_string())?)),
            _ => None,
        };
        cage::start_in(kind, handed, &self.folder.join(LINE)).map_err(|error| error.to_string())
    }

    /// Starts a process of `kind` again and again, and has `listen` hear what it says.
    fn keep(self: &Arc<Self>, kind: Kind, mut listen: impl FnMut(&Self, Started)) {
        while !self.state().stop {
            let begun = Instant::now();
            match self.start(kind) {
                Ok(started) => {
                    self.state().trouble = None;
                    listen(self, started);
                }
                Err(reason) => self.state().trouble = Some(reason),
            }
            let mut state = self.state();
            if !state.stop {
                state.deaths += 1;
            }
            drop(state);
            if begun.elapsed() < SHORT_LIFE {
                std::thread::sleep(SHORT_LIFE);
            }
        }
    }

    fn keep_hearing(self: &Arc<Self>) {
        self.keep(Kind::Push, |shared, Started { process, given, mut answers }| {
            {
                let mut state = shared.state();
                if state.stop {
                    return;
                }
                never_waits(&given);
                // It names the files that it takes up.
                state.arriving.clear();
                state.hearing = Some((process, given));
                let setup = Message::Setup(state.setup.clone());
                state.tell_hearing(&setup);
            }
            // It may be silent for as long as the line is.
            let mut patience = Patience::of(Duration::MAX, Duration::MAX);
            while let Ok(message) = answers.message(MESSAGE_LIMIT, &mut patience) {
                let Some(message) = Message::parse(&message) else { break };
                if shared.said_by_hearing(message).is_none() {
                    break;
                }
            }
            let ended = shared.state().hearing.take();
            drop(ended);
        });
    }

    fn keep_joining(self: &Arc<Self>) {
        self.keep(Kind::Join, |shared, Started { process, given, mut answers }| {
            let mut patience = Patience::of(JOINS_WITHIN, Duration::MAX);
            {
                let mut state = shared.state();
                if state.stop {
                    return;
                }
                never_waits(&given);
                state.joining = Some((process, given));
                state.in_hand.clear();
                // It knows of nothing: what is here is named to it once more.
                let setup = Message::Setup(state.setup.clone());
                state.tell_hearing(&setup);
            }
            loop {
                patience.our_turn.store(shared.state().in_hand.is_empty(), Ordering::Relaxed);
                let Ok(message) = answers.message(MESSAGE_LIMIT, &mut patience) else { break };
                let Some(message) = Message::parse(&message) else { break };
                if shared.said_by_joining(&message).is_none() {
                    break;
                }
            }
            let ended = {
                let mut state = shared.state();
                state.blame();
                state.joining.take()
            };
            drop(ended);
        });
    }

    /// None where it says what it has no business to say.
    fn said_by_hearing(&self, message: Message) -> Option<()> {
        let mut state = self.state();
        match message {
            Message::Ready(session, block) => {
                // Whoever starts joining has all of them named once more.
                if state.joining.is_some() {
                    state.in_hand.push_back((session, block));
                    state.tell_joining(&message);
                }
            }
            Message::Opened(manifest) => {
                let session = Session::of(&manifest);
                let senders = &state.setup.senders;
                let manifest = Manifest::open(&manifest, |key| senders.contains(key)).ok()?;
                let named = || Arriving::named(manifest, &self.folder.join(LINE), session, Timestamp::now());
                state.arriving.entry(session).or_insert_with(named);
                // Whoever names more than it can have open does not get more places here.
                if state.arriving.len() > MOST_OPEN {
                    let oldest = state.arriving.iter().filter(|(of, _)| **of != session);
                    let oldest = oldest.min_by_key(|(_, arriving)| arriving.since).map(|(of, _)| *of);
                    oldest.and_then(|oldest| state.arriving.remove(&oldest));
                }
            }
            Message::Progress(session, blocks, symbols) => {
                if let Some(arriving) = state.arriving.get_mut(&session) {
                    arriving.note(blocks, symbols, Timestamp::now(), Instant::now());
                }
            }
            Message::LetGo(session) => {
                state.arriving.remove(&session);
                state.in_hand.retain(|(of, _)| *of != session);
            }
            Message::Beat(message) => {
                let senders = &state.setup.senders;
                let heartbeat = Heartbeat::open(&message, |beat| senders.contains(&beat.key)).ok()?;
                let old = state.heard.iter().position(|heard| heard.heartbeat.key == heartbeat.key);
                if old.is_some_and(|at| state.heard[at].heartbeat.counter >= heartbeat.counter) {
                    return Some(());
                }
                let before = old.map(|at| &state.heard[at]);
                let heard = Heard::now(heartbeat, before, Timestamp::now());
                // What is not durable is only said once more after a restart.
                let _ = heard.write(&self.folder.join(HEARD), &message);
                match old {
                    Some(at) => state.heard[at] = heard,
                    None => state.heard.push(heard),
                }
            }
            Message::Counts(counts) => state.counts = counts,
            _ => return None,
        }
        Some(())
    }

    fn said_by_joining(&self, message: &Message) -> Option<()> {
        let mut state = self.state();
        match message {
            Message::Done(session, block) | Message::More(session, block) => {
                let at = state.in_hand.iter().position(|in_hand| in_hand == &(*session, *block));
                at.and_then(|at| state.in_hand.remove(at));
            }
            Message::Finished(session) | Message::Failed(session) => {
                state.arriving.remove(session);
                state.in_hand.retain(|(of, _)| of != session);
            }
            _ => return None,
        }
        state.tell_hearing(message);
        Some(())
    }
}

impl State {
    fn tell_hearing(&mut self, message: &Message) {
        tell(&mut self.hearing, message);
    }

    fn tell_joining(&mut self, message: &Message) {
        tell(&mut self.joining, message);
    }

    /// Joining has died. At the same block twice, and that block's symbols go: they kill.
    fn blame(&mut self) {
        let at = self.in_hand.front().copied();
        if let Some((session, block)) = at
            && self.died_at == at
        {
            self.tell_hearing(&Message::Spoilt(session, block));
            self.died_at = None;
        } else {
            self.died_at = at;
        }
        self.in_hand.clear();
    }
}

/// Tells a process something, without ever waiting for it: the box's own threads want this state too, and one
/// that was taken over may read nothing.
fn tell(to: &mut Option<(Arc<Process>, ChildStdin)>, message: &Message) {
    if let Some((process, given)) = to
        && cage::write_message(given, &message.to_bytes()).is_err()
    {
        // It is dead, or its pipe is full of what it does not read. Its own thread finds out and starts another.
        process.end();
    }
}

/// Makes writing to it fail where it would wait.
fn never_waits(given: &ChildStdin) {
    // Where it cannot be had, a process that reads nothing holds this receiver up.
    let _ = rustix::io::ioctl_fionbio(given, true);
}

/// The kernel's id of this boot; where it has none, every start is taken for another boot.
fn boot() -> [u8; 16] {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let digits: String = id.chars().filter(char::is_ascii_hexdigit).collect();
    let id = data_encoding::HEXLOWER.decode(digits.as_bytes()).ok().and_then(|id| id.try_into().ok());
    id.unwrap_or_else(|| crate::exchange::vocabulary::StreamId::random().0)
}
