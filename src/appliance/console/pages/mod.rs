//! The pages: each a plain view and a pure function from it to markup.
//!
//! A view holds what a page shows, already looked up and worked out; it knows no other room of the
//! box. So each page can be looked at with invented data ([`samples`], and
//! `cargo test --lib console::pages::samples -- --ignored --nocapture` serves them).

pub mod certificate;
pub mod door;
pub mod hold;
pub mod invoice;
pub mod line;
pub mod original;
pub mod proof;
pub mod query;
pub mod receipts;
#[cfg(test)]
mod samples;
pub mod search;
pub mod stick;
pub mod terms;
