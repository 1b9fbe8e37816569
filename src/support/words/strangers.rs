//! What strangers wrote: names of files, values out of documents, reasons that a process gives.

/// Whether a character must not stand as it is in what people are shown: it steers a terminal, ends a line, or
/// turns the direction of writing, so that `exe.bundle` could be read for another name.
#[must_use]
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

/// A stranger's text with `\u{fffd}` in the place of what [`steers`].
#[must_use]
pub fn unsteered(text: &str) -> String {
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The format characters of Unicode 17's `Bidi_Control` and its two separators of lines.
    const TURN: &str = "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";

    #[test]
    fn no_strangers_text_steers_a_terminal_or_turns_the_writing() {
        for c in TURN.chars().chain(['\u{1b}', '\n', '\u{7f}', '\u{9b}']) {
            assert_eq!(unsteered(&format!("in{c}voice.bundle")), "in\u{fffd}voice.bundle", "{c:?}");
        }
        assert_eq!(unsteered("Zoë 🧾 Ωmega.bundle"), "Zoë 🧾 Ωmega.bundle");
    }
}
