//! The socket of a push: it sends, in batches, and never listens.
//!
//! A batch is one system call where the kernel cuts it (`UDP_SEGMENT`, Linux 4.18): on the line it is the
//! same datagrams. Where the interface cannot do that, it is one `sendmmsg`.
//!
//! On a line without a way back a cable that is out looks like one that is in: the kernel takes each datagram and
//! throws it away; and so it does where nobody has told it the box's hardware address, which it cannot ask for. So
//! the interface is asked whether it has a link, when the line is opened and after each pass, and the kernel's table
//! of neighbours after each pass. What else keeps datagrams from going out is waited out for ten seconds and then
//! said.

use std::io::{self, IoSlice};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::{Duration, Instant};

use nix::sys::socket::{MsgFlags, MultiHeaders, sendmmsg, setsockopt, sockopt};

use super::super::ShopRefusal;
use crate::exchange::push::Size;

/// Datagrams that the kernel cuts out of one buffer, at most, and bytes of that buffer.
const SEGMENTS: usize = 64;
const SEGMENTED: usize = 65_000;
/// Bytes that wait in the kernel: a burst or two, so that the pace is ours and not the queue's.
const SEND_BUFFER: usize = 1 << 20;

/// How long nothing may go out: a cable that is put into another hole is back by then.
const PATIENCE: Duration = Duration::from_secs(10);
/// How soon it is tried again.
const AGAIN: Duration = Duration::from_millis(1);
const AGAIN_AT_MOST: Duration = Duration::from_millis(100);

pub(super) struct Link {
    socket: UdpSocket,
    to: SocketAddr,
    size: Size,
    segmenting: bool,
}

impl Link {
    pub(super) fn open(from: Option<IpAddr>, to: SocketAddr, size: Size) -> Result<Self, ShopRefusal> {
        let refused = |error: io::Error| refusal(to.to_string(), &error);
        let any = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind((from.unwrap_or(any), 0)).map_err(refused)?;
        socket.connect(to).map_err(refused)?;
        // What the kernel does not give, it does not give: the pace keeps the queue short anyhow.
        let _ = setsockopt(&socket, sockopt::SndBuf, &SEND_BUFFER);
        let length = i32::try_from(size.datagram()).expect("both sizes are below 65,536");
        let segmenting = setsockopt(&socket, sockopt::UdpGsoSegment, &length).is_ok();
        let link = Self { socket, to, size, segmenting };
        link.is_plugged_in()?;
        Ok(link)
    }

    /// Asks the interface whether it has a link.
    ///
    /// # Errors
    /// [`ShopRefusal::PushUnplugged`] where it says that it has none.
    pub(super) fn is_plugged_in(&self) -> Result<(), ShopRefusal> {
        let Some(interface) = self.interface() else { return Ok(()) };
        let carrier = std::fs::read_to_string(format!("/sys/class/net/{interface}/carrier"));
        // One that is down has no such word, and says so when something is sent.
        match carrier {
            Ok(carrier) if carrier.trim() == "0" => {
                Err(ShopRefusal::PushUnplugged { to: self.to.to_string(), interface })
            }
            _ => Ok(()),
        }
    }

    /// Looks whether what was sent may have gone out at all.
    ///
    /// # Errors
    /// [`ShopRefusal::PushUnplugged`]; [`ShopRefusal::PushNoNeighbour`] where the kernel has asked who has the address
    /// and nobody answered.
    pub(super) fn went_out(&self) -> Result<(), ShopRefusal> {
        self.is_plugged_in()?;
        let table = std::fs::read_to_string("/proc/net/arp").unwrap_or_default();
        match unanswered(&table, self.to.ip()) {
            Some(interface) => {
                Err(ShopRefusal::PushNoNeighbour { address: self.to.ip().to_string(), interface })
            }
            None => Ok(()),
        }
    }

    /// The interface that the datagrams leave by, as far as its address tells.
    fn interface(&self) -> Option<String> {
        let ours = self.socket.local_addr().ok()?.ip();
        let is_ours = |address: &nix::sys::socket::SockaddrStorage| match ours {
            IpAddr::V4(ours) => address.as_sockaddr_in().is_some_and(|found| found.ip() == ours),
            IpAddr::V6(ours) => address.as_sockaddr_in6().is_some_and(|found| found.ip() == ours),
        };
        let mut all = nix::ifaddrs::getifaddrs().ok()?;
        let found = all.find(|interface| interface.address.as_ref().is_some_and(is_ours))?;
        // A second address of an interface has a colon and a word behind its name.
        found.interface_name.split(':').next().map(str::to_owned)
    }

    /// The size of its datagrams.
    pub(super) fn size(&self) -> Size {
        self.size
    }

    /// Datagrams that go in one call, at most.
    pub(super) fn most(&self) -> usize {
        (SEGMENTED / self.size.datagram()).min(SEGMENTS)
    }

    /// Sends datagrams that lie back to back.
    ///
    /// # Errors
    /// [`ShopRefusal::PushTooLong`]; [`ShopRefusal::PushNoWay`] and [`ShopRefusal::PushLine`] where nothing went out
    /// for ten seconds.
    pub(super) fn send(&mut self, datagrams: &[u8]) -> Result<(), ShopRefusal> {
        let mut since: Option<Instant> = None;
        let mut pause = Duration::ZERO;
        loop {
            let sent = if self.segmenting { self.send_whole(datagrams) } else { self.send_each(datagrams) };
            let Err(error) = sent else { return Ok(()) };
            match error.raw_os_error() {
                Some(libc::EINTR) => {}
                // The interface cannot cut: it is without checksums of its own.
                Some(libc::EIO | libc::EOPNOTSUPP) if self.segmenting => {
                    self.segmenting = false;
                    // It was allowed, so it can be taken back.
                    let _ = setsockopt(&self.socket, sockopt::UdpGsoSegment, &0);
                }
                Some(libc::EMSGSIZE | libc::EINVAL) if self.has_its_address() => {
                    return Err(ShopRefusal::PushTooLong {
                        to: self.to.to_string(),
                        length: self.size.datagram(),
                    });
                }
                Some(code) if may_pass(code) => {
                    if since.get_or_insert_with(Instant::now).elapsed() >= PATIENCE {
                        return Err(self.refusal(&error));
                    }
                    // At once the first time: the error may be of an earlier datagram, which nobody took.
                    std::thread::sleep(pause);
                    pause = (pause * 2).clamp(AGAIN, AGAIN_AT_MOST);
                }
                _ => return Err(self.refusal(&error)),
            }
        }
    }

    /// Whether the address that it sends from is still one of ours: it goes with the cable, where a service looks
    /// after the interface.
    fn has_its_address(&self) -> bool {
        let ours = self.socket.local_addr().map(|address| address.ip());
        ours.is_ok_and(|ours| UdpSocket::bind((ours, 0)).is_ok())
    }

    fn refusal(&self, error: &io::Error) -> ShopRefusal {
        let to = self.to.to_string();
        match self.is_plugged_in() {
            Err(unplugged) => unplugged,
            Ok(()) => refusal(to, error),
        }
    }

    fn send_whole(&self, datagrams: &[u8]) -> io::Result<()> {
        self.socket.send(datagrams).map(|_| ())
    }

    fn send_each(&self, datagrams: &[u8]) -> io::Result<()> {
        let slices: Vec<_> =
            datagrams.chunks(self.size.datagram()).map(|datagram| [IoSlice::new(datagram)]).collect();
        let mut done = 0;
        while done < slices.len() {
            let left = &slices[done..];
            let mut headers = MultiHeaders::<()>::preallocate(left.len(), None);
            let nobody = vec![None; left.len()];
            let sent = sendmmsg(self.socket.as_raw_fd(), &mut headers, left, nobody, [], MsgFlags::empty());
            done += sent.map_err(io::Error::from)?.count();
        }
        Ok(())
    }
}

/// The interface on which the kernel has asked in vain who has this address, by its table of neighbours.
fn unanswered(table: &str, address: IpAddr) -> Option<String> {
    let address = address.to_string();
    table.lines().find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        match columns[..] {
            [of, _, "0x0", _, _, interface] if of == address => Some(interface.to_owned()),
            _ => None,
        }
    })
}

/// Whether what keeps a datagram from going out may be over soon: nobody was listening to an earlier one, or answers
/// for the address; the interface's queue is full; it is down, or without a way for a moment.
fn may_pass(code: i32) -> bool {
    matches!(
        code,
        libc::ECONNREFUSED
            | libc::EHOSTUNREACH
            | libc::EHOSTDOWN
            | libc::ENETUNREACH
            | libc::ENETDOWN
            | libc::ENODEV
            | libc::EADDRNOTAVAIL
            | libc::EINVAL
            | libc::ENOBUFS
            | libc::EAGAIN
    )
}

fn refusal(to: String, error: &io::Error) -> ShopRefusal {
    match error.raw_os_error() {
        Some(
            libc::EHOSTUNREACH
            | libc::EHOSTDOWN
            | libc::ENETUNREACH
            | libc::ENETDOWN
            | libc::ENODEV
            | libc::EADDRNOTAVAIL
            | libc::EINVAL,
        ) => ShopRefusal::PushNoWay { to },
        Some(libc::EPERM | libc::EACCES) => ShopRefusal::PushForbidden { to },
        _ => ShopRefusal::PushLine { to, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::support::words::Said as _;

    #[test]
    fn an_address_that_nobody_answers_for_is_seen_in_the_kernels_table() {
        let table = "IP address       HW type     Flags       HW address            Mask     Device\n\
            192.168.77.2     0x1         0x0         00:00:00:00:00:00     *        eth1\n\
            192.168.77.20    0x1         0x6         02:00:00:00:00:01     *        eth2\n";
        let of = |address: &str| unanswered(table, address.parse().unwrap());
        assert_eq!(
            (of("192.168.77.2").as_deref(), of("192.168.77.20"), of("192.168.77.3")),
            (Some("eth1"), None, None)
        );
    }

    #[test]
    fn what_may_be_over_soon_is_waited_out_and_said_in_words() {
        for (code, passes, said) in [
            (libc::ECONNREFUSED, true, "shop-push-line"),
            (libc::ENETUNREACH, true, "shop-push-no-way"),
            (libc::ENETDOWN, true, "shop-push-no-way"),
            (libc::EHOSTUNREACH, true, "shop-push-no-way"),
            (libc::ENOBUFS, true, "shop-push-line"),
            (libc::EPERM, false, "shop-push-forbidden"),
            (libc::EBADF, false, "shop-push-line"),
        ] {
            let refused = refusal("192.168.77.2:8441".to_owned(), &io::Error::from_raw_os_error(code));
            assert_eq!((may_pass(code), &*refused.code()), (passes, said), "{code}");
            assert!(crate::shop::Refused::from(refused).may_pass(), "an outbox outlives it");
        }
    }

    #[test]
    fn a_batch_arrives_as_the_same_datagrams_whoever_cuts_it() {
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        receiver.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut link = Link::open(None, receiver.local_addr().unwrap(), Size::Usual).unwrap();
        let batch: Vec<u8> = (0..20 * 1_472).map(|at| (at / 1_472) as u8).collect();
        for segmenting in [link.segmenting, false] {
            link.segmenting = segmenting;
            if !segmenting {
                let _ = setsockopt(&link.socket, sockopt::UdpGsoSegment, &0);
            }
            link.send(&batch).unwrap();
            for number in 0..20 {
                let mut datagram = [0; 2_000];
                assert_eq!(receiver.recv(&mut datagram).unwrap(), 1_472);
                assert_eq!(datagram[..1_472], [number; 1_472]);
            }
        }
    }
}
