//! Which class an invoice is of, as far as an invoice tells.

use crate::exchange::vocabulary::{Class, Country};

/// The member states of the Union for VAT: ISO 3166-1 alpha-2, with the VAT prefixes `EL` (Greece)
/// and `XI` (Northern Ireland, for goods).
const UNION: [&str; 29] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI",
];

/// What of an invoice tells its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// What the source states itself: a sidecar, a sales channel, the shop owner.
    pub stated: Option<Class>,
    /// Where the seller is established.
    pub seller: Country,
    /// Where the buyer is, or the goods went.
    pub buyer: Option<Country>,
    /// Whether the buyer has a VAT number: a business, whose purchase is no distance sale.
    pub buyer_has_vat_number: bool,
    /// Whether any VAT was charged.
    pub vat_charged: bool,
    /// Whether the shop takes part in the one-stop shop at all.
    pub takes_part: bool,
}

/// The class of a sale. What the source states goes before all; a sale with VAT to a consumer in
/// another member state is one of the one-stop shop, if the shop takes part in it (Directive
/// 2006/112/EC art. 369a to 369c). Immovable property is never guessed: no field of an invoice tells
/// it.
#[must_use]
pub fn classify(sale: &Sale) -> Class {
    if let Some(class) = sale.stated {
        return class;
    }
    let in_union = |country: Country| UNION.contains(&country.to_string().as_str());
    let abroad = sale.buyer.is_some_and(|buyer| buyer != sale.seller && in_union(buyer));
    if sale.takes_part && abroad && sale.vat_charged && !sale.buyer_has_vat_number {
        Class::OneStopShop
    } else {
        Class::Ordinary
    }
}
