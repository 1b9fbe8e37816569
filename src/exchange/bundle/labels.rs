//! The labels of this room: under which a key is derived from a term's secret, and with which line a
//! signed statement begins. `FORMAT.md` prints them in one table with those of
//! [`journal`](crate::exchange::journal::labels).

/// A term's secret -> the 32-byte X-Wing seed of its age identity, suite 1.
pub const TERM_IDENTITY: &str = "factuurkluis/term/identity/suite-1";
/// A term's secret -> the key under which its catalogue is sealed.
pub const TERM_CATALOGUE: &str = "factuurkluis/term/catalogue";
/// A term's secret -> the key under which its events are sealed.
pub const TERM_EVENTS: &str = "factuurkluis/term/events";

/// First line of a bundle; its header's signatures begin with it.
pub const BUNDLE: &str = "factuurkluis/bundle/1\n";
/// First line of a box's card.
pub const BOX_CARD: &str = "factuurkluis/box-card/1\n";
/// First line of a sender's card.
pub const SENDER_CARD: &str = "factuurkluis/sender-card/1\n";
/// First line of a certificate of destruction, version 1: read for good, written no more.
pub const CERTIFICATE: &str = "factuurkluis/certificate/1\n";
/// First line of a certificate of destruction, version 2.
pub const CERTIFICATE_2: &str = "factuurkluis/certificate/2\n";
/// First line of one invoice's proof.
pub const PROOF: &str = "factuurkluis/proof/1\n";
