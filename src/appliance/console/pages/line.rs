//! The one-way line, below the stick: what is on its way, what came, when each shop was heard.

use maud::{Markup, html};

use super::super::page::{Say, Tone, notice};
use super::receipts::{HeardLine, heard_line};
use super::stick::line;

/// The part of the page.
pub struct LinePart {
    /// Why the line is not heard at all.
    pub trouble: Option<String>,
    /// Files that are on their way.
    pub arriving: Vec<FileLine>,
    /// The shops, with what was heard of each; none where nothing ever was.
    pub shops: Vec<(String, Option<HeardLine>)>,
    /// A sentence for each file that came lately, with the time.
    pub lately: Vec<(Tone, String)>,
}

/// A file that is on its way.
pub struct FileLine {
    /// What it is, and whose.
    pub what: String,
    /// Bytes that are here, and in all.
    pub bytes: (u64, u64),
    /// Since when it is on its way, as people read it.
    pub since: String,
    /// About how long it still takes, or what it waits for.
    pub rest: String,
    /// Whether it is coming just now.
    pub coming: bool,
}

/// The line, as far as it brings something.
pub(super) fn one_way_line(say: Say, part: &LinePart) -> Markup {
    html! {
        section.card aria-labelledby="line" {
            h2 #line { (say.text("console-line")) }
            @if let Some(reason) = &part.trouble {
                (notice(Tone::Wrong, &html! { p { (say.with("console-line-trouble", &[("reason", reason)])) } }))
            }
            @if part.arriving.is_empty() { p { (say.text("console-line-nothing")) } }
            @for one in &part.arriving { (file(say, one)) }
            @for (shop, heard) in &part.shops {
                h3 { (shop) }
                @match heard {
                    Some(heard) => { (heard_line(say, heard)) }
                    None => { p.hint { (say.text("console-line-never")) } }
                }
            }
            @if !part.lately.is_empty() {
                h3 { (say.text("console-line-lately")) }
                ul.outcomes { @for (tone, sentence) in &part.lately { (line(say, *tone, sentence)) } }
            }
        }
    }
}

fn file(say: Say, file: &FileLine) -> Markup {
    let (here, all) = file.bytes;
    let percent = (here.min(all) * 100).checked_div(all).unwrap_or(0);
    let so_far = [("done", &*say.size(here)), ("total", &say.size(all)), ("since", &file.since)];
    html! {
        (notice(Tone::Note, &html! {
            p { strong { (file.what) } }
            progress.wide max="100" value=(percent) aria-label=(file.what) { (percent) " %" }
            p { (say.with("console-line-so-far", &so_far)) " " (file.rest) }
        }))
    }
}
