//! Where things lie in the receiver's folder, which is the current one of both processes.
//!
//! ```text
//!  FOLDER/open/SESSION/        a file that is being received
//!    manifest                  as it was signed
//!    boot                      16 bytes: under which boot its symbols were written
//!    part                      the file, its symbols in their places
//!    tags                      16 bytes for each of them: its MAC; zeros where it is not there
//!    more                      symbols beyond the file's own, in the order of their coming: of each block as
//!                              many places as it has symbols, and 16
//!    more.tags                 for each its number (u32) and MAC: 20 bytes
//!    done                      a byte for each block: 1 when all of it is in `part`
//!  FOLDER/inbox/NAME           whole files
//!  FOLDER/finished             16 bytes for each session that is over, the newest last
//! ```

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::exchange::push::{FileKind, Geometry, Manifest, Session};

pub(super) const OPEN: &str = "open";
pub(super) const INBOX: &str = "inbox";
pub(super) const FINISHED: &str = "finished";
/// What is to take its place.
pub(super) const FINISHED_NEW: &str = "finished.new";
/// Sessions that are remembered as over, about; the list is cut when there are twice as many.
const REMEMBERED: usize = 4_096;
/// Bytes of that list at most.
pub(super) const LONGEST_FINISHED: u64 = 2 * 16 * REMEMBERED as u64;
/// Bytes of a MAC.
pub(super) const TAG: usize = 16;
/// Bytes of a number and a MAC.
pub(super) const MORE_TAG: usize = 4 + TAG;
/// Places for symbols beyond a block's own number.
pub(super) const SPARE: u32 = 16;

/// The files of one session.
pub(super) struct Files {
    pub(super) part: File,
    pub(super) tags: File,
    pub(super) more: File,
    pub(super) more_tags: File,
    pub(super) done: File,
}

pub(super) fn folder(session: Session) -> PathBuf {
    Path::new(OPEN).join(session.to_string())
}

impl Files {
    pub(super) fn open(session: Session) -> io::Result<Self> {
        let folder = folder(session);
        let open = |name: &str| {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false).mode(0o600);
            options.open(folder.join(name))
        };
        Ok(Self {
            part: open("part")?,
            tags: open("tags")?,
            more: open("more")?,
            more_tags: open("more.tags")?,
            done: open("done")?,
        })
    }
}

/// Where a block's places for symbols beyond its own begin.
pub(super) fn more_place(geometry: &Geometry, block: u32) -> u64 {
    geometry.symbols_before(block) + u64::from(block) * u64::from(SPARE)
}

/// How many such places it has.
pub(super) fn more_places(geometry: &Geometry, block: u32) -> u32 {
    geometry.symbols(block) + SPARE
}

/// Begins the folder of a session. The manifest comes last: a folder without one is none.
pub(super) fn begin(session: Session, manifest: &[u8], boot: &[u8; 16]) -> io::Result<()> {
    let folder = folder(session);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder)?;
    set_boot(session, boot)?;
    write(&folder.join("manifest"), manifest)
}

/// Writes a small file, by the one call that does not work on a socket.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all_at(bytes, 0)
}

/// The manifest of a session's folder, as it was signed.
pub(super) fn manifest(session: Session) -> io::Result<Vec<u8>> {
    fs::read(folder(session).join("manifest"))
}

pub(super) fn boot(session: Session) -> io::Result<Vec<u8>> {
    fs::read(folder(session).join("boot"))
}

pub(super) fn set_boot(session: Session, boot: &[u8; 16]) -> io::Result<()> {
    write(&folder(session).join("boot"), boot)
}

/// Sessions that have a folder.
pub(super) fn open_sessions() -> io::Result<Vec<Session>> {
    let mut sessions = Vec::new();
    for entry in fs::read_dir(OPEN)? {
        let entry = entry?;
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| data_encoding::HEXLOWER.decode(name.as_bytes()).ok());
        match id.and_then(|id| id.try_into().ok()) {
            Some(id) => sessions.push(Session(id)),
            None => fs::remove_dir_all(entry.path())?,
        }
    }
    Ok(sessions)
}

pub(super) fn forget(session: Session) {
    // What cannot be removed now is met again at the next start.
    let _ = fs::remove_dir_all(folder(session));
}

/// The name of a whole file: made of what was checked, never of what somebody wrote. The session is in it whole,
/// so that nobody can make two files that have one name.
pub(super) fn name(manifest: &Manifest, session: Session) -> String {
    let stream = &manifest.stream.to_string()[..8];
    match manifest.kind {
        FileKind::Bundle => format!("{stream}-{:06}.{session}.bundle", manifest.number.0),
        kind => format!("{stream}.{session}.{}", kind.extension()),
    }
}

/// Sessions that are over, the newest last.
pub(super) fn finished() -> io::Result<Vec<Session>> {
    let bytes = match fs::read(FINISHED) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        read => read?,
    };
    Ok(bytes.as_chunks().0.iter().map(|id| Session(*id)).collect())
}

/// Notes a session as over.
pub(super) fn note_finished(session: Session) -> io::Result<()> {
    let mut all = finished()?;
    if all.len() >= 2 * REMEMBERED {
        all.drain(..all.len() - REMEMBERED);
        let bytes: Vec<u8> = all.iter().flat_map(|session| session.0).collect();
        let new = Path::new(FINISHED_NEW);
        write(new, &bytes)?;
        fs::rename(new, FINISHED)?;
    }
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).mode(0o600).open(FINISHED)?;
    // Over a torn one, which would put all that follow out of step.
    file.write_all_at(&session.0, all.len() as u64 * 16)?;
    file.sync_all()
}

/// Reads `buffer` full, with zeros beyond the file's end.
pub(super) fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<()> {
    let mut done = 0;
    while done < buffer.len() {
        match file.read_at(&mut buffer[done..], at + done as u64)? {
            0 => {
                buffer[done..].fill(0);
                return Ok(());
            }
            count => done += count,
        }
    }
    Ok(())
}
