//! Any bytes as what the airlock's caged processes say, read as the box reads them: the one at a stick, or the two of
//! the one-way push. What is taken is whole, clean and within its bounds (`airlock::lies` has the promises).
#![no_main]

use factuurkluis::appliance::airlock::{lies, push};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, words)) = bytes.split_first() else { return };
    if first & 1 == 0 {
        // A stick of a few sectors up to one of four GiB.
        lies::at_a_stick(words, 4_096 << (first >> 2 & 0x14), 1_300);
    } else {
        push::lies::on_the_line(words);
    }
});
