//! Why the show cannot be given.

use std::borrow::Cow;
use std::fmt;

use crate::appliance::keeper::KeeperRefusal;
use crate::shop;
use crate::support::durable::DiskError;
use crate::support::words::{Language, Said};

crate::refusals! {
    /// The show's own refusals.
    pub enum DemoRefusal {
        /// The folder to be kept has something in it.
        FolderNotEmpty { folder: String } = "demo-folder-not-empty",
        /// Something did not turn out as the show says it does.
        WentWrong { what: String } = "demo-went-wrong",
        /// Stopped in the middle; nobody is told.
        Stopped = "demo-stopped",
    }
}

/// A refusal of the show or of a room that it plays with.
#[derive(Debug)]
pub enum Refused {
    /// The show's own.
    Own(DemoRefusal),
    /// The box's.
    Keeper(KeeperRefusal),
    /// The shop's.
    Shop(shop::Refused),
    /// The disk's, or the port's.
    Disk(DiskError),
    /// Somebody pressed Ctrl-C in the middle.
    Stopped,
}

impl Refused {
    fn said<T>(&self, ask: &dyn Fn(&dyn Said) -> T) -> T {
        match self {
            Self::Own(refusal) => ask(refusal),
            Self::Keeper(refusal) => ask(refusal),
            Self::Shop(refusal) => ask(refusal),
            Self::Disk(refusal) => ask(refusal),
            Self::Stopped => ask(&DemoRefusal::Stopped),
        }
    }

    /// Something did not turn out as it was said.
    pub(super) fn went_wrong(what: impl Into<String>) -> Self {
        Self::Own(DemoRefusal::WentWrong { what: what.into() })
    }
}

impl Said for Refused {
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

macro_rules! from {
    ($($variant:ident($type:ty)),* $(,)?) => { $(
        impl From<$type> for Refused {
            fn from(refusal: $type) -> Self { Self::$variant(refusal) }
        }
    )* };
}

from! { Own(DemoRefusal), Keeper(KeeperRefusal), Shop(shop::Refused), Disk(DiskError) }

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
        crate::support::words::assert_all_said(DemoRefusal::CODES);
    }
}
