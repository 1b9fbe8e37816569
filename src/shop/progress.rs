//! Bars on the terminal while a sealing runs; nothing where stderr is no terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Progress;
use super::push::Pushing;
use crate::support::words::{self, Language};

/// One bar at a time: first for the files, then for each bundle.
pub struct Bars {
    language: Language,
    bar: ProgressBar,
    /// The bundle that the bar is for; none while files are read.
    bundle: Option<u64>,
    /// The file that is pushed, and the pass.
    pushing: Option<(String, u32)>,
}

impl Bars {
    /// Bars with words in `language`.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, bar: ProgressBar::hidden(), bundle: None, pushing: None }
    }

    /// Shows how far it is.
    pub fn show(&mut self, progress: Progress) {
        match progress {
            Progress::Reading { done, of } => {
                if self.bundle.take().is_some() || self.bar.length() != Some(of as u64) {
                    let what = words::text(self.language, "shop-progress-reading");
                    self.begin(of as u64, what, "{msg} {wide_bar} {human_pos}/{human_len}");
                }
                self.bar.set_position(done as u64);
            }
            Progress::Sealing { number, done, of } => {
                if self.bundle != Some(number.0) {
                    let fields = [("number", number.to_string().into())];
                    let what = words::message(self.language, "shop-progress-sealing", &fields);
                    self.begin(of, what, "{msg} {wide_bar} {bytes}/{total_bytes} {eta}");
                    self.bundle = Some(number.0);
                }
                self.bar.set_position(done);
            }
        }
    }

    /// Shows how far a push is.
    pub fn show_push(&mut self, pushing: &Pushing) {
        if self.pushing.as_ref() != Some(&(pushing.name.clone(), pushing.pass)) {
            let fields = [("name", pushing.name.as_str().into()), ("pass", pushing.pass.to_string().into())];
            let what = words::message(self.language, "shop-progress-pushing", &fields);
            self.begin(pushing.of, what, "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
            self.pushing = Some((pushing.name.clone(), pushing.pass));
        }
        self.bar.set_position(pushing.done);
    }

    /// Clears away what is shown, so that a line can be printed.
    pub fn clear(&mut self) {
        self.bar.finish_and_clear();
        self.pushing = None;
    }

    fn begin(&mut self, of: u64, what: String, template: &str) {
        self.bar.finish_and_clear();
        let style = ProgressStyle::with_template(template).expect("the templates above are of the form");
        // stderr, at most ten times a second; hidden by itself where that is no terminal.
        self.bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr_with_hz(10))
            .with_style(style)
            .with_message(what);
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
