//! What the console promises of requests and answers.
#![allow(clippy::unwrap_used)]

use super::request::{decoded, fields, segments};
use super::response::disposition;
use super::{Request, Response, encoded};
use crate::appliance::console::refusal::ConsoleRefusal;
use proptest::prelude::*;

#[test]
fn a_path_is_split_before_it_is_decoded() {
    assert_eq!(
        Request::of("/invoice/2026%2F0012/page/1.png").path(),
        ["invoice", "2026/0012", "page", "1.png"]
    );
    assert_eq!(Request::of("/").path(), [""; 0]);
    for bad in ["/a/../b", "/%2e%2e/b", "/a//b", "/%00", "/%ff", "/%4", "/%zz", "/a/", "/%0d%0ab"] {
        assert_eq!(segments(bad), Err(ConsoleRefusal::NoSuchPage), "{bad}");
    }
}

#[test]
fn a_search_is_read_as_it_was_typed() {
    let request = Request::of("/search?customer=+J%C3%B6rg+%26+Zn+&amount=12%2C50");
    assert_eq!(request.query("customer"), "Jörg & Zn");
    assert_eq!(request.query("amount"), "12,50");
    assert_eq!(request.query("number"), "");
    assert!(fields(&"a=1&".repeat(65)).is_err());
}

#[test]
fn a_name_for_saving_cannot_leave_its_header_or_its_folder() {
    assert_eq!(
        disposition("../../etc/fac\"tuur\r\nX: é.pdf"),
        "attachment; filename=\"fac_tuur__X_ _.pdf\"; \
         filename*=UTF-8''fac%22tuur%0D%0AX%3A%20%C3%A9.pdf"
    );
    assert!(disposition("..").contains("\"document\""));
}

#[test]
fn nobody_is_sent_away_from_the_console() {
    for (to, went) in [
        ("/search?number=7", "/search?number=7"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nSet-Cookie: b", "/"),
        ("", "/"),
    ] {
        assert_eq!(Response::go_to(to).headers(), [("Location", went.to_owned())], "{to:?}");
    }
}

#[test]
fn a_control_character_in_a_header_makes_another_answer() {
    let sent = Response::text("").with_cookie("a", "b\r\nX-Evil: 1").into_tiny();
    assert_eq!(sent.status_code().0, 502);
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(text in "[^\\p{Cc}]{0,40}") {
        prop_assert_eq!(decoded(&encoded(&text), true), Some(text));
    }
}
