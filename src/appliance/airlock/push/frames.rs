//! What the two processes and the box say to each other: messages of fixed forms.
//!
//! ```text
//!  1  setup      boot 16, MAC key 32, keys of senders 32 each         box -> push
//!  2  ready      session 16, block u32: it has enough symbols          push -> box -> join
//!  3  done       session 16, block u32                                 join -> box -> push
//!  4  more       session 16, block u32: they were not enough           join -> box -> push
//!  5  finished   session 16: it lies in the inbox                      join -> box -> push
//!  6  failed     session 16: it is not what its manifest says          join -> box -> push
//!  7  spoilt     session 16, block u32: nobody survives it             box -> push
//!  8  opened     the signed manifest                                   push -> box
//!  9  beat       the signed heartbeat                                  push -> box
//!  10 progress   session 16, whole blocks u32, symbols here u32        push -> box
//!  11 counts     u64 each                                              push -> box
//!  12 let go     session 16: it has lost its place                     push -> box
//! ```

use crate::exchange::push::Session;
use crate::exchange::vocabulary::PublicKey;

/// Bytes of a message at most.
pub(super) const MESSAGE_LIMIT: usize = 65_535;
/// Senders whose keys are told at most.
pub(super) const MOST_SENDERS: usize = 2_000;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    Setup(Setup),
    Ready(Session, u32),
    Done(Session, u32),
    More(Session, u32),
    Finished(Session),
    Failed(Session),
    Spoilt(Session, u32),
    Opened(Vec<u8>),
    Beat(Vec<u8>),
    Progress(Session, u32, u32),
    Counts(Counts),
    LetGo(Session),
}

/// What the receiver must know.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Setup {
    /// The kernel's id of this boot: on another, what lies on the disk is looked at again.
    pub(super) boot: [u8; 16],
    /// The key of the datagrams' MAC, and not the one on the card that it is derived from.
    pub(super) key: [u8; 32],
    /// Whose manifests are believed.
    pub(super) senders: Vec<PublicKey>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Setup(for {} senders)", self.senders.len())
    }
}

macro_rules! counts {
    ($( $(#[$meta:meta])* $name:ident ),* $(,)?) => {
        /// Datagrams since the receiver was started, by what became of them.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
        pub struct Counts { $( $(#[$meta])* pub $name: u64 ),* }

        impl Counts {
            fn to_bytes(self) -> Vec<u8> {
                [$( self.$name.to_be_bytes() ),*].concat()
            }

            fn parse(bytes: &[u8]) -> Option<Self> {
                let mut numbers = bytes.chunks_exact(8);
                let counts = Self { $( $name: u64::from_be_bytes(numbers.next()?.try_into().ok()?) ),* };
                (numbers.next().is_none() && numbers.remainder().is_empty()).then_some(counts)
            }
        }
    };
}

counts! {
    /// All.
    datagrams,
    /// Symbols that were new.
    symbols,
    /// Symbols beyond a file's own that came twice, with a good MAC.
    doubled,
    /// Manifests, heartbeats and empty ones.
    messages,
    /// Of a length that nobody sends.
    length,
    /// Without our first bytes.
    magic,
    /// Of a session that is done, or that no manifest opened; and symbols that were there, or that a block has no need
    /// of. Their MACs are not looked at.
    session,
    /// Whose MAC is not by the card's key.
    mac,
    /// Of a block or symbol that is not.
    range,
    /// Signed by nobody whom the box knows, or wrongly.
    unsigned,
    /// Files that found no place: too many at once, or the disk is full.
    no_place,
    /// Nanoseconds that the receiver spent on MACs, as far as it watched.
    mac_nanos,
    /// On writing symbols.
    disk_nanos,
}

impl Message {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let of_block = |kind: u8, session: &Session, block: u32| {
            [&[kind][..], &session.0, &block.to_be_bytes()].concat()
        };
        match self {
            Self::Setup(setup) => {
                let mut out = [&[1][..], &setup.boot, &setup.key].concat();
                out.extend(setup.senders.iter().take(MOST_SENDERS).flat_map(|key| key.0));
                out
            }
            Self::Ready(session, block) => of_block(2, session, *block),
            Self::Done(session, block) => of_block(3, session, *block),
            Self::More(session, block) => of_block(4, session, *block),
            Self::Finished(session) => [&[5][..], &session.0].concat(),
            Self::Failed(session) => [&[6][..], &session.0].concat(),
            Self::Spoilt(session, block) => of_block(7, session, *block),
            Self::Opened(manifest) => [&[8][..], manifest].concat(),
            Self::Beat(heartbeat) => [&[9][..], heartbeat].concat(),
            Self::Progress(session, blocks, symbols) => {
                [&of_block(10, session, *blocks)[..], &symbols.to_be_bytes()].concat()
            }
            Self::Counts(counts) => [&[11][..], &counts.to_bytes()].concat(),
            Self::LetGo(session) => [&[12][..], &session.0].concat(),
        }
    }

    /// None where it is not of its form.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let of_block = || {
            let (session, block) = rest.split_first_chunk::<16>()?;
            Some((Session(*session), u32::from_be_bytes(block.try_into().ok()?)))
        };
        let of_session = || Some(Session(rest.try_into().ok()?));
        Some(match kind {
            1 => {
                let (boot, rest) = rest.split_first_chunk()?;
                let (key, rest) = rest.split_first_chunk()?;
                let (keys, left) = rest.as_chunks::<32>();
                if !left.is_empty() {
                    return None;
                }
                let senders = keys.iter().map(|key| PublicKey(*key)).collect();
                Self::Setup(Setup { boot: *boot, key: *key, senders })
            }
            2 => of_block().map(|(session, block)| Self::Ready(session, block))?,
            3 => of_block().map(|(session, block)| Self::Done(session, block))?,
            4 => of_block().map(|(session, block)| Self::More(session, block))?,
            5 => Self::Finished(of_session()?),
            6 => Self::Failed(of_session()?),
            7 => of_block().map(|(session, block)| Self::Spoilt(session, block))?,
            8 => Self::Opened(rest.to_vec()),
            9 => Self::Beat(rest.to_vec()),
            10 => {
                let (session, rest) = rest.split_first_chunk::<16>()?;
                let (blocks, symbols) = rest.split_first_chunk::<4>()?;
                let symbols = u32::from_be_bytes(symbols.try_into().ok()?);
                Self::Progress(Session(*session), u32::from_be_bytes(*blocks), symbols)
            }
            11 => Self::Counts(Counts::parse(rest)?),
            12 => Self::LetGo(of_session()?),
            _ => return None,
        })
    }
}

/// Messages out of bytes that come in pieces: each a length of two bytes and its bytes.
#[derive(Default)]
pub(super) struct Messages {
    bytes: Vec<u8>,
}

impl Messages {
    /// Adds what has come.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes what the box says, straight out of its pipe: what the standard library would read ahead is not there any
    /// more for `poll` to see, and would lie until the box says something else. False where the pipe is closed.
    pub(super) fn read(&mut self) -> std::io::Result<bool> {
        let mut piece = [0_u8; 4_096];
        let count = rustix::io::read(rustix::stdio::stdin(), &mut piece)?;
        self.add(&piece[..count]);
        Ok(count > 0)
    }

    /// The next that is whole. What is none ends the process: it comes from the box itself.
    pub(super) fn next(&mut self) -> std::io::Result<Option<Message>> {
        let Some((length, rest)) = self.bytes.split_first_chunk() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let message = Message::parse(body).ok_or(std::io::ErrorKind::InvalidData)?;
        self.bytes.drain(..2 + length);
        Ok(Some(message))
    }
}
