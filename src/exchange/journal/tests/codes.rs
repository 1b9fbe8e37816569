//! Receipt codes: typed, checked, and as FORMAT.md has them.

use super::*;
use crate::exchange::vocabulary::{BundleNumber, StreamId};
use crate::support::secret::Secret;

fn code_key() -> Secret {
    Secret::from_bytes(&[5; 32])
}

fn code() -> ReceiptCode {
    ReceiptCode::make(&code_key(), box_id(), StreamId([2; 16]), BundleNumber(57), &Digest::of(b"header 57"))
}

fn code_holds(code: &ReceiptCode) -> bool {
    code.check(&code_key(), box_id(), StreamId([2; 16]), &Digest::of(b"header 57"))
}

#[test]
fn a_receipt_code_is_taken_however_it_is_typed() {
    let plain = code().to_string();
    let grouped = code().grouped();
    assert_eq!(plain.len(), "57-Q2WM5RTAYX7K3JEV".len());
    assert_eq!(grouped.len(), "57 Q2WM-5RTA-YX7K-3JEV".len());
    let typed = [
        plain.clone(),
        grouped.clone(),
        plain.to_lowercase(),
        plain.replace('-', ""),
        format!("  {}\n", grouped.replace('-', " – ")),
        plain.replace('O', "0").replace('I', "1"),
        format!("57{}", plain[2..].replace('B', "8")),
    ];
    for typed in typed {
        let read: ReceiptCode = typed.parse().unwrap();
        assert_eq!(read.number(), BundleNumber(57), "{typed:?}");
        assert!(code_holds(&read), "{typed:?}");
    }
}

#[test]
fn a_receipt_code_holds_for_its_own_number_header_stream_box_and_key_only() {
    let (right, header) = (code(), Digest::of(b"header 57"));
    assert!(code_holds(&right));
    let stream = StreamId([2; 16]);
    assert!(!right.check(&code_key(), box_id(), stream, &Digest::of(b"header 58")));
    assert!(!right.check(&code_key(), box_id(), StreamId([3; 16]), &header));
    assert!(!right.check(&code_key(), BoxId([3; 16]), stream, &header));
    assert!(!right.check(&Secret::from_bytes(&[6; 32]), box_id(), stream, &header));
    let renumbered: ReceiptCode = right.to_string().replacen("57", "58", 1).parse().unwrap();
    assert!(!code_holds(&renumbered));
}

#[test]
fn what_is_not_a_receipt_code_is_refused() {
    let long = "9".repeat(400);
    for typed in [
        "",
        "57",
        "Q2WM5RTAYX7K3JEV",
        "x-Q2WM5RTAYX7K3JEV",
        "57-Q2WM5RTAYX7K3JE9",
        "57-Q2WM",
        &long,
        "57-Q2WM5RTAYX7K3JÉV",
        "99999999999999999999999-Q2WM5RTAYX7K3JEV",
    ] {
        assert_eq!(typed.parse::<ReceiptCode>().unwrap_err(), JournalRefusal::CodeForm, "{typed:?}");
    }
}

#[test]
fn a_receipt_code_is_what_format_md_says() {
    // HMAC by its definition, without the crate: H((k ^ opad) | H((k ^ ipad) | message)).
    let mut message = b"factuurkluis/receipt-code".to_vec();
    message.extend([0x6f; 16]);
    message.extend([2; 16]);
    message.extend(57_u64.to_be_bytes());
    message.extend(Digest::of(b"header 57").0);
    let pad = |byte: u8| {
        let mut block = [byte; 64];
        block[..32].iter_mut().for_each(|b| *b ^= 5);
        block
    };
    let inner = Digest::of(&[&pad(0x36)[..], &message].concat());
    let mac = Digest::of(&[&pad(0x5c)[..], &inner.0].concat());
    let expected = format!("57-{}", data_encoding::BASE32.encode(&mac.0[..10]));
    assert_eq!(code().to_string(), expected);
}
