//! What is asked of the search: as it was typed, as it is meant, and which page of the list.

use super::super::http::{Request, encoded};
use super::super::typed::{self, End};
use crate::appliance::keeper::{Cursor, Match, Query};
use crate::exchange::vocabulary::Currency;

/// Rows of one page.
pub const ROWS: usize = 50;

/// What was asked, as it was typed, so that it stands in the form again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// A number, its beginning with a `*` behind, or the first of a range.
    pub number: String,
    /// The last number of a range.
    pub number_to: String,
    /// The first day of issue, in a form that [`typed::day`](super::super::typed::day) reads.
    pub from: String,
    /// The last day of issue, likewise.
    pub until: String,
    /// The customer's name, number, VAT number or postcode.
    pub customer: String,
    /// A total, or the least of a range.
    pub amount: String,
    /// The most of a range.
    pub amount_to: String,
}

impl Typed {
    /// Whether nothing was asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The address of this search's first page.
    #[must_use]
    pub fn address(&self) -> String {
        let pairs: Vec<_> = self
            .pairs()
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        format!("/search?{}", pairs.join("&"))
    }

    /// Reads a search from a request.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let typed = |name| request.query(name).to_owned();
        Self {
            number: typed("number"),
            number_to: typed("number-to"),
            from: typed("from"),
            until: typed("until"),
            customer: typed("customer"),
            amount: typed("amount"),
            amount_to: typed("amount-to"),
        }
    }

    /// What was meant, from its first row on, or what is wrong, by the field's name. A range without
    /// its end is the one thing itself for numbers and amounts; for days it is open. Amounts are of
    /// the currency `usual` unless another stands before them.
    ///
    /// # Errors
    /// Each field that cannot be read, with the message that says so.
    pub fn meant(&self, usual: Currency) -> Result<Query, Vec<(&'static str, &'static str)>> {
        let mut wrong = Vec::new();
        let mut day = |name, text: &str, end| {
            let read = typed::day(text, end);
            if read.is_none() && !text.is_empty() {
                wrong.push((name, "console-search-wrong-day"));
            }
            read
        };
        let (from, until) = (day("from", &self.from, End::First), day("until", &self.until, End::Last));
        let mut money = |name, text: &str| {
            let read = typed::money(text);
            if read.is_none() && !text.is_empty() {
                wrong.push((name, "console-search-wrong-amount"));
            }
            read.unzip()
        };
        let (currency, least) = money("amount", &self.amount);
        let (other_currency, most) = money("amount-to", &self.amount_to);
        let currencies = [currency.flatten(), other_currency.flatten()];
        for (name, text) in [("number", &self.number), ("number-to", &self.number_to)] {
            if text.chars().count() > 80 {
                wrong.push((name, "console-search-wrong-number"));
            }
        }
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            wrong.push(("until", "console-search-wrong-order"));
        }
        if least.zip(most).is_some_and(|(least, most)| most < least) {
            wrong.push(("amount-to", "console-search-wrong-order"));
        }
        if let [Some(one), Some(other)] = currencies
            && one != other
        {
            wrong.push(("amount-to", "console-search-wrong-currency"));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let (number, number_to) = (given(&self.number), given(&self.number_to));
        let (number, numbers) = match (number, number_to) {
            (Some(number), None) => (Some(beginning_or_all(&number)), None),
            (None, None) => (None, None),
            range => (None, Some(range)),
        };
        let currency = currencies.into_iter().flatten().next().unwrap_or(usual);
        let amounts = match (least, most) {
            (Some(amount), None) => Some((currency, Some(amount), Some(amount))),
            (None, None) => None,
            (least, most) => Some((currency, least, most)),
        };
        Ok(Query {
            number,
            numbers,
            issued: (from.is_some() || until.is_some()).then_some((from, until)),
            customer: given(&self.customer).map(Match::Beginning),
            gross: amounts,
            limit: ROWS,
            ..Query::default()
        })
    }

    fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("number", &self.number),
            ("number-to", &self.number_to),
            ("from", &self.from),
            ("until", &self.until),
            ("customer", &self.customer),
            ("amount", &self.amount),
            ("amount-to", &self.amount_to),
        ]
    }
}

fn beginning_or_all(text: &str) -> Match {
    match text.strip_suffix('*') {
        Some(beginning) => Match::Beginning(beginning.to_owned()),
        None => Match::Exact(text.to_owned()),
    }
}

/// Which page of a search's list is asked for.
#[derive(Clone, Default)]
pub struct Page {
    /// From 0. What the link says of itself: it is shown, and nothing is looked up by it.
    pub before: u64,
    /// The last row of the page before.
    pub after: Option<Cursor>,
}

impl Page {
    /// Reads it from a request.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let after = data_encoding::HEXLOWER.decode(request.query("after").as_bytes());
        match after {
            Ok(bytes) if !bytes.is_empty() => Self {
                before: request.query("page").parse().map_or(1, |page: u64| page.clamp(2, 1 << 32) - 1),
                after: Some(Cursor::from_bytes(&bytes)),
            },
            _ => Self::default(),
        }
    }

    /// The address of the page after this one, which begins after `next`.
    #[must_use]
    pub fn next(&self, query: &Typed, next: &Cursor) -> String {
        let after = data_encoding::HEXLOWER.encode(next.as_bytes());
        format!("{}&page={}&after={after}", query.address(), self.before + 2)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn euro() -> Currency {
        "EUR".parse().unwrap()
    }

    #[test]
    fn a_search_survives_its_own_address() {
        let request =
            Request::of("/search?number=TV%2F7&from=2026&until=3-2026&customer=J%C3%B6rg+%26+Zn&amount=12,5");
        let query = Typed::of(&request);
        assert_eq!(Typed::of(&Request::of(&query.address())), query);
        let meant = query.meant(euro()).unwrap();
        assert!(meant.number == Some(Match::Exact("TV/7".into())));
        assert_eq!(meant.issued.unwrap().1.unwrap().to_string(), "2026-03-31");
        assert!(meant.customer == Some(Match::Beginning("Jörg & Zn".into())));
        let amount = Some("12.5".parse().unwrap());
        assert_eq!(meant.gross, Some((euro(), amount, amount)));
    }

    #[test]
    fn a_number_is_exact_a_beginning_or_a_range() {
        let meant = |address: &str| Typed::of(&Request::of(address)).meant(euro()).unwrap();
        assert!(meant("/search?number=TV-1").number == Some(Match::Exact("TV-1".into())));
        assert!(meant("/search?number=TV-*").number == Some(Match::Beginning("TV-".into())));
        let range = meant("/search?number=TV-1&number-to=TV-9");
        assert!(range.number.is_none());
        assert_eq!(range.numbers, Some((Some("TV-1".into()), Some("TV-9".into()))));
        assert_eq!(meant("/search?number-to=TV-9").numbers, Some((None, Some("TV-9".into()))));
    }

    #[test]
    fn an_amount_in_another_currency_is_looked_up_in_that_currency() {
        let meant = |address: &str| Typed::of(&Request::of(address)).meant(euro());
        let francs = "CHF".parse().unwrap();
        assert_eq!(meant("/search?amount-to=CHF+10").unwrap().gross.unwrap().0, francs);
        let both = meant("/search?amount=CHF+10&amount-to=EUR+20");
        assert_eq!(both.err().unwrap(), [("amount-to", "console-search-wrong-currency")]);
    }

    #[test]
    fn the_next_page_begins_after_the_last_row() {
        let query = Typed { number: "TV-*".into(), ..Typed::default() };
        let cursor = Cursor::from_bytes(b"a row");
        let next = Page::of(&Request::of(&Page::default().next(&query, &cursor)));
        assert!(next.before == 1 && next.after == Some(cursor));
        let garbled = Page::of(&Request::of("/search?number=1&page=9&after=xyz"));
        assert!(garbled.before == 0 && garbled.after.is_none());
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_field() {
        let query = Typed::of(&Request::of("/search?from=yesterday&until=2026&amount=20&amount-to=10"));
        assert_eq!(
            query.meant(euro()).err().unwrap(),
            [("from", "console-search-wrong-day"), ("amount-to", "console-search-wrong-order")]
        );
    }
}
