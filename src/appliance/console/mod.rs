//! The console: what an officer and an auditor see of the box, in a browser on it.
//!
//! ```text
//!  browser -> gate -> http::Request -> session, route -> keeper -> view -> page -> http::Response
//!             (bounds, (decoded)       (who, why,                  (plain  (maud, words,
//!              grammar)                 form token)                 data)   style.css)
//! ```
//!
//! **Promised.** Nothing that arrives on the socket can stop the box, fill its memory or be shown as
//! a page ([`gate`], [`http`]). Nothing is looked up for somebody who is not logged in, or for an
//! officer who has not said why ([`session`]); guessing is slow ([`throttle`]). A document of a sender
//! reaches the browser as pictures that the box drew, as plain text, or as a file to save; never as
//! something that a browser would run. Every page works without a script, by keyboard alone, in
//! every language, and says so where the box is one for showing.
//!
//! **Not promised.** The browser is not ours: what it keeps (its history holds the addresses of
//! searches), saves or prints is out of the box's hands. A box's screen should run it in a mode that
//! forgets. There is no TLS, because nothing leaves the machine.
//!
//! What goes in and out, by path (all but the first six need a session):
//!
//! | path | what |
//! |---|---|
//! | `/` | to the search, or to the log-in |
//! | `/style.css` | the one style sheet |
//! | `/log-in` (GET, POST) | name and pass phrase, or a pass |
//! | `/log-out` (POST) | ends the session |
//! | `/open/WORD` | a demonstration's one-time link |
//! | `/language/TAG?to=…` | keeps the language in the browser |
//! | `/reason?to=…` (GET, POST) | the officer says why |
//! | `/search?number=…&from=…` | the form and what it finds |
//! | `/invoice/ID` | one invoice |
//! | `/invoice/ID/document/N` | its N-th document to look at; `/page/P.png` below it |
//! | `/invoice/ID/document/N/file` | the unchanged document, to save |
//! | `/invoice/ID/proof`, `/invoice/ID/proof/file` | its proof |
//! | `/terms` | the timeline |
//! | `/terms/NAME/certificate`, `…/certificate/file` | a certificate |
//! | `/holds` | what is kept longer than its term (officers) |
//! | `/invoice/ID/hold`, `/terms/NAME/hold` (GET, POST) | keeps it longer |
//! | `/holds/NAME/release` (GET, POST) | ends that, by a second officer's pass-phrase |
//! | `/stick`, `/stick/write` (POST) | the stick that is in; a receipt or the card onto it, by an officer |
//! | `/receipts`, `/receipts/STREAM/file` | what the shop wants to hear |
//! | `/box.card` | the box's card, to check proofs and certificates with |

pub mod gate;
pub mod http;
pub mod page;
pub mod pages;
pub mod refusal;
mod serve;
pub mod session;
pub mod throttle;
pub mod typed;

pub use pages::certificate::{not_covered, sheet};
pub use serve::{Links, open, open_with_link};
