//! Why a bundle is not admitted: one sentence each, which names the file and the way out.

use std::borrow::Cow;
use std::fmt;

use crate::appliance::reader::ReaderRefusal;
use crate::exchange::bundle::BundleRefusal;
use crate::exchange::law::LawRefusal;
use crate::exchange::vocabulary::BundleNumber;
use crate::support::durable::DiskError;
use crate::support::words::{self, Language, Said};

crate::refusals! {
    /// Why the archive refuses a bundle that is sound in itself.
    pub enum ArchiveRefusal {
        /// Not a regular file.
        NotAFile = "archive-not-a-file",
        /// The file cannot be read.
        Unreadable { reason: String } = "archive-unreadable",
        /// No room that may be used.
        DiskFull { needed: u64, free: u64 } = "archive-disk-full",
        /// The sender is not enrolled.
        UnknownSender { sender: String } = "archive-unknown-sender",
        /// The sender was blocked.
        BlockedSender { name: String } = "archive-blocked-sender",
        /// The stream is not this sender's.
        UnknownStream { name: String } = "archive-unknown-stream",
        /// The bundle is for another box.
        WrongBox { theirs: String, ours: String } = "archive-wrong-box",
        /// The bundle is of another legal person's books.
        WrongEntity { ours: String } = "archive-wrong-entity",
        /// No such term.
        UnknownTerm { term: String } = "archive-unknown-term",
        /// The term is over.
        TermDue { term: String } = "archive-term-due",
        /// The term's key is gone.
        TermDestroyed { term: String } = "archive-term-destroyed",
        /// The bundle names another recipient for the term.
        WrongRecipient { term: String } = "archive-wrong-recipient",
        /// The number was signed twice.
        SignedTwice { number: BundleNumber } = "archive-signed-twice",
        /// The number was replaced by one that is here.
        Replaced { number: BundleNumber, by: BundleNumber } = "archive-replaced",
        /// It replaces a number that is here.
        ReplacesAdmitted { number: BundleNumber, replaces: BundleNumber } = "archive-replaces-admitted",
        /// It replaces itself or a later number.
        ReplacesLater { number: BundleNumber, replaces: BundleNumber } = "archive-replaces-later",
        /// The header before it, as it says, is not the one that is here.
        Contradicts { number: BundleNumber, other: BundleNumber } = "archive-contradicts",
        /// The checkpoint that the sender says to have seen is not this box's.
        SeenForged = "archive-seen-forged",
        /// The sender has seen a head of the journal that this journal does not contain.
        SeenNewer = "archive-seen-newer",
        /// An invoice belongs to another term.
        OtherTerm { invoice: String, says: String, belongs: String } = "archive-other-term",
        /// An invoice belongs to no open term.
        NoTerm { invoice: String, reason: String } = "archive-no-term",
        /// A bundle is there that the journal does not know, or the other way round.
        Missing { bundle: String } = "archive-missing",
        /// The term's key was taken back in the middle.
        KeyGone { term: String } = "archive-key-gone",
        /// A hold's key was taken back in the middle.
        HoldKeyGone { hold: String } = "archive-hold-key-gone",
        /// A held copy is not what was written.
        HeldDamaged { hold: String, offset: u64 } = "archive-held-damaged",
        /// A hold has another number of invoices than when it was placed.
        HeldCounts { hold: String, found: u64, counted: u64 } = "archive-held-counts",
    }
}

/// A file that was refused, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The file's name, as a person would look for it.
    pub file: String,
    /// Why.
    pub why: Why,
}

/// Why, from whichever room found it.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// The archive.
    Archive(ArchiveRefusal),
    /// The bundle itself.
    Bundle(BundleRefusal),
    /// The law.
    Law(LawRefusal),
    /// The process that reads documents.
    Reader(ReaderRefusal),
    /// The disk.
    Disk(DiskError),
}

impl Why {
    /// Names the file.
    #[must_use]
    pub fn of(self, file: &str) -> Refused {
        Refused { file: file.to_owned(), why: self }
    }

    fn said(&self) -> &dyn Said {
        match self {
            Self::Archive(refusal) => refusal,
            Self::Bundle(refusal) => refusal,
            Self::Law(refusal) => refusal,
            Self::Reader(refusal) => refusal,
            Self::Disk(refusal) => refusal,
        }
    }
}

impl From<ArchiveRefusal> for Why {
    fn from(refusal: ArchiveRefusal) -> Self {
        Self::Archive(refusal)
    }
}

impl From<BundleRefusal> for Why {
    fn from(refusal: BundleRefusal) -> Self {
        Self::Bundle(refusal)
    }
}

impl From<LawRefusal> for Why {
    fn from(refusal: LawRefusal) -> Self {
        Self::Law(refusal)
    }
}

impl From<ReaderRefusal> for Why {
    fn from(refusal: ReaderRefusal) -> Self {
        Self::Reader(refusal)
    }
}

impl From<DiskError> for Why {
    fn from(refusal: DiskError) -> Self {
        Self::Disk(refusal)
    }
}

impl Said for Refused {
    fn code(&self) -> Cow<'static, str> {
        self.why.said().code()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = self.why.said().fields();
        fields.push(("file", self.file.clone()));
        fields
    }

    fn say(&self, language: Language) -> String {
        let reason = self.why.said().say(language);
        let fields = [("file", Cow::Borrowed(self.file.as_str())), ("reason", Cow::Borrowed(&reason))];
        words::message(language, "archive-refused", &fields)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::En))
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_said() {
        words::assert_all_said(ArchiveRefusal::CODES);
    }
}
