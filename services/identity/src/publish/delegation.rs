//! Delegations.

use identity_domain::organisation::delegation::{Absence, Event, Nomination, Plan, State, What};
use kernel::{ClauseId, SectionId};
use proto::{identity::v1 as wire, record::Outgoing, timestamp};
use standard::Role;

const ID_LIFECYCLE: ClauseId = ClauseId::known("7-2-(9)-1");
const ABSENCE_PLAN: ClauseId = ClauseId::known("2-3-4b");
/// The deputy acts for the absent information manager, system staff for the system manager.
const ACTING: [ClauseId; 2] = [ClauseId::known("2-6-2"), ClauseId::known("2-7-2")];

pub(crate) fn delegation(event: &Event, state: &State) -> Outgoing {
    let delegation = Some(arranged(&event.section, state));
    match &event.what {
        What::Nominated(one) => {
            let clause = naming(one.role);
            let nomination = Some(nomination(one));
            let public = wire::DeputyNominated {
                delegation,
                nomination,
            };
            Outgoing::new(&public, [clause])
        }
        What::NominationEnded { person, role } => {
            let public = wire::DeputyNominationEnded {
                delegation,
                person_id: person.to_string(),
                role: role.to_string(),
                ends_at: None,
            };
            Outgoing::new(&public, [naming(*role)])
        }
        What::NominationEnds { person, role, at } => {
            let public = wire::DeputyNominationEnded {
                delegation,
                person_id: person.to_string(),
                role: role.to_string(),
                ends_at: Some(timestamp(*at)),
            };
            Outgoing::new(&public, [ID_LIFECYCLE, naming(*role)])
        }
        What::Planned(_) => {
            Outgoing::new(&wire::AbsencePlanRecorded { delegation }, [ABSENCE_PLAN])
        }
        What::PlanWithdrawn => {
            Outgoing::new(&wire::AbsencePlanWithdrawn { delegation }, [ABSENCE_PLAN])
        }
        What::Absent { absence: one, .. } => {
            let absence = Some(absence(one));
            let public = wire::AbsenceRecorded {
                delegation,
                absence,
            };
            Outgoing::new(&public, ACTING)
        }
        What::Returned(id) => {
            let public = wire::AbsenceEnded {
                delegation,
                absence_id: id.to_string(),
            };
            Outgoing::new(&public, ACTING)
        }
    }
}

/// What is arranged in a section.
pub(crate) fn arranged(section: &SectionId, state: &State) -> wire::Delegation {
    wire::Delegation {
        section_id: section.to_string(),
        nominations: state.nominations.iter().map(nomination).collect(),
        plan: state.plan.as_ref().map(plan),
        absences: state.absences.iter().map(absence).collect(),
    }
}

const fn naming(role: Role) -> ClauseId {
    match role {
        Role::SystemStaff => ClauseId::known("1-7-1"),
        _ => ClauseId::known("1-6-1"),
    }
}

fn nomination(one: &Nomination) -> wire::DeputyNomination {
    wire::DeputyNomination {
        person_id: one.person.to_string(),
        role: one.role.to_string(),
        since: Some(timestamp(one.since)),
        until: one.until.map(timestamp),
    }
}

fn plan(plan: &Plan) -> wire::AbsencePlan {
    let entries = plan.actions.iter().map(|(person, actions)| {
        let actions = actions.iter().cloned().collect();
        wire::AbsencePlanEntry {
            person_id: person.to_string(),
            actions,
        }
    });
    wire::AbsencePlan {
        principal_id: plan.principal.to_string(),
        recorded_at: Some(timestamp(plan.since)),
        renewal_due_at: Some(timestamp(plan.until)),
        entries: entries.collect(),
    }
}

fn absence(absence: &Absence) -> wire::Absence {
    wire::Absence {
        absence_id: absence.id.to_string(),
        principal_id: absence.principal.to_string(),
        since: Some(timestamp(absence.since)),
        until: Some(timestamp(absence.until)),
    }
}
