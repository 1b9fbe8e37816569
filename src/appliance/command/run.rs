//! `kluis run`: everything that a box does, until it is told to stop.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use crate::appliance::console;
use crate::appliance::keeper::{Happened, Keeper, KeeperRefusal, Outcome, is_takeable};
use crate::support::durable::{self, DiskError};
use crate::support::locked::{Protection, protection};
use crate::support::words::{self, Language, Said as _};

/// How often folder and terms are looked at.
const EVERY: Duration = Duration::from_secs(2);

/// What `kluis run` was told.
pub struct RunOptions {
    /// Bundles and time tokens that appear in this folder are taken.
    pub from_folder: Option<PathBuf>,
    /// Receipts go here.
    pub receipts: Option<PathBuf>,
    /// The console's port on loopback; 0 for any that is free.
    pub port: u16,
    /// Of what is printed.
    pub language: Language,
}

/// Runs the box until SIGINT or SIGTERM. `ready` is told where the console is.
///
/// # Errors
/// If socket or console cannot be opened, or the disk refuses: then the box stops, but for want of room, for
/// which it waits. As long as the head that stopped it is not of its log, it does not start.
pub fn run(
    keeper: &Arc<Keeper>,
    options: &RunOptions,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), KeeperRefusal> {
    if let Some(refusal) = keeper.stopped() {
        return Err(refusal);
    }
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))
            .map_err(|error| DiskError::of("watch for signals", Path::new("kluis"), &error))?;
    }
    let socket = keeper.directory().join("keeper.sock");
    super::serve(keeper).map_err(|error| DiskError::of("listen", &socket, &error))?;
    let console = console::open(Arc::clone(keeper), options.port)
        .map_err(|error| DiskError::of("listen", Path::new("127.0.0.1"), &error))?;
    ready(console.address());
    if protection() == Protection::Swappable {
        let _ = writeln!(std::io::stderr(), "{}", words::text(options.language, "kluis-run-keys-not-locked"));
    }
    let strays = keeper.strays().len();
    if strays > 0 {
        let strays = [("strays", strays.to_string().into())];
        let _ = writeln!(
            std::io::stderr(),
            "{}",
            words::message(options.language, "kluis-verify-strays", &strays)
        );
    }
    let mut folder = Folder::default();
    let mut full = false;
    while !stop.load(Ordering::Relaxed) {
        // After a failed fsync nothing is tried again, and what a socket's client met, the whole box
        // must act on: the next start finds out what the disk has.
        durable::sound()?;
        if let Some(refusal) = keeper.stopped() {
            return Err(refusal);
        }
        match go_on(keeper, options, &mut folder) {
            // What only wants room has changed nothing, and is tried again at the next look.
            Err(refusal) if refusal.is_disk_full() => {
                if !full {
                    let reason = refusal.say(options.language);
                    let said =
                        words::message(options.language, "kluis-run-disk-full", &[("reason", reason.into())]);
                    let _ = writeln!(std::io::stderr(), "{said}");
                }
                full = true;
            }
            Err(refusal) => return Err(refusal),
            Ok(()) => {
                if full {
                    tell(&words::text(options.language, "kluis-run-room-again"));
                }
                full = false;
            }
        }
        keeper.note_short_of_room(full);
        std::thread::sleep(EVERY);
    }
    let _ = std::fs::remove_file(&socket);
    keeper.stop()
}

/// Takes what has come, and does what is due.
fn go_on(keeper: &Keeper, options: &RunOptions, folder: &mut Folder) -> Result<(), KeeperRefusal> {
    let taken = options.from_folder.as_ref().map_or(Ok(()), |path| folder.look(keeper, path, options));
    // A disk without room for bundles may have some for the clock.
    for happened in keeper.tick()? {
        tell(&say(&happened, options.language));
    }
    taken
}

/// A line on standard output; a box runs on where nobody listens.
fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What is said of something that happened by itself.
fn say(happened: &Happened, language: Language) -> String {
    let (name, term) = match happened {
        Happened::Due { term } => ("kluis-run-due", term),
        Happened::Destroyed { term, .. } => ("kluis-run-destroyed", term),
        Happened::HoldEnded { hold } => ("kluis-run-hold-ended", hold),
    };
    words::message(language, name, &[("term", term.as_str().into())])
}

/// The folder that bundles come from. A file is taken once it has stood still for one look, and again
/// only if it changes.
#[derive(Default)]
struct Folder {
    seen: BTreeMap<PathBuf, (u64, Option<SystemTime>, bool)>,
}

impl Folder {
    fn look(&mut self, keeper: &Keeper, path: &Path, options: &RunOptions) -> Result<(), KeeperRefusal> {
        let Ok(entries) = std::fs::read_dir(path) else { return Ok(()) };
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        files.retain(|file| is_takeable(file));
        files.sort();
        self.seen.retain(|file, _| files.contains(file));
        for file in files {
            let Ok(meta) = file.metadata() else { continue };
            let now = (meta.len(), meta.modified().ok());
            match self.seen.get(&file) {
                Some((length, modified, taken)) if (*length, *modified) == now => {
                    if *taken {
                        continue;
                    }
                    take(keeper, &file, options)?;
                    self.seen.insert(file.clone(), (now.0, now.1, true));
                }
                _ => {
                    self.seen.insert(file, (now.0, now.1, false));
                }
            }
        }
        Ok(())
    }
}

fn take(keeper: &Keeper, file: &Path, options: &RunOptions) -> Result<(), KeeperRefusal> {
    for (name, outcome) in keeper.take(file, &|_| {})?.files {
        let outcome = match outcome {
            Outcome::Refused(refusal) if refusal.is_disk_full() => return Err(refusal),
            outcome => outcome,
        };
        tell(&outcome.say(&name, options.language));
        if let (Outcome::Admitted(admitted) | Outcome::AlreadyHere(admitted), Some(receipts)) =
            (&outcome, &options.receipts)
        {
            durable::create_dir_all(receipts)?;
            let receipt = receipts.join(format!("{}-{:06}.tlog-proof", admitted.stream, admitted.number.0));
            durable::write_atomically(&receipt, admitted.receipt.as_bytes(), 0o644)?;
        }
    }
    Ok(())
}
