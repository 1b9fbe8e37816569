//! An order, and how the keeper carries it out.

use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{LawOrder, SenderOrder};
use crate::appliance::catalogue::{Match, Order as ListOrder, Query, ROWS_MOST, Sums, Totals};
use crate::appliance::keeper::{
    Continues, Found, FoundRow, HoldScope, HoldView, Keeper, KeeperRefusal, Outcome, OwnRefusal, Pair,
    Progress, Shown, TakeReport, TermView, Visitor, bundle_of, bundle_text,
};
use crate::appliance::retention::TermState;
use crate::exchange::journal::SignedCheckpoint;
use crate::exchange::time::Pin;
use crate::exchange::vocabulary::{Amount, BundleNumber, Currency};
use crate::support::words::{Language, Said as _};

/// Who gives an order that not everybody may give. Wiped on drop; never in an argument vector.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Credential {
    /// The officer's name, or the pass's.
    pub name: String,
    /// His pass-phrase.
    pub pass_phrase: String,
}

/// Two officers who decide together.
#[derive(Clone, Serialize, Deserialize)]
pub struct Two {
    /// Who gives the order.
    pub first: Credential,
    /// Who decides beside him.
    pub second: Credential,
}

impl Two {
    /// Both, as far as the keeper lets them in.
    ///
    /// # Errors
    /// As [`Keeper::pair`].
    pub(super) fn pair(&self, keeper: &Keeper) -> Result<Pair, KeeperRefusal> {
        let first = keeper.log_in(&self.first.name, &self.first.pass_phrase)?;
        keeper.pair(&first, &self.second.name, &self.second.pass_phrase)
    }
}

/// What a search asks, as it was typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct QueryText {
    /// The whole number of an invoice, or its beginning with a `*` behind.
    pub number: Option<String>,
    /// Numbers from.
    pub from: Option<String>,
    /// Numbers to.
    pub to: Option<String>,
    /// Issued from.
    pub since: Option<Date>,
    /// Issued to.
    pub until: Option<Date>,
    /// Words of the customer's name, his number, VAT number or postcode.
    pub customer: Option<String>,
    /// Amount with VAT from.
    pub least: Option<Amount>,
    /// Amount with VAT to.
    pub most: Option<Amount>,
    /// The currency of the amounts.
    pub currency: Option<Currency>,
    /// An article's number.
    pub article: Option<String>,
    /// Rows at most.
    pub limit: usize,
}

impl QueryText {
    /// The catalogue's query.
    #[must_use]
    pub fn query(&self) -> Query {
        let pair = |one: &Option<String>, other: &Option<String>| {
            (one.is_some() || other.is_some()).then(|| (one.clone(), other.clone()))
        };
        let matched = |text: &String| match text.strip_suffix('*') {
            Some(beginning) => Match::Beginning(beginning.to_owned()),
            None => Match::Exact(text.clone()),
        };
        let currency = self.currency.unwrap_or_else(|| "EUR".parse().expect("a currency"));
        Query {
            number: self.number.as_ref().map(matched),
            numbers: pair(&self.from, &self.to),
            issued: (self.since.is_some() || self.until.is_some()).then_some((self.since, self.until)),
            customer: self.customer.clone().map(Match::Beginning),
            gross: (self.least.is_some() || self.most.is_some()).then_some((currency, self.least, self.most)),
            article: self.article.clone(),
            order: ListOrder::Date,
            after: None,
            limit: self.limit.clamp(1, ROWS_MOST),
        }
    }
}

/// What is asked of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// Its fields.
    Record,
    /// One of its documents, as it was sent.
    Document(usize),
    /// Its proof.
    Proof,
}

/// An order to the keeper.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is a command of `kluis`, whose help says what it takes")]
pub enum Order {
    Card,
    SenderCard {
        file: String,
        card: Vec<u8>,
    },
    Enrol {
        file: String,
        card: Vec<u8>,
        fingerprint: String,
        back_years: bool,
        by: Credential,
        second: Option<Credential>,
    },
    Take {
        path: PathBuf,
    },
    Find {
        by: Credential,
        reason: String,
        query: QueryText,
    },
    Show {
        by: Credential,
        reason: String,
        bundle: String,
        leaf: u32,
        asked: Asked,
    },
    Terms,
    Turn {
        to: Timestamp,
    },
    Pin {
        by: Two,
        authority: Vec<u8>,
    },
    Unpin {
        by: Two,
        fingerprint: String,
    },
    Strike {
        by: Two,
        token: String,
    },
    Declare {
        by: Two,
        day: Date,
    },
    Verify,
    Since {
        named: String,
        head: Vec<u8>,
    },
    GoOn {
        by: Two,
    },
    Rebuild,
    Receipt {
        number: u64,
        stream: Option<String>,
    },
    /// Writes onto a stick: the receipt of a bundle, or the box's card where no number is named.
    Onto {
        stick: PathBuf,
        number: Option<u64>,
        stream: Option<String>,
    },
    Certificate {
        term: String,
    },
    Pass {
        by: Credential,
        holder: String,
        reason: String,
        until: Date,
    },
    Revoke {
        by: Credential,
        pass: String,
    },
    Line,
    Officers,
    Appoint {
        by: Two,
        name: String,
    },
    Hold {
        by: Credential,
        scope: HoldScope,
        reason: String,
        reference: String,
    },
    Holds {
        by: Option<Credential>,
    },
    Release {
        by: Two,
        hold: String,
    },
    Dismiss {
        by: Two,
        name: String,
    },
    Law(LawOrder),
    Sender(SenderOrder),
}

/// A refusal as it goes over the socket: the stable code, and the sentence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Said {
    /// The stable code.
    pub code: String,
    /// The sentence, in the language that was asked for.
    pub sentence: String,
}

impl Said {
    pub(super) fn of(refusal: &KeeperRefusal, language: Language) -> Self {
        Self { code: refusal.code().into_owned(), sentence: refusal.say(language) }
    }
}

impl Order {
    /// Whether a box that has stopped does it: looking and checking, and what sets it going again. What is
    /// taken in is refused file by file.
    fn suits_a_stopped_box(&self) -> bool {
        matches!(
            self,
            Self::Take { .. }
                | Self::Find { .. }
                | Self::Show { .. }
                | Self::Terms
                | Self::Line
                | Self::Officers
                | Self::Holds { .. }
                | Self::Verify
                | Self::Since { .. }
                | Self::GoOn { .. }
                | Self::Certificate { .. }
                | Self::Rebuild
                | Self::SenderCard { .. }
        )
    }

    /// Has the keeper carry the order out. `progress` is told how far long work is; bytes that were
    /// asked for (a document, a proof, a card) go to `out`.
    ///
    /// # Errors
    /// What the keeper refuses.
    pub fn perform(
        self,
        keeper: &Keeper,
        language: Language,
        progress: &(dyn Fn(Value) + Sync),
        out: &mut dyn Write,
    ) -> Result<Value, KeeperRefusal> {
        if let Some(stopped) = keeper.stopped().filter(|_| !self.suits_a_stopped_box()) {
            return Err(stopped);
        }
        match self {
            Self::Card => {
                let card = keeper.write_card()?;
                write(out, &card.to_bytes())?;
                let body = card.body();
                let terms: Vec<_> = body
                    .terms
                    .iter()
                    .map(|one| json!({ "term": one.term.name(), "kept_until": one.kept_until }))
                    .collect();
                Ok(json!({ "fingerprint": card.fingerprint(), "entity": body.entity_name,
                    "country": body.country, "demo": body.demo, "terms": terms }))
            }
            Self::SenderCard { file, card } => {
                let card = keeper.read_sender_card(&file, &card)?;
                Ok(json!({ "name": card.body().name, "fingerprint": card.fingerprint(),
                    "succession": keeper.plan_succession(&card)? }))
            }
            Self::Enrol { file, card, fingerprint, back_years, by, second } => {
                let card = keeper.read_sender_card(&file, &card)?;
                let by = keeper.log_in(&by.name, &by.pass_phrase)?;
                let pair = second.map(|two| keeper.pair(&by, &two.name, &two.pass_phrase)).transpose()?;
                Ok(to_json(keeper.enrol_by(&card, &fingerprint, &by, pair.as_ref(), back_years)?))
            }
            Self::Take { path } => {
                let told = |told: Progress| progress(to_json(told));
                let report = keeper.take(&path, &told)?;
                Ok(taken(&report, language))
            }
            Self::Find { by, reason, query } => {
                let visitor = visitor(keeper, &by, &reason)?;
                Ok(found(&keeper.find(&visitor, &query.query())?))
            }
            Self::Show { by, reason, bundle, leaf, asked } => {
                let visitor = visitor(keeper, &by, &reason)?;
                let bundle = bundle_of(&bundle).ok_or(OwnRefusal::NoSuchInvoice)?;
                match asked {
                    Asked::Record => Ok(shown(&keeper.show(&visitor, bundle, leaf)?, language)),
                    Asked::Document(index) => {
                        Ok(to_json(keeper.document(&visitor, bundle, leaf, index, out)?))
                    }
                    Asked::Proof => {
                        let proof = keeper.proof(&visitor, bundle, leaf)?;
                        write(out, &proof)?;
                        Ok(json!({ "bytes": proof.len() }))
                    }
                }
            }
            Self::Terms => Ok(terms(keeper, language)),
            Self::Turn { to } => {
                let happened = keeper.turn_clock(to)?;
                Ok(json!({ "happened": happened, "clock": terms(keeper, language) }))
            }
            Self::Pin { by, authority } => {
                let pin = Pin::read(&authority)?;
                Ok(to_json(keeper.pin_authority(&by.pair(keeper)?, &pin)?))
            }
            Self::Unpin { by, fingerprint } => {
                Ok(to_json(keeper.unpin_authority(&by.pair(keeper)?, &fingerprint)?))
            }
            Self::Strike { by, token } => {
                let (token, moved) = keeper.strike_token(&by.pair(keeper)?, &token)?;
                Ok(json!({ "token": token, "moved": moved }))
            }
            Self::Declare { by, day } => {
                let declared = keeper.declare_time(&by.pair(keeper)?, day)?;
                Ok(json!({ "time": declared.time, "clock": terms(keeper, language) }))
            }
            Self::Verify => {
                let report = keeper.verify(&mut |done, total| {
                    progress(json!({ "file": "", "done": done, "total": total }));
                })?;
                Ok(to_json(report))
            }
            Self::Since { named, head } => {
                let Continues { old: (size, root), head, proof } = keeper.since(&named, &head)?;
                Ok(json!({ "old_size": size, "old_root": root, "size": head.size(), "root": head.root(),
                    "proof": proof, "checkpoint": head.note() }))
            }
            Self::GoOn { by } => {
                let aside = keeper.go_on(&by.pair(keeper)?)?;
                Ok(json!({ "size": aside.size(), "root": aside.root(), "checkpoint": aside.note() }))
            }
            Self::Rebuild => Ok(json!({ "terms": keeper.rebuild()? })),
            Self::Receipt { number, stream } => {
                let admitted = keeper.receipt(keeper.stream_of(stream.as_deref())?, BundleNumber(number))?;
                write(out, admitted.receipt.as_bytes())?;
                Ok(to_json(admitted))
            }
            Self::Onto { stick, number: Some(number), stream } => {
                let stream = keeper.stream_of(stream.as_deref())?;
                let file = keeper.write_receipt_onto(&stick, stream, Some(BundleNumber(number)))?;
                Ok(json!({ "file": file }))
            }
            Self::Onto { stick, number: None, .. } => Ok(json!({ "file": keeper.write_card_onto(&stick)? })),
            Self::Certificate { term } => {
                let certificate = keeper.certificate(&term)?;
                write(out, &certificate.to_bytes())?;
                Ok(super::certificate::body(&certificate))
            }
            Self::Revoke { by, pass } => {
                let by = keeper.log_in(&by.name, &by.pass_phrase)?;
                keeper.revoke_pass(&by, &pass)?;
                Ok(json!({ "pass": pass }))
            }
            Self::Line => Ok(super::line::perform(keeper, language)),
            Self::Officers => Ok(to_json(keeper.officers())),
            Self::Appoint { by, name } => {
                let made = keeper.appoint(&by.pair(keeper)?, &name)?;
                Ok(json!({ "name": made.name, "pass_phrase": made.pass_phrase.expose(),
                    "counts_from": made.counts_from }))
            }
            Self::Hold { by, scope, reason, reference } => {
                let by = keeper.log_in(&by.name, &by.pass_phrase)?;
                let placed = keeper.place_hold(&by, &scope, &reason, &reference)?;
                Ok(hold(keeper, &placed, true, language))
            }
            Self::Holds { by } => {
                let officer = by.map(|by| keeper.log_in_officer(&by.name, &by.pass_phrase)).transpose()?;
                let holds = keeper.holds();
                let all = officer.is_some();
                Ok(json!({ "holds":
                    holds.iter().map(|one| hold(keeper, one, all, language)).collect::<Vec<_>>() }))
            }
            Self::Release { by, hold: name } => {
                let released = keeper.release_hold(&by.pair(keeper)?, &name)?;
                Ok(hold(keeper, &released, true, language))
            }
            Self::Dismiss { by, name } => {
                keeper.dismiss(&by.pair(keeper)?, &name)?;
                Ok(json!({ "name": name }))
            }
            Self::Law(order) => order.perform(keeper, language),
            Self::Sender(order) => order.perform(keeper, language),
            Self::Pass { by, holder, reason, until } => {
                let by = keeper.log_in(&by.name, &by.pass_phrase)?;
                let made = keeper.issue_pass(&by, &holder, &reason, until)?;
                Ok(json!({ "pass": made.id, "pass_phrase": made.pass_phrase.expose(), "until": made.until,
                    "entity": keeper.facts().entity.name, "journal": head_text(&made.checkpoint),
                    "size": made.checkpoint.size(), "checkpoint": made.checkpoint.note() }))
            }
        }
    }
}

/// A head as a slip has it, and as `kluis verify --since` takes it: size and the root's fingerprint.
fn head_text(head: &SignedCheckpoint) -> String {
    format!("{}:{}", head.size(), head.root().fingerprint())
}

fn visitor(keeper: &Keeper, by: &Credential, reason: &str) -> Result<Visitor, KeeperRefusal> {
    let visitor = keeper.log_in(&by.name, &by.pass_phrase)?;
    keeper.with_reason(visitor, reason)
}

fn write(out: &mut dyn Write, bytes: &[u8]) -> Result<(), KeeperRefusal> {
    out.write_all(bytes).map_err(|error| OwnRefusal::Unwritable { reason: error.to_string() }.into())
}

pub(super) fn to_json(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("answers have text keys")
}

pub(super) fn taken(report: &TakeReport, language: Language) -> Value {
    let one = |(file, outcome): &(String, Outcome)| {
        let mut line = match outcome {
            Outcome::Admitted(admitted) => json!({ "outcome": "admitted", "bundle": admitted }),
            Outcome::AlreadyHere(admitted) => json!({ "outcome": "already-here", "bundle": admitted }),
            Outcome::Token(token) => json!({ "outcome": "token", "token": token }),
            Outcome::TokenHere(token) => json!({ "outcome": "token-here", "token": token }),
            Outcome::Waiting(waiting) => json!({ "outcome": "waiting", "waiting": waiting }),
            Outcome::Card(card) => json!({ "outcome": "card", "card": card }),
            Outcome::CardHere => json!({ "outcome": "card-here" }),
            Outcome::Refused(refusal) => json!({ "outcome": "refused", "code": refusal.code() }),
        };
        line["file"] = json!(file);
        line["sentence"] = json!(outcome.say(file, language));
        line
    };
    json!({ "files": report.files.iter().map(one).collect::<Vec<_>>(), "stick": report.stick })
}

fn found(found: &Found) -> Value {
    json!({
        "rows": found.rows.iter().map(row).collect::<Vec<_>>(),
        "totals": totals(&found.totals),
        "locked": found.locked,
        "more": found.next.is_some(),
    })
}

fn row(found: &FoundRow) -> Value {
    let row = &found.row;
    let mut line = json!({
        "term": found.term, "bundle": bundle_text(row.bundle), "leaf": row.leaf,
        "series": row.series, "number": row.number, "issue_date": row.issue_date, "held": found.held,
    });
    if found.locked {
        line["locked"] = json!(true);
        return line;
    }
    let rest = json!({
        "kind": row.kind, "supply_date": row.supply_date, "buyer": row.buyer,
        "buyer_country": row.buyer_country, "customer": row.customer, "vat_number": row.vat_number,
        "postcode": row.postcode, "currency": row.currency, "net": row.net, "vat": row.vat,
        "gross": row.gross, "class": row.class,
    });
    let (Value::Object(line_fields), Value::Object(rest)) = (&mut line, rest) else { return line };
    line_fields.extend(rest);
    line
}

fn totals(totals: &Totals) -> Value {
    let sums =
        |sums: &Sums| json!({ "count": sums.count, "net": sums.net, "vat": sums.vat, "gross": sums.gross });
    let per_currency: serde_json::Map<_, _> = totals
        .sums
        .iter()
        .map(|(currency, of)| {
            let both = json!({ "invoices": sums(&of.invoices), "credit_notes": sums(&of.credit_notes) });
            (currency.to_string(), both)
        })
        .collect();
    json!({ "count": totals.count, "sums": per_currency })
}

fn shown(shown: &Shown, language: Language) -> Value {
    json!({
        "record": shown.invoice.record, "documents": shown.invoice.documents,
        "term": shown.term, "kept_until": shown.kept.until, "because": shown.kept.say(language),
        "sender": shown.sender, "sealed_at": shown.sealed_at, "admitted_at": shown.admitted_at,
        "journal_entry": shown.entry, "header": shown.header,
        "bundle": bundle_text(shown.bundle), "leaf": shown.leaf, "held": shown.held,
    })
}

/// A hold; its reference, which may name somebody, for officers only.
fn hold(keeper: &Keeper, view: &HoldView, all: bool, language: Language) -> Value {
    let mut line = to_json(view);
    line["what"] = json!(keeper.say_scope(&view.scope, language));
    if !all {
        line["reference"] = Value::Null;
    }
    line
}

fn terms(keeper: &Keeper, language: Language) -> Value {
    let clock = keeper.clock();
    let terms: Vec<_> = keeper.terms().iter().map(|view| term(view, language)).collect();
    json!({
        "floor": clock.floor, "anchor": clock.anchor, "powered_seconds": clock.powered,
        "hardware_clock": clock.claimed, "declared": clock.declared, "authorities": clock.pins,
        "tokens": clock.tokens, "without_token_since": clock.without_token_since,
        "demo": clock.demo, "says": clock.say(language), "terms": terms,
    })
}

fn term(view: &TermView, language: Language) -> Value {
    let state = match view.state {
        TermState::Open => "open",
        TermState::Closed => "closed",
        TermState::Due { .. } => "due",
        TermState::Destroyed { .. } => "destroyed",
    };
    json!({
        "term": view.name, "class": view.class, "first": view.first, "last": view.last,
        "kept_until": view.kept.until, "because": view.kept.say(language), "state": state,
        "why": view.say(language), "bundles": view.bundles, "invoices": view.invoices,
        "bytes": view.bytes, "moved": view.moved.map(|(from, to)| json!({ "from": from, "to": to })),
        "held_whole": view.held_whole, "held": view.held,
    })
}
