//! A bad line: datagrams pass through it and are lost (by chance, or all of them for a while), doubled and
//! put out of order, as a seed says. A test tool; the same seed does the same.

use std::collections::VecDeque;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a line does to datagrams.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Grief {
    pub(crate) seed: u64,
    /// Of a thousand, lost by chance.
    pub(crate) lost: u64,
    /// Of a thousand, sent twice.
    pub(crate) doubled: u64,
    /// Of a thousand, cut short.
    pub(crate) cut: u64,
    /// So many are held and leave in any order.
    pub(crate) held: usize,
    /// For so long, all are lost …
    pub(crate) burst: Duration,
    /// … once in this time; never, where it is zero.
    pub(crate) burst_every: Duration,
}

/// A line that runs until it is dropped.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    pub(crate) passed: Arc<AtomicU64>,
    pub(crate) lost: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// SplitMix64.
pub(crate) struct Chance(pub u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn of_a_thousand(&mut self, part: u64) -> bool {
        self.next() % 1_000 < part
    }
}

impl Relay {
    pub(crate) fn start(to: SocketAddr, grief: Grief) -> Self {
        let inward = UdpSocket::bind("127.0.0.1:0").unwrap();
        let outward = UdpSocket::bind("127.0.0.1:0").unwrap();
        outward.connect(to).unwrap();
        let _ = nix::sys::socket::setsockopt(&inward, nix::sys::socket::sockopt::RcvBufForce, &(64 << 20));
        inward.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let address = inward.local_addr().unwrap();
        let (passed, lost, stop) = <(Arc<AtomicU64>, Arc<AtomicU64>, Arc<AtomicBool>)>::default();
        let counts = (Arc::clone(&passed), Arc::clone(&lost), Arc::clone(&stop));
        let thread = std::thread::spawn(move || carry(&inward, &outward, grief, &counts));
        Self { address, passed, lost, stop, thread: Some(thread) }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

fn carry(
    inward: &UdpSocket,
    outward: &UdpSocket,
    grief: Grief,
    (passed, lost, stop): &(Arc<AtomicU64>, Arc<AtomicU64>, Arc<AtomicBool>),
) {
    let mut chance = Chance(grief.seed);
    let mut held: VecDeque<Vec<u8>> = VecDeque::new();
    let mut buffer = vec![0; 65_536];
    let mut begun = None;
    let send = |datagram: &[u8]| {
        // A receiver that is being started again is what the test is about.
        let _ = outward.send(datagram);
        passed.fetch_add(1, Ordering::Relaxed);
    };
    while !stop.load(Ordering::Relaxed) {
        let Ok(length) = inward.recv(&mut buffer) else {
            held.drain(..).for_each(|datagram| send(&datagram));
            continue;
        };
        // The line's own time begins with the first datagram.
        let at = begun.get_or_insert_with(Instant::now).elapsed();
        let burst = !grief.burst_every.is_zero() && {
            let of = grief.burst_every.as_millis();
            // Not at the very beginning, where nothing is under way.
            at.as_millis() % of >= of - grief.burst.as_millis()
        };
        if burst || chance.of_a_thousand(grief.lost) {
            lost.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        let length = if chance.of_a_thousand(grief.cut) { chance.next() as usize % length } else { length };
        for _ in 0..1 + u32::from(chance.of_a_thousand(grief.doubled)) {
            if grief.held == 0 {
                send(&buffer[..length]);
            } else {
                held.push_back(buffer[..length].to_vec());
                if held.len() > grief.held {
                    let at = chance.next() as usize % held.len();
                    let datagram = held.swap_remove_back(at).unwrap();
                    send(&datagram);
                }
            }
        }
    }
}
