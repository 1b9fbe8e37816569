//! How long a term lives after the command that destroys it, while people still read in it.

use std::fs;
use std::io::{self, Cursor, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use factuurkluis::appliance::catalogue::{Match, Query};
use factuurkluis::appliance::keeper::{Happened, Keeper, Outcome};
use factuurkluis::exchange::vocabulary::Digest;
use jiff::civil::date;

use crate::Scale;
use crate::pair::verdict;
use crate::shop::{self, Chance, Sheet};

/// Bytes of the document that is being downloaded, one in each bundle.
const LARGE: usize = 24 << 20;
/// Within so many seconds of the command nothing may be readable.
const MOST: f64 = 2.0;

/// Destroys the term of 2019 with all its invoices.
pub fn run(scale: &Scale, _kluis: &Path, scratch: &Path) {
    let place = scratch.join("destruction");
    let stick = place.join("stick");
    fs::create_dir_all(&stick).expect("the scratch folder can be written");
    let (the_box, mut shop) = shop::make(&place.join("box"));
    let term = shop.term_of(date(2019, 6, 1)).to_owned();
    let template = shop::record(0);
    let large = {
        let mut bytes = vec![0; LARGE];
        Chance(1).fill(&mut bytes);
        bytes
    };
    let bundles = scale.catalogued.div_ceil(10_000);
    let invoices = scale.catalogued / bundles;
    for bundle in 0..bundles {
        let bytes = |n: u64| if n == 0 { large.clone() } else { format!("{bundle}-{n}").into_bytes() };
        let sheets = (0..invoices).map(|n| {
            let number = format!("2019-{:06}", bundle * invoices + n);
            let record = factuurkluis::exchange::invoice::Record {
                number,
                issue_date: date(2019, 6, 1),
                supply_date: None,
                ..template.clone()
            };
            let bytes = bytes(n);
            Sheet { record, media_type: "text/plain", length: bytes.len() as u64, sha256: Digest::of(&bytes) }
        });
        let file = stick.join(format!("{bundle:03}.bundle"));
        shop.seal(&term, sheets, &file, |n| Ok(Cursor::new(bytes(n as u64))));
    }
    let keeper = Keeper::open(&the_box.directory).expect("the box opens");
    for (file, outcome) in keeper.take(&stick, &|_| {}).expect("the folder is taken").files {
        assert!(matches!(outcome, Outcome::Admitted(_)), "{file}: {outcome:?}");
    }
    destroy(&keeper, &the_box, &term, bundles * invoices);
    drop(keeper);
    fs::remove_dir_all(&place).expect("it is ours");
}

fn destroy(keeper: &Keeper, the_box: &shop::Box, term: &str, invoices: u64) {
    let officer = keeper.log_in_officer(&the_box.officer.0, &the_box.officer.1).expect("he may");
    let officer = keeper.with_reason(officer, "tax-audit").expect("a reason");
    let query = Query { number: Some(Match::Exact("2019-000000".to_owned())), limit: 1, ..Query::default() };
    let bundle = keeper.find(&officer, &query).expect("it answers").rows[0].row.bundle;
    let held = keeper.opened_original(&officer, bundle, 1, None).expect("it opens");
    let (over, downloading) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        // A download over a slow line, which is far from its end.
        let download = scope.spawn(|| {
            let mut line = Slow { given: 0, begun: &downloading };
            let end = keeper.document(&officer, bundle, 1, 0, &mut line);
            (end.is_err(), line.given, Instant::now())
        });
        // Somebody who looks up one invoice after the other.
        let reader = scope.spawn(|| {
            let mut last = None;
            while !over.load(Ordering::Relaxed) {
                match keeper.show(&officer, bundle, 1) {
                    Ok(_) => last = Some(Instant::now()),
                    Err(_) => std::thread::sleep(Duration::from_millis(1)),
                }
            }
            last.expect("it was readable at first")
        });
        while !downloading.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let command = Instant::now();
        let then = "2027-03-01T00:00:00Z".parse().expect("an instant");
        let happened = keeper.turn_clock(then).expect("the clock of a demo box turns");
        let done = command.elapsed();
        over.store(true, Ordering::Relaxed);
        let destroyed =
            |one: &Happened| matches!(one, Happened::Destroyed { term: name, .. } if name == term);
        assert!(happened.iter().any(destroyed), "{happened:?}");
        let last = reader.join().expect("no panic").saturating_duration_since(command);
        let (cut, given, end) = download.join().expect("no panic");
        assert!(cut && given < LARGE, "the download was cut off: {given}");
        let download = end.saturating_duration_since(command);
        drop(held);
        let unreadable = last.max(download).max(done).as_secs_f64();
        println!(
            "Destruction: a term of {invoices} invoices, a download, look-ups and an open bundle under way"
        );
        println!("    {:<58} {:>8.3} s", "last look-up that was answered", last.as_secs_f64());
        println!("    {:<58} {:>8.3} s", "the download was cut off", download.as_secs_f64());
        println!("    {:<58} {:>8.3} s", "certificate written, command done", done.as_secs_f64());
        println!(
            "    unreadable within {unreadable:.2} s, at most {MOST:.0}: {}",
            verdict(unreadable <= MOST)
        );
    });
}

/// Takes a document slowly.
struct Slow<'a> {
    given: usize,
    begun: &'a AtomicBool,
}

impl Write for Slow<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(64 * 1024);
        self.given += count;
        self.begun.store(true, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(100));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
