//! Whatever interrupts: what is raised depends on the records alone.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};

use super::*;
use crate::analysis::{Key, Watch};

fn rules(pack: &Pack) -> Rules<'_> {
    Rules {
        rules: pack.analysis(),
        calendar: pack.calendar(),
    }
}

/// What is kept between two batches, as the database keeps it.
#[derive(Default)]
struct Kept {
    now: Option<Timestamp>,
    watches: BTreeMap<Key, String>,
}

impl Kept {
    /// Sees a batch as a process does that knows nothing but what is kept.
    fn batch(&mut self, pack: &Pack, records: &[Seen]) -> Vec<Raised> {
        let now = self.now.unwrap_or(Timestamp::MIN);
        let (mut analyst, rules) = (Analyst::new(now), rules(pack));
        let keys: Vec<_> = records
            .iter()
            .flat_map(|seen| rules.concerned(seen))
            .collect();
        for key in keys {
            if let Some(text) = self.watches.get(&key) {
                let watch = serde_json::from_str(text).expect("what was kept");
                analyst.recall(key, watch);
            }
        }
        let raised = records
            .iter()
            .flat_map(|seen| analyst.see(&rules, seen))
            .collect();
        for (key, watch) in analyst.changed() {
            if watch.is_empty() {
                self.watches.remove(key);
            } else {
                let text = serde_json::to_string(watch).expect("text");
                self.watches.insert(key.clone(), text);
            }
        }
        let now = analyst.now();
        self.now = Some(now);
        // As the database does it: what is over is not kept.
        self.watches.retain(|_, text| {
            let watch: Watch = serde_json::from_str(text).expect("what was kept");
            watch.until() > now
        });
        raised
    }
}

/// A record with some of everything in it, close enough to others for the rules to speak.
fn any_record() -> impl Strategy<Value = (i64, i64, What)> {
    let person = (0..3u8).prop_map(|n| format!("S{n}"));
    let shared = || "front-desk".to_owned();
    let access = (person.clone(), 0..3u8, 0..3u8, 0..3u8, any::<bool>()).prop_map(
        move |(person, path, conduct, outcome, by_shared)| {
            let made = Access {
                conduct: [Conduct::Export, Conduct::Privileged, Conduct::Ordinary]
                    [usize::from(conduct)],
                outcome: [Outcome::Allowed, Outcome::Denied, Outcome::Denied][usize::from(outcome)],
                path: Some(AccessPath::ALL[usize::from(path)]),
                device: format!("PC-{path}"),
                shared_id: if by_shared { shared() } else { String::new() },
                ..super::access(&person)
            };
            What::Access(Box::new(made))
        },
    );
    let source = || "ledger".to_owned();
    let what = prop_oneof![
        12 => access,
        1 => person.clone().prop_map(|person| What::SignedIn { person }),
        1 => person.clone().prop_map(|person| What::FoundUnused { person }),
        1 => person.clone().prop_map(|person| What::Enabled { person }),
        1 => person.prop_map(move |person| What::CheckedIn { shared_id: shared(), person }),
        1 => any::<bool>().prop_map(move |beside_others| What::CheckedOut { shared_id: shared(), beside_others }),
        1 => Just(What::Overdue { source: source() }),
    ];
    // Seconds since the record before, and how late it came.
    let step = prop_oneof![20 => 0..60i64, 1 => 0..200_000i64];
    let late = prop_oneof![10 => Just(0i64), 3 => 300..400i64, 1 => -90..0i64];
    (step, late, what)
}

fn records(drawn: Vec<(i64, i64, What)>) -> Vec<Seen> {
    let mut clock = 0;
    let each = (0..).zip(drawn).map(|(index, (step, late, what))| {
        clock += step;
        Seen {
            at: at(clock - late),
            ..seen(index, clock, what)
        }
    });
    each.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn restarts_between_any_two_records_raise_the_same(
        drawn in vec(any_record(), 1..250),
        cuts in vec(any::<proptest::sample::Index>(), 0..12),
    ) {
        let pack = pack();
        let records = records(drawn);
        let expected = raised_by(pack, pack.analysis(), &records);

        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(records.len())).collect();
        cuts.extend([0, records.len()]);
        cuts.sort_unstable();
        let mut kept = Kept::default();
        let mut found = Vec::new();
        for part in cuts.windows(2) {
            found.extend(kept.batch(pack, &records[part[0]..part[1]]));
        }
        prop_assert_eq!(&found, &expected);

        // A replay forgets as it goes, and says the same.
        let mut replay = Analyst::new(Timestamp::MIN);
        let mut again = Vec::new();
        for seen in &records {
            again.extend(replay.see(&rules(pack), seen));
            replay.forget();
        }
        prop_assert_eq!(&again, &expected);
    }
}

/// Without this the property above could hold of nothing.
#[test]
fn the_records_drawn_make_most_rules_speak() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let pack = pack();
    let mut runner = TestRunner::deterministic();
    let mut spoke = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let tree = vec(any_record(), 200..250)
            .new_tree(&mut runner)
            .expect("records");
        let mut kept = Kept::default();
        for raised in kept.batch(pack, &records(tree.current())) {
            spoke.insert(raised.key.rule);
        }
    }
    assert!(spoke.len() >= 6, "{spoke:?}");
}
