//! Any bytes as a stick with partitions. A GPT's checksums are put right unless the first bit says otherwise.
#![no_main]
#[path = "../stick.rs"]
mod stick;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, image)) = bytes.split_first() else { return };
    let mut image = image.to_vec();
    let last = (image.len() / 512).saturating_sub(1);
    if first & 1 == 0 {
        for number in [1, last] {
            header(&mut image, number);
        }
    }
    stick::check(&image, false);
});

fn header(image: &mut [u8], number: usize) {
    let Some(header) = image.get(number * 512..(number + 1) * 512) else { return };
    let word = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().expect("four")) as usize;
    let (list, count, each, length) = (word(72), word(80), word(84), word(12));
    let entries = list.checked_mul(512).zip(count.checked_mul(each));
    let sum =
        entries.and_then(|(from, bytes)| image.get(from..from.checked_add(bytes)?)).map(crc32fast::hash);
    let header = &mut image[number * 512..(number + 1) * 512];
    if let Some(sum) = sum {
        header[88..92].copy_from_slice(&sum.to_le_bytes());
    }
    header[24..32].copy_from_slice(&(number as u64).to_le_bytes());
    header[16..20].fill(0);
    if let Some(summed) = header.get(..length) {
        let sum = crc32fast::hash(summed);
        header[16..20].copy_from_slice(&sum.to_le_bytes());
    }
}
