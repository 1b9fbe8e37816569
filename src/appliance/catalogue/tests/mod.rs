//! What the catalogue promises, in the user's words.
#![allow(clippy::unwrap_used)]

mod cost;
mod disk;
mod model;

use std::path::PathBuf;

use jiff::civil::{Date, date};

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
fn a_merge_that_was_cut_off_after_its_switch_is_cleared_away() {
    let mut shelf = Shelf::new();
    for number in 0..8 {
        shelf.add(bundle(1, number), &[record("1", "J", date(2026, 1, 1), "10")]);
    }
    let old: Vec<u64> = shelf.catalogue().runs.iter().map(|run| run.info.id).collect();
    // A crash before the old pages went: the meta page lists them, and they are there.
    let pages = shelf.catalogue().runs[0].info.all_pages();
    let catalogue = shelf.catalogue();
    catalogue.meta.leftovers = vec![(99, pages)];
    catalogue.meta.next_run = 100;
    catalogue.store.put(store::Key(99, 0), vec![1; 1024]).unwrap();
    assert_eq!(catalogue.compact().unwrap(), 1);
    for run in old.into_iter().chain([99]) {
        assert!(catalogue.store.get_if_any(store::Key(run, 0)).unwrap().is_none(), "run {run}");
    }
    shelf.reopen();
    shelf.catalogue().check().unwrap();
    assert_eq!(shelf.catalogue().find(&Query::default()).unwrap().totals.count, 8);
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
