//! Datagrams by those who have no business on the line.

use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use factuurkluis::exchange::push::{Head, Kind, Session, Size};
use factuurkluis::shop::push::PushOptions;

use crate::relay::Chance;
use crate::scene::Scene;

const SOON: Duration = Duration::from_secs(30);

/// The rest of a process' memory that is in use, in kilobytes.
fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("VmHWM: 0 kB");
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_datagram_of_every_length_harms_nothing() {
    let scene = Scene::new();
    let line = UdpSocket::bind("127.0.0.1:0").unwrap();
    line.connect(scene.address()).unwrap();
    let noise = vec![0x4b; 65_507];
    // All that UDP over IPv4 carries; the box's bound of 65,535 is tried in the room itself.
    for length in 0..=65_507 {
        let _ = line.send(&noise[..length]);
        if length % 200 == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    let file = scene.bundle(1, 500_000);
    scene.push(&file, scene.options(scene.address()), 2);
    scene.came(&file, SOON);
    let counts = scene.counts();
    assert!(counts.length > 1_000, "{counts:?}");
    assert_eq!(scene.receiver().deaths().0, 0);
}

#[test]
fn a_stranger_with_the_cards_key_alone_opens_no_session_and_beats_no_heart() {
    let scene = Scene::new();
    let (stranger, key) = (ed25519_dalek::SigningKey::from_bytes(&[66; 32]), scene.key());
    let line = UdpSocket::bind("127.0.0.1:0").unwrap();
    line.connect(scene.address()).unwrap();
    let beat = factuurkluis::exchange::push::Heartbeat {
        key: factuurkluis::exchange::vocabulary::PublicKey(stranger.verifying_key().to_bytes()),
        sender: factuurkluis::exchange::vocabulary::SenderId([1; 16]),
        stream: scene.shop.stream(),
        counter: 1,
        last: factuurkluis::exchange::vocabulary::BundleNumber(1),
        at: 1_795_600_000,
        every: 3_600,
    };
    let message = beat.sign(&stranger);
    let mut datagram = vec![0; Size::Usual.datagram()];
    for (kind, session) in [
        (Kind::Heartbeat, Session::of(&message)),
        (Kind::Heartbeat, Session([1; 16])),
        (Kind::Manifest, Session::of(&message)),
        (Kind::Symbol, Session::of(&message)),
    ] {
        key.session(session).seal(&Head { session, kind, block: 0, symbol: 0 }, &message, &mut datagram);
        line.send(&datagram).unwrap();
    }
    let counts = scene.counts();
    assert_eq!((counts.unsigned, counts.range, counts.session), (1, 2, 1), "{counts:?}");
    assert_eq!((scene.receiver().heard(), scene.receiver().arriving()), (Vec::new(), Vec::new()));
}

#[test]
fn a_heartbeat_is_heard_once_and_an_older_one_never() {
    let mut scene = Scene::new();
    let beat = |scene: &Scene| {
        let mut line = scene.shop.line(scene.options(scene.address())).unwrap();
        line.beat(jiff::Timestamp::now()).unwrap()
    };
    let heard = |scene: &Scene, counter: u64| {
        let begun = Instant::now();
        loop {
            let heard = scene.receiver().heard();
            if heard.iter().any(|heard| heard.heartbeat.counter >= counter) || begun.elapsed() > SOON {
                break heard;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let first = beat(&scene);
    assert_eq!(heard(&scene, first.counter)[0].heartbeat, first);
    let second = beat(&scene);
    assert!(second.counter > first.counter);
    assert_eq!(heard(&scene, second.counter).len(), 1);
    // What was heard outlives the box's restart.
    scene.start();
    assert_eq!(scene.receiver().heard()[0].heartbeat, second);
}

#[test]
fn one_shop_cannot_silence_another() {
    let scene = Scene::new();
    let other = ed25519_dalek::SigningKey::from_bytes(&[77; 32]);
    let key = factuurkluis::exchange::vocabulary::PublicKey(other.verifying_key().to_bytes());
    let own = scene.shop.card(jiff::Timestamp::now(), None).unwrap().body().key;
    scene.receiver().believe(vec![own, key]);
    // A heartbeat of the other's that says that it is of our stream, with the last counter there is.
    let beat = factuurkluis::exchange::push::Heartbeat {
        key,
        sender: factuurkluis::exchange::vocabulary::SenderId([1; 16]),
        stream: scene.shop.stream(),
        counter: u64::MAX,
        last: factuurkluis::exchange::vocabulary::BundleNumber(0),
        at: 1_795_600_000,
        every: 3_600,
    };
    let message = beat.sign(&other);
    let mut datagram = vec![0; Size::Usual.datagram()];
    let head = Head { session: Session::of(&message), kind: Kind::Heartbeat, block: 0, symbol: 0 };
    scene.key().session(head.session).seal(&head, &message, &mut datagram);
    let line = UdpSocket::bind("127.0.0.1:0").unwrap();
    line.connect(scene.address()).unwrap();
    line.send(&datagram).unwrap();
    let mut ours = scene.shop.line(scene.options(scene.address())).unwrap();
    let ours = ours.beat(jiff::Timestamp::now()).unwrap();
    let begun = Instant::now();
    while !scene.receiver().heard().iter().any(|heard| heard.heartbeat == ours) {
        assert!(begun.elapsed() < SOON, "{:?}", scene.receiver().heard());
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(scene.receiver().heard().len(), 2);
}

#[test]
fn a_forged_flood_beside_a_genuine_stream_costs_no_file_and_no_memory() {
    flood(2 << 20, 8, Duration::from_secs(3));
}

#[test]
#[ignore = "a minute: scripts/push-trials"]
fn a_minute_of_100_000_forged_datagrams_a_second_costs_no_file_and_no_memory() {
    flood(320 << 20, 50, Duration::from_secs(60));
}

/// Half of it says that it is of the open session, half of any; all of the right length and magic.
fn flood(length: usize, rate: u32, lasts: Duration) {
    // A build for tests needs a hundred times as long for a MAC.
    const A_SECOND: u64 = if cfg!(debug_assertions) { 2_000 } else { 100_000 };
    let scene = Scene::new();
    let file = scene.bundle(1, length);
    let over = AtomicBool::new(false);
    let (forged, elapsed) = std::thread::scope(|scope| {
        let flood = scope.spawn(|| {
            let line = UdpSocket::bind("127.0.0.1:0").unwrap();
            line.connect(scene.address()).unwrap();
            nix::sys::socket::setsockopt(&line, nix::sys::socket::sockopt::UdpGsoSegment, &1_472).unwrap();
            let mut chance = Chance(7);
            let (begun, mut sent) = (Instant::now(), 0_u64);
            let mut batch = vec![0x5a; 40 * 1_472];
            while !over.load(Ordering::Relaxed) || begun.elapsed() < lasts {
                let session = scene.receiver().arriving().first().map_or([3; 16], |(session, _)| session.0);
                for (n, datagram) in batch.chunks_mut(1_472).enumerate() {
                    datagram[..8].copy_from_slice(b"KLUISPU1");
                    datagram[8..24].copy_from_slice(&session);
                    datagram[24..28].copy_from_slice(&[1, 0, 0, 0]);
                    datagram[28..32].copy_from_slice(&(chance.next() as u32 & 0xff_ffff).to_be_bytes());
                    if n % 2 == 0 {
                        datagram[8..16].copy_from_slice(&chance.next().to_be_bytes());
                        datagram[24] = 2;
                    }
                }
                let _ = line.send(&batch);
                sent += 40;
                let due = Duration::from_nanos(sent * 1_000_000_000 / A_SECOND);
                if let Some(early) = due.checked_sub(begun.elapsed()) {
                    std::thread::sleep(early);
                }
            }
            (sent, begun.elapsed())
        });
        scene.push(&file, PushOptions { rate, repair: 60, ..scene.options(scene.address()) }, 2);
        over.store(true, Ordering::Relaxed);
        flood.join().unwrap()
    });
    scene.came(&file, SOON);
    let resident: Vec<u64> =
        scene.receiver().process_ids().iter().flatten().map(|id| resident(*id)).collect();
    let counts = scene.receiver().counts();
    eprintln!(
        "{forged} forged in {elapsed:?}, {} of them judged; resident {resident:?} kB; {counts:?}",
        counts.mac + counts.session
    );
    assert!(counts.mac > 1_000, "{counts:?}");
    assert!(resident.iter().sum::<u64>() <= 96 * 1024, "resident: {resident:?} kB");
    assert_eq!(scene.receiver().deaths().0, 0);
}
