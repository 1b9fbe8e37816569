//! The memory of a running box, as root reads it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::process::{Child, Stdio};

use factuurkluis::appliance::vault::{FileRoot, Vault};
use factuurkluis::exchange::bundle::labels;
use factuurkluis::support::secret::Secret;

use crate::support::{Box, TERM, run, text};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Region {
    from: u64,
    to: u64,
    line: String,
}

fn regions(process: &Child) -> Vec<Region> {
    let maps = fs::read_to_string(format!("/proc/{}/maps", process.id())).unwrap();
    let region = |line: &str| {
        let (from, to) = line.split_once(' ')?.0.split_once('-')?;
        let [from, to] = [from, to].map(|text| u64::from_str_radix(text, 16).unwrap());
        Some(Region { from, to, line: line.to_owned() })
    };
    maps.lines().filter(|line| line.contains(" rw")).filter_map(region).collect()
}

fn memory(process: &Child) -> File {
    File::open(format!("/proc/{}/mem", process.id())).unwrap()
}

/// Which of the keys stand in writable memory that can be read.
fn readable<'k>(process: &Child, keys: &'k [(String, Secret)]) -> Vec<&'k str> {
    const PAGE: usize = 4096;
    let memory = memory(process);
    let mut first = [false; 256];
    keys.iter().for_each(|(_, key)| first[usize::from(key.expose()[0])] = true);
    let mut found = Vec::new();
    for region in regions(process) {
        let mut content = vec![0; usize::try_from(region.to - region.from).unwrap()];
        if memory.read_exact_at(&mut content, region.from).is_err() {
            continue;
        }
        for page in (0..content.len()).step_by(PAGE) {
            // Most of it was never written to.
            if content[page..].iter().take(PAGE).all(|byte| *byte == 0) {
                continue;
            }
            for at in (page..page + PAGE).filter(|at| first[usize::from(content[*at])]) {
                let here = keys.iter().filter(|(_, key)| content[at..].starts_with(key.expose()));
                found.extend(here.map(|(name, _)| name.as_str()));
            }
        }
    }
    found
}

/// A box that has worked: it took a bundle, looked an invoice up, opened it, and signed.
fn worked(findable: bool) -> (Box, Running) {
    let mut made = Box::new();
    let stick = made.folder.path().join("stick");
    made.seal_into(&stick, TERM, 3);
    let mut command = made.kluis(["run", "--port", "0"]);
    if findable {
        command.env("KLUIS_READABLE_KEYS", "1");
    }
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let running = Running(child);
    assert_eq!(made.take(&stick).exit, Some(0));
    let find = ["find", "--number", "2026-*", "--reason", "tax-audit"];
    let found = run(made.kluis(find).args(made.anna()));
    assert!(text(&found).contains("2026-0001"), "{}", text(&found));
    made.sound();
    (made, running)
}

/// The keys that matter, from a copy of the box: each term's secret, its bundles' and events' keys, the
/// box's signing key.
fn keys(made: &Box) -> Vec<(String, Secret)> {
    let copy = made.folder.path().join("copy");
    made.copy_to(&copy);
    let root = FileRoot::open(&copy.join("root"), &copy).unwrap();
    let (vault, _) = Vault::open(&copy, std::boxed::Box::new(root), |_| false).unwrap();
    let mut keys = vec![("the signing key".to_owned(), Secret::from_bytes(vault.signing_key().as_bytes()))];
    for name in vault.contents().keys() {
        let secret = vault.lease(&name).unwrap().with(Secret::clone).unwrap();
        if name.to_string().contains(TERM) {
            for label in [labels::TERM_IDENTITY, labels::TERM_EVENTS] {
                keys.push((format!("{label} of {name}"), secret.child(label)));
            }
        }
        keys.push((name.to_string(), secret));
    }
    keys
}

#[test]
fn not_even_root_reads_a_key_out_of_the_memory_of_a_running_box() {
    let (made, running) = worked(false);
    let status = fs::read_to_string(format!("/proc/{}/status", running.0.id())).unwrap();
    let locked = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
    assert!(!locked.trim().starts_with("0 "), "nothing is locked: {locked}");
    let hidden: Vec<_> =
        regions(&running.0).into_iter().filter(|region| region.line.contains("secretmem")).collect();
    assert!(!hidden.is_empty(), "this kernel has memfd_secret off: secretmem.enable=1 turns it on");
    for region in &hidden {
        let refused = memory(&running.0).read_at(&mut [0; 32], region.from).unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(libc::EIO), "{}", region.line);
    }
    assert_eq!(readable(&running.0, &keys(&made)), Vec::<&str>::new());
}

/// The same search, where the keys are kept where it can look.
#[test]
fn the_same_search_finds_every_key_where_it_is_readable() {
    let (made, running) = worked(true);
    let keys = keys(&made);
    let found = readable(&running.0, &keys);
    // Not those that are made of a term's secret when they are needed, and gone again.
    for (name, _) in keys.iter().filter(|(name, _)| !name.contains("of ")) {
        assert!(found.contains(&name.as_str()), "{name}: {found:?}");
    }
}
