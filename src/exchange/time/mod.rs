//! Time from outside: RFC 3161 time tokens, asked for and verified.
//!
//! ```text
//!  shop                      authority            box
//!  SHA-256(signed note) ---> TimeStampReq
//!                            TimeStampResp ----> *.tsr = response | signed note ---> Token::open
//!                                                                    verify: imprint, CMS, chain
//!                                                                    Verified { at, accuracy, … }
//! ```
//! A token says: these 32 bytes existed before this time, and so this time has been. It proves itself,
//! so it may come by any way; what is believed is which authority's key is *pinned*.
//!
//! **Promised.** [`Verified`] exists only where the imprint is the SHA-256 of what lies behind the
//! response, the CMS signature holds over exactly that, the certificate that the signed attributes name
//! (ESS `signing-certificate`, v1 or v2) made it, that certificate is for time-stamping and nothing else
//! (critical), and a chain leads from it to a [`Pin`], each link good *at the token's own time*: so a
//! token outlives its certificates, and an authority's expired key makes no new ones. Reading is strict
//! DER, bounded, without recursion of ours, and never panics (fuzzed: `time_token`).
//!
//! **Not promised.** That the authority is honest: `appliance::retention` wants two tokens for that
//! reason. Revocation: a box on no network hears of none; two officers change the pins and strike
//! tokens. Certificates with critical extensions that are not of this room (name constraints) are
//! refused, not judged.
//!
//! What openssl says of the same file is the same, and a test holds one against the other:
//! `openssl ts -verify -in X.tsr -data NOTE -CAfile ROOT -attime T`. openssl reads the response and
//! ignores what lies behind it.
//!
//! Algorithms: SHA-256, 384, 512; RSA of 2048 bits and more (PKCS#1 v1.5, PSS), ECDSA on P-256 and P-384.
//! The structures of CMS and RFC 3161 are walked here over `der`'s reader: the `cms` and `x509-tsp`
//! crates on the same generation of `der` are not released yet, and what is signed is the bytes as they
//! came, not what a library would write. Certificates are `x509-cert`'s.
//!
//! Pure; calls no other room.

mod certificate;
mod pin;
mod request;
mod signature;
mod token;
mod walk;

#[cfg(test)]
mod tests;

pub use pin::Pin;
pub use request::{ANSWER_TYPE, REQUEST_TYPE, request};
pub use token::{NOTE_LIMIT, RESPONSE_LIMIT, TOKEN_LIMIT, Token, Verified, answers, is_cut_off};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

crate::refusals! {
    /// Why a time token is not taken.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case", deny_unknown_fields)]
    pub enum TimeRefusal {
        /// More bytes than a token has.
        TooLong { limit: usize } = "time-too-long",
        /// Not DER, or not what RFC 3161 describes; `at` names the part.
        Form { at: String } = "time-form",
        /// The authority said no.
        NotGranted { status: u32, reason: String } = "time-not-granted",
        /// An algorithm that this program does not check.
        Algorithm { oid: String } = "time-algorithm",
        /// The token is over other bytes than those that lie behind it.
        OverOther = "time-over-other",
        /// The signature, or what it signs, does not hold.
        Broken = "time-broken",
        /// The certificate of the signer is not in the token.
        NoCertificate = "time-no-certificate",
        /// The signer's certificate is not one for time-stamping alone.
        NotForTime { authority: String } = "time-not-for-time",
        /// No chain leads to a pinned authority.
        NotPinned { authority: String } = "time-not-pinned",
        /// A certificate of the chain was not valid at the token's time, or may not sign others.
        ChainBad { authority: String, at: Timestamp } = "time-chain-bad",
        /// No certificate and no public key that could be pinned.
        NotAPin = "time-not-a-pin",
    }
}

/// Something that is not of its form.
fn form(at: &str) -> TimeRefusal {
    TimeRefusal::Form { at: at.to_owned() }
}
