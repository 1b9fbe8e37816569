//! Any text as a signed checkpoint, as it is and once more with a true signature put under its head. What is
//! taken says what its text says.
#![no_main]
#[path = "../common.rs"]
#[allow(dead_code)]
mod common;

use factuurkluis::exchange::journal::{Checkpoint, SignedCheckpoint};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    check(text);
    // The fuzzer cannot forge a signature, so others' lines are tried beside one that is true.
    if let Some((size, lines)) = text.split_once('\n') {
        let root = factuurkluis::exchange::vocabulary::Digest::of(lines.as_bytes());
        if let Ok(size) = size.parse() {
            let signed = Checkpoint { box_id: common::BOX, size, root }.sign(&common::key());
            assert!(check(signed.note()));
            check(&format!("{}{lines}", signed.note()));
        }
    }
});

fn check(note: &str) -> bool {
    let Ok(checkpoint) = SignedCheckpoint::verify(note, common::BOX, &common::public()) else { return false };
    assert_eq!(checkpoint.note(), note);
    let head = Checkpoint { box_id: common::BOX, size: checkpoint.size(), root: checkpoint.root() };
    assert!(note.starts_with(&head.text()));
    true
}
