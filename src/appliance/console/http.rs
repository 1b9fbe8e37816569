//! A request as the pages see it, and the few kinds of answer that they give.
//!
//! **Promised.** A [`Request`] is read whole and decoded before a page sees it: path, query, form
//! and cookies are UTF-8 without control characters, bounded in number. A [`Response`] has a known
//! length and a type from a short list; no header of it can hold a control character. A document
//! of a sender is never a page: it is saved, or shown as plain text or as a picture that the box
//! drew, in a sandbox without an origin.
//!
//! **Not promised.** The headers that every answer carries are the gate's ([`super::gate`]).

use std::io::{Cursor, Read};

use maud::{Markup, PreEscaped};

use super::gate::BODY_BYTES;
use super::refusal::ConsoleRefusal;
use crate::support::words::{Language, Said};

/// More fields than any form or search of the console has.
const FIELDS: usize = 64;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// To see (`HEAD` too, whose body the gate leaves away). Changes nothing.
    Get,
    /// To do.
    Post,
}

/// One request, whole and decoded. It has no `Debug`: what is searched for is nobody's log line.
#[cfg_attr(test, derive(Clone))]
pub struct Request {
    /// To see or to do.
    pub method: Method,
    /// Whether it is a `HEAD`: nobody will see the page, so nothing one-time is spent on it.
    pub head_only: bool,
    /// The target as it was sent: path and query, visible ASCII.
    pub target: String,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
    /// The languages that the browser asks for.
    accept_language: String,
    /// Whether browser and headers say that it comes from a page of another site.
    pub foreign: bool,
}

impl Request {
    /// Reads a request of tiny_http's, with its body.
    pub(super) fn read(incoming: &mut tiny_http::Request) -> Result<Self, ConsoleRefusal> {
        let header = |name: &'static str| {
            let found = incoming.headers().iter().find(|header| header.field.equiv(name));
            found.map_or("", |header| header.value.as_str()).to_owned()
        };
        let (host, origin, site) = (header("Host"), header("Origin"), header("Sec-Fetch-Site"));
        let (cookies, kind) = (header("Cookie"), header("Content-Type"));
        let accept_language = header("Accept-Language");
        let (method, head_only) = match incoming.method() {
            tiny_http::Method::Get => (Method::Get, false),
            tiny_http::Method::Head => (Method::Get, true),
            tiny_http::Method::Post => (Method::Post, false),
            _ => return Err(ConsoleRefusal::Method),
        };
        let target = incoming.url().to_owned();
        let mut body = Vec::new();
        incoming
            .as_reader()
            .take(BODY_BYTES as u64)
            .read_to_end(&mut body)
            .map_err(|_| ConsoleRefusal::NotAForm)?;
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let form = match method {
            Method::Get => Vec::new(),
            // A form of ours and no other kind of body; a script of another site could send
            // `text/plain` without asking.
            Method::Post if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") => {
                fields(std::str::from_utf8(&body).map_err(|_| ConsoleRefusal::NotAForm)?)?
            }
            Method::Post => return Err(ConsoleRefusal::NotAForm),
        };
        // `null` is what a browser sends with a form under our own `no-referrer`; then the fetch
        // metadata decide, and behind them the cookie's SameSite and the form's token.
        let other_origin = !origin.is_empty()
            && origin != "null"
            && origin.strip_prefix("http://") != Some(host.as_str())
            && !same_by_other_name(&origin, &host);
        let other_site = matches!(site.as_str(), "cross-site" | "same-site");
        Ok(Self {
            method,
            head_only,
            segments: segments(path)?,
            query: fields(query)?,
            form,
            cookies: cookies_of(&cookies),
            accept_language,
            foreign: other_origin || other_site,
            target,
        })
    }

    /// The path's parts, decoded, to match on: `["invoice", "42"]`; of `/`, none.
    #[must_use]
    pub fn path(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// A field of the query, trimmed; empty where there is none.
    #[must_use]
    pub fn query(&self, name: &str) -> &str {
        find(&self.query, name)
    }

    /// A field of the form, as it was typed; empty where there is none.
    #[must_use]
    pub fn form(&self, name: &str) -> &str {
        self.form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A cookie's value; empty where there is none.
    #[must_use]
    pub fn cookie(&self, name: &str) -> &str {
        find(&self.cookies, name)
    }

    /// The language of the browser, where it has one of ours.
    #[must_use]
    pub fn language(&self) -> Language {
        let first = self.accept_language.split(',').map(str::trim);
        let ours = first.filter(|tag| tag.starts_with("nl") || tag.starts_with("en")).map(Language::from_tag);
        ours.into_iter().next().unwrap_or_default()
    }

    /// A request made by hand. For tests.
    #[cfg(test)]
    pub(super) fn of(target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: Method::Get,
            head_only: false,
            segments: segments(path).expect("a path"),
            query: fields(query).expect("a query"),
            form: Vec::new(),
            cookies: Vec::new(),
            accept_language: String::new(),
            foreign: false,
            target: target.to_owned(),
        }
    }

    /// With a cookie. For tests.
    #[cfg(test)]
    pub(super) fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As a form that was sent. For tests.
    #[cfg(test)]
    pub(super) fn as_form(mut self, fields: &[(&str, &str)]) -> Self {
        self.method = Method::Post;
        self.form = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self
    }
}

/// The gate writes `127.0.0.1` for either of its two names.
fn same_by_other_name(origin: &str, host: &str) -> bool {
    let port = host.strip_prefix("127.0.0.1:");
    port.is_some() && origin.strip_prefix("http://localhost:") == port
}

fn find<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

/// The parts of a path, decoded after it is split, so that an invoice number may hold a slash.
fn segments(path: &str) -> Result<Vec<String>, ConsoleRefusal> {
    let inner = path.strip_prefix('/').ok_or(ConsoleRefusal::NoSuchPage)?;
    if inner.is_empty() {
        return Ok(Vec::new());
    }
    let decode = |part: &str| match decoded(part, false) {
        Some(part) if !part.is_empty() && part != "." && part != ".." => Ok(part),
        _ => Err(ConsoleRefusal::NoSuchPage),
    };
    inner.split('/').take(FIELDS).map(decode).collect()
}

/// `application/x-www-form-urlencoded` (WHATWG URL standard, section 5.1).
fn fields(text: &str) -> Result<Vec<(String, String)>, ConsoleRefusal> {
    let mut fields = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        if fields.len() == FIELDS {
            return Err(ConsoleRefusal::NotAForm);
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match (decoded(name, true), decoded(value, true)) {
            (Some(name), Some(value)) => fields.push((name, value)),
            _ => return Err(ConsoleRefusal::NotAForm),
        }
    }
    Ok(fields)
}

fn cookies_of(header: &str) -> Vec<(String, String)> {
    let pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.take(FIELDS).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Percent-decoding; `None` for a broken escape, what is not UTF-8, and control characters.
fn decoded(text: &str, plus_is_space: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

/// Text as one part of a path or one value of a query.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

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

    /// The headers beside the type. For tests.
    #[cfg(test)]
    pub(super) fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// The answer as tiny_http sends it. A header that is no printable ASCII makes it a 502.
    pub(super) fn into_tiny(self) -> tiny_http::Response<Box<dyn Read + Send>> {
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
fn disposition(name: &str) -> String {
    let name: String = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(120).collect();
    let name = name.trim_matches(['.', ' ']);
    let name = if name.is_empty() { "document" } else { name };
    let safe = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.' | ' ');
    let plain: String = name.chars().map(|sign| if safe(sign) { sign } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encoded(name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_is_split_before_it_is_decoded() {
        assert_eq!(
            Request::of("/invoice/2026%2F0012/page/1.png").path(),
            ["invoice", "2026/0012", "page", "1.png"]
        );
        assert_eq!(Request::of("/").path(), [""; 0]);
        for bad in ["/a/../b", "/%2e%2e/b", "/a//b", "/%00", "/%ff", "/%4", "/%zz", "/a/", "/%0d%0ab"] {
            assert_eq!(segments(bad), Err(ConsoleRefusal::NoSuchPage), "{bad}");
        }
    }

    #[test]
    fn a_search_is_read_as_it_was_typed() {
        let request = Request::of("/search?customer=+J%C3%B6rg+%26+Zn+&amount=12%2C50");
        assert_eq!(request.query("customer"), "Jörg & Zn");
        assert_eq!(request.query("amount"), "12,50");
        assert_eq!(request.query("number"), "");
        assert!(fields(&"a=1&".repeat(65)).is_err());
    }

    #[test]
    fn a_name_for_saving_cannot_leave_its_header_or_its_folder() {
        assert_eq!(
            disposition("../../etc/fac\"tuur\r\nX: é.pdf"),
            "attachment; filename=\"fac_tuur__X_ _.pdf\"; \
             filename*=UTF-8''fac%22tuur%0D%0AX%3A%20%C3%A9.pdf"
        );
        assert!(disposition("..").contains("\"document\""));
    }

    #[test]
    fn nobody_is_sent_away_from_the_console() {
        for (to, went) in [
            ("/search?number=7", "/search?number=7"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nSet-Cookie: b", "/"),
            ("", "/"),
        ] {
            assert_eq!(Response::go_to(to).headers, [("Location", went.to_owned())], "{to:?}");
        }
    }

    #[test]
    fn a_control_character_in_a_header_makes_another_answer() {
        let sent = Response::text("").with_cookie("a", "b\r\nX-Evil: 1").into_tiny();
        assert_eq!(sent.status_code().0, 502);
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text in "[^\\p{Cc}]{0,40}") {
            prop_assert_eq!(decoded(&encoded(&text), true), Some(text));
        }
    }
}
