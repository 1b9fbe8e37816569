//! XML, written as it comes.

use std::fmt::Display;

use quick_xml::escape::escape;

/// An XML document in the making.
pub(super) struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// A document with its root element; `spaces` are the namespace declarations.
    pub(super) fn new(root: &'static str, spaces: &[(&str, &str)]) -> Self {
        let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}");
        for (prefix, uri) in spaces {
            text += &format!(" {prefix}=\"{uri}\"");
        }
        text.push_str(">\n");
        Self { text, open: vec![root] }
    }

    /// An element with what `inside` writes into it.
    pub(super) fn within(&mut self, tag: &'static str, inside: impl FnOnce(&mut Self)) {
        self.indent();
        self.text += &format!("<{tag}>\n");
        self.open.push(tag);
        inside(self);
        self.open.pop();
        self.indent();
        self.text += &format!("</{tag}>\n");
    }

    /// An element with a text.
    pub(super) fn leaf(&mut self, tag: &str, text: impl Display) {
        self.indent();
        self.text += &format!("<{tag}>{}</{tag}>\n", escape(text.to_string()));
    }

    /// An element with one attribute and a text.
    pub(super) fn marked(&mut self, tag: &str, (name, value): (&str, &str), text: impl Display) {
        self.indent();
        self.text += &format!("<{tag} {name}=\"{value}\">{}</{tag}>\n", escape(text.to_string()));
    }

    /// The document.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let root = self.open[0];
        self.text += &format!("</{root}>\n");
        self.text.into_bytes()
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.open.len()));
    }
}
