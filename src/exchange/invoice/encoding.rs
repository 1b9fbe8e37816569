//! The characters of an XML document: which encodings are read, and what XML allows.
//!
//! UTF-8 is read, and the two one-byte encodings that old shop software still writes, ISO-8859-1
//! and Windows-1252; any other is refused by name.

use std::borrow::Cow;

use super::InvoiceRefusal;

/// XML 1.0, production 2.
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// Where a text has its first character that XML does not allow. Bytes are looked at, not
/// characters, for speed: below space they stand for themselves, and U+FFFE and U+FFFF begin with
/// 0xEF, which is rare.
pub(super) fn forbidden(text: &str) -> Option<usize> {
    let suspect = |(_, byte): &(usize, &u8)| **byte < b' ' || **byte == 0xef;
    let suspects = text.as_bytes().iter().enumerate().filter(suspect);
    suspects
        .map(|(at, _)| at)
        .find(|at| text.get(*at..).and_then(|rest| rest.chars().next()).is_some_and(|c| !is_xml_char(c)))
}

/// The text of `bytes`.
///
/// # Errors
/// If it is in an encoding that is not read, or not in the one that it declares.
pub(super) fn decode<'a>(bytes: &'a [u8], part: &str) -> Result<Cow<'a, str>, InvoiceRefusal> {
    let refused = |encoding: &str| InvoiceRefusal::Encoding {
        part: part.to_owned(),
        encoding: encoding.chars().filter(|c| !c.is_control()).take(60).collect(),
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(refused("UTF-16"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let declared = declared_encoding(bytes).map(|name| name.to_ascii_lowercase());
    match declared.as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => {
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| refused("unknown"))
        }
        Some("iso-8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252") => {
            // As browsers do, ISO-8859-1 is read as Windows-1252, which has letters and signs
            // where the other has only control characters.
            Ok(Cow::Owned(bytes.iter().map(|byte| windows_1252(*byte)).collect()))
        }
        Some(other) => Err(refused(other)),
    }
}

/// The name in `<?xml … encoding="…"?>`.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = bytes.trim_ascii_start().strip_prefix(b"<?xml")?;
    let head = String::from_utf8_lossy(&head[..head.len().min(200)]).into_owned();
    let head = &head[..head.find("?>")?];
    let value =
        head[head.find("encoding")? + "encoding".len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split_once(quote).map(|(name, _)| name.to_owned())
}

/// WHATWG's index of Windows-1252; the five bytes that it has no sign for stay control characters.
fn windows_1252(byte: u8) -> char {
    const SIGNS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => SIGNS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
