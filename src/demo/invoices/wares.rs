//! What the invented shop sells, and for how much.
#![allow(clippy::inconsistent_digit_grouping, clippy::mistyped_literal_suffixes, reason = "149_95 is 149.95")]

use rust_decimal::Decimal;

/// An article, with its price to a consumer in the Netherlands.
#[derive(Debug)]
pub(super) struct Article {
    /// The shop's number of it.
    pub number: &'static str,
    /// Its name in Dutch.
    pub dutch: &'static str,
    /// Its name in German.
    pub german: &'static str,
    /// Euro cents with Dutch VAT.
    cents: u32,
    /// Whether the reduced rate holds for it.
    pub reduced: bool,
}

impl Article {
    /// The price of one without VAT, the same wherever it is sent: two digits after the point.
    pub(super) fn price(&self) -> Decimal {
        let rate = if self.reduced { 109 } else { 121 };
        (Decimal::from(self.cents) / Decimal::from(rate)).round_dp(2)
    }
}

const fn ware(number: &'static str, dutch: &'static str, german: &'static str, cents: u32) -> Article {
    Article { number, dutch, german, cents, reduced: false }
}

/// Trampolines, the small first.
pub(super) const TRAMPOLINES: [Article; 6] = [
    ware("TR-140", "Kindertrampoline Dribbel 140 cm", "Kindertrampolin Dribbel 140 cm", 149_95),
    ware("TR-244", "Trampoline Veerkracht 244 cm", "Trampolin Veerkracht 244 cm", 279_00),
    ware("TR-305", "Trampoline Veerkracht 305 cm", "Trampolin Veerkracht 305 cm", 349_00),
    ware("TR-366", "Trampoline Veerkracht 366 cm", "Trampolin Veerkracht 366 cm", 429_00),
    ware("TR-427", "Trampoline Hoogvlieger 427 cm", "Trampolin Hoogvlieger 427 cm", 599_00),
    ware("TR-520", "Inbouwtrampoline Gazon 520 x 305 cm", "Bodentrampolin Gazon 520 x 305 cm", 1_149_00),
];

/// What goes with a trampoline.
pub(super) const BESIDE: [Article; 5] = [
    ware("VN-300", "Veiligheidsnet met palen", "Sicherheitsnetz mit Stangen", 129_00),
    ware("LA-100", "Ladder, verzinkt, 90 cm", "Leiter, verzinkt, 90 cm", 34_95),
    ware("AF-210", "Afdekhoes, winterhard", "Abdeckplane, wetterfest", 49_95),
    ware("AN-400", "Ankerset, vier grondpennen", "Ankerset, vier Erdanker", 27_50),
    ware("OP-050", "Opbouw aan huis", "Aufbau vor Ort", 95_00),
];

/// What wears out.
pub(super) const PARTS: [Article; 5] = [
    ware("VE-140", "Veren 14 cm, set van 24", "Federn 14 cm, Satz von 24", 46_80),
    ware("VE-175", "Veren 17,5 cm, set van 36", "Federn 17,5 cm, Satz von 36", 71_64),
    ware("RB-366", "Randbeschermer 366 cm, groen", "Randabdeckung 366 cm, grün", 84_95),
    ware("SM-305", "Springmat 305 cm", "Sprungtuch 305 cm", 119_00),
    ware("NV-300", "Vervangend net zonder palen", "Ersatznetz ohne Stangen", 74_50),
];

/// Presents.
pub(super) const TOYS: [Article; 4] = [
    ware("TE-060", "Trampolinetent Circus 366 cm", "Trampolinzelt Zirkus 366 cm", 159_00),
    ware("BA-012", "Zachte stuiterballen, set van 12", "Weiche Springbälle, Satz von 12", 19_95),
    ware("SO-003", "Antislipsokken, drie paar", "Stoppersocken, drei Paar", 14_85),
    Article { reduced: true, ..ware("BK-050", "Boek: Vijftig sprongen", "Buch: Fünfzig Sprünge", 17_50) },
];

/// What a business asks for.
pub(super) const INSPECTION: Article =
    ware("KE-001", "Veiligheidskeuring op locatie, per uur", "Sicherheitsprüfung vor Ort, je Stunde", 108_90);

/// Sending something that two people carry.
pub(super) const FREIGHT: Article = ware("VZ-200", "Bezorging op pallet", "Lieferung auf Palette", 39_95);
/// Sending a parcel.
pub(super) const PARCEL: Article = ware("VZ-100", "Verzending per pakket", "Versand als Paket", 6_95);
