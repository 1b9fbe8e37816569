//! Every fixed word of the journal, in one place. `bundle/FORMAT.md` has them in its table; none may
//! ever change.

/// Begins the origin (and key name) of a box's checkpoints; the box's id follows as 32 lower-case
/// hex digits. `.internal` is the top-level domain that ICANN reserved for private use in 2024, so
/// nobody can ever own the name, and the random id makes it unique.
pub const ORIGIN: &str = "factuurkluis.internal/";

/// Begins what a receipt code's HMAC is taken over.
pub const RECEIPT_CODE: &str = "factuurkluis/receipt-code";

/// Begins the associated data under which an event is sealed on the box's disk.
pub const EVENT: &str = "factuurkluis/event";

/// A receipt's first line (C2SP tlog-proof).
pub const TLOG_PROOF: &str = "c2sp.org/tlog-proof@v1";
