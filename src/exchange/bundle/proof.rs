//! One invoice's proof: all that shows a stranger what the sender signed of this invoice, and
//! nothing of the others in its bundle.

use serde::{Deserialize, Serialize};

use super::header::{HEADER_LIMIT, Header, LEAVES_LIMIT, SignedHeader};
use super::leaf::InvoiceLeaf;
use super::statement::StatementRefusal;
use super::{BundleRefusal, Leaves, Sealed, cbor, labels};
use crate::exchange::journal::tree::{leaf_hash, verify_inclusion};
use crate::exchange::vocabulary::{Digest, PublicKey};

/// The proof's CBOR, after the line [`labels::PROOF`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The signed header as it stands at the front of the bundle.
    #[serde(with = "serde_bytes")]
    header: Vec<u8>,
    /// The sender's key, as his card had it.
    key: PublicKey,
    /// The leaf's number.
    index: u32,
    /// The leaf's bytes.
    #[serde(with = "serde_bytes")]
    leaf: Vec<u8>,
    /// RFC 6962 path from the leaf to the header's root.
    path: Vec<Digest>,
    /// The receipt of the bundle's admission (a C2SP `tlog-proof`).
    receipt: Option<String>,
}

/// What a proof shows once it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The header that the sender signed.
    pub header: Header,
    /// The header's digest, which the receipt names.
    pub header_digest: Digest,
    /// The invoice.
    pub invoice: InvoiceLeaf,
    /// The key that signed; who it belongs to, the sender's card says.
    pub key: PublicKey,
    /// The receipt, not yet checked.
    pub receipt: Option<String>,
}

impl Proof {
    /// The proof of the invoice at leaf `index`.
    #[must_use]
    pub fn new(
        header: &SignedHeader,
        key: PublicKey,
        leaves: &Leaves,
        index: u32,
        receipt: Option<String>,
    ) -> Self {
        let leaf = leaves.bytes(index).to_vec();
        Self { header: header.to_bytes(), key, index, leaf, path: leaves.path(index), receipt }
    }

    /// The proof whose parts were kept apart from the bundle: its header as it stands at the front, the
    /// leaf's bytes and path.
    #[must_use]
    pub fn of_parts(
        header: Vec<u8>,
        key: PublicKey,
        (index, leaf, path): (u32, Vec<u8>, Vec<Digest>),
        receipt: Option<String>,
    ) -> Self {
        Self { header, key, index, leaf, path, receipt }
    }

    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [labels::PROOF.as_bytes(), &cbor::encode(self)].concat()
    }

    /// Reads a proof's file.
    ///
    /// # Errors
    /// [`BundleRefusal::Header`] if it is not one.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleRefusal> {
        let refusal = |reason: String| BundleRefusal::Header { reason };
        let body = bytes
            .strip_prefix(labels::PROOF.as_bytes())
            .ok_or_else(|| refusal("it is not a proof".to_owned()))?;
        cbor::decode(body, LEAVES_LIMIT + HEADER_LIMIT).map_err(|error| refusal(error.to_string()))
    }

    /// Checks the sender's signature, the leaf's path and its place.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify(&self) -> Result<Proven, BundleRefusal> {
        let mut front = self.header.as_slice();
        let authentic = Sealed::read(&mut front)?.authenticate(self.key)?;
        if !front.is_empty() {
            return Err(StatementRefusal::TrailingBytes.into());
        }
        let body = authentic.header();
        let under_root = verify_inclusion(
            u64::from(self.index),
            u64::from(body.leaves),
            &leaf_hash(&self.leaf),
            &self.path,
            &body.root,
        );
        if !under_root {
            return Err(BundleRefusal::LeavesDiffer);
        }
        let invoice = InvoiceLeaf::parse(&self.leaf, authentic.place())
            .map_err(|_| BundleRefusal::LeafNotOfForm { leaf: self.index })?;
        Ok(Proven {
            header_digest: authentic.digest(),
            header: body.clone(),
            invoice,
            key: self.key,
            receipt: self.receipt.clone(),
        })
    }
}
