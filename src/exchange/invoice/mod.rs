//! Invoices.
mod record;
pub use record::*;
