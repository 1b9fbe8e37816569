//! Reading back: what a hold covers, and one held invoice with its proof and its documents.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::seal::{HEAD, Kind, OVERHEAD, Sealer};
use super::{HeldBundle, HeldLeaf, PIECE};
use crate::appliance::archive::read::{WhileAlive, stands_on_word};
use crate::appliance::archive::{ArchiveRefusal, Why};
use crate::appliance::vault::Lease;
use crate::exchange::bundle::header::{HEADER_LIMIT, LEAVES_LIMIT};
use crate::exchange::bundle::{BundleRefusal, Document, Header, InvoiceLeaf, Place, Proof, Sealed, cbor};
use crate::exchange::invoice::Record;
use crate::exchange::journal::{Event, Receipt};
use crate::exchange::vocabulary::{BoxId, BundleNumber, Digest, PublicKey, StreamId};
use crate::support::durable::DiskError;

/// The held invoices, by bundle and leaf, and where in the copies they stand.
pub type Covers = BTreeMap<(StreamId, BundleNumber), Covered>;

/// What a hold covers of one bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// The term that the bundle was admitted to.
    pub term: String,
    /// By leaf: where the bundle's record stands, and where the invoice's.
    pub invoices: BTreeMap<u32, (u64, u64)>,
}

/// What a walk over the copies found.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The invoices.
    pub covers: Covers,
    /// How many there are.
    pub invoices: u64,
    /// The first place at which something is not as it was written.
    pub damage: Option<ArchiveRefusal>,
}

/// What a check of a hold read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Invoices whose proof and documents held.
    pub invoices: u64,
    /// Bytes of their documents.
    pub bytes: u64,
}

/// The copies of one hold, open.
pub struct Copies {
    file: File,
    length: u64,
    sealer: Sealer,
    lease: Lease,
}

impl Copies {
    /// Opens the copies in a hold's directory.
    ///
    /// # Errors
    /// What the disk refuses; [`ArchiveRefusal::HoldKeyGone`].
    pub fn open(directory: &Path, hold: &str, lease: Lease) -> Result<Self, Why> {
        let gone = || ArchiveRefusal::HoldKeyGone { hold: hold.to_owned() };
        let sealer = lease.with(|secret| Sealer::new(secret, hold)).ok_or_else(gone)?;
        let path = directory.join("copies");
        let failed = |error: std::io::Error| DiskError::of("open", &path, &error);
        let file = File::open(&path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        Ok(Self { file, length, sealer, lease })
    }

    /// Walks over all records and lists the invoices. It opens what names them and passes over the
    /// documents; what does not open is passed over too, and said.
    #[must_use]
    pub fn scan(&self) -> Scan {
        let mut scan = Scan::default();
        if let Err(damage) = self.walk(&mut scan) {
            scan.damage.get_or_insert(damage);
        }
        scan
    }

    fn walk(&self, scan: &mut Scan) -> Result<(), ArchiveRefusal> {
        let (mut at, mut bundle) = (0, None);
        loop {
            let (kind, length) = self.head(at)?;
            let read = || self.record(kind, at, length);
            let found = match kind {
                Kind::Piece => Ok(()),
                Kind::Bundle => read().and_then(|plain| {
                    let (held, header) = self.common(at, &plain)?;
                    bundle = Some((at, (header.stream, header.number), held.term));
                    Ok(())
                }),
                Kind::Invoice => read().and_then(|plain| {
                    let leaf: HeldLeaf = self.decoded(at, &plain)?;
                    let (common, place, term) = bundle.as_ref().ok_or_else(|| self.damaged(at))?;
                    let covered = scan.covers.entry(*place).or_default();
                    covered.term.clone_from(term);
                    covered.invoices.insert(leaf.leaf, (*common, at));
                    scan.invoices += 1;
                    Ok(())
                }),
                Kind::End => {
                    let plain = read()?;
                    let counted = u64::from_be_bytes(plain[..].try_into().map_err(|_| self.damaged(at))?);
                    if at + (OVERHEAD + length) as u64 != self.length {
                        return Err(self.damaged(self.length));
                    }
                    if counted != scan.invoices {
                        let (hold, found) = (self.sealer.hold().to_owned(), scan.invoices);
                        return Err(ArchiveRefusal::HeldCounts { hold, found, counted });
                    }
                    return Ok(());
                }
            };
            if let Err(damage) = found {
                if kind == Kind::Bundle {
                    bundle = None;
                }
                scan.damage.get_or_insert(damage);
            }
            at += (OVERHEAD + length) as u64;
        }
    }

    /// One held invoice, at the two places that [`Covered::invoices`] names, checked against what the
    /// sender signed.
    ///
    /// # Errors
    /// [`ArchiveRefusal::HeldDamaged`]; what does not hold.
    pub fn invoice(self, (bundle, leaf): (u64, u64)) -> Result<HeldInvoice, Why> {
        let (common, _) = self.common(bundle, &self.record_at(Kind::Bundle, bundle)?)?;
        let plain = self.record_at(Kind::Invoice, leaf)?;
        let held: HeldLeaf = self.decoded(leaf, &plain)?;
        let parts = (held.leaf, held.bytes, held.path);
        let proof = Proof::of_parts(common.header.clone(), common.key, parts, Some(common.receipt.clone()));
        let proven = proof.verify()?;
        let documents = leaf + (OVERHEAD + plain.len()) as u64;
        Ok(HeldInvoice {
            copies: self,
            common,
            leaf: (held.leaf, leaf),
            proof,
            header: proven.header,
            digest: proven.header_digest,
            invoice: proven.invoice,
            documents,
        })
    }

    /// The records of a bundle's held invoices, with their leaves' numbers, for the catalogue. One that
    /// does not open is passed over.
    pub fn records(&self, covered: &Covered) -> impl Iterator<Item = (u32, Record)> {
        covered.invoices.iter().filter_map(|(&leaf, &(bundle, at))| {
            let (_, header) = self.common(bundle, &self.record_at(Kind::Bundle, bundle).ok()?).ok()?;
            let held: HeldLeaf = self.decoded(at, &self.record_at(Kind::Invoice, at).ok()?).ok()?;
            Some((leaf, InvoiceLeaf::parse(&held.bytes, place_of(&header)).ok()?.record))
        })
    }

    fn common(&self, at: u64, plain: &[u8]) -> Result<(HeldBundle, Header), ArchiveRefusal> {
        let held: HeldBundle = self.decoded(at, plain)?;
        let sealed = Sealed::read(&mut held.header.as_slice()).map_err(|_| self.damaged(at))?;
        let header = sealed.claimed().clone();
        Ok((held, header))
    }

    fn decoded<T: serde::Serialize + serde::de::DeserializeOwned>(
        &self,
        at: u64,
        plain: &[u8],
    ) -> Result<T, ArchiveRefusal> {
        cbor::decode(plain, LEAVES_LIMIT + 4 * HEADER_LIMIT).map_err(|_| self.damaged(at))
    }

    fn head(&self, at: u64) -> Result<(Kind, usize), ArchiveRefusal> {
        let mut head = [0; HEAD];
        self.file.read_exact_at(&mut head, at).map_err(|_| self.damaged(at))?;
        let (kind, length) = Kind::of(&head).ok_or_else(|| self.damaged(at))?;
        // No memory is taken for what a length only declares.
        if at.saturating_add((OVERHEAD + length) as u64) > self.length {
            return Err(self.damaged(at));
        }
        Ok((kind, length))
    }

    fn record(&self, kind: Kind, at: u64, length: usize) -> Result<Zeroizing<Vec<u8>>, ArchiveRefusal> {
        let mut sealed = vec![0; OVERHEAD - HEAD + length];
        self.file.read_exact_at(&mut sealed, at + HEAD as u64).map_err(|_| self.damaged(at))?;
        self.sealer.open(kind, at, &sealed).ok_or_else(|| self.damaged(at))
    }

    fn record_at(&self, kind: Kind, at: u64) -> Result<Zeroizing<Vec<u8>>, ArchiveRefusal> {
        match self.head(at)? {
            (found, length) if found == kind => self.record(kind, at, length),
            _ => Err(self.damaged(at)),
        }
    }

    fn damaged(&self, offset: u64) -> ArchiveRefusal {
        ArchiveRefusal::HeldDamaged { hold: self.sealer.hold().to_owned(), offset }
    }
}

/// One held invoice, opened under its hold's key, whose proof held.
pub struct HeldInvoice {
    copies: Copies,
    common: HeldBundle,
    /// Its leaf's number, and where its record stands.
    leaf: (u32, u64),
    proof: Proof,
    header: Header,
    digest: Digest,
    invoice: InvoiceLeaf,
    /// Where its first document begins.
    documents: u64,
}

impl HeldInvoice {
    /// The leaf: its record, and what its documents must be.
    #[must_use]
    pub fn invoice(&self) -> &InvoiceLeaf {
        &self.invoice
    }

    /// The header of its bundle.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The header's digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Its proof, with the receipt of its bundle's admission.
    #[must_use]
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Writes one document to `out`; what was written counts only after `Ok`.
    ///
    /// # Errors
    /// If it is not the one that was signed.
    pub fn document(&mut self, index: usize, out: &mut dyn Write) -> Result<Document, Why> {
        let no_such = BundleRefusal::NoSuchDocument { leaf: self.leaf.0, document: index };
        let document = self.invoice.documents.get(index).cloned().ok_or(no_such)?;
        let before = self.invoice.documents[..index].iter().map(|document| sealed_length(document.length));
        let mut at = before.fold(self.documents, u64::saturating_add);
        let mut out = WhileAlive { out: &mut { out }, lease: &self.copies.lease };
        let (mut left, mut digest) = (document.length, Sha256::new());
        while left > 0 {
            let piece = self.copies.record_at(Kind::Piece, at)?;
            if piece.len() as u64 != left.min(PIECE as u64) {
                return Err(self.copies.damaged(at).into());
            }
            digest.update(&*piece);
            out.write_all(&piece).map_err(BundleRefusal::from)?;
            left -= piece.len() as u64;
            at += (OVERHEAD + piece.len()) as u64;
        }
        if Digest(digest.finalize().into()) != document.sha256 {
            return Err(BundleRefusal::DocumentDiffers { invoice: self.invoice.record.number.clone() }.into());
        }
        Ok(document)
    }

    /// Whether its record stands on the sender's word: see
    /// [`OpenBundle::on_word`](crate::appliance::archive::OpenBundle::on_word).
    pub fn on_word(&mut self) -> bool {
        let (leaf, invoice) = (self.leaf.0, self.invoice.clone());
        stands_on_word(leaf, &invoice, |index, out| self.document(index, out).map(drop))
    }

    /// The use of the hold's key, for whoever still gives out in pieces what he has read.
    #[must_use]
    pub fn into_lease(self) -> Lease {
        self.copies.lease
    }

    /// Reads all of it once: the receipt against this box's key, and every document.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify(&mut self, box_id: BoxId, key: &PublicKey) -> Result<Verified, Why> {
        let damaged = self.copies.damaged(self.leaf.1);
        let receipt = Receipt::verify(&self.common.receipt, box_id, key);
        let event = receipt.ok().and_then(|receipt| cbor::decode(receipt.body(), receipt.body().len()).ok());
        match event {
            Some(Event::Admission(event)) if event.header == self.digest => {}
            _ => return Err(damaged.into()),
        }
        let mut bytes = 0;
        for index in 0..self.invoice.documents.len() {
            bytes += self.document(index, &mut std::io::sink())?.length;
        }
        Ok(Verified { invoices: 1, bytes })
    }

    /// What it has in common with its bundle's other invoices, for a copy of the copy.
    pub(super) fn common(&self) -> &HeldBundle {
        &self.common
    }

    pub(super) fn held_leaf(&self) -> Result<HeldLeaf, Why> {
        let at = self.leaf.1;
        Ok(self.copies.decoded(at, &self.copies.record_at(Kind::Invoice, at)?)?)
    }
}

fn place_of(header: &Header) -> Place {
    Place { sender: header.sender, stream: header.stream, number: header.number }
}

/// What a document takes in the copies.
fn sealed_length(length: u64) -> u64 {
    length + length.div_ceil(PIECE as u64) * OVERHEAD as u64
}
