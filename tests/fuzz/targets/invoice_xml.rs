//! Any bytes as an XML invoice.
#![no_main]
#[path = "../invoice.rs"]
mod invoice;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| invoice::check(data, None));
