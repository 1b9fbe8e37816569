//! The page of an invoice: what a customer sees.
//!
//! A4 upright, in points from the lower left corner. Text is Helvetica by the PDF's own name for it,
//! which every viewer brings along, in WinAnsi (Windows-1252).

use pdf_writer::{Buf, Content, Name, Str};
use rust_decimal::Decimal;

use super::sale::{Sale, Treatment};
use super::shop;
use crate::exchange::invoice::Kind;

/// A4.
pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
/// Names of the fonts in the page's resources.
pub(super) const PLAIN: Name<'static> = Name(b"F1");
pub(super) const BOLD: Name<'static> = Name(b"F2");

const LEFT: f32 = 56.0;
const RIGHT: f32 = WIDTH - 56.0;
/// Where numbers end: quantity, price, VAT, amount.
const COLUMNS: [f32; 4] = [368.0, 432.0, 470.0, RIGHT - 6.0];
const ROW: f32 = 20.0;

type Colour = [f32; 3];
const BLUE: Colour = [0.07, 0.27, 0.42];
const ORANGE: Colour = [0.95, 0.55, 0.16];
const PALE: Colour = [0.94, 0.96, 0.98];
const INK: Colour = [0.13, 0.15, 0.18];
const GREY: Colour = [0.42, 0.45, 0.49];
const WHITE: Colour = [1.0, 1.0, 1.0];

/// The fixed words of a page, in the customer's language.
struct Words {
    invoice: &'static str,
    credit_note: &'static str,
    to: &'static str,
    number: &'static str,
    issued: &'static str,
    supplied: &'static str,
    customer: &'static str,
    vat_number: &'static str,
    columns: [&'static str; 5],
    net: &'static str,
    vat: &'static str,
    over: &'static str,
    total: &'static str,
    paid: &'static str,
    owed: &'static str,
    returned: &'static str,
    corrects: &'static str,
    one_stop_shop: &'static str,
    thanks: &'static str,
    invented: &'static str,
}

const DUTCH: Words = Words {
    invoice: "FACTUUR",
    credit_note: "CREDITNOTA",
    to: "Aan",
    number: "Nummer",
    issued: "Factuurdatum",
    supplied: "Geleverd op",
    customer: "Klantnummer",
    vat_number: "Uw btw-nummer",
    columns: ["Omschrijving", "Aantal", "Prijs", "Btw", "Bedrag"],
    net: "Totaal zonder btw",
    vat: "Btw",
    over: "over",
    total: "Totaal",
    paid: "Betaald in de webshop. U hoeft niets meer over te maken.",
    owed: "Graag binnen 14 dagen overmaken onder vermelding van het nummer.",
    returned: "Wij storten dit bedrag binnen 14 dagen terug.",
    corrects: "Dit is een creditering van factuur",
    one_stop_shop: "De btw is die van uw land en wordt aangegeven via het éénloketsysteem.",
    thanks: "Veel plezier in de lucht!",
    invented: "Verzonnen factuur van een verzonnen winkel, uit de demonstratie van Factuurkluis.",
};

const GERMAN: Words = Words {
    invoice: "RECHNUNG",
    credit_note: "GUTSCHRIFT",
    to: "An",
    number: "Nummer",
    issued: "Rechnungsdatum",
    supplied: "Geliefert am",
    customer: "Kundennummer",
    vat_number: "Ihre USt-IdNr.",
    columns: ["Beschreibung", "Menge", "Preis", "USt", "Betrag"],
    net: "Summe ohne USt",
    vat: "USt",
    over: "auf",
    total: "Gesamt",
    paid: "Im Webshop bezahlt. Sie müssen nichts mehr überweisen.",
    owed: "Bitte innerhalb von 14 Tagen unter Angabe der Nummer überweisen.",
    returned: "Wir erstatten diesen Betrag innerhalb von 14 Tagen.",
    corrects: "Dies ist eine Gutschrift zur Rechnung",
    one_stop_shop: "Die Umsatzsteuer ist die Ihres Landes und wird über den One-Stop-Shop gemeldet.",
    thanks: "Viel Spaß in der Luft!",
    invented: "Erfundene Rechnung eines erfundenen Ladens, aus der Vorführung von Factuurkluis.",
};

/// Draws the page.
pub(super) fn draw(sale: &Sale) -> Buf {
    let words = if sale.is_german() { &GERMAN } else { &DUTCH };
    let mut page = Page(Content::new());
    page.head(sale, words);
    page.parties(sale, words);
    let below = page.lines(sale, words);
    page.totals(sale, words, below);
    page.foot(words);
    page.0.finish()
}

struct Page(Content);

impl Page {
    fn text(&mut self, font: Name<'_>, size: f32, colour: Colour, x: f32, y: f32, text: &str) {
        let [r, g, b] = colour;
        self.0.set_fill_rgb(r, g, b).begin_text().set_font(font, size).next_line(x, y);
        self.0.show(Str(&win_ansi(text))).end_text();
    }

    /// Text that ends at `x`.
    fn text_to(&mut self, font: Name<'_>, size: f32, colour: Colour, x: f32, y: f32, text: &str) {
        self.text(font, size, colour, x - width(text) * size, y, text);
    }

    fn block(&mut self, colour: Colour, x: f32, y: f32, width: f32, height: f32) {
        let [r, g, b] = colour;
        self.0.set_fill_rgb(r, g, b).rect(x, y, width, height).fill_nonzero();
    }

    fn head(&mut self, sale: &Sale, words: &Words) {
        self.block(BLUE, 0.0, HEIGHT - 92.0, WIDTH, 92.0);
        self.block(ORANGE, 0.0, HEIGHT - 96.0, WIDTH, 4.0);
        self.trampoline(LEFT + 27.0, HEIGHT - 46.0);
        self.text(BOLD, 20.0, WHITE, LEFT + 68.0, HEIGHT - 46.0, shop::NAME);
        self.text(PLAIN, 9.0, WHITE, LEFT + 68.0, HEIGHT - 61.0, shop::SITE);
        let kind = if sale.kind == Kind::CreditNote { words.credit_note } else { words.invoice };
        self.text_to(BOLD, 15.0, WHITE, RIGHT, HEIGHT - 46.0, kind);
        self.text_to(PLAIN, 10.0, WHITE, RIGHT, HEIGHT - 61.0, &sale.number);
    }

    /// The shop's mark: a trampoline, and somebody in the air.
    fn trampoline(&mut self, x: f32, y: f32) {
        let [r, g, b] = WHITE;
        self.0.set_stroke_rgb(r, g, b).set_line_width(2.5);
        for leg in [-20.0, -7.0, 7.0, 20.0] {
            self.0.move_to(x + leg, y - 8.0).line_to(x + leg * 1.1, y - 22.0).stroke();
        }
        self.ellipse(x, y - 6.0, 27.0, 7.0);
        self.0.stroke();
        let [r, g, b] = ORANGE;
        self.0.set_fill_rgb(r, g, b).set_stroke_rgb(r, g, b);
        self.ellipse(x, y + 23.0, 4.5, 4.5);
        self.0.fill_nonzero();
        self.0.move_to(x, y + 18.0).line_to(x, y + 9.0).stroke();
        self.0.move_to(x - 10.0, y + 20.0).line_to(x, y + 15.0).line_to(x + 10.0, y + 20.0).stroke();
        self.0.move_to(x - 7.0, y + 2.0).line_to(x, y + 9.0).line_to(x + 7.0, y + 2.0).stroke();
    }

    fn ellipse(&mut self, x: f32, y: f32, a: f32, b: f32) {
        // The usual four curves; 0.5523 is 4/3 (sqrt 2 - 1).
        let (k, l) = (a * 0.5523, b * 0.5523);
        self.0.move_to(x + a, y);
        self.0.cubic_to(x + a, y + l, x + k, y + b, x, y + b);
        self.0.cubic_to(x - k, y + b, x - a, y + l, x - a, y);
        self.0.cubic_to(x - a, y - l, x - k, y - b, x, y - b);
        self.0.cubic_to(x + k, y - b, x + a, y - l, x + a, y);
        self.0.close_path();
    }

    fn parties(&mut self, sale: &Sale, words: &Words) {
        let customer = &sale.customer;
        let top = HEIGHT - 140.0;
        self.text(PLAIN, 8.0, GREY, LEFT, top, words.to);
        self.text(BOLD, 11.0, INK, LEFT, top - 16.0, &customer.name);
        let town = format!("{}  {}", customer.postcode, customer.town);
        for (index, text) in [&*customer.street, &town, customer.land.name()].into_iter().enumerate() {
            self.text(PLAIN, 10.5, INK, LEFT, top - 31.0 - 14.0 * index as f32, text);
        }
        let mut facts = vec![
            (words.number, sale.number.clone()),
            (words.issued, sale.issued.strftime("%d-%m-%Y").to_string()),
            (words.supplied, sale.supplied.strftime("%d-%m-%Y").to_string()),
            (words.customer, customer.number.clone()),
        ];
        facts.extend(customer.vat_number.map(|number| (words.vat_number, number.to_owned())));
        for (index, (name, value)) in facts.iter().enumerate() {
            let y = top - 2.0 - 15.0 * index as f32;
            self.text(PLAIN, 9.0, GREY, 340.0, y, name);
            self.text_to(PLAIN, 10.0, INK, RIGHT, y, value);
        }
    }

    /// The table; where its last row ended.
    fn lines(&mut self, sale: &Sale, words: &Words) -> f32 {
        let mut y = HEIGHT - 262.0;
        self.block(BLUE, LEFT - 6.0, y - 6.5, RIGHT - LEFT + 12.0, ROW);
        self.text(BOLD, 9.0, WHITE, LEFT, y, words.columns[0]);
        for (x, title) in COLUMNS.into_iter().zip(&words.columns[1..]) {
            self.text_to(BOLD, 9.0, WHITE, x, y, title);
        }
        for (index, line) in sale.lines.iter().enumerate() {
            y -= ROW;
            if index % 2 == 1 {
                self.block(PALE, LEFT - 6.0, y - 6.5, RIGHT - LEFT + 12.0, ROW);
            }
            self.text(PLAIN, 7.5, GREY, LEFT, y, line.article.number);
            self.text(PLAIN, 9.5, INK, LEFT + 44.0, y, sale.name_of(line.article));
            let values = [
                line.quantity.to_string(),
                euro(line.article.price()),
                format!("{} %", sale.percent(line)),
                euro(line.net()),
            ];
            for (x, value) in COLUMNS.into_iter().zip(&values) {
                self.text_to(PLAIN, 9.5, INK, x, y, value);
            }
        }
        y
    }

    fn totals(&mut self, sale: &Sale, words: &Words, below: f32) {
        let mut y = below - 34.0;
        let end = COLUMNS[3];
        self.text(PLAIN, 9.5, INK, 320.0, y, words.net);
        self.text_to(PLAIN, 9.5, INK, end, y, &euro(sale.net()));
        for rate in sale.rates() {
            y -= 16.0;
            let name = format!("{} {} % {} {}", words.vat, rate.percent, words.over, euro(rate.taxable));
            self.text(PLAIN, 9.5, INK, 320.0, y, &name);
            self.text_to(PLAIN, 9.5, INK, end, y, &euro(rate.tax));
        }
        y -= 25.0;
        self.block(ORANGE, 312.0, y - 8.5, RIGHT - 312.0 + 6.0, 25.0);
        self.text(BOLD, 12.0, WHITE, 320.0, y, words.total);
        self.text_to(BOLD, 12.0, WHITE, end, y, &format!("€ {}", euro(sale.gross())));

        let mut notes = Vec::new();
        if let Some((number, issued)) = &sale.corrects {
            notes.push(format!("{} {number} ({}).", words.corrects, issued.strftime("%d-%m-%Y")));
        }
        notes.extend(sale.treatment.exemption().map(|(_, reason)| format!("{reason}.")));
        if sale.treatment == Treatment::OneStopShop {
            notes.push(words.one_stop_shop.to_owned());
        }
        notes.push(match (sale.kind, sale.is_prepaid()) {
            (Kind::CreditNote, _) => words.returned.to_owned(),
            (_, true) => words.paid.to_owned(),
            (_, false) => format!("{} {}", words.owed, shop::IBAN),
        });
        y -= 46.0;
        for note in &notes {
            self.text(PLAIN, 9.5, INK, LEFT, y, note);
            y -= 14.0;
        }
        self.text(BOLD, 9.5, BLUE, LEFT, y - 8.0, words.thanks);
    }

    fn foot(&mut self, words: &Words) {
        self.block(ORANGE, LEFT, 68.0, RIGHT - LEFT, 1.0);
        let address = format!(
            "{}, {}, {} {}  ·  {}",
            shop::LEGAL_NAME,
            shop::STREET,
            shop::POSTCODE,
            shop::TOWN,
            shop::MAIL
        );
        let numbers = format!("KvK {}  ·  btw {}  ·  {}", shop::TRADE_REGISTER, shop::VAT_NUMBER, shop::IBAN);
        self.text(PLAIN, 8.0, GREY, LEFT, 54.0, &address);
        self.text(PLAIN, 8.0, GREY, LEFT, 43.0, &numbers);
        self.text(BOLD, 8.0, ORANGE, LEFT, 28.0, words.invented);
    }
}

/// `1.234,50`.
fn euro(amount: Decimal) -> String {
    let digits = format!("{amount:.2}");
    let (whole, cents) = digits.split_once('.').unwrap_or((&digits, "00"));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("{grouped},{cents}")
}

/// Text in Windows-1252: Latin-1 and the euro are all that the invented shop writes.
fn win_ansi(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match (c, u8::try_from(u32::from(c))) {
            ('€', _) => 0x80,
            (_, Ok(byte)) => byte,
            _ => b'?',
        })
        .collect()
}

/// How wide a text is in a size of one point. Helvetica's own widths (Adobe's AFM) for what stands at
/// a column's end: digits, the signs of amounts, letters; the bold of letters is wider by a little.
fn width(text: &str) -> f32 {
    text.chars().map(advance).sum::<f32>() / 1000.0
}

fn advance(c: char) -> f32 {
    match c {
        'i' | 'j' | 'l' => 222.0,
        '.' | ',' | ' ' | ':' | '/' | 't' | 'f' | 'I' | '·' => 278.0,
        '-' | 'r' | '(' | ')' => 333.0,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' => 500.0,
        'A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y' => 667.0,
        'F' | 'T' | 'Z' => 611.0,
        'C' | 'D' | 'H' | 'N' | 'R' | 'U' | 'w' => 722.0,
        'G' | 'O' | 'Q' => 778.0,
        'm' | 'M' => 833.0,
        '%' => 889.0,
        'W' => 944.0,
        _ => 556.0,
    }
}
