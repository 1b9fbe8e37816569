//! Tokens by themselves, held against openssl.

use std::fs;

use factuurkluis::exchange::time::{Pin, TimeRefusal, Token, Verified};
use factuurkluis::support::words::Said as _;
use jiff::ToSpan as _;

use crate::authority::{Authority, Keys, noon, openssl_says};

const NOTE: &[u8] = b"a head of a journal\n1\nroot\n";
const DAY: &str = "2027-02-01";

fn pin(authority: &Authority) -> Pin {
    Pin::read(&fs::read(authority.root()).unwrap()).unwrap()
}

fn judge(file: &[u8], pins: &[Pin]) -> Result<Verified, TimeRefusal> {
    Token::open(file)?.verify(pins)
}

fn code(file: &[u8], pins: &[Pin]) -> String {
    judge(file, pins).unwrap_err().code().into_owned()
}

#[test]
fn openssl_and_this_program_say_the_same_of_every_kind_of_token() {
    let foreign = Authority::new("Foreign", Keys::P256, 40_000);
    for keys in [Keys::Rsa, Keys::RsaRootPss, Keys::P256, Keys::P384] {
        let authority = Authority::new("Klok", keys, 40_000);
        let pins = [pin(&authority)];
        // Of today, of long ago, of 2099: each is judged at its own time.
        for day in [DAY, "2020-03-01", "2099-01-01"] {
            let file = authority.token(NOTE, day);
            let verified = judge(&file, &pins).unwrap();
            assert_eq!((verified.at, verified.accuracy), (noon(day), 2), "{keys:?}");
            assert_eq!(verified.past(), noon(day) - 2.seconds());
            assert_eq!(verified.authority, pins[0].fingerprint());
            assert!(openssl_says(&file, NOTE, &authority.root(), day), "{keys:?} {day}");
        }
        let file = authority.token(NOTE, DAY);
        assert_eq!(code(&file, &[pin(&foreign)]), "time-not-pinned");
        assert!(!openssl_says(&file, NOTE, &foreign.root(), DAY));
        assert_eq!(code(&file, &[]), "time-not-pinned");
        let other = [Token::open(&file).unwrap().response(), b"another head"].concat();
        assert_eq!(code(&other, &pins), "time-over-other");
        assert!(!openssl_says(&other, b"another head", &authority.root(), DAY));
        assert_eq!(authority.keys(), keys);
    }
}

#[test]
fn the_authoritys_own_certificate_or_its_bare_key_can_be_pinned() {
    let authority = Authority::new("Klok", Keys::P256, 40_000);
    let file = authority.token(NOTE, DAY);
    let own = Pin::read(&fs::read(authority.own()).unwrap()).unwrap();
    assert_eq!((own.name(), judge(&file, std::slice::from_ref(&own)).is_ok()), ("Klok", true));
    for certificate in [authority.own(), authority.root()] {
        let key = std::process::Command::new("openssl")
            .args(["x509", "-noout", "-pubkey", "-in"])
            .arg(certificate)
            .output()
            .unwrap();
        let key = Pin::read(&key.stdout).unwrap();
        assert_eq!(judge(&file, std::slice::from_ref(&key)).unwrap().authority, key.fingerprint());
    }
}

#[test]
fn an_expired_chain_makes_no_tokens_and_old_tokens_outlive_it() {
    // Good for a year from 2020 on.
    let authority = Authority::new("Klok", Keys::P256, 366);
    let pins = [pin(&authority)];
    assert!(judge(&authority.token(NOTE, "2020-06-01"), &pins).is_ok());
    let late = authority.token(NOTE, "2022-06-01");
    assert_eq!(code(&late, &pins), "time-chain-bad");
    assert!(!openssl_says(&late, NOTE, &authority.root(), "2022-06-01"));
}

#[test]
fn no_byte_of_a_token_can_be_changed() {
    let authority = Authority::new("Klok", Keys::P256, 40_000);
    let pins = [pin(&authority)];
    let file = authority.token(NOTE, DAY);
    let sound = judge(&file, &pins).unwrap();
    let mut harmless = 0;
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x04;
        match judge(&changed, &pins) {
            // What nobody signed says nothing: the wrapping's version, the list of digests.
            Ok(verified) => {
                assert_eq!(verified, sound, "byte {at}");
                harmless += 1;
            }
            Err(refusal) => assert!(refusal.code().starts_with("time-")),
        }
        assert!(judge(&file[..at], &pins).is_err(), "cut at {at}");
    }
    assert!(harmless < 40, "{harmless} bytes of {} could be changed", file.len());
}
