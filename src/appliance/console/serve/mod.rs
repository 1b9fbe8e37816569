//! The console bound to the keeper: which path is which page, who may see it, and what the keeper is
//! asked for it.
//!
//! ```text
//!  Request ── caller (cookie) ── route ─┬─ anybody          style, log-in, link, language
//!                                       ├─ logged in        terms, certificate, stick, receipts, card, what is kept longer
//!                                       └─ with a reason    search, invoice, document, proof
//! ```
//! **Promised.** What changes something is a POST with the token of the page it came from. A look-up
//! is the keeper's, who writes it into the journal before he answers. A refusal is a page with the
//! sentence. **Not promised.** A pass that ends, ends for the next log-in: a session lasts eight hours
//! at most.

mod document;
mod door;
mod hold;
mod line;
mod look_up;
mod proof;
mod stick;
mod terms;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use maud::Markup;

use super::gate::Gate;
use super::http::{Method, Request, Response, encoded};
use super::page::{Frame, STYLE, Say, Tab, Tone, layout};
use super::pages::door::message;
use super::refusal::ConsoleRefusal;
use super::session::{Caller, Sessions};
use super::throttle::Throttle;
use crate::appliance::keeper::{Keeper, KeeperRefusal, Role, Visitor};
use crate::support::words::Said;

use hold::Subject;

/// Opens the console at `port` of this machine's loopback; 0 takes one that is free.
///
/// # Errors
/// If the port is taken, or the box's card cannot be written.
pub fn open(keeper: Arc<Keeper>, port: u16) -> io::Result<Gate> {
    open_with_link(keeper, port).map(|(gate, _)| gate)
}

/// Opens the console as [`open`] does, with links that let somebody in.
///
/// # Errors
/// As [`open`].
pub fn open_with_link(keeper: Arc<Keeper>, port: u16) -> io::Result<(Gate, Links)> {
    let console = Arc::new(Console::new(keeper)?);
    let served = Arc::clone(&console);
    let gate = Gate::open(port, move |request| served.answer(&request))?;
    let links = Links { address: gate.address(), console };
    Ok((gate, links))
}

/// Makes links that log in by a click, for a demonstration on this machine.
pub struct Links {
    address: SocketAddr,
    console: Arc<Console>,
}

impl Links {
    /// A link that lets `visitor` in once, to the page `to` (`/search?customer=…`). Who he is, the
    /// keeper has said; whoever sees the link before it is used is in.
    #[must_use]
    pub fn to(&self, visitor: Visitor, to: &str) -> String {
        format!("http://{}{}", self.address, self.console.sessions.link(visitor, to))
    }
}

/// All of one console.
struct Console {
    keeper: Arc<Keeper>,
    sessions: Sessions,
    throttle: Mutex<Throttle>,
    /// What people compare the box by.
    fingerprint: String,
    /// Held while a page is drawn: each drawing process may take a gigabyte.
    drawing: Mutex<()>,
}

/// Why a page is not shown.
enum No {
    Console(ConsoleRefusal),
    Keeper(KeeperRefusal),
}

impl From<ConsoleRefusal> for No {
    fn from(refusal: ConsoleRefusal) -> Self {
        Self::Console(refusal)
    }
}

impl From<KeeperRefusal> for No {
    fn from(refusal: KeeperRefusal) -> Self {
        Self::Keeper(refusal)
    }
}

/// One request with all that an answer to it needs.
struct Asked<'a> {
    console: &'a Console,
    request: &'a Request,
    caller: &'a Caller,
    say: Say,
}

/// A page's heading, what stands on it, and the main link that is lit.
struct Page {
    title: String,
    main: Markup,
    tab: Tab,
}

impl Console {
    fn new(keeper: Arc<Keeper>) -> io::Result<Self> {
        let card = keeper.write_card().map_err(io::Error::other)?;
        Ok(Self {
            sessions: Sessions::of(keeper.facts().box_id),
            keeper,
            throttle: Mutex::default(),
            fingerprint: card.fingerprint(),
            drawing: Mutex::default(),
        })
    }

    fn answer(&self, request: &Request) -> Response {
        let mut caller = self.sessions.caller(request, Instant::now());
        // A pass that ended or was revoked meanwhile, an officer who was dismissed.
        if caller.visitor.as_ref().is_some_and(|visitor| !self.keeper.still_lets_in(visitor)) {
            self.sessions.end(&mut caller);
        }
        let asked = Asked { console: self, request, caller: &caller, say: Say(caller.language) };
        let response = asked.route().unwrap_or_else(|no| asked.refused(&no));
        self.sessions.stamp(&caller, response)
    }
}

impl Asked<'_> {
    /// The path table of [`console`](super).
    fn route(&self) -> Result<Response, No> {
        let path = self.request.path();
        match (self.request.method, path.as_slice()) {
            (Method::Get, ["style.css"]) => return Ok(Response::style(STYLE)),
            (Method::Get, ["log-in"]) => return Ok(self.log_in_page("", "", None)),
            (Method::Post, ["log-in"]) => return self.log_in(),
            (Method::Get, ["open", word]) => return self.follow_link(word),
            (Method::Get, ["language", tag]) => return Ok(self.speak(tag)),
            _ => {}
        }
        let Some(visitor) = &self.caller.visitor else {
            return Ok(self.to_log_in());
        };
        match (self.request.method, path.as_slice()) {
            (Method::Get, []) => Ok(Response::go_to("/search")),
            (Method::Post, ["log-out"]) => self.log_out(),
            (Method::Get, ["reason"]) => Ok(self.reason_page(visitor, None)),
            (Method::Post, ["reason"]) => self.choose_reason(visitor),
            (Method::Get, ["terms"]) => Ok(self.timeline()),
            (Method::Get, ["terms", name, "certificate"]) => self.certificate(name),
            (Method::Get, ["terms", name, "certificate", "file"]) => self.certificate_file(name),
            (Method::Get, ["holds"]) => self.holds(visitor),
            (Method::Get, ["holds", name, "release"]) => self.release_page(visitor, name),
            (Method::Post, ["holds", name, "release"]) => self.release_hold(visitor, name),
            (Method::Get, ["terms", name, "hold"]) => self.hold_page(visitor, &Subject::Term(name)),
            (Method::Post, ["terms", name, "hold"]) => self.place_hold(visitor, &Subject::Term(name)),
            (Method::Post, ["invoice", place, "hold"]) => {
                let place = look_up::place_of(place).ok_or(ConsoleRefusal::NoSuchPage)?;
                self.place_hold(visitor, &Subject::Invoice(place))
            }
            (Method::Get, ["stick"]) => self.stick(),
            (Method::Post, ["stick", "write"]) => self.write_onto_stick(visitor),
            (Method::Get, ["receipts"]) => self.receipts(),
            (Method::Get, ["receipts", stream, "file"]) => self.receipt_file(stream),
            (Method::Get, ["box.card"]) => self.card_file(),
            (Method::Get, ["search" | "invoice", ..]) if visitor.reason.is_empty() => {
                Ok(Response::go_to(&format!("/reason?to={}", encoded(&self.request.target))))
            }
            (Method::Get, ["search"]) => self.search(visitor),
            (Method::Get, ["invoice", place, below @ ..]) => self.invoice_below(visitor, place, below),
            _ => Err(ConsoleRefusal::NoSuchPage.into()),
        }
    }

    fn invoice_below(&self, visitor: &Visitor, place: &str, below: &[&str]) -> Result<Response, No> {
        let place = look_up::place_of(place).ok_or(ConsoleRefusal::NoSuchPage)?;
        match below {
            [] => self.invoice(visitor, place),
            ["hold"] => self.hold_page(visitor, &Subject::Invoice(place)),
            ["proof"] => self.proof(visitor, place),
            ["proof", "file"] => self.proof_file(visitor, place),
            ["document", number] => self.original(visitor, place, document::index_of(number)?),
            ["document", number, "file"] => self.document_file(visitor, place, document::index_of(number)?),
            ["document", number, "page", picture] => {
                self.picture(visitor, place, document::index_of(number)?, picture)
            }
            _ => Err(ConsoleRefusal::NoSuchPage.into()),
        }
    }

    /// A page in its frame.
    fn page(&self, page: &Page) -> Response {
        self.page_again(page, None)
    }

    /// The same, which the browser asks for again after so many seconds.
    fn page_again(&self, page: &Page, again: Option<u8>) -> Response {
        let token = self.token();
        let facts = self.keeper().facts();
        let frame = Frame {
            language: self.say.0,
            box_name: &facts.entity.name,
            fingerprint: &self.console.fingerprint,
            demo: facts.demo,
            short_of_room: self.keeper().is_short_of_room(),
            visitor: self.caller.visitor.as_ref(),
            token: &token,
            here: self.here(),
            tab: page.tab,
            again,
        };
        Response::page(layout(&frame, &page.title, &page.main))
    }

    /// The page that says why not.
    fn refused(&self, no: &No) -> Response {
        let (said, status): (&dyn Said, _) = match no {
            No::Console(refusal) => (refusal, refusal.status()),
            No::Keeper(refusal) => (refusal, status_of(&refusal.code())),
        };
        let title = self.say.text("console-refused-title");
        let main = message(self.say, &title, Tone::Wrong, &said.say(self.say.0));
        self.page(&Page { title, main, tab: Tab::None }).with_status(status)
    }

    fn keeper(&self) -> &Keeper {
        &self.console.keeper
    }

    fn is_officer(&self) -> bool {
        self.caller.visitor.as_ref().is_some_and(|visitor| visitor.role == Role::Officer)
    }

    fn token(&self) -> String {
        self.console.sessions.token(self.caller)
    }

    /// The address to come back to after log-in, reason or language: of a form that was refused,
    /// the page that it came from is as good as any.
    fn here(&self) -> &str {
        match self.request.method {
            Method::Get => &self.request.target,
            Method::Post => "/",
        }
    }

    /// The search that a page below it leads back to.
    fn back(&self) -> Option<String> {
        let back = self.request.query("back");
        (super::http::is_here(back) && back.starts_with("/search?")).then(|| back.to_owned())
    }
}

/// The status for a program, by the refusal's code. Never 500: the gate keeps that for pages that
/// died.
fn status_of(code: &str) -> u16 {
    match code {
        "keeper-no-such-invoice" | "keeper-no-such-certificate" | "keeper-no-such-bundle" => 404,
        "keeper-no-such-hold" | "keeper-no-holds" | "keeper-no-such-term" => 404,
        "keeper-hold-released-already" => 409,
        "keeper-term-destroyed" => 410,
        "keeper-term-locked" | "keeper-officers-only" | "keeper-unknown-reason" => 403,
        _ => 503,
    }
}

/// Nothing is left half done behind a thread that died with one of these.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
