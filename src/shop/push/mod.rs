//! The shop's end of the one-way push: files onto a line on which nothing comes back.
//!
//! ```text
//!   file -> cut -+-> read, encode (a thread) --window of blocks--> interleave, MAC, pace, send
//!                |                                                        ^
//!                +-> manifest, signed ------------- every 256th ----------+
//! ```
//! A *pass* sends of every block its symbols and some more; the next pass sends other symbols (a carousel
//! that never repeats itself), so that whatever was lost, two passes that lose less than half each are
//! enough. [`carousel`] is one pass, [`pace`] its clock, [`link`] the socket, [`state`] what must outlive a
//! restart, [`outbox`] the folder that is pushed until the box's receipt is here.
//!
//! **Promised.** No symbol's number is used twice in a session, whatever is killed, before all 2^24 are used up: the
//! state that it is used up is durable before the pass begins. A heartbeat's counter never falls. Memory does not grow with
//! the file: two windows of blocks of at most 64 MiB each, with what is sent beyond them; 24 MiB where two seconds of
//! the line are more than 64.
//!
//! **Not promised.** That anything arrived. Only a receipt says so ([`Shop::take_receipt`]).
//!
//! System calls of the happy path: `socket`, `bind`, `connect`, `setsockopt(UDP_SEGMENT)`; then `pread` in
//! the one thread, `sendto` and `clock_nanosleep` in the other.

mod carousel;
mod link;
pub mod outbox;
mod pace;
mod state;

use std::fs::File;
use std::io::Read as _;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::refusal::shown_path;
use super::{Refused, Shop, ShopRefusal};
use crate::exchange::bundle::Sealed;
use crate::exchange::push::{
    BLOCK_SYMBOLS, DatagramKey, FileKind, Geometry, HEARTBEAT_EVERY, Heartbeat, Manifest, Session, Size,
};
use crate::exchange::vocabulary::{BundleNumber, Digest, StreamId};
use crate::support::durable::DiskError;
use crate::support::secret::Secret;
use carousel::{Pass, Sent};
use link::Link;
use pace::Pacer;
use state::State;

/// Megabits in a second, unless said otherwise.
pub const USUAL_RATE: u32 = 200;
/// Per cent of a block that is sent beyond it, unless said otherwise.
pub const USUAL_REPAIR: u32 = 20;
/// Passes, unless said otherwise.
pub const USUAL_PASSES: u32 = 2;

/// How it is sent.
#[derive(Clone, Debug)]
pub struct PushOptions {
    /// The receiver.
    pub to: SocketAddr,
    /// The address of ours that it goes out from, which names the interface.
    pub from: Option<IpAddr>,
    /// Megabits of datagrams in a second.
    pub rate: u32,
    /// Per cent of a block that is sent beyond it.
    pub repair: u32,
    /// Datagrams for frames of 9,000 bytes.
    pub jumbo: bool,
}

impl PushOptions {
    fn size(&self) -> Size {
        if self.jumbo { Size::Jumbo } else { Size::Usual }
    }
}

/// How far a pass is, for whoever shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushing {
    /// The file's name.
    pub name: String,
    /// Which pass over it, from 1.
    pub pass: u32,
    /// Bytes of the file that were sent in it.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

/// A file that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Pushed {
    /// Its path.
    pub path: PathBuf,
    /// Of what kind it is.
    pub kind: FileKind,
    /// Of a bundle, its number.
    pub number: Option<BundleNumber>,
    /// The name of its session.
    pub session: Session,
    /// Its length.
    pub bytes: u64,
    /// Passes that were sent now.
    pub passes: u32,
    /// Datagrams in them.
    pub datagrams: u64,
    /// How long that took.
    pub took: Duration,
    /// How much went into making symbols, in a thread of its own.
    pub encoding: Duration,
    /// How much of it went into the MAC.
    pub sealing: Duration,
}

/// A file that can be pushed, looked at.
struct Cargo {
    path: PathBuf,
    file: File,
    manifest: Manifest,
}

/// A line to a box, on which files are pushed.
pub struct Line<'a> {
    shop: &'a Shop,
    options: PushOptions,
    key: DatagramKey,
    link: Link,
    pacer: Pacer,
    state: State,
}

impl Shop {
    /// Opens the line.
    ///
    /// # Errors
    /// [`ShopRefusal::NoBox`]; [`ShopRefusal::PushNoWay`] and [`ShopRefusal::PushUnplugged`] where there is no way to
    /// that address; [`ShopRefusal::PushBusy`] while another process pushes for this shop.
    pub fn line(&self, options: PushOptions) -> Result<Line<'_>, Refused> {
        let card = self.our_box()?.card.body();
        let push_key: &[u8; 32] = card.push_key.as_slice().try_into().map_err(|_| ShopRefusal::PushNoKey)?;
        let key = DatagramKey::of(&Secret::from_bytes(push_key));
        let link = Link::open(options.from, options.to, options.size())?;
        let pacer = Pacer::new(options.rate, Instant::now());
        let state = State::open(&self.folder)?;
        Ok(Line { shop: self, options, key, link, pacer, state })
    }
}

impl Line<'_> {
    /// Sends a file so many times.
    ///
    /// # Errors
    /// What the file or the line refuses.
    pub fn push(
        &mut self,
        path: &Path,
        passes: u32,
        progress: &mut dyn FnMut(Pushing),
    ) -> Result<Pushed, Refused> {
        let cargo = self.look_at(path)?;
        let message = cargo.manifest.sign(&self.shop.keys.signing());
        let begun = Instant::now();
        let mut sent = Sent::default();
        for pass in 1..=passes {
            let first = self.state.take_symbols(&cargo.manifest, self.options.repair)?;
            let mut pass = Pass {
                key: &self.key,
                link: &mut self.link,
                pacer: &mut self.pacer,
                message: &message,
                geometry: cargo.manifest.geometry,
                first,
                repair: self.options.repair,
                sent: &mut sent,
                tell: &mut |done| {
                    let name = shown_path(path.file_name().unwrap_or_default().as_ref());
                    progress(Pushing { name, pass, done, of: cargo.manifest.geometry.length() });
                },
            };
            pass.send(&cargo.file, &cargo.path)?;
            // What was sent while the cable was out has gone nowhere.
            self.link.went_out()?;
        }
        Ok(Pushed {
            path: cargo.path,
            kind: cargo.manifest.kind,
            number: (cargo.manifest.kind == FileKind::Bundle).then_some(cargo.manifest.number),
            session: Session::of(&message),
            bytes: cargo.manifest.geometry.length(),
            passes,
            datagrams: sent.datagrams,
            took: begun.elapsed(),
            encoding: sent.encoding,
            sealing: sent.sealing,
        })
    }

    /// Sends a heartbeat, three times over.
    ///
    /// # Errors
    /// What the ledger or the line refuses.
    pub fn beat(&mut self, now: jiff::Timestamp) -> Result<Heartbeat, Refused> {
        let last = self.shop.ledger()?.bundles().len() as u64;
        let heartbeat = Heartbeat {
            key: self.shop.keys.public(),
            sender: self.shop.keys.sender,
            stream: self.shop.keys.stream,
            counter: self.state.next_beat()?,
            last: BundleNumber(last),
            at: now.as_second().try_into().unwrap_or(0),
            every: HEARTBEAT_EVERY,
        };
        let message = heartbeat.sign(&self.shop.keys.signing());
        carousel::beat(&self.key, &mut self.link, &mut self.pacer, &message)?;
        self.link.went_out()?;
        Ok(heartbeat)
    }

    fn look_at(&mut self, path: &Path) -> Result<Cargo, Refused> {
        let kind = path.extension().and_then(|end| end.to_str()).and_then(FileKind::of_extension);
        let kind = kind.ok_or_else(|| ShopRefusal::PushKind { path: shown_path(path) })?;
        let mut file = open(path)?;
        let unreadable = |error: std::io::Error| DiskError::of("read", path, &error);
        let length = file.metadata().map_err(unreadable)?.len();
        let (stream, number) = match kind {
            FileKind::Bundle => self.bundle_of(&mut file)?,
            FileKind::Token | FileKind::Card => (self.shop.keys.stream, BundleNumber(0)),
        };
        if length > kind.limit() {
            return Err(DiskError::TooLarge { path: shown_path(path), limit: kind.limit() }.into());
        }
        let geometry = Geometry::new(length, self.options.size(), BLOCK_SYMBOLS)
            .ok_or_else(|| ShopRefusal::PushEmpty { path: shown_path(path) })?;
        let sha256 = digest(path)?;
        let manifest = Manifest {
            key: self.shop.keys.public(),
            sender: self.shop.keys.sender,
            stream,
            number,
            begun: self.state.begun(&sha256, geometry.size()),
            kind,
            sha256,
            geometry,
            most: BLOCK_SYMBOLS,
        };
        Ok(Cargo { path: path.to_owned(), file, manifest })
    }

    /// The stream and number of a bundle, if it is for our box.
    fn bundle_of(&self, file: &mut File) -> Result<(StreamId, BundleNumber), Refused> {
        let sealed = Sealed::read(file)?;
        let header = sealed.claimed();
        if self.shop.box_card().is_some_and(|card| card.box_id != header.box_id) {
            return Err(ShopRefusal::PushOtherBox { number: header.number }.into());
        }
        Ok((header.stream, header.number))
    }
}

/// What of these paths can be pushed: files as they are named, of folders the bundles, tokens and cards.
///
/// # Errors
/// [`ShopRefusal::NoSuchFile`], [`ShopRefusal::PushNothing`].
pub fn pushable(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Refused> {
    let mut files = Vec::new();
    for path in paths {
        let meta = std::fs::metadata(path).map_err(|_| ShopRefusal::NoSuchFile { path: shown_path(path) })?;
        if meta.is_dir() {
            files.extend(pushable_in(path)?);
        } else {
            files.push(path.clone());
        }
    }
    if files.is_empty() {
        let path = paths.first().map_or_else(String::new, |path| shown_path(path));
        return Err(ShopRefusal::PushNothing { path }.into());
    }
    Ok(files)
}

/// The bundles, tokens and cards of a folder, by name.
fn pushable_in(folder: &Path) -> Result<Vec<PathBuf>, Refused> {
    let entries = std::fs::read_dir(folder).map_err(|error| DiskError::of("read", folder, &error))?;
    let mut files: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            let end = path.extension().and_then(|end| end.to_str());
            !hidden && end.and_then(FileKind::of_extension).is_some() && path.is_file()
        })
        .collect();
    files.sort();
    Ok(files)
}

fn open(path: &Path) -> Result<File, Refused> {
    File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ShopRefusal::NoSuchFile { path: shown_path(path) }.into(),
        _ => DiskError::of("open", path, &error).into(),
    })
}

fn digest(path: &Path) -> Result<Digest, Refused> {
    let mut file = open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer).map_err(|error| DiskError::of("read", path, &error))? {
            0 => return Ok(Digest(hash.finalize().into())),
            count => hash.update(&buffer[..count]),
        }
    }
}
