//! What is told of bundles: sealed, acknowledged, listed, and what may be purged.

use serde_json::{Value, json};

use super::{Told, bytes, day_of, head, refusal, table, term_json, terms};
use crate::exchange::bundle::BoxCard;
use crate::shop::enrol::entity_name;
use crate::shop::{Acknowledged, InvoiceLine, SealedBundle, Sealing, Status, TokenMade, shown, shown_path};
use crate::support::words::{self, Language};

/// What came of a sealing.
#[must_use]
pub fn sealed(language: Language, sealing: &Sealing) -> Told {
    let mut text = String::new();
    for number in &sealing.finished {
        text += &format!("{}\n", say!(language, "shop-told-finished", number = number));
    }
    for number in &sealing.absent {
        text += &format!("{}\n", say!(language, "shop-told-absent", number = number));
    }
    if !sealing.made.is_empty() {
        let mut rows = vec![head(language, &["number", "term", "invoices", "bytes", "file"])];
        for made in &sealing.made {
            rows.push(vec![
                made.number.to_string(),
                made.term.to_string(),
                made.invoices.to_string(),
                bytes(language, made.bytes),
                shown_path(&made.path),
            ]);
        }
        text += &table(&rows);
        let invoices: u32 = sealing.made.iter().map(|made| made.invoices).sum();
        let bundles = sealing.made.len();
        text += &format!("{}\n", say!(language, "shop-told-sealed", invoices = invoices, bundles = bundles));
    }
    for skipped in &sealing.skipped {
        let path = shown_path(&skipped.path);
        text += &match skipped.bundle {
            Some(number) => say!(language, "shop-told-skipped", path = path, number = number),
            None => say!(language, "shop-told-twice", path = path),
        };
        text.push('\n');
    }
    if sealing.with_notes > 0 {
        text += &format!("{}\n", say!(language, "shop-told-with-notes", count = sealing.with_notes));
    }
    if sealing.left_alone > 0 {
        text += &format!("{}\n", say!(language, "shop-told-left-alone", count = sealing.left_alone));
    }
    let time = sealing.time.as_ref().map(|time| match time {
        Ok(token) => {
            text += &timed_text(language, token);
            json!({ "token": token_json(token) })
        }
        Err(refused) => {
            let told = refusal(language, None, refused);
            text += &told.text;
            told.json
        }
    });
    let mut refused = Vec::new();
    for (path, refusal_) in &sealing.refused {
        let told = refusal(language, Some(path), refusal_);
        text += &told.text;
        refused.push(told.json);
    }
    if !refused.is_empty() {
        text += &format!("{}\n", say!(language, "shop-told-refused", count = refused.len()));
    }
    let stopped = sealing.stopped.as_ref().map(|stopped| {
        let told = refusal(language, None, stopped);
        text += &told.text;
        told.json
    });
    let json = json!({
        "bundles": sealing.made.iter().map(|made| json!({
            "number": made.number,
            "term": made.term,
            "invoices": made.invoices,
            "bytes": made.bytes,
            "path": made.path.to_string_lossy(),
        })).collect::<Vec<_>>(),
        "finished": sealing.finished,
        "absent": sealing.absent,
        "skipped": sealing.skipped.iter().map(|skipped| json!({
            "path": skipped.path.to_string_lossy(),
            "bundle": skipped.bundle,
        })).collect::<Vec<_>>(),
        "with_notes": sealing.with_notes,
        "left_alone": sealing.left_alone,
        "time": time,
        "refused": refused,
        "stopped": stopped,
    });
    Told { text, json }
}

/// A time token was fetched.
#[must_use]
pub fn timed(language: Language, token: &TokenMade) -> Told {
    Told { text: timed_text(language, token), json: token_json(token) }
}

fn timed_text(language: Language, token: &TokenMade) -> String {
    let date = words::date(language, day_of(token.at));
    say!(language, "shop-told-time", date = date, path = shown_path(&token.path)) + "\n"
}

fn token_json(token: &TokenMade) -> Value {
    json!({ "at": token.at, "journal": token.size, "path": token.path.to_string_lossy() })
}

/// A receipt or a code was taken.
#[must_use]
pub fn acknowledged(language: Language, acknowledged: &Acknowledged) -> Told {
    let name = if acknowledged.up_to { "shop-told-all-up-to" } else { "shop-told-received" };
    let mut text = say!(language, name, number = acknowledged.number) + "\n";
    let name = if acknowledged.newly.is_empty() { "shop-told-nothing-new" } else { "shop-told-purge" };
    text += &format!("{}\n", say!(language, name, count = acknowledged.invoices));
    let numbers: Vec<_> = acknowledged.outstanding.iter().map(ToString::to_string).collect();
    if !numbers.is_empty() {
        text += &format!("{}\n", say!(language, "shop-told-outstanding", numbers = numbers.join(", ")));
    }
    let json = json!({
        "number": acknowledged.number,
        "all_up_to": acknowledged.up_to,
        "newly": acknowledged.newly,
        "invoices": acknowledged.invoices,
        "outstanding": acknowledged.outstanding,
        "journal": acknowledged.journal,
    });
    Told { text, json }
}

/// Every bundle, what is outstanding, and the card's terms.
#[must_use]
pub fn status(language: Language, status: &Status, card: Option<&BoxCard>) -> Told {
    let mut text = String::new();
    match card {
        None => text += &format!("{}\n", words::text(language, "shop-no-box")),
        Some(card) => {
            let entity = entity_name(card);
            let country = words::country_name(language, card.country);
            text += &format!("{}\n", say!(language, "shop-told-box", entity = entity, country = country));
            text += &terms(language, &card.terms);
        }
    }
    text.push('\n');
    let mut rows = vec![head(language, &["number", "term", "invoices", "sealed", "state"])];
    for bundle in &status.bundles {
        let header = bundle.header();
        rows.push(vec![
            header.number.to_string(),
            header.term.to_string(),
            header.invoices().to_string(),
            words::date(language, day_of(header.signed_at)),
            state_text(language, bundle),
        ]);
    }
    let outstanding: Vec<_> =
        status.bundles.iter().filter(|bundle| bundle.is_outstanding()).map(SealedBundle::number).collect();
    if status.bundles.is_empty() {
        text += &format!("{}\n", words::text(language, "shop-told-no-bundles"));
    } else {
        text += &table(&rows);
        let numbers: Vec<_> = outstanding.iter().map(ToString::to_string).collect();
        text += &match numbers.is_empty() {
            true => words::text(language, "shop-told-all-received"),
            false => say!(language, "shop-told-outstanding", numbers = numbers.join(", ")),
        };
        text.push('\n');
    }
    let json = json!({
        "box": card.map(|card| json!({
            "box": card.box_id,
            "entity": card.entity_name,
            "demo": card.demo,
            "terms": card.terms.iter().map(term_json).collect::<Vec<_>>(),
        })),
        "journal": status.journal,
        "bundles": status.bundles.iter().map(bundle_json).collect::<Vec<_>>(),
        "outstanding": outstanding,
    });
    Told { text, json }
}

fn bundle_json(bundle: &SealedBundle) -> Value {
    let header = bundle.header();
    json!({
        "number": header.number,
        "term": header.term,
        "invoices": header.invoices(),
        "bytes": bundle.bytes,
        "sealed_at": header.signed_at,
        "header": bundle.header.digest(),
        "path": bundle.path.to_string_lossy(),
        "state": state(bundle),
        "received_at": bundle.received,
        "replaces": header.replaces,
        "replaced_by": bundle.replaced_by,
    })
}

fn state(bundle: &SealedBundle) -> &'static str {
    match (bundle.received, bundle.replaced_by) {
        (Some(_), _) => "received",
        (None, Some(_)) => "replaced",
        (None, None) if !bundle.placed => "unfinished",
        (None, None) => "waiting",
    }
}

fn state_text(language: Language, bundle: &SealedBundle) -> String {
    let received = bundle.received.map_or_else(String::new, |at| words::date(language, day_of(at)));
    let by = bundle.replaced_by.map_or_else(String::new, |by| by.to_string());
    say!(language, "shop-state", state = state(bundle), received = received, by = by)
}

/// What may be purged.
#[must_use]
pub fn purgeable(language: Language, invoices: &[InvoiceLine]) -> Told {
    let mut rows = vec![head(language, &["invoice", "issued", "number", "file"])];
    let mut list = Vec::new();
    for invoice in invoices {
        rows.push(vec![
            shown(&invoice.number),
            invoice.issued.to_string(),
            invoice.bundle.to_string(),
            shown_path(&invoice.source.0),
        ]);
        list.push(json!(invoice));
    }
    let name = if invoices.is_empty() { "shop-told-purge-nothing" } else { "shop-told-purge-list" };
    let mut text = say!(language, name, count = invoices.len()) + "\n";
    if !invoices.is_empty() {
        text += &table(&rows);
    }
    Told { text, json: json!({ "purgeable": list }) }
}
