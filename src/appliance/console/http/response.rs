//! What goes out: a few kinds of body, and headers that hold nothing but printable ASCII.

use std::io::{Cursor, Read};

use maud::{Markup, PreEscaped};

use super::super::refusal::ConsoleRefusal;
use super::encoded;
use crate::support::words::{Language, Said};

/// What a body is. There is no other type, so none that a browser would run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page of the console.
    Page,
    /// The console's style sheet.
    Style,
    /// Plain text; XML and JSON of senders are shown as this.
    Text,
    /// A picture that the box drew.
    Png,
    /// A proof, a receipt, a certificate as a file.
    Json,
    /// Bytes to save.
    Bytes,
}

impl Kind {
    fn header(self) -> &'static str {
        match self {
            Self::Page => "text/html; charset=utf-8",
            Self::Style => "text/css; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
            Self::Png => "image/png",
            Self::Json => "application/json",
            Self::Bytes => "application/octet-stream",
        }
    }
}

/// An answer.
pub struct Response {
    status: u16,
    kind: Kind,
    length: u64,
    body: Box<dyn Read + Send>,
    headers: Vec<(&'static str, String)>,
}

impl Response {
    fn of(kind: Kind, bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        Self { status: 200, kind, length, body: Box::new(Cursor::new(bytes)), headers: Vec::new() }
    }

    /// A page.
    #[must_use]
    pub fn page(markup: Markup) -> Self {
        let PreEscaped(text) = markup;
        Self::of(Kind::Page, text.into_bytes())
    }

    /// The console's own style sheet.
    #[must_use]
    pub fn style(text: &str) -> Self {
        Self::of(Kind::Style, text.as_bytes().to_vec())
    }

    /// A picture that the box drew.
    #[must_use]
    pub fn png(bytes: Vec<u8>) -> Self {
        Self::of(Kind::Png, bytes)
    }

    /// Plain text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Kind::Text, text.into().into_bytes())
    }

    /// A refusal without a page around it, in every language.
    #[must_use]
    pub fn refused(refusal: &ConsoleRefusal) -> Self {
        let lines: String = Language::ALL.iter().map(|language| refusal.say(*language) + "\n").collect();
        Self::text(lines).with_status(refusal.status())
    }

    /// To another page of the console, by GET (303). `to` begins with one slash; anything else goes
    /// to the first page.
    #[must_use]
    pub fn go_to(to: &str) -> Self {
        let mut response = Self::text("");
        response.status = 303;
        response.headers.push(("Location", if is_here(to) { to } else { "/" }.to_owned()));
        response
    }

    /// Bytes of a sender, or a file of the box's, to be saved under `name`; streamed, `length` bytes
    /// of them, in bounded memory. Ends early if the reader does: the browser then sees a broken
    /// download, never a whole one.
    #[must_use]
    pub fn file(name: &str, kind: Kind, length: u64, body: Box<dyn Read + Send>) -> Self {
        let mut response = Self { status: 200, kind, length, body, headers: Vec::new() };
        response.headers.push(("Content-Disposition", disposition(name)));
        response.in_sandbox()
    }

    /// A sender's text (XML, JSON) to be looked at: plain text, whatever it says it is, streamed as
    /// a [`Response::file`] is.
    #[must_use]
    pub fn foreign_text(length: u64, body: Box<dyn Read + Send>) -> Self {
        Self { status: 200, kind: Kind::Text, length, body, headers: Vec::new() }.in_sandbox()
    }

    fn in_sandbox(mut self) -> Self {
        self.headers.push(("Content-Security-Policy", "sandbox; default-src 'none'".to_owned()));
        self
    }

    /// With another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With a cookie for the whole console, unread by scripts and unsent by other sites, for as long
    /// as the browser is open. An empty value takes it away.
    #[must_use]
    pub fn with_cookie(mut self, name: &str, value: &str) -> Self {
        let age = if value.is_empty() { "; Max-Age=0" } else { "" };
        self.headers.push(("Set-Cookie", format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{age}")));
        self
    }

    /// Whether it gives the browser this cookie already.
    #[must_use]
    pub fn gives_cookie(&self, name: &str) -> bool {
        let gives = |value: &str| value.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
        self.headers.iter().any(|(header, value)| *header == "Set-Cookie" && gives(value))
    }

    /// The headers beside the type. For tests.
    #[cfg(test)]
    pub(in super::super) fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// The answer as tiny_http sends it. A header that is no printable ASCII makes it a 502.
    pub(in super::super) fn into_tiny(self) -> tiny_http::Response<Box<dyn Read + Send>> {
        let mut headers = vec![("Content-Type", self.kind.header().to_owned())];
        headers.extend(self.headers);
        let printable = |(name, value): (&str, String)| {
            let plain = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            plain.then(|| tiny_http::Header::from_bytes(name, value).ok()).flatten()
        };
        let headers: Option<Vec<_>> = headers.into_iter().map(printable).collect();
        match (headers, usize::try_from(self.length)) {
            (Some(headers), Ok(length)) => {
                // Exactly `length` bytes, so that a reader that has more cannot break the framing.
                let body: Box<dyn Read + Send> = Box::new(self.body.take(self.length));
                tiny_http::Response::new(self.status.into(), headers, body, Some(length), None)
                    // Never chunked: the gate wants a length.
                    .with_chunked_threshold(usize::MAX)
            }
            _ => Self::refused(&ConsoleRefusal::BadAnswer).into_tiny(),
        }
    }
}

/// Whether an address stays on the console: one slash, then visible ASCII without a backslash
/// (which browsers take for a slash).
#[must_use]
pub fn is_here(to: &str) -> bool {
    to.starts_with('/')
        && !to.starts_with("//")
        && to.bytes().all(|byte| matches!(byte, b'!'..=b'~') && !matches!(byte, b'\\' | b'"'))
}

/// A file's name for saving (RFC 6266): plain letters for all, the whole name encoded (RFC 8187)
/// beside them. A path in the name does not survive.
pub(super) fn disposition(name: &str) -> String {
    let name: String = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(120).collect();
    let name = name.trim_matches(['.', ' ']);
    let name = if name.is_empty() { "document" } else { name };
    let safe = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.' | ' ');
    let plain: String = name.chars().map(|sign| if safe(sign) { sign } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encoded(name))
}
