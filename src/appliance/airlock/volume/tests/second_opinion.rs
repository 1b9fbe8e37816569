//! Our reader and `hadris-fat`, which was written by others, read the same from the same stick.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::devices::Bytes;
use super::oracle::{FORMATS, Format, Step};
use super::{contents, take};

/// What should be taken of what the oracle sees.
fn wanted(files: Vec<(String, Vec<u8>)>) -> BTreeSet<(String, Vec<u8>)> {
    let ours = |path: &str| {
        let name = path.rsplit('/').next().unwrap().to_ascii_lowercase();
        !name.starts_with('.') && [".bundle", ".tsr", ".card"].iter().any(|ending| name.ends_with(ending))
    };
    files.into_iter().filter(|(path, bytes)| ours(path) && !bytes.is_empty()).collect()
}

fn same(format: Format, image: &[u8]) {
    let (files, listing) = take(Bytes(image)).unwrap();
    assert!(
        files.into_iter().collect::<BTreeSet<_>>() == wanted(format.read(image).unwrap()),
        "{format:?}: {listing:?}"
    );
}

#[test]
fn both_read_the_same_from_a_stick_that_was_used_for_a_while() {
    for format in FORMATS {
        let long = "è".repeat(120);
        let mut steps = vec![Step::Folder("/KLUIS".into()), Step::Folder("/photos".into())];
        for number in 0..30_usize {
            let name = match number % 6 {
                0 => format!("/shop-{number}.bundle"),
                1 => format!("/KLUIS/Winkel {number} (1).BUNDLE"),
                2 => format!("/{number}.TSR"),
                3 => format!("/{long}{number}.card"),
                4 => format!("/photos/{number}.bundle"),
                _ => format!("/._shop-{number}.bundle"),
            };
            steps.push(Step::Write(name, contents(number * 997, number as u64)));
            if number % 4 == 3 {
                // Holes, into which the next ones are put in pieces.
                let (name, _) = match &steps[steps.len() - 2] {
                    Step::Write(name, bytes) => (name.clone(), bytes),
                    _ => unreachable!(),
                };
                steps.push(Step::Remove(name));
            }
        }
        steps.push(Step::Write("/big.bundle".into(), contents(600_000, 7)));
        same(format, &format.with(format.made(), &steps));
    }
}

fn step() -> impl Strategy<Value = (u8, usize, bool)> {
    (0_u8..24, 0_usize..40_000, any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 24 } else { 256 }))]
    #[test]
    fn both_read_the_same_after_any_writing_and_removing(
        steps in prop::collection::vec(step(), 1..40), which in 0..FORMATS.len()
    ) {
        let format = FORMATS[which];
        let mut there = BTreeSet::new();
        let mut done = vec![Step::Folder("/kluis".into())];
        for (at, (name, length, removed)) in steps.into_iter().enumerate() {
            let folder = if name % 3 == 0 { "/kluis" } else { "" };
            let path = format!("{folder}/{}{name}.bundle", "n".repeat(usize::from(name) * 10));
            if removed && there.remove(&path) {
                done.push(Step::Remove(path));
            } else {
                there.insert(path.clone());
                done.push(Step::Write(path, contents(length, at as u64)));
            }
        }
        same(format, &format.with(format.made(), &done));
    }
}
