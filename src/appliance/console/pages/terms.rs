//! The timeline of terms: what is kept, due, destroyed, when and why.

use jiff::civil::Date;
use maud::{Markup, html};

use super::super::http::encoded;
use super::super::page::{Say, Tone, badge, notice, sentence, state_class};
use crate::appliance::keeper::TermState;

/// The page.
pub struct TimelineView {
    /// What the box takes for today: its floor's day.
    pub today: Date,
    /// What the box believes of the time and why, what is missing, in sentences.
    pub clock: Vec<String>,
    /// The terms, oldest first.
    pub terms: Vec<TermLine>,
    /// Whether an officer looks, who can keep a term longer.
    pub officer: bool,
}

/// One term.
pub struct TermLine {
    /// Its name: `trampoline-nl-ordinary-2026-12`.
    pub name: String,
    /// What people call it: "Ordinary invoices of 2026".
    pub title: String,
    /// The first and the last day that it covers.
    pub days: (Date, Date),
    /// The last day on which it must be kept.
    pub until: Date,
    /// The law's sentence: "kept until …, because …".
    pub kept: String,
    /// Where it is.
    pub state: TermState,
    /// How many invoices it holds, or held.
    pub invoices: u64,
    /// The day on which the bar ends: of a term that is due or destroyed, that of its destruction (at
    /// the earliest); else the last on which it must be kept.
    pub end: Date,
    /// Where it is and why, in a sentence, where the law's does not say it all.
    pub why: Option<String>,
    /// Whether all of it is kept longer, and how many of its invoices are.
    pub held: (bool, u32),
}

/// The bars and the table.
#[must_use]
pub fn timeline(say: Say, view: &TimelineView) -> Markup {
    let today = say.date(view.today);
    html! {
        div.heading {
            h1 { (say.text("console-terms-title")) }
            @if view.officer { a.button href="/holds" { (say.text("console-hold-title")) } }
        }
        p.lead { (say.text("console-terms-lead")) }
        @if view.terms.is_empty() {
            (notice(Tone::Note, &html! { p { (say.text("console-terms-none")) } }))
        } @else {
            figure.card.timeline {
                (bars(say, view))
                figcaption {
                    p { (say.text("console-terms-legend")) }
                    p { (say.with("console-terms-today", &[("date", &today)])) }
                    @for sentence in &view.clock { p { (sentence) } }
                }
            }
            (table(say, view))
        }
    }
}

fn table(say: Say, view: &TimelineView) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(say.text("console-terms-caption")) {
            table.list.terms {
                caption.unseen { (say.text("console-terms-caption")) }
                thead {
                    tr {
                        th scope="col" { (say.text("console-col-term")) }
                        th.number scope="col" { (say.text("console-col-invoices")) }
                        th scope="col" { (say.text("console-col-state")) }
                        th scope="col" { (say.text("console-col-why")) }
                    }
                }
                tbody {
                    @for term in &view.terms {
                        tr {
                            th scope="row" { (term.title) span.small { (term.name) } }
                            td.number { (term.invoices) }
                            td { (badge(say, term.state)) }
                            td { (why(say, term)) (longer(say, term, view.officer)) }
                        }
                    }
                }
            }
        }
    }
}

/// When and why: what becomes of it first, then the law.
fn why(say: Say, term: &TermLine) -> Markup {
    let kept = sentence(&term.kept);
    html! {
        @if let TermState::Destroyed { .. } = term.state {
            p { (say.with("console-terms-destroyed", &[("date", &say.date(term.end))]))
                " " a href={ "/terms/" (encoded(&term.name)) "/certificate" } {
                    (say.text("console-terms-certificate")) span.unseen { " " (term.title) } } }
        } @else if let Some(why) = &term.why {
            p { (sentence(why)) }
        }
        @if term.why.is_some() { p.small { (kept) } } @else { p { (kept) } }
    }
}

/// What of it is kept longer, and how to have all of it kept longer.
fn longer(say: Say, term: &TermLine, officer: bool) -> Markup {
    let destroyed = matches!(term.state, TermState::Destroyed { .. });
    let (whole, count) = term.held;
    html! {
        @if count > 0 { p { (say.with("console-terms-held", &[("count", &count.to_string())])) } }
        @if whole {
            p { (say.text("console-terms-held-whole")) }
        } @else if officer && !destroyed {
            p.screen { a href={ "/terms/" (encoded(&term.name)) "/hold" } {
                (say.text("console-hold-begin")) span.unseen { " " (term.title) } } }
        }
    }
}

/// The picture's measures, in its own units; at a width of 960 one unit is one pixel.
const WIDTH: f64 = 960.0;
const LABELS: f64 = 205.0;
const ROW: f64 = 30.0;
const AXIS: f64 = 26.0;

/// Bars over a scale of years. All that it shows stands in the table too.
fn bars(say: Say, view: &TimelineView) -> Markup {
    let first = view.terms.iter().map(|term| term.days.0.year()).min().unwrap_or(view.today.year());
    let ends = view.terms.iter().map(|term| term.until.max(term.end).year() + 1);
    let last = ends.max().unwrap_or(first).max(view.today.year() + 1).max(first + 1);
    let years = f64::from(last - first);
    let at =
        |year: i16, part: f64| LABELS + (WIDTH - LABELS - 20.0) * (f64::from(year - first) + part) / years;
    let x = |date: Date| at(date.year(), f64::from(date.day_of_year() - 1) / f64::from(date.days_in_year()));
    let top = |row: usize| AXIS + ROW * f64::from(u32::try_from(row).unwrap_or(u32::MAX));
    // At most about fifteen marks, however many years.
    let step = usize::try_from((last - first) / 15 + 1).unwrap_or(1);
    let height = top(view.terms.len()) + 8.0;
    let place = |number: f64| format!("{number:.1}");
    html! {
        svg.bars viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(say.text("console-terms-bars")) {
            @for year in (first..=last).step_by(step) {
                @let mark = place(at(year, 0.0));
                line.tick x1=(mark) x2=(mark) y1=(AXIS - 6.0) y2=(height) {}
                text.year x=(mark) y="14" { (year) }
            }
            @for (index, term) in view.terms.iter().enumerate() {
                @let top = top(index) + 5.0;
                @let (begin, turn) = (x(term.days.0), x(term.days.1));
                @let end = x(term.end);
                text.label x="0" y=(top + 15.0) { (term.title) }
                g class=(state_class(term.state)) {
                    rect.covers x=(place(begin)) y=(top) width=(place(turn - begin)) height="20" rx="3" {}
                    rect.keeps x=(place(turn)) y=(top) width=(place((end - turn).max(1.0))) height="20" rx="3" {}
                    @if let TermState::Destroyed { .. } = term.state {
                        path.cross d={ "M" (place(end - 5.0)) " " (top + 5.0) "l10 10m0 -10l-10 10" } {}
                    }
                }
            }
            @let now = place(x(view.today));
            line.today x1=(now) x2=(now) y1=(AXIS - 8.0) y2=(height) {}
        }
    }
}
