//! The reasons that there are: why somebody looks, and why something is held.

use serde::{Deserialize, Serialize};

/// Why an officer looks: the short list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LookUpReason {
    /// A tax audit.
    TaxAudit,
    /// A customer asked for a copy, or what is held about him.
    CustomerRequest,
    /// A legal claim.
    LegalClaim,
    /// The shop's own bookkeeping.
    Bookkeeping,
    /// Checking that the box works.
    Check,
}

impl LookUpReason {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] =
        [Self::TaxAudit, Self::CustomerRequest, Self::LegalClaim, Self::Bookkeeping, Self::Check];

    /// The code in the journal and on the command line; its message is `keeper-reason-` and this.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TaxAudit => "tax-audit",
            Self::CustomerRequest => "customer-request",
            Self::LegalClaim => "legal-claim",
            Self::Bookkeeping => "bookkeeping",
            Self::Check => "check",
        }
    }

    /// The reason of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// Why invoices are held beyond their term: the short list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldReason {
    /// The tax office audits the year, or its assessment is still open.
    TaxAudit,
    /// An objection against an assessment, or an appeal.
    Objection,
    /// A court has the case, or ordered it.
    Court,
    /// A legal claim, one's own or another's.
    LegalClaim,
}

impl HoldReason {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::TaxAudit, Self::Objection, Self::Court, Self::LegalClaim];

    /// The code in the journal and on the command line; its message is `keeper-hold-reason-` and this.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TaxAudit => "tax-audit",
            Self::Objection => "objection",
            Self::Court => "court",
            Self::LegalClaim => "legal-claim",
        }
    }

    /// The reason of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}
