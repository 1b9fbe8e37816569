//! What the room promises, in the words of who relies on it.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::support::words::{Language, assert_all_said, has};

#[test]
fn every_refusal_mismatch_and_note_is_said_in_every_language() {
    assert_all_said(InvoiceRefusal::CODES);
    assert_all_said(Mismatch::CODES);
    assert_all_said(Note::CODES);
    for field in Field::ALL {
        assert!(Language::ALL.iter().all(|language| has(*language, &field.message())), "{field}");
    }
}
