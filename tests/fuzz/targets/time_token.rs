//! Any bytes as a time token, held against two pinned authorities, and as an authority to be pinned. A token
//! that holds is over what lies behind it, and one whose note was changed does not hold.
#![no_main]

use std::sync::LazyLock;

use factuurkluis::exchange::time::{Pin, Token, answers};
use factuurkluis::exchange::vocabulary::Digest;
use libfuzzer_sys::fuzz_target;

static PINS: LazyLock<Vec<Pin>> = LazyLock::new(|| {
    let roots = [&include_bytes!("../time/rsa-root.der")[..], include_bytes!("../time/p256-root.der")];
    roots.into_iter().map(|root| Pin::read(root).expect("an authority of ours")).collect()
});

fuzz_target!(|file: &[u8]| {
    let _ = Pin::read(file);
    let Ok(token) = Token::open(file) else { return };
    let _ = answers(token.response(), &Digest::of(token.over()));
    if token.verify(&PINS).is_ok() {
        let other = [file, b"\n"].concat();
        assert!(Token::open(&other).and_then(|token| token.verify(&PINS)).is_err());
    }
});
