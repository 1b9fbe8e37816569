//! One invoice's originals, from wherever they lie: its bundle, or a hold's copy.

use std::io::Write;

use super::KeeperRefusal;
use crate::appliance::archive::OpenBundle;
use crate::appliance::archive::held::HeldInvoice;
use crate::appliance::vault::Lease;
use crate::exchange::bundle::{Document, Header, InvoiceLeaf};

/// An invoice that was opened, and journaled as opened.
#[allow(clippy::large_enum_variant, reason = "one at a time")]
pub enum Original {
    /// In its bundle, under its term's key.
    Stored {
        /// The bundle.
        bundle: Box<OpenBundle>,
        /// The invoice's leaf in it.
        leaf: u32,
    },
    /// In a hold's copies, under the hold's key.
    Held(Box<HeldInvoice>),
}

impl Original {
    /// Its record, and what its documents must be.
    ///
    /// # Errors
    /// If there is no such leaf, or it is not of its form.
    pub fn invoice(&self) -> Result<InvoiceLeaf, KeeperRefusal> {
        match self {
            Self::Stored { bundle, leaf } => Ok(bundle.invoice(*leaf)?),
            Self::Held(invoice) => Ok(invoice.invoice().clone()),
        }
    }

    /// The header of its bundle.
    #[must_use]
    pub fn header(&self) -> &Header {
        match self {
            Self::Stored { bundle, .. } => bundle.header().body(),
            Self::Held(invoice) => invoice.header(),
        }
    }

    /// Writes one document to `out`; what was written counts only after `Ok`.
    ///
    /// # Errors
    /// If it is not the one that was signed.
    pub fn document(&mut self, index: usize, out: &mut dyn Write) -> Result<Document, KeeperRefusal> {
        match self {
            Self::Stored { bundle, leaf } => Ok(bundle.document(*leaf, index, &mut { out })?),
            Self::Held(invoice) => Ok(invoice.document(index, out)?),
        }
    }

    /// Whether its record stands on the sender's word.
    pub(super) fn on_word(&mut self) -> Result<bool, KeeperRefusal> {
        match self {
            Self::Stored { bundle, leaf } => Ok(bundle.on_word(*leaf)?),
            Self::Held(invoice) => Ok(invoice.on_word()),
        }
    }

    /// The use of the key, for whoever still gives out in pieces what he has read.
    #[must_use]
    pub fn into_lease(self) -> Lease {
        match self {
            Self::Stored { bundle, .. } => bundle.into_lease(),
            Self::Held(invoice) => invoice.into_lease(),
        }
    }
}
