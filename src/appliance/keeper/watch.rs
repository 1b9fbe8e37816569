//! Sticks that are put in while the box runs: one after the other, each read once for as long as it is in.
//!
//! ```text
//!  kernel ── uevent ──> Watch ── wakes ──> look: what is in (sysfs)
//!                                            ├─ new, plain stick ──> take_stick ──> what became of it
//!                                            ├─ new, something else ──> refused by its name
//!                                            └─ gone ──> out
//! ```
//! What the machine itself has mounted when the box starts is not spoken of.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::{Access, access};

use super::stick::{StickState, is_pulled_out};
use super::{Keeper, KeeperRefusal, TakeReport, held};
use crate::appliance::airlock::{AirlockRefusal, NotRead, Plugged, Watch, keep_going, plugged};

/// How often is looked where no message comes.
const EVERY: Duration = Duration::from_secs(2);
/// How long a stick may take to be ours to open. The kernel speaks first; udev hears of it when we do, and
/// then gives the device to the group of the box.
const OURS_WITHIN: Duration = Duration::from_secs(10);
/// How often is looked meanwhile: nobody tells us of that.
const SOON: Duration = Duration::from_millis(200);

/// What has happened with a stick.
#[derive(Debug)]
pub enum StickHappened<'a> {
    /// It was put in and is being read.
    In,
    /// It was read.
    Taken(&'a TakeReport),
    /// It is not read.
    Refused(&'a KeeperRefusal),
    /// It was taken out.
    Out,
    /// The kernel is not heard; what is in is only looked up now and then.
    Deaf(&'a io::Error),
}

/// What is known of the sticks that are in.
#[derive(Default)]
struct Known {
    /// Read or refused already.
    done: Vec<Plugged>,
    /// Not ours to open yet, and since when they are in.
    coming: Vec<(Plugged, Instant)>,
    /// The one that is spoken of.
    current: Option<Plugged>,
    /// Whether it was looked before.
    looked: bool,
}

impl Known {
    /// Whether a stick can be opened, or was waited for long enough: then it is refused with the reason.
    fn is_ready(&mut self, new: &Plugged) -> bool {
        let since = self.coming.iter().find(|(one, _)| one.is(new)).map(|(_, since)| *since);
        let ours = new.judged.is_err() || access(&new.device, Access::READ_OK).is_ok();
        let ready = ours || since.is_some_and(|since| since.elapsed() >= OURS_WITHIN);
        if ready {
            self.coming.retain(|(one, _)| !one.is(new));
        } else if since.is_none() {
            self.coming.push((new.clone(), Instant::now()));
        }
        ready
    }
}

impl Keeper {
    /// Takes in the sticks that are put in, until `stop`; and what lies at `also`, a device or an image of a
    /// stick, as if it were one that was put in.
    pub fn watch_sticks(&self, also: Option<&Path>, stop: &AtomicBool, told: &dyn Fn(StickHappened<'_>)) {
        let mut known = Known::default();
        let mut deaf = false;
        let life = || {
            self.look(&mut known, also, told);
            let watch = Watch::open()?;
            while !stop.load(Ordering::Relaxed) {
                self.look(&mut known, also, told);
                watch.wait(if known.coming.is_empty() { EVERY } else { SOON })?;
            }
            Ok(())
        };
        keep_going(stop, life, |ended: io::Result<()>, _| {
            if let Err(error) = ended
                && !std::mem::replace(&mut deaf, true)
            {
                told(StickHappened::Deaf(&error));
            }
        });
    }

    fn look(&self, known: &mut Known, also: Option<&Path>, told: &dyn Fn(StickHappened<'_>)) {
        let here = plugged(Path::new("/sys"), also);
        let is_here = |one: &Plugged| here.iter().any(|other| other.is(one));
        known.done.retain(is_here);
        known.coming.retain(|(one, _)| is_here(one));
        if known.current.as_ref().is_some_and(|current| !is_here(current)) {
            known.current = None;
            self.stick_is_out();
            told(StickHappened::Out);
        }
        let mut another = false;
        for new in here {
            if known.done.iter().any(|done| done.is(&new)) || !known.is_ready(&new) {
                continue;
            }
            if known.current.as_ref().is_some_and(|current| current.judged.is_ok()) {
                another = true;
                break;
            }
            // A command is at a stick or an image: this one is read after that, and not refused for good.
            if new.judged.is_ok() && self.stick.alone().is_err() {
                another = true;
                break;
            }
            known.done.push(new.clone());
            if self.meet(&new, known.looked, told) {
                known.current = Some(new);
            }
        }
        known.looked = true;
        held(&self.stick.view).another = another;
    }

    /// Reads a stick that was put in, or says why not. Whether it is to be spoken of.
    fn meet(&self, new: &Plugged, was_put_in: bool, told: &dyn Fn(StickHappened<'_>)) -> bool {
        let taken = new.judged.clone().map_err(KeeperRefusal::from).and_then(|()| {
            told(StickHappened::In);
            self.take_stick(&new.device, &|_| {})
        });
        let state = match taken {
            Ok(report) => {
                told(StickHappened::Taken(&report));
                StickState::Taken(Arc::new(report))
            }
            Err(KeeperRefusal::Airlock(NotRead::Airlock(AirlockRefusal::InUse { .. }))) if !was_put_in => {
                return false;
            }
            Err(refusal) => {
                told(StickHappened::Refused(&refusal));
                StickState::Refused(Arc::new(refusal))
            }
        };
        let mut view = held(&self.stick.view);
        view.state = state;
        view.device = Some(new.device.clone());
        true
    }

    /// What became of a stick can still be read once it is out; that one was pulled out, above all.
    fn stick_is_out(&self) {
        let mut view = held(&self.stick.view);
        view.device = None;
        view.state = match std::mem::take(&mut view.state) {
            StickState::Taken(report) => StickState::Out(report),
            StickState::Refused(refusal) if is_pulled_out(&refusal) => StickState::Refused(refusal),
            _ => StickState::Empty,
        };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_stick_is_met_when_it_is_ours_to_open_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let device = folder.path().join("sdb");
        let new = Plugged { device: device.clone(), sequence: 1, judged: Ok(()) };
        let mut known = Known::default();
        assert!(!known.is_ready(&new) && !known.is_ready(&new));
        assert_eq!(known.coming.len(), 1);
        std::fs::write(device, b"").unwrap();
        assert!(known.is_ready(&new) && known.coming.is_empty());
        // What is refused by its name is not opened, and not waited for.
        let refused = AirlockRefusal::NoMassStorage { name: String::new() };
        let refused = Plugged { device: folder.path().join("sdc"), sequence: 2, judged: Err(refused) };
        assert!(known.is_ready(&refused));
    }
}
