//! Any bytes as a stick with FAT.
#![no_main]
#[path = "../stick.rs"]
mod stick;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|image: &[u8]| stick::check(image, true));
