//! How long the log keeps what a record says (7-1-(4)-1, 7-1-(5)-1), and what keeps it longer: a hold on
//! the records of an incident (8-3-(3)-2a). Hashes are kept for good, and this is not about them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::Pack;

/// A hold on access records, from the decision that placed it to the one that releases it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The incident with the suspected intrusion.
    pub incident: String,
    /// Systems concerned. None known = every record is held.
    pub systems: BTreeSet<String>,
    /// Person concerned; none = nobody known.
    pub person: Option<String>,
    /// What suggests an intrusion.
    pub reason: String,
    /// Who placed it (staff number).
    pub held_by: String,
    /// Since when.
    pub since: Timestamp,
}

/// What is known of a record when its keeping is judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Incidents it names.
    pub incidents: BTreeSet<String>,
    /// Systems it names.
    pub systems: BTreeSet<String>,
    /// People it names, and the one who did it.
    pub people: BTreeSet<String>,
}

/// How it stands with the keeping of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeping {
    /// No period is set for records of its kind.
    ForGood,
    /// Its period has not passed.
    Until(Timestamp),
    /// Its period has passed, but this incident holds it.
    Held(String),
    /// Its period has passed, and nothing holds it.
    Over,
}

impl Hold {
    /// Whether it keeps a record from being pruned.
    pub fn covers(&self, about: &About) -> bool {
        if self.systems.is_empty() || about.incidents.contains(&self.incident) {
            return true;
        }
        let person = self.person.as_ref();
        !self.systems.is_disjoint(&about.systems)
            || person.is_some_and(|person| about.people.contains(person))
    }
}

impl Keeping {
    /// Judges a record of that kind and time. `important`: unless all systems it names are known to
    /// handle nothing above class II.
    pub fn of(
        kind: &str,
        recorded: Timestamp,
        important: bool,
        about: &About,
        holds: &[Hold],
        pack: &Pack,
        now: Timestamp,
    ) -> Self {
        let Some(kept) = pack.kept().iter().find(|kept| kept.is_of(kind)) else {
            return Self::ForGood;
        };
        let until = pack.kept_until(kept, important, recorded);
        if until > now {
            return Self::Until(until);
        }
        match holds.iter().find(|hold| hold.covers(about)) {
            Some(hold) => Self::Held(hold.incident.clone()),
            None => Self::Over,
        }
    }
}

/// The instant, to the second, from which on no record can be over now: what is as young need not be
/// looked at.
pub fn young_since(pack: &Pack, now: Timestamp) -> Timestamp {
    let over = |recorded: i64| {
        let recorded = Timestamp::from_second(recorded).unwrap_or(Timestamp::MAX);
        let mut ends = pack.kept().iter().flat_map(|kept| {
            [true, false].map(|important| pack.kept_until(kept, important, recorded))
        });
        ends.any(|end| end <= now)
    };
    // A later record ends later: the last that is over is found by halving.
    let (mut some, mut none) = (Timestamp::UNIX_EPOCH.as_second(), now.as_second() + 1);
    while none - some > 1 {
        let middle = some + (none - some) / 2;
        if over(middle) {
            some = middle;
        } else {
            none = middle;
        }
    }
    Timestamp::from_second(none).unwrap_or(now)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const ACCESS: &str = "sekisho.identity.v1.AccessEvaluated";
    const RECORDED: &str = "2026-04-01T01:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn about(system: &str, person: &str) -> About {
        About {
            systems: BTreeSet::from([system.to_owned()]),
            people: BTreeSet::from([person.to_owned()]),
            ..About::default()
        }
    }

    fn hold(systems: &[&str], person: Option<&str>) -> Hold {
        Hold {
            incident: "I-1".into(),
            systems: systems.iter().map(ToString::to_string).collect(),
            person: person.map(str::to_owned),
            reason: "unknown sign-ins".into(),
            held_by: "S0001".into(),
            since: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_record_is_kept_for_the_period_of_its_kind_and_of_the_class_of_its_systems() {
        let pack = Pack::sendai().unwrap();
        let of = |kind, important, now| {
            let about = about("SYS-1", "S0001");
            Keeping::of(kind, at(RECORDED), important, &about, &[], &pack, at(now))
        };
        let one_year = Keeping::Until(at("2027-04-01T01:00:00Z"));
        assert_eq!(of(ACCESS, false, "2027-04-01T00:59:59Z"), one_year);
        assert_eq!(of(ACCESS, false, "2027-04-01T01:00:00Z"), Keeping::Over);
        let three_years = Keeping::Until(at("2029-04-01T01:00:00Z"));
        assert_eq!(of(ACCESS, true, "2028-04-01T01:00:00Z"), three_years);
        assert_eq!(of(ACCESS, true, "2029-04-01T01:00:00Z"), Keeping::Over);
        let incident = "sekisho.incidents.v1.IncidentReported";
        let five_years = Keeping::Until(at("2031-04-01T01:00:00Z"));
        assert_eq!(of(incident, false, "2031-04-01T00:00:00Z"), five_years);
        let permit = "sekisho.approvals.v1.PermitGranted";
        assert_eq!(of(permit, false, "2099-04-01T01:00:00Z"), Keeping::ForGood);
    }

    #[test]
    fn a_hold_keeps_what_its_incident_its_systems_and_its_person_are_named_in() {
        let pack = Pack::sendai().unwrap();
        let of = |about: &About, hold: Hold| {
            let (recorded, now) = (at(RECORDED), at("2030-04-01T01:00:00Z"));
            Keeping::of(ACCESS, recorded, true, about, &[hold], &pack, now)
        };
        let held = Keeping::Held("I-1".into());
        let record = about("SYS-1", "S0001");
        assert_eq!(of(&record, hold(&["SYS-1", "SYS-2"], None)), held);
        assert_eq!(of(&record, hold(&["SYS-2"], None)), Keeping::Over);
        assert_eq!(of(&record, hold(&["SYS-2"], Some("S0001"))), held);
        assert_eq!(of(&record, hold(&["SYS-2"], Some("S0002"))), Keeping::Over);
        // As long as nobody knows what was entered, nothing goes.
        assert_eq!(of(&record, hold(&[], Some("S0002"))), held);
        let of_incident = About {
            incidents: BTreeSet::from(["I-1".to_owned()]),
            ..record
        };
        assert_eq!(of(&of_incident, hold(&["SYS-2"], None)), held);
    }

    #[test]
    fn what_is_young_is_not_over_and_the_second_before_it_is() {
        let pack = Pack::sendai().unwrap();
        let now = at("2030-02-28T12:00:00Z");
        let young = young_since(&pack, now);
        let judge = |recorded| {
            let none = About::default();
            Keeping::of(ACCESS, recorded, false, &none, &[], &pack, now)
        };
        let second = jiff::SignedDuration::from_secs(1);
        assert!(matches!(judge(young), Keeping::Until(_)));
        assert_eq!(judge(young - second), Keeping::Over);
    }
}
