//! XML into a bounded tree.
//!
//! The parser is `quick-xml`'s, which tokenises and resolves namespaces; what it leaves to its
//! caller is refused here: a document type declaration (so no entity is ever defined or fetched),
//! unknown entities, characters that XML does not allow, undeclared prefixes, a second root, text
//! outside the root, an end before the end. Depth, elements and attributes are counted as they come.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceResolver, ResolveResult};
use quick_xml::reader::NsReader;

use super::encoding::{decode, forbidden, is_xml_char};
use super::tree::{Node, Tree};
use super::{InvoiceRefusal, XmlFault};

/// The deepest nesting; the deepest EN 16931 path has 12 levels.
const MOST_LEVELS: usize = 64;
/// The most elements: an invoice of 10,000 lines has about 250,000.
const MOST_ELEMENTS: usize = 300_000;
/// The most attributes of one element.
const MOST_ATTRIBUTES: usize = 64;
/// The attributes that a path or an amount asks for; the others are checked and let go.
const KEPT_ATTRIBUTES: [&str; 2] = ["currencyID", "schemeID"];

/// The namespaces that the tables name, by the prefix that they use for each.
const NAMESPACES: [(&str, &str); 8] = [
    ("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"),
    ("CreditNote", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"),
    ("cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"),
    ("cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"),
    ("rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
    ("ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"),
    ("qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
    ("udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
];
/// Stands before names of every other namespace.
const FOREIGN: &str = "?";

/// Parses `bytes` whole; `part` is how refusals name it.
pub(super) fn parse<T>(
    bytes: &[u8],
    part: &str,
    then: impl FnOnce(&Tree<'_>) -> Result<T, InvoiceRefusal>,
) -> Result<T, InvoiceRefusal> {
    let text = decode(bytes, part)?;
    let broken = |at: usize, fault| InvoiceRefusal::BrokenXml {
        part: part.to_owned(),
        line: 1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count(),
        fault,
    };
    if let Some(at) = forbidden(&text) {
        return Err(broken(at, XmlFault::Character));
    }
    let mut reader = NsReader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    let mut building = Building { tree: Tree::default(), scratch: String::new(), open: Vec::new(), part };
    loop {
        let event = reader.read_event();
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let broken = |fault| broken(at, fault);
        let outside = building.open.is_empty();
        match event.map_err(|error| building.refused(error, &broken))? {
            Event::Start(start) => building.start(&start, reader.resolver(), &broken)?,
            Event::End(_) => {
                building.open.pop();
            }
            Event::Text(piece) if outside => {
                if !piece.trim_ascii().is_empty() {
                    return Err(broken(XmlFault::AfterRoot));
                }
            }
            Event::CData(_) | Event::GeneralRef(_) if outside => return Err(broken(XmlFault::AfterRoot)),
            Event::Text(piece) => building.text(piece.into_inner()),
            Event::CData(piece) => building.text(piece.into_inner()),
            Event::GeneralRef(reference) => {
                let meant = match reference.resolve_char_ref() {
                    Ok(Some(c)) if is_xml_char(c) => Some(c),
                    Ok(Some(_)) | Err(_) => return Err(broken(XmlFault::Character)),
                    Ok(None) => predefined(&reference),
                };
                let meant = meant.ok_or_else(|| building.entity(&reference))?;
                building.text(Cow::Owned(meant.to_string()));
            }
            Event::DocType(_) => return Err(InvoiceRefusal::Doctype { part: part.to_owned() }),
            Event::Eof if !outside => return Err(broken(XmlFault::Truncated)),
            Event::Eof if building.tree.len() == 0 => return Err(broken(XmlFault::Truncated)),
            Event::Eof => return then(&building.tree),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {}
        }
    }
}

/// A tree while it grows.
struct Building<'a, 'p> {
    tree: Tree<'a>,
    /// The name at hand, so that one already known costs no allocation.
    scratch: String,
    open: Vec<Node>,
    part: &'p str,
}

impl<'a> Building<'a, '_> {
    fn start(
        &mut self,
        start: &BytesStart<'_>,
        spaces: &NamespaceResolver,
        broken: &impl Fn(XmlFault) -> InvoiceRefusal,
    ) -> Result<(), InvoiceRefusal> {
        if self.open.is_empty() && self.tree.len() > 0 {
            return Err(broken(XmlFault::AfterRoot));
        }
        if self.tree.len() >= MOST_ELEMENTS {
            return Err(self.too_much(MOST_ELEMENTS));
        }
        if self.open.len() >= MOST_LEVELS {
            return Err(self.too_much(MOST_LEVELS));
        }
        let attributes = self.attributes(start, spaces, broken)?;
        let (space, local) = spaces.resolve_element(start.name());
        let prefix = prefix(&space, broken)?;
        self.scratch.clear();
        self.scratch.extend([prefix, ":", local.as_ref()]);
        let node = self.tree.add(self.open.last().copied(), &self.scratch, attributes);
        self.open.push(node);
        Ok(())
    }

    /// Checks an element's attributes and keeps the few that are asked for.
    fn attributes(
        &self,
        start: &BytesStart<'_>,
        spaces: &NamespaceResolver,
        broken: &impl Fn(XmlFault) -> InvoiceRefusal,
    ) -> Result<Vec<(&'static str, String)>, InvoiceRefusal> {
        let mut kept = Vec::new();
        let mut seen = Vec::new();
        // The crate's own check for doubles is quadratic; ours looks at 64 names at most.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| broken(XmlFault::Attribute))?;
            if seen.len() >= MOST_ATTRIBUTES {
                return Err(self.too_much(MOST_ATTRIBUTES));
            }
            if seen.contains(&attribute.key) {
                return Err(broken(XmlFault::Attribute));
            }
            seen.push(attribute.key);
            if attribute.key.as_namespace_binding().is_none() {
                prefix(&spaces.resolve_attribute(attribute.key).0, broken)?;
            }
            let value = quick_xml::escape::unescape(&attribute.value).map_err(|error| match error {
                quick_xml::escape::EscapeError::UnrecognizedEntity(_, name) => self.entity(&name),
                _ => broken(XmlFault::Character),
            })?;
            if let Some(name) = KEPT_ATTRIBUTES.iter().find(|name| **name == attribute.key.as_ref()) {
                kept.push((*name, value.trim().to_owned()));
            }
        }
        Ok(kept)
    }

    fn text(&mut self, piece: Cow<'a, str>) {
        if let Some(node) = self.open.last() {
            self.tree.append(*node, piece);
        }
    }

    fn refused(
        &self,
        error: quick_xml::Error,
        broken: &impl Fn(XmlFault) -> InvoiceRefusal,
    ) -> InvoiceRefusal {
        match error {
            quick_xml::Error::Syntax(quick_xml::errors::SyntaxError::UnclosedDoctype) => {
                InvoiceRefusal::Doctype { part: self.part.to_owned() }
            }
            quick_xml::Error::Syntax(_) => broken(XmlFault::Truncated),
            quick_xml::Error::InvalidAttr(_) => broken(XmlFault::Attribute),
            quick_xml::Error::Namespace(quick_xml::name::NamespaceError::TooManyBindings(limit)) => {
                self.too_much(limit)
            }
            quick_xml::Error::Namespace(_) => broken(XmlFault::Prefix),
            _ => broken(XmlFault::Syntax),
        }
    }

    fn too_much(&self, limit: usize) -> InvoiceRefusal {
        InvoiceRefusal::TooMuchXml { part: self.part.to_owned(), limit }
    }

    fn entity(&self, name: &str) -> InvoiceRefusal {
        let name = name.chars().filter(|c| !c.is_control()).take(60).collect();
        InvoiceRefusal::Entity { part: self.part.to_owned(), name }
    }
}

fn prefix(
    space: &ResolveResult<'_>,
    broken: &impl Fn(XmlFault) -> InvoiceRefusal,
) -> Result<&'static str, InvoiceRefusal> {
    match space {
        ResolveResult::Unknown(_) => Err(broken(XmlFault::Prefix)),
        ResolveResult::Unbound => Ok(FOREIGN),
        ResolveResult::Bound(space) => {
            Ok(NAMESPACES.iter().find(|(_, name)| *name == space.as_ref()).map_or(FOREIGN, |(to, _)| to))
        }
    }
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}
