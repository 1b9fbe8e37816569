//! Every page with invented data, so that it can be looked at and held to promises without a box.
//!
//! `cargo test --lib console::pages::samples -- --ignored --nocapture` serves them until stopped.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use jiff::civil::{Date, date};
use maud::Markup;

use super::super::gate::Gate;
use super::super::http::{Request, Response};
use super::super::page::{Frame, STYLE, Say, Tab, Tone, layout};
use super::super::refusal::ConsoleRefusal;
use super::certificate::{CertificateView, certificate, not_covered};
use super::door::{LoginView, ReasonView, login, message, reason};
use super::hold::{HoldFormView, HoldLine, ReleaseView, hold_form, holds, release};
use super::invoice::{DocumentLine, InvoiceView, invoice};
use super::line::{FileLine, LinePart};
use super::original::{OriginalView, Shown, original};
use super::proof::{ProofView, proof};
use super::query::{Page, Typed};
use super::receipts::{HeardLine, Newest, ReceiptsView, ShopLine, receipts};
use super::search::{Found, OpenRow, Row, SearchView, search};
use super::stick::{ReadView, StickPage, Where, stick};
use super::terms::{TermLine, TimelineView, timeline};
use crate::appliance::airlock::volume::{Format, StickRefusal};
use crate::appliance::keeper::{CardView, Cursor, HoldReason, LookUpReason, Role, Sums, TermState, Visitor};
use crate::exchange::bundle::certificate::{NotCovered, Root};
use crate::exchange::invoice::{Buyer, Kind, Record, Vat};
use crate::exchange::vocabulary::{Amount, Class, Digest, PublicKey, Word};
use crate::support::words::{Language, Said};

fn amount(cents: i64) -> Amount {
    Amount(rust_decimal::Decimal::new(cents, 2))
}

fn rows() -> Vec<Row> {
    let names = [
        "Familie De Vries",
        "Jörg Mayer",
        "Anne-Fleur van den Broek-Hoogendijk",
        "Kinderopvang Het Nest B.V.",
        "S. Öztürk",
        "Gemeente Ootmarsum",
        "M. Peeters",
        "Sportvereniging Sparta ’27",
    ];
    (0..20_i64)
        .map(|index| {
            let net = 4_950 + index * 1_337 - if index == 7 { 30_000 } else { 0 };
            let open = OpenRow {
                credit: index == 7,
                customer: names[usize::try_from(index).unwrap() % names.len()].to_owned(),
                country: Some(if index % 4 == 1 { "DE" } else { "NL" }.parse().unwrap()),
                net: amount(net),
                vat: Some(amount(net * 21 / 100)),
                gross: amount(net + net * 21 / 100),
                currency: "EUR".parse().unwrap(),
            };
            let due = index == 2;
            Row {
                place: format!("sample-{index}"),
                number: format!("TV-2026-{:05}", 1201 + index),
                date: date(2026, 3 + i8::try_from(index / 5).unwrap(), 2 + i8::try_from(index).unwrap()),
                state: if due { due_since(date(2026, 11, 20)) } else { TermState::Open },
                held: index == 5,
                open: (!due).then_some(open),
            }
        })
        .collect()
}

fn noon(day: Date) -> jiff::Timestamp {
    jiff::tz::Offset::UTC.to_timestamp(day.at(12, 0, 0, 0)).unwrap()
}

fn due_since(day: Date) -> TermState {
    TermState::Due { since: noon(day), destroy_after: noon(day) }
}

fn search_view() -> SearchView {
    let sums = |count, cents| Sums {
        count,
        net: Some(amount(cents)),
        vat: Some(amount(cents * 21 / 100)),
        gross: Some(amount(cents * 121 / 100)),
    };
    let found = Found {
        rows: rows(),
        sums: vec![("EUR".parse().unwrap(), sums(46, 1_234_500), sums(1, 15_000))],
        count: 148,
        locked: 1,
        page: Page { before: 1, after: None },
        next: Some(Cursor::from_bytes(b"a row")),
    };
    SearchView {
        query: Typed {
            number: "TV-2026-01201".into(),
            number_to: "TV-2026-01248".into(),
            ..Typed::default()
        },
        errors: Vec::new(),
        found: Some(found),
        here: "/search?number=TV".into(),
        officer: true,
    }
}

fn kept(say: Say, years: i16, year: i16) -> String {
    let until = say.date(date(year + years, 12, 31));
    match say.0 {
        Language::En => format!(
            "kept until {until}, because Dutch law (AWR art. 52 (4)) asks seven years from the end of the book year {year}"
        ),
        Language::Nl => format!(
            "bewaard tot en met {until}, omdat de Nederlandse wet (AWR art. 52 lid 4) zeven jaar vraagt vanaf het einde van het boekjaar {year}"
        ),
    }
}

fn invoice_view(say: Say) -> InvoiceView {
    InvoiceView {
        id: "sample-4".into(),
        record: Record {
            series: Some("TV-2026".into()),
            number: "TV-2026-01204".into(),
            kind: Kind::Invoice,
            issue_date: date(2026, 3, 5),
            supply_date: Some(date(2026, 3, 4)),
            seller_country: "NL".parse().unwrap(),
            class: Class::Ordinary,
            buyer: Buyer {
                name: Some("Anne-Fleur van den Broek-Hoogendijk".into()),
                country: Some("NL".parse().unwrap()),
                customer: Some("K-10482".into()),
                vat_number: None,
                postcode: Some("7631 AB".into()),
            },
            currency: "EUR".parse().unwrap(),
            net: amount(112_350),
            vat: vec![
                Vat {
                    category: "S".into(),
                    rate: Some(amount(2100)),
                    taxable: amount(99_900),
                    tax: amount(20_979),
                },
                Vat {
                    category: "S".into(),
                    rate: Some(amount(900)),
                    taxable: amount(12_450),
                    tax: amount(1_121),
                },
            ],
            gross: amount(134_450),
            articles: vec!["TRAMP-305".into(), "NET-305".into(), "LADDER-2".into(), "BOEK-SPRING".into()],
            corrects: Vec::new(),
            one_stop_shop: None,
        },
        kept: kept(say, 7, 2026),
        term: ("trampoline-nl-ordinary-2026-12".into(), TermState::Open),
        since: date(2026, 3, 9),
        on_word: true,
        notes: vec!["The lines come to 10.00, the invoice says 11.00.".into()],
        documents: vec![
            DocumentLine { kind: "PDF".into(), bytes: 84_211, derived: false, can_be_shown: true },
            DocumentLine { kind: "XML (UBL)".into(), bytes: 11_902, derived: false, can_be_shown: true },
        ],
        came: ("Webwinkel Hoog & Zacht".into(), 57),
        back: Some("/search?number=TV-2026".into()),
        held: true,
        officer: true,
    }
}

fn original_view(shown: Shown) -> OriginalView {
    OriginalView {
        id: "sample-4".into(),
        number: "TV-2026-01204".into(),
        document: 1,
        kind: "PDF".into(),
        shown,
        back: Some("/search?number=TV-2026".into()),
    }
}

fn proof_view() -> ProofView {
    ProofView {
        id: "sample-4".into(),
        number: "TV-2026-01204".into(),
        sender: "Webwinkel Hoog & Zacht".into(),
        sender_key: PublicKey(Digest::of(b"sender").0),
        signed: date(2026, 3, 8),
        admitted: date(2026, 3, 9),
        bundle: 57,
        leaf: (4, 49),
        documents: vec![("PDF".into(), Digest::of(b"pdf")), ("XML (UBL)".into(), Digest::of(b"xml"))],
        entry: (1_204, 1_377),
        checkpoint: "kluis.example/3f2a9c\n1377\nqk0j3cK5m7g2w0yY8V4tq0T0o1h5r2b4Yx0aGm0x6sE=\n\n— kluis.example/3f2a9c 9nZKpXk0Yh0m3V8cJ0n1rP7bqk0j3cK5m7g2w0yY8V4tq0T0o1h5r2b4Yx0aGm0x6sE9nZKpXk0Yh0m3V8cJ0n1rP7bAA==\n".into(),
        file: "TV-2026-01204.proof".into(),
        command: "python3 scripts/read-bundle.py --proof TV-2026-01204.proof --box-card box.card".into(),
        digest_command: "openssl dgst -sha256 TV-2026-01204.pdf".into(),
        back: None,
    }
}

fn timeline_view(say: Say) -> TimelineView {
    let line = |year: i16, state, end: Option<Date>, invoices| TermLine {
        name: format!("trampoline-nl-ordinary-{year}-12"),
        title: match say.0 {
            Language::En => format!("Ordinary invoices of {year}"),
            Language::Nl => format!("Gewone facturen van {year}"),
        },
        days: (date(year, 1, 1), date(year, 12, 31)),
        until: date(year + 7, 12, 31),
        kept: kept(say, 7, year),
        moved: (year == 2020).then(|| (date(2030, 12, 31), date(2027, 12, 31))),
        state,
        invoices,
        end: end.unwrap_or(date(year + 7, 12, 31)),
        why: end.map(|_| "due since long ago: documents are locked".to_owned()),
        held: (year == 2022, if year == 2017 { 3 } else { 0 }),
    };
    let destroyed = TermState::Destroyed { on: noon(date(2025, 2, 3)), certificate: 57 };
    TimelineView {
        today: date(2026, 11, 24),
        clock: vec![match say.0 {
            Language::En => "It has counted 212 powered days since its program was released.".into(),
            Language::Nl => "Hij telde 212 dagen aan sinds zijn programma uitkwam.".into(),
        }],
        terms: vec![
            line(2017, destroyed, Some(date(2025, 2, 3)), 1388),
            line(2018, due_since(date(2026, 11, 20)), Some(date(2026, 12, 20)), 1421),
            line(2022, TermState::Closed, None, 1497),
            line(2025, TermState::Closed, None, 1618),
            line(2026, TermState::Open, None, 1204),
            line(2027, TermState::Open, None, 0),
        ],
        officer: true,
    }
}

fn certificate_view(say: Say, basis: Word) -> CertificateView {
    let root = (say.text(Root::FileOnDataDevice.message()), 57);
    let title = match say.0 {
        Language::En => "Ordinary invoices of 2017",
        Language::Nl => "Gewone facturen van 2017",
    };
    CertificateView {
        term: "trampoline-nl-ordinary-2017-12".into(),
        title: title.into(),
        entity: "Webwinkel Hoog & Zacht B.V.".into(),
        days: (date(2017, 1, 1), date(2017, 12, 31)),
        counts: (1388, 52),
        sizes: (104_000_000, 317),
        held: 2,
        kept: (date(2024, 12, 31), "AWR art. 52 (4)".into(), "2026-11".into()),
        destroyed: date(2025, 2, 3),
        basis,
        floor: (date(2025, 2, 2), 30),
        tokens: vec![(date(2025, 1, 2), 90_210, Digest::of(b"authority"))],
        root,
        head: Some((91_377, Digest::of(b"head"))),
        not_covered: not_covered(say.0, &NotCovered::codes(Root::FileOnDataDevice, 2)),
        demo: true,
        digest: Digest::of(b"certificate"),
        box_fingerprint: Digest::of(b"box").fingerprint(),
        command: "kluis verify-certificate trampoline-nl-ordinary-2017-12.certificate --card box.card".into(),
    }
}

fn hold_line(say: Say, which: u32) -> HoldLine {
    let year = match say.0 {
        Language::En => "Ordinary invoices of 2022",
        Language::Nl => "Gewone facturen van 2022",
    };
    let number = say.with("keeper-hold-scope-number", &[("number", "TV-2026-01204")]);
    HoldLine {
        name: "4k7mq".into(),
        what: if which == 2 { year.into() } else { number },
        invoices: (which != 2).then_some(which),
        reason: HoldReason::ALL[which as usize],
        reference: "C/13/751 Hoogendijk".into(),
        placed: (date(2031, 3, 14), "Anna Bakker".into()),
        released_by: if which == 3 { vec!["Anna Bakker".into()] } else { Vec::new() },
    }
}

fn stick_page<'a>(say: Say, token: &'a str, state: &[&str]) -> StickPage<'a> {
    let read = |inside, pulled_out| {
        let refused = StickRefusal::Unfinished { file: "000060.bundle".into() };
        let newest = Newest {
            number: 59,
            code: Some("59 Q2WM-5RTA-YX7K-3JEV".into()),
            gaps: Vec::new(),
            receipt: "c2sp.org/tlog-proof@v1\nextra …\n".repeat(30),
        };
        let shop = ShopLine {
            name: "Webshop".into(),
            stream: "1f".repeat(16),
            blocked: false,
            waiting: None,
            heard: None,
            newest: Some(newest),
        };
        Where::Read(ReadView {
            inside,
            pulled_out,
            taken: (3, 41),
            lines: vec![
                (Tone::Wrong, refused.say(say.0)),
                (
                    Tone::Care,
                    CardView { path: "/kluis/spool/cards/3f9a.card".into() }.say("shop.card", say.0),
                ),
                (Tone::Good, "000059.bundle: …".into()),
            ],
            unread: u64::from(pulled_out) * 2,
            passed_over: 17,
            shops: vec![shop],
        })
    };
    let stick = match state {
        ["reading"] => Where::Reading(12, 311 << 20, 1 << 30),
        ["read"] => read(true, false),
        ["out"] => read(false, false),
        ["pulled-out"] => read(false, true),
        ["refused"] => Where::Refused(StickRefusal::Foreign { format: Format::Ntfs }.say(say.0), false),
        _ => Where::Empty,
    };
    let inside = state == ["read"];
    StickPage {
        token,
        stick,
        another: inside,
        cards: if inside { vec!["kluis enrol /kluis/spool/cards/3f9a.card".into()] } else { Vec::new() },
        writable: inside,
        line: (state == ["line"]).then(line_part),
        still: state == ["reading"],
        written: inside.then(|| Ok("box.card".into())),
    }
}

fn line_part() -> LinePart {
    let file = |what: &str, here, rest: &str| FileLine {
        what: what.into(),
        bytes: (here, 1 << 30),
        since: "2027-01-14 09:00 UTC".into(),
        rest: rest.into(),
        coming: here > 0,
    };
    let heard = |silent, missing| HeardLine {
        at: "2027-01-14 09:00 UTC".into(),
        silent,
        last: 61,
        missing,
        awaited: vec![61],
    };
    LinePart {
        trouble: Some("Permission denied".into()),
        arriving: vec![
            file("Bundle 61 of Webshop", 311 << 20, "About 3 minutes still."),
            file("A card", 0, "Nothing of it comes just now."),
        ],
        shops: vec![
            ("Webshop".into(), Some(heard(true, vec![58, 60]))),
            ("Garden".into(), Some(heard(false, Vec::new()))),
            ("New".into(), None),
        ],
        lately: vec![(Tone::Good, "2027-01-14 09:00 UTC – 1f1f1f1f-000060.bundle: …".into())],
    }
}

/// Every page by its address, in a language.
fn page(path: &[&str], language: Language, token: &str, here: &str) -> Option<Markup> {
    let say = Say(language);
    let officer = Visitor {
        role: Role::Officer,
        who: "Anna Bakker".into(),
        reason: LookUpReason::TaxAudit.code().into(),
    };
    let auditor = Visitor { role: Role::Auditor, who: "A3".into(), reason: "pass-A3".into() };
    let (title, main, visitor, tab) = match path {
        ["log-in"] => {
            let view = LoginView { token, name: "", pass: "", refused: None, to: "/" };
            (say.text("console-login-title"), login(say, &view), None, Tab::None)
        }
        ["log-in", "wrong"] => {
            let refused = Some(ConsoleRefusal::WrongLogin.say(language));
            let view = LoginView { token, name: "Anna Bakker", pass: "", refused, to: "/" };
            (say.text("console-login-title"), login(say, &view), None, Tab::None)
        }
        ["reason"] => {
            let view =
                ReasonView { token, chosen: Some(LookUpReason::TaxAudit), refused: None, to: "/search" };
            (say.text("console-reason-title"), reason(say, &view), Some(&officer), Tab::None)
        }
        [] => (
            say.text("console-search-title"),
            search(say, &SearchView::default()),
            Some(&officer),
            Tab::Search,
        ),
        ["search"] => {
            (say.text("console-search-title"), search(say, &search_view()), Some(&auditor), Tab::Search)
        }
        ["search", "none"] => {
            let mut view = search_view();
            view.query = Typed::default();
            view.found = view.found.map(|found| Found { rows: Vec::new(), count: 0, locked: 0, ..found });
            view.query.amount = "tien".into();
            view.errors.push(("amount", say.text("console-search-wrong-amount")));
            (say.text("console-search-title"), search(say, &view), Some(&officer), Tab::Search)
        }
        ["invoice", _] => {
            (say.text("console-kind-invoice"), invoice(say, &invoice_view(say)), Some(&officer), Tab::Search)
        }
        ["invoice", _, "document", "1"] => (
            "PDF".into(),
            original(say, &original_view(Shown::Pictures { shown: 1, pages: 2 })),
            Some(&officer),
            Tab::Search,
        ),
        ["invoice", _, "document", "2"] => {
            let text = "<?xml version=\"1.0\"?>\n<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\">\n  <cbc:ID>TV-2026-01204</cbc:ID>\n</Invoice>\n".repeat(12);
            (
                "XML".into(),
                original(say, &original_view(Shown::Text { text, cut: true })),
                Some(&officer),
                Tab::Search,
            )
        }
        ["invoice", _, "proof"] => {
            (say.text("console-proof-check"), proof(say, &proof_view()), Some(&auditor), Tab::Search)
        }
        ["terms"] => {
            (say.text("console-terms-title"), timeline(say, &timeline_view(say)), Some(&auditor), Tab::Terms)
        }
        ["terms", _, "certificate"] => {
            let main = certificate(say, &certificate_view(say, Word::Counted));
            (say.text("console-certificate-kind"), main, Some(&officer), Tab::Terms)
        }
        ["holds"] => {
            let lines = [hold_line(say, 1), hold_line(say, 2), hold_line(say, 3)];
            (say.text("console-hold-title"), holds(say, &lines), Some(&officer), Tab::Terms)
        }
        ["holds", "x", "release"] => {
            let refused = Some(ConsoleRefusal::WrongLogin.say(language));
            let line = hold_line(say, 1);
            let view = ReleaseView { token, line, first: "Anna Bakker", second: "Bram de Wit", refused };
            (say.text("console-hold-end"), release(say, &view), Some(&officer), Tab::Terms)
        }
        ["holds", what] => {
            let view = HoldFormView {
                token,
                paths: ("/invoice/sample-4/hold".into(), "/search".into()),
                what: hold_line(say, 1).what,
                whole: *what == "term",
                typed: (Some(HoldReason::Objection), "brief van 14 maart 2031"),
                refused: None,
            };
            (say.text("console-hold-begin"), hold_form(say, &view), Some(&officer), Tab::Terms)
        }
        ["receipts"] => {
            let receipt = "c2sp.org/tlog-proof@v1\nextra …\n".repeat(30);
            let newest = Newest {
                number: 57,
                code: Some("57 Q2WM-5RTA-YX7K-3JEV".into()),
                gaps: vec![58, 60],
                receipt,
            };
            let shop = |name: &str, newest| ShopLine {
                name: name.into(),
                stream: name.to_lowercase(),
                blocked: name == "Empty",
                waiting: (name == "Empty").then(|| (3, date(2023, 1, 2))),
                heard: Some(HeardLine {
                    at: "2027-01-14 09:00 UTC".into(),
                    silent: name == "Empty",
                    last: 61,
                    missing: if name == "Empty" { Vec::new() } else { vec![58, 60] },
                    awaited: if name == "Empty" { Vec::new() } else { vec![61] },
                }),
                newest,
            };
            let view = ReceiptsView { shops: vec![shop("Webshop", Some(newest)), shop("Empty", None)] };
            (say.text("console-receipts-title"), receipts(say, &view), Some(&officer), Tab::Receipts)
        }
        ["stick", state @ ..] => {
            let view = stick_page(say, token, state);
            (say.text("console-stick-title"), stick(say, &view), Some(&officer), Tab::Stick)
        }
        ["refused"] => {
            let title = say.text("console-refused-title");
            let main = message(say, &title, Tone::Wrong, &ConsoleRefusal::ForeignForm.say(language));
            (title, main, Some(&officer), Tab::None)
        }
        _ => return None,
    };
    let frame = Frame {
        language,
        box_name: "Webwinkel Hoog & Zacht",
        fingerprint: &Digest::of(b"box").fingerprint(),
        demo: true,
        short_of_room: false,
        visitor,
        token,
        here,
        tab,
        again: None,
    };
    Some(layout(&frame, &title, &main))
}

/// Paths of all samples.
const PATHS: [&str; 26] = [
    "log-in",
    "log-in/wrong",
    "reason",
    "",
    "search",
    "search/none",
    "invoice/sample-4",
    "invoice/sample-4/document/1",
    "invoice/sample-4/document/2",
    "invoice/sample-4/proof",
    "terms",
    "terms/x/certificate",
    "holds",
    "holds/invoice",
    "holds/term",
    "holds/x/release",
    "receipts",
    "stick",
    "stick/reading",
    "stick/read",
    "stick/out",
    "stick/pulled-out",
    "stick/refused",
    "stick/line",
    "refused",
    "nowhere",
];

#[test]
#[ignore = "serves until stopped, to look at"]
fn serve() {
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(8700);
    let gate = Gate::open(port, |request: Request| match request.path().as_slice() {
        ["style.css"] => Response::style(STYLE),
        ["nl", path @ ..] => page(path, Language::Nl, "t", "/").map_or_else(gone, Response::page),
        path => page(path, Language::En, "t", &request.target).map_or_else(gone, Response::page),
    });
    let gate = gate.unwrap();
    println!("http://{}/", gate.address());
    std::thread::sleep(std::time::Duration::from_secs(3600));
}

fn gone() -> Response {
    Response::refused(&ConsoleRefusal::NoSuchPage)
}

#[test]
fn every_page_speaks_every_language_and_keeps_to_the_policy() {
    for language in Language::ALL {
        for path in PATHS.iter().filter(|path| **path != "nowhere") {
            let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
            let text = page(&parts, language, "a-token", "/here").unwrap().into_string();
            assert!(text.contains(&format!("<html lang=\"{}\"", language.tag())));
            // A message without words comes back as its name.
            let unsaid = text.split(['>', '<', '"']).find(|text| text.starts_with("console-"));
            assert_eq!(unsaid, None, "{path} in {language:?}");
            for forbidden in ["<script", "style=", "javascript:", "onclick", "http://", "https://", "data:"] {
                assert!(!text.contains(forbidden), "{path} has {forbidden}");
            }
            assert_eq!(text.matches("<h1").count(), 1, "{path}");
            assert_eq!(text.matches("method=\"post\"").count(), text.matches("a-token").count(), "{path}");
        }
    }
}

#[test]
fn every_message_of_the_console_is_written_in_every_language_and_no_other_is() {
    let mut sources = String::new();
    for folder in ["src/appliance/console", "src/appliance/console/pages", "src/appliance/console/serve"] {
        for entry in std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap()
        {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                write!(sources, "{}", std::fs::read_to_string(path).unwrap()).unwrap();
            }
        }
    }
    let names = |text: &str| -> std::collections::BTreeSet<String> {
        text.lines()
            .filter_map(|line| line.split_once(" = ").map(|(name, _)| name))
            .filter(|name| name.starts_with("console-"))
            .map(str::to_owned)
            .collect()
    };
    let english = names(include_str!("../../../support/words/en/console.ftl"));
    assert_eq!(english, names(include_str!("../../../support/words/nl/console.ftl")));
    for name in &english {
        // A name is used as it stands, or made of its beginning and a word: `console-state-{}`.
        let made = name.match_indices('-').any(|(at, _)| sources.contains(&format!("\"{}{{", &name[..=at])));
        assert!(made || sources.contains(&format!("\"{name}\"")), "{name} is used nowhere");
    }
    for used in sources.split('"').filter(|text| {
        text.starts_with("console-")
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            && !text.ends_with('-')
    }) {
        assert!(english.contains(used), "{used} is said nowhere");
    }
}
