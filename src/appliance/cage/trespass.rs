//! What a process in its cage must not be able to do, tried: for the tests, not in release builds.

use std::ffi::OsStr;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use rustix::net;
use rustix::stdio::stderr;

fn loopback() -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9)
}

/// The deed of a word; each ends in the death of the process, or the cage has a hole.
pub(super) fn deed(word: &OsStr) -> Option<fn()> {
    match word.to_str()? {
        "try-open" => Some(|| drop(std::fs::File::open("/etc/hostname"))),
        "try-socket" => Some(|| drop(std::net::UdpSocket::bind("127.0.0.1:0"))),
        // What was handed over as descriptor 2: the receiver's socket, or a stick.
        "try-sendto" => Some(|| drop(net::sendto(stderr(), b"x", net::SendFlags::empty(), &loopback()))),
        "try-send" => Some(|| drop(net::send(stderr(), b"x", net::SendFlags::empty()))),
        "try-sendmsg" => Some(|| {
            let mut nothing = net::SendAncillaryBuffer::default();
            let _ = net::sendmsg(stderr(), &[io::IoSlice::new(b"x")], &mut nothing, net::SendFlags::empty());
        }),
        "try-sendmmsg" => Some(|| {
            // SAFETY: of no messages; the call is to be refused.
            #[allow(unsafe_code)]
            let _ = unsafe { libc::syscall(libc::SYS_sendmmsg, 2, std::ptr::null::<u8>(), 0, 0) };
        }),
        "try-connect" => Some(|| drop(net::connect(stderr(), &loopback()))),
        "try-write-handed" => Some(|| drop(rustix::io::write(stderr(), b"x"))),
        "try-pwrite-handed" => Some(|| drop(rustix::io::pwrite(stderr(), b"x", 0))),
        "try-ioctl-handed" => Some(|| drop(rustix::io::ioctl_fionbio(stderr(), true))),
        "try-thread" => Some(|| drop(std::thread::Builder::new().spawn(|| {}))),
        "try-program" => Some(|| drop(std::process::Command::new("/bin/true").spawn())),
        "try-kill" => Some(|| {
            let parent = rustix::process::getppid();
            let _ = parent.map(|parent| rustix::process::kill_process(parent, rustix::process::Signal::TERM));
        }),
        "try-executable-memory" => Some(|| {
            let (memory, executable) = (rustix::mm::MapFlags::PRIVATE, rustix::mm::ProtFlags::EXEC);
            // SAFETY: the memory is never touched; the call is to be refused.
            #[allow(unsafe_code)]
            let _ = unsafe { rustix::mm::mmap_anonymous(std::ptr::null_mut(), 4096, executable, memory) };
        }),
        "panic" => Some(|| panic!("as a test asks")),
        "memory" => Some(|| drop(std::hint::black_box(vec![1_u8; 3 << 30]))),
        "stack" => Some(|| {
            fn deeper(depth: u64) -> u64 {
                let room = std::hint::black_box([depth; 512]);
                if depth == u64::MAX { 0 } else { deeper(depth + 1) + room[0] }
            }
            std::hint::black_box(deeper(0));
        }),
        // Nothing forbidden: shows that the others died of their deed and not of the cage.
        "nothing" => Some(|| {}),
        _ => None,
    }
}
