//! Between the contract and the domain.

use identity_domain::decision::{Action, Decision, RULES, Reason, RelaxationId, RelaxedBy, StepUp};
use kernel::{ClauseId, DecisionId, Refusal as _};
use proto::{common::v1 as common, identity::v1 as wire};
use rpc::Fields;
use tonic::Status;

use crate::decision::{
    Answer, Question, Recorded,
    evaluator::Verdict,
    publish::{outcome, path},
    words::object,
};

/// Longest access token looked at, in bytes.
const MAX_TOKEN: usize = 8_192;
/// Most questions in one call.
const MAX_QUESTIONS: usize = 100;

pub(super) fn evaluate(message: &wire::EvaluateRequest) -> Result<Question, Status> {
    let mut fields = Fields::new();
    token(&mut fields, &message.subject_token);
    let asked = fields.message("question", message.question.as_ref(), question);
    fields.done()?;
    Ok(asked.expect("a request without a question was refused"))
}

pub(super) fn evaluate_many(message: &wire::EvaluateManyRequest) -> Result<Vec<Question>, Status> {
    let mut fields = Fields::new();
    token(&mut fields, &message.subject_token);
    let asked = fields.list("questions", &message.questions, 1..=MAX_QUESTIONS, question);
    fields.done()?;
    Ok(asked)
}

pub(super) fn decision_id(message: &wire::GetDecisionRequest) -> Result<DecisionId, Status> {
    let mut fields = Fields::new();
    let id = fields.id("decision_id", &message.decision_id);
    fields.done()?;
    Ok(id)
}

fn token(fields: &mut Fields, token: &str) {
    fields.bytes("subject_token", token.as_bytes(), 1..=MAX_TOKEN);
}

pub(in crate::decision) fn question(fields: &mut Fields, asked: &wire::AccessQuestion) -> Question {
    let system = fields.id("system_id", &asked.system_id);
    let device = fields.optional_id("device_id", &asked.device_id);
    let class = match asked.information_class {
        0 => None,
        given => fields.choice("information_class", given, |given| {
            common::InformationClass::word_of(given)
        }),
    };
    let action = fields.choice("action", asked.action, |given| {
        action(wire::AccessAction::try_from(given).ok()?)
    });
    Question {
        system,
        action: action.unwrap_or(Action::Use),
        object: asked.object.as_ref().map(|about| object(fields, about)),
        device,
        class,
        automated: asked.automated,
        shared_id: fields.optional_id("shared_id", &asked.shared_id),
    }
}

const fn action(action: wire::AccessAction) -> Option<Action> {
    match action {
        wire::AccessAction::Unspecified => None,
        wire::AccessAction::Use => Some(Action::Use),
        wire::AccessAction::Administer => Some(Action::Administer),
        wire::AccessAction::Export => Some(Action::Export),
        wire::AccessAction::Record => Some(Action::Record),
        wire::AccessAction::Change => Some(Action::Change),
    }
}

pub(in crate::decision) fn answer(answer: &Answer) -> wire::AccessAnswer {
    let decision_id = answer.id.to_string();
    match &answer.verdict {
        Verdict::Decided(decision) => wire::AccessAnswer {
            decision_id,
            ..decided(decision)
        },
        Verdict::TokenRefused {
            refused,
            path: from,
            pack_version,
            at,
        } => {
            let clauses = texts(&refused.clauses());
            wire::AccessAnswer {
                decision_id,
                outcome: wire::AccessOutcome::Deny.into(),
                clauses: clauses.clone(),
                reasons: vec![wire::AccessReason {
                    code: refused.code().to_owned(),
                    clauses,
                    message_ja: refused.message_ja(),
                    message_en: refused.to_string(),
                }],
                pack_version: pack_version.to_string(),
                decided_at: Some(proto::timestamp(*at)),
                path: path(*from).into(),
                ..wire::AccessAnswer::default()
            }
        }
    }
}

fn decided(decision: &Decision) -> wire::AccessAnswer {
    wire::AccessAnswer {
        decision_id: String::new(),
        outcome: outcome(decision.outcome).into(),
        clauses: texts(decision.clauses()),
        reasons: decision.reasons.iter().map(reason).collect(),
        required: decision.step_up.as_ref().map(required),
        relaxed_by: decision.relaxed_by.iter().map(relaxation).collect(),
        duties: decision.duties.iter().map(reason).collect(),
        pack_version: decision.pack_version.to_string(),
        decided_at: Some(proto::timestamp(decision.decided_at)),
        information_class: common::InformationClass::from(decision.class).into(),
        path: path(decision.path).into(),
    }
}

pub(in crate::decision) fn reason(reason: &Reason) -> wire::AccessReason {
    wire::AccessReason {
        code: reason.rule.id.to_owned(),
        clauses: texts(&reason.clauses),
        message_ja: reason.message_ja(),
        message_en: reason.message_en(),
    }
}

pub(in crate::decision) fn required(asked: &StepUp) -> wire::RequiredAuthentication {
    wire::RequiredAuthentication {
        acr_values: asked.acr_values().into_iter().map(str::to_owned).collect(),
        max_age: (asked.max_age).map(|age| u32::try_from(age.as_secs()).unwrap_or(u32::MAX)),
        categories: asked.categories,
        missing_categories: asked.missing().map(|one| one.to_string()).collect(),
        phishing_resistant: asked.phishing_resistant,
    }
}

pub(in crate::decision) fn relaxation(by: &RelaxedBy) -> wire::Relaxation {
    use wire::relaxation::By;
    wire::Relaxation {
        by: Some(match &by.id {
            RelaxationId::Permit(id) => By::PermitId(id.to_string()),
            RelaxationId::Exception(id) => By::ExceptionId(id.to_string()),
        }),
        clauses: texts(&by.clauses),
        ends_at: by.ends_at.map(proto::timestamp),
    }
}

/// A code of the rules is given its words; one of a token has none of the rules'.
pub(super) fn recorded(found: Recorded) -> wire::GetDecisionResponse {
    let reasons = found.event.reasons.iter().map(|code| {
        let rule = RULES.iter().find(|rule| rule.id == code);
        wire::AccessReason {
            code: code.clone(),
            clauses: rule.map_or_else(Vec::new, |rule| texts(rule.clauses)),
            message_ja: rule.map_or_else(String::new, |rule| rule.ja.to_owned()),
            message_en: rule.map_or_else(String::new, |rule| rule.en.to_owned()),
        }
    });
    wire::GetDecisionResponse {
        reasons: reasons.collect(),
        decided_at: Some(proto::timestamp(found.decided_at)),
        decision: Some(found.event),
    }
}

pub(in crate::decision) fn texts<'a>(
    clauses: impl IntoIterator<Item = &'a ClauseId>,
) -> Vec<String> {
    clauses.into_iter().map(ToString::to_string).collect()
}
