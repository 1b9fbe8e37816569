//! `kluis law`: which table is in force, what a changed one would move, taking it, lengthening a term.

use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::desk::{Desk, Ending, Stop, Who, WhoTwo};
use super::print::{day, heads, say, table, text};
use super::{Credential, Order, Two};
use crate::appliance::keeper::{Keeper, KeeperRefusal, LawPlan};
use crate::exchange::bundle::law_table::LAW_TABLE_LIMIT;
use crate::support::durable;
use crate::support::words::{self, Language};

/// What is ordered of the law.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is a form of `kluis law`, whose help says what it takes")]
pub enum LawOrder {
    Show,
    Plan { file: String, table: Vec<u8> },
    Take { by: Two, file: String, table: Vec<u8>, fingerprint: String },
    Lengthen { by: Credential, term: String, until: Date },
}

impl LawOrder {
    pub(super) fn perform(self, keeper: &Keeper, language: Language) -> Result<Value, KeeperRefusal> {
        match self {
            Self::Show => Ok(super::order::to_json(keeper.law())),
            Self::Plan { file, table } => {
                let table = keeper.read_law_table(&file, &table)?;
                Ok(planned(&keeper.plan_law(&table)?, language))
            }
            Self::Take { by, file, table, fingerprint } => {
                let by = by.pair(keeper)?;
                Ok(planned(&keeper.take_law(&by, &file, &table, &fingerprint)?, language))
            }
            Self::Lengthen { by, term, until } => {
                let by = keeper.log_in(&by.name, &by.pass_phrase)?;
                Ok(super::order::to_json(keeper.lengthen(&by, &term, until)?))
            }
        }
    }
}

fn planned(plan: &LawPlan, language: Language) -> Value {
    let moves: Vec<_> = plan
        .moves
        .iter()
        .map(|one| {
            json!({ "term": one.term, "from": one.from, "to": one.kept.until, "due": one.due,
                "invoices": one.invoices, "because": one.because(language) })
        })
        .collect();
    json!({ "edition": plan.edition, "present": plan.present, "fingerprint": plan.fingerprint,
        "successor": plan.successor, "moves": moves, "unmoved": plan.unmoved,
        "without_row": plan.without_row })
}

impl Desk {
    /// `kluis law`: says which table is in force.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn law(&self) -> Result<Ending, Stop> {
        let answer = self.order(Order::Law(LawOrder::Show))?;
        self.print(&answer, |answer, language| {
            let name = if answer["built_in"] == true { "kluis-law-built-in" } else { "kluis-law-taken" };
            let mut out = say(language, name, &[("edition", text(answer, "edition"))]) + "\n";
            let key = match answer["release_key"].as_str() {
                Some(key) => say(language, "kluis-law-key", &[("key", key)]),
                None => words::text(language, "kluis-law-no-key"),
            };
            let _ = writeln!(out, "{key}");
            out
        })?;
        Ok(Ending::Done)
    }

    /// `kluis law TABLE`: shows what a table would move; with its fingerprint, two officers take it.
    ///
    /// # Errors
    /// What the box refuses, or the disk.
    pub fn law_table(&self, file: &Path, fingerprint: Option<String>, by: &WhoTwo) -> Result<Ending, Stop> {
        let table = durable::read_up_to(file, LAW_TABLE_LIMIT as u64 + 8192)?;
        let name = file.display().to_string();
        let Some(fingerprint) = fingerprint else {
            let answer = self.order(Order::Law(LawOrder::Plan { file: name.clone(), table }))?;
            self.print(&answer, |answer, language| {
                let fields = [("file", name.as_str()), ("fingerprint", text(answer, "fingerprint"))];
                moves(answer, language) + "\n" + &say(language, "kluis-law-compare", &fields) + "\n"
            })?;
            return Ok(Ending::Refused);
        };
        let by = by.credentials()?;
        let answer = self.order(Order::Law(LawOrder::Take { by, file: name, table, fingerprint }))?;
        self.print(&answer, |answer, language| {
            let done = say(language, "kluis-law-done", &[("edition", text(answer, "edition"))]);
            moves(answer, language) + "\n" + &done + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis law --lengthen`: keeps one term longer.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn lengthen(&self, term: String, until: Date, by: &Who) -> Result<Ending, Stop> {
        let by = by.credential()?;
        let answer = self.order(Order::Law(LawOrder::Lengthen { by, term, until }))?;
        self.print(&answer, |answer, language| {
            let (from, to) = (day(language, &answer["from"]), day(language, &answer["to"]));
            let fields = [("term", text(answer, "term")), ("from", &from), ("to", &to)];
            say(language, "kluis-law-lengthened", &fields) + "\n"
        })?;
        Ok(Ending::Done)
    }
}

/// The terms that a table moves, why, and those that it does not.
fn moves(answer: &Value, language: Language) -> String {
    let fields = [("edition", text(answer, "edition")), ("present", text(answer, "present"))];
    let mut out = say(language, "kluis-law-table", &fields) + "\n\n";
    let moved = answer["moves"].as_array().cloned().unwrap_or_default();
    if moved.is_empty() {
        let _ = writeln!(out, "{}", words::text(language, "kluis-law-moves-nothing"));
    } else {
        let cells = |one: &Value| {
            let column = |name: &str| text(one, name).to_owned();
            vec![column("term"), column("from"), column("to"), one["invoices"].to_string()]
        };
        let rows: Vec<_> = moved.iter().map(cells).collect();
        out += &table(&heads(language, &["term", "kept-until", "then-until", "invoices"]), &rows, &[3]);
        out.push('\n');
    }
    for one in &moved {
        let _ = writeln!(out, "{}: {}", text(one, "term"), text(one, "because"));
        if one["due"] == true {
            let _ = writeln!(out, "  {}", words::text(language, "kluis-law-due"));
        }
    }
    let names = |name: &str| {
        let names = answer[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        names.collect::<Vec<_>>().join(", ")
    };
    for (list, message) in [("unmoved", "kluis-law-unmoved"), ("without_row", "kluis-law-without-row")] {
        let names = names(list);
        if !names.is_empty() {
            let _ = writeln!(out, "{}", say(language, message, &[("terms", &names)]));
        }
    }
    if let Some(key) = answer["successor"].as_str() {
        let _ = writeln!(out, "{}", say(language, "kluis-law-successor", &[("key", key)]));
    }
    out
}
