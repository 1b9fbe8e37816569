//! Sealing: leaves first into memory (16 MiB at most), then one pass over the documents.
//!
//! ```text
//! Parcel::add    records -> leaves, root          the documents' digests are known already
//! Parcel::seal   documents -> still the same? -> age -> [thread] SHA-256, write
//!                then back to the front: the header, now with the digest, signed
//! ```
//! The header stands before the age file although it names its digest: its length does not depend
//! on the digest, and the age file's length follows from the payload's.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use age::{Encryptor, Recipient};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::header::{BUNDLE_LIMIT, HEADER_LIMIT, Header, INVOICES_LIMIT, LEAVES_LIMIT, SUITE, SignedHeader};
use super::hybrid::HybridRecipient;
use super::leaf::{DOCUMENTS_LIMIT, InvoiceLeaf, Place, StreamLeaf};
use super::mark::{Promised, fill};
use super::statement::{Statement, key_id};
use super::{BundleRefusal, cbor, labels};
use crate::exchange::invoice::Record;
use crate::exchange::journal::tree::Tree;
use crate::exchange::law::TermName;
use crate::exchange::vocabulary::{BoxId, BundleNumber, Digest, EntityId, PublicKey};
use crate::support::secret::Secret;

/// age's STREAM: 64 KiB of plaintext a chunk, 16 bytes of tag.
const CHUNK_SIZE: u64 = 64 * 1024;
const TAG_SIZE: u64 = 16;
/// Ciphertext is handed to the digesting thread in pieces of about this size, this many under way. (Why
/// not larger ones: see `PIECE` in `open`.)
const PIECE_SIZE: usize = 64 * 1024;
const PIECES: usize = 32;
/// What age's own header and ours may take, generously.
const HEADERS_ROOM: u64 = HEADER_LIMIT as u64 + 16 * 1024;

/// What a header says beyond what the parcel itself knows.
pub struct Address {
    /// The box that it is for.
    pub box_id: BoxId,
    /// Whose books these are.
    pub entity: EntityId,
    /// The term of every invoice in it.
    pub term: TermName,
    /// The term's recipient, from the box's card.
    pub recipient: HybridRecipient,
    /// Digest of the stream's previous header.
    pub previous: Option<Digest>,
    /// The number that this one replaces.
    pub replaces: Option<BundleNumber>,
    /// The last checkpoint of the box that the sender verified.
    pub seen: Option<String>,
    /// Now, by the sender's clock.
    pub signed_at: Timestamp,
}

/// Invoices of one term that become one bundle.
pub struct Parcel {
    place: Place,
    leaves: Vec<u8>,
    tree: Tree,
    documents: Vec<Promised>,
    documents_length: u64,
    count: u32,
}

impl Parcel {
    /// An empty parcel for the bundle at `place`, with its leaf 0.
    #[must_use]
    pub fn new(place: Place, receipt_key: &Secret) -> Self {
        let mut parcel = Self {
            place,
            leaves: Vec::new(),
            tree: Tree::default(),
            documents: Vec::new(),
            documents_length: 0,
            count: 0,
        };
        parcel.push(&cbor::encode(&StreamLeaf::new(place, receipt_key)));
        parcel
    }

    /// How many invoices are in it.
    #[must_use]
    pub fn invoices(&self) -> u32 {
        self.count - 1
    }

    /// Adds an invoice with its documents. `false` and unchanged if it would go over a bound: then this
    /// parcel is sealed and the invoice starts the next.
    ///
    /// # Errors
    /// If the invoice alone is over a bound.
    pub fn add(
        &mut self,
        record: Record,
        documents: Vec<impl Into<Promised>>,
    ) -> Result<bool, BundleRefusal> {
        let documents: Vec<Promised> = documents.into_iter().map(Into::into).collect();
        let lengths = documents.iter().map(|promised| promised.document.length);
        let length = lengths.fold(0, u64::saturating_add);
        let number = record.number.clone();
        if documents.is_empty() || documents.len() > DOCUMENTS_LIMIT {
            return Err(BundleRefusal::TooManyDocuments { invoice: number, limit: DOCUMENTS_LIMIT });
        }
        let listed = documents.iter().map(|promised| promised.document.clone()).collect();
        let leaf = cbor::encode(&InvoiceLeaf::new(self.place, record, listed));
        let fits = self.invoices() < INVOICES_LIMIT
            && self.leaves.len() + 4 + leaf.len() <= LEAVES_LIMIT
            && age_length(
                HEADERS_ROOM,
                (LEAVES_LIMIT as u64).saturating_add(self.documents_length.saturating_add(length)),
            ) <= BUNDLE_LIMIT;
        if !fits && self.invoices() == 0 {
            return Err(BundleRefusal::InvoiceTooLarge { invoice: number });
        }
        if fits {
            self.push(&leaf);
            self.documents.extend(documents);
            self.documents_length += length;
        }
        Ok(fits)
    }

    fn push(&mut self, leaf: &[u8]) {
        let length = u32::try_from(leaf.len()).expect("bounded by LEAVES_LIMIT");
        self.leaves.extend_from_slice(&length.to_be_bytes());
        self.leaves.extend_from_slice(leaf);
        self.tree.push(leaf);
        self.count += 1;
    }

    /// Encrypts, signs and writes the bundle to `out` from its beginning. `document(n)` opens the
    /// n-th document that was added; its bytes must still be those that were promised.
    ///
    /// # Errors
    /// [`BundleRefusal::DocumentChanged`] if they are not; [`BundleRefusal::Io`]. What was written
    /// to `out` is then to be thrown away.
    pub fn seal<W, R>(
        self,
        mut out: W,
        address: &Address,
        key: &SigningKey,
        document: impl FnMut(usize) -> io::Result<R>,
    ) -> Result<(SignedHeader, W), BundleRefusal>
    where
        W: Write + Seek + Send + 'static,
        R: Read,
    {
        let (sender, received) = sync_channel(PIECES);
        let written_by_age = Rc::new(Cell::new(0));
        let (spent, empty) = channel();
        let pieces = Pieces { buffer: new_piece(), sender, empty, count: written_by_age.clone() };
        let encryptor = Encryptor::with_recipients(std::iter::once(&address.recipient as &dyn Recipient))
            .map_err(|error| BundleRefusal::Io { reason: error.to_string() })?;
        let age = encryptor.wrap_output(pieces)?;
        // age has written its own header: now the length of the whole age file is known.
        let payload = self.leaves.len() as u64 + self.documents_length;
        let length = age_length(written_by_age.get(), payload);
        let mut header = self.header(address, key, length);
        let front = Statement::sign(labels::BUNDLE, header.clone(), key).to_bytes().len() as u64;

        out.seek(SeekFrom::Start(front))?;
        let digesting = std::thread::spawn(move || digest_and_write(&received, &spent, out));
        let written = self.write_payload(age, document);
        // The thread ends when the sending side is dropped, which write_payload does.
        let (mut out, measured) = digesting.join().expect("digesting does not panic")?;
        written?;

        if measured.0 != length {
            return Err(BundleRefusal::Io { reason: "the age file has another length".to_owned() });
        }
        header.sha256 = measured.1;
        let header = Statement::sign(labels::BUNDLE, header, key);
        out.seek(SeekFrom::Start(0))?;
        out.write_all(&header.to_bytes())?;
        out.flush()?;
        Ok((header, out))
    }

    fn header(&self, address: &Address, key: &SigningKey, length: u64) -> Header {
        let Place { sender, stream, number } = self.place;
        Header {
            suite: SUITE,
            signers: vec![key_id(&PublicKey(key.verifying_key().to_bytes()))],
            box_id: address.box_id,
            entity: address.entity,
            sender,
            stream,
            number,
            previous: address.previous,
            replaces: address.replaces,
            term: address.term.clone(),
            recipient: address.recipient.fingerprint(),
            signed_at: address.signed_at,
            seen: address.seen.clone(),
            leaves: self.count,
            root: self.tree.root(),
            length,
            sha256: Digest([0; 32]),
        }
    }

    fn write_payload<R: Read>(
        &self,
        mut age: age::stream::StreamWriter<Pieces>,
        mut document: impl FnMut(usize) -> io::Result<R>,
    ) -> Result<(), BundleRefusal> {
        age.write_all(&self.leaves)?;
        let mut buffer = vec![0; CHUNK_SIZE as usize];
        for (index, promised) in self.documents.iter().enumerate() {
            let mut input = document(index)?;
            let mut again = promised.again();
            loop {
                let count = fill(&mut input, &mut buffer)?;
                if !again.take(&buffer[..count]) {
                    return Err(BundleRefusal::DocumentChanged { document: index });
                }
                age.write_all(&buffer[..count])?;
                if count < buffer.len() {
                    break;
                }
            }
            if !again.proves_the_same() {
                return Err(BundleRefusal::DocumentChanged { document: index });
            }
        }
        age.finish()?.flush()?;
        Ok(())
    }
}

/// Gathers ciphertext into pieces for the digesting thread, which sends them back to be filled again.
/// age's own header stays in the first piece until the payload begins, so the thread may be started
/// after it.
struct Pieces {
    buffer: Vec<u8>,
    sender: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
    count: Rc<Cell<u64>>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        self.count.set(self.count.get() + bytes.len() as u64);
        if self.buffer.len() >= PIECE_SIZE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let next = self.empty.try_recv().unwrap_or_else(|_| new_piece());
        let piece = std::mem::replace(&mut self.buffer, next);
        self.sender.send(piece).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

fn new_piece() -> Vec<u8> {
    Vec::with_capacity(PIECE_SIZE + (CHUNK_SIZE + TAG_SIZE) as usize)
}

/// Writes what comes and returns the writer with length and digest.
fn digest_and_write<W: Write>(
    pieces: &Receiver<Vec<u8>>,
    spent: &Sender<Vec<u8>>,
    mut out: W,
) -> Result<(W, (u64, Digest)), BundleRefusal> {
    let mut digest = Sha256::new();
    let mut length = 0;
    for mut piece in pieces {
        digest.update(&piece);
        length += piece.len() as u64;
        out.write_all(&piece)?;
        piece.clear();
        // Nobody waits for the last ones.
        let _ = spent.send(piece);
    }
    Ok((out, (length, Digest(digest.finalize().into()))))
}

/// Length of an age file whose header and nonce take `front` bytes and whose payload has `payload`.
/// age writes one empty chunk for an empty payload.
fn age_length(front: u64, payload: u64) -> u64 {
    front + payload + payload.div_ceil(CHUNK_SIZE).max(1) * TAG_SIZE
}
