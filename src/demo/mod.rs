//! `kluis demo`: the whole life of invented invoices before one's eyes, with nothing to configure.
//! The only room that plays both sides, the shop and the box.
//!
//! ```text
//!  folder/invoices -> shop (folder/shop) -> folder/stick -> box (folder/box) -> console
//!                          ^                                    |
//!                          +------------ receipts --------------+
//!  then: folder/copy, one byte changed, and checked; the clock turned; a term destroyed; the same
//!  search, the same stick, every key tried again; the certificate
//! ```
//! | scene | file |
//! |---|---|
//! | the box and the shop meet | `meeting` |
//! | invoices, sealed, taken in, receipts | `delivery` |
//! | an invoice as it was sent, and a byte that is changed | `looking` |
//! | a term dies, and what its certificate does not cover | `ending` |
//! | the console, and links into it | `window` |
//! | what is said, shown and waited for | `stage` |
//!
//! Promised: no network (the console listens on loopback only); everything lies in one folder, which
//! is removed when the show stops unless it was named; what is shown is done by the same functions
//! that a shop and a box call, and the show ends with an error if one of them does not do what it
//! says on the screen. Not promised: evidence. A demo's clock can be turned, its certificates say so,
//! and both pass-phrases stand on the screen.

mod copy;
mod delivery;
mod ending;
pub mod invoices;
mod looking;
mod meeting;
mod refusal;
mod stage;
mod window;

#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub use refusal::{DemoRefusal, Refused};

use crate::appliance::keeper::RELEASE;
use crate::support::durable::{self, DiskError};
use crate::support::words::Language;
use jiff::civil::Date;
use stage::{Stage, fields};
use window::Window;

/// How many years the clock is turned forward where nobody says otherwise: until the oldest term of
/// ordinary invoices is destroyed.
pub const YEARS: u8 = 4;
/// How many years before this one the invented shop has invoices of.
const YEARS_BACK: u8 = 4;
/// By this seed the show has the same invoices everywhere.
const SEED: u64 = 57;
/// The reason of all look-ups of the show.
const REASON: &str = "check";
/// How often a running box looks at its terms.
const EVERY: Duration = Duration::from_secs(2);

/// How the show is given.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many years the clock is turned forward.
    pub fast_forward: u8,
    /// The folder that everything goes into and stays in; an own one, removed at the end, without it.
    pub keep: Option<PathBuf>,
    /// The console's port on loopback; 0 for any that is free.
    pub port: u16,
    /// Of what is said.
    pub language: Language,
    /// Whether to wait for Enter between scenes (where there is a terminal), and at the end to stay
    /// open until stopped.
    pub wait: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { fast_forward: YEARS, keep: None, port: 0, language: Language::default(), wait: true }
    }
}

/// Gives the show on the terminal, until Ctrl-C.
///
/// # Errors
/// [`DemoRefusal::FolderNotEmpty`], a port or a disk that refuses; [`DemoRefusal::WentWrong`] if
/// something did not turn out as it was said.
pub fn run(options: &Options) -> Result<(), Refused> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))
            .map_err(|error| DiskError::of("watch for signals", Path::new("kluis"), &error))?;
    }
    let mut out = io::stdout();
    let watched = out.is_terminal();
    let stage = Stage::new(&mut out, watched, options, Arc::clone(&stop));
    match show(options, stage) {
        Err(Refused::Stopped) => Ok(()),
        outcome => outcome,
    }
}

/// The folder of the show, and where in it everything lies.
struct Places {
    folder: PathBuf,
    /// Removes the folder when the show is over; none where it was named.
    own: Option<tempfile::TempDir>,
}

impl Places {
    fn make(keep: Option<&Path>) -> Result<Self, Refused> {
        let Some(folder) = keep else {
            let own = tempfile::Builder::new()
                .prefix("kluis-demo-")
                .tempdir()
                .map_err(|error| DiskError::of("create", &std::env::temp_dir(), &error))?;
            return Ok(Self { folder: own.path().to_owned(), own: Some(own) });
        };
        durable::create_dir_all(folder)?;
        let mut entries = folder.read_dir().map_err(|error| DiskError::of("read", folder, &error))?;
        if entries.next().is_some() {
            return Err(DemoRefusal::FolderNotEmpty { folder: folder.display().to_string() }.into());
        }
        let folder = folder.canonicalize().map_err(|error| DiskError::of("open", folder, &error))?;
        Ok(Self { folder, own: None })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The first day of the show: that of the program's release, so that it is the same everywhere.
fn today() -> Date {
    jiff::tz::Offset::UTC.to_datetime(RELEASE).date()
}

fn show(options: &Options, mut stage: Stage<'_>) -> Result<(), Refused> {
    let places = Places::make(options.keep.as_deref())?;
    let stage = &mut stage;
    stage.title("demo-title");
    stage.say("demo-intro", &[]);
    stage.say("demo-folder", &fields(&[("folder", &places.folder.display().to_string())]));
    stage.say(if places.own.is_some() { "demo-folder-goes" } else { "demo-folder-stays" }, &[]);

    let met = meeting::meet(stage, &places)?;
    let delivered = delivery::deliver(stage, &places, &met)?;
    let meeting::Met { keeper, visitor, pass_phrases, .. } = met;
    let (keeper, copied) = copy::switched_off_and_on(stage, &places, keeper, &visitor)?;
    let keeper = Arc::new(keeper);

    let window = Window::open(stage, &keeper, options.port, &visitor, &pass_phrases)?;
    looking::as_it_was_sent(stage, &places, &keeper, &visitor, &window)?;
    stage.wait_for_enter("demo-enter-look")?;
    looking::a_changed_byte(stage, &keeper, &copied)?;
    stage.wait_for_enter("demo-enter-end")?;
    ending::a_term_ends(
        stage,
        options,
        &ending::Scene {
            keeper: &keeper,
            visitor: &visitor,
            delivered: &delivered,
            copy: &copied,
            window: &window,
        },
    )?;

    if options.wait {
        stage.say("demo-open-until-stopped", &[]);
        while !stage.is_stopped() {
            keeper.tick()?;
            std::thread::sleep(EVERY);
        }
    }
    drop(window);
    keeper.stop()?;
    let end = if places.own.is_some() { "demo-over-gone" } else { "demo-over-kept" };
    stage.say(end, &fields(&[("folder", &places.folder.display().to_string())]));
    Ok(())
}
