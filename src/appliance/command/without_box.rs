//! The commands that need no open box: making one, and approving how the computer of a box with a TPM
//! root has started.

use std::path::Path;

use serde_json::json;
use zeroize::Zeroizing;

use super::desk::{Ending, Stop, language, say};
use crate::appliance::keeper::{InitOptions, Keeper};
use crate::support::durable;
use crate::support::words;

/// `kluis init`: makes a box, and shows what its people must be told once.
///
/// # Errors
/// What the box refuses, or the disk.
pub fn init(directory: &Path, options: InitOptions, json: bool) -> Result<Ending, Stop> {
    let entity_name = options.entity_name.clone();
    let made = Keeper::init(directory, options)?;
    let terms = made.keeper.terms();
    let language = language();
    if json {
        let officers: Vec<_> = made
            .officers
            .iter()
            .map(|one| json!({ "name": one.name, "pass_phrase": one.pass_phrase.expose() }))
            .collect();
        let terms: Vec<_> =
            terms.iter().map(|view| json!({ "term": view.name, "kept_until": view.kept.until })).collect();
        let root = made.root.say(language);
        let boot_key = made.boot_key.as_ref().map(|key| key.text().to_string());
        let answer = json!({ "officers": officers, "terms": terms, "root": root, "boot_key": boot_key });
        say(&format!("{answer:#}\n"))?;
        return Ok(Ending::Done);
    }
    let done = [("entity", entity_name.into()), ("directory", directory.display().to_string().into())];
    say(&format!("{}\n\n", words::message(language, "kluis-init-done", &done)))?;
    for one in &made.officers {
        let fields = [("name", one.name.as_str().into()), ("pass", one.pass_phrase.expose().into())];
        say(&format!("{}\n", words::message(language, "kluis-init-pass-phrase", &fields)))?;
    }
    if let Some(key) = &made.boot_key {
        let fields = [("key", key.text().as_str().to_owned().into())];
        say(&format!("\n{}\n", words::message(language, "kluis-init-boot-key", &fields)))?;
    }
    say(&format!("\n{}\n\n{}\n", made.root.say(language), words::text(language, "kluis-init-terms")))?;
    for view in &terms {
        say(&format!("  {}: {}\n", view.name, view.kept.say(language)))?;
    }
    let card = directory.join("box.card").display().to_string();
    say(&format!("\n{}\n", words::message(language, "kluis-init-next", &[("card", card.into())])))?;
    Ok(Ending::Done)
}

/// `kluis approve-start`: lets a box with a TPM root open after the computer has started in a new way.
///
/// # Errors
/// What the vault refuses, or the disk.
pub fn approve_start(directory: &Path, key_file: &Path, json: bool) -> Result<Ending, Stop> {
    let text = Zeroizing::new(durable::read_up_to(key_file, 4096)?);
    Keeper::approve_start(directory, &String::from_utf8_lossy(&text))?;
    if json {
        say(&format!("{:#}\n", json!({ "approved": true })))?;
    } else {
        say(&format!("{}\n", words::text(language(), "kluis-start-approved")))?;
    }
    Ok(Ending::Done)
}
