//! What a person is told, and what a script: the same facts as sentences in his language and as
//! JSON, whose words are stable and English.

/// Writes a message with fields: `say!(language, "shop-x", number = 5, path = p)`.
macro_rules! say {
    ($language:expr, $name:expr $(, $field:ident = $value:expr)* $(,)?) => {
        words::message($language, $name, &[$( (stringify!($field), std::borrow::Cow::Owned($value.to_string())) ),*])
    };
}

mod bundles;
mod inspection;
mod push;

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde_json::{Value, json};

use super::enrol::entity_name;
use super::{Change, Offer, Refused, shown_path};
use crate::exchange::bundle::{BoxCard, CardTerm};
use crate::support::words::{self, Language, Said};

pub use bundles::{acknowledged, purgeable, sealed, status, timed};
pub use inspection::inspected;
pub use push::{UnitOf, happened, name_of, pushed, stopped, unit, unit_word};

/// The same, for both.
pub struct Told {
    /// Lines for a person, each ending in a line feed.
    pub text: String,
    /// For a script.
    pub json: Value,
}

/// A refusal, and the file that it is about.
#[must_use]
pub fn refusal(language: Language, path: Option<&Path>, refusal: &Refused) -> Told {
    let sentence = refusal.say(language);
    let text = match path {
        Some(path) => format!("{}: {sentence}\n", shown_path(path)),
        None => format!("{sentence}\n"),
    };
    let fields: serde_json::Map<_, _> =
        refusal.fields().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let mut json = json!({ "code": refusal.code(), "fields": fields, "sentence": sentence });
    if let Some(path) = path {
        json["path"] = path.to_string_lossy().into();
    }
    Told { text, json }
}

/// A shop folder was made.
#[must_use]
pub fn initialised(language: Language, folder: &Path) -> Told {
    let folder = shown_path(folder);
    Told { text: say!(language, "shop-told-init", folder = folder) + "\n", json: json!({ "shop": folder }) }
}

/// A fingerprint, big: two lines of frame, so that it is found at once with a telephone in the hand.
#[must_use]
pub fn big(fingerprint: &str) -> String {
    let wide = fingerprint.replace('-', "  -  ");
    let line = "═".repeat(wide.len() + 6);
    format!("\n   ╔{line}╗\n   ║   {wide}   ║\n   ╚{line}╝\n\n")
}

/// The shop's own card was written.
#[must_use]
pub fn carded(language: Language, path: &Path, fingerprint: &str) -> Told {
    let path = shown_path(path);
    let text = format!(
        "{}\n{}{}\n",
        say!(language, "shop-told-card", path = path),
        big(fingerprint),
        words::text(language, "shop-told-card-next"),
    );
    Told { text, json: json!({ "card": path, "fingerprint": fingerprint }) }
}

/// A box's card that is about to be taken.
#[must_use]
pub fn offered(language: Language, offer: &Offer) -> String {
    let card = offer.card();
    let mut text = say!(
        language,
        "shop-told-box",
        entity = entity_name(card),
        country = words::country_name(language, card.country),
    ) + "\n";
    if card.demo {
        text += &format!("{}\n", words::text(language, "shop-told-box-demo"));
    }
    text += &terms(language, &card.terms);
    text += &big(&offer.fingerprint());
    text
}

/// A box's card was taken; `changes` are the offer's.
#[must_use]
pub fn enrolled(
    language: Language,
    card: &BoxCard,
    fingerprint: &str,
    known: bool,
    changes: &[Change],
) -> Told {
    let mut text = String::new();
    let entity = entity_name(card);
    let name = match (known, changes.is_empty()) {
        (false, _) => "shop-told-enrolled",
        (true, false) => "shop-told-enrolled-newer",
        (true, true) => "shop-told-enrolled-same",
    };
    text += &format!("{}\n", say!(language, name, entity = entity));
    let mut listed = Vec::new();
    for change in changes {
        let (name, term) = match change {
            Change::TermOpened(term) => ("shop-change-opened", term),
            Change::TermGone(term) => ("shop-change-gone", term),
            Change::RecipientReplaced(term) => ("shop-change-recipient", term),
            Change::KeptUntil(term, _) => ("shop-change-kept", term),
        };
        let until = match change {
            Change::KeptUntil(_, until) => words::date(language, *until),
            _ => String::new(),
        };
        text += &format!("  - {}\n", say!(language, name, term = term, until = until));
        listed.push(json!({ "change": name.trim_start_matches("shop-change-"), "term": term }));
    }
    let json = json!({
        "box": card.box_id,
        "entity": entity,
        "country": card.country,
        "demo": card.demo,
        "fingerprint": fingerprint,
        "known": known,
        "changes": listed,
        "terms": card.terms.iter().map(term_json).collect::<Vec<_>>(),
    });
    Told { text, json }
}

/// The table of a card's terms.
fn terms(language: Language, terms: &[CardTerm]) -> String {
    let mut rows = vec![head(language, &["term", "days", "until"])];
    for term in terms {
        rows.push(vec![
            term.term.name().to_string(),
            format!("{} – {}", term.term.first(), term.term.last()),
            words::date(language, term.kept_until),
        ]);
    }
    table(&rows)
}

fn term_json(term: &CardTerm) -> Value {
    json!({
        "term": term.term.name(),
        "class": term.term.class(),
        "first": term.term.first(),
        "last": term.term.last(),
        "kept_until": term.kept_until,
    })
}

/// The day of an instant, in UTC as everything that is signed.
fn day_of(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

fn head(language: Language, columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| words::text(language, &format!("shop-column-{column}"))).collect()
}

/// Columns side by side, each as wide as its widest cell; a column of numbers under its head stands
/// to the right.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let is_number = |cell: &String| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    let column = |at: usize| rows.iter().filter_map(move |row| row.get(at));
    let shapes: Vec<_> = (0..columns)
        .map(|at| {
            let width = column(at).map(|cell| cell.chars().count()).max().unwrap_or(0);
            (width, rows.len() > 1 && column(at).skip(1).all(is_number))
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, (width, right)) in row.iter().zip(&shapes) {
            line += "  ";
            line += &if *right { format!("{cell:>width$}") } else { format!("{cell:<width$}") };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// A number of bytes as people read it: `812 B`, `1.2 MB`.
fn bytes(language: Language, count: u64) -> String {
    let (unit, name) = match count {
        0..1_000 => return format!("{count} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = count / (unit / 10);
    let point = if language == Language::Nl { ',' } else { '.' };
    format!("{}{point}{} {name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_said_as_people_read_them() {
        assert_eq!(bytes(Language::En, 999), "999 B");
        assert_eq!(bytes(Language::En, 1_250_000), "1.2 MB");
        assert_eq!(bytes(Language::Nl, 2_147_483_648), "2,1 GB");
    }

    #[test]
    fn a_table_s_columns_stand_under_each_other() {
        let rows = [["no", "term"], ["5", "a"], ["12", "b"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "  no  term\n   5  a\n  12  b\n");
        let rows = [["number", "7"], ["date", "5 June"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "  number  7\n  date    5 June\n");
    }
}
