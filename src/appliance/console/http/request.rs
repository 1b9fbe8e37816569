//! What comes in: path, query, form and cookies, decoded and bounded.

use std::io::Read;

use super::super::gate::BODY_BYTES;
use super::super::refusal::ConsoleRefusal;
use crate::support::words::Language;

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
    pub(in super::super) fn read(incoming: &mut tiny_http::Request) -> Result<Self, ConsoleRefusal> {
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
    pub(in super::super) fn of(target: &str) -> Self {
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
    pub(in super::super) fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As a form that was sent. For tests.
    #[cfg(test)]
    pub(in super::super) fn with_form(mut self, fields: &[(&str, &str)]) -> Self {
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
pub(super) fn segments(path: &str) -> Result<Vec<String>, ConsoleRefusal> {
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
pub(super) fn fields(text: &str) -> Result<Vec<(String, String)>, ConsoleRefusal> {
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
pub(super) fn decoded(text: &str, plus_is_space: bool) -> Option<String> {
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
