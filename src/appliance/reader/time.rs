//! Time tokens: a file of a stick's goes out, what it proves comes back.

use std::io::Write;
use std::time::Duration;

use super::frames::{Answer, Question};
use super::refusal::ReaderRefusal;
use crate::appliance::cage::{Kind, Patience, Started, plain, start};
use crate::exchange::bundle::cbor;
use crate::exchange::time::{Pin, TOKEN_LIMIT, TimeRefusal, Token, Verified};

/// How long one token may take.
const TOKEN_WITHIN: Duration = Duration::from_secs(10);

/// A token that a process took apart, and what it says of it.
#[derive(Debug)]
pub struct Checked<'a> {
    /// Its two parts.
    pub token: Token<'a>,
    /// What it proves, or why it does not hold.
    pub verdict: Result<Verified, TimeRefusal>,
}

/// Has a fresh process take a token's file apart and check it against the pinned authorities: no byte of it is
/// parsed here. That it is over a head of this box's journal is for whoever has the journal to see.
///
/// # Errors
/// [`ReaderRefusal`] where no process gave an answer; inside, why the file is no token.
pub fn check_token<'a>(
    file: &'a [u8],
    pins: &[Pin],
) -> Result<Result<Checked<'a>, TimeRefusal>, ReaderRefusal> {
    if file.len() > TOKEN_LIMIT {
        return Ok(Err(TimeRefusal::TooLong { limit: TOKEN_LIMIT }));
    }
    let pins = cbor::encode(&pins);
    let Started { process, mut given, mut answers } = start(Kind::Time, None)?;
    let question = Question { pins: pins.len(), file: file.len() };
    let mut patience = Patience::of(TOKEN_WITHIN, TOKEN_WITHIN);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A process that does not take it all is found out below.
            let all = [&question.bytes()[..], &pins, file].concat();
            let _ = given.write_all(&all);
        });
        let answer = match Answer::next(&mut answers, &mut patience) {
            Ok(Answer::Token { response, verdict }) => match Token::divided(file, response as usize) {
                Some(token) => Ok(Ok(Checked { token, verdict: verdict.map_err(cleaned) })),
                None => Err(ReaderRefusal::Protocol),
            },
            Ok(Answer::NoToken(refusal)) => Ok(Err(cleaned(refusal))),
            Ok(_) => Err(ReaderRefusal::Protocol),
            Err(lost) => Err(lost_at(process.fault(lost))),
        };
        // Ended before the scope is: the thread that writes comes back by it.
        process.end();
        answer
    })
}

fn lost_at(fault: Option<super::Fault>) -> ReaderRefusal {
    fault.map_or(ReaderRefusal::Protocol, |reason| ReaderRefusal::TokenUnread { reason })
}

/// Names and reasons are a stranger's text.
fn cleaned(refusal: TimeRefusal) -> TimeRefusal {
    use TimeRefusal as R;
    match refusal {
        R::Form { at } => R::Form { at: plain(&at) },
        R::NotGranted { status, reason } => R::NotGranted { status, reason: plain(&reason) },
        R::Algorithm { oid } => R::Algorithm { oid: plain(&oid) },
        R::NotForTime { authority } => R::NotForTime { authority: plain(&authority) },
        R::NotPinned { authority } => R::NotPinned { authority: plain(&authority) },
        R::ChainBad { authority, at } => R::ChainBad { authority: plain(&authority), at },
        other => other,
    }
}
