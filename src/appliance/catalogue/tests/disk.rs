//! The disk: nothing in clear, and whatever happens to the files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

fn many(from: usize, count: usize) -> Vec<Record> {
    (from..from + count)
        .map(|n| {
            let mut record = record(
                &format!("Geheimnummer-{n}"),
                "Geheimenaam Zichtbaar",
                date(2026, (n % 12) as i8 + 1, 1),
                "987654321.12",
            );
            record.buyer.postcode = Some("9999ZZ".into());
            record.articles = vec!["Geheimartikel".into()];
            record
        })
        .collect()
}

#[test]
fn nothing_of_an_invoice_is_in_clear_on_the_disk() {
    let mut shelf = Shelf::new();
    for number in 0..9 {
        shelf.add(bundle(0xAB, number), &many(100 * number as usize, 100));
    }
    shelf.catalogue().compact().unwrap();
    shelf.open = None;
    let mut size = 0;
    for (path, bytes) in files(&shelf.path()) {
        size += bytes.len();
        let folded = bytes.to_ascii_lowercase();
        for marked in ["geheim", "zichtbaar", "9999zz", "98765432"] {
            let found = folded.windows(marked.len()).any(|window| window == marked.as_bytes());
            assert!(!found, "{marked} in {}", path.display());
        }
        assert!(!bytes.windows(16).any(|window| window == [0xAB; 16]), "the stream in {}", path.display());
    }
    assert!(size > 900 * 1000, "the rows are on the disk: {size} bytes");
}

/// Opens, reads everything, adds a bundle: whatever lies there, it answers rightly or refuses.
fn answers_rightly_or_refuses(dir: &Path, expected: &Progress, all: u64) -> bool {
    let asked = (|| {
        let (mut catalogue, state) = Catalogue::open(dir, sealer(), expected)?;
        let totals = catalogue.find(&Query::default())?.totals;
        let query =
            Query { number: Some(Match::Exact("Geheimnummer-150".into())), limit: 5, ..Query::default() };
        let found = catalogue.find(&query)?.totals.count;
        if state.missing.is_empty() {
            assert_eq!((totals.count, found), (all, 1), "a wrong answer");
        } else {
            assert!(totals.count < all, "it lags and says so");
        }
        let extra = many(10_000, 50);
        catalogue
            .add_bundle(bundle(9, 9), extra.iter().enumerate().map(|(leaf, record)| (leaf as u32, record)))?;
        catalogue.compact()?;
        Ok::<_, CatalogueRefusal>(state.missing.is_empty())
    })();
    match asked {
        Ok(whole) => whole,
        Err(CatalogueRefusal::Damaged { .. }) => false,
        Err(other) => panic!("{other}"),
    }
}

/// Damages copies of a catalogue in `rounds` ways, drawn from `seed`, and says how many still
/// answered in full.
fn damage(rounds: u64, seed: u64) -> u64 {
    let mut shelf = Shelf::new();
    for number in 0..10 {
        shelf.add(bundle(1, number), &many(30 * number as usize, 30));
        if number == 8 {
            shelf.catalogue().compact().unwrap();
        }
    }
    shelf.open = None;
    let originals = files(&shelf.path());
    let copy = shelf.dir.path().join("copy");
    let mut state = seed;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let mut whole = 0;
    for round in 0..rounds {
        let _ = fs::remove_dir_all(&copy);
        let chosen = draw(originals.len());
        for (place, (path, bytes)) in originals.iter().enumerate() {
            let target = copy.join(path.strip_prefix(shelf.path()).unwrap());
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            let mut bytes = bytes.clone();
            if place == chosen {
                match round % 4 {
                    // One bit; a few bytes; the end cut off; the file gone.
                    0 | 1 if !bytes.is_empty() => {
                        for _ in 0..=(round % 2) * 20 {
                            let at = draw(bytes.len());
                            bytes[at] ^= 1 << draw(8);
                        }
                    }
                    2 => bytes.truncate(draw(bytes.len())),
                    _ if round % 8 == 3 => continue,
                    _ => bytes.extend(vec![0xff; draw(1000)]),
                }
            }
            fs::write(&target, bytes).unwrap();
        }
        fs::create_dir_all(copy.join("blobs")).unwrap();
        whole += u64::from(answers_rightly_or_refuses(&copy, &shelf.expected, 300));
    }
    whole
}

#[test]
fn a_damaged_file_gives_the_right_answer_or_is_called_damaged() {
    let whole = damage(24, 1);
    assert!(whole < 24, "some of it was really damaged");
}

#[test]
#[ignore = "minutes: many more kinds of damage than the test above"]
fn a_thousand_damaged_files_give_the_right_answer_or_are_called_damaged() {
    eprintln!("{} of 1000 answered in full", damage(1000, 2));
}
