//! Why the keeper says no.

use std::borrow::Cow;
use std::fmt;

use crate::appliance::airlock::{AirlockRefusal, NotRead};
use crate::appliance::archive::{ArchiveRefusal, Refused, Why};
use crate::appliance::catalogue::CatalogueRefusal;
use crate::appliance::journal::LogError;
use crate::appliance::reader::ReaderRefusal;
use crate::appliance::retention::RetentionRefusal;
use crate::appliance::vault::VaultError;
use crate::exchange::bundle::StatementRefusal;
use crate::exchange::law::LawRefusal;
use crate::exchange::time::TimeRefusal;
use crate::exchange::vocabulary::Digest;
use crate::support::durable::DiskError;
use crate::support::words::{Language, Said};

crate::refusals! {
    /// The keeper's own refusals.
    pub enum OwnRefusal {
        /// There is a box already.
        AlreadyABox { directory: String } = "keeper-already-a-box",
        /// There is none.
        NotABox { directory: String } = "keeper-not-a-box",
        /// A key is gone in the middle.
        KeyGone { name: String } = "keeper-key-gone",
        /// Nobody of this name, or another pass-phrase.
        WrongPass = "keeper-wrong-pass",
        /// The pass is not good today.
        PassNotGood { from: String, until: String } = "keeper-pass-not-good",
        /// Only an officer may.
        OfficersOnly = "keeper-officers-only",
        /// No reason, or one that is not on the list.
        UnknownReason { list: String } = "keeper-unknown-reason",
        /// The fingerprint is another.
        FingerprintDiffers { typed: String, card: String } = "keeper-fingerprint-differs",
        /// The card is for another box.
        CardForAnotherBox = "keeper-card-for-another-box",
        /// The card's file is no card.
        CardRefused { file: String, reason: String } = "keeper-card-refused",
        /// Another sender has this id or stream.
        SenderTaken = "keeper-sender-taken",
        /// A newer card of this sender's key is here.
        CardOlder { issued: String, here: String } = "keeper-card-older",
        /// No such invoice.
        NoSuchInvoice = "keeper-no-such-invoice",
        /// The term is due: only numbers and dates are listed.
        TermLocked { term: String } = "keeper-term-locked",
        /// By claims alone the term is over: an auditor does not read it alone.
        OfficerBeside { term: String } = "keeper-officer-beside",
        /// The term's key is gone.
        TermDestroyed { term: String } = "keeper-term-destroyed",
        /// No such bundle.
        NoSuchBundle { number: String } = "keeper-no-such-bundle",
        /// The term has no certificate.
        NoSuchCertificate { term: String } = "keeper-no-such-certificate",
        /// The catalogue has another number of invoices than the journal.
        CatalogueCounts { found: u64, counted: u64 } = "keeper-catalogue-counts",
        /// Several streams, or none, fit.
        WhichStream { list: String } = "keeper-which-stream",
        /// What was asked for cannot be written where it should go.
        Unwritable { reason: String } = "keeper-unwritable",
        /// Nobody said whose books the box is to keep.
        InitWants { directory: String } = "keeper-init-wants",
        /// Two officers at least.
        TwoOfficers = "keeper-two-officers",
        /// One person cannot be two.
        TwoPeople { name: String } = "keeper-two-people",
        /// An officer of less than a year cannot be one of a pair.
        OfficerTooNew { officer: String, counts: String } = "keeper-officer-too-new",
        /// No officer of this name.
        NoSuchOfficer { name: String, list: String } = "keeper-no-such-officer",
        /// No pass of this name.
        NoSuchPass { name: String, list: String } = "keeper-no-such-pass",
        /// An officer or a pass has this name.
        NameTaken { name: String } = "keeper-name-taken",
        /// No name, or too long a one.
        NameUnfit { limit: usize } = "keeper-name-unfit",
        /// Two officers whose word counts must stay.
        TwoMustStay { name: String } = "keeper-two-must-stay",
        /// A second officer is wanted.
        SecondOfficer = "keeper-second-officer",
        /// No sender of this name, or several.
        NoSuchSender { name: String, list: String } = "keeper-no-such-sender",
        /// The card carries on something that this box does not have.
        SuccessionUnknown { number: String } = "keeper-succession-unknown",
        /// The old key has not signed, or is blocked.
        SuccessionWantsTwo = "keeper-succession-wants-two",
        /// Nothing of this shop waits.
        NothingWaits { name: String } = "keeper-nothing-waits",
        /// An officer has refused old invoices.
        OldRefused { file: String } = "keeper-old-refused",
        /// No release key was pinned when the box was made.
        NoReleaseKey = "keeper-no-release-key",
        /// The table of law is none, or another key signed it.
        LawTableRefused { file: String, reason: String } = "keeper-law-table-refused",
        /// The table is not newer than what the box has.
        LawTableOlder { edition: String, present: String } = "keeper-law-table-older",
        /// The fingerprint is another table's.
        LawTableDiffers { typed: String, table: String } = "keeper-law-table-differs",
        /// A term is never shortened by an officer.
        OnlyLonger { term: String, until: String, present: String } = "keeper-only-longer",
        /// Longer than anybody needs.
        TooLong { term: String, most: String } = "keeper-too-long",
        /// A file or folder cannot be read.
        Unreadable { path: String, reason: String } = "keeper-unreadable",
        /// No authority's word on the time is taken.
        NoAuthority = "keeper-no-authority",
        /// A token over something else than a head of this journal.
        TokenOverOther { reason: String } = "keeper-token-over-other",
        /// Two officers struck this token.
        TokenWasStruck { token: Digest } = "keeper-token-was-struck",
        /// The evidence of a token is not there, or was changed.
        TokenLost { token: Digest } = "keeper-token-lost",
        /// No token of this name counts.
        NoSuchToken { token: String, list: String } = "keeper-no-such-token",
        /// The authority is pinned already.
        PinThere { fingerprint: Digest } = "keeper-pin-there",
        /// No authority of this fingerprint is pinned.
        NoSuchPin { fingerprint: String, list: String } = "keeper-no-such-pin",
        /// More authorities than a box believes.
        TooManyPins { limit: usize } = "keeper-too-many-pins",
        /// The journal counts an admission that none of its records opens.
        AdmissionLost { entry: u64 } = "keeper-admission-lost",
        /// Entries of the journal that no living key opens, and that no destroyed term had.
        EntriesLost { count: u64 } = "keeper-entries-lost",
        /// The box has stopped: a head that it signed is longer than its log.
        StoppedLonger { seen: u64, size: u64 } = "keeper-stopped-longer",
        /// The box has stopped: its log does not lead to a head that it signed.
        StoppedContradicts { seen: u64 } = "keeper-stopped-contradicts",
        /// The box has not stopped.
        NotStopped = "keeper-not-stopped",
        /// No head of this box's journal is in a file.
        NoHead { file: String } = "keeper-no-head",
        /// What was typed from a slip is not a head of this log.
        TypedDiffers { size: u64, log: u64 } = "keeper-typed-differs",
        /// The journal counts a hold that none of its records opens.
        HoldLost { entry: u64 } = "keeper-hold-lost",
        /// No term of this name.
        NoSuchTerm { term: String } = "keeper-no-such-term",
        /// No hold of this name.
        NoSuchHold { hold: String, list: String } = "keeper-no-such-hold",
        /// There is no hold at all.
        NoHolds = "keeper-no-holds",
        /// It was released before.
        HoldReleasedAlready { hold: String } = "keeper-hold-released-already",
        /// No reason for a hold, or one that is not on the list.
        UnknownHoldReason { list: String } = "keeper-unknown-hold-reason",
        /// No reference, or too long a one.
        ReferenceUnfit { limit: usize } = "keeper-reference-unfit",
        /// The journal does not fit the vault.
        JournalBroken { reason: String } = "keeper-journal-broken",
    }
}

/// A refusal of the keeper's own or of a room that it asked.
#[derive(Debug)]
pub enum KeeperRefusal {
    /// The keeper's own.
    Own(OwnRefusal),
    /// The archive's, which names a file.
    Archive(Refused),
    /// The archive's, about a bundle that is here.
    Stored(Why),
    /// The airlock's, about a stick.
    Airlock(NotRead),
    /// The vault's.
    Vault(VaultError),
    /// The journal's.
    Journal(LogError),
    /// The catalogue's.
    Catalogue(CatalogueRefusal),
    /// The law's.
    Law(LawRefusal),
    /// Retention's.
    Retention(RetentionRefusal),
    /// The reader's, about a time token.
    Reader(ReaderRefusal),
    /// Why a time token is none.
    Time(TimeRefusal),
    /// A card's or certificate's.
    Statement(StatementRefusal),
    /// The disk's.
    Disk(DiskError),
}

impl Said for KeeperRefusal {
    fn code(&self) -> Cow<'static, str> {
        self.said(&|said| said.code())
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        self.said(&|said| said.fields())
    }

    fn say(&self, language: Language) -> String {
        self.said(&|said| said.say(language))
    }
}

impl KeeperRefusal {
    /// Whether all that is wrong is that the disk has no room.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(
            self,
            Self::Disk(DiskError::Full { .. })
                | Self::Archive(Refused {
                    why: Why::Archive(ArchiveRefusal::DiskFull { .. }) | Why::Disk(DiskError::Full { .. }),
                    ..
                })
                | Self::Vault(VaultError::Disk(DiskError::Full { .. }))
                | Self::Journal(LogError::Disk(DiskError::Full { .. }))
        )
    }

    fn said<T>(&self, ask: &dyn Fn(&dyn Said) -> T) -> T {
        match self {
            Self::Own(refusal) => ask(refusal),
            Self::Archive(refusal) => ask(refusal),
            Self::Stored(refusal) => ask(&refusal.clone().of("")),
            Self::Airlock(refusal) => ask(refusal),
            Self::Vault(refusal) => ask(refusal),
            Self::Journal(refusal) => ask(refusal),
            Self::Catalogue(refusal) => ask(refusal),
            Self::Law(refusal) => ask(refusal),
            Self::Retention(refusal) => ask(refusal),
            Self::Reader(refusal) => ask(refusal),
            Self::Time(refusal) => ask(refusal),
            Self::Statement(refusal) => ask(refusal),
            Self::Disk(refusal) => ask(refusal),
        }
    }
}

macro_rules! from {
    ($($variant:ident($type:ty)),* $(,)?) => { $(
        impl From<$type> for KeeperRefusal {
            fn from(refusal: $type) -> Self { Self::$variant(refusal) }
        }
    )* };
}

from! {
    Own(OwnRefusal), Archive(Refused), Stored(Why), Airlock(NotRead), Vault(VaultError), Journal(LogError),
    Catalogue(CatalogueRefusal), Law(LawRefusal), Retention(RetentionRefusal),
    Reader(ReaderRefusal), Time(TimeRefusal), Statement(StatementRefusal), Disk(DiskError),
}

impl From<AirlockRefusal> for KeeperRefusal {
    fn from(refusal: AirlockRefusal) -> Self {
        Self::Airlock(refusal.into())
    }
}

impl fmt::Display for KeeperRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::En))
    }
}

impl std::error::Error for KeeperRefusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_said() {
        crate::support::words::assert_all_said(OwnRefusal::CODES);
    }
}
