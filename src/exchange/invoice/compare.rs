//! The box's second look: does the document say what the sender's record says?

use super::draft::Draft;
use super::format::Format;
use super::{InvoiceRefusal, Look, Mismatch, Record, Syntax, open};
use crate::exchange::vocabulary::Class;
use crate::support::words::Said;

/// What a comparison came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// All that the document states, the record states too.
    Agrees(Syntax),
    /// Nothing in it can be read by a program: the record stands on the sender's word.
    OnTheSendersWord,
}

/// Reads `document` and holds it against `stated`. `media` is the leaf's media type; only
/// `application/xml` and `application/pdf` are read, anything else stands on the sender's word.
///
/// Only what the document itself states is compared: what a sidecar added (payments, evidence of
/// place, a class, a missing customer number) is the sender's word in any case.
///
/// # Errors
/// The first field that differs, with both values; a document of another media type; a document
/// that [`read`](super::read) would have refused.
pub fn compare(stated: &Record, document: &[u8], media: &str) -> Result<Compared, Mismatch> {
    let (xml, pdf) = (Syntax::Cii.media_type(), Syntax::Pdf.media_type());
    if media != xml && media != pdf {
        return Ok(Compared::OnTheSendersWord);
    }
    let found = match Format::of(document).map_err(refused)? {
        Format::Xml => xml,
        Format::Pdf => pdf,
    };
    if media != found {
        return Err(Mismatch::Media { stated: media.to_owned(), found: found.to_owned() });
    }
    let look = Look { one_stop_shop: stated.class == Class::OneStopShop, whole: false };
    let found = open(document, look).map_err(refused)?;
    if found.syntax == Syntax::Pdf {
        return Ok(Compared::OnTheSendersWord);
    }
    match Draft::of(stated).differences(&found.draft).find(|difference| difference.document.is_some()) {
        None => Ok(Compared::Agrees(found.syntax)),
        Some(difference) => Err(Mismatch::Differs {
            field: difference.field,
            stated: difference.ours.unwrap_or_else(|| "-".into()),
            document: difference.document.unwrap_or_else(|| "-".into()),
        }),
    }
}

fn refused(reason: InvoiceRefusal) -> Mismatch {
    Mismatch::Unreadable { code: reason.code().into_owned(), reason: reason.to_string() }
}
