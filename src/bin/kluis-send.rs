//! The webshop's side of Factuurkluis: its arguments. What they do is [`factuurkluis::shop`].

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use factuurkluis::exchange::bundle::card::CARD_LIMIT;
use factuurkluis::exchange::journal::{JournalRefusal, ReceiptCode, receipt::MAX_RECEIPT};
use factuurkluis::exchange::vocabulary::{BundleNumber, Class, Country};
use factuurkluis::shop::collect::collect;
use factuurkluis::shop::progress::Bars;
use factuurkluis::shop::push::outbox::{Happening, OutboxOptions};
use factuurkluis::shop::push::{self, PushOptions};
use factuurkluis::shop::report::{self, Told, UnitOf};
use factuurkluis::shop::{
    Offer, Order, Refused, Settings, Shop, ShopRefusal, inspect_alone, shown, shown_path,
};
use factuurkluis::support::durable::{DiskError, read_up_to, write_atomically};
use factuurkluis::support::secret::harden_process;
use factuurkluis::support::words::{self, Language};
use jiff::Timestamp;
use signal_hook::iterator::Signals;

/// How long an outbox may go on after a signal: it looks at its folder every two seconds.
const ENDS_WITHIN: Duration = Duration::from_secs(3);

#[derive(Parser)]
#[command(name = "kluis-send", version)]
struct Arguments {
    #[arg(long, env = "KLUIS_SHOP", global = true, value_name = "DIR")]
    shop: Option<PathBuf>,
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init {
        dir: PathBuf,
        #[arg(long)]
        name: String,
        #[arg(long, value_name = "NL")]
        country: Option<Country>,
        #[arg(long)]
        one_stop_shop: bool,
    },
    Card {
        #[arg(long, value_name = "FILE", default_value = "sender.card")]
        out: PathBuf,
        #[arg(long, value_name = "RECEIPT")]
        succeeds: Option<PathBuf>,
        #[arg(long, value_name = "DIR")]
        old_shop: Option<PathBuf>,
    },
    Enrol {
        card: PathBuf,
        #[arg(long, value_name = "XXXX-XXXX-XXXX-XXXX")]
        fingerprint: Option<String>,
    },
    Inspect {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[arg(long)]
        class: Option<Class>,
        #[arg(long, value_name = "NL")]
        country: Option<Country>,
    },
    Seal {
        #[arg(required_unless_present = "replaces", value_name = "FILE|FOLDER")]
        paths: Vec<PathBuf>,
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        #[arg(long)]
        class: Option<Class>,
        #[arg(long, value_name = "NUMBER")]
        replaces: Option<u64>,
        #[arg(long)]
        again: bool,
        #[arg(long)]
        all_or_nothing: bool,
    },
    Receipt {
        #[arg(required = true, value_name = "FILE|CODE")]
        what: Vec<OsString>,
    },
    Time {
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    Push {
        #[arg(required = true, value_name = "FILE|FOLDER")]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        line: LineArguments,
    },
    Outbox {
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        #[command(flatten)]
        line: LineArguments,
        #[arg(long, value_name = "MINUTES", default_value_t = 60)]
        every: u32,
        #[arg(long)]
        once: bool,
        #[arg(long)]
        print_unit: bool,
    },
    Status {
        #[arg(long)]
        purgeable: bool,
    },
}

/// How it is pushed.
#[derive(clap::Args)]
struct LineArguments {
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = address)]
    to: SocketAddr,
    #[arg(long, value_name = "ADDRESS")]
    from: Option<IpAddr>,
    #[arg(long, value_name = "MBIT/S", default_value_t = push::USUAL_RATE, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    #[arg(long, value_name = "PERCENT", default_value_t = push::USUAL_REPAIR, value_parser = clap::value_parser!(u32).range(0..=1_000))]
    repair: u32,
    #[arg(long, value_name = "N", default_value_t = push::USUAL_PASSES, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    passes: u32,
    #[arg(long)]
    jumbo: bool,
}

/// The box's end of the line. A name is none: whoever asks for one asks somebody else.
fn address(typed: &str) -> Result<SocketAddr, String> {
    typed.parse().map_err(|_| words::text(Language::of_environment(), "shop-address-wanted"))
}

impl LineArguments {
    fn options(&self) -> PushOptions {
        let Self { to, from, rate, repair, jumbo, .. } = *self;
        PushOptions { to, from, rate, repair, jumbo }
    }
}

fn main() -> ExitCode {
    let language = Language::of_environment();
    let matches = taught(Arguments::command(), language).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let json = arguments.json;
    let outcome = match harden_process() {
        Ok(()) => Session { language, arguments }.run(),
        Err(error) => Err(DiskError::of("open", Path::new("/proc/self"), &error).into()),
    };
    match outcome {
        Ok((told, complete)) => {
            print(&told, json);
            if complete { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(refused) => {
            let told = report::refusal(language, None, &refused);
            if json {
                print(&Told { text: told.text, json: serde_json::json!({ "refused": told.json }) }, true);
            } else {
                // A closed stderr is no reason to fail differently.
                let _ = std::io::stderr().write_all(told.text.as_bytes());
            }
            ExitCode::from(1)
        }
    }
}

/// Gives every command and argument its words: `shop-help-seal`, `shop-help-seal-examples`,
/// `shop-help-seal-to` or else `shop-help-to`.
fn taught(command: clap::Command, language: Language) -> clap::Command {
    let text = |name: String| words::has(language, &name).then(|| words::text(language, &name));
    let teach = move |command: clap::Command, prefix: &str| {
        let mut command = command;
        if let Some(about) = text(prefix.to_owned()) {
            command = command.about(about);
        }
        if let Some(examples) = text(format!("{prefix}-examples")) {
            command = command.after_help(examples);
        }
        let prefix = prefix.to_owned();
        command.mut_args(move |arg| {
            let id = arg.get_id().as_str().replace('_', "-");
            match text(format!("{prefix}-{id}")).or_else(|| text(format!("shop-help-{id}"))) {
                Some(help) => arg.help(help),
                None => arg,
            }
        })
    };
    let command = teach(command, "shop-help");
    command.mut_subcommands(move |command| {
        let prefix = format!("shop-help-{}", command.get_name());
        teach(command, &prefix)
    })
}

/// Writes to stdout; a reader that went away (`| head`) is no failure.
fn print(told: &Told, json: bool) {
    if json && told.json.is_null() {
        return;
    }
    let mut out = std::io::stdout();
    let _ = if json { writeln!(out, "{:#}", told.json) } else { out.write_all(told.text.as_bytes()) };
}

/// Writes a line to stdout, as JSON too: what happens one after the other. An outbox goes on where nobody listens.
fn tell_line(told: &Told, json: bool) {
    let mut out = std::io::stdout();
    let _ = if json { writeln!(out, "{}", told.json) } else { out.write_all(told.text.as_bytes()) };
}

struct Session {
    language: Language,
    arguments: Arguments,
}

impl Session {
    /// What is told, and whether all of it was done.
    fn run(&self) -> Result<(Told, bool), Refused> {
        let done = |told| Ok((told, true));
        match &self.arguments.command {
            Command::Init { dir, name, country, one_stop_shop } => {
                let settings = Settings::new(name, *country, *one_stop_shop)?;
                Shop::init(dir, settings, self.language)?;
                done(report::initialised(self.language, dir))
            }
            Command::Card { out, succeeds, old_shop } => {
                let mut shop = self.shop()?;
                if let Some(receipt) = succeeds {
                    shop.succeed(&receipt_text(receipt)?)?;
                }
                let old = old_shop.as_deref().map(Shop::open).transpose()?;
                let card = shop.card(Timestamp::now(), old.as_ref())?;
                write_atomically(out, &card.to_bytes(), 0o644)?;
                done(report::carded(self.language, out, &card.fingerprint()))
            }
            Command::Enrol { card, fingerprint } => done(self.enrol(card, fingerprint.as_deref())?),
            Command::Inspect { files, class, country } => self.inspect(files, *class, *country),
            Command::Seal { paths, to, class, replaces, again, all_or_nothing } => {
                let order = Order {
                    paths: paths.clone(),
                    to: to.clone(),
                    class: *class,
                    replaces: replaces.map(BundleNumber),
                    again: *again,
                    all_or_nothing: *all_or_nothing,
                    now: Timestamp::now(),
                };
                let mut bars = Bars::new(self.language);
                let sealing = self.shop()?.seal(&order, &mut |progress| bars.show(progress))?;
                drop(bars);
                Ok((report::sealed(self.language, &sealing), sealing.is_complete()))
            }
            Command::Receipt { what } => done(self.receipt(what)?),
            Command::Time { to } => done(report::timed(self.language, &self.shop()?.fetch_time(to)?)),
            Command::Push { paths, line } => self.push(paths, line),
            Command::Outbox { dir, line, every, print_unit: true, .. } => done(self.unit(dir, line, *every)?),
            Command::Outbox { dir, line, every, once, .. } => self.outbox(dir, line, *every, *once),
            Command::Status { purgeable: false } => {
                let shop = self.shop()?;
                done(report::status(self.language, &shop.status()?, shop.box_card()))
            }
            Command::Status { purgeable: true } => {
                let mut invoices = Vec::new();
                self.shop()?.purgeable(|invoice| invoices.push(invoice))?;
                done(report::purgeable(self.language, &invoices))
            }
        }
    }

    fn shop(&self) -> Result<Shop, Refused> {
        Shop::open(self.folder()?)
    }

    fn folder(&self) -> Result<&Path, ShopRefusal> {
        self.arguments.shop.as_deref().ok_or(ShopRefusal::NoShopNamed)
    }

    fn push(&self, paths: &[PathBuf], line: &LineArguments) -> Result<(Told, bool), Refused> {
        let files = push::pushable(paths)?;
        let shop = self.shop()?;
        let (mut pushed, mut refused) = (Vec::new(), Vec::new());
        let mut bars = Bars::new(self.language);
        let mut open = shop.line(line.options())?;
        for file in files {
            match open.push(&file, line.passes, &mut |pushing| bars.show_push(&pushing)) {
                Ok(one) => pushed.push(one),
                // Nothing more goes out either: each file would wait for that.
                Err(why) if why.may_pass() => {
                    refused.push((file, why));
                    break;
                }
                Err(why) => refused.push((file, why)),
            }
        }
        drop(bars);
        let complete = refused.is_empty();
        Ok((report::pushed(self.language, &pushed, &refused, line.passes), complete))
    }

    /// Runs until SIGINT or SIGTERM; with `once`, one round. Each thing that happens is a line, as JSON too.
    fn outbox(
        &self,
        folder: &Path,
        line: &LineArguments,
        every: u32,
        once: bool,
    ) -> Result<(Told, bool), Refused> {
        let stop = Arc::new(AtomicBool::new(false));
        self.end_by_signal(&stop, once)?;
        let options = OutboxOptions {
            push: line.options(),
            passes: line.passes,
            every: Duration::from_secs(u64::from(every) * 60),
            once,
        };
        let mut bars = Bars::new(self.language);
        let mut complete = true;
        push::outbox::run(self.folder()?, folder, &options, &stop, &mut |happening| {
            if let Happening::Pushing(pushing) = &happening {
                bars.show_push(pushing);
            }
            complete &= !matches!(happening, Happening::Refused(..));
            if let Some(told) = report::happened(self.language, &happening) {
                bars.clear();
                tell_line(&told, self.arguments.json);
            }
        })?;
        let stopped = stop.load(Ordering::Relaxed);
        if stopped || !once {
            tell_line(&report::stopped(self.language), self.arguments.json);
        }
        // One round that was broken off is not done.
        let complete = complete && !(once && stopped);
        Ok((Told { text: String::new(), json: serde_json::Value::Null }, complete))
    }

    /// Has SIGINT and SIGTERM end an outbox. Between two passes it ends by itself; a pass may take an hour, and is
    /// left as it is: the next start goes on with what was not sent. That is how an outbox ends; one round is not
    /// done by it.
    fn end_by_signal(&self, stop: &Arc<AtomicBool>, once: bool) -> Result<(), Refused> {
        let failed =
            |error: std::io::Error| DiskError::of("watch for signals", Path::new("kluis-send"), &error);
        let mut signals =
            Signals::new([signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM]).map_err(failed)?;
        let (stop, json, language) = (Arc::clone(stop), self.arguments.json, self.language);
        let ends = move || {
            if signals.forever().next().is_some() {
                stop.store(true, Ordering::Relaxed);
                std::thread::sleep(ENDS_WITHIN);
                tell_line(&report::stopped(language), json);
                std::process::exit(i32::from(once));
            }
        };
        std::thread::Builder::new().name("signals".to_owned()).spawn(ends).map_err(failed)?;
        Ok(())
    }

    /// The systemd unit that keeps this outbox, for whoever owns the shop's keys.
    fn unit(&self, folder: &Path, line: &LineArguments, every: u32) -> Result<Told, Refused> {
        let absolute =
            |path: &Path| std::path::absolute(path).map_err(|error| DiskError::of("find", path, &error));
        // Whether there is a shop, and a box to push to, is found out now and not by the service.
        self.shop()?.box_card().ok_or(ShopRefusal::NoBox)?;
        push::outbox::must_be_there(folder)?;
        let (shop, folder) = (absolute(self.folder()?)?, absolute(folder)?);
        let keys = std::fs::metadata(shop.join("keys"))
            .map_err(|error| DiskError::of("read", &shop.join("keys"), &error))?;
        let table = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let owner = (
            report::name_of(&table("/etc/passwd"), keys.uid()),
            report::name_of(&table("/etc/group"), keys.gid()),
        );
        let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/usr/bin/kluis-send"));
        let mut command = format!(
            "{} --shop {} outbox {} --to {} --rate {} --repair {} --passes {} --every {every}",
            report::unit_word(&program),
            report::unit_word(&shop),
            report::unit_word(&folder),
            line.to,
            line.rate,
            line.repair,
            line.passes
        );
        if let Some(from) = line.from {
            command += &format!(" --from {from}");
        }
        if line.jumbo {
            command += " --jumbo";
        }
        let of = UnitOf { command, program: &program, shop: &shop, folder: &folder, owner };
        Ok(report::unit(&of))
    }

    fn enrol(&self, card: &Path, fingerprint: Option<&str>) -> Result<Told, Refused> {
        let mut shop = self.shop()?;
        let offer = shop.consider(&read_up_to(card, CARD_LIMIT as u64)?)?;
        let compared = !offer.is_known() && self.compare(&offer, fingerprint)?;
        let (known, changes, fingerprint) = (offer.is_known(), offer.changes().to_vec(), offer.fingerprint());
        shop.enrol(offer, compared)?;
        let card = shop.box_card().expect("it was enrolled just now");
        Ok(report::enrolled(self.language, card, &fingerprint, known, &changes))
    }

    /// Whether a person has compared the fingerprint: on the command line, or asked on a terminal,
    /// where the last group is enough. Without either, nobody has.
    fn compare(&self, offer: &Offer, fingerprint: Option<&str>) -> Result<bool, Refused> {
        let (typed, right) = match fingerprint {
            Some(typed) => (typed.to_owned(), offer.is_confirmed_by(typed, false)),
            None if std::io::stdin().is_terminal() => {
                let card = report::offered(self.language, offer);
                let question = words::text(self.language, "shop-ask-fingerprint");
                let mut out = std::io::stderr();
                let _ = write!(out, "{card}{question} ").and_then(|()| out.flush());
                let mut typed = String::new();
                // What cannot be read is an empty answer, which confirms nothing.
                let _ = std::io::stdin().read_line(&mut typed);
                let right = offer.is_confirmed_by(&typed, true);
                (typed, right)
            }
            None => return Ok(false),
        };
        if right {
            Ok(true)
        } else {
            Err(ShopRefusal::FingerprintDiffers { typed: shown(typed.trim()) }.into())
        }
    }

    fn inspect(
        &self,
        files: &[PathBuf],
        class: Option<Class>,
        country: Option<Country>,
    ) -> Result<(Told, bool), Refused> {
        let shop = self.arguments.shop.as_deref().map(Shop::open).transpose()?;
        let usual = Settings::new("-", None, false)?;
        let collected = collect(files, shop.as_ref().map_or(&usual, Shop::settings));
        let mut looked: Vec<_> =
            collected.refused.into_iter().map(|(path, refused)| (path, Err(refused))).collect();
        for source in collected.sources {
            let outcome = match &shop {
                Some(shop) => shop.inspect(&source, class, country),
                None => inspect_alone(&source, class, country),
            };
            looked.push((source.document, outcome));
        }
        let complete = looked
            .iter()
            .all(|(_, outcome)| outcome.as_ref().is_ok_and(|inspection| inspection.until.is_ok()));
        Ok((report::inspected(self.language, &looked), complete))
    }

    fn receipt(&self, what: &[OsString]) -> Result<Told, Refused> {
        let shop = self.shop()?;
        let now = Timestamp::now();
        if let [file] = what
            && Path::new(file).exists()
        {
            let text = receipt_text(Path::new(file))?;
            return Ok(report::acknowledged(self.language, &shop.take_receipt(&text, now)?));
        }
        let typed: Vec<_> = what.iter().map(|part| part.to_string_lossy()).collect();
        let typed = typed.join(" ");
        let code: ReceiptCode = typed.parse().map_err(|_| {
            let typed = shown_path(Path::new(&typed));
            Refused::from(ShopRefusal::NeitherFileNorCode { typed })
        })?;
        Ok(report::acknowledged(self.language, &shop.take_code(&code, now)?))
    }
}

fn receipt_text(file: &Path) -> Result<String, Refused> {
    let bytes = read_up_to(file, MAX_RECEIPT as u64)?;
    Ok(String::from_utf8(bytes).map_err(|_| JournalRefusal::ReceiptForm { line: 1 })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_argument_is_taught_in_every_language() {
        for language in Language::ALL {
            let command = taught(Arguments::command(), language);
            for command in std::iter::once(&command).chain(command.get_subcommands()) {
                let name = command.get_name();
                assert!(command.get_about().is_some(), "{language:?} {name}");
                assert!(command.get_after_help().is_some(), "{language:?} {name}: examples");
                for argument in command.get_arguments() {
                    let id = argument.get_id();
                    assert!(argument.get_help().is_some(), "{language:?} {name} {id}");
                }
            }
        }
    }
}
