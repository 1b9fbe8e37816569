//! What the process at a stick says, out of its pipe and held to its form before it is believed.
//!
//! It may have been taken over by what is on the stick, and then says what it likes, in any order, for ever.
//! So everything has a bound that an honest one stays within: files and refusals [`MOST_FILES`], the files'
//! bytes together what the stick holds, a piece what is left of its file, a plan its file and [`MOST_BESIDE`].
//! What is left to it is to lie about its own stick.

use super::frames::{Item, No, PIECE_LIMIT, Told};
use super::refusal::{NotRead, StickSaid};
use super::volume::{Kind, MOST_ENTRIES, MOST_FILES};
use crate::appliance::cage::{Lost, Patience, Pipe, Process, plain};

/// Bytes of tables and directories that are written beside a file's own, at most.
const MOST_BESIDE: u64 = 8 << 20;
/// What is written begins and ends with a sector. So there are no more pieces than there are sectors in all
/// that may be written, and the memory for them is bounded.
const SECTOR: u32 = 512;

/// A file on a stick that is to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StickFile {
    /// Its name for people.
    pub path: String,
    /// What it is, by its name.
    pub kind: Kind,
    /// Its length in bytes.
    pub length: u64,
}

/// What is on a stick.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Listed {
    /// In the order in which they stand there.
    pub(super) files: Vec<StickFile>,
    pub(super) damaged: Vec<StickSaid>,
    pub(super) passed_over: u64,
}

/// What would have to be written onto a stick for one file: the places, in this order, and its name there.
#[derive(Debug, PartialEq)]
pub(super) struct Planned {
    pub(super) pieces: Vec<(u64, Vec<u8>)>,
    pub(super) name: String,
}

/// Why nothing of use was heard.
#[derive(Debug, PartialEq)]
pub(super) enum Unheard {
    /// It says itself why.
    Said(StickSaid),
    /// It is of no use any more.
    Lost(Lost),
}

impl From<Lost> for Unheard {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

impl Unheard {
    fn of(no: &No) -> Self {
        StickSaid::of(no).map_or(Self::Lost(Lost::Nonsense), Self::Said)
    }

    /// What to say of the stick; the process is ended where it is of no use any more.
    pub(super) fn at(self, process: &Process) -> NotRead {
        match self {
            Self::Said(said) => NotRead::Stick(said),
            Self::Lost(lost) => NotRead::lost(process.fault(lost)),
        }
    }
}

/// The list of what is on a stick of so many bytes.
pub(super) fn listed(answers: &mut Pipe, patience: &mut Patience, device: u64) -> Result<Listed, Unheard> {
    let mut listed = Listed::default();
    let mut left = device;
    loop {
        if listed.files.len() + listed.damaged.len() > MOST_FILES {
            return Err(Lost::Nonsense.into());
        }
        match Told::next(answers, patience)? {
            Told::Found(item) => {
                let file = file(&item).ok_or(Lost::Nonsense)?;
                // No two have a byte of the stick in common.
                left = left.checked_sub(file.length).ok_or(Lost::Nonsense)?;
                listed.files.push(file);
            }
            Told::Damaged(no) => listed.damaged.push(StickSaid::of(&no).ok_or(Lost::Nonsense)?),
            // There cannot be more than are looked at, and the keeper goes on counting from here.
            Told::Listed { passed_over } if passed_over <= MOST_ENTRIES as u64 => {
                return Ok(Listed { passed_over, ..listed });
            }
            Told::No(no) => return Err(Unheard::of(&no)),
            Told::Listed { .. }
            | Told::Bytes { .. }
            | Told::End
            | Told::Put { .. }
            | Told::Written { .. } => {
                return Err(Lost::Nonsense.into());
            }
        }
    }
}

/// A file as it was told of: its name, and a folder's before it.
fn file(item: &Item) -> Option<StickFile> {
    let kind = item.kind()?;
    let parts: Vec<&str> = item.path.split('/').collect();
    let named = parts.len() <= 2 && parts.iter().all(|part| !matches!(*part, "" | "." | ".."));
    let fits = named && !item.path.contains('\\') && (1..=kind.longest()).contains(&item.length);
    fits.then(|| StickFile { path: plain(&item.path), kind, length: item.length })
}

/// How many bytes of a file follow, of which so many are left; none where it is whole.
pub(super) fn piece(answers: &mut Pipe, patience: &mut Patience, left: u64) -> Result<Option<u64>, Unheard> {
    match Told::next(answers, patience)? {
        // One without a byte would bring the file no nearer to its end, and so could come for ever.
        Told::Bytes { length } if (1..=PIECE_LIMIT).contains(&length) && u64::from(length) <= left => {
            Ok(Some(length.into()))
        }
        Told::End if left == 0 => Ok(None),
        Told::No(no) => Err(Unheard::of(&no)),
        _ => Err(Lost::Nonsense.into()),
    }
}

/// What must be written onto a stick of so many bytes for a file of so many.
pub(super) fn planned(
    answers: &mut Pipe,
    patience: &mut Patience,
    device: u64,
    file: u64,
) -> Result<Planned, Unheard> {
    let mut pieces: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut left = file.saturating_add(MOST_BESIDE);
    loop {
        match Told::next(answers, patience)? {
            Told::Put { offset, length } if (SECTOR..=PIECE_LIMIT).contains(&length) => {
                left = left.checked_sub(length.into()).ok_or(Lost::Nonsense)?;
                let whole = length.is_multiple_of(SECTOR) && offset.is_multiple_of(SECTOR.into());
                let end = offset.checked_add(length.into()).filter(|_| whole);
                if end.is_none_or(|end| end > device) {
                    return Err(Lost::Nonsense.into());
                }
                let mut piece = vec![0; length as usize];
                answers.fill(&mut piece, patience)?;
                pieces.push((offset, piece));
            }
            Told::Written { name } => return Ok(Planned { pieces, name: plain(&name) }),
            Told::No(no) => return Err(Unheard::of(&no)),
            _ => return Err(Lost::Nonsense.into()),
        }
    }
}
