//! Requests to commands. Judges what a request looks like, never how things stand.

use incidents_domain::{
    clauses,
    incident::{Command, Findings, Origin, Report, Target},
};
use jiff::Timestamp;
use kernel::{IncidentId, SectionId};
use proto::incidents::v1 as wire;
use rpc::Fields;
use tonic::Status;

/// Characters in a title or the name of a body.
const LINE: std::ops::RangeInclusive<usize> = 1..=200;
/// Characters in a reason or a description.
const TEXT: std::ops::RangeInclusive<usize> = 1..=2_000;

type Converted = Result<(IncidentId, Command), Status>;

/// A new incident; its section is this one unless the request names another.
pub(super) fn report_incident(
    message: &wire::ReportIncidentRequest,
    section: Option<SectionId>,
    now: Timestamp,
) -> Converted {
    let mut fields = Fields::new();
    let id = IncidentId::from(runtime::new_id());
    let report = Report {
        id: id.clone(),
        title: fields.text("title", &message.title, LINE),
        origin: fields
            .choice("origin", message.origin, origin)
            .unwrap_or(Origin::Staff),
        section: fields
            .optional_id("section_id", &message.section_id)
            .or(section),
        system: fields.optional_id("system_id", &message.system_id),
        person: fields.optional_id("person_id", &message.person_id),
        description: fields.long_text("description", &message.description, TEXT),
        noticed_at: fields
            .optional_timestamp("noticed_at", message.noticed_at.as_ref())
            .unwrap_or(now),
        clause: clauses::REPORT,
    };
    fields.done()?;
    Ok((id, Command::Report(Box::new(report))))
}

pub(super) fn acknowledge_report(message: &wire::AcknowledgeReportRequest) -> Converted {
    of(&message.incident_id, |_| Command::Acknowledge)
}

pub(super) fn record_investigation(message: &wire::RecordInvestigationRequest) -> Converted {
    of(&message.incident_id, |fields| {
        let findings = fields.message("findings", message.findings.as_ref(), findings);
        Command::Investigate {
            findings: findings.unwrap_or_default(),
            grave: message.grave_outside_harm,
        }
    })
}

pub(super) fn judge_minor(message: &wire::JudgeMinorRequest) -> Converted {
    of(&message.incident_id, |fields| Command::JudgeMinor {
        reason: fields.long_text("reason", &message.reason, TEXT),
    })
}

pub(super) fn escalate(message: &wire::EscalateRequest) -> Converted {
    of(&message.incident_id, |fields| Command::PassOn {
        to: fields
            .choice("target", message.target, target)
            .unwrap_or(Target::CsirtChief),
        reason: fields.long_text("reason", &message.reason, TEXT),
    })
}

pub(super) fn report_outside(message: &wire::ReportOutsideRequest) -> Converted {
    of(&message.incident_id, |fields| Command::ReportOutside {
        body: fields.text("body", &message.body, LINE),
        content: fields.long_text("content", &message.content, TEXT),
    })
}

pub(super) fn suspend_system(message: &wire::SuspendSystemRequest) -> Converted {
    of(&message.incident_id, |fields| Command::Suspend {
        system: fields.id("system_id", &message.system_id),
        reason: fields.long_text("reason", &message.reason, TEXT),
    })
}

pub(super) fn resume_system(message: &wire::ResumeSystemRequest) -> Converted {
    of(&message.incident_id, |fields| Command::Resume {
        system: fields.id("system_id", &message.system_id),
        reason: fields.long_text("reason", &message.reason, TEXT),
    })
}

pub(super) fn report_containment(message: &wire::ReportContainmentRequest) -> Converted {
    of(&message.incident_id, |fields| Command::ReportContainment {
        measures: fields.long_text("measures", &message.measures, TEXT),
    })
}

pub(super) fn hold_records(message: &wire::HoldRecordsRequest) -> Converted {
    of(&message.incident_id, |fields| Command::HoldRecords {
        reason: fields.long_text("reason", &message.reason, TEXT),
    })
}

pub(super) fn release_records(message: &wire::ReleaseRecordsRequest) -> Converted {
    of(&message.incident_id, |fields| Command::ReleaseRecords {
        reason: fields.long_text("reason", &message.reason, TEXT),
    })
}

pub(super) fn record_recovery(message: &wire::RecordRecoveryRequest) -> Converted {
    of(&message.incident_id, |fields| Command::Recover {
        measures: fields.long_text("measures", &message.measures, TEXT),
    })
}

pub(super) fn record_prevention(message: &wire::RecordPreventionRequest) -> Converted {
    of(&message.incident_id, |fields| Command::Prevent {
        measures: fields.long_text("measures", &message.measures, TEXT),
    })
}

pub(super) fn close_incident(message: &wire::CloseIncidentRequest) -> Converted {
    of(&message.incident_id, |fields| Command::Close {
        conclusion: fields.long_text("conclusion", &message.conclusion, TEXT),
    })
}

/// A command to the incident of that id.
fn of(incident_id: &str, command: impl FnOnce(&mut Fields) -> Command) -> Converted {
    let mut fields = Fields::new();
    let id = fields.id("incident_id", incident_id);
    let command = command(&mut fields);
    fields.done()?;
    Ok((id, command))
}

fn findings(fields: &mut Fields, message: &wire::Investigation) -> Findings {
    Findings {
        what_happened: fields.long_text("what_happened", &message.what_happened, TEXT),
        cause: fields.long_text("cause", &message.cause, TEXT),
        damage_and_scope: fields.long_text("damage_and_scope", &message.damage_and_scope, TEXT),
    }
}

fn origin(value: i32) -> Option<Origin> {
    match wire::ReportOrigin::try_from(value).ok()? {
        wire::ReportOrigin::Unspecified => None,
        wire::ReportOrigin::Staff => Some(Origin::Staff),
        wire::ReportOrigin::Citizen => Some(Origin::Citizen),
        wire::ReportOrigin::Machine => Some(Origin::Machine),
    }
}

fn target(value: i32) -> Option<Target> {
    match wire::EscalationTarget::try_from(value).ok()? {
        wire::EscalationTarget::Unspecified => None,
        wire::EscalationTarget::CsirtChief => Some(Target::CsirtChief),
        wire::EscalationTarget::Ciso => Some(Target::Ciso),
    }
}
