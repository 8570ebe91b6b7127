//! What happened, as the others are told of it: each domain event as its public one.

use incidents_domain::{
    Incident, clauses,
    incident::{Event, Link, Step, Target, What},
};
use kernel::ClauseId;
use proto::{incidents::v1 as event, record::Outgoing};

use crate::wire;

/// The public event, with the incident as it stands after it.
pub(crate) fn incident(happened: &Event, state: &Incident) -> Outgoing {
    let incident = Some(wire::incident(state, happened.at));
    match &happened.what {
        What::Reported {
            report,
            important_system,
            ..
        } => {
            let important = important_system.then_some(clauses::IMPORTANT_SYSTEM);
            let by = [report.clause.clone()].into_iter().chain(important);
            Outgoing::new(&event::IncidentReported { incident }, by)
        }
        What::Acknowledged => {
            let done = done(happened);
            let steps = done.iter().map(|step| step.as_str().to_owned()).collect();
            Outgoing::new(
                &event::ReportAcknowledged { incident, steps },
                once_each(done.iter().map(|step| step.clause())),
            )
        }
        What::Investigated { .. } => Outgoing::new(
            &event::IncidentInvestigated { incident },
            [
                clauses::INVESTIGATE,
                clauses::WHAT_HAPPENED,
                clauses::CAUSE,
                clauses::DAMAGE_AND_SCOPE,
            ],
        ),
        What::JudgedMinor { reason } => {
            let reason = reason.clone();
            Outgoing::new(
                &event::IncidentJudgedMinor { incident, reason },
                [clauses::MINOR],
            )
        }
        What::Reconsidered => {
            Outgoing::new(&event::IncidentReconsidered { incident }, [clauses::MINOR])
        }
        What::PassedOn { to, .. } => passed_on(*to, incident),
        What::ReportedOutside { body, content } => Outgoing::new(
            &event::IncidentReportedOutside {
                incident,
                body: body.clone(),
                content: content.clone(),
            },
            [clauses::REPORT_OUTSIDE],
        ),
        What::Suspended { system, suspension } => Outgoing::new(
            &event::SystemSuspended {
                incident,
                system_id: system.to_string(),
                reason: suspension.reason.clone(),
            },
            [clauses::SUSPEND],
        ),
        What::Resumed { system, reason } => Outgoing::new(
            &event::SystemResumed {
                incident,
                system_id: system.to_string(),
                reason: reason.clone(),
            },
            [clauses::RECOVER],
        ),
        What::ContainmentReported { measures } => {
            let measures = measures.clone();
            Outgoing::new(
                &event::ContainmentReported { incident, measures },
                [clauses::REPORT_CONTAINMENT],
            )
        }
        What::RecordsHeld { reason } => {
            let reason = reason.clone();
            Outgoing::new(
                &event::RecordsHeld { incident, reason },
                [clauses::HOLD_RECORDS],
            )
        }
        What::RecordsReleased { reason } => {
            let reason = reason.clone();
            Outgoing::new(
                &event::RecordsReleased { incident, reason },
                [clauses::HOLD_RECORDS],
            )
        }
        What::Recovered { measures } => {
            let measures = measures.clone();
            Outgoing::new(
                &event::IncidentRecovered { incident, measures },
                [clauses::RECOVER, clauses::REPORT_RECOVERY],
            )
        }
        What::PreventionRecorded { measures } => {
            let measures = measures.clone();
            Outgoing::new(
                &event::PreventionRecorded { incident, measures },
                [clauses::PREVENT],
            )
        }
        What::Overdue { step } => {
            let clause = step.clause();
            let step = step.as_str().to_owned();
            Outgoing::new(&event::ReportOverdue { incident, step }, [clause])
        }
        What::Suspected(suspicion) => Outgoing::new(
            &event::SuspicionAdded {
                incident,
                suspicion: Some(wire::suspicion(suspicion)),
            },
            [clauses::ANALYSIS],
        ),
        What::Closed { .. } => Outgoing::new(
            &event::IncidentClosed { incident },
            [clauses::ANSWER_AT_ONCE, clauses::KEEP_RECORDS],
        ),
    }
}

fn passed_on(to: Target, incident: Option<event::Incident>) -> Outgoing {
    let (step, clauses) = match to {
        Target::CsirtChief => (
            Step::ReportToCsirtChief,
            vec![clauses::TO_CSIRT_CHIEF, clauses::PASS_ON],
        ),
        Target::Ciso => (Step::ReportToCiso, vec![clauses::TO_CISO]),
    };
    let escalated = event::IncidentEscalated {
        incident,
        step: step.as_str().to_owned(),
        to_role: to.role().to_string(),
    };
    Outgoing::new(&escalated, clauses)
}

/// The steps an event did.
fn done(event: &Event) -> Vec<Step> {
    let links = event.chain.iter();
    links
        .filter_map(|link| match link {
            Link::Done { step, .. } => Some(*step),
            Link::Opened { .. } | Link::Dropped(_) | Link::Overdue(_) => None,
        })
        .collect()
}

fn once_each(clauses: impl Iterator<Item = ClauseId>) -> Vec<ClauseId> {
    let mut once: Vec<_> = clauses.collect();
    once.sort();
    once.dedup();
    once
}
