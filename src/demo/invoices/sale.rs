//! One invoice or credit note: what was sold to whom, and what it comes to.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use super::people::{Customer, Land};
use super::wares::Article;
use crate::exchange::invoice::{Buyer, Kind, OneStopShop, Payment, Record, Vat};
use crate::exchange::vocabulary::{Amount, Class};

/// How a sale is taxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Dutch VAT.
    Domestic,
    /// To a consumer abroad: VAT of his country, by the one-stop shop.
    OneStopShop,
    /// Goods to a business in another member state: none (Directive 2006/112/EC art. 138).
    WithinUnion,
    /// A service to a business in another member state: the buyer owes it (art. 196).
    ReverseCharge,
}

impl Treatment {
    /// UNCL 5305.
    pub(super) fn category(self) -> &'static str {
        match self {
            Self::Domestic | Self::OneStopShop => "S",
            Self::WithinUnion => "K",
            Self::ReverseCharge => "AE",
        }
    }

    /// Code (VATEX list) and words of why there is no VAT.
    pub(super) fn exemption(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Domestic | Self::OneStopShop => None,
            Self::WithinUnion => {
                Some(("VATEX-EU-IC", "Intracommunautaire levering, art. 138 Richtlijn 2006/112/EG"))
            }
            Self::ReverseCharge => Some(("VATEX-EU-AE", "Btw verlegd, art. 196 Richtlijn 2006/112/EG")),
        }
    }
}

/// Some of an article.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub article: &'static Article,
    pub quantity: u32,
}

impl Line {
    /// What the line comes to without VAT.
    pub(super) fn net(&self) -> Decimal {
        self.article.price() * Decimal::from(self.quantity)
    }
}

/// One line of the VAT breakdown.
pub(super) struct Rate {
    pub percent: u32,
    pub taxable: Decimal,
    pub tax: Decimal,
}

/// An invoice or credit note of the invented shop.
#[derive(Clone, Debug)]
pub(super) struct Sale {
    pub number: String,
    pub kind: Kind,
    pub issued: Date,
    pub supplied: Date,
    pub customer: Customer,
    pub treatment: Treatment,
    pub lines: Vec<Line>,
    /// Number and date of the invoice that a credit note corrects.
    pub corrects: Option<(String, Date)>,
}

impl Sale {
    /// VAT in per cent on one line.
    pub(super) fn percent(&self, line: &Line) -> u32 {
        let land = match self.treatment {
            Treatment::Domestic => Land::Netherlands,
            Treatment::OneStopShop => self.customer.land,
            Treatment::WithinUnion | Treatment::ReverseCharge => return 0,
        };
        land.rate(line.article.reduced)
    }

    /// The VAT breakdown, the highest rate first.
    pub(super) fn rates(&self) -> Vec<Rate> {
        let mut rates: Vec<Rate> = Vec::new();
        for line in &self.lines {
            let percent = self.percent(line);
            match rates.iter_mut().find(|rate| rate.percent == percent) {
                Some(rate) => rate.taxable += line.net(),
                None => rates.push(Rate { percent, taxable: line.net(), tax: Decimal::ZERO }),
            }
        }
        rates.sort_by_key(|rate| std::cmp::Reverse(rate.percent));
        for rate in &mut rates {
            rate.taxable.rescale(2);
            let exact = rate.taxable * Decimal::from(rate.percent) / Decimal::ONE_HUNDRED;
            rate.tax = exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
            rate.tax.rescale(2);
        }
        rates
    }

    /// Total without VAT.
    pub(super) fn net(&self) -> Decimal {
        let mut net: Decimal = self.lines.iter().map(Line::net).sum();
        net.rescale(2);
        net
    }

    /// All VAT.
    pub(super) fn tax(&self) -> Decimal {
        self.rates().iter().map(|rate| rate.tax).sum()
    }

    /// Total with VAT.
    pub(super) fn gross(&self) -> Decimal {
        self.net() + self.tax()
    }

    /// Whether it was paid in the webshop, before it was sent.
    pub(super) fn is_prepaid(&self) -> bool {
        self.kind == Kind::Invoice && self.customer.vat_number.is_none()
    }

    /// Whether the page speaks German rather than Dutch.
    pub(super) fn is_german(&self) -> bool {
        self.customer.land == Land::Germany
    }

    /// An article's name in the page's language.
    pub(super) fn name_of(&self, article: &Article) -> &'static str {
        if self.is_german() { article.german } else { article.dutch }
    }

    /// What is kept of it, worked out from the order and not from a document.
    pub(super) fn record(&self) -> Record {
        let country = self.customer.land.code().parse().expect("two capital letters");
        let mut articles: Vec<String> = Vec::new();
        for line in &self.lines {
            let number = line.article.number.to_owned();
            if !articles.contains(&number) {
                articles.push(number);
            }
        }
        let one_stop_shop = self.treatment == Treatment::OneStopShop;
        Record {
            series: None,
            number: self.number.clone(),
            kind: self.kind,
            issue_date: self.issued,
            supply_date: Some(self.supplied),
            seller_country: "NL".parse().expect("two capital letters"),
            class: if one_stop_shop { Class::OneStopShop } else { Class::Ordinary },
            buyer: Buyer {
                name: Some(self.customer.name.clone()),
                country: Some(country),
                customer: Some(self.customer.number.clone()),
                vat_number: self.customer.vat_number.map(str::to_owned),
                postcode: Some(self.customer.postcode.clone()),
            },
            currency: "EUR".parse().expect("three capital letters"),
            net: Amount(self.net()),
            vat: self.rates().iter().map(|rate| self.vat(rate)).collect(),
            gross: Amount(self.gross()),
            articles,
            corrects: self.corrects.iter().map(|(number, _)| number.clone()).collect(),
            one_stop_shop: one_stop_shop.then(|| OneStopShop {
                consumption: Some(country),
                payments: vec![Payment { date: self.issued, amount: Amount(self.gross()) }],
                place_evidence: PLACE_EVIDENCE.map(str::to_owned).to_vec(),
            }),
        }
    }

    fn vat(&self, rate: &Rate) -> Vat {
        Vat {
            category: self.treatment.category().to_owned(),
            rate: Some(Amount(Decimal::from(rate.percent))),
            taxable: Amount(rate.taxable),
            tax: Amount(rate.tax),
        }
    }

    /// The sidecar of a sale by the one-stop shop, whose document does not say that it is one.
    pub(super) fn sidecar(&self) -> Option<Vec<u8>> {
        let shop = self.record().one_stop_shop?;
        let payments: Vec<_> = shop
            .payments
            .iter()
            .map(|payment| {
                serde_json::json!({ "date": payment.date.to_string(), "amount": payment.amount.to_string() })
            })
            .collect();
        let sidecar = serde_json::json!({
            "class": Class::OneStopShop.word(),
            "one_stop_shop": {
                "consumption": self.customer.land.code(),
                "payments": payments,
                "place_evidence": PLACE_EVIDENCE,
            },
        });
        Some(format!("{sidecar:#}\n").into_bytes())
    }
}

/// What a webshop knows of where its customer is (Implementing Regulation (EU) 282/2011 art. 24f).
const PLACE_EVIDENCE: [&str; 2] = ["billing-address", "bank"];
