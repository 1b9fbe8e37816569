//! UBL 2.1: where the business terms of EN 16931 stand (CEN/TS 16931-3-2), for `Invoice` and
//! `CreditNote`. The two differ in their lines and their type code only, so they share the rows.

use super::table::{Mapping, PaymentRows, Row, SumRows, Take, VatRows};
use super::{Field, Kind, Syntax};

/// OASIS UBL 2.1 `Invoice`.
pub(super) const INVOICE: Mapping = Mapping {
    root: "Invoice:Invoice",
    syntax: Syntax::UblInvoice,
    kind: None,
    fields: FIELDS,
    vat: VAT,
    payments: PAYMENTS,
    sums: SUMS,
    left_out: LEFT_OUT,
};

/// OASIS UBL 2.1 `CreditNote`.
pub(super) const CREDIT_NOTE: Mapping = Mapping {
    root: "CreditNote:CreditNote",
    syntax: Syntax::UblCreditNote,
    kind: Some(Kind::CreditNote),
    fields: FIELDS,
    vat: VAT,
    payments: PAYMENTS,
    sums: SUMS,
    left_out: LEFT_OUT,
};

#[rustfmt::skip]
const FIELDS: &[Row] = &[
    Row("BT-1", Field::Number, Take::One, "cbc:ID"),
    Row("BT-2", Field::IssueDate, Take::One, "cbc:IssueDate"),
    Row("BT-3", Field::Kind, Take::One, "cbc:InvoiceTypeCode"),
    Row("BT-3", Field::Kind, Take::One, "cbc:CreditNoteTypeCode"),
    Row("BT-5", Field::Currency, Take::One, "cbc:DocumentCurrencyCode"),
    Row("BT-72", Field::SupplyDate, Take::Latest, "cac:Delivery/cbc:ActualDeliveryDate"),
    Row("BT-74", Field::SupplyDate, Take::Latest, "cac:InvoicePeriod/cbc:EndDate"),
    Row("BT-7", Field::SupplyDate, Take::One, "cbc:TaxPointDate"),
    Row("BT-40", Field::SellerCountry, Take::One, "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
    Row("BT-44", Field::BuyerName, Take::One, "cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"),
    Row("BT-45", Field::BuyerName, Take::First, "cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name"),
    Row("BT-46", Field::Customer, Take::First, "cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification/cbc:ID"),
    Row("BT-48", Field::VatNumber, Take::One, "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID=VAT]/cbc:CompanyID"),
    Row("BT-53", Field::Postcode, Take::One, "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:PostalZone"),
    Row("BT-55", Field::BuyerCountry, Take::One, "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
    Row("BT-80", Field::Consumption, Take::One, "cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode"),
    Row("BT-109", Field::Net, Take::One, "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"),
    Row("BT-112", Field::Gross, Take::One, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"),
    Row("BT-25", Field::Corrects, Take::All, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
    Row("BT-25", Field::Corrects, Take::All, "cac:BillingReference/cac:CreditNoteDocumentReference/cbc:ID"),
    Row("BT-155", Field::Articles, Take::All, "cac:InvoiceLine/cac:Item/cac:SellersItemIdentification/cbc:ID"),
    Row("BT-155", Field::Articles, Take::All, "cac:CreditNoteLine/cac:Item/cac:SellersItemIdentification/cbc:ID"),
];

const VAT: VatRows = VatRows {
    group: "cac:TaxTotal/cac:TaxSubtotal",
    category: "cac:TaxCategory/cbc:ID",
    rate: "cac:TaxCategory/cbc:Percent",
    taxable: "cbc:TaxableAmount",
    tax: "cbc:TaxAmount",
};

const PAYMENTS: PaymentRows =
    PaymentRows { group: "cac:PrepaidPayment", amount: "cbc:PaidAmount", date: "cbc:ReceivedDate" };

const SUMS: SumRows = SumRows {
    lines: &["cac:InvoiceLine/cbc:LineExtensionAmount", "cac:CreditNoteLine/cbc:LineExtensionAmount"],
    line_total: "cac:LegalMonetaryTotal/cbc:LineExtensionAmount",
    allowances: "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount",
    charges: "cac:LegalMonetaryTotal/cbc:ChargeTotalAmount",
    vat_total: "cac:TaxTotal/cbc:TaxAmount",
};

#[rustfmt::skip]
const LEFT_OUT: &[(&str, &str)] = &[
    ("cac:AccountingCustomerParty/cac:Party/cac:Contact/cbc:ElectronicMail", "buyer-e-mail"),
    ("cac:AccountingCustomerParty/cac:Party/cac:Contact/cbc:Telephone", "buyer-phone"),
    ("cac:AccountingCustomerParty/cac:Party/cac:Contact", "buyer-contact"),
    ("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress", "buyer-address"),
    ("cac:AccountingCustomerParty/cac:Party/cbc:EndpointID", "buyer-e-address"),
    ("cac:AccountingCustomerParty/cac:Party/cac:PartyName", "buyer-trade-name"),
    ("cac:AccountingCustomerParty", "buyer-numbers"),
    ("cac:AccountingSupplierParty", "seller"),
    ("cac:TaxRepresentativeParty", "seller"),
    ("cac:PayeeParty", "bank"),
    ("cac:PaymentMeans", "bank"),
    ("cac:PaymentTerms", "payment-terms"),
    ("cac:PrepaidPayment", "payments"),
    ("cbc:DueDate", "payment-terms"),
    ("cac:Delivery", "delivery"),
    ("cac:InvoicePeriod", "period"),
    ("cbc:TaxPointDate", "period"),
    ("cac:InvoiceLine", "lines"),
    ("cac:CreditNoteLine", "lines"),
    ("cac:AllowanceCharge", "discounts"),
    ("cac:TaxTotal", "sums"),
    ("cac:LegalMonetaryTotal", "sums"),
    ("cbc:Note", "notes"),
    ("cac:AdditionalDocumentReference", "attachments"),
    ("cac:BillingReference", "references"),
    ("cac:OrderReference", "references"),
    ("cac:ContractDocumentReference", "references"),
    ("cac:DespatchDocumentReference", "references"),
    ("cac:ReceiptDocumentReference", "references"),
    ("cac:OriginatorDocumentReference", "references"),
    ("cac:ProjectReference", "references"),
    ("cbc:BuyerReference", "references"),
    ("cbc:AccountingCost", "references"),
    ("cbc:UBLVersionID", "technical"),
    ("cbc:CustomizationID", "technical"),
    ("cbc:ProfileID", "technical"),
    ("cbc:TaxCurrencyCode", "technical"),
];
