//! Ours beside others' tools, in one run, as ratios. Started by `scripts/bench`, whose help says how.

mod admission;
mod destruction;
mod look_ups;
mod memory;
mod pair;
mod sealing;
mod shop;
mod stick;

use std::path::PathBuf;
use std::process::ExitCode;

use factuurkluis::appliance::reader;

/// How much is measured.
pub struct Scale {
    /// Bundles that are admitted.
    pub bundles: u64,
    /// Invoices in each.
    pub invoices: u64,
    /// How often each of a pair is measured.
    pub rounds: usize,
    /// Invoices that are looked up among, and bundles that they come in.
    pub catalogued: u64,
    /// See `catalogued`.
    pub catalogued_bundles: u64,
    /// Look-ups of each kind.
    pub look_ups: usize,
    /// Bytes in 10,000 documents.
    pub large: usize,
    /// Bytes of a stick.
    pub stick: u64,
}

const WHOLE: Scale = Scale {
    bundles: 10,
    invoices: 1_000,
    rounds: 5,
    catalogued: 100_000,
    catalogued_bundles: 400,
    look_ups: 1_000,
    large: 2 << 30,
    stick: 1 << 30,
};

const SHORT: Scale = Scale {
    bundles: 4,
    invoices: 250,
    rounds: 3,
    catalogued: 8_000,
    catalogued_bundles: 80,
    look_ups: 200,
    large: 128 << 20,
    stick: 256 << 20,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(kluis), Some(scratch)) = (arguments.first(), arguments.get(1)) else {
        eprintln!("started by scripts/bench: KLUIS SCRATCH [--short] [WHAT...]");
        return ExitCode::from(2);
    };
    let (kluis, scratch) = (PathBuf::from(kluis), PathBuf::from(scratch));
    reader::program(&kluis);
    let scale = if arguments.iter().any(|word| word == "--short") { SHORT } else { WHOLE };
    let wanted: Vec<_> = arguments.iter().skip(2).filter(|word| !word.starts_with("--")).collect();
    let wants = |what: &str| wanted.is_empty() || wanted.iter().any(|word| *word == what);

    if wants("admission") {
        admission::run(&scale, &kluis, &scratch);
    }
    if wants("sealing") {
        admission::seal(&scale, &sealing::Sealer::new(&kluis, &scratch.join("sealer")), &scratch);
    }
    if wants("look-ups") {
        look_ups::run(&scale, &kluis, &scratch);
    }
    if wants("destruction") {
        destruction::run(&scale, &kluis, &scratch);
    }
    if wants("memory") {
        memory::run(&scale, &kluis, &scratch);
    }
    if wants("stick") {
        stick::run(&scale, &kluis, &scratch);
    }
    ExitCode::SUCCESS
}
