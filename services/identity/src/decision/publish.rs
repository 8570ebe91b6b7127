//! Decisions as they go on record and out to the others.

use identity_domain::{
    account::Verified,
    decision::{Authority, EnforcementPoint, Outcome, RelaxationId},
};
use kernel::{ClauseId, Refusal as _};
use proto::{common::v1 as common, identity::v1 as wire, record::Outgoing};

use super::{
    AccessFacts, Answer, Question, evaluator::Verdict, facts::Known, words::object_on_record,
};

/// The record of an answer, with the clauses it was judged by.
pub(super) fn evaluated(
    answer: &Answer,
    question: &Question,
    point: Option<&EnforcementPoint>,
    facts: &AccessFacts,
) -> Outgoing {
    let (person, session, factors) = match &answer.subject {
        Some((person, session)) => (
            person.to_string(),
            session.to_string(),
            (facts.session(session).into_iter())
                .flat_map(|session| &session.factors)
                .map(verified)
                .collect(),
        ),
        None => Default::default(),
    };
    let asked = wire::AccessEvaluated {
        decision_id: answer.id.to_string(),
        person_id: person,
        session_id: session,
        factors,
        automated: question.automated,
        shared_id: question
            .shared_id
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        claimed_class: question
            .class
            .map_or(
                common::InformationClass::Unspecified,
                common::InformationClass::from,
            )
            .into(),
        known: Some(known(facts.known())),
        system_id: question.system.to_string(),
        action: question.action.to_string(),
        object: question.object.as_ref().map(object_on_record),
        device_id: question
            .device
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        enforcement_point_id: point.map_or_else(String::new, |point| point.id.to_string()),
        ..wire::AccessEvaluated::default()
    };
    let (event, clauses) = match &answer.verdict {
        Verdict::Decided(decision) => {
            let clauses: Vec<ClauseId> = decision.clauses().into_iter().cloned().collect();
            let relaxed_by = |permits: bool| {
                let ids = decision
                    .relaxed_by
                    .iter()
                    .filter_map(move |by| match &by.id {
                        RelaxationId::Permit(id) => permits.then(|| id.to_string()),
                        RelaxationId::Exception(id) => (!permits).then(|| id.to_string()),
                    });
                ids.collect()
            };
            let (acting_for_id, absence_id) = match &decision.authority {
                Authority::None | Authority::Own => Default::default(),
                Authority::Acting { principal, absence } => {
                    (principal.to_string(), absence.to_string())
                }
            };
            let event = wire::AccessEvaluated {
                acting_for_id,
                absence_id,
                outcome: outcome(decision.outcome).into(),
                path: path(decision.path).into(),
                information_class: common::InformationClass::from(decision.class).into(),
                exception_ids: relaxed_by(false),
                permit_ids: relaxed_by(true),
                pack_version: decision.pack_version.to_string(),
                reasons: (decision.reasons.iter())
                    .map(|reason| reason.rule.id.to_owned())
                    .collect(),
                ..asked
            };
            (event, clauses)
        }
        Verdict::TokenRefused {
            refused,
            path: from,
            pack_version,
            ..
        } => {
            let event = wire::AccessEvaluated {
                outcome: wire::AccessOutcome::Deny.into(),
                path: path(*from).into(),
                pack_version: pack_version.to_string(),
                reasons: vec![refused.code().to_owned()],
                ..asked
            };
            (event, refused.clauses())
        }
    };
    let event = wire::AccessEvaluated {
        clauses: clauses.iter().map(ToString::to_string).collect(),
        ..event
    };
    Outgoing::new(&event, clauses)
}

fn verified(factor: &Verified) -> wire::VerifiedFactor {
    wire::VerifiedFactor {
        credential_id: factor.credential.to_string(),
        kind: factor.kind.to_string(),
        verified_at: Some(proto::timestamp(factor.at)),
    }
}

const fn known(known: Known) -> wire::KnownPositions {
    wire::KnownPositions {
        identity: known.identity,
        ledger: known.ledger,
        approvals: known.approvals,
        incidents: known.incidents,
    }
}

pub(super) const fn outcome(outcome: Outcome) -> wire::AccessOutcome {
    match outcome {
        Outcome::Allow => wire::AccessOutcome::Allow,
        Outcome::AllowByException => wire::AccessOutcome::AllowByException,
        Outcome::StepUp => wire::AccessOutcome::StepUp,
        Outcome::Deny => wire::AccessOutcome::Deny,
    }
}

pub(super) fn path(path: Option<standard::AccessPath>) -> common::AccessPath {
    path.map_or(common::AccessPath::Unspecified, common::AccessPath::from)
}
