//! Why the catalogue refuses, and what is to be done about it.

crate::refusals! {
    /// Why the catalogue does not answer. Nothing is ever lost by it: the bundles are the truth.
    pub enum CatalogueRefusal {
        /// Something in it does not open, does not decode or is missing. Remove the directory and
        /// index the term's bundles again.
        Damaged { term: String } = "catalogue-damaged",
        /// The disk refuses to read or write: full, read-only, not permitted.
        Disk { term: String, reason: String } = "catalogue-disk",
        /// Another process has it open.
        Busy { term: String } = "catalogue-busy",
        /// More rows were asked for at once than a list may show.
        TooManyRows { asked: usize, most: usize } = "catalogue-too-many-rows",
    }
}
