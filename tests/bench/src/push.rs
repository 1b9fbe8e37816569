//! The one-way push beside ANSSI's lidi: the same file over loopback, at the same repair, to the disk.
//!
//! Ours is the built `kluis-send push` and the receiver's two processes: read, digested, signed, a MAC on every
//! datagram, paced, digested again and synced. Lidi has no authentication and no pacing. `KLUIS_PEERS` names the
//! folder with the script `lidi`, which builds and times it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use factuurkluis::appliance::airlock::push::{Receiver, ReceiverOptions};
use factuurkluis::appliance::cage;
use factuurkluis::exchange::bundle::statement::Statement;
use factuurkluis::exchange::bundle::{Header, SignedBoxCard, SignedSenderCard, key_id, labels};
use factuurkluis::exchange::vocabulary::{
    BoxId, BundleNumber, Digest, EntityId, PublicKey, SenderId, StreamId,
};
use factuurkluis::support::secret::Secret;
use jiff::Timestamp;

use crate::Scale;
use crate::pair::{median, verdict};

/// What is compared: the frame's size, per cent of repair, and megabits in a second that ours is paced at.
const CASES: [(u32, u32, u32); 4] =
    [(1_500, 2, 4_500), (9_000, 2, 4_500), (1_500, 60, 6_000), (9_000, 60, 6_000)];
/// How long a file may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn run(scale: &Scale, kluis: &Path, scratch: &Path) {
    let peer = std::env::var_os("KLUIS_PEERS").map(|peers| PathBuf::from(peers).join("lidi"));
    let Some(peer) = peer.filter(|peer| peer.exists()) else {
        println!("push: SKIPPED (KLUIS_PEERS names no folder with lidi in it)");
        return;
    };
    let line = Line::new(kluis, &scratch.join("push"));
    let mib = if scale.rounds > 3 { 256 } else { 64 };
    let (mut number, mut lost_in_all) = (0, 0);
    // Builds it.
    lidi(&peer, 8, 1_500, 2);
    for (mtu, repair, rate) in CASES {
        let (mut ours, mut theirs, mut ratios, mut stages) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut lost, mut theirs_lost) = (0, 0);
        for _ in 0..scale.rounds {
            number += 1;
            let Some((speed, stage)) = line.push(number, mib, mtu, repair, rate) else {
                lost += 1;
                continue;
            };
            let (peers, whole) = lidi(&peer, mib, mtu, repair);
            ours.push(speed);
            stages.push(stage);
            // The time of a file that did not come says nothing.
            if whole {
                theirs.push(peers);
                ratios.push(speed / peers);
            } else {
                theirs_lost += 1;
            }
        }
        lost_in_all += lost;
        println!("push of {mib} MiB, MTU {mtu}, {repair} % repair");
        if ours.is_empty() {
            println!("    all {lost} of our files lost: {}", verdict(false));
            continue;
        }
        println!(
            "    kluis-send push, paced at {rate} Mbit/s {:>24.0} Mbit/s, {lost} files lost",
            median(ours.iter().copied())
        );
        if theirs.is_empty() {
            println!("    lidi 2.1.1 lost all {theirs_lost} files: no ratio");
        } else {
            let ratio = median(ratios.iter().copied());
            println!(
                "    lidi 2.1.1 {:>48.0} Mbit/s, {theirs_lost} files lost",
                median(theirs.iter().copied())
            );
            println!(
                "    ours / theirs {ratio:.2}, at least 1.00: {}   (of {} rounds)",
                verdict(ratio >= 1.0),
                ratios.len()
            );
        }
        let share = |n: usize| 100.0 * median(stages.iter().map(|stage: &Stage| stage.0[n] / stage.1));
        println!(
            "    share of the time: sender FEC {:.0} %, MAC {:.0} %; receiver MAC {:.0} %, disk {:.0} %, FEC and digest {:.0} %",
            share(0),
            share(1),
            share(2),
            share(3),
            share(4)
        );
    }
    println!("push: {lost_in_all} of our files lost: {}", verdict(lost_in_all == 0));
}

/// Seconds of the sender's FEC and MAC, the receiver's MAC and disk, of the process that joins, and of all.
struct Stage([f64; 5], f64);

struct Line {
    send: PathBuf,
    folder: PathBuf,
    box_id: BoxId,
    receiver: Receiver,
}

impl Line {
    fn new(kluis: &Path, folder: &Path) -> Self {
        cage::program(kluis);
        fs::create_dir_all(folder).unwrap();
        let send = kluis.with_file_name("kluis-send");
        let (at, shop) = (folder.join("box"), folder.join("shop"));
        let done = |command: &mut Command| {
            let out = command.output().unwrap();
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        };
        let demo = ["init", "--demo", "--entity", "Bench", "--officer", "Anna", "--officer", "Bram"];
        done(Command::new(kluis).args(demo).arg(&at));
        let card = SignedBoxCard::open(&fs::read(at.join("box.card")).unwrap()).unwrap();
        let mut ours = Command::new(&send);
        done(ours.args(["init", "--name", "Bench", "--country", "NL"]).arg(&shop));
        let sent = |words: &[&str]| done(Command::new(&send).arg("--shop").arg(&shop).args(words));
        let (box_card, own) = (at.join("box.card"), folder.join("own.card"));
        sent(&["enrol", box_card.to_str().unwrap(), "--fingerprint", &card.fingerprint()]);
        sent(&["card", "--out", own.to_str().unwrap()]);
        let own = SignedSenderCard::open(&fs::read(own).unwrap()).unwrap();
        let push_key = card.body().push_key.as_slice().try_into().unwrap();
        let receiver = Receiver::start(ReceiverOptions {
            folder: folder.join("receiver"),
            listen: "127.0.0.1:0".parse().unwrap(),
            push_key: Secret::from_bytes(push_key),
            senders: vec![own.body().key],
        })
        .unwrap();
        Self { send, folder: folder.to_owned(), box_id: card.body().box_id, receiver }
    }

    /// Megabits in a second from the start of the sender to the whole, synced file; none where it did not come.
    fn push(&self, number: u64, mib: usize, mtu: u32, repair: u32, rate: u32) -> Option<(f64, Stage)> {
        let file = self.folder.join(format!("{number:06}.bundle"));
        let bytes = self.bundle(number, mib << 20);
        fs::write(&file, &bytes).unwrap();
        let (before, joined_before) = (self.receiver.counts(), self.joining());
        let begun = Instant::now();
        let (repair, rate) = (repair.to_string(), rate.to_string());
        let mut command = Command::new(&self.send);
        command.arg("--shop").arg(self.folder.join("shop")).args(["push", "--json", "--passes", "1"]);
        command.args(["--to", &self.receiver.address().to_string(), "--repair", &repair, "--rate", &rate]);
        command.args((mtu == 9_000).then_some("--jumbo")).arg(&file);
        let child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        let came = loop {
            if let Some(entry) = fs::read_dir(self.receiver.inbox()).unwrap().next() {
                break Some(entry.unwrap().path());
            }
            if begun.elapsed() > PATIENCE {
                break None;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let took = begun.elapsed().as_secs_f64();
        let out = child.wait_with_output().unwrap();
        fs::remove_file(&file).unwrap();
        let came = came?;
        assert!(fs::read(&came).unwrap() == bytes, "another file came than was sent");
        fs::remove_file(came).unwrap();
        let told: String = String::from_utf8_lossy(&out.stdout).into_owned();
        let seconds = |name: &str| {
            let at = told.find(&format!("\"{name}\": "))? + name.len() + 4;
            told[at..].split([',', '\n', '}']).next()?.trim().parse::<f64>().ok()
        };
        // The receiver counts once a second.
        std::thread::sleep(Duration::from_millis(1_200));
        let after = self.receiver.counts();
        let nanos = |before: u64, after: u64| after.saturating_sub(before) as f64 / 1e9;
        let stage = [
            seconds("encoding_seconds").unwrap_or(0.0),
            seconds("mac_seconds").unwrap_or(0.0),
            nanos(before.mac_nanos, after.mac_nanos),
            nanos(before.disk_nanos, after.disk_nanos),
            self.joining() - joined_before,
        ];
        Some((bytes.len() as f64 * 8.0 / 1e6 / took, Stage(stage, took)))
    }

    /// Seconds of processor time of the process that joins.
    fn joining(&self) -> f64 {
        let id = self.receiver.process_ids()[1].map_or_else(String::new, |id| id.to_string());
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let times = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        // The kernel tells these in hundredths, on every architecture.
        times.filter_map(|time| time.parse::<f64>().ok()).sum::<f64>() / 100.0
    }

    /// Noise behind the header of a bundle for this box.
    fn bundle(&self, number: u64, length: usize) -> Vec<u8> {
        let key = SigningKey::from_bytes(&[7; 32]);
        let mut body = vec![0; length];
        let mut state = number;
        for eight in body.chunks_mut(8) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            eight.copy_from_slice(&state.to_be_bytes()[..eight.len()]);
        }
        let header = Header {
            suite: 1,
            signers: vec![key_id(&PublicKey(key.verifying_key().to_bytes()))],
            box_id: self.box_id,
            entity: EntityId([2; 16]),
            sender: SenderId([3; 16]),
            stream: StreamId([4; 16]),
            number: BundleNumber(number),
            previous: None,
            replaces: None,
            term: "bench-nl-ordinary-2026-12".parse().unwrap(),
            recipient: Digest([5; 32]),
            signed_at: Timestamp::from_second(1_795_600_000).unwrap(),
            seen: None,
            leaves: 2,
            root: Digest([6; 32]),
            length: length as u64,
            sha256: Digest::of(&body),
        };
        [Statement::sign(labels::BUNDLE, header, &key).to_bytes(), body].concat()
    }
}

/// What lidi's script says: megabits in a second, and whether the file came whole.
fn lidi(peer: &Path, mib: usize, mtu: u32, repair: u32) -> (f64, bool) {
    let out =
        Command::new(peer).args([mib.to_string(), mtu.to_string(), repair.to_string()]).output().unwrap();
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    let speed = told.split("\"mbit_s\":").nth(1).and_then(|rest| rest.split([',', '}']).next());
    let speed = speed.and_then(|speed| speed.trim().parse().ok());
    (speed.unwrap_or_else(|| panic!("lidi: {told}")), told.contains("\"whole\":true"))
}
