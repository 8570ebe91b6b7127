//! Permits.

use approvals_domain::{
    Permit, Violation,
    permit::{Application, Completion, Hindrance, Phase, Proposal, Step, Subject},
    route::{Move, Why},
};
use proto::{
    approvals::v1 as wire,
    common::v1::{InformationClass, ServiceType},
};
use standard::route::Acting;

use super::{at, text, texts, verdict::verdict_to};

/// A permit at a phase: the recorded one on the bus, the present one in answers.
pub(crate) fn permit(permit: &Permit, phase: Phase) -> wire::Permit {
    let own = &permit.application;
    let ending = permit.ending.as_ref();
    wire::Permit {
        permit_id: permit.id.to_string(),
        kind: own.kind.clone(),
        applicant_id: permit.applicant.to_string(),
        section_id: text(permit.place.section.as_ref()),
        subject: Some(subject(&own.subject, permit)),
        information_class: InformationClass::number_of(own.class),
        content: own.content.clone(),
        starts_at: at(own.starts_at),
        ends_at: at(own.ends_at),
        clauses: texts(&permit.clauses),
        relaxes: texts(&permit.relaxes),
        state: phase_to(phase).into(),
        steps: permit.steps.iter().map(step).collect(),
        applied_at: at(permit.applied_at),
        effect: text(permit.effect.as_ref()),
        pack_version: permit.pack_version.clone(),
        personal_information: own.personal_information,
        checklists: checklists(own),
        bureau_id: text(permit.place.bureau.as_ref()),
        granted_at: at(permit.granted_at),
        ended_by: text(ending.map(|ending| &ending.by)),
        ended_at: at(ending.map(|ending| ending.at)),
        end_reason: text(ending.map(|ending| &ending.reason)),
        hindrance: permit.hindrance.as_ref().map(hindrance),
        completion_due_at: at(permit.completion_due_at),
        completion: permit.completion.as_ref().map(completion),
    }
}

/// A step of a route.
pub(crate) fn step(step: &Step) -> wire::RouteStep {
    let ruling = step.ruling.as_ref();
    wire::RouteStep {
        step: step.step.to_string(),
        role: step.deciders.role.to_string(),
        approver_ids: texts(&step.deciders.people),
        verdict: verdict_to(ruling.map(|ruling| ruling.verdict)),
        decided_by: text(ruling.map(|ruling| &ruling.by)),
        decided_at: at(ruling.map(|ruling| ruling.at)),
        reason: text(ruling.map(|ruling| &ruling.reason)),
        witnessed_by: text(ruling.and_then(|ruling| ruling.witness.as_ref())),
        moves: step.deciders.moves.iter().map(passed).collect(),
        witness_role: text(step.deciders.witness.as_ref()),
        proposed: step.proposal.as_ref().map(proposed),
        acting: step.deciders.acting.iter().map(acting).collect(),
        decided_for: ruling.and_then(|ruling| ruling.acting_for.as_ref().map(acting)),
    }
}

/// A rule not met.
pub(crate) fn violation(violation: &Violation) -> wire::Violation {
    wire::Violation {
        field: violation.field.clone(),
        code: violation.problem.code().to_owned(),
        clause: violation.clause.to_string(),
        message_en: violation.problem.to_string(),
        message_ja: violation.problem.message_ja(),
    }
}

/// None for the unspecified and for numbers of a later version.
pub(crate) fn phase_from(number: i32) -> Option<Phase> {
    match wire::PermitState::try_from(number).ok()? {
        wire::PermitState::Unspecified => None,
        wire::PermitState::Applied => Some(Phase::Applied),
        wire::PermitState::Granted => Some(Phase::Granted),
        wire::PermitState::Refused => Some(Phase::Refused),
        wire::PermitState::Withdrawn => Some(Phase::Withdrawn),
        wire::PermitState::Expired => Some(Phase::Expired),
        wire::PermitState::Revoked => Some(Phase::Revoked),
        wire::PermitState::Completed => Some(Phase::Completed),
    }
}

const fn phase_to(phase: Phase) -> wire::PermitState {
    match phase {
        Phase::Absent => wire::PermitState::Unspecified,
        Phase::Applied => wire::PermitState::Applied,
        Phase::Granted => wire::PermitState::Granted,
        Phase::Refused => wire::PermitState::Refused,
        Phase::Withdrawn => wire::PermitState::Withdrawn,
        Phase::Expired => wire::PermitState::Expired,
        Phase::Revoked => wire::PermitState::Revoked,
        Phase::Completed => wire::PermitState::Completed,
    }
}

fn completion(completion: &Completion) -> wire::PermitCompletion {
    wire::PermitCompletion {
        content: completion.content.clone(),
        recorded_by: completion.by.to_string(),
        recorded_at: at(Some(completion.at)),
    }
}

fn hindrance(hindrance: &Hindrance) -> wire::PermitHindrance {
    wire::PermitHindrance {
        code: hindrance.code.clone(),
        clauses: texts(&hindrance.clauses),
        message_ja: hindrance.ja.clone(),
        message_en: hindrance.en.clone(),
        refused_at: at(Some(hindrance.at)),
    }
}

/// The person is always named, so that listeners need not know whom an empty one means.
fn subject(subject: &Subject, permit: &Permit) -> wire::PermitSubject {
    wire::PermitSubject {
        person_id: permit.beneficiary().to_string(),
        system_id: text(subject.system.as_ref()),
        device_id: text(subject.device.as_ref()),
        network_id: text(subject.network.as_ref()),
        information_id: text(subject.information.as_ref()),
        service_name: text(subject.service_name.as_ref()),
        service_type: ServiceType::number_of(subject.service_type),
        cloud: subject.cloud,
        medium_id: text(subject.medium.as_ref()),
    }
}

fn checklists(own: &Application) -> Vec<wire::ChecklistAnswer> {
    let answered = own.checklists.iter();
    answered
        .map(|(id, answers)| wire::ChecklistAnswer {
            checklist_id: id.clone(),
            version: answers.version.clone(),
            confirmed_item_ids: texts(&answers.confirmed),
        })
        .collect()
}

fn passed(passed: &Move) -> wire::RouteMove {
    let reason = match passed.why {
        Why::Vacant => wire::RouteMoveReason::Vacant,
        Why::OwnRequest => wire::RouteMoveReason::OwnRequest,
    };
    wire::RouteMove {
        role: passed.from.to_string(),
        reason: reason.into(),
    }
}

fn acting(acting: &Acting) -> wire::ActingAuthority {
    wire::ActingAuthority {
        person_id: acting.person.to_string(),
        principal_id: acting.principal.to_string(),
        absence_id: acting.absence.to_string(),
    }
}

fn proposed(proposal: &Proposal) -> wire::ProposedDecision {
    wire::ProposedDecision {
        verdict: verdict_to(Some(proposal.verdict)),
        decided_by: proposal.by.to_string(),
        reason: proposal.reason.clone(),
        witness_id: proposal.witness.to_string(),
    }
}
