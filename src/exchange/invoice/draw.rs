//! Drawing a draft from a tree by a syntax's table: the one way for all syntaxes.

use super::draft::Draft;
use super::sums::Totals;
use super::table::{LeftOut, MAPPINGS, Mapping, OTHER, Row, Take};
use super::tree::{Node, Tree};
use super::{Field, Found, InvoiceRefusal, Look, MOST_PARTS, Payment, Vat, values, xml};
use crate::exchange::vocabulary::{Amount, Country, Currency};

/// The most paths that a [`LeftOut`] shows.
const MOST_PATHS: usize = 20;
/// The longest path that it shows, in characters.
const LONGEST_PATH: usize = 300;

/// Parses XML, recognises its syntax by its root, and draws what `look` asks for.
pub(super) fn read(bytes: &[u8], part: &str, look: Look) -> Result<Found, InvoiceRefusal> {
    xml::parse(bytes, part, |tree| {
        let root = tree.name(Tree::ROOT);
        let Some(mapping) = MAPPINGS.iter().find(|mapping| mapping.root == root) else {
            let local = root.split_once(':').map_or(root, |(_, local)| local);
            return Err(match local {
                "html" => InvoiceRefusal::WebPage,
                local => {
                    InvoiceRefusal::OtherXml { part: part.to_owned(), root: local.chars().take(60).collect() }
                }
            });
        };
        let mut drawing = Drawing { tree, mapping, used: vec![false; tree.len()], currency: None };
        drawing.currency = drawing.value(Field::Currency, values::currency)?;
        let draft = drawing.draft(look.one_stop_shop)?;
        let (totals, left_out) = match look.whole {
            true => (drawing.totals(), drawing.left_out()),
            false => (Totals::default(), Vec::new()),
        };
        Ok(Found { syntax: mapping.syntax, draft, totals, left_out })
    })
}

struct Drawing<'t> {
    tree: &'t Tree<'t>,
    mapping: &'static Mapping,
    /// By element: whether its text is kept.
    used: Vec<bool>,
    currency: Option<Currency>,
}

impl Drawing<'_> {
    fn draft(&mut self, one_stop_shop: bool) -> Result<Draft, InvoiceRefusal> {
        Ok(Draft {
            series: None,
            number: self.text(Field::Number)?,
            kind: self.value(Field::Kind, |_, code| values::kind(code))?.or(self.mapping.kind),
            issue_date: self.value(Field::IssueDate, values::date)?,
            supply_date: self.value(Field::SupplyDate, values::date)?,
            seller_country: self.country(Field::SellerCountry)?,
            class: None,
            buyer_name: self.text(Field::BuyerName)?,
            buyer_country: self.country(Field::BuyerCountry)?,
            customer: self.text(Field::Customer)?,
            vat_number: self.text(Field::VatNumber)?,
            postcode: self.text(Field::Postcode)?,
            currency: self.currency,
            net: self.value(Field::Net, values::amount)?,
            vat: self.vat()?,
            gross: self.value(Field::Gross, values::amount)?,
            articles: self.all(Field::Articles)?,
            corrects: self.all(Field::Corrects)?,
            consumption: if one_stop_shop { self.country(Field::Consumption)? } else { None },
            payments: if one_stop_shop { self.payments()? } else { Vec::new() },
            place_evidence: Vec::new(),
        })
    }

    /// The elements of a path that hold text, but for amounts in another currency than the
    /// invoice's (BT-111 is the VAT total in the seller's).
    fn texts(&self, from: Node, path: &str) -> Vec<Node> {
        let mut found = self.tree.select(from, path);
        found.retain(|node| !self.tree.text(*node).trim_ascii().is_empty());
        if let Some(currency) = self.currency {
            let currency = currency.to_string();
            found.retain(|node| self.tree.attribute(*node, "currencyID").is_none_or(|id| id == currency));
        }
        found
    }

    fn keep(&mut self, node: Node) {
        self.used[Tree::index(node)] = true;
    }

    /// A field's value by its rows.
    fn value<T: PartialEq + Ord + Copy>(
        &mut self,
        field: Field,
        read: impl Fn(Field, &str) -> Result<T, InvoiceRefusal>,
    ) -> Result<Option<T>, InvoiceRefusal> {
        for Row(_, _, take, path) in self.mapping.fields.iter().filter(|row| row.1 == field) {
            let mut kept: Option<(T, Node)> = None;
            for node in self.texts(Tree::ROOT, path) {
                let text = self.tree.text(node);
                let value = read(field, text)?;
                match kept {
                    Some((before, _)) if *take == Take::Latest && value <= before => {}
                    Some((before, first)) if *take == Take::One => {
                        if before != value {
                            return Err(self.ambiguous(field, first, node));
                        }
                        self.keep(node);
                    }
                    Some(_) if *take == Take::First => {}
                    _ => kept = Some((value, node)),
                }
            }
            if let Some((value, node)) = kept {
                self.keep(node);
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn country(&mut self, field: Field) -> Result<Option<Country>, InvoiceRefusal> {
        self.value(field, values::country)
    }

    fn text(&mut self, field: Field) -> Result<Option<String>, InvoiceRefusal> {
        for Row(_, _, take, path) in self.mapping.fields.iter().filter(|row| row.1 == field) {
            let mut kept: Option<(String, Node)> = None;
            for node in self.texts(Tree::ROOT, path) {
                let Some(value) = values::text(field, self.tree.text(node))? else { continue };
                match &kept {
                    None => kept = Some((value, node)),
                    Some((before, first)) if *take == Take::One && *before != value => {
                        return Err(self.ambiguous(field, *first, node));
                    }
                    Some(_) if *take == Take::One => self.keep(node),
                    Some(_) => {}
                }
            }
            if let Some((value, node)) = kept {
                self.keep(node);
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Every value of a field's rows, each once, in order of appearance.
    fn all(&mut self, field: Field) -> Result<Vec<String>, InvoiceRefusal> {
        let rows = self.mapping.fields.iter().filter(|row| row.1 == field && row.2 == Take::All);
        let mut nodes: Vec<Node> = rows.flat_map(|row| self.texts(Tree::ROOT, row.3)).collect();
        nodes.sort();
        let mut values: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for node in nodes {
            let Some(value) = values::text(field, self.tree.text(node))? else { continue };
            self.keep(node);
            if seen.insert(value.clone()) {
                self.bounded(field, values.len())?;
                values.push(value);
            }
        }
        Ok(values)
    }

    fn vat(&mut self) -> Result<Vec<Vat>, InvoiceRefusal> {
        let (rows, mut breakdown) = (&self.mapping.vat, Vec::new());
        for group in self.tree.select(Tree::ROOT, rows.group) {
            let category = self.below(group, rows.category)?;
            let (taxable, tax) =
                (self.amount_below(group, rows.taxable)?, self.amount_below(group, rows.tax)?);
            // The breakdown in the seller's own currency is a copy of this one.
            if taxable.is_none() && tax.is_none() && self.is_in_another_currency(group, rows.taxable) {
                continue;
            }
            let missing = InvoiceRefusal::Missing { field: Field::Vat };
            let (Some(category), Some(taxable), Some(tax)) = (category, taxable, tax) else {
                return Err(missing);
            };
            let rate = self.amount_below(group, rows.rate)?;
            self.bounded(Field::Vat, breakdown.len())?;
            breakdown.push(Vat { category, rate, taxable, tax });
        }
        Ok(breakdown)
    }

    fn payments(&mut self) -> Result<Vec<Payment>, InvoiceRefusal> {
        let (rows, mut payments) = (&self.mapping.payments, Vec::new());
        for group in self.tree.select(Tree::ROOT, rows.group) {
            // EN 16931 has no such group: an amount without its day, or the other way round, says
            // nothing that is asked for.
            let amount = self.amount_below(group, rows.amount)?;
            let date = self.texts(group, rows.date).first().copied();
            let (Some(amount), Some(node)) = (amount, date) else { continue };
            let date = values::date(Field::Payments, self.tree.text(node))?;
            self.keep(node);
            self.bounded(Field::Payments, payments.len())?;
            payments.push(Payment { date, amount });
        }
        Ok(payments)
    }

    /// The sums that are only checked: what cannot be read is not held against anything.
    fn totals(&self) -> Totals {
        let rows = &self.mapping.sums;
        let mut unread = None;
        let mut amount = |node: Node| {
            let text = self.tree.text(node);
            let amount = values::amount(Field::Net, text).ok();
            if amount.is_none() && unread.is_none() {
                unread = Some(self.shown(node));
            }
            amount
        };
        let mut first = |path| self.texts(Tree::ROOT, path).first().copied().and_then(&mut amount);
        let line_total = first(rows.line_total);
        let (allowances, charges) = (first(rows.allowances), first(rows.charges));
        let vat_total = first(rows.vat_total);
        let lines = rows.lines.iter().flat_map(|path| self.texts(Tree::ROOT, path));
        let lines = lines.map(amount).collect::<Option<_>>().unwrap_or_default();
        Totals { lines, line_total, allowances, charges, vat_total, unread }
    }

    fn below(&mut self, group: Node, path: &str) -> Result<Option<String>, InvoiceRefusal> {
        let Some(node) = self.only(group, path)? else { return Ok(None) };
        self.keep(node);
        values::text(Field::Vat, self.tree.text(node))
    }

    fn amount_below(&mut self, group: Node, path: &str) -> Result<Option<Amount>, InvoiceRefusal> {
        let Some(node) = self.only(group, path)? else { return Ok(None) };
        self.keep(node);
        values::amount(Field::Vat, self.tree.text(node)).map(Some)
    }

    /// The one element of a path below a group.
    fn only(&self, group: Node, path: &str) -> Result<Option<Node>, InvoiceRefusal> {
        let found = self.texts(group, path);
        match found[..] {
            [first, second, ..] => Err(self.ambiguous(Field::Vat, first, second)),
            _ => Ok(found.first().copied()),
        }
    }

    fn is_in_another_currency(&self, group: Node, path: &str) -> bool {
        self.texts(group, path).is_empty() && !self.tree.select(group, path).is_empty()
    }

    fn bounded(&self, field: Field, count: usize) -> Result<(), InvoiceRefusal> {
        if count < MOST_PARTS { Ok(()) } else { Err(InvoiceRefusal::TooMany { field, limit: MOST_PARTS }) }
    }

    fn ambiguous(&self, field: Field, first: Node, second: Node) -> InvoiceRefusal {
        InvoiceRefusal::Ambiguous { field, first: self.shown(first), second: self.shown(second) }
    }

    /// A value as a sentence repeats it: in part, on one line.
    fn shown(&self, node: Node) -> String {
        let words: Vec<&str> = self.tree.text(node).split_whitespace().take(20).collect();
        words.join(" ").chars().filter(|c| !c.is_control()).take(60).collect()
    }

    /// Every text that was not kept, in plain words, in order of first appearance.
    fn left_out(&self) -> Vec<LeftOut> {
        let mut left: Vec<LeftOut> = Vec::new();
        for node in self.tree.leaves().filter(|node| !self.used[Tree::index(*node)]) {
            let path = self.tree.path(node);
            let begins = |prefix: &str| {
                path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let what = self
                .mapping
                .left_out
                .iter()
                .find(|(prefix, _)| begins(prefix))
                .map_or(OTHER, |(_, what)| what);
            let entry = match left.iter_mut().position(|entry| entry.what == what) {
                Some(at) => &mut left[at],
                None => {
                    left.push(LeftOut { what, count: 0, paths: Vec::new() });
                    let last = left.len() - 1;
                    &mut left[last]
                }
            };
            entry.count += 1;
            if entry.paths.len() < MOST_PATHS {
                let path: String = path.chars().take(LONGEST_PATH).collect();
                if !entry.paths.contains(&path) {
                    entry.paths.push(path);
                }
            }
        }
        left
    }
}
