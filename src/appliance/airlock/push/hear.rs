//! `kluis airlock push`: hears the line.
//!
//! A batch of datagrams is taken with one `recvmmsg`, judged where it lies, and what is wanted goes from there
//! to its place with one `pwritev` for each block: no symbol is ever copied in this process. The kernel may
//! hand over datagrams of one sender joined (`UDP_GRO`); it says how long each was. All of it is one loop over one
//! state, and so one file.

use std::collections::HashSet;
use std::io::{self, IoSliceMut};
use std::os::fd::AsRawFd as _;
use std::time::{Duration, Instant};

use nix::sys::socket::{ControlMessageOwned, MsgFlags, MultiHeaders, recvmmsg};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::frames::{Counts, Message, Messages, Setup};
use super::incoming::{Incoming, Wanted};
use super::shares::Shares;
use super::store;
use crate::appliance::cage;
use crate::exchange::push::{
    DatagramKey, Dropped, FileKind, Head, Heartbeat, Kind, Known, Manifest, Opened, PushRefusal, Session,
};
use crate::exchange::vocabulary::PublicKey;

/// Buffers of one batch, each for 64 KiB: what the kernel joins at most.
const BUFFERS: usize = 32;
const BUFFER: usize = 65_536;
/// Below so many buffers in a batch there is time to let more come together: less is then written at a time, and
/// more often. What comes meanwhile waits in the socket.
const FEW: usize = BUFFERS / 2;
const TOGETHER: Timespec = Timespec { tv_sec: 0, tv_nsec: 1_000_000 };
/// Files that are received at once.
pub(super) const MOST_OPEN: usize = 4;
/// A file that nothing came of for so long gives its place to another.
const SILENT: Duration = Duration::from_secs(15 * 60);
/// How often counts are told, where they changed.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Bytes of the disk that are left to others.
const RESERVE: u64 = 128 << 20;
/// Heartbeats that are remembered as heard.
const BEATS: usize = 64;

/// Hears until the box closes the pipe.
///
/// # Errors
/// What the disk or the socket refuses; the box starts another.
pub fn hear() -> io::Result<()> {
    let mut messages = Messages::default();
    let Message::Setup(setup) = first(&mut messages)? else { return Err(io::ErrorKind::InvalidData.into()) };
    let mut ear = Ear::new(setup)?;
    ear.announce()?;
    // What came with the first.
    while let Some(message) = messages.next()? {
        ear.obey(message)?;
    }
    let mut buffers = vec![0_u8; BUFFERS * BUFFER];
    let mut told = Instant::now();
    loop {
        let (socket, orders) = (rustix::stdio::stderr(), rustix::stdio::stdin());
        let mut ready = [PollFd::new(&socket, PollFlags::IN), PollFd::new(&orders, PollFlags::IN)];
        let second = Timespec { tv_sec: 1, tv_nsec: 0 };
        match poll(&mut ready, Some(&second)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let (heard, ordered) = (!ready[0].revents().is_empty(), !ready[1].revents().is_empty());
        if ordered {
            if !messages.read()? {
                return Ok(());
            }
            while let Some(message) = messages.next()? {
                ear.obey(message)?;
            }
        }
        if heard && ear.batch(&mut buffers)? < FEW {
            let mut ordered = [PollFd::new(&orders, PollFlags::IN)];
            let _ = poll(&mut ordered, Some(&TOGETHER));
        }
        if told.elapsed() >= TELL_EVERY {
            ear.tell()?;
            told = Instant::now();
        }
    }
}

fn first(messages: &mut Messages) -> io::Result<Message> {
    loop {
        if let Some(message) = messages.next()? {
            return Ok(message);
        }
        if !messages.read()? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

struct Ear {
    key: DatagramKey,
    boot: [u8; 16],
    senders: Vec<PublicKey>,
    open: Vec<Incoming>,
    /// When each of them last got something.
    touched: Vec<Instant>,
    finished: HashSet<Session>,
    /// The newest heartbeats, and the last counter of each sender: by the key that signs, since a stream is what
    /// anybody may write.
    beats: Vec<Session>,
    counters: Vec<(PublicKey, u64)>,
    counts: Counts,
    counts_told: Counts,
    signatures: Shares,
}

/// Whose a file is as places and signatures are shared out: an enrolled shop's, or a stranger's.
fn holder(senders: &[PublicKey], key: PublicKey) -> Option<PublicKey> {
    senders.contains(&key).then_some(key)
}

impl Ear {
    fn new(setup: Setup) -> io::Result<Self> {
        for folder in [store::OPEN, store::INBOX] {
            std::fs::create_dir_all(folder)?;
        }
        let mut ear = Self {
            key: DatagramKey::derived(&setup.key),
            boot: setup.boot,
            senders: setup.senders,
            open: Vec::new(),
            touched: Vec::new(),
            finished: store::finished()?.into_iter().collect(),
            beats: Vec::new(),
            counters: Vec::new(),
            counts: Counts::default(),
            counts_told: Counts::default(),
            signatures: Shares::new(),
        };
        for session in store::open_sessions()? {
            let manifest = store::manifest(session).ok().and_then(|message| {
                let senders = &ear.senders;
                let manifest = Manifest::open(&message, |key| senders.contains(key)).ok()?;
                (Session::of(&message) == session).then_some(manifest)
            });
            match manifest {
                Some(manifest) if ear.open.len() < MOST_OPEN && !ear.finished.contains(&session) => {
                    ear.take_up(session, manifest)?;
                }
                _ => store::forget(session),
            }
        }
        Ok(ear)
    }

    fn take_up(&mut self, session: Session, manifest: Manifest) -> io::Result<()> {
        self.open.push(Incoming::open(session, manifest, &self.boot, &self.key)?);
        self.touched.push(Instant::now());
        Ok(())
    }

    fn position(&self, session: Session) -> Option<usize> {
        self.open.iter().position(|incoming| incoming.session == session)
    }

    fn close(&mut self, at: usize) {
        self.open.swap_remove(at);
        self.touched.swap_remove(at);
    }

    /// Throws away what is here of a file.
    fn let_go(&mut self, at: usize) -> io::Result<()> {
        let session = self.open[at].session;
        self.close(at);
        store::forget(session);
        say(&Message::LetGo(session))
    }

    /// Which of the open files gives its place to a new one of this holder: one of which nothing has come for
    /// long; else one of whoever has two more than he, so that a shop that begins many keeps no other out.
    fn gives_way(&self, holder_of_new: Option<PublicKey>) -> Option<usize> {
        let oldest = |of: &dyn Fn(usize) -> bool| {
            (0..self.open.len()).filter(|at| of(*at)).min_by_key(|at| self.touched[*at])
        };
        let silent = oldest(&|at| self.touched[at].elapsed() > SILENT);
        let holders: Vec<_> =
            self.open.iter().map(|incoming| holder(&self.senders, incoming.manifest.key)).collect();
        let files = |of: &Option<PublicKey>| holders.iter().filter(|holder| *holder == of).count();
        let own = files(&holder_of_new);
        let greedy = holders.iter().max_by_key(|holder| files(holder)).filter(|most| files(most) >= own + 2);
        silent.or_else(|| greedy.and_then(|greedy| oldest(&|at| holders[at] == *greedy)))
    }

    /// Names the files that are open and hands on what is here of them: after a start of this process or of the
    /// one that joins.
    fn announce(&mut self) -> io::Result<()> {
        for incoming in &mut self.open {
            let session = incoming.session;
            let blocks = incoming.manifest.geometry.blocks();
            // It may be over, and the word of that on its way or lost: whoever joins says it to what is ready.
            if let Ok(manifest) = store::manifest(session) {
                say(&Message::Opened(manifest))?;
            }
            say(&Message::Progress(session, incoming.done, incoming.here()))?;
            if incoming.done == blocks {
                say(&Message::Ready(session, 0))?;
            }
            for block in 0..blocks {
                incoming.ask_again(block);
                if incoming.is_ready(block) {
                    say(&Message::Ready(session, block))?;
                }
            }
        }
        Ok(())
    }

    fn obey(&mut self, message: Message) -> io::Result<()> {
        match message {
            Message::Setup(setup) => {
                self.senders = setup.senders;
                // Of a shop that was blocked nothing more is taken, nor of one whose key has ended.
                let gone = |incoming: &Incoming, senders: &[PublicKey]| {
                    let manifest = &incoming.manifest;
                    manifest.kind != FileKind::Card && !senders.contains(&manifest.key)
                };
                while let Some(at) = self.open.iter().position(|incoming| gone(incoming, &self.senders)) {
                    self.let_go(at)?;
                }
                self.announce()?;
            }
            Message::Done(session, block) => {
                if let Some(at) = self.position(session) {
                    self.open[at].set_whole(block);
                    say(&Message::Progress(session, self.open[at].done, self.open[at].here()))?;
                }
            }
            Message::More(session, block) => {
                if let Some(at) = self.position(session) {
                    self.open[at].wants_more(block);
                    if self.open[at].is_ready(block) {
                        say(&Message::Ready(session, block))?;
                    }
                }
            }
            Message::Spoilt(session, block) => {
                if let Some(at) = self.position(session) {
                    self.open[at].spoil(block)?;
                }
            }
            Message::Finished(session) => {
                self.finished.insert(session);
                if let Some(at) = self.position(session) {
                    self.close(at);
                }
            }
            Message::Failed(session) => {
                if let Some(at) = self.position(session) {
                    self.close(at);
                }
                store::forget(session);
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        Ok(())
    }

    /// Takes what waits in the socket, at most a batch, and says how many buffers that filled.
    fn batch(&mut self, buffers: &mut [u8]) -> io::Result<usize> {
        let mut lengths = [(0_usize, 0_usize); BUFFERS];
        let count = {
            // Made anew each time: the kernel writes into it how much room for its word on joined datagrams
            // is left, and would not find it again.
            let mut headers = MultiHeaders::<()>::preallocate(BUFFERS, Some(nix::cmsg_space!(i32)));
            let mut slices: Vec<_> =
                buffers.chunks_mut(BUFFER).map(|buffer| [IoSliceMut::new(buffer)]).collect();
            let socket = rustix::stdio::stderr().as_raw_fd();
            let got = recvmmsg(socket, &mut headers, slices.iter_mut(), MsgFlags::MSG_DONTWAIT, None);
            let got = match got {
                Err(nix::errno::Errno::EAGAIN | nix::errno::Errno::EINTR) => return Ok(0),
                got => got.map_err(io::Error::from)?,
            };
            let mut count = 0;
            for (message, length) in got.zip(&mut lengths) {
                let joined = message.cmsgs().ok().and_then(|mut words| {
                    words.find_map(|word| match word {
                        ControlMessageOwned::UdpGroSegments(each) => usize::try_from(each).ok(),
                        _ => None,
                    })
                });
                *length = (message.bytes, joined.unwrap_or(message.bytes));
                count += 1;
            }
            count
        };
        let mut wanted = Vec::new();
        for (buffer, (bytes, each)) in buffers.chunks(BUFFER).zip(lengths).take(count) {
            if bytes == 0 {
                self.counts.datagrams += 1;
                self.counts.length += 1;
            }
            for datagram in buffer[..bytes].chunks(each.max(1)) {
                self.judge(datagram, &mut wanted)?;
            }
        }
        self.write(wanted)?;
        Ok(count)
    }

    fn judge<'a>(&mut self, datagram: &'a [u8], wanted: &mut Vec<Wanted<'a>>) -> io::Result<()> {
        self.counts.datagrams += 1;
        let (open, finished, beats) = (&self.open, &self.finished, &self.beats);
        let mut file = 0;
        let known = |head: &Head| match open.iter().position(|incoming| incoming.session == head.session) {
            Some(at) => {
                file = at;
                if head.kind == Kind::Symbol && !open[at].may_want(head) {
                    Known::Done
                } else {
                    Known::Open(open[at].manifest.geometry, &open[at].key)
                }
            }
            None if finished.contains(&head.session) || beats.contains(&head.session) => Known::Done,
            None => Known::Stranger,
        };
        // Every sixteenth is watched and stands for its neighbours.
        let watched = self.counts.datagrams.is_multiple_of(16).then(Instant::now);
        let opened = self.key.open(datagram, known);
        if let Some(watched) = watched {
            self.counts.mac_nanos += nanos(watched) * 16;
        }
        match opened {
            Ok(Opened::Symbol(head, body)) => {
                let tag = &datagram[datagram.len() - store::TAG..];
                match self.open[file].want(&head, body, tag) {
                    Some(symbol) => {
                        self.counts.symbols += 1;
                        wanted.push(symbol.of_file(file));
                    }
                    None => self.counts.doubled += 1,
                }
            }
            Ok(Opened::Empty) => self.counts.messages += 1,
            Ok(Opened::Message(head, body)) => {
                self.counts.messages += 1;
                // Its session may be open already: that manifest is one of many.
                if self.position(head.session).is_none() {
                    match head.kind {
                        Kind::Manifest => {
                            // What waits names files by their places in the list, and these change now.
                            self.write(std::mem::take(wanted))?;
                            self.begin(head.session, body)?;
                        }
                        _ => self.beat(head.session, body)?,
                    }
                }
            }
            Err(dropped) => {
                *match dropped {
                    Dropped::Length => &mut self.counts.length,
                    Dropped::Magic => &mut self.counts.magic,
                    Dropped::Session => &mut self.counts.session,
                    Dropped::Mac => &mut self.counts.mac,
                    Dropped::Range => &mut self.counts.range,
                } += 1;
            }
        }
        Ok(())
    }

    /// Writes what is wanted, sorted so that what lies side by side goes at once.
    fn write(&mut self, mut wanted: Vec<Wanted<'_>>) -> io::Result<()> {
        if wanted.is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        wanted.sort_unstable_by_key(Wanted::order);
        let mut left = wanted.as_slice();
        while let Some(first) = left.first() {
            let incoming = &mut self.open[first.file];
            let (run, rest) = left.split_at(incoming.run(left));
            incoming.write(run)?;
            left = rest;
        }
        self.counts.disk_nanos += nanos(begun);
        let now = Instant::now();
        for pair in wanted.chunk_by(|one, other| (one.file, one.block) == (other.file, other.block)) {
            let (file, block) = (pair[0].file, pair[0].block);
            self.touched[file] = now;
            if self.open[file].is_ready(block) {
                say(&Message::Ready(self.open[file].session, block))?;
            }
        }
        Ok(())
    }

    /// Begins a file that a manifest names.
    fn begin(&mut self, session: Session, body: &[u8]) -> io::Result<()> {
        let Some(message) = self.message_of(session, Manifest::message(body)) else { return Ok(()) };
        let Some(key) = Manifest::claimed_key(message) else { return Ok(()) };
        let holder = holder(&self.senders, key);
        let full = self.open.len() >= MOST_OPEN;
        // Before its signature costs anything: it comes many times in a second.
        if full && self.gives_way(holder).is_none() {
            self.counts.no_place += 1;
            return Ok(());
        }
        let (senders, signatures) = (&self.senders, &mut self.signatures);
        if !signatures.take(holder, senders.len(), Instant::now()) {
            self.counts.unsigned += 1;
            return Ok(());
        }
        let Ok(manifest) = Manifest::open(message, |key| senders.contains(key)) else {
            self.counts.unsigned += 1;
            return Ok(());
        };
        let gives_way = if full { self.gives_way(holder) } else { None };
        let stat = rustix::fs::statvfs(".")?;
        let freed = gives_way.map_or(0, |at| self.open[at].takes());
        let free = stat.f_bavail.saturating_mul(stat.f_frsize).saturating_add(freed);
        // Those that were begun before and stay have a claim on it.
        let stay = (0..self.open.len()).filter(|at| Some(*at) != gives_way);
        let claimed: u64 = stay.map(|at| self.open[at].may_still_take()).sum();
        let needed = manifest.geometry.length().saturating_mul(2).saturating_add(claimed);
        if free < needed.saturating_add(RESERVE) {
            self.counts.no_place += 1;
            return Ok(());
        }
        // Only now: nothing is thrown away for a file that finds no room all the same.
        if let Some(at) = gives_way {
            self.let_go(at)?;
        }
        store::begin(session, message, &self.boot)?;
        self.take_up(session, manifest)?;
        say(&Message::Opened(message.to_vec()))
    }

    /// Hears a heartbeat.
    fn beat(&mut self, session: Session, body: &[u8]) -> io::Result<()> {
        let Some(message) = self.message_of(session, Heartbeat::message(body)) else { return Ok(()) };
        let (senders, counters, signatures) = (&self.senders, &self.counters, &mut self.signatures);
        let newer = |beat: &Heartbeat| {
            counters.iter().all(|(key, counter)| *key != beat.key || *counter < beat.counter)
        };
        let believed = |beat: &Heartbeat| {
            newer(beat)
                && holder(senders, beat.key)
                    .is_some_and(|key| signatures.take(Some(key), senders.len(), Instant::now()))
        };
        let Ok(beat) = Heartbeat::open(message, believed) else {
            self.counts.unsigned += 1;
            return Ok(());
        };
        self.counters.retain(|(key, _)| *key != beat.key);
        self.counters.push((beat.key, beat.counter));
        if self.beats.len() >= BEATS {
            self.beats.remove(0);
        }
        self.beats.push(session);
        say(&Message::Beat(message.to_vec()))
    }

    /// The signed message of a datagram, if its session is its digest.
    fn message_of<'a>(
        &mut self,
        session: Session,
        message: Result<&'a [u8], PushRefusal>,
    ) -> Option<&'a [u8]> {
        let message = message.ok().filter(|message| Session::of(message) == session);
        if message.is_none() {
            self.counts.range += 1;
        }
        message
    }

    fn tell(&mut self) -> io::Result<()> {
        if self.counts != self.counts_told {
            if self.counts.symbols != self.counts_told.symbols {
                for incoming in &self.open {
                    say(&Message::Progress(incoming.session, incoming.done, incoming.here()))?;
                }
            }
            self.counts_told = self.counts;
            say(&Message::Counts(self.counts))?;
        }
        Ok(())
    }
}

fn say(message: &Message) -> io::Result<()> {
    cage::say(&message.to_bytes())
}

fn nanos(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
