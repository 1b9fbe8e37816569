//! Any bytes as a datagram of the one-way push, whatever the receiver knows of its session. What opens is what our
//! key seals again to the same bytes; a datagram of another length is dropped for that, and none is believed whose
//! MAC does not hold.
#![no_main]
#[path = "../common.rs"]
#[allow(dead_code)]
mod common;

use factuurkluis::exchange::push::{DatagramKey, Dropped, Head, Kind, Known, Opened, Session, Size};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let key = DatagramKey::of(&common::receipt_key());
    let geometry = common::manifest().geometry;
    let ours = key.session(session_of(data));
    for known in [Known::Stranger, Known::Done, Known::Open(geometry, &ours)] {
        match key.open(data, |_| known) {
            Err(dropped) => assert_eq!(dropped == Dropped::Length, Size::of_datagram(data.len()).is_none()),
            Ok(opened) => {
                let (head, body) = match opened {
                    Opened::Symbol(head, body) => {
                        assert!(head.block < geometry.blocks() && body.len() == geometry.size().symbol());
                        (head, body)
                    }
                    Opened::Message(head, body) => (head, body),
                    Opened::Empty => {
                        (Head { session: session_of(data), kind: Kind::Empty, block: 0, symbol: 0 }, &data[32..data.len() - 16])
                    }
                };
                let mut again = vec![0; data.len()];
                key.session(head.session).seal(&head, body, &mut again);
                assert!(again == data || head.kind == Kind::Empty);
            }
        }
    }
});

/// What stands where a datagram says its session.
fn session_of(data: &[u8]) -> Session {
    Session(data.get(8..24).map_or([0; 16], |session| session.try_into().expect("sixteen bytes")))
}
