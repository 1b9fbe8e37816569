//! `kluis verify-certificate`: what a certificate covers, what not, and how strong it is. Needs no box.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Value, json};

use super::desk::{Ending, Stop, language, say};
use crate::appliance::console;
use crate::exchange::bundle::card::CARD_LIMIT;
use crate::exchange::bundle::certificate::CERTIFICATE_LIMIT;
use crate::exchange::bundle::{SignedBoxCard, SignedCertificate, StatementRefusal, TokenEvidence};
use crate::exchange::journal::SignedCheckpoint;
use crate::exchange::law::over_at;
use crate::exchange::time::{Pin, TimeRefusal, Token};
use crate::exchange::vocabulary::Word;
use crate::support::durable;
use crate::support::words::{self, Language, Said};

/// Bytes of an authority's certificate or key at most.
const AUTHORITY_LIMIT: u64 = 1 << 20;

/// What is asked of a certificate.
pub struct Certified {
    /// The certificate's file.
    pub file: PathBuf,
    /// The box's card, whose key must have signed it.
    pub card: Option<PathBuf>,
    /// Where a sheet to print goes.
    pub html: Option<PathBuf>,
    /// The authority that its time tokens are held against: its root certificate or key.
    pub authority: Option<PathBuf>,
    /// The folder that its time tokens go into.
    pub evidence: Option<PathBuf>,
}

/// Checks a certificate of destruction, and against a box's card if there is one; writes what else was
/// asked for. Refused where the key is another, where the box says more than it can show, or where an
/// authority is named and no time token past the term's end is its own.
///
/// # Errors
/// What is wrong with the certificate or the card, or the disk.
pub fn verify_certificate(asked: &Certified, json: bool) -> Result<Ending, Stop> {
    let name = asked.file.display().to_string();
    let refused = |error: StatementRefusal| {
        let sentence = format!("{name}: {}", error.say(language()));
        Stop { code: Some(error.code().into_owned()), sentence }
    };
    let bytes = durable::read_up_to(&asked.file, CERTIFICATE_LIMIT as u64)?;
    let certificate = SignedCertificate::read(&bytes).map_err(refused)?;
    certificate.verify(certificate.key()).map_err(refused)?;
    let of_card = match &asked.card {
        Some(card) => {
            let bytes = durable::read_up_to(card, CARD_LIMIT as u64)?;
            let card = SignedBoxCard::open(&bytes).map_err(refused)?;
            Some(card.body().key == certificate.key())
        }
        None => None,
    };
    if let Some(html) = &asked.html {
        let file = asked.file.file_name().map(|name| name.to_string_lossy().into_owned());
        let sheet = console::sheet(language(), &certificate, &file.unwrap_or(name));
        durable::write_atomically(html, sheet.as_bytes(), 0o644)?;
    }
    if let Some(folder) = &asked.evidence {
        write_evidence(&certificate, folder)?;
    }
    let signed = match &asked.authority {
        Some(file) => {
            let bytes = durable::read_up_to(file, AUTHORITY_LIMIT)?;
            let pin = Pin::read(&bytes).map_err(|refusal| Stop::said(&refusal))?;
            Some(tokens_signed(&certificate, &pin))
        }
        None => None,
    };
    let end = over_at(certificate.kept_until());
    let not_proven = signed.as_ref().is_some_and(|signed| {
        let proves =
            |(token, signed): (&TokenEvidence, &Result<(), TimeRefusal>)| signed.is_ok() && token.time >= end;
        certificate.word() == Word::Proven && !certificate.tokens().iter().zip(signed).any(proves)
    });
    let faults = certificate.faults();
    if json {
        let faults: Vec<_> = faults.iter().map(|fault| fault.code()).collect();
        let answer = json!({ "version": certificate.version(), "certificate": body(&certificate),
            "digest": certificate.digest(), "box_fingerprint": certificate.box_fingerprint(),
            "not_covered": certificate.not_covered(), "signature": "good", "key_on_card": of_card,
            "faults": faults,
            "tokens_signed": signed.as_ref().map(|all| all.iter().map(Result::is_ok).collect::<Vec<_>>()) });
        say(&format!("{answer:#}\n"))?;
    } else {
        let mut out = in_words(&certificate, signed.as_deref(), language());
        let line = |name: &str| words::text(language(), name);
        let key = [("key", certificate.key().to_string().into())];
        let _ = writeln!(out, "\n{}", words::message(language(), "kluis-certificate-good", &key));
        let _ = match of_card {
            Some(true) => writeln!(out, "{}", line("kluis-certificate-card")),
            Some(false) => writeln!(out, "{}", line("kluis-certificate-other-key")),
            None => writeln!(out, "{}", line("kluis-certificate-which-key")),
        };
        for fault in &faults {
            let fields = [("fault", fault.say(language()).into())];
            let _ = writeln!(out, "{}", words::message(language(), "kluis-certificate-fault", &fields));
        }
        let written = |out: &mut String, name: &str, field: &'static str, path: &Path| {
            let fields = [(field, path.display().to_string().into())];
            let _ = writeln!(out, "{}", words::message(language(), name, &fields));
        };
        if let Some(html) = &asked.html {
            written(&mut out, "kluis-certificate-html", "file", html);
        }
        if let Some(folder) = &asked.evidence {
            let name = match certificate.tokens().is_empty() {
                true => "kluis-certificate-no-evidence",
                false => "kluis-certificate-evidence",
            };
            written(&mut out, name, "directory", folder);
        }
        say(&out)?;
    }
    let refused = of_card == Some(false) || !faults.is_empty() || not_proven;
    Ok(if refused { Ending::Refused } else { Ending::Done })
}

/// A certificate's fields as JSON, whichever version it is.
#[must_use]
pub(super) fn body(certificate: &SignedCertificate) -> Value {
    let body = match certificate {
        SignedCertificate::V1(statement) => serde_json::to_value(statement.body()),
        SignedCertificate::V2(statement) => serde_json::to_value(statement.body()),
    };
    body.unwrap_or_default()
}

/// Of each of its time tokens, whether this authority signed it, at the time that the certificate says.
fn tokens_signed(certificate: &SignedCertificate, pin: &Pin) -> Vec<Result<(), TimeRefusal>> {
    let signed = |token: &TokenEvidence| {
        let file = [&token.token[..], token.over.as_bytes()].concat();
        let verified = Token::open(&file)?.verify(std::slice::from_ref(pin))?;
        if verified.past() == token.time { Ok(()) } else { Err(TimeRefusal::OverOther) }
    };
    certificate.tokens().iter().map(signed).collect()
}

/// `1.tsr` and what it is over, `1.checkpoint`, and so on: what `openssl ts -verify` takes.
fn write_evidence(certificate: &SignedCertificate, folder: &Path) -> Result<(), Stop> {
    for (number, token) in (1..).zip(certificate.tokens()) {
        durable::create_dir_all(folder)?;
        durable::write_atomically(&folder.join(format!("{number}.tsr")), &token.token, 0o644)?;
        let over = folder.join(format!("{number}.checkpoint"));
        durable::write_atomically(&over, token.over.as_bytes(), 0o644)?;
    }
    Ok(())
}

fn in_words(
    certificate: &SignedCertificate,
    signed: Option<&[Result<(), TimeRefusal>]>,
    language: Language,
) -> String {
    let day = |at: Timestamp| words::date(language, Offset::UTC.to_datetime(at).date());
    let message = |name: &str, fields: &[(&str, &str)]| {
        let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, (*value).into())).collect();
        words::message(language, name, &fields)
    };
    let head = [
        ("version", &*certificate.version().to_string()),
        ("entity", certificate.entity_name()),
        ("box", &certificate.box_fingerprint()),
    ];
    let what = [
        ("term", certificate.term().name().as_str()),
        ("on", &*day(certificate.destroyed_at())),
        ("invoices", &certificate.invoices().to_string()),
        ("bundles", &certificate.bundles().to_string()),
        ("until", &words::date(language, certificate.kept_until())),
        ("article", certificate.article()),
        ("table", certificate.law_table()),
    ];
    let mut out = message("kluis-certificate-head", &head) + "\n\n";
    let _ = writeln!(out, "{}", message("kluis-certificate-what", &what));
    if certificate.held() > 0 {
        let count = certificate.held().to_string();
        let _ = writeln!(out, "{}", message("kluis-certificate-held", &[("count", &count)]));
    }
    let (entries, digest) = (certificate.entries().to_string(), certificate.entries_digest().to_string());
    let fields = [("entries", &*entries), ("digest", &*digest)];
    let _ = writeln!(out, "{}\n", message("kluis-certificate-entries", &fields));

    let word = words::text(language, certificate.word().message());
    let _ = writeln!(out, "{}", message("kluis-certificate-strength", &[("word", &word)]));
    if certificate.demo() {
        let demo = words::text(language, "retention-demo");
        let _ = writeln!(out, "{}", message("kluis-certificate-strength", &[("word", &demo)]));
    }
    for (number, token) in (1..).zip(certificate.tokens()) {
        let head = SignedCheckpoint::verify(&token.over, certificate.box_id(), &certificate.key());
        let fields = [
            ("number", &*u64::to_string(&number)),
            ("size", &head.map_or(0, |head| head.size()).to_string()),
            ("time", &token.time.to_string()),
            ("authority", &token.authority.fingerprint()),
        ];
        let _ = writeln!(out, "{}", message("kluis-certificate-token", &fields));
        match signed.and_then(|signed| signed.get(number as usize - 1)) {
            Some(Ok(())) => {
                let _ = writeln!(out, "{}", message("kluis-certificate-token-signed", &[]));
            }
            Some(Err(refusal)) => {
                let reason = refusal.say(language);
                let _ =
                    writeln!(out, "{}", message("kluis-certificate-token-unsigned", &[("reason", &reason)]));
            }
            None => {}
        }
    }
    if !certificate.tokens().is_empty() && signed.is_none() {
        let _ = writeln!(out, "{}", message("kluis-certificate-token-seam", &[]));
    }
    let days = (certificate.powered_since_due() / (24 * 60 * 60)).to_string();
    let fields = [("floor", &*day(certificate.floor())), ("days", &*days)];
    let _ = writeln!(out, "{}", message("kluis-certificate-floor", &fields));
    let root = words::text(language, certificate.root().message());
    let fields = [("root", &*root), ("generation", &certificate.generation().to_string())];
    let _ = writeln!(out, "{}\n", message("kluis-certificate-root", &fields));
    let _ = writeln!(out, "{}", message("kluis-certificate-not-covered", &[]));
    for sentence in console::not_covered(language, &certificate.not_covered()) {
        let _ = writeln!(out, "  – {sentence}");
    }
    out
}
