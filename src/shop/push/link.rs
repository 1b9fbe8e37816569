//! The socket of a push: it sends, in batches, and never listens.
//!
//! A batch is one system call where the kernel cuts it (`UDP_SEGMENT`, Linux 4.18): on the line it is the
//! same datagrams. Where the interface cannot do that, it is one `sendmmsg`.

use std::io::{self, IoSlice};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::Duration;

use nix::sys::socket::{MsgFlags, MultiHeaders, sendmmsg, setsockopt, sockopt};

use super::super::ShopRefusal;
use crate::exchange::push::Size;

/// Datagrams that the kernel cuts out of one buffer, at most, and bytes of that buffer.
const SEGMENTS: usize = 64;
const SEGMENTED: usize = 65_000;
/// Bytes that wait in the kernel: a burst or two, so that the pace is ours and not the queue's.
const SEND_BUFFER: usize = 1 << 20;

pub(super) struct Link {
    socket: UdpSocket,
    to: SocketAddr,
    size: Size,
    segmenting: bool,
}

impl Link {
    pub(super) fn open(from: Option<IpAddr>, to: SocketAddr, size: Size) -> Result<Self, ShopRefusal> {
        let refused =
            |error: io::Error| ShopRefusal::PushLine { to: to.to_string(), reason: error.to_string() };
        let any = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind((from.unwrap_or(any), 0)).map_err(refused)?;
        socket.connect(to).map_err(refused)?;
        // What the kernel does not give, it does not give: the pace keeps the queue short anyhow.
        let _ = setsockopt(&socket, sockopt::SndBuf, &SEND_BUFFER);
        let length = i32::try_from(size.datagram()).expect("both sizes are below 65,536");
        let segmenting = setsockopt(&socket, sockopt::UdpGsoSegment, &length).is_ok();
        Ok(Self { socket, to, size, segmenting })
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
    pub(super) fn send(&mut self, datagrams: &[u8]) -> Result<(), ShopRefusal> {
        loop {
            let sent = if self.segmenting { self.send_whole(datagrams) } else { self.send_each(datagrams) };
            let Err(error) = sent else { return Ok(()) };
            match error.raw_os_error() {
                // Nobody was listening to an earlier one, or nobody answers for the address: another time
                // somebody may, and nothing that comes back counts on a line without a way back.
                Some(libc::ECONNREFUSED | libc::EHOSTUNREACH) => {}
                // The interface's queue is full.
                Some(libc::ENOBUFS | libc::EAGAIN) => std::thread::sleep(Duration::from_millis(1)),
                Some(libc::EINTR) => {}
                // The interface cannot cut: it is without checksums of its own.
                Some(libc::EIO | libc::EOPNOTSUPP) if self.segmenting => {
                    self.segmenting = false;
                    // It was allowed, so it can be taken back.
                    let _ = setsockopt(&self.socket, sockopt::UdpGsoSegment, &0);
                }
                Some(libc::EMSGSIZE | libc::EINVAL) => {
                    return Err(ShopRefusal::PushTooLong {
                        to: self.to.to_string(),
                        length: self.size.datagram(),
                    });
                }
                _ => {
                    let (to, reason) = (self.to.to_string(), error.to_string());
                    return Err(ShopRefusal::PushLine { to, reason });
                }
            }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

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
