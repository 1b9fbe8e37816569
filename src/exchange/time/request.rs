//! What an authority is asked: RFC 3161 section 2.4.1, in DER.

use crate::exchange::vocabulary::Digest;

/// The media type of a request.
pub const REQUEST_TYPE: &str = "application/timestamp-query";
/// The media type of an answer.
pub const ANSWER_TYPE: &str = "application/timestamp-reply";

/// Everything before the digest: version 1, SHA-256 with NULL parameters.
#[rustfmt::skip]
const BEFORE: [u8; 24] = [
    0x30, 0x39,                                                       // TimeStampReq
    0x02, 0x01, 0x01,                                                 //   version 1
    0x30, 0x31,                                                       //   MessageImprint
    0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,                                                       //     the digest
];
/// Everything behind it: certificates are wanted. No nonce: the imprint is over a signed head that did
/// not exist before, and an old answer to the same question is no lie.
const BEHIND: [u8; 3] = [0x01, 0x01, 0xff];

/// A request for a token over these 32 bytes.
#[must_use]
pub fn request(imprint: &Digest) -> Vec<u8> {
    [&BEFORE[..], &imprint.0, &BEHIND].concat()
}
