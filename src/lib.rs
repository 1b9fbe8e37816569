//! Factuurkluis: an invoice archive on a box that is on no network.
//!
//! A webshop must keep its invoices for years and has no reason to keep anything else. This
//! package has both ends of the way that lets it: `kluis-send` at the shop reads invoices, keeps
//! what the law asks for, and seals them into signed, encrypted *bundles*; `kluis`, the box, takes
//! the bundles in one way only, keeps the very files that were signed, shows them to an auditor at
//! its console, and destroys them when their *term* is over.
//!
//! ```text
//!  kluis-send                                        kluis
//!  invoice -> law -> bundle -> stick | push | folder -> airlock -> archive -> console
//!  (read,    (which  (seal,                             (no keys)  (verify,    (look up)
//!   minimise) term)   sign)                                         keep,
//!                                                                   journal)
//!       purge <- receipt (code, QR, file) <----------------------- journal
//!                                        retention (floor, states) -> vault: destroy
//! ```
//!
//! Each term has one secret, and an age identity derived from it. Bundles are encrypted to that
//! identity by the shop; whoever has the secret can read the term, on the box, on a stick in a
//! drawer, in a recorded push; when it is destroyed nobody can. Everything else that the box stores
//! is sealed under other keys derived from the same secret, or says nothing.
//!
//! Calls go down only: [`support`] <- [`exchange`] <- [`shop`], [`appliance`]; the shop and the
//! appliance never meet but in [`demo`], which plays both.

pub mod appliance;
pub mod demo;
pub mod exchange;
pub mod shop;
pub mod support;
