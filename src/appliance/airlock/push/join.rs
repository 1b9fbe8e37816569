//! `kluis airlock join`: makes blocks of symbols, and a file of blocks.
//!
//! RaptorQ runs here, on numbers out of the signed manifest. It may die at it: what is in `part` by then stays,
//! and the block in hand is tried once more.

use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use sha2::{Digest as _, Sha256};

use super::frames::{Message, Messages};
use super::store::{self, Files, MORE_TAG, TAG};
use crate::appliance::cage;
use crate::exchange::push::{Manifest, Session, fec};
use crate::support::durable;

/// Bytes that are digested before the pipe is looked at again.
const PIECE: usize = 1 << 20;

/// Joins until the box closes the pipe.
///
/// # Errors
/// What the disk refuses; the box starts another.
pub fn join() -> io::Result<()> {
    let mut messages = Messages::default();
    let mut open: Vec<Joining> = Vec::new();
    let mut buffer = Vec::new();
    loop {
        // What is to be digested can wait, blocks cannot: their room is wanted.
        let busy = open.iter().any(Joining::has_more_to_digest);
        if is_told(!busy)? && !messages.read()? {
            return Ok(());
        }
        while let Some(message) = messages.next()? {
            let Message::Ready(session, block) = message else {
                return Err(io::ErrorKind::InvalidData.into());
            };
            // One that gave its place to another may have been begun anew in another folder of that name. What
            // stays is as many as are received at once: none is dropped that has all its blocks and waits to
            // be digested, for nobody would name it again.
            open.retain(Joining::is_there);
            let at = match open.iter().position(|joining| joining.session == session) {
                Some(at) => at,
                None => match Joining::open(session) {
                    Ok(joining) => {
                        open.push(joining);
                        open.len() - 1
                    }
                    // It is over, or was thrown away; whoever named it must hear so, or would wait for ever.
                    Err(_) => {
                        cage::say(&over(session)?.to_bytes())?;
                        continue;
                    }
                },
            };
            let answer = if open[at].join(block)? {
                Message::Done(session, block)
            } else {
                Message::More(session, block)
            };
            cage::say(&answer.to_bytes())?;
        }
        let Some(at) = open.iter().position(Joining::has_more_to_digest) else {
            finish(&mut open)?;
            continue;
        };
        open[at].digest_some(&mut buffer)?;
        finish(&mut open)?;
    }
}

/// Whether the box says something, or has gone; with `wait`, when it does.
fn is_told(wait: bool) -> io::Result<bool> {
    let orders = rustix::stdio::stdin();
    let mut ready = [PollFd::new(&orders, PollFlags::IN)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    match poll(&mut ready, if wait { None } else { Some(&at_once) }) {
        Ok(count) => Ok(count > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}

/// What became of a file that is not here any more: the process before this one may have died between its
/// delivery and the word of it.
fn over(session: Session) -> io::Result<Message> {
    let finished = store::finished()?.contains(&session);
    store::forget(session);
    Ok(if finished { Message::Finished(session) } else { Message::Failed(session) })
}

/// Takes leave of the files that are digested to their end.
fn finish(open: &mut Vec<Joining>) -> io::Result<()> {
    while let Some(at) = open.iter().position(Joining::is_digested) {
        let joining = open.remove(at);
        let session = joining.session;
        let message = if joining.deliver()? { Message::Finished(session) } else { Message::Failed(session) };
        cage::say(&message.to_bytes())?;
    }
    Ok(())
}

struct Joining {
    session: Session,
    manifest: Manifest,
    files: Files,
    whole: Vec<bool>,
    hash: Sha256,
    digested: u64,
    /// Its bytes are not there: it lies in the inbox already, and nobody noted that.
    hollow: bool,
}

impl Joining {
    fn open(session: Session) -> io::Result<Self> {
        let message = store::manifest(session)?;
        // The other process has compared the key before it wrote this.
        let manifest = Manifest::open(&message, |_| true).map_err(|_| io::ErrorKind::InvalidData)?;
        let files = Files::open(session)?;
        let mut done = vec![0; manifest.geometry.blocks() as usize];
        store::read_at(&files.done, &mut done, 0)?;
        let whole = done.iter().map(|byte| *byte == 1).collect();
        Ok(Self { session, manifest, files, whole, hash: Sha256::new(), digested: 0, hollow: false })
    }

    /// Whether its folder is still the one that was opened.
    fn is_there(&self) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let (ours, there) =
            (self.files.part.metadata(), std::fs::metadata(store::folder(self.session).join("part")));
        ours.is_ok_and(|ours| there.is_ok_and(|there| ours.ino() == there.ino()))
    }

    /// Makes a block whole, if what is here is enough.
    fn join(&mut self, block: u32) -> io::Result<bool> {
        let geometry = self.manifest.geometry;
        if block >= geometry.blocks() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if self.whole[block as usize] {
            return Ok(true);
        }
        let (symbols, symbol) = (geometry.symbols(block), geometry.size().symbol());
        let mut tags = vec![0; symbols as usize * TAG];
        store::read_at(&self.files.tags, &mut tags, geometry.symbols_before(block) * TAG as u64)?;
        let here: Vec<bool> = tags.as_chunks::<TAG>().0.iter().map(|tag| tag != &[0; TAG]).collect();
        if here.contains(&false) && !self.work_out(block, &here, symbols, symbol)? {
            return Ok(false);
        }
        // Last: after a kill the block is joined once more, or is there.
        self.files.done.write_all_at(&[1], u64::from(block))?;
        self.whole[block as usize] = true;
        Ok(true)
    }

    fn work_out(&self, block: u32, here: &[bool], symbols: u32, symbol: usize) -> io::Result<bool> {
        let geometry = &self.manifest.geometry;
        let places = store::more_places(geometry, block);
        let first = store::more_place(geometry, block);
        let mut tags = vec![0; places as usize * MORE_TAG];
        store::read_at(&self.files.more_tags, &mut tags, first * MORE_TAG as u64)?;
        let more: Vec<u32> = tags
            .as_chunks::<MORE_TAG>()
            .0
            .iter()
            .take_while(|tag| tag[4..] != [0; TAG])
            .map(|tag| u32::from_be_bytes([tag[0], tag[1], tag[2], tag[3]]))
            .collect();
        let mut block_bytes = vec![0; geometry.padded(block)];
        store::read_at(&self.files.part, &mut block_bytes, geometry.offset(block))?;
        let mut more_bytes = vec![0; more.len() * symbol];
        store::read_at(&self.files.more, &mut more_bytes, first * symbol as u64)?;
        let own = (0_u32..).zip(block_bytes.chunks(symbol)).zip(here);
        let own = own.filter(|(_, here)| **here).map(|(own, _)| own);
        let given = own.chain(more.iter().copied().zip(more_bytes.chunks(symbol)));
        let length = u16::try_from(symbol).map_err(|_| io::ErrorKind::InvalidData)?;
        let given = given.map(|(number, body)| (number, body.to_vec()));
        let Some(whole) = fec::decode(symbols, length, given) else { return Ok(false) };
        for (number, (body, here)) in (0_u64..).zip(whole.chunks(symbol).zip(here)) {
            if !here {
                self.files.part.write_all_at(body, geometry.offset(block) + number * symbol as u64)?;
            }
        }
        Ok(true)
    }

    /// Up to where the file is whole from its front.
    fn whole_to(&self) -> u64 {
        let geometry = &self.manifest.geometry;
        let at = self.block_at(self.digested);
        let whole = self.whole[at..].iter().take_while(|whole| **whole).count() + at;
        if whole >= self.whole.len() { geometry.length() } else { geometry.offset(whole as u32) }
    }

    /// The block that a byte is in.
    fn block_at(&self, byte: u64) -> usize {
        let geometry = &self.manifest.geometry;
        let (mut low, mut high) = (0, geometry.blocks());
        while low + 1 < high {
            let middle = low.midpoint(high);
            if geometry.offset(middle) <= byte { low = middle } else { high = middle }
        }
        low as usize
    }

    fn has_more_to_digest(&self) -> bool {
        !self.hollow && self.digested < self.whole_to()
    }

    fn is_digested(&self) -> bool {
        self.hollow || self.digested == self.manifest.geometry.length()
    }

    fn digest_some(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        let length = (self.whole_to() - self.digested).min(PIECE as u64) as usize;
        buffer.resize(length, 0);
        match self.files.part.read_exact_at(buffer, self.digested) {
            // All blocks are noted as whole and their bytes are not there. It must not die of that: it would
            // again and again, and no other file would ever be digested.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => self.hollow = true,
            read => {
                read?;
                self.hash.update(&buffer[..]);
                durable::begin_writing_back(&self.files.part, self.digested, length as u64);
                self.digested += length as u64;
            }
        }
        Ok(())
    }

    /// Puts the file into the inbox if it is what its manifest says; else all of it is thrown away.
    fn deliver(self) -> io::Result<bool> {
        // What was digested must be what is delivered: the file may have lost its place meanwhile and been begun anew,
        // and then another lies there under its name.
        let there = !self.hollow && self.is_there();
        let whole = there && self.hash.finalize()[..] == self.manifest.sha256.0;
        if whole {
            let part = store::folder(self.session).join("part");
            let to = Path::new(store::INBOX).join(store::name(&self.manifest, self.session));
            // The last symbol is filled with zeros.
            self.files.part.set_len(self.manifest.geometry.length())?;
            let failed = |error: durable::DiskError| io::Error::other(error.to_string());
            durable::sync_file(&self.files.part, &part).map_err(failed)?;
            durable::rename(&part, &to).map_err(failed)?;
            store::note_finished(self.session)?;
        }
        store::forget(self.session);
        Ok(whole)
    }
}
