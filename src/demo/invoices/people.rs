//! To whom the invented shop sells: invented people in invented towns.
//!
//! No such customer can exist: Dutch and Belgian postcodes begin at 1000 and German ones at 01, so
//! none begins with 00; the check digits of the Belgian VAT numbers are above 97, where they cannot
//! be; German ones do not begin with 0, and the Dutch suffix B00 is not given out.

use super::chance::Chance;

/// Where somebody lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Land {
    Netherlands,
    Belgium,
    Germany,
}

impl Land {
    /// ISO 3166-1 alpha-2.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Netherlands => "NL",
            Self::Belgium => "BE",
            Self::Germany => "DE",
        }
    }

    /// As it is written under an address.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Netherlands => "Nederland",
            Self::Belgium => "België",
            Self::Germany => "Deutschland",
        }
    }

    /// VAT in per cent: the standard rate, and the reduced one that books have.
    pub(super) fn rate(self, reduced: bool) -> u32 {
        match (self, reduced) {
            (Self::Netherlands | Self::Belgium, false) => 21,
            (Self::Netherlands, true) => 9,
            (Self::Belgium, true) => 6,
            (Self::Germany, false) => 19,
            (Self::Germany, true) => 7,
        }
    }
}

/// A customer.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    /// The shop's number: `K-1001`.
    pub number: String,
    pub name: String,
    pub street: String,
    pub postcode: String,
    pub town: &'static str,
    pub land: Land,
    /// A business has one.
    pub vat_number: Option<&'static str>,
}

const DUTCH: [&str; 16] = [
    "Anouk", "Bas", "Carlijn", "Daan", "Eline", "Floor", "Guus", "Hanna", "Ilse", "Jasper", "Karim", "Lotte",
    "Milan", "Noor", "Olivier", "Yasmin",
];
const GERMAN: [&str; 8] = ["Anke", "Björn", "Frieda", "Jürgen", "Katrin", "Lukas", "Sönke", "Wiebke"];
const DUTCH_NAMES: [&str; 14] = [
    "Hoogsprong",
    "van der Veerkracht",
    "Stuiterveld",
    "Zweefstra",
    "de Wipper",
    "Luchtenbelt",
    "Boinkema",
    "Koprolsma",
    "Dubbelsalto",
    "van Opwaarts",
    "Springintveld-Bos",
    "Neerkomer",
    "Hupselaar",
    "Zwierstra",
];
const BELGIAN_NAMES: [&str; 6] =
    ["Sprongaerts", "Van Hupselaere", "Wipkens", "De Stuyter", "Verveer", "Luchtmans"];
const GERMAN_NAMES: [&str; 6] =
    ["Federsprung", "Hüpfner", "Luftikowski", "Schwebemann", "Saltobauer", "Weitsprünger"];

const STREETS: [&str; 8] = [
    "Saltolaan",
    "Veerplein",
    "Stuiterpad",
    "Koprolstraat",
    "Hoogtelijn",
    "Matweg",
    "Zweefhof",
    "Springdreef",
];
const GERMAN_STREETS: [&str; 4] = ["Federweg", "Saltostraße", "Am Sprungturm", "Hüpfgasse"];
const DUTCH_TOWNS: [&str; 8] = [
    "Hupsdorp",
    "Stuiterdam",
    "Zweefwoude",
    "Veerlo aan de Mat",
    "Koprolum",
    "Opsprong",
    "Neerkomst",
    "Saltoveen",
];
const BELGIAN_TOWNS: [&str; 4] = ["Wipregem", "Sprongeghem", "Hupsele", "Veerbeke-Mat"];
const GERMAN_TOWNS: [&str; 3] = ["Federstadt", "Oberhüpfingen", "Saltohausen"];

/// Businesses: name, country, VAT number.
const BUSINESSES: [(&str, Land, &str); 9] = [
    ("Speeltuin De Hupsende Geit", Land::Netherlands, "NL000000011B00"),
    ("Camping 't Stuiterbos B.V.", Land::Netherlands, "NL000000022B00"),
    ("Basisschool De Hinkelbaan", Land::Netherlands, "NL000000033B00"),
    ("Trampolinepark Zwaartekracht B.V.", Land::Netherlands, "NL000000044B00"),
    ("Gymclub Salto Mortale vzw", Land::Belgium, "BE0000000199"),
    ("Springpaleis Wipregem BV", Land::Belgium, "BE0000000298"),
    ("Vakantiepark De Zevensprong NV", Land::Belgium, "BE0000000399"),
    ("Hüpfburgenverleih Federleicht GmbH", Land::Germany, "DE000000011"),
    ("Turnverein Saltohausen e.V.", Land::Germany, "DE000000022"),
];

/// The customer that the show searches: all that she bought was in the first year.
pub(super) fn heroine() -> Customer {
    Customer {
        number: "K-1001".to_owned(),
        name: "Fenna Luchtsprong".to_owned(),
        street: "Saltolaan 14".to_owned(),
        postcode: "0014 VV".to_owned(),
        town: "Hupsdorp",
        land: Land::Netherlands,
        vat_number: None,
    }
}

/// Everybody else who ever bought something: `people` consumers and all businesses.
pub(super) fn customers(chance: &mut Chance, people: u32) -> Vec<Customer> {
    let mut customers = Vec::new();
    for number in 0..people {
        let land = [Land::Netherlands, Land::Belgium, Land::Germany][chance.weighted(&[78, 13, 9])];
        let (first, last) = match land {
            Land::Netherlands => (*chance.pick(&DUTCH), *chance.pick(&DUTCH_NAMES)),
            Land::Belgium => (*chance.pick(&DUTCH), *chance.pick(&BELGIAN_NAMES)),
            Land::Germany => (*chance.pick(&GERMAN), *chance.pick(&GERMAN_NAMES)),
        };
        let number = format!("K-{}", 1002 + number);
        customers.push(customer(chance, number, format!("{first} {last}"), land, None));
    }
    for (number, (name, land, vat_number)) in BUSINESSES.into_iter().enumerate() {
        let number = format!("Z-{}", 501 + number);
        customers.push(customer(chance, number, name.to_owned(), land, Some(vat_number)));
    }
    customers
}

fn customer(
    chance: &mut Chance,
    number: String,
    name: String,
    land: Land,
    vat_number: Option<&'static str>,
) -> Customer {
    let house = 1 + chance.below(180);
    let code = chance.below(100);
    let (street, town, postcode) = match land {
        Land::Netherlands => {
            let letters = ["AB", "CD", "HV", "JP", "ST", "VW"];
            let postcode = format!("00{code:02} {}", chance.pick(&letters));
            (*chance.pick(&STREETS), *chance.pick(&DUTCH_TOWNS), postcode)
        }
        Land::Belgium => (*chance.pick(&STREETS), *chance.pick(&BELGIAN_TOWNS), format!("00{code:02}")),
        Land::Germany => {
            (*chance.pick(&GERMAN_STREETS), *chance.pick(&GERMAN_TOWNS), format!("00{code:02}7"))
        }
    };
    Customer { number, name, street: format!("{street} {house}"), postcode, town, land, vat_number }
}
