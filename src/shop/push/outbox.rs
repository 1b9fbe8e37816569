//! The folder that is pushed until the box's receipt is here.
//!
//! A new file is sent twice at once, and then once an hour, with symbols that were not sent before, until
//! `kluis-send receipt` has noted that the box has it; then it is moved into `received`. A token or card,
//! for which there are no receipts, is sent for a day and then moved into `sent`. A heartbeat goes every
//! hour, so that the box notices silence.
//!
//! What keeps anything from being sent (a cable that is out, a full disk, another process that pushes for this
//! shop) is said once and waited out. With `once` it is refused.
//!
//! The folder is looked at every few seconds. What `kluis-send seal --to` writes appears there whole (it is
//! renamed); of what others put there, a file is sent when it has stood still for one look.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;

use super::{Line, PushOptions, Pushed, Pushing, pushable_in};
use crate::exchange::bundle::Sealed;
use crate::exchange::push::{FileKind, HEARTBEAT_EVERY, Heartbeat};
use crate::exchange::vocabulary::BundleNumber;
use crate::shop::{Refused, Shop, ShopRefusal, shown_path};
use crate::support::durable::{create_dir_all, rename};
use crate::support::words::Said as _;

/// How often the folder is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long a token or card is sent.
const WITHOUT_RECEIPT: Duration = Duration::from_secs(24 * 3_600);
/// Where what the box has goes.
pub const RECEIVED: &str = "received";
/// Where what has no receipt goes.
pub const SENT: &str = "sent";

/// How an outbox is kept.
#[derive(Clone, Debug)]
pub struct OutboxOptions {
    /// How it is sent.
    pub push: PushOptions,
    /// Passes for a new file.
    pub passes: u32,
    /// After how long one more pass goes over a file that has no receipt yet.
    pub every: Duration,
    /// One round, and no more.
    pub once: bool,
}

/// Something that has happened.
#[derive(Debug)]
pub enum Happening {
    /// How far a pass is.
    Pushing(Pushing),
    /// A file was sent.
    Pushed(Box<Pushed>),
    /// The box has this bundle; its file was moved.
    Received(BundleNumber, PathBuf),
    /// A token or card was sent long enough; its file was moved.
    Finished(PathBuf),
    /// A heartbeat went.
    Beat(Heartbeat),
    /// A file that cannot be sent, and why. It is tried again when it changes.
    Refused(PathBuf, Refused),
    /// Nothing can be sent just now, and why. It is tried again all the time.
    Waits(Refused),
    /// Something could be sent again.
    GoesOn,
}

/// What is known of a file in the folder.
struct Seen {
    length: u64,
    modified: Option<SystemTime>,
    pushed: Option<Instant>,
    refused: bool,
}

/// Pushes a folder until `stop`; with `once`, one round.
///
/// # Errors
/// What keeps all of it from going on: the shop folder, the line, the disk.
pub fn run(
    shop: &Path,
    folder: &Path,
    options: &OutboxOptions,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Happening),
) -> Result<(), Refused> {
    must_be_there(folder)?;
    let mut outbox =
        Outbox { shop, folder, options, seen: BTreeMap::new(), beaten: None, ledger: None, waits: None };
    while !stop.load(Ordering::Relaxed) {
        match outbox.round(stop, tell) {
            // A cable that is out is put in again, and nobody shall have to start this again then.
            Err(refused) if refused.may_pass() && !options.once => {
                let code = refused.code().into_owned();
                if outbox.waits.replace(code.clone()).is_none_or(|before| before != code) {
                    tell(Happening::Waits(refused));
                }
            }
            round => round?,
        }
        if options.once {
            break;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// Whether this is a folder.
///
/// # Errors
/// [`ShopRefusal::NoTarget`].
pub fn must_be_there(folder: &Path) -> Result<(), ShopRefusal> {
    if folder.is_dir() { Ok(()) } else { Err(ShopRefusal::NoTarget { path: shown_path(folder) }) }
}

struct Outbox<'a> {
    shop: &'a Path,
    folder: &'a Path,
    options: &'a OutboxOptions,
    seen: BTreeMap<PathBuf, Seen>,
    /// When the last heartbeat went.
    beaten: Option<Instant>,
    /// The ledger as it was when receipts were last looked for.
    ledger: Option<(u64, SystemTime)>,
    /// Why nothing could be sent, as it was said last.
    waits: Option<String>,
}

impl Outbox<'_> {
    fn round(&mut self, stop: &AtomicBool, tell: &mut dyn FnMut(Happening)) -> Result<(), Refused> {
        let mut files = pushable_in(self.folder)?;
        self.clear(&mut files, tell)?;
        let due = self.due(&files);
        if due.is_empty() && !self.is_beat_due() {
            return Ok(());
        }
        // Anew each time: a newer card, a newer ledger.
        let shop = Shop::open(self.shop)?;
        let mut line = shop.line(self.options.push.clone())?;
        self.beat(&mut line, tell)?;
        for (path, passes) in due {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            // A full outbox may take hours; the box must not take them for silence.
            self.beat(&mut line, tell)?;
            let outcome = line.push(&path, passes, &mut |pushing| tell(Happening::Pushing(pushing)));
            let seen = self.seen.get_mut(&path).expect("what is due was seen");
            match outcome {
                Ok(pushed) => {
                    seen.pushed = Some(Instant::now());
                    self.sent(Happening::Pushed(Box::new(pushed)), tell);
                }
                // Of the line or the disk, not of the file: that stays due.
                Err(refused @ Refused::Shop(ShopRefusal::PushTooLong { .. })) => return Err(refused),
                Err(refused) if refused.may_pass() => return Err(refused),
                Err(refused) => {
                    seen.refused = true;
                    tell(Happening::Refused(path, refused));
                }
            }
        }
        Ok(())
    }

    /// Something was sent.
    fn sent(&mut self, happening: Happening, tell: &mut dyn FnMut(Happening)) {
        if self.waits.take().is_some() {
            tell(Happening::GoesOn);
        }
        tell(happening);
    }

    fn is_beat_due(&self) -> bool {
        self.beaten.is_none_or(|at| at.elapsed().as_secs() >= u64::from(HEARTBEAT_EVERY))
    }

    /// Sends a heartbeat, if one is due.
    fn beat(&mut self, line: &mut Line<'_>, tell: &mut dyn FnMut(Happening)) -> Result<(), Refused> {
        if self.is_beat_due() {
            let beat = line.beat(Timestamp::now())?;
            self.beaten = Some(Instant::now());
            self.sent(Happening::Beat(beat), tell);
        }
        Ok(())
    }

    /// Which files are to be sent now, and in how many passes.
    fn due(&mut self, files: &[PathBuf]) -> Vec<(PathBuf, u32)> {
        self.seen.retain(|path, _| files.contains(path));
        let mut due = Vec::new();
        for path in files {
            let Ok(meta) = path.metadata() else { continue };
            let now = (meta.len(), meta.modified().ok());
            match self.seen.get(path) {
                Some(seen) if (seen.length, seen.modified) == now => match seen.pushed {
                    _ if seen.refused => {}
                    None => due.push((path.clone(), self.options.passes)),
                    Some(at) if at.elapsed() >= self.options.every => due.push((path.clone(), 1)),
                    Some(_) => {}
                },
                _ => {
                    let seen = Seen { length: now.0, modified: now.1, pushed: None, refused: false };
                    self.seen.insert(path.clone(), seen);
                    // One round has no second look.
                    if self.options.once {
                        due.push((path.clone(), self.options.passes));
                    }
                }
            }
        }
        due
    }

    /// Moves away what the box has, and what was sent long enough.
    fn clear(&mut self, files: &mut Vec<PathBuf>, tell: &mut dyn FnMut(Happening)) -> Result<(), Refused> {
        let mut gone = Vec::new();
        for path in files.iter().filter(|path| kind(path) != Some(FileKind::Bundle)) {
            let begun = self.seen.get(path).is_some_and(|seen| seen.pushed.is_some());
            if begun && path.metadata().is_ok_and(|meta| here_for(&meta) > WITHOUT_RECEIPT) {
                gone.push((path.clone(), SENT, None));
            }
        }
        let ledger = fs::metadata(self.shop.join(crate::shop::LEDGER)).ok();
        let ledger = ledger.and_then(|meta| Some((meta.len(), meta.modified().ok()?)));
        let new = files.iter().any(|path| !self.seen.contains_key(path));
        if ledger.is_some() && (ledger != self.ledger || new) {
            let shop = Shop::open(self.shop)?;
            let book = shop.ledger()?;
            for path in files.iter().filter(|path| kind(path) == Some(FileKind::Bundle)) {
                let Some(sealed) =
                    fs::File::open(path).ok().and_then(|mut file| Sealed::read(&mut file).ok())
                else {
                    continue;
                };
                let header = sealed.claimed();
                let ours = book.bundle(header.number).filter(|_| header.stream == shop.stream());
                if ours.is_some_and(|bundle| bundle.received.is_some()) {
                    gone.push((path.clone(), RECEIVED, Some(header.number)));
                }
            }
            self.ledger = ledger;
        }
        for (path, into, number) in gone {
            let folder = self.folder.join(into);
            create_dir_all(&folder)?;
            let to = folder.join(path.file_name().unwrap_or_default());
            rename(&path, &to)?;
            files.retain(|file| *file != path);
            tell(match number {
                Some(number) => Happening::Received(number, to),
                None => Happening::Finished(to),
            });
        }
        Ok(())
    }
}

/// For how long a file has been here: since it was put here or written to, whatever came last. A card may be a
/// year old and copied with its time.
fn here_for(meta: &fs::Metadata) -> Duration {
    use std::os::unix::fs::MetadataExt as _;
    let changed = meta.ctime().max(meta.mtime());
    let seconds = Timestamp::now().as_second().saturating_sub(changed);
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

fn kind(path: &Path) -> Option<FileKind> {
    path.extension().and_then(|end| end.to_str()).and_then(FileKind::of_extension)
}
