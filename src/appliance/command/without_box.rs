//! Making a box: the command that has none yet.

use std::path::Path;

use serde_json::json;

use super::desk::{Ending, Stop, language, say};
use crate::appliance::keeper::{InitOptions, Keeper};
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
        say(&format!("{:#}\n", json!({ "officers": officers, "terms": terms, "root": root })))?;
        return Ok(Ending::Done);
    }
    let done = [("entity", entity_name.into()), ("directory", directory.display().to_string().into())];
    say(&format!("{}\n\n", words::message(language, "kluis-init-done", &done)))?;
    for one in &made.officers {
        let fields = [("name", one.name.as_str().into()), ("pass", one.pass_phrase.expose().into())];
        say(&format!("{}\n", words::message(language, "kluis-init-pass-phrase", &fields)))?;
    }
    say(&format!("\n{}\n\n{}\n", made.root.say(language), words::text(language, "kluis-init-terms")))?;
    for view in &terms {
        say(&format!("  {}: {}\n", view.name, view.kept.say(language)))?;
    }
    let card = directory.join("box.card").display().to_string();
    say(&format!("\n{}\n", words::message(language, "kluis-init-next", &[("card", card.into())])))?;
    Ok(Ending::Done)
}
