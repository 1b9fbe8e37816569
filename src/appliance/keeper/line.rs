//! What is said of the one-way line: which files are on their way, when each shop was last heard, and which
//! numbers were sealed and are not here.
//!
//! A number that a shop says it has sealed may be on its way: its file is being sent, or waits for the next
//! pass. It is called *missing*, for a person to do something, when it is known to be sealed for longer than two
//! heartbeats and ten minutes ([`Heard::patience`]: the same time after which silence is called silence) and
//! nothing of it has come for as long. Until then it is *awaited*.

use std::net::SocketAddr;
use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;

use super::{Came, Keeper, held};
use crate::appliance::airlock::push::{Arriving, Counts, Heard, Receiver};
use crate::appliance::archive::{SenderKnown, Streams};
use crate::exchange::push::FileKind;
use crate::exchange::vocabulary::{BundleNumber, PublicKey, StreamId};
use crate::support::words::{Language, message, moment, text};

/// Numbers that are named.
const NAMED: usize = 10;

/// When a shop was last heard, and what it has sealed that is not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeardView {
    /// The shop's name.
    pub shop: String,
    /// Its stream.
    pub stream: StreamId,
    /// When it was heard, by the box's clock.
    pub at: Timestamp,
    /// Whether it should have been heard again by now.
    pub silent: bool,
    /// The last number that it has sealed, as it says.
    pub last: BundleNumber,
    /// Numbers up to that one that are neither here nor replaced, and should be: the first of them.
    pub missing: Vec<BundleNumber>,
    /// Numbers that are neither here nor replaced, and may be on their way.
    pub awaited: Vec<BundleNumber>,
}

/// A file that is on its way.
#[derive(Clone, Debug, Serialize)]
pub struct ArrivingView {
    /// The shop's name; none of a card that a stranger sends.
    pub shop: Option<String>,
    /// What the file is: `bundle`, `tsr` or `card`.
    pub kind: &'static str,
    /// Of a bundle, its number.
    pub number: Option<BundleNumber>,
    /// Its length.
    pub bytes: u64,
    /// Bytes of it that are here.
    pub here: u64,
    /// Since when it is on its way.
    pub since: Timestamp,
    /// When something of it came last.
    pub last: Timestamp,
    /// Whether it is coming just now.
    pub coming: bool,
    /// About how many seconds it still takes; none where that cannot be said.
    pub seconds_left: Option<u64>,
}

impl ArrivingView {
    /// What it is, and whose.
    #[must_use]
    pub fn what(&self, language: Language) -> String {
        let Some(shop) = &self.shop else { return text(language, "keeper-line-strange") };
        let number = self.number.map(|number| number.to_string()).unwrap_or_default();
        let fields = [("shop", shop.into()), ("number", number.into())];
        message(language, &format!("keeper-line-of-{}", self.kind), &fields)
    }

    /// About how long it still takes, or what it waits for.
    #[must_use]
    pub fn rest(&self, language: Language) -> String {
        let about = |name: &str, count: u64| message(language, name, &[("count", count.to_string().into())]);
        match self.seconds_left {
            _ if self.here >= self.bytes => text(language, "keeper-line-checked"),
            None if self.coming => text(language, "keeper-line-begun"),
            None => {
                let at = moment(language, self.last);
                message(language, "keeper-line-waits", &[("at", at.into())])
            }
            Some(seconds) if seconds < 60 => text(language, "keeper-line-soon"),
            Some(seconds) if seconds < 5_400 => about("keeper-line-minutes", seconds.div_ceil(60)),
            Some(seconds) => about("keeper-line-hours", seconds.div_ceil(3_600)),
        }
    }
}

/// What the receiver is at.
#[derive(Clone, Debug)]
pub struct LineView {
    /// Where it listens.
    pub address: SocketAddr,
    /// Files that are on their way, the oldest first.
    pub arriving: Vec<ArrivingView>,
    /// What became of those that came since the box was started, the newest first; the last few.
    pub lately: Vec<Came>,
    /// Datagrams since its process was started.
    pub counts: Counts,
    /// How often a process of it died, and why none can be started.
    pub deaths: (u64, Option<String>),
}

impl Keeper {
    /// When each shop was last heard over the line.
    #[must_use]
    pub fn heard(&self) -> Vec<HeardView> {
        let (heard, arriving) = match &*held(&self.line.receiver) {
            Some(receiver) => (receiver.heard(), arriving(receiver)),
            None => return Vec::new(),
        };
        let streams = held(&self.streams);
        let now = Timestamp::now();
        let view = |heard: Heard| {
            let shop = self.shop_heard(&heard)?;
            Some(view_of(shop, &heard, &streams, &arriving, now))
        };
        let mut views: Vec<_> = heard.into_iter().filter_map(view).collect();
        views.sort_by(|one, other| (&one.shop, one.stream).cmp(&(&other.shop, other.stream)));
        views
    }

    /// The name of the shop whose heartbeat this is, if the stream in it is hers.
    fn shop_heard(&self, heard: &Heard) -> Option<String> {
        let beat = &heard.heartbeat;
        let hers = |known: &SenderKnown| {
            known.card.key == beat.key && known.card.stream == beat.stream && !known.blocked
        };
        self.sender(beat.sender, beat.stream).filter(hers).map(|known| known.card.name)
    }

    /// What the receiver is at; none where the box does not listen.
    #[must_use]
    pub fn line_view(&self) -> Option<LineView> {
        let clock = Instant::now();
        let (address, mut arriving, counts, deaths) = {
            let receiver = held(&self.line.receiver);
            let receiver = receiver.as_ref()?;
            (receiver.address(), arriving(receiver), receiver.counts(), receiver.deaths())
        };
        arriving.sort_by_key(|file| file.since);
        let view = |file: Arriving| ArrivingView {
            shop: self.shop_of(&file.manifest.key),
            kind: file.manifest.kind.extension(),
            number: (file.manifest.kind == FileKind::Bundle).then_some(file.manifest.number),
            bytes: file.manifest.geometry.length(),
            here: file.here(),
            since: file.since,
            last: file.last,
            coming: file.is_coming(clock),
            seconds_left: file.seconds_left(clock),
        };
        let arriving = arriving.into_iter().map(view).collect();
        let lately = held(&self.line.lately).iter().cloned().collect();
        Some(LineView { address, arriving, lately, counts, deaths })
    }

    fn shop_of(&self, key: &PublicKey) -> Option<String> {
        let senders = self.senders.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        senders.values().find(|known| known.card.key == *key).map(|known| known.card.name.clone())
    }
}

fn arriving(receiver: &Receiver) -> Vec<Arriving> {
    receiver.arriving().into_iter().map(|(_, arriving)| arriving).collect()
}

/// What is to be said of a shop at this time.
fn view_of(
    shop: String,
    heard: &Heard,
    streams: &Streams,
    arriving: &[Arriving],
    now: Timestamp,
) -> HeardView {
    let (beat, patience) = (&heard.heartbeat, heard.patience());
    let is_over = |since: Timestamp| now.duration_since(since) > patience;
    let is_coming = |number: BundleNumber| {
        arriving.iter().any(|file| {
            let manifest = &file.manifest;
            (manifest.stream, manifest.number) == (beat.stream, number) && !is_over(file.last)
        })
    };
    let absent = streams.missing_up_to(beat.stream, beat.last, NAMED);
    let (missing, awaited) = absent
        .into_iter()
        .partition(|number| is_over(heard.known_sealed_since(*number)) && !is_coming(*number));
    HeardView {
        shop,
        stream: beat.stream,
        at: heard.at,
        silent: is_over(heard.at),
        last: beat.last,
        missing,
        awaited,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;

    use super::*;
    use crate::appliance::archive::StreamHead;
    use crate::exchange::push::{Geometry, Heartbeat, Manifest, Session, Size};
    use crate::exchange::vocabulary::{Digest, SenderId};

    const SENDER: SenderId = SenderId([1; 16]);
    const STREAM: StreamId = StreamId([2; 16]);
    const KEY: PublicKey = PublicKey([3; 32]);

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_second(1_795_600_000 + 60 * minute).unwrap()
    }

    /// The heartbeats of these minutes, each with the last number that was sealed.
    fn heard(beats: &[(i64, u64)]) -> Heard {
        let mut heard = None;
        for (counter, (at, last)) in (1..).zip(beats) {
            let last = BundleNumber(*last);
            let beat =
                Heartbeat { key: KEY, sender: SENDER, stream: STREAM, counter, last, at: 0, every: 3_600 };
            heard = Some(Heard::now(beat, heard.as_ref(), minute(*at)));
        }
        heard.unwrap()
    }

    fn with(numbers: &[u64]) -> Streams {
        let mut streams = Streams::default();
        for number in numbers {
            streams.enter(StreamHead {
                stream: STREAM,
                number: BundleNumber(*number),
                header: Digest([4; 32]),
                replaces: None,
                term: String::new(),
                admitted_at: minute(0),
                entry: 0,
                sender: SENDER,
                invoices: 1,
                bytes: 1,
            });
        }
        streams
    }

    fn coming(number: u64, last: i64) -> Arriving {
        let manifest = Manifest {
            key: KEY,
            sender: SENDER,
            stream: STREAM,
            number: BundleNumber(number),
            begun: 1,
            kind: FileKind::Bundle,
            sha256: Digest([5; 32]),
            geometry: Geometry::new(1_000, Size::Usual, 1).unwrap(),
            most: 1,
        };
        Arriving::named(manifest, Path::new("/nowhere"), Session([6; 16]), minute(last))
    }

    /// Missing and awaited, and whether it is silent.
    fn said(heard: &Heard, here: &[u64], arriving: &[Arriving], now: i64) -> (Vec<u64>, Vec<u64>, bool) {
        let view = view_of("Webshop".to_owned(), heard, &with(here), arriving, minute(now));
        let numbers = |of: &[BundleNumber]| of.iter().map(|number| number.0).collect();
        (numbers(&view.missing), numbers(&view.awaited), view.silent)
    }

    #[test]
    fn what_was_sealed_just_now_is_awaited_for_two_heartbeats_and_ten_minutes_and_missing_then() {
        let heard = heard(&[(0, 2), (60, 3), (120, 3)]);
        assert_eq!(said(&heard, &[1, 2], &[], 60), (vec![], vec![3], false));
        assert_eq!(said(&heard, &[1, 2], &[], 60 + 130), (vec![], vec![3], false));
        assert_eq!(said(&heard, &[1, 2], &[], 60 + 131), (vec![3], vec![], false));
        assert_eq!(said(&heard, &[1, 2, 3], &[], 60 + 131), (vec![], vec![], false));
        assert_eq!(said(&heard, &[1, 2, 3], &[], 120 + 131), (vec![], vec![], true));
    }

    #[test]
    fn a_later_heartbeat_does_not_put_off_what_an_earlier_one_has_said() {
        let heard = heard(&[(0, 1), (60, 2), (120, 3), (180, 4)]);
        assert_eq!(said(&heard, &[], &[], 195), (vec![1, 2], vec![3, 4], false));
    }

    #[test]
    fn a_number_whose_file_is_coming_is_awaited_however_long_that_takes() {
        let heard = heard(&[(0, 2), (600, 2)]);
        assert_eq!(said(&heard, &[], &[coming(2, 590)], 600), (vec![1], vec![2], false));
        // Half of it is here and nothing more comes.
        assert_eq!(said(&heard, &[], &[coming(2, 590)], 590 + 131), (vec![1, 2], vec![], false));
    }

    #[test]
    fn a_shop_that_says_it_has_sealed_more_than_can_be_is_bounded() {
        let heard = heard(&[(0, u64::MAX)]);
        assert_eq!(said(&heard, &[], &[], 200).0, (1..=10).collect::<Vec<_>>());
    }
}
