//! Any bytes as a stick with exFAT. The checksums, which a fuzzer cannot guess, are put right unless the first
//! bit says otherwise.
#![no_main]
#[path = "../stick.rs"]
mod stick;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, image)) = bytes.split_first() else { return };
    let mut image = image.to_vec();
    if first & 1 == 0 {
        boot(&mut image);
        sets(&mut image);
    }
    // A bitmap may say that a file's clusters are free: then a write may well change it.
    stick::check(&image, false);
});

/// The checksum of the boot region, in sectors of the size that it states.
fn boot(image: &mut [u8]) {
    let shift = image.get(108).copied().unwrap_or(0);
    if !(9..=12).contains(&shift) || image.len() < 12 << shift {
        return;
    }
    let summed = image[..11 << shift].iter().enumerate().filter(|(at, _)| ![106, 107, 112].contains(at));
    let sum = summed.fold(0_u32, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u32::from(*byte)));
    image[11 << shift..12 << shift].chunks_mut(4).for_each(|four| four.copy_from_slice(&sum.to_le_bytes()));
}

/// The checksum of whatever may be a set of entries.
fn sets(image: &mut [u8]) {
    for at in (24 * 512..image.len()).step_by(32) {
        let end = at + 32 * (usize::from(*image.get(at + 1).unwrap_or(&0)) + 1);
        if image[at] != 0x85 || end > image.len() {
            continue;
        }
        let summed = image[at..end].iter().enumerate().filter(|(at, _)| ![2, 3].contains(at));
        let sum = summed.fold(0_u16, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u16::from(*byte)));
        image[at + 2..at + 4].copy_from_slice(&sum.to_le_bytes());
    }
}
