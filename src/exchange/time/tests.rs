//! What needs no authority; what does is in `tests/time`, where openssl plays one.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::exchange::vocabulary::Digest;

#[test]
fn every_refusal_is_said() {
    crate::support::words::assert_all_said(TimeRefusal::CODES);
}

#[test]
fn a_request_is_what_rfc_3161_asks() {
    let digest = Digest::of(b"a head");
    let request = request(&digest);
    assert_eq!(request.len(), 2 + usize::from(request[1]));
    assert_eq!(request[request.len() - 35..request.len() - 3], digest.0);
}

#[test]
fn what_is_no_token_is_refused_with_its_part() {
    let part = |file: &[u8]| Token::open(file).and_then(|token| token.verify(&[])).unwrap_err();
    assert_eq!(part(b""), form("response"));
    assert_eq!(part(b"MIIB"), form("response"));
    // An indefinite length, which BER has and DER has not.
    assert_eq!(part(&[0x30, 0x80, 0x00, 0x00]), form("response"));
    let refused = [0x30, 0x10, 0x30, 0x0e, 0x02, 0x01, 0x02, 0x30, 0x09, 0x0c, 0x07];
    let refused = [&refused[..], b"no more"].concat();
    assert_eq!(part(&refused), TimeRefusal::NotGranted { status: 2, reason: "no more".to_owned() });
    assert!(matches!(part(&vec![0; TOKEN_LIMIT + 1]), TimeRefusal::TooLong { .. }));
}

#[test]
fn what_is_no_authority_is_not_pinned() {
    for file in
        [&b""[..], b"hello", &[0x30, 0x00], b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        assert_eq!(Pin::read(file), Err(TimeRefusal::NotAPin), "{file:?}");
    }
}
