//! The door: log-in, the officer's reason, and what is said when something is refused.

use maud::{Markup, html};

use super::super::page::{Field, Say, Tone, field, notice, token};
use crate::appliance::keeper::LookUpReason;

/// The log-in page.
pub struct LoginView<'a> {
    /// The token for its forms.
    pub token: &'a str,
    /// The officer's name as it was typed.
    pub name: &'a str,
    /// The pass as it was typed.
    pub pass: &'a str,
    /// What was wrong with the last attempt.
    pub refused: Option<String>,
    /// Where to go afterwards.
    pub to: &'a str,
}

/// Two ways in: name and pass phrase, or a pass.
#[must_use]
pub fn login(say: Say, view: &LoginView<'_>) -> Markup {
    html! {
        h1 { (say.text("console-login-title")) }
        p.lead { (say.text("console-login-lead")) }
        @if let Some(refused) = &view.refused { (notice(Tone::Wrong, &html! { p { (refused) } })) }
        div.columns {
            section.card aria-labelledby="as-officer" {
                h2 #as-officer { (say.text("console-login-officer")) }
                form method="post" action="/log-in" {
                    (token(view.token))
                    input type="hidden" name="to" value=(view.to);
                    (field(&Field {
                        name: "name", kind: "text", label: say.text("console-login-name"), hint: None, error: None,
                        value: view.name, complete: "username", required: true,
                    }))
                    (field(&Field {
                        name: "phrase", kind: "password", label: say.text("console-login-phrase"), hint: None,
                        error: None, value: "", complete: "current-password", required: true,
                    }))
                    button type="submit" { (say.text("console-log-in")) }
                }
            }
            section.card aria-labelledby="as-auditor" {
                h2 #as-auditor { (say.text("console-login-auditor")) }
                form method="post" action="/log-in" {
                    (token(view.token))
                    input type="hidden" name="to" value=(view.to);
                    (field(&Field {
                        name: "pass", kind: "text", label: say.text("console-login-pass"), hint: None, error: None,
                        value: view.pass, complete: "off", required: true,
                    }))
                    (field(&Field {
                        name: "pass-phrase", kind: "password", label: say.text("console-login-phrase"), hint: None,
                        error: None, value: "", complete: "off", required: true,
                    }))
                    button type="submit" { (say.text("console-log-in")) }
                }
            }
        }
        p.aside { (say.text("console-login-phrase-hint")) " " (say.text("console-login-journal")) }
    }
}

/// The page on which an officer says why.
pub struct ReasonView<'a> {
    /// The token for its form.
    pub token: &'a str,
    /// What was chosen before.
    pub chosen: Option<LookUpReason>,
    /// What was wrong with the last attempt.
    pub refused: Option<String>,
    /// Where to go afterwards.
    pub to: &'a str,
}

/// A short list of reasons, the ones that customers are told of.
#[must_use]
pub fn reason(say: Say, view: &ReasonView<'_>) -> Markup {
    html! {
        h1 { (say.text("console-reason-title")) }
        p.lead { (say.text("console-reason-lead")) }
        @if let Some(refused) = &view.refused { (notice(Tone::Wrong, &html! { p { (refused) } })) }
        form.card.narrow method="post" action="/reason" {
            (token(view.token))
            input type="hidden" name="to" value=(view.to);
            fieldset.choices {
                legend { (say.text("console-reason-legend")) }
                @for reason in LookUpReason::ALL {
                    @let id = format!("reason-{}", reason.code());
                    div.choice {
                        input type="radio" name="reason" id=(id) value=(reason.code()) required
                            checked[view.chosen == Some(reason)] aria-describedby={ (id) "-hint" };
                        label for=(id) { (say.text(&format!("keeper-reason-{}", reason.code()))) }
                        p.hint id={ (id) "-hint" } { (say.text(&format!("console-reason-{}-hint", reason.code()))) }
                    }
                }
            }
            button type="submit" { (say.text("console-go-on")) }
        }
    }
}

/// A page that only says something: a refusal, with the way on.
#[must_use]
pub fn message(say: Say, title: &str, tone: Tone, sentence: &str) -> Markup {
    html! {
        h1 { (title) }
        (notice(tone, &html! { p { (sentence) } }))
        p { a.button href="/" { (say.text("console-to-start")) } }
    }
}
