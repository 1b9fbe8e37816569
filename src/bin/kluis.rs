//! `kluis`: the box. Arguments only; what they do is in `factuurkluis::appliance::command`.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use factuurkluis::appliance::command::{
    self, Asked, Certified, Desk, Ending, QueryText, RunOptions, Stop, Who, WhoTwo,
};
use factuurkluis::appliance::keeper::{HoldScope, InitOptions, KeeperRefusal, OwnRefusal, RootChoice};
use factuurkluis::appliance::{airlock, cage, reader};
use factuurkluis::demo;
use factuurkluis::exchange::law::{Advice, BookYears, Lengthened, Policy, Slug};
use factuurkluis::exchange::time::Pin;
use factuurkluis::exchange::vocabulary::{Amount, Class, Country, Currency};
use factuurkluis::support::durable::read_up_to;
use factuurkluis::support::secret::harden_process;
use factuurkluis::support::system::give_memory_back;
use factuurkluis::support::wiping::Wiping;
use factuurkluis::support::words::Language;

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
        /// Write it onto this USB stick (its device, or an image of one), which is not mounted
        #[arg(long, value_name = "DEVICE", conflicts_with = "out")]
        stick: Option<PathBuf>,
    },
    /// Admit a shop by its card, after comparing the fingerprint by telephone
    Enrol {
        /// The card that `kluis-send card` wrote
        card: PathBuf,
        /// The fingerprint that the shop read out; without it, the card's is shown and nothing is done
        #[arg(long)]
        fingerprint: Option<String>,
        /// Invoices older than 18 months are expected of this shop: those of the next 30 days do not wait
        #[arg(long)]
        back_years: bool,
        #[command(flatten)]
        by: ByTwo,
    },
    /// List the shops; block one
    ///
    /// A shop that has lost its key, or had it stolen, makes a new one that carries on from the box's last
    /// receipt (kluis-send card --succeeds): enrol that card.
    ///
    /// Example: kluis sender --block "Trampoline webshop" --as Anna
    Sender {
        /// Take nothing more from this shop: its name, or the beginning of its id
        #[arg(long, value_name = "NAME")]
        block: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// List the bundles whose invoices are older than 18 months; an officer lets them in or not
    ///
    /// One decision is for all that waits from a shop, and letting in also for what comes from it within 30
    /// days.
    ///
    /// Examples:
    ///   kluis waiting
    ///   kluis waiting --admit "Trampoline webshop" --as Anna
    #[command(verbatim_doc_comment)]
    Waiting {
        /// Let in what waits from this shop
        #[arg(long, value_name = "NAME", conflicts_with = "refuse")]
        admit: Option<String>,
        /// Refuse what waits from this shop
        #[arg(long, value_name = "NAME")]
        refuse: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Show the law of the box; look at a changed table and take it; lengthen a term
    ///
    /// Examples:
    ///   kluis law                                    which table is in force
    ///   kluis law 2027-01.table                      what that table would move, and why
    ///   kluis law 2027-01.table --fingerprint XXXX-XXXX-XXXX-XXXX --as Anna --with Bram
    ///   kluis law --lengthen TERM --until 2040-12-31 --as Anna
    #[command(verbatim_doc_comment)]
    Law {
        /// A table of law, signed by the release key
        table: Option<PathBuf>,
        /// The table's fingerprint as it was shown; without it nothing is done
        #[arg(long, requires = "table")]
        fingerprint: Option<String>,
        /// Keep this term longer; one officer may
        #[arg(long, value_name = "TERM", requires = "until", conflicts_with = "table")]
        lengthen: Option<String>,
        /// To the end of this day's month
        #[arg(long, value_name = "DATE", requires = "lengthen")]
        until: Option<Date>,
        #[command(flatten)]
        by: ByTwo,
    },
    /// For whoever releases this program: keys and signed tables of law
    #[command(hide = true, subcommand)]
    Release(Release),
    /// Take in a bundle, a time token or a shop's card, all of a folder, or what is on a USB stick
    ///
    /// A stick is read as it is, never mounted; give its device, or a file that is a copy of it.
    ///
    /// Examples:
    ///   kluis take /media/stick
    ///   kluis take /dev/sdb
    ///   kluis take stick.img
    #[command(verbatim_doc_comment)]
    Take {
        /// A file, a folder, a block device, or an image of one
        path: PathBuf,
        /// Write the receipts into this folder
        #[arg(long, value_name = "DIR")]
        receipts: Option<PathBuf>,
    },
    /// Do everything that a box does, until stopped: serve the console, take in, count time, destroy
    Run {
        /// Take bundles, time tokens and cards that appear in this folder
        #[arg(long, value_name = "DIR")]
        from_folder: Option<PathBuf>,
        /// Take this loop device, or image of a stick, as a stick that was put in: for trying it
        #[arg(long, value_name = "PATH")]
        stick: Option<PathBuf>,
        /// Receive what `kluis-send push` and `outbox` send to this address, over a line without a way back
        #[arg(long, value_name = "ADDRESS:PORT", env = "KLUIS_PUSH")]
        push: Option<SocketAddr>,
        /// Write receipts into this folder
        #[arg(long, value_name = "DIR")]
        receipts: Option<PathBuf>,
        /// The console's port on this machine
        #[arg(long, default_value_t = 8440)]
        port: u16,
    },
    /// Say what comes over the one-way line: files on their way, when each shop was heard, what is missing
    Line,
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
    ///
    /// Two officers change what it rests on:
    ///   kluis clock --pin root.pem --as Anna --with Bram      believe a time authority
    ///   kluis clock --strike 3f9ac21d --as Anna --with Bram   strike a token that others contradict
    ///   kluis clock --declare 2034-01-02 --as Anna --with Bram  say that this day has come
    #[command(verbatim_doc_comment)]
    Clock(ClockArguments),
    /// Check everything on the disk: every bundle, every leaf, every entry, every certificate
    ///
    /// Examples:
    ///   kluis verify
    ///   kluis verify --since 57.tlog-proof          is what the box said then still true?
    ///   kluis verify --since 1234:ABCD-EFGH-IJKL-MNOP   the same, as a pass slip has it
    #[command(verbatim_doc_comment)]
    Verify {
        /// Prove that the journal contains this older head: a checkpoint, receipt, card, certificate or slip
        #[arg(long, value_name = "CHECKPOINT", conflicts_with = "go_on")]
        since: Option<PathBuf>,
        /// Two officers let a stopped box go on without the history that is lost for good
        #[arg(long)]
        go_on: bool,
        #[command(flatten)]
        by: ByTwo,
    },
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
        /// Write it onto this USB stick (its device, or an image of one), which is not mounted
        #[arg(long, value_name = "DEVICE", conflicts_with = "out")]
        stick: Option<PathBuf>,
    },
    /// Check a certificate of destruction; needs no box
    VerifyCertificate {
        /// The certificate
        file: PathBuf,
        /// The box's card, whose key must have signed it
        #[arg(long, value_name = "FILE")]
        card: Option<PathBuf>,
        /// Write it as a sheet to print
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        /// The authority whose signature on the time is wanted: its root certificate or key
        #[arg(long, value_name = "FILE")]
        authority: Option<PathBuf>,
        /// Write its time tokens, and what they are over, into this folder for openssl
        #[arg(long, value_name = "DIR")]
        evidence: Option<PathBuf>,
    },
    /// Let a box whose root is the TPM open after an update or a repair: approve how the computer has
    /// started now
    ApproveStart {
        /// The boot key that `kluis init` showed, in a file
        #[arg(long, value_name = "FILE")]
        boot_key: PathBuf,
    },
    /// List the officers; two of them appoint or dismiss one
    ///
    /// Examples:
    ///   kluis officer --appoint Carla --as Anna --with Bram
    ///   kluis officer --dismiss Bram --as Anna --with Carla
    #[command(verbatim_doc_comment)]
    Officer {
        /// Make this person an officer
        #[arg(long, value_name = "NAME", conflicts_with = "dismiss")]
        appoint: Option<String>,
        /// Take the office from this person
        #[arg(long, value_name = "NAME")]
        dismiss: Option<String>,
        #[command(flatten)]
        by: ByTwo,
    },
    /// Keep invoices, or a whole term, longer than their time; two officers release the hold
    ///
    /// A held invoice has a copy of its own, with its documents and its proof, and outlives its term.
    /// A term that is held as a whole is not destroyed. Without anything, lists what is held.
    ///
    /// Examples:
    ///   kluis hold --number 2026-0057 --reason objection --reference "letter 14 March 2031" --as Anna
    ///   kluis hold --from 2026-0050 --to 2026-0099 --reason tax-audit --reference NL-8842 --as Anna
    ///   kluis hold --term trampoline-nl-ordinary-2026-12 --reason court --reference C/13/751 --as Anna
    ///   kluis hold --as Anna
    ///   kluis hold --release 4k7mq --as Anna --with Bram
    #[command(verbatim_doc_comment)]
    Hold(Hold),
    /// Issue a pass to an auditor, or end one
    ///
    /// Examples:
    ///   kluis pass "Visser, tax office" --reason "VAT 2025" --until 2027-03-31 --slip slip.txt --as Anna
    ///   kluis pass --revoke A1 --as Anna
    #[command(verbatim_doc_comment)]
    Pass {
        /// Whom it is for
        #[arg(required_unless_present = "revoke")]
        holder: Option<String>,
        /// Why; it is the reason of every look-up on it
        #[arg(long, required_unless_present = "revoke")]
        reason: Option<String>,
        /// The last day on which it is good
        #[arg(long, required_unless_present = "revoke")]
        until: Option<Date>,
        /// Write a slip to hand out to this file; the pass-phrase is not on it
        #[arg(long, value_name = "FILE")]
        slip: Option<PathBuf>,
        /// End this pass instead
        #[arg(long, value_name = "PASS", conflicts_with_all = ["holder", "reason", "until", "slip"])]
        revoke: Option<String>,
        #[command(flatten)]
        by: By,
    },
}

#[derive(Subcommand)]
enum Release {
    /// Make a release key: FILE and FILE.pub
    Key { file: PathBuf },
    /// Print the law table of this program, to be changed
    Rows,
    /// Sign a table
    Sign {
        /// Edition and rows, as `rows` prints them
        rows: PathBuf,
        /// The release key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The public key that signs the tables after this one, where it changes
        #[arg(long, value_name = "FILE")]
        successor: Option<PathBuf>,
        /// Where to
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
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
    /// A time authority to believe: its root certificate or public key (PEM or DER)
    #[arg(long = "authority", value_name = "FILE")]
    authorities: Vec<PathBuf>,
    /// What opens the vault: tpm, or where a file for it goes, best on another device than the box's
    /// folder. Without it: the TPM if there is one, else a file in that folder
    #[arg(long, value_name = "PATH|tpm")]
    root: Option<PathBuf>,
    /// The public key whose signature a changed law table needs; without it the box takes none
    #[arg(long, value_name = "FILE")]
    release_key: Option<PathBuf>,
    /// The word for the entity in the names of terms
    #[arg(long, value_name = "WORD")]
    slug: Option<Slug>,
    /// A box for showing, whose clock can be turned, for good
    #[arg(long)]
    demo: bool,
}

#[derive(clap::Args)]
#[group(skip)]
struct ClockArguments {
    #[command(flatten)]
    change: ClockChange,
    #[command(flatten)]
    by: ByTwo,
}

#[derive(clap::Args)]
#[group(multiple = false)]
struct ClockChange {
    /// Turn the clock of a demo box forward to this day
    #[arg(long, value_name = "DATE")]
    turn: Option<Date>,
    /// Believe the time authority of this certificate or public key (PEM or DER)
    #[arg(long, value_name = "FILE")]
    pin: Option<PathBuf>,
    /// Believe this authority no longer; the beginning of its fingerprint is enough
    #[arg(long, value_name = "FINGERPRINT")]
    unpin: Option<String>,
    /// Strike this time token; the beginning of its name is enough
    #[arg(long, value_name = "TOKEN")]
    strike: Option<String>,
    /// Say that this day has come: a claim, which alone moves nothing
    #[arg(long, value_name = "DATE")]
    declare: Option<Date>,
}

#[derive(clap::Args)]
struct Find {
    #[command(flatten)]
    query: QueryArguments,
    /// Why, for an officer: tax-audit, customer-request, legal-claim, bookkeeping, check
    #[arg(long, default_value = "")]
    reason: String,
    #[command(flatten)]
    by: By,
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("what").args(["term", "number", "from", "stream", "release"]))]
struct Hold {
    /// All of this term
    #[arg(long, value_name = "TERM")]
    term: Option<String>,
    /// Every invoice of this number
    #[arg(long)]
    number: Option<String>,
    /// Every invoice from this number ...
    #[arg(long, requires = "to")]
    from: Option<String>,
    /// ... to this one
    #[arg(long, requires = "from")]
    to: Option<String>,
    /// Every invoice of this shop, by its name or the beginning of its stream
    #[arg(long, value_name = "SHOP")]
    stream: Option<String>,
    /// Why: tax-audit, objection, court, legal-claim
    #[arg(long, requires = "what", conflicts_with = "release", default_value = "")]
    reason: String,
    /// By what others find the case again: the number of a letter, of a case
    #[arg(long, value_name = "TEXT", requires = "what", conflicts_with = "release", default_value = "")]
    reference: String,
    /// Let this hold end: two officers
    #[arg(long, value_name = "HOLD")]
    release: Option<String>,
    #[command(flatten)]
    by: ByTwo,
}

impl Hold {
    fn perform(self, desk: &Desk) -> Result<Ending, Stop> {
        let scope = match self {
            Self { release: Some(hold), by, .. } => return desk.release_hold(hold, &by.who()),
            Self { term: Some(ref term), .. } => HoldScope::Term { term: term.clone() },
            Self { number: Some(ref number), .. } => HoldScope::Number { number: number.clone() },
            Self { from: Some(ref from), to: Some(ref to), .. } => {
                HoldScope::Range { from: from.clone(), to: to.clone() }
            }
            Self { stream: Some(ref stream), .. } => HoldScope::Stream { stream: stream.clone() },
            Self { by, .. } => return desk.holds(&by.first.who()),
        };
        desk.place_hold(scope, self.reason, self.reference, &self.by.first.who())
    }
}

#[derive(clap::Args)]
struct QueryArguments {
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
}

impl From<QueryArguments> for QueryText {
    fn from(typed: QueryArguments) -> Self {
        let QueryArguments {
            number,
            from,
            to,
            since,
            until,
            customer,
            least,
            most,
            currency,
            article,
            limit,
        } = typed;
        Self { number, from, to, since, until, customer, least, most, currency, article, limit }
    }
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

/// Two officers who decide together.
#[derive(clap::Args)]
struct ByTwo {
    #[command(flatten)]
    first: By,
    /// The second officer's name
    #[arg(long = "with", value_name = "NAME")]
    second: Option<String>,
    /// A file with the second officer's pass-phrase; without it, it is asked for
    #[arg(long, value_name = "FILE", env = "KLUIS_WITH_PASS_FILE")]
    with_pass_file: Option<PathBuf>,
}

impl ByTwo {
    fn who(self) -> WhoTwo {
        let second = Who { name: self.second.unwrap_or_default(), pass_file: self.with_pass_file };
        WhoTwo { first: self.first.who(), second }
    }
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

fn main() -> ExitCode {
    give_memory_back();
    // The processes in a cage are this program too; they must not see anything of what follows.
    let caged = cage::asked().and_then(|kind| reader::serve_as(kind).or_else(|| airlock::serve_as(kind)));
    if let Some(code) = caged {
        return code;
    }
    hush_sled();
    if let Err(error) = harden_process() {
        eprintln!("kluis: {error}");
        return ExitCode::from(1);
    }
    let arguments = Arguments::parse();
    if let Some(tag) = &arguments.language {
        command::speak(Language::from_tag(tag));
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
    let desk = Desk { directory, json };
    match command {
        Command::Demo(DemoArguments { fast_forward, keep, port, no_wait }) => {
            let language = command::language();
            let options = demo::Options { fast_forward, keep, port, language, wait: !no_wait };
            demo::run(&options).map(|()| Ending::Done).map_err(|refusal| Stop::said(&refusal))
        }
        Command::Init(init) => {
            let directory = init.directory.clone();
            command::init(&directory, init.options()?, json)
        }
        Command::Card { stick: Some(stick), .. } => desk.onto_stick(&stick, None, None),
        Command::Card { out, .. } => desk.card(out),
        Command::Enrol { card, fingerprint, back_years, by } => {
            desk.enrol(&card, fingerprint, back_years, &by.who())
        }
        Command::Sender { block: Some(name), by } => desk.block(name, &by.who()),
        Command::Sender { block: None, .. } => desk.senders(),
        Command::Waiting { admit: Some(shop), by, .. } => desk.decide_old(shop, true, &by.who()),
        Command::Waiting { refuse: Some(shop), by, .. } => desk.decide_old(shop, false, &by.who()),
        Command::Waiting { .. } => desk.waiting(),
        Command::Law { table: Some(table), fingerprint, by, .. } => {
            desk.law_table(&table, fingerprint, &by.who())
        }
        Command::Law { lengthen: Some(term), until: Some(until), by, .. } => {
            desk.lengthen(term, until, &by.first.who())
        }
        Command::Law { .. } => desk.law(),
        Command::Release(Release::Key { file }) => command::release::new_key(&file),
        Command::Release(Release::Rows) => command::release::rows(),
        Command::Release(Release::Sign { rows, key, successor, out }) => {
            command::release::sign(&rows, &key, successor.as_deref(), &out)
        }
        Command::Take { path, receipts } => desk.take(&path, receipts),
        Command::Line => desk.line(),
        Command::Run { from_folder, stick, push, receipts, port } => {
            let language = command::language();
            desk.run(&RunOptions { from_folder, stick, push, receipts, port, language })
        }
        Command::Find(find) => desk.find(find.query.into(), find.reason, &find.by.who()),
        Command::Show { place, document, proof, out, reason, by } => {
            let asked = match (document, proof) {
                (Some(index), _) => Asked::Document(index),
                (None, true) => Asked::Proof,
                (None, false) => Asked::Record,
            };
            desk.show(&place, asked, out, reason, &by.who())
        }
        Command::Clock(ClockArguments { change, by }) => match change {
            ClockChange { pin: Some(file), .. } => desk.pin(&file, &by.who()),
            ClockChange { unpin: Some(fingerprint), .. } => desk.unpin(fingerprint, &by.who()),
            ClockChange { strike: Some(token), .. } => desk.strike(token, &by.who()),
            ClockChange { declare: Some(day), .. } => desk.declare(day, &by.who()),
            ClockChange { turn, .. } => desk.clock(turn),
        },
        Command::Verify { go_on: true, by, .. } => desk.go_on(&by.who()),
        Command::Verify { since: Some(head), .. } => desk.since(&head),
        Command::Verify { .. } => desk.verify(),
        Command::Rebuild => desk.rebuild(),
        Command::Receipt { number, stream, stick: Some(stick), .. } => {
            desk.onto_stick(&stick, Some(number), stream)
        }
        Command::Receipt { number, stream, out, .. } => desk.receipt(number, stream, out.as_deref()),
        Command::VerifyCertificate { file, card, html, authority, evidence } => {
            command::verify_certificate(&Certified { file, card, html, authority, evidence }, json)
        }
        Command::ApproveStart { boot_key } => command::approve_start(&desk.directory, &boot_key, json),
        Command::Officer { appoint: Some(name), by, .. } => desk.appoint(name, &by.who()),
        Command::Officer { dismiss: Some(name), by, .. } => desk.dismiss(name, &by.who()),
        Command::Officer { .. } => desk.officers(),
        Command::Hold(hold) => hold.perform(&desk),
        Command::Pass { revoke: Some(pass), by, .. } => desk.revoke(pass, &by.who()),
        Command::Pass {
            holder: Some(holder), reason: Some(reason), until: Some(until), slip, by, ..
        } => desk.pass(holder, reason, until, slip.as_deref(), &by.who()),
        Command::Pass { .. } => unreachable!("clap asks for all three, or for --revoke"),
    }
}

impl By {
    fn who(self) -> Who {
        Who { name: self.name.unwrap_or_default(), pass_file: self.pass_file }
    }
}

impl Init {
    /// What the keeper is told, or what is still missing.
    fn options(self) -> Result<InitOptions, Stop> {
        let book_years = BookYears::new(self.book_year_ends, Vec::new()).map_err(KeeperRefusal::from)?;
        let policy =
            Policy::new(self.country, book_years, self.longer, self.advised).map_err(KeeperRefusal::from)?;
        let Some(entity_name) = self.entity else {
            let directory = self.directory.display().to_string();
            return Err(KeeperRefusal::from(OwnRefusal::InitWants { directory }).into());
        };
        let mut authorities = Vec::new();
        for file in &self.authorities {
            let file = read_up_to(file, 1 << 20).map_err(KeeperRefusal::from)?;
            authorities.push(Pin::read(&file).map_err(KeeperRefusal::from)?);
        }
        let release_key = self.release_key.as_deref().map(command::release::public_key).transpose()?;
        Ok(InitOptions {
            entity_name,
            slug: self.slug,
            policy,
            classes: self.classes,
            back_years: self.back_years,
            officers: self.officers,
            authorities,
            root: RootChoice::of(self.root),
            release_key,
            demo: self.demo,
            today: jiff::tz::Offset::UTC.to_datetime(Timestamp::now()).date(),
        })
    }
}
