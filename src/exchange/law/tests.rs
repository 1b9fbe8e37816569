#![allow(clippy::unwrap_used)]

mod book_years;
mod editions;
mod properties;

use jiff::civil::{Date, date};

use super::*;
use crate::exchange::vocabulary::EntityId;
use crate::support::words::{self, Language};

const TRAMPOLINE: EntityId = EntityId([7; 16]);

fn country(code: &str) -> Country {
    code.parse().unwrap()
}

fn slug() -> Slug {
    "trampoline".parse().unwrap()
}

fn days(first: Date, last: Date) -> BookYear {
    BookYear { first, last }
}

fn year(year: i16) -> BookYear {
    BookYear::calendar(date(year, 1, 1))
}

fn term(code: &str, class: Class, days: BookYear) -> Term {
    Term::new(&slug(), TRAMPOLINE, country(code), class, days).unwrap()
}

fn plain(code: &str) -> Policy {
    Policy::of(country(code)).unwrap()
}

fn law_keeps(term: &Term, policy: &Policy) -> Kept {
    kept_until(term, policy).unwrap()
}

fn row_of(term: &Term) -> &'static Rule {
    rule(term.country(), term.class(), term.last()).unwrap()
}

fn until(code: &str, class: Class, days: BookYear) -> Date {
    law_keeps(&term(code, class, days), &plain(code)).until
}

#[test]
fn every_refusal_is_said_in_every_language() {
    words::assert_all_said(LawRefusal::CODES);
}

#[test]
fn every_row_has_its_sentences_and_its_remarks() {
    for row in TABLE_ROWS {
        let (code, class, ..) = *row;
        for remark in row_of(&term(code, class, year(2026))).remarks {
            for language in Language::ALL {
                assert!(words::has(language, remark.message()), "{remark:?}");
            }
        }
        for language in Language::ALL {
            let said = law_keeps(&term(code, class, year(2026)), &plain(code)).say(language);
            assert!(!said.contains("law-") && !said.contains('{'), "{said}");
            assert!(words::has(language, &format!("common-country-{code}")), "{code}");
        }
    }
}

/// Country, class, years, the end for 2026, the end for the book year from July 2025 to June 2026.
type Row = (&'static str, Class, u8, Date, Date);

use Class::{ImmovableProperty as Immovable, OneStopShop as Oss, Ordinary};

const fn december(year: i16) -> Date {
    date(year, 12, 31)
}

const TABLE_ROWS: &[Row] = &[
    ("NL", Ordinary, 7, december(2033), date(2033, 6, 30)),
    ("NL", Oss, 10, december(2036), december(2036)),
    ("NL", Immovable, 9, december(2035), december(2035)),
    ("DE", Ordinary, 8, december(2034), december(2034)),
    ("DE", Oss, 10, december(2036), december(2036)),
    ("BE", Ordinary, 10, december(2036), december(2036)),
    ("BE", Oss, 10, december(2036), december(2036)),
    ("BE", Immovable, 25, december(2051), december(2051)),
    ("AT", Ordinary, 7, december(2033), december(2033)),
    ("AT", Oss, 10, december(2036), december(2036)),
    ("AT", Immovable, 22, december(2048), december(2048)),
    ("LU", Ordinary, 10, december(2036), date(2036, 6, 30)),
    ("LU", Oss, 10, december(2036), december(2036)),
    ("CH", Ordinary, 10, december(2036), date(2036, 6, 30)),
    ("CH", Oss, 10, december(2036), december(2036)),
    ("CH", Immovable, 20, december(2046), december(2046)),
    ("FR", Ordinary, 10, december(2036), date(2036, 6, 30)),
    ("FR", Oss, 10, december(2036), december(2036)),
    // One year more: the last entry, the payment of the tax, the last transaction.
    ("IT", Ordinary, 10, december(2037), date(2037, 6, 30)),
    ("IT", Oss, 10, december(2036), december(2036)),
    ("ES", Ordinary, 6, december(2033), date(2033, 6, 30)),
    ("ES", Oss, 10, december(2036), december(2036)),
    // December's tax falls due in January, so its year is the next.
    ("PL", Ordinary, 5, december(2033), december(2032)),
    ("PL", Oss, 10, december(2036), december(2036)),
    ("IE", Ordinary, 6, december(2033), date(2033, 6, 30)),
    ("IE", Oss, 10, december(2036), december(2036)),
    ("DK", Ordinary, 5, december(2031), date(2031, 6, 30)),
    ("DK", Oss, 10, december(2036), december(2036)),
    ("SE", Ordinary, 7, december(2033), december(2033)),
    ("SE", Oss, 10, december(2036), december(2036)),
    ("GB", Ordinary, 6, december(2032), date(2032, 6, 30)),
    ("GB", Oss, 10, december(2036), december(2036)),
];

#[test]
fn every_row_ends_when_its_law_says() {
    for &(code, class, years, calendar, broken) in TABLE_ROWS {
        assert_eq!(row_of(&term(code, class, year(2026))).years, years, "{code} {class}");
        assert_eq!(until(code, class, year(2026)), calendar, "{code} {class}");
        let book_year = days(date(2025, 7, 1), date(2026, 6, 30));
        assert_eq!(until(code, class, book_year), broken, "{code} {class}");
    }
}

#[test]
fn no_row_of_the_table_is_without_a_test() {
    for code in countries() {
        for class in Class::ALL {
            let tested = TABLE_ROWS.iter().any(|row| row.0 == code && row.1 == class);
            assert_eq!(rule(country(code), class, december(2026)).is_some(), tested, "{code} {class}");
        }
    }
    assert_eq!(rule(country("US"), Class::OneStopShop, december(2026)), None);
}

#[test]
fn the_ends_that_are_known_from_the_tax_office() {
    assert_eq!(until("NL", Ordinary, year(2022)), december(2029));
    assert_eq!(until("NL", Oss, year(2022)), december(2032));
    assert_eq!(until("NL", Immovable, year(2022)), december(2031));
}

#[test]
fn belgium_asks_ten_years_from_2023_and_seven_before() {
    assert_eq!(until("BE", Ordinary, year(2022)), december(2029));
    assert_eq!(until("BE", Ordinary, year(2023)), december(2033));
    // A book year with a day of 2023 has invoices for which ten are asked.
    assert_eq!(until("BE", Ordinary, days(date(2022, 7, 1), date(2023, 6, 30))), december(2033));
}

#[test]
fn a_term_that_ends_in_february_ends_with_february_in_leap_years_too() {
    let to_2023 = days(date(2022, 3, 1), date(2023, 2, 28));
    assert_eq!(until("DK", Ordinary, to_2023), date(2028, 2, 29));
    let to_2024 = days(date(2023, 3, 1), date(2024, 2, 29));
    assert_eq!(until("NL", Ordinary, to_2024), date(2031, 2, 28));
}

#[test]
fn the_sentence_says_until_when_and_why() {
    let kept = law_keeps(&term("NL", Ordinary, year(2026)), &plain("NL"));
    assert_eq!(
        kept.say(Language::En),
        "kept until 31 December 2033, because Dutch law (AWR art. 52 (4)) asks seven years from the end of \
         the book year 2026"
    );
    assert_eq!(
        kept.say(Language::Nl),
        "bewaard tot en met 31 december 2033, omdat de Nederlandse wet (AWR art. 52 (4)) zeven jaar vraagt \
         vanaf het einde van het boekjaar 2026"
    );
    let broken = law_keeps(&term("NL", Ordinary, days(date(2025, 7, 1), date(2026, 6, 30))), &plain("NL"));
    assert!(broken.say(Language::En).ends_with("the end of the book year 2025/2026"));
    let long = law_keeps(&term("NL", Ordinary, days(date(2025, 7, 1), date(2026, 12, 31))), &plain("NL"));
    assert!(
        long.say(Language::Nl)
            .ends_with("het einde van het boekjaar 1 juli 2025 tot en met 31 december 2026")
    );
    let oss = law_keeps(&term("DE", Oss, year(2026)), &plain("DE"));
    assert_eq!(
        oss.say(Language::En),
        "kept until 31 December 2036, because European law (Directive 2006/112/EC art. 369, 369k, 369x) asks \
         ten years from the end of 2026, the year of the transaction"
    );
}

#[test]
fn the_sentence_says_who_made_it_longer() {
    let advice = Advice { class: Ordinary, years: 11, adviser: "Studio Rossi".into() };
    let added = Lengthened { class: Ordinary, years: 1 };
    let policy = Policy::new(country("IT"), BookYears::calendar(), vec![added], vec![advice]).unwrap();
    let kept = law_keeps(&term("IT", Ordinary, year(2026)), &policy);
    assert_eq!((kept.until, kept.years), (december(2039), 13));
    let said = kept.say(Language::En);
    assert!(
        said.ends_with(
            "asks ten years from the last entry, taken as the end of the book year 2026, and one year more, \
             because an invoice does not show that day; Studio Rossi advised eleven years; the officer added \
             one year"
        ),
        "{said}"
    );
    assert!(kept.say(Language::Nl).ends_with("; de beheerder voegde één jaar toe"));
}

#[test]
fn a_policy_may_lengthen_and_never_shorten() {
    let advise = |years| {
        let advice = Advice { class: Ordinary, years, adviser: "an adviser".into() };
        Policy::new(country("FR"), BookYears::calendar(), vec![], vec![advice])
    };
    assert_eq!(
        advise(9),
        Err(LawRefusal::YearsTooFew { country: country("FR"), class: Ordinary, years: 9, least: 10 })
    );
    assert!(advise(10).is_ok());
    assert!(matches!(advise(101), Err(LawRefusal::YearsTooMany { .. })));

    // A policy of an older table, with fewer years than the row has now: it opens, the row counts.
    let old = r#"{"country":"FR","book_years":{"ends_in":12,"listed":[]},"lengthened":[],
        "advised":[{"class":"ordinary","years":6,"adviser":"an adviser"}]}"#;
    let old: Policy = serde_json::from_str(old).unwrap();
    assert_eq!(law_keeps(&term("FR", Ordinary, year(2026)), &old).until, december(2036));
}

#[test]
fn a_policy_names_each_class_once_and_a_known_country() {
    let twice = vec![Lengthened { class: Ordinary, years: 1 }; 2];
    assert_eq!(
        Policy::new(country("NL"), BookYears::calendar(), twice, vec![]),
        Err(LawRefusal::ClassTwice { class: Ordinary })
    );
    let refusal = Policy::of(country("US")).unwrap_err();
    assert!(refusal.to_string().contains("NL, DE, BE"), "{refusal}");
    for adviser in ["", " ", "a\nb", &"x".repeat(201)] {
        let advice = Advice { class: Ordinary, years: 10, adviser: adviser.into() };
        let policy = Policy::new(country("FR"), BookYears::calendar(), vec![], vec![advice]);
        assert_eq!(policy, Err(LawRefusal::AdviserUnreadable));
    }
}

#[test]
fn no_term_is_made_before_somebody_was_asked() {
    let today = date(2026, 11, 24);
    let refusal = terms_for(TRAMPOLINE, &slug(), &plain("FR"), today, 0, &[Ordinary]).unwrap_err();
    assert_eq!(refusal, LawRefusal::AdviceMissing { country: country("FR"), class: Ordinary, years: 10 });
    // Nobody needs to ask for the one-stop shop: that row is confirmed.
    assert!(terms_for(TRAMPOLINE, &slug(), &plain("FR"), today, 0, &[Oss]).is_ok());
    let refusal = terms_for(TRAMPOLINE, &slug(), &plain("DE"), today, 0, &[Immovable]).unwrap_err();
    assert_eq!(refusal, LawRefusal::ClassUnknown { country: country("DE"), class: Immovable });
}

#[test]
fn set_up_makes_this_year_the_next_and_the_back_years_asked_for() {
    let names = |policy: &Policy, today, back, classes: &[Class]| {
        let terms = terms_for(TRAMPOLINE, &slug(), policy, today, back, classes).unwrap();
        terms.iter().map(|term| term.name().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        names(&plain("NL"), date(2026, 11, 24), 1, &[Ordinary, Oss]),
        [
            "trampoline-nl-ordinary-2025-12",
            "trampoline-nl-ordinary-2026-12",
            "trampoline-nl-ordinary-2027-12",
            "trampoline-nl-one-stop-shop-2025-12",
            "trampoline-nl-one-stop-shop-2026-12",
            "trampoline-nl-one-stop-shop-2027-12",
        ]
    );
    // Founded on 15 September 2025, first book year to December 2026: no back years before that.
    let founded = days(date(2025, 9, 15), december(2026));
    let years = BookYears::new(12, vec![founded]).unwrap();
    let policy = Policy::new(country("NL"), years, vec![], vec![]).unwrap();
    assert_eq!(
        names(&policy, date(2026, 11, 24), 5, &[Ordinary]),
        ["trampoline-nl-ordinary-2026-12", "trampoline-nl-ordinary-2027-12"]
    );
}

#[test]
fn a_broken_book_year_keeps_one_stop_shop_sales_by_the_calendar_year() {
    let policy = Policy::new(country("NL"), BookYears::new(6, vec![]).unwrap(), vec![], vec![]).unwrap();
    let day = date(2025, 9, 1);
    assert_eq!(policy.year_of(Ordinary, day).unwrap(), days(date(2025, 7, 1), date(2026, 6, 30)));
    assert_eq!(policy.year_of(Oss, day).unwrap(), year(2025));
}

#[test]
fn an_invoice_goes_by_its_issue_date_and_a_one_stop_shop_sale_by_its_supply() {
    let terms = [
        term("NL", Ordinary, year(2025)),
        term("NL", Ordinary, year(2026)),
        term("NL", Oss, year(2025)),
        term("NL", Oss, year(2026)),
    ];
    let (issue, supply) = (date(2026, 1, 2), Some(date(2025, 12, 30)));
    let name = |class, supply| {
        term_for(terms.iter(), class, country("NL"), issue, supply).unwrap().name().to_string()
    };
    assert_eq!(name(Ordinary, supply), "trampoline-nl-ordinary-2026-12");
    assert_eq!(name(Oss, supply), "trampoline-nl-one-stop-shop-2025-12");
    assert_eq!(name(Oss, None), "trampoline-nl-one-stop-shop-2026-12");
    // A German branch's invoice goes with the one law that the card has.
    assert!(term_for(terms.iter(), Ordinary, country("DE"), issue, None).is_ok());
}

#[test]
fn an_invoice_without_a_term_is_told_its_day_and_what_is_open() {
    let terms = [term("NL", Ordinary, year(2026))];
    let find =
        |class, issue| term_for(terms.iter(), class, country("NL"), issue, None).unwrap_err().to_string();
    let said = find(Ordinary, date(2019, 3, 1));
    assert!(said.contains("2019-03-01") && said.contains("trampoline-nl-ordinary-2026-12"), "{said}");
    let said = find(Oss, date(2026, 3, 1));
    assert!(said.contains("one-stop-shop") && said.contains("trampoline-nl-ordinary-2026-12"), "{said}");
}

#[test]
fn two_laws_on_one_card_are_told_apart_by_the_seller_or_refused() {
    let terms = [term("NL", Ordinary, year(2026)), term("DE", Ordinary, year(2026))];
    let find = |seller| term_for(terms.iter(), Ordinary, country(seller), date(2026, 3, 1), None);
    assert_eq!(find("DE").unwrap().country(), country("DE"));
    assert!(matches!(find("FR"), Err(LawRefusal::TermsOverlap { .. })));
}

#[test]
fn names_are_words_that_any_filesystem_and_any_person_can_carry() {
    assert_eq!(term("NL", Immovable, year(2026)).name().as_str(), "trampoline-nl-immovable-property-2026-12");
    for bad in ["", "-a", "a-", "a--b", "A", "a/b", "..", "a b", "a\0", "é", &"a".repeat(81)] {
        assert!(bad.parse::<TermName>().is_err(), "{bad:?}");
    }
    let longest: Slug = "a".repeat(Slug::LONGEST).parse().unwrap();
    let name = Term::new(&longest, TRAMPOLINE, country("NL"), Immovable, year(2026)).unwrap().name().clone();
    assert!(name.as_str().parse::<TermName>().is_ok());
    assert_eq!(Slug::from_name("  Trampoline & Zn. B.V. ").unwrap().as_str(), "trampoline-zn-b-v");
    assert_eq!(Slug::from_name("…"), None);
}

#[test]
fn a_term_reads_back_and_one_that_lies_about_itself_does_not() {
    let made = term("NL", Ordinary, year(2026));
    let text = serde_json::to_string(&made).unwrap();
    assert_eq!(serde_json::from_str::<Term>(&text).unwrap(), made);
    assert!(text.starts_with(r#"{"name":"trampoline-nl-ordinary-2026-12","entity":"07"#), "{text}");
    for (from, to) in [
        ("ordinary-2026-12", "ordinary-2025-12"),
        ("\"NL\"", "\"BE\""),
        ("2026-01-01", "2020-01-01"),
        ("trampoline-nl", "nl"),
        ("\"last\"", "\"until\":1,\"last\""),
    ] {
        let lie = text.replacen(from, to, 1);
        assert_ne!(lie, text);
        assert!(serde_json::from_str::<Term>(&lie).is_err(), "{lie}");
    }
}

#[test]
fn a_sale_to_a_consumer_abroad_is_of_the_one_stop_shop_if_the_shop_takes_part() {
    let sale = Sale {
        stated: None,
        seller: country("NL"),
        buyer: Some(country("FR")),
        buyer_has_vat_number: false,
        vat_charged: true,
        takes_part: true,
    };
    assert_eq!(classify(&sale), Oss);
    for other in [
        Sale { takes_part: false, ..sale },
        Sale { buyer: Some(country("NL")), ..sale },
        Sale { buyer: Some(country("US")), ..sale },
        Sale { buyer: None, ..sale },
        Sale { buyer_has_vat_number: true, ..sale },
        Sale { vat_charged: false, ..sale },
    ] {
        assert_eq!(classify(&other), Ordinary, "{other:?}");
    }
    assert_eq!(classify(&Sale { stated: Some(Immovable), ..sale }), Immovable);
}
