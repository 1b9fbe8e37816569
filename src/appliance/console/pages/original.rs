//! An original document to look at: pictures that the box drew, or its text.

use maud::{Markup, html};

use super::super::http::encoded;
use super::super::page::{Say, Tone, notice};

/// The page.
pub struct OriginalView {
    /// The invoice's part of the address.
    pub id: String,
    /// The invoice's number.
    pub number: String,
    /// Which of its documents, from 1.
    pub document: usize,
    /// What it is: `PDF`, `XML (UBL)`.
    pub kind: String,
    /// How it can be looked at.
    pub shown: Shown,
}

/// How a document is looked at. Its bytes never reach the browser as anything but text.
pub enum Shown {
    /// So many pages, drawn by the box's reader.
    Pictures(u32),
    /// Its text, or the beginning of it.
    Text {
        /// The text.
        text: String,
        /// Whether there is more of it.
        cut: bool,
    },
    /// Not at all, for this reason; it can still be saved.
    Not(String),
}

/// One document.
#[must_use]
pub fn original(say: Say, view: &OriginalView) -> Markup {
    let invoice = format!("/invoice/{}", encoded(&view.id));
    let here = format!("{invoice}/document/{}", view.document);
    html! {
        p.back { a href=(invoice) { "← " (say.with("console-original-back", &[("number", &view.number)])) } }
        div.heading {
            h1 { (say.with("console-original-title", &[("number", &view.number), ("kind", &view.kind)])) }
            a.button href={ (here) "/file" } { (say.text("console-invoice-save")) }
        }
        @match &view.shown {
            Shown::Pictures(pages) => {
                p.hint { (say.text("console-original-drawn")) }
                @for page in 1..=*pages {
                    @let place = say.with("console-page-of", &[("page", &page.to_string()), ("pages", &pages.to_string())]);
                    figure.sheet {
                        img src={ (here) "/page/" (page) ".png" } alt=(say.with("console-original-alt", &[("page", &page.to_string()), ("number", &view.number)]));
                        figcaption { (place) }
                    }
                }
            }
            Shown::Text { text, cut } => {
                @if *cut { (notice(Tone::Note, &html! { p { (say.text("console-original-cut")) } })) }
                pre.text tabindex="0" { code { (text) } }
            }
            Shown::Not(sentence) => { (notice(Tone::Care, &html! { p { (sentence) } })) }
        }
    }
}
