//! One datagram: its bytes, its MAC, and the order in which it is judged.
//!
//! ```text
//!  0   8    magic     "KLUISPU1"
//!  8   16   session   the first 16 bytes of the SHA-256 of the manifest or heartbeat; when empty, what tells the sizes apart
//!  24  1    kind      0 empty, 1 symbol, 2 manifest, 3 heartbeat
//!  25  3    block     of a symbol, big-endian; else 0
//!  28  4    symbol    of a symbol its number in the block (RFC 6330's ESI), big-endian; else 0
//!  32  n    body      1,424 or 8,924 bytes: the symbol, or the signed message and zeros
//!  ..  16   MAC       XChaCha20-Poly1305 over all before it, of an empty plaintext
//!       \__ nonce: the 24 bytes from 8 to 32
//! ```
//! The MAC is Poly1305 with a key of its own for each datagram, which XChaCha20 makes out of the card's key
//! and the nonce: an authenticator made for many short messages, as fast here as keyed BLAKE3 (3.4 and
//! 3.3 us for one of 1,472 bytes on a busy core), from the crate that seals everything else in the box.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};

use super::Geometry;
use crate::exchange::vocabulary::Digest;
use crate::support::secret::Secret;

/// The first bytes of every datagram.
pub const MAGIC: &[u8; 8] = b"KLUISPU1";
/// Label of the MAC's key, out of the key on the box's card.
pub const LABEL: &str = "factuurkluis/push/datagram";

const HEAD: usize = 32;
const NONCE: std::ops::Range<usize> = 8..HEAD;
const TAG: usize = 16;

/// How long datagrams are: one of two, for all of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// What an Ethernet frame of 1,500 bytes carries of UDP over IPv4.
    Usual,
    /// The same of a jumbo frame of 9,000.
    Jumbo,
}

impl Size {
    /// Bytes of a datagram.
    #[must_use]
    pub const fn datagram(self) -> usize {
        match self {
            Self::Usual => 1_472,
            Self::Jumbo => 8_972,
        }
    }

    /// Bytes of a symbol in it.
    #[must_use]
    pub const fn symbol(self) -> usize {
        self.datagram() - HEAD - TAG
    }

    /// By the length of a datagram.
    #[must_use]
    pub fn of_datagram(length: usize) -> Option<Self> {
        [Self::Usual, Self::Jumbo].into_iter().find(|size| size.datagram() == length)
    }

    /// By the length of a symbol.
    #[must_use]
    pub fn of_symbol(length: usize) -> Option<Self> {
        [Self::Usual, Self::Jumbo].into_iter().find(|size| size.symbol() == length)
    }
}

/// What all datagrams of one file carry: the beginning of its manifest's digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Session(pub [u8; 16]);

impl Session {
    /// The session of a signed message.
    #[must_use]
    pub fn of(message: &[u8]) -> Self {
        let digest = Digest::of(message);
        Self(digest.0[..16].try_into().expect("a digest has 32 bytes"))
    }
}

impl std::fmt::Display for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({self})")
    }
}

/// What a datagram carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Nothing: it wakes the line up, and ends it.
    Empty = 0,
    /// A symbol of a block.
    Symbol = 1,
    /// A signed manifest.
    Manifest = 2,
    /// A signed heartbeat.
    Heartbeat = 3,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        [Self::Empty, Self::Symbol, Self::Manifest, Self::Heartbeat]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// The nonce of a datagram, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which session.
    pub session: Session,
    /// What it carries.
    pub kind: Kind,
    /// Of a symbol, the block.
    pub block: u32,
    /// Of a symbol, its number.
    pub symbol: u32,
}

/// Why a datagram is dropped, in the order in which it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dropped {
    /// It is of no length that we send.
    Length,
    /// It does not begin as ours do.
    Magic,
    /// A symbol of a session that no manifest opened, or that is done.
    Session,
    /// Its MAC is not by the card's key.
    Mac,
    /// A block or symbol that the session does not have, or a part that must be zero and is not.
    Range,
}

impl Dropped {
    /// Its name in counts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Magic => "magic",
            Self::Session => "session",
            Self::Mac => "mac",
            Self::Range => "range",
        }
    }
}

/// What a receiver knows of a session, or of a block in it.
#[derive(Clone, Copy, Debug)]
pub enum Known {
    /// Never heard of: only a signed message may begin it.
    Stranger,
    /// It has all that it needs.
    Done,
    /// It is being received.
    Open(Geometry),
}

/// A datagram whose MAC held, within range.
#[derive(Clone, Copy, Debug)]
pub enum Opened<'a> {
    /// It says that the line works.
    Empty,
    /// A symbol.
    Symbol(Head, &'a [u8]),
    /// A manifest or heartbeat, its signature not yet checked.
    Message(Head, &'a [u8]),
}

/// The key of the datagrams' MAC. Wiped on drop.
pub struct DatagramKey(XChaCha20Poly1305);

impl DatagramKey {
    /// Out of the key that is on the box's card.
    #[must_use]
    pub fn of(push_key: &Secret) -> Self {
        Self::derived(Self::derive(push_key).expose())
    }

    /// What is derived from the card's key, for a process that is to have no more than this.
    #[must_use]
    pub fn derive(push_key: &Secret) -> Secret {
        push_key.child(LABEL)
    }

    /// Out of what [`DatagramKey::derive`] made.
    #[must_use]
    pub fn derived(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// Writes a datagram into `out`, which has its length. A body that is shorter is followed by zeros.
    ///
    /// # Panics
    /// If the body is longer than a symbol, or the numbers do not fit.
    pub fn seal(&self, head: &Head, body: &[u8], out: &mut [u8]) {
        assert!(head.block < 1 << 24, "a block's number has three bytes");
        out[..8].copy_from_slice(MAGIC);
        out[8..24].copy_from_slice(&head.session.0);
        out[24..28].copy_from_slice(&(u32::from(head.kind as u8) << 24 | head.block).to_be_bytes());
        out[28..HEAD].copy_from_slice(&head.symbol.to_be_bytes());
        let end = out.len() - TAG;
        out[HEAD..HEAD + body.len()].copy_from_slice(body);
        out[HEAD + body.len()..end].fill(0);
        let tag = self.tag(&out[..end]);
        out[end..].copy_from_slice(&tag);
    }

    /// Judges a datagram: length, magic, session, MAC, range, in this order. `known` is asked for what the
    /// receiver knows of its session; nothing is allocated.
    ///
    /// # Errors
    /// [`Dropped`], by the first that fails.
    pub fn open<'a>(
        &self,
        datagram: &'a [u8],
        known: impl FnOnce(&Head) -> Known,
    ) -> Result<Opened<'a>, Dropped> {
        let size = Size::of_datagram(datagram.len()).ok_or(Dropped::Length)?;
        if &datagram[..8] != MAGIC {
            return Err(Dropped::Magic);
        }
        let head = Head::read(datagram).ok_or(Dropped::Magic)?;
        let known = match (head.kind, known(&head)) {
            (Kind::Empty, known) => known,
            (_, Known::Done) | (Kind::Symbol, Known::Stranger) => return Err(Dropped::Session),
            (_, known) => known,
        };
        let (front, tag) = datagram.split_at(datagram.len() - TAG);
        let tag = Tag::try_from(tag).map_err(|_| Dropped::Length)?;
        self.0
            .decrypt_inout_detached(&nonce(front), front, (&mut [][..]).into(), &tag)
            .map_err(|_| Dropped::Mac)?;
        let body = &front[HEAD..];
        match (head.kind, known) {
            (Kind::Symbol, Known::Open(geometry)) if geometry.has(size, head.block, head.symbol) => {
                Ok(Opened::Symbol(head, body))
            }
            (Kind::Empty, _) => Ok(Opened::Empty),
            (Kind::Manifest | Kind::Heartbeat, _) if head.block == 0 && head.symbol == 0 => {
                Ok(Opened::Message(head, body))
            }
            _ => Err(Dropped::Range),
        }
    }

    /// Whether the body, taken for the symbol of this head, has this MAC: how what lies on the disk is
    /// looked at again.
    #[must_use]
    pub fn is_tag_of(&self, head: &Head, body: &[u8], tag: &[u8; TAG], scratch: &mut Vec<u8>) -> bool {
        scratch.resize(HEAD + body.len() + TAG, 0);
        self.seal(head, body, scratch);
        &scratch[HEAD + body.len()..] == tag
    }

    fn tag(&self, front: &[u8]) -> Tag {
        self.0
            .encrypt_inout_detached(&nonce(front), front, (&mut [][..]).into())
            .expect("a datagram is far below the cipher's bound")
    }
}

fn nonce(front: &[u8]) -> XNonce {
    XNonce::try_from(&front[NONCE]).expect("24 bytes")
}

impl Head {
    /// Reads the head of what has a datagram's length.
    fn read(datagram: &[u8]) -> Option<Self> {
        let number = |at: usize| u32::from_be_bytes(datagram[at..at + 4].try_into().expect("four bytes"));
        let kind = Kind::of(datagram[24])?;
        Some(Self {
            session: Session(datagram[8..24].try_into().expect("sixteen bytes")),
            kind,
            block: number(24) & 0x00ff_ffff,
            symbol: number(28),
        })
    }
}
