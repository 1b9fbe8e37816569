#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::ReaderRefusal;
use super::frames::{ANSWER_LIMIT, Answer, Head, Media, Order};
use crate::appliance::cage::plain;
use crate::support::words;

#[test]
fn every_refusal_is_said() {
    words::assert_all_said(ReaderRefusal::CODES);
}

#[test]
fn the_longest_answer_fits_its_bound() {
    let value = || plain(&"\u{10ffff}".repeat(10_000));
    let answer = Answer::Differs { field: "x".repeat(100), record: value(), document: value() };
    let mut frame = Vec::new();
    answer.write(&mut frame).unwrap();
    assert!(frame.len() - 2 <= ANSWER_LIMIT);
    assert_eq!(Answer::parse(&frame[2..]), Some(answer));
}

#[test]
fn no_answer_steers_a_terminal_or_turns_the_writing() {
    let text = plain("a\u{1b}[2Jb\u{202e}c\nd\u{7f}");
    assert_eq!(text, "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}");
}

proptest! {
    #[test]
    fn whatever_the_process_answers_is_read_without_harm(bytes: Vec<u8>) {
        let _ = Answer::parse(&bytes);
    }

    #[test]
    fn a_head_is_read_as_it_was_written(pdf: bool, record in 0_usize..=16 << 20, document in 0_usize..=64 << 20) {
        let media = if pdf { Media::Pdf } else { Media::Xml };
        let head = Head { media, record, document };
        prop_assert_eq!(Head::read(&mut head.bytes().as_slice()).unwrap(), Some(head));
    }

    #[test]
    fn an_order_is_read_as_it_was_written(page: u32, width: u32, document in 0_usize..=64 << 20) {
        let order = Order { page, width, document };
        prop_assert_eq!(Order::read(&mut order.bytes().as_slice()).unwrap(), order);
    }

    #[test]
    fn a_head_of_any_bytes_promises_no_more_than_its_bounds(bytes: [u8; 9]) {
        if let Ok(Some(head)) = Head::read(&mut bytes.as_slice()) {
            prop_assert!(head.record <= 16 << 20 && head.document <= 64 << 20);
        }
    }
}
