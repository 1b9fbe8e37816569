//! What is kept of an invoice beside the unaltered document: the fields that the law asks for and
//! the look-ups need (Directive 2006/112/EC art. 226), and no more.
//!
//! The order of the fields here is the order of the CBOR map (see `bundle/FORMAT.md`), so a field
//! never moves and a new one comes with a new leaf kind.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::exchange::vocabulary::{Amount, Class, Country, Currency};

/// One invoice's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The series that the number belongs to, where the source states one apart from it.
    pub series: Option<String>,
    /// The sequential number (art. 226 (2)), as it stands on the document.
    pub number: String,
    /// Invoice or credit note, or one of their kin.
    pub kind: Kind,
    /// Date of issue (art. 226 (1)).
    pub issue_date: Date,
    /// Date of supply or of the payment on account, where it differs or is stated (art. 226 (7));
    /// of a period, its last day.
    pub supply_date: Option<Date>,
    /// Where the seller is established.
    pub seller_country: Country,
    /// What the retention depends on.
    pub class: Class,
    /// To whom it was sold (art. 226 (4), (5)).
    pub buyer: Buyer,
    /// The currency of every amount below.
    pub currency: Currency,
    /// Total without VAT.
    pub net: Amount,
    /// Taxable amount and VAT per rate (art. 226 (8) to (10)).
    pub vat: Vec<Vat>,
    /// Total with VAT.
    pub gross: Amount,
    /// The seller's numbers of the articles sold, each once, in order of appearance.
    pub articles: Vec<String>,
    /// Numbers of the invoices that this one corrects (art. 219).
    pub corrects: Vec<String>,
    /// For the one-stop-shop class, what Regulation (EU) 282/2011 art. 63c asks beside.
    pub one_stop_shop: Option<OneStopShop>,
}

/// What kind of document it is (UNTDID 1001, folded to what a look-up needs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An invoice (380 and its kin).
    Invoice,
    /// A credit note (381 and its kin).
    CreditNote,
    /// A corrected invoice (384).
    Corrected,
    /// An invoice on account (386).
    Prepayment,
    /// An invoice that the buyer issued (389).
    SelfBilled,
}

impl Kind {
    /// The stable word, as in JSON: `invoice`, `credit-note`, `corrected`, `prepayment`,
    /// `self-billed`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit-note",
            Self::Corrected => "corrected",
            Self::Prepayment => "prepayment",
            Self::SelfBilled => "self-billed",
        }
    }
}

/// The buyer, as far as the law and the look-ups need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buyer {
    /// Name, where the source has one.
    pub name: Option<String>,
    /// Country of the buyer's address.
    pub country: Option<Country>,
    /// The shop's number of this customer.
    pub customer: Option<String>,
    /// VAT number (art. 226 (4)).
    pub vat_number: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
}

/// One line of the VAT breakdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vat {
    /// UNCL 5305 category: `S`, `Z`, `E`, `AE`, `K`, `G`, `O`, `L`, `M`.
    pub category: String,
    /// Per cent; absent where the category has none.
    pub rate: Option<Amount>,
    /// What the tax is on.
    pub taxable: Amount,
    /// The tax.
    pub tax: Amount,
}

/// What Regulation (EU) 282/2011 art. 63c asks beside the invoice, where the source has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneStopShop {
    /// Member State of consumption (63c (1)(a)).
    pub consumption: Option<Country>,
    /// Payments received, with date and amount (63c (1)(g)).
    pub payments: Vec<Payment>,
    /// What the customer's place was established from (63c (1)(k)): `billing-address`, `bank`, …
    pub place_evidence: Vec<String>,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The day it was received.
    pub date: Date,
    /// How much, in the record's currency.
    pub amount: Amount,
}
