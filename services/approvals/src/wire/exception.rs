//! Exceptions.

use approvals_domain::{
    Exception,
    exception::{Act, Phase, Proposal},
};
use proto::{
    approvals::v1 as wire,
    common::v1::{AccessPath, InformationClass},
};

use super::{at, text, texts};

/// An exception at a phase: the recorded one on the bus, the present one in answers.
pub(crate) fn exception(exception: &Exception, phase: Phase) -> wire::Exception {
    let scope = &exception.scope;
    let ruling = exception.ruling.as_ref();
    let report = exception.report.as_ref();
    let review = exception.review.as_ref();
    wire::Exception {
        exception_id: exception.id.to_string(),
        emergency: exception.emergency,
        clauses: texts(&exception.clauses),
        bureau_id: exception.bureau.to_string(),
        bureau_manager_id: exception.manager.to_string(),
        person_ids: texts(&scope.people),
        post_ids: texts(&scope.posts),
        section_ids: texts(&scope.sections),
        system_ids: texts(&scope.systems),
        paths: scope
            .paths
            .iter()
            .map(|path| AccessPath::from(*path).into())
            .collect(),
        class_ceiling: InformationClass::number_of(scope.class_ceiling),
        ground: exception.ground.clone(),
        substitute_measure: exception.substitute_measure.clone(),
        starts_at: at(exception.starts_at),
        ends_at: at(exception.ends_at),
        report_due_at: at(exception.report_due_at),
        state: phase_to(phase).into(),
        pack_version: exception.pack_version.clone(),
        reported_at: at(report.map(|report| report.at)),
        report: text(report.map(|report| &report.text)),
        review: text(review.map(|review| &review.text)),
        decided_by: text(ruling.map(|ruling| &ruling.by)),
        decision_reason: text(ruling.map(|ruling| &ruling.reason)),
        witnessed_by: text(ruling.and_then(|ruling| ruling.witness.as_ref())),
        began_at: at(exception.began_at),
        decided_at: at(ruling.map(|ruling| ruling.at)),
        proposed: exception.proposal.as_ref().map(proposed),
        report_overdue: exception.overdue_recorded,
        reported_by: text(report.map(|report| &report.by)),
        closed_by: text(review.map(|review| &review.by)),
        closed_at: at(review.map(|review| review.at)),
        alarmed_ids: texts(&exception.alarmed),
    }
}

/// None for the unspecified and for numbers of a later version.
pub(crate) fn phase_from(number: i32) -> Option<Phase> {
    match wire::ExceptionState::try_from(number).ok()? {
        wire::ExceptionState::Unspecified => None,
        wire::ExceptionState::Applied => Some(Phase::Applied),
        wire::ExceptionState::Granted => Some(Phase::Granted),
        wire::ExceptionState::Refused => Some(Phase::Refused),
        wire::ExceptionState::Invoked => Some(Phase::Invoked),
        wire::ExceptionState::Reported => Some(Phase::Reported),
        wire::ExceptionState::Endorsed => Some(Phase::Endorsed),
        wire::ExceptionState::Revoked => Some(Phase::Revoked),
        wire::ExceptionState::Expired => Some(Phase::Expired),
        wire::ExceptionState::Closed => Some(Phase::Closed),
    }
}

const fn phase_to(phase: Phase) -> wire::ExceptionState {
    match phase {
        Phase::Absent => wire::ExceptionState::Unspecified,
        Phase::Applied => wire::ExceptionState::Applied,
        Phase::Granted => wire::ExceptionState::Granted,
        Phase::Refused => wire::ExceptionState::Refused,
        Phase::Invoked => wire::ExceptionState::Invoked,
        Phase::Reported => wire::ExceptionState::Reported,
        Phase::Endorsed => wire::ExceptionState::Endorsed,
        Phase::Revoked => wire::ExceptionState::Revoked,
        Phase::Expired => wire::ExceptionState::Expired,
        Phase::Closed => wire::ExceptionState::Closed,
    }
}

fn proposed(proposal: &Proposal) -> wire::ProposedRuling {
    let (act, ends_at) = match proposal.act {
        Act::Grant => (wire::ExceptionAct::Grant, None),
        Act::Refuse => (wire::ExceptionAct::Refuse, None),
        Act::Endorse => (wire::ExceptionAct::Endorse, None),
        Act::Extend { ends_at } => (wire::ExceptionAct::Extend, Some(ends_at)),
    };
    wire::ProposedRuling {
        act: act.into(),
        ends_at: at(ends_at),
        decided_by: proposal.by.to_string(),
        reason: proposal.reason.clone(),
        witness_id: proposal.witness.to_string(),
    }
}
