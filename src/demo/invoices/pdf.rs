//! A sale as a Factur-X PDF: a page to look at, with the same invoice inside as `factur-x.xml`
//! (Factur-X 1.0, 6.2 and 6.3; profile EN 16931).
//!
//! Not PDF/A-3, and it does not say that it is: the fonts are named and not embedded.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::AssociationKind;
use pdf_writer::writers::FileSpec;
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::sale::Sale;
use super::{cii, page, shop};

const XML_NAME: &str = "factur-x.xml";

const CATALOGUE: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const PLAIN: Ref = Ref::new(5);
const BOLD: Ref = Ref::new(6);
const SPECIFICATION: Ref = Ref::new(7);
const EMBEDDED: Ref = Ref::new(8);
const METADATA: Ref = Ref::new(9);
const INFORMATION: Ref = Ref::new(10);

/// The document.
pub(super) fn write(sale: &Sale) -> Vec<u8> {
    let mut pdf = Pdf::new();
    pdf.set_version(1, 7);
    let mut catalogue = pdf.catalog(CATALOGUE);
    catalogue.pages(PAGES).metadata(METADATA);
    catalogue.lang(TextStr(if sale.is_german() { "de" } else { "nl" }));
    catalogue.insert(Name(b"AF")).array().item(SPECIFICATION);
    catalogue.names().embedded_files().names().insert(Str(XML_NAME.as_bytes()), SPECIFICATION);
    catalogue.finish();
    pdf.pages(PAGES).kids([PAGE]).count(1);

    let mut leaf = pdf.page(PAGE);
    leaf.parent(PAGES).media_box(Rect::new(0.0, 0.0, page::WIDTH, page::HEIGHT)).contents(CONTENT);
    leaf.resources().fonts().pair(page::PLAIN, PLAIN).pair(page::BOLD, BOLD);
    leaf.finish();
    for (font, name) in [(PLAIN, &b"Helvetica"[..]), (BOLD, b"Helvetica-Bold")] {
        pdf.type1_font(font).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    pdf.stream(CONTENT, &packed(page::draw(sale).as_slice())).filter(Filter::FlateDecode);

    let xml = cii::write(sale);
    let packed_xml = packed(&xml);
    let mut embedded = pdf.embedded_file(EMBEDDED, &packed_xml);
    // "/" in a name is written #2F, which the writer does.
    embedded.subtype(Name(b"text/xml")).filter(Filter::FlateDecode);
    embedded.params().size(i32::try_from(xml.len()).unwrap_or(i32::MAX)).modification_date(day_of(sale));
    embedded.finish();
    let mut specification = pdf.indirect(SPECIFICATION).start::<FileSpec<'_>>();
    specification.path(Str(XML_NAME.as_bytes())).unic_file(TextStr(XML_NAME));
    specification.description(TextStr("The invoice as data (EN 16931)"));
    specification.embedded_file_with_unicode(EMBEDDED).association_kind(AssociationKind::Alternative);
    specification.finish();

    pdf.metadata(METADATA, metadata().as_bytes());
    let mut information = pdf.document_info(INFORMATION);
    information.title(TextStr(&sale.number)).author(TextStr(shop::LEGAL_NAME));
    information.creation_date(day_of(sale));
    information.finish();
    pdf.finish()
}

fn day_of(sale: &Sale) -> pdf_writer::Date {
    let day = sale.issued;
    pdf_writer::Date::new(day.year().unsigned_abs())
        .month(day.month().unsigned_abs())
        .day(day.day().unsigned_abs())
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).expect("a Vec takes what is written");
    packer.finish().expect("a Vec takes what is written")
}

/// XMP that names the embedded invoice (Factur-X 1.0, 6.2.4).
fn metadata() -> String {
    format!(
        r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
  <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
      <fx:DocumentType>INVOICE</fx:DocumentType>
      <fx:DocumentFileName>{XML_NAME}</fx:DocumentFileName>
      <fx:Version>1.0</fx:Version>
      <fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
    </rdf:Description>
  </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"#
    )
}
