//! Any bytes as what is inside a bundle that its sender signed: first as one leaf, then as a whole payload
//! behind a header that fits it. What is read as a leaf re-encodes to the same bytes; documents that come
//! out are those whose digests the leaves have.
#![no_main]
#[path = "../common.rs"]
#[allow(dead_code)]
mod common;

use std::io::{Cursor, Write};

use factuurkluis::exchange::bundle::statement::Statement;
use factuurkluis::exchange::bundle::{
    BundleRefusal, Header, InvoiceLeaf, Measured, Piece, Sealed, StreamLeaf, cbor, labels,
};
use factuurkluis::exchange::journal::Tree;
use factuurkluis::exchange::vocabulary::Digest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(leaf) = StreamLeaf::parse(data, common::PLACE) {
        assert_eq!(cbor::encode(&leaf), data);
    }
    if let Ok(leaf) = InvoiceLeaf::parse(data, common::PLACE) {
        assert_eq!(cbor::encode(&leaf), data);
    }
    if let Some((leaves, root)) = split(data) {
        payload(data, leaves, root);
    }
});

/// As many leaves as `data` has before it cannot be split any more, and their root.
fn split(data: &[u8]) -> Option<(u32, Digest)> {
    let mut tree = Tree::default();
    let mut rest = data;
    // The first byte of a document would be a length: a few leaves are enough, and cheap.
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let Some((leaf, after)) = after.split_at_checked(u32::from_be_bytes(*length) as usize) else { break };
        if tree.size() == 8 || StreamLeaf::parse(leaf, common::PLACE).is_err() && tree.size() == 0 {
            break;
        }
        tree.push(leaf);
        rest = after;
    }
    (tree.size() >= 2).then(|| (tree.size() as u32, tree.root()))
}

fn payload(data: &[u8], leaves: u32, root: Digest) {
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&common::term().recipient() as _))
        .expect("one recipient");
    let mut age = Vec::new();
    let mut writer = encryptor.wrap_output(&mut age).expect("memory");
    writer.write_all(data).expect("memory");
    writer.finish().expect("memory");

    let model = common::bundle(&[b"x"]);
    let mut header: Header = Sealed::read(&mut model.as_slice()).expect("ours").claimed().clone();
    (header.leaves, header.root) = (leaves, root);
    (header.length, header.sha256) = (age.len() as u64, Digest::of(&age));
    let bundle = [Statement::sign(labels::BUNDLE, header, &common::key()).to_bytes(), age].concat();

    let mut input = bundle.as_slice();
    let sealed = Sealed::read(&mut input).expect("ours").authenticate(common::public()).expect("ours");
    let measured = Measured::while_copying(&mut input, &mut std::io::sink()).expect("memory");
    let opened = sealed.intact(measured).expect("ours").open(Cursor::new(&bundle), &common::term());
    let Ok(mut opened) = opened else { return };
    let mut documents = Vec::new();
    let read = opened.documents::<BundleRefusal>(|piece| {
        match piece {
            Piece::Begin { index, invoice, .. } => {
                documents.push((invoice.documents[index].clone(), Vec::new()))
            }
            Piece::Bytes(bytes) => documents.last_mut().expect("begun").1.extend_from_slice(bytes),
            Piece::End => {}
        }
        Ok(())
    });
    if read.is_ok() {
        for (promised, bytes) in &documents {
            assert_eq!((bytes.len() as u64, Digest::of(bytes)), (promised.length, promised.sha256));
        }
        let all: Vec<u8> = documents.into_iter().flat_map(|(_, bytes)| bytes).collect();
        assert!(data.ends_with(&all));
    }
}
