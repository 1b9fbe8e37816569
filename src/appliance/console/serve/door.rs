//! In and out: log-in, link, language, reason, log-out.

use std::time::Instant;

use super::super::http::{Response, encoded};
use super::super::page::Tab;
use super::super::pages::door::{LoginView, ReasonView, login, reason};
use super::super::refusal::ConsoleRefusal;
use super::{Asked, No, Page, lock};
use crate::appliance::keeper::{KeeperRefusal, LookUpReason, OwnRefusal, Role, Visitor};
use crate::support::words::{Language, Said};

impl Asked<'_> {
    /// To the log-in, and then back to what was asked for.
    pub(super) fn to_log_in(&self) -> Response {
        match self.here() {
            "/" => Response::go_to("/log-in"),
            here => Response::go_to(&format!("/log-in?to={}", encoded(here))),
        }
    }

    pub(super) fn log_in_page(&self, name: &str, pass: &str, refused: Option<String>) -> Response {
        let token = self.token();
        let to = self.to();
        let view = LoginView { token: &token, name, pass, refused, to: &to };
        let title = self.say.text("console-login-title");
        self.page(&Page { title, main: login(self.say, &view), tab: Tab::None })
    }

    /// An officer by his name, or an auditor by his pass; one wrong pair of them costs time.
    pub(super) fn log_in(&self) -> Result<Response, No> {
        self.console.sessions.check(self.request, self.caller)?;
        let form = |name| self.request.form(name);
        let (name, pass) = (form("name").trim(), form("pass").trim());
        let try_it = || {
            if pass.is_empty() {
                self.keeper().log_in_officer(name, form("phrase"))
            } else {
                self.keeper().log_in_auditor(pass, form("pass-phrase"))
            }
        };
        // Only a wrong pair is guessing: a pass of yesterday, or a full disk, is told as it is.
        let right = || match try_it() {
            Err(KeeperRefusal::Own(OwnRefusal::WrongPass)) => None,
            known => Some(known),
        };
        let who = if pass.is_empty() { name } else { pass };
        let known = lock(&self.console.throttle).attempt(who, Instant::now(), right);
        let visitor = match known {
            Ok(Ok(visitor)) => visitor,
            Ok(Err(refusal)) => {
                return Ok(self.log_in_page(name, pass, Some(refusal.say(self.say.0))).with_status(403));
            }
            Err(refusal) => {
                let page = self.log_in_page(name, pass, Some(refusal.say(self.say.0)));
                return Ok(page.with_status(refusal.status()));
            }
        };
        let to = match visitor.role {
            Role::Auditor => self.to(),
            Role::Officer => format!("/reason?to={}", encoded(&self.to())),
        };
        Ok(self.console.sessions.log_in(self.caller, visitor, Instant::now(), Response::go_to(&to)))
    }

    pub(super) fn log_out(&self) -> Result<Response, No> {
        self.console.sessions.check(self.request, self.caller)?;
        Ok(self.console.sessions.log_out(self.caller, Response::go_to("/log-in")))
    }

    /// Spends a link. Who asks for its head only, has not come in.
    pub(super) fn follow_link(&self, word: &str) -> Result<Response, No> {
        if self.request.head_only {
            return Ok(Response::text(""));
        }
        let (visitor, to) = self.console.sessions.open_link(word)?;
        Ok(self.console.sessions.log_in(self.caller, visitor, Instant::now(), Response::go_to(&to)))
    }

    pub(super) fn speak(&self, tag: &str) -> Response {
        self.console.sessions.speak(Language::from_tag(tag), Response::go_to(&self.to()))
    }

    pub(super) fn reason_page(&self, visitor: &Visitor, refused: Option<String>) -> Response {
        let (token, to) = (self.token(), self.to());
        let chosen = LookUpReason::of(&visitor.reason);
        let view = ReasonView { token: &token, chosen, refused, to: &to };
        let title = self.say.text("console-reason-title");
        self.page(&Page { title, main: reason(self.say, &view), tab: Tab::None })
    }

    pub(super) fn choose_reason(&self, visitor: &Visitor) -> Result<Response, No> {
        self.console.sessions.check(self.request, self.caller)?;
        match self.keeper().with_reason(visitor.clone(), self.request.form("reason")) {
            Ok(visitor) => {
                self.console.sessions.choose(self.caller, visitor);
                Ok(Response::go_to(&self.to()))
            }
            Err(_) => {
                let refusal = ConsoleRefusal::NoReason;
                let page = self.reason_page(visitor, Some(refusal.say(self.say.0)));
                Ok(page.with_status(refusal.status()))
            }
        }
    }

    /// Where to afterwards, by the form or the address; [`Response::go_to`] keeps it on the console.
    fn to(&self) -> String {
        match (self.request.form("to"), self.request.query("to")) {
            ("", "") => "/".to_owned(),
            ("", to) | (to, _) => to.to_owned(),
        }
    }
}
