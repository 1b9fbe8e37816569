//! What is promised of whatever the process at a stick says, asked of bytes as if they came out of its pipe: for the
//! tests here and for the fuzz target `told`, not in the product.

use std::time::Duration;

use super::heard::{self, Unheard};
use super::refusal::StickSaid;
use super::volume::MOST_FILES;
use crate::appliance::cage::{Lost, Patience, Pipe};
use crate::support::words::{Language, Said as _, steers};

/// Nobody is waited for: the pipe has an end.
fn patience() -> Patience {
    Patience::of(Duration::from_secs(5), Duration::from_secs(5))
}

fn is_clean(text: &str) -> bool {
    // A value of three hundred letters and the mark that it was cut.
    !text.chars().any(steers) && text.chars().count() <= 301
}

fn check_said(said: &StickSaid) {
    assert!(said.fields().iter().all(|(_, value)| is_clean(value)), "{said:?}");
    for language in Language::ALL {
        assert!(!said.say(language).chars().any(steers), "{said:?}");
    }
}

fn check_unheard(unheard: &Unheard) {
    match unheard {
        Unheard::Said(said) => check_said(said),
        Unheard::Lost(lost) => assert_ne!(*lost, Lost::Time, "a pipe that has ended was waited for"),
    }
}

/// The process at a stick of `device` bytes says this: first its list and the files, then, of the same words, a
/// plan for a file of `file` bytes.
pub fn at_a_stick(bytes: &[u8], device: u64, file: u64) {
    let (mut pipe, mut patience) = (Pipe::saying(bytes), patience());
    match heard::listed(&mut pipe, &mut patience, device) {
        Ok(listed) => {
            assert!(listed.files.len() + listed.damaged.len() <= MOST_FILES);
            listed.damaged.iter().for_each(check_said);
            let mut all = 0;
            for file in &listed.files {
                assert!(is_clean(&file.path) && !file.path.contains('\\'), "{file:?}");
                assert!(file.path.matches('/').count() <= 1 && !file.path.starts_with('/'), "{file:?}");
                assert!((1..=file.kind.longest()).contains(&file.length), "{file:?}");
                all += file.length;
            }
            assert!(all <= device, "more than the stick holds");
            for file in &listed.files {
                copy(&mut pipe, &mut patience, file.length);
            }
        }
        Err(unheard) => check_unheard(&unheard),
    }
    match heard::planned(&mut Pipe::saying(bytes), &mut patience, device, file) {
        Ok(planned) => {
            assert!(is_clean(&planned.name));
            let mut written = 0;
            for (offset, piece) in &planned.pieces {
                assert!(offset % 512 == 0 && piece.len() % 512 == 0 && !piece.is_empty());
                assert!(offset + piece.len() as u64 <= device, "behind the stick's end");
                written += piece.len() as u64;
            }
            assert!(written <= file + (8 << 20));
        }
        Err(unheard) => check_unheard(&unheard),
    }
}

/// A file is whole with all of its bytes, or it is not.
fn copy(pipe: &mut Pipe, patience: &mut Patience, length: u64) {
    let mut left = length;
    loop {
        match heard::piece(pipe, patience, left) {
            Ok(Some(piece)) => {
                assert!((1..=left).contains(&piece));
                left -= piece;
                if pipe.fill(&mut vec![0; piece as usize], patience).is_err() {
                    return;
                }
            }
            Ok(None) => return assert_eq!(left, 0, "a file that is not whole was taken for one"),
            Err(unheard) => return check_unheard(&unheard),
        }
    }
}

/// What an honest one says, to begin from.
#[cfg(fuzzing)]
#[must_use]
pub fn honest() -> [(&'static str, Vec<u8>); 2] {
    use super::frames::{Item, No, Told};
    let told = |words: &[Told]| {
        let mut bytes = Vec::new();
        for word in words {
            word.write(&mut bytes).expect("a frame");
            let follow = match word {
                Told::Bytes { length } | Told::Put { length, .. } => *length as usize,
                _ => 0,
            };
            bytes.resize(bytes.len() + follow, 7);
        }
        bytes
    };
    let found = |path: &str, kind: &str, length| {
        Told::Found(Item { path: path.to_owned(), kind: kind.to_owned(), length })
    };
    let read = told(&[
        found("1.bundle", "bundle", 700),
        found("kluis/2.tsr", "tsr", 5),
        Told::Damaged(No { code: "stick-short".to_owned(), values: vec!["3.bundle".to_owned()] }),
        Told::Listed { passed_over: 4 },
        Told::Bytes { length: 600 },
        Told::Bytes { length: 100 },
        Told::End,
        Told::Bytes { length: 5 },
        Told::End,
    ]);
    let written = told(&[
        Told::Put { offset: 512, length: 1_024 },
        Told::Put { offset: 4_096, length: 512 },
        Told::Written { name: "box.card".to_owned() },
    ]);
    [("read", read), ("written", written)]
}
