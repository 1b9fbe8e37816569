//! What is refused.

use std::borrow::Cow;
use std::fmt;

use super::frames::No;
use super::volume::{StickRefusal, TOP};
use crate::appliance::cage::{Fault, NotStarted, plain};
use crate::support::words::{Language, Said};

crate::refusals! {
    /// Why the airlock does not read or write.
    pub enum AirlockRefusal {
        /// The process cannot be started, or cannot be shut into its cage.
        Unavailable { reason: String } = "airlock-unavailable",
        /// The process gave up on the stick.
        Failed { reason: Fault } = "airlock-failed",
        /// The process gave up on this file.
        FailedAt { file: String, reason: Fault } = "airlock-failed-at",
        /// The process answered with what is no answer.
        Protocol = "airlock-protocol",
        /// It cannot be opened.
        NotOpened { path: String, reason: String } = "airlock-not-opened",
        /// Something of the machine's own lies on it: it is mounted.
        InUse { path: String } = "airlock-in-use",
        /// Neither an image nor a block device.
        NotAStick { path: String } = "airlock-not-a-stick",
        /// Pulled out in the midst.
        PulledOut = "airlock-pulled-out",
        /// It is something beside a stick: a keyboard, say.
        MoreThanAStick { name: String, interfaces: u32 } = "airlock-more-than-a-stick",
        /// A USB device with a disk that is no mass storage.
        NoMassStorage { name: String } = "airlock-no-mass-storage",
        /// Another stick is being read.
        OneAtATime = "airlock-one-at-a-time",
        /// A small switch on it, or the stick itself.
        WriteProtected = "airlock-write-protected",
        /// The device did not take what was to be written.
        NotWritten { file: String, reason: String } = "airlock-not-written",
        /// Nothing is in that could be written onto.
        NoStick = "airlock-no-stick",
        /// A fault of this program's own.
        OurFault = "airlock-our-fault",
        /// More cards wait than an officer would look at.
        TooManyCards { file: String, limit: usize } = "airlock-too-many-cards",
    }
}

impl From<NotStarted> for AirlockRefusal {
    fn from(error: NotStarted) -> Self {
        Self::Unavailable { reason: error.to_string() }
    }
}

/// A refusal of the process that reads a stick, held to be one that it can have.
#[derive(Clone, Debug, PartialEq)]
pub struct StickSaid {
    code: &'static str,
    fields: Vec<(&'static str, String)>,
}

impl StickSaid {
    /// What the process said; `None` where it is not of a refusal's form.
    pub(super) fn of(no: &No) -> Option<Self> {
        let (code, names) = StickRefusal::CODES.iter().find(|(code, _)| *code == no.code)?;
        let values = no.values.iter().map(|value| plain(value));
        let fields = names.iter().copied().zip(values).collect();
        (names.len() == no.values.len()).then_some(Self { code, fields })
    }

    /// The file that it is about, where it is about one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        let file = self.fields.iter().find(|(name, _)| *name == "file")?;
        Some(&file.1).filter(|file| *file != TOP).map(String::as_str)
    }

    /// Whether the device did not answer.
    #[must_use]
    pub fn is_no_answer(&self) -> bool {
        self.code == "stick-unreadable"
    }
}

impl Said for StickSaid {
    fn code(&self) -> Cow<'static, str> {
        self.code.into()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        self.fields.clone()
    }
}

/// Why a stick, or a file on it, is not read: the process's word, or ours.
#[derive(Clone, Debug, PartialEq)]
pub enum NotRead {
    /// The airlock's.
    Airlock(AirlockRefusal),
    /// The process's.
    Stick(StickSaid),
}

impl NotRead {
    /// What to say of a stick whose process was lost, by how it ended; without that, it spoke nonsense.
    pub(super) fn lost(fault: Option<Fault>) -> Self {
        fault.map_or(AirlockRefusal::Protocol, |reason| AirlockRefusal::Failed { reason }).into()
    }

    fn said(&self) -> &dyn Said {
        match self {
            Self::Airlock(refusal) => refusal,
            Self::Stick(said) => said,
        }
    }
}

impl Said for NotRead {
    fn code(&self) -> Cow<'static, str> {
        self.said().code()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        self.said().fields()
    }

    fn say(&self, language: Language) -> String {
        self.said().say(language)
    }
}

impl fmt::Display for NotRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::En))
    }
}

impl<R: Into<AirlockRefusal>> From<R> for NotRead {
    fn from(refusal: R) -> Self {
        Self::Airlock(refusal.into())
    }
}
