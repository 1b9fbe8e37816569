//! The show.

pub mod invoices;
