//! What comes in: one request, read whole within its time and its bounds, and rewritten.
//!
//! The grammar is RFC 9112's with everything optional left out: lines end in CR LF, a name is a
//! token with the colon behind it, a value is printable ASCII, nothing is folded, nothing that
//! frames a body stands twice. Of what was sent only the method, the target and the headers in
//! [`FORWARDED`] go on.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::Instant;

use super::super::refusal::ConsoleRefusal;
use super::{BODY_BYTES, HEAD_BYTES, REQUEST_TIME};

/// The headers that the pages behind the gate get to see.
const FORWARDED: [&str; 5] = ["Accept-Language", "Content-Type", "Cookie", "Origin", "Sec-Fetch-Site"];

/// More headers than any browser sends.
const HEADERS: usize = 64;

/// Why there is no request to pass on.
#[derive(Debug, PartialEq)]
pub(super) enum NoRequest {
    /// It is answered with this.
    Refused(ConsoleRefusal),
    /// The time was over.
    Idle,
    /// The sender has gone: nobody waits for an answer.
    Gone,
}

impl From<ConsoleRefusal> for NoRequest {
    fn from(refusal: ConsoleRefusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A checked request, as it is written to the server behind the gate.
pub(super) struct Rewritten {
    /// `HEAD`, whose answer has no body.
    pub(super) head_only: bool,
    /// Head and body, all of it ours but the values.
    pub(super) bytes: Vec<u8>,
}

/// Reads one request to its end and not a byte further.
pub(super) fn read(stream: &TcpStream, port: u16) -> Result<Rewritten, NoRequest> {
    let deadline = Instant::now() + REQUEST_TIME;
    let mut received = Vec::with_capacity(2048);
    let mut scan = Scan::default();
    let head_end = loop {
        let before = received.len();
        // One byte more than allowed, so that what is too long is seen as too long.
        more(stream, &mut received, HEAD_BYTES + 1, deadline).map_err(|ending| match ending {
            // A browser's spare connection, most likely, if it has sent nothing.
            NoRequest::Idle if received.is_empty() => NoRequest::Gone,
            NoRequest::Idle => too_slow(),
            other => other,
        })?;
        if let Some(end) = scan.over(&received, before)? {
            break end;
        }
        if received.len() > HEAD_BYTES {
            return Err(ConsoleRefusal::HeadTooLong { kib: HEAD_BYTES / 1024 }.into());
        }
    };
    let mut body = received.split_off(head_end);
    let head = Head::parse(&received, port)?;
    while body.len() < head.body {
        more(stream, &mut body, head.body, deadline).map_err(|ending| match ending {
            NoRequest::Idle => too_slow(),
            other => other,
        })?;
    }
    if body.len() > head.body || more_waits(stream)? {
        return Err(ConsoleRefusal::Pipelined.into());
    }
    Ok(head.rewrite(&body, port))
}

fn too_slow() -> NoRequest {
    ConsoleRefusal::TooSlow { seconds: REQUEST_TIME.as_secs() }.into()
}

/// Reads on, never beyond `limit` bytes in all, never beyond the deadline.
fn more(
    mut stream: &TcpStream,
    received: &mut Vec<u8>,
    limit: usize,
    deadline: Instant,
) -> Result<(), NoRequest> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(NoRequest::Idle);
    }
    stream.set_read_timeout(Some(left)).map_err(|_| NoRequest::Gone)?;
    let mut piece = [0; 8192];
    let room = piece.len().min(limit - received.len());
    match stream.read(&mut piece[..room]) {
        Ok(0) => Err(NoRequest::Gone),
        Ok(count) => {
            received.extend_from_slice(&piece[..count]);
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Err(NoRequest::Idle)
        }
        Err(_) => Err(NoRequest::Gone),
    }
}

/// Whether a byte lies behind the request already.
fn more_waits(stream: &TcpStream) -> Result<bool, NoRequest> {
    let gone = |_| NoRequest::Gone;
    stream.set_nonblocking(true).map_err(gone)?;
    let waits = matches!(stream.peek(&mut [0]), Ok(count) if count > 0);
    stream.set_nonblocking(false).map_err(gone)?;
    Ok(waits)
}

/// Looks at each byte of a head once, as it comes, so that what is no head is refused at its first
/// wrong byte and not when its time is over.
#[derive(Default)]
struct Scan {
    line_start: usize,
    lines: usize,
}

impl Scan {
    /// Where the head ends, if it does within `received`; bytes before `from` were looked at.
    fn over(&mut self, received: &[u8], from: usize) -> Result<Option<usize>, ConsoleRefusal> {
        for (at, byte) in received.iter().enumerate().skip(from) {
            let after_cr = at > 0 && received[at - 1] == b'\r';
            match byte {
                b'\n' if after_cr => {
                    let line = &received[self.line_start..at - 1];
                    if line.is_empty() {
                        // A head of no lines is a stray line end.
                        return if self.lines == 0 { Err(ConsoleRefusal::NotHttp) } else { Ok(Some(at + 1)) };
                    }
                    if self.lines == 0 {
                        request_line(line)?;
                    }
                    self.lines += 1;
                    self.line_start = at + 1;
                }
                b'\r' if !after_cr => {}
                // HTTP/0.9 by hand ends in a bare line feed; it gets the word it needs.
                b'\n' if self.lines == 0 => {
                    request_line(&received[..at])?;
                    return Err(ConsoleRefusal::NotHttp);
                }
                b' '..=b'~' | b'\t' if !after_cr => {}
                _ => return Err(ConsoleRefusal::NotHttp),
            }
        }
        Ok(None)
    }
}

/// Method and target of a request line.
fn request_line(line: &[u8]) -> Result<(&'static str, &str), ConsoleRefusal> {
    let line = std::str::from_utf8(line).map_err(|_| ConsoleRefusal::NotHttp)?;
    let mut parts = line.split(' ');
    let (Some(method), Some(target)) = (parts.next(), parts.next()) else {
        return Err(ConsoleRefusal::NotHttp);
    };
    match (parts.next(), parts.next()) {
        (Some("HTTP/1.1"), None) => {}
        (None, _) => return Err(ConsoleRefusal::OtherVersion),
        (Some(version), None) if version.starts_with("HTTP/") => return Err(ConsoleRefusal::OtherVersion),
        _ => return Err(ConsoleRefusal::NotHttp),
    }
    let method = match method {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        _ => return Err(ConsoleRefusal::Method),
    };
    // Origin form only (RFC 9112 section 3.2.1); no proxy speaks to this console.
    let plain = target.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b'#');
    if !plain || !target.starts_with('/') || target.starts_with("//") {
        return Err(ConsoleRefusal::NotHttp);
    }
    Ok((method, target))
}

/// A head that keeps to the grammar.
struct Head<'a> {
    method: &'static str,
    target: &'a str,
    forwarded: Vec<(&'static str, &'a str)>,
    /// Bytes of body.
    body: usize,
}

impl<'a> Head<'a> {
    /// Reads a head that [`Scan`] let through.
    fn parse(head: &'a [u8], port: u16) -> Result<Self, ConsoleRefusal> {
        let head = std::str::from_utf8(head).map_err(|_| ConsoleRefusal::NotHttp)?;
        let mut lines = head.split("\r\n").take_while(|line| !line.is_empty());
        let (method, target) = request_line(lines.next().unwrap_or_default().as_bytes())?;
        let (mut host, mut length, mut forwarded) = (None, None, Vec::new());
        for (count, line) in lines.enumerate() {
            let (name, value) = line.split_once(':').ok_or(ConsoleRefusal::NotHttp)?;
            let value = value.trim_matches([' ', '\t']);
            if count >= HEADERS || name.is_empty() || !name.bytes().all(is_token) {
                return Err(ConsoleRefusal::NotHttp);
            }
            let once = |slot: &mut Option<&'a str>| match slot.replace(value) {
                None => Ok(()),
                Some(_) => Err(ConsoleRefusal::NotHttp),
            };
            match name.to_ascii_lowercase().as_str() {
                "host" => once(&mut host)?,
                "content-length" => once(&mut length)?,
                "transfer-encoding" => return Err(ConsoleRefusal::Coded),
                "expect" => return Err(ConsoleRefusal::Expectation),
                _ => {}
            }
            if let Some(known) = FORWARDED.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                if forwarded.iter().any(|(seen, _)| seen == known) {
                    return Err(ConsoleRefusal::NotHttp);
                }
                forwarded.push((*known, value));
            }
        }
        // A name of another site that resolves to this machine gets nothing (DNS rebinding).
        let host = host.ok_or(ConsoleRefusal::ForeignHost)?;
        if host != format!("127.0.0.1:{port}") && host != format!("localhost:{port}") {
            return Err(ConsoleRefusal::ForeignHost);
        }
        let body = match length {
            None if method == "POST" => return Err(ConsoleRefusal::NoLength),
            None => 0,
            Some(digits) => length_of(digits)?,
        };
        if body > 0 && method != "POST" {
            return Err(ConsoleRefusal::NotHttp);
        }
        Ok(Self { method, target, forwarded, body })
    }

    /// The request as it goes on: one host, one length, the connection closed behind it.
    fn rewrite(&self, body: &[u8], port: u16) -> Rewritten {
        let mut text = format!(
            "{} {} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.method,
            self.target,
            body.len()
        );
        for (name, value) in &self.forwarded {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(body);
        Rewritten { head_only: self.method == "HEAD", bytes }
    }
}

/// A declared length: digits and nothing else, and never more than the bound, before any of it is
/// read or reserved.
fn length_of(digits: &str) -> Result<usize, ConsoleRefusal> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ConsoleRefusal::NotHttp);
    }
    match digits.parse() {
        Ok(length) if length <= BODY_BYTES => Ok(length),
        _ => Err(ConsoleRefusal::BodyTooLong { kib: BODY_BYTES / 1024 }),
    }
}

/// A byte of a token (RFC 9110 section 5.6.2).
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judge(bytes: &[u8]) -> Result<Vec<u8>, ConsoleRefusal> {
        let end = Scan::default().over(bytes, 0)?.ok_or(ConsoleRefusal::NotHttp)?;
        let head = Head::parse(&bytes[..end], 8700)?;
        Ok(head.rewrite(bytes.get(end..end + head.body).unwrap_or_default(), 8700).bytes)
    }

    #[test]
    fn only_what_the_pages_need_goes_on() {
        let sent = b"GET /search?number=7 HTTP/1.1\r\nhost: localhost:8700\r\nUser-Agent: x\r\n\
            Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\ncookie: a=b\r\n\r\n";
        let went = String::from_utf8(judge(sent).unwrap()).unwrap();
        assert_eq!(
            went,
            "GET /search?number=7 HTTP/1.1\r\nHost: 127.0.0.1:8700\r\nConnection: close\r\n\
             Content-Length: 0\r\nCookie: a=b\r\n\r\n"
        );
    }

    #[test]
    fn a_head_of_another_grammar_is_refused_by_name() {
        use ConsoleRefusal::*;
        let host = "Host: 127.0.0.1:8700\r\n";
        for (sent, refusal) in [
            ("GET / HTTP/1.1\r\n\r\n".to_owned(), ForeignHost),
            ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(), ForeignHost),
            ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned(), ForeignHost),
            (format!("GET / HTTP/1.1\r\n{host}{host}\r\n"), NotHttp),
            (format!("GET http://127.0.0.1:8700/ HTTP/1.1\r\n{host}\r\n"), NotHttp),
            (format!("GET //x HTTP/1.1\r\n{host}\r\n"), NotHttp),
            (format!("GET  / HTTP/1.1\r\n{host}\r\n"), NotHttp),
            (format!("GET / HTTP/1.1 \r\n{host}\r\n"), NotHttp),
            (format!("\r\nGET / HTTP/1.1\r\n{host}\r\n"), NotHttp),
            (format!("GET / HTTP/1.1\n{host}\r\n"), NotHttp),
            ("GET /\r\n".to_owned(), OtherVersion),
            ("GET /\n".to_owned(), OtherVersion),
            (format!("GET / HTTP/1.0\r\n{host}\r\n"), OtherVersion),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), OtherVersion),
            (format!("TRACE / HTTP/1.1\r\n{host}\r\n"), Method),
            (format!("GET / HTTP/1.1\r\n{host}A: b\r\n c\r\n\r\n"), NotHttp),
            (format!("GET / HTTP/1.1\r\n{host}A : b\r\n\r\n"), NotHttp),
            (format!("GET / HTTP/1.1\r\n{host}A: b\rC: d\r\n\r\n"), NotHttp),
            (format!("GET / HTTP/1.1\r\n{host}A: b\nC: d\r\n\r\n"), NotHttp),
            (format!("GET / HTTP/1.1\r\n{host}A: b\0\r\n\r\n"), NotHttp),
            (format!("GET / HTTP/1.1\r\n{host}A: \u{e9}\r\n\r\n"), NotHttp),
            (format!("GET / HTTP/1.1\r\n{host}Cookie: a\r\nCookie: b\r\n\r\n"), NotHttp),
            (format!("GET / HTTP/1.1\r\n{host}Content-Length: 1\r\n\r\nx"), NotHttp),
            (format!("POST / HTTP/1.1\r\n{host}\r\n"), NoLength),
            (format!("POST / HTTP/1.1\r\n{host}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"), NotHttp),
            (format!("POST / HTTP/1.1\r\n{host}Content-Length: +1\r\n\r\nx"), NotHttp),
            (format!("POST / HTTP/1.1\r\n{host}Content-Length: 1, 1\r\n\r\nx"), NotHttp),
            (
                format!("POST / HTTP/1.1\r\n{host}Content-Length: 100000000000\r\n\r\n"),
                BodyTooLong { kib: 256 },
            ),
            (
                format!("POST / HTTP/1.1\r\n{host}Content-Length: {}\r\n\r\n", "9".repeat(99)),
                BodyTooLong { kib: 256 },
            ),
            (format!("POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n"), Coded),
            (format!("POST / HTTP/1.1\r\n{host}Expect: 100-continue\r\n\r\n"), Expectation),
        ] {
            assert_eq!(judge(sent.as_bytes()), Err(refusal), "{sent:?}");
        }
    }

    proptest! {
        #[test]
        fn what_goes_on_is_read_back_as_the_same(bytes in prop::collection::vec(any::<u8>(), 0..200),
            value in "[ -~]{0,40}", target in "/[!-~]{0,30}") {
            // Any bytes at all are judged without a panic.
            let _ = judge(&bytes);
            let sent = format!("GET {target} HTTP/1.1\r\nHost: localhost:8700\r\nCookie: {value}\r\n\r\n");
            if let Ok(went) = judge(sent.as_bytes()) {
                // What the gate wrote is one head by its own grammar, with no second one behind.
                let again = judge(&went).unwrap();
                prop_assert_eq!(again, went);
            }
        }
    }
}
