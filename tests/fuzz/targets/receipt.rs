//! Any text as a receipt. What is taken ends with the checkpoint that it is proven against, has an index below
//! its size, and its event re-encodes to the same bytes.
#![no_main]
#[path = "../common.rs"]
#[allow(dead_code)]
mod common;

use factuurkluis::exchange::bundle::cbor;
use factuurkluis::exchange::journal::entry::MAX_BODY;
use factuurkluis::exchange::journal::{Event, Receipt};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(receipt) = Receipt::verify(text, common::BOX, &common::public()) else { return };
    assert!(text.ends_with(receipt.checkpoint().note()));
    assert!(receipt.index() < receipt.checkpoint().size());
    if let Ok(event) = cbor::decode::<Event>(receipt.body(), MAX_BODY) {
        assert_eq!(cbor::encode(&event), receipt.body());
    }
});
