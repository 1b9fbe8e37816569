//! `kluis`: the box. Arguments only; what they do is in `factuurkluis::appliance::command`.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use factuurkluis::appliance::command::{
    self, Asked, Credential, Order, QueryText, RunOptions, SaidNo, print,
};
use factuurkluis::appliance::keeper::{InitOptions, Keeper, KeeperRefusal, OwnRefusal};
use factuurkluis::appliance::reader;
use factuurkluis::demo;
use factuurkluis::exchange::bundle::{SignedBoxCard, SignedCertificate, labels};
use factuurkluis::exchange::law::{Advice, BookYears, Lengthened, Policy, Slug};
use factuurkluis::exchange::vocabulary::{Amount, Class, Country, Currency};
use factuurkluis::support::durable::{self, DiskError};
use factuurkluis::support::secret::harden_process;
use factuurkluis::support::system::give_memory_back;
use factuurkluis::support::wiping::Wiping;
use factuurkluis::support::words::{self, Language, Said};

/// Nothing of a destroyed term stays in memory that was given back.
#[global_allocator]
static MEMORY: Wiping = Wiping;

/// Keeps a webshop's invoices for the fiscal term on a box without a network, and destroys them when it
/// is over.
///
/// A day at the box:
///   kluis take /media/stick        take in what the shop brought
///   kluis find --number 2026-0057 --as Anna --reason tax-audit
///   kluis show PLACE --as Anna --reason tax-audit
///
/// See it all with invented invoices:  kluis demo
#[derive(Parser)]
#[command(version, verbatim_doc_comment, max_term_width = 100)]
struct Arguments {
    /// The box's folder
    #[arg(long = "box", env = "KLUIS_BOX", global = true, value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Print answers as JSON
    #[arg(long, global = true)]
    json: bool,
    /// Speak this language (en, nl) instead of the environment's
    #[arg(long, global = true, value_name = "LANGUAGE")]
    language: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// See it all with an invented shop: nothing to configure, nothing leaves this machine
    Demo(DemoArguments),
    /// Make a box in an empty folder
    ///
    /// Example: kluis init /kluis --entity "Trampoline BV" --country NL --officer Anna --officer Bram
    Init(Init),
    /// Write the box's card, which the shop needs, and show its fingerprint
    Card {
        /// Where to; box.card in the box's folder without it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Admit a shop by its card, after comparing the fingerprint by telephone
    Enrol {
        /// The card that `kluis-send card` wrote
        card: PathBuf,
        /// The fingerprint that the shop read out; without it, the card's is shown and nothing is done
        #[arg(long)]
        fingerprint: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Take in a bundle, or all bundles of a folder
    Take {
        /// A file or a folder
        path: PathBuf,
        /// Write the receipts into this folder
        #[arg(long, value_name = "DIR")]
        receipts: Option<PathBuf>,
    },
    /// Do everything that a box does, until stopped: serve the console, take in, count time, destroy
    Run {
        /// Take bundles that appear in this folder
        #[arg(long, value_name = "DIR")]
        from_folder: Option<PathBuf>,
        /// Write receipts into this folder
        #[arg(long, value_name = "DIR")]
        receipts: Option<PathBuf>,
        /// The console's port on this machine
        #[arg(long, default_value_t = 8440)]
        port: u16,
    },
    /// Find invoices: by number, from-to, date, customer, amount
    ///
    /// Examples:
    ///   kluis find --number 2026-0057 --as Anna --reason tax-audit
    ///   kluis find --from 2026-0050 --to 2026-0099 --as A1
    ///   kluis find --customer "springveer" --since 2026-01-01 --as Anna --reason customer-request
    #[command(verbatim_doc_comment)]
    Find(Find),
    /// Show one invoice: its fields, a document as it was sent, or its proof
    Show {
        /// The place that `kluis find` lists, STREAM/NUMBER:LEAF
        place: String,
        /// Write this document (0 is the first) to --out
        #[arg(long, value_name = "N", requires = "out", conflicts_with = "proof")]
        document: Option<usize>,
        /// Write the invoice's proof to --out
        #[arg(long, requires = "out")]
        proof: bool,
        /// Where to
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Why, for an officer: tax-audit, customer-request, legal-claim, bookkeeping, check
        #[arg(long, default_value = "")]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Say what the box believes about the time, and what becomes of each term when
    Clock {
        /// Turn the clock of a demo box forward to this day
        #[arg(long, value_name = "DATE")]
        turn: Option<Date>,
    },
    /// Check everything on the disk: every bundle, every leaf, every entry, every certificate
    Verify,
    /// Make the look-up catalogues anew from the bundles
    Rebuild,
    /// Write the receipt of a bundle, and its code to type
    Receipt {
        /// The bundle's number
        number: u64,
        /// The shop, by the name or the beginning of its stream, where there are several
        #[arg(long)]
        stream: Option<String>,
        /// Write the receipt to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Check a certificate of destruction; needs no box
    VerifyCertificate {
        /// The certificate
        file: PathBuf,
        /// The box's card, whose key must have signed it
        #[arg(long, value_name = "FILE")]
        card: Option<PathBuf>,
    },
    /// Issue a pass to an auditor
    Pass {
        /// Whom it is for
        holder: String,
        /// Why; it is the reason of every look-up on it
        #[arg(long)]
        reason: String,
        /// The last day on which it is good
        #[arg(long)]
        until: Date,
        #[command(flatten)]
        by: By,
    },
}

#[derive(clap::Args)]
struct DemoArguments {
    /// How many years the clock is turned forward
    #[arg(long, value_name = "YEARS", default_value_t = demo::YEARS)]
    fast_forward: u8,
    /// Do it in this folder and leave it there; a temporary one is removed at the end
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// The console's port on this machine; any that is free without it
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Do not wait between the scenes, and end after the last
    #[arg(long)]
    no_wait: bool,
}

#[derive(clap::Args)]
struct Init {
    /// An empty folder, or one to be made
    directory: PathBuf,
    /// Whose books: the legal person's name
    #[arg(long)]
    entity: Option<String>,
    /// The country whose law of retention holds, such as NL
    #[arg(long, default_value = "NL")]
    country: Country,
    /// The month in which the book year ends, 1 to 12
    #[arg(long, default_value_t = 12, value_name = "MONTH")]
    book_year_ends: i8,
    /// An officer's name; two at least
    #[arg(long = "officer", value_name = "NAME")]
    officers: Vec<String>,
    /// Classes of sales that the shop has
    #[arg(long = "class", value_name = "CLASS", default_values = ["ordinary", "one-stop-shop"])]
    classes: Vec<Class>,
    /// Make terms for so many earlier book years too
    #[arg(long, default_value_t = 0, value_name = "N")]
    back_years: u8,
    /// Where the law table says "ask": years that somebody advised, CLASS=YEARS:WHO
    #[arg(long, value_name = "CLASS=YEARS:WHO", value_parser = advice)]
    advised: Vec<Advice>,
    /// Keep a class longer than the law asks, CLASS=YEARS
    #[arg(long, value_name = "CLASS=YEARS", value_parser = lengthened)]
    longer: Vec<Lengthened>,
    /// Where the file that opens the vault goes; best on another device than the box's folder
    #[arg(long, value_name = "PATH")]
    root: Option<PathBuf>,
    /// The word for the entity in the names of terms
    #[arg(long, value_name = "WORD")]
    slug: Option<Slug>,
    /// A box for showing, whose clock can be turned, for good
    #[arg(long)]
    demo: bool,
}

#[derive(clap::Args)]
struct Find {
    /// The whole number, or its beginning with * behind it
    #[arg(long)]
    number: Option<String>,
    /// Numbers from
    #[arg(long)]
    from: Option<String>,
    /// Numbers to
    #[arg(long)]
    to: Option<String>,
    /// Issued from this day
    #[arg(long)]
    since: Option<Date>,
    /// Issued to this day
    #[arg(long)]
    until: Option<Date>,
    /// Words of the name, customer number, VAT number or postcode
    #[arg(long)]
    customer: Option<String>,
    /// With VAT at least
    #[arg(long)]
    least: Option<Amount>,
    /// With VAT at most
    #[arg(long)]
    most: Option<Amount>,
    /// The currency of the amounts
    #[arg(long)]
    currency: Option<Currency>,
    /// An article's number
    #[arg(long)]
    article: Option<String>,
    /// Rows at most
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Why, for an officer: tax-audit, customer-request, legal-claim, bookkeeping, check
    #[arg(long, default_value = "")]
    reason: String,
    #[command(flatten)]
    by: By,
}

/// Who asks.
#[derive(clap::Args)]
struct By {
    /// The officer's name, or the pass's
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// A file with the pass-phrase; without it, it is asked for
    #[arg(long, value_name = "FILE", env = "KLUIS_PASS_FILE")]
    pass_file: Option<PathBuf>,
}

fn advice(text: &str) -> Result<Advice, String> {
    let (class, rest) =
        text.split_once('=').ok_or("CLASS=YEARS:WHO, such as ordinary=10:Visser accountants")?;
    let (years, adviser) = rest.split_once(':').ok_or("CLASS=YEARS:WHO; who advised is missing")?;
    let class =
        class.parse().map_err(|error: factuurkluis::exchange::vocabulary::NotOfForm| error.to_string())?;
    let years = years.parse().map_err(|_| "YEARS is a number")?;
    Ok(Advice { class, years, adviser: adviser.to_owned() })
}

fn lengthened(text: &str) -> Result<Lengthened, String> {
    let (class, years) = text.split_once('=').ok_or("CLASS=YEARS, such as ordinary=3")?;
    let class =
        class.parse().map_err(|error: factuurkluis::exchange::vocabulary::NotOfForm| error.to_string())?;
    Ok(Lengthened { class, years: years.parse().map_err(|_| "YEARS is a number")? })
}

/// What a command ends with.
enum Ending {
    /// Done.
    Done,
    /// Refused, which has been said.
    Refused,
}

/// Why a command did not end: the stable code where there is one, and the sentence.
struct Stop {
    code: Option<String>,
    sentence: String,
}

impl Stop {
    fn said(said: &impl Said) -> Self {
        Self { code: Some(said.code().into_owned()), sentence: said.say(language()) }
    }

    fn sentence(sentence: String) -> Self {
        Self { code: None, sentence }
    }
}

impl From<KeeperRefusal> for Stop {
    fn from(refusal: KeeperRefusal) -> Self {
        Self::said(&refusal)
    }
}

impl From<SaidNo> for Stop {
    fn from(said: SaidNo) -> Self {
        Self { code: Some(said.code), sentence: said.sentence }
    }
}

impl From<DiskError> for Stop {
    fn from(error: DiskError) -> Self {
        Self::said(&error)
    }
}

static LANGUAGE: std::sync::OnceLock<Language> = std::sync::OnceLock::new();

fn language() -> Language {
    *LANGUAGE.get_or_init(Language::of_environment)
}

fn main() -> ExitCode {
    give_memory_back();
    // The process that reads documents is this program too; it must not see anything of what follows.
    if let Some(code) = reader::serve_if_asked() {
        return code;
    }
    hush_sled();
    if let Err(error) = harden_process() {
        eprintln!("kluis: {error}");
        return ExitCode::from(1);
    }
    let arguments = Arguments::parse();
    if let Some(tag) = &arguments.language {
        let _ = LANGUAGE.set(Language::from_tag(tag));
    }
    let json = arguments.json;
    match run(arguments) {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Refused) => ExitCode::from(1),
        Err(Stop { code, sentence }) => {
            if json {
                // What cannot be said cannot be helped: the exit code stands.
                let _ = writeln!(std::io::stdout(), "{:#}", json!({ "code": code, "sentence": sentence }));
            }
            let _ = writeln!(std::io::stderr(), "{sentence}");
            ExitCode::from(1)
        }
    }
}

/// sled panics where a file of its own is damaged. The catalogue catches that and makes it anew, so it is
/// not for people's eyes.
fn hush_sled() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|at| at.file().contains("/sled-0.34")) {
            usual(panic);
        }
    }));
}

fn run(arguments: Arguments) -> Result<Ending, Stop> {
    let Arguments { directory, json, command, .. } = arguments;
    let ask = Ask { directory, json };
    match command {
        Command::Demo(DemoArguments { fast_forward, keep, port, no_wait }) => {
            let options = demo::Options { fast_forward, keep, port, language: language(), wait: !no_wait };
            demo::run(&options).map_err(|refusal| Stop::said(&refusal))?;
            Ok(Ending::Done)
        }
        Command::Init(options) => init(options, json),
        Command::Card { out } => ask.card(out),
        Command::Enrol { card, fingerprint, by } => ask.enrol(&card, fingerprint, &by),
        Command::Take { path, receipts } => ask.take(&path, receipts),
        Command::Run { from_folder, receipts, port } => ask.run(from_folder, receipts, port),
        Command::Find(find) => ask.find(find),
        Command::Show { place, document, proof, out, reason, by } => {
            let asked = match (document, proof) {
                (Some(index), _) => Asked::Document(index),
                (None, true) => Asked::Proof,
                (None, false) => Asked::Record,
            };
            ask.show(&place, asked, out, reason, &by)
        }
        Command::Clock { turn } => ask.clock(turn),
        Command::Verify => {
            let answer = ask.order(Order::Verify)?;
            ask.print(&answer, print::verified)?;
            let sound = answer["findings"].as_array().is_some_and(Vec::is_empty);
            Ok(if sound { Ending::Done } else { Ending::Refused })
        }
        Command::Rebuild => {
            let answer = ask.order(Order::Rebuild)?;
            ask.print(&answer, |answer, language| {
                let terms = answer["terms"].to_string();
                words::message(language, "kluis-rebuild-done", &[("terms", terms.into())]) + "\n"
            })?;
            Ok(Ending::Done)
        }
        Command::Receipt { number, stream, out } => {
            let mut receipt = Vec::new();
            let answer = ask.order_into(Order::Receipt { number, stream }, &mut receipt)?;
            if let Some(out) = out {
                durable::write_atomically(&out, &receipt, 0o644)?;
            }
            ask.print(&answer, print::receipt)?;
            Ok(Ending::Done)
        }
        Command::VerifyCertificate { file, card } => verify_certificate(&file, card.as_deref(), json),
        Command::Pass { holder, reason, until, by } => {
            let by = by.credential()?;
            let label = holder.clone();
            let answer = ask.order(Order::Pass { by, holder, reason, until })?;
            ask.print(&answer, |answer, language| {
                let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
                let fields = [
                    ("pass", text("pass").into()),
                    ("holder", label.as_str().into()),
                    ("until", text("until").into()),
                    ("phrase", text("pass_phrase").into()),
                ];
                words::message(language, "kluis-pass-made", &fields) + "\n"
            })?;
            Ok(Ending::Done)
        }
    }
}

/// Writes to standard output. A pipe that nobody reads any more, or a full disk behind it, is said and
/// is no panic: what was asked for may have been done.
fn say(text: &str) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Stop::said(&OwnRefusal::Unwritable { reason: error.to_string() }))
}

/// A box that is asked something, and how its answer is printed.
struct Ask {
    directory: PathBuf,
    json: bool,
}

impl Ask {
    fn order(&self, order: Order) -> Result<Value, Stop> {
        self.order_into(order, &mut std::io::sink())
    }

    fn order_into(&self, order: Order, out: &mut dyn Write) -> Result<Value, Stop> {
        let bars = Bars::new(self.json);
        let answer = command::order(&self.directory, order, language(), &|told| bars.tell(&told), out);
        bars.clear();
        Ok(answer?)
    }

    fn print(&self, answer: &Value, people: impl FnOnce(&Value, Language) -> String) -> Result<(), Stop> {
        if self.json { say(&format!("{answer:#}\n")) } else { say(&people(answer, language())) }
    }

    fn card(&self, out: Option<PathBuf>) -> Result<Ending, Stop> {
        let mut card = Vec::new();
        let mut answer = self.order_into(Order::Card, &mut card)?;
        let file = match out {
            Some(out) => {
                durable::write_atomically(&out, &card, 0o644)?;
                out
            }
            None => self.directory.join("box.card"),
        };
        answer["file"] = json!(file);
        self.print(&answer, |answer, language| {
            let file = file.display().to_string();
            let written = words::message(language, "kluis-card-written", &[("file", file.into())]);
            print::card(answer, language) + "\n" + &written + "\n"
        })?;
        Ok(Ending::Done)
    }

    fn enrol(&self, card: &Path, fingerprint: Option<String>, by: &By) -> Result<Ending, Stop> {
        let file = card.display().to_string();
        let bytes = durable::read_up_to(card, factuurkluis::exchange::bundle::card::CARD_LIMIT as u64)?;
        let Some(fingerprint) = fingerprint else {
            let answer = self.order(Order::SenderCard { file: file.clone(), card: bytes })?;
            self.print(&answer, |answer, language| {
                let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
                let fields = [
                    ("name", text("name").into()),
                    ("fingerprint", text("fingerprint").into()),
                    ("file", file.into()),
                ];
                words::message(language, "kluis-enrol-compare", &fields) + "\n"
            })?;
            return Ok(Ending::Refused);
        };
        let by = by.credential()?;
        let answer = self.order(Order::Enrol { file, card: bytes, fingerprint, by })?;
        self.print(&answer, |answer, language| {
            let new = answer["new"].as_bool() == Some(true);
            let name = answer["name"].as_str().unwrap_or_default().to_owned();
            let message = if new { "kluis-enrol-done" } else { "kluis-enrol-again" };
            words::message(language, message, &[("name", name.into())]) + "\n"
        })?;
        Ok(Ending::Done)
    }

    fn take(&self, path: &Path, receipts: Option<PathBuf>) -> Result<Ending, Stop> {
        // The keeper may run in another folder.
        let path = std::path::absolute(path).map_err(|error| DiskError::of("read", path, &error))?;
        let answer = self.order(Order::Take { path })?;
        let files = answer["files"].as_array().cloned().unwrap_or_default();
        if let Some(receipts) = receipts {
            durable::create_dir_all(&receipts)?;
            for bundle in files.iter().map(|file| &file["bundle"]).filter(|bundle| !bundle.is_null()) {
                let (stream, number) = (bundle["stream"].as_str(), bundle["number"].as_u64());
                let name = format!("{}-{:06}.tlog-proof", stream.unwrap_or_default(), number.unwrap_or(0));
                let text = bundle["receipt"].as_str().unwrap_or_default();
                durable::write_atomically(&receipts.join(name), text.as_bytes(), 0o644)?;
            }
        }
        self.print(&answer, print::taken)?;
        let refused = files.iter().any(|file| file["outcome"] == "refused");
        Ok(if refused { Ending::Refused } else { Ending::Done })
    }

    fn run(
        &self,
        from_folder: Option<PathBuf>,
        receipts: Option<PathBuf>,
        port: u16,
    ) -> Result<Ending, Stop> {
        let keeper = Arc::new(Keeper::open(&self.directory)?);
        let options = RunOptions { from_folder, receipts, port, language: language() };
        command::run(&keeper, &options, |address| {
            let address = format!("http://{address}/");
            let ready = words::message(language(), "kluis-run-ready", &[("address", address.into())]);
            // Nobody may be listening; the box runs all the same.
            let _ = say(&(ready + "\n"));
        })?;
        Ok(Ending::Done)
    }

    fn find(&self, find: Find) -> Result<Ending, Stop> {
        let query = QueryText {
            number: find.number,
            from: find.from,
            to: find.to,
            since: find.since,
            until: find.until,
            customer: find.customer,
            least: find.least,
            most: find.most,
            currency: find.currency,
            article: find.article,
            limit: find.limit,
        };
        let answer = self.order(Order::Find { by: find.by.credential()?, reason: find.reason, query })?;
        self.print(&answer, print::found)?;
        Ok(Ending::Done)
    }

    fn show(
        &self,
        place: &str,
        asked: Asked,
        out: Option<PathBuf>,
        reason: String,
        by: &By,
    ) -> Result<Ending, Stop> {
        let unreadable = || {
            Stop::sentence(words::message(
                language(),
                "kluis-place-unreadable",
                &[("place", place.to_owned().into())],
            ))
        };
        let (bundle, leaf) = place.rsplit_once(':').ok_or_else(unreadable)?;
        let leaf = leaf.parse().map_err(|_| unreadable())?;
        let order = Order::Show { by: by.credential()?, reason, bundle: bundle.to_owned(), leaf, asked };
        let Some(out) = out else {
            let answer = self.order(order)?;
            self.print(&answer, print::shown)?;
            return Ok(Ending::Done);
        };
        let part = out.with_extension("part");
        let mut file = File::create(&part).map_err(|error| DiskError::of("create", &part, &error))?;
        let answer = self.order_into(order, &mut file);
        let answer = match answer {
            Ok(answer) => answer,
            Err(stop) => {
                let _ = std::fs::remove_file(&part);
                return Err(stop);
            }
        };
        durable::sync_file(&file, &part)?;
        durable::rename(&part, &out)?;
        let name = if asked == Asked::Proof { "kluis-show-proof" } else { "kluis-show-document" };
        self.print(&answer, |_, language| {
            words::message(language, name, &[("file", out.display().to_string().into())]) + "\n"
        })?;
        Ok(Ending::Done)
    }

    fn clock(&self, turn: Option<Date>) -> Result<Ending, Stop> {
        let answer = match turn {
            None => self.order(Order::Terms)?,
            Some(day) => {
                let noon = jiff::tz::Offset::UTC.to_timestamp(day.at(12, 0, 0, 0));
                let to = noon.unwrap_or(Timestamp::MIN);
                self.order(Order::Turn { to })?["clock"].clone()
            }
        };
        self.print(&answer, print::clock)?;
        Ok(Ending::Done)
    }
}

fn init(options: Init, json: bool) -> Result<Ending, Stop> {
    let directory = options.directory.display().to_string();
    let Some(entity_name) = options.entity else {
        return Err(Stop::sentence(words::message(
            language(),
            "kluis-init-wants",
            &[("directory", directory.into())],
        )));
    };
    let book_years = BookYears::new(options.book_year_ends, Vec::new()).map_err(KeeperRefusal::from)?;
    let policy = Policy::new(options.country, book_years, options.longer, options.advised)
        .map_err(KeeperRefusal::from)?;
    let made = Keeper::init(
        &options.directory,
        InitOptions {
            entity_name: entity_name.clone(),
            slug: options.slug,
            policy,
            classes: options.classes,
            back_years: options.back_years,
            officers: options.officers,
            root: options.root,
            demo: options.demo,
            today: jiff::tz::Offset::UTC.to_datetime(Timestamp::now()).date(),
        },
    )?;
    let terms = made.keeper.terms();
    let language = language();
    if json {
        let officers: Vec<_> = made
            .officers
            .iter()
            .map(|one| json!({ "name": one.name, "pass_phrase": one.pass_phrase.expose() }))
            .collect();
        let terms: Vec<_> =
            terms.iter().map(|view| json!({ "term": view.name, "kept_until": view.kept.until })).collect();
        let root = made.root.say(language);
        say(&format!("{:#}\n", json!({ "officers": officers, "terms": terms, "root": root })))?;
        return Ok(Ending::Done);
    }
    let done = [("entity", entity_name.into()), ("directory", directory.into())];
    say(&format!("{}\n\n", words::message(language, "kluis-init-done", &done)))?;
    for one in &made.officers {
        let fields = [("name", one.name.as_str().into()), ("pass", one.pass_phrase.expose().into())];
        say(&format!("{}\n", words::message(language, "kluis-init-pass-phrase", &fields)))?;
    }
    say(&format!("\n{}\n\n{}\n", made.root.say(language), words::text(language, "kluis-init-terms")))?;
    for view in &terms {
        say(&format!("  {}: {}\n", view.name, view.kept.say(language)))?;
    }
    let card = options.directory.join("box.card").display().to_string();
    say(&format!("\n{}\n", words::message(language, "kluis-init-next", &[("card", card.into())])))?;
    Ok(Ending::Done)
}

fn verify_certificate(file: &Path, card: Option<&Path>, json: bool) -> Result<Ending, Stop> {
    let limit = factuurkluis::exchange::bundle::certificate::CERTIFICATE_LIMIT;
    let bytes = durable::read_up_to(file, limit as u64)?;
    let name = file.display().to_string();
    let refused = |error: factuurkluis::exchange::bundle::StatementRefusal| {
        Stop::sentence(format!("{name}: {}", error.say(language())))
    };
    let certificate = SignedCertificate::parse(labels::CERTIFICATE, &bytes, limit).map_err(refused)?;
    certificate.verify(&[certificate.body().key]).map_err(refused)?;
    let of_card = match card {
        Some(card) => {
            let bytes = durable::read_up_to(card, factuurkluis::exchange::bundle::card::CARD_LIMIT as u64)?;
            let card = SignedBoxCard::open(&bytes).map_err(refused)?;
            Some(card.body().key == certificate.body().key)
        }
        None => None,
    };
    let body = serde_json::to_value(certificate.body()).unwrap_or_default();
    let language = language();
    if json {
        say(&format!("{:#}\n", json!({ "certificate": body, "signature": "good", "key_on_card": of_card })))?;
    } else {
        let key = certificate.body().key.to_string();
        say(&print::certificate(&body, language))?;
        say(&format!("{}\n", words::message(language, "kluis-certificate-good", &[("key", key.into())])))?;
        let about_key = match of_card {
            Some(true) => "kluis-certificate-card",
            Some(false) => "kluis-certificate-other-key",
            None => "kluis-certificate-which-key",
        };
        say(&format!("{}\n", words::text(language, about_key)))?;
    }
    Ok(if of_card == Some(false) { Ending::Refused } else { Ending::Done })
}

impl By {
    /// The name and the pass-phrase: from a file, or asked for.
    fn credential(&self) -> Result<Credential, Stop> {
        let name = self.name.clone().unwrap_or_default();
        if let Some(file) = &self.pass_file {
            let bytes = zeroize::Zeroizing::new(durable::read_up_to(file, 4096)?);
            let pass_phrase = String::from_utf8_lossy(&bytes).trim().to_owned();
            return Ok(Credential { name, pass_phrase });
        }
        if !std::io::stdin().is_terminal() {
            return Err(Stop::sentence(words::message(
                language(),
                "kluis-no-terminal",
                &[("name", name.into())],
            )));
        }
        let prompt = words::message(language(), "kluis-ask-pass-phrase", &[("name", name.clone().into())]);
        let pass_phrase = rpassword::prompt_password(prompt)
            .map_err(|error| DiskError::of("read", Path::new("terminal"), &error))?;
        Ok(Credential { name, pass_phrase })
    }
}

/// A bar for each file that is on its way, on a terminal only.
struct Bars {
    all: MultiProgress,
    bars: std::sync::Mutex<std::collections::BTreeMap<String, ProgressBar>>,
    shown: bool,
}

impl Bars {
    fn new(json: bool) -> Self {
        let shown = !json && std::io::stderr().is_terminal();
        Self { all: MultiProgress::new(), bars: std::sync::Mutex::default(), shown }
    }

    fn tell(&self, told: &Value) {
        if !self.shown {
            return;
        }
        let (Some(file), Some(done), Some(total)) =
            (told["file"].as_str(), told["done"].as_u64(), told["total"].as_u64())
        else {
            return;
        };
        let mut bars = self.bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let bar = bars.entry(file.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{prefix:30!} {wide_bar} {percent:>3}% {eta:>4}");
            let bar = self.all.add(ProgressBar::new(total));
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(file.to_owned());
            bar
        });
        bar.set_position(done);
        if done >= total {
            bar.finish();
        }
    }

    fn clear(&self) {
        let _ = self.all.clear();
    }
}
