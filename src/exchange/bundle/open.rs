//! Opening, in the only order there is, each step a type of its own:
//!
//! ```text
//! Sealed     a header was read, nothing is checked
//!   authenticate(sender's key)       -> Authentic   the enrolled sender signed it
//!     intact(length, digest)         -> Intact      the age file is the one that was signed
//!       open(identity)               -> Opened      decrypted; leaves are those of the root
//!         documents(...)                             each document is the one of its leaf
//! ```
//! Nothing is decrypted before its digest held, nothing parsed before it was authentic.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use age::stream::StreamReader;
use age::{DecryptError, Decryptor, Identity};
use sha2::{Digest as _, Sha256};

use super::header::{
    BUNDLE_LIMIT, HEADER_LIMIT, Header, INVOICES_LIMIT, LEAVES_LIMIT, SEEN_LIMIT, SUITE, SignedHeader,
};
use super::hybrid::{HybridIdentity, Sole};
use super::leaf::{Document, InvoiceLeaf, LeafFault, Place, StreamLeaf};
use super::statement::Statement;
use super::{BundleRefusal, labels};
use crate::exchange::journal::tree::{Levels, Tree, leaf_hash, path};
use crate::exchange::vocabulary::{Digest, PublicKey};

/// age's header may have this many bytes; ours has one stanza of 1.6 kB and one of grease.
const AGE_HEADER_LIMIT: u64 = 16 * 1024;

/// A bundle whose header was read and nothing checked.
pub struct Sealed {
    statement: SignedHeader,
}

impl Sealed {
    /// Reads the header at the front of `input` and leaves the age file.
    ///
    /// # Errors
    /// [`BundleRefusal::Header`], or what the header says against the format's bounds.
    pub fn read(input: &mut impl Read) -> Result<Self, BundleRefusal> {
        let statement = Statement::<Header>::read(labels::BUNDLE, input, HEADER_LIMIT)?;
        let header = statement.body();
        if header.suite != SUITE {
            return Err(BundleRefusal::UnknownSuite { suite: header.suite });
        }
        if header.leaves < 2 {
            return Err(BundleRefusal::Empty);
        }
        if header.invoices() > INVOICES_LIMIT {
            return Err(BundleRefusal::TooManyInvoices { count: header.invoices(), limit: INVOICES_LIMIT });
        }
        if let Some(length) = header.seen.as_ref().map(String::len).filter(|length| *length > SEEN_LIMIT) {
            return Err(BundleRefusal::SeenTooLong { length, limit: SEEN_LIMIT });
        }
        if header.length.saturating_add(statement.to_bytes().len() as u64) > BUNDLE_LIMIT {
            return Err(BundleRefusal::TooLarge { limit: BUNDLE_LIMIT });
        }
        Ok(Self { statement })
    }

    /// What the header says. Nothing of it is to be believed yet.
    #[must_use]
    pub fn claimed(&self) -> &Header {
        self.statement.body()
    }

    /// The header with its signatures, as it stands in the file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.statement.to_bytes()
    }

    /// Bytes of the whole file, by what the header says.
    #[must_use]
    pub fn file_length(&self) -> u64 {
        self.claimed().length + self.to_bytes().len() as u64
    }

    /// Checks that the key of the enrolled sender, and no other, signed the header.
    ///
    /// # Errors
    /// [`BundleRefusal::Header`] with the signature's fault.
    pub fn authenticate(self, key: PublicKey) -> Result<Authentic, BundleRefusal> {
        if self.claimed().signers != [super::statement::key_id(&key)] {
            return Err(super::statement::StatementRefusal::BadSignature.into());
        }
        self.statement.verify(&[key])?;
        Ok(Authentic { statement: self.statement })
    }
}

/// A bundle whose header the enrolled sender signed.
#[derive(Clone)]
pub struct Authentic {
    statement: SignedHeader,
}

impl Authentic {
    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.statement.body()
    }

    /// The header with its signatures.
    #[must_use]
    pub fn statement(&self) -> &SignedHeader {
        &self.statement
    }

    /// The header's digest, by which the journal and the next header name it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.statement.digest()
    }

    /// Where in the stream it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        let header = self.header();
        Place { sender: header.sender, stream: header.stream, number: header.number }
    }

    /// Where in the file the age file begins.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.statement.to_bytes().len() as u64
    }

    /// The bundle as one whose age file's digest held when it was admitted, for reading single
    /// documents of it: its leaves and documents are still checked against what was signed.
    #[must_use]
    pub fn as_admitted(self) -> Intact {
        Intact(self)
    }

    /// Checks the age file's length and digest, as measured, against the header.
    ///
    /// # Errors
    /// [`BundleRefusal::Damaged`].
    pub fn intact(self, measured: Measured) -> Result<Intact, BundleRefusal> {
        let header = self.header();
        if measured.length < header.length {
            return Err(BundleRefusal::Truncated { have: measured.length, want: header.length });
        }
        if measured != (Measured { length: header.length, sha256: header.sha256 }) {
            return Err(BundleRefusal::Damaged);
        }
        Ok(Intact(self))
    }
}

/// Bytes that are read and written at once. Not more: larger writes make Linux look for larger pages
/// for its cache, which was up to three times as slow (6.18, ext4, measured for 64 KiB to 1 MiB).
const PIECE: usize = 64 * 1024;

/// Bytes of a document that are shown at once, so that most are shown in one piece.
const SHOWN: usize = 256 * 1024;

/// What an age file's bytes turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Bytes.
    pub length: u64,
    /// SHA-256.
    pub sha256: Digest,
}

impl Measured {
    /// Reads `input` to its end, copying what it reads to `copy`.
    ///
    /// # Errors
    /// Those of reading and writing.
    pub fn while_copying(input: &mut impl Read, copy: &mut impl io::Write) -> io::Result<Self> {
        let mut buffer = vec![0; PIECE];
        let mut measuring = Measuring::default();
        loop {
            match input.read(&mut buffer) {
                Ok(0) => return Ok(measuring.finish()),
                Ok(count) => {
                    measuring.see(&buffer[..count]);
                    copy.write_all(&buffer[..count])?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Measures an age file that somebody else copies.
#[derive(Default)]
pub struct Measuring {
    digest: Sha256,
    length: u64,
}

impl Measuring {
    /// Sees the next bytes.
    pub fn see(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
    }

    /// What all of them turned out to be.
    #[must_use]
    pub fn finish(self) -> Measured {
        Measured { length: self.length, sha256: Digest(self.digest.finalize().into()) }
    }
}

/// A bundle whose age file is the one that was signed.
#[derive(Clone)]
pub struct Intact(Authentic);

impl Intact {
    /// The bundle as far as it may be known without its key.
    #[must_use]
    pub fn authentic(&self) -> &Authentic {
        &self.0
    }

    /// Decrypts, and checks the leaves against the root before any is parsed. `input` is the whole
    /// bundle file; it is read from where the age file begins.
    ///
    /// # Errors
    /// What is wrong inside, or [`BundleRefusal::WrongKey`].
    pub fn open<R: BufRead + Seek>(
        self,
        mut input: R,
        identity: &HybridIdentity,
    ) -> Result<Opened<R>, BundleRefusal> {
        let header = self.0.header().clone();
        input.seek(SeekFrom::Start(self.0.offset()))?;
        let mut payload = decrypt(input, identity)?;
        let leaves = Leaves::read(&mut payload, header.leaves, header.root)?;
        let stream =
            StreamLeaf::parse(leaves.bytes(0), self.0.place()).map_err(|fault| leaf_refusal(fault, 0))?;
        Ok(Opened { bundle: self.0, leaves, stream, payload })
    }
}

/// Opens the age file that `input` stands at.
fn decrypt<R: BufRead + Seek>(
    mut input: R,
    identity: &HybridIdentity,
) -> Result<StreamReader<R>, BundleRefusal> {
    bound_age_header(&mut input)?;
    let decryptor = Decryptor::new_buffered(input).map_err(age_refusal)?;
    decryptor.decrypt(std::iter::once(&Sole(identity) as &dyn Identity)).map_err(age_refusal)
}

/// Sees that age's header ends within its bound, so that parsing it takes no more memory.
fn bound_age_header<R: BufRead + Seek>(input: &mut R) -> Result<(), BundleRefusal> {
    let start = input.stream_position()?;
    let mut bounded = input.by_ref().take(AGE_HEADER_LIMIT);
    let mut line = Vec::new();
    loop {
        line.clear();
        if bounded.read_until(b'\n', &mut line)? == 0 {
            return Err(BundleRefusal::NotAge { reason: "its header does not end".to_owned() });
        }
        if line.starts_with(b"--- ") {
            break;
        }
    }
    input.seek(SeekFrom::Start(start))?;
    Ok(())
}

fn age_refusal(error: DecryptError) -> BundleRefusal {
    match error {
        DecryptError::Io(error) => BundleRefusal::Io { reason: error.to_string() },
        DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed => BundleRefusal::WrongKey,
        other => BundleRefusal::NotAge { reason: other.to_string() },
    }
}

/// The leaves of a bundle, checked against its root: at most 16 MiB, parsed one at a time.
pub struct Leaves {
    area: Vec<u8>,
    /// Where each leaf's bytes begin and end in `area`.
    bounds: Vec<(u32, u32)>,
}

impl Leaves {
    fn read(payload: &mut impl Read, count: u32, root: Digest) -> Result<Self, BundleRefusal> {
        let mut leaves = Self { area: Vec::new(), bounds: Vec::new() };
        let mut tree = Tree::default();
        for leaf in 0..count {
            let mut length = [0; 4];
            fill(payload, &mut length)?;
            let length = u32::from_be_bytes(length) as usize;
            // Lengths count too, so a million empty leaves are bounded by their number alone.
            if leaves.area.len() + (leaf as usize + 1) * 4 + length > LEAVES_LIMIT {
                return Err(BundleRefusal::LeavesTooLarge { limit: LEAVES_LIMIT });
            }
            let begin = leaves.area.len();
            leaves.area.resize(begin + length, 0);
            fill(payload, &mut leaves.area[begin..])?;
            tree.push(&leaves.area[begin..]);
            leaves.bounds.push((begin as u32, (begin + length) as u32));
        }
        if tree.root() == root { Ok(leaves) } else { Err(BundleRefusal::LeavesDiffer) }
    }

    /// How many leaves there are, leaf 0 among them.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.bounds.len() as u32
    }

    /// The bytes of leaf `index`.
    ///
    /// # Panics
    /// If there is no such leaf.
    #[must_use]
    pub fn bytes(&self, index: u32) -> &[u8] {
        let (begin, end) = self.bounds[index as usize];
        &self.area[begin as usize..end as usize]
    }

    /// The RFC 6962 path that proves leaf `index` to be under the root.
    #[must_use]
    pub fn path(&self, index: u32) -> Vec<Digest> {
        path(&self.hashes(), index as usize).expect("the index is one of these leaves")
    }

    /// What gives the paths of many leaves at once.
    #[must_use]
    pub fn levels(&self) -> Levels {
        Levels::of(self.hashes())
    }

    fn hashes(&self) -> Vec<Digest> {
        (0..self.count()).map(|leaf| leaf_hash(self.bytes(leaf))).collect()
    }
}

/// A bundle that is decrypted and whose leaves are those that were signed.
pub struct Opened<R> {
    bundle: Authentic,
    leaves: Leaves,
    stream: StreamLeaf,
    payload: StreamReader<R>,
}

impl<R: BufRead + Seek> Opened<R> {
    /// The bundle's header and place.
    #[must_use]
    pub fn authentic(&self) -> &Authentic {
        &self.bundle
    }

    /// Leaf 0.
    #[must_use]
    pub fn stream(&self) -> &StreamLeaf {
        &self.stream
    }

    /// The leaves' bytes.
    #[must_use]
    pub fn leaves(&self) -> &Leaves {
        &self.leaves
    }

    /// The leaves alone, when the documents have been read.
    #[must_use]
    pub fn into_leaves(self) -> Leaves {
        self.leaves
    }

    /// The numbers of the leaves that are invoices: 1 and up.
    pub fn invoice_numbers(&self) -> impl Iterator<Item = u32> + use<R> {
        1..self.bundle.header().leaves
    }

    /// The leaf of one invoice, parsed.
    ///
    /// # Errors
    /// [`BundleRefusal::Leaf`] if it is not what a leaf of this bundle must be.
    pub fn invoice(&self, leaf: u32) -> Result<InvoiceLeaf, BundleRefusal> {
        InvoiceLeaf::parse(self.leaves.bytes(leaf), self.bundle.place())
            .map_err(|fault| leaf_refusal(fault, leaf))
    }

    /// Reads every document once, in order, and checks it against its leaf; `piece` is given each
    /// stretch of bytes with the leaf and the document's number in it. After the last, nothing may
    /// follow.
    ///
    /// # Errors
    /// [`BundleRefusal::Document`] and those of the leaves; whatever `piece` refuses with.
    pub fn documents<E: From<BundleRefusal>>(
        &mut self,
        piece: impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.documents_of(|_| true, piece)?;
        match self.payload.read(&mut [0]).map_err(BundleRefusal::from)? {
            0 => Ok(()),
            _ => Err(BundleRefusal::PayloadGoesOn.into()),
        }
    }

    /// As [`Opened::documents`], but of the invoices at the `wanted` leaves only: what lies between is
    /// passed over, and what follows the last is not looked at.
    ///
    /// # Errors
    /// As [`Opened::documents`].
    pub fn documents_of<E: From<BundleRefusal>>(
        &mut self,
        wanted: impl Fn(u32) -> bool,
        mut piece: impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut buffer = vec![0; SHOWN];
        let mut next = self.documents_start();
        let mut at = None;
        for leaf in self.invoice_numbers() {
            let invoice = self.invoice(leaf)?;
            let start = next;
            let lengths = invoice.documents.iter().map(|document| document.length);
            next = lengths.fold(start, u64::saturating_add);
            if !wanted(leaf) {
                continue;
            }
            if at != Some(start) {
                self.payload.seek(SeekFrom::Start(start)).map_err(BundleRefusal::from)?;
            }
            at = Some(next);
            for (index, document) in invoice.documents.iter().enumerate() {
                piece(Piece::Begin { leaf, index, invoice: &invoice })?;
                let mut digest = Sha256::new();
                let mut left = document.length;
                while left > 0 {
                    let want = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    digest_into(&mut self.payload, &mut buffer[..want], &mut digest)?;
                    piece(Piece::Bytes(&buffer[..want]))?;
                    left -= want as u64;
                }
                if Digest(digest.finalize().into()) != document.sha256 {
                    let refusal = BundleRefusal::DocumentDiffers { invoice: invoice.record.number };
                    return Err(refusal.into());
                }
                piece(Piece::End)?;
            }
        }
        Ok(())
    }

    /// Where in the payload the documents begin.
    fn documents_start(&self) -> u64 {
        (0..self.bundle.header().leaves).map(|leaf| 4 + self.leaves.bytes(leaf).len() as u64).sum()
    }

    /// Writes one document of one invoice to `out`, and then says whether it is the one of its leaf:
    /// what was written counts only after `Ok`.
    ///
    /// # Errors
    /// [`BundleRefusal::Document`] and those of the leaves.
    pub fn document(
        &mut self,
        leaf: u32,
        index: usize,
        out: &mut impl io::Write,
    ) -> Result<Document, BundleRefusal> {
        let mut start = self.documents_start();
        for number in 1..leaf {
            let documents = self.invoice(number)?.documents;
            start = documents.iter().fold(start, |sum, document| sum.saturating_add(document.length));
        }
        let invoice = self.invoice(leaf)?;
        let before = &invoice.documents[..index.min(invoice.documents.len())];
        start = before.iter().fold(start, |sum, document| sum.saturating_add(document.length));
        let document =
            invoice.documents.get(index).ok_or(BundleRefusal::NoSuchDocument { leaf, document: index })?;
        self.payload.seek(SeekFrom::Start(start))?;
        let measured = Measured::while_copying(&mut (&mut self.payload).take(document.length), out)?;
        if measured != (Measured { length: document.length, sha256: document.sha256 }) {
            return Err(BundleRefusal::DocumentDiffers { invoice: invoice.record.number.clone() });
        }
        Ok(document.clone())
    }
}

/// A stretch of a bundle's documents.
pub enum Piece<'a> {
    /// A document begins.
    Begin {
        /// Its invoice's leaf.
        leaf: u32,
        /// Which of the invoice's documents.
        index: usize,
        /// The leaf, parsed.
        invoice: &'a InvoiceLeaf,
    },
    /// More of its bytes.
    Bytes(&'a [u8]),
    /// It is whole and its digest held.
    End,
}

fn leaf_refusal(fault: LeafFault, leaf: u32) -> BundleRefusal {
    match fault {
        LeafFault::NotOfForm => BundleRefusal::LeafNotOfForm { leaf },
        LeafFault::Foreign => BundleRefusal::ForeignPayload { leaf },
    }
}

/// Fills `buffer`, and digests what comes while it is still in the processor's own cache.
fn digest_into(payload: &mut impl Read, buffer: &mut [u8], digest: &mut Sha256) -> Result<(), BundleRefusal> {
    let mut filled = 0;
    while filled < buffer.len() {
        match payload.read(&mut buffer[filled..])? {
            0 => return Err(BundleRefusal::PayloadEnds),
            count => {
                digest.update(&buffer[filled..filled + count]);
                filled += count;
            }
        }
    }
    Ok(())
}

fn fill(payload: &mut impl Read, buffer: &mut [u8]) -> Result<(), BundleRefusal> {
    payload.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => BundleRefusal::PayloadEnds,
        _ => error.into(),
    })
}
