//! Any bytes as each type that we read out of CBOR: what is read re-encodes to the same bytes.
#![no_main]

use factuurkluis::exchange::bundle::{
    BoxCard, CertificateV1, CertificateV2, Header, InvoiceLeaf, Proof, SenderCard, StreamLeaf, cbor,
};
use factuurkluis::exchange::invoice::Record;
use factuurkluis::exchange::journal::Event;
use libfuzzer_sys::fuzz_target;

const LIMIT: usize = 1 << 20;

macro_rules! each {
    ($data:ident: $($type:ty),*) => { $(
        if let Ok(value) = cbor::decode::<$type>($data, LIMIT) {
            assert_eq!(cbor::encode(&value), $data);
        }
    )* };
}

fuzz_target!(|data: &[u8]| {
    each!(data: Header, BoxCard, SenderCard, CertificateV1, CertificateV2, StreamLeaf, InvoiceLeaf, Record, Event);
    if let Ok(proof) = Proof::parse(data) {
        assert_eq!(proof.to_bytes(), data);
        let _ = proof.verify();
    }
});
