//! Peak memory of all our processes together, while 2 GiB in 10,000 documents are sealed and taken, with
//! leaves near their bound of 16 MiB.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::civil::date;

use crate::Scale;
use crate::pair::verdict;
use crate::sealing::{Sealer, write_documents};
use crate::shop::{self, Kind};

/// Documents in the bundle.
const DOCUMENTS: u64 = 10_000;
/// Articles of each invoice: as many as fill the leaves.
const ARTICLES: usize = 75;
/// What all our processes together may take at their peak, in MiB.
const MOST: f64 = 96.0;

/// Seals and admits, and prints the peaks.
pub fn run(scale: &Scale, kluis: &Path, scratch: &Path) {
    let place = scratch.join("memory");
    let documents = place.join("documents");
    let kind = Kind::plain(scale.large / DOCUMENTS as usize);
    write_documents(&kind, DOCUMENTS, ARTICLES, &documents);
    println!("Memory: {DOCUMENTS} documents in {} MiB", scale.large >> 20);
    let sealer = Sealer::new(kluis, &place.join("sealer"));
    let sealing = peak(&mut sealer.command(&documents, &place.join("sealed")));
    print("sealing", sealing);
    fs::remove_dir_all(&documents).expect("it is ours");
    fs::remove_dir_all(place.join("sealed")).expect("it is ours");

    let (_, mut shop) = shop::make(&place.join("box"));
    let bundle = place.join("large.bundle");
    let term = shop.term_of(date(2026, 3, 6)).to_owned();
    let sheets = (0..DOCUMENTS).map(|number| {
        let mut sheet = kind.sheet(number);
        sheet.record.articles = shop::articles(number, ARTICLES);
        sheet
    });
    shop.seal(&term, sheets, &bundle, |n| Ok(Cursor::new(kind.document(n as u64))));
    let mut take = Command::new(kluis);
    take.arg("--box").arg(place.join("box")).arg("take").arg(&bundle).stdout(Stdio::null());
    print("admitting, with the reader's process", peak(&mut take));
    fs::remove_dir_all(&place).expect("it is ours");
}

fn print(what: &str, mib: f64) {
    println!("    {what:<58} {mib:>8.1} MiB, below {MOST:.0}: {}", verdict(mib < MOST));
}

/// The greatest sum, at any moment, of the peaks (`VmHWM`) of a command and its children, in MiB.
pub fn peak(command: &mut Command) -> f64 {
    let mut child = command.spawn().expect("it starts");
    let mut most: f64 = 0.0;
    loop {
        most = most.max(together(&child));
        if let Some(done) = child.try_wait().expect("it was started") {
            assert!(done.success(), "{command:?}");
            return most;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The sum of the peaks of the processes that live now.
pub fn together(child: &Child) -> f64 {
    let mut living: BTreeMap<u32, (u32, f64)> = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u32>().ok()
        };
        let (Some(parent), Some(kib)) = (field("PPid:"), field("VmHWM:")) else { continue };
        living.insert(id, (parent, f64::from(kib) / 1024.0));
    }
    let is_ours = |mut id: u32| loop {
        match living.get(&id) {
            _ if id == child.id() => return true,
            Some((parent, _)) => id = *parent,
            None => return false,
        }
    };
    living.iter().filter(|(id, _)| is_ours(**id)).map(|(_, (_, mib))| mib).sum()
}
