//! What the console does for a program that is no browser: one that guesses, that forges forms, or
//! that takes a long document slowly.

use std::io::Read;
use std::net::TcpStream;

use factuurkluis::appliance::console::gate;
use factuurkluis::demo::invoices;
use factuurkluis::exchange::invoice::Record;

use crate::stage::{Person, Sent, Stage, answer};

/// A program that keeps its cookies.
struct Program<'a> {
    stage: &'a Stage,
    cookies: String,
}

impl<'a> Program<'a> {
    fn new(stage: &'a Stage) -> Self {
        Self { stage, cookies: String::new() }
    }

    fn get(&mut self, path: &str) -> (String, String) {
        let (head, body) = self.stage.download(path, &self.cookies);
        self.keep(&head);
        (head, String::from_utf8_lossy(&body).into_owned())
    }

    /// Sends a form; its token is that of the page at `from`, unless another is given.
    fn post(&mut self, from: &str, path: &str, fields: &str, token: Option<&str>) -> (String, String) {
        let (_, page) = self.get(from);
        let its_own = page.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let form = format!("token={}&{fields}", token.or(its_own).unwrap_or_default());
        let (head, body) = answer(self.stage.ask(&format!("POST {path}"), &self.cookies, &form));
        self.keep(&head);
        (head, String::from_utf8_lossy(&body).into_owned())
    }

    fn keep(&mut self, head: &str) {
        for line in head.lines().filter_map(|line| line.strip_prefix("Set-Cookie: ")) {
            self.cookies = line.split(';').next().unwrap().to_owned();
        }
    }

    /// Logs in and says why.
    fn log_in(&mut self, Person { name, pass_phrase }: &Person) {
        let (head, _) = self.post("/log-in", "/log-in", &format!("name={name}&phrase={pass_phrase}"), None);
        assert!(head.contains("303") && head.contains("Location: /reason"), "{head}");
        let (head, _) = self.post("/reason", "/reason", "reason=check", None);
        assert!(head.contains("303"), "{head}");
    }

    /// The address of the only invoice that a search finds.
    fn only(&mut self, search: &str) -> String {
        let (_, page) = self.get(search);
        let link = page.split("href=\"/invoice/").nth(1).unwrap_or_else(|| panic!("nothing found: {page}"));
        format!("/invoice/{}", link.split(['?', '"']).next().unwrap())
    }
}

#[test]
fn guessing_gets_slower_and_forms_of_others_do_nothing() {
    let stage = Stage::empty();
    let mut guesser = Program::new(&stage);
    for _ in 0..3 {
        let (head, _) = guesser.post("/log-in", "/log-in", "name=Bram&phrase=guess", None);
        assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    }
    let (head, _) = guesser.post("/log-in", "/log-in", "name=Bram&phrase=guess", None);
    assert!(head.starts_with("HTTP/1.1 429"), "{head}");
    // Whoever is not guessed at is let in at once.
    let mut anna = Program::new(&stage);
    anna.log_in(&stage.officer);

    let (head, _) = anna.post("/reason", "/reason", "reason=tax-audit", Some("FORGED"));
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    let (head, page) = anna.post("/reason", "/reason", "reason=curiosity", None);
    assert!(head.starts_with("HTTP/1.1 403") && page.contains("Choose why you look"), "{head}");
    let (head, _) = anna.post("/reason", "/log-out", "", Some("FORGED"));
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    let (head, _) = anna.get("/search?number=1");
    assert!(head.starts_with("HTTP/1.1 200"), "still logged in: {head}");
    let (head, _) = anna.post("/reason", "/log-out", "", None);
    assert!(head.contains("Location: /log-in"), "{head}");
    let (head, _) = anna.get("/terms");
    assert!(head.contains("Location: /log-in"), "{head}");
}

/// An invoice of the stage's oldest term with a document of so many bytes.
pub(crate) fn long(stage: &Stage, number: &str, length: usize) -> Sent {
    let day = stage.terms()[0].term.first();
    let mut record: Record = invoices::invoices(7, day.year(), stage.terms()[0].term.last())[0].record();
    record.number = number.to_owned();
    record.series = None;
    record.issue_date = day;
    record.supply_date = None;
    let document =
        (0..length / 8).flat_map(|at| (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
    Sent { record, media_type: "application/octet-stream", document: document.collect() }
}

/// The most memory that the process ever had, in bytes.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[test]
fn a_long_document_streams_in_little_memory_and_ends_with_its_term() {
    const LONG: usize = 200 << 20;
    const SHORT: usize = 24 << 20;
    let mut stage = Stage::empty();
    let (of_pipe, of_memory) = (long(&stage, "LONG-1", LONG), long(&stage, "SHORT-1", SHORT));
    let whole = of_pipe.document.clone();
    stage.admit(&[of_pipe, of_memory]);
    let mut anna = Program::new(&stage);
    anna.log_in(&stage.officer);
    let paths = ["LONG-1", "SHORT-1"].map(|number| {
        let invoice = anna.only(&format!("/search?number={number}"));
        format!("{invoice}/document/1/file")
    });

    let before = peak(stage.process_id());
    let (head, body) = stage.download(&paths[0], &anna.cookies);
    assert!(head.contains(&format!("Content-Length: {LONG}")), "{head}");
    assert!(body == whole, "it did not come whole");
    let grown = peak(stage.process_id()).saturating_sub(before);
    assert!(grown < 24 << 20, "{grown} bytes more for a download");
    drop((body, whole));

    // Both are on their way, and nobody is quick to take them.
    let under_way = paths.map(|path| {
        let mut stream = stage.ask(&format!("GET {path}"), &anna.cookies, "");
        let mut first = vec![0; 100_000];
        stream.read_exact(&mut first).unwrap();
        stream
    });
    let begun = std::time::Instant::now();
    let over = stage.kept_until()[0];
    stage.turn(over.checked_add(jiff::Span::new().days(3)).unwrap());
    stage.turn(over.checked_add(jiff::Span::new().days(60)).unwrap());
    assert!(begun.elapsed() < gate::STALL, "the gate may have cut them for their slowness");
    let rest = |mut stream: TcpStream| {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        rest.len() + 100_000
    };
    for (came, length) in under_way.map(rest).into_iter().zip([LONG, SHORT]) {
        assert!(came < length / 2, "{came} of {length} bytes came after the term was gone");
    }
    let (_, page) = anna.get("/search?number=LONG-1");
    assert!(!page.contains("href=\"/invoice/"), "{page}");
}
