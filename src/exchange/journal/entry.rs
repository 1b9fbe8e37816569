//! What the log holds: 33 bytes an entry, a kind and a commitment.
//!
//! ```text
//!  0      1                               33
//!  | kind | HMAC-SHA-256(key, body)        |      key: 32 random bytes made for this entry
//! ```
//!
//! The leaf hash is taken over all 33 bytes. An [`Opening`] (kind, key, body) shows what an entry
//! says; without the key even a right guess at the body cannot be confirmed, so when the openings of a
//! term have died, its entries tell only their kinds, their number and their order.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::tree::leaf_hash;
use crate::exchange::vocabulary::Digest;

/// The length of an entry in bytes.
pub const ENTRY_LENGTH: usize = 1 + COMMITMENT_LENGTH;
const COMMITMENT_LENGTH: usize = 32;

/// The length of the random key that opens a commitment, in bytes.
pub const OPENING_KEY_LENGTH: usize = 32;

/// The longest body of an event, in bytes. A look-up that opened more invoices than fit is written as
/// several events.
pub const MAX_BODY: usize = 1024 * 1024;

macro_rules! kinds {
    ($( $(#[$meta:meta])* $name:ident = $number:literal, )*) => {
        /// What happened. The numbers stand in every entry and are never used for something else.
        ///
        /// Kinds that are *public* lie open beside the log; the others are sealed under the key of
        /// their term or, where they belong to none, of their year ([`EntryKind::is_public`]).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum EntryKind { $( $(#[$meta])* $name = $number, )* }

        impl EntryKind {
            /// Every kind, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$( Self::$name, )*];

            /// The kind with this number; `None` where no kind has it (yet).
            #[must_use]
            pub fn from_number(number: u8) -> Option<Self> {
                match number { $( $number => Some(Self::$name), )* _ => None }
            }
        }
    };
}

kinds! {
    /// The box was made; carries its first card. Public.
    BoxMade = 0x01,
    /// The box has a new card. Public.
    BoxCard = 0x02,
    /// The keeper began to serve.
    Started = 0x03,
    /// The keeper ended in good order.
    Stopped = 0x04,
    /// Two officers let a stopped box go on without a part of its history that is lost. Public.
    HeadSetAside = 0x05,

    /// A sender's card was admitted. Public.
    SenderEnrolled = 0x10,
    /// Nothing more is taken from a sender. Public.
    SenderBlocked = 0x11,
    /// A sender has a new key, by a signed succession. Public.
    SenderReplaced = 0x12,

    /// Somebody became an officer.
    OfficerAppointed = 0x18,
    /// Somebody is an officer no more.
    OfficerDismissed = 0x19,
    /// A pass was issued to an auditor.
    PassIssued = 0x1a,
    /// A pass was taken back.
    PassRevoked = 0x1b,
    /// Somebody logged in at the console.
    LoggedIn = 0x1c,
    /// Somebody tried to log in and could not.
    LogInRefused = 0x1d,
    /// Who decided what another event did: public events name nobody.
    Decided = 0x1e,
    /// What may be done at the box changed. Public.
    PolicyChanged = 0x1f,

    /// A term has a key; carries its dates. Public.
    TermOpened = 0x20,
    /// Nothing more is expected of a term. Public.
    TermClosed = 0x21,
    /// A term is over: its documents are locked. Public.
    TermDue = 0x22,
    /// A changed law moved a term's end. Public.
    TermMoved = 0x23,
    /// A term is kept longer than the law asks. Public.
    TermLengthened = 0x24,
    /// A term's key is about to be destroyed. Public.
    Intent = 0x25,
    /// A term was destroyed; carries the certificate. Public.
    Destroyed = 0x26,

    /// A bundle was admitted.
    Admission = 0x30,
    /// How many bundles were refused, by reason.
    Refused = 0x31,
    /// A sender signed one number twice; carries both headers. Public.
    TwiceSigned = 0x32,
    /// An officer looked at old invoices that waited, and let them in or not.
    OldInvoicesDecided = 0x33,

    /// Somebody looked something up.
    LookUp = 0x40,
    /// Somebody took an export along.
    Exported = 0x41,

    /// A hold was placed.
    HoldPlaced = 0x50,
    /// A hold was released.
    HoldReleased = 0x51,
    /// The key of a released hold is about to be destroyed; names no hold. Public.
    HoldIntent = 0x52,

    /// The floor was moved by something else than counted seconds. Public.
    FloorMoved = 0x60,
    /// A time token was taken. Public.
    TokenTaken = 0x61,
    /// Two officers struck a time token that others contradict. Public.
    TokenStruck = 0x62,
    /// The pinned time authorities changed. Public.
    PinsChanged = 0x63,
    /// Two officers said that a date has passed.
    TimeDeclared = 0x64,
    /// The clock of a demo box was turned. Public.
    ClockTurned = 0x65,

    /// A new table of law was taken. Public.
    LawTaken = 0x70,
}

impl EntryKind {
    /// The number that stands in the entry.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Whether such events lie open beside the log: cards, the dates of terms, intents, certificates,
    /// time, and the proof that a number was signed twice. They name no person.
    #[must_use]
    pub fn is_public(self) -> bool {
        use EntryKind as K;
        match self {
            K::BoxMade
            | K::BoxCard
            | K::HeadSetAside
            | K::SenderEnrolled
            | K::SenderBlocked
            | K::SenderReplaced => true,
            K::TermOpened | K::TermClosed | K::TermDue | K::TermMoved | K::TermLengthened => true,
            K::Intent | K::Destroyed | K::TwiceSigned | K::PolicyChanged | K::LawTaken => true,
            K::HoldIntent => true,
            K::FloorMoved | K::TokenTaken | K::TokenStruck | K::PinsChanged | K::ClockTurned => true,
            K::Started | K::Stopped | K::OfficerAppointed | K::OfficerDismissed => false,
            K::PassIssued | K::PassRevoked | K::LoggedIn | K::LogInRefused | K::Decided => false,
            K::Admission | K::Refused | K::OldInvoicesDecided | K::LookUp | K::Exported => false,
            K::HoldPlaced | K::HoldReleased | K::TimeDeclared => false,
        }
    }
}

/// One entry of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry(pub [u8; ENTRY_LENGTH]);

impl Entry {
    /// Commits to `body` under `key`.
    #[must_use]
    pub fn commit(kind: EntryKind, key: &[u8; OPENING_KEY_LENGTH], body: &[u8]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(body);
        let mut entry = [0; ENTRY_LENGTH];
        entry[0] = kind.number();
        entry[1..].copy_from_slice(&mac.finalize().into_bytes());
        Self(entry)
    }

    /// What kind it is of; `None` where this program does not know the number.
    #[must_use]
    pub fn kind(&self) -> Option<EntryKind> {
        EntryKind::from_number(self.0[0])
    }

    /// Its hash as a leaf of the log.
    #[must_use]
    pub fn leaf_hash(&self) -> Digest {
        leaf_hash(&self.0)
    }
}

/// What opens one entry and no other: its kind, the random key and the body. Wiped when dropped,
/// because it must not outlive its term.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Opening {
    #[zeroize(skip)]
    kind: EntryKind,
    key: [u8; OPENING_KEY_LENGTH],
    body: Vec<u8>,
}

impl Opening {
    /// An opening with a fresh random key, for an event that is about to be written.
    ///
    /// # Panics
    /// If the kernel has no randomness to give.
    #[must_use]
    pub fn fresh(kind: EntryKind, body: Vec<u8>) -> Self {
        let mut key = [0; OPENING_KEY_LENGTH];
        getrandom::fill(&mut key).expect("the kernel's random generator answers");
        Self { kind, key, body }
    }

    /// An opening that was kept.
    #[must_use]
    pub fn kept(kind: EntryKind, key: [u8; OPENING_KEY_LENGTH], body: Vec<u8>) -> Self {
        Self { kind, key, body }
    }

    /// The entry that it opens.
    #[must_use]
    pub fn entry(&self) -> Entry {
        Entry::commit(self.kind, &self.key, &self.body)
    }

    /// What kind of event it is.
    #[must_use]
    pub fn kind(&self) -> EntryKind {
        self.kind
    }

    /// The random key.
    #[must_use]
    pub fn key(&self) -> &[u8; OPENING_KEY_LENGTH] {
        &self.key
    }

    /// The event's body, canonical CBOR of an [`Event`](super::Event).
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}
