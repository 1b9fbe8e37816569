//! The box's side: starts the two processes, passes their messages on, and starts them again.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::ChildStdin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::socket::{setsockopt, sockopt};

use super::arriving::Arriving;
use super::book::{Book, Then};
use super::frames::{Counts, MESSAGE_LIMIT, Message, Setup};
use super::heard::{self, Heard};
use super::store;
use super::tidy::{put_in_order, throw_away_open};
use crate::appliance::cage::{self, Fault, Kind, Patience, Process, Started};
use crate::exchange::push::{DatagramKey, Session};
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
/// So many crashes in a row, each at once, and what is being received is thrown away.
const CRASHES: u32 = 3;
/// With fewer bytes left than these the disk is full for what is written at once, and the two end of that.
const FULL: u64 = 16 << 20;
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
    book: Book,
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
        put_in_order(&folder.join(LINE))?;
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
            book: Book::new(folder.join(LINE), heard),
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
        self.shared
            .state()
            .book
            .arriving
            .iter()
            .map(|(session, arriving)| (*session, arriving.clone()))
            .collect()
    }

    /// The last heartbeat of each sender.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.shared.state().book.heard.clone()
    }

    /// Datagrams since the process that hears was started.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.state().book.counts
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

    fn is_full(&self) -> bool {
        durable::free_space(&self.folder).is_ok_and(|free| free < FULL)
    }

    /// Starts a process of `kind` again and again, and has `listen` hear what it says.
    fn keep(self: &Arc<Self>, kind: Kind, mut listen: impl FnMut(&Self, Started)) {
        // How often in a row one has crashed as soon as it was started.
        let mut at_once = 0;
        while !self.state().stop {
            let begun = Instant::now();
            // What cannot be put in order is found out by the process.
            let _ = put_in_order(&self.folder.join(LINE));
            match self.start(kind) {
                Ok(started) => {
                    self.state().trouble = None;
                    let process = Arc::clone(&started.process);
                    listen(self, started);
                    let crashed = matches!(process.end(), Fault::Crashed | Fault::Memory | Fault::Forbidden);
                    let at_its_start = crashed && begun.elapsed() < SHORT_LIFE;
                    // A full disk says nothing against what lies there, which waits until there is room.
                    at_once = if at_its_start && !self.is_full() { at_once + 1 } else { 0 };
                }
                Err(reason) => self.state().trouble = Some(reason),
            }
            if at_once == CRASHES {
                // Something there kills whoever takes it up. It is pushed again.
                throw_away_open(&self.folder.join(LINE));
                at_once = 0;
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
                state.book.hearing_begins();
                state.hearing = Some((process, given));
                let setup = Message::Setup(state.setup.clone());
                state.tell_hearing(&setup);
            }
            // It may be silent for as long as the line is.
            let mut patience = Patience::of(Duration::MAX, Duration::MAX);
            while let Ok(message) = answers.message(MESSAGE_LIMIT, &mut patience) {
                let Some(message) = Message::parse(&message) else { break };
                let mut state = shared.state();
                let (joins, State { book, setup, .. }) = (state.joining.is_some(), &mut *state);
                match book.said_by_hearing(message, &setup.senders, joins) {
                    // What is not durable is only said once more after a restart.
                    Some(Then::Keep(message, heard)) => {
                        drop(state);
                        let _ = heard.write(&shared.folder.join(HEARD), &message);
                    }
                    Some(then) => state.carry_out(then),
                    None => break,
                }
            }
            let ended = shared.state().hearing.take();
            drop(ended);
        });
    }

    fn keep_joining(self: &Arc<Self>) {
        self.keep(Kind::Join, |shared, Started { process, given, mut answers }| {
            let mut patience = Patience::of(JOINS_WITHIN, Duration::MAX);
            patience.our_turn = Arc::clone(&shared.state().book.joining_has_none);
            {
                let mut state = shared.state();
                if state.stop {
                    return;
                }
                never_waits(&given);
                state.joining = Some((process, given));
                state.book.joining_begins();
                // It knows of nothing: what is here is named to it once more.
                let setup = Message::Setup(state.setup.clone());
                state.tell_hearing(&setup);
            }
            while let Ok(message) = answers.message(MESSAGE_LIMIT, &mut patience) {
                let Some(message) = Message::parse(&message) else { break };
                let mut state = shared.state();
                let Some(then) = state.book.said_by_joining(message) else { break };
                state.carry_out(then);
            }
            let ended = {
                let mut state = shared.state();
                if let Some(spoilt) = state.book.joining_died() {
                    state.tell_hearing(&spoilt);
                }
                state.joining.take()
            };
            drop(ended);
        });
    }
}

impl State {
    fn tell_hearing(&mut self, message: &Message) {
        tell(&mut self.hearing, message);
    }

    fn tell_joining(&mut self, message: &Message) {
        tell(&mut self.joining, message);
    }

    fn carry_out(&mut self, then: Then) {
        match then {
            Then::TellJoining(message) => self.tell_joining(&message),
            Then::TellHearing(message) => self.tell_hearing(&message),
            Then::Nothing | Then::Keep(..) => {}
        }
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
