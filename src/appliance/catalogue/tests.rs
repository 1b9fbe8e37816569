//! What the catalogue promises, in the user's words; and what it costs.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::exchange::invoice::{Buyer, Kind, Record, Vat};
use crate::exchange::vocabulary::{Amount, Class, StreamId};
use crate::support::secret::Secret;
use crate::support::words::assert_all_said;

const TERM: &str = "trampoline-nl-ordinary-2026-12";
const KEY: [u8; 32] = [7; 32];

fn sealer() -> Sealer {
    Sealer::new(&Secret::from_bytes(&KEY), TERM)
}

fn bundle(stream: u8, number: u64) -> BundleRef {
    (StreamId([stream; 16]), BundleNumber(number))
}

fn eur(text: &str) -> Amount {
    text.parse().unwrap()
}

fn record(number: &str, name: &str, day: Date, gross: &str) -> Record {
    Record {
        series: None,
        number: number.into(),
        kind: Kind::Invoice,
        issue_date: day,
        supply_date: None,
        seller_country: "NL".parse().unwrap(),
        class: Class::Ordinary,
        buyer: Buyer {
            name: Some(name.into()),
            country: Some("NL".parse().unwrap()),
            customer: None,
            vat_number: None,
            postcode: None,
        },
        currency: "EUR".parse().unwrap(),
        net: eur("100.00"),
        vat: vec![Vat {
            category: "S".into(),
            rate: Some(eur("21")),
            taxable: eur("100.00"),
            tax: eur("21.00"),
        }],
        gross: eur(gross),
        articles: vec![],
        corrects: vec![],
        one_stop_shop: None,
    }
}

/// A catalogue in a directory of its own, with the bundles that it should hold.
struct Shelf {
    dir: tempfile::TempDir,
    expected: Progress,
    open: Option<Catalogue>,
}

impl Shelf {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (open, state) =
            Catalogue::open(&dir.path().join("catalogue"), sealer(), &Progress::new()).unwrap();
        assert!(state.missing.is_empty());
        Self { dir, expected: Progress::new(), open: Some(open) }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("catalogue")
    }

    fn catalogue(&mut self) -> &mut Catalogue {
        self.open.as_mut().unwrap()
    }

    fn add(&mut self, bundle: BundleRef, records: &[Record]) {
        let leaves = records.iter().enumerate().map(|(place, record)| (place as u32 + 1, record));
        assert!(self.catalogue().add_bundle(bundle, leaves).unwrap());
        self.expected.insert(bundle);
    }

    fn reopen(&mut self) -> State {
        self.open = None;
        let (open, state) = Catalogue::open(&self.path(), sealer(), &self.expected).unwrap();
        self.open = Some(open);
        state
    }

    fn numbers(&mut self, query: &Query) -> Vec<String> {
        let query = Query { limit: 100, ..query.clone() };
        self.catalogue().find(&query).unwrap().rows.into_iter().map(|row| row.number).collect()
    }

    fn by_customer(&mut self, text: &str) -> Vec<String> {
        self.numbers(&Query { customer: Some(Match::Beginning(text.into())), ..Query::default() })
    }
}

#[test]
fn every_refusal_is_said_in_every_language() {
    assert_all_said(CatalogueRefusal::CODES);
}

#[test]
fn an_invoice_is_found_by_its_number_however_it_is_typed() {
    let mut shelf = Shelf::new();
    let mut with_series = record("0017", "De Vries", date(2026, 3, 1), "121.00");
    with_series.series = Some("WEB-".into());
    shelf.add(bundle(1, 1), &[record("INV-9", "Jansen", date(2026, 1, 5), "121.00"), with_series]);
    for (typed, found) in [("INV-9", "INV-9"), (" inv - 9", "INV-9"), ("web-0017", "0017"), ("0017", "0017")]
    {
        let query = Query { number: Some(Match::Exact(typed.into())), ..Query::default() };
        assert_eq!(shelf.numbers(&query), [found], "{typed}");
    }
    let none = Query { number: Some(Match::Exact("INV-".into())), ..Query::default() };
    assert!(shelf.numbers(&none).is_empty());
    let beginning = Query { number: Some(Match::Beginning("INV-".into())), ..Query::default() };
    assert_eq!(shelf.numbers(&beginning), ["INV-9"]);
}

#[test]
fn numbers_from_to_are_in_natural_order() {
    let mut shelf = Shelf::new();
    let records: Vec<Record> =
        [120, 9, 10, 11, 99, 100].map(|n| record(&format!("INV-{n}"), "J", date(2026, 1, 1), "1")).into();
    shelf.add(bundle(1, 1), &records);
    let range = |from: &str, to: &str| Query {
        numbers: Some((Some(from.into()), Some(to.into()))),
        order: Order::Number,
        ..Query::default()
    };
    assert_eq!(shelf.numbers(&range("INV-9", "INV-11")), ["INV-9", "INV-10", "INV-11"]);
    assert_eq!(shelf.numbers(&range("inv-099", "INV-100")), ["INV-99", "INV-100"]);
    assert!(shelf.numbers(&range("INV-11", "INV-9")).is_empty());
    let open =
        Query { numbers: Some((Some("INV-100".into()), None)), order: Order::Number, ..Query::default() };
    assert_eq!(shelf.numbers(&open), ["INV-100", "INV-120"]);
}

#[test]
fn two_customers_of_one_name_are_both_found_and_told_apart() {
    let mut shelf = Shelf::new();
    let mut one = record("1", "Zoë  de Vries", date(2026, 1, 1), "10");
    one.buyer.customer = Some("K-1001".into());
    one.buyer.postcode = Some("1234 AB".into());
    let mut two = record("2", "ZOE DE VRIES", date(2026, 1, 2), "20");
    two.buyer.customer = Some("K-10010".into());
    two.buyer.vat_number = Some("NL8123.45.678.B01".into());
    shelf.add(bundle(1, 1), &[one, two, record("3", "Vriesendorp", date(2026, 1, 3), "30")]);
    assert_eq!(shelf.by_customer("vries zoe"), ["1", "2"]);
    assert_eq!(shelf.by_customer("VRIES"), ["1", "2", "3"]);
    assert_eq!(shelf.by_customer("1234ab"), ["1"]);
    assert_eq!(shelf.by_customer("1234 ab"), ["1"]);
    assert_eq!(shelf.by_customer("de vries nl 8123"), [""; 0]);
    assert_eq!(shelf.by_customer("NL 8123"), ["2"]);
    assert_eq!(shelf.by_customer("zoe k1001"), ["1", "2"]);
    assert_eq!(shelf.by_customer("--"), [""; 0]);
    let exact = Query { customer: Some(Match::Exact("K-1001".into())), ..Query::default() };
    assert_eq!(shelf.numbers(&exact), ["1"]);
    let hits = shelf.catalogue().find(&Query { limit: 1, ..exact }).unwrap();
    assert_eq!(hits.rows[0].customer.as_deref(), Some("K-1001"));
}

#[test]
fn a_name_with_a_word_twice_is_one_hit() {
    let mut shelf = Shelf::new();
    shelf.add(bundle(1, 1), &[record("1", "Jan Jansen Jan", date(2026, 1, 1), "10")]);
    assert_eq!(shelf.by_customer("jan"), ["1"]);
    assert_eq!(shelf.by_customer("jan jan"), ["1"]);
}

#[test]
fn sums_are_exact_and_keep_credit_notes_apart() {
    let mut shelf = Shelf::new();
    let mut credit = record("C1", "J", date(2026, 1, 2), "0.30");
    credit.kind = Kind::CreditNote;
    let mut large = record("L", "J", date(2026, 1, 3), "79228162514264337593543950335");
    large.currency = "USD".parse().unwrap();
    let mut cent = record("S", "J", date(2026, 1, 3), "0.01");
    cent.currency = "USD".parse().unwrap();
    shelf.add(
        bundle(1, 1),
        &[
            record("1", "J", date(2026, 1, 1), "0.1"),
            record("2", "J", date(2026, 1, 1), "0.20"),
            credit,
            large,
            cent,
        ],
    );
    // One row is shown; the sums are of all.
    let hits = shelf.catalogue().find(&Query { limit: 1, ..Query::default() }).unwrap();
    assert_eq!((hits.rows.len(), hits.more, hits.totals.count), (1, true, 5));
    let sums = &hits.totals.sums[&"EUR".parse().unwrap()];
    assert_eq!(sums.invoices.gross, Some(eur("0.30")));
    assert_eq!(sums.credit_notes.gross, Some(eur("0.30")));
    assert_eq!(sums.invoices.vat, Some(eur("42.00")));
    let sums = &hits.totals.sums[&"USD".parse().unwrap()];
    assert_eq!(sums.invoices.gross, None, "29 digits are not summed inexactly");
    assert_eq!(sums.invoices.net, Some(eur("200.00")));
}

#[test]
fn the_same_bundle_again_changes_nothing() {
    let mut shelf = Shelf::new();
    let records = [record("1", "J", date(2026, 1, 1), "10")];
    shelf.add(bundle(1, 1), &records);
    assert!(!shelf.catalogue().add_bundle(bundle(1, 1), [(1, &records[0])]).unwrap());
    assert_eq!(shelf.catalogue().find(&Query::default()).unwrap().totals.count, 1);
}

#[test]
fn it_says_which_bundles_it_lacks_and_refuses_those_that_nobody_knows() {
    let mut shelf = Shelf::new();
    shelf.add(bundle(1, 1), &[record("1", "J", date(2026, 1, 1), "10")]);
    shelf.add(bundle(1, 2), &[]);
    shelf.expected.insert(bundle(2, 1));
    assert_eq!(shelf.reopen().missing, [bundle(2, 1)].into());
    assert_eq!(shelf.catalogue().indexed(), [bundle(1, 1), bundle(1, 2)].into());
    shelf.open = None;
    let refused = Catalogue::open(&shelf.path(), sealer(), &[bundle(2, 1)].into()).err();
    assert_eq!(refused, Some(CatalogueRefusal::Damaged { term: TERM.into() }));
}

#[test]
fn another_key_or_another_term_opens_nothing() {
    let mut shelf = Shelf::new();
    shelf.add(bundle(1, 1), &[record("1", "J", date(2026, 1, 1), "10")]);
    shelf.open = None;
    for other in [Sealer::new(&Secret::random(), TERM), Sealer::new(&Secret::from_bytes(&KEY), "other-term")]
    {
        let refused = Catalogue::open(&shelf.path(), other, &shelf.expected).err();
        assert!(matches!(refused, Some(CatalogueRefusal::Damaged { .. })));
    }
    assert!(shelf.reopen().missing.is_empty());
}

#[test]
fn a_second_program_is_told_that_it_is_open() {
    let mut shelf = Shelf::new();
    let refused = Catalogue::open(&shelf.path(), sealer(), &Progress::new()).err();
    assert_eq!(refused, Some(CatalogueRefusal::Busy { term: TERM.into() }));
    assert!(shelf.catalogue().check().is_ok());
}

#[test]
fn a_write_that_was_cut_off_leaves_nothing_behind() {
    let mut shelf = Shelf::new();
    let records: Vec<Record> =
        (0..500).map(|n| record(&format!("{n}"), "J", date(2026, 1, 1), "10")).collect();
    shelf.add(bundle(1, 1), &records);
    // Pages of a run that no meta page names, as a crash before the meta page leaves them.
    for page in 0..100 {
        shelf.catalogue().store.put(store::Key(2, page), vec![1; 4096]).unwrap();
    }
    shelf.reopen();
    assert!(shelf.catalogue().store.get_if_any(store::Key(2, 50)).unwrap().is_none());
    shelf.add(bundle(1, 2), &records);
    shelf.catalogue().check().unwrap();
    assert_eq!(shelf.catalogue().find(&Query::default()).unwrap().totals.count, 1000);
}

#[test]
fn a_very_long_text_is_cut_and_found_by_its_beginning() {
    let mut shelf = Shelf::new();
    let long = "ÿ1".repeat(5_000);
    let mut all_long = record(&long, &long, date(2026, 1, 1), "10");
    all_long.series = Some("Ⱥ1".repeat(300));
    all_long.buyer.customer = Some(long.clone());
    all_long.buyer.vat_number = Some(long.clone());
    all_long.buyer.postcode = Some(long.clone());
    all_long.articles = (0..ARTICLES_MOST + 10).map(|n| format!("{n}-{long}")).collect();
    shelf.add(bundle(1, 1), &[all_long]);
    let rows = shelf.catalogue().find(&Query {
        number: Some(Match::Exact(long[..long.floor_char_boundary(TEXT_MOST)].into())),
        limit: 1,
        ..Query::default()
    });
    assert_eq!(rows.unwrap().totals.count, 1);
    shelf.catalogue().check().unwrap();
}

// ---- The model: a list of rows and the plainest filter ------------------------------------------

/// Names, numbers and codes that collide, nest and fold together.
const NAMES: [&str; 7] =
    ["Jan Jansen", "JANSEN Zoë", "Zoe de Vries", "de Vries-Jansen", "Ødegård", "K 1001", ""];
const CODES: [&str; 6] = ["K-1001", "k1001", "K10010", "1234 AB", "NL8123B01", "jan"];
const NUMBERS: [&str; 9] =
    ["INV-9", "INV-10", "INV-010", "inv-11", "INV-1", "2026-0001", "20260001", "A", "INV-9A"];
const SERIES: [&str; 3] = ["WEB", "INV-", "1"];
const ARTICLES: [&str; 4] = ["TR-1", "tr-1", "TR-10", "Ω"];

fn maybe(words: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(words).prop_map(str::to_owned))
}

fn any_amount() -> impl Strategy<Value = Amount> {
    (-2000i64..2000, 0u32..4).prop_map(|(digits, scale)| Amount(Decimal::new(digits, scale)))
}

fn any_date() -> impl Strategy<Value = Date> {
    (1i8..13, 1i8..4).prop_map(|(month, day)| date(2026, month, day))
}

fn any_record() -> impl Strategy<Value = Record> {
    (
        (maybe(&SERIES), prop::sample::select(&NUMBERS[..]), any_date(), maybe(&NAMES)),
        (maybe(&CODES), maybe(&CODES), maybe(&CODES), any_amount(), any_amount()),
        (prop::sample::subsequence(&ARTICLES[..], 0..4), any::<bool>(), any::<bool>()),
    )
        .prop_map(|((series, number, day, name), (customer, vat_number, postcode, net, gross), rest)| {
            let (articles, credit, euro) = rest;
            Record {
                series,
                kind: if credit { Kind::CreditNote } else { Kind::SelfBilled },
                supply_date: credit.then_some(day),
                buyer: Buyer { name, country: None, customer, vat_number, postcode },
                currency: if euro { "EUR" } else { "SEK" }.parse().unwrap(),
                net,
                gross,
                articles: articles.into_iter().map(str::to_owned).collect(),
                class: if euro { Class::OneStopShop } else { Class::Ordinary },
                ..record(number, "", day, "0")
            }
        })
}

fn any_match(words: &'static [&'static str]) -> impl Strategy<Value = Match> {
    (prop::sample::select(words), any::<bool>(), 1usize..20).prop_map(|(text, exact, length)| {
        if exact {
            Match::Exact(text.to_lowercase())
        } else {
            Match::Beginning(text[..text.floor_char_boundary(length)].to_owned())
        }
    })
}

fn any_query() -> impl Strategy<Value = Query> {
    let number = prop::option::weighted(0.3, any_match(&NUMBERS));
    let numbers = prop::option::weighted(0.3, (maybe(&NUMBERS), maybe(&NUMBERS)));
    let issued = prop::option::weighted(0.3, (prop::option::of(any_date()), prop::option::of(any_date())));
    let customer = prop::option::weighted(0.4, prop_oneof![any_match(&NAMES), any_match(&CODES)]);
    let gross = prop::option::weighted(
        0.3,
        (any::<bool>(), prop::option::of(any_amount()), prop::option::of(any_amount()))
            .prop_map(|(euro, from, to)| (if euro { "EUR" } else { "SEK" }.parse().unwrap(), from, to)),
    );
    let article = prop::option::weighted(0.2, prop::sample::select(&ARTICLES[..]).prop_map(str::to_owned));
    (number, numbers, issued, customer, gross, article, any::<bool>(), 0usize..12).prop_map(
        |(number, numbers, issued, customer, gross, article, by_number, limit)| Query {
            number,
            numbers,
            issued,
            customer,
            gross,
            article,
            order: if by_number { Order::Number } else { Order::Date },
            after: None,
            limit,
        },
    )
}

fn names_of(row: &Row) -> Vec<String> {
    let number = fold::number(&row.number);
    let series = row.series.as_ref().map(|series| fold::number(series) + &number);
    series.into_iter().chain([number]).collect()
}

/// The plainest reading of [`Query`].
fn is_hit(query: &Query, row: &Row, record: &Record) -> bool {
    let meets = |wanted: &Match, folded: &dyn Fn(&str) -> String, value: &String| match wanted {
        Match::Exact(text) => !folded(text).is_empty() && *value == folded(text),
        Match::Beginning(text) => !folded(text).is_empty() && value.starts_with(&folded(text)),
    };
    let number = query.number.as_ref().is_none_or(|wanted| {
        names_of(row).iter().any(|name| meets(wanted, &|text| fold::number(text), name))
    });
    let numbers = query.numbers.as_ref().is_none_or(|(from, to)| {
        let key = |text: &String| fold::natural(&fold::number(text));
        names_of(row).iter().any(|name| {
            from.as_ref().is_none_or(|from| key(from) <= key(name))
                && to.as_ref().is_none_or(|to| key(name) <= key(to))
        })
    });
    let issued = query.issued.is_none_or(|(from, to)| {
        from.is_none_or(|from| from <= row.issue_date) && to.is_none_or(|to| row.issue_date <= to)
    });
    let customer = query.customer.as_ref().is_none_or(|wanted| {
        let (Match::Exact(text) | Match::Beginning(text)) = wanted;
        let buyer = &record.buyer;
        let codes = [&buyer.customer, &buyer.vat_number, &buyer.postcode];
        let codes = codes.into_iter().flatten().map(|text| fold::code(text));
        let keys: Vec<String> =
            fold::words(buyer.name.as_deref().unwrap_or_default()).into_iter().chain(codes).collect();
        let one = |word: String| match wanted {
            Match::Exact(_) => keys.contains(&word),
            Match::Beginning(_) => keys.iter().any(|key| key.starts_with(&word)),
        };
        !fold::words(text).is_empty() && (fold::words(text).into_iter().all(one) || one(fold::code(text)))
    });
    let gross = query.gross.is_none_or(|(currency, from, to)| {
        currency == row.currency
            && from.is_none_or(|from| from.0 <= row.gross.0)
            && to.is_none_or(|to| row.gross.0 <= to.0)
    });
    let article = query.article.as_ref().is_none_or(|article| {
        record.articles.iter().any(|other| fold::number(other) == fold::number(article))
    });
    number && numbers && issued && customer && gross && article
}

fn expected_hits(model: &[(Row, Record)], query: &Query) -> (Vec<Row>, Totals) {
    let mut rows: Vec<Row> =
        model.iter().filter(|(row, record)| is_hit(query, row, record)).map(|(row, _)| row.clone()).collect();
    rows.sort_by(|a, b| {
        let name = |row: &Row| {
            let key = |text: &str| fold::natural(&fold::number(text));
            (key(row.series.as_deref().unwrap_or_default()), key(&row.number))
        };
        let id = |row: &Row| (row.bundle, row.leaf);
        match query.order {
            Order::Date => (a.issue_date, name(a), id(a)).cmp(&(b.issue_date, name(b), id(b))),
            Order::Number => (name(a), a.issue_date, id(a)).cmp(&(name(b), b.issue_date, id(b))),
        }
    });
    let mut totals = Totals::default();
    rows.iter().for_each(|row| totals.add_row(row));
    (rows, totals)
}

/// Pages through a query and holds every page against the model.
fn assert_same(catalogue: &Catalogue, model: &[(Row, Record)], query: &Query) -> Result<(), TestCaseError> {
    let (rows, totals) = expected_hits(model, query);
    let mut query = query.clone();
    let mut seen = Vec::new();
    let mut pages = 0;
    loop {
        let hits = catalogue.find(&query).unwrap();
        prop_assert_eq!(&hits.totals, &totals);
        seen.extend(hits.rows);
        prop_assert_eq!(hits.more, seen.len() < rows.len());
        pages += 1;
        if !hits.more || query.limit == 0 {
            break;
        }
        if pages == 5 {
            // The rest at once.
            query.limit = ROWS_MOST;
        }
        query.after = seen.last().map(|row| row.cursor(query.order));
    }
    prop_assert!(query.limit == 0 || seen == rows, "other rows or another order");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_look_up_finds_what_reading_every_invoice_would(
        bundles in prop::collection::vec(prop::collection::vec(any_record(), 0..25), 1..20),
        queries in prop::collection::vec(any_query(), 12),
        reopen_at in prop::collection::vec(any::<bool>(), 20),
        compact_at in prop::collection::vec(any::<bool>(), 20),
    ) {
        let mut shelf = Shelf::new();
        let mut model = Vec::new();
        for (place, records) in bundles.iter().enumerate() {
            let id = bundle((place % 3) as u8, (place * 7 % 20) as u64);
            shelf.add(id, records);
            model.extend(records.iter().enumerate().map(|(leaf, record)| {
                (Row::new(id, leaf as u32 + 1, record), record.clone())
            }));
            if compact_at[place] {
                shelf.catalogue().compact().unwrap();
            }
            if reopen_at[place] && place % 5 == 0 {
                prop_assert!(shelf.reopen().missing.is_empty());
            }
        }
        for query in &queries {
            assert_same(shelf.catalogue(), &model, query)?;
        }
        shelf.catalogue().compact().unwrap();
        shelf.catalogue().check().unwrap();
        prop_assert!(shelf.catalogue().runs() < 16);
        for query in &queries {
            assert_same(shelf.catalogue(), &model, query)?;
        }
        shelf.reopen();
        shelf.catalogue().check().unwrap();
        for query in &queries {
            assert_same(shelf.catalogue(), &model, query)?;
        }
    }

    #[test]
    fn a_row_reads_back_as_it_was_written(record in any_record()) {
        let row = Row::new(bundle(1, 2), 3, &record);
        let back = Row::decode(row.bundle, row.leaf, &row.encode()).unwrap();
        prop_assert!(back == row);
        prop_assert_eq!(back.gross.to_string(), record.gross.to_string());
    }

    #[test]
    fn bytes_that_are_no_row_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Row::decode(bundle(1, 1), 1, &bytes);
        let _ = index::decode(3, &bytes);
        if let Ok(entries) = page::Entries::new(&bytes) {
            for entry in entries.take(300) {
                if entry.is_err() { break; }
            }
        }
    }
}

// ---- The disk ------------------------------------------------------------------------------------

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

// ---- What it costs -------------------------------------------------------------------------------

/// This process's resident memory, in MiB: now, and at its highest.
fn memory() -> (usize, usize) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
    };
    (field("VmRSS:"), field("VmHWM:"))
}

fn believable(n: usize) -> Record {
    const FIRST: [&str; 12] =
        ["Jan", "Zoë", "Fatima", "Pieter", "Anneke", "Björn", "Chloé", "Daan", "Eva", "Gijs", "Hanna", "Ivo"];
    let customer = n / 5 * 7919 % 20_000;
    let mut record = record(
        &format!("2026-{n:06}"),
        &format!("{} van der Berg{}", FIRST[customer % 12], customer / 12),
        date(2019 + (n % 8) as i16, (n / 8 % 12) as i8 + 1, (n / 96 % 28) as i8 + 1),
        &format!("{}.{:02}", n * 31 % 900 + 10, n % 100),
    );
    record.buyer.customer = Some(format!("K{customer:06}"));
    record.buyer.postcode = Some(format!("{:04} AB", 1000 + customer % 9000));
    record.articles = vec![format!("TR-{}", n % 300), format!("M-{}", n % 70)];
    record
}

fn timed(label: &str, count: usize, mut call: impl FnMut(usize)) {
    let mut times: Vec<_> = (0..count)
        .map(|n| {
            let started = std::time::Instant::now();
            call(n);
            started.elapsed()
        })
        .collect();
    times.sort();
    eprintln!("  {label}: median {:?}, p99 {:?}", times[count / 2], times[count * 99 / 100]);
}

/// 100,000 invoices of 20,000 customers, 400 bundles in random order over eight terms.
#[test]
#[ignore = "a measurement: run it alone, with CARGO_PROFILE_DEV_OPT_LEVEL=3 and --nocapture"]
fn a_hundred_thousand_invoices_in_eight_terms() {
    const TERMS: usize = 8;
    const BUNDLES: usize = 400;
    const EACH: usize = 250;
    let dir = tempfile::tempdir().unwrap();
    let open = |term: usize, expected: &Progress| {
        Catalogue::open(&dir.path().join(term.to_string()), sealer(), expected).unwrap()
    };
    let mut order: Vec<usize> = (0..BUNDLES).collect();
    order.sort_by_key(|n| n * 7919 % 401 * 131 % 997);
    let mut expected = vec![Progress::new(); TERMS];
    let mut terms: Vec<Catalogue> = (0..TERMS).map(|term| open(term, &Progress::new()).0).collect();
    eprintln!("memory with eight empty ones {:?} MiB", memory());
    let started = std::time::Instant::now();
    for place in order {
        // A bundle holds invoices of one term: every eighth of a stretch.
        let (term, stretch) = (place % TERMS, place / TERMS);
        let records: Vec<Record> =
            (0..EACH).map(|n| believable((stretch * EACH + n) * TERMS + term)).collect();
        let id = bundle(1, place as u64);
        terms[term].add_bundle(id, records.iter().enumerate().map(|(leaf, r)| (leaf as u32 + 1, r))).unwrap();
        expected[term].insert(id);
    }
    eprintln!("added in {:?}, memory {:?} MiB", started.elapsed(), memory());
    for merged in [false, true] {
        if merged {
            let started = std::time::Instant::now();
            let merges: usize = terms.iter_mut().map(|term| term.compact().unwrap()).sum();
            eprintln!("{merges} merges in {:?}, memory {:?} MiB", started.elapsed(), memory());
        }
        drop(terms);
        eprintln!("closed: memory {:?} MiB", memory());
        let started = std::time::Instant::now();
        terms = (0..TERMS).map(|term| open(term, &expected[term]).0).collect();
        let disk: u64 = (0..TERMS)
            .map(|term| fs::metadata(dir.path().join(term.to_string()).join("db")).unwrap().len())
            .sum();
        eprintln!(
            "opened in {:?}, {} runs, {} MiB on disk",
            started.elapsed(),
            terms.iter().map(Catalogue::runs).sum::<usize>(),
            disk >> 20
        );
        let ask = |query: &Query| -> u64 { terms.iter().map(|t| t.find(query).unwrap().totals.count).sum() };
        timed("number", 2000, |n| {
            let number = format!("2026-{:06}", n * 7907 % 100_000);
            let query = Query { number: Some(Match::Exact(number)), limit: 50, ..Query::default() };
            assert_eq!(ask(&query), 1);
        });
        timed("customer with five invoices", 2000, |n| {
            let customer = format!("K{:06}", n * 7907 % 20_000);
            let query = Query { customer: Some(Match::Exact(customer)), limit: 50, ..Query::default() };
            assert_eq!(ask(&query), 5);
        });
        timed("beginning of a customer's name", 500, |n| {
            let name = format!("berg{}", 1000 + n * 7 % 600);
            let query = Query { customer: Some(Match::Beginning(name)), limit: 50, ..Query::default() };
            assert!(ask(&query) >= 5);
        });
        timed("a number nobody has", 2000, |n| {
            let query = Query { number: Some(Match::Exact(format!("X{n}"))), limit: 50, ..Query::default() };
            assert_eq!(ask(&query), 0);
        });
        timed("a month of 1,000 with its sums", 20, |n| {
            let first = date(2020, (n % 12) as i8 + 1, 1);
            let issued = Some((Some(first), Some(first.last_of_month())));
            assert!(ask(&Query { issued, limit: 50, ..Query::default() }) > 900);
        });
        timed("everything with its sums", 2, |_| {
            assert_eq!(ask(&Query { limit: 50, ..Query::default() }), 100_000);
        });
        eprintln!("  memory {:?} MiB", memory());
    }
}
