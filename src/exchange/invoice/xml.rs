//! XML into a bounded tree, and short paths through it.
//!
//! The parser is `quick-xml`'s, which tokenises and resolves namespaces; what it leaves to its
//! caller is refused here: a document type declaration (so no entity is ever defined or fetched),
//! unknown entities, characters that XML does not allow, undeclared prefixes, a second root, text
//! outside the root, an end before the end. Depth, elements and attributes are counted as they come.
//!
//! UTF-8 is read, and the two one-byte encodings that old shop software still writes, ISO-8859-1
//! and Windows-1252; any other is refused by name.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceResolver, ResolveResult};
use quick_xml::reader::NsReader;

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

/// An element's place in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Node(u32);

struct Element<'a> {
    /// Index into the tree's names.
    name: u32,
    parent: Option<Node>,
    first_child: Option<Node>,
    last_child: Option<Node>,
    next: Option<Node>,
    text: Cow<'a, str>,
    attributes: Vec<(&'static str, String)>,
}

/// A document's elements with their texts.
pub(super) struct Tree<'a> {
    elements: Vec<Element<'a>>,
    /// Each different name once, with the tables' prefix: `cbc:ID`.
    names: Vec<String>,
    /// Where each stands in `names`.
    known: HashMap<String, u32>,
}

impl Tree<'_> {
    /// The root element. A tree has one, see [`parse`].
    pub(super) const ROOT: Node = Node(0);

    fn name_id(&mut self, name: &str) -> u32 {
        if let Some(id) = self.known.get(name) {
            return *id;
        }
        let id = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.known.insert(name.to_owned(), id);
        id
    }

    fn at(&self, node: Node) -> &Element<'_> {
        &self.elements[node.0 as usize]
    }

    /// How many elements there are.
    pub(super) fn len(&self) -> usize {
        self.elements.len()
    }

    /// The element's name with the tables' prefix.
    pub(super) fn name(&self, node: Node) -> &str {
        &self.names[self.at(node).name as usize]
    }

    /// The element's own text, as it stands.
    pub(super) fn text(&self, node: Node) -> &str {
        &self.at(node).text
    }

    /// One of the [`KEPT_ATTRIBUTES`].
    pub(super) fn attribute(&self, node: Node, name: &str) -> Option<&str> {
        self.at(node).attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    /// Every element that holds text and no other element, in document order.
    pub(super) fn leaves(&self) -> impl Iterator<Item = Node> {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX))
            .map(Node)
            .filter(|node| self.at(*node).first_child.is_none() && !self.text(*node).trim_ascii().is_empty())
    }

    /// The element's index in document order, below [`len`](Self::len).
    pub(super) fn index(node: Node) -> usize {
        node.0 as usize
    }

    /// The names from below the root down to `node`: `cac:PaymentMeans/cbc:PaymentID`.
    pub(super) fn path(&self, node: Node) -> String {
        let mut names = Vec::new();
        let mut at = Some(node);
        while let Some(here) = at.filter(|here| *here != Self::ROOT) {
            names.push(self.name(here));
            at = self.at(here).parent;
        }
        names.reverse();
        names.join("/")
    }

    fn children(&self, node: Node) -> impl Iterator<Item = Node> {
        std::iter::successors(self.at(node).first_child, |child| self.at(*child).next)
    }

    /// The elements that `path` leads to from `from`, in document order. A path is names between
    /// slashes, each perhaps with one condition: `[@schemeID=VA]` on an attribute, or
    /// `[cac:TaxScheme/cbc:ID=VAT]` on the text of an element below.
    pub(super) fn select(&self, from: Node, path: &str) -> Vec<Node> {
        let mut found = vec![from];
        for step in steps(path) {
            let (name, condition) = match step.split_once('[') {
                Some((name, condition)) => (name, Some(condition.trim_end_matches(']'))),
                None => (step, None),
            };
            let Some(name) = self.known.get(name) else { return Vec::new() };
            found = found
                .iter()
                .flat_map(|node| self.children(*node))
                .filter(|child| self.at(*child).name == *name)
                .filter(|child| condition.is_none_or(|condition| self.holds(*child, condition)))
                .collect();
        }
        found
    }

    fn holds(&self, node: Node, condition: &str) -> bool {
        let Some((what, value)) = condition.split_once('=') else { return false };
        match what.strip_prefix('@') {
            Some(attribute) => self.attribute(node, attribute) == Some(value),
            None => self.select(node, what).iter().any(|below| self.text(*below).trim() == value),
        }
    }
}

/// The steps of a path: slashes inside a condition do not part it.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    path.split(move |c| {
        inside = (inside || c == '[') && c != ']';
        c == '/' && !inside
    })
}

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
    let mut building = Building {
        tree: Tree { elements: Vec::new(), names: Vec::new(), known: HashMap::new() },
        scratch: String::new(),
        open: Vec::new(),
        part,
    };
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
            Event::Eof if building.tree.elements.is_empty() => return Err(broken(XmlFault::Truncated)),
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
        let elements = &self.tree.elements;
        if self.open.is_empty() && !elements.is_empty() {
            return Err(broken(XmlFault::AfterRoot));
        }
        if elements.len() >= MOST_ELEMENTS {
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
        let name = self.tree.name_id(&self.scratch);
        let node = Node(u32::try_from(self.tree.elements.len()).unwrap_or(u32::MAX));
        let parent = self.open.last().copied();
        if let Some(parent) = parent {
            let elements = &mut self.tree.elements;
            match elements[parent.0 as usize].last_child.replace(node) {
                Some(before) => elements[before.0 as usize].next = Some(node),
                None => elements[parent.0 as usize].first_child = Some(node),
            }
        }
        self.tree.elements.push(Element {
            name,
            parent,
            first_child: None,
            last_child: None,
            next: None,
            text: Cow::Borrowed(""),
            attributes,
        });
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
        let Some(node) = self.open.last() else { return };
        let text = &mut self.tree.elements[node.0 as usize].text;
        if text.is_empty() { *text = piece } else { text.to_mut().push_str(&piece) }
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

/// XML 1.0, production 2.
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// Where a text has its first character that XML does not allow. Bytes are looked at, not
/// characters, for speed: below space they stand for themselves, and U+FFFE and U+FFFF begin with
/// 0xEF, which is rare.
fn forbidden(text: &str) -> Option<usize> {
    let suspect = |(_, byte): &(usize, &u8)| **byte < b' ' || **byte == 0xef;
    let suspects = text.as_bytes().iter().enumerate().filter(suspect);
    suspects
        .map(|(at, _)| at)
        .find(|at| text.get(*at..).and_then(|rest| rest.chars().next()).is_some_and(|c| !is_xml_char(c)))
}

fn decode<'a>(bytes: &'a [u8], part: &str) -> Result<Cow<'a, str>, InvoiceRefusal> {
    let refused = |encoding: &str| InvoiceRefusal::Encoding {
        part: part.to_owned(),
        encoding: encoding.chars().filter(|c| !c.is_control()).take(60).collect(),
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(refused("UTF-16"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let declared = declared_encoding(bytes).map(|name| name.to_ascii_lowercase());
    match declared.as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => {
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| refused("not UTF-8"))
        }
        Some("iso-8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252") => {
            // As browsers do, ISO-8859-1 is read as Windows-1252, which has letters and signs
            // where the other has only control characters.
            Ok(Cow::Owned(bytes.iter().map(|byte| windows_1252(*byte)).collect()))
        }
        Some(other) => Err(refused(other)),
    }
}

/// The name in `<?xml … encoding="…"?>`.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = bytes.trim_ascii_start().strip_prefix(b"<?xml")?;
    let head = String::from_utf8_lossy(&head[..head.len().min(200)]).into_owned();
    let head = &head[..head.find("?>")?];
    let value =
        head[head.find("encoding")? + "encoding".len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split_once(quote).map(|(name, _)| name.to_owned())
}

/// WHATWG's index of Windows-1252; the five bytes that it has no sign for stay control characters.
fn windows_1252(byte: u8) -> char {
    const SIGNS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => SIGNS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
