//! Which persons and systems an event names. The contracts themselves say where: a field is known
//! by its name, so that an event added to them later is found like all others.

use std::collections::{BTreeMap, BTreeSet};

use proto::paths::{Path, follow, paths};

use crate::store::search::term;

/// Fields that name a person: whom it is about, who asked, who answered for it.
const PERSONS: [&str; 8] = [
    "person_id",
    "person_ids",
    "applicant_id",
    "bureau_manager_id",
    "reported_by",
    "decided_by",
    "witnessed_by",
    "ended_by",
];
/// Fields that name a system.
const SYSTEMS: [&str; 2] = ["system_id", "system_ids"];
/// How deep a name may be inside an event: `PermitGranted.permit.subject.person_id`.
const DEPTH: usize = 3;
/// Longest id, in bytes of the 64 characters it may have.
const LONGEST: usize = 256;
/// Most terms of one record.
const MOST: usize = 100;

/// What a field names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Person,
    System,
}

/// For every message of the contracts, the paths of field numbers to its names.
#[derive(Debug)]
pub(crate) struct Names(BTreeMap<String, Vec<(Path, What)>>);

impl Names {
    /// Reads the contracts.
    pub(crate) fn of_contracts() -> Self {
        Self(paths(DEPTH, what))
    }

    /// The terms under which an event is found by the persons and systems it names.
    pub(crate) fn terms(&self, kind: &str, data: &[u8]) -> BTreeSet<String> {
        let mut terms = BTreeSet::new();
        for (path, what) in self.0.get(kind).into_iter().flatten() {
            follow(data, path, &mut |id| {
                if !id.is_empty() && id.len() <= LONGEST && terms.len() < MOST {
                    terms.insert(match what {
                        What::Person => term::person(id),
                        What::System => term::system(id),
                    });
                }
            });
        }
        terms
    }
}

fn what(field: &str) -> Option<What> {
    if PERSONS.contains(&field) {
        Some(What::Person)
    } else if SYSTEMS.contains(&field) {
        Some(What::System)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proto::{
        Event,
        approvals::v1::{Exception, ExceptionGranted, Permit, PermitGranted, PermitSubject},
        identity::v1::{AccessEvaluated, PersonRegistered},
        ledger::v1::{System, SystemRegistered},
    };

    use super::Names;

    fn terms<E: Event>(event: &E) -> Vec<String> {
        let names = Names::of_contracts();
        let terms = names.terms(&E::full_name(), &event.encode_to_vec());
        terms.into_iter().collect()
    }

    #[test]
    fn persons_and_systems_are_found_wherever_an_event_names_them() {
        let evaluated = AccessEvaluated {
            person_id: "S0001".into(),
            system_id: "SYS-1".into(),
            device_id: "DEV-1".into(),
            ..AccessEvaluated::default()
        };
        assert_eq!(terms(&evaluated), ["person/S0001", "system/SYS-1"]);
        let registered = SystemRegistered {
            system: Some(System {
                system_id: "SYS-2".into(),
                ..System::default()
            }),
        };
        assert_eq!(terms(&registered), ["system/SYS-2"]);
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
        assert_eq!(
            terms(&granted),
            ["person/S0002", "person/S0003", "system/SYS-3"]
        );
        let exception = ExceptionGranted {
            exception: Some(Exception {
                system_ids: vec!["SYS-4".into(), "SYS-5".into()],
                ..Exception::default()
            }),
        };
        assert_eq!(terms(&exception), ["system/SYS-4", "system/SYS-5"]);
    }

    #[test]
    fn an_event_that_names_nobody_or_is_unknown_has_no_terms() {
        assert!(terms(&PersonRegistered::default()).is_empty());
        let names = Names::of_contracts();
        assert!(
            names
                .terms("sekisho.future.v9.Unknown", b"\x0a\x01x")
                .is_empty()
        );
        let kind = "sekisho.identity.v1.AccessEvaluated";
        assert!(names.terms(kind, b"\xff\xff\xff").is_empty());
    }

    #[test]
    fn a_record_has_a_bounded_number_of_terms() {
        let exception = ExceptionGranted {
            exception: Some(Exception {
                person_ids: (0..1_000).map(|n| format!("S{n:04}")).collect(),
                ..Exception::default()
            }),
        };
        assert_eq!(terms(&exception).len(), super::MOST);
    }
}
