//! What is kept longer than its term: the list, the form that begins it, and the one that ends it.

use jiff::civil::Date;
use maud::{Markup, html};

use super::super::http::encoded;
use super::super::page::{Field, Say, Tone, facts, field, notice, plain, token};
use crate::appliance::keeper::{HoldReason, LONGEST_REFERENCE};

/// One line of the list.
pub struct HoldLine {
    /// Its name.
    pub name: String,
    /// What is kept: "Invoice 2026-0057".
    pub what: String,
    /// How many invoices have copies of their own; none where it is a whole term.
    pub invoices: Option<u32>,
    /// Why.
    pub reason: HoldReason,
    /// By what others find the case again.
    pub reference: String,
    /// Since when, and who said so.
    pub placed: (Date, String),
    /// The officers who ended it; it goes when the box runs next.
    pub released_by: Vec<String>,
}

/// The list.
#[must_use]
pub fn holds(say: Say, lines: &[HoldLine]) -> Markup {
    html! {
        p.back { a href="/terms" { "← " (say.text("console-nav-terms")) } }
        h1 { (say.text("console-hold-title")) }
        p.lead { (say.text("console-hold-lead")) }
        @if lines.is_empty() {
            (notice(Tone::Note, &html! { p { (say.text("console-hold-none")) } }))
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(say.text("console-hold-title")) {
                table.list.terms {
                    caption.unseen { (say.text("console-hold-title")) }
                    thead {
                        tr {
                            th scope="col" { (say.text("console-hold-what")) }
                            th scope="col" { (say.text("console-hold-why")) }
                            th scope="col" { (say.text("console-hold-since")) }
                            th scope="col" { span.unseen { (say.text("console-hold-end")) } }
                        }
                    }
                    tbody { @for line in lines { (row(say, line)) } }
                }
            }
        }
        p.aside { (say.text("console-hold-how")) }
    }
}

fn row(say: Say, line: &HoldLine) -> Markup {
    html! {
        tr {
            th scope="row" { (line.what) span.small { (extent(say, line)) } }
            td {
                (say.text(&format!("keeper-hold-reason-{}", line.reason.code())))
                span.small { (line.reference) }
            }
            td { time datetime=(line.placed.0) { (say.date(line.placed.0)) } span.small { (line.placed.1) } }
            td.number {
                @if line.released_by.is_empty() {
                    a.button href={ "/holds/" (encoded(&line.name)) "/release" } {
                        (say.text("console-hold-end")) span.unseen { " " (line.what) }
                    }
                } @else {
                    span.tag { (say.text("console-hold-ending")) }
                }
            }
        }
    }
}

fn extent(say: Say, line: &HoldLine) -> String {
    match line.invoices {
        Some(count) => say.with("console-hold-copies", &[("count", &count.to_string())]),
        None => say.text("console-hold-whole"),
    }
}

/// The form that begins it.
pub struct HoldFormView<'a> {
    /// The token for the form.
    pub token: &'a str,
    /// Where the form goes, and where the page leads back to.
    pub paths: (String, String),
    /// What is to be kept longer.
    pub what: String,
    /// Whether it is a whole term.
    pub whole: bool,
    /// What was chosen and typed before.
    pub typed: (Option<HoldReason>, &'a str),
    /// What was wrong with it.
    pub refused: Option<String>,
}

/// Reason and reference.
#[must_use]
pub fn hold_form(say: Say, view: &HoldFormView<'_>) -> Markup {
    let lead = if view.whole { "console-hold-lead-term" } else { "console-hold-lead-invoice" };
    html! {
        p.back { a href=(view.paths.1) { "← " (say.text("console-hold-back")) } }
        h1 { (say.with("console-hold-begin-title", &[("what", &view.what)])) }
        p.lead { (say.text(lead)) }
        @if let Some(refused) = &view.refused { (notice(Tone::Wrong, &html! { p { (refused) } })) }
        form.card.narrow method="post" action=(view.paths.0) {
            (token(view.token))
            fieldset.choices {
                legend { (say.text("console-hold-reason-legend")) }
                @for reason in HoldReason::ALL {
                    @let id = format!("reason-{}", reason.code());
                    div.choice {
                        input type="radio" name="reason" id=(id) value=(reason.code()) required
                            checked[view.typed.0 == Some(reason)] aria-describedby={ (id) "-hint" };
                        label for=(id) { (say.text(&format!("keeper-hold-reason-{}", reason.code()))) }
                        p.hint id={ (id) "-hint" } { (say.text(&format!("console-hold-{}-hint", reason.code()))) }
                    }
                }
            }
            (field(&Field {
                name: "reference", kind: "text", label: say.text("console-hold-reference"),
                hint: Some(say.with("console-hold-reference-hint", &[("limit", &LONGEST_REFERENCE.to_string())])),
                error: None, value: view.typed.1, complete: "off", required: true,
            }))
            button type="submit" { (say.text("console-hold-begin")) }
        }
    }
}

/// The form that ends it.
pub struct ReleaseView<'a> {
    /// The token for the form.
    pub token: &'a str,
    /// What ends.
    pub line: HoldLine,
    /// Who is logged in.
    pub first: &'a str,
    /// The second officer's name, as it was typed.
    pub second: &'a str,
    /// What was wrong with it.
    pub refused: Option<String>,
}

/// What ends, and the second officer's name and pass-phrase.
#[must_use]
pub fn release(say: Say, view: &ReleaseView<'_>) -> Markup {
    let line = &view.line;
    let lead = if line.invoices.is_some() { "console-hold-end-lead" } else { "console-hold-end-lead-term" };
    html! {
        p.back { a href="/holds" { "← " (say.text("console-hold-title")) } }
        h1 { (say.with("console-hold-end-title", &[("what", &line.what)])) }
        p.lead { (say.text(lead)) }
        @if let Some(refused) = &view.refused { (notice(Tone::Wrong, &html! { p { (refused) } })) }
        div.columns {
            section.card aria-labelledby="case" {
                h2 #case { (say.text("console-hold-case")) }
                (facts(&[
                    (say.text("console-hold-what"), plain(extent(say, line))),
                    (say.text("console-hold-why"),
                        plain(say.text(&format!("keeper-hold-reason-{}", line.reason.code())))),
                    (say.text("console-hold-reference"), plain(&line.reference)),
                    (say.text("console-hold-since"), plain(format!("{}, {}", say.date(line.placed.0), line.placed.1))),
                ]))
            }
            section.card aria-labelledby="two" {
                h2 #two { (say.text("console-hold-two")) }
                p { (say.with("console-hold-two-lead", &[("name", view.first)])) }
                form method="post" action={ "/holds/" (encoded(&line.name)) "/release" } {
                    (token(view.token))
                    (field(&Field {
                        name: "second", kind: "text", label: say.text("console-hold-second"), hint: None, error: None,
                        value: view.second, complete: "off", required: true,
                    }))
                    (field(&Field {
                        name: "phrase", kind: "password", label: say.text("console-login-phrase"), hint: None,
                        error: None, value: "", complete: "off", required: true,
                    }))
                    button type="submit" { (say.text("console-hold-end")) }
                }
            }
        }
    }
}
