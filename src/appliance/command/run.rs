//! `kluis run`: everything that a box does, until it is told to stop.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use super::folder::Folder;
use crate::appliance::console;
use crate::appliance::keeper::{Happened, Keeper, KeeperRefusal, Outcome, StickHappened};
use crate::exchange::vocabulary::{BundleNumber, StreamId};
use crate::support::durable::{self, DiskError};
use crate::support::locked::{Protection, protection};
use crate::support::words::{self, Language, Said as _};

/// How often folder and terms are looked at.
const EVERY: Duration = Duration::from_secs(2);
/// Files of the folder that are taken at one look. A folder may have thousands, and between two looks time is counted,
/// the line is heard, what is due is done, and a signal is seen.
const AT_A_LOOK: usize = 64;

/// What `kluis run` was told.
pub struct RunOptions {
    /// Bundles, time tokens and cards that appear in this folder are taken.
    pub from_folder: Option<PathBuf>,
    /// What lies at this path is taken as a stick that was put in: for trying it.
    pub stick: Option<PathBuf>,
    /// Datagrams of the one-way push arrive at this address.
    pub push: Option<SocketAddr>,
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
    sticks(keeper, options, &stop).map_err(|error| DiskError::of("start", Path::new("airlock"), &error))?;
    if let Some(listen) = options.push {
        let address = keeper.listen(listen)?.to_string();
        tell(&words::message(options.language, "kluis-run-push-ready", &[("address", address.into())]));
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
    let mut line = Line::default();
    let mut folder = Folder::default();
    let mut full = false;
    while !stop.load(Ordering::Relaxed) {
        // After a failed fsync nothing is tried again, and what a socket's client met, the whole box
        // must act on: the next start finds out what the disk has.
        durable::sound()?;
        if let Some(refusal) = keeper.stopped() {
            return Err(refusal);
        }
        match go_on(keeper, options, &mut folder, &mut line) {
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

/// Watches for sticks in a thread of its own, which ends with the box: a stick that is being read then is as
/// one that was pulled out.
fn sticks(keeper: &Arc<Keeper>, options: &RunOptions, stop: &Arc<AtomicBool>) -> io::Result<()> {
    let (keeper, stop) = (Arc::clone(keeper), Arc::clone(stop));
    let (stick, receipts, language) = (options.stick.clone(), options.receipts.clone(), options.language);
    let told = move |happened: StickHappened<'_>| match happened {
        StickHappened::In => tell(&words::text(language, "kluis-run-stick-in")),
        StickHappened::Taken(report) => {
            for (name, outcome) in &report.files {
                tell(&came_to(outcome, name, language));
                // A disk that does not take a receipt is found out by the box itself.
                let _ = leave_receipt(outcome, receipts.as_deref());
            }
            let pulled_out = report.stick.is_some_and(|rest| rest.pulled_out);
            if report.files.is_empty() {
                tell(&words::text(language, "kluis-take-stick-nothing"));
            }
            if !pulled_out {
                tell(&words::text(language, "kluis-run-stick-done"));
            }
        }
        StickHappened::Refused(refusal) => tell(&refusal.say(language)),
        StickHappened::Another(refusal) => tell(&refusal.say(language)),
        StickHappened::Failed => tell(&words::text(language, "kluis-run-stick-failed")),
        StickHappened::Out => tell(&words::text(language, "kluis-run-stick-out")),
        StickHappened::Deaf(error) => {
            let reason = error.to_string();
            tell(&words::message(language, "kluis-run-stick-deaf", &[("reason", reason.into())]));
        }
    };
    let watch = move || keeper.watch_sticks(stick.as_deref(), &stop, &told);
    std::thread::Builder::new().name("airlock".to_owned()).spawn(watch).map(drop)
}

/// Takes what has come, and does what is due.
fn go_on(
    keeper: &Keeper,
    options: &RunOptions,
    folder: &mut Folder,
    line: &mut Line,
) -> Result<(), KeeperRefusal> {
    let taken = options.from_folder.as_ref().map_or(Ok(()), |path| {
        for file in folder.look(path, SystemTime::now()).into_iter().take(AT_A_LOOK) {
            take(keeper, &file, options)?;
            folder.taken(&file);
        }
        Ok(())
    });
    let heard = line.look(keeper, options);
    // A disk without room for bundles may have some for the clock.
    for happened in keeper.tick()? {
        tell(&say(&happened, options.language));
    }
    taken.and(heard)
}

/// A line on standard output; a box runs on where nobody listens.
fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What is said of what a file came to. Where nobody looks it goes into the system's log, which outlives every term:
/// why a file was refused is said there without what stands in it, which may be an invoice's.
fn came_to(outcome: &Outcome, file: &str, language: Language) -> String {
    match outcome {
        Outcome::Refused(refusal) if !io::stdout().is_terminal() => {
            let fields = [("file", file.into()), ("code", refusal.code())];
            words::message(language, "kluis-run-refused", &fields)
        }
        outcome => outcome.say(file, language),
    }
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

/// The one-way line: what arrives is taken, and what is silent or does not work is said once.
#[derive(Default)]
struct Line {
    silent: BTreeSet<StreamId>,
    /// Numbers that were said to be missing.
    missing: BTreeMap<StreamId, BTreeSet<BundleNumber>>,
    trouble: Option<String>,
    /// Deaths of its processes up to the last look, and whether it was said that they go on dying.
    deaths: u64,
    dies: bool,
}

impl Line {
    fn look(&mut self, keeper: &Keeper, options: &RunOptions) -> Result<(), KeeperRefusal> {
        let Some(line) = keeper.line_view() else { return Ok(()) };
        keeper.take_pushed(&mut |name, outcome| {
            tell(&came_to(outcome, name, options.language));
            Ok(leave_receipt(outcome, options.receipts.as_deref())?)
        })?;
        if let Some(reason) = line.deaths.1.filter(|reason| self.trouble.as_ref() != Some(reason)) {
            let fields = [("reason", reason.as_str().into())];
            tell(&words::message(options.language, "kluis-run-push-trouble", &fields));
            self.trouble = Some(reason);
        }
        // One death costs what it had in hand; one at every look means that nothing comes through.
        if line.deaths.0 > self.deaths + 1 && !self.dies {
            tell(&words::text(options.language, "kluis-run-push-dies"));
            self.dies = true;
        }
        self.dies &= line.deaths.0 > self.deaths;
        self.deaths = line.deaths.0;
        for heard in keeper.heard() {
            let shop = heard.shop.clone();
            let said = if heard.silent {
                self.silent.insert(heard.stream)
            } else {
                self.silent.remove(&heard.stream)
            };
            if said {
                let name = if heard.silent { "kluis-run-push-silent" } else { "kluis-run-push-again" };
                let fields =
                    [("shop", heard.shop.into()), ("at", words::moment(options.language, heard.at).into())];
                tell(&words::message(options.language, name, &fields));
            }
            let missing: BTreeSet<_> = heard.missing.iter().copied().collect();
            let said = self.missing.insert(heard.stream, missing.clone()).unwrap_or_default();
            if !missing.is_subset(&said) {
                let numbers: Vec<_> = missing.iter().map(BundleNumber::to_string).collect();
                let fields = [("shop", shop.into()), ("numbers", numbers.join(", ").into())];
                tell(&words::message(options.language, "kluis-run-push-missing", &fields));
            }
        }
        Ok(())
    }
}

fn take(keeper: &Keeper, file: &Path, options: &RunOptions) -> Result<(), KeeperRefusal> {
    let report = match keeper.take(file, &|_| {}) {
        // Whoever put it there has taken it away again, which is no reason to stop.
        Err(_) if !file.exists() => return Ok(()),
        report => report?,
    };
    for (name, outcome) in report.files {
        let outcome = match outcome {
            Outcome::Refused(refusal) if refusal.is_disk_full() => return Err(refusal),
            outcome => outcome,
        };
        tell(&came_to(&outcome, &name, options.language));
        leave_receipt(&outcome, options.receipts.as_deref())?;
    }
    Ok(())
}

/// Writes a bundle's receipt into the folder for them, if one was named.
fn leave_receipt(outcome: &Outcome, receipts: Option<&Path>) -> Result<(), DiskError> {
    if let (Outcome::Admitted(admitted) | Outcome::AlreadyHere(admitted), Some(receipts)) =
        (outcome, receipts)
    {
        durable::create_dir_all(receipts)?;
        let receipt = receipts.join(format!("{}-{:06}.tlog-proof", admitted.stream, admitted.number.0));
        durable::write_atomically(&receipt, admitted.receipt.as_bytes(), 0o644)?;
    }
    Ok(())
}
