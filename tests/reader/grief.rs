//! Processes that die, hang, or are given up.

use std::time::{Duration, Instant};

use factuurkluis::appliance::reader::{Fault, Reader, ReaderRefusal};
use factuurkluis::exchange::bundle::Piece;
use rustix::process::{Pid, Signal, kill_process};

use super::{CII, UBL, XML, hand, leaf, record, start};

fn process_of(reader: &Reader) -> Pid {
    Pid::from_raw(reader.process_id().cast_signed()).unwrap()
}

#[test]
fn a_process_that_dies_is_named_with_the_invoice_it_was_at() {
    for (signal, fault) in [
        (Signal::ILL, Fault::Crashed),
        (Signal::KILL, Fault::Killed),
        (Signal::ABORT, Fault::Memory),
        (Signal::XCPU, Fault::Time),
        (Signal::SYS, Fault::Forbidden),
    ] {
        let mut reader = start();
        let invoice = leaf(record(UBL), &[(UBL.len() as u64, XML)]);
        reader.see(&Piece::Begin { leaf: 1, index: 0, invoice: &invoice }).unwrap();
        kill_process(process_of(&reader), signal).unwrap();
        let seen = reader.see(&Piece::Bytes(UBL)).and_then(|()| reader.see(&Piece::End));
        let refusal = seen.and_then(|()| reader.finish().map(drop)).unwrap_err();
        assert_eq!(refusal, ReaderRefusal::Failed { invoice: record(UBL).number, reason: fault });
    }
}

#[test]
fn a_process_that_hangs_is_ended_in_time_even_while_its_pipe_is_full() {
    let mut reader = start();
    hand(&mut reader, 1, record(UBL), UBL, XML).unwrap();
    let process = process_of(&reader);
    kill_process(process, Signal::STOP).unwrap();
    let begun = Instant::now();
    // Far more than a pipe holds.
    let large = vec![b' '; 4 << 20];
    let refusal = hand(&mut reader, 2, record(CII), &large, XML).unwrap_err();
    let waited = begun.elapsed();
    assert!(matches!(refusal, ReaderRefusal::Failed { reason: Fault::Time, .. }), "{refusal}");
    assert!((15..40).contains(&waited.as_secs()), "{waited:?}");
    assert!(rustix::process::test_kill_process(process).is_err(), "it is still there");
}

#[test]
fn a_process_is_not_blamed_for_our_own_slowness() {
    let mut reader = start();
    let invoice = leaf(record(UBL), &[(UBL.len() as u64, XML)]);
    reader.see(&Piece::Begin { leaf: 1, index: 0, invoice: &invoice }).unwrap();
    std::thread::sleep(Duration::from_secs(22));
    reader.see(&Piece::Bytes(UBL)).unwrap();
    reader.see(&Piece::End).unwrap();
    assert_eq!(reader.finish().unwrap().compared, 1);
}

#[test]
fn a_bundle_given_up_in_the_middle_leaves_no_process() {
    let mut reader = start();
    let invoice = leaf(record(UBL), &[(1000, XML)]);
    reader.see(&Piece::Begin { leaf: 1, index: 0, invoice: &invoice }).unwrap();
    let process = process_of(&reader);
    kill_process(process, Signal::STOP).unwrap();
    let begun = Instant::now();
    drop(reader);
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(rustix::process::test_kill_process(process).is_err(), "it is still there");
}
