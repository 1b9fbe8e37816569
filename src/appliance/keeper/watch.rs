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
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
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
/// How often is looked for others while a stick is read.
const OTHERS: Duration = Duration::from_millis(500);

/// What has happened with a stick.
#[derive(Debug)]
pub enum StickHappened<'a> {
    /// It was put in and is being read.
    In,
    /// It was read.
    Taken(&'a TakeReport),
    /// It is not read.
    Refused(&'a KeeperRefusal),
    /// Another was put in meanwhile, which waits or is refused.
    Another(&'a AirlockRefusal),
    /// The watch itself failed, and is begun again.
    Failed,
    /// It was taken out.
    Out,
    /// The kernel is not heard; what is in is only looked up now and then.
    Deaf(&'a io::Error),
}

/// Whether something is over, for a thread that does something else until then.
#[derive(Default)]
struct Over {
    over: Mutex<bool>,
    told: Condvar,
}

/// Ends an [`Over`] when it is dropped.
struct Ends<'a>(&'a Over);

impl Over {
    /// Waits until it is over, and no longer than this; whether it is.
    fn within(&self, most: Duration) -> bool {
        let waited = self.told.wait_timeout_while(held(&self.over), most, |over| !*over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn when_dropped(&self) -> Ends<'_> {
        Ends(self)
    }
}

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        *held(&self.0.over) = true;
        self.0.told.notify_all();
    }
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
    pub fn watch_sticks(
        &self,
        also: Option<&Path>,
        stop: &AtomicBool,
        told: &(dyn Fn(StickHappened<'_>) + Sync),
    ) {
        let mut known = Known::default();
        let mut deaf = false;
        let mut life = || {
            self.look(&mut known, also, told);
            let watch = Watch::open()?;
            while !stop.load(Ordering::Relaxed) {
                self.look(&mut known, also, told);
                watch.wait(if known.coming.is_empty() { EVERY } else { SOON })?;
            }
            Ok(())
        };
        let life = || catch_unwind(AssertUnwindSafe(&mut life));
        keep_going(stop, life, |ended: Result<io::Result<()>, _>, _| match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                if !std::mem::replace(&mut deaf, true) {
                    told(StickHappened::Deaf(&error));
                }
            }
            // What it panicked of is on standard error.
            Err(_) => told(StickHappened::Failed),
        });
    }

    fn look(&self, known: &mut Known, also: Option<&Path>, told: &(dyn Fn(StickHappened<'_>) + Sync)) {
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
                // What is no stick waits too, to be refused by its name; but that it will be read is not said of it.
                another |= new.judged.is_ok();
                continue;
            }
            // A command is at a stick or an image: this one is read after that, and not refused for good.
            if new.judged.is_ok() && self.stick.alone().is_err() {
                another = true;
                break;
            }
            known.done.push(new.clone());
            let (done, was_put_in) = (known.done.clone(), known.looked);
            let others = || {
                let here = plugged(Path::new("/sys"), also).into_iter();
                here.filter(|one| !done.iter().any(|done| done.is(one))).collect()
            };
            if self.meet(&new, was_put_in, &others, told) {
                known.current = Some(new);
            }
        }
        known.looked = true;
        held(&self.stick.view).another = another;
    }

    /// Reads a stick that was put in, or says why not. Whether it is to be spoken of. `others` says what else is in
    /// that was not met yet.
    fn meet(
        &self,
        new: &Plugged,
        was_put_in: bool,
        others: &(dyn Fn() -> Vec<Plugged> + Sync),
        told: &(dyn Fn(StickHappened<'_>) + Sync),
    ) -> bool {
        let read = || {
            told(StickHappened::In);
            self.while_looking_for_others(others, told, || self.take_stick(&new.device, &|_| {}))
        };
        let taken = new.judged.clone().map_err(KeeperRefusal::from).and_then(|()| {
            // A box that fails at a stick says so, and reads the next one.
            catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(AirlockRefusal::OurFault.into()))
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
        view.written = None;
        true
    }

    /// Does what is to be done with a stick, and meanwhile tells of every other that is put in, once and at once.
    fn while_looking_for_others<T>(
        &self,
        others: &(dyn Fn() -> Vec<Plugged> + Sync),
        told: &(dyn Fn(StickHappened<'_>) + Sync),
        work: impl FnOnce() -> T,
    ) -> T {
        let over = Over::default();
        let mut seen: Vec<Plugged> = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.within(OTHERS) {
                    for other in others() {
                        if seen.iter().any(|old| old.is(&other)) {
                            continue;
                        }
                        held(&self.stick.view).another |= other.judged.is_ok();
                        let why = other.judged.clone().err().unwrap_or(AirlockRefusal::OneAtATime);
                        told(StickHappened::Another(&why));
                        seen.push(other);
                    }
                }
            });
            // Dropped when the work is done, or has failed: the thread ends by it.
            let _over = over.when_dropped();
            work()
        })
    }

    /// What became of a stick can still be read once it is out; that one was pulled out, above all.
    fn stick_is_out(&self) {
        let mut view = held(&self.stick.view);
        (view.device, view.written) = (None, None);
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

    use super::super::tests::Trial;
    use super::*;
    use crate::support::words::Said as _;

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

    /// What is said of sticks, in words; a test may have it fail at one of them.
    struct Said<'a> {
        words: Mutex<Vec<String>>,
        fails: &'a (dyn Fn(&[String]) -> bool + Sync),
    }

    impl Said<'_> {
        fn hear(&self, happened: &StickHappened<'_>) {
            let word = match happened {
                StickHappened::In => "in".to_owned(),
                StickHappened::Out => "out".to_owned(),
                StickHappened::Failed => "failed".to_owned(),
                StickHappened::Taken(report) => format!("{} files", report.files.len()),
                StickHappened::Refused(refusal) => refusal.code().into_owned(),
                StickHappened::Another(refusal) => format!("another: {}", refusal.code()),
                // A machine may let nobody listen.
                StickHappened::Deaf(_) => return,
            };
            let words = {
                let mut words = held(&self.words);
                words.push(word);
                words.clone()
            };
            assert!(!(self.fails)(&words), "as a test asks");
        }

        fn until(&self, last: &str) {
            let begun = Instant::now();
            while held(&self.words).last().is_none_or(|word| word != last) {
                assert!(begun.elapsed() < Duration::from_secs(20), "{last}: {:?}", held(&self.words));
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    #[test]
    fn a_box_that_fails_at_a_stick_says_so_and_goes_on_with_the_next_one() {
        let trial = Trial::new();
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("plugged.img");
        let put_in = || {
            let new = folder.path().join("new");
            std::fs::write(&new, [0; 8192]).unwrap();
            std::fs::rename(new, &image).unwrap();
        };
        let stop = AtomicBool::new(false);
        // At the first stick while it is read, at the second after it was refused.
        let fails = |words: &[String]| {
            words == ["in"] || words == ["in", "airlock-our-fault", "out", "in", "stick-unknown"]
        };
        let said = Said { words: Mutex::default(), fails: &fails };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                trial.keeper().watch_sticks(Some(&image), &stop, &|happened| said.hear(&happened));
            });
            put_in();
            said.until("airlock-our-fault");
            assert!(matches!(trial.keeper().stick_view().state, StickState::Refused(_)));
            std::fs::remove_file(&image).unwrap();
            said.until("out");
            put_in();
            said.until("failed");
            put_in();
            said.until("stick-unknown");
            stop.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn a_stick_that_is_put_in_while_another_is_read_is_named_at_once_and_once() {
        let trial = Trial::new();
        let keeper = trial.keeper();
        let stick = |name: &str, judged| Plugged { device: name.into(), sequence: 1, judged };
        let keyboard = AirlockRefusal::MoreThanAStick { name: "K".to_owned(), interfaces: 2 };
        let put_in = AtomicBool::new(false);
        let others = || {
            let here = put_in.load(Ordering::Relaxed);
            let here = here.then(|| [stick("/dev/sdc", Ok(())), stick("/dev/sdd", Err(keyboard.clone()))]);
            here.into_iter().flatten().collect()
        };
        let said = Said { words: Mutex::default(), fails: &|_| false };
        let heard = |happened: StickHappened<'_>| said.hear(&happened);
        let done = keeper.while_looking_for_others(&others, &heard, || {
            assert!(!keeper.stick_view().another);
            put_in.store(true, Ordering::Relaxed);
            said.until("another: airlock-more-than-a-stick");
            assert!(keeper.stick_view().another, "the console says it while the first is read");
            std::thread::sleep(OTHERS * 3);
            5
        });
        assert_eq!(done, 5);
        let words = ["another: airlock-one-at-a-time", "another: airlock-more-than-a-stick"];
        assert_eq!(*held(&said.words), words);
    }
}
