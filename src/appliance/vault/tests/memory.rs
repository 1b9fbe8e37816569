//! After a switch the dead key is nowhere in the memory of the process that goes on running.

use std::os::unix::fs::FileExt;
use std::process::{Command, Stdio};

use super::*;

const ALONE: &str = "KLUIS_TEST_ALONE";
const MASK: u8 = 0x5a;

/// A term's secret in a form that is not found when one looks for it.
fn masked(vault: &Vault, term: &str) -> Vec<u8> {
    let lease = vault.lease_term(term).unwrap();
    lease.with(|secret| secret.expose().iter().map(|byte| byte ^ MASK).collect()).unwrap()
}

/// How often the secret lies in this process's writable memory, heap and stacks.
fn found_in_memory(masked: &[u8]) -> usize {
    const PIECE: u64 = 64 << 10;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut piece = vec![0; usize::try_from(PIECE).unwrap() + masked.len() - 1];
    // What is found in the piece that we look through is our own copy.
    let ours = piece.as_ptr() as u64..piece.as_ptr() as u64 + piece.len() as u64;
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let [from, to] = [from, to].map(|text| u64::from_str_radix(text, 16).unwrap());
        for at in (from..to).step_by(64 << 10) {
            let Ok(length) = memory.read_at(&mut piece, at) else { continue };
            let hits = piece[..length]
                .windows(masked.len())
                .enumerate()
                .filter(|(_, window)| window.iter().zip(masked).all(|(byte, masked)| byte ^ MASK == *masked));
            found += hits.filter(|(offset, _)| !ours.contains(&(at + *offset as u64))).count();
            piece.fill(0);
        }
    }
    found
}

#[test]
fn a_dead_key_is_nowhere_in_the_memory_of_the_process() {
    let name = "appliance::vault::tests::memory::a_dead_key_is_nowhere_in_the_memory_of_the_process";
    if std::env::var_os(ALONE).is_none() {
        let alone = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(ALONE, "1")
            // Where it could not be found in any case, it would prove nothing not to find it.
            .env("KLUIS_READABLE_KEYS", "1")
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(alone.success());
        return;
    }
    let (place, vault) = Place::founded();
    drop(vault);
    let (mut vault, _) = place.open(false).unwrap();
    let (doomed, living) = (masked(&vault, "2025"), masked(&vault, "2026"));
    let old_root: Vec<u8> = vault.held.secret.expose().iter().map(|byte| byte ^ MASK).collect();
    for there in [&doomed, &living, &old_root] {
        assert!(found_in_memory(there) > 0, "the test proves nothing");
    }
    let held = vault.lease_term("2025").unwrap();
    let killed = destroy(&mut vault, "2025", &Cell::new(false)).unwrap();
    assert_eq!(killed.late.len(), 1);
    assert_eq!(found_in_memory(&doomed), 0, "the dead term's secret");
    assert_eq!(found_in_memory(&old_root), 0, "the old root");
    assert!(found_in_memory(&living) > 0);
    assert!(!held.is_alive());
}
