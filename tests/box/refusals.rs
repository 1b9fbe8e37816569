//! What the box says no to, and that it is the same afterwards.

use std::fs;
use std::path::Path;

use crate::support::{
    Box, Invoice, OLD_TERM, Shop, TERM, Taken, bundles_in, changed, digest_tree, encrypt_to, json, patched,
    record, skipped, split, to_cbor,
};
use factuurkluis::exchange::bundle::{
    Address, Document, Header, HybridIdentity, InvoiceLeaf, Origin, StreamLeaf, key_id, labels,
};
use factuurkluis::exchange::vocabulary::{BoxId, BundleNumber, Digest, EntityId, StreamId};
use factuurkluis::support::secret::Secret;

#[test]
fn the_same_bundle_again_is_recognised_and_gets_its_receipt_again() {
    let mut the = Box::new();
    let folder = the.folder.path().join("stick");
    let bundle = the.seal_into(&folder, TERM, 1).remove(0);
    let first = the.take(&bundle);
    assert_eq!((first.exit, first.outcomes()), (Some(0), vec!["admitted"]), "{first:?}");
    let again = the.take(&bundle);
    assert_eq!((again.exit, again.outcomes()), (Some(0), vec!["already-here"]), "{again:?}");
    assert!(again.files[0]["sentence"].as_str().unwrap().contains("000001.bundle"));
    let admission = |taken: &Taken| {
        let receipt = taken.files[0]["bundle"]["receipt"].as_str().unwrap();
        // The index and what opens the admission are the same; the head may have grown.
        receipt.lines().take(3).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(admission(&first), admission(&again));
    assert_eq!(first.files[0]["bundle"]["code"], again.files[0]["bundle"]["code"]);
    the.sound();
}

/// A digest of the box before and after: what a refusal may change is the journal, by the one counted
/// event, and the clock of powered seconds.
fn is_the_counted_refusal(path: &str) -> bool {
    let year = path.strip_prefix("journal/events/").is_some_and(|name| name.parse::<u16>().is_ok());
    year || matches!(path, "journal/entries" | "journal/checkpoint" | "clock/a" | "clock/b")
        || path.starts_with("journal/tile")
}

/// Gives the box a file, which it must refuse with this code, naming the file, and be as before.
#[track_caller]
fn refused_as(the: &Box, what: &str, bundle: &[u8], code: &str) -> String {
    let changes = refused_with(the, what, bundle, code);
    let others: Vec<_> = changes.iter().filter(|path| !is_the_counted_refusal(path)).collect();
    assert!(others.is_empty(), "{what}: the box has changed: {others:?}");
    assert!(changes.iter().any(|path| path.starts_with("journal/events/2")), "{what}: not counted");
    assert!(!changes.is_empty());
    let path = the.folder.path().join("offered/what it is.bundle");
    the.take(&path).sentence().to_owned()
}

/// The same, with the paths that changed.
#[track_caller]
fn refused_with(the: &Box, what: &str, bundle: &[u8], code: &str) -> Vec<String> {
    let folder = the.folder.path().join("offered");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("what it is.bundle");
    fs::write(&path, bundle).unwrap();
    let before = digest_tree(&the.path);
    let taken = the.take(&path);
    let after = digest_tree(&the.path);
    assert_eq!(taken.exit, Some(1), "{what}: {taken:?}");
    assert_eq!(taken.code(), code, "{what}: {taken:?}");
    assert!(taken.sentence().starts_with("what it is.bundle: "), "{what}: {}", taken.sentence());
    assert!(!taken.sentence().contains('\u{fffd}'), "{what}: {}", taken.sentence());
    changed(&before, &after)
}

#[test]
fn bytes_that_are_no_bundle_are_refused_and_leave_nothing() {
    let mut the = Box::new();
    let folder = the.folder.path().join("stick");
    let admitted = the.seal_into(&folder, TERM, 1).remove(0);
    assert_eq!(the.take(&folder).exit, Some(0));
    let mut shop = the.shop.clone();
    let good = shop.seal(TERM, &[Invoice::plain(&shop, TERM, "2026-0002")]);
    let (header, age) = split(&good);
    let front = good.len() - age.len();
    let body = to_cbor(header.body());

    refused_as(&the, "nothing", b"", "bundle-header-truncated");
    refused_as(&the, "a letter", b"Dear Sirs,\nplease find enclosed\n", "bundle-not-a-bundle");
    refused_as(&the, "another kind", &the.shop.card.to_bytes(), "bundle-not-a-bundle");
    refused_as(&the, "cut in the magic", &good[..10], "bundle-header-truncated");
    refused_as(&the, "cut in the header", &good[..front / 2], "bundle-header-truncated");
    refused_as(&the, "cut before the payload", &good[..front], "bundle-truncated");
    refused_as(&the, "cut in the payload", &good[..good.len() - 1], "bundle-truncated");
    refused_as(&the, "a byte more", &[&good, b"x".as_slice()].concat(), "bundle-damaged");
    let newer = patched(&good, b"factuurkluis/bundle/1\n", b"factuurkluis/bundle/2\n");
    refused_as(&the, "a version to come", &newer, "bundle-unknown-version");
    for (what, at) in [("payload", good.len() - 3), ("age header", front + 30)] {
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        refused_as(&the, &format!("a bit of the {what}"), &flipped, "bundle-damaged");
    }
    // A bit of the header: not of its form, or no longer signed; never anything else.
    for at in (22..front).step_by(97) {
        let mut flipped = good.clone();
        flipped[at] ^= 0x10;
        let path = the.folder.path().join("flipped.bundle");
        fs::write(&path, flipped).unwrap();
        let taken = the.take(&path);
        assert_eq!(taken.exit, Some(1), "byte {at}: {taken:?}");
        assert!(bundles_in(&the.path).len() == 1, "byte {at}");
    }

    // CBOR that is none, in a header that the enrolled shop signed.
    let of = |body: &[u8]| [&the.shop.statement(labels::BUNDLE, body), age].concat();
    refused_as(&the, "the same by hand", &[of(&body), b"x".to_vec()].concat(), "bundle-damaged");
    let long = patched(&body, b"\x65suite\x01", b"\x65suite\x18\x01");
    let twice = patched(&body, b"\x65suite\x01", b"\x65suite\x01\x65suite\x01");
    let twice = [&[twice[0] + 1], &twice[1..]].concat();
    for (what, body) in [
        ("a depth bomb", vec![0x81; 60_000]),
        ("a bomb of tags", vec![0xc1; 60_000]),
        ("a huge array", b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff".to_vec()),
        ("a huge text", b"\x7b\x7f\xff\xff\xff\xff\xff\xff\xff".to_vec()),
        ("a long integer", long),
        ("a key twice", twice),
        ("trailing bytes", [&body, b"\x00".as_slice()].concat()),
        ("nothing", vec![]),
    ] {
        refused_as(&the, what, &of(&body), "bundle-header-not-of-form");
    }
    let huge = [labels::BUNDLE.as_bytes(), &[0xff; 4], &body].concat();
    refused_as(&the, "a header of 4 GiB", &huge, "bundle-header-too-long");

    // What the header says.
    let forged = |change: fn(&mut Header)| the.shop.forge(&good, change);
    refused_as(&the, "suite 9", &forged(|h| h.suite = 9), "bundle-unknown-suite");
    refused_as(&the, "no leaf", &forged(|h| h.leaves = 0), "bundle-empty");
    refused_as(&the, "no invoice", &forged(|h| h.leaves = 1), "bundle-empty");
    refused_as(&the, "20,000 invoices", &forged(|h| h.leaves = 20_001), "bundle-too-many-invoices");
    refused_as(&the, "5 GiB", &forged(|h| h.length = 5 << 30), "bundle-too-large");
    refused_as(&the, "all the bytes there are", &forged(|h| h.length = u64::MAX), "bundle-too-large");
    refused_as(&the, "3 GiB declared", &forged(|h| h.length = 3 << 30), "bundle-truncated");
    refused_as(&the, "more leaves than sealed", &forged(|h| h.leaves = 9_000), "bundle-leaves-too-large");
    refused_as(&the, "another root", &forged(|h| h.root = Digest([7; 32])), "bundle-leaves-differ");
    // A genuine header, and a genuine payload of the same length under it.
    let mut other = the.shop.clone();
    let another = other.seal(TERM, &[Invoice::plain(&other, TERM, "2026-0009")]);
    let mut payload = split(&another).1.to_vec();
    payload.resize(age.len(), 0);
    let swapped = [&good[..front], payload.as_slice()].concat();
    refused_as(&the, "another payload", &swapped, "bundle-damaged");

    assert_eq!(the.take(&admitted).outcomes(), ["already-here"]);
    the.sound();
}

#[test]
fn what_is_inside_a_bundle_is_held_against_what_was_signed() {
    let mut the = Box::new();
    let stranger = Shop::new(the.shop.box_card.clone());
    let place = the.shop.place(1);
    let stream = to_cbor(&StreamLeaf::new(place, &Secret::from_bytes(&the.shop.receipt_key)));
    let day = the.shop.term(TERM).term.first();
    let document = |length| Document {
        length,
        media_type: "text/plain".to_owned(),
        origin: Origin::Original,
        sha256: Digest::of(b"text"),
    };
    let invoice =
        |length| to_cbor(&InvoiceLeaf::new(place, record("2026-0001", day), vec![document(length)]));
    let good = invoice(4);
    // What this test builds by hand is a bundle, or its refusals say nothing.
    let mut shop = the.shop.clone();
    let built = shop.seal_leaves(TERM, &[stream.clone(), good.clone()], b"text", |_| ());
    let foreign = to_cbor(&InvoiceLeaf::new(stranger.place(1), record("2026-0001", day), vec![document(4)]));
    let unsalted = patched(&good, b"\x66number\x01", b"\x66number\x18\x01");
    for (what, leaves, after, code) in [
        ("a depth bomb", vec![stream.clone(), vec![0x81; 100_000]], "text", "bundle-leaf-not-of-form"),
        (
            "a huge length",
            vec![stream.clone(), b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff".to_vec()],
            "text",
            "bundle-leaf-not-of-form",
        ),
        (
            "trailing bytes",
            vec![stream.clone(), [good.as_slice(), b"\0"].concat()],
            "text",
            "bundle-leaf-not-of-form",
        ),
        ("a long integer", vec![stream.clone(), unsalted], "text", "bundle-leaf-not-of-form"),
        ("an empty leaf", vec![stream.clone(), vec![]], "text", "bundle-leaf-not-of-form"),
        ("no stream leaf", vec![good.clone(), good.clone()], "text", "bundle-leaf-not-of-form"),
        ("somebody else's leaf", vec![stream.clone(), foreign], "text", "bundle-foreign-payload"),
        ("no document", vec![stream.clone(), good.clone()], "", "bundle-payload-ends"),
        (
            "a document too few",
            vec![stream.clone(), good.clone(), good.clone()],
            "text",
            "bundle-payload-ends",
        ),
        ("another document", vec![stream.clone(), good.clone()], "tent", "bundle-document-differs"),
        ("a document more", vec![stream.clone(), good.clone()], "texttext", "bundle-payload-goes-on"),
        (
            "a document of all bytes there are",
            vec![stream.clone(), invoice(u64::MAX)],
            "text",
            "bundle-payload-ends",
        ),
        (
            "leaves beyond their bound",
            vec![stream.clone(), vec![0; 17 << 20]],
            "text",
            "bundle-leaves-too-large",
        ),
    ] {
        let mut shop = the.shop.clone();
        let bundle = shop.seal_leaves(TERM, &leaves, after.as_bytes(), |_| ());
        refused_as(&the, what, &bundle, code);
    }
    // A length before a leaf that goes to the end of memory.
    let mut shop = the.shop.clone();
    let bundle =
        shop.seal_leaves(TERM, std::slice::from_ref(&stream), &[0xff; 64], |header| header.leaves = 2);
    refused_as(&the, "a leaf of 4 GiB", &bundle, "bundle-leaves-too-large");

    let age_files = |age: Vec<u8>| {
        let bundle = [split(&built).0.to_bytes(), age.clone()].concat();
        the.shop.forge(&bundle, |header| {
            header.length = age.len() as u64;
            header.sha256 = Digest::of(&age);
        })
    };
    let age = split(&built).1.to_vec();
    let nobody = HybridIdentity::from_seed(Secret::random()).recipient();
    refused_as(&the, "zeros", &age_files(vec![0; 5000]), "bundle-not-age");
    refused_as(&the, "nothing enclosed", &age_files(vec![]), "bundle-not-age");
    refused_as(
        &the,
        "a header without an end",
        &age_files(b"age-encryption.org/v1\n-> a\n".repeat(9000)),
        "bundle-not-age",
    );
    refused_as(&the, "age cut short", &age_files(age[..age.len() - 20].to_vec()), "bundle-not-age");
    refused_as(&the, "another's key", &age_files(encrypt_to(&nobody, b"text")), "bundle-wrong-key");

    // And the honest one is taken, by the same box.
    fs::write(the.folder.path().join("good.bundle"), &built).unwrap();
    let taken = the.take(&the.folder.path().join("good.bundle"));
    assert_eq!(taken.outcomes(), ["admitted"], "{taken:?}");

    // Somebody else, enrolled too, signs the captured payload as his own.
    the.enrol(&stranger);
    let captured = stranger.forge(&built, |header| {
        let card = stranger.card.body();
        (header.sender, header.stream) = (card.sender, card.stream);
        header.signers = vec![key_id(&card.key)];
    });
    refused_as(&the, "a captured payload", &captured, "bundle-foreign-payload");
    the.shop = shop;
    the.sound();
}

#[test]
fn a_bundle_for_elsewhere_or_of_another_time_is_refused() {
    let mut the = Box::new();
    let folder = the.folder.path().join("stick");
    the.seal_into(&folder, OLD_TERM, 1);
    assert_eq!(the.take(&folder).exit, Some(0));
    let seal = |change: &dyn Fn(&mut Header)| {
        let mut shop = the.shop.clone();
        let bundle = shop.seal(TERM, &[Invoice::plain(&shop, TERM, "2026-0002")]);
        shop.forge(&bundle, change)
    };
    refused_as(&the, "another box", &seal(&|h| h.box_id = BoxId::random()), "archive-wrong-box");
    refused_as(&the, "other books", &seal(&|h| h.entity = EntityId::random()), "archive-wrong-entity");
    refused_as(&the, "another stream", &seal(&|h| h.stream = StreamId::random()), "archive-unknown-stream");
    refused_as(
        &the,
        "no such term",
        &seal(&|h| h.term = "trampoline-bv-nl-ordinary-2019-12".parse().unwrap()),
        "archive-unknown-term",
    );
    refused_as(
        &the,
        "another recipient",
        &seal(&|h| h.recipient = Digest([1; 32])),
        "archive-wrong-recipient",
    );
    let mut stranger = Shop::new(the.shop.box_card.clone());
    let foreign = stranger.seal(TERM, &[Invoice::plain(&stranger, TERM, "1")]);
    refused_as(&the, "a stranger", &foreign, "archive-unknown-sender");
    let posing = stranger.forge(&foreign, |header| header.sender = the.shop.card.body().sender);
    refused_as(&the, "a stranger who says he is the shop", &posing, "bundle-bad-signature");

    // An invoice of two years ago among this year's, and one of no year that the box has.
    let mut shop = the.shop.clone();
    let old = Invoice::plain(&shop, OLD_TERM, "2024-0009");
    let mixed = shop.seal(TERM, &[Invoice::plain(&the.shop, TERM, "2026-0003"), old]);
    let said = refused_as(&the, "two terms", &mixed, "archive-other-term");
    assert!(said.contains("2024-0009") && said.contains(OLD_TERM), "{said}");
    let mut shop = the.shop.clone();
    let mut ancient = Invoice::plain(&shop, TERM, "1999-0001");
    ancient.record.issue_date = jiff::civil::date(1999, 5, 5);
    let said = refused_as(&the, "no term", &shop.seal(TERM, &[ancient]), "archive-no-term");
    assert!(said.contains("1999-0001"), "{said}");

    // The term of two years ago is over, then destroyed.
    let invoice = |shop: &Shop| Invoice::plain(shop, OLD_TERM, "2024-0002");
    let late = {
        let mut shop = the.shop.clone();
        let invoice = invoice(&shop);
        shop.seal(OLD_TERM, &[invoice])
    };
    json(&mut the.kluis(["clock", "--json", "--turn", "2032-01-03"]));
    // The first event of a new year makes that year's key.
    refused_with(&the, "the first of a year", b"x", "bundle-not-a-bundle");
    refused_as(&the, "a term that is over", &late, "archive-term-due");
    json(&mut the.kluis(["clock", "--json", "--turn", "2032-03-03"]));
    refused_as(&the, "a term that is destroyed", &late, "archive-term-destroyed");
    let kept = fs::read(folder.join("000001.bundle")).unwrap();
    refused_as(&the, "a kept stick of a destroyed term", &kept, "archive-term-destroyed");
    the.sound();
}

#[test]
fn numbers_may_come_in_any_order_but_each_is_signed_once() {
    let mut the = Box::new();
    let folder = the.folder.path().join("stick");
    let bundles = the.seal_into(&folder, TERM, 3);
    let taken = the.take(&bundles[2]);
    assert_eq!(taken.outcomes(), ["admitted"], "a gap blocks nothing");
    assert_eq!(taken.files[0]["bundle"]["gaps"], serde_json::json!([1, 2]));
    assert!(taken.files[0]["bundle"]["code"].is_null());
    let taken = the.take(&folder);
    assert_eq!(taken.outcomes(), ["admitted", "admitted", "already-here"]);
    let code = |the: &Box| the.take(&bundles[2]).files[0]["bundle"]["code"].as_str().unwrap().to_owned();
    assert!(code(&the).starts_with("3 "));

    let seal = |shop: &mut Shop, replaces: Option<u64>| {
        let address = Address { replaces: replaces.map(BundleNumber), ..shop.address(TERM) };
        let number = shop.number + 1;
        let invoice = Invoice::plain(shop, TERM, &format!("2026-{number:04}"));
        shop.seal_to(&address, &[invoice])
    };
    // Number 4 is lost on the way; 5 replaces it; then 4 turns up.
    let lost = seal(&mut the.shop, None);
    let replacement = seal(&mut the.shop, Some(4));
    fs::write(folder.join("000005.bundle"), &replacement).unwrap();
    assert_eq!(the.take(&folder.join("000005.bundle")).outcomes(), ["admitted"]);
    let said = refused_as(&the, "the lost one", &lost, "archive-replaced");
    assert!(said.contains('5'), "{said}");
    let mut shop = the.shop.clone();
    refused_as(&the, "replaces one that is here", &seal(&mut shop, Some(2)), "archive-replaces-admitted");
    let mut shop = the.shop.clone();
    refused_as(
        &the,
        "replaces one that was replaced",
        &seal(&mut shop, Some(4)),
        "archive-replaces-admitted",
    );
    let mut shop = the.shop.clone();
    refused_as(&the, "replaces itself", &seal(&mut shop, Some(6)), "archive-replaces-later");
    let mut shop = the.shop.clone();
    refused_as(&the, "replaces one to come", &seal(&mut shop, Some(7)), "archive-replaces-later");

    // Another history: 6 says that 5 was another bundle.
    let mut shop = the.shop.clone();
    shop.previous = Some(Digest([5; 32]));
    refused_as(&the, "another past", &seal(&mut shop, None), "archive-contradicts");
    let mut shop = the.shop.clone();
    shop.previous = None;
    refused_as(&the, "no past", &seal(&mut shop, None), "archive-contradicts");
    // 7 comes before 6, and 6 is not the one that 7 was sealed after.
    let mut shop = the.shop.clone();
    seal(&mut shop, None);
    let seventh = seal(&mut shop, None);
    fs::write(folder.join("000007.bundle"), &seventh).unwrap();
    assert_eq!(the.take(&folder.join("000007.bundle")).outcomes(), ["admitted"]);
    let mut other = the.shop.clone();
    refused_as(&the, "another sixth", &seal(&mut other, None), "archive-contradicts");

    // The greatest number there is, and one below the first.
    let mut shop = the.shop.clone();
    shop.number = u64::MAX - 1;
    fs::write(folder.join("last.bundle"), seal(&mut shop, None)).unwrap();
    let taken = the.take(&folder.join("last.bundle"));
    assert_eq!(taken.outcomes(), ["admitted"], "{taken:?}");
    assert_eq!(the.take(&folder.join("last.bundle")).outcomes(), ["already-here"]);
    let zero = the.shop.forge(&lost, |header| header.number = BundleNumber(0));
    refused_as(&the, "number 0", &zero, "archive-contradicts");

    // A copy of the shop's folder: number 3 is signed a second time. Both headers are kept, once.
    let mut copy = the.shop.clone();
    (copy.number, copy.previous) = (2, None);
    let second = seal(&mut copy, None);
    let changes = refused_with(&the, "signed twice", &second, "archive-signed-twice");
    let others: Vec<_> = changes.iter().filter(|path| !is_the_counted_refusal(path)).collect();
    assert_eq!(others, ["journal/events/public"]);
    let public = fs::read(the.path.join("journal/events/public")).unwrap();
    let root = split(&second).0.body().root.0;
    assert!(public.windows(32).any(|window| window == root), "the second header is no evidence");
    let first = split(&fs::read(&bundles[2]).unwrap()).0.body().root.0;
    assert!(public.windows(32).any(|window| window == first), "the first header is no evidence");
    refused_as(&the, "signed twice, offered twice", &second, "archive-signed-twice");
    the.sound();
}

#[test]
fn a_document_that_contradicts_its_record_is_refused_by_name_and_value() {
    let mut the = Box::new();
    let fixture = |name: &str| {
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
    };
    let mut cases = vec![
        ("UBL", "application/xml", fixture("ubl-invoice.xml")),
        ("UBL credit note", "application/xml", fixture("ubl-credit-note.xml")),
        ("CII", "application/xml", fixture("cii-invoice.xml")),
    ];
    match std::env::var_os("KLUIS_CORPUS").map(std::path::PathBuf::from) {
        Some(corpus) => {
            let pdf = fs::read(corpus.join("facturx/EN16931_Einfach.pdf")).unwrap();
            cases.push(("Factur-X", "application/pdf", pdf));
        }
        None => skipped(
            "a hybrid PDF against its record (set KLUIS_CORPUS to the folder of invoices made by others)",
        ),
    }
    for (what, media_type, document) in cases {
        let mut shop = the.shop.clone();
        let lying = Invoice {
            record: record("2026-0815", the.shop.term(TERM).term.first()),
            documents: vec![(media_type, document.clone())],
        };
        let said = refused_as(&the, what, &shop.seal(TERM, &[lying]), "reader-mismatch");
        assert!(said.contains("2026-0815"), "{what}: {said}");
        // An XML that says it is a PDF and the other way round.
        let mut shop = the.shop.clone();
        let other = if media_type == "application/pdf" { "application/xml" } else { "application/pdf" };
        let posing = Invoice {
            record: record("2026-0815", the.shop.term(TERM).term.first()),
            documents: vec![(other, document)],
        };
        let bundle = shop.seal(TERM, &[posing]);
        let path = the.folder.path().join("posing.bundle");
        fs::write(&path, bundle).unwrap();
        let taken = the.take(&path);
        assert_eq!(taken.exit, Some(1), "{what}: {taken:?}");
        assert!(taken.code().starts_with("reader-"), "{what}: {taken:?}");
    }
    // What agrees is taken: the refusals above are about the contradiction.
    let document = fixture("ubl-invoice.xml");
    let reading = factuurkluis::exchange::invoice::read(
        &document,
        None,
        &factuurkluis::exchange::invoice::Hints::default(),
    )
    .unwrap();
    let honest = Invoice { record: reading.record, documents: vec![("application/xml", document)] };
    let path = the.folder.path().join("honest.bundle");
    fs::write(&path, the.shop.seal(TERM, &[honest])).unwrap();
    let taken = the.take(&path);
    assert_eq!(taken.outcomes(), ["admitted"], "{taken:?}");
    the.sound();
}

#[test]
fn what_is_no_ordinary_file_is_refused_and_no_name_steers_a_terminal() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut the = Box::new();
    let good = the.folder.path().join("good");
    let bundle = the.seal_into(&good, TERM, 1).remove(0);
    let folder = the.folder.path().join("stick");
    fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink(&bundle, folder.join("link.bundle")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.bundle")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("dangling.bundle")).unwrap();
    fs::create_dir(folder.join("directory.bundle")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        folder.join("pipe.bundle"),
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket.bundle")).unwrap();
    for name in [
        b"..bundle".as_slice(),
        b"....bundle",
        b"..\\..\\vault\\a.bundle",
        b"\x1b[2J\x1b]0;owned\x07.bundle",
        b"line\nbreak\r.bundle",
        b"\xff\xfe\x80.bundle",
        "turned\u{202e}round.bundle".as_bytes(),
    ] {
        fs::write(folder.join(std::ffi::OsStr::from_bytes(name)), b"no bundle").unwrap();
    }
    let before = digest_tree(&the.path);
    let outside = digest_tree(&good);
    let taken = the.take(&folder);
    assert_eq!(taken.exit, Some(1), "{taken:?}");
    assert!(taken.files.len() >= 10, "{taken:?}");
    for file in &taken.files {
        assert_eq!(file["outcome"], "refused", "{file}");
        let said = file["sentence"].as_str().unwrap();
        assert!(said.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{said:?}");
        assert!(said.starts_with(file["file"].as_str().unwrap()), "{said}");
    }
    for kind in ["link", "zero", "dangling", "directory", "pipe", "socket"] {
        let file = taken.files.iter().find(|file| file["file"] == format!("{kind}.bundle")).unwrap();
        assert_eq!(file["code"], "archive-not-a-file", "{file}");
    }
    let others: Vec<_> = changed(&before, &digest_tree(&the.path))
        .into_iter()
        .filter(|path| !is_the_counted_refusal(path))
        .collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(changed(&outside, &digest_tree(&good)), [""; 0]);
    // Named on the command line, one by one, they fare no better; and what is not there is said.
    for name in ["link.bundle", "pipe.bundle"] {
        assert_eq!(the.take(&folder.join(name)).code(), "archive-not-a-file");
    }
    let nowhere = the.take(&the.folder.path().join("nowhere"));
    assert_eq!((nowhere.exit, nowhere.code()), (Some(1), "keeper-unreadable"), "{nowhere:?}");
    // A good bundle under a bad name is a good bundle.
    let odd = the.folder.path().join(std::ffi::OsStr::from_bytes(b"\xff\x1b[31m.bundle"));
    fs::copy(&bundle, &odd).unwrap();
    assert_eq!(the.take(&odd).outcomes(), ["admitted"]);
    the.sound();
}

#[test]
fn an_answer_that_nobody_reads_harms_nothing() {
    let mut the = Box::new();
    let folder = the.folder.path().join("stick");
    the.seal_into(&folder, TERM, 2);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let status = the
        .kluis(["take", "--json"])
        .arg(&folder)
        .stdout(full)
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1), "an answer that could not be written was called done");
    assert_eq!(the.take(&folder).outcomes(), ["already-here", "already-here"]);
    the.sound();
}
