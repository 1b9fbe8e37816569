//! What of law a box keeps: whose signature a changed table needs, the last one that was taken, and which
//! new terms are under.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::start::read_blob;
use super::terms::KeptBy;
use super::{Keeper, KeeperRefusal, OwnRefusal};
use crate::exchange::bundle::SignedLawTable;
use crate::exchange::law::{self, Edition, LawRefusal, Policy, Table, Term};
use crate::exchange::vocabulary::{Digest, PublicKey};

/// What of law a box's vault keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LawState {
    /// Whose signature the next table needs; none on a box that takes none.
    pub release_key: Option<PublicKey>,
    /// The last table that was taken.
    pub taken: Option<Taken>,
}

/// A table that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Taken {
    /// As signed.
    pub table: ByteBuf,
    /// Whose signature it has: the release key of then.
    pub key: PublicKey,
    /// When, by the box's clock.
    pub at: Timestamp,
    /// The two officers.
    pub by: Vec<String>,
}

/// The law that new terms are under.
pub(super) struct LawInForce {
    pub state: LawState,
    pub taken: Option<Table>,
}

impl LawInForce {
    /// As the vault has it.
    pub(super) fn open(blob: &[u8]) -> Result<Self, KeeperRefusal> {
        let state: LawState = if blob.is_empty() { LawState::default() } else { read_blob(blob)? };
        let table = |taken: &Taken| SignedLawTable::open(&taken.table, &taken.key)?.table();
        let taken = state.taken.as_ref().map(table).transpose()?;
        Ok(Self { state, taken })
    }

    /// The later of the table that was taken and the program's own. The program's moves no term: only
    /// new ones are under it.
    pub(super) fn table(&self) -> &Table {
        let built_in = Table::built_in();
        self.taken.as_ref().filter(|taken| taken.edition() >= built_in.edition()).unwrap_or(built_in)
    }
}

/// The law of a box, for whoever asks.
#[derive(Clone, Debug, Serialize)]
pub struct LawView {
    /// The edition that new terms are under.
    pub edition: Edition,
    /// Whether that is the program's own table, or one that was taken.
    pub built_in: bool,
    /// Whose signature the next table needs; none on a box that takes none.
    pub release_key: Option<PublicKey>,
    /// The last table that was taken.
    pub taken: Option<Edition>,
    /// When, by the box's clock.
    pub taken_at: Option<Timestamp>,
}

/// What the journal says of the law: held against the vault when the box is opened.
#[derive(Default)]
pub(super) struct Told {
    pub until: BTreeMap<String, Date>,
    pub law: Option<Digest>,
}

impl Told {
    pub(super) fn opened(&mut self, term: String, until: Date) {
        self.until.insert(term, until);
    }

    pub(super) fn law(&mut self, table: Vec<u8>) {
        self.law = Some(Digest::of(&table));
    }
}

/// Until when a new term is kept: by `table`, or, where that has no row, by the program's own.
pub(super) fn kept_by(table: &Table, term: &Term, policy: &Policy) -> Result<KeptBy, LawRefusal> {
    if let Some(kept) = table.kept_until(term, policy) {
        return Ok(KeptBy { kept, law_table: table.edition() });
    }
    let kept = law::kept_until(term, policy)?;
    Ok(KeptBy { kept, law_table: Table::built_in().edition() })
}

impl Keeper {
    /// The table that new terms are under.
    pub(super) fn law_table(&self) -> Table {
        self.law_in_force().table().clone()
    }

    pub(super) fn law_in_force(&self) -> std::sync::RwLockReadGuard<'_, LawInForce> {
        self.law.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The law of this box.
    #[must_use]
    pub fn law(&self) -> LawView {
        let law = self.law_in_force();
        LawView {
            edition: law.table().edition(),
            built_in: law.taken.as_ref().is_none_or(|taken| taken.edition() != law.table().edition()),
            release_key: law.state.release_key,
            taken: law.taken.as_ref().map(Table::edition),
            taken_at: law.state.taken.as_ref().map(|taken| taken.at),
        }
    }

    /// Reads a table of law, as far as this box could take it.
    ///
    /// # Errors
    /// [`OwnRefusal::NoReleaseKey`], [`OwnRefusal::LawTableRefused`], [`OwnRefusal::LawTableOlder`].
    pub fn read_law_table(&self, file: &str, bytes: &[u8]) -> Result<SignedLawTable, KeeperRefusal> {
        let law = self.law_in_force();
        let key = law.state.release_key.ok_or(OwnRefusal::NoReleaseKey)?;
        let signed = SignedLawTable::open(bytes, &key).map_err(|refusal| OwnRefusal::LawTableRefused {
            file: file.to_owned(),
            reason: refusal.to_string(),
        })?;
        let edition = signed.body().edition;
        let present = law.table().edition();
        // The program's own edition may be taken once, signed: it moves the terms that an earlier program
        // opened.
        let taken = law.taken.as_ref().is_some_and(|taken| taken.edition() >= edition);
        if taken || edition < present {
            let (edition, present) = (edition.to_string(), present.to_string());
            return Err(OwnRefusal::LawTableOlder { edition, present }.into());
        }
        Ok(signed)
    }
}
