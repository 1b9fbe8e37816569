//! Documents made by hand, and a look at the pictures of them.

use std::io::Write;

/// A PDF of one page of A4 with this content, and more objects from number 6 on.
pub(crate) fn pdf(content: &str, more: &[Vec<u8>]) -> Vec<u8> {
    pdf_of(content.as_bytes(), "", more)
}

pub(crate) fn pdf_of(content: &[u8], filter: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let embedded = if more.is_empty() { "" } else { " /AF [6 0 R]" };
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R{embedded} >>").into_bytes(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        stream(filter, content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ];
    objects.extend_from_slice(more);
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = String::new();
    for (object, number) in objects.iter().zip(1..) {
        table += &format!("{:010} 00000 n \n", file.len());
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let (start, count) = (file.len(), objects.len() + 1);
    let end = format!(
        "xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.extend_from_slice(end.as_bytes());
    file
}

pub(crate) fn stream(entries: &str, bytes: &[u8]) -> Vec<u8> {
    [format!("<< /Length {}{entries} >>\nstream\n", bytes.len()).as_bytes(), bytes, b"\nendstream"].concat()
}

/// A PDF whose embedded invoice is this deflated stream.
pub(crate) fn pdf_with_xml(deflated: &[u8]) -> Vec<u8> {
    let specification = b"<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /EF << /F 7 0 R >> >>";
    pdf("", &[specification.to_vec(), stream(" /Type /EmbeddedFile /Filter /FlateDecode", deflated)])
}

pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// So many zeros (a multiple of a MiB), deflated without ever being there: each MiB ends in a flush
/// to a byte, so they are all alike.
pub(crate) fn zeros(count: u64) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let mebibyte = vec![0; 1 << 20];
    let mut ends = Vec::new();
    for _ in 0..3 {
        encoder.write_all(&mebibyte).unwrap();
        encoder.flush().unwrap();
        ends.push(encoder.get_ref().len());
    }
    let begun = encoder.finish().unwrap();
    let one = &begun[ends[1]..ends[2]];
    let mut all = begun[..ends[0]].to_vec();
    for _ in 1..count >> 20 {
        all.extend_from_slice(one);
    }
    // An empty last block, and the Adler-32 of so many zeros.
    all.extend_from_slice(&[0x03, 0x00]);
    all.extend_from_slice(&(((count % 65_521) as u32) << 16 | 1).to_be_bytes());
    all
}

pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pixels: Vec<u8>,
}

impl Picture {
    pub(crate) fn of(png: &[u8]) -> Self {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(frame.color_type, png::ColorType::Rgb);
        Self { width: frame.width, height: frame.height, pixels }
    }

    /// The share of pixels that are darker than grey.
    pub(crate) fn dark(&self) -> f64 {
        let dark = self.pixels.chunks_exact(3).filter(|rgb| rgb.iter().all(|side| *side < 128)).count();
        dark as f64 / f64::from(self.width * self.height)
    }
}
