//! What is told of a push and of an outbox.

use std::path::Path;

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
    let megabits = megabits(pushed);
    // Of a small file, what goes before and after it takes the time.
    if megabits < 1.0 { "< 1 Mbit/s".to_owned() } else { format!("{megabits:.0} Mbit/s") }
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
            let text = say!(language, "shop-outbox-beat", number = beat.last);
            Told { text: text + "\n", json: json!({ "heartbeat": beat.counter, "last": beat.last }) }
        }
        Happening::Waits(why) => {
            let told = refusal(language, None, why);
            let text = say!(language, "shop-outbox-waits", reason = told.text.trim_end());
            Told { text: text + "\n", json: json!({ "waits": told.json }) }
        }
        Happening::GoesOn => {
            let text = words::text(language, "shop-outbox-goes-on");
            Told { text: text + "\n", json: json!({ "goes_on": true }) }
        }
        Happening::Refused(path, why) => {
            let told = refusal(language, Some(path), why);
            Told { text: told.text, json: json!({ "refused": told.json }) }
        }
    })
}

/// An outbox was ended by a signal.
#[must_use]
pub fn stopped(language: Language) -> Told {
    let text = words::text(language, "shop-outbox-stopped");
    Told { text: text + "\n", json: json!({ "stopped": true }) }
}

/// A path as one word of a systemd unit: spaces, quotes and per cent signs mean something there.
#[must_use]
pub fn unit_word(path: &Path) -> String {
    let path = path.display().to_string().replace('%', "%%");
    if path.contains([' ', '"', '\\', '\'']) {
        format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        path
    }
}

/// What of the shipped unit is this shop's.
pub struct UnitOf<'a> {
    /// The command.
    pub command: String,
    /// The program that it runs.
    pub program: &'a Path,
    /// The shop's folder.
    pub shop: &'a Path,
    /// The outbox.
    pub folder: &'a Path,
    /// Who owns the shop's keys, which nobody else can read: a user and a group, by name or number.
    pub owner: (String, String),
}

/// The shipped unit, for this shop.
#[must_use]
pub fn unit(of: &UnitOf<'_>) -> Told {
    let keys = of.shop.join("keys").display().to_string().replace('%', "%%");
    // A folder in another, or the same, is named all the same.
    let writable = format!("{} {}", unit_word(of.shop), unit_word(of.folder));
    let homes = ["/home", "/root", "/run/user"];
    let paths = [of.program, of.shop, of.folder];
    let in_a_home = homes.iter().any(|home| paths.iter().any(|path| path.starts_with(home)));
    let lines = UNIT.lines().filter(|line| !line.starts_with('#')).map(|line| match line.split_once('=') {
        Some((key @ "ExecStart", _)) => format!("{key}={}\n", of.command),
        Some((key @ "User", _)) => format!("{key}={}\n", of.owner.0),
        Some((key @ "Group", _)) => format!("{key}={}\n", of.owner.1),
        Some((key @ "ReadWritePaths", _)) => format!("{key}={writable}\n"),
        Some((key @ "ConditionPathExists", _)) => format!("{key}={keys}\n"),
        Some((key @ "ProtectHome", _)) if in_a_home => format!("{key}=read-only\n"),
        _ => format!("{line}\n"),
    });
    let text: String = lines.collect();
    Told { json: json!({ "unit": text }), text }
}

/// The name of this number in a file of the form of `/etc/passwd` and `/etc/group`; the number where it has none.
#[must_use]
pub fn name_of(table: &str, id: u32) -> String {
    let number = id.to_string();
    let named = |line: &&str| line.split(':').nth(2) == Some(&number);
    let name = table.lines().find(named).and_then(|line| line.split(':').next());
    name.filter(|name| !name.is_empty()).map_or(number.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_unit_is_this_shops_from_its_user_to_its_folders() {
        let (program, shop) = (Path::new("/usr/bin/kluis-send"), Path::new("/srv/a shop"));
        let of = UnitOf {
            command: "/usr/bin/kluis-send outbox".to_owned(),
            program,
            shop,
            folder: Path::new("/home/els/100 %"),
            owner: ("els".to_owned(), "1000".to_owned()),
        };
        let unit = unit(&of).text;
        for line in [
            "ExecStart=/usr/bin/kluis-send outbox",
            "User=els",
            "Group=1000",
            "ReadWritePaths=\"/srv/a shop\" \"/home/els/100 %%\"",
            "ConditionPathExists=/srv/a shop/keys",
            "ProtectHome=read-only",
        ] {
            assert!(unit.lines().any(|found| found == line), "{line} is not in:\n{unit}");
        }
        assert!(!unit.contains("kluis-shop") && !unit.contains('#'), "{unit}");
        let nowhere_near_a_home = super::unit(&UnitOf { folder: Path::new("/srv/out"), ..of }).text;
        assert!(nowhere_near_a_home.contains("ProtectHome=yes"));
    }

    #[test]
    fn a_user_without_a_name_is_his_number() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nels:x:1000:1000::/home/els:/bin/sh\n";
        assert_eq!((name_of(passwd, 1_000), name_of(passwd, 4_711)), ("els".to_owned(), "4711".to_owned()));
    }
}
