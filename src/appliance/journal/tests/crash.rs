//! The journal against a model of what was acknowledged, while the power goes at random.

use proptest::prelude::*;

use super::*;

/// What a crash does to a group that was not acknowledged.
#[derive(Clone, Debug)]
struct Crash {
    /// The change of the disk that does not happen any more.
    at: u64,
    /// How much of what was not synced is lost.
    lost: prop::sample::Index,
    /// What is lost leaves zeroes, as a file does whose length reached the disk before its bytes.
    zeroes: bool,
}

#[derive(Clone, Debug)]
enum Step {
    Append(Vec<(usize, Vec<u8>)>),
    Checkpoint,
    Reopen,
    Crash(Vec<(usize, Vec<u8>)>, Crash),
    /// The power goes while a checkpoint is written.
    CrashInCheckpoint(u64),
}

fn group() -> impl Strategy<Value = Vec<(usize, Vec<u8>)>> {
    let bodies = prop::collection::vec((0_usize..4, prop::collection::vec(any::<u8>(), 0..80)), 1..12);
    // Now and then so many that tiles fill.
    prop_oneof![8 => bodies, 1 => (200_usize..300).prop_map(|count| vec![(0, vec![0; 9]); count])]
}

fn step() -> impl Strategy<Value = Step> {
    let crash = (1_u64..16, any::<prop::sample::Index>(), any::<bool>())
        .prop_map(|(at, lost, zeroes)| Crash { at, lost, zeroes });
    prop_oneof![
        4 => group().prop_map(Step::Append),
        2 => Just(Step::Checkpoint),
        1 => Just(Step::Reopen),
        4 => (group(), crash).prop_map(|(group, crash)| Step::Crash(group, crash)),
        1 => (1_u64..16).prop_map(Step::CrashInCheckpoint),
    ]
}

/// What was acknowledged, and what was signed.
struct Model {
    made: Box,
    journal: Option<Journal>,
    acknowledged: Vec<(Place, Vec<u8>)>,
    signed: Vec<SignedCheckpoint>,
}

impl Model {
    fn new() -> Self {
        let made = Box::new();
        let journal = Some(made.open().unwrap());
        Self { made, journal, acknowledged: Vec::new(), signed: Vec::new() }
    }

    fn journal(&self) -> &Journal {
        self.journal.as_ref().unwrap()
    }

    fn take(&mut self, step: Step) {
        let placed = |group: Vec<(usize, Vec<u8>)>| -> Vec<_> {
            group.into_iter().map(|(place, body)| (places()[place].clone(), body)).collect()
        };
        match step {
            Step::Append(group) => {
                let group = placed(group);
                append(self.journal(), &group).unwrap();
                self.acknowledged.extend(group);
            }
            Step::Checkpoint => self.signed.push(self.journal().checkpoint().unwrap()),
            Step::Reopen => self.reopen(&[]),
            Step::Crash(group, crash) => self.crash(placed(group), &crash),
            Step::CrashInCheckpoint(at) => {
                fault::die_at(at, None);
                let outcome = self.journal().checkpoint();
                fault::revive();
                // It may have left the box only if it was handed out.
                self.signed.extend(outcome);
                self.reopen(&[]);
            }
        }
    }

    fn crash(&mut self, group: Vec<(Place, Vec<u8>)>, crash: &Crash) {
        let lengths = |made: &Box| places().map(|place| length(&made.events_of(&place)));
        let synced = lengths(&self.made);
        fault::die_at(crash.at, None);
        let outcome = append(self.journal(), &group);
        fault::revive();
        if outcome.is_ok() {
            self.acknowledged.extend(group);
            return self.reopen(&[]);
        }
        // Everything that was written and not synced may be lost, from any point on. Entries are written
        // when the event logs are synced. (Entries that were synced and not acknowledged are lost here
        // too, which is more than a disk may do.)
        let lose = |path: &Path, from: u64| {
            let written = length(path);
            if written > from {
                cut(path, from + crash.lost.index(usize::try_from(written - from).unwrap() + 1) as u64);
                if crash.zeroes {
                    cut(path, written);
                }
            }
        };
        let entries = self.made.file("entries");
        let acknowledged = self.acknowledged.len() as u64 * 33;
        if length(&entries) > acknowledged {
            let written = length(&entries);
            if crash.zeroes {
                // From a block's beginning on; of the last entry not so few bytes that nobody can tell.
                let mut from: Vec<_> = (acknowledged..written)
                    .filter(|at| *at == acknowledged || at.is_multiple_of(512) && written - at >= 8)
                    .collect();
                let from = from.swap_remove(crash.lost.index(from.len()));
                cut(&entries, from);
                cut(&entries, written);
            } else {
                cut(&entries, acknowledged + crash.lost.index((written - acknowledged) as usize + 1) as u64);
            }
        } else {
            for (place, synced) in places().iter().zip(synced) {
                lose(&self.made.events_of(place), synced);
            }
        }
        self.reopen(&group);
    }

    /// Opens again; of `begun`, a first part may have come through whole.
    fn reopen(&mut self, begun: &[(Place, Vec<u8>)]) {
        self.journal = None;
        let journal = self.made.open().unwrap();
        let size = usize::try_from(journal.size()).unwrap();
        assert!(size >= self.acknowledged.len(), "an acknowledged event is lost");
        let through = size - self.acknowledged.len();
        self.acknowledged.extend_from_slice(&begun[..through]);
        self.journal = Some(journal);
    }

    fn check(&self) {
        let journal = self.journal();
        for place in places() {
            let expected: Vec<_> = (0..)
                .zip(&self.acknowledged)
                .filter(|(_, (there, _))| *there == place)
                .map(|(index, (_, body))| (index, body.clone()))
                .collect();
            assert_eq!(read(journal, &place).unwrap(), expected, "{place}");
        }
        let report = journal.verify(&keys()).unwrap();
        assert!(report.is_sound(), "{report:?}");
        assert_eq!(report.opened, self.acknowledged.len() as u64);
        let now = journal.checkpoint().unwrap();
        for seen in self.signed.iter().filter(|seen| seen.size() > 0) {
            journal.recognise(seen).unwrap();
            let proof = journal.consistency(seen.size(), &now).unwrap();
            assert!(verify_consistency(seen.size(), now.size(), &seen.root(), &now.root(), &proof));
        }
        for place in places() {
            let key = key(&place);
            if let Some(event) = journal.read_events(&place, key.as_ref()).unwrap().last() {
                let event = event.unwrap();
                let text = journal.receipt(event.index, event.opening).unwrap().write();
                Receipt::verify(&text, box_id(), &public_key()).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_power_does_what_was_acknowledged_is_there(steps in prop::collection::vec(step(), 1..14)) {
        let mut model = Model::new();
        for step in steps {
            model.take(step);
        }
        model.reopen(&[]);
        model.check();
    }
}
