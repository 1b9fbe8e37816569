//! What an event says: one serde type a kind, written as canonical CBOR by `bundle::cbor`.
//!
//! The order of the fields is the order in the map, so a field never moves and none is ever added: a
//! changed body is a new kind. An [`Event`] is a map of one pair, the variant's name and its body. An
//! event says the least that serves: never the words that were searched, never an invoice's data.
//! Public events name no person; who stood behind one is a [`Decided`] event, which is sealed.
//!
//! One file although it is long: it is one table, and is read as one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::entry::EntryKind;
use crate::exchange::vocabulary::{BundleNumber, Class, Country, Digest, EntityId, SenderId, StreamId, Word};

macro_rules! events {
    ($( $(#[$meta:meta])* $name:ident, )*) => {
        /// An event of the journal. Kinds of [`EntryKind`] that have no variant here are reserved.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[allow(clippy::large_enum_variant, reason = "written and read one at a time")]
        pub enum Event { $( $(#[$meta])* $name($name), )* }

        impl Event {
            /// The kind that stands in its entry.
            #[must_use]
            pub fn kind(&self) -> EntryKind {
                match self { $( Self::$name(_) => EntryKind::$name, )* }
            }
        }

        $( impl From<$name> for Event {
            fn from(body: $name) -> Self { Self::$name(body) }
        } )*
    };
}

events! {
    /// See [`EntryKind::BoxMade`].
    BoxMade,
    /// See [`EntryKind::BoxCard`].
    BoxCard,
    /// See [`EntryKind::Started`].
    Started,
    /// See [`EntryKind::Stopped`].
    Stopped,
    /// See [`EntryKind::HeadSetAside`].
    HeadSetAside,
    /// See [`EntryKind::SenderEnrolled`].
    SenderEnrolled,
    /// See [`EntryKind::SenderBlocked`].
    SenderBlocked,
    /// See [`EntryKind::SenderReplaced`].
    SenderReplaced,
    /// See [`EntryKind::OfficerAppointed`].
    OfficerAppointed,
    /// See [`EntryKind::OfficerDismissed`].
    OfficerDismissed,
    /// See [`EntryKind::PassIssued`].
    PassIssued,
    /// See [`EntryKind::PassRevoked`].
    PassRevoked,
    /// See [`EntryKind::LoggedIn`].
    LoggedIn,
    /// See [`EntryKind::LogInRefused`].
    LogInRefused,
    /// See [`EntryKind::Decided`].
    Decided,
    /// See [`EntryKind::TermOpened`].
    TermOpened,
    /// See [`EntryKind::TermClosed`].
    TermClosed,
    /// See [`EntryKind::TermDue`].
    TermDue,
    /// See [`EntryKind::TermMoved`].
    TermMoved,
    /// See [`EntryKind::TermLengthened`].
    TermLengthened,
    /// See [`EntryKind::Intent`].
    Intent,
    /// See [`EntryKind::Destroyed`].
    Destroyed,
    /// See [`EntryKind::Admission`].
    Admission,
    /// See [`EntryKind::Refused`].
    Refused,
    /// See [`EntryKind::TwiceSigned`].
    TwiceSigned,
    /// See [`EntryKind::OldInvoicesDecided`].
    OldInvoicesDecided,
    /// See [`EntryKind::LookUp`].
    LookUp,
    /// See [`EntryKind::Exported`].
    Exported,
    /// See [`EntryKind::FloorMoved`].
    FloorMoved,
    /// See [`EntryKind::TokenTaken`].
    TokenTaken,
    /// See [`EntryKind::TokenStruck`].
    TokenStruck,
    /// See [`EntryKind::PinsChanged`].
    PinsChanged,
    /// See [`EntryKind::TimeDeclared`].
    TimeDeclared,
    /// See [`EntryKind::HoldPlaced`].
    HoldPlaced,
    /// See [`EntryKind::HoldReleased`].
    HoldReleased,
    /// See [`EntryKind::HoldIntent`].
    HoldIntent,
    /// See [`EntryKind::ClockTurned`].
    ClockTurned,
    /// See [`EntryKind::LawTaken`].
    LawTaken,
}

macro_rules! bodies {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$fmeta:meta])* $field:ident : $type:ty, )* } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields)]
        pub struct $name { $( $(#[$fmeta])* pub $field: $type, )* }
    )* };
}

bodies! {
    /// The box was made.
    BoxMade {
        /// When, by the box's clock: a claim.
        at: Timestamp,
        /// Its first card, as signed.
        card: ByteBuf,
    }

    /// The box has a new card (a term was opened, or its key was replaced).
    BoxCard {
        /// When, by the box's clock.
        at: Timestamp,
        /// The card, as signed.
        card: ByteBuf,
    }

    /// The keeper began to serve.
    Started {
        /// When, by the box's clock.
        at: Timestamp,
        /// The version of the program.
        version: String,
    }

    /// The keeper ended in good order.
    Stopped {
        /// When, by the box's clock.
        at: Timestamp,
    }

    /// A head that this box signed and that its log does not lead to stops it no more.
    HeadSetAside {
        /// When, by the box's clock.
        at: Timestamp,
        /// The head: a signed note.
        head: String,
        /// How many entries the log had when it was set aside.
        size: u64,
    }

    /// A sender's card was admitted.
    SenderEnrolled {
        /// When, by the box's clock.
        at: Timestamp,
        /// Whose card it is.
        sender: SenderId,
        /// The card, as signed.
        card: ByteBuf,
    }

    /// Nothing more is taken from a sender.
    SenderBlocked {
        /// When, by the box's clock.
        at: Timestamp,
        /// Who is blocked.
        sender: SenderId,
    }

    /// A sender has a new key.
    SenderReplaced {
        /// When, by the box's clock.
        at: Timestamp,
        /// Whose key it is.
        sender: SenderId,
        /// The successor's card, as signed: it names the old stream, its last valid number and that
        /// number's header.
        succession: ByteBuf,
    }

    /// Somebody became an officer.
    OfficerAppointed {
        /// When, by the box's clock.
        at: Timestamp,
        /// Who.
        officer: String,
        /// The officers who did it; none on the box's first day.
        by: Vec<String>,
    }

    /// Somebody is an officer no more.
    OfficerDismissed {
        /// When, by the box's clock.
        at: Timestamp,
        /// Who.
        officer: String,
        /// The officers who did it.
        by: Vec<String>,
    }

    /// A pass was issued to an auditor.
    PassIssued {
        /// When, by the box's clock.
        at: Timestamp,
        /// The pass's name, as it stands on the slip.
        pass: String,
        /// Who holds it.
        holder: String,
        /// The last day on which it is good.
        until: Date,
        /// The officers who issued it.
        by: Vec<String>,
    }

    /// A pass was taken back.
    PassRevoked {
        /// When, by the box's clock.
        at: Timestamp,
        /// The pass's name.
        pass: String,
        /// The officers who did it.
        by: Vec<String>,
    }

    /// Somebody logged in at the console.
    LoggedIn {
        /// When, by the box's clock.
        at: Timestamp,
        /// The officer, or the pass's name.
        who: String,
    }

    /// Somebody tried to log in and could not. One event for each row of attempts.
    LogInRefused {
        /// The first attempt.
        since: Timestamp,
        /// The last attempt.
        until: Timestamp,
        /// How many.
        attempts: u32,
    }

    /// Who decided what another event did.
    Decided {
        /// When, by the box's clock.
        at: Timestamp,
        /// The officers.
        by: Vec<String>,
        /// The index of the event that they decided.
        event: u64,
    }

    /// A term has a key, and these dates.
    TermOpened {
        /// When, by the box's clock.
        at: Timestamp,
        /// Its name, such as `trampoline-nl-ordinary-2026-12`.
        term: String,
        /// Whose books.
        entity: EntityId,
        /// Whose law.
        country: Country,
        /// What class of sales.
        class: Class,
        /// The first day of its book year.
        first: Date,
        /// The last day of its book year.
        last: Date,
        /// The last day on which it is kept.
        kept_until: Date,
        /// The table of law that says so.
        law: String,
        /// The SHA-256 of its age recipient's text.
        recipient: Digest,
    }

    /// Nothing more is expected of a term.
    TermClosed {
        /// When, by the box's clock.
        at: Timestamp,
        /// Its name.
        term: String,
    }

    /// A term is over.
    TermDue {
        /// When, by the box's clock.
        at: Timestamp,
        /// Its name.
        term: String,
        /// The last day on which it was kept.
        kept_until: Date,
        /// The floor that is past it.
        floor: Timestamp,
        /// Powered seconds in the box's life when it became due: the wait counts from here.
        powered: u64,
        /// How that is known.
        basis: Word,
        /// The token without which the floor would not be past it.
        token: Option<Digest>,
    }

    /// A table of law moved a term's end.
    TermMoved {
        /// When, by the box's clock.
        at: Timestamp,
        /// Its name.
        term: String,
        /// The last day on which it was to be kept.
        from: Date,
        /// The last day on which it is to be kept now.
        to: Date,
        /// The edition of the table.
        law: String,
        /// The article of its row.
        article: String,
    }

    /// An officer lengthened a term.
    TermLengthened {
        /// When, by the box's clock.
        at: Timestamp,
        /// Its name.
        term: String,
        /// The last day on which it was to be kept.
        from: Date,
        /// The last day on which it is to be kept now.
        to: Date,
    }

    /// A term's key is about to be destroyed.
    Intent {
        /// When, by the box's clock.
        at: Timestamp,
        /// The term's name.
        term: String,
        /// The vault's generation that no longer has the key.
        generation: u64,
        /// The floor at this moment.
        floor: Timestamp,
        /// How it is known that the term is over.
        basis: Word,
    }

    /// A term was destroyed.
    Destroyed {
        /// When, by the box's clock.
        at: Timestamp,
        /// Its name.
        term: String,
        /// The certificate, as signed.
        certificate: ByteBuf,
    }

    /// A bundle was admitted. Its entry's receipt is the sender's receipt.
    Admission {
        /// When, by the box's clock.
        at: Timestamp,
        /// Who sent it.
        sender: SenderId,
        /// In which stream.
        stream: StreamId,
        /// Under which number.
        number: BundleNumber,
        /// The SHA-256 of the header's bytes.
        header: Digest,
        /// The number that it replaces, if it replaces one.
        replaces: Option<BundleNumber>,
        /// Its term's name.
        term: String,
        /// How many invoices it has.
        invoices: u32,
        /// The Merkle root of its leaves.
        root: Digest,
        /// The length of the bundle's file in bytes.
        bytes: u64,
    }

    /// How many bundles or files were refused, one event a stick or an hour.
    Refused {
        /// The first refusal.
        since: Timestamp,
        /// The last refusal.
        until: Timestamp,
        /// How many of each code.
        counts: BTreeMap<String, u32>,
    }

    /// A sender signed one number twice. Each half proves itself by its signatures.
    TwiceSigned {
        /// When the second was seen, by the box's clock.
        at: Timestamp,
        /// Who signed.
        sender: SenderId,
        /// In which stream.
        stream: StreamId,
        /// Which number.
        number: BundleNumber,
        /// The header that came first, with its signatures, as it stood in the file.
        first: ByteBuf,
        /// The header that contradicts it.
        second: ByteBuf,
    }

    /// An officer decided about a sender's old invoices.
    OldInvoicesDecided {
        /// When, by the box's clock.
        at: Timestamp,
        /// Whose they are.
        sender: SenderId,
        /// Whether they were let in.
        admitted: bool,
        /// The SHA-256 of the headers of the bundles that waited; none where he decided before any came.
        bundles: Vec<Digest>,
        /// The officers.
        by: Vec<String>,
    }

    /// Somebody looked something up. One event for each term that the look-up touched, and one of no
    /// term where it touched none.
    LookUp {
        /// When, by the box's clock.
        at: Timestamp,
        /// The officer, or the pass's name.
        who: String,
        /// The reason's code; the auditor's pass is his reason.
        reason: String,
        /// The invoices that were opened.
        opened: Vec<Opened>,
        /// How many were found in this term.
        found: u32,
    }

    /// An invoice that was opened.
    Opened {
        /// The SHA-256 of the bundle's header.
        bundle: Digest,
        /// The invoice's leaf in it, 1 being the first invoice.
        leaf: u32,
    }

    /// Somebody took an export along.
    Exported {
        /// When, by the box's clock.
        at: Timestamp,
        /// The officer, or the pass's name.
        who: String,
        /// The reason's code.
        reason: String,
        /// The SHA-256 of the exported file.
        export: Digest,
        /// The invoices in it.
        invoices: Vec<Opened>,
    }

    /// The floor was moved by a token, or by the loss of one.
    FloorMoved {
        /// When, by the box's clock.
        at: Timestamp,
        /// Where it was.
        from: Timestamp,
        /// Where it is.
        to: Timestamp,
        /// The token that came or went; none where a start found the floor behind its tokens.
        token: Option<Digest>,
    }

    /// A time token was taken.
    TokenTaken {
        /// When, by the box's clock.
        at: Timestamp,
        /// The SHA-256 of the authority's answer; with the head, it lies in `journal/tokens`.
        token: Digest,
        /// The authority's time, less its accuracy.
        time: Timestamp,
        /// The SHA-256 of the pinned certificate or key that it hangs on.
        authority: Digest,
        /// How many entries the journal had at the head that it is over.
        size: u64,
    }

    /// A time token counts no more.
    TokenStruck {
        /// When, by the box's clock.
        at: Timestamp,
        /// The SHA-256 of the authority's answer.
        token: Digest,
    }

    /// Other authorities are believed.
    PinsChanged {
        /// When, by the box's clock.
        at: Timestamp,
        /// All that are believed now, by the SHA-256 of certificate or key.
        pins: Vec<Digest>,
    }

    /// Two officers said that a time has come.
    TimeDeclared {
        /// When, by the box's clock.
        at: Timestamp,
        /// The officers.
        by: Vec<String>,
        /// The time.
        time: Timestamp,
        /// Powered seconds in the box's life when they said it.
        powered: u64,
    }

    /// Invoices, or a term, are kept longer than their time.
    HoldPlaced {
        /// When, by the box's clock.
        at: Timestamp,
        /// The hold's name.
        hold: String,
        /// The officer who placed it.
        by: String,
        /// The reason's code.
        reason: String,
        /// What the officer wrote beside it: a file number, a letter's date.
        reference: String,
        /// The term, where all of it is held.
        term: Option<String>,
        /// How many invoices were copied; none where the whole term is held.
        invoices: u32,
    }

    /// A hold ends.
    HoldReleased {
        /// When, by the box's clock.
        at: Timestamp,
        /// The hold's name.
        hold: String,
        /// The officers who released it.
        by: Vec<String>,
    }

    /// The key of a released hold is about to be destroyed. It does not say which: nobody learns from it
    /// what was held.
    HoldIntent {
        /// When, by the box's clock.
        at: Timestamp,
        /// The vault's generation that no longer has the key.
        generation: u64,
    }

    /// The clock of a demo box was turned.
    ClockTurned {
        /// What it said before.
        from: Timestamp,
        /// What it says now.
        to: Timestamp,
    }

    /// A table of law was taken.
    LawTaken {
        /// When, by the box's clock.
        at: Timestamp,
        /// Its edition.
        edition: String,
        /// The table, as signed.
        table: ByteBuf,
    }
}
