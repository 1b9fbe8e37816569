//! What a journal of a million entries costs.

use super::*;

/// `cargo test --lib -- --ignored --nocapture a_million`: prints what it takes.
#[test]
#[ignore = "a measurement of about a minute"]
fn a_million_entries_open_in_a_moment() {
    use std::time::Instant;

    let made = Box::new();
    let journal = made.open().unwrap();
    let start = Instant::now();
    for _ in 0..100 {
        append(&journal, &vec![(Place::Public, vec![0; 40]); 10_000]).unwrap();
    }
    println!("1,000,000 events appended in groups of 10,000: {:?}", start.elapsed());
    let signed = journal.checkpoint().unwrap();
    drop(journal);

    let start = Instant::now();
    let journal = made.open().unwrap();
    let opened = start.elapsed();
    println!("opened: {opened:?}");
    assert_eq!(journal.checkpoint().unwrap(), signed);

    let start = Instant::now();
    journal.recognise(&signed).unwrap();
    println!("recognised: {:?}", start.elapsed());

    let mut took: Vec<_> = (0..2000_u16)
        .map(|n| {
            let start = Instant::now();
            append(&journal, &[(places()[2].clone(), n.to_be_bytes().to_vec())]).unwrap();
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    println!("one look-up event, durable: median {:?}, p99 {:?}", took[1000], took[1980]);

    let mut took: Vec<_> = journal
        .read_events(&places()[2], key(&places()[2]).as_ref())
        .unwrap()
        .step_by(20)
        .map(|event| {
            let event = event.unwrap();
            let start = Instant::now();
            journal.receipt(event.index, event.opening).unwrap();
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    println!("receipt: median {:?}, longest {:?}", took[took.len() / 2], took[took.len() - 1]);

    let start = Instant::now();
    let count = journal.read_events(&Place::Public, None).unwrap().map(Result::unwrap).count();
    println!("{count} public events read and checked: {:?}", start.elapsed());

    fs::remove_dir_all(made.file("tile")).unwrap();
    drop(journal);
    let start = Instant::now();
    made.open().unwrap();
    println!("opened without any tile: {:?}", start.elapsed());
    assert!(opened.as_millis() < 1000, "{opened:?}");
}
