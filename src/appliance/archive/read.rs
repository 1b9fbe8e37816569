//! Reading back: one bundle opened where it lies, each time checked against what was signed.

use std::fs::File;
use std::io::{self, BufReader, Write};

use super::{ArchiveRefusal, Layout, Why};
use crate::appliance::vault::Lease;
use crate::exchange::bundle::{
    BundleRefusal, Document, InvoiceLeaf, Leaves, Opened, Place, Proof, Sealed, SignedHeader, term_identity,
};
use crate::exchange::invoice::Record;
use crate::exchange::law::TermName;
use crate::exchange::vocabulary::{Digest, PublicKey};
use crate::support::secret::Secret;

/// A bundle of the archive, opened under its term's key.
pub struct OpenBundle {
    opened: Opened<BufReader<File>>,
    key: PublicKey,
    /// Held for as long as anything that was derived from it is in memory.
    lease: Lease,
}

impl OpenBundle {
    /// Opens the bundle at `place`, whose header the journal knows by `digest` and `key` signed.
    ///
    /// # Errors
    /// What does not hold any more.
    pub fn open(
        layout: &Layout,
        term: &TermName,
        place: Place,
        digest: Digest,
        key: PublicKey,
        lease: Lease,
    ) -> Result<Self, Why> {
        let path = layout.bundle(term, place);
        let missing = || ArchiveRefusal::Missing { bundle: place.number.to_string() };
        let mut file = BufReader::with_capacity(128 * 1024, File::open(&path).map_err(|_| missing())?);
        let authentic = Sealed::read(&mut file)?.authenticate(key)?;
        if authentic.digest() != digest {
            return Err(BundleRefusal::Damaged.into());
        }
        let gone = || ArchiveRefusal::KeyGone { term: term.to_string() };
        let identity = lease.with(term_identity).ok_or_else(gone)?;
        Ok(Self { opened: authentic.as_admitted().open(file, &identity)?, key, lease })
    }

    /// The bundle's header.
    #[must_use]
    pub fn header(&self) -> &SignedHeader {
        self.opened.authentic().statement()
    }

    /// Where in the stream it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.opened.authentic().place()
    }

    /// The leaf of one invoice.
    ///
    /// # Errors
    /// If there is none, or it is not of its form.
    pub fn invoice(&self, leaf: u32) -> Result<InvoiceLeaf, Why> {
        if leaf == 0 || leaf >= self.header().body().leaves {
            return Err(BundleRefusal::NoSuchDocument { leaf, document: 0 }.into());
        }
        Ok(self.opened.invoice(leaf)?)
    }

    /// Leaf 0 and the others, as bytes.
    #[must_use]
    pub fn leaves(&self) -> &Leaves {
        self.opened.leaves()
    }

    /// The bundle, to read its documents.
    pub fn opened(&mut self) -> &mut Opened<BufReader<File>> {
        &mut self.opened
    }

    /// Writes one document to `out`; what was written counts only after `Ok`.
    ///
    /// # Errors
    /// If it is not the one that was signed.
    pub fn document(&mut self, leaf: u32, index: usize, out: &mut impl Write) -> Result<Document, Why> {
        self.invoice(leaf)?;
        let mut out = WhileAlive { out, lease: &self.lease };
        Ok(self.opened.document(leaf, index, &mut out)?)
    }

    /// The key of its stream's receipt codes.
    #[must_use]
    pub fn receipt_key(&self) -> Secret {
        self.opened.stream().receipt_key()
    }

    /// The proof of one invoice, with the receipt of its bundle's admission.
    ///
    /// # Errors
    /// If there is no such invoice.
    pub fn proof(&self, leaf: u32, receipt: Option<String>) -> Result<Proof, Why> {
        self.invoice(leaf)?;
        Ok(Proof::new(self.header(), self.key, self.opened.leaves(), leaf, receipt))
    }
}

/// Gives nothing more out once the term's key is dead.
struct WhileAlive<'a, W> {
    out: &'a mut W,
    lease: &'a Lease,
}

impl<W: Write> Write for WhileAlive<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.lease.is_alive() {
            return Err(io::Error::other("the term was destroyed in the meantime"));
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The records of a bundle's leaves, with their leaves' numbers.
pub fn records(leaves: &Leaves, place: Place) -> impl Iterator<Item = (u32, Record)> {
    (1..leaves.count())
        .filter_map(move |leaf| Some((leaf, InvoiceLeaf::parse(leaves.bytes(leaf), place).ok()?.record)))
}
