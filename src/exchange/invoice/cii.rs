//! UN/CEFACT Cross Industry Invoice: where the business terms of EN 16931 stand (CEN/TS 16931-3-3),
//! as a file of its own and inside Factur-X and ZUGFeRD 2 PDFs.

use super::table::{Mapping, PaymentRows, Row, SumRows, Take, VatRows};
use super::{Field, Syntax};

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
    Row("BT-5", Field::Currency, Take::One, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:InvoiceCurrencyCode"),
    Row("BT-72", Field::SupplyDate, Take::Latest, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString"),
    Row("BT-74", Field::SupplyDate, Take::Latest, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString"),
    Row("BT-7", Field::SupplyDate, Take::Latest, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:TaxPointDate/udt:DateString"),
    Row("BT-40", Field::SellerCountry, Take::One, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:PostalTradeAddress/ram:CountryID"),
    Row("BT-44", Field::BuyerName, Take::One, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:Name"),
    Row("BT-45", Field::BuyerName, Take::First, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
    Row("BT-46", Field::Customer, Take::First, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:ID"),
    Row("BT-46", Field::Customer, Take::First, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:GlobalID"),
    Row("BT-48", Field::VatNumber, Take::One, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID=VA]"),
    Row("BT-53", Field::Postcode, Take::One, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:PostcodeCode"),
    Row("BT-55", Field::BuyerCountry, Take::One, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CountryID"),
    Row("BT-80", Field::Consumption, Take::One, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID"),
    Row("BT-109", Field::Net, Take::One, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxBasisTotalAmount"),
    Row("BT-112", Field::Gross, Take::One, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:GrandTotalAmount"),
    Row("BT-25", Field::Corrects, Take::All, "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:InvoiceReferencedDocument/ram:IssuerAssignedID"),
    Row("BT-155", Field::Articles, Take::All, "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct/ram:SellerAssignedID"),
];

const VAT: VatRows = VatRows {
    group: "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax",
    category: "ram:CategoryCode",
    rate: "ram:RateApplicablePercent",
    taxable: "ram:BasisAmount",
    tax: "ram:CalculatedAmount",
};

/// From the profile EXTENDED.
const PAYMENTS: PaymentRows = PaymentRows {
    group: "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedAdvancePayment",
    amount: "ram:PaidAmount",
    date: "ram:FormattedReceivedDateTime/qdt:DateTimeString",
};

#[rustfmt::skip]
const SUMS: SumRows = SumRows {
    lines: &["rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"],
    line_total: "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:LineTotalAmount",
    allowances: "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:AllowanceTotalAmount",
    charges: "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:ChargeTotalAmount",
    vat_total: "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount",
};

#[rustfmt::skip]
const LEFT_OUT: &[(&str, &str)] = &[
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication", "buyer-e-mail"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication", "buyer-phone"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:DefinedTradeContact", "buyer-contact"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress", "buyer-address"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:URIUniversalCommunication", "buyer-e-address"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:TradingBusinessName", "buyer-trade-name"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty", "buyer-numbers"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty", "seller"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTaxRepresentativeTradeParty", "seller"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:AdditionalReferencedDocument", "attachments"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement", "references"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery", "delivery"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans", "bank"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:CreditorReferenceID", "bank"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:PaymentReference", "bank"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:PayeeTradeParty", "bank"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradePaymentTerms", "payment-terms"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedAdvancePayment", "payments"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod", "period"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge", "discounts"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax", "sums"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation", "sums"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:InvoiceReferencedDocument", "references"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:ReceivableSpecifiedTradeAccountingAccount", "references"),
    ("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:TaxCurrencyCode", "technical"),
    ("rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem", "lines"),
    ("rsm:ExchangedDocument/ram:IncludedNote", "notes"),
    ("rsm:ExchangedDocumentContext", "technical"),
];
