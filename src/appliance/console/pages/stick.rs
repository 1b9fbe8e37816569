//! The stick: where to put it, how far it is, and what became of what is on it.

use maud::{Markup, html};

use super::super::page::{Say, Tone, notice, token};
use super::line::{LinePart, one_way_line};
use super::receipts::{ShopLine, shop};

/// Lines that are listed, at most; what was refused comes first.
const MOST_LINES: usize = 200;

/// The page.
pub struct StickPage<'a> {
    /// The token for its forms.
    pub token: &'a str,
    /// Where the stick is on its way.
    pub stick: Where,
    /// Whether another one is in, which waits.
    pub another: bool,
    /// The one-way line, where the box listens to one.
    pub line: Option<LinePart>,
    /// The commands that admit the cards that came.
    pub cards: Vec<String>,
    /// Whether an officer looks, and a stick is in that can be written onto.
    pub writable: bool,
    /// Whether the visitor wants the page to stay as it is until it is asked for again.
    pub still: bool,
    /// What became of what was asked for: the file that was written, or why not.
    pub written: Option<Result<String, String>>,
}

/// Where a stick is on its way.
pub enum Where {
    /// None is in.
    Empty,
    /// It is being read: files, bytes done and in all.
    Reading(usize, u64, u64),
    /// It was read.
    Read(ReadView),
    /// It is not read, and why; and whether it was pulled out in the midst.
    Refused(String, bool),
}

/// What became of a stick that was read.
#[derive(Default)]
pub struct ReadView {
    /// Whether it is in still.
    pub inside: bool,
    /// Whether it was pulled out in the midst.
    pub pulled_out: bool,
    /// How many bundles were taken in, and invoices in them.
    pub taken: (u64, u64),
    /// A sentence for each file.
    pub lines: Vec<(Tone, String)>,
    /// Files that were not come to.
    pub unread: u64,
    /// Files and folders that are other people's.
    pub passed_over: u64,
    /// The shops that bundles came from, with their receipts.
    pub shops: Vec<ShopLine>,
}

impl StickPage<'_> {
    /// After how many seconds the page is worth looking at again.
    fn worth(&self) -> Option<u8> {
        // What waits for the shop may wait for weeks, and what became of a stick is read in peace meanwhile.
        let arrives = self.line.as_ref().is_some_and(|line| line.arriving.iter().any(|file| file.coming));
        match self.stick {
            Where::Reading(..) => Some(2),
            _ if arrives => Some(2),
            Where::Empty => Some(5),
            // So that the next one shows.
            Where::Read(ReadView { inside: false, .. }) | Where::Refused(..) => Some(5),
            Where::Read(_) => None,
        }
    }

    /// After how many seconds the browser asks for the page again.
    #[must_use]
    pub fn again(&self) -> Option<u8> {
        self.worth().filter(|_| !self.still)
    }
}

/// Where to put it, how far it is, what became of it.
#[must_use]
pub fn stick(say: Say, view: &StickPage<'_>) -> Markup {
    html! {
        h1 { (say.text("console-stick-title")) }
        @match &view.written {
            Some(Ok(file)) => {
                (notice(Tone::Good, &html! { p { (say.with("console-stick-written", &[("file", file)])) } }))
            }
            Some(Err(why)) => { (notice(Tone::Wrong, &html! { p { (why) } })) }
            None => {}
        }
        @match &view.stick {
            Where::Empty => { (empty(say)) }
            Where::Reading(files, done, total) => { (reading(say, *files, *done, *total)) }
            Where::Read(read) => { (whole(say, read, view.written.is_some())) }
            Where::Refused(why, pulled_out) => {
                (notice(Tone::Wrong, &html! {
                    p { (why) }
                    @if !pulled_out { p { (say.text("console-stick-out-anyway")) } }
                }))
            }
        }
        @if view.worth().is_some() {
            p.small {
                @if view.still {
                    a href="/stick?still=1" { (say.text("console-stick-look-again")) } " · "
                    a href="/stick" { (say.text("console-stick-by-itself")) }
                } @else {
                    (say.text("console-stick-renews")) " "
                    a href="/stick?still=1" { (say.text("console-stick-still")) }
                }
            }
        }
        @if view.another { (notice(Tone::Care, &html! { p { (say.text("console-stick-another")) } })) }
        @if !view.cards.is_empty() {
            (notice(Tone::Care, &html! {
                p { (say.text("console-stick-cards")) }
                ul { @for command in &view.cards { li { code { (command) } } } }
            }))
        }
        @if view.writable {
            section.card aria-labelledby="onto" {
                h2 #onto { (say.text("console-stick-onto")) }
                p { (say.text("console-stick-onto-lead")) }
                @if let Where::Read(read) = &view.stick {
                    @for one in read.shops.iter().filter(|one| one.newest.is_some()) {
                        (write_form(say, view.token, &one.stream,
                            &say.with("console-stick-onto-receipt", &[("shop", &one.name)])))
                    }
                }
                (write_form(say, view.token, "card", &say.text("console-stick-onto-card")))
            }
        }
        @if let Some(part) = &view.line { (one_way_line(say, part)) }
    }
}

fn empty(say: Say) -> Markup {
    html! {
        p.lead { (say.text("console-stick-lead")) }
        (notice(Tone::Note, &html! {
            p { strong { (say.text("console-stick-put-in")) } }
            p { (say.text("console-stick-put-in-how")) }
        }))
    }
}

fn reading(say: Say, files: usize, done: u64, total: u64) -> Markup {
    let percent = (done.min(total) * 100).checked_div(total).unwrap_or(0);
    let fields =
        [("files", &*files.to_string()), ("done", &say.size(done.min(total))), ("total", &say.size(total))];
    html! {
        (notice(Tone::Note, &html! {
            p { strong { (say.text("console-stick-reading")) } }
            progress.wide max="100" value=(percent) aria-label=(say.text("console-stick-reading")) { (percent) " %" }
            p { @if total > 0 { (say.with("console-stick-so-far", &fields)) } }
        }))
    }
}

fn whole(say: Say, read: &ReadView, written: bool) -> Markup {
    let (bundles, invoices) = (read.taken.0.to_string(), read.taken.1.to_string());
    let taken = [("bundles", &*bundles), ("invoices", &*invoices)];
    let more = read.lines.len().saturating_sub(MOST_LINES);
    html! {
        @if read.pulled_out {
            (notice(Tone::Wrong, &html! { p { strong { (say.text("console-stick-pulled-out")) } } }))
        } @else if read.inside && written {
            // That it may go was said with the file's name.
        } @else if read.inside {
            (notice(Tone::Good, &html! { p { strong { (say.text("console-stick-may-go")) } } }))
        } @else {
            (notice(Tone::Note, &html! { p { (say.text("console-stick-is-out")) } }))
        }
        section.card aria-labelledby="became" {
            h2 #became { (say.text("console-stick-became")) }
            p {
                @if read.taken.0 > 0 { (say.with("console-stick-taken", &taken)) }
                @else if read.lines.is_empty() && !read.pulled_out { (say.text("console-stick-none")) }
                @else { (say.text("console-stick-nothing")) }
            }
            ul.outcomes {
                @for (tone, sentence) in read.lines.iter().take(MOST_LINES) { (line(say, *tone, sentence)) }
            }
            @if more > 0 { p.small { (say.with("console-stick-more", &[("count", &more.to_string())])) } }
            @if read.unread > 0 {
                p { (say.with("console-stick-unread", &[("count", &read.unread.to_string())])) }
            }
            @if read.passed_over > 0 {
                p.small { (say.with("console-stick-passed-over", &[("count", &read.passed_over.to_string())])) }
            }
        }
        @for one in &read.shops { (shop(say, one)) }
    }
}

/// One file, with a sign and a word for what became of it.
pub(super) fn line(say: Say, tone: Tone, sentence: &str) -> Markup {
    let (class, sign, word) = match tone {
        Tone::Good | Tone::Note => ("good", "✓", "console-stick-line-good"),
        Tone::Care => ("care", "!", "console-stick-line-care"),
        Tone::Wrong => ("wrong", "×", "console-stick-line-wrong"),
    };
    html! {
        li class=(class) {
            span.sign aria-hidden="true" { (sign) }
            span.unseen { (say.text(word)) " " }
            span { (sentence) }
        }
    }
}

fn write_form(_: Say, form_token: &str, what: &str, label: &str) -> Markup {
    html! {
        form method="post" action="/stick/write" {
            (token(form_token))
            input type="hidden" name="what" value=(what);
            button type="submit" { (label) }
        }
    }
}
