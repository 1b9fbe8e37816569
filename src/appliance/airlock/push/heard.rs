//! When a shop was heard, and since when it is known which numbers it has sealed. One file for each key.

use std::io;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::exchange::push::Heartbeat;
use crate::exchange::vocabulary::{BundleNumber, PublicKey};
use crate::support::durable::{self, DiskError};

/// Heartbeats that may be missed before it is called silence.
const MISSED: i64 = 2;
/// How much later than said a heartbeat may be.
const LATE: SignedDuration = SignedDuration::from_mins(10);
/// Heartbeats with a higher number than the one before that are remembered; a shop seals seldom more often.
const MOST: usize = 48;

/// A heartbeat, and when it was heard by the box's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What it said.
    pub heartbeat: Heartbeat,
    /// When it came.
    pub at: Timestamp,
    /// Up to which number the shop had sealed, and when that was heard first; both rise.
    sealed: Vec<(BundleNumber, Timestamp)>,
}

impl Heard {
    /// A heartbeat that came just now, after this one.
    #[must_use]
    pub fn now(heartbeat: Heartbeat, before: Option<&Self>, now: Timestamp) -> Self {
        let sealed = before.map_or_else(Vec::new, |before| before.sealed.clone());
        let mut heard = Self { heartbeat, at: now, sealed };
        heard.remember(heard.heartbeat.last);
        heard
    }

    fn remember(&mut self, last: BundleNumber) {
        let (at, patience) = (self.at, self.patience());
        if self.sealed.last().is_some_and(|(known, _)| *known >= last) {
            return;
        }
        // Of what was known long enough, the newest says all.
        let long_known = |since: &Timestamp| at.duration_since(*since) > patience;
        let old = self.sealed.iter().take_while(|(_, since)| long_known(since)).count();
        self.sealed.drain(..old.saturating_sub(1));
        let full = self.sealed.len() >= MOST;
        match self.sealed.last_mut() {
            // Rather asked for too soon than never.
            Some(newest) if full => newest.0 = last,
            _ => self.sealed.push((last, at)),
        }
    }

    /// How long a shop may say nothing, and a number that it has sealed may be on its way, before a person
    /// is told: two heartbeats, and some minutes. An outbox sends a new file twice at once and once more with each
    /// hour's heartbeat, so by then it was sent four times.
    #[must_use]
    pub fn patience(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.heartbeat.every) * MISSED) + LATE
    }

    /// Since when it is known that the shop has sealed this number; now, where it never said so.
    #[must_use]
    pub fn known_sealed_since(&self, number: BundleNumber) -> Timestamp {
        self.sealed.iter().find(|(last, _)| *last >= number).map_or(self.at, |(_, since)| *since)
    }

    /// Keeps it: the message as it was signed, when it was heard (u64, seconds since 1970), and for each number up
    /// to which was sealed that number and when it was heard of (u64 each).
    pub(super) fn write(&self, folder: &Path, message: &[u8]) -> Result<(), DiskError> {
        let seconds = |at: Timestamp| u64::try_from(at.as_second()).unwrap_or(0).to_be_bytes();
        let mut bytes = [message, &seconds(self.at)].concat();
        for (last, since) in &self.sealed {
            bytes.extend(last.0.to_be_bytes());
            bytes.extend(seconds(*since));
        }
        durable::write_atomically(&folder.join(self.heartbeat.key.to_string()), &bytes, 0o600)
    }

    /// Of a sender who was blocked since, nothing is expected.
    fn read(bytes: &[u8], senders: &[PublicKey]) -> Option<Self> {
        let time = |at: &[u8; 8]| Timestamp::from_second(i64::try_from(u64::from_be_bytes(*at)).ok()?).ok();
        let (message, rest) = bytes.split_at_checked(Heartbeat::LENGTH)?;
        let (at, rest) = rest.split_first_chunk()?;
        let heartbeat = Heartbeat::open(message, |beat| senders.contains(&beat.key)).ok()?;
        let mut sealed = Vec::new();
        for pair in rest.as_chunks::<16>().0 {
            let (last, since) = pair.split_first_chunk()?;
            sealed.push((BundleNumber(u64::from_be_bytes(*last)), time(since.try_into().ok()?)?));
        }
        let mut heard = Self { heartbeat, at: time(at)?, sealed };
        // Where an earlier program has written it, it says nothing of that.
        heard.remember(heard.heartbeat.last);
        Some(heard)
    }
}

/// All that were heard.
pub(super) fn read_all(folder: &Path, senders: &[PublicKey]) -> Result<Vec<Heard>, DiskError> {
    let unreadable = |error: io::Error| DiskError::of("read", folder, &error);
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let bytes = durable::read_up_to(&entry.map_err(unreadable)?.path(), 4_096)?;
        all.extend(Heard::read(&bytes, senders));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::exchange::vocabulary::{SenderId, StreamId};
    use ed25519_dalek::SigningKey;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[5; 32])
    }

    fn beat(counter: u64, last: u64) -> Heartbeat {
        Heartbeat {
            key: PublicKey(key().verifying_key().to_bytes()),
            sender: SenderId([1; 16]),
            stream: StreamId([2; 16]),
            counter,
            last: BundleNumber(last),
            at: 1_795_600_000,
            every: 3_600,
        }
    }

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_second(1_795_600_000 + 60 * minute).unwrap()
    }

    #[test]
    fn since_when_a_number_is_known_to_be_sealed_outlives_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let mut heard = Heard::now(beat(1, 3), None, minute(0));
        heard = Heard::now(beat(2, 3), Some(&heard), minute(60));
        heard = Heard::now(beat(3, 5), Some(&heard), minute(120));
        heard.write(folder.path(), &beat(3, 5).sign(&key())).unwrap();
        let senders = [heard.heartbeat.key];
        let read = read_all(folder.path(), &senders).unwrap();
        assert_eq!(read, [heard.clone()]);
        let since = |number| read[0].known_sealed_since(BundleNumber(number));
        assert_eq!(
            [since(1), since(3), since(4), since(5)],
            [minute(0), minute(0), minute(120), minute(120)]
        );
        assert_eq!(read_all(folder.path(), &[]).unwrap(), [], "of a blocked shop nothing is expected");
    }

    #[test]
    fn what_an_earlier_program_has_written_is_read() {
        let message = beat(9, 4).sign(&key());
        let at = minute(3).as_second() as u64;
        let bytes = [&message[..], &at.to_be_bytes()].concat();
        let heard = Heard::read(&bytes, &[beat(9, 4).key]).unwrap();
        assert_eq!((heard.at, heard.known_sealed_since(BundleNumber(2))), (minute(3), minute(3)));
    }

    #[test]
    fn a_shop_that_seals_all_the_time_is_remembered_in_bounds_and_asked_all_the_same() {
        let mut heard = Heard::now(beat(1, 1), None, minute(0));
        for n in 2..=1_000 {
            heard = Heard::now(beat(n, n), Some(&heard), minute(n as i64));
            assert!(heard.sealed.len() <= MOST);
            assert!(heard.sealed.is_sorted());
        }
        // Of a number that was sealed longer ago than the patience is, at least that is known.
        let known = minute(1_000).duration_since(heard.known_sealed_since(BundleNumber(800)));
        assert!(known > heard.patience(), "{known:?}");
    }
}
