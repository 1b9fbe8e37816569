//! What a running process has in its writable memory, read from outside (`/proc/PID/mem`).
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use memchr::memmem;

const ZEROS: [u8; 4096] = [0; 4096];

/// The memory, in runs of pages that were written to.
pub struct Memory {
    runs: Vec<Vec<u8>>,
    /// Whether there are pages that nobody can read from outside (`memfd_secret`).
    pub has_secret_pages: bool,
}

/// Reads the memory of the process with this id.
pub fn memory_of(process: u32) -> Memory {
    let proc = PathBuf::from(format!("/proc/{process}"));
    let maps = fs::read_to_string(proc.join("maps")).unwrap();
    let memory = File::open(proc.join("mem")).unwrap();
    let mut runs = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let [from, to] = [from, to].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut region = vec![0; usize::try_from(to - from).unwrap()];
        if memory.read_exact_at(&mut region, from).is_ok() {
            // Most of it was never written to.
            let mut run: Vec<u8> = Vec::new();
            for page in region.chunks(ZEROS.len()) {
                if page != &ZEROS[..page.len()] {
                    run.extend_from_slice(page);
                } else if !run.is_empty() {
                    runs.push(std::mem::take(&mut run));
                }
            }
            runs.push(run);
        }
    }
    Memory { runs, has_secret_pages: maps.contains("secretmem") }
}

impl Memory {
    /// In how many places these bytes stand.
    pub fn holds(&self, bytes: &[u8]) -> usize {
        self.runs.iter().map(|run| memmem::find_iter(run, bytes).count()).sum()
    }

    /// Where a word stands, in capitals or not, with what is around it; at most 16 places.
    pub fn words(&self, word: &str) -> Vec<String> {
        let mut places = Vec::new();
        for run in &self.runs {
            places.extend(places_of(run, word).into_iter().map(|at| {
                let around = &run[at.saturating_sub(24)..(at + 48).min(run.len())];
                String::from_utf8_lossy(around).escape_debug().to_string()
            }));
            if places.len() >= 16 {
                break;
            }
        }
        places
    }
}

/// Where a word stands in these bytes, in capitals or not.
pub fn places_of(bytes: &[u8], word: &str) -> Vec<usize> {
    let (small, large) = (word.as_bytes()[0].to_ascii_lowercase(), word.as_bytes()[0].to_ascii_uppercase());
    memchr::memchr2_iter(small, large, bytes)
        .filter(|at| {
            bytes[*at..].get(..word.len()).is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
        })
        .collect()
}
