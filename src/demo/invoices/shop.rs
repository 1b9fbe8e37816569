//! The invented shop itself, as it stands on its invoices.
//!
//! It cannot exist: no Dutch postcode begins with 00, no trade register number is zero, the VAT
//! number's suffix B00 is not given out, and no IBAN's check digits are 00.

/// The name over the door.
pub(super) const NAME: &str = "Springveer Trampolines";
/// The legal person.
pub(super) const LEGAL_NAME: &str = "Springveer Trampolines B.V.";
pub(super) const STREET: &str = "Trampolinekade 1";
pub(super) const POSTCODE: &str = "0057 SV";
pub(super) const TOWN: &str = "Hupsdorp";
pub(super) const VAT_NUMBER: &str = "NL000000000B00";
pub(super) const TRADE_REGISTER: &str = "00000000";
pub(super) const IBAN: &str = "NL00DEMO0000000000";
pub(super) const MAIL: &str = "klantenservice@springveer.example";
pub(super) const SITE: &str = "www.springveer.example";
