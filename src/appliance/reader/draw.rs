//! The console's side of drawing: a document goes out, pixels come back and become PNG here, so that
//! no byte that a hostile document had a hand in reaches the browser unread.

use std::io::Write;
use std::time::Duration;

use super::frames::{Answer, Order};
use super::refusal::ReaderRefusal;
use crate::appliance::cage::{Kind, Lost, Patience, Pipe, Process, Started, start};
use crate::exchange::invoice::LONGEST_DOCUMENT;

/// The most pixels of a picture: a page of A4 at 1,680 pixels across. A page that would be larger is
/// drawn smaller.
pub const MOST_PIXELS: u32 = 4 << 20;
/// How long one page may take.
const PAGE_WITHIN: Duration = Duration::from_secs(10);

/// How many pages a PDF has.
///
/// # Errors
/// [`ReaderRefusal`]; [`ReaderRefusal::NotAPdf`] too for one that is above 64 MiB.
pub fn pdf_pages(document: &[u8]) -> Result<u32, ReaderRefusal> {
    ask(document, 0, 1, |answer, _, _| match answer {
        Answer::Pages { pages } => Ok(pages),
        _ => Err(Lost::Nonsense),
    })
}

/// Draws a page, counted from 1, `width` pixels across (200 to 2,400, and less where the page would
/// have more than [`MOST_PIXELS`]): a PNG.
///
/// # Errors
/// [`ReaderRefusal`]; [`ReaderRefusal::NotAPdf`] too for one that is above 64 MiB.
pub fn draw_pdf(document: &[u8], page: u32, width: u32) -> Result<Vec<u8>, ReaderRefusal> {
    if page == 0 {
        return Err(ReaderRefusal::NoSuchPage { page, pages: pdf_pages(document)? });
    }
    let width = width.clamp(200, 2_400);
    let (width, height, pixels) = ask(document, page, width, |answer, answers, patience| match answer {
        Answer::Drawn { width: w, height: h } if w <= width && w.checked_mul(h).is_some_and(fits) => {
            let mut pixels = vec![0; w as usize * h as usize * 3];
            answers.fill(&mut pixels, patience)?;
            Ok((w, h, pixels))
        }
        _ => Err(Lost::Nonsense),
    })?;
    png(width, height, &pixels).map_err(|_| ReaderRefusal::Protocol)
}

fn fits(pixels: u32) -> bool {
    (1..=MOST_PIXELS).contains(&pixels)
}

/// Hands a document to a fresh process and reads its one answer.
fn ask<T>(
    document: &[u8],
    page: u32,
    width: u32,
    read: impl FnOnce(Answer, &mut Pipe, &mut Patience) -> Result<T, Lost>,
) -> Result<T, ReaderRefusal> {
    if document.len() > LONGEST_DOCUMENT {
        return Err(ReaderRefusal::NotAPdf);
    }
    let Started { process, mut given, mut answers } = start(Kind::Draw, None)?;
    let order = Order { page, width, document: document.len() };
    let mut patience = Patience::of(PAGE_WITHIN, PAGE_WITHIN);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A process that does not take it all is found out below.
            let _ = given.write_all(&order.bytes()).and_then(|()| given.write_all(document));
        });
        let answer = match Answer::next(&mut answers, &mut patience) {
            Ok(Answer::NotAPdf) => Err(ReaderRefusal::NotAPdf),
            Ok(Answer::NoSuchPage { pages }) => Err(ReaderRefusal::NoSuchPage { page, pages }),
            Ok(answer) => read(answer, &mut answers, &mut patience).map_err(|lost| lost_at(&process, lost)),
            Err(lost) => Err(lost_at(&process, lost)),
        };
        // Ended before the scope is: the thread that writes comes back by it.
        process.end();
        answer
    })
}

fn lost_at(process: &Process, lost: Lost) -> ReaderRefusal {
    match process.fault(lost) {
        Some(reason) => ReaderRefusal::NotDrawn { reason },
        None => ReaderRefusal::Protocol,
    }
}

fn png(width: u32, height: u32, pixels: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}
