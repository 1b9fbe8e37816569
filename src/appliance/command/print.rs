//! What the commands print for people: sentences and tables, from the same answers as `--json`.

use std::fmt::Write as _;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::words::{self, Language};

pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

pub(super) fn say(language: Language, name: &str, fields: &[(&str, &str)]) -> String {
    let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, (*value).into())).collect();
    words::message(language, name, &fields)
}

pub(super) fn day(language: Language, value: &Value) -> String {
    value
        .as_str()
        .and_then(|text| text.parse::<Date>().ok())
        .map_or_else(String::new, |date| words::date(language, date))
}

fn amount(language: Language, value: &Value, currency: &str) -> String {
    value.as_str().and_then(|text| text.parse::<Decimal>().ok()).map_or_else(
        || words::text(language, "kluis-not-exact"),
        |amount| words::amount(language, amount, currency),
    )
}

/// Columns as wide as their widest cell, two spaces between; the columns named in `right` to the right.
pub(super) fn table(head: &[String], rows: &[Vec<String>], right: &[usize]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        let mut line = String::new();
        for (column, cell) in cells.iter().enumerate() {
            let pad = " ".repeat(widths[column] - cell.chars().count());
            let _ = if right.contains(&column) {
                write!(line, "{pad}{cell}  ")
            } else {
                write!(line, "{cell}{pad}  ")
            };
        }
        line.trim_end().to_owned() + "\n"
    };
    let rule: Vec<_> = widths.iter().map(|width| "─".repeat(*width)).collect();
    let body: String = rows.iter().map(|row| line(row)).collect();
    line(head) + &line(&rule) + &body
}

pub(super) fn heads(language: Language, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| words::text(language, &format!("kluis-column-{name}"))).collect()
}

/// `kluis take`.
#[must_use]
pub fn taken(answer: &Value, language: Language) -> String {
    let mut out = String::new();
    for file in answer["files"].as_array().into_iter().flatten() {
        let _ = writeln!(out, "{}", text(file, "sentence"));
        if let Some(code) = file["bundle"]["code"].as_str() {
            let _ = writeln!(out, "  {}", say(language, "kluis-take-code", &[("code", code)]));
        }
        let gaps: Vec<_> =
            file["bundle"]["gaps"].as_array().into_iter().flatten().map(Value::to_string).collect();
        if !gaps.is_empty() {
            let _ = writeln!(out, "  {}", say(language, "kluis-take-gaps", &[("numbers", &gaps.join(", "))]));
        }
    }
    if out.is_empty() {
        let nothing =
            if answer["stick"].is_null() { "kluis-take-nothing" } else { "kluis-take-stick-nothing" };
        out = words::text(language, nothing) + "\n";
    }
    for (name, of) in [("kluis-take-stick-unread", "unread"), ("kluis-take-stick-rest", "passed_over")] {
        if let Some(count) = answer["stick"][of].as_u64().filter(|count| *count > 0) {
            let _ = writeln!(out, "{}", say(language, name, &[("count", &count.to_string())]));
        }
    }
    out
}

/// What a new key carries on; nothing where it carries nothing on.
#[must_use]
pub fn succession(succession: &Value, language: Language) -> String {
    let Some(last) = succession["last"].as_u64() else { return String::new() };
    let last = last.to_string();
    let mut out = say(language, "kluis-succession", &[("last", &last)]) + "\n";
    let beyond: Vec<_> =
        succession["beyond"].as_array().into_iter().flatten().map(Value::to_string).collect();
    if !beyond.is_empty() {
        let fields = [("last", last.as_str()), ("numbers", &beyond.join(", "))];
        let _ = writeln!(out, "{}", say(language, "kluis-succession-beyond", &fields));
    }
    out + "\n"
}

/// `kluis officer`.
#[must_use]
pub fn officers(answer: &Value, language: Language) -> String {
    let cells = |officer: &Value| {
        let from = match officer["counts_from"].as_str() {
            Some(_) => day(language, &officer["counts_from"]),
            None => words::text(language, "kluis-officer-from-the-first-day"),
        };
        vec![text(officer, "name").to_owned(), from]
    };
    let rows: Vec<_> = answer.as_array().into_iter().flatten().map(cells).collect();
    table(&heads(language, &["officer", "counts-from"]), &rows, &[])
}

/// `kluis hold`.
#[must_use]
pub fn holds(answer: &Value, language: Language) -> String {
    let holds = answer["holds"].as_array().cloned().unwrap_or_default();
    if holds.is_empty() {
        return words::text(language, "kluis-hold-none") + "\n";
    }
    let cells = |hold: &Value| {
        let placed = text(hold, "placed_at").get(..10).unwrap_or_default().to_owned();
        let reason = words::text(language, &format!("keeper-hold-reason-{}", text(hold, "reason")));
        let ends = hold["released_by"].as_array().is_some_and(|by| !by.is_empty());
        let ends = if ends { words::text(language, "kluis-hold-ends") } else { String::new() };
        let invoices = hold["invoices"].as_u64().filter(|count| *count > 0);
        vec![
            text(hold, "hold").to_owned(),
            text(hold, "what").to_owned(),
            invoices.map_or_else(String::new, |count| count.to_string()),
            reason,
            text(hold, "reference").to_owned(),
            format!("{placed} {}", text(hold, "by")),
            ends,
        ]
    };
    let rows: Vec<_> = holds.iter().map(cells).collect();
    let mut head = heads(language, &["hold", "held", "invoices", "reason", "reference", "placed"]);
    head.push(String::new());
    let mut out = table(&head, &rows, &[2]);
    if holds.iter().any(|hold| hold["reference"].is_null()) {
        let _ = writeln!(out, "\n{}", words::text(language, "kluis-hold-sign-in"));
    }
    out
}

/// `kluis find`.
#[must_use]
pub fn found(answer: &Value, language: Language) -> String {
    let rows = answer["rows"].as_array().cloned().unwrap_or_default();
    if rows.is_empty() {
        return words::text(language, "kluis-find-nothing") + "\n";
    }
    let cell = |row: &Value| {
        let locked = row["locked"].as_bool() == Some(true);
        let number = match row["series"].as_str() {
            Some(series) => format!("{series} {}", text(row, "number")),
            None => text(row, "number").to_owned(),
        };
        let gross = if locked {
            words::text(language, "kluis-locked")
        } else {
            amount(language, &row["gross"], text(row, "currency"))
        };
        let place = format!("{}:{}", text(row, "bundle"), row["leaf"]);
        let held = row["held"].as_bool() == Some(true);
        let number =
            if held { format!("{number} ({})", words::text(language, "kluis-held")) } else { number };
        vec![number, text(row, "issue_date").to_owned(), text(row, "buyer").to_owned(), gross, place]
    };
    let cells: Vec<_> = rows.iter().map(cell).collect();
    let mut out = table(&heads(language, &["number", "date", "customer", "gross", "place"]), &cells, &[3]);
    let count = answer["totals"]["count"].to_string();
    let _ = writeln!(out, "\n{}", say(language, "kluis-find-count", &[("count", &count)]));
    for (currency, sums) in answer["totals"]["sums"].as_object().into_iter().flatten() {
        for (kind, name) in [("invoices", "kluis-find-sum"), ("credit_notes", "kluis-find-credit-sum")] {
            let sums = &sums[kind];
            if sums["count"].as_u64().unwrap_or(0) == 0 {
                continue;
            }
            let of = |part: &str| amount(language, &sums[part], currency);
            let (count, net, vat, gross) = (sums["count"].to_string(), of("net"), of("vat"), of("gross"));
            let fields = [("count", count.as_str()), ("net", &net), ("vat", &vat), ("gross", &gross)];
            let _ = writeln!(out, "{}", say(language, name, &fields));
        }
    }
    if answer["more"].as_bool() == Some(true) {
        let _ = writeln!(out, "{}", words::text(language, "kluis-find-more"));
    }
    out
}

/// `kluis show`.
#[must_use]
pub fn shown(answer: &Value, language: Language) -> String {
    let record = &answer["record"];
    let currency = text(record, "currency");
    let mut lines = vec![
        ("number", text(record, "number").to_owned()),
        ("date", day(language, &record["issue_date"])),
        ("customer", text(&record["buyer"], "name").to_owned()),
        ("net", amount(language, &record["net"], currency)),
        ("gross", amount(language, &record["gross"], currency)),
        ("term", text(answer, "term").to_owned()),
        ("sender", text(answer, "sender").to_owned()),
    ];
    for document in answer["documents"].as_array().into_iter().flatten() {
        let line = format!(
            "{}, {} bytes, SHA-256 {}",
            text(document, "media_type"),
            document["length"],
            text(document, "sha256")
        );
        lines.push(("document", line));
    }
    let heads: Vec<_> =
        lines.iter().map(|(name, _)| words::text(language, &format!("kluis-column-{name}"))).collect();
    let width = heads.iter().map(|head| head.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (head, (_, value)) in heads.iter().zip(&lines) {
        let pad = " ".repeat(width - head.chars().count());
        let _ = writeln!(out, "{head}{pad}  {value}");
    }
    let _ = writeln!(out, "\n{}", text(answer, "because"));
    if answer["held"].as_bool() == Some(true) {
        let _ = writeln!(out, "{}", words::text(language, "kluis-show-held"));
    }
    let since = text(answer, "admitted_at").get(..10).unwrap_or_default().to_owned();
    let since = day(language, &Value::String(since));
    let entry = answer["journal_entry"].to_string();
    let _ =
        writeln!(out, "{}", say(language, "kluis-show-unchanged", &[("since", &since), ("entry", &entry)]));
    out
}

/// `kluis clock`, and the terms of it.
#[must_use]
pub fn clock(answer: &Value, language: Language) -> String {
    let mut out = String::new();
    for sentence in answer["says"].as_array().into_iter().flatten() {
        let _ = writeln!(out, "{}", sentence.as_str().unwrap_or_default());
    }
    if answer["demo"].as_bool() == Some(true) {
        let _ = writeln!(out, "{}", words::text(language, "kluis-clock-demo"));
    }
    out.push('\n');
    let cells: Vec<_> = answer["terms"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|term| {
            vec![
                text(term, "term").to_owned(),
                text(term, "kept_until").to_owned(),
                term["invoices"].to_string(),
                text(term, "why").to_owned(),
            ]
        })
        .collect();
    out += &table(&heads(language, &["term", "kept-until", "invoices", "why"]), &cells, &[2]);
    let moved = answer["terms"].as_array().into_iter().flatten().filter(|term| !term["moved"].is_null());
    for (index, term) in moved.enumerate() {
        let (from, to) = (day(language, &term["moved"]["from"]), day(language, &term["moved"]["to"]));
        let fields = [("term", text(term, "term")), ("from", &from), ("to", &to)];
        let gap = if index == 0 { "\n" } else { "" };
        let _ = writeln!(out, "{gap}{}", say(language, "kluis-clock-term-moved", &fields));
    }
    out
}

/// `kluis clock --pin` and `--unpin`.
#[must_use]
pub fn pin(answer: &Value, message: &str, language: Language) -> String {
    let fields = [("name", text(answer, "name")), ("fingerprint", text(answer, "fingerprint"))];
    say(language, message, &fields) + "\n"
}

/// `kluis clock --strike`.
#[must_use]
pub fn struck(answer: &Value, language: Language) -> String {
    let token = text(answer, "token");
    let mut out = say(language, "kluis-clock-struck", &[("token", token)]) + "\n";
    if let Some(to) = answer["moved"]["to"].as_str() {
        let to = day(language, &Value::String(to.get(..10).unwrap_or_default().to_owned()));
        let _ = writeln!(out, "{}", say(language, "kluis-clock-floor-now", &[("to", &to)]));
    }
    out
}

/// `kluis card`.
#[must_use]
pub fn card(answer: &Value, language: Language) -> String {
    let entity = text(answer, "entity");
    let fingerprint = text(answer, "fingerprint");
    say(language, "kluis-card", &[("entity", entity), ("fingerprint", fingerprint)]) + "\n"
}

/// `kluis verify`.
#[must_use]
pub fn verified(answer: &Value, language: Language) -> String {
    let number = |name: &str| answer[name].to_string();
    let (bundles, invoices, entries, certificates) =
        (number("bundles"), number("invoices"), number("entries"), number("certificates"));
    let fields = [
        ("bundles", bundles.as_str()),
        ("invoices", &invoices),
        ("entries", &entries),
        ("certificates", &certificates),
    ];
    let mut out = say(language, "kluis-verify-checked", &fields) + "\n";
    if answer["holds"].as_u64().is_some_and(|holds| holds > 0) {
        let (holds, held) = (number("holds"), number("held"));
        let _ =
            writeln!(out, "{}", say(language, "kluis-verify-holds", &[("holds", &holds), ("held", &held)]));
    }
    if answer["strays"].as_u64().is_some_and(|strays| strays > 0) {
        let _ = writeln!(out, "{}", say(language, "kluis-verify-strays", &[("strays", &number("strays"))]));
    }
    let findings = answer["findings"].as_array().cloned().unwrap_or_default();
    for finding in &findings {
        let _ = writeln!(out, "✗ {}: {}", text(finding, "place"), text(finding, "sentence"));
    }
    let name = if findings.is_empty() { "kluis-verify-sound" } else { "kluis-verify-unsound" };
    out + &words::text(language, name) + "\n"
}

/// `kluis receipt`.
#[must_use]
pub fn receipt(answer: &Value, language: Language) -> String {
    let number = answer["number"].to_string();
    let code =
        answer["code"].as_str().map_or_else(|| words::text(language, "kluis-receipt-no-code"), str::to_owned);
    let fields = [("number", number.as_str()), ("sender", text(answer, "sender")), ("code", &code)];
    say(language, "kluis-receipt", &fields) + "\n"
}
