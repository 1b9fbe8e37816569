//! UN/CEFACT Cross Industry Invoice: where the business terms of EN 16931 stand (CEN/TS 16931-3-3),
//! as a file of its own and inside Factur-X and ZUGFeRD 2 PDFs.

use super::table::{Mapping, PaymentRows, Row, SumRows, Take, VatRows};
use super::{Field, Syntax};

/// A path with one of the long beginnings, so that what differs can be seen.
#[rustfmt::skip]
macro_rules! at {
    (line $rest:literal) => { concat!("rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/", $rest) };
    (agreement $rest:literal) => { concat!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/", $rest) };
    (buyer $rest:literal) => { concat!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/", $rest) };
    (delivery $rest:literal) => { concat!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery/", $rest) };
    (settlement $rest:literal) => { concat!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/", $rest) };
    (total $rest:literal) => {
        concat!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation/", $rest)
    };
}

/// UN/CEFACT `CrossIndustryInvoice`.
pub(super) const INVOICE: Mapping = Mapping {
    root: "rsm:CrossIndustryInvoice",
    syntax: Syntax::Cii,
    kind: None,
    fields: FIELDS,
    vat: VAT,
    payments: PAYMENTS,
    sums: SUMS,
    left_out: LEFT_OUT,
};

#[rustfmt::skip]
const FIELDS: &[Row] = &[
    Row("BT-1", Field::Number, Take::One, "rsm:ExchangedDocument/ram:ID"),
    Row("BT-2", Field::IssueDate, Take::One, "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"),
    Row("BT-3", Field::Kind, Take::One, "rsm:ExchangedDocument/ram:TypeCode"),
    Row("BT-5", Field::Currency, Take::One, at!(settlement "ram:InvoiceCurrencyCode")),
    Row("BT-72", Field::SupplyDate, Take::Latest, at!(delivery "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString")),
    Row("BT-74", Field::SupplyDate, Take::Latest, at!(settlement "ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString")),
    Row("BT-7", Field::SupplyDate, Take::Latest, at!(settlement "ram:ApplicableTradeTax/ram:TaxPointDate/udt:DateString")),
    Row("BT-40", Field::SellerCountry, Take::One, at!(agreement "ram:SellerTradeParty/ram:PostalTradeAddress/ram:CountryID")),
    Row("BT-44", Field::BuyerName, Take::One, at!(buyer "ram:Name")),
    Row("BT-45", Field::BuyerName, Take::First, at!(buyer "ram:SpecifiedLegalOrganization/ram:TradingBusinessName")),
    Row("BT-46", Field::Customer, Take::First, at!(buyer "ram:ID")),
    Row("BT-46", Field::Customer, Take::First, at!(buyer "ram:GlobalID")),
    Row("BT-48", Field::VatNumber, Take::One, at!(buyer "ram:SpecifiedTaxRegistration/ram:ID[@schemeID=VA]")),
    Row("BT-53", Field::Postcode, Take::One, at!(buyer "ram:PostalTradeAddress/ram:PostcodeCode")),
    Row("BT-55", Field::BuyerCountry, Take::One, at!(buyer "ram:PostalTradeAddress/ram:CountryID")),
    Row("BT-80", Field::Consumption, Take::One, at!(delivery "ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID")),
    Row("BT-109", Field::Net, Take::One, at!(total "ram:TaxBasisTotalAmount")),
    Row("BT-112", Field::Gross, Take::One, at!(total "ram:GrandTotalAmount")),
    Row("BT-25", Field::Corrects, Take::All, at!(settlement "ram:InvoiceReferencedDocument/ram:IssuerAssignedID")),
    Row("BT-155", Field::Articles, Take::All, at!(line "ram:SpecifiedTradeProduct/ram:SellerAssignedID")),
];

const VAT: VatRows = VatRows {
    group: at!(settlement "ram:ApplicableTradeTax"),
    category: "ram:CategoryCode",
    rate: "ram:RateApplicablePercent",
    taxable: "ram:BasisAmount",
    tax: "ram:CalculatedAmount",
};

/// From the profile EXTENDED.
const PAYMENTS: PaymentRows = PaymentRows {
    group: at!(settlement "ram:SpecifiedAdvancePayment"),
    amount: "ram:PaidAmount",
    date: "ram:FormattedReceivedDateTime/qdt:DateTimeString",
};

#[rustfmt::skip]
const SUMS: SumRows = SumRows {
    lines: &[at!(line "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount")],
    line_total: at!(total "ram:LineTotalAmount"),
    allowances: at!(total "ram:AllowanceTotalAmount"),
    charges: at!(total "ram:ChargeTotalAmount"),
    vat_total: at!(total "ram:TaxTotalAmount"),
};

#[rustfmt::skip]
const LEFT_OUT: &[(&str, &str)] = &[
    (at!(buyer "ram:DefinedTradeContact/ram:EmailURIUniversalCommunication"), "buyer-e-mail"),
    (at!(buyer "ram:DefinedTradeContact/ram:TelephoneUniversalCommunication"), "buyer-phone"),
    (at!(buyer "ram:DefinedTradeContact"), "buyer-contact"),
    (at!(buyer "ram:PostalTradeAddress"), "buyer-address"),
    (at!(buyer "ram:URIUniversalCommunication"), "buyer-e-address"),
    (at!(buyer "ram:SpecifiedLegalOrganization/ram:TradingBusinessName"), "buyer-trade-name"),
    (at!(agreement "ram:BuyerTradeParty"), "buyer-numbers"),
    (at!(agreement "ram:SellerTradeParty"), "seller"),
    (at!(agreement "ram:SellerTaxRepresentativeTradeParty"), "seller"),
    (at!(agreement "ram:AdditionalReferencedDocument"), "attachments"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement", "references"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery", "delivery"),
    (at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans"), "bank"),
    (at!(settlement "ram:CreditorReferenceID"), "bank"),
    (at!(settlement "ram:PaymentReference"), "bank"),
    (at!(settlement "ram:PayeeTradeParty"), "bank"),
    (at!(settlement "ram:SpecifiedTradePaymentTerms"), "payment-terms"),
    (at!(settlement "ram:SpecifiedAdvancePayment"), "payments"),
    (at!(settlement "ram:BillingSpecifiedPeriod"), "period"),
    (at!(settlement "ram:SpecifiedTradeAllowanceCharge"), "discounts"),
    (at!(settlement "ram:ApplicableTradeTax"), "sums"),
    (at!(settlement "ram:SpecifiedTradeSettlementHeaderMonetarySummation"), "sums"),
    (at!(settlement "ram:InvoiceReferencedDocument"), "references"),
    (at!(settlement "ram:ReceivableSpecifiedTradeAccountingAccount"), "references"),
    (at!(settlement "ram:TaxCurrencyCode"), "technical"),
    ("rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem", "lines"),
    ("rsm:ExchangedDocument/ram:IncludedNote", "notes"),
    ("rsm:ExchangedDocumentContext", "technical"),
];
