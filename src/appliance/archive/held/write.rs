//! Copying: a hold's invoices, bundle by bundle, each with its documents behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::seal::{Kind, Sealer};
use super::{HeldBundle, HeldInvoice, HeldLeaf, PIECE};
use crate::appliance::archive::{ArchiveRefusal, OpenBundle, RESERVE, Why};
use crate::appliance::vault::Lease;
use crate::exchange::bundle::{BundleRefusal, Piece, cbor};
use crate::support::durable::{self, DiskError};

/// A hold that is being written.
pub struct Writer {
    out: BufWriter<File>,
    path: PathBuf,
    sealer: Sealer,
    offset: u64,
    invoices: u64,
    /// The piece of a document that is not full yet.
    piece: Zeroizing<Vec<u8>>,
    /// The use of the hold's key.
    _lease: Lease,
}

impl Writer {
    /// Makes `copies` in the hold's new directory.
    ///
    /// # Errors
    /// What the disk refuses; [`ArchiveRefusal::HoldKeyGone`].
    pub fn create(directory: &Path, hold: &str, lease: Lease) -> Result<Self, Why> {
        let gone = || ArchiveRefusal::HoldKeyGone { hold: hold.to_owned() };
        let sealer = lease.with(|secret| Sealer::new(secret, hold)).ok_or_else(gone)?;
        let path = directory.join("copies");
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW)
            .open(&path)
            .map_err(|error| DiskError::of("create", &path, &error))?;
        let out = BufWriter::with_capacity(2 * PIECE, file);
        let piece = Zeroizing::new(Vec::with_capacity(PIECE));
        Ok(Self { out, path, sealer, offset: 0, invoices: 0, piece, _lease: lease })
    }

    /// Copies the invoices at `leaves` of an open bundle, whose admission `receipt` proves.
    ///
    /// # Errors
    /// If a document or leaf is not the one that was signed; what the disk refuses.
    pub fn add(
        &mut self,
        bundle: &mut OpenBundle,
        term: &str,
        receipt: String,
        leaves: &BTreeSet<u32>,
    ) -> Result<(), Why> {
        let header = bundle.header().to_bytes();
        let common = HeldBundle { term: term.to_owned(), header, key: bundle.key(), receipt };
        self.record(Kind::Bundle, &cbor::encode(&common))?;
        let levels = bundle.leaves().levels();
        let mut held = BTreeMap::new();
        for &leaf in leaves {
            bundle.invoice(leaf)?;
            let no_such = || BundleRefusal::NoSuchDocument { leaf, document: 0 };
            let path = levels.path(u64::from(leaf)).ok_or_else(no_such)?;
            held.insert(leaf, HeldLeaf { leaf, bytes: bundle.leaves().bytes(leaf).to_vec(), path });
        }
        self.has_room(bundle, leaves)?;
        bundle.opened().documents_of::<Why>(
            |leaf| held.contains_key(&leaf),
            |piece| match piece {
                Piece::Begin { leaf, index: 0, .. } => self.leaf(&held[&leaf]),
                Piece::Begin { .. } => Ok(()),
                Piece::Bytes(bytes) => self.bytes(bytes),
                Piece::End => self.end_document(),
            },
        )
    }

    /// Sees that the reserve stays free, whatever these invoices take.
    fn has_room(&self, bundle: &OpenBundle, leaves: &BTreeSet<u32>) -> Result<(), Why> {
        let mut needed = 0_u64;
        for &leaf in leaves {
            let documents = bundle.invoice(leaf)?.documents;
            needed = documents.iter().fold(needed, |sum, document| sum.saturating_add(document.length));
        }
        let free = durable::free_space(self.directory())?.saturating_sub(RESERVE);
        if free < needed { Err(ArchiveRefusal::DiskFull { needed, free }.into()) } else { Ok(()) }
    }

    fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// Copies an invoice that only another hold has any more.
    ///
    /// # Errors
    /// As [`Writer::add`].
    pub fn add_held(&mut self, other: &mut HeldInvoice) -> Result<(), Why> {
        self.record(Kind::Bundle, &cbor::encode(other.common()))?;
        self.leaf(&other.held_leaf()?)?;
        for index in 0..other.invoice().documents.len() {
            other.document(index, &mut Documents(self))?;
            self.end_document()?;
        }
        Ok(())
    }

    /// Ends the copies: when this returns, they are on the disk.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn finish(mut self) -> Result<(), Why> {
        self.record(Kind::End, &self.invoices.to_be_bytes())?;
        let failed = |error: std::io::Error| DiskError::of("write", &self.path, &error);
        self.out.flush().map_err(failed)?;
        durable::sync_file(self.out.get_ref(), &self.path)?;
        Ok(durable::sync_dir(self.directory())?)
    }

    fn leaf(&mut self, leaf: &HeldLeaf) -> Result<(), Why> {
        self.invoices += 1;
        self.record(Kind::Invoice, &cbor::encode(leaf))
    }

    fn bytes(&mut self, mut bytes: &[u8]) -> Result<(), Why> {
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(PIECE - self.piece.len()));
            self.piece.extend_from_slice(now);
            bytes = rest;
            if self.piece.len() == PIECE {
                self.end_document()?;
            }
        }
        Ok(())
    }

    /// Writes the piece that is not full.
    fn end_document(&mut self) -> Result<(), Why> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let mut piece = std::mem::take(&mut self.piece);
        let written = self.record(Kind::Piece, &piece);
        piece.clear();
        self.piece = piece;
        written
    }

    fn record(&mut self, kind: Kind, plain: &[u8]) -> Result<(), Why> {
        let record = self.sealer.seal(kind, self.offset, plain);
        self.out.write_all(&record).map_err(|error| DiskError::of("write", &self.path, &error))?;
        self.offset += record.len() as u64;
        Ok(())
    }
}

/// A document of another hold on its way into this one.
struct Documents<'a>(&'a mut Writer);

impl Write for Documents<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // What the disk says is lost here for a sentence about reading; the hold is not placed either way.
        self.0.bytes(bytes).map_err(|why| std::io::Error::other(why.of("copies").to_string()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
