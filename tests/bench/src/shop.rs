//! An invented box and an invented shop, which seals documents of a given size.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use factuurkluis::appliance::keeper::{InitOptions, Keeper, RootChoice};
use factuurkluis::exchange::bundle::statement::Statement;
use factuurkluis::exchange::bundle::{
    Address, Document, HybridRecipient, Origin, Parcel, Place, SenderCard, SignedBoxCard, SignedSenderCard,
    labels,
};
use factuurkluis::exchange::invoice::Record;
use factuurkluis::exchange::law::Policy;
use factuurkluis::exchange::vocabulary::{BundleNumber, Class, Digest, PublicKey, SenderId, StreamId};
use factuurkluis::support::secret::Secret;
use jiff::civil::{Date, date};

/// The day on which the invented box is made.
pub const TODAY: Date = date(2026, 11, 24);

/// A box's directory, with what its officer needs to log in.
pub struct Box {
    /// Where it lies.
    pub directory: PathBuf,
    /// Name and pass-phrase of an officer.
    pub officer: (String, String),
}

/// The webshop's side: a key, a stream and its next number.
pub struct Shop {
    key: SigningKey,
    card: SignedSenderCard,
    receipt_key: Secret,
    previous: Option<Digest>,
    number: u64,
    /// The box's card.
    pub box_card: SignedBoxCard,
}

/// What one invoice of a parcel is.
pub struct Sheet {
    /// What is kept of it.
    pub record: Record,
    /// Its document's media type.
    pub media_type: &'static str,
    /// Its document's length.
    pub length: u64,
    /// Its document's digest.
    pub sha256: Digest,
}

/// Makes a demo box of eight terms in `directory` and enrols a shop.
pub fn make(directory: &Path) -> (Box, Shop) {
    let made = Keeper::init(
        directory,
        InitOptions {
            authorities: Vec::new(),
            entity_name: "Trampoline BV".to_owned(),
            slug: None,
            policy: Policy::of("NL".parse().expect("a country")).expect("the table has it"),
            classes: vec![Class::Ordinary],
            back_years: 7,
            officers: vec!["Anna".to_owned(), "Bram".to_owned()],
            root: RootChoice::File(None),
            release_key: None,
            demo: true,
            today: TODAY,
        },
    )
    .expect("a box is made");
    let keeper = made.keeper;
    let officer = (made.officers[0].name.clone(), made.officers[0].pass_phrase.expose().to_owned());
    let mut shop = Shop::of(keeper.write_card().expect("a card"));
    let by = keeper.log_in_officer(&officer.0, &officer.1).expect("the pass-phrase is right");
    keeper.enrol(&shop.card, &shop.card.fingerprint(), &by, true).expect("the shop is enrolled");
    shop.box_card = keeper.write_card().expect("a card");
    (Box { directory: directory.to_owned(), officer }, shop)
}

impl Shop {
    /// A new shop that has the card of its box.
    pub fn of(box_card: SignedBoxCard) -> Self {
        let key = SigningKey::from_bytes(Secret::random().expose());
        let card = SenderCard {
            sender: SenderId::random(),
            stream: StreamId::random(),
            key: PublicKey(key.verifying_key().to_bytes()),
            name: "Trampoline webshop".to_owned(),
            box_id: box_card.body().box_id,
            issued_at: box_card.body().issued_at,
            succeeds: None,
        };
        let card = Statement::sign(labels::SENDER_CARD, card, &key);
        Self { key, card, receipt_key: Secret::random(), previous: None, number: 0, box_card }
    }

    /// The name of the term that covers `day`.
    pub fn term_of(&self, day: Date) -> &str {
        let terms = &self.box_card.body().terms;
        let of = terms.iter().find(|one| one.term.first() <= day && day <= one.term.last());
        of.expect("a term covers it").term.name().as_str()
    }

    /// Seals `sheets` as the stream's next bundle into `file`; `document(n)` reads the n-th document.
    pub fn seal<R: Read>(
        &mut self,
        term: &str,
        sheets: impl Iterator<Item = Sheet>,
        file: &Path,
        document: impl FnMut(usize) -> io::Result<R>,
    ) {
        let card = self.box_card.body();
        let on_card = card.terms.iter().find(|one| one.term.name().as_str() == term).expect("on the card");
        self.number += 1;
        let number = BundleNumber(self.number);
        let place = Place { sender: self.card.body().sender, stream: self.card.body().stream, number };
        let mut parcel = Parcel::new(place, &self.receipt_key);
        for Sheet { record, media_type, length, sha256 } in sheets {
            let media_type = media_type.to_owned();
            let document = Document { length, media_type, origin: Origin::Original, sha256 };
            assert!(parcel.add(record, vec![document]).expect("within the bounds"), "one bundle holds them");
        }
        let address = Address {
            box_id: card.box_id,
            entity: card.entity,
            term: on_card.term.name().clone(),
            recipient: HybridRecipient::parse(&on_card.recipient).expect("the card was checked"),
            previous: self.previous,
            replaces: None,
            seen: Some(card.checkpoint.clone()),
            signed_at: card.issued_at,
        };
        let out = File::create(file).expect("the folder can be written");
        let (header, out) = parcel.seal(out, &address, &self.key, document).expect("sealed");
        out.sync_all().expect("synced");
        self.previous = Some(header.digest());
    }

    /// Seals `count` documents of a kind, numbered on from `first`, made anew for each of the two
    /// passes so that no parcel is ever in memory.
    pub fn seal_made(&mut self, kind: &Kind, first: u64, count: u64, file: &Path) {
        let term = self.term_of(date(2026, 3, 6)).to_owned();
        let sheets = (first..first + count).map(|number| kind.sheet(number));
        self.seal(&term, sheets, file, |n| Ok(Cursor::new(kind.document(first + n as u64))));
    }
}

/// A kind of document, made from its number.
pub enum Kind {
    /// A PDF without XML, whose content does not compress.
    Plain(Pdf),
    /// A PDF with the invoice's XML in it, padded with what does not compress.
    FacturX(usize),
}

/// A PDF of which only a stretch differs from document to document.
pub struct Pdf {
    bytes: Vec<u8>,
    random: std::ops::Range<usize>,
}

/// A CII invoice whose number is replaced.
const CII: &str = include_str!("../../fixtures/cii-invoice.xml");
const CII_NUMBER: &str = "HS-2026-0043";

impl Kind {
    /// A plain PDF of about `length` bytes.
    pub fn plain(length: usize) -> Self {
        let marker = vec![b'#'; length.saturating_sub(600)];
        let bytes = pdf(None, &marker);
        let begin = bytes.windows(64).position(|part| part == &marker[..64]).expect("it is in there");
        Self::Plain(Pdf { bytes, random: begin..begin + marker.len() })
    }

    /// The invoice's number.
    pub fn number(number: u64) -> String {
        format!("HS-2026-{number:06}")
    }

    /// The document of an invoice.
    pub fn document(&self, number: u64) -> Vec<u8> {
        match self {
            Self::Plain(pdf) => {
                let mut bytes = pdf.bytes.clone();
                Chance(number).fill(&mut bytes[pdf.random.clone()]);
                bytes
            }
            Self::FacturX(length) => {
                let xml = CII.replace(CII_NUMBER, &Self::number(number));
                let mut padding = vec![0; length.saturating_sub(2_800)];
                Chance(number).fill(&mut padding);
                pdf(Some(xml.as_bytes()), &padding)
            }
        }
    }

    /// Its record, length and digest.
    pub fn sheet(&self, number: u64) -> Sheet {
        let bytes = self.document(number);
        Sheet {
            record: record(number),
            media_type: "application/pdf",
            length: bytes.len() as u64,
            sha256: Digest::of(&bytes),
        }
    }
}

/// Article numbers of an invoice.
pub fn articles(number: u64, count: usize) -> Vec<String> {
    (0..count).map(|article| format!("T-{number:06}-{article:03}")).collect()
}

/// The record that the invoice's XML gives.
pub fn record(number: u64) -> Record {
    static RECORD: std::sync::OnceLock<Record> = std::sync::OnceLock::new();
    let record = RECORD.get_or_init(|| {
        let read = factuurkluis::exchange::invoice::read(CII.as_bytes(), None, &Default::default());
        read.expect("the fixture is read").record
    });
    Record { number: Kind::number(number), ..record.clone() }
}

/// A PDF of one page with `content` on it (never drawn), and an invoice's XML in it where asked.
fn pdf(xml: Option<&[u8]>, content: &[u8]) -> Vec<u8> {
    use pdf_writer::{Filter, Finish, Name, Ref, Str, TextStr};
    let mut pdf = pdf_writer::Pdf::new();
    let [root, pages, page, specification, embedded, stream] = [1, 2, 3, 4, 5, 6].map(Ref::new);
    let mut catalogue = pdf.catalog(root);
    catalogue.pages(pages);
    if xml.is_some() {
        catalogue.insert(Name(b"AF")).array().item(specification);
        let mut names = catalogue.insert(Name(b"Names")).dict();
        let mut files = names.insert(Name(b"EmbeddedFiles")).dict();
        files.insert(Name(b"Names")).array().item(Str(b"factur-x.xml")).item(specification);
        files.finish();
        names.finish();
    }
    catalogue.finish();
    pdf.pages(pages).kids([page]).count(1);
    pdf.page(page).parent(pages).contents(stream);
    if let Some(xml) = xml {
        let mut dict = pdf.indirect(specification).dict();
        dict.pair(Name(b"Type"), Name(b"Filespec")).pair(Name(b"UF"), TextStr("factur-x.xml"));
        dict.insert(Name(b"EF")).dict().pair(Name(b"F"), embedded).pair(Name(b"UF"), embedded);
        dict.finish();
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        io::Write::write_all(&mut packed, xml).expect("memory takes it");
        let packed = packed.finish().expect("memory takes it");
        pdf.embedded_file(embedded, &packed).filter(Filter::FlateDecode);
    }
    pdf.stream(stream, content);
    pdf.finish()
}

/// Bytes that do not compress: `splitmix64`, the same for the same seed.
pub struct Chance(pub u64);

impl Chance {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Fills `bytes`.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// Copies a directory with everything in it.
pub fn copy_tree(from: &Path, to: &Path) {
    let done = std::process::Command::new("cp").arg("-a").args([from, to]).status().expect("cp starts");
    assert!(done.success(), "cp -a {} {}", from.display(), to.display());
}
