//! Believable years of a small webshop: seasons, customers who come back, things that go back.

use std::cmp::Reverse;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::chance::Chance;
use super::people::{self, Customer, Land};
use super::sale::{Line, Sale, Treatment};
use super::wares::{self, Article};
use crate::exchange::invoice::Kind;

/// How busy each month is: spring and the holidays, and December.
const SEASONS: [u32; 12] = [3, 4, 9, 15, 18, 15, 10, 6, 4, 3, 6, 9];
/// Orders in the first whole year, and how many more in each year after.
const FIRST_YEAR: u32 = 62;
const GROWTH: u32 = 9;
/// How many different consumers there are.
const PEOPLE: u32 = 210;

/// What chance gives for all that is not a year, whose topic is its number.
const TOPIC_PEOPLE: u64 = 1;
const TOPIC_RETURNS: u64 = 2;

/// All invoices and credit notes from `first_year` to `today`, by date of issue.
pub(super) fn sales(seed: u64, first_year: i16, today: Date) -> Vec<Sale> {
    let customers = people::customers(&mut Chance::new(seed, TOPIC_PEOPLE), PEOPLE);
    let mut sales = Vec::new();
    for year in first_year..=today.year() {
        let mut chance = Chance::new(seed, u64::from(year.unsigned_abs()));
        let orders = FIRST_YEAR + GROWTH * u32::from(year.abs_diff(first_year));
        let mut of_year: Vec<_> = (0..orders).map(|_| order(&mut chance, &customers, year, today)).collect();
        if year == first_year {
            of_year.extend(heroines_orders(year, today));
        }
        of_year.retain(|sale| sale.issued <= today);
        number(&mut of_year, "");
        sales.append(&mut of_year);
    }
    let mut returns = returns(&mut Chance::new(seed, TOPIC_RETURNS), &sales, today);
    for year in first_year..=today.year() {
        let (mut of_year, others): (Vec<_>, _) =
            returns.into_iter().partition(|sale| sale.issued.year() == year);
        number(&mut of_year, "C");
        sales.append(&mut of_year);
        returns = others;
    }
    sales.sort_by_key(|sale| sale.issued);
    sales
}

/// Gives the sales of one year their numbers in the order of their dates: `2024-0001`.
fn number(sales: &mut [Sale], series: &str) {
    sales.sort_by_key(|sale| sale.issued);
    for (index, sale) in sales.iter_mut().enumerate() {
        sale.number = format!("{series}{}-{:04}", sale.issued.year(), index + 1);
    }
}

fn day_in(chance: &mut Chance, year: i16) -> Date {
    let month = date(year, 1 + chance.weighted(&SEASONS) as i8, 1);
    let days = u32::try_from(month.days_in_month()).unwrap_or(28);
    later(month, chance.below(days))
}

fn later(day: Date, days: u32) -> Date {
    day.saturating_add(i64::from(days).days())
}

fn line(article: &'static Article, quantity: u32) -> Line {
    Line { article, quantity }
}

fn order(chance: &mut Chance, customers: &[Customer], year: i16, today: Date) -> Sale {
    let issued = day_in(chance, year);
    // Businesses stand at the end of the list and buy more often than their number tells.
    let (people, businesses) = customers.split_at(PEOPLE as usize);
    let customer = if chance.percent(9) { chance.pick(businesses) } else { chance.pick(people) };
    let business = customer.vat_number.is_some();
    let abroad = customer.land != Land::Netherlands;
    let serviced = business && chance.percent(30);
    let treatment = match (business, abroad) {
        (_, false) => Treatment::Domestic,
        (false, true) => Treatment::OneStopShop,
        (true, true) if serviced => Treatment::ReverseCharge,
        (true, true) => Treatment::WithinUnion,
    };
    let lines = if serviced {
        vec![line(&wares::INSPECTION, 2 + chance.below(6))]
    } else {
        goods(chance, issued.month(), business, abroad)
    };
    Sale {
        number: String::new(),
        kind: Kind::Invoice,
        issued,
        supplied: later(issued, 1 + chance.below(4)).min(today.max(issued)),
        customer: customer.clone(),
        treatment,
        lines,
        corrects: None,
    }
}

fn goods(chance: &mut Chance, month: i8, business: bool, abroad: bool) -> Vec<Line> {
    // A trampoline, parts for one, or presents; in winter presents.
    let weights = if matches!(month, 11 | 12) { [20, 25, 55] } else { [58, 32, 10] };
    let mut lines = Vec::new();
    let mut pallet = false;
    match chance.weighted(&weights) {
        0 => {
            let article = &wares::TRAMPOLINES[chance.weighted(&[10, 20, 25, 25, 14, 6])];
            let quantity = if business { 1 + chance.below(4) } else { 1 };
            pallet = article.number != wares::TRAMPOLINES[0].number;
            lines.push(line(article, quantity));
            for (beside, percent) in wares::BESIDE.iter().zip([45, 35, 30, 30, 15]) {
                // Nobody drives abroad to put one up.
                let far = abroad && beside.number == "OP-050";
                if chance.percent(percent) && !far {
                    lines.push(line(beside, quantity));
                }
            }
        }
        1 => {
            lines.push(line(chance.pick(&wares::PARTS), 1 + chance.below(if business { 5 } else { 2 })));
            if chance.percent(35) {
                lines.push(line(&wares::PARTS[2], 1));
            }
        }
        _ => {
            let first = chance.below(wares::TOYS.len() as u32) as usize;
            lines.push(line(&wares::TOYS[first], 1 + chance.below(3)));
            if chance.percent(50) {
                lines.push(line(&wares::TOYS[(first + 1) % wares::TOYS.len()], 1));
            }
        }
    }
    let goods: u32 = lines.iter().map(|line| line.quantity).sum();
    lines.push(if pallet { line(&wares::FREIGHT, goods.div_ceil(3)) } else { line(&wares::PARCEL, 1) });
    lines
}

/// What the customer bought whom the show searches: a trampoline, springs later in the year.
fn heroines_orders(year: i16, today: Date) -> Vec<Sale> {
    let order = |month, day, lines| {
        let issued = date(year, month, day);
        Sale {
            number: String::new(),
            kind: Kind::Invoice,
            issued,
            supplied: later(issued, 2).min(today.max(issued)),
            customer: people::heroine(),
            treatment: Treatment::Domestic,
            lines,
            corrects: None,
        }
    };
    let [net, ladder, ..] = &wares::BESIDE;
    vec![
        order(
            4,
            19,
            vec![
                line(&wares::TRAMPOLINES[3], 1),
                line(net, 1),
                line(ladder, 1),
                line(&wares::TOYS[3], 1),
                line(&wares::FREIGHT, 1),
            ],
        ),
        order(9, 6, vec![line(&wares::PARTS[0], 2), line(&wares::PARCEL, 1)]),
    ]
}

/// Credit notes: now and then one line of an order goes back. The heroine sends back her ladder.
fn returns(chance: &mut Chance, sales: &[Sale], today: Date) -> Vec<Sale> {
    let heroine = people::heroine().number;
    let mut returns = Vec::new();
    for sale in sales {
        let hers = sale.customer.number == heroine && sale.lines.len() > 3;
        let goes_back = chance.percent(6);
        let days = 4 + chance.below(20);
        if !(hers || goes_back) || sale.treatment == Treatment::ReverseCharge {
            continue;
        }
        let line = if hers {
            &sale.lines[2]
        } else {
            // The dearest, for whoever sends something back sends back that.
            sale.lines
                .iter()
                .max_by_key(|line| (line.net(), Reverse(line.article.number)))
                .unwrap_or(&sale.lines[0])
        };
        let back = Sale {
            number: String::new(),
            kind: Kind::CreditNote,
            issued: later(sale.issued, if hers { 12 } else { days }),
            // Of the sale that it corrects, by which one-stop-shop sales are sorted into their term.
            supplied: sale.supplied,
            customer: sale.customer.clone(),
            treatment: sale.treatment,
            lines: vec![line.clone()],
            corrects: Some((sale.number.clone(), sale.issued)),
        };
        if back.issued <= today {
            returns.push(back);
        }
    }
    returns
}
