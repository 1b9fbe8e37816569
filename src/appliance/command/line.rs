//! `kluis line`: what comes over the one-way line.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Order;
use super::desk::{Desk, Ending, Stop};
use super::order::to_json;
use super::print::{say, text};
use crate::appliance::keeper::Keeper;
use crate::support::words::{self, Language};

pub(super) fn perform(keeper: &Keeper, language: Language) -> Value {
    let Some(line) = keeper.line_view() else { return json!({ "address": null }) };
    let arriving = line.arriving.iter().map(|file| {
        let mut one = to_json(file);
        one["what"] = json!(file.what(language));
        one["says"] = json!(file.rest(language));
        one
    });
    let lately = line.lately.iter().map(|came| {
        json!({ "at": came.at, "file": came.file, "sentence": came.outcome.say(&came.file, language) })
    });
    json!({
        "address": line.address, "shops": keeper.heard(), "arriving": arriving.collect::<Vec<_>>(),
        "lately": lately.collect::<Vec<_>>(), "counts": line.counts,
        "deaths": line.deaths.0, "trouble": line.deaths.1,
    })
}

impl Desk {
    /// `kluis line`.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn line(&self) -> Result<Ending, Stop> {
        let answer = self.order(Order::Line)?;
        self.print(&answer, printed)?;
        Ok(Ending::Done)
    }
}

fn printed(answer: &Value, language: Language) -> String {
    let Some(address) = answer["address"].as_str() else {
        return words::text(language, "kluis-line-none") + "\n";
    };
    let list = |name: &str| answer[name].as_array().into_iter().flatten();
    let mut out = say(language, "kluis-run-push-ready", &[("address", address)]) + "\n";
    if let Some(reason) = answer["trouble"].as_str() {
        let _ = writeln!(out, "{}", say(language, "kluis-run-push-trouble", &[("reason", reason)]));
    }
    for shop in list("shops") {
        let at = moment(shop, language);
        let numbers = |name: &str| {
            let numbers = shop[name].as_array().into_iter().flatten();
            numbers.map(Value::to_string).collect::<Vec<_>>().join(", ")
        };
        let (missing, awaited, last) = (numbers("missing"), numbers("awaited"), shop["last"].to_string());
        let fields = [("shop", text(shop, "shop")), ("at", &at), ("last", &last)];
        let silent = shop["silent"].as_bool().unwrap_or_default();
        let heard = if silent { "kluis-run-push-silent" } else { "kluis-line-heard" };
        let _ = writeln!(out, "{}", say(language, heard, &fields));
        for (name, numbers) in [("kluis-line-awaited", awaited), ("kluis-line-missing", missing)] {
            if !numbers.is_empty() {
                let _ = writeln!(out, "  {}", say(language, name, &[("numbers", &numbers)]));
            }
        }
    }
    if list("arriving").next().is_none() {
        let _ = writeln!(out, "{}", words::text(language, "kluis-line-nothing"));
    }
    for file in list("arriving") {
        let (here, bytes) = (file["here"].as_u64().unwrap_or(0), file["bytes"].as_u64().unwrap_or(0));
        let percent = (here.min(bytes) * 100).checked_div(bytes).unwrap_or(0);
        let _ = writeln!(out, "{}: {percent} %. {}", text(file, "what"), text(file, "says"));
    }
    for came in list("lately") {
        let _ = writeln!(out, "{} – {}", moment(came, language), text(came, "sentence"));
    }
    out
}

/// When something was, for people.
fn moment(of: &Value, language: Language) -> String {
    text(of, "at").parse::<Timestamp>().map_or_else(|_| String::new(), |at| words::moment(language, at))
}
