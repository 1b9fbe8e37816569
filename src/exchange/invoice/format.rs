//! What a file is, by its first bytes.

use super::{InvoiceRefusal, LONGEST_DOCUMENT};

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Xml,
    Pdf,
}

/// How far into a file a PDF's header may stand (as viewers take it).
const PDF_HEADER_WITHIN: usize = 1_024;

/// Pictures: PNG, JPEG, GIF, TIFF (both orders), BMP.
const IMAGES: [&[u8]; 6] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM"];
/// ZIP (Word, Excel, OpenOffice), the OLE files before them, RTF.
const OFFICE: [&[u8]; 3] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf"];
/// How a mail begins, in lower case.
const MAIL: [&[u8]; 7] =
    [b"from ", b"from:", b"received:", b"return-path:", b"delivered-to:", b"mime-version:", b"subject:"];

impl Format {
    /// Recognises `bytes`; what is none of the formats is refused by what it looks like.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, InvoiceRefusal> {
        if bytes.len() > LONGEST_DOCUMENT {
            return Err(InvoiceRefusal::TooLarge { limit: LONGEST_DOCUMENT >> 20 });
        }
        // The marks of UTF-8 and UTF-16 stand before XML; the XML room names an encoding it refuses.
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Ok(Self::Xml);
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        let Some(first) = text.first() else { return Err(InvoiceRefusal::Empty) };
        let head = text[..text.len().min(64)].to_ascii_lowercase();
        if *first == b'<' {
            let page = head.starts_with(b"<!doctype html") || head.starts_with(b"<html");
            return if page { Err(InvoiceRefusal::WebPage) } else { Ok(Self::Xml) };
        }
        let begins = |marks: &[&[u8]]| marks.iter().any(|mark| bytes.starts_with(mark));
        if begins(&IMAGES) || bytes.get(4..8) == Some(b"ftyp") || bytes.get(8..12) == Some(b"WEBP") {
            return Err(InvoiceRefusal::Image);
        }
        if begins(&OFFICE) {
            return Err(InvoiceRefusal::Office);
        }
        if bytes[..bytes.len().min(PDF_HEADER_WITHIN)].windows(5).any(|five| five == b"%PDF-") {
            return Ok(Self::Pdf);
        }
        if MAIL.iter().any(|mark| head.starts_with(mark)) {
            return Err(InvoiceRefusal::WebPage);
        }
        Err(if *first == b'{' { InvoiceRefusal::Json } else { InvoiceRefusal::Unknown })
    }
}
