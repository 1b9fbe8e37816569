//! A sale as UN/CEFACT `CrossIndustryInvoice`, by EN 16931 (CEN/TS 16931-3-3): the XML inside a
//! Factur-X PDF.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::sale::{Line, Sale};
use super::shop;
use super::xml::Xml;
use crate::exchange::invoice::Kind;

const SPACES: [(&str, &str); 4] = [
    ("xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
    ("xmlns:ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"),
    ("xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
    ("xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
];

/// The document. The order of the elements is the schema's.
pub(super) fn write(sale: &Sale) -> Vec<u8> {
    let mut xml = Xml::new("rsm:CrossIndustryInvoice", &SPACES);
    xml.within("rsm:ExchangedDocumentContext", |xml| {
        xml.within("ram:GuidelineSpecifiedDocumentContextParameter", |xml| {
            xml.leaf("ram:ID", "urn:cen.eu:en16931:2017");
        });
    });
    xml.within("rsm:ExchangedDocument", |xml| {
        xml.leaf("ram:ID", &sale.number);
        xml.leaf("ram:TypeCode", if sale.kind == Kind::CreditNote { "381" } else { "380" });
        date(xml, "ram:IssueDateTime", "udt:DateTimeString", sale.issued);
    });
    xml.within("rsm:SupplyChainTradeTransaction", |xml| {
        for (index, line) in sale.lines.iter().enumerate() {
            line_item(xml, sale, index + 1, line);
        }
        xml.within("ram:ApplicableHeaderTradeAgreement", |xml| {
            xml.within("ram:SellerTradeParty", seller);
            xml.within("ram:BuyerTradeParty", |xml| buyer(xml, sale));
        });
        xml.within("ram:ApplicableHeaderTradeDelivery", |xml| {
            xml.within("ram:ShipToTradeParty", |xml| address(xml, sale));
            xml.within("ram:ActualDeliverySupplyChainEvent", |xml| {
                date(xml, "ram:OccurrenceDateTime", "udt:DateTimeString", sale.supplied);
            });
        });
        xml.within("ram:ApplicableHeaderTradeSettlement", |xml| settlement(xml, sale));
    });
    xml.finish()
}

/// Format 102 of UNTDID 2379: `20260305`.
fn date(xml: &mut Xml, tag: &'static str, inner: &str, day: Date) {
    xml.within(tag, |xml| xml.marked(inner, ("format", "102"), day.strftime("%Y%m%d")));
}

fn line_item(xml: &mut Xml, sale: &Sale, number: usize, line: &Line) {
    xml.within("ram:IncludedSupplyChainTradeLineItem", |xml| {
        xml.within("ram:AssociatedDocumentLineDocument", |xml| xml.leaf("ram:LineID", number));
        xml.within("ram:SpecifiedTradeProduct", |xml| {
            xml.leaf("ram:SellerAssignedID", line.article.number);
            xml.leaf("ram:Name", sale.name_of(line.article));
        });
        xml.within("ram:SpecifiedLineTradeAgreement", |xml| {
            xml.within("ram:NetPriceProductTradePrice", |xml| {
                xml.leaf("ram:ChargeAmount", line.article.price());
            });
        });
        xml.within("ram:SpecifiedLineTradeDelivery", |xml| {
            xml.marked("ram:BilledQuantity", ("unitCode", "H87"), line.quantity);
        });
        xml.within("ram:SpecifiedLineTradeSettlement", |xml| {
            xml.within("ram:ApplicableTradeTax", |xml| {
                xml.leaf("ram:TypeCode", "VAT");
                xml.leaf("ram:CategoryCode", sale.treatment.category());
                xml.leaf("ram:RateApplicablePercent", sale.percent(line));
            });
            xml.within("ram:SpecifiedTradeSettlementLineMonetarySummation", |xml| {
                xml.leaf("ram:LineTotalAmount", line.net());
            });
        });
    });
}

fn seller(xml: &mut Xml) {
    xml.leaf("ram:Name", shop::LEGAL_NAME);
    xml.within("ram:SpecifiedLegalOrganization", |xml| {
        xml.marked("ram:ID", ("schemeID", "0106"), shop::TRADE_REGISTER);
        xml.leaf("ram:TradingBusinessName", shop::NAME);
    });
    xml.within("ram:PostalTradeAddress", |xml| {
        xml.leaf("ram:PostcodeCode", shop::POSTCODE);
        xml.leaf("ram:LineOne", shop::STREET);
        xml.leaf("ram:CityName", shop::TOWN);
        xml.leaf("ram:CountryID", "NL");
    });
    registration(xml, shop::VAT_NUMBER);
}

fn buyer(xml: &mut Xml, sale: &Sale) {
    xml.leaf("ram:ID", &sale.customer.number);
    xml.leaf("ram:Name", &sale.customer.name);
    address(xml, sale);
    if let Some(number) = sale.customer.vat_number {
        registration(xml, number);
    }
}

fn address(xml: &mut Xml, sale: &Sale) {
    xml.within("ram:PostalTradeAddress", |xml| {
        xml.leaf("ram:PostcodeCode", &sale.customer.postcode);
        xml.leaf("ram:LineOne", &sale.customer.street);
        xml.leaf("ram:CityName", sale.customer.town);
        xml.leaf("ram:CountryID", sale.customer.land.code());
    });
}

fn registration(xml: &mut Xml, number: &str) {
    xml.within("ram:SpecifiedTaxRegistration", |xml| xml.marked("ram:ID", ("schemeID", "VA"), number));
}

fn settlement(xml: &mut Xml, sale: &Sale) {
    xml.leaf("ram:PaymentReference", &sale.number);
    xml.leaf("ram:InvoiceCurrencyCode", "EUR");
    xml.within("ram:SpecifiedTradeSettlementPaymentMeans", |xml| {
        xml.leaf("ram:TypeCode", "30");
        xml.within("ram:PayeePartyCreditorFinancialAccount", |xml| xml.leaf("ram:IBANID", shop::IBAN));
    });
    for rate in sale.rates() {
        xml.within("ram:ApplicableTradeTax", |xml| {
            xml.leaf("ram:CalculatedAmount", rate.tax);
            xml.leaf("ram:TypeCode", "VAT");
            if let Some((_, reason)) = sale.treatment.exemption() {
                xml.leaf("ram:ExemptionReason", reason);
            }
            xml.leaf("ram:BasisAmount", rate.taxable);
            xml.leaf("ram:CategoryCode", sale.treatment.category());
            if let Some((code, _)) = sale.treatment.exemption() {
                xml.leaf("ram:ExemptionReasonCode", code);
            }
            xml.leaf("ram:RateApplicablePercent", rate.percent);
        });
    }
    xml.within("ram:SpecifiedTradePaymentTerms", |xml| {
        date(xml, "ram:DueDateDateTime", "udt:DateTimeString", sale.issued.saturating_add(14.days()));
    });
    xml.within("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |xml| {
        let (paid, due) = if sale.is_prepaid() {
            (sale.gross(), Decimal::new(0, 2))
        } else {
            (Decimal::new(0, 2), sale.gross())
        };
        xml.leaf("ram:LineTotalAmount", sale.net());
        xml.leaf("ram:TaxBasisTotalAmount", sale.net());
        xml.marked("ram:TaxTotalAmount", ("currencyID", "EUR"), sale.tax());
        xml.leaf("ram:GrandTotalAmount", sale.gross());
        xml.leaf("ram:TotalPrepaidAmount", paid);
        xml.leaf("ram:DuePayableAmount", due);
    });
    if let Some((number, issued)) = &sale.corrects {
        xml.within("ram:InvoiceReferencedDocument", |xml| {
            xml.leaf("ram:IssuerAssignedID", number);
            date(xml, "ram:FormattedIssueDateTime", "qdt:DateTimeString", *issued);
        });
    }
}
