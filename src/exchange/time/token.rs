//! The file, and the token in it.
//!
//! ```text
//! *.tsr    TimeStampResp (DER, tells its own length) | what it is over: a signed note, to the end
//! ```
//! So one file has both: `openssl ts` reads it as it is and ignores what lies behind, and the note is
//! what `tail` gives.

use der::asn1::{IntRef, ObjectIdentifier};
use der::{Reader, SliceReader, Tag};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};

use super::certificate::{Certificate, judge};
use super::pin::Pin;
use super::signature::{Hash, Scheme, key_of};
use super::walk::{Walk, tagged, tagged_primitive};
use super::{TimeRefusal, form};
use crate::exchange::vocabulary::Digest;

/// Bytes of an authority's answer at most.
pub const RESPONSE_LIMIT: usize = 64 * 1024;
/// Bytes of what a token is over at most: a checkpoint.
pub const NOTE_LIMIT: usize = 128 * 1024;
/// Bytes of a token's file at most.
pub const TOKEN_LIMIT: usize = RESPONSE_LIMIT + NOTE_LIMIT;
/// Certificates in a token at most.
const MOST_CERTIFICATES: usize = 16;
/// What an authority that states no accuracy is taken to have, in seconds: ETSI EN 319 421 asks for
/// one second or better.
const USUAL_ACCURACY: u64 = 1;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// A token's file, in its two parts. Nothing of it is checked yet.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    response: &'a [u8],
    over: &'a [u8],
}

/// What a token proves, when everything of it held. Made by [`Token::verify`]; whoever gets one over a
/// pipe has the word of the process that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verified {
    /// The authority's time, in whole seconds.
    pub at: Timestamp,
    /// By how many seconds it may be wrong, begun ones counted.
    pub accuracy: u64,
    /// The fingerprint of the pin that it hangs on.
    pub authority: Digest,
}

impl Verified {
    /// The time that is proven past: the authority's, less its accuracy.
    #[must_use]
    pub fn past(&self) -> Timestamp {
        let accuracy = i64::try_from(self.accuracy).unwrap_or(i64::MAX);
        Timestamp::from_second(self.at.as_second().saturating_sub(accuracy)).unwrap_or(Timestamp::MIN)
    }
}

/// Whether these bytes are the beginning of a token's file and no more: its answer is not all there, or the note
/// behind that does not end as one does. Nothing else of it is read.
#[must_use]
pub fn is_cut_off(file: &[u8]) -> bool {
    const SEQUENCE: u8 = 0x30;
    let &[first, short, ref rest @ ..] = file else { return file.is_empty() || file[0] == SEQUENCE };
    if first != SEQUENCE {
        return false;
    }
    // The length of the length, where it does not stand in the one byte.
    let long = usize::from(short & 0x7f) * usize::from(short >> 7);
    if long > size_of::<u32>() {
        return false;
    }
    let Some((length, content)) = rest.split_at_checked(long) else { return true };
    let length = match length {
        [] => usize::from(short),
        bytes => bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)),
    };
    let Some((_, note)) = content.split_at_checked(length) else { return true };
    let signatures = note.windows(2).rposition(|two| two == b"\n\n").map(|at| &note[at + 2..]);
    !(note.ends_with(b"\n") && signatures.is_some_and(|signatures| !signatures.is_empty()))
}

impl<'a> Token<'a> {
    /// Takes a file apart.
    ///
    /// # Errors
    /// [`TimeRefusal::TooLong`], [`TimeRefusal::Form`].
    pub fn open(file: &'a [u8]) -> Result<Self, TimeRefusal> {
        if file.len() > TOKEN_LIMIT {
            return Err(TimeRefusal::TooLong { limit: TOKEN_LIMIT });
        }
        let mut reader = SliceReader::new(file).map_err(|_| form("response"))?;
        let response = reader.tlv_bytes().map_err(|_| form("response"))?;
        if response.len() > RESPONSE_LIMIT {
            return Err(TimeRefusal::TooLong { limit: RESPONSE_LIMIT });
        }
        Ok(Self { response, over: &file[response.len()..] })
    }

    /// The same of a file that somebody else took apart, who says how long the authority's answer is; none
    /// where it cannot be as long.
    #[must_use]
    pub fn divided(file: &'a [u8], response: usize) -> Option<Self> {
        let fits = file.len() <= TOKEN_LIMIT && (1..=RESPONSE_LIMIT).contains(&response);
        let (response, over) = file.split_at_checked(response).filter(|_| fits)?;
        Some(Self { response, over })
    }

    /// The authority's answer.
    #[must_use]
    pub fn response(&self) -> &'a [u8] {
        self.response
    }

    /// The SHA-256 of the authority's answer, by which a token is named.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.response)
    }

    /// What it is over.
    #[must_use]
    pub fn over(&self) -> &'a [u8] {
        self.over
    }

    /// Checks everything, down to a pinned authority.
    ///
    /// # Errors
    /// [`TimeRefusal`].
    pub fn verify(&self, pins: &[Pin]) -> Result<Verified, TimeRefusal> {
        let content = Signed::read(self.response)?;
        let info = Info::read(content.info)?;
        if info.imprint != Digest::of(self.over) {
            return Err(TimeRefusal::OverOther);
        }
        let mut certificates = Vec::new();
        for der in &content.certificates {
            certificates.push(Certificate::read(der)?);
        }
        let signer = content.signer.verify(content.info, &certificates)?;
        if !signer.is_for_time() {
            return Err(TimeRefusal::NotForTime { authority: signer.name() });
        }
        let pin = judge(signer, &certificates, pins, info.at)?;
        Ok(Verified { at: info.at, accuracy: info.accuracy, authority: pin.fingerprint() })
    }
}

/// What a shop looks at before it carries an answer to the box: that the authority said yes, and to this
/// question. Its signature is the box's business, which knows whom to believe.
///
/// # Errors
/// [`TimeRefusal`].
pub fn answers(response: &[u8], imprint: &Digest) -> Result<Timestamp, TimeRefusal> {
    if response.len() > RESPONSE_LIMIT {
        return Err(TimeRefusal::TooLong { limit: RESPONSE_LIMIT });
    }
    let info = Info::read(Signed::read(response)?.info)?;
    if info.imprint == *imprint { Ok(info.at) } else { Err(TimeRefusal::OverOther) }
}

/// CMS SignedData, with one signer.
struct Signed<'a> {
    /// The TSTInfo, which is signed.
    info: &'a [u8],
    certificates: Vec<&'a [u8]>,
    signer: Signer<'a>,
}

impl<'a> Signed<'a> {
    /// Reads a TimeStampResp down to its SignedData.
    fn read(response: &'a [u8]) -> Result<Self, TimeRefusal> {
        let mut outside = Walk::whole(response, Tag::Sequence, "response")?;
        granted(outside.enter(Tag::Sequence)?)?;
        let token = outside.raw()?;
        outside.end()?;

        let mut content = Walk::whole(token, Tag::Sequence, "token")?;
        if content.oid()? != SIGNED_DATA {
            return Err(form("token"));
        }
        let mut wrapped = content.enter(tagged(0))?;
        content.end()?;
        let mut data = wrapped.enter(Tag::Sequence)?;
        wrapped.end()?;

        data.value(Tag::Integer)?;
        data.value(Tag::Set)?;
        let mut encapsulated = data.enter(Tag::Sequence)?;
        if encapsulated.oid()? != TST_INFO {
            return Err(form("token"));
        }
        let mut wrapped = encapsulated.enter(tagged(0))?;
        encapsulated.end()?;
        let info = wrapped.value(Tag::OctetString)?;
        wrapped.end()?;

        let mut certificates = Vec::new();
        if let Some(list) = data.value_if(tagged(0))? {
            // A set by its type, but not sorted by everybody who writes it.
            let mut list = Walk::inside(list, "certificates")?;
            while !list.is_at_end() {
                if certificates.len() == MOST_CERTIFICATES {
                    return Err(form("certificates"));
                }
                certificates.push(list.raw()?);
            }
        }
        // Lists of revoked certificates: whoever is not on a network cannot tell a new one from an old.
        data.value_if(tagged(1))?;
        let mut signers = data.enter(Tag::Set)?;
        data.end()?;
        let signer = Signer::read(signers.enter(Tag::Sequence)?)?;
        signers.end()?;
        Ok(Self { info, certificates, signer })
    }
}

/// PKIStatusInfo: granted, or granted with changes.
fn granted(mut status: Walk<'_>) -> Result<(), TimeRefusal> {
    let number: u32 = status.read()?;
    if number <= 1 {
        return Ok(());
    }
    let mut reason = String::new();
    if let Some(lines) = status.value_if(Tag::Sequence)? {
        let mut lines = Walk::inside(lines, "response")?;
        while !lines.is_at_end() && reason.len() < 300 {
            reason += &String::from_utf8_lossy(lines.value(Tag::Utf8String)?);
        }
    }
    let reason = reason.chars().filter(|c| !c.is_control()).take(200).collect();
    Err(TimeRefusal::NotGranted { status: number, reason })
}

/// SignerInfo.
struct Signer<'a> {
    /// The signer's identifier: issuer and serial number, or the identifier of his key.
    id: der::asn1::AnyRef<'a>,
    hash: Hash,
    /// The signed attributes' content.
    attributes: &'a [u8],
    scheme: Scheme,
    signature: &'a [u8],
}

impl<'a> Signer<'a> {
    fn read(mut walk: Walk<'a>) -> Result<Self, TimeRefusal> {
        walk.value(Tag::Integer)?;
        let id = walk.any()?;
        let hash = Hash::read(&mut walk)?;
        // Without signed attributes nothing would bind the certificate.
        let attributes = walk.value(tagged(0))?;
        let scheme = Scheme::read(walk.raw()?, Some(hash))?;
        let signature = walk.value(Tag::OctetString)?;
        walk.value_if(tagged(1))?;
        walk.end()?;
        Ok(Self { id, hash, attributes, scheme, signature })
    }

    /// Checks signature and attributes, and gives the certificate that they name.
    fn verify<'c, 'd>(
        &self,
        info: &[u8],
        certificates: &'c [Certificate<'d>],
    ) -> Result<&'c Certificate<'d>, TimeRefusal> {
        let attributes = Attributes::read(self.attributes)?;
        if attributes.digest != self.hash.digest(info) {
            return Err(TimeRefusal::Broken);
        }
        let named = |certificate: &&Certificate<'_>| {
            attributes.named.iter().all(|named| named.is(certificate.der)) && self.is(certificate)
        };
        let signer = certificates.iter().find(named).ok_or(TimeRefusal::NoCertificate)?;
        // What is signed is the attributes as a SET OF, which is what they are but for the first byte.
        let signed = as_set(self.attributes);
        if key_of(&signer.key()?)?.made(self.scheme, &signed, self.signature) {
            Ok(signer)
        } else {
            Err(TimeRefusal::Broken)
        }
    }

    /// Whether the signer's identifier is this certificate's. An identifier of a key says nothing more
    /// than the signed attribute does.
    fn is(&self, certificate: &Certificate<'_>) -> bool {
        use der::{Encode as _, Tagged as _};
        if self.id.tag() == tagged_primitive(0) {
            return true;
        }
        let Ok(mut walk) = Walk::inside(self.id.value(), "token") else { return false };
        let (Ok(issuer), Ok(serial)) = (walk.raw(), walk.value(Tag::Integer)) else { return false };
        certificate.issuer().to_der().is_ok_and(|name| name == issuer) && certificate.serial() == serial
    }
}

fn as_set(content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut signed = vec![0x31];
    match length {
        0..=0x7f => signed.push(length as u8),
        _ => {
            let bytes = length.to_be_bytes();
            let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(0);
            signed.push(0x80 | (bytes.len() - first) as u8);
            signed.extend_from_slice(&bytes[first..]);
        }
    }
    signed.extend_from_slice(content);
    signed
}

/// The signed attributes that count.
struct Attributes<'a> {
    digest: &'a [u8],
    /// By which digests the signer's certificate is named; one at least.
    named: Vec<CertificateId<'a>>,
}

/// ESSCertID and ESSCertIDv2.
enum CertificateId<'a> {
    /// The first version knew SHA-1 only. It picks one of a few certificates, each of which has to lead
    /// to a pin all the same.
    Sha1(&'a [u8]),
    Other(Hash, &'a [u8]),
}

impl CertificateId<'_> {
    fn is(&self, certificate: &[u8]) -> bool {
        match self {
            Self::Sha1(digest) => Sha1::digest(certificate).as_slice() == *digest,
            Self::Other(hash, digest) => hash.digest(certificate) == *digest,
        }
    }
}

impl<'a> Attributes<'a> {
    fn read(content: &'a [u8]) -> Result<Self, TimeRefusal> {
        const AT: &str = "signed attributes";
        let (mut digest, mut named, mut types) = (None, Vec::new(), Vec::new());
        let mut list = Walk::inside(content, AT)?;
        while !list.is_at_end() {
            let mut attribute = list.enter(Tag::Sequence)?;
            let oid = attribute.oid()?;
            let mut values = attribute.enter(Tag::Set)?;
            attribute.end()?;
            if types.contains(&oid) {
                return Err(form(AT));
            }
            types.push(oid);
            if oid == CONTENT_TYPE {
                if values.oid()? != TST_INFO {
                    return Err(form(AT));
                }
            } else if oid == MESSAGE_DIGEST {
                digest = Some(values.value(Tag::OctetString)?);
            } else if oid == SIGNING_CERTIFICATE || oid == SIGNING_CERTIFICATE_V2 {
                let mut ids = values.enter(Tag::Sequence)?.enter(Tag::Sequence)?;
                // The first is the signer's; more name his chain.
                let mut id = ids.enter(Tag::Sequence)?;
                named.push(if oid == SIGNING_CERTIFICATE {
                    CertificateId::Sha1(id.value(Tag::OctetString)?)
                } else {
                    let hash = if id.next_is(Tag::Sequence) { Hash::read(&mut id)? } else { Hash::Sha256 };
                    CertificateId::Other(hash, id.value(Tag::OctetString)?)
                });
            } else {
                continue;
            }
            values.end()?;
        }
        match digest {
            Some(digest) if types.contains(&CONTENT_TYPE) && !named.is_empty() => Ok(Self { digest, named }),
            _ => Err(form(AT)),
        }
    }
}

/// TSTInfo, what of it counts.
struct Info {
    imprint: Digest,
    at: Timestamp,
    accuracy: u64,
}

impl Info {
    fn read(der: &[u8]) -> Result<Self, TimeRefusal> {
        const AT: &str = "time";
        let mut walk = Walk::whole(der, Tag::Sequence, AT)?;
        let version: u8 = walk.read()?;
        if version != 1 {
            return Err(form(AT));
        }
        walk.oid()?;
        let mut imprint = walk.enter(Tag::Sequence)?;
        let hash = Hash::read(&mut imprint)?;
        let digest = imprint.value(Tag::OctetString)?;
        imprint.end()?;
        let imprint = match (hash, digest.try_into()) {
            (Hash::Sha256, Ok(digest)) => Digest(digest),
            _ => return Err(form(AT)),
        };
        walk.read::<IntRef<'_>>()?;
        let at = general_time(walk.value(Tag::GeneralizedTime)?).ok_or_else(|| form(AT))?;
        let accuracy = match walk.value_if(Tag::Sequence)? {
            Some(accuracy) => seconds_of(Walk::inside(accuracy, AT)?)?,
            None => USUAL_ACCURACY,
        };
        // Ordering, nonce, name and extensions say nothing about the time. A critical extension would be
        // one that nobody has defined.
        walk.value_if(Tag::Boolean)?;
        walk.value_if(Tag::Integer)?;
        walk.value_if(tagged(0))?;
        walk.value_if(tagged(1))?;
        walk.end()?;
        Ok(Self { imprint, at, accuracy })
    }
}

/// Accuracy: seconds, thousandths, millionths, each of which may be absent; begun seconds count whole.
fn seconds_of(mut walk: Walk<'_>) -> Result<u64, TimeRefusal> {
    let seconds: u32 = if walk.next_is(Tag::Integer) { walk.read()? } else { 0 };
    let parts = [walk.value_if(tagged_primitive(0))?, walk.value_if(tagged_primitive(1))?];
    walk.end()?;
    let begun = parts.into_iter().flatten().any(|part| part.iter().any(|byte| *byte != 0));
    Ok(u64::from(seconds) + u64::from(begun))
}

/// `YYYYMMDDhhmmss[.f…]Z`, whole seconds of it.
fn general_time(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "1"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // DER: no empty fraction, no zero at its end.
    if whole.len() != 14
        || !digits(whole)
        || !digits(fraction)
        || fraction.is_empty()
        || fraction.ends_with('0')
    {
        return None;
    }
    let number = |from: usize, to: usize| whole[from..to].parse::<i16>().ok();
    let small = |from| number(from, from + 2).and_then(|part| i8::try_from(part).ok());
    let at = DateTime::new(number(0, 4)?, small(4)?, small(6)?, small(8)?, small(10)?, small(12)?, 0).ok()?;
    Offset::UTC.to_timestamp(at).ok()
}
