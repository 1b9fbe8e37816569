//! A table of law as it comes to a box: rows that whoever releases this program has signed. A box takes one
//! if its pinned release key signed it and two officers want it; nothing else shortens a term.

use serde::{Deserialize, Serialize};

use super::labels;
use super::statement::{Statement, StatementRefusal};
use crate::exchange::law::{Edition, Row, Table};
use crate::exchange::vocabulary::PublicKey;

/// Bytes of a table's body at most.
pub const LAW_TABLE_LIMIT: usize = 256 * 1024;

/// What a signed table says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawTable {
    /// Which it is; a later one is greater.
    pub edition: Edition,
    /// The rows, whole: what is not in them has no row any more.
    pub rows: Vec<Row>,
    /// The release key from the next table on, where it changes.
    pub successor: Option<PublicKey>,
}

/// A table of law with its signature.
pub type SignedLawTable = Statement<LawTable>;

impl SignedLawTable {
    /// Reads a table and checks that the release key signed it.
    ///
    /// # Errors
    /// [`StatementRefusal`], also for rows that cannot be a table.
    pub fn open(bytes: &[u8], release_key: &PublicKey) -> Result<Self, StatementRefusal> {
        let signed = Self::parse(labels::LAW_TABLE, bytes, LAW_TABLE_LIMIT)?;
        signed.verify(&[*release_key])?;
        signed.table()?;
        Ok(signed)
    }

    /// Its rows, as the law's room takes them.
    ///
    /// # Errors
    /// [`StatementRefusal::NotOfForm`].
    pub fn table(&self) -> Result<Table, StatementRefusal> {
        let LawTable { edition, rows, .. } = self.body();
        Table::new(*edition, rows.clone())
            .map_err(|refusal| StatementRefusal::NotOfForm { reason: refusal.to_string() })
    }

    /// What is typed to take it: so that what was shown is what is taken.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.digest().fingerprint()
    }
}
