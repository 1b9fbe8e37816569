#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::Instant;

use super::*;
use crate::support::words::Said;

/// Gives the whole show, and returns what was said.
fn given(options: &Options) -> Result<String, Refused> {
    let mut said = Vec::new();
    show(options, Stage::new(&mut said, false, options, Arc::default()))?;
    Ok(String::from_utf8(said).unwrap())
}

/// What was said, without the line breaks of the screen.
fn flowing(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_whole_show_is_over_within_a_minute() {
    let began = Instant::now();
    let said = given(&Options { wait: false, ..Options::default() }).unwrap();
    println!("{said}\n{:?}", began.elapsed());
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    let said = flowing(&said);
    for sentence in [
        "Nothing leaves this machine.",
        "is unchanged since 24 November 2026",
        "finds that file and nothing else",
        "The same search again: nothing.",
        "none opens it.",
        "prints, exports and what the shop itself still has",
        "it still found 3 of these invoices",
        "Its folder was removed",
    ] {
        assert!(said.contains(sentence), "{sentence}");
    }
}

#[test]
fn the_show_speaks_dutch_and_keeps_its_folder() {
    let parent = tempfile::tempdir().unwrap();
    let keep = parent.path().join("demo");
    let options = Options {
        keep: Some(keep.clone()),
        language: Language::Nl,
        wait: false,
        fast_forward: 5,
        ..Options::default()
    };
    let said = flowing(&given(&options).unwrap());
    for sentence in ["Er gaat niets van deze computer af.", "geen enkele past.", "De klok gaat verder"] {
        assert!(said.contains(sentence), "{sentence}\n{said}");
    }
    assert!(!said.contains("demo-"), "{said}");
    let term = keep.join("box/certificates/springveer-nl-ordinary-2022-12.certificate");
    assert!(term.is_file() && !keep.join("copy").exists());
    let again = given(&options).unwrap_err();
    assert_eq!(again.code(), "demo-folder-not-empty");
}

#[test]
fn too_few_years_end_no_term() {
    let options = Options { wait: false, fast_forward: 1, ..Options::default() };
    let said = flowing(&given(&options).unwrap());
    assert!(said.contains("No term is over yet"), "{said}");
    assert!(!said.contains("The certificate"), "{said}");
}

/// What the show says, for whoever listens while it goes on.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Heard {
    /// What was said, once it contains `sentence`.
    fn once(&self, sentence: &str) -> String {
        let began = Instant::now();
        while began.elapsed().as_secs() < 60 {
            let said = String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned();
            if flowing(&said).contains(sentence) {
                return said;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let said = String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned();
        panic!("never said: {sentence}\n{said}");
    }
}

/// Asks the console at `address` for `path`; the cookies that were given and the answer.
fn get(address: &str, path: &str, cookies: &mut BTreeMap<String, String>) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let sent: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let sent = sent.join("; ");
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {sent}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    for line in head.lines() {
        if let Some(value) = line.strip_prefix("Set-Cookie: ") {
            let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
    let to = head.lines().find_map(|line| line.strip_prefix("Location: ")).map(str::to_owned);
    match to {
        Some(to) => get(address, &to, cookies),
        None => answer,
    }
}

#[test]
fn the_show_stays_open_until_stopped_and_its_links_lead_where_it_says() {
    let (heard, stop) = (Heard::default(), Arc::new(AtomicBool::new(false)));
    let (mut out, stopping) = (heard.clone(), Arc::clone(&stop));
    let playing = std::thread::spawn(move || {
        let options = Options { language: Language::Nl, ..Options::default() };
        let outcome = show(&options, Stage::new(&mut out, false, &options, stopping));
        if let Err(refused) = &outcome {
            writeln!(out, "{refused}").unwrap();
        }
        outcome
    });
    let said = heard.once("tot u de demonstratie stopt");
    let links: Vec<_> = said.lines().filter_map(|line| line.trim().strip_prefix("http://")).collect();
    let [search, invoice, _terms, certificate] = links.as_slice() else { panic!("{links:?}") };
    let mut cookies = BTreeMap::new();
    let (address, path) = search.split_once('/').unwrap();
    let page = get(address, &format!("/{path}"), &mut cookies);
    // Her invoices are destroyed by now; the search is filled in, and says so in Dutch.
    assert!(page.contains("lang=\"nl\"") && page.contains("Fenna Luchtsprong"), "{page}");
    assert!(page.contains("Geen facturen gevonden"), "{page}");
    let (address, path) = invoice.split_once('/').unwrap();
    let page = get(address, &format!("/{path}"), &mut cookies);
    assert!(page.contains("is vernietigd"), "{page}");
    let (address, path) = certificate.split_once('/').unwrap();
    let page = get(address, &format!("/{path}"), &mut cookies);
    assert!(page.contains("springveer-nl-ordinary-2022-12") && page.contains("DEMO"), "{page}");
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    playing.join().unwrap().unwrap();
    heard.once("er is niets van over");
}
