//! What goes out: an answer's head, read whole and judged before its first byte leaves; then its
//! body, in pieces, at the pace of who takes it, as long as that is a pace.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::super::refusal::ConsoleRefusal;
use super::head::{Rewritten, is_token};
use super::{ANSWER_HEAD_BYTES, Behind, MIN_RATE, PIECE, STALL, THINKING_TIME};
use crate::support::words::{Language, Said};

/// The headers that may leave beside the fixed ones; another one is a mistake, and the answer with
/// it stays here.
const LEAVING: [&str; 6] = [
    "Content-Type",
    "Content-Disposition",
    "Content-Language",
    "Content-Security-Policy",
    "Location",
    "Set-Cookie",
];

/// How finely a pause is measured.
const TICK: Duration = Duration::from_millis(500);

/// Pages take styles and pictures from here, send forms to here, and run nothing.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// On every answer, whoever wrote it. There is no `Date`: the clock of a box is only a claim.
const FIXED: &str = "Cache-Control: no-store\r\n\
     Connection: close\r\n\
     Cross-Origin-Embedder-Policy: require-corp\r\n\
     Cross-Origin-Opener-Policy: same-origin\r\n\
     Cross-Origin-Resource-Policy: same-origin\r\n\
     Permissions-Policy: camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()\r\n\
     Referrer-Policy: no-referrer\r\n\
     X-Content-Type-Options: nosniff\r\n\
     X-Frame-Options: DENY\r\n";

/// A refusal as it stands on the socket: a few lines of plain text in each language.
pub(super) fn refusal(refusal: &ConsoleRefusal) -> Vec<u8> {
    let mut body = String::new();
    for language in Language::ALL {
        body.push_str(&refusal.say(language));
        body.push('\n');
    }
    format!(
        "HTTP/1.1 {} {}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: {PAGE_POLICY}\r\n{FIXED}\r\n{body}",
        refusal.status(),
        phrase(refusal.status()),
        body.len()
    )
    .into_bytes()
}

/// Sends a request on and brings its answer back. An error means that the browser has gone, takes
/// too slowly, or that the answer broke off: the connection is cut, so that half an answer is never
/// taken for a whole one.
pub(super) fn exchange(request: &Rewritten, behind: &Behind, client: &TcpStream) -> std::io::Result<()> {
    let mut out = Paced { client, waited: Duration::ZERO, sent: 0 };
    let Some(Answer { mut behind, head, begun, mut left }) = ask(&request.bytes, behind) else {
        return out.send(&refusal(&ConsoleRefusal::BadAnswer));
    };
    out.send(head.as_bytes())?;
    if request.head_only {
        return Ok(());
    }
    if begun.len() as u64 > left {
        return Err(ErrorKind::InvalidData.into());
    }
    out.send(&begun)?;
    left -= begun.len() as u64;
    let mut piece = vec![0; PIECE];
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        match behind.read(&mut piece[..most]) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                out.send(&piece[..count])?;
                left -= count as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// An answer that has begun.
struct Answer {
    behind: UnixStream,
    /// The head to send.
    head: String,
    /// What of the body came with it.
    begun: Vec<u8>,
    /// The body's whole length in bytes.
    left: u64,
}

/// Hands the request over and reads the answer's head; `None` if no answer comes that may leave.
fn ask(request: &[u8], behind: &Behind) -> Option<Answer> {
    let mut behind = behind.connect().ok()?;
    behind.set_write_timeout(Some(STALL)).ok()?;
    behind.set_read_timeout(Some(THINKING_TIME)).ok()?;
    behind.write_all(request).ok()?;
    let mut received = Vec::with_capacity(4096);
    let mut piece = [0; 4096];
    loop {
        if let Some(at) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let begun = received.split_off(at + 4);
            let (head, left) = judge(&received)?;
            return Some(Answer { behind, head, begun, left });
        }
        if received.len() > ANSWER_HEAD_BYTES {
            return None;
        }
        match behind.read(&mut piece) {
            Ok(0) => return None,
            Ok(count) => received.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// Writes an answer's head anew from one that tiny_http wrote: the status, a known length, the
/// headers that may leave, the fixed ones. `None` for a head that may not leave. (tiny_http lets CR
/// and LF stand in a header's value, CVE-2026-66753: what follows them is then no known header, or
/// a second one of its kind, and both are refused here; `http::Response` refuses them before.)
fn judge(head: &[u8]) -> Option<(String, u64)> {
    let head = std::str::from_utf8(head).ok()?;
    if head.bytes().any(|byte| byte.is_ascii_control() && !matches!(byte, b'\r' | b'\n')) {
        return None;
    }
    let mut lines = head.strip_suffix("\r\n\r\n")?.split("\r\n");
    let status: u16 = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    // What tiny_http says of a page that died; the gate has a sentence for it.
    if status == 500 {
        return None;
    }
    let mut text = format!("HTTP/1.1 {status} {}\r\n", phrase(status));
    let (mut length, mut policy, mut seen) = (None, PAGE_POLICY, Vec::new());
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        if !name.bytes().all(is_token) || value.contains(['\r', '\n']) {
            return None;
        }
        let name = name.to_ascii_lowercase();
        // Each stands once; only cookies may be several.
        if name != "set-cookie" && seen.contains(&name) {
            return None;
        }
        match name.as_str() {
            "date" | "server" | "connection" => {}
            "content-length" => length = Some(value.parse().ok()?),
            "content-security-policy" => policy = value,
            _ => {
                let known = LEAVING.iter().find(|known| known.eq_ignore_ascii_case(&name))?;
                text.push_str(&format!("{known}: {value}\r\n"));
            }
        }
        seen.push(name);
    }
    let length = length?;
    text.push_str(&format!("Content-Length: {length}\r\nContent-Security-Policy: {policy}\r\n{FIXED}\r\n"));
    Some((text, length))
}

/// The few statuses that the console answers with (RFC 9110 section 15).
fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        303 => "See Other",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        410 => "Gone",
        411 => "Length Required",
        413 => "Content Too Large",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Other",
    }
}

/// A browser that takes an answer: it may pause for [`STALL`], and has to have taken [`MIN_RATE`]
/// for every second beyond that which was spent waiting for it. So a large document takes the time
/// that it takes, and a place is held by no reader who does not read.
struct Paced<'a> {
    client: &'a TcpStream,
    /// Only time spent in writing counts: a slow disk is not the browser's fault.
    waited: Duration,
    sent: u64,
}

impl Paced<'_> {
    fn send(&mut self, mut bytes: &[u8]) -> std::io::Result<()> {
        // A blocked write that has sent a part comes back only at its time-out, so that is short.
        self.client.set_write_timeout(Some(TICK))?;
        let mut paused = Duration::ZERO;
        while !bytes.is_empty() {
            let begun = Instant::now();
            let outcome = self.client.write(bytes);
            self.waited += begun.elapsed();
            match outcome {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => {
                    self.sent += count as u64;
                    bytes = &bytes[count..];
                    paused = Duration::ZERO;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    paused += begun.elapsed();
                }
                Err(error) => return Err(error),
            }
            if paused >= STALL || self.waited > STALL + Duration::from_secs(self.sent / MIN_RATE) {
                return Err(ErrorKind::TimedOut.into());
            }
        }
        Ok(())
    }
}

/// Ends a connection so that the answer still arrives: to close a socket with unread bytes resets
/// it, and a reset can overtake the answer. So the writing end is closed, and for at most `time`
/// what still comes in is thrown away.
pub(super) fn part(mut client: &TcpStream, time: Duration) {
    if client.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let deadline = Instant::now() + time;
    let mut waste = [0; 8192];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || client.set_read_timeout(Some(left)).is_err() {
            return;
        }
        match client.read(&mut waste) {
            Ok(count) if count > 0 => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            _ => return,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_head_leaves_with_the_fixed_headers_and_nothing_unknown() {
        let (head, length) = judge(
            b"HTTP/1.1 200 OK\r\nServer: tiny-http (Rust)\r\nDate: x\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n",
        )
        .unwrap();
        assert_eq!(length, 5);
        assert!(head.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n"));
        assert!(head.contains("default-src 'none'") && head.contains("no-store") && !head.contains("tiny"));
    }

    #[test]
    fn a_header_that_was_smuggled_in_keeps_the_answer_here() {
        for bad in [
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nLocation: /\r\nX-Evil: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nLocation: /\nSet-Cookie: a=b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nLocation: /\rSet-Cookie: a=b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 9\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nLocation: /a\0b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        ] {
            assert!(judge(bad.as_bytes()).is_none(), "{bad:?}");
        }
    }
}
