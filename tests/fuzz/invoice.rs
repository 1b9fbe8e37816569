//! What holds for any bytes that are read as an invoice, shared by two targets.

use factuurkluis::exchange::bundle::cbor;
use factuurkluis::exchange::invoice::{Hints, Record, compare, read};

/// Reads a document; what is read is read the same again, is CBOR with one form, and agrees with its own
/// document when the box looks at it.
pub fn check(document: &[u8], sidecar: Option<&[u8]>) {
    let hints = Hints { seller_country: Some("NL".parse().expect("a country")), class: None };
    let Ok(reading) = read(document, sidecar, &hints) else { return };
    assert_eq!(read(document, sidecar, &hints).as_ref(), Ok(&reading));

    let encoded = cbor::encode(&reading.record);
    let again: Record = cbor::decode(&encoded, 16 << 20).expect("what we write is read");
    assert_eq!(again, reading.record);

    if sidecar.is_none() {
        let compared = compare(&reading.record, document, reading.syntax.media_type());
        assert!(compared.is_ok(), "{compared:?}");
    }
}
