//! Do the sums add up? What does not is noted, with both values: the original is the original.

use rust_decimal::{Decimal, RoundingStrategy};

use super::Record;
use crate::exchange::vocabulary::Amount;

crate::refusals! {
    /// A sum of an invoice that does not add up: `stated` is what stands on it, `sum` what its parts
    /// come to. It is said, and refuses nothing.
    pub enum Note {
        /// The lines against their total (BR-CO-10).
        Lines { stated: Amount, sum: Amount } = "invoice-note-lines",
        /// Lines, less allowances, plus charges, against the total without VAT (BR-CO-13).
        Net { stated: Amount, sum: Amount } = "invoice-note-net",
        /// The taxable amounts of all rates against the total without VAT.
        Taxable { stated: Amount, sum: Amount } = "invoice-note-taxable",
        /// A rate's tax against its taxable amount times the rate, by more than a cent (BR-CO-17).
        Rate { rate: Amount, stated: Amount, sum: Amount } = "invoice-note-rate",
        /// The tax of all rates against the total VAT (BR-CO-14).
        Vat { stated: Amount, sum: Amount } = "invoice-note-vat",
        /// Total without VAT and tax against the total with VAT (BR-CO-15).
        Gross { stated: Amount, sum: Amount } = "invoice-note-gross",
        /// No VAT breakdown at all, though the totals differ (art. 226 (8) to (10) ask for one).
        NoBreakdown { net: Amount, gross: Amount } = "invoice-note-no-breakdown",
        /// A sum that is only checked, not kept, and cannot be read; nothing was held against it.
        Unread { value: String } = "invoice-note-unread",
    }
}

/// What a document adds up beside the record's own fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    pub(super) lines: Vec<Amount>,
    pub(super) line_total: Option<Amount>,
    pub(super) allowances: Option<Amount>,
    pub(super) charges: Option<Amount>,
    pub(super) vat_total: Option<Amount>,
    /// The first of them that cannot be read.
    pub(super) unread: Option<String>,
}

/// What does not add up in a record by itself, without its document.
#[must_use]
pub fn notes(record: &Record) -> Vec<Note> {
    check(record, &Totals::default())
}

/// Holds every sum against its parts. Amounts are bounded by the readers (13 digits before the
/// point), so that no sum of theirs leaves the 28 digits of a decimal.
pub(super) fn check(record: &Record, totals: &Totals) -> Vec<Note> {
    let mut notes: Vec<Note> =
        totals.unread.iter().map(|value| Note::Unread { value: value.clone() }).collect();
    let zero = Amount(Decimal::ZERO);
    let sum = |amounts: &mut dyn Iterator<Item = Amount>| amounts.map(|amount| amount.0).sum::<Decimal>();
    let mut differ = |stated: Amount, sum: Decimal, note: &dyn Fn(Amount, Amount) -> Note| {
        if stated.0 != sum {
            notes.push(note(stated, Amount(sum)));
        }
    };
    if let Some(stated) = totals.line_total {
        if !totals.lines.is_empty() {
            let lines = sum(&mut totals.lines.iter().copied());
            differ(stated, lines, &|stated, sum| Note::Lines { stated, sum });
        }
        let net = stated.0 - totals.allowances.unwrap_or(zero).0 + totals.charges.unwrap_or(zero).0;
        differ(record.net, net, &|stated, sum| Note::Net { stated, sum });
    }
    if record.vat.is_empty() {
        let tax = totals.vat_total.map_or(Decimal::ZERO, |tax| tax.0);
        if totals.vat_total.is_some() {
            differ(record.gross, record.net.0 + tax, &|stated, sum| Note::Gross { stated, sum });
        }
        if record.net != record.gross || !tax.is_zero() {
            notes.push(Note::NoBreakdown { net: record.net, gross: record.gross });
        }
        return notes;
    }
    let taxable = sum(&mut record.vat.iter().map(|vat| vat.taxable));
    differ(record.net, taxable, &|stated, sum| Note::Taxable { stated, sum });
    for vat in &record.vat {
        let Some(rate) = vat.rate else { continue };
        let exact = vat.taxable.0 * rate.0 / Decimal::ONE_HUNDRED;
        let tax = exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        if (tax - vat.tax.0).abs() > Decimal::new(1, 2) {
            differ(vat.tax, tax, &|stated, sum| Note::Rate { rate, stated, sum });
        }
    }
    let tax = sum(&mut record.vat.iter().map(|vat| vat.tax));
    let stated = totals.vat_total.unwrap_or(Amount(tax));
    differ(stated, tax, &|stated, sum| Note::Vat { stated, sum });
    differ(record.gross, record.net.0 + stated.0, &|stated, sum| Note::Gross { stated, sum });
    notes
}
