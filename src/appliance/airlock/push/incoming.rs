//! One file that is being received: which symbols of it are here.

use std::io::{self, IoSlice};

use super::store::{self, Files, MORE_TAG, SPARE, TAG};
use crate::exchange::push::{DatagramKey, Geometry, Head, Kind, Manifest, Session, SessionKey};

/// Buffers that one `pwritev` takes; Linux' bound is 1,024.
const AT_ONCE: usize = 512;

/// A file that is being received.
pub(super) struct Incoming {
    pub(super) session: Session,
    pub(super) manifest: Manifest,
    pub(super) key: SessionKey,
    files: Files,
    /// A bit for each of the file's own symbols.
    own: Vec<u64>,
    blocks: Vec<Block>,
    /// Blocks that are whole.
    pub(super) done: u32,
}

#[derive(Default)]
struct Block {
    /// Symbols of its own that are here.
    own: u16,
    /// Numbers of the others, in the order of their places.
    more: Vec<u32>,
    /// With how many symbols it was not enough; the highest number while that is not known.
    asked: u16,
    /// With how many it was handed on last: more may have come by the time that they are said to be too few.
    handed: u16,
    whole: bool,
}

impl Block {
    /// Symbols of it that are here.
    fn here(&self) -> u32 {
        u32::from(self.own) + self.more.len() as u32
    }

    /// Whether there is no place for another beyond the file's own.
    fn has_enough(&self, symbols: u32) -> bool {
        self.here() >= symbols + SPARE
    }
}

/// A symbol that is wanted, on its way to its place.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Which of the open files.
    pub(super) file: usize,
    pub(super) block: u32,
    /// Its place in the block: of its own its number, of another the number of own ones and its place
    /// among the others.
    place: u32,
    number: u32,
    body: &'a [u8],
    tag: &'a [u8],
}

impl<'a> Wanted<'a> {
    /// What runs into one another is written at once.
    pub(super) fn order(&self) -> (usize, u32, u32) {
        (self.file, self.block, self.place)
    }

    pub(super) fn of_file(self, file: usize) -> Self {
        Self { file, ..self }
    }
}

impl Incoming {
    /// Begins one, or takes it up where it lies on the disk.
    pub(super) fn open(
        session: Session,
        manifest: Manifest,
        boot: &[u8; 16],
        key: &DatagramKey,
    ) -> io::Result<Self> {
        let geometry = manifest.geometry;
        let files = Files::open(session)?;
        let symbols = geometry.symbols_before(geometry.blocks());
        let words = usize::try_from(symbols.div_ceil(64)).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let mut blocks = Vec::new();
        blocks.resize_with(geometry.blocks() as usize, Block::default);
        let key = key.session(session);
        let mut incoming = Self { session, manifest, key, files, own: vec![0; words], blocks, done: 0 };
        let same_boot = store::boot(session).is_ok_and(|before| before == boot);
        incoming.take_up(same_boot)?;
        if !same_boot {
            store::set_boot(session, boot)?;
        }
        Ok(incoming)
    }

    fn geometry(&self) -> &Geometry {
        &self.manifest.geometry
    }

    /// Learns what is here. What was written under another boot may be half of what it was: its MACs say.
    fn take_up(&mut self, same_boot: bool) -> io::Result<()> {
        let geometry = *self.geometry();
        let symbol = geometry.size().symbol();
        let mut done = vec![0; geometry.blocks() as usize];
        if same_boot {
            store::read_at(&self.files.done, &mut done, 0)?;
        } else {
            self.files.done.set_len(0)?;
        }
        let (mut body, mut scratch) = (vec![0; symbol], Vec::new());
        for block in 0..geometry.blocks() {
            if done[block as usize] == 1 {
                self.set_whole(block);
                continue;
            }
            let mut tags = vec![0; geometry.symbols(block) as usize * TAG];
            store::read_at(&self.files.tags, &mut tags, geometry.symbols_before(block) * TAG as u64)?;
            let mut holds = |files: &std::fs::File, place: u64, number: u32, tag: &[u8; TAG]| {
                if same_boot {
                    return Ok(true);
                }
                store::read_at(files, &mut body, place * symbol as u64)?;
                let head = Head { session: self.session, kind: Kind::Symbol, block, symbol: number };
                io::Result::Ok(self.key.is_tag_of(&head, &body, tag, &mut scratch))
            };
            for (number, tag) in (0_u32..).zip(tags.as_chunks::<TAG>().0) {
                let place = geometry.symbols_before(block) + u64::from(number);
                if tag == &[0; TAG] {
                    continue;
                }
                if holds(&self.files.part, place, number, tag)? {
                    let bit = place as usize;
                    self.own[bit / 64] |= 1 << (bit % 64);
                    self.blocks[block as usize].own += 1;
                } else {
                    self.clear_tag(place)?;
                }
            }
            let places = store::more_places(&geometry, block);
            let mut tags = vec![0; places as usize * MORE_TAG];
            let first = store::more_place(&geometry, block);
            store::read_at(&self.files.more_tags, &mut tags, first * MORE_TAG as u64)?;
            let mut good = 0;
            for (place, tag) in (first..).zip(tags.as_chunks::<MORE_TAG>().0) {
                let (number, tag) = tag.split_first_chunk::<4>().expect("twenty bytes");
                let tag: &[u8; TAG] = tag.try_into().expect("sixteen are left");
                let number = u32::from_be_bytes(*number);
                if tag == &[0; TAG] || !holds(&self.files.more, place, number, tag)? {
                    break;
                }
                self.blocks[block as usize].more.push(number);
                good += MORE_TAG;
            }
            // The places fill from the front, and whoever joins takes all up to the first without a MAC: a bad one
            // and what lies behind it must not stand there.
            if tags[good..].iter().any(|byte| *byte != 0) {
                use std::os::unix::fs::FileExt as _;
                tags[good..].fill(0);
                self.files.more_tags.write_all_at(&tags[good..], first * MORE_TAG as u64 + good as u64)?;
            }
        }
        Ok(())
    }

    fn clear_tag(&self, place: u64) -> io::Result<()> {
        use std::os::unix::fs::FileExt as _;
        self.files.tags.write_all_at(&[0; TAG], place * TAG as u64)
    }

    /// Bytes of the disk that it takes by now.
    pub(super) fn takes(&self) -> u64 {
        use std::os::unix::fs::MetadataExt as _;
        let taken = |file: &std::fs::File| file.metadata().map_or(0, |meta| meta.blocks() * 512);
        taken(&self.files.part).saturating_add(taken(&self.files.more))
    }

    /// Bytes of the disk that it may still take.
    pub(super) fn may_still_take(&self) -> u64 {
        self.geometry().length().saturating_mul(2).saturating_sub(self.takes())
    }

    /// Symbols that need not come any more: those that are here, as far as a block has use for them.
    pub(super) fn here(&self) -> u32 {
        let blocks = (0..).zip(&self.blocks);
        let of = |(number, block): (u32, &Block)| {
            let symbols = self.geometry().symbols(number);
            if block.whole { symbols } else { symbols.min(block.here()) }
        };
        blocks.map(of).sum()
    }

    /// Whether such a symbol could be wanted, by what its datagram says before its MAC is looked at: half of what
    /// comes on a good line is not, and costs nothing then.
    pub(super) fn may_want(&self, head: &Head) -> bool {
        // What is no block of this file is not judged here.
        let Some(state) = self.blocks.get(head.block as usize) else { return true };
        let symbols = self.geometry().symbols(head.block);
        if state.whole {
            return false;
        }
        if head.symbol >= symbols {
            return !state.has_enough(symbols);
        }
        let (word, mask) = self.bit(head);
        // Whoever joins has the block in hand and writes into the same file, which may be in the inbox a moment
        // later: a straggler must not be written behind its back. If it was wanted, another will do.
        self.own[word] & mask == 0 && state.asked != u16::MAX
    }

    /// Where one of the file's own symbols is noted.
    fn bit(&self, head: &Head) -> (usize, u64) {
        let bit = (self.geometry().symbols_before(head.block) + u64::from(head.symbol)) as usize;
        (bit / 64, 1 << (bit % 64))
    }

    pub(super) fn set_whole(&mut self, block: u32) {
        if let Some(state) = self.blocks.get_mut(block as usize)
            && !state.whole
        {
            state.whole = true;
            state.more = Vec::new();
            self.done += 1;
        }
    }

    /// Gives a symbol its place, if it is wanted. The datagram is within the file's range.
    pub(super) fn want<'a>(&mut self, head: &Head, body: &'a [u8], tag: &'a [u8]) -> Option<Wanted<'a>> {
        if !self.may_want(head) {
            return None;
        }
        let symbols = self.geometry().symbols(head.block);
        let (word, mask) = self.bit(head);
        let state = &mut self.blocks[head.block as usize];
        let place = if head.symbol < symbols {
            self.own[word] |= mask;
            state.own += 1;
            head.symbol
        } else {
            if state.more.contains(&head.symbol) {
                return None;
            }
            state.more.push(head.symbol);
            symbols + state.more.len() as u32 - 1
        };
        Some(Wanted { file: 0, block: head.block, place, number: head.symbol, body, tag })
    }

    /// Whether this block is to be handed on now: it has enough, and more than the last time.
    pub(super) fn is_ready(&mut self, block: u32) -> bool {
        let symbols = self.geometry().symbols(block);
        let state = &mut self.blocks[block as usize];
        let here = state.here();
        let ready = !state.whole && here >= symbols && here > u32::from(state.asked);
        if ready {
            // Not again until somebody says that it was not enough.
            state.asked = u16::MAX;
            state.handed = here as u16;
        }
        ready
    }

    /// Whoever joins was started anew and knows of nothing.
    pub(super) fn ask_again(&mut self, block: u32) {
        self.blocks[block as usize].asked = 0;
    }

    /// What was handed on was not enough. What came meanwhile counts: it may have filled all places, and then no other
    /// would ever have it handed on again.
    pub(super) fn wants_more(&mut self, block: u32) {
        if let Some(state) = self.blocks.get_mut(block as usize) {
            state.asked = state.handed;
        }
    }

    /// Throws away all that is here of a block.
    pub(super) fn spoil(&mut self, block: u32) -> io::Result<()> {
        let geometry = *self.geometry();
        let Some(state) = self.blocks.get_mut(block as usize) else { return Ok(()) };
        if state.whole {
            return Ok(());
        }
        *state = Block::default();
        for number in 0..geometry.symbols(block) {
            let place = geometry.symbols_before(block) + u64::from(number);
            self.own[place as usize / 64] &= !(1 << (place % 64));
            self.clear_tag(place)?;
        }
        use std::os::unix::fs::FileExt as _;
        let zeros = vec![0; store::more_places(&geometry, block) as usize * MORE_TAG];
        self.files.more_tags.write_all_at(&zeros, store::more_place(&geometry, block) * MORE_TAG as u64)
    }

    /// Writes symbols of one block whose places follow each other, then their MACs: what a kill leaves
    /// without a MAC is not there.
    pub(super) fn write(&self, run: &[Wanted<'_>]) -> io::Result<()> {
        let geometry = self.geometry();
        let Some(first) = run.first() else { return Ok(()) };
        let symbol = geometry.size().symbol() as u64;
        let own = first.place < geometry.symbols(first.block);
        let (bodies, tags, place, tag) = if own {
            let place = geometry.symbols_before(first.block) + u64::from(first.place);
            (&self.files.part, &self.files.tags, place, TAG)
        } else {
            let among = u64::from(first.place - geometry.symbols(first.block));
            let place = store::more_place(geometry, first.block) + among;
            (&self.files.more, &self.files.more_tags, place, MORE_TAG)
        };
        let mut at = place * symbol;
        for some in run.chunks(AT_ONCE) {
            let slices: Vec<_> = some.iter().map(|wanted| IoSlice::new(wanted.body)).collect();
            let whole = some.len() * symbol as usize;
            if rustix::io::pwritev(bodies, &slices, at)? != whole {
                return Err(io::ErrorKind::StorageFull.into());
            }
            at += whole as u64;
        }
        let mut lines = Vec::with_capacity(run.len() * tag);
        for wanted in run {
            if !own {
                lines.extend(wanted.number.to_be_bytes());
            }
            lines.extend(wanted.tag);
        }
        use std::os::unix::fs::FileExt as _;
        tags.write_all_at(&lines, place * tag as u64)
    }

    /// How long a run from the front of `wanted` is: one block's own symbols, or its others.
    pub(super) fn run(&self, wanted: &[Wanted<'_>]) -> usize {
        let symbols = |block| self.geometry().symbols(block);
        let follows = |pair: &[Wanted<'_>]| {
            pair[0].file == pair[1].file
                && pair[0].block == pair[1].block
                && pair[0].place + 1 == pair[1].place
                && (pair[0].place < symbols(pair[0].block)) == (pair[1].place < symbols(pair[1].block))
        };
        1 + wanted.windows(2).take_while(|pair| follows(pair)).count()
    }
}
