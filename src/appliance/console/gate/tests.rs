//! The gate attacked over real sockets: each attack gets a clear answer or is closed, and an
//! ordinary request is answered right after.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use super::super::http::{Kind, Request, Response};
use super::*;

/// Bytes of the large answer.
const LARGE: u64 = 200 << 20;

/// What a page reads from, one piece at a time.
struct Pattern(u64);

impl Read for Pattern {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for byte in buffer.iter_mut() {
            *byte = (self.0 % 251) as u8;
            self.0 += 1;
        }
        Ok(buffer.len())
    }
}

fn serve(request: Request) -> Response {
    match request.path().as_slice() {
        ["large"] => Response::file("large", Kind::Bytes, LARGE, Box::new(Pattern(0))),
        ["short"] => Response::file("short", Kind::Bytes, 1000, Box::new(Pattern(0).take(10))),
        ["smuggled"] => Response::text("no").with_cookie("a", "b\r\nX-Evil: 1"),
        ["panic"] => panic!("a page that panics, for the test"),
        ["form"] => Response::text(format!("typed: {}", request.form("typed"))),
        _ => Response::text("hello"),
    }
}

fn open() -> Gate {
    Gate::open(0, serve).unwrap()
}

fn connect(gate: &Gate) -> TcpStream {
    let stream = TcpStream::connect(gate.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    stream
}

/// Sends bytes and reads what comes until the end; a reset counts as the end.
fn ask(gate: &Gate, bytes: &[u8]) -> String {
    let mut stream = connect(gate);
    let _ = stream.write_all(bytes);
    all_of(&mut stream)
}

fn all_of(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(gate: &Gate, path: &str) -> String {
    ask(gate, format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", gate.address()).as_bytes())
}

#[track_caller]
fn assert_serves(gate: &Gate) {
    let answer = get(gate, "/");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nhello"), "{answer:?}");
}

#[track_caller]
fn assert_refused(answer: &str, status: u16) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "not {status}: {answer:?}");
    assert!(answer.contains("Content-Security-Policy: default-src 'none'"), "{answer:?}");
}

#[test]
fn every_answer_carries_the_strict_headers() {
    let gate = open();
    let refused = ask(&gate, b"BREW / HTTP/1.1\r\n\r\n");
    assert_refused(&refused, 405);
    for answer in [get(&gate, "/"), get(&gate, "/form"), get(&gate, "/panic"), refused] {
        for header in [
            "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer",
            "Cache-Control: no-store",
            "Cross-Origin-Opener-Policy: same-origin",
            "Cross-Origin-Resource-Policy: same-origin",
            "Permissions-Policy: camera=()",
            "frame-ancestors 'none'",
            "Connection: close",
        ] {
            assert!(answer.contains(header), "{header} in {answer:?}");
        }
        assert!(!answer.contains("tiny"), "{answer:?}");
    }
    assert!(get(&gate, "/panic").starts_with("HTTP/1.1 502 "));
    assert_serves(&gate);
}

#[test]
fn a_head_has_no_body_and_a_form_is_read() {
    let gate = open();
    let host = gate.address();
    let head = ask(&gate, format!("HEAD / HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes());
    assert!(head.contains("Content-Length: 5\r\n") && head.ends_with("\r\n\r\n"), "{head:?}");
    let typed = "x".repeat(200_000);
    let form = format!(
        "POST /form HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\ntyped={typed}",
        typed.len() + 6
    );
    assert!(ask(&gate, form.as_bytes()).ends_with(&format!("typed: {typed}")));
    let plain = form.replace("application/x-www-form-urlencoded", "text/plain");
    assert_refused(&ask(&gate, plain.as_bytes()), 400);
}

#[test]
fn each_hostile_request_is_answered_and_the_next_one_served() {
    let gate = open();
    let host = gate.address();
    let long = format!("GET / HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\n\r\n", "x".repeat(20_000));
    let endless = vec![b'A'; 1 << 20];
    let two = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").repeat(2);
    let post = format!("POST / HTTP/1.1\r\nHost: {host}\r\n");
    let with = |header: &str| format!("GET / HTTP/1.1\r\nHost: {host}\r\n{header}\r\n\r\n").into_bytes();
    for (attack, bytes, status) in [
        (
            "a declared length of 100 GB",
            format!("{post}Content-Length: 100000000000\r\n\r\n").into_bytes(),
            413,
        ),
        (
            "a length beyond numbers",
            format!("{post}Content-Length: {}\r\n\r\n", "9".repeat(40)).into_bytes(),
            413,
        ),
        ("two lengths", format!("{post}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx").into_bytes(), 400),
        ("pipelining", two.into_bytes(), 400),
        ("a body with a GET", with("Content-Length: 3"), 400),
        ("bytes behind a form", format!("{post}Content-Length: 1\r\n\r\nxGET /").into_bytes(), 400),
        ("Transfer-Encoding", format!("{post}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").into_bytes(), 501),
        ("Expect", format!("{post}Content-Length: 1\r\nExpect: 100-continue\r\n\r\n").into_bytes(), 417),
        ("a foreign host", b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_vec(), 421),
        ("two hosts", with(&format!("Host: {host}")), 400),
        ("no host", b"GET / HTTP/1.1\r\n\r\n".to_vec(), 421),
        ("a huge head", long.into_bytes(), 431),
        ("a head without an end", endless, 431),
        ("a NUL", with("A: b\0c"), 400),
        ("a bare CR", with("A: b\rC: d"), 400),
        ("a bare LF", with("A: b\nC: d"), 400),
        ("a folded line", with("A: b\r\n c"), 400),
        ("HTTP/0.9", b"GET /\r\n".to_vec(), 505),
        ("HTTP/0.9 by hand", b"GET /\n".to_vec(), 505),
        ("HTTP/1.0", b"GET / HTTP/1.0\r\n\r\n".to_vec(), 505),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec(), 505),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), 400),
        (
            "a proxy's request",
            format!("GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(),
            400,
        ),
        ("CONNECT", b"CONNECT evil.example:443 HTTP/1.1\r\n\r\n".to_vec(), 405),
        ("a broken escape", format!("GET /%zz HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(), 404),
        (
            "CR and LF in an answer's header",
            format!("GET /smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(),
            502,
        ),
    ] {
        let begun = Instant::now();
        let answer = ask(&gate, &bytes);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{attack}: {answer:?}");
        assert!(!answer.contains("X-Evil"), "{attack}: {answer:?}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{attack} took {:?}", begun.elapsed());
        assert_serves(&gate);
    }
}

#[test]
fn a_slow_head_is_cut_off_and_keeps_nobody_out() {
    let gate = open();
    let begun = Instant::now();
    let mut slow: Vec<_> = (0..PLACES).map(|_| connect(&gate)).collect();
    while begun.elapsed() < Duration::from_secs(4) {
        for stream in &mut slow {
            let _ = stream.write_all(b"G");
        }
        thread::sleep(Duration::from_millis(300));
        if begun.elapsed() > Duration::from_secs(1) {
            // All places are taken by them, and still.
            assert_serves(&gate);
        }
    }
    // One that was left alone is told, in its time.
    let mut alone = connect(&gate);
    let begun = Instant::now();
    alone.write_all(b"GET / HT").unwrap();
    assert_refused(&all_of(&mut alone), 408);
    assert!((4.5..7.0).contains(&begun.elapsed().as_secs_f64()), "{:?}", begun.elapsed());
    // So is a slow body.
    let mut body = connect(&gate);
    let head = format!("POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: 9\r\n\r\n", gate.address());
    body.write_all(head.as_bytes()).unwrap();
    assert_refused(&all_of(&mut body), 408);
    assert_serves(&gate);
}

#[test]
fn half_closed_connections_are_answered_if_whole_and_dropped_if_not() {
    let gate = open();
    let mut whole = connect(&gate);
    whole.write_all(format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", gate.address()).as_bytes()).unwrap();
    whole.shutdown(Shutdown::Write).unwrap();
    assert!(all_of(&mut whole).ends_with("hello"));
    for part in ["", "GET / HT"] {
        let begun = Instant::now();
        let mut half = connect(&gate);
        half.write_all(part.as_bytes()).unwrap();
        half.shutdown(Shutdown::Write).unwrap();
        assert_eq!(all_of(&mut half), "");
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
    assert_serves(&gate);
}

#[test]
fn readers_who_do_not_read_are_cut_and_keep_nobody_out() {
    let gate = open();
    let request = format!("GET /large HTTP/1.1\r\nHost: {}\r\n\r\n", gate.address());
    // All places but one.
    let readers: Vec<_> = (1..PLACES)
        .map(|_| {
            let mut reader = connect(&gate);
            reader.write_all(request.as_bytes()).unwrap();
            reader
        })
        .collect();
    thread::sleep(Duration::from_millis(500));
    assert_serves(&gate);
    thread::sleep(STALL + Duration::from_secs(2));
    for mut reader in readers {
        let mut taken = Vec::new();
        let _ = reader.read_to_end(&mut taken);
        assert!((taken.len() as u64) < LARGE / 4, "{} bytes were buffered", taken.len());
    }
    assert_serves(&gate);
}

#[test]
fn an_answer_that_breaks_off_is_not_taken_for_a_whole_one() {
    let gate = open();
    let answer = get(&gate, "/short");
    assert!(answer.contains("Content-Length: 1000\r\n"));
    assert!(answer.split("\r\n\r\n").nth(1).unwrap().len() < 1000);
    assert_serves(&gate);
}

/// Runs one of the tests of [`alone`] in a process of its own, where it alone opens descriptors and
/// takes memory.
#[track_caller]
fn in_a_process_of_its_own(name: &str) {
    let name = format!("{}::alone::{name}", module_path!().split_once("::").unwrap().1);
    let out = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &name, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(
        out.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

#[test]
fn a_large_answer_arrives_whole_in_little_memory() {
    in_a_process_of_its_own("a_large_answer_arrives_whole_in_little_memory");
}

#[test]
fn ten_thousand_idle_connections_keep_nobody_out() {
    in_a_process_of_its_own("ten_thousand_idle_connections_keep_nobody_out");
}

#[test]
fn a_process_that_ran_out_of_descriptors_serves_again_when_it_has_some() {
    in_a_process_of_its_own("a_process_that_ran_out_of_descriptors_serves_again_when_it_has_some");
}

/// Started by the tests above, each in a process of its own.
mod alone {
    use super::*;

    #[test]
    #[ignore = "run by its namesake in a process of its own"]
    fn a_large_answer_arrives_whole_in_little_memory() {
        let gate = open();
        let before = peak_rss();
        let mut stream = connect(&gate);
        stream
            .write_all(format!("GET /large HTTP/1.1\r\nHost: {}\r\n\r\n", gate.address()).as_bytes())
            .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(String::from_utf8(head).unwrap().contains(&format!("Content-Length: {LARGE}\r\n")));
        let (mut piece, mut at) = (vec![0; 1 << 16], 0_u64);
        loop {
            let count = stream.read(&mut piece).unwrap();
            if count == 0 {
                break;
            }
            for byte in &piece[..count] {
                assert_eq!(*byte, (at % 251) as u8);
                at += 1;
            }
        }
        assert_eq!(at, LARGE);
        let grown = peak_rss() - before;
        println!("the peak grew by {grown} KiB");
        assert!(grown < 32 << 10, "the peak grew by {grown} KiB");
        assert_serves(&gate);
    }

    #[test]
    #[ignore = "run by its namesake in a process of its own"]
    fn ten_thousand_idle_connections_keep_nobody_out() {
        let gate = open();
        // Both ends are in this process; take what may be had.
        let most = raise_descriptors().saturating_sub(300);
        let count = usize::try_from(most / 2).unwrap().min(10_000);
        let (before, rss) = (descriptors(), peak_rss());
        let mut idle = Vec::with_capacity(count);
        for opened in 0..count {
            if let Ok(stream) = TcpStream::connect(gate.address()) {
                idle.push(stream);
            }
            if opened % 50 == 49 {
                // Faster, and the kernel's own queue overflows, which tests the kernel.
                thread::sleep(Duration::from_millis(10));
            }
            if opened % 1000 == 999 {
                thread::sleep(Duration::from_millis(300));
                assert_serves(&gate);
            }
        }
        println!("{} idle connections", idle.len());
        assert!(idle.len() > 1000 && idle.len() * 10 > count * 9, "{} of {count}", idle.len());
        // The gate's own end: places and what belongs to them, not connections.
        let held = descriptors() - before - idle.len();
        assert!(held < 8 * PLACES, "the gate holds {held} descriptors");
        thread::sleep(Duration::from_millis(300));
        assert_serves(&gate);
        let grown = peak_rss() - rss;
        println!("the peak grew by {grown} KiB");
        assert!(grown < 64 << 10, "the peak grew by {grown} KiB");
    }

    #[test]
    #[ignore = "run by its namesake in a process of its own"]
    fn a_process_that_ran_out_of_descriptors_serves_again_when_it_has_some() {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let gate = open();
        assert_serves(&gate);
        let limit = Rlimit { current: Some(descriptors() as u64 + 40), ..getrlimit(Resource::Nofile) };
        setrlimit(Resource::Nofile, limit).unwrap();
        // With none to two left, the gate's accept, its way to tiny_http and tiny_http's own accept
        // fail by turns; the last of these ends tiny_http's loop.
        for left in 1..=5 {
            let mut hoard = Vec::new();
            while let Ok(file) = std::fs::File::open("/dev/null") {
                hoard.push(file);
            }
            hoard.truncate(hoard.len() - left);
            let mut starved = connect(&gate);
            let _ =
                starved.write_all(format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", gate.address()).as_bytes());
            thread::sleep(Duration::from_millis(300));
            drop(hoard);
            println!("{left} left: {:?}", all_of(&mut starved).lines().next());
            thread::sleep(Duration::from_millis(300));
            assert_serves(&gate);
        }
    }
}

#[test]
fn the_folder_is_nobody_elses_and_goes_with_the_gate() {
    let gate = open();
    let folder = gate._folder.path().to_owned();
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let address = gate.address();
    assert!(address.ip().is_loopback());
    drop(gate);
    assert!(!folder.exists());
    assert!(TcpStream::connect(address).is_err());
}

fn peak_rss() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn raise_descriptors() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    getrlimit(Resource::Nofile).current.unwrap_or(100_000)
}
