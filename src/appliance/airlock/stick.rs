//! The caller's side of reading a stick: what is on it, and each file's bytes as they come.
//!
//! ```text
//!  Stick::open ==== Open ====> the process ---pread---> the stick
//!  files()     <=== Found …      |
//!  Stick::copy ==== Copy ====>   |
//!  Incoming    <=== Bytes … End -+        (io::Read, for the spool)
//! ```
//! A process that dies takes the file in hand with it and no other: the next file is asked of a new one, which
//! looks at the stick's list anew. After [`MOST_DEATHS`] the stick is given up. One that was taken over may go
//! on for as long as it likes: no longer than the slowest stick would take for what it listed, and not once the
//! stick is out.

use std::io::{self, Read};
use std::path::Path;
use std::process::ChildStdin;
use std::sync::Arc;
use std::time::Duration;

use super::device::Device;
use super::frames::{Asked, PIECE_LIMIT};
use super::heard::{self, Listed, StickFile, Unheard};
use super::refusal::{AirlockRefusal, NotRead, StickSaid};
use crate::appliance::cage::{self, Kind, Lost, Patience, Pipe, Process, Started};

/// How long may be waited for one answer or piece: the kernel tries a worn stick for some time.
pub(super) const ANSWERS_WITHIN: Duration = Duration::from_secs(60);
/// How long in all, beside what the slowest stick takes for the files' bytes.
pub(super) const IN_ALL: Duration = Duration::from_secs(600);
/// Bytes a second of the slowest stick that is waited for: a quarter of what the oldest USB has.
const SLOWEST: u64 = 256 * 1024;
/// How many processes may die at one stick.
pub const MOST_DEATHS: u32 = 8;

/// A stick that is being read.
pub struct Stick {
    device: Device,
    reading: Option<Reading>,
    deaths: u32,
    /// For all that its processes say.
    patience: Patience,
    listed: Listed,
}

/// A process at the stick.
struct Reading {
    process: Arc<Process>,
    given: ChildStdin,
    answers: Pipe,
    files: Vec<StickFile>,
}

impl Stick {
    /// Starts a process at the stick (a device, or an image of one) and learns what is on it.
    ///
    /// # Errors
    /// [`NotRead`].
    pub fn open(path: &Path) -> Result<Self, NotRead> {
        let device = Device::open(path)?;
        let patience = Patience::of(ANSWERS_WITHIN, IN_ALL);
        let mut stick = Self { device, reading: None, deaths: 0, patience, listed: Listed::default() };
        loop {
            match stick.begin() {
                Ok((reading, listed)) => {
                    let bytes: u64 = listed.files.iter().map(|file| file.length).sum();
                    stick.patience.lengthen(Duration::from_secs(bytes / SLOWEST));
                    (stick.reading, stick.listed) = (Some(reading), listed);
                    return Ok(stick);
                }
                Err(NotRead::Airlock(AirlockRefusal::Failed { .. })) if stick.deaths < 2 => {}
                Err(refusal) => return Err(stick.at_a_stick(refusal)),
            }
        }
    }

    /// What is to be taken from it, in the order in which it stands there.
    #[must_use]
    pub fn files(&self) -> &[StickFile] {
        &self.listed.files
    }

    /// What would be taken, but is damaged.
    #[must_use]
    pub fn damaged(&self) -> &[StickSaid] {
        &self.listed.damaged
    }

    /// How many files and folders are other people's.
    #[must_use]
    pub fn passed_over(&self) -> u64 {
        self.listed.passed_over
    }

    /// Asks for the `index`-th file. Its bytes are read from what comes back, to the end; why they ended
    /// early, [`Incoming::refusal`] says.
    ///
    /// # Errors
    /// [`NotRead`]: no process could be had for it.
    pub fn copy(&mut self, index: usize) -> Result<Incoming<'_>, NotRead> {
        let file = self.listed.files[index].clone();
        self.is_in()?;
        if self.reading.is_none() {
            if self.deaths >= MOST_DEATHS {
                return Err(AirlockRefusal::Failed { reason: cage::Fault::Crashed }.into());
            }
            match self.begin() {
                Ok((reading, ..)) => self.reading = Some(reading),
                Err(refusal) => {
                    // Its list could be read before. Each try costs what a death does, and there are no more.
                    self.deaths += u32::from(matches!(refusal, NotRead::Stick(_)));
                    return Err(self.at_a_stick(refusal));
                }
            }
        }
        self.patience.renew();
        let Some(reading) = &mut self.reading else { return Err(AirlockRefusal::Protocol.into()) };
        // The list is looked at anew by each process, and a stick may answer differently.
        let Some(at) = reading.files.iter().position(|known| *known == file) else {
            return Err(AirlockRefusal::Protocol.into());
        };
        // A process that does not listen any more is found out when its answer is read.
        let _ = Asked::Copy { index: at as u32 }.write(&mut reading.given);
        Ok(Incoming { left: file.length, file: file.path, stick: self, in_piece: 0, now: Now::Coming })
    }

    /// Starts a process and has it look at the stick.
    fn begin(&mut self) -> Result<(Reading, Listed), NotRead> {
        let handed = self.device.read_only()?;
        let Started { process, mut given, mut answers } =
            cage::start(Kind::Stick, Some(handed.into())).map_err(AirlockRefusal::from)?;
        let _ = Asked::Open { length: self.device.length }.write(&mut given);
        self.patience.renew();
        match heard::listed(&mut answers, &mut self.patience, self.device.length) {
            Ok(listed) => Ok((Reading { process, given, answers, files: listed.files.clone() }, listed)),
            Err(unheard) => {
                self.deaths += u32::from(matches!(unheard, Unheard::Lost(_)));
                Err(unheard.at(&process))
            }
        }
    }

    /// A process that was taken over needs no stick to go on.
    fn is_in(&self) -> Result<(), AirlockRefusal> {
        if self.device.is_there() { Ok(()) } else { Err(AirlockRefusal::PulledOut) }
    }

    /// A stick that does not answer may have been pulled out.
    fn at_a_stick(&self, refusal: NotRead) -> NotRead {
        let silent = match &refusal {
            NotRead::Stick(said) => said.is_no_answer(),
            NotRead::Airlock(_) => false,
        };
        if silent && !self.device.is_there() { AirlockRefusal::PulledOut.into() } else { refusal }
    }
}

/// A file's bytes as they come from the stick.
pub struct Incoming<'a> {
    stick: &'a mut Stick,
    file: String,
    /// Bytes of the file that have not been promised yet.
    left: u64,
    /// Bytes of the piece that have not been read yet.
    in_piece: u64,
    now: Now,
}

enum Now {
    Coming,
    Whole,
    Refused(NotRead),
}

impl Incoming<'_> {
    /// The id of the process that reads, for whoever measures or kills it.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.stick.reading.as_ref().map(|reading| reading.process.id())
    }

    /// Why the bytes ended before the file did.
    #[must_use]
    pub fn refusal(&self) -> Option<NotRead> {
        match &self.now {
            Now::Refused(refusal) => Some(refusal.clone()),
            Now::Coming | Now::Whole => None,
        }
    }

    fn next(&mut self) -> Result<(), NotRead> {
        self.stick.is_in()?;
        let Some(reading) = &mut self.stick.reading else { return Err(AirlockRefusal::Protocol.into()) };
        match heard::piece(&mut reading.answers, &mut self.stick.patience, self.left) {
            Ok(Some(length)) => {
                self.in_piece = length;
                self.left -= length;
                Ok(())
            }
            Ok(None) => {
                self.now = Now::Whole;
                Ok(())
            }
            Err(Unheard::Said(said)) => Err(self.stick.at_a_stick(NotRead::Stick(said))),
            Err(Unheard::Lost(lost)) => Err(self.lost(lost)),
        }
    }

    /// The process is of no use any more.
    fn lost(&mut self, lost: Lost) -> NotRead {
        self.stick.deaths += 1;
        let fault = self.stick.reading.take().and_then(|reading| reading.process.fault(lost));
        let file = self.file.clone();
        fault.map_or(AirlockRefusal::Protocol, |reason| AirlockRefusal::FailedAt { file, reason }).into()
    }
}

impl Read for Incoming<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.in_piece == 0 {
            match self.now {
                Now::Coming => {}
                Now::Whole => return Ok(0),
                Now::Refused(_) => return Err(io::ErrorKind::Other.into()),
            }
            if let Err(refusal) = self.next() {
                self.now = Now::Refused(refusal);
            }
        }
        let most = buffer.len().min(usize::try_from(self.in_piece).unwrap_or(usize::MAX));
        let buffer = &mut buffer[..most];
        let Some(reading) = &mut self.stick.reading else { return Err(io::ErrorKind::Other.into()) };
        match reading.answers.fill(buffer, &mut self.stick.patience) {
            Ok(()) => {
                self.in_piece -= buffer.len() as u64;
                Ok(buffer.len())
            }
            Err(lost) => {
                self.in_piece = 0;
                self.now = Now::Refused(self.lost(lost));
                Err(io::ErrorKind::Other.into())
            }
        }
    }
}

impl Drop for Incoming<'_> {
    /// A file that was not read to its end leaves the process in the midst of it: the next one is asked of a
    /// new process, which looks at the stick's list anew. A short rest is sooner read: a folder full of small
    /// files that are not ours would else be as many processes and lists.
    fn drop(&mut self) {
        if self.left + self.in_piece <= u64::from(PIECE_LIMIT) {
            let mut rest = [0; 4096];
            while matches!(self.now, Now::Coming) && self.read(&mut rest).is_ok() {}
        }
        if matches!(self.now, Now::Coming) {
            self.stick.reading = None;
        }
    }
}
