//! Processes that lie, out of a pipe. (Real ones do in `tests/liars`; the fuzz target `told` goes on from here.)
#![allow(clippy::unwrap_used)]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::frames::{Item, No, Told};
use super::volume::StickRefusal;
use super::{AirlockRefusal, lies};
use crate::exchange::push::{self, Session};
use crate::support::words::assert_all_said;

#[test]
fn every_refusal_is_said() {
    assert_all_said(AirlockRefusal::CODES);
}

/// Names that somebody would like to see taken.
const EVIL: &[&str] = &[
    "a.bundle",
    "kluis/b.tsr",
    "",
    "/",
    "..",
    "../x.bundle",
    "/etc/x.card",
    "a/b/c.bundle",
    "c:\\x.bundle",
    "in\u{202e}voice.bundle",
    "x\u{1b}[2J.bundle",
    "line\u{2028}two.card",
    "\u{61c}.bundle",
    "a\0.bundle",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![select(EVIL).prop_map(str::to_owned), ".{0,400}", "[a-z]{1,8}\\.bundle"]
}

fn no() -> impl Strategy<Value = No> {
    let codes: Vec<_> = StickRefusal::CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
    let code = prop_oneof![4 => select(codes), 1 => Just("airlock-protocol".to_owned()), 1 => name()];
    (code, vec(name(), 0..3)).prop_map(|(code, values)| No { code, values })
}

fn length() -> impl Strategy<Value = u64> {
    prop_oneof![0..2_000_u64, select(&[0, 1 << 20, 4 << 30, u64::MAX / 2, u64::MAX][..]), any::<u64>()]
}

/// A word of the process at a stick, and bytes that may or may not be those that it speaks of.
fn told() -> impl Strategy<Value = Vec<u8>> {
    let kind = select(&["bundle", "tsr", "card", "exe", ""][..]);
    let small = prop_oneof![0..3_000_u32, Just(512), Just(1 << 20), any::<u32>()];
    let told = prop_oneof![
        4 => (name(), kind, length()).prop_map(|(path, kind, length)| {
            Told::Found(Item { path, kind: kind.to_owned(), length })
        }),
        1 => no().prop_map(Told::Damaged),
        2 => length().prop_map(|passed_over| Told::Listed { passed_over }),
        4 => small.clone().prop_map(|length| Told::Bytes { length }),
        2 => Just(Told::End),
        2 => (length(), small).prop_map(|(offset, length)| Told::Put { offset, length }),
        1 => name().prop_map(|name| Told::Written { name }),
        1 => no().prop_map(Told::No),
    ];
    (told, any::<bool>()).prop_map(|(told, honest)| {
        let mut frame = Vec::new();
        // A name may be longer than any message: then nothing is said.
        let _ = told.write(&mut frame);
        let follow = match told {
            Told::Bytes { length } | Told::Put { length, .. } if honest => length.min(4_096) as usize,
            _ => 0,
        };
        frame.resize(frame.len() + follow, 7);
        frame
    })
}

/// As the process would do it: a list, then what was asked for.
fn in_order() -> impl Strategy<Value = Vec<u8>> {
    let files = vec((name(), 0..2_000_u64), 0..4);
    files.prop_map(|files| {
        let mut bytes = Vec::new();
        for (path, length) in &files {
            let item = Item { path: path.clone(), kind: "bundle".to_owned(), length: *length };
            let _ = Told::Found(item).write(&mut bytes);
        }
        Told::Listed { passed_over: 3 }.write(&mut bytes).unwrap();
        for (_, length) in &files {
            Told::Bytes { length: *length as u32 }.write(&mut bytes).unwrap();
            bytes.resize(bytes.len() + *length as usize, 7);
            Told::End.write(&mut bytes).unwrap();
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_process_at_a_stick_says_only_whole_files_and_clean_names_are_taken(
        words in prop_oneof![
            3 => vec(told(), 0..12).prop_map(|words| words.concat()),
            2 => in_order(),
            1 => (in_order(), vec(told(), 1..4)).prop_map(|(one, more)| [one, more.concat()].concat()),
            1 => vec(any::<u8>(), 0..300),
        ],
        end in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
        device in length(),
    ) {
        let mut words = words;
        if is_cut && !words.is_empty() {
            words.truncate(end.index(words.len()));
        }
        lies::at_a_stick(&words, device, 1_300);
    }

    #[test]
    fn whatever_the_processes_of_the_push_say_the_box_holds_no_more_than_it_may(
        words in vec((any::<u8>(), message()), 0..40),
    ) {
        let mut bytes = Vec::new();
        for (who, body) in words {
            bytes.push(who);
            bytes.extend((body.len() as u16).to_be_bytes());
            bytes.extend(body);
        }
        super::push::lies::on_the_line(&bytes);
    }
}

/// A manifest of the sender whom `lies` enrols.
fn manifest() -> Vec<u8> {
    push::tests::manifest().sign(&push::tests::signing())
}

/// A message of the push: of few sessions and blocks, so that some belong together.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let of_block =
        (2..=12_u8, 0..3_u8, prop_oneof![0..3_u32, any::<u32>()]).prop_map(|(kind, session, block)| {
            let session = if session == 0 { Session::of(&manifest()).0.to_vec() } else { vec![session; 16] };
            let block = match kind {
                5 | 6 | 12 => Vec::new(),
                // Progress has a number of symbols behind that of blocks.
                10 => [block.to_be_bytes(), block.to_be_bytes()].concat(),
                _ => block.to_be_bytes().to_vec(),
            };
            [vec![kind], session, block].concat()
        });
    let signed = prop_oneof![Just(manifest()), vec(any::<u8>(), 0..300)];
    prop_oneof![
        6 => of_block,
        2 => (8..=9_u8, signed).prop_map(|(kind, message)| [vec![kind], message].concat()),
        1 => vec(any::<u8>(), 104).prop_map(|counts| [vec![11], counts].concat()),
        1 => vec(any::<u8>(), 0..60),
    ]
}
