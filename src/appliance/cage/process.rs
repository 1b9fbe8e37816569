//! Starting a process, listening to it with a limit to our patience, and ending it.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{Fault, Kind, plain};
use crate::support::system::widen_pipe;

/// How long a process may take to shut its cage.
const STARTS_WITHIN: Duration = Duration::from_secs(10);
/// Bytes on the way to the process, and back: some documents.
const PIPE: i32 = 1 << 20;
/// Bytes of answers that are taken from the pipe at once.
const AHEAD: usize = 4 * 1024;
/// How often waiting looks up.
const TICK: Duration = Duration::from_millis(100);

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Names the program to start, once: the running program names itself, tests that are not `kluis` name
/// the built one. Without a name nothing starts: a test program that started itself would run its tests
/// again, and these themselves, for ever.
pub fn program(path: impl Into<PathBuf>) {
    // The first name stays.
    let _ = PROGRAM.set(path.into());
}

/// A process in its cage, which has been given nothing yet.
pub struct Started {
    /// To end it.
    pub process: Arc<Process>,
    /// What it is given.
    pub given: ChildStdin,
    /// What it answers.
    pub answers: Pipe,
}

/// Starts a process and waits until its cage is shut. `handed` is what it has as its descriptor 2, beside
/// the two pipes.
///
/// # Errors
/// [`NotStarted`].
pub fn start(kind: Kind, handed: Option<OwnedFd>) -> Result<Started, NotStarted> {
    start_in(kind, handed, Path::new("/"))
}

/// The same with `folder` as its current one, for the kinds that have one.
///
/// # Errors
/// [`NotStarted`].
pub fn start_in(kind: Kind, handed: Option<OwnedFd>, folder: &Path) -> Result<Started, NotStarted> {
    #[cfg(test)]
    program(beside_the_tests());
    let program = PROGRAM.get().ok_or_else(|| NotStarted("no program is named".to_owned()))?;
    start_program(program, kind, handed, folder)
}

/// Why no process was started, in words for whoever looks after the box.
#[derive(Debug)]
pub struct NotStarted(pub(super) String);

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// In unit tests, of this room and of others: the `kluis` that cargo built beside them. (`cargo test`
/// builds it; for `cargo test --lib` alone say `cargo build --bin kluis` first.)
#[cfg(test)]
fn beside_the_tests() -> PathBuf {
    let tests = std::env::current_exe().expect("a test program knows its place");
    tests.ancestors().nth(2).expect("it lies in target/debug/deps").join("kluis")
}

pub(super) fn start_program(
    program: &Path,
    kind: Kind,
    handed: Option<OwnedFd>,
    folder: &Path,
) -> Result<Started, NotStarted> {
    let mut child = Command::new(program)
        .arg0("kluis")
        .args(kind.words())
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Whatever it has to say beside its answers may quote a document.
        .stderr(handed.map_or_else(Stdio::null, Stdio::from))
        .spawn()
        .map_err(|error| NotStarted(error.to_string()))?;
    let given = child.stdin.take().expect("it was asked for a pipe");
    widen_pipe(&given, PIPE);
    let stdout = child.stdout.take().expect("it was asked for a pipe");
    widen_pipe(&stdout, PIPE);
    let started =
        Started { process: Arc::new(Process(Mutex::new(child))), given, answers: Pipe::of(stdout.into()) };
    started.shut()
}

impl Started {
    /// Waits for the word that the cage is shut: a message without a letter. One with letters says why it
    /// is not.
    fn shut(mut self) -> Result<Self, NotStarted> {
        let mut patience = Patience::of(STARTS_WITHIN, STARTS_WITHIN);
        let reason = match self.answers.message(REASON_LIMIT, &mut patience) {
            Ok(reason) if reason.is_empty() => return Ok(self),
            Ok(reason) => plain(&String::from_utf8_lossy(&reason)),
            Err(Lost::Nonsense) => "it does not answer as it should".to_owned(),
            Err(Lost::Time) => "it does not answer".to_owned(),
            Err(Lost::Ended) => "it ended at once".to_owned(),
        };
        self.process.end();
        Err(NotStarted(reason))
    }
}

/// Bytes of the reason why a cage is not shut, at most.
pub(super) const REASON_LIMIT: usize = 1024;

/// A started process; dropping it ends the process.
pub struct Process(Mutex<Child>);

impl Process {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).id()
    }

    /// Ends the process if it has not ended yet, and says how it ended. Where its pipe is already
    /// closed the process is on its way out, and killing it changes nothing of its status.
    pub fn end(&self) -> Fault {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Killing fails only when it is gone; waiting only when somebody else has waited.
        let _ = child.kill();
        child.wait().map_or(Fault::Crashed, Fault::of)
    }

    /// What to say of a process that was lost while it was at a document.
    pub fn fault(&self, lost: Lost) -> Option<Fault> {
        let ended = self.end();
        match lost {
            Lost::Time => Some(Fault::Time),
            Lost::Ended => Some(ended),
            Lost::Nonsense => None,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// It took too long.
    Time,
    /// The process has closed its pipe.
    Ended,
    /// What came is no answer.
    Nonsense,
}

/// How long a process may keep us waiting, counted only while it is its turn. What is counted is the time that
/// we wait, whether a byte comes of it or not: one that lets us have a byte now and then wins nothing by it.
pub struct Patience {
    limit: Duration,
    left: Duration,
    /// Over all answers.
    left_in_all: Duration,
    /// Set while the process waits for more of us.
    pub our_turn: Arc<AtomicBool>,
}

impl Patience {
    /// So long for one answer, and so long in all.
    #[must_use]
    pub fn of(limit: Duration, in_all: Duration) -> Self {
        Self { limit, left: limit, left_in_all: in_all, our_turn: Arc::default() }
    }

    /// So much longer in all.
    pub fn lengthen(&mut self, by: Duration) {
        self.left_in_all = self.left_in_all.saturating_add(by);
    }

    /// After an answer.
    pub fn renew(&mut self) {
        self.left = self.limit;
    }

    fn is_our_turn(&self) -> bool {
        self.our_turn.load(Ordering::Relaxed)
    }

    fn is_over(&self) -> bool {
        self.left.is_zero() || self.left_in_all.is_zero()
    }

    fn waited(&mut self, time: Duration) {
        self.left = self.left.saturating_sub(time);
        self.left_in_all = self.left_in_all.saturating_sub(time);
    }
}

/// The pipe that answers come over.
pub struct Pipe {
    from: File,
    /// What was taken from the pipe and not asked for yet.
    ahead: VecDeque<u8>,
}

impl Pipe {
    pub(super) fn of(from: OwnedFd) -> Self {
        Self { from: from.into(), ahead: VecDeque::new() }
    }

    /// As if a process had said these bytes and then ended.
    #[cfg(any(test, fuzzing))]
    pub fn saying(bytes: &[u8]) -> Self {
        use std::os::unix::fs::FileExt as _;
        let said = rustix::fs::memfd_create("said", rustix::fs::MemfdFlags::CLOEXEC).expect("memory");
        let said = File::from(said);
        said.write_all_at(bytes, 0).expect("memory");
        Self { from: said, ahead: VecDeque::new() }
    }

    /// The next message of at most `limit` bytes: its length (2 bytes, big-endian), and its bytes.
    ///
    /// # Errors
    /// [`Lost`]; [`Lost::Nonsense`] for one that is longer.
    pub fn message(&mut self, limit: usize, patience: &mut Patience) -> Result<Vec<u8>, Lost> {
        let mut length = [0; 2];
        self.fill(&mut length, patience)?;
        let length = usize::from(u16::from_be_bytes(length));
        if length > limit {
            return Err(Lost::Nonsense);
        }
        let mut body = vec![0; length];
        self.fill(&mut body, patience)?;
        patience.renew();
        Ok(body)
    }

    /// Fills `buffer`.
    ///
    /// # Errors
    /// [`Lost`].
    pub fn fill(&mut self, mut buffer: &mut [u8], patience: &mut Patience) -> Result<(), Lost> {
        while !buffer.is_empty() {
            match self.some(buffer, patience)? {
                0 => return Err(Lost::Ended),
                count => buffer = &mut buffer[count..],
            }
        }
        Ok(())
    }

    /// Sees the pipe end, and nothing before it.
    ///
    /// # Errors
    /// [`Lost`]; [`Lost::Nonsense`] where something came.
    pub fn end(&mut self, patience: &mut Patience) -> Result<(), Lost> {
        match self.some(&mut [0], patience)? {
            0 => Ok(()),
            _ => Err(Lost::Nonsense),
        }
    }

    /// At least one byte, or 0 at the end.
    fn some(&mut self, buffer: &mut [u8], patience: &mut Patience) -> Result<usize, Lost> {
        if self.ahead.is_empty() {
            if buffer.len() >= AHEAD {
                return self.read_pipe(buffer, patience);
            }
            let mut ahead = [0; AHEAD];
            let count = self.read_pipe(&mut ahead, patience)?;
            self.ahead.extend(&ahead[..count]);
        }
        // Reading from memory does not fail.
        self.ahead.read(buffer).map_err(|_| Lost::Ended)
    }

    fn read_pipe(&mut self, buffer: &mut [u8], patience: &mut Patience) -> Result<usize, Lost> {
        let tick = Timespec { tv_sec: 0, tv_nsec: i64::from(TICK.subsec_nanos()) };
        while !patience.is_over() {
            let (begun, ours) = (Instant::now(), patience.is_our_turn());
            let mut pipe = [PollFd::new(&self.from, PollFlags::IN)];
            let ready = poll(&mut pipe, Some(&tick));
            // What became its turn in the midst of a tick begins with the next one.
            if !ours && !patience.is_our_turn() {
                patience.waited(begun.elapsed());
            }
            match ready {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return self.from.read(buffer).map_err(|_| Lost::Ended),
                Err(_) => return Err(Lost::Ended),
            }
        }
        Err(Lost::Time)
    }
}
