//! A certificate of destruction, to read and to print: one sheet of A4.

use jiff::civil::Date;
use jiff::tz::Offset;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::super::http::encoded;
use super::super::page::{STYLE, Say, facts, mark, plain, qr, sentence};
use crate::exchange::bundle::SignedCertificate;
use crate::exchange::bundle::certificate::NotCovered;
use crate::exchange::journal::SignedCheckpoint;
use crate::exchange::vocabulary::{Digest, Word};
use crate::support::words::{self, Language};

/// Hex digits in a group of a digest that people compare.
const GROUP: usize = 8;

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
    /// Bytes of them, and entries of the journal about them.
    pub sizes: (u64, u64),
    /// How many outlive it under holds.
    pub held: u32,
    /// The last day on which it had to be kept, by which article of which table.
    pub kept: (Date, String, String),
    /// The day of the destruction, by the box's clock.
    pub destroyed: Date,
    /// How it is known that the term was over.
    pub basis: Word,
    /// The floor's day, and the days that the box was powered between due and the destruction.
    pub floor: (Date, u64),
    /// Time tokens: the day that each says, the size of the head that it is over, the authority.
    pub tokens: Vec<(Date, u64, Digest)>,
    /// What opened the vault, in a clause, and the generation without the key.
    pub root: (String, u64),
    /// Size and root of the journal's head before it.
    pub head: Option<(u64, Digest)>,
    /// What it does not cover, in sentences.
    pub not_covered: Vec<String>,
    /// Whether it is a box for showing.
    pub demo: bool,
    /// The digest of the certificate.
    pub digest: Digest,
    /// The fingerprint of the box's card.
    pub box_fingerprint: String,
    /// The command that checks it.
    pub command: String,
}

impl CertificateView {
    /// What a sheet says of a certificate that lies in `file`.
    #[must_use]
    pub fn of(say: Say, signed: &SignedCertificate, file: &str) -> Self {
        let term = signed.term();
        let year = term.days().label(say.0);
        let day = |at| Offset::UTC.to_datetime(at).date();
        let over = |note: &str| SignedCheckpoint::verify(note, signed.box_id(), &signed.key()).ok();
        let tokens = signed.tokens().iter().map(|token| {
            let size = over(&token.over).map_or(0, |head| head.size());
            (day(token.time), size, token.authority)
        });
        Self {
            term: term.name().to_string(),
            title: say.with(&format!("console-term-{}", term.class()), &[("year", &year)]),
            entity: signed.entity_name().to_owned(),
            days: (term.first(), term.last()),
            counts: (signed.invoices(), u64::from(signed.bundles())),
            sizes: (signed.bytes(), signed.entries()),
            held: signed.held(),
            kept: (signed.kept_until(), signed.article().to_owned(), signed.law_table().to_owned()),
            destroyed: day(signed.destroyed_at()),
            basis: signed.word(),
            floor: (day(signed.floor()), signed.powered_since_due() / (24 * 60 * 60)),
            tokens: tokens.collect(),
            root: (say.text(signed.root().message()), signed.generation()),
            head: over(signed.checkpoint()).map(|head| (head.size(), head.root())),
            not_covered: not_covered(say.0, &signed.not_covered()),
            demo: signed.demo(),
            digest: signed.digest(),
            box_fingerprint: signed.box_fingerprint(),
            command: format!("kluis verify-certificate {file} --card box.card"),
        }
    }
}

/// The codes in sentences; one of a later program is named, not swallowed.
#[must_use]
pub fn not_covered(language: Language, codes: &[String]) -> Vec<String> {
    let known = |code: &String| NotCovered::ALL.iter().any(|one| one.code() == code);
    let sentence = |code: &String| match known(code) {
        true => words::text(language, &format!("certificate-not-{code}")),
        false => words::message(language, "certificate-not-unknown", &[("code", code.as_str().into())]),
    };
    codes.iter().map(sentence).collect()
}

/// A sheet of paper, with the way back and on.
#[must_use]
pub fn certificate(say: Say, view: &CertificateView) -> Markup {
    html! {
        p.back.screen { a href="/terms" { "← " (say.text("console-certificate-back")) } }
        (paper(say, view))
        p.screen {
            a.button.strong href={ "/terms/" (encoded(&view.term)) "/certificate/file" } { (say.text("console-certificate-save")) }
            " " span.hint { (say.text("console-certificate-print")) }
        }
    }
}

/// The sheet as a file of its own, with all that it needs inside.
#[must_use]
pub fn sheet(language: Language, signed: &SignedCertificate, file: &str) -> String {
    let say = Say(language);
    let view = CertificateView::of(say, signed, file);
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (say.text("console-certificate-kind")) " · " (view.term) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (paper(say, &view)) } }
        }
    };
    page.into_string()
}

fn paper(say: Say, view: &CertificateView) -> Markup {
    let (invoices, bundles) = (view.counts.0.to_string(), view.counts.1.to_string());
    html! {
        article.paper {
            header {
                (mark())
                div {
                    p.kind { (say.text("console-certificate-kind")) }
                    h1 { (view.title) }
                    p.entity { (view.entity) }
                }
                div.marks {
                    p.word { (word_of(&say.text(view.basis.message()))) }
                    @if view.demo { br; p.stamp { (say.text("console-certificate-demo")) } }
                }
            }
            p.lead {
                (say.with("console-certificate-sentence", &[
                    ("invoices", &invoices), ("bundles", &bundles), ("date", &say.date(view.destroyed)),
                ]))
                @if view.held > 0 {
                    " " (say.with("console-certificate-but-held", &[("count", &view.held.to_string())]))
                }
            }
            (facts(&about(say, view, &invoices, &bundles)))
            h2 { (say.text("console-certificate-done")) }
            p { (say.text("console-certificate-done-how")) }
            h2 { (say.text("console-certificate-not")) }
            ul.plain { @for sentence in &view.not_covered { li { (sentence) } } }
            div.beside.seal {
                div {
                    h2 { (say.text("console-certificate-check")) }
                    p { (say.text("console-certificate-check-how")) }
                    pre.command { code { (view.command) } }
                    (facts(&[
                        (say.text("console-certificate-box"), html! { code { (view.box_fingerprint) } }),
                        (say.text("console-certificate-fingerprint"), html! {
                            code { (view.digest.fingerprint()) }
                            code.digest { (grouped(&view.digest)) }
                        }),
                    ]))
                }
                (qr(&view.digest.to_string(), &say.text("console-certificate-qr")))
            }
        }
    }
}

/// What was destroyed, when, and how that is known.
fn about(say: Say, view: &CertificateView, invoices: &str, bundles: &str) -> Vec<(String, Markup)> {
    let (kept_until, article, table) = &view.kept;
    let mut all = vec![
        (say.text("console-certificate-term"), html! { code { (view.term) } }),
        (
            say.text("console-certificate-days"),
            plain(say.with(
                "console-certificate-from-to",
                &[("first", &say.date(view.days.0)), ("last", &say.date(view.days.1))],
            )),
        ),
        (
            say.text("console-certificate-kept"),
            plain(say.with(
                "console-certificate-until",
                &[("until", &say.date(*kept_until)), ("article", article), ("table", table)],
            )),
        ),
        (
            say.text("console-certificate-destroyed"),
            plain(say.with(
                "console-certificate-counts",
                &[
                    ("invoices", invoices),
                    ("bundles", bundles),
                    ("size", &say.size(view.sizes.0)),
                    ("entries", &view.sizes.1.to_string()),
                ],
            )),
        ),
    ];
    if view.held > 0 {
        let count = view.held.to_string();
        let held = say.with("console-certificate-held-count", &[("count", &count)]);
        all.push((say.text("console-certificate-held"), plain(held)));
    }
    all.push((
        say.text("console-certificate-basis"),
        html! {
            (basis(&say.text(view.basis.message())))
            @if view.demo { p.small { (sentence(&say.text("retention-demo"))) } }
        },
    ));
    all.push((say.text("console-certificate-evidence"), evidence(say, view)));
    let generation = view.root.1.to_string();
    let root =
        say.with("console-certificate-generation", &[("root", &view.root.0), ("generation", &generation)]);
    all.push((say.text("console-certificate-root"), plain(root)));
    if let Some((size, root)) = &view.head {
        let fields = [("size", &*size.to_string()), ("root", &*root.fingerprint())];
        let head = say.with("console-certificate-head-of", &fields);
        all.push((say.text("console-certificate-head"), plain(head)));
    }
    all
}

fn evidence(say: Say, view: &CertificateView) -> Markup {
    let (floor, days) = (say.date(view.floor.0), view.floor.1.to_string());
    html! {
        @for (day, size, authority) in &view.tokens {
            p { (sentence(&say.with("console-certificate-token", &[
                ("date", &say.date(*day)), ("size", &size.to_string()), ("authority", &authority.fingerprint()),
            ]))) }
        }
        p { (sentence(&say.with("console-certificate-floor", &[("floor", &floor), ("days", &days)]))) }
    }
}

/// A digest in groups that the eye can follow, on two lines.
fn grouped(digest: &Digest) -> String {
    let hex = digest.to_string();
    let groups: Vec<_> = (0..hex.len()).step_by(GROUP).map(|at| &hex[at..at + GROUP]).collect();
    groups.chunks(4).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n")
}

/// The word stands before the colon, what it means behind it.
fn basis(sentence: &str) -> Markup {
    let meaning = sentence.split_once(':').map_or("", |(_, meaning)| meaning);
    html! { strong { (word_of(sentence)) } ":" (meaning) "." }
}

fn word_of(sentence: &str) -> &str {
    sentence.split(':').next().unwrap_or(sentence)
}
