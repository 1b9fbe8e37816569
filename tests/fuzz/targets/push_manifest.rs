//! Any bytes as a manifest or heartbeat of the one-way push. What is read within its bounds is signed again to the
//! same bytes; nobody's signature but the sender's own is believed; a cut covers the file.
#![no_main]
#[path = "../common.rs"]
#[allow(dead_code)]
mod common;

use factuurkluis::exchange::push::{Heartbeat, Manifest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // Signed by us in any case, so that the fuzzer gets behind the signature.
    let resigned = |data: &[u8]| {
        use ed25519_dalek::Signer as _;
        let (front, _) = data.split_at_checked(data.len().checked_sub(64)?)?;
        Some([front, &common::key().sign(front).to_bytes()].concat())
    };
    let Some(data) = resigned(data) else { return };
    if let Ok(manifest) = Manifest::open(&data, |key| *key == common::public()) {
        let cut = manifest.geometry;
        let last = cut.blocks() - 1;
        assert_eq!(cut.offset(last) + cut.bytes(last) as u64, cut.length());
        assert!(cut.most_symbols() <= u32::from(manifest.most));
        if manifest.key == common::public() {
            assert_eq!(manifest.sign(&common::key()), data);
        }
    }
    if let Ok(heartbeat) = Heartbeat::open(&data, |beat| beat.key == common::public()) {
        assert_eq!(heartbeat.sign(&common::key()), data);
    }
});
