//! The airlock: where hostile bytes are read.

mod serve;

pub use serve::serve_as;
