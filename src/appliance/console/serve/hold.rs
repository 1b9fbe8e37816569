//! What is kept longer: for officers, and to end it, for two.

use std::time::Instant;

use super::super::http::{Response, encoded};
use super::super::page::Tab;
use super::super::pages::hold::{HoldFormView, HoldLine, ReleaseView, hold_form, holds, release};
use super::look_up::{Place, day_of, place_text};
use super::{Asked, No, Page, lock};
use crate::appliance::keeper::{HoldReason, HoldScope, HoldView, KeeperRefusal, OwnRefusal, Role, Visitor};
use crate::exchange::law::BookYear;
use crate::support::words::Said;

/// What is to be kept longer, as the form's address names it.
pub(super) enum Subject<'a> {
    /// One invoice.
    Invoice(Place),
    /// A term, by its name.
    Term(&'a str),
}

impl Asked<'_> {
    pub(super) fn holds(&self, visitor: &Visitor) -> Result<Response, No> {
        officer(visitor)?;
        let lines: Vec<_> = self.keeper().holds().into_iter().map(|hold| self.hold_line(hold)).collect();
        let title = self.say.text("console-hold-title");
        Ok(self.page(&Page { title, main: holds(self.say, &lines), tab: Tab::Terms }))
    }

    fn hold_line(&self, hold: HoldView) -> HoldLine {
        let what = match &hold.scope {
            HoldScope::Term { term } => self.title_of(term),
            scope => self.keeper().say_scope(scope, self.say.0),
        };
        HoldLine {
            what,
            invoices: (!matches!(hold.scope, HoldScope::Term { .. })).then_some(hold.invoices),
            name: hold.hold,
            reason: hold.reason,
            reference: hold.reference,
            placed: (day_of(hold.placed_at), hold.by),
            released_by: hold.released_by,
        }
    }

    /// What people call a term.
    fn title_of(&self, name: &str) -> String {
        let term = self.keeper().terms().into_iter().find(|term| term.name == name);
        term.map_or_else(
            || name.to_owned(),
            |term| self.term_title(term.class, BookYear { first: term.first, last: term.last }),
        )
    }

    pub(super) fn hold_page(&self, visitor: &Visitor, subject: &Subject<'_>) -> Result<Response, No> {
        officer(visitor)?;
        self.hold_form(visitor, subject, (None, ""), None)
    }

    fn hold_form(
        &self,
        visitor: &Visitor,
        subject: &Subject<'_>,
        typed: (Option<HoldReason>, &str),
        refused: Option<String>,
    ) -> Result<Response, No> {
        let token = self.token();
        let (what, paths) = match *subject {
            Subject::Invoice((bundle, leaf)) => {
                let number = self.keeper().number_to_hold(visitor, bundle, leaf)?;
                let scope = HoldScope::Number { number };
                let back = self.back().unwrap_or_else(|| "/search".to_owned());
                let action = format!("/invoice/{}/hold", encoded(&place_text((bundle, leaf))));
                (self.keeper().say_scope(&scope, self.say.0), (action, back))
            }
            Subject::Term(name) => {
                (self.title_of(name), (format!("/terms/{}/hold", encoded(name)), "/terms".to_owned()))
            }
        };
        let whole = matches!(subject, Subject::Term(_));
        let view = HoldFormView { token: &token, paths, what, whole, typed, refused };
        let title = self.say.with("console-hold-begin-title", &[("what", &view.what)]);
        Ok(self.page(&Page { title, main: hold_form(self.say, &view), tab: Tab::Terms }))
    }

    pub(super) fn place_hold(&self, visitor: &Visitor, subject: &Subject<'_>) -> Result<Response, No> {
        self.console.sessions.check(self.request, self.caller)?;
        officer(visitor)?;
        let scope = match *subject {
            Subject::Invoice((bundle, leaf)) => HoldScope::of_invoice(bundle, leaf),
            Subject::Term(term) => HoldScope::Term { term: term.to_owned() },
        };
        let (reason, reference) = (self.request.form("reason"), self.request.form("reference"));
        match self.keeper().place_hold(visitor, &scope, reason, reference) {
            Ok(_) => Ok(Response::go_to("/holds")),
            // What was typed can be mended here; anything else is a page of its own.
            Err(KeeperRefusal::Own(
                refusal @ (OwnRefusal::UnknownHoldReason { .. } | OwnRefusal::ReferenceUnfit { .. }),
            )) => {
                let typed = (HoldReason::of(reason), reference);
                let page = self.hold_form(visitor, subject, typed, Some(refusal.say(self.say.0)))?;
                Ok(page.with_status(403))
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    pub(super) fn release_page(&self, visitor: &Visitor, name: &str) -> Result<Response, No> {
        officer(visitor)?;
        self.release_form(visitor, name, "", None)
    }

    fn release_form(
        &self,
        visitor: &Visitor,
        name: &str,
        second: &str,
        refused: Option<String>,
    ) -> Result<Response, No> {
        let (token, line) = (self.token(), self.hold_line(self.keeper().hold(name)?));
        let view = ReleaseView { token: &token, line, first: &visitor.who, second, refused };
        let title = self.say.with("console-hold-end-title", &[("what", &view.line.what)]);
        Ok(self.page(&Page { title, main: release(self.say, &view), tab: Tab::Terms }))
    }

    /// The second officer's pass-phrase is guessed at as slowly as any other.
    pub(super) fn release_hold(&self, visitor: &Visitor, name: &str) -> Result<Response, No> {
        self.console.sessions.check(self.request, self.caller)?;
        officer(visitor)?;
        let (second, phrase) = (self.request.form("second").trim(), self.request.form("phrase"));
        let right = || match self.keeper().pair(visitor, second, phrase) {
            Err(KeeperRefusal::Own(OwnRefusal::WrongPass)) => None,
            known => Some(known),
        };
        let pair = match lock(&self.console.throttle).attempt(second, Instant::now(), right) {
            Ok(Ok(pair)) => pair,
            Ok(Err(refusal)) => {
                let page = self.release_form(visitor, name, second, Some(refusal.say(self.say.0)))?;
                return Ok(page.with_status(403));
            }
            Err(refusal) => {
                let page = self.release_form(visitor, name, second, Some(refusal.say(self.say.0)))?;
                return Ok(page.with_status(refusal.status()));
            }
        };
        self.keeper().release_hold(&pair, name)?;
        Ok(Response::go_to("/holds"))
    }
}

fn officer(visitor: &Visitor) -> Result<(), KeeperRefusal> {
    if visitor.role == Role::Officer { Ok(()) } else { Err(OwnRefusal::OfficersOnly.into()) }
}
