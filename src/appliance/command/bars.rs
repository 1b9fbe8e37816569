//! Progress bars, on a terminal only.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;

/// A bar for each file that is on its way, on a terminal only.
pub(super) struct Bars {
    all: MultiProgress,
    bars: Mutex<BTreeMap<String, ProgressBar>>,
    shown: bool,
}

impl Bars {
    pub(super) fn new(json: bool) -> Self {
        let shown = !json && std::io::stderr().is_terminal();
        Self { all: MultiProgress::new(), bars: Mutex::default(), shown }
    }

    pub(super) fn tell(&self, told: &Value) {
        if !self.shown {
            return;
        }
        let (Some(file), Some(done), Some(total)) =
            (told["file"].as_str(), told["done"].as_u64(), told["total"].as_u64())
        else {
            return;
        };
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars.entry(file.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{prefix:30!} {wide_bar} {percent:>3}% {eta:>4}");
            let bar = self.all.add(ProgressBar::new(total));
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(file.to_owned());
            bar
        });
        bar.set_position(done);
        if done >= total {
            bar.finish();
        }
    }

    pub(super) fn clear(&self) {
        let _ = self.all.clear();
    }
}
