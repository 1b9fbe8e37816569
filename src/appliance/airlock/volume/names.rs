//! What a name says: whether the file is one that is taken, and how it is shown to people.

use super::Kind;
use crate::support::words::steers;

/// Characters of a name, at most; both file systems allow no more.
pub(super) const LONGEST_NAME: usize = 255;
/// The folder beside the top in which files are looked for.
const FOLDER: &str = "kluis";

/// A name as it stands on the stick, in UTF-16.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    units: Vec<u16>,
    /// Whether it is one of eight and three letters, with nothing longer behind it.
    short: bool,
}

impl Name {
    /// A long name.
    pub(super) fn long(mut units: Vec<u16>) -> Self {
        units.truncate(LONGEST_NAME);
        Self { units, short: false }
    }

    /// A name of eight and three letters, from a directory entry. Its letters above ASCII depend on
    /// where it was written, which nothing says; a file with such letters has a long name too.
    pub(super) fn short(entry: &[u8; 11], lower_base: bool, lower_ending: bool) -> Self {
        let part = |bytes: &[u8], lower: bool| -> Vec<u16> {
            let used = bytes.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
            let letter = |byte: &u8| match byte {
                0x80.. => u16::from(b'_'),
                byte if lower => u16::from(byte.to_ascii_lowercase()),
                byte => u16::from(*byte),
            };
            bytes[..used].iter().map(letter).collect()
        };
        let mut units = part(&entry[..8], lower_base);
        let ending = part(&entry[8..], lower_ending);
        if !ending.is_empty() {
            units.push(u16::from(b'.'));
            units.extend(ending);
        }
        Self { units, short: true }
    }

    /// How many letters.
    pub(super) fn letters(&self) -> usize {
        self.units.len()
    }

    /// Whether it is the folder that is looked into.
    pub(super) fn is_folder(&self) -> bool {
        self.shown().eq_ignore_ascii_case(FOLDER)
    }

    /// Whether it is hidden by its name: the twins (`._name`) and trash that a Mac leaves.
    pub(super) fn is_hidden(&self) -> bool {
        self.units.first() == Some(&u16::from(b'.'))
    }

    /// What the file is by its ending, in any case. A long ending is cut to three letters where only
    /// the short name is left.
    pub(super) fn kind(&self) -> Option<Kind> {
        let name = self.shown();
        let (base, ending) = name.rsplit_once('.')?;
        let ending = ending.to_ascii_lowercase();
        match ending.as_str() {
            _ if base.is_empty() => None,
            "bun" if self.short => Some(Kind::Bundle),
            "car" if self.short => Some(Kind::Card),
            ending => Kind::ALL.into_iter().find(|kind| kind.ending() == ending),
        }
    }

    /// For people: what is no character, steers a terminal, turns the direction of writing or could be
    /// taken for a path is replaced.
    pub(super) fn shown(&self) -> String {
        let unfit = |c: char| steers(c) || matches!(c, '/' | '\\');
        let letters = char::decode_utf16(self.units.iter().copied());
        letters.map(|letter| letter.ok().filter(|c| !unfit(*c)).unwrap_or('\u{fffd}')).collect()
    }
}
