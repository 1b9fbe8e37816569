//! What holds for every row, book year and policy.

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;

/// Any row of the table with any book year that ends in `1902..2900`: none begins before 1900.
fn any_term() -> impl Strategy<Value = Term> {
    let rows = TABLE_ROWS.len();
    (0..rows, 1902..2900i16, 1..=12i8, 1..=24i32).prop_map(|(row, year, month, months)| {
        let last = date(year, month, 1).last_of_month();
        let first = last.tomorrow().unwrap().checked_sub(months.months()).unwrap();
        let (code, class, ..) = TABLE_ROWS[row];
        term(code, class, days(first, last))
    })
}

fn any_policy(code: &str, class: Class) -> impl Strategy<Value = Policy> + use<> {
    let country = country(code);
    (0..=Policy::MOST_YEARS, proptest::option::of(0..=Policy::MOST_YEARS)).prop_filter_map(
        "advised too few",
        move |(years, advised)| {
            let advised = advised.map(|years| Advice { class, years, adviser: "an adviser".into() });
            let lengthened = vec![Lengthened { class, years }];
            Policy::new(country, BookYears::calendar(), lengthened, advised.into_iter().collect()).ok()
        },
    )
}

fn with_policy() -> impl Strategy<Value = (Term, Policy)> {
    any_term().prop_flat_map(|term| {
        let policy = any_policy(&term.country().to_string(), term.class());
        (Just(term), policy)
    })
}

proptest! {
    #[test]
    fn every_end_is_a_months_end_and_never_before_the_years_have_passed((term, policy) in with_policy()) {
        let kept = law_keeps(&term, &policy);
        prop_assert_eq!(kept.until, kept.until.last_of_month());
        let years_later = term.last().saturating_add(i64::from(kept.years).years());
        prop_assert!(kept.until >= years_later, "{} < {}", kept.until, years_later);
    }

    #[test]
    fn no_policy_ends_a_term_earlier_than_the_table((term, policy) in with_policy()) {
        let bare = law_keeps(&term, &plain(&term.country().to_string()));
        prop_assert!(law_keeps(&term, &policy).until >= bare.until);
        prop_assert!(bare.years >= row_of(&term).years);
    }

    #[test]
    fn a_later_book_year_never_ends_earlier(one in any_term(), year in 1901..2900i16, month in 1..=12i8) {
        let last = date(year, month, 1).last_of_month();
        let code = one.country().to_string();
        let other = term(&code, one.class(), days(last.first_of_month(), last));
        let (early, late) = if one.last() <= other.last() { (one, other) } else { (other, one) };
        let policy = plain(&code);
        prop_assert!(law_keeps(&early, &policy).until <= law_keeps(&late, &policy).until);
    }

    #[test]
    fn every_day_lies_in_exactly_the_book_year_that_covers_it(
        ends_in in 1..=12i8, year in 1902..2998i16, month in 1..=12i8, day in 1..=28i8,
    ) {
        let years = BookYears::new(ends_in, vec![]).unwrap();
        let day = date(year, month, day);
        let found = years.book_year_of(day).unwrap();
        prop_assert!(found.covers(day));
        prop_assert_eq!(years.book_year_of(found.first).unwrap(), found);
        prop_assert_eq!(years.book_year_of(found.last).unwrap(), found);
        prop_assert_eq!(found.last.month(), ends_in);
        let next = years.book_year_of(found.last.tomorrow().unwrap()).unwrap();
        prop_assert_eq!(next.first, found.last.tomorrow().unwrap());
    }

    #[test]
    fn the_shop_and_the_box_find_the_same_term_and_it_has_the_deciding_day(
        year in 2020..2030i16, month in 1..=12i8, supply_before in 0..60i32,
        class in proptest::sample::select(Class::ALL.to_vec()), ends_in in 1..=12i8,
    ) {
        let policy =
            Policy::new(country("NL"), BookYears::new(ends_in, vec![]).unwrap(), vec![], vec![]).unwrap();
        let terms = terms_for(TRAMPOLINE, &slug(), &policy, date(2026, 11, 24), 9, &Class::ALL).unwrap();
        let issue = date(year, month, 15);
        let supply = Some(issue.checked_sub(supply_before.days()).unwrap());
        let there = term_for(terms.iter(), class, country("NL"), issue, supply);
        let here = term_for(terms.iter().rev(), class, country("NL"), issue, supply);
        if let (Ok(there), Ok(here)) = (&there, &here) {
            prop_assert_eq!(there, here);
            prop_assert!(there.days().covers(deciding_date(class, issue, supply)));
        } else {
            prop_assert!(there.is_err() && here.is_err());
        }
    }
}
