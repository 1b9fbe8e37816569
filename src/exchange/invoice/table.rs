//! What a syntax's table is made of. The tables are `ubl.rs` and `cii.rs`; `draw.rs` follows them.

use super::{Field, Kind, Syntax, cii, ubl};

/// A syntax: where each business term of EN 16931 stands in it.
pub(super) struct Mapping {
    /// The root element.
    pub(super) root: &'static str,
    pub(super) syntax: Syntax,
    /// What the root alone says about the kind of document.
    pub(super) kind: Option<Kind>,
    /// For each kept field its paths, the preferred first: a later one is asked only if the earlier
    /// hold nothing.
    pub(super) fields: &'static [Row],
    pub(super) vat: VatRows,
    pub(super) payments: PaymentRows,
    pub(super) sums: SumRows,
    /// What is not kept, in plain words by the beginning of its path; the first that fits names it.
    pub(super) left_out: &'static [(&'static str, &'static str)],
}

/// Where one kept field stands: business term, field, how many there may be, path from the root.
pub(super) struct Row(
    #[cfg_attr(not(test), expect(dead_code, reason = "it is there for who reviews the table"))]
    pub(super)  &'static str,
    pub(super) Field,
    pub(super) Take,
    pub(super) &'static str,
);

/// What is done where a path leads to several values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Take {
    /// They must be the same.
    One,
    /// The first is kept.
    First,
    /// The last day is kept.
    Latest,
    /// All are kept, each once.
    All,
}

/// BG-23, the VAT breakdown; the paths after the group's are below it.
pub(super) struct VatRows {
    pub(super) group: &'static str,
    /// BT-118.
    pub(super) category: &'static str,
    /// BT-119.
    pub(super) rate: &'static str,
    /// BT-116.
    pub(super) taxable: &'static str,
    /// BT-117.
    pub(super) tax: &'static str,
}

/// Payments that were received before the invoice, with their days (beyond EN 16931).
pub(super) struct PaymentRows {
    pub(super) group: &'static str,
    pub(super) amount: &'static str,
    pub(super) date: &'static str,
}

/// What is added up and then let go.
pub(super) struct SumRows {
    /// BT-131 of each line.
    pub(super) lines: &'static [&'static str],
    /// BT-106.
    pub(super) line_total: &'static str,
    /// BT-107.
    pub(super) allowances: &'static str,
    /// BT-108.
    pub(super) charges: &'static str,
    /// BT-110.
    pub(super) vat_total: &'static str,
}

/// Something that a document holds and the record does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// A stable word for it: `buyer-address`.
    pub what: &'static str,
    /// How many values there are.
    pub count: usize,
    /// The elements' paths, each once, the first twenty.
    pub paths: Vec<String>,
}

impl LeftOut {
    /// The name of the message that says it in a language's words: `invoice-left-buyer-address`.
    #[must_use]
    pub fn message(&self) -> String {
        format!("invoice-left-{}", self.what)
    }
}

/// The word for what no row of a table names.
pub(super) const OTHER: &str = "other";

/// Every syntax.
pub(super) const MAPPINGS: [&Mapping; 3] = [&ubl::INVOICE, &ubl::CREDIT_NOTE, &cii::INVOICE];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::words::{Language, has};

    #[test]
    fn every_row_names_its_business_term_and_no_path_twice() {
        for mapping in MAPPINGS {
            let mut paths = std::collections::HashSet::new();
            for Row(term, field, _, path) in mapping.fields {
                let number = term.strip_prefix("BT-").and_then(|number| number.parse::<u16>().ok());
                assert!(number.is_some_and(|number| (1..=165).contains(&number)), "{term} of {field}");
                assert!(paths.insert(path), "{path}");
            }
        }
    }

    #[test]
    fn everything_left_out_has_a_name_in_every_language() {
        let words = MAPPINGS.iter().flat_map(|mapping| mapping.left_out.iter().map(|(_, what)| *what));
        for what in words.chain([OTHER]) {
            let message = LeftOut { what, count: 1, paths: Vec::new() }.message();
            assert!(Language::ALL.iter().all(|language| has(*language, &message)), "{message}");
        }
    }
}
