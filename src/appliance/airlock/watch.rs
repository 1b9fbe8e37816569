//! Hearing that a stick was put in or pulled out, and which are in.
//!
//! The kernel says over netlink that something about a device has changed; what is in, is then looked up in
//! sysfs. So a message that was lost, or that the kernel could not deliver, costs nothing but a moment: it is
//! looked up every few seconds anyway. Only the kernel's own messages are heard.
//!
//! System calls: `socket(AF_NETLINK)`, `bind`, `poll`, `recvfrom`; reading `/sys/block`.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::netlink::{KOBJECT_UEVENT, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recvfrom, socket_with};

use super::refusal::AirlockRefusal;
use super::usb;

/// The group of messages that the kernel sends; others are for its listeners to talk among themselves.
const FROM_THE_KERNEL: u32 = 1;
/// Bytes of a message at most; the kernel's are 2 KiB with a device's whole path.
const MESSAGE: usize = 8 * 1024;

/// The kernel's messages about devices.
pub struct Watch {
    socket: OwnedFd,
}

impl Watch {
    /// Begins to listen.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn open() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(KOBJECT_UEVENT))?;
        bind(&socket, &SocketAddrNetlink::new(0, FROM_THE_KERNEL))?;
        Ok(Self { socket })
    }

    /// Waits until something about a disk has changed, and no longer than `most`.
    ///
    /// # Errors
    /// Where the socket is of no use any more.
    pub fn wait(&self, most: Duration) -> io::Result<()> {
        let begun = Instant::now();
        while let Some(left) = most.checked_sub(begun.elapsed()) {
            let tick = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
            match poll(&mut [PollFd::new(&self.socket, PollFlags::IN)], Some(&tick)) {
                Ok(0) => return Ok(()),
                Ok(_) if self.heard_of_a_disk()? => return Ok(()),
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Takes all messages that have come.
    fn heard_of_a_disk(&self) -> io::Result<bool> {
        let mut heard = false;
        let mut message = [0; MESSAGE];
        loop {
            match recvfrom(&self.socket, &mut message[..], RecvFlags::empty()) {
                Ok((length, _, from)) => {
                    let from = from.and_then(|from| SocketAddrNetlink::try_from(from).ok());
                    // A process of this machine has an id; the kernel has none.
                    let kernel = from.is_some_and(|from| from.pid() == 0);
                    heard |= kernel && is_of_a_disk(&message[..length]);
                }
                Err(rustix::io::Errno::AGAIN) => return Ok(heard),
                // More than the socket could hold: something will have been about a disk.
                Err(rustix::io::Errno::NOBUFS) => heard = true,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A message is `ACTION@PATH`, then `NAME=VALUE`s, each ended by a zero byte.
fn is_of_a_disk(message: &[u8]) -> bool {
    let mut values = message.split(|byte| *byte == 0).skip(1);
    values.any(|value| value == b"SUBSYSTEM=block")
}

/// A stick that is in, or what behaves like one.
#[derive(Clone, Debug, PartialEq)]
pub struct Plugged {
    /// Where it is opened.
    pub device: PathBuf,
    /// Which one has been there, and which medium in it: another number after it was changed.
    pub sequence: u64,
    /// Whether it is a plain stick.
    pub judged: Result<(), AirlockRefusal>,
}

impl Plugged {
    /// Whether it is the very same.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        (&self.device, self.sequence) == (&other.device, other.sequence)
    }
}

/// What is in, by sysfs below `sys`; and what lies at `also`, a device or an image, whatever it is.
#[must_use]
pub fn plugged(sys: &Path, also: Option<&Path>) -> Vec<Plugged> {
    let mut found: Vec<Plugged> = Vec::new();
    let mut names: Vec<_> = std::fs::read_dir(sys.join("block"))
        .map(|entries| entries.flatten().map(|entry| entry.file_name()).collect())
        .unwrap_or_default();
    names.sort();
    for name in names {
        let block = sys.join("block").join(&name);
        // A slash in a device's name is an exclamation mark in sysfs.
        let device = Path::new("/dev").join(name.to_string_lossy().replace('!', "/"));
        let named = also == Some(device.as_path());
        let judged = if named {
            Ok(())
        } else {
            match usb::judge(&block) {
                Some(judged) => judged,
                None => continue,
            }
        };
        let number = |name: &str| usb::attribute(&block, name).and_then(|text| text.parse::<u64>().ok());
        // A reader of cards has a disk of no length until a card is in.
        if number("size").is_some_and(|sectors| sectors > 0) {
            found.push(Plugged { device, sequence: number("diskseq").unwrap_or(0), judged });
        }
    }
    if let Some(image) = also
        && let Ok(meta) = image.metadata()
        && meta.is_file()
        && meta.len() > 0
    {
        found.push(Plugged { device: image.to_owned(), sequence: meta.ino(), judged: Ok(()) });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_about_disks_are_heard() {
        let disk = b"add@/devices/pci0/usb1/1-1/block/sdb\0ACTION=add\0SUBSYSTEM=block\0DEVTYPE=disk\0";
        let net = b"add@/devices/virtual/net/SUBSYSTEM=block\0ACTION=add\0SUBSYSTEM=net\0";
        assert!(is_of_a_disk(disk));
        assert!(!is_of_a_disk(net));
        assert!(!is_of_a_disk(b""));
        assert!(!is_of_a_disk(b"libudev\0\xfe\xed\xca\xfe"));
    }
}
