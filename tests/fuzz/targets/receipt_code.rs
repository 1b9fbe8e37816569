//! Anything that a person may type as a receipt code. What is read has one printed form, which reads as the
//! same code, in both ways of printing it.
#![no_main]
#[path = "../common.rs"]
#[allow(dead_code)]
mod common;

use factuurkluis::exchange::journal::ReceiptCode;
use factuurkluis::exchange::vocabulary::Digest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|typed: &str| {
    let Ok(code) = typed.parse::<ReceiptCode>() else { return };
    for printed in [code.to_string(), code.grouped()] {
        let again: ReceiptCode = printed.parse().expect("what we print is read");
        assert_eq!(again.to_string(), code.to_string());
    }
    let (key, header) = (common::receipt_key(), Digest::of(b"a header"));
    let right = ReceiptCode::make(&key, common::BOX, common::PLACE.stream, code.number(), &header);
    let same = right.to_string() == code.to_string();
    assert_eq!(code.check(&key, common::BOX, common::PLACE.stream, &header), same);
});
