//! A sale as UBL 2.1 `Invoice` or `CreditNote`, by EN 16931 (CEN/TS 16931-3-2).

use jiff::ToSpan;
use rust_decimal::Decimal;

use super::sale::{Line, Sale};
use super::shop;
use super::xml::Xml;
use crate::exchange::invoice::Kind;

const CAC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const CBC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
const INVOICE: &str = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
const CREDIT_NOTE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";

/// The document. The order of the elements is the schema's.
pub(super) fn write(sale: &Sale) -> Vec<u8> {
    let credit = sale.kind == Kind::CreditNote;
    let (root, space) = if credit { ("CreditNote", CREDIT_NOTE) } else { ("Invoice", INVOICE) };
    let mut xml = Xml::new(root, &[("xmlns", space), ("xmlns:cac", CAC), ("xmlns:cbc", CBC)]);
    xml.leaf("cbc:CustomizationID", "urn:cen.eu:en16931:2017");
    xml.leaf("cbc:ID", &sale.number);
    xml.leaf("cbc:IssueDate", sale.issued);
    if credit {
        xml.leaf("cbc:CreditNoteTypeCode", "381");
    } else {
        xml.leaf("cbc:DueDate", sale.issued.saturating_add(14.days()));
        xml.leaf("cbc:InvoiceTypeCode", "380");
    }
    xml.leaf("cbc:DocumentCurrencyCode", "EUR");
    if let Some((number, issued)) = &sale.corrects {
        xml.within("cac:BillingReference", |xml| {
            xml.within("cac:InvoiceDocumentReference", |xml| {
                xml.leaf("cbc:ID", number);
                xml.leaf("cbc:IssueDate", issued);
            });
        });
    }
    seller(&mut xml);
    buyer(&mut xml, sale);
    xml.within("cac:Delivery", |xml| {
        xml.leaf("cbc:ActualDeliveryDate", sale.supplied);
        xml.within("cac:DeliveryLocation", |xml| {
            xml.within("cac:Address", |xml| address(xml, sale));
        });
    });
    xml.within("cac:PaymentMeans", |xml| {
        xml.leaf("cbc:PaymentMeansCode", "30");
        xml.leaf("cbc:PaymentID", &sale.number);
        xml.within("cac:PayeeFinancialAccount", |xml| xml.leaf("cbc:ID", shop::IBAN));
    });
    if credit {
        xml.within("cac:PaymentTerms", |xml| {
            xml.leaf("cbc:Note", "Het bedrag wordt binnen 14 dagen teruggestort.");
        });
    }
    vat(&mut xml, sale);
    totals(&mut xml, sale);
    for (index, line) in sale.lines.iter().enumerate() {
        invoice_line(&mut xml, sale, index + 1, line);
    }
    xml.finish()
}

fn seller(xml: &mut Xml) {
    xml.within("cac:AccountingSupplierParty", |xml| {
        xml.within("cac:Party", |xml| {
            xml.within("cac:PartyName", |xml| xml.leaf("cbc:Name", shop::NAME));
            xml.within("cac:PostalAddress", |xml| {
                xml.leaf("cbc:StreetName", shop::STREET);
                xml.leaf("cbc:CityName", shop::TOWN);
                xml.leaf("cbc:PostalZone", shop::POSTCODE);
                country(xml, "NL");
            });
            tax_scheme(xml, shop::VAT_NUMBER);
            xml.within("cac:PartyLegalEntity", |xml| {
                xml.leaf("cbc:RegistrationName", shop::LEGAL_NAME);
                xml.marked("cbc:CompanyID", ("schemeID", "0106"), shop::TRADE_REGISTER);
            });
            xml.within("cac:Contact", |xml| xml.leaf("cbc:ElectronicMail", shop::MAIL));
        });
    });
}

fn buyer(xml: &mut Xml, sale: &Sale) {
    let customer = &sale.customer;
    xml.within("cac:AccountingCustomerParty", |xml| {
        xml.within("cac:Party", |xml| {
            xml.within("cac:PartyIdentification", |xml| xml.leaf("cbc:ID", &customer.number));
            xml.within("cac:PostalAddress", |xml| address(xml, sale));
            if let Some(number) = customer.vat_number {
                tax_scheme(xml, number);
            }
            xml.within("cac:PartyLegalEntity", |xml| xml.leaf("cbc:RegistrationName", &customer.name));
        });
    });
}

fn address(xml: &mut Xml, sale: &Sale) {
    xml.leaf("cbc:StreetName", &sale.customer.street);
    xml.leaf("cbc:CityName", sale.customer.town);
    xml.leaf("cbc:PostalZone", &sale.customer.postcode);
    country(xml, sale.customer.land.code());
}

fn country(xml: &mut Xml, code: &str) {
    xml.within("cac:Country", |xml| xml.leaf("cbc:IdentificationCode", code));
}

fn tax_scheme(xml: &mut Xml, number: &str) {
    xml.within("cac:PartyTaxScheme", |xml| {
        xml.leaf("cbc:CompanyID", number);
        vat_scheme(xml);
    });
}

fn vat_scheme(xml: &mut Xml) {
    xml.within("cac:TaxScheme", |xml| xml.leaf("cbc:ID", "VAT"));
}

fn money(xml: &mut Xml, tag: &str, amount: Decimal) {
    xml.marked(tag, ("currencyID", "EUR"), amount);
}

fn vat(xml: &mut Xml, sale: &Sale) {
    xml.within("cac:TaxTotal", |xml| {
        money(xml, "cbc:TaxAmount", sale.tax());
        for rate in sale.rates() {
            xml.within("cac:TaxSubtotal", |xml| {
                money(xml, "cbc:TaxableAmount", rate.taxable);
                money(xml, "cbc:TaxAmount", rate.tax);
                xml.within("cac:TaxCategory", |xml| {
                    xml.leaf("cbc:ID", sale.treatment.category());
                    xml.leaf("cbc:Percent", rate.percent);
                    if let Some((code, reason)) = sale.treatment.exemption() {
                        xml.leaf("cbc:TaxExemptionReasonCode", code);
                        xml.leaf("cbc:TaxExemptionReason", reason);
                    }
                    vat_scheme(xml);
                });
            });
        }
    });
}

fn totals(xml: &mut Xml, sale: &Sale) {
    xml.within("cac:LegalMonetaryTotal", |xml| {
        money(xml, "cbc:LineExtensionAmount", sale.net());
        money(xml, "cbc:TaxExclusiveAmount", sale.net());
        money(xml, "cbc:TaxInclusiveAmount", sale.gross());
        if sale.is_prepaid() {
            money(xml, "cbc:PrepaidAmount", sale.gross());
            money(xml, "cbc:PayableAmount", Decimal::new(0, 2));
        } else {
            money(xml, "cbc:PayableAmount", sale.gross());
        }
    });
}

fn invoice_line(xml: &mut Xml, sale: &Sale, number: usize, line: &Line) {
    let credit = sale.kind == Kind::CreditNote;
    let (tag, quantity) = if credit {
        ("cac:CreditNoteLine", "cbc:CreditedQuantity")
    } else {
        ("cac:InvoiceLine", "cbc:InvoicedQuantity")
    };
    xml.within(tag, |xml| {
        xml.leaf("cbc:ID", number);
        xml.marked(quantity, ("unitCode", "H87"), line.quantity);
        money(xml, "cbc:LineExtensionAmount", line.net());
        xml.within("cac:Item", |xml| {
            xml.leaf("cbc:Name", sale.name_of(line.article));
            xml.within("cac:SellersItemIdentification", |xml| xml.leaf("cbc:ID", line.article.number));
            xml.within("cac:ClassifiedTaxCategory", |xml| {
                xml.leaf("cbc:ID", sale.treatment.category());
                xml.leaf("cbc:Percent", sale.percent(line));
                vat_scheme(xml);
            });
        });
        xml.within("cac:Price", |xml| money(xml, "cbc:PriceAmount", line.article.price()));
    });
}
