//! An original document to look at: pictures that the box drew, or its text.

use maud::{Markup, html};

use super::super::page::{Say, Tone, notice};
use super::invoice::address;

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
    /// The search to go back to.
    pub back: Option<String>,
}

/// How a document is looked at. Its bytes never reach the browser as anything but text.
pub enum Shown {
    /// The first `shown` of `pages` pages, drawn by the box's reader.
    Pictures {
        /// Pages on this page.
        shown: u32,
        /// Pages in all.
        pages: u32,
    },
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
    let below = |below: &str| address(&view.id, &format!("/document/{}{below}", view.document), None);
    html! {
        p.back { a href=(address(&view.id, "", view.back.as_deref())) { "← " (say.with("console-original-back", &[("number", &view.number)])) } }
        div.heading {
            h1 { (say.with("console-original-title", &[("number", &view.number), ("kind", &view.kind)])) }
            a.button href=(below("/file")) { (say.text("console-invoice-save")) }
        }
        @match &view.shown {
            Shown::Pictures { shown, pages } => {
                p.hint { (say.text("console-original-drawn")) }
                @if shown < pages { (notice(Tone::Note, &html! { p { (say.text("console-original-cut")) } })) }
                @for page in 1..=*shown {
                    @let place = say.with("console-page-of", &[("page", &page.to_string()), ("pages", &pages.to_string())]);
                    figure.sheet {
                        img loading=[(page > 1).then_some("lazy")] src=(below(&format!("/page/{page}.png"))) alt=(say.with("console-original-alt", &[("page", &page.to_string()), ("number", &view.number)]));
                        figcaption { (place) }
                    }
                }
            }
            Shown::Text { text, cut } => {
                @if *cut { (notice(Tone::Note, &html! { p { (say.text("console-original-cut")) } })) }
                pre.text tabindex="0" role="region" aria-label=(say.text("console-original-text")) { code { (text) } }
            }
            Shown::Not(sentence) => { (notice(Tone::Care, &html! { p { (sentence) } })) }
        }
    }
}
