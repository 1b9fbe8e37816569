//! What the list of results shows of an invoice, and the keys by which it is found.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::codec::{Malformed, Reader, put_number, put_text};
use super::fold;
use crate::exchange::invoice::{Kind, Record};
use crate::exchange::vocabulary::{Amount, BundleNumber, Class, Country, Currency, StreamId};

/// A bundle of this term: its stream and its number in it.
pub type BundleRef = (StreamId, BundleNumber);

/// The articles of one invoice by which it is found; what comes after them is not in the index.
pub const ARTICLES_MOST: usize = 4096;

/// One invoice as the list of results shows it. Texts longer than [`TEXT_MOST`](super::TEXT_MOST)
/// bytes are cut; the whole stands in the bundle, at leaf `leaf`.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The bundle that it came in.
    pub bundle: BundleRef,
    /// Its leaf in the bundle.
    pub leaf: u32,
    /// The series, where the source states one apart from the number.
    pub series: Option<String>,
    /// The invoice's number as it stands on the document.
    pub number: String,
    /// Invoice, credit note, …
    pub kind: Kind,
    /// Date of issue.
    pub issue_date: Date,
    /// Date of supply, where stated.
    pub supply_date: Option<Date>,
    /// The buyer's name.
    pub buyer: Option<String>,
    /// The buyer's country.
    pub buyer_country: Option<Country>,
    /// The shop's number of this customer.
    pub customer: Option<String>,
    /// The buyer's VAT number.
    pub vat_number: Option<String>,
    /// The buyer's postcode.
    pub postcode: Option<String>,
    /// The currency of the amounts.
    pub currency: Currency,
    /// Total without VAT.
    pub net: Amount,
    /// The VAT of all rates together; none where 28 digits do not hold it exactly.
    pub vat: Option<Amount>,
    /// Total with VAT.
    pub gross: Amount,
    /// What the retention depends on.
    pub class: Class,
}

/// A search key's space. A key is compared within its space only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Space {
    /// Number, and series with number: exact or by their beginning.
    Number = 1,
    /// The same in natural order: from-to.
    NumberOrder = 2,
    /// Date of issue. Every invoice has exactly one key here.
    Date = 3,
    /// Words of the name, customer number, VAT number, postcode: one space, because who types does
    /// not say which it is.
    Customer = 4,
    /// Gross amount with its currency.
    Amount = 5,
    /// Article numbers. The row does not hold them, so they are found by the key only.
    Article = 6,
}

impl Space {
    pub(super) fn of(byte: u8) -> Result<Self, Malformed> {
        Ok(match byte {
            1 => Self::Number,
            2 => Self::NumberOrder,
            3 => Self::Date,
            4 => Self::Customer,
            5 => Self::Amount,
            6 => Self::Article,
            _ => return Err(Malformed),
        })
    }
}

/// The sum, or none where 28 digits do not hold it exactly (the crate would round).
pub(super) fn add_exactly(a: Decimal, b: Decimal) -> Option<Decimal> {
    if a.is_zero() || b.is_zero() {
        return Some(if a.is_zero() { b } else { a });
    }
    a.checked_add(b).filter(|sum| sum.scale() == a.scale().max(b.scale()))
}

impl Row {
    /// What the list shows of `record`, which is leaf `leaf` of `bundle`.
    #[must_use]
    pub fn new(bundle: BundleRef, leaf: u32, record: &Record) -> Self {
        let cut = |text: &Option<String>| text.as_deref().map(|text| fold::cut(text).to_owned());
        Self {
            bundle,
            leaf,
            series: cut(&record.series),
            number: fold::cut(&record.number).to_owned(),
            kind: record.kind,
            issue_date: record.issue_date,
            supply_date: record.supply_date,
            buyer: cut(&record.buyer.name),
            buyer_country: record.buyer.country,
            customer: cut(&record.buyer.customer),
            vat_number: cut(&record.buyer.vat_number),
            postcode: cut(&record.buyer.postcode),
            currency: record.currency,
            net: record.net,
            vat: record
                .vat
                .iter()
                .try_fold(Decimal::ZERO, |sum, line| add_exactly(sum, line.tax.0))
                .map(Amount),
            gross: record.gross,
            class: record.class,
        }
    }

    /// Number, and series with number where there is a series, as they are looked up.
    fn numbers(&self) -> Vec<String> {
        let number = fold::number(&self.number);
        match self.series.as_deref().map(fold::number) {
            Some(series) if !series.is_empty() => vec![series + &number, number],
            _ => vec![number],
        }
    }

    /// The row's keys in a space, sorted, each once. Of [`Space::Article`] the row knows none.
    pub(super) fn keys(&self, space: Space) -> Vec<Vec<u8>> {
        let mut keys: Vec<Vec<u8>> = match space {
            Space::Number => self.numbers().into_iter().map(String::into_bytes).collect(),
            Space::NumberOrder => self.numbers().iter().map(|number| fold::natural(number)).collect(),
            Space::Date => vec![fold::day(self.issue_date).to_vec()],
            Space::Customer => {
                let words = self.buyer.iter().flat_map(|name| fold::words(name));
                let codes = [&self.customer, &self.vat_number, &self.postcode];
                let codes = codes.into_iter().flatten().map(|text| fold::code(text));
                words.chain(codes).filter(|key| !key.is_empty()).map(String::into_bytes).collect()
            }
            Space::Amount => vec![fold::amount(self.currency, self.gross)],
            Space::Article => Vec::new(),
        };
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Every key under which `record`, whose row this is, is found.
    pub(super) fn all_keys(&self, record: &Record) -> Vec<(Space, Vec<u8>)> {
        let spaces = [Space::Number, Space::NumberOrder, Space::Date, Space::Customer, Space::Amount];
        let mut keys: Vec<_> = spaces
            .into_iter()
            .flat_map(|space| self.keys(space).into_iter().map(move |key| (space, key)))
            .collect();
        let articles = record.articles.iter().take(ARTICLES_MOST);
        keys.extend(articles.map(|text| (Space::Article, article(text))));
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The row without its bundle and leaf, which stand beside it.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(96);
        out.push(self.kind as u8);
        out.push(self.class as u8);
        out.extend_from_slice(&fold::day(self.issue_date));
        match self.supply_date {
            Some(date) => {
                out.push(1);
                out.extend_from_slice(&fold::day(date));
            }
            None => out.push(0),
        }
        out.extend_from_slice(self.currency.to_string().as_bytes());
        put_text(&mut out, self.buyer_country.map(|country| country.to_string()).as_deref());
        for amount in [Some(self.net), self.vat, Some(self.gross)] {
            put_amount(&mut out, amount);
        }
        put_text(&mut out, Some(&self.number));
        for text in [&self.series, &self.buyer, &self.customer, &self.vat_number, &self.postcode] {
            put_text(&mut out, text.as_deref());
        }
        out
    }

    pub(super) fn decode(bundle: BundleRef, leaf: u32, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut from = Reader(bytes);
        let kind = match from.take(1)?[0] {
            0 => Kind::Invoice,
            1 => Kind::CreditNote,
            2 => Kind::Corrected,
            3 => Kind::Prepayment,
            4 => Kind::SelfBilled,
            _ => return Err(Malformed),
        };
        let class = *Class::ALL.get(usize::from(from.take(1)?[0])).ok_or(Malformed)?;
        let issue_date = day(&mut from)?;
        let supply_date = match from.take(1)?[0] {
            0 => None,
            _ => Some(day(&mut from)?),
        };
        let currency = word(from.take(3)?)?;
        let buyer_country = from.text()?.map(|text| text.parse().map_err(|_| Malformed)).transpose()?;
        let (net, vat, gross) = (amount(&mut from)?, amount(&mut from)?, amount(&mut from)?);
        let number = from.text()?.ok_or(Malformed)?.to_owned();
        let mut text = || from.text().map(|text| text.map(str::to_owned));
        let row = Self {
            bundle,
            leaf,
            series: text()?,
            number,
            kind,
            issue_date,
            supply_date,
            buyer: text()?,
            buyer_country,
            customer: text()?,
            vat_number: text()?,
            postcode: text()?,
            currency,
            net: net.ok_or(Malformed)?,
            vat,
            gross: gross.ok_or(Malformed)?,
            class,
        };
        from.end()?;
        Ok(row)
    }
}

/// The key of an article.
pub(super) fn article(text: &str) -> Vec<u8> {
    fold::number(fold::cut(text)).into_bytes()
}

fn word<T: std::str::FromStr>(bytes: &[u8]) -> Result<T, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed)?.parse().map_err(|_| Malformed)
}

fn day(from: &mut Reader<'_>) -> Result<Date, Malformed> {
    let [high, low, month, day] = from.array()?;
    let year = i32::from(u16::from_be_bytes([high, low])) - 10_000;
    let year = i16::try_from(year).map_err(|_| Malformed)?;
    Date::new(year, month.try_into().map_err(|_| Malformed)?, day.try_into().map_err(|_| Malformed)?)
        .map_err(|_| Malformed)
}

/// Scale and sign in one byte, then the digits as one number; 255 where there is none.
fn put_amount(out: &mut Vec<u8>, amount: Option<Amount>) {
    let Some(Amount(value)) = amount else {
        out.push(0xff);
        return;
    };
    let digits = value.mantissa().unsigned_abs();
    out.push((value.scale() as u8) << 1 | u8::from(value.is_sign_negative()));
    put_number(out, digits as u64);
    put_number(out, (digits >> 64) as u64);
}

fn amount(from: &mut Reader<'_>) -> Result<Option<Amount>, Malformed> {
    let head = from.take(1)?[0];
    if head == 0xff {
        return Ok(None);
    }
    let digits = u128::from(from.number()?) | u128::from(from.number()?) << 64;
    let mantissa = i128::try_from(digits).map_err(|_| Malformed)?;
    let mut value =
        Decimal::try_from_i128_with_scale(mantissa, u32::from(head >> 1)).map_err(|_| Malformed)?;
    value.set_sign_negative(head & 1 == 1);
    Ok(Some(Amount(value)))
}
