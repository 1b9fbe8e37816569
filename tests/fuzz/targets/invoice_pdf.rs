//! Any bytes as a PDF, alone (its XML must say all) and beside a sidecar.
#![no_main]
#[path = "../invoice.rs"]
mod invoice;

use libfuzzer_sys::fuzz_target;

const SIDECAR: &[u8] = br#"{"number":"2026-0042","issue_date":"2026-03-31","currency":"EUR","net":"100.00",
    "gross":"121.00","vat":[{"category":"S","rate":"21","taxable":"100.00","tax":"21.00"}]}"#;

fuzz_target!(|data: &[u8]| {
    invoice::check(data, None);
    invoice::check(data, Some(SIDECAR));
});
