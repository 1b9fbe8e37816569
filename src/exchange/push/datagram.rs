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
//! and the nonce: an authenticator made for many short messages. XChaCha20's first step depends on the session
//! alone and is done once for it ([`SessionKey`]).

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit as _, StreamCipher as _};
use chacha20::hchacha;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Geometry, poly1305};
use crate::exchange::vocabulary::Digest;
use crate::support::secret::Secret;

/// The first bytes of every datagram.
pub const MAGIC: &[u8; 8] = b"KLUISPU1";
/// Label of the MAC's key, out of the key on the box's card.
pub const LABEL: &str = "factuurkluis/push/datagram";

const HEAD: usize = 32;
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
    /// Of a session that is done; a symbol of one that no manifest opened, or one that is not wanted any more.
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

/// What a receiver knows of a session, or of a symbol in it.
#[derive(Clone, Copy)]
pub enum Known<'k> {
    /// Never heard of: only a signed message may begin it.
    Stranger,
    /// It has all that it needs; of a symbol, it is not wanted.
    Done,
    /// It is being received: its file's cut, and its key.
    Open(Geometry, &'k SessionKey),
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
pub struct DatagramKey(Zeroizing<[u8; 32]>);

/// What XChaCha20 makes of that key for one session. Wiped on drop.
pub struct SessionKey(Zeroizing<[u8; 32]>);

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
        Self(Zeroizing::new(*key))
    }

    /// The key of one session's datagrams.
    #[must_use]
    pub fn session(&self, session: Session) -> SessionKey {
        let key = hchacha::<chacha20::R20>(&(*self.0).into(), &session.0.into());
        SessionKey(Zeroizing::new(key.into()))
    }

    /// Judges a datagram: length, magic, session, MAC, range, in this order. `known` is asked for what the
    /// receiver knows of its session; nothing is allocated.
    ///
    /// # Errors
    /// [`Dropped`], by the first that fails.
    pub fn open<'a, 'k>(
        &self,
        datagram: &'a [u8],
        known: impl FnOnce(&Head) -> Known<'k>,
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
        let expected = match known {
            Known::Open(_, key) => key.tag(front),
            Known::Stranger | Known::Done => self.session(head.session).tag(front),
        };
        if !bool::from(expected.ct_eq(tag)) {
            return Err(Dropped::Mac);
        }
        let body = &front[HEAD..];
        match (head.kind, known) {
            (Kind::Symbol, Known::Open(geometry, _)) if geometry.has(size, head.block, head.symbol) => {
                Ok(Opened::Symbol(head, body))
            }
            (Kind::Empty, _) => Ok(Opened::Empty),
            (Kind::Manifest | Kind::Heartbeat, _) if head.block == 0 && head.symbol == 0 => {
                Ok(Opened::Message(head, body))
            }
            _ => Err(Dropped::Range),
        }
    }
}

impl SessionKey {
    /// Writes a datagram of this session into `out`, which has its length. A body that is shorter is followed by
    /// zeros.
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

    /// Whether the body, taken for the symbol of this head, has this MAC: how what lies on the disk is
    /// looked at again.
    #[must_use]
    pub fn is_tag_of(&self, head: &Head, body: &[u8], tag: &[u8; TAG], scratch: &mut Vec<u8>) -> bool {
        scratch.resize(HEAD + body.len() + TAG, 0);
        self.seal(head, body, scratch);
        &scratch[HEAD + body.len()..] == tag
    }

    /// XChaCha20-Poly1305's tag over `front` as associated data, of an empty plaintext (RFC 8439, section 2.8).
    fn tag(&self, front: &[u8]) -> [u8; TAG] {
        // XChaCha20 is ChaCha20 under the session's key, with the last 8 bytes of the nonce behind four zeros.
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(&front[24..HEAD]);
        let mut once = Zeroizing::new([0; 32]);
        ChaCha20::new(&(*self.0).into(), &nonce.into()).apply_keystream(&mut *once);
        let mut lengths = [0; 16];
        lengths[..8].copy_from_slice(&(front.len() as u64).to_le_bytes());
        poly1305::tag_of_padded(&once, [front, &lengths])
    }
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
