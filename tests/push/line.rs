//! What a line loses, and what a receiver loses that is killed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use factuurkluis::appliance::airlock::push::Arriving;
use factuurkluis::shop::push::PushOptions;

use crate::relay::{Chance, Grief, Relay};
use crate::scene::Scene;

const SOON: Duration = Duration::from_secs(30);
const MIB: usize = 1 << 20;

#[test]
fn what_is_pushed_arrives_whole_and_once() {
    let scene = Scene::new();
    let (small, file) = (scene.bundle(1, 700), scene.bundle(2, 3_000_000));
    scene.push(&small, scene.options(scene.address()), 2);
    scene.came(&small, SOON);
    std::fs::remove_file(&scene.inbox(1, SOON)[0]).unwrap();
    scene.push(&file, scene.options(scene.address()), 1);
    scene.came(&file, SOON);
    // A replay of all that was sent, and more passes: the session is over.
    std::fs::remove_file(&scene.inbox(1, SOON)[0]).unwrap();
    scene.push(&file, scene.options(scene.address()), 1);
    assert_eq!(scene.inbox(1, Duration::from_millis(500)).len(), 0);
    let counts = scene.counts();
    assert!(counts.session > 1_000, "{counts:?}");
    assert_eq!(scene.receiver().deaths().0, 0);
}

#[test]
fn jumbo_datagrams_carry_a_file_too() {
    let scene = Scene::new();
    let file = scene.bundle(1, 5 * MIB);
    scene.push(&file, PushOptions { jumbo: true, ..scene.options(scene.address()) }, 1);
    scene.came(&file, SOON);
}

#[test]
fn one_pass_at_60_per_cent_more_carries_a_file_over_a_line_that_loses_30() {
    one_pass_over_30_per_cent_loss(16 * MIB, 100);
}

#[test]
#[ignore = "2 GiB: scripts/push-trials"]
fn one_pass_at_60_per_cent_more_carries_2_gib_over_a_line_that_loses_30() {
    one_pass_over_30_per_cent_loss(2_048 * MIB, 400);
}

fn one_pass_over_30_per_cent_loss(length: usize, rate: u32) {
    let scene = Scene::new();
    let relay = Relay::start(scene.address(), Grief { seed: 30, lost: 300, ..Grief::default() });
    let file = scene.bundle(1, length);
    scene.push(&file, PushOptions { rate, repair: 60, ..scene.options(relay.address) }, 1);
    let (passed, lost) = (relay.passed.load(Ordering::Relaxed), relay.lost.load(Ordering::Relaxed));
    assert!(lost * 100 > (passed + lost) * 28, "the line lost {lost} of {}", passed + lost);
    scene.came(&file, SOON);
}

#[test]
fn a_line_that_shuffles_doubles_and_cuts_carries_a_file() {
    let scene = Scene::new();
    let grief = Grief { seed: 1, lost: 20, doubled: 100, cut: 50, held: 500, ..Grief::default() };
    let relay = Relay::start(scene.address(), grief);
    let file = scene.bundle(1, 4 * MIB);
    scene.push(&file, PushOptions { rate: 100, repair: 30, ..scene.options(relay.address) }, 1);
    scene.came(&file, SOON);
    let counts = scene.counts();
    assert!(counts.length > 0 && counts.doubled > 0, "{counts:?}");
}

#[test]
fn two_passes_carry_a_file_over_a_line_that_is_dead_for_a_second_now_and_then() {
    bursts(16 * MIB, 50);
}

#[test]
#[ignore = "2 GiB: scripts/push-trials"]
fn two_passes_carry_2_gib_over_a_line_that_is_dead_for_a_second_now_and_then() {
    bursts(2_048 * MIB, 400);
}

fn bursts(length: usize, rate: u32) {
    let scene = Scene::new();
    let burst = Duration::from_secs(1);
    let grief = Grief { seed: 2, burst, burst_every: Duration::from_millis(2_300), ..Grief::default() };
    let relay = Relay::start(scene.address(), grief);
    let file = scene.bundle(1, length);
    scene.push(&file, PushOptions { rate, repair: 60, ..scene.options(relay.address) }, 2);
    assert!(relay.lost.load(Ordering::Relaxed) > 1_000);
    scene.came(&file, SOON);
}

#[test]
fn two_passes_carry_a_file_to_a_receiver_that_is_killed_20_times() {
    kills(32 * MIB, 100, Duration::from_millis(250), 10);
}

#[test]
#[ignore = "2 GiB: scripts/push-trials"]
fn two_passes_carry_2_gib_to_a_receiver_that_is_killed_20_times() {
    kills(2_048 * MIB, 400, Duration::from_secs(2), 20);
}

/// Up to 20 kills, and no fewer than `least`: the short form's file may be through before.
fn kills(length: usize, rate: u32, every: Duration, least: u32) {
    let scene = Scene::new();
    let file = scene.bundle(1, length);
    let (over, mut chance) = (AtomicBool::new(false), Chance(20));
    let killed = std::thread::scope(|scope| {
        let killer = scope.spawn(|| {
            let mut killed = 0;
            while killed < 20 && !over.load(Ordering::Relaxed) {
                std::thread::sleep(every.mul_f64((chance.next() % 1_000) as f64 / 500.0));
                // Either of the two, and nothing in the inbox that is not whole.
                let which = (chance.next() % 2) as usize;
                if let Some(id) = scene.receiver().process_ids()[which] {
                    let id = rustix::process::Pid::from_raw(id.cast_signed()).unwrap();
                    if rustix::process::kill_process(id, rustix::process::Signal::KILL).is_ok() {
                        killed += 1;
                    }
                }
                for there in scene.inbox(0, Duration::ZERO) {
                    assert!(
                        std::fs::metadata(&there).unwrap().len() == std::fs::metadata(&file).unwrap().len()
                    );
                }
            }
            killed
        });
        scene.push(&file, PushOptions { rate, ..scene.options(scene.address()) }, 2);
        scene.came(&file, SOON);
        over.store(true, Ordering::Relaxed);
        killer.join().unwrap()
    });
    assert!(killed >= least, "only {killed} kills");
}

#[test]
fn a_restart_of_the_box_goes_on_where_the_file_was() {
    let mut scene = Scene::new();
    let file = scene.bundle(1, 6 * MIB);
    // A pass over a line that loses more than is sent beyond the file.
    let relay = Relay::start(scene.address(), Grief { seed: 3, lost: 400, ..Grief::default() });
    scene.push(&file, scene.options(relay.address), 1);
    let symbols = scene.counts().symbols;
    drop(relay);
    let before = scene.receiver().arriving();
    scene.start();
    // It is said to be on its way again, with what is here of it and since when.
    let begun = std::time::Instant::now();
    while scene.receiver().arriving().first().is_none_or(|(_, file)| file.symbols == 0) {
        assert!(begun.elapsed() < SOON, "{:?}", scene.receiver().arriving());
        std::thread::sleep(Duration::from_millis(10));
    }
    let after = scene.receiver().arriving();
    let said = |(session, file): &(_, Arriving)| (*session, file.symbols, file.since.as_second());
    let near = |one: i64, other: i64| one.abs_diff(other) <= 1;
    let (before, after) = (said(&before[0]), said(&after[0]));
    assert_eq!((before.0, before.1), (after.0, after.1));
    assert!(near(before.2, after.2), "{before:?} {after:?}");
    let relay = Relay::start(scene.address(), Grief { seed: 4, lost: 300, ..Grief::default() });
    scene.push(&file, scene.options(relay.address), 1);
    scene.came(&file, SOON);
    let more = scene.counts().symbols;
    assert!(more < symbols, "{more} symbols were wanted after the restart, {symbols} before");
}
