//! The objects of a PDF (ISO 32000-2, 7.3), read with bounds and without recursion to spare.

/// How far one object may reach in the file, in bytes.
const LONGEST: usize = 2 << 20;
/// The deepest nesting of one object.
const MOST_LEVELS: usize = 32;
/// The most values inside one object.
const MOST_VALUES: usize = 200_000;

/// A value. What finding an embedded file never asks for (booleans, reals) is `Other`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Null,
    Other,
    Integer(i64),
    Name(Vec<u8>),
    String(Vec<u8>),
    Array(Vec<Object>),
    Dictionary(Vec<(Vec<u8>, Object)>),
    /// To the object of this number; the generation is not told apart.
    Reference(u32),
}

impl Object {
    /// A dictionary's entry; of doubles the last, as viewers take it.
    pub(super) fn get(&self, key: &str) -> Option<&Object> {
        let Self::Dictionary(entries) = self else { return None };
        entries.iter().rev().find(|(name, _)| name == key.as_bytes()).map(|(_, value)| value)
    }

    /// Whether this is the name `name`.
    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self, Self::Name(bytes) if bytes == name.as_bytes())
    }

    /// A number that can be a length or an offset.
    pub(super) fn size(&self) -> Option<usize> {
        if let Self::Integer(value) = self { usize::try_from(*value).ok() } else { None }
    }
}

/// Reads the object at `at`, and says where it ends. `None` if there is none or it exceeds a bound.
pub(super) fn parse(bytes: &[u8], at: usize) -> Option<(Object, usize)> {
    let window = &bytes[..bytes.len().min(at.saturating_add(LONGEST))];
    let mut parser = Parser { bytes: window, at, values: 0 };
    let object = parser.object(MOST_LEVELS)?;
    Some((object, parser.at))
}

/// The place of the first byte at or after `at` that is neither white space nor comment.
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        if *byte == b'%' {
            while bytes.get(at).is_some_and(|byte| !matches!(byte, b'\r' | b'\n')) {
                at += 1;
            }
        } else if is_space(*byte) {
            at += 1;
        } else {
            break;
        }
    }
    at
}

/// Table 1 of ISO 32000-2.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    values: usize,
}

impl Parser<'_> {
    fn object(&mut self, levels: usize) -> Option<Object> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return None;
        }
        self.at = skip_space(self.bytes, self.at);
        let rest = self.bytes.get(self.at..)?;
        match rest.first()? {
            b'<' if rest.starts_with(b"<<") => self.dictionary(levels.checked_sub(1)?),
            b'<' => self.hexadecimal(),
            b'(' => self.literal(),
            b'/' => self.name().map(Object::Name),
            b'[' => self.array(levels.checked_sub(1)?),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(),
            _ => Some(match self.word() {
                b"true" | b"false" => Object::Other,
                b"null" => Object::Null,
                _ => return None,
            }),
        }
    }

    fn word(&mut self) -> &[u8] {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|byte| is_regular(*byte)) {
            self.at += 1;
        }
        &self.bytes[start..self.at]
    }

    fn dictionary(&mut self, levels: usize) -> Option<Object> {
        self.at += 2;
        let mut entries = Vec::new();
        loop {
            self.at = skip_space(self.bytes, self.at);
            if self.bytes.get(self.at..)?.starts_with(b">>") {
                self.at += 2;
                return Some(Object::Dictionary(entries));
            }
            let name = self.name()?;
            entries.push((name, self.object(levels)?));
        }
    }

    fn array(&mut self, levels: usize) -> Option<Object> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.at = skip_space(self.bytes, self.at);
            if *self.bytes.get(self.at)? == b']' {
                self.at += 1;
                return Some(Object::Array(items));
            }
            items.push(self.object(levels)?);
        }
    }

    /// A name, its `#xx` resolved.
    fn name(&mut self) -> Option<Vec<u8>> {
        if *self.bytes.get(self.at)? != b'/' {
            return None;
        }
        self.at += 1;
        let word = self.word();
        let mut name = Vec::with_capacity(word.len().min(64));
        let mut rest = word.iter();
        while let Some(byte) = rest.next() {
            let pair = rest.as_slice().get(..2).filter(|_| *byte == b'#');
            match pair.and_then(|pair| Some(hex(pair[0])? << 4 | hex(pair[1])?)) {
                Some(value) => {
                    name.push(value);
                    rest.nth(1);
                }
                None => name.push(*byte),
            }
        }
        Some(name)
    }

    /// A number, or the reference that two integers and an `R` are.
    fn number(&mut self) -> Option<Object> {
        let word = std::str::from_utf8(self.word()).ok()?;
        let Ok(value) = word.parse::<i64>() else { return Some(Object::Other) };
        let end = self.at;
        if let Ok(number) = u32::try_from(value) {
            self.at = skip_space(self.bytes, self.at);
            let generation = self.word();
            if (1..=5).contains(&generation.len()) && generation.iter().all(u8::is_ascii_digit) {
                self.at = skip_space(self.bytes, self.at);
                if self.word() == b"R" {
                    return Some(Object::Reference(number));
                }
            }
            self.at = end;
        }
        Some(Object::Integer(value))
    }

    fn hexadecimal(&mut self) -> Option<Object> {
        self.at += 1;
        let end = self.at + self.bytes.get(self.at..)?.iter().position(|byte| *byte == b'>')?;
        let digits = self.bytes[self.at..end].iter().filter_map(|byte| hex(*byte));
        let mut string = Vec::new();
        for (place, digit) in digits.enumerate() {
            if place % 2 == 0 {
                string.push(digit << 4);
            } else if let Some(last) = string.last_mut() {
                *last |= digit;
            }
        }
        self.at = end + 1;
        Some(Object::String(string))
    }

    fn literal(&mut self) -> Option<Object> {
        self.at += 1;
        let (mut string, mut open) = (Vec::new(), 1_usize);
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Some(Object::String(string));
                    }
                }
                b'\\' => {
                    let escaped = *self.bytes.get(self.at)?;
                    self.at += 1;
                    match escaped {
                        b'n' => string.push(b'\n'),
                        b'r' => string.push(b'\r'),
                        b't' => string.push(b'\t'),
                        b'b' => string.push(8),
                        b'f' => string.push(12),
                        b'\n' => {}
                        b'\r' => {
                            if self.bytes.get(self.at) == Some(&b'\n') {
                                self.at += 1;
                            }
                        }
                        b'0'..=b'7' => {
                            let mut value = u16::from(escaped - b'0');
                            for _ in 0..2 {
                                let Some(digit @ b'0'..=b'7') = self.bytes.get(self.at) else { break };
                                value = value * 8 + u16::from(digit - b'0');
                                self.at += 1;
                            }
                            string.push(value.to_le_bytes()[0]);
                        }
                        other => string.push(other),
                    }
                    continue;
                }
                _ => {}
            }
            string.push(byte);
        }
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Option<Object> {
        parse(text.as_bytes(), 0).map(|(object, _)| object)
    }

    #[test]
    fn objects_are_read_as_the_standard_writes_them() {
        let file = read("<< /Type /Filespec % a comment\n /F (a\\(b\\)\\101(c)) /UF <FEFF 00E9> /EF << /F 12 0 R >> /N -3 >>")
            .unwrap();
        assert!(file.get("Type").unwrap().is_name("Filespec"));
        assert_eq!(file.get("F"), Some(&Object::String(b"a(b)A(c)".to_vec())));
        assert_eq!(file.get("UF"), Some(&Object::String(b"\xfe\xff\x00\xe9".to_vec())));
        assert_eq!(file.get("EF").unwrap().get("F"), Some(&Object::Reference(12)));
        assert_eq!(file.get("N"), Some(&Object::Integer(-3)));
        assert_eq!(read("/Embedded#46iles"), Some(Object::Name(b"EmbeddedFiles".to_vec())));
        assert_eq!(
            read("[1 0 2 0 R 1.5 true null]"),
            Some(Object::Array(vec![
                Object::Integer(1),
                Object::Integer(0),
                Object::Reference(2),
                Object::Other,
                Object::Other,
                Object::Null
            ]))
        );
    }

    #[test]
    fn what_never_ends_or_nests_too_deep_is_no_object() {
        for text in ["<< /A", "[1 2", "(abc", "<12", "", ">>", "<< 1 2 >>", "endobj"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"[".repeat(1 << 20)), None);
        assert_eq!(read(&format!("[{}]", "0 ".repeat(MOST_VALUES + 1))), None);
    }
}
