//! Reads: from proto to the queries and back.

use std::collections::BTreeMap;

use incidents_domain::incident::{Phase, Refusal};
use jiff::Timestamp;
use kernel::{PersonId, SectionId, SystemId};
use proto::{incidents::v1 as wire, timestamp};
use rpc::{Caller, Fields, next_page_token, status};
use store::{from_micros, micros};
use tonic::Status;

use crate::{
    desk::Desk,
    scope::Scope,
    store::query::{After, Filter},
    wire::incident,
};

/// The section of a report that names none: the caller's own, or to a machine the one that owns the system
/// it found something about, else that of the person.
pub(super) fn section_for(
    desk: &Desk,
    caller: &Caller,
    message: &wire::ReportIncidentRequest,
) -> Option<SectionId> {
    let (known, now) = (desk.known.get(), desk.clock.now());
    let directory = &known.directory;
    let of = |person: &PersonId| directory.person(person)?.section(now).cloned();
    if let Some(person) = caller.person() {
        return of(person);
    }
    let system = message.system_id.parse().ok();
    let system = system.and_then(|id| directory.system(&id));
    let owner = system.map(|system| system.owner.clone());
    owner.or_else(|| of(&message.person_id.parse().ok()?))
}

pub(super) async fn get_incident(
    desk: &Desk,
    caller: &Caller,
    message: &wire::GetIncidentRequest,
) -> Result<wire::GetIncidentResponse, Status> {
    let mut fields = Fields::new();
    let id = fields.id("incident_id", &message.incident_id);
    fields.done()?;
    let found = desk.read().one(&id, &scope(desk, caller)?).await;
    let found = found.map_err(status::failure)?;
    let found = found.ok_or_else(|| status::refused(Refusal::NotFound))?;
    Ok(wire::GetIncidentResponse {
        incident: Some(incident(&found, desk.clock.now())),
    })
}

pub(super) async fn list_incidents(
    desk: &Desk,
    caller: &Caller,
    message: &wire::ListIncidentsRequest,
) -> Result<wire::ListIncidentsResponse, Status> {
    let now = desk.clock.now();
    let mut fields = Fields::new();
    let filter = Filter {
        phase: optional_phase(&mut fields, message.state),
        section: fields.optional_id("section_id", &message.section_id),
        system: fields.optional_id("system_id", &message.system_id),
        holding: message.records_on_hold,
        overdue_at: message.overdue.then_some(now),
    };
    let page = fields.page(message.page_size, &message.page_token);
    let after = page
        .after
        .as_deref()
        .and_then(|key| position(&mut fields, key));
    fields.done()?;
    let scope = scope(desk, caller)?;
    let listed = desk
        .read()
        .page(&scope, &filter, page.size, after.as_ref())
        .await;
    let listed = listed.map_err(status::failure)?;
    Ok(wire::ListIncidentsResponse {
        incidents: listed
            .incidents
            .iter()
            .map(|one| incident(one, now))
            .collect(),
        next_page_token: listed
            .next
            .map(|last| next_page_token(&key(&last)))
            .unwrap_or_default(),
    })
}

pub(super) async fn list_suspended_systems(
    desk: &Desk,
    message: &wire::ListSuspendedSystemsRequest,
) -> Result<wire::ListSuspendedSystemsResponse, Status> {
    let mut fields = Fields::new();
    let page = fields.page(message.page_size, &message.page_token);
    fields.done()?;
    let incidents = desk.read().suspending().await.map_err(status::failure)?;
    let mut systems: BTreeMap<SystemId, (Vec<String>, Timestamp)> = BTreeMap::new();
    for incident in &incidents {
        let id = incident.report.as_ref().map(|report| report.id.to_string());
        for (system, suspension) in &incident.suspended {
            let entry = systems.entry(system.clone());
            let (ids, since) = entry.or_insert((Vec::new(), suspension.since));
            ids.extend(id.clone());
            *since = suspension.since.min(*since);
        }
    }
    let systems = systems.into_iter();
    let (systems, next_page_token) = page.of(systems.map(|one| (one.0.to_string(), one)));
    Ok(wire::ListSuspendedSystemsResponse {
        systems: systems.into_iter().map(suspended).collect(),
        next_page_token,
    })
}

fn suspended(
    (id, (mut incident_ids, since)): (SystemId, (Vec<String>, Timestamp)),
) -> wire::SuspendedSystem {
    incident_ids.sort();
    wire::SuspendedSystem {
        system_id: id.to_string(),
        incident_ids,
        since: Some(timestamp(since)),
    }
}

fn scope(desk: &Desk, caller: &Caller) -> Result<Scope, Status> {
    let person = caller
        .person()
        .ok_or_else(|| status::refused(Refusal::NotAPerson))?;
    Ok(Scope::of(person, &desk.known.get(), desk.clock.now()))
}

/// The key of a page token: when the last incident was reported, and its id.
fn key(last: &After) -> String {
    format!("{} {}", micros(last.reported_at), last.id)
}

fn position(fields: &mut Fields, key: &str) -> Option<After> {
    let read = key.split_once(' ').and_then(|(at, id)| {
        Some(After {
            reported_at: from_micros(at.parse().ok()?),
            id: id.to_owned(),
        })
    });
    if read.is_none() {
        fields.fail(
            "page_token",
            "page_token_invalid",
            "is not a token of an earlier answer",
            "前回の応答で返されたトークンではありません。",
        );
    }
    read
}

fn optional_phase(fields: &mut Fields, value: i32) -> Option<Phase> {
    match value {
        0 => None,
        given => fields.choice("state", given, phase),
    }
}

fn phase(value: i32) -> Option<Phase> {
    match wire::IncidentState::try_from(value).ok()? {
        wire::IncidentState::Unspecified => None,
        wire::IncidentState::Reported => Some(Phase::Reported),
        wire::IncidentState::Investigated => Some(Phase::Investigated),
        wire::IncidentState::Minor => Some(Phase::Minor),
        wire::IncidentState::Escalated => Some(Phase::Escalated),
        wire::IncidentState::Recovered => Some(Phase::Recovered),
        wire::IncidentState::Closed => Some(Phase::Closed),
    }
}
