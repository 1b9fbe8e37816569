//! Broken, short and long book years.

use super::*;

#[test]
fn book_years_follow_each_other_without_a_gap() {
    let june_to_december = days(date(2025, 7, 1), december(2025));
    let apart = |result| matches!(result, Err(LawRefusal::BookYearsApart { .. }));
    // The end moved from June to December: the last full year to June is listed too.
    let moved =
        BookYears::new(12, vec![days(date(2024, 7, 1), date(2025, 6, 30)), june_to_december]).unwrap();
    assert_eq!(moved.book_year_of(date(2025, 7, 1)).unwrap(), june_to_december);
    assert_eq!(moved.book_year_of(date(2026, 1, 1)).unwrap(), year(2026));
    assert_eq!(
        moved.book_year_of(date(2024, 6, 30)),
        Err(LawRefusal::BeforeTheBooks { date: date(2024, 6, 30), first: date(2024, 7, 1) })
    );
    // After a year to June comes none by itself, if the years end in December.
    assert!(apart(BookYears::new(12, vec![days(date(2024, 7, 1), date(2025, 6, 30))])));
    // A hole of a month; a day in two; the wrong order.
    let to_april = days(date(2025, 1, 1), date(2025, 4, 30));
    let from = |month| days(date(2025, month, 1), december(2025));
    assert!(apart(BookYears::new(12, vec![to_april, from(6)])));
    assert!(apart(BookYears::new(12, vec![to_april, from(4)])));
    assert!(apart(BookYears::new(12, vec![year(2026), year(2025)])));
    assert!(BookYears::new(12, vec![to_april, from(5)]).is_ok());
}

#[test]
fn a_book_year_ends_with_a_month_and_is_at_most_two_years_long() {
    let one = |first, last| BookYears::new(12, vec![days(first, last)]);
    let first = date(2025, 1, 1);
    assert!(matches!(one(first, date(2025, 12, 30)), Err(LawRefusal::BookYearMidMonth { .. })));
    assert!(matches!(one(date(2026, 12, 31), december(2025)), Err(LawRefusal::BookYearBackwards { .. })));
    assert!(one(first, december(2026)).is_ok());
    assert!(matches!(one(date(2024, 12, 31), december(2026)), Err(LawRefusal::BookYearTooLong { .. })));
    assert!(matches!(BookYears::new(13, vec![]), Err(LawRefusal::MonthUnknown { month: 13 })));
    assert!(matches!(
        BookYears::calendar().book_year_of(date(202, 1, 1)),
        Err(LawRefusal::DateUnlikely { .. })
    ));
}
