//! Shared IDs.

use identity_domain::shared_id::{CheckOut, Departure, Duty, Event, State};
use kernel::{ClauseId, SharedId};
use proto::{identity::v1 as wire, record::Outgoing, timestamp};

const SHARED_IDS: [ClauseId; 1] = [ClauseId::known("4-3-2")];
const SHARED_SECRET: [ClauseId; 1] = [ClauseId::known("4-3-3")];

pub(crate) fn shared_id(event: &Event, state: &State) -> Outgoing {
    let known = state.registered.as_ref();
    let shared_id = known.map_or(String::new(), |known| known.id.to_string());
    let system_id = known.map_or(String::new(), |known| known.system.to_string());
    match event {
        Event::Registered(record) => {
            let record = Some(shared_id_record(&record.id, state));
            Outgoing::new(&wire::SharedIdRegistered { record }, SHARED_IDS)
        }
        Event::MembersLeft { people, duty } => {
            let public = wire::SharedIdMembersLeft {
                shared_id,
                system_id,
                departures: people.iter().map(departure).collect(),
                secret_change_due_at: Some(timestamp(duty.due_at)),
            };
            Outgoing::new(&public, SHARED_SECRET)
        }
        Event::CheckedOut { check_out, beside } => {
            let public = wire::SharedIdCheckedOut {
                shared_id,
                system_id,
                person_id: check_out.person.to_string(),
                session_id: check_out.session.to_string(),
                ends_at: Some(timestamp(check_out.ends_at)),
                beside_ids: beside.iter().map(ToString::to_string).collect(),
            };
            Outgoing::new(&public, SHARED_IDS)
        }
        Event::CheckedIn { person, how } => {
            let public = wire::SharedIdCheckedIn {
                shared_id,
                system_id,
                person_id: person.to_string(),
                how: how.as_str().to_owned(),
            };
            Outgoing::new(&public, SHARED_IDS)
        }
        Event::SecretChanged { by } => {
            let public = wire::SharedIdSecretChanged {
                shared_id,
                system_id,
                person_id: by.to_string(),
            };
            Outgoing::new(&public, SHARED_SECRET)
        }
        Event::Withdrawn { reason } => {
            let public = wire::SharedIdWithdrawn {
                shared_id,
                system_id,
                reason: reason.clone(),
            };
            Outgoing::new(&public, SHARED_IDS)
        }
    }
}

/// A shared ID as it stands.
pub(crate) fn shared_id_record(id: &SharedId, state: &State) -> wire::SharedIdRecord {
    let known = state.registered.as_ref();
    let members = known.iter().flat_map(|known| &known.members);
    wire::SharedIdRecord {
        shared_id: id.to_string(),
        system_id: known.map_or(String::new(), |known| known.system.to_string()),
        name: known.map_or(String::new(), |known| known.name.clone()),
        owner_id: known.map_or(String::new(), |known| known.owner.to_string()),
        members: members
            .map(|(person, member)| wire::SharedIdMember {
                person_id: person.to_string(),
                section_id: member.section.to_string(),
                since: Some(timestamp(member.since)),
            })
            .collect(),
        concurrent: known.is_some_and(|known| known.concurrent),
        check_outs: state.check_outs.iter().map(check_out).collect(),
        secret_duty: state.duty.as_ref().map(duty),
        withdrawn: state.withdrawn,
    }
}

fn check_out(one: &CheckOut) -> wire::SharedIdCheckOut {
    wire::SharedIdCheckOut {
        person_id: one.person.to_string(),
        session_id: one.session.to_string(),
        since: Some(timestamp(one.since)),
        ends_at: Some(timestamp(one.ends_at)),
    }
}

fn duty(duty: &Duty) -> wire::SharedIdSecretDuty {
    wire::SharedIdSecretDuty {
        since: Some(timestamp(duty.since)),
        due_at: Some(timestamp(duty.due_at)),
        because: duty.because.iter().map(departure).collect(),
    }
}

fn departure(one: &Departure) -> wire::SharedIdDeparture {
    wire::SharedIdDeparture {
        person_id: one.person.to_string(),
        why: one.why.as_str().to_owned(),
    }
}
