//! Where an event lies: with its term, with its year, or open to all.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{LogError, LogRefusal, names_in};
use crate::support::durable::DiskError;

/// The event log that an event is written to. Its key dies with what it is named after.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Cards, the dates of terms, intents, certificates: in the clear.
    Public,
    /// Events of no term, sealed under the journal-year key of this year (1 to 9999).
    Year(i16),
    /// Events of the term of this name (lower-case letters, digits and dashes), sealed under its event
    /// key. The term's directory exists before its first event and is removed by others.
    Term(String),
    /// Events of the hold of this name (of the same form), sealed under its key. As with a term, its
    /// directory exists before and is removed by others.
    Hold(String),
}

impl Place {
    /// The path of its event log in the box's directory.
    pub(super) fn path(&self, directory: &Path) -> Result<PathBuf, LogError> {
        match self {
            Self::Public => Ok(directory.join("journal/events/public")),
            Self::Year(year @ 1..=9999) => Ok(directory.join(format!("journal/events/{year:04}"))),
            Self::Term(name) if is_name(name) => Ok(directory.join("terms").join(name).join("events")),
            Self::Hold(name) if is_name(name) => Ok(directory.join("holds").join(name).join("events")),
            Self::Year(_) | Self::Term(_) | Self::Hold(_) => {
                Err(LogRefusal::PlaceName { place: self.to_string().chars().take(80).collect() }.into())
            }
        }
    }

    /// Every place that has an event log in the box's directory. Other names are left alone.
    pub(super) fn all_in(directory: &Path) -> Result<Vec<Self>, LogError> {
        let mut places = Vec::new();
        for name in names_in(&directory.join("journal/events"))? {
            let year = name.parse().ok().filter(|year: &i16| format!("{year:04}") == name && *year > 0);
            if name == "public" {
                places.push(Self::Public);
            } else if let Some(year) = year {
                places.push(Self::Year(year));
            }
        }
        let with_events = |folder: &str| -> Result<Vec<String>, DiskError> {
            let folder = directory.join(folder);
            let mut names = names_in(&folder)?;
            names.retain(|name| is_name(name) && folder.join(name).join("events").exists());
            Ok(names)
        };
        places.extend(with_events("terms")?.into_iter().map(Self::Term));
        places.extend(with_events("holds")?.into_iter().map(Self::Hold));
        Ok(places)
    }
}

/// The text that goes into a record's associated data, and into sentences.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Year(year) => write!(f, "year:{year:04}"),
            Self::Term(name) => write!(f, "term:{name}"),
            Self::Hold(name) => write!(f, "hold:{name}"),
        }
    }
}

/// One component of a path, and nothing that a filesystem reads otherwise.
fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
