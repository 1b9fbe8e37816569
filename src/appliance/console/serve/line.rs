//! What the console shows of the one-way line.

use super::super::pages::line::{FileLine, LinePart};
use super::super::pages::receipts::HeardLine;
use super::Asked;
use super::stick::tone;
use crate::appliance::keeper::{ArrivingView, HeardView, SenderStanding};
use crate::support::words;

impl Asked<'_> {
    /// The line; none where the box does not listen.
    pub(super) fn line_part(&self) -> Option<LinePart> {
        let language = self.say.0;
        let line = self.keeper().line_view()?;
        let heard = self.keeper().heard();
        let mut senders = self.keeper().senders();
        senders.retain(|one| one.last.is_none() && one.standing != SenderStanding::Blocked);
        let shops = senders.into_iter().map(|one| {
            let heard = heard.iter().find(|heard| heard.stream == one.stream);
            (one.name, heard.map(|heard| self.heard_line(heard)))
        });
        let lately = line.lately.iter().map(|came| {
            let at = words::moment(language, came.at);
            let fields = [("at", &*at), ("what", &came.outcome.say(&came.file, language))];
            (tone(&came.outcome), self.say.with("console-line-came", &fields))
        });
        Some(LinePart {
            trouble: line.deaths.1.clone(),
            arriving: line.arriving.iter().map(|file| self.file_line(file)).collect(),
            shops: shops.collect(),
            lately: lately.collect(),
        })
    }

    fn file_line(&self, file: &ArrivingView) -> FileLine {
        FileLine {
            what: file.what(self.say.0),
            bytes: (file.here, file.bytes),
            since: words::moment(self.say.0, file.since),
            rest: file.rest(self.say.0),
            coming: file.coming,
        }
    }

    /// When a shop was heard, and what of it is not here.
    pub(super) fn heard_line(&self, heard: &HeardView) -> HeardLine {
        HeardLine {
            at: words::moment(self.say.0, heard.at),
            silent: heard.silent,
            last: heard.last.0,
            missing: heard.missing.iter().map(|number| number.0).collect(),
            awaited: heard.awaited.iter().map(|number| number.0).collect(),
        }
    }
}
