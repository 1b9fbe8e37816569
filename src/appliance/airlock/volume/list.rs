//! Looking through the directories for what is to be taken.

use super::clusters::{Extent, LONGEST_DIRECTORY, Root, Run, Width, cut, pieces};
use super::entries::{ENTRY, Entry, Stands};
use super::once::Blocks;
use super::{Found, Listing, MOST_ENTRIES, MOST_FILES, StickRefusal, TOP, Volume, exfat, fat};

/// Directories are read in pieces of this many bytes.
pub(super) const DIRECTORY_PIECE: usize = 32 * 1024;
/// Folders that are looked into: one, and one more for each careless program.
const MOST_FOLDERS: usize = 4;

impl<B: Blocks> Volume<B> {
    /// What is to be taken from the top and from a folder called `kluis`. Reads those two directories;
    /// a second call is refused.
    ///
    /// # Errors
    /// Where a directory cannot be read whole, or has too much in it.
    pub fn list(&mut self) -> Result<Listing, StickRefusal> {
        let places: Vec<_> = match self.layout.root {
            Root::Fixed { offset, length } => cut(offset, length, DIRECTORY_PIECE as u64).collect(),
            Root::Chain(first) => {
                let runs = self.chains.follow(&mut self.once, &self.layout, first, Extent::Whole, TOP)?;
                self.pieces(&runs, u64::MAX)
            }
        };
        let mut listing = Listing::default();
        let mut top = Looking::at("", self.layout.width);
        self.directory(&places, &mut top, &mut listing)?;
        self.folders(top, &mut listing)?;
        Ok(listing)
    }

    /// The same of a directory at the top that was read already.
    pub(super) fn list_of(&mut self, top: &[u8]) -> Result<Listing, StickRefusal> {
        let mut listing = Listing::default();
        let mut looking = Looking::at("", self.layout.width);
        self.look(top, &mut looking, &mut listing)?;
        self.folders(looking, &mut listing)?;
        Ok(listing)
    }

    /// Looks into the folders that were found at the top.
    fn folders(&mut self, top: Looking, listing: &mut Listing) -> Result<(), StickRefusal> {
        let mut seen = top.seen;
        for (name, folder) in top.folders {
            let runs = match self.runs(&folder, &name) {
                Ok(runs) => runs,
                Err(refusal) if refusal.is_of_one_file() => {
                    listing.name(refusal)?;
                    continue;
                }
                Err(refusal) => return Err(refusal),
            };
            let places = self.pieces(&runs, if folder.length > 0 { folder.length } else { u64::MAX });
            let mut looking = Looking { seen, ..Looking::at(&format!("{name}/"), self.layout.width) };
            self.directory(&places, &mut looking, listing)?;
            seen = looking.seen;
        }
        Ok(())
    }

    /// The clusters of a file or a folder.
    fn runs(&mut self, entry: &Entry, path: &str) -> Result<Vec<Run>, StickRefusal> {
        if entry.contiguous {
            return self.chains.contiguous(&self.layout, entry.first, entry.length, path);
        }
        // A FAT does not say how long a folder is.
        let extent = if entry.length == 0 { Extent::Whole } else { Extent::Bytes(entry.length) };
        self.chains.follow(&mut self.once, &self.layout, entry.first, extent, path)
    }

    /// A directory's bytes, in pieces: as far as they are looked at, and one more.
    fn pieces(&self, runs: &[Run], length: u64) -> Vec<(u64, u64)> {
        let piece = DIRECTORY_PIECE as u64;
        pieces(&self.layout, runs, length.min(LONGEST_DIRECTORY + piece), piece).collect()
    }

    /// Reads a directory.
    fn directory(
        &mut self,
        places: &[(u64, u64)],
        looking: &mut Looking,
        listing: &mut Listing,
    ) -> Result<(), StickRefusal> {
        let mut buffer = vec![0; DIRECTORY_PIECE];
        for (offset, length) in places {
            let piece = &mut buffer[..*length as usize];
            self.once.stream(*offset, piece)?;
            if self.look(piece, looking, listing)? {
                break;
            }
        }
        Ok(())
    }

    /// Looks at the next piece of a directory; whether that was its end.
    fn look(
        &mut self,
        piece: &[u8],
        looking: &mut Looking,
        listing: &mut Listing,
    ) -> Result<bool, StickRefusal> {
        for raw in piece.as_chunks::<ENTRY>().0 {
            looking.seen += 1;
            if looking.seen > MOST_ENTRIES {
                return Err(StickRefusal::TooManyEntries { limit: MOST_ENTRIES });
            }
            match looking.next(raw) {
                Stands::End => return Ok(true),
                Stands::Nothing => {}
                Stands::Broken(name) if (self.kind)(&name).is_some() && !name.is_hidden() => {
                    let file = format!("{}{}", looking.folder, name.shown());
                    listing.name(StickRefusal::Entry { file })?;
                }
                Stands::Entry(entry)
                    if entry.folder
                        && looking.folder.is_empty()
                        && entry.name.is_folder()
                        && looking.folders.len() < MOST_FOLDERS =>
                {
                    looking.folders.push((entry.name.shown(), entry));
                }
                Stands::Entry(entry) if !entry.folder => self.file(&entry, &looking.folder, listing)?,
                Stands::Entry(_) | Stands::Broken(_) => listing.passed_over += 1,
            }
        }
        Ok(false)
    }

    /// Lists a file if it is one to take.
    fn file(&mut self, entry: &Entry, folder: &str, listing: &mut Listing) -> Result<(), StickRefusal> {
        let hidden = entry.hidden || entry.name.is_hidden();
        let Some(kind) = (self.kind)(&entry.name).filter(|_| !hidden) else {
            listing.passed_over += 1;
            return Ok(());
        };
        let path = format!("{folder}{}", entry.name.shown());
        let (length, limit) = (entry.length, kind.longest());
        let file = path.clone();
        if length == 0 {
            listing.name(StickRefusal::Empty { file })
        } else if length > limit {
            listing.name(StickRefusal::TooLong { file, limit })
        } else if entry.written < length {
            listing.name(StickRefusal::Unfinished { file })
        } else {
            match self.runs(entry, &path) {
                Ok(runs) => listing.take(Found { path, kind, length, runs }),
                Err(refusal) if refusal.is_of_one_file() => listing.name(refusal),
                Err(refusal) => Err(refusal),
            }
        }
    }
}

/// A directory that is being looked through.
struct Looking {
    /// The folder that it is, with a slash behind it; nothing for the top.
    folder: String,
    width: Width,
    fat: fat::Entries,
    exfat: exfat::Sets,
    /// The folders in it that are looked into.
    folders: Vec<(String, Entry)>,
    /// Entries that were looked at, of this and of what came before it.
    seen: usize,
}

impl Looking {
    fn at(folder: &str, width: Width) -> Self {
        let (fat, exfat) = (fat::Entries::default(), exfat::Sets::default());
        Self { folder: folder.to_owned(), width, fat, exfat, folders: Vec::new(), seen: 0 }
    }

    fn next(&mut self, raw: &[u8; ENTRY]) -> Stands {
        if self.width == Width::ExFat { self.exfat.next(raw) } else { self.fat.next(raw, self.width) }
    }
}

impl Listing {
    fn take(&mut self, found: Found) -> Result<(), StickRefusal> {
        self.found.push(found);
        self.bounded()
    }

    fn name(&mut self, refusal: StickRefusal) -> Result<(), StickRefusal> {
        self.damaged.push(refusal);
        self.bounded()
    }

    fn bounded(&self) -> Result<(), StickRefusal> {
        let many = self.found.len() + self.damaged.len() > MOST_FILES;
        if many { Err(StickRefusal::TooManyFiles { limit: MOST_FILES }) } else { Ok(()) }
    }
}
