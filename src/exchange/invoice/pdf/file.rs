//! A PDF file's objects, found by reading it from front to back, and its streams, unpacked within
//! one budget.

use std::collections::HashMap;
use std::io::Read;

use super::object::{self, Object, is_space, skip_space};
use crate::exchange::invoice::InvoiceRefusal;

/// The most that is unpacked out of one file, in bytes.
const MOST_UNPACKED: usize = 32 << 20;
/// The most objects of a file.
const MOST_OBJECTS: usize = 500_000;
/// The most broken objects that are stepped over: each may cost a look at two megabytes.
const MOST_BROKEN: usize = 200;
/// The most references that lead to one another.
const MOST_HOPS: usize = 8;
/// The most filters on one stream.
const MOST_FILTERS: usize = 2;

/// Where an object stands.
#[derive(Clone, Copy)]
enum Place {
    /// In the file, after its `obj`.
    File(usize),
    /// In an unpacked object stream.
    Packed { stream: usize, at: usize },
}

/// An opened file.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    objects: HashMap<u32, Place>,
    packed: Vec<Vec<u8>>,
    root: Option<u32>,
    budget: usize,
    broken: usize,
    /// Every bare integer object, once a stream's length has been asked for that stands in one.
    integers: Option<HashMap<u32, usize>>,
}

impl<'a> File<'a> {
    /// Finds every object of the file.
    ///
    /// # Errors
    /// If it is encrypted, too broken, or unpacks to too much.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, InvoiceRefusal> {
        let mut file = Self {
            bytes,
            objects: HashMap::new(),
            packed: Vec::new(),
            root: None,
            budget: MOST_UNPACKED,
            broken: 0,
            integers: None,
        };
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            if rest.starts_with(b"obj")
                && let Some(number) = number_before(bytes, at)
            {
                at = file.object(number, at + 3)?;
            } else if rest.starts_with(b"trailer") {
                at += 7;
                if let Some((trailer, end)) = object::parse(bytes, at) {
                    file.trailer(&trailer)?;
                    at = end;
                }
            } else {
                at += 1;
            }
        }
        Ok(file)
    }

    /// The document catalogue (ISO 32000-2, 7.7.2).
    pub(super) fn catalogue(&mut self) -> Result<Object, InvoiceRefusal> {
        let root = self.root.map(Object::Reference);
        self.resolve(root.as_ref())
            .filter(|root| matches!(root, Object::Dictionary(_)))
            .ok_or(InvoiceRefusal::PdfBroken)
    }

    /// The value itself, or what its reference leads to; a null is `None`.
    pub(super) fn resolve(&self, value: Option<&Object>) -> Option<Object> {
        let mut value = value?.clone();
        for _ in 0..MOST_HOPS {
            let Object::Reference(number) = value else {
                return Some(value).filter(|value| *value != Object::Null);
            };
            let (bytes, at) = match *self.objects.get(&number)? {
                Place::File(at) => (self.bytes, at),
                Place::Packed { stream, at } => (self.packed.get(stream)?.as_slice(), at),
            };
            value = object::parse(bytes, at)?.0;
        }
        None
    }

    /// The unpacked bytes of the embedded file `name`, the stream `number`.
    ///
    /// # Errors
    /// If there is no such stream, it is packed in a way that is not read, or it is longer than
    /// `limit` bytes.
    pub(super) fn stream(
        &mut self,
        number: u32,
        name: &str,
        limit: usize,
    ) -> Result<Vec<u8>, InvoiceRefusal> {
        let Some(Place::File(at)) = self.objects.get(&number).copied() else {
            return Err(InvoiceRefusal::PdfBroken);
        };
        let (dictionary, end) = object::parse(self.bytes, at).ok_or(InvoiceRefusal::PdfBroken)?;
        let length = self.resolve(dictionary.get("Length")).and_then(|length| length.size());
        let (data, _) = stream_after(self.bytes, end, length).ok_or(InvoiceRefusal::PdfBroken)?;
        match self.unpack(&dictionary, data, limit)? {
            Some(unpacked) => Ok(unpacked),
            None => Err(InvoiceRefusal::PdfPacking { name: name.to_owned() }),
        }
    }

    /// Takes note of the object at `at`, and says where the next may begin.
    fn object(&mut self, number: u32, at: usize) -> Result<usize, InvoiceRefusal> {
        let Some((value, end)) = object::parse(self.bytes, at) else {
            self.step_over()?;
            return Ok(at);
        };
        self.place(number, Place::File(at))?;
        if value.get("Type").is_some_and(|name| name.is_name("Catalog")) && self.root.is_none() {
            self.root = Some(number);
        }
        let length = match value.get("Length") {
            Some(Object::Reference(number)) => self.integer(*number)?,
            length => length.and_then(Object::size),
        };
        let Some((data, end)) = stream_after(self.bytes, end, length) else { return Ok(end) };
        let is = |name| value.get("Type").is_some_and(|of| of.is_name(name));
        if is("XRef") {
            self.trailer(&value)?;
        } else if is("ObjStm") {
            self.object_stream(&value, data)?;
        }
        Ok(end)
    }

    /// The bare integer object `number`, wherever in the file it stands.
    fn integer(&mut self, number: u32) -> Result<Option<usize>, InvoiceRefusal> {
        let integers = match self.integers.take() {
            Some(integers) => integers,
            None => integers(self.bytes)?,
        };
        Ok(self.integers.insert(integers).get(&number).copied())
    }

    fn trailer(&mut self, trailer: &Object) -> Result<(), InvoiceRefusal> {
        if trailer.get("Encrypt").is_some_and(|encrypt| *encrypt != Object::Null) {
            return Err(InvoiceRefusal::PdfEncrypted);
        }
        if let Some(Object::Reference(root)) = trailer.get("Root") {
            self.root = Some(*root);
        }
        Ok(())
    }

    /// Unpacks an object stream (ISO 32000-2, 7.5.7) and takes note of its objects.
    fn object_stream(&mut self, dictionary: &Object, data: &[u8]) -> Result<(), InvoiceRefusal> {
        let first = dictionary.get("First").and_then(Object::size);
        let (Some(first), Some(unpacked)) = (first, self.unpack(dictionary, data, MOST_UNPACKED)?) else {
            return self.step_over();
        };
        let stream = self.packed.len();
        let head = String::from_utf8_lossy(unpacked.get(..first).unwrap_or_default()).into_owned();
        let mut numbers = head.split_ascii_whitespace();
        while let (Some(number), Some(offset)) = (numbers.next(), numbers.next()) {
            let (Ok(number), Ok(offset)) = (number.parse(), offset.parse::<u32>()) else {
                self.step_over()?;
                break;
            };
            self.place(number, Place::Packed { stream, at: first.saturating_add(offset as usize) })?;
        }
        self.packed.push(unpacked);
        Ok(())
    }

    fn place(&mut self, number: u32, place: Place) -> Result<(), InvoiceRefusal> {
        self.objects.insert(number, place);
        if self.objects.len() > MOST_OBJECTS {
            return Err(InvoiceRefusal::PdfTooMuch { limit: MOST_UNPACKED >> 20 });
        }
        Ok(())
    }

    fn step_over(&mut self) -> Result<(), InvoiceRefusal> {
        self.broken += 1;
        if self.broken > MOST_BROKEN { Err(InvoiceRefusal::PdfBroken) } else { Ok(()) }
    }

    /// Undoes a stream's filters; `None` if one of them is none that is read or its data is broken.
    fn unpack(
        &mut self,
        dictionary: &Object,
        data: &[u8],
        limit: usize,
    ) -> Result<Option<Vec<u8>>, InvoiceRefusal> {
        let filters = match self.resolve(dictionary.get("Filter")) {
            None => Vec::new(),
            Some(Object::Array(filters)) => filters,
            Some(one) => vec![one],
        };
        let parameters = match self.resolve(dictionary.get("DecodeParms")) {
            None => Vec::new(),
            Some(Object::Array(each)) => each,
            Some(one) => vec![one],
        };
        let predicted = parameters.iter().any(|of| {
            self.resolve(of.get("Predictor")).and_then(|kind| kind.size()).is_some_and(|kind| kind > 1)
        });
        if predicted || filters.len() > MOST_FILTERS {
            return Ok(None);
        }
        let mut unpacked = Vec::new();
        let mut input = data;
        let passes = filters.len().max(1);
        for pass in 0..passes {
            let most = limit.min(self.budget);
            let next = match filters.get(pass) {
                None => input.get(..most.saturating_add(1).min(input.len())).map(<[u8]>::to_vec),
                Some(filter) if filter.is_name("FlateDecode") || filter.is_name("Fl") => inflate(input, most),
                Some(_) => None,
            };
            let Some(next) = next else { return Ok(None) };
            if next.len() > most {
                return Err(InvoiceRefusal::PdfTooMuch { limit: limit >> 20 });
            }
            self.budget -= next.len();
            unpacked = next;
            input = &unpacked;
        }
        Ok(Some(unpacked))
    }
}

/// Unpacks at most `most` bytes and one, so that the caller sees that there were more.
fn inflate(data: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    let mut reader = flate2::read::ZlibDecoder::new(data).take(most as u64 + 1);
    reader.read_to_end(&mut unpacked).ok().map(|_| unpacked)
}

/// The data of the stream whose dictionary ends at `at`, and where it ends itself. A stated length
/// holds if `endstream` follows it; else the next `endstream` ends the data, or the file does.
fn stream_after(bytes: &[u8], at: usize, length: Option<usize>) -> Option<(&[u8], usize)> {
    let at = skip_space(bytes, at);
    let rest = bytes.get(at..)?.strip_prefix(b"stream")?;
    let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    let start = bytes.len() - rest.len();
    if let Some(end) = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= bytes.len()) {
        let after = end + bytes[end..].iter().take_while(|byte| is_space(**byte)).count();
        if bytes[after..].starts_with(b"endstream") {
            return Some((&bytes[start..end], after));
        }
    }
    let length = rest.windows(9).position(|nine| nine == b"endstream").unwrap_or(rest.len());
    Some((&rest[..length], start + length))
}

/// Every object that is a bare integer: the lengths of streams may stand in objects behind them.
fn integers(bytes: &[u8]) -> Result<HashMap<u32, usize>, InvoiceRefusal> {
    let mut found = HashMap::new();
    for (at, _) in bytes.windows(3).enumerate().filter(|(_, three)| *three == b"obj") {
        let Some(number) = number_before(bytes, at) else { continue };
        let digits = bytes[at + 3..].trim_ascii_start();
        let count = digits.iter().take(11).take_while(|byte| byte.is_ascii_digit()).count();
        let value = std::str::from_utf8(&digits[..count]).ok().and_then(|digits| digits.parse().ok());
        if let Some(value) = value {
            found.insert(number, value);
            if found.len() > MOST_OBJECTS {
                return Err(InvoiceRefusal::PdfTooMuch { limit: MOST_UNPACKED >> 20 });
            }
        }
    }
    Ok(found)
}

/// The object number of the `N G obj` whose `obj` stands at `at`.
fn number_before(bytes: &[u8], at: usize) -> Option<u32> {
    // "4294967295 65535 " is 17 bytes; a few more for other white space.
    let before = &bytes[at.saturating_sub(24)..at];
    let text: String = before.iter().map(|byte| char::from(*byte)).collect();
    let text = text.strip_suffix(|c: char| u8::try_from(c).is_ok_and(is_space)).unwrap_or(&text).trim_end();
    let generation = text.trim_end_matches(|c: char| c.is_ascii_digit());
    if generation.len() == text.len() {
        return None;
    }
    let text = generation.trim_end();
    let number = text.trim_end_matches(|c: char| c.is_ascii_digit());
    // White space parts the two, and something that is no digit stands before the first.
    if text.len() == generation.len() || number.len() == text.len() || (number.is_empty() && at > 24) {
        return None;
    }
    text[number.len()..].parse().ok()
}
