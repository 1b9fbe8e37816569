//! The desk: what each command asks of the box, what it writes, and what it ends with.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::bars::Bars;
use super::{Asked, Credential, Order, QueryText, RunOptions, SaidNo, Two, print};
use crate::appliance::keeper::{HoldScope, Keeper, KeeperRefusal, OwnRefusal};
use crate::exchange::bundle::card::CARD_LIMIT;
use crate::exchange::journal::receipt::MAX_RECEIPT;
use crate::support::durable::{self, DiskError};
use crate::support::words::{self, Language, Said};

/// What a command ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done,
    /// Refused, which has been said.
    Refused,
}

/// Why a command did not end: the stable code where there is one, and the sentence.
pub struct Stop {
    /// Stable, for scripts; none where only a sentence is known.
    pub code: Option<String>,
    /// For people.
    pub sentence: String,
}

impl Stop {
    /// A refusal, in the language of the command line.
    pub fn said(said: &impl Said) -> Self {
        Self { code: Some(said.code().into_owned()), sentence: said.say(language()) }
    }

    pub(super) fn sentence(sentence: String) -> Self {
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

static LANGUAGE: OnceLock<Language> = OnceLock::new();

/// The language of the command line: the one that was chosen, or the environment's.
pub fn language() -> Language {
    *LANGUAGE.get_or_init(Language::of_environment)
}

/// Chooses the language of the command line, before anything is said.
pub fn speak(language: Language) {
    let _ = LANGUAGE.set(language);
}

/// Writes to standard output. A pipe that nobody reads any more, or a full disk behind it, is said and
/// is no panic: what was asked for may have been done.
pub(super) fn say(text: &str) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Stop::said(&OwnRefusal::Unwritable { reason: error.to_string() }))
}

/// A box that is asked something, and how its answer is printed.
pub struct Desk {
    /// The box's folder.
    pub directory: PathBuf,
    /// Whether answers are printed as they are.
    pub json: bool,
}

/// Who asks, as the command line names him.
pub struct Who {
    /// The officer's name, or the pass's.
    pub name: String,
    /// A file with the pass-phrase; without it, it is asked for.
    pub pass_file: Option<PathBuf>,
}

/// Two officers who decide together, as the command line names them.
pub struct WhoTwo {
    /// Who asks.
    pub first: Who,
    /// Who decides beside him.
    pub second: Who,
}

impl Desk {
    pub(super) fn order(&self, order: Order) -> Result<Value, Stop> {
        self.order_into(order, &mut std::io::sink())
    }

    fn order_into(&self, order: Order, out: &mut dyn Write) -> Result<Value, Stop> {
        let bars = Bars::new(self.json);
        let answer = super::order(&self.directory, order, language(), &|told| bars.tell(&told), out);
        bars.clear();
        Ok(answer?)
    }

    pub(super) fn print(
        &self,
        answer: &Value,
        people: impl FnOnce(&Value, Language) -> String,
    ) -> Result<(), Stop> {
        if self.json { say(&format!("{answer:#}\n")) } else { say(&people(answer, language())) }
    }

    /// `kluis card`: writes the box's card and shows its fingerprint.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn card(&self, out: Option<PathBuf>) -> Result<Ending, Stop> {
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

    /// `kluis enrol`: shows a shop's card, or admits it once its fingerprint was compared.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn enrol(
        &self,
        card: &Path,
        fingerprint: Option<String>,
        back_years: bool,
        by: &WhoTwo,
    ) -> Result<Ending, Stop> {
        let file = card.display().to_string();
        let bytes = durable::read_up_to(card, CARD_LIMIT as u64)?;
        let Some(fingerprint) = fingerprint else {
            let answer = self.order(Order::SenderCard { file: file.clone(), card: bytes })?;
            self.print(&answer, |answer, language| {
                let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
                let fields = [
                    ("name", text("name").into()),
                    ("fingerprint", text("fingerprint").into()),
                    ("file", file.into()),
                ];
                let message = match answer["succession"]["one_officer"].as_bool() {
                    None => "kluis-enrol-compare",
                    Some(true) => "kluis-enrol-compare-successor",
                    Some(false) => "kluis-enrol-compare-successor-two",
                };
                let succession = print::succession(&answer["succession"], language);
                succession + &words::message(language, message, &fields) + "\n"
            })?;
            return Ok(Ending::Refused);
        };
        let second = if by.second.name.is_empty() { None } else { Some(by.second.credential()?) };
        let by = by.first.credential()?;
        let order = Order::Enrol { file, card: bytes, fingerprint, back_years, by, second };
        let answer = self.order(order)?;
        self.print(&answer, |answer, language| {
            let new = answer["new"].as_bool() == Some(true);
            let name = answer["name"].as_str().unwrap_or_default().to_owned();
            let message = if new { "kluis-enrol-done" } else { "kluis-enrol-again" };
            let succession = print::succession(&answer["succeeded"], language);
            succession + &words::message(language, message, &[("name", name.into())]) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis take`: takes a bundle or a folder of them; receipts go into a folder if one is named.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn take(&self, path: &Path, receipts: Option<PathBuf>) -> Result<Ending, Stop> {
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

    /// `kluis run`: is the box until it is stopped.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn run(&self, options: &RunOptions) -> Result<Ending, Stop> {
        let keeper = Arc::new(Keeper::open(&self.directory)?);
        super::run(&keeper, options, |address| {
            let address = format!("http://{address}/");
            let ready = words::message(language(), "kluis-run-ready", &[("address", address.into())]);
            // Nobody may be listening; the box runs all the same.
            let _ = say(&(ready + "\n"));
        })?;
        Ok(Ending::Done)
    }

    /// `kluis find`.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn find(&self, query: QueryText, reason: String, by: &Who) -> Result<Ending, Stop> {
        let answer = self.order(Order::Find { by: by.credential()?, reason, query })?;
        self.print(&answer, print::found)?;
        Ok(Ending::Done)
    }

    /// `kluis show`: prints an invoice's fields, or writes a document or its proof to a file.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn show(
        &self,
        place: &str,
        asked: Asked,
        out: Option<PathBuf>,
        reason: String,
        by: &Who,
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

    /// `kluis clock`: says what the box believes of the time; turns a demo's.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn clock(&self, turn: Option<Date>) -> Result<Ending, Stop> {
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

    /// `kluis clock --pin`: two officers have an authority's word on the time taken.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn pin(&self, authority: &Path, by: &WhoTwo) -> Result<Ending, Stop> {
        let authority = durable::read_up_to(authority, 1 << 20)?;
        let answer = self.order(Order::Pin { by: by.credentials()?, authority })?;
        self.print(&answer, |answer, language| print::pin(answer, "kluis-clock-pinned", language))?;
        Ok(Ending::Done)
    }

    /// `kluis clock --unpin`: two officers take an authority's word no longer.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn unpin(&self, fingerprint: String, by: &WhoTwo) -> Result<Ending, Stop> {
        let answer = self.order(Order::Unpin { by: by.credentials()?, fingerprint })?;
        self.print(&answer, |answer, language| print::pin(answer, "kluis-clock-unpinned", language))?;
        Ok(Ending::Done)
    }

    /// `kluis clock --strike`: two officers strike a time token.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn strike(&self, token: String, by: &WhoTwo) -> Result<Ending, Stop> {
        let answer = self.order(Order::Strike { by: by.credentials()?, token })?;
        self.print(&answer, print::struck)?;
        Ok(Ending::Done)
    }

    /// `kluis clock --declare`: two officers say that a day has come.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn declare(&self, day: Date, by: &WhoTwo) -> Result<Ending, Stop> {
        let answer = self.order(Order::Declare { by: by.credentials()?, day })?["clock"].clone();
        self.print(&answer, print::clock)?;
        Ok(Ending::Done)
    }

    /// `kluis verify`: refused, as far as the exit code goes, where something is not as it was signed.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn verify(&self) -> Result<Ending, Stop> {
        let answer = self.order(Order::Verify)?;
        self.print(&answer, print::verified)?;
        let sound = answer["findings"].as_array().is_some_and(Vec::is_empty);
        Ok(if sound { Ending::Done } else { Ending::Refused })
    }

    /// `kluis verify --since`: proves that today's journal contains an older head.
    ///
    /// # Errors
    /// What the box refuses: that it does not contain it, above all.
    pub fn since(&self, head: &Path) -> Result<Ending, Stop> {
        let named = head.display().to_string();
        let typed =
            !head.exists() && named.split_once(':').is_some_and(|(size, _)| size.parse::<u64>().is_ok());
        let bytes =
            if typed { named.clone().into_bytes() } else { durable::read_up_to(head, MAX_RECEIPT as u64)? };
        let answer = self.order(Order::Since { named, head: bytes })?;
        self.print(&answer, |answer, language| {
            let number = |name: &str| answer[name].to_string();
            let new = answer["size"].as_u64().unwrap_or(0) - answer["old_size"].as_u64().unwrap_or(0);
            let nodes = answer["proof"].as_array().map_or(0, Vec::len).to_string();
            let fields = [
                ("old", number("old_size").into()),
                ("size", number("size").into()),
                ("new", new.to_string().into()),
                ("nodes", nodes.into()),
            ];
            words::message(language, "kluis-since", &fields) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis verify --go-on`: two officers let a stopped box go on without what is lost.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn go_on(&self, by: &WhoTwo) -> Result<Ending, Stop> {
        let answer = self.order(Order::GoOn { by: by.credentials()? })?;
        self.print(&answer, |answer, language| {
            words::message(language, "kluis-go-on", &[("size", answer["size"].to_string().into())]) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis rebuild`.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn rebuild(&self) -> Result<Ending, Stop> {
        let answer = self.order(Order::Rebuild)?;
        self.print(&answer, |answer, language| {
            let terms = answer["terms"].to_string();
            words::message(language, "kluis-rebuild-done", &[("terms", terms.into())]) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis receipt --stick` and `kluis card --stick`: writes one file onto a stick.
    ///
    /// # Errors
    /// What the box refuses, or the stick.
    pub fn onto_stick(
        &self,
        stick: &Path,
        number: Option<u64>,
        stream: Option<String>,
    ) -> Result<Ending, Stop> {
        let stick = std::path::absolute(stick).map_err(|error| DiskError::of("read", stick, &error))?;
        let answer = self.order(Order::Onto { stick, number, stream })?;
        self.print(&answer, |answer, language| {
            let file = answer["file"].as_str().unwrap_or_default().to_owned();
            words::message(language, "kluis-stick-written", &[("file", file.into())]) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis receipt`.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn receipt(&self, number: u64, stream: Option<String>, out: Option<&Path>) -> Result<Ending, Stop> {
        let mut receipt = Vec::new();
        let answer = self.order_into(Order::Receipt { number, stream }, &mut receipt)?;
        if let Some(out) = out {
            durable::write_atomically(out, &receipt, 0o644)?;
        }
        self.print(&answer, print::receipt)?;
        Ok(Ending::Done)
    }

    /// `kluis officer`: lists the officers.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn officers(&self) -> Result<Ending, Stop> {
        let answer = self.order(Order::Officers)?;
        self.print(&answer, print::officers)?;
        Ok(Ending::Done)
    }

    /// `kluis officer --appoint`: makes somebody an officer and shows the pass-phrase, this once.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn appoint(&self, name: String, by: &WhoTwo) -> Result<Ending, Stop> {
        let answer = self.order(Order::Appoint { by: by.credentials()?, name })?;
        self.print(&answer, |answer, language| {
            let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
            let fields = [
                ("name", text("name").into()),
                ("phrase", text("pass_phrase").into()),
                ("from", text("counts_from").into()),
            ];
            words::message(language, "kluis-officer-made", &fields) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis officer --dismiss`: takes the office from somebody.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn dismiss(&self, name: String, by: &WhoTwo) -> Result<Ending, Stop> {
        let answer = self.order(Order::Dismiss { by: by.credentials()?, name })?;
        self.print(&answer, |answer, language| {
            let name = answer["name"].as_str().unwrap_or_default().to_owned();
            words::message(language, "kluis-officer-gone", &[("name", name.into())]) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis hold`: lists what is held; to an officer with the references.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn holds(&self, by: &Who) -> Result<Ending, Stop> {
        let by = if by.name.is_empty() { None } else { Some(by.credential()?) };
        let answer = self.order(Order::Holds { by })?;
        self.print(&answer, print::holds)?;
        Ok(Ending::Done)
    }

    /// `kluis hold --number …`: keeps invoices, or a term, for longer.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn place_hold(
        &self,
        scope: HoldScope,
        reason: String,
        reference: String,
        by: &Who,
    ) -> Result<Ending, Stop> {
        let by = by.credential()?;
        let answer = self.order(Order::Hold { by, scope, reason, reference })?;
        self.print(&answer, |answer, language| {
            let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
            let fields = [
                ("what", text("what").into()),
                ("invoices", answer["invoices"].to_string().into()),
                ("hold", text("hold").into()),
            ];
            words::message(language, "kluis-hold-placed", &fields) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis hold --release`: lets a hold end.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn release_hold(&self, hold: String, by: &WhoTwo) -> Result<Ending, Stop> {
        let answer = self.order(Order::Release { by: by.credentials()?, hold })?;
        self.print(&answer, |answer, language| {
            let hold = answer["hold"].as_str().unwrap_or_default().to_owned();
            words::message(language, "kluis-hold-released", &[("hold", hold.into())]) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis pass --revoke`: ends a pass, and the sessions on it.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn revoke(&self, pass: String, by: &Who) -> Result<Ending, Stop> {
        let answer = self.order(Order::Revoke { by: by.credential()?, pass })?;
        self.print(&answer, |answer, language| {
            let pass = answer["pass"].as_str().unwrap_or_default().to_owned();
            words::message(language, "kluis-pass-revoked", &[("pass", pass.into())]) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis pass`: issues a pass and shows its pass-phrase, this once; writes a slip to hand out, without
    /// the pass-phrase, where one is asked for.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn pass(
        &self,
        holder: String,
        reason: String,
        until: Date,
        slip: Option<&Path>,
        by: &Who,
    ) -> Result<Ending, Stop> {
        let by = by.credential()?;
        let (label, why) = (holder.clone(), reason.clone());
        let answer = self.order(Order::Pass { by, holder, reason, until })?;
        if let Some(slip) = slip {
            let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
            let fields = [
                ("pass", text("pass").into()),
                ("entity", text("entity").into()),
                ("holder", label.as_str().into()),
                ("reason", why.into()),
                ("until", words::date(language(), until).into()),
                ("journal", text("journal").into()),
                ("size", answer["size"].to_string().into()),
                ("file", slip.file_name().map_or(Default::default(), |name| name.to_string_lossy())),
            ];
            let written = words::message(language(), "kluis-slip", &fields) + "\n\n" + &text("checkpoint");
            durable::write_atomically(slip, written.as_bytes(), 0o644)?;
        }
        self.print(&answer, |answer, language| {
            let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
            let fields = [
                ("pass", text("pass").into()),
                ("holder", label.as_str().into()),
                ("until", text("until").into()),
                ("phrase", text("pass_phrase").into()),
                ("journal", text("journal").into()),
                ("size", answer["size"].to_string().into()),
            ];
            words::message(language, "kluis-pass-made", &fields) + "\n"
        })?;
        Ok(Ending::Done)
    }
}

impl WhoTwo {
    /// Both names and pass-phrases; one after the other where they are asked for.
    pub(super) fn credentials(&self) -> Result<Two, Stop> {
        if self.second.name.is_empty() {
            return Err(Stop::said(&OwnRefusal::SecondOfficer));
        }
        Ok(Two { first: self.first.credential()?, second: self.second.credential()? })
    }
}

impl Who {
    /// The name and the pass-phrase: from a file, or asked for.
    pub(super) fn credential(&self) -> Result<Credential, Stop> {
        let name = self.name.clone();
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
