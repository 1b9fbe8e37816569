//! Why an invoice is refused, and how a document contradicts a record.

use std::fmt;

/// A field of the record, as refusals and mismatches name it: a stable word that the messages turn
/// into words of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Field {
    Series,
    Number,
    Kind,
    IssueDate,
    SupplyDate,
    SellerCountry,
    Class,
    BuyerName,
    BuyerCountry,
    Customer,
    VatNumber,
    Postcode,
    Currency,
    Net,
    Vat,
    Gross,
    Articles,
    Corrects,
    Consumption,
    Payments,
    PlaceEvidence,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Series,
        Self::Number,
        Self::Kind,
        Self::IssueDate,
        Self::SupplyDate,
        Self::SellerCountry,
        Self::Class,
        Self::BuyerName,
        Self::BuyerCountry,
        Self::Customer,
        Self::VatNumber,
        Self::Postcode,
        Self::Currency,
        Self::Net,
        Self::Vat,
        Self::Gross,
        Self::Articles,
        Self::Corrects,
        Self::Consumption,
        Self::Payments,
        Self::PlaceEvidence,
    ];

    /// The stable word: `issue-date`, `buyer-name`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Series => "series",
            Self::Number => "number",
            Self::Kind => "kind",
            Self::IssueDate => "issue-date",
            Self::SupplyDate => "supply-date",
            Self::SellerCountry => "seller-country",
            Self::Class => "class",
            Self::BuyerName => "buyer-name",
            Self::BuyerCountry => "buyer-country",
            Self::Customer => "buyer-customer",
            Self::VatNumber => "buyer-vat-number",
            Self::Postcode => "buyer-postcode",
            Self::Currency => "currency",
            Self::Net => "net",
            Self::Vat => "vat",
            Self::Gross => "gross",
            Self::Articles => "articles",
            Self::Corrects => "corrects",
            Self::Consumption => "one-stop-shop-consumption",
            Self::Payments => "one-stop-shop-payments",
            Self::PlaceEvidence => "one-stop-shop-place-evidence",
        }
    }

    /// The name of the message that says it in a language's words: `invoice-field-buyer-name`.
    #[must_use]
    pub fn message(self) -> String {
        format!("invoice-field-{}", self.word())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What is wrong with a piece of XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XmlFault {
    /// Not well-formed.
    Syntax,
    /// It ends while elements are open.
    Truncated,
    /// A second root element, or text outside the root.
    AfterRoot,
    /// A prefix that no namespace is declared for.
    Prefix,
    /// A character that XML does not allow, such as NUL.
    Character,
    /// The same attribute twice.
    Attribute,
}

impl fmt::Display for XmlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "syntax",
            Self::Truncated => "truncated",
            Self::AfterRoot => "after-root",
            Self::Prefix => "prefix",
            Self::Character => "character",
            Self::Attribute => "attribute",
        })
    }
}

crate::refusals! {
    /// Why a file is not taken as an invoice. `part` is `file`, or the name of the XML inside a PDF.
    pub enum InvoiceRefusal {
        /// Nothing in it.
        Empty = "invoice-empty",
        /// Longer than is read.
        TooLarge { limit: usize } = "invoice-too-large",
        /// A picture of an invoice.
        Image = "invoice-image",
        /// A Word, Excel or OpenOffice file, or a ZIP.
        Office = "invoice-office",
        /// A web page or a mail.
        WebPage = "invoice-web-page",
        /// A JSON file given as the invoice.
        Json = "invoice-json",
        /// Anything else.
        Unknown = "invoice-unknown",
        /// XML of another kind, by its root element: an order, a reminder.
        OtherXml { part: String, root: String } = "invoice-other-xml",
        /// XML in an encoding that is not read.
        Encoding { part: String, encoding: String } = "invoice-encoding",
        /// XML with a document type declaration.
        Doctype { part: String } = "invoice-doctype",
        /// XML with a reference to an entity that XML does not define itself.
        Entity { part: String, name: String } = "invoice-entity",
        /// Broken XML.
        BrokenXml { part: String, line: usize, fault: XmlFault } = "invoice-broken-xml",
        /// XML with more elements, levels or attributes than an invoice has.
        TooMuchXml { part: String, limit: usize } = "invoice-too-much-xml",
        /// A field that the law or the look-up needs is nowhere.
        Missing { field: Field } = "invoice-missing",
        /// A field that is not of its form.
        Malformed { field: Field, value: String } = "invoice-malformed",
        /// A field longer than is kept.
        TooLong { field: Field, limit: usize } = "invoice-too-long",
        /// More of something than is kept.
        TooMany { field: Field, limit: usize } = "invoice-too-many",
        /// A field that the document states twice, differently.
        Ambiguous { field: Field, first: String, second: String } = "invoice-ambiguous",
        /// A type code (UNTDID 1001) of something else, such as 325, a pro forma.
        NotAnInvoice { type_code: String } = "invoice-not-an-invoice",
        /// A PDF that cannot be read.
        PdfBroken = "invoice-pdf-broken",
        /// A PDF with a password or rights.
        PdfEncrypted = "invoice-pdf-encrypted",
        /// A PDF that unpacks to more than is read.
        PdfTooMuch { limit: usize } = "invoice-pdf-too-much",
        /// An embedded XML that is packed in a way that is not read.
        PdfPacking { name: String } = "invoice-pdf-packing",
        /// Two different invoices in one PDF.
        PdfTwoInvoices { first: String, second: String } = "invoice-pdf-two",
        /// A PDF for people only, without a sidecar.
        PdfNeedsSidecar = "invoice-pdf-needs-sidecar",
        /// A sidecar that is not JSON of our form.
        Sidecar { line: usize, what: String } = "invoice-sidecar",
        /// A sidecar longer than is read.
        SidecarTooLarge { limit: usize } = "invoice-sidecar-too-large",
        /// A field that a sidecar does not have.
        SidecarUnknown { name: String } = "invoice-sidecar-unknown",
        /// A sidecar that says something else than its document or the command line.
        SidecarContradicts { field: Field, sidecar: String, document: String } = "invoice-sidecar-contradicts",
    }
}

crate::refusals! {
    /// How a document contradicts the record that a sender stated for it.
    pub enum Mismatch {
        /// A field says something else; an absent value is `-`.
        Differs { field: Field, stated: String, document: String } = "invoice-differs",
        /// The bytes are not of the stated media type.
        Media { stated: String, found: String } = "invoice-media",
        /// The document is not one that an honest sender could have read; the reason's code and its
        /// sentence in English.
        Unreadable { code: String, reason: String } = "invoice-document-refused",
    }
}
