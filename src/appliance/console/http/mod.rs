//! A request as the pages see it, and the few kinds of answer that they give.
//!
//! **Promised.** A [`Request`] is read whole and decoded before a page sees it: path, query, form
//! and cookies are UTF-8 without control characters, bounded in number. A [`Response`] has a known
//! length and a type from a short list; no header of it can hold a control character. A document
//! of a sender is never a page: it is saved, or shown as plain text or as a picture that the box
//! drew, in a sandbox without an origin.
//!
//! **Not promised.** The headers that every answer carries are the gate's ([`super::gate`]).

mod request;
mod response;
#[cfg(test)]
mod tests;

pub use request::{Method, Request, encoded};
pub use response::{Kind, Response, is_here};
