//! Certificates, and the chain from a signer to a pin.

use der::asn1::ObjectIdentifier;
use der::{Encode, Tag};
use jiff::Timestamp;
use x509_cert::Certificate as Parsed;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use x509_cert::name::Name;

use super::pin::Pin;
use super::signature::{Scheme, decode, key_of};
use super::walk::Walk;
use super::{TimeRefusal, form};

const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// Certificates between a signer and its pin at most.
const LONGEST_CHAIN: usize = 5;
/// Signatures that are checked in search of a chain at most.
const MOST_CHECKS: usize = 32;
/// Characters of a name that are shown.
const NAME_LIMIT: usize = 80;

/// A certificate, with the bytes that its issuer signed.
pub(super) struct Certificate<'a> {
    pub(super) der: &'a [u8],
    signed: &'a [u8],
    algorithm: &'a [u8],
    parsed: Parsed,
}

impl<'a> Certificate<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, TimeRefusal> {
        const AT: &str = "certificate";
        let mut walk = Walk::whole(der, Tag::Sequence, AT)?;
        let (signed, algorithm) = (walk.raw()?, walk.raw()?);
        let parsed: Parsed = decode(der, AT)?;
        let tbs = parsed.tbs_certificate();
        // The algorithm stands outside what is signed too; both must say the same.
        if tbs.signature() != parsed.signature_algorithm() {
            return Err(form(AT));
        }
        let mut seen: Vec<_> = tbs.extensions().into_iter().flatten().map(|one| one.extn_id).collect();
        let count = seen.len();
        seen.sort();
        seen.dedup();
        if seen.len() < count { Err(form(AT)) } else { Ok(Self { der, signed, algorithm, parsed }) }
    }

    /// Whose it is, as a person would say: the common name, or the whole name.
    pub(super) fn name(&self) -> String {
        let subject = self.subject();
        let common = subject.iter().find(|one| one.oid == COMMON_NAME);
        let text = common.and_then(|one| std::str::from_utf8(one.value.value()).ok().map(str::to_owned));
        let text = text.unwrap_or_else(|| subject.to_string());
        text.chars().filter(|c| !c.is_control()).take(NAME_LIMIT).collect()
    }

    pub(super) fn subject(&self) -> &Name {
        self.parsed.tbs_certificate().subject()
    }

    pub(super) fn issuer(&self) -> &Name {
        self.parsed.tbs_certificate().issuer()
    }

    /// The serial number's content bytes.
    pub(super) fn serial(&self) -> &[u8] {
        self.parsed.tbs_certificate().serial_number().as_bytes()
    }

    /// SubjectPublicKeyInfo.
    pub(super) fn key(&self) -> Result<Vec<u8>, TimeRefusal> {
        self.parsed.tbs_certificate().subject_public_key_info().to_der().map_err(|_| form("certificate"))
    }

    fn extension(&self, oid: ObjectIdentifier) -> Option<&Extension> {
        self.parsed.tbs_certificate().extensions()?.iter().find(|one| one.extn_id == oid)
    }

    /// For time-stamping and nothing else, as RFC 3161 section 2.3 asks: critical, one purpose.
    pub(super) fn is_for_time(&self) -> bool {
        let Some(usage) = self.extension(EXTENDED_KEY_USAGE).filter(|usage| usage.critical) else {
            return false;
        };
        let purposes = decode::<ExtendedKeyUsage>(usage.extn_value.as_bytes(), "certificate");
        let signs = self.extension(KEY_USAGE).is_none_or(|usage| {
            decode::<KeyUsage>(usage.extn_value.as_bytes(), "certificate")
                .is_ok_and(|usage| usage.digital_signature() || usage.non_repudiation())
        });
        signs && purposes.is_ok_and(|purposes| purposes.0 == [TIME_STAMPING])
    }

    /// Whether it may sign a certificate that has `below` authorities under it.
    fn is_authority(&self, below: usize) -> bool {
        let constraints = self.extension(BASIC_CONSTRAINTS).and_then(|constraints| {
            decode::<BasicConstraints>(constraints.extn_value.as_bytes(), "certificate").ok()
        });
        let signs = self.extension(KEY_USAGE).is_none_or(|usage| {
            decode::<KeyUsage>(usage.extn_value.as_bytes(), "certificate")
                .is_ok_and(|usage| usage.key_cert_sign())
        });
        let long_enough = |most: Option<u8>| most.is_none_or(|most| below <= usize::from(most));
        signs && constraints.is_some_and(|one| one.ca && long_enough(one.path_len_constraint))
    }

    /// Whether it was valid then, and asks for nothing that is not judged here.
    fn holds_at(&self, at: Timestamp) -> bool {
        let validity = self.parsed.tbs_certificate().validity();
        let seconds = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs());
        let (from, to) = (seconds(validity.not_before), seconds(validity.not_after));
        let at = at.as_second();
        let known = [KEY_USAGE, BASIC_CONSTRAINTS, POLICIES, EXTENDED_KEY_USAGE];
        let mut critical = self.parsed.tbs_certificate().extensions().into_iter().flatten();
        from.is_ok_and(|from| from <= at)
            && to.is_ok_and(|to| at <= to)
            && critical.all(|one| !one.critical || known.contains(&one.extn_id))
    }

    /// Whether the key of a SubjectPublicKeyInfo signed it.
    fn is_signed_by(&self, key: &[u8]) -> bool {
        let Some(signature) = self.parsed.signature().as_bytes() else { return false };
        let scheme = Scheme::read(self.algorithm, None);
        key_of(key).is_ok_and(|key| scheme.is_ok_and(|scheme| key.made(scheme, self.signed, signature)))
    }
}

/// The pin that a chain from `signer` over `others` leads to, every certificate good at `at`.
///
/// # Errors
/// [`TimeRefusal::ChainBad`] where one leads there but was not good then; [`TimeRefusal::NotPinned`].
pub(super) fn judge<'p>(
    signer: &Certificate<'_>,
    others: &[Certificate<'_>],
    pins: &'p [Pin],
    at: Timestamp,
) -> Result<&'p Pin, TimeRefusal> {
    let mut search = Search { others, pins, at, checks: 0, stale: false };
    let found = if signer.holds_at(at) { search.up(signer, 0)? } else { search.up_stale(signer)? };
    let authority = signer.name();
    match found {
        Some(pin) => Ok(pin),
        None if search.stale => Err(TimeRefusal::ChainBad { authority, at }),
        None => Err(TimeRefusal::NotPinned { authority }),
    }
}

struct Search<'s, 'p> {
    others: &'s [Certificate<'s>],
    pins: &'p [Pin],
    at: Timestamp,
    checks: usize,
    /// A link that fits by name and signature was not good then.
    stale: bool,
}

impl<'p> Search<'_, 'p> {
    /// Only to say which it is: a signer that is not good at its own time is refused either way.
    fn up_stale(&mut self, signer: &Certificate<'_>) -> Result<Option<&'p Pin>, TimeRefusal> {
        self.stale = self.up(signer, 0)?.is_some() || self.stale;
        Ok(None)
    }

    /// From a certificate that is good, with `below` authorities under it, to a pin.
    fn up(&mut self, from: &Certificate<'_>, below: usize) -> Result<Option<&'p Pin>, TimeRefusal> {
        let key = from.key()?;
        if let Some(pin) = self.pins.iter().find(|pin| pin.key() == key) {
            return Ok(Some(pin));
        }
        for pin in self.pins {
            let Some(der) = pin.certificate() else {
                if self.signed(from, pin.key()) {
                    return Ok(Some(pin));
                }
                continue;
            };
            let root = Certificate::read(der)?;
            if root.subject() == from.issuer() && self.signed(from, pin.key()) {
                if root.holds_at(self.at) && root.is_authority(below) {
                    return Ok(Some(pin));
                }
                self.stale = true;
            }
        }
        if below + 1 >= LONGEST_CHAIN {
            return Ok(None);
        }
        let others = self.others;
        for next in others.iter().filter(|next| next.subject() == from.issuer() && next.der != from.der) {
            if !self.signed(from, &next.key()?) {
                continue;
            }
            if !next.holds_at(self.at) || !next.is_authority(below) {
                self.stale = true;
                continue;
            }
            if let Some(pin) = self.up(next, below + 1)? {
                return Ok(Some(pin));
            }
        }
        Ok(None)
    }

    fn signed(&mut self, certificate: &Certificate<'_>, key: &[u8]) -> bool {
        self.checks += 1;
        self.checks <= MOST_CHECKS && certificate.is_signed_by(key)
    }
}
