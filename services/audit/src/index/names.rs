//! Which persons, systems, incidents and places an event names. The contracts themselves say where: a
//! field is known by its name, so that an event added to them later is found like all others.

use std::collections::{BTreeMap, BTreeSet};

use proto::paths::{Path, follow, paths};

/// Fields that name a person: whom it is about, who asked, who answered for it.
const PERSONS: [&str; 36] = [
    "person_id",
    "person_ids",
    "acting_for_id",
    "alarmed_ids",
    "applicant_id",
    "approved_by",
    "approver_ids",
    "asked_by",
    "beside_ids",
    "bureau_manager_id",
    "closed_by",
    "concerned_ids",
    "decided_by",
    "done_by",
    "ended_by",
    "found_by_id",
    "held_by",
    "holder_id",
    "manager_id",
    "manager_ids",
    "member_id",
    "member_ids",
    "owner_id",
    "principal_id",
    "reader_id",
    "recorded_by",
    "released_by",
    "reported_by",
    "reporter_id",
    "reviewed_by",
    "reviewer_id",
    "started_by_id",
    "successor_id",
    "taken_by",
    "witness_id",
    "witnessed_by",
];
/// Fields that name a system.
const SYSTEMS: [&str; 3] = ["system_id", "system_ids", "suspended_system_ids"];
/// Fields that name an incident.
const INCIDENTS: [&str; 2] = ["incident_id", "incident_ids"];
/// Fields that name a section as the one whose matter it is. Those that only use a system are not.
const SECTIONS: [&str; 3] = ["section_id", "section_ids", "owner_section_id"];
/// Fields that name a bureau or ward.
const BUREAUS: [&str; 1] = ["bureau_id"];
/// How deep a name may be inside an event: `PermitGranted.permit.steps.acting.person_id`.
const DEPTH: usize = 4;
/// Longest id, in bytes of the 64 characters it may have.
const LONGEST: usize = 256;
/// Most names of one record: more than any list of the contracts may have.
const MOST: usize = 500;

/// What a field names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// A person, by staff number.
    Person,
    /// A system.
    System,
    /// An incident.
    Incident,
    /// A section or third-class office.
    Section,
    /// A bureau or ward.
    Bureau,
}

/// For every message of the contracts, the paths of field numbers to its names.
#[derive(Debug)]
pub(crate) struct Names(BTreeMap<String, Vec<(Path, What)>>);

impl Names {
    /// Reads the contracts.
    pub(crate) fn of_contracts() -> Self {
        Self(paths(DEPTH, what))
    }

    /// What an event names, each once.
    pub(crate) fn of(&self, kind: &str, data: &[u8]) -> BTreeSet<(What, String)> {
        let mut names = BTreeSet::new();
        for (path, what) in self.0.get(kind).into_iter().flatten() {
            follow(data, path, &mut |id| {
                if !id.is_empty() && id.len() <= LONGEST && names.len() < MOST {
                    names.insert((*what, id.to_owned()));
                }
            });
        }
        names
    }
}

fn what(field: &str) -> Option<What> {
    let known: [(&[&str], What); 5] = [
        (&PERSONS, What::Person),
        (&SYSTEMS, What::System),
        (&INCIDENTS, What::Incident),
        (&SECTIONS, What::Section),
        (&BUREAUS, What::Bureau),
    ];
    let named = known.iter().find(|(fields, _)| fields.contains(&field));
    named.map(|(_, what)| *what)
}

#[cfg(test)]
mod contracts;

#[cfg(test)]
mod tests {
    use proto::{
        Event,
        approvals::v1::{Exception, ExceptionGranted, Permit, PermitGranted, PermitSubject},
        identity::v1::{AccessEvaluated, PersonRegistered},
        incidents::v1::{RecordHold, RecordsHeld},
        ledger::v1::{System, SystemRegistered},
    };

    use super::{
        Names,
        What::{self, Incident, Person, Section, System as InformationSystem},
    };

    fn names<E: Event>(event: &E) -> Vec<(What, String)> {
        let names = Names::of_contracts().of(&E::full_name(), &event.encode_to_vec());
        names.into_iter().collect()
    }

    fn named<const N: usize>(names: [(What, &str); N]) -> Vec<(What, String)> {
        names.map(|(what, id)| (what, id.to_owned())).into()
    }

    #[test]
    fn what_an_event_names_is_found_wherever_it_does() {
        let evaluated = AccessEvaluated {
            person_id: "S0001".into(),
            system_id: "SYS-1".into(),
            device_id: "DEV-1".into(),
            ..AccessEvaluated::default()
        };
        let expected = named([(Person, "S0001"), (InformationSystem, "SYS-1")]);
        assert_eq!(names(&evaluated), expected);
        let registered = SystemRegistered {
            system: Some(System {
                system_id: "SYS-2".into(),
                owner_section_id: "tax".into(),
                used_by_section_ids: vec!["roads".into()],
                ..System::default()
            }),
        };
        let expected = named([(InformationSystem, "SYS-2"), (Section, "tax")]);
        assert_eq!(names(&registered), expected);
        let granted = PermitGranted {
            permit: Some(Permit {
                applicant_id: "S0002".into(),
                subject: Some(PermitSubject {
                    person_id: "S0003".into(),
                    system_id: "SYS-3".into(),
                    ..PermitSubject::default()
                }),
                ..Permit::default()
            }),
        };
        let expected = named([
            (Person, "S0002"),
            (Person, "S0003"),
            (InformationSystem, "SYS-3"),
        ]);
        assert_eq!(names(&granted), expected);
        let exception = ExceptionGranted {
            exception: Some(Exception {
                system_ids: vec!["SYS-4".into(), "SYS-5".into()],
                ..Exception::default()
            }),
        };
        let expected = named([(InformationSystem, "SYS-4"), (InformationSystem, "SYS-5")]);
        assert_eq!(names(&exception), expected);
        let held = RecordsHeld {
            incident: Some(proto::incidents::v1::Incident {
                incident_id: "I-1".into(),
                suspended_system_ids: vec!["SYS-6".into()],
                reporter_id: "S0004".into(),
                record_hold: Some(RecordHold {
                    held_by: "S0005".into(),
                    ..RecordHold::default()
                }),
                ..Default::default()
            }),
            ..RecordsHeld::default()
        };
        let expected = named([
            (Person, "S0004"),
            (Person, "S0005"),
            (InformationSystem, "SYS-6"),
            (Incident, "I-1"),
        ]);
        assert_eq!(names(&held), expected);
    }

    #[test]
    fn an_event_that_names_nothing_or_is_unknown_has_no_names() {
        assert!(names(&PersonRegistered::default()).is_empty());
        let contracts = Names::of_contracts();
        assert!(
            contracts
                .of("sekisho.future.v9.Unknown", b"\x0a\x01x")
                .is_empty()
        );
        let kind = "sekisho.identity.v1.AccessEvaluated";
        assert!(contracts.of(kind, b"\xff\xff\xff").is_empty());
    }

    #[test]
    fn a_record_has_a_bounded_number_of_names() {
        let exception = ExceptionGranted {
            exception: Some(Exception {
                person_ids: (0..1_000).map(|n| format!("S{n:04}")).collect(),
                ..Exception::default()
            }),
        };
        assert_eq!(names(&exception).len(), super::MOST);
    }
}
