#![allow(clippy::unwrap_used)]

use std::io::Write as _;
use std::time::{Duration, Instant};

use super::Kind;
use super::process::{Lost, Patience, Pipe, start_program};

#[test]
fn a_program_that_shuts_no_cage_is_given_nothing() {
    for (program, why) in
        [("/bin/true", "ended at once"), ("/bin/echo", "as it should"), ("/no/such", "No such")]
    {
        match start_program(program.as_ref(), Kind::Compare, None, "/".as_ref()) {
            Err(error) => assert!(error.to_string().contains(why), "{program}: {error}"),
            Ok(_) => panic!("{program} was taken for a caged process"),
        }
    }
}

/// A pipe over which a byte comes now and then, for ever.
fn trickle() -> Pipe {
    let (read, mut write) = std::io::pipe().unwrap();
    std::thread::spawn(move || {
        // It ends when nobody reads any more.
        while write.write_all(&[1]).is_ok() {
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    Pipe::of(read.into())
}

#[test]
fn one_that_lets_us_have_a_byte_now_and_then_is_not_waited_for_any_longer() {
    let (short, long) = (Duration::from_millis(300), Duration::from_secs(100));
    for mut patience in [Patience::of(short, long), Patience::of(long, short)] {
        let begun = Instant::now();
        // Its first two bytes speak of 257 more, which would take it three seconds.
        assert_eq!(trickle().message(1_000, &mut patience), Err(Lost::Time));
        assert!(
            begun.elapsed() >= short && begun.elapsed() < Duration::from_secs(2),
            "{:?}",
            begun.elapsed()
        );
    }
}

#[test]
fn time_that_is_ours_is_not_counted_against_the_process() {
    let mut patience = Patience::of(Duration::from_millis(300), Duration::from_millis(300));
    patience.our_turn.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(trickle().message(1_000, &mut patience).map(|body| body.len()), Ok(257));
}

#[test]
fn a_message_that_is_longer_than_it_may_be_is_not_allocated_for() {
    let mut patience = Patience::of(Duration::from_secs(5), Duration::from_secs(5));
    assert_eq!(Pipe::saying(&[0xff; 100]).message(1_000, &mut patience), Err(Lost::Nonsense));
    assert_eq!(Pipe::saying(&[0, 9, 1]).message(1_000, &mut patience), Err(Lost::Ended));
}
