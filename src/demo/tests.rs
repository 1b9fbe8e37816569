#![allow(clippy::unwrap_used)]

use std::time::Instant;

use super::*;
use crate::support::words::Said;

/// Gives the whole show, and returns what was said.
fn given(options: &Options) -> Result<String, Refused> {
    let mut said = Vec::new();
    show(options, Stage::new(&mut said, options, Arc::default()))?;
    Ok(String::from_utf8(said).unwrap())
}

/// What was said, without the line breaks of the screen.
fn flowing(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_whole_show_is_over_within_a_minute() {
    let began = Instant::now();
    let said = given(&Options { wait: false, ..Options::default() }).unwrap();
    println!("{said}\n{:?}", began.elapsed());
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    let said = flowing(&said);
    for sentence in [
        "Nothing leaves this machine.",
        "is unchanged since 24 November 2026",
        "finds that file and nothing else",
        "The same search again: nothing.",
        "none opens it.",
        "prints, exports and what the shop itself still has",
        "it still found 3 of these invoices",
        "Its folder was removed",
    ] {
        assert!(said.contains(sentence), "{sentence}");
    }
}

#[test]
fn the_show_speaks_dutch_and_keeps_its_folder() {
    let parent = tempfile::tempdir().unwrap();
    let keep = parent.path().join("demo");
    let options = Options {
        keep: Some(keep.clone()),
        language: Language::Nl,
        wait: false,
        fast_forward: 5,
        ..Options::default()
    };
    let said = flowing(&given(&options).unwrap());
    for sentence in ["Er gaat niets van deze computer af.", "geen enkele past.", "De klok gaat verder"] {
        assert!(said.contains(sentence), "{sentence}\n{said}");
    }
    assert!(!said.contains("demo-"), "{said}");
    let term = keep.join("box/certificates/springveer-nl-ordinary-2022-12.certificate");
    assert!(term.is_file() && !keep.join("copy").exists());
    let again = given(&options).unwrap_err();
    assert_eq!(again.code(), "demo-folder-not-empty");
}

#[test]
fn too_few_years_end_no_term() {
    let options = Options { wait: false, fast_forward: 1, ..Options::default() };
    let said = flowing(&given(&options).unwrap());
    assert!(said.contains("No term is over yet"), "{said}");
    assert!(!said.contains("The certificate"), "{said}");
}
