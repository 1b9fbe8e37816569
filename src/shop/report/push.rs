//! What is told of a push and of an outbox.

use serde_json::json;

use super::{Told, bytes, head, refusal, table};
use crate::shop::push::Pushed;
use crate::shop::push::outbox::Happening;
use crate::shop::{Refused, shown_path};
use crate::support::words::{self, Language};

/// The unit that the outbox is shipped with, for this shop and this order.
const UNIT: &str = include_str!("../../../scripts/kluis-outbox.service");

/// What was sent, and what could not be.
#[must_use]
pub fn pushed(
    language: Language,
    pushed: &[Pushed],
    refused: &[(std::path::PathBuf, Refused)],
    passes: u32,
) -> Told {
    let mut text = String::new();
    if !pushed.is_empty() {
        let mut rows = vec![head(language, &["file", "bytes", "rate"])];
        for one in pushed {
            rows.push(vec![shown_path(&one.path), bytes(language, one.bytes), rate(one)]);
        }
        text += &table(&rows);
        text += &format!("{}\n", say!(language, "shop-told-pushed", count = pushed.len(), passes = passes));
    }
    let refused: Vec<_> = refused.iter().map(|(path, why)| refusal(language, Some(path), why)).collect();
    text.extend(refused.iter().map(|told| told.text.as_str()));
    let json = json!({
        "pushed": pushed.iter().map(json_of).collect::<Vec<_>>(),
        "refused": refused.into_iter().map(|told| told.json).collect::<Vec<_>>(),
    });
    Told { text, json }
}

fn rate(pushed: &Pushed) -> String {
    format!("{:.0} Mbit/s", megabits(pushed))
}

/// Megabits of the file in a second, over all passes.
fn megabits(pushed: &Pushed) -> f64 {
    let bits = (pushed.bytes * u64::from(pushed.passes)) as f64 * 8.0;
    bits / pushed.took.as_secs_f64().max(1e-9) / 1e6
}

fn json_of(pushed: &Pushed) -> serde_json::Value {
    json!({
        "path": pushed.path.to_string_lossy(),
        "kind": pushed.kind.extension(),
        "number": pushed.number,
        "session": pushed.session.to_string(),
        "bytes": pushed.bytes,
        "passes": pushed.passes,
        "datagrams": pushed.datagrams,
        "seconds": pushed.took.as_secs_f64(),
        "mbit_s": megabits(pushed).round(),
        "encoding_seconds": pushed.encoding.as_secs_f64(),
        "mac_seconds": pushed.sealing.as_secs_f64(),
    })
}

/// Something that an outbox did; nothing of how far it is, which a bar shows.
#[must_use]
pub fn happened(language: Language, happening: &Happening) -> Option<Told> {
    Some(match happening {
        Happening::Pushing(_) => return None,
        Happening::Pushed(one) => {
            let (path, passes) = (shown_path(&one.path), one.passes);
            let text = say!(language, "shop-outbox-pushed", path = path, passes = passes, rate = rate(one));
            Told { text: text + "\n", json: json!({ "pushed": json_of(one) }) }
        }
        Happening::Received(number, path) => {
            let text = say!(language, "shop-outbox-received", number = number, path = shown_path(path));
            Told { text: text + "\n", json: json!({ "received": number, "path": path.to_string_lossy() }) }
        }
        Happening::Finished(path) => {
            let text = say!(language, "shop-outbox-finished", path = shown_path(path));
            Told { text: text + "\n", json: json!({ "finished": path.to_string_lossy() }) }
        }
        Happening::Beat(beat) => {
            let text = say!(language, "shop-outbox-beat", counter = beat.counter, number = beat.last);
            Told { text: text + "\n", json: json!({ "heartbeat": beat.counter, "last": beat.last }) }
        }
        Happening::Refused(path, why) => {
            let told = refusal(language, Some(path), why);
            Told { text: told.text, json: json!({ "refused": told.json }) }
        }
    })
}

/// A path as one word of a systemd unit: spaces, quotes and per cent signs mean something there.
#[must_use]
pub fn unit_word(path: &std::path::Path) -> String {
    let path = path.display().to_string().replace('%', "%%");
    if path.contains([' ', '"', '\\', '\'']) {
        format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        path
    }
}

/// The unit with `command` in place of the shipped one's.
#[must_use]
pub fn unit(command: &str, writable: &[&std::path::Path], keys: &std::path::Path) -> Told {
    let paths: Vec<_> = writable.iter().map(|path| unit_word(path)).collect();
    let lines = UNIT.lines().map(|line| match line.split_once('=') {
        Some(("ExecStart", _)) => format!("ExecStart={command}\n"),
        Some(("ReadWritePaths", _)) => format!("ReadWritePaths={}\n", paths.join(" ")),
        Some(("ConditionPathExists", _)) => {
            format!("ConditionPathExists={}\n", keys.display().to_string().replace('%', "%%"))
        }
        // A shop's folder is often in somebody's home.
        Some(("ProtectHome", _)) => "ProtectHome=read-only\n".to_owned(),
        _ => format!("{line}\n"),
    });
    let text: String = lines.collect();
    Told { json: json!({ "unit": text }), text }
}
