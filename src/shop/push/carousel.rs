//! One pass over a file.

use std::fs::File;
use std::ops::RangeInclusive;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use super::link::Link;
use super::pace::Pacer;
use super::state::symbols_of;
use crate::exchange::push::fec::{Coder, Repair};
use crate::exchange::push::{DatagramKey, Geometry, Head, Kind, Session, SessionKey, Size};
use crate::shop::Refused;
use crate::support::durable::DiskError;

/// Blocks that are sent in turn are on the line for so long: of a second that is lost each of them then loses no more
/// than half, and the next pass brings the rest.
const INTERLEAVED: Duration = Duration::from_secs(2);
/// Bytes of a file in such a window at least and at most. A line that is too fast for that has the smaller one: what
/// would not outlive a second is not paid for.
const WINDOW: RangeInclusive<u64> = 24 << 20..=64 << 20;
/// Blocks of a window at least, where there are as many.
const LEAST_BLOCKS: u32 = 4;
/// After so many symbols the manifest comes again.
const MANIFEST_EVERY: u64 = 256;
/// Datagrams without content before and after, which wake the line up and push through what still waits
/// in it, and manifests among them.
const EDGE: usize = 64;
const EDGE_MANIFESTS: usize = 8;
/// After so many symbols of every block is told how far it is.
const TOLD_EVERY: usize = 16;
/// How often a heartbeat is said.
const BEATS: usize = 3;

/// What was sent, over all passes.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) datagrams: u64,
    pub(super) encoding: Duration,
    pub(super) sealing: Duration,
}

pub(super) struct Pass<'a> {
    pub(super) key: &'a DatagramKey,
    pub(super) link: &'a mut Link,
    pub(super) pacer: &'a mut Pacer,
    /// The signed manifest.
    pub(super) message: &'a [u8],
    pub(super) geometry: Geometry,
    /// The number of the first symbol that this pass sends of every block.
    pub(super) first: u32,
    pub(super) repair: u32,
    pub(super) sent: &'a mut Sent,
    /// Is told how many bytes of the file are done.
    pub(super) tell: &'a mut dyn FnMut(u64),
}

/// A block with what is sent of it.
struct Block {
    number: u32,
    /// The number of the first.
    first: u32,
    /// The file's own, where they are sent.
    own: Vec<u8>,
    repair: Repair,
}

/// Some blocks, and how long their symbols took.
struct Window {
    blocks: Vec<Block>,
    encoding: Duration,
}

impl Window {
    /// Where the last of its blocks ends in the file.
    fn ends(&self, geometry: &Geometry) -> u64 {
        let last = self.blocks.last().map_or(0, |block| block.number + 1);
        if last < geometry.blocks() { geometry.offset(last) } else { geometry.length() }
    }

    /// How far the pass is in the file when the `n`th symbol of every block was sent.
    fn done(&self, n: usize, geometry: &Geometry) -> u64 {
        let length = geometry.size().symbol();
        let all = self.blocks.iter().map(|block| block.own.len() / length + block.repair.len()).max();
        let begins = self.blocks.first().map_or(0, |block| geometry.offset(block.number));
        let whole = self.ends(geometry) - begins;
        begins + whole * (n as u64).min(all.unwrap_or(0) as u64) / all.unwrap_or(1).max(1) as u64
    }
}

impl Block {
    fn symbol(&self, n: usize, length: usize) -> Option<&[u8]> {
        let own = self.own.len() / length;
        if n < own {
            return Some(&self.own[n * length..(n + 1) * length]);
        }
        (n - own < self.repair.len()).then(|| self.repair.symbol(n - own))
    }
}

impl Pass<'_> {
    pub(super) fn send(&mut self, file: &File, path: &Path) -> Result<(), Refused> {
        let session = Session::of(self.message);
        let key = self.key.session(session);
        let (geometry, first, repair) = (self.geometry, self.first, self.repair);
        let at_once = blocks_at_once(&geometry, window(self.pacer, repair));
        let mut burst = Burst::new(self.link, self.pacer);
        self.edge(&mut burst, session, &key)?;
        std::thread::scope(|scope| {
            // One window is sent, one waits: what is slower sets the pace.
            let (give, take) = sync_channel(0);
            let encoder = std::thread::Builder::new().name("encoder".to_owned());
            let encode = move || {
                for window in windows(file, path, geometry, at_once, first, repair) {
                    let last = window.is_err();
                    // Whoever no longer listens has met an error of his own.
                    if give.send(window).is_err() || last {
                        break;
                    }
                }
            };
            encoder.spawn_scoped(scope, encode).map_err(|error| DiskError::of("start", path, &error))?;
            let mut symbols = 0;
            for window in take {
                let window = window?;
                self.sent.encoding += window.encoding;
                self.send_window(&window, session, &key, &mut symbols, &mut burst)?;
                (self.tell)(window.ends(&geometry));
            }
            Ok::<_, Refused>(())
        })?;
        self.edge(&mut burst, session, &key)
    }

    /// Every block's first symbol, then every block's second: a burst that is lost is a little of each.
    fn send_window(
        &mut self,
        window: &Window,
        session: Session,
        key: &SessionKey,
        symbols: &mut u64,
        burst: &mut Burst,
    ) -> Result<(), Refused> {
        let length = self.geometry.size().symbol();
        for n in 0.. {
            let mut more = false;
            for block in &window.blocks {
                let Some(body) = block.symbol(n, length) else { continue };
                more = true;
                let symbol = block.first + u32::try_from(n).expect("bounded by the pass");
                let head = Head { session, kind: Kind::Symbol, block: block.number, symbol };
                self.put(key, &head, body, burst)?;
                *symbols += 1;
                if symbols.is_multiple_of(MANIFEST_EVERY) {
                    self.put(key, &message(Kind::Manifest, session), self.message, burst)?;
                }
            }
            if !more {
                break;
            }
            if n % TOLD_EVERY == 0 {
                (self.tell)(window.done(n, &self.geometry));
            }
        }
        Ok(())
    }

    fn put(&mut self, key: &SessionKey, head: &Head, body: &[u8], burst: &mut Burst) -> Result<(), Refused> {
        // Asking the clock costs as much as a tenth of a MAC: every sixteenth stands for its neighbours.
        let watched = self.sent.datagrams.is_multiple_of(16).then(Instant::now);
        key.seal(head, body, burst.next());
        if let Some(watched) = watched {
            self.sent.sealing += watched.elapsed() * 16;
        }
        self.sent.datagrams += 1;
        if burst.is_full() { burst.go(self.link, self.pacer) } else { Ok(()) }
    }

    /// Wakes the line, or ends it: nothing, and the manifest some times in between.
    fn edge(&mut self, burst: &mut Burst, session: Session, key: &SessionKey) -> Result<(), Refused> {
        let empty = nothing(self.geometry.size());
        let empty_key = self.key.session(empty);
        for n in 0..EDGE {
            if n % (EDGE / EDGE_MANIFESTS) == EDGE / EDGE_MANIFESTS - 1 {
                self.put(key, &message(Kind::Manifest, session), self.message, burst)?;
            } else {
                self.put(&empty_key, &message(Kind::Empty, empty), &[], burst)?;
            }
        }
        burst.go(self.link, self.pacer)
    }
}

/// Says a heartbeat.
pub(super) fn beat(
    key: &DatagramKey,
    link: &mut Link,
    pacer: &mut Pacer,
    heartbeat: &[u8],
) -> Result<(), Refused> {
    let mut burst = Burst::new(link, pacer);
    let (empty, session) = (nothing(link.size()), Session::of(heartbeat));
    let keys = (key.session(empty), key.session(session));
    for _ in 0..BEATS {
        keys.0.seal(&message(Kind::Empty, empty), &[], burst.next());
        keys.1.seal(&message(Kind::Heartbeat, session), heartbeat, burst.next());
        // Each on its own: what loses one shall not lose all.
        burst.go(link, pacer)?;
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn message(kind: Kind, session: Session) -> Head {
    Head { session, kind, block: 0, symbol: 0 }
}

/// The session of an empty datagram. Those of the two sizes are two contents, which must not share a nonce.
fn nothing(size: Size) -> Session {
    let mut session = [0; 16];
    session[..2]
        .copy_from_slice(&u16::try_from(size.symbol()).expect("both sizes are below 65,536").to_be_bytes());
    Session(session)
}

/// Bytes of a file in a window.
fn window(pacer: &Pacer, repair: u32) -> u64 {
    let wanted = pacer.bytes_in(INTERLEAVED) * 100 / (100 + u64::from(repair));
    if wanted > *WINDOW.end() { *WINDOW.start() } else { wanted.max(*WINDOW.start()) }
}

/// Blocks of a window of about so many bytes, in windows that are all of nearly the same length: a short one at the
/// end would be gone in a burst.
fn blocks_at_once(geometry: &Geometry, window: u64) -> u32 {
    let fit = u32::try_from(window / geometry.padded(0) as u64).unwrap_or(u32::MAX).max(LEAST_BLOCKS);
    geometry.blocks().div_ceil(geometry.blocks().div_ceil(fit))
}

/// The windows of a file, made one after the other.
fn windows(
    file: &File,
    path: &Path,
    geometry: Geometry,
    at_once: u32,
    first: u32,
    repair: u32,
) -> impl Iterator<Item = Result<Window, Refused>> {
    let mut coder = Coder::new(geometry);
    (0..geometry.blocks()).step_by(at_once as usize).map(move |from| {
        let to = geometry.blocks().min(from.saturating_add(at_once));
        let mut encoding = Duration::ZERO;
        let mut blocks = Vec::with_capacity(at_once as usize);
        for number in from..to {
            let mut data = vec![0; geometry.padded(number)];
            file.read_exact_at(&mut data[..geometry.bytes(number)], geometry.offset(number))
                .map_err(|error| DiskError::of("read", path, &error))?;
            let begun = Instant::now();
            let symbols = geometry.symbols(number);
            let count = symbols_of(symbols, repair);
            let own_sent = first == 0;
            let (first_repair, repairs) =
                if own_sent { (0, count - symbols) } else { (first - symbols, count) };
            let repair = coder.repair(number, &data, first_repair, repairs);
            encoding += begun.elapsed();
            let own = if own_sent { data } else { Vec::new() };
            blocks.push(Block { number, first, own, repair });
        }
        Ok(Window { blocks, encoding })
    })
}

/// Datagrams that go together.
struct Burst {
    bytes: Vec<u8>,
    datagram: usize,
    count: usize,
    full: usize,
}

impl Burst {
    fn new(link: &Link, pacer: &Pacer) -> Self {
        let datagram = link.size().datagram();
        let full = pacer.burst(datagram).min(link.most());
        Self { bytes: vec![0; full.max(2) * datagram], datagram, count: 0, full }
    }

    /// Where the next datagram goes.
    fn next(&mut self) -> &mut [u8] {
        let at = self.count * self.datagram;
        self.count += 1;
        &mut self.bytes[at..at + self.datagram]
    }

    fn is_full(&self) -> bool {
        self.count >= self.full
    }

    fn go(&mut self, link: &mut Link, pacer: &mut Pacer) -> Result<(), Refused> {
        let bytes = self.count * self.datagram;
        self.count = 0;
        if bytes > 0 {
            pacer.wait(bytes);
            link.send(&self.bytes[..bytes])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_blocks_of_a_window_are_on_the_line_long_enough_to_outlive_a_second() {
        for (rate, repair) in [(50, 60), (200, 20), (200, 60), (400, 60)] {
            let pacer = Pacer::new(rate, Instant::now());
            for length in [100 << 20, (2 << 30) + 523, 1_234_567_890] {
                let geometry = Geometry::new(length, Size::Usual, 1_000).unwrap();
                let at_once = blocks_at_once(&geometry, window(&pacer, repair));
                let windows = geometry.blocks().div_ceil(at_once);
                let last = geometry.blocks() - (windows - 1) * at_once;
                // A pass of fewer is as long as it is.
                assert!(windows == 1 || last + windows > at_once, "{rate} {length}: {last} of {at_once}");
                let sent = u64::from(at_once) * geometry.padded(0) as u64 * (100 + u64::from(repair)) / 100;
                let seconds = sent as f64 * 8.0 / (f64::from(rate) * 1e6);
                assert!(windows == 1 || seconds > 1.5, "{rate} Mbit/s, {repair} %: {seconds} s");
            }
        }
        // What cannot is small.
        let fast = Pacer::new(10_000, Instant::now());
        assert_eq!(window(&fast, 2), 24 << 20);
    }
}
