//! What is promised of whatever the two processes say, asked of bytes as if they came out of their pipes: for the tests
//! here and for the fuzz target `told`, not in the product.

use std::collections::BTreeSet;
use std::time::Duration;

use ed25519_dalek::{Signer as _, SigningKey};

use super::book::Book;
use super::frames::{MESSAGE_LIMIT, Message};
use crate::appliance::cage::{Patience, Pipe};
#[cfg(fuzzing)]
use crate::exchange::push::Session;
use crate::exchange::vocabulary::PublicKey;

/// Nobody is waited for: the pipe has an end.
const SOON: Duration = Duration::from_secs(5);

/// The two processes of the one-way push say this: before each message a byte, odd where it is the one that joins.
/// Manifests and heartbeats are signed anew by an enrolled sender where the byte's second bit says so.
pub fn on_the_line(bytes: &[u8]) {
    let signing = SigningKey::from_bytes(&[5; 32]);
    let senders = [PublicKey(signing.verifying_key().to_bytes())];
    let (mut pipe, mut patience) = (Pipe::saying(bytes), Patience::of(SOON, SOON));
    let mut book = Book::new(std::path::PathBuf::new(), Vec::new());
    let mut in_hand = BTreeSet::new();
    let mut who = [0];
    while pipe.fill(&mut who, &mut patience).is_ok() {
        let Ok(mut body) = pipe.message(MESSAGE_LIMIT, &mut patience) else { return };
        if who[0] & 2 != 0
            && matches!(body.first(), Some(8 | 9))
            && let Some(front) = body.len().checked_sub(64).filter(|front| *front >= 1)
        {
            let signature = signing.sign(&body[1..front]).to_bytes();
            body[front..].copy_from_slice(&signature);
        }
        let Some(message) = Message::parse(&body) else { return };
        assert_eq!(message.to_bytes(), body, "what is read is what was said");
        let then = if who[0] & 1 == 0 {
            book.said_by_hearing(message, &senders, true)
        } else {
            book.said_by_joining(message)
        };
        let Some(then) = then else { return };
        book.check(&senders, &then, &mut in_hand);
    }
}

/// What honest ones say, to begin from.
#[cfg(fuzzing)]
#[must_use]
pub fn honest() -> Vec<u8> {
    let session = Session([7; 16]);
    let line = [
        (0, Message::Ready(session, 0)),
        (0, Message::Ready(session, 1)),
        (1, Message::Done(session, 0)),
        (0, Message::Progress(session, 1, 1)),
        (1, Message::More(session, 1)),
        (0, Message::Opened(vec![1; 200])),
        (1, Message::Finished(session)),
    ];
    let line = line.into_iter().flat_map(|(who, message)| {
        let body = message.to_bytes();
        [&[who][..], &(body.len() as u16).to_be_bytes(), &body].concat()
    });
    line.collect()
}
