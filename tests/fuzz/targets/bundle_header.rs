//! Any bytes as the front of a bundle. What is read stands in the file as it is written; what is within
//! bounds stays within them; only the right key's signature is taken.
#![no_main]
#[path = "../common.rs"]
#[allow(dead_code)]
mod common;

use factuurkluis::exchange::bundle::{Sealed, header, key_id};
use factuurkluis::exchange::vocabulary::PublicKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut rest = data;
    let Ok(sealed) = Sealed::read(&mut rest) else { return };
    assert_eq!([&sealed.to_bytes(), rest].concat(), data);

    let claimed = sealed.claimed().clone();
    assert_eq!(claimed.suite, header::SUITE);
    assert!((1..=header::INVOICES_LIMIT).contains(&claimed.invoices()));
    assert!(claimed.length <= header::BUNDLE_LIMIT);

    let signed_by_ours = claimed.signers == [key_id(&common::public())];
    let front = sealed.to_bytes();
    let again = Sealed::read(&mut front.as_slice()).expect("it was read once");
    assert!(again.authenticate(PublicKey([7; 32])).is_err());
    if let Ok(authentic) = sealed.authenticate(common::public()) {
        assert!(signed_by_ours);
        assert_eq!(authentic.offset() as usize, front.len());
    }
});
