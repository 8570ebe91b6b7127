//! Records in, suspicions out: each rule at its edges, and the same whatever interrupts.

mod bursts;
mod clocks;
mod ids;
mod places;
mod restarts;

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use standard::{AccessPath, Pack, pack::AnalysisRule};

use super::{Access, Analyst, Conduct, Outcome, Raised, Rules, Seen, What};

/// Read once: the property asks for it many times.
static PACK: LazyLock<Pack> = LazyLock::new(|| Pack::sendai().expect("the built-in pack"));

fn pack() -> &'static Pack {
    &PACK
}

/// One of the city's rules.
fn rule(pack: &Pack, id: &str) -> Vec<AnalysisRule> {
    let rules = pack.analysis().iter().filter(|rule| rule.id == id);
    rules.cloned().collect()
}

/// A Wednesday at ten in the morning, JST, and so many seconds.
fn at(seconds: i64) -> Timestamp {
    let morning: Timestamp = "2026-07-01T01:00:00Z".parse().expect("an instant");
    morning + SignedDuration::from_secs(seconds)
}

/// A plain, allowed access from a desk in the office.
fn access(person: &str) -> Access {
    Access {
        person: person.to_owned(),
        system: "SYS-1".to_owned(),
        conduct: Conduct::Ordinary,
        outcome: Outcome::Allowed,
        path: Some(AccessPath::Office),
        point: "desk".to_owned(),
        device: String::new(),
        shared_id: String::new(),
        automated: false,
    }
}

/// Something that happened so many seconds after ten, and was logged at once.
fn seen(index: u64, seconds: i64, what: What) -> Seen {
    Seen {
        index,
        source: "identity".to_owned(),
        at: at(seconds),
        logged_at: at(seconds),
        what,
    }
}

fn by(index: u64, seconds: i64, access: Access) -> Seen {
    seen(index, seconds, What::Access(Box::new(access)))
}

/// What one of the city's rules says of records.
fn raised(id: &str, records: &[Seen]) -> Vec<Raised> {
    let pack = pack();
    let rules = rule(pack, id);
    assert_eq!(rules.len(), 1, "{id}");
    raised_by(pack, &rules, records)
}

/// What any rules say of records.
fn raised_by(pack: &Pack, rules: &[AnalysisRule], records: &[Seen]) -> Vec<Raised> {
    let rules = Rules {
        rules,
        calendar: pack.calendar(),
    };
    let mut analyst = Analyst::new(Timestamp::MIN);
    let each = records.iter();
    each.flat_map(|seen| analyst.see(&rules, seen)).collect()
}

/// The evidence of what is raised.
fn evidence(id: &str, records: &[Seen]) -> Vec<Vec<u64>> {
    let raised = raised(id, records).into_iter();
    raised.map(|raised| raised.evidence).collect()
}
