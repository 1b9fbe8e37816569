//! The two processes of the one-way push, taken over: what they say, and what they leave in their folder.

use std::fs::{self, File};
use std::net::UdpSocket;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use factuurkluis::appliance::airlock::push::{Receiver, ReceiverOptions};
use factuurkluis::appliance::keeper::{Keeper, Outcome};
use factuurkluis::support::secret::Secret;
use factuurkluis::support::words::Language;

use crate::liar::{assert_clean, lies, message, orders, readers_are_honest, resident, within};
use crate::stick::archived;
use crate::support::{Box, TERM};

const HONEST: &str = r#"exec "$kluis" "$1" "$2""#;
const SOON: Duration = Duration::from_secs(20);

/// A receiver in `folder` whose processes have these orders.
fn receiver(folder: &Path, push: &[u8], join: &[u8]) -> Receiver {
    order(folder, push, join);
    Receiver::start(ReceiverOptions {
        folder: folder.to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        push_key: Secret::random(),
        senders: Vec::new(),
    })
    .unwrap()
}

fn order(folder: &Path, push: &[u8], join: &[u8]) {
    lies();
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("push"), push).unwrap();
    fs::write(folder.join("join"), join).unwrap();
}

fn comes(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < SOON, "{what} does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether the process that hears does so.
fn hears(receiver: &Receiver) -> bool {
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender.send_to(&[0; 100], receiver.address()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    receiver.counts().datagrams > 0
}

#[test]
fn what_a_process_leaves_in_its_folder_does_not_keep_the_next_one_from_its_work() {
    let ruins = [
        "rm -rf inbox open finished; : > inbox; : > open; mkdir finished",
        "rmdir inbox; mkdir -m 0 inbox; : > open/file; mkdir -m 0 open/00000000000000000000000000000000",
        "head -c 10000000 /dev/zero > finished; mkfifo open/pipe; rmdir inbox; mkfifo inbox",
        // It opens this at its start, and dies of it every time.
        "s=open/11111111111111111111111111111111; mkdir -p $s/manifest $s/part $s/boot",
    ];
    for ruin in ruins {
        let folder = tempfile::tempdir().unwrap();
        let once = format!("if [ -e ../once ]; then {HONEST}; fi; : > ../once; shut; {ruin}; exit 1");
        let receiver = receiver(folder.path(), &orders(&once, &[]), &orders(HONEST, &[]));
        comes("a process that hears", || folder.path().join("once").exists() && hears(&receiver));
        assert!(fs::read_dir(receiver.inbox()).is_ok(), "{ruin}");
        assert!(receiver.deaths().0 <= 5, "{ruin}: {:?}", receiver.deaths());
        // The next box that starts in this folder finds it in order too.
        drop(receiver);
        assert!(fs::symlink_metadata(folder.path().join("line/open")).unwrap().is_dir());
    }
}

#[test]
fn processes_that_never_stop_talking_cost_no_memory_and_hold_nobody_up() {
    let mut ready = Vec::new();
    for session in 0..100_000_u128 {
        ready.extend(message(&[&[2][..], &session.to_be_bytes(), &[0, 0, 0, 1]].concat()));
    }
    let progress = message(&[&[10][..], &[7; 16], &[0, 0, 0, 1]].concat()).repeat(50_000);
    let finished = message(&[&[5][..], &[7; 16]].concat()).repeat(50_000);
    let for_ever = "shut; while say; do :; done";
    let silent = "shut; exec sleep 1000";
    let swallows = "shut; exec cat >/dev/null";
    let before = resident();
    for (push, join) in [
        (orders(for_ever, &ready), orders(silent, &[])),
        (orders(for_ever, &ready), orders(swallows, &[])),
        (orders(for_ever, &progress), orders(silent, &[])),
        (orders(silent, &[]), orders(for_ever, &finished)),
        (orders(for_ever, &[0xff; 100_000]), orders(for_ever, &[0; 100_000])),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let receiver = receiver(folder.path(), &push, &join);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(2) {
            within(Duration::from_secs(1), "asking", || (receiver.arriving(), receiver.heard()));
            receiver.believe(Vec::new());
            std::thread::sleep(Duration::from_millis(50));
        }
        within(Duration::from_secs(5), "ending", || drop(receiver));
    }
    let grown = resident().saturating_sub(before);
    // Other tests run beside it.
    assert!(grown < 128 * 1024, "{grown} kB more");
}

/// What a process that joins may put into the inbox, and a pair of hands that goes on writing there.
#[test]
fn of_what_lies_in_the_inbox_only_what_proves_itself_is_taken_and_nothing_holds_the_box_up() {
    let _honest = readers_are_honest();
    let mut the = Box::new();
    let sealed = the.seal_into(&the.folder.path().join("sealed"), TERM, 2);
    let (first, second) = (fs::read(&sealed[0]).unwrap(), fs::read(&sealed[1]).unwrap());
    let push = the.path.join("spool/push");
    order(&push, &orders(HONEST, &[]), &orders(HONEST, &[]));
    let keeper = Keeper::open(&the.path).unwrap();
    keeper.listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let inbox = push.join("line/inbox");

    rustix::fs::mkfifoat(rustix::fs::CWD, inbox.join("0.bundle"), 0o600.into()).unwrap();
    fs::create_dir(inbox.join("1.bundle")).unwrap();
    fs::create_dir_all(inbox.join("2.card/deep")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", inbox.join("3.card")).unwrap();
    std::os::unix::fs::symlink(&sealed[0], inbox.join("4.bundle")).unwrap();
    fs::write(inbox.join("5\u{202e}\u{1b}[2J.bundle"), b"no bundle").unwrap();
    fs::write(inbox.join("6.bundle"), &first[..first.len() - 1]).unwrap();
    File::create(inbox.join("7.bundle")).unwrap().set_len(40 << 30).unwrap();
    File::create(inbox.join("7.tsr")).unwrap().set_len(40 << 30).unwrap();
    File::options().write(true).create(true).truncate(true).mode(0o0).open(inbox.join("8.card")).unwrap();
    fs::hard_link(inbox.join("6.bundle"), inbox.join("8.bundle")).unwrap();
    (0..600).for_each(|number| fs::write(inbox.join(format!("junk {number}.exe")), b"x").unwrap());
    // One whose writer writes on, there and back, and makes it longer and shorter; and one that is what it says.
    fs::write(inbox.join("9.bundle"), &first).unwrap();
    fs::write(inbox.join("a.bundle"), &second).unwrap();
    let writer = File::options().write(true).open(inbox.join("9.bundle")).unwrap();
    let over = AtomicBool::new(false);
    let before = resident();
    let mut told = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let last = first.len() as u64 - 1;
            while !over.load(Ordering::Relaxed) {
                writer.write_all_at(&[first[last as usize] ^ 1], last).unwrap();
                writer.set_len(last - 5).unwrap();
                writer.set_len(last + 500).unwrap();
                writer.set_len(last + 1).unwrap();
                writer.write_all_at(&first[last as usize - 10..], last - 10).unwrap();
            }
        });
        for _ in 0..6 {
            within(SOON, "a look", || {
                keeper.take_pushed(&mut |name, outcome| {
                    assert_clean(name);
                    Language::ALL.iter().for_each(|language| assert_clean(&outcome.say(name, *language)));
                    told.push((name.to_owned(), outcome.is_here(), format!("{outcome:?}")));
                    Ok(())
                })
            })
            .unwrap();
        }
        over.store(true, Ordering::Relaxed);
    });
    assert!(resident().saturating_sub(before) < 128 * 1024, "a file that is long took memory");
    let here: Vec<_> = told.iter().filter(|(_, here, _)| *here).map(|(name, ..)| &**name).collect();
    assert!(here.contains(&"a.bundle"), "{told:#?}");
    // What begins as the first does is known by that, once the first is here.
    let known = ["6.bundle", "8.bundle", "9.bundle", "a.bundle"];
    assert!(here.iter().all(|name| known.contains(name)), "{told:#?}");
    // Whatever the writer did, what was admitted is what was signed.
    assert!(archived(&the.path).iter().all(|bundle| *bundle == first || *bundle == second));
    let mut left: Vec<_> = fs::read_dir(&inbox)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["0.bundle", "1.bundle", "2.card", "3.card", "4.bundle"],
        "what is no file is left alone"
    );
    assert!(!told.iter().any(|(_, _, outcome)| outcome.contains("root:")), "{told:#?}");

    // What is refused there is one event for all, and not one for each file.
    let events = |keeper: &Keeper| keeper.checkpoint().unwrap().size();
    let size = events(&keeper);
    (0..40)
        .for_each(|number| fs::write(inbox.join(format!("{number}.bundle.bundle")), b"no bundle").unwrap());
    let mut refused = 0;
    keeper
        .take_pushed(&mut |_, outcome| {
            refused += u32::from(matches!(outcome, Outcome::Refused(_)));
            Ok(())
        })
        .unwrap();
    assert_eq!((refused, events(&keeper)), (40, size));
    keeper.stop().unwrap();
    assert_eq!(events(&keeper), size + 1);
    drop(keeper);
    the.sound();
}
