//! Checks one time token.

use std::io::{self, Read, Write};

use crate::appliance::reader::frames::{Answer, PINS_LIMIT, Question, read_into};
use crate::exchange::bundle::cbor;
use crate::exchange::time::{Pin, Token};

pub(super) fn serve(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let question = Question::read(from)?;
    let (mut pins, mut file) = (Vec::new(), Vec::new());
    read_into(from, question.pins, &mut pins)?;
    read_into(from, question.file, &mut file)?;
    let pins: Vec<Pin> = cbor::decode(&pins, PINS_LIMIT).map_err(|_| io::ErrorKind::InvalidData)?;
    match Token::open(&file) {
        Ok(token) => {
            let response = token.response().len() as u32;
            Answer::Token { response, verdict: token.verify(&pins) }.write(to)
        }
        Err(refusal) => Answer::NoToken(refusal).write(to),
    }
}
