//! Reading back: one bundle opened where it lies, each time checked against what was signed.

use std::fs::File;
use std::io::{BufReader, Write};

use super::{ArchiveRefusal, Layout, Why};
use crate::appliance::vault::Lease;
use crate::exchange::bundle::{
    BundleRefusal, Document, InvoiceLeaf, Leaves, Opened, Place, Proof, Sealed, SignedHeader, term_identity,
};
use crate::exchange::law::TermName;
use crate::exchange::vocabulary::{Digest, PublicKey};

/// A bundle of the archive, opened under its term's key.
pub struct OpenBundle {
    opened: Opened<BufReader<File>>,
    key: PublicKey,
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
        lease: &Lease,
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
        Ok(Self { opened: authentic.as_admitted().open(file, &identity)?, key })
    }

    /// The bundle's header.
    #[must_use]
    pub fn header(&self) -> &SignedHeader {
        self.opened.authentic().statement()
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
        Ok(self.opened.document(leaf, index, out)?)
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
