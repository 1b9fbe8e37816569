//! What it costs, in time and memory.

use std::fs;

use super::*;

/// This process's resident memory, in MiB: now, and at its highest.
fn memory() -> (usize, usize) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
    };
    (field("VmRSS:"), field("VmHWM:"))
}

fn believable(n: usize) -> Record {
    const FIRST: [&str; 12] =
        ["Jan", "Zoë", "Fatima", "Pieter", "Anneke", "Björn", "Chloé", "Daan", "Eva", "Gijs", "Hanna", "Ivo"];
    let customer = n / 5 * 7919 % 20_000;
    let mut record = record(
        &format!("2026-{n:06}"),
        &format!("{} van der Berg{}", FIRST[customer % 12], customer / 12),
        date(2019 + (n % 8) as i16, (n / 8 % 12) as i8 + 1, (n / 96 % 28) as i8 + 1),
        &format!("{}.{:02}", n * 31 % 900 + 10, n % 100),
    );
    record.buyer.customer = Some(format!("K{customer:06}"));
    record.buyer.postcode = Some(format!("{:04} AB", 1000 + customer % 9000));
    record.articles = vec![format!("TR-{}", n % 300), format!("M-{}", n % 70)];
    record
}

fn timed(label: &str, count: usize, mut call: impl FnMut(usize)) {
    let mut times: Vec<_> = (0..count)
        .map(|n| {
            let started = std::time::Instant::now();
            call(n);
            started.elapsed()
        })
        .collect();
    times.sort();
    eprintln!("  {label}: median {:?}, p99 {:?}", times[count / 2], times[count * 99 / 100]);
}

/// 100,000 invoices of 20,000 customers, 400 bundles in random order over eight terms.
#[test]
#[ignore = "a measurement: run it alone, with CARGO_PROFILE_DEV_OPT_LEVEL=3 and --nocapture"]
fn a_hundred_thousand_invoices_in_eight_terms() {
    const TERMS: usize = 8;
    const BUNDLES: usize = 400;
    const EACH: usize = 250;
    let dir = tempfile::tempdir().unwrap();
    let open = |term: usize, expected: &Progress| {
        Catalogue::open(&dir.path().join(term.to_string()), sealer(), expected).unwrap()
    };
    let mut order: Vec<usize> = (0..BUNDLES).collect();
    order.sort_by_key(|n| n * 7919 % 401 * 131 % 997);
    let mut expected = vec![Progress::new(); TERMS];
    let mut terms: Vec<Catalogue> = (0..TERMS).map(|term| open(term, &Progress::new()).0).collect();
    eprintln!("memory with eight empty ones {:?} MiB", memory());
    let started = std::time::Instant::now();
    for place in order {
        // A bundle holds invoices of one term: every eighth of a stretch.
        let (term, stretch) = (place % TERMS, place / TERMS);
        let records: Vec<Record> =
            (0..EACH).map(|n| believable((stretch * EACH + n) * TERMS + term)).collect();
        let id = bundle(1, place as u64);
        terms[term].add_bundle(id, records.iter().enumerate().map(|(leaf, r)| (leaf as u32 + 1, r))).unwrap();
        expected[term].insert(id);
    }
    eprintln!("added in {:?}, memory {:?} MiB", started.elapsed(), memory());
    for merged in [false, true] {
        if merged {
            let started = std::time::Instant::now();
            let merges: usize = terms.iter_mut().map(|term| term.compact().unwrap()).sum();
            eprintln!("{merges} merges in {:?}, memory {:?} MiB", started.elapsed(), memory());
        }
        drop(terms);
        eprintln!("closed: memory {:?} MiB", memory());
        let started = std::time::Instant::now();
        terms = (0..TERMS).map(|term| open(term, &expected[term]).0).collect();
        let disk: u64 = (0..TERMS)
            .map(|term| fs::metadata(dir.path().join(term.to_string()).join("db")).unwrap().len())
            .sum();
        eprintln!(
            "opened in {:?}, {} runs, {} MiB on disk",
            started.elapsed(),
            terms.iter().map(Catalogue::runs).sum::<usize>(),
            disk >> 20
        );
        let ask = |query: &Query| -> u64 { terms.iter().map(|t| t.find(query).unwrap().totals.count).sum() };
        timed("number", 2000, |n| {
            let number = format!("2026-{:06}", n * 7907 % 100_000);
            let query = Query { number: Some(Match::Exact(number)), limit: 50, ..Query::default() };
            assert_eq!(ask(&query), 1);
        });
        timed("customer with five invoices", 2000, |n| {
            let customer = format!("K{:06}", n * 7907 % 20_000);
            let query = Query { customer: Some(Match::Exact(customer)), limit: 50, ..Query::default() };
            assert_eq!(ask(&query), 5);
        });
        timed("beginning of a customer's name", 500, |n| {
            let name = format!("berg{}", 1000 + n * 7 % 600);
            let query = Query { customer: Some(Match::Beginning(name)), limit: 50, ..Query::default() };
            assert!(ask(&query) >= 5);
        });
        timed("a number nobody has", 2000, |n| {
            let query = Query { number: Some(Match::Exact(format!("X{n}"))), limit: 50, ..Query::default() };
            assert_eq!(ask(&query), 0);
        });
        timed("a month of 1,000 with its sums", 20, |n| {
            let first = date(2020, (n % 12) as i8 + 1, 1);
            let issued = Some((Some(first), Some(first.last_of_month())));
            assert!(ask(&Query { issued, limit: 50, ..Query::default() }) > 900);
        });
        timed("everything with its sums", 2, |_| {
            assert_eq!(ask(&Query { limit: 50, ..Query::default() }), 100_000);
        });
        eprintln!("  memory {:?} MiB", memory());
        let started = std::time::Instant::now();
        terms.iter().for_each(|term| term.rest().unwrap());
        eprintln!("rested in {:?}, memory {:?} MiB", started.elapsed(), memory());
    }
}
