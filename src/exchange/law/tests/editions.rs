//! Tables of law as they come.

use super::*;

fn edition(text: &str) -> Result<Edition, LawRefusal> {
    text.parse()
}

fn row(years: u8, from: Option<Date>) -> super::super::Row {
    super::super::Row {
        country: Some(country("DE")),
        class: Ordinary,
        years,
        counts_from: Basis::IssueYearEnd,
        article: "AO § 147 (3)".to_owned(),
        mark: Mark::Confirmed,
        from,
    }
}

fn table_of(rows: Vec<super::super::Row>) -> Result<Table, LawRefusal> {
    Table::new(edition("2027-01").unwrap(), rows)
}

#[test]
fn a_later_edition_is_greater_and_each_has_one_spelling() {
    let in_order = ["2026-11", "2026-12", "2026-12.2", "2026-12.10", "2027-01"];
    let editions: Vec<_> = in_order.iter().map(|text| edition(text).unwrap()).collect();
    assert!(editions.is_sorted_by(|one, other| one < other));
    for (text, edition) in in_order.iter().zip(&editions) {
        assert_eq!(edition.to_string(), *text);
    }
    for bad in [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "2026-1",
        "26-11",
        "2026-11.1",
        "2026-11.",
        "2026-11.02",
        "+026-11",
    ] {
        assert!(edition(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_programs_own_table_gives_the_dates_of_its_rows() {
    for &(code, class, ..) in TABLE_ROWS {
        let term = term(code, class, year(2026));
        let row = Table::built_in().row(term.country(), class, term.last()).unwrap();
        assert_eq!(row.years, row_of(&term).years);
    }
    assert_eq!(Table::built_in().edition().to_string(), table::VERSION);
}

#[test]
fn germany_asked_ten_years_and_asks_eight() {
    let term = term("DE", Ordinary, year(2024));
    let until =
        |years| table_of(vec![row(years, None)]).unwrap().kept_until(&term, &plain("DE")).unwrap().until;
    assert_eq!((until(10), until(8)), (december(2034), december(2032)));
    // Of two rows the last that applies counts, by the term's last day.
    let both = table_of(vec![row(10, None), row(8, Some(date(2025, 1, 1)))]).unwrap();
    assert_eq!(both.kept_until(&term, &plain("DE")).unwrap().until, december(2034));
}

#[test]
fn a_table_without_a_row_for_a_term_says_nothing_of_it() {
    let german = table_of(vec![row(8, None)]).unwrap();
    assert_eq!(german.kept_until(&term("NL", Ordinary, year(2026)), &plain("NL")), None);
    assert_eq!(german.kept_until(&term("DE", Oss, year(2026)), &plain("DE")), None);
}

#[test]
fn an_officers_day_counts_where_it_is_later() {
    let kept = law_keeps(&term("NL", Ordinary, year(2026)), &plain("NL"));
    let until = kept.until;
    assert_eq!(kept.clone().and_until(Some(date(2030, 1, 31))).until, until);
    let longer = kept.and_until(Some(date(2040, 1, 31)));
    assert_eq!(longer.until, date(2040, 1, 31));
    assert!(longer.say(Language::Nl).ends_with("; een beheerder heeft deze latere dag bepaald"));
}

#[test]
fn a_row_that_cannot_be_one_is_named() {
    assert!(matches!(table_of(vec![]), Err(LawRefusal::RowCount { count: 0, .. })));
    let bad = [
        super::super::Row { years: 0, ..row(8, None) },
        super::super::Row { years: 101, ..row(8, None) },
        super::super::Row { article: " ".to_owned(), ..row(8, None) },
        super::super::Row { article: "a\u{1b}[0m".to_owned(), ..row(8, None) },
    ];
    for bad in bad {
        assert_eq!(table_of(vec![row(8, None), bad]), Err(LawRefusal::RowUnusable { row: 2 }));
    }
}
