//! An incident as others see it.

use incidents_domain::{
    Incident,
    incident::{Deputised, Duty, Findings, Hold, Origin, Phase, Suspicion},
};
use jiff::Timestamp;
use proto::{incidents::v1 as wire, timestamp};

/// The incident as it stands at that instant.
pub(crate) fn incident(incident: &Incident, now: Timestamp) -> wire::Incident {
    let mut message = wire::Incident {
        reporter_id: text(incident.reporter.as_ref()),
        important_system: incident.important_system,
        reported_at: incident.reported_at.map(timestamp),
        investigation: incident.findings.as_ref().map(investigation),
        chain: incident.chain.iter().map(|duty| step(duty, now)).collect(),
        suspended_system_ids: incident.suspended.keys().map(ToString::to_string).collect(),
        grave_outside_harm: incident.grave,
        records_on_hold: incident.holds_records(),
        deputised: incident.deputised.iter().map(deputised).collect(),
        record_hold: incident.hold.as_ref().map(hold),
        suspicions: incident.suspicions.latest.iter().map(suspicion).collect(),
        suspicion_count: incident.suspicions.count,
        pack_version: incident.pack_version.clone(),
        conclusion: incident
            .closure
            .as_ref()
            .map(|closure| closure.text.clone())
            .unwrap_or_default(),
        ..wire::Incident::default()
    };
    message.set_state(state(incident.phase()));
    if let Some(report) = &incident.report {
        message.incident_id = report.id.to_string();
        message.title.clone_from(&report.title);
        message.set_origin(origin(report.origin));
        message.section_id = text(report.section.as_ref());
        message.system_id = text(report.system.as_ref());
        message.person_id = text(report.person.as_ref());
        message.description.clone_from(&report.description);
        message.noticed_at = Some(timestamp(report.noticed_at));
    }
    message
}

fn step(duty: &Duty, now: Timestamp) -> wire::ChainStep {
    let done = duty.done.as_ref();
    wire::ChainStep {
        step: duty.step.as_str().to_owned(),
        role: duty.role.to_string(),
        clause: duty.step.clause().to_string(),
        due_at: duty.due_at.map(timestamp),
        done_at: done.map(|done| timestamp(done.at)),
        done_by: text(done.and_then(|done| done.by.as_ref())),
        note: done.map(|done| done.text.clone()).unwrap_or_default(),
        overdue: duty.is_overdue(now),
    }
}

fn deputised((done, at): &(Deputised, Timestamp)) -> wire::DeputisedAct {
    wire::DeputisedAct {
        act: done.act.to_string(),
        person_id: done.acting.person.to_string(),
        principal_id: done.acting.principal.to_string(),
        absence_id: done.acting.absence.to_string(),
        at: Some(timestamp(*at)),
    }
}

fn hold(hold: &Hold) -> wire::RecordHold {
    let released = hold.released.as_ref();
    wire::RecordHold {
        reason: hold.held.text.clone(),
        held_by: text(hold.held.by.as_ref()),
        held_at: Some(timestamp(hold.held.at)),
        release_reason: released
            .map(|remark| remark.text.clone())
            .unwrap_or_default(),
        released_by: text(released.and_then(|remark| remark.by.as_ref())),
        released_at: released.map(|remark| timestamp(remark.at)),
    }
}

/// What the analysis of records raised.
pub(crate) fn suspicion(suspicion: &Suspicion) -> wire::Suspicion {
    wire::Suspicion {
        rule: suspicion.rule.clone(),
        subject: suspicion.subject.clone(),
        description: suspicion.description.clone(),
        log_indexes: suspicion.log_indexes.clone(),
        seen_at: Some(timestamp(suspicion.seen_at)),
        record_id: suspicion.record.clone(),
    }
}

fn investigation(findings: &Findings) -> wire::Investigation {
    wire::Investigation {
        what_happened: findings.what_happened.clone(),
        cause: findings.cause.clone(),
        damage_and_scope: findings.damage_and_scope.clone(),
    }
}

fn text(id: Option<&impl ToString>) -> String {
    id.map(ToString::to_string).unwrap_or_default()
}

fn origin(origin: Origin) -> wire::ReportOrigin {
    match origin {
        Origin::Staff => wire::ReportOrigin::Staff,
        Origin::Citizen => wire::ReportOrigin::Citizen,
        Origin::Machine => wire::ReportOrigin::Machine,
    }
}

fn state(phase: Phase) -> wire::IncidentState {
    match phase {
        Phase::Absent => wire::IncidentState::Unspecified,
        Phase::Reported => wire::IncidentState::Reported,
        Phase::Investigated => wire::IncidentState::Investigated,
        Phase::Minor => wire::IncidentState::Minor,
        Phase::Escalated => wire::IncidentState::Escalated,
        Phase::Recovered => wire::IncidentState::Recovered,
        Phase::Closed => wire::IncidentState::Closed,
    }
}
