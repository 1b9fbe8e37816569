//! Reads a record and a document, compares, answers; until the pipe ends.

use std::io::{self, Read, Write};

use crate::appliance::cage::plain;
use crate::appliance::reader::frames::{Answer, Head, Media, read_into};
use crate::exchange::bundle::cbor;
use crate::exchange::bundle::header::LEAVES_LIMIT;
use crate::exchange::invoice::{self, Compared, Mismatch, Record};

/// A buffer that has grown beyond this is given back after its document.
const KEPT_BUFFER: usize = 1 << 20;

pub(super) fn serve(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let (mut record, mut document) = (Vec::new(), Vec::new());
    while let Some(head) = Head::read(from)? {
        read_into(from, head.record, &mut record)?;
        read_into(from, head.document, &mut document)?;
        let stated = cbor::decode(&record, LEAVES_LIMIT).map_err(|_| io::ErrorKind::InvalidData)?;
        answer(&stated, &document, head.media).write(to)?;
        for buffer in [&mut record, &mut document] {
            if buffer.capacity() > KEPT_BUFFER {
                *buffer = Vec::new();
            }
        }
    }
    Ok(())
}

fn answer(stated: &Record, document: &[u8], media: Media) -> Answer {
    match invoice::compare(stated, document, media.media_type()) {
        Ok(Compared::Agrees(_)) => Answer::Agrees,
        Ok(Compared::OnTheSendersWord) => Answer::OnTheSendersWord,
        Err(Mismatch::Differs { field, stated, document }) => Answer::Differs {
            field: field.word().to_owned(),
            record: plain(&stated),
            document: plain(&document),
        },
        Err(Mismatch::Media { stated, found }) => {
            Answer::MediaType { record: plain(&stated), document: plain(&found) }
        }
        Err(Mismatch::Unreadable { code, reason }) => Answer::Unreadable { code, reason: plain(&reason) },
    }
}
