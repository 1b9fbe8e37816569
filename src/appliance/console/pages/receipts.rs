//! Receipts, to take back to the shop: a code to read aloud, a QR code, a file. And what the shop must be
//! told beside it: that it is blocked, that old invoices wait for an officer.

use jiff::civil::Date;
use maud::{Markup, html};

use super::super::page::{Say, Tone, notice, qr};

/// The page.
pub struct ReceiptsView {
    /// One for each shop that was ever enrolled.
    pub shops: Vec<ShopLine>,
}

/// What the box has of one shop's stream.
pub struct ShopLine {
    /// The shop's name.
    pub name: String,
    /// The stream's part of the address.
    pub stream: String,
    /// Whether an officer has blocked it.
    pub blocked: bool,
    /// What waits for an officer: how many bundles, and the oldest invoice's date of issue.
    pub waiting: Option<(u64, Date)>,
    /// When it was last heard over the one-way line, where it ever was.
    pub heard: Option<HeardLine>,
    /// The newest bundle's receipt; `None` where no bundle of it is here that can be read.
    pub newest: Option<Newest>,
}

/// What the one-way line has brought of one shop beside its bundles.
pub struct HeardLine {
    /// When, as people read it.
    pub at: String,
    /// Whether it should have been heard again by now.
    pub silent: bool,
    /// The last number that it has sealed.
    pub last: u64,
    /// Those of them that are not here and should be, the first.
    pub missing: Vec<u64>,
    /// Those of them that are not here and may be on their way.
    pub awaited: Vec<u64>,
}

/// The receipt of a stream's newest bundle.
pub struct Newest {
    /// The bundle's number.
    pub number: u64,
    /// The code: every number up to the one that it begins with is here. `None` while the first is
    /// missing.
    pub code: Option<String>,
    /// Numbers that are missing, the first of them.
    pub gaps: Vec<u64>,
    /// The receipt: a C2SP tlog-proof.
    pub receipt: String,
}

/// The shops with their codes.
#[must_use]
pub fn receipts(say: Say, view: &ReceiptsView) -> Markup {
    html! {
        h1 { (say.text("console-receipts-title")) }
        p.lead { (say.text("console-receipts-lead")) }
        @if view.shops.is_empty() { (notice(Tone::Note, &html! { p { (say.text("console-receipts-none")) } })) }
        @for one in &view.shops { (shop(say, one)) }
    }
}

/// One shop with its code.
pub(super) fn shop(say: Say, shop: &ShopLine) -> Markup {
    html! {
            section.card aria-labelledby={ "shop-" (shop.stream) } {
                h2 id={ "shop-" (shop.stream) } { (shop.name) }
                @if shop.blocked {
                    (notice(Tone::Care, &html! { p { (say.text("console-receipts-blocked")) } }))
                }
                @if let Some((count, oldest)) = shop.waiting {
                    @let fields = [("count", &*count.to_string()), ("oldest", &say.date(oldest))];
                    (notice(Tone::Care, &html! { p { (say.with("console-receipts-waiting", &fields)) } }))
                }
                @if let Some(heard) = &shop.heard { (heard_line(say, heard)) }
                @match &shop.newest {
                    Some(newest) => { (one(say, shop, newest)) }
                    None => { p { (say.text("console-receipts-no-bundle")) } }
                }
            }
    }
}

/// When a shop was heard, and what is missing of it.
pub(super) fn heard_line(say: Say, heard: &HeardLine) -> Markup {
    let at = [("at", &*heard.at)];
    let list = |numbers: &[u64]| numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    html! {
        @if heard.silent {
            (notice(Tone::Care, &html! { p { (say.with("console-receipts-silent", &at)) } }))
        } @else {
            p.hint { (say.with("console-receipts-heard", &at)) }
        }
        @if !heard.missing.is_empty() {
            @let fields = [("last", &*heard.last.to_string()), ("numbers", &list(&heard.missing))];
            (notice(Tone::Care, &html! { p { (say.with("console-receipts-sealed", &fields)) } }))
        }
        @if !heard.awaited.is_empty() {
            p.hint { (say.with("console-receipts-awaited", &[("numbers", &list(&heard.awaited))])) }
        }
    }
}

fn one(say: Say, shop: &ShopLine, newest: &Newest) -> Markup {
    let up_to = newest.code.as_deref().and_then(|code| code.split_once(' ')).map(|(number, _)| number);
    html! {
        div.beside.receipt {
            div {
                @if let (Some(code), Some(up_to)) = (&newest.code, up_to) {
                    p { (say.with("console-receipts-up-to", &[("number", up_to)])) }
                    p.spoken { (code) }
                    p.hint { (say.text("console-receipts-code")) }
                }
                // Of what the shop was heard to have sealed, that is said above, with what to do about it.
                @let heard = shop.heard.as_ref();
                @let is_said = |one: &HeardLine, gap: u64| one.awaited.contains(&gap) || one.missing.contains(&gap);
                @let gaps = newest.gaps.iter().filter(|gap| !heard.is_some_and(|one| is_said(one, **gap)));
                @let gaps: Vec<String> = gaps.map(u64::to_string).collect();
                @if !gaps.is_empty() {
                    (notice(Tone::Care, &html! { p {
                        (say.with("console-receipts-gaps", &[("numbers", &gaps.join(", "))]))
                    } }))
                }
                p {
                    a.button href={ "/receipts/" (shop.stream) "/file" } {
                        (say.with("console-receipts-save", &[("number", &newest.number.to_string())]))
                    }
                }
            }
            (qr(&newest.receipt, &say.text("console-receipts-qr")))
        }
    }
}
