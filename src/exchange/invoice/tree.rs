//! An XML document's elements as a flat list, and short paths through it.

use std::borrow::Cow;
use std::collections::HashMap;

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
#[derive(Default)]
pub(super) struct Tree<'a> {
    elements: Vec<Element<'a>>,
    /// Each different name once, with the tables' prefix: `cbc:ID`.
    names: Vec<String>,
    /// Where each stands in `names`.
    known: HashMap<String, u32>,
}

impl<'a> Tree<'a> {
    /// The root element. A tree has one, see [`parse`](super::xml::parse).
    pub(super) const ROOT: Node = Node(0);

    /// Adds an element as its parent's last child, or as the root. Documents are bounded by the
    /// parser well below 2^32 elements.
    pub(super) fn add(
        &mut self,
        parent: Option<Node>,
        name: &str,
        attributes: Vec<(&'static str, String)>,
    ) -> Node {
        let name = self.name_id(name);
        let node = Node(u32::try_from(self.elements.len()).unwrap_or(u32::MAX));
        if let Some(Node(parent)) = parent {
            let before = self.elements[parent as usize].last_child.replace(node);
            match before {
                Some(Node(before)) => self.elements[before as usize].next = Some(node),
                None => self.elements[parent as usize].first_child = Some(node),
            }
        }
        self.elements.push(Element {
            name,
            parent,
            first_child: None,
            last_child: None,
            next: None,
            text: Cow::Borrowed(""),
            attributes,
        });
        node
    }

    /// Adds a piece of text to an element's own.
    pub(super) fn append(&mut self, node: Node, piece: Cow<'a, str>) {
        let text = &mut self.elements[node.0 as usize].text;
        if text.is_empty() { *text = piece } else { text.to_mut().push_str(&piece) }
    }

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

    /// One of the attributes that the parser keeps: `currencyID`, `schemeID`.
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
