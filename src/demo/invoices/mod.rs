//! The invoices of an invented webshop, for the show and for tests.
//!
//! ```text
//!   seed -> people, wares, years -> Sale -> page, cii -> Factur-X PDF    (what consumers get)
//!                                       \-> ubl                          (what businesses get)
//!                                       \-> sidecar                      (sales by the one-stop shop)
//! ```
//! In: a seed, the first year, the last day. Out: documents with their names in a shop's folder, the
//! same bytes for the same seed on every machine, and for each the [`Record`] that a reader must
//! find in it, worked out from the order and not from the document.
//!
//! Promised: everything is invented and cannot exist (postcodes, VAT and bank numbers, `.example`
//! names; `people` and `shop` say why); the documents satisfy EN 16931; every year's numbers run
//! without a gap; sums add up to the cent. Not promised: PDF/A-3.

mod chance;
mod cii;
mod page;
mod pdf;
mod people;
mod sale;
mod shop;
mod ubl;
mod wares;
mod xml;
mod years;

#[cfg(test)]
mod tests;

use jiff::civil::Date;

use crate::exchange::invoice::Record;
use sale::Sale;

/// Whose invoices these are.
pub const SHOP: &str = shop::LEGAL_NAME;
/// The name over the shop's door.
pub const SHOP_NAME: &str = shop::NAME;

/// One invoice of the shop, as it was sent to the customer.
#[derive(Clone, Debug)]
pub struct Invoice {
    sale: Sale,
}

impl Invoice {
    /// The document's name in the shop's folder: `2024/2024-0147.pdf`.
    #[must_use]
    pub fn file_name(&self) -> String {
        let end = if self.is_xml() { "xml" } else { "pdf" };
        format!("{}/{}.{end}", self.sale.issued.year(), self.sale.number)
    }

    /// The document: a Factur-X PDF, or UBL for a business.
    #[must_use]
    pub fn document(&self) -> Vec<u8> {
        if self.is_xml() { ubl::write(&self.sale) } else { pdf::write(&self.sale) }
    }

    /// The sidecar's name, `2024/2024-0147.json`, and its bytes, for a sale by the one-stop shop.
    #[must_use]
    pub fn sidecar(&self) -> Option<(String, Vec<u8>)> {
        let bytes = self.sale.sidecar()?;
        Some((format!("{}/{}.json", self.sale.issued.year(), self.sale.number), bytes))
    }

    /// What a reader must find in it.
    #[must_use]
    pub fn record(&self) -> Record {
        self.sale.record()
    }

    fn is_xml(&self) -> bool {
        self.sale.customer.vat_number.is_some()
    }
}

/// The customer all of whose invoices are of the first year, by whom the show searches.
#[must_use]
pub fn heroine() -> String {
    people::heroine().name
}

/// All invoices and credit notes from 1 January of `first_year` to `today`, by date of issue.
#[must_use]
pub fn invoices(seed: u64, first_year: i16, today: Date) -> Vec<Invoice> {
    years::sales(seed, first_year, today).into_iter().map(|sale| Invoice { sale }).collect()
}
