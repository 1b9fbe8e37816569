//! Who is at the console: sessions, and the token that each form carries.
//!
//! **Promised.** A session lives in memory only; it ends by log-out, after [`IDLE`] without a
//! request, after [`WHOLE`] in any case, with the pass or the office that it was begun on, and with the
//! process. Its cookie is 32 random bytes, kept
//! here only as a digest, unread by scripts, unsent by other sites, new at each log-in. A form is
//! obeyed only with the token of the cookie that it comes with, and only from a page of this
//! console. A one-time link opens one session and is then spent.
//!
//! **Not promised.** Cookies know hosts, not ports: another server on this machine's loopback is
//! sent the cookie too, if somebody visits it with the same browser. On a box there is none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::http::{Method, Request, Response};
use super::refusal::ConsoleRefusal;
use crate::appliance::keeper::{OpenedBefore, Visitor};
use crate::exchange::vocabulary::{BoxId, Digest};
use crate::support::secret::Secret;
use crate::support::words::Language;

/// A session ends after this long without a request.
pub const IDLE: Duration = Duration::from_secs(15 * 60);
/// A session ends after this long in any case.
pub const WHOLE: Duration = Duration::from_secs(8 * 60 * 60);
/// Sessions at once; one more ends the one that was longest unused.
pub const SESSIONS: usize = 64;

/// The form field that holds the token.
pub const TOKEN_FIELD: &str = "token";

/// Whoever sent a request, logged in or not.
pub struct Caller {
    cookie: String,
    /// The browser does not have this cookie yet.
    fresh: bool,
    /// Who it is, if logged in; an officer who has not chosen yet has an empty reason.
    pub visitor: Option<Visitor>,
    /// What he has opened since he logged in.
    pub opened: Arc<OpenedBefore>,
    /// Chosen by a link, else the browser's.
    pub language: Language,
}

struct Kept {
    visitor: Visitor,
    opened: Arc<OpenedBefore>,
    begun: Instant,
    seen: Instant,
}

/// All sessions of one console.
pub struct Sessions {
    cookie: String,
    language_cookie: String,
    /// Form tokens are made with this; it dies with the process.
    key: Secret,
    kept: Mutex<HashMap<Digest, Kept>>,
    /// Who is let in by a link, and where to.
    links: Mutex<HashMap<Digest, (Visitor, String)>>,
}

impl Sessions {
    /// None yet, for the console of `box_id` (two boxes on one machine have two cookies).
    #[must_use]
    pub fn of(box_id: BoxId) -> Self {
        let mark = HEXLOWER.encode(&box_id.0[..4]);
        Self {
            cookie: format!("kluis-{mark}"),
            language_cookie: format!("kluis-{mark}-language"),
            key: Secret::random(),
            kept: Mutex::default(),
            links: Mutex::default(),
        }
    }

    /// Who sent `request`, at `now`. To be here is to be seen: the idle time begins anew.
    #[must_use]
    pub fn caller(&self, request: &Request, now: Instant) -> Caller {
        let language = match request.cookie(&self.language_cookie) {
            "" => request.language(),
            chosen => Language::from_tag(chosen),
        };
        let sent = request.cookie(&self.cookie);
        if BASE32_NOPAD.decode(sent.as_bytes()).is_ok_and(|bytes| bytes.len() == 32) {
            let mut kept = lock(&self.kept);
            kept.retain(|_, kept| {
                now.duration_since(kept.seen) < IDLE && now.duration_since(kept.begun) < WHOLE
            });
            let session = kept.get_mut(&Digest::of(sent.as_bytes())).map(|kept| {
                kept.seen = now;
                (kept.visitor.clone(), Arc::clone(&kept.opened))
            });
            let (visitor, opened) = session.unzip();
            let opened = opened.unwrap_or_default();
            return Caller { cookie: sent.to_owned(), fresh: false, visitor, opened, language };
        }
        Caller { cookie: fresh(), fresh: true, visitor: None, opened: Arc::default(), language }
    }

    /// The token for the forms of a page that is shown to `caller`.
    #[must_use]
    pub fn token(&self, caller: &Caller) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose()).expect("HMAC takes any key");
        mac.update(caller.cookie.as_bytes());
        BASE32_NOPAD.encode(&mac.finalize().into_bytes())
    }

    /// Lets a form through that comes from a page of this console, shown to this very visitor.
    ///
    /// # Errors
    /// [`ConsoleRefusal::ForeignForm`] for every other, and for what is no form.
    pub fn check(&self, request: &Request, caller: &Caller) -> Result<(), ConsoleRefusal> {
        let token = self.token(caller);
        let right = token.as_bytes().ct_eq(request.form(TOKEN_FIELD).as_bytes());
        if request.method == Method::Post && !request.foreign && !caller.fresh && bool::from(right) {
            Ok(())
        } else {
            Err(ConsoleRefusal::ForeignForm)
        }
    }

    /// Begins a session: `response` takes its cookie along. The caller's old one is worth nothing.
    #[must_use]
    pub fn log_in(&self, caller: &Caller, who: Visitor, now: Instant, response: Response) -> Response {
        let cookie = fresh();
        let mut kept = lock(&self.kept);
        kept.remove(&Digest::of(caller.cookie.as_bytes()));
        if kept.len() >= SESSIONS {
            let oldest = kept.iter().min_by_key(|(_, kept)| kept.seen).map(|(id, _)| *id);
            oldest.map(|id| kept.remove(&id));
        }
        kept.insert(
            Digest::of(cookie.as_bytes()),
            Kept { visitor: who, opened: Arc::default(), begun: now, seen: now },
        );
        response.with_cookie(&self.cookie, &cookie)
    }

    /// Ends the caller's session; `response` takes the cookie away.
    #[must_use]
    pub fn log_out(&self, caller: &Caller, response: Response) -> Response {
        lock(&self.kept).remove(&Digest::of(caller.cookie.as_bytes()));
        response.with_cookie(&self.cookie, "")
    }

    /// Ends the caller's session where he may not be here any more: he stays a caller, and is nobody.
    pub fn end(&self, caller: &mut Caller) {
        lock(&self.kept).remove(&Digest::of(caller.cookie.as_bytes()));
        caller.visitor = None;
    }

    /// Keeps the caller as `visitor`, with the reason that he chose, until he chooses another.
    pub fn choose(&self, caller: &Caller, visitor: Visitor) {
        if let Some(kept) = lock(&self.kept).get_mut(&Digest::of(caller.cookie.as_bytes())) {
            kept.visitor = visitor;
        }
    }

    /// Gives a caller without a cookie one, so that his next form can be known as his.
    #[must_use]
    pub fn stamp(&self, caller: &Caller, response: Response) -> Response {
        // Who came by a link has a session's cookie in this very answer; a second would undo it.
        let wanted = caller.fresh && !response.gives_cookie(&self.cookie);
        if wanted { response.with_cookie(&self.cookie, &caller.cookie) } else { response }
    }

    /// Keeps a chosen language in the browser.
    #[must_use]
    pub fn speak(&self, language: Language, response: Response) -> Response {
        response.with_cookie(&self.language_cookie, language.tag())
    }

    /// Makes a link's path, `/open/…`, that lets `who` in once, to the page `to`. For a demonstration
    /// on this machine; whoever sees the link before it is used is in.
    #[must_use]
    pub fn link(&self, who: Visitor, to: &str) -> String {
        let word = fresh();
        lock(&self.links).insert(Digest::of(word.as_bytes()), (who, to.to_owned()));
        format!("/open/{word}")
    }

    /// Spends a link.
    ///
    /// # Errors
    /// [`ConsoleRefusal::SpentLink`] if it was spent, or never made.
    pub fn open_link(&self, word: &str) -> Result<(Visitor, String), ConsoleRefusal> {
        lock(&self.links).remove(&Digest::of(word.as_bytes())).ok_or(ConsoleRefusal::SpentLink)
    }
}

/// 32 random bytes as a word for cookies and links.
fn fresh() -> String {
    BASE32_NOPAD.encode(Secret::random().expose())
}

/// The tables are whole between any two statements, so a thread that died has broken nothing.
fn lock<T>(table: &Mutex<T>) -> MutexGuard<'_, T> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::appliance::keeper::Role;

    fn officer() -> Visitor {
        Visitor { role: Role::Officer, who: "Anna".into(), reason: String::new() }
    }

    fn no_sessions() -> Sessions {
        Sessions::of(BoxId([7; 16]))
    }

    /// The cookie that an answer sets.
    fn cookie_of(response: &Response) -> (String, String) {
        let header = response.headers().iter().find(|(name, _)| *name == "Set-Cookie").unwrap();
        let (name, rest) = header.1.split_once('=').unwrap();
        (name.to_owned(), rest.split(';').next().unwrap().to_owned())
    }

    fn logged_in(sessions: &Sessions, now: Instant) -> Request {
        let caller = sessions.caller(&Request::of("/"), now);
        let response = sessions.log_in(&caller, officer(), now, Response::go_to("/"));
        let (name, value) = cookie_of(&response);
        Request::of("/").with_cookie(&name, &value)
    }

    #[test]
    fn a_session_ends_when_idle_and_when_it_has_lasted_long_enough() {
        let (sessions, start) = (no_sessions(), Instant::now());
        let request = logged_in(&sessions, start);
        let at = |seconds| sessions.caller(&request, start + Duration::from_secs(seconds)).visitor;
        let mut last = 0;
        for seconds in (0..8 * 3600).step_by(890) {
            assert_eq!(at(seconds), Some(officer()), "after {seconds} s");
            last = seconds;
        }
        assert!(last < 8 * 3600);
        assert_eq!(at(8 * 3600), None, "whole");
        let request = logged_in(&sessions, start);
        let idle = |seconds| sessions.caller(&request, start + Duration::from_secs(seconds)).visitor;
        assert_eq!(idle(15 * 60), None, "idle");
        assert_eq!(idle(0), None, "what has ended stays ended");
    }

    #[test]
    fn logging_out_ends_the_session_whatever_the_browser_keeps() {
        let (sessions, now) = (no_sessions(), Instant::now());
        let request = logged_in(&sessions, now);
        let caller = sessions.caller(&request, now);
        assert!(caller.visitor.is_some());
        let _ = sessions.log_out(&caller, Response::go_to("/"));
        assert!(sessions.caller(&request, now).visitor.is_none());
    }

    #[test]
    fn a_cookie_from_before_the_log_in_is_not_logged_in() {
        let (sessions, now) = (no_sessions(), Instant::now());
        let planted = Request::of("/").with_cookie("kluis-07070707", &fresh());
        let caller = sessions.caller(&planted, now);
        let _ = sessions.log_in(&caller, officer(), now, Response::go_to("/"));
        assert!(sessions.caller(&planted, now).visitor.is_none());
    }

    #[test]
    fn a_form_is_obeyed_only_from_our_page_to_this_visitor() {
        let (sessions, now) = (no_sessions(), Instant::now());
        let (ours, others) = (logged_in(&sessions, now), logged_in(&sessions, now));
        let token = sessions.token(&sessions.caller(&ours, now));
        let check = |request: &Request| sessions.check(request, &sessions.caller(request, now));
        let form = |request: &Request, token: &str| request.clone().with_form(&[(TOKEN_FIELD, token)]);
        assert_eq!(check(&form(&ours, &token)), Ok(()));
        let refused = Err(ConsoleRefusal::ForeignForm);
        assert_eq!(check(&form(&others, &token)), refused);
        assert_eq!(check(&form(&ours, "")), refused);
        assert_eq!(check(&form(&ours, &token[1..])), refused);
        assert_eq!(check(&form(&Request::of("/"), &token)), refused, "no cookie");
        assert_eq!(check(&ours), refused, "not a form");
        let mut foreign = form(&ours, &token);
        foreign.foreign = true;
        assert_eq!(check(&foreign), refused);
        assert_ne!(no_sessions().token(&sessions.caller(&ours, now)), token, "another process");
    }

    #[test]
    fn who_is_let_in_by_a_link_keeps_the_session_of_it() {
        let (sessions, now) = (no_sessions(), Instant::now());
        let caller = sessions.caller(&Request::of("/open/word"), now);
        let response = sessions.log_in(&caller, officer(), now, Response::go_to("/"));
        let response = sessions.stamp(&caller, response);
        assert_eq!(response.headers().iter().filter(|(name, _)| *name == "Set-Cookie").count(), 1);
    }

    #[test]
    fn a_link_opens_once() {
        let sessions = no_sessions();
        let link = sessions.link(officer(), "/terms");
        let word = link.strip_prefix("/open/").unwrap();
        assert_eq!(sessions.open_link(word), Ok((officer(), "/terms".to_owned())));
        assert_eq!(sessions.open_link(word), Err(ConsoleRefusal::SpentLink));
        assert_eq!(sessions.open_link(""), Err(ConsoleRefusal::SpentLink));
    }

    #[test]
    fn sessions_are_bounded() {
        let (sessions, start) = (no_sessions(), Instant::now());
        let first = logged_in(&sessions, start);
        for later in 1..=SESSIONS as u64 {
            let _ = logged_in(&sessions, start + Duration::from_secs(later));
        }
        assert_eq!(lock(&sessions.kept).len(), SESSIONS);
        assert!(sessions.caller(&first, start).visitor.is_none());
    }

    #[test]
    fn the_language_is_the_chosen_one_or_the_browsers() {
        let (sessions, now) = (no_sessions(), Instant::now());
        let chosen = Request::of("/").with_cookie("kluis-07070707-language", "nl");
        assert_eq!(sessions.caller(&chosen, now).language, Language::Nl);
        assert_eq!(sessions.caller(&Request::of("/"), now).language, Language::En);
    }
}
