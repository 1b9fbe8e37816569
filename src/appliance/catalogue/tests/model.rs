//! The model: a list of rows and the plainest filter, held against every look-up.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::super::{fold, index, page};
use super::*;

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
