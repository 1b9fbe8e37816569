//! What is said and shown: headings, sentences, bars, and the wait for Enter.

use std::borrow::Cow;
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Options, Refused};
use crate::support::words::{self, Language};

/// Columns of a sentence.
const COLUMNS: usize = 78;
/// How often the wait for Enter looks whether it was stopped.
const GLANCE: Duration = Duration::from_millis(100);

/// A message's variables.
pub(super) type Fields<'a> = Vec<(&'a str, Cow<'a, str>)>;

/// A message's variables, from texts.
pub(super) fn fields<'a>(fields: &[(&'a str, &'a str)]) -> Fields<'a> {
    fields.iter().map(|(name, value)| (*name, Cow::Borrowed(*value))).collect()
}

/// Where the show is given.
pub(super) struct Stage<'a> {
    out: &'a mut dyn Write,
    language: Language,
    /// Whether a person looks at it: then there are colours, bars and a wait for Enter.
    watched: bool,
    enter: Option<Receiver<()>>,
    stop: Arc<AtomicBool>,
    scene: u32,
}

impl<'a> Stage<'a> {
    /// A stage that writes to `out`; `watched` if that is a terminal.
    pub(super) fn new(
        out: &'a mut dyn Write,
        watched: bool,
        options: &Options,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let enter = (options.wait && watched && io::stdin().is_terminal()).then(enters);
        Self { out, language: options.language, watched, enter, stop, scene: 0 }
    }

    /// The language that is spoken.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// Whether somebody pressed Ctrl-C.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Who does not read any more is not told any more, and the show goes on.
    fn write(&mut self, text: &str) {
        let _ = writeln!(self.out, "{text}");
        let _ = self.out.flush();
    }

    /// The show's name.
    pub(super) fn title(&mut self, name: &str) {
        let text = words::text(self.language, name);
        let line = "═".repeat(text.chars().count());
        self.write(&format!("\n{}\n{line}", self.bold(&text)));
    }

    /// A scene's name, with its number.
    pub(super) fn heading(&mut self, name: &str) {
        self.scene += 1;
        let text = format!("{}. {}", self.scene, words::text(self.language, name));
        self.write(&format!("\n{}", self.bold(&text)));
    }

    fn bold(&self, text: &str) -> String {
        if self.watched { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A sentence or more.
    pub(super) fn say(&mut self, name: &str, fields: &[(&str, Cow<'_, str>)]) {
        let text = words::message(self.language, name, fields);
        self.write(&wrapped(&text, COLUMNS, "  "));
    }

    /// A sentence that a room has made.
    pub(super) fn quote(&mut self, text: &str) {
        self.write(&wrapped(text, COLUMNS - 4, "      "));
    }

    /// A line as it is: a fingerprint, a file, an address.
    pub(super) fn line(&mut self, text: &str) {
        self.write(&format!("      {text}"));
    }

    /// A bar up to `total`, called `name`. Nothing is drawn where nobody looks.
    pub(super) fn bar(&self, name: &str, total: u64) -> ProgressBar {
        if !self.watched {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("      {msg:24} {wide_bar} {percent:>3} %");
        let style = style.expect("the template above is of the form");
        ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(15))
            .with_style(style)
            .with_message(words::text(self.language, name))
    }

    /// Waits for Enter, if there is somebody to press it.
    ///
    /// # Errors
    /// [`Refused::Stopped`].
    pub(super) fn wait_for_enter(&mut self, name: &str) -> Result<(), Refused> {
        if self.is_stopped() {
            return Err(Refused::Stopped);
        }
        if self.enter.is_none() {
            return Ok(());
        }
        let text = format!("\n  ▶ {}", words::text(self.language, name));
        self.write(&self.bold(&text));
        while let Some(enter) = &self.enter {
            match enter.recv_timeout(GLANCE) {
                Ok(()) => break,
                // Nobody can press it any more.
                Err(RecvTimeoutError::Disconnected) => self.enter = None,
                Err(RecvTimeoutError::Timeout) if self.is_stopped() => return Err(Refused::Stopped),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        Ok(())
    }
}

/// Every Enter on stdin. The thread that reads it ends with the program: a read cannot be called back.
fn enters() -> Receiver<()> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            if line.is_err() || sender.send(()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// `text` in lines of at most `columns` characters, each after `indent`; a longer word stands alone.
fn wrapped(text: &str, columns: usize, indent: &str) -> String {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > columns {
                lines.push(format!("{indent}{line}"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line += word;
        }
        lines.push(format!("{indent}{line}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_wrapped_between_words() {
        assert_eq!(wrapped("one two three", 7, "  "), "  one two\n  three");
        assert_eq!(wrapped("unbreakable yes", 5, ""), "unbreakable\nyes");
    }
}
