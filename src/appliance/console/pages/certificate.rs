//! A certificate of destruction, to read and to print.

use jiff::civil::Date;
use maud::{Markup, html};

use super::super::http::encoded;
use super::super::page::{Say, facts, plain, qr, sentence};
use crate::exchange::vocabulary::Word;

/// The page.
pub struct CertificateView {
    /// The term's name.
    pub term: String,
    /// What people call it.
    pub title: String,
    /// Whose books these were.
    pub entity: String,
    /// The first and the last day that it covered.
    pub days: (Date, Date),
    /// How many invoices, in how many bundles.
    pub counts: (u64, u64),
    /// The last day on which it had to be kept, and by which article.
    pub kept: (Date, String),
    /// The day of the destruction, by the box's clock.
    pub destroyed: Date,
    /// How it is known that the term was over.
    pub basis: Word,
    /// Whether the box's root was a file (a copy of it opens an old vault), and whether that lay on
    /// the device of the data.
    pub file_root: (bool, bool),
    /// Whether it is a box for showing.
    pub demo: bool,
    /// The fingerprint of the certificate.
    pub fingerprint: String,
    /// The fingerprint of the box's card.
    pub box_fingerprint: String,
    /// What the certificate's file is called.
    pub file: String,
    /// The command that checks it.
    pub command: String,
}

/// A sheet of paper.
#[must_use]
pub fn certificate(say: Say, view: &CertificateView) -> Markup {
    let (invoices, bundles) = (view.counts.0.to_string(), view.counts.1.to_string());
    html! {
        p.back.screen { a href="/terms" { "← " (say.text("console-certificate-back")) } }
        article.paper {
            header {
                p.kind { (say.text("console-certificate-kind")) }
                h1 { (view.title) }
                p.entity { (view.entity) }
                @if view.demo { p.stamp { (say.text("console-certificate-demo")) } }
            }
            p.lead { (say.with("console-certificate-sentence", &[
                ("invoices", &invoices), ("bundles", &bundles), ("date", &say.date(view.destroyed)),
            ])) }
            (facts(&[
                (say.text("console-certificate-term"), html! { code { (view.term) } }),
                (say.text("console-certificate-days"), plain(say.with("console-certificate-from-to", &[
                    ("first", &say.date(view.days.0)), ("last", &say.date(view.days.1)),
                ]))),
                (say.text("console-certificate-kept"), plain(say.with("console-certificate-until", &[
                    ("until", &say.date(view.kept.0)), ("article", &view.kept.1),
                ]))),
                (say.text("console-certificate-basis"), html! {
                    (basis(&say.text(view.basis.message())))
                    @if view.demo { p.small { (sentence(&say.text("retention-demo"))) } }
                }),
            ]))
            h2 { (say.text("console-certificate-done")) }
            p { (say.text("console-certificate-done-how")) }
            h2 { (say.text("console-certificate-not")) }
            ul.plain {
                li { (say.text("console-certificate-not-copies")) }
                li { (say.text("console-certificate-not-shop")) }
                @if view.file_root.0 { li { (say.text("console-certificate-not-root")) } }
                @if view.file_root.1 { li { (say.text("console-certificate-not-device")) } }
            }
            div.beside.seal {
                div {
                    h2 { (say.text("console-certificate-check")) }
                    pre.command { code { (view.command) } }
                    (facts(&[
                        (say.text("console-certificate-fingerprint"), html! { code { (view.fingerprint) } }),
                        (say.text("console-certificate-box"), html! { code { (view.box_fingerprint) } }),
                    ]))
                }
                (qr(&view.fingerprint, &say.text("console-certificate-qr")))
            }
        }
        p.screen {
            a.button.strong href={ "/terms/" (encoded(&view.term)) "/certificate/file" } { (say.text("console-certificate-save")) }
            " " span.hint { (say.text("console-certificate-print")) }
        }
    }
}

/// The word stands before the colon, what it means behind it.
fn basis(sentence: &str) -> Markup {
    let (word, meaning) = sentence.split_once(':').unwrap_or((sentence, ""));
    html! { strong { (word) } ":" (meaning) "." }
}
