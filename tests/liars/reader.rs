//! Documents and time tokens that have taken their readers over.

use std::time::{Duration, Instant};

use factuurkluis::appliance::reader::{
    Checked, Fault, Reader, ReaderRefusal, Verdict, check_token, draw_pdf, pdf_pages,
};
use factuurkluis::exchange::bundle::{Document, InvoiceLeaf, Origin, Piece, Place};
use factuurkluis::exchange::invoice::InvoiceRefusal;
use factuurkluis::exchange::time::{TOKEN_LIMIT, TimeRefusal, Verified};
use factuurkluis::exchange::vocabulary::{BundleNumber, Digest, SenderId, StreamId};
use jiff::Timestamp;
use serde::Serialize;

use crate::liar::{assert_clean, frame, readers_lie, within};

#[derive(Serialize)]
enum Answer {
    Agrees,
    OnTheSendersWord,
    Differs { field: String, record: String, document: String },
    MediaType { record: String, document: String },
    Unreadable { code: String, reason: String },
    Pages { pages: u32 },
    Drawn { width: u32, height: u32 },
    Token { response: u32, verdict: Result<Verified, TimeRefusal> },
    NoToken(TimeRefusal),
}

const SOON: Duration = Duration::from_secs(8);

fn draw(how: &str, words: &[u8]) -> Result<Vec<u8>, ReaderRefusal> {
    let _alone = readers_lie("draw", how, words);
    // More than a pipe holds, to one that reads nothing.
    within(SOON, "drawing", || draw_pdf(&vec![b'%'; 4 << 20], 1, 1_000))
}

#[test]
fn no_page_is_larger_than_was_asked_and_none_is_shown_that_is_not_whole() {
    let drawn = |width, height| frame(&Answer::Drawn { width, height });
    let wrong = [
        drawn(0, 10),
        drawn(10, 0),
        drawn(1_001, 10),
        drawn(1_000, u32::MAX),
        drawn(u32::MAX, u32::MAX),
        drawn(65_536, 65_536),
        frame(&Answer::Agrees),
        frame(&Answer::Pages { pages: 3 }),
        vec![0xff; 70_000],
        vec![0; 10],
    ];
    for words in wrong {
        assert_eq!(draw("shut; say", &words), Err(ReaderRefusal::Protocol), "{words:x?}");
        assert_eq!(draw("shut; while say; do :; done", &words), Err(ReaderRefusal::Protocol), "{words:x?}");
    }
    for cut in [drawn(4, 4), [drawn(4, 4), vec![7; 47]].concat(), drawn(4, 4)[..5].to_vec(), Vec::new()] {
        let refusal = draw("shut; say", &cut);
        assert_eq!(refusal, Err(ReaderRefusal::NotDrawn { reason: Fault::Crashed }), "{cut:x?}");
    }
    let picture = draw("shut; say", &[drawn(4, 4), vec![7; 48], vec![9; 100_000]].concat()).unwrap();
    assert_eq!(&picture[1..4], b"PNG", "whatever follows is not looked at");
    let _alone = readers_lie("draw", "shut; say", &frame(&Answer::Pages { pages: u32::MAX }));
    assert_eq!(pdf_pages(b"%PDF"), Ok(u32::MAX));
}

#[test]
fn a_page_that_comes_a_byte_at_a_time_is_given_up_in_time() {
    let words = frame(&Answer::Drawn { width: 1_000, height: 1_000 });
    let _alone = readers_lie("draw", "shut; say; while printf x; do sleep 0.05; done", &words);
    let begun = Instant::now();
    let refusal = draw_pdf(b"%PDF", 1, 1_000);
    assert_eq!(refusal, Err(ReaderRefusal::NotDrawn { reason: Fault::Time }));
    assert!((9..20).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[test]
fn a_token_has_no_parts_but_its_own_and_no_word_that_steers() {
    let verified = || Verified { at: Timestamp::UNIX_EPOCH, accuracy: u64::MAX, authority: Digest([7; 32]) };
    let token = |response| frame(&Answer::Token { response, verdict: Ok(verified()) });
    let file = vec![0x30; 1_000];
    let check = |words: &[u8], file: &[u8]| {
        let _alone = readers_lie("time", "shut; say", words);
        within(SOON, "checking", || {
            check_token(file, &[]).map(|checked| {
                checked.map(|checked| {
                    let Checked { token, verdict } = checked;
                    (token.response().len(), token.over().len(), verdict)
                })
            })
        })
    };
    for words in
        [token(0), token(1_001), token(u32::MAX), frame(&Answer::Agrees), vec![0xff; 9_000], vec![0; 4]]
    {
        assert_eq!(check(&words, &file), Err(ReaderRefusal::Protocol), "{words:x?}");
    }
    // What it says of its own token, it may: that is believed for nothing but itself.
    let (response, over, verdict) = check(&token(400), &file).unwrap().unwrap();
    assert_eq!((response, over), (400, 600));
    assert!(verdict.unwrap().past() < Timestamp::UNIX_EPOCH);
    let evil = "a\u{202e}b\u{1b}[2J\u{2029}".repeat(300);
    let refusals = [
        TimeRefusal::Form { at: evil[..1_000].to_owned() },
        TimeRefusal::NotPinned { authority: evil[..1_000].to_owned() },
    ];
    for refusal in refusals {
        let said = check(&frame(&Answer::NoToken(refusal.clone())), &file).unwrap().unwrap_err();
        assert_clean(&said.to_string());
        let verdict = frame(&Answer::Token { response: 1_000, verdict: Err(refusal) });
        let said = check(&verdict, &file).unwrap().unwrap().2.unwrap_err();
        assert_clean(&said.to_string());
    }
    assert_eq!(
        check(&token(5), &vec![0; TOKEN_LIMIT + 1]),
        Ok(Err(TimeRefusal::TooLong { limit: TOKEN_LIMIT }))
    );
}

/// What a bundle with one document of two bytes comes to.
fn compare(words: &[u8]) -> Result<Verdict, ReaderRefusal> {
    let _alone = readers_lie("compare", "shut; head -c 10 >/dev/null; say", words);
    let place = Place { sender: SenderId([1; 16]), stream: StreamId([2; 16]), number: BundleNumber(1) };
    let document = Document {
        length: 2,
        media_type: "application/xml".to_owned(),
        origin: Origin::Original,
        sha256: Digest([0; 32]),
    };
    let record = crate::support::record("2026-0001", jiff::civil::date(2026, 11, 25));
    let invoice = InvoiceLeaf::new(place, record, vec![document]);
    within(SOON, "comparing", || {
        let mut reader = Reader::start()?;
        reader.see(&Piece::Begin { leaf: 1, index: 0, invoice: &invoice })?;
        reader.see(&Piece::Bytes(b"<>"))?;
        reader.see(&Piece::End)?;
        reader.finish()
    })
}

#[test]
fn a_reader_that_was_taken_over_has_one_word_for_each_document_and_none_that_steers() {
    let agrees = frame(&Answer::Agrees);
    let verdict = |compared, on_word| Ok(Verdict { compared, on_word });
    // It can lie about its own document, and no more.
    assert_eq!(compare(&agrees), verdict(1, vec![]));
    assert_eq!(compare(&frame(&Answer::OnTheSendersWord)), verdict(0, vec![(1, 0)]));
    let evil = "a\u{202e}b\u{1b}[2J\u{2029}".repeat(30);
    let differs = |field: &str| Answer::Differs {
        field: field.to_owned(),
        record: evil.clone(),
        document: evil.clone(),
    };
    let unreadable = |code: &str| Answer::Unreadable { code: code.to_owned(), reason: evil.clone() };
    for words in [
        agrees.repeat(2),
        frame(&differs("no such field")),
        frame(&unreadable("keeper-officers-only")),
        frame(&Answer::Pages { pages: 1 }),
        vec![0xff; 70_000],
        vec![0; 50],
    ] {
        assert_eq!(compare(&words), Err(ReaderRefusal::Protocol), "{words:x?}");
    }
    for words in [&[][..], &agrees[..2]] {
        let refusal = compare(words).unwrap_err();
        assert!(matches!(refusal, ReaderRefusal::Failed { reason: Fault::Crashed, .. }), "{refusal}");
    }
    let media = Answer::MediaType { record: evil.clone(), document: evil.clone() };
    for answer in [differs("number"), media, unreadable(InvoiceRefusal::CODES[0].0)] {
        let refusal = compare(&frame(&answer)).unwrap_err();
        assert_ne!(refusal, ReaderRefusal::Protocol);
        assert_clean(&refusal.to_string());
    }
}
