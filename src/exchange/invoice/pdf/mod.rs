//! The invoice inside a PDF: its embedded files, by the names that Factur-X, ZUGFeRD and XRechnung
//! give the XML (ISO 32000-2, 7.11.4; Factur-X 1.0, 6.3).
//!
//! Why a reader of our own and not a crate: finding one embedded file needs a hundredth of a PDF
//! library, and a library unpacks the file's cross-reference and object streams before it asks
//! anybody how large they may grow (a file of 4 kB can grow past 3 GB). Here every unpacking draws
//! on one budget. Objects are found by reading the file from front to back, the later definition
//! leading, as viewers repair a file; cross-reference tables are not read, so a wrong one does no
//! harm. Pages are the drawing reader's business and never touched.
//!
//! Not read: encrypted files, and XML packed in another way than Flate or not at all.

mod file;
mod object;

use super::{InvoiceRefusal, LONGEST_EMBEDDED};
use file::File;
use object::Object;

/// The names that an invoice's XML may have, in lower case, the preferred first.
const NAMES: [&str; 3] = ["factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"];
/// The deepest name tree, the most nodes of it and the most files that are looked at.
const MOST_LEVELS: usize = 16;
const MOST_NODES: usize = 1_000;
const MOST_FILES: usize = 1_000;

/// The invoice's XML out of a PDF.
pub(super) struct Embedded {
    pub(super) name: String,
    pub(super) xml: Vec<u8>,
}

/// Finds the invoice's XML; `None` if there is none of the names.
///
/// # Errors
/// If the PDF is broken or encrypted, unpacks to too much, or holds two invoices that differ.
pub(super) fn invoice(bytes: &[u8]) -> Result<Option<Embedded>, InvoiceRefusal> {
    let mut file = File::open(bytes)?;
    let mut specifications = Vec::new();
    let catalogue = file.catalogue()?;
    if let Some(files) = file.resolve(catalogue.get("AF")) {
        // PDF 2.0's list of associated files: references in an array, or one alone.
        let listed = match files {
            Object::Array(items) => items,
            one => vec![one],
        };
        specifications.extend(listed.into_iter().take(MOST_FILES));
    }
    let names = file.resolve(catalogue.get("Names"));
    let tree = names.and_then(|names| file.resolve(names.get("EmbeddedFiles")));
    if let Some(tree) = tree {
        let mut nodes = MOST_NODES;
        walk(&file, &tree, MOST_LEVELS, &mut nodes, &mut specifications);
    }
    let mut found: Vec<(usize, u32, String)> = Vec::new();
    for specification in &specifications {
        let Some(specification) = file.resolve(Some(specification)) else { continue };
        let Some(name) = file_name(&file, &specification) else { continue };
        let Some(rank) = NAMES.iter().position(|known| *known == name.to_lowercase()) else { continue };
        let Some(embedded) = file.resolve(specification.get("EF")) else { continue };
        if let Some(Object::Reference(number)) = embedded.get("UF").or_else(|| embedded.get("F"))
            && !found.iter().any(|(_, known, _)| known == number)
        {
            found.push((rank, *number, name));
        }
    }
    found.sort();
    let mut leading: Option<Embedded> = None;
    for (_, number, name) in found {
        let xml = file.stream(number, &name, LONGEST_EMBEDDED)?;
        match &leading {
            None => leading = Some(Embedded { name, xml }),
            Some(first) if first.xml == xml => {}
            Some(first) => {
                return Err(InvoiceRefusal::PdfTwoInvoices { first: first.name.clone(), second: name });
            }
        }
    }
    Ok(leading)
}

/// Collects the file specifications of a name tree (ISO 32000-2, 7.9.6).
fn walk(file: &File<'_>, tree: &Object, levels: usize, nodes: &mut usize, into: &mut Vec<Object>) {
    if let Some(Object::Array(pairs)) = file.resolve(tree.get("Names")) {
        let room = MOST_FILES.saturating_sub(into.len());
        into.extend(pairs.into_iter().skip(1).step_by(2).take(room));
    }
    if levels == 0 {
        return;
    }
    if let Some(Object::Array(kids)) = file.resolve(tree.get("Kids")) {
        for kid in kids {
            // Kids may be their own parents: what bounds the walk is the count, not the depth alone.
            let Some(left) = nodes.checked_sub(1) else { return };
            *nodes = left;
            if let Some(kid) = file.resolve(Some(&kid)) {
                walk(file, &kid, levels - 1, nodes, into);
            }
        }
    }
}

/// A file specification's name: `UF` where there is one, else `F`, without folders.
fn file_name(file: &File<'_>, specification: &Object) -> Option<String> {
    let name = file.resolve(specification.get("UF")).or_else(|| file.resolve(specification.get("F")))?;
    let Object::String(bytes) = name else { return None };
    let text = match bytes.strip_prefix(b"\xfe\xff") {
        Some(wide) => {
            let units: Vec<u16> =
                wide.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        None => String::from_utf8_lossy(&bytes).into_owned(),
    };
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    Some(last.chars().filter(|c| !c.is_control()).take(100).collect())
}
