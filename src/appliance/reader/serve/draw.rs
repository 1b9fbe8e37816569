//! Draws one page of a PDF to pixels, or counts the pages.

use std::io::{self, Read, Write};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

use crate::appliance::reader::draw::MOST_PIXELS;
use crate::appliance::reader::frames::{Answer, Order, read_into};

pub(super) fn serve(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let order = Order::read(from)?;
    let mut document = Vec::new();
    read_into(from, order.document, &mut document)?;
    let Ok(pdf) = Pdf::new(document) else { return Answer::NotAPdf.write(to) };
    let pages = u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX);
    if order.page == 0 {
        return Answer::Pages { pages }.write(to);
    }
    let Some(page) = pdf.pages().get(order.page as usize - 1) else {
        return Answer::NoSuchPage { pages }.write(to);
    };
    let (width, height) = page.render_dimensions();
    let Some(scale) = scale(width, height, order.width) else { return Answer::NotAPdf.write(to) };
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let interpreter = InterpreterSettings::default();
    let pixmap = render(page, &RenderCache::new(), &interpreter, &RenderSettings::default(), &settings);
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    Answer::Drawn { width, height }.write(to)?;
    to.write_all(&pixels(&pixmap))?;
    to.flush()
}

/// How much to enlarge a page of these points so that it is `pixels` wide and has no more than
/// [`MOST_PIXELS`]; `None` for a page without a size, or one that is a line.
fn scale(width: f32, height: f32, pixels: u32) -> Option<f32> {
    let sound = |side: f32| side.is_finite() && side >= 1.0;
    if !sound(width) || !sound(height) {
        return None;
    }
    let (width, height) = (f64::from(width), f64::from(height));
    let wide = f64::from(pixels) / width;
    let small = (f64::from(MOST_PIXELS) / (width * height)).sqrt();
    let scale = wide.min(small);
    // Neither side may vanish or pass what a picture may be across.
    let fits = |side: f64| (1.0..=f64::from(u16::MAX)).contains(&(side * scale));
    (fits(width) && fits(height)).then_some(scale as f32)
}

/// RGB, without the transparency: the ground is white.
fn pixels(pixmap: &Pixmap) -> Vec<u8> {
    pixmap.data_as_u8_slice().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_page_is_drawn_larger_than_a_picture_may_be(
            width: f32, height: f32, pixels in 1_u32..=2_400
        ) {
            if let Some(scale) = scale(width, height, pixels) {
                let (w, h) = ((width * scale) as u64, (height * scale) as u64);
                prop_assert!(w <= u64::from(pixels) && h <= u64::from(u16::MAX), "{w} x {h}");
                prop_assert!(w * h <= u64::from(MOST_PIXELS));
            }
        }
    }

    #[test]
    fn an_ordinary_page_is_as_wide_as_asked() {
        let scale = scale(595.0, 842.0, 1_000).unwrap();
        assert_eq!((595.0 * scale).round(), 1_000.0);
    }
}
