//! The console: what an officer and an auditor see of the box in a browser on it.

pub mod gate;
pub mod http;
pub mod page;
pub mod pages;
pub mod refusal;
mod serve;
pub mod session;
pub mod throttle;
pub mod typed;

pub use serve::open;
