//! Why `kluis-send` does not do what was asked: this room's own reasons, and those of the rooms
//! below it, each with its own stable code.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use crate::exchange::bundle::{BundleRefusal, StatementRefusal};
use crate::exchange::invoice::InvoiceRefusal;
use crate::exchange::journal::JournalRefusal;
use crate::exchange::law::LawRefusal;
use crate::exchange::time::TimeRefusal;
use crate::exchange::vocabulary::{BundleNumber, Country};
use crate::support::durable::DiskError;
use crate::support::words::{Language, Said, steers};

crate::refusals! {
    /// This room's own reasons.
    pub enum ShopRefusal {
        /// Neither `--shop` nor `KLUIS_SHOP` names a folder.
        NoShopNamed = "shop-not-named",
        /// The folder is not one that `init` made.
        NotAShop { path: String } = "shop-not-a-shop",
        /// `init` on a folder that is a shop already.
        AlreadyAShop { path: String } = "shop-already",
        /// The shop's name is empty, too long or has control characters.
        NameUnusable = "shop-name-unusable",
        /// The file of keys can be read by others.
        KeysOpen { path: String } = "shop-keys-open",
        /// The file of keys is not of its form.
        KeysDamaged { path: String } = "shop-keys-damaged",
        /// The settings are not of their form.
        Settings { path: String, reason: String } = "shop-settings",
        /// The ledger does not hold together.
        LedgerDamaged { path: String, line: usize } = "shop-ledger-damaged",
        /// Something shows a number that the ledger never gave: it is an old copy.
        LedgerOld { number: BundleNumber, known: u64, found: String } = "shop-ledger-old",
        /// No box is enrolled yet.
        NoBox = "shop-no-box",
        /// A card of another box, or of this one with another key or entity.
        AnotherBox { ours: String, theirs: String } = "shop-another-box",
        /// The journal on a card is shorter than one that was shown before.
        CardOlder { size: u64, seen: u64 } = "shop-card-older",
        /// Two heads over as many entries that are not the same.
        JournalForked { size: u64 } = "shop-journal-forked",
        /// The receipt to carry on from is this folder's own.
        SucceedsItself = "shop-succeeds-itself",
        /// Something was sealed here already.
        SucceedsTooLate = "shop-succeeds-too-late",
        /// The old folder is not the one that is carried on.
        OldShopOther = "shop-old-shop-other",
        /// The fingerprint was not confirmed, and there is nobody to ask.
        FingerprintWanted { fingerprint: String } = "shop-fingerprint-wanted",
        /// What was typed is not the card's fingerprint.
        FingerprintDiffers { typed: String } = "shop-fingerprint-differs",
        /// There is nothing at this path.
        NoSuchFile { path: String } = "shop-no-such-file",
        /// A symbolic link, a device, a pipe.
        NotAFile { path: String } = "shop-not-a-file",
        /// Nothing in what was named is an invoice by its name.
        NothingToSeal { patterns: String } = "shop-nothing-to-seal",
        /// The folder for the bundles is not there.
        NoTarget { path: String } = "shop-no-target",
        /// The document changed between the two times that it was read.
        Changed { path: String } = "shop-document-changed",
        /// A file with the name of the bundle is there already.
        BundleThere { path: String } = "shop-bundle-there",
        /// With `--all-or-nothing`: nothing was sealed, because some are refused.
        NothingSealed { refused: usize } = "shop-nothing-sealed",
        /// `--replaces` names a number that was never given.
        ReplacesUnknown { number: BundleNumber, known: u64 } = "shop-replaces-unknown",
        /// `--replaces` names a number that the box has.
        ReplacesReceived { number: BundleNumber } = "shop-replaces-received",
        /// `--replaces` names a number that was replaced before.
        ReplacesReplaced { number: BundleNumber, by: BundleNumber } = "shop-replaces-replaced",
        /// What is given needs more than one bundle.
        ReplacementSplits { number: BundleNumber } = "shop-replacement-splits",
        /// The replacement lacks invoices of what it replaces.
        ReplacementLacks { number: BundleNumber, count: usize, first: String } = "shop-replacement-lacks",
        /// The settings name no authority that could sign the time.
        NoTimeAuthority = "shop-no-time-authority",
        /// An authority's address that is none of `http://`.
        TimeAuthorityUrl { path: String, url: String } = "shop-time-authority-url",
        /// The authority gave no answer.
        TimeUnreachable { url: String, reason: String } = "shop-time-unreachable",
        /// The law of this country has no row.
        NoLaw { country: Country } = "shop-no-law",
        /// Neither a file nor a code.
        NeitherFileNorCode { typed: String } = "shop-neither-file-nor-code",
        /// A code that was not made for our header.
        CodeDiffers { number: BundleNumber } = "shop-code-differs",
        /// A receipt of something else than an admission.
        ReceiptOfOther = "shop-receipt-of-other",
        /// A receipt for another shop's bundle.
        ReceiptForeign = "shop-receipt-foreign",
        /// The box admitted another bundle under one of our numbers.
        ReceiptContradicts { number: BundleNumber } = "shop-receipt-contradicts",
        /// Nothing goes out to this address.
        PushLine { to: String, reason: String } = "shop-push-line",
        /// No interface leads to this address, or the one that does is down.
        PushNoWay { to: String } = "shop-push-no-way",
        /// The interface has no link: the cable is out, or the other end is off.
        PushUnplugged { to: String, interface: String } = "shop-push-unplugged",
        /// Another process is pushing for this shop.
        PushBusy = "shop-push-busy",
        /// Nobody answers for the address, and the box's hardware address was not set by hand.
        PushNoNeighbour { address: String, interface: String } = "shop-push-no-neighbour",
        /// A firewall of this computer lets nothing out there, or it is an address of many.
        PushForbidden { to: String } = "shop-push-forbidden",
        /// The interface's frames are too short for the datagrams.
        PushTooLong { to: String, length: usize } = "shop-push-too-long",
        /// The box's card has no key for it.
        PushNoKey = "shop-push-no-key",
        /// Neither a bundle, nor a token, nor a card, by its name.
        PushKind { path: String } = "shop-push-kind",
        /// A file without a byte.
        PushEmpty { path: String } = "shop-push-empty",
        /// A bundle for another box.
        PushOtherBox { number: BundleNumber } = "shop-push-other-box",
        /// There is nothing to push in the folder.
        PushNothing { path: String } = "shop-push-nothing",
        /// The state of the push is not of its form.
        PushStateDamaged { path: String } = "shop-push-state-damaged",
    }
}

/// A refusal of this room or of one below it.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "each variant is the room that it comes from")]
pub enum Refused {
    Shop(ShopRefusal),
    Disk(DiskError),
    Invoice(InvoiceRefusal),
    Law(LawRefusal),
    Bundle(BundleRefusal),
    Card(StatementRefusal),
    Journal(JournalRefusal),
    Time(TimeRefusal),
}

impl Refused {
    /// Whether it says something of the line or of this computer, and nothing of a file that is pushed: it may be over
    /// later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Shop(refusal) => matches!(
                refusal,
                ShopRefusal::PushLine { .. }
                    | ShopRefusal::PushNoWay { .. }
                    | ShopRefusal::PushUnplugged { .. }
                    | ShopRefusal::PushBusy
                    | ShopRefusal::PushNoNeighbour { .. }
                    | ShopRefusal::PushForbidden { .. }
            ),
            Self::Disk(error) => matches!(error, DiskError::Full { .. }),
            _ => false,
        }
    }
}

macro_rules! rooms {
    ($( $variant:ident($room:ty), )*) => {
        $( impl From<$room> for Refused {
            fn from(refusal: $room) -> Self { Self::$variant(refusal) }
        } )*

        impl Said for Refused {
            fn code(&self) -> Cow<'static, str> {
                match self { $( Self::$variant(refusal) => refusal.code(), )* }
            }
            fn fields(&self) -> Vec<(&'static str, String)> {
                match self { $( Self::$variant(refusal) => refusal.fields(), )* }
            }
        }
    };
}

rooms! {
    Shop(ShopRefusal),
    Disk(DiskError),
    Invoice(InvoiceRefusal),
    Law(LawRefusal),
    Bundle(BundleRefusal),
    Card(StatementRefusal),
    Journal(JournalRefusal),
    Time(TimeRefusal),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::En))
    }
}

impl std::error::Error for Refused {}

/// A path or a stranger's text as it may be shown: control characters and those that turn the
/// direction of writing are escaped, so that a file's name cannot rewrite the screen.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if steers(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// [`shown`] of a path; bytes that are no UTF-8 become `\u{fffd}`.
#[must_use]
pub fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_said() {
        crate::support::words::assert_all_said(ShopRefusal::CODES);
    }

    #[test]
    fn a_name_cannot_rewrite_the_screen() {
        assert_eq!(shown("a\u{1b}[2Jb\nc\u{202e}d"), "a\\u{1b}[2Jb\\nc\\u{202e}d");
    }
}
