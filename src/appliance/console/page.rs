//! The page kit: the frame around every page and the parts that pages are made of.
//!
//! One kind of page, one way of templates: a page is a pure function from a plain view and a
//! [`Say`] to `maud` markup, and [`layout`] puts the frame around it. Every text goes through
//! [`words`](crate::support::words) and is escaped by `maud`; there is no script, no inline style
//! and nothing from elsewhere, because the gate's policy would not let it run.

use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::http::encoded;
use super::session::TOKEN_FIELD;
use crate::appliance::keeper::{LookUpReason, Role, TermState, Visitor};
use crate::exchange::vocabulary::{Amount, Country, Currency};
use crate::support::words::{self, Language};

/// The one style sheet.
pub const STYLE: &str = include_str!("style.css");

/// Speaks to one visitor in his language.
#[derive(Clone, Copy)]
pub struct Say(pub Language);

impl Say {
    /// A message.
    #[must_use]
    pub fn text(self, name: &str) -> String {
        words::text(self.0, name)
    }

    /// A message with its variables.
    #[must_use]
    pub fn with(self, name: &str, fields: &[(&str, &str)]) -> String {
        let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, (*value).into())).collect();
        words::message(self.0, name, &fields)
    }

    /// `31 December 2033`.
    #[must_use]
    pub fn date(self, date: Date) -> String {
        words::date(self.0, date)
    }

    /// `EUR 1,234.50`.
    #[must_use]
    pub fn money(self, amount: Amount, currency: Currency) -> String {
        words::amount(self.0, amount.0, currency)
    }

    /// `Germany`.
    #[must_use]
    pub fn country(self, country: Country) -> String {
        words::country_name(self.0, country)
    }

    /// A size that a person can picture: `84 kB`, `1.2 MB`.
    #[must_use]
    pub fn size(self, bytes: u64) -> String {
        let point = if self.0 == Language::Nl { "," } else { "." };
        let tenths = |unit: u64| format!("{}{point}{}", bytes / unit, bytes % unit * 10 / unit);
        match bytes {
            0..1_000 => self.with("console-bytes", &[("count", &bytes.to_string())]),
            1_000..1_000_000 => format!("{} kB", bytes / 1_000),
            1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
            _ => format!("{} GB", tenths(1_000_000_000)),
        }
    }
}

/// Which of the main links is the page's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Log-in, messages.
    None,
    /// Search and what it leads to.
    Search,
    /// Terms, certificates, what is kept longer.
    Terms,
    /// The stick that is in.
    Stick,
    /// Receipts to take back to the shop.
    Receipts,
}

/// What the frame shows around a page.
pub struct Frame<'a> {
    /// The visitor's language.
    pub language: Language,
    /// Whose books the box keeps.
    pub box_name: &'a str,
    /// What people compare the box by.
    pub fingerprint: &'a str,
    /// Whether it is a box for showing, whose every page says so.
    pub demo: bool,
    /// Whether the box waits for room on its disk.
    pub short_of_room: bool,
    /// Who is logged in.
    pub visitor: Option<&'a Visitor>,
    /// The token for forms ([`super::session::Sessions::token`]).
    pub token: &'a str,
    /// The request's own path and query, to come back to.
    pub here: &'a str,
    /// The main link that is lit.
    pub tab: Tab,
    /// After how many seconds the page is worth looking at again.
    pub again: Option<u8>,
}

/// A whole page: `main` in its frame, with `title` as heading of the window.
#[must_use]
pub fn layout(frame: &Frame<'_>, title: &str, main: &Markup) -> Markup {
    let say = Say(frame.language);
    html! {
        (DOCTYPE)
        html lang=(frame.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                @if let Some(seconds) = frame.again { meta http-equiv="refresh" content=(seconds); }
                title { (title) " · " (say.text("console-name")) }
                link rel="stylesheet" href="/style.css";
            }
            body {
                a.skip href="#main" { (say.text("console-skip")) }
                header {
                    @if frame.demo {
                        p.demo role="note" { strong { (say.text("console-demo")) } " " (say.text("console-demo-why")) }
                    }
                    div.top {
                        div.inside {
                            a.brand href="/" {
                                (mark())
                                span { strong { (say.text("console-name")) } span.owner { (frame.box_name) } }
                            }
                            @if frame.visitor.is_some() { (navigation(say, frame.tab)) }
                            div.who {
                                @if let Some(visitor) = frame.visitor { (identity(say, frame, visitor)) }
                                (languages(say, frame.here))
                            }
                        }
                    }
                }
                main #main tabindex="-1" {
                    @if frame.short_of_room && frame.visitor.is_some() {
                        (notice(Tone::Wrong, &html! { p { (say.text("console-no-room")) } }))
                    }
                    (main)
                }
                footer {
                    div.inside {
                        p { (say.text("console-no-network")) }
                        p { (say.text("console-fingerprint")) " " code { (frame.fingerprint) } }
                    }
                }
            }
        }
    }
}

/// The product's mark: a lid with a keyhole.
#[must_use]
pub fn mark() -> Markup {
    PreEscaped(
        r#"<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"><rect x="2" y="4" width="28" height="24" rx="4"/><path d="M9 12h14M9 20h5"/><circle cx="21" cy="19" r="3"/><path d="M21 22v3"/></svg>"#
            .to_owned(),
    )
}

fn navigation(say: Say, tab: Tab) -> Markup {
    let entry = |own: Tab, href: &str, name: &str| {
        html! { li { a href=(href) aria-current=[(own == tab).then_some("page")] { (say.text(name)) } } }
    };
    html! {
        nav aria-label=(say.text("console-nav")) {
            ul {
                (entry(Tab::Search, "/search", "console-nav-search"))
                (entry(Tab::Terms, "/terms", "console-nav-terms"))
                (entry(Tab::Stick, "/stick", "console-nav-stick"))
                (entry(Tab::Receipts, "/receipts", "console-nav-receipts"))
            }
        }
    }
}

/// Name, part, reason and the way out.
fn identity(say: Say, frame: &Frame<'_>, visitor: &Visitor) -> Markup {
    let role = match visitor.role {
        Role::Officer => "console-role-officer",
        Role::Auditor => "console-role-auditor",
    };
    html! {
        p.name { (visitor.who) span.role { (say.text(role)) } }
        @if let Some(reason) = LookUpReason::of(&visitor.reason) {
            p.reason {
                a href={ "/reason?to=" (encoded(frame.here)) } title=(say.text("console-reason-change")) {
                    (say.text(&format!("keeper-reason-{}", reason.code())))
                }
            }
        }
        form method="post" action="/log-out" {
            (token(frame.token))
            button.quiet type="submit" { (say.text("console-log-out")) }
        }
    }
}

fn languages(say: Say, here: &str) -> Markup {
    html! {
        ul.languages aria-label=(say.text("console-languages")) {
            @for language in Language::ALL {
                li {
                    @if language == say.0 {
                        span aria-current="true" { (say.text(&format!("console-language-{}", language.tag()))) }
                    } @else {
                        a href={ "/language/" (language.tag()) "?to=" (encoded(here)) }
                            lang=(language.tag()) hreflang=(language.tag()) {
                            (say.text(&format!("console-language-{}", language.tag())))
                        }
                    }
                }
            }
        }
    }
}

/// The hidden field that each form carries.
#[must_use]
pub fn token(token: &str) -> Markup {
    html! { input type="hidden" name=(TOKEN_FIELD) value=(token); }
}

/// What a notice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// To know.
    Note,
    /// All is as it should be.
    Good,
    /// Something needs a look.
    Care,
    /// Something was refused or is wrong.
    Wrong,
}

/// A notice with its sign; a refusal is read out at once.
#[must_use]
pub fn notice(tone: Tone, body: &Markup) -> Markup {
    let (class, sign, role) = match tone {
        Tone::Note => ("note", "i", None),
        Tone::Good => ("good", "✓", None),
        Tone::Care => ("care", "!", None),
        Tone::Wrong => ("wrong", "!", Some("alert")),
    };
    html! {
        div class={ "notice " (class) } role=[role] {
            span.sign aria-hidden="true" { (sign) }
            div { (body) }
        }
    }
}

/// The class of a term's state in the style sheet.
#[must_use]
pub fn state_class(state: TermState) -> &'static str {
    match state {
        TermState::Open => "open",
        TermState::Closed => "closed",
        TermState::Due { .. } => "due",
        TermState::Destroyed { .. } => "destroyed",
    }
}

/// What is kept longer than its term, in a word.
#[must_use]
pub fn kept_longer(say: Say) -> Markup {
    html! { span.tag { (say.text("console-hold-tag")) } }
}

/// A term's state in a word, with a shape beside the colour.
#[must_use]
pub fn badge(say: Say, state: TermState) -> Markup {
    html! { span class={ "badge " (state_class(state)) } { (say.text(state.message())) } }
}

/// One typed field of a form.
pub struct Field<'a> {
    /// Its name in the form, and its id.
    pub name: &'a str,
    /// HTML's type: `text`, `password`.
    pub kind: &'a str,
    /// What it is called.
    pub label: String,
    /// How to fill it in.
    pub hint: Option<String>,
    /// What is wrong with what was typed.
    pub error: Option<String>,
    /// What was typed.
    pub value: &'a str,
    /// HTML's `autocomplete`: `off`, `username`, `current-password`.
    pub complete: &'a str,
    /// Whether it cannot be left empty.
    pub required: bool,
}

/// A field with its label, hint and error tied to it.
#[must_use]
pub fn field(field: &Field<'_>) -> Markup {
    let hint = format!("{}-hint", field.name);
    let error = format!("{}-error", field.name);
    let told: Vec<&str> = [(&hint, field.hint.is_some()), (&error, field.error.is_some())]
        .into_iter()
        .filter_map(|(id, there)| there.then_some(id.as_str()))
        .collect();
    html! {
        div.field {
            label for=(field.name) { (field.label) }
            @if let Some(text) = &field.hint { p.hint id=(hint) { (text) } }
            @if let Some(text) = &field.error { p.error id=(error) { (text) } }
            input id=(field.name) name=(field.name) type=(field.kind) value=(field.value)
                autocomplete=(field.complete) spellcheck="false" maxlength="200"
                required[field.required]
                aria-invalid=[field.error.is_some().then_some("true")]
                aria-describedby=[(!told.is_empty()).then(|| told.join(" "))];
        }
    }
}

/// A list of facts: each a term and what is said of it.
#[must_use]
pub fn facts(facts: &[(String, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } } }
}

/// Text as markup, for [`facts`].
#[must_use]
pub fn plain(text: impl AsRef<str>) -> Markup {
    html! { (text.as_ref()) }
}

/// The law's clause, "kept until …", as a sentence.
#[must_use]
pub fn sentence(clause: &str) -> String {
    let mut signs = clause.chars();
    let first = signs.next().map(|sign| sign.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", signs.as_str())
}

/// Where in a long list somebody is, and the links onward. There is no way back but the browser's:
/// a page begins after the last row of the one before it.
#[must_use]
pub fn pager(say: Say, first: &str, page: u64, pages: u64, next: Option<&str>) -> Markup {
    html! {
        @if page > 1 || next.is_some() {
            nav.pager aria-label=(say.text("console-pages")) {
                @if page > 1 { a.button rel="first" href=(first) { (say.text("console-page-first")) } }
                span { (say.with("console-page-of", &[("page", &page.to_string()), ("pages", &pages.to_string())])) }
                @if let Some(next) = next { a.button rel="next" href=(next) { (say.text("console-page-after")) } }
            }
        }
    }
}

/// A QR code as inline SVG, or nothing where the text is too long for one (2,953 bytes).
#[must_use]
pub fn qr(text: &str, described: &str) -> Markup {
    let Ok(code) = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::L) else {
        return html! {};
    };
    let side = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == qrcode::Color::Dark {
            // Four modules of quiet zone around it (ISO/IEC 18004).
            path.push_str(&format!("M{} {}h1v1h-1z", at % side + 4, at / side + 4));
        }
    }
    let whole = side + 8;
    html! {
        svg.qr role="img" aria-label=(described) viewBox={ "0 0 " (whole) " " (whole) } shape-rendering="crispEdges" {
            rect width=(whole) height=(whole) fill="#fff" {}
            path fill="#000" d=(path) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_typed_becomes_markup() {
        let typed = "\"><script>alert(1)</script>";
        let visitor = Visitor { role: Role::Officer, who: typed.into(), reason: String::new() };
        let frame = Frame {
            language: Language::Nl,
            box_name: typed,
            fingerprint: typed,
            demo: true,
            short_of_room: false,
            visitor: Some(&visitor),
            token: typed,
            here: typed,
            tab: Tab::Search,
            again: None,
        };
        let main = field(&Field {
            name: "number",
            kind: "text",
            label: typed.into(),
            hint: Some(typed.into()),
            error: Some(typed.into()),
            value: typed,
            complete: "off",
            required: false,
        });
        let page = layout(&frame, typed, &main).into_string();
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains("style="), "the policy lets no inline style run");
    }

    #[test]
    fn a_size_can_be_pictured() {
        assert_eq!(Say(Language::En).size(84_211), "84 kB");
        assert_eq!(Say(Language::Nl).size(1_260_000), "1,2 MB");
        assert_eq!(Say(Language::En).size(4_294_967_295), "4.2 GB");
    }
}
