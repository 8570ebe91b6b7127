//! A decision on record as a question that can be asked once more.

use identity_domain::{
    account::{CredentialId, Verified},
    decision::{Fact, FactChange, FactKey, FactKind, Facts, Outcome, Request, Session},
};
use jiff::Timestamp;
use proto::identity::v1::{AccessEvaluated, AccessOutcome, VerifiedFactor};

use crate::decision::{Recorded, words::class};

/// What only held at the moment of the decision, by the codes of the rules that found it.
const NOT_LIVE: &str = "session_not_live";
const OUTDATED: &str = "epoch_outdated";
const STALE: &str = "snapshot_stale";

/// See the module.
pub(super) struct Past {
    /// As it was asked, at its own instant.
    pub(super) request: Request,
    /// Makes the session what it was then.
    pub(super) session: FactChange,
    /// What it came to.
    pub(super) outcome: Option<Outcome>,
    pub(super) decision_id: String,
}

impl Past {
    /// None for one that was refused because of its token: no rule was asked.
    pub(super) fn new(recorded: &Recorded, facts: &Facts) -> Option<Self> {
        let (event, at) = (&recorded.event, recorded.decided_at);
        let found = |code: &str| event.reasons.iter().any(|one| one == code);
        let point = event.enforcement_point_id.parse().ok();
        let request = Request {
            person: event.person_id.parse().ok()?,
            session: event.session_id.parse().ok()?,
            epoch: if found(OUTDATED) { 0 } else { u64::MAX },
            system: event.system_id.parse().ok()?,
            action: event.action.parse().ok()?,
            workload: point
                .and_then(|point| facts.point(&point))
                .map_or_else(String::new, |point| point.workload.clone()),
            device: event.device_id.parse().ok(),
            class: class(event.claimed_class()),
            automated: event.automated,
            as_of: (!found(STALE)).then_some(at),
            now: at,
        };
        Some(Self {
            session: session(event, &request, !found(NOT_LIVE))?,
            request,
            outcome: outcome(event.outcome()),
            decision_id: event.decision_id.clone(),
        })
    }
}

fn session(event: &AccessEvaluated, request: &Request, live: bool) -> Option<FactChange> {
    if !live {
        let key = FactKey::one(FactKind::Session, &request.session);
        return Some(FactChange::Removed(key));
    }
    let factors = event.factors.iter().map(verified);
    Some(FactChange::Set(Fact::Session(Session {
        id: request.session.clone(),
        person: request.person.clone(),
        factors: factors.collect::<Option<_>>()?,
        // It was live then, whenever it was to end.
        ends_at: Timestamp::MAX,
    })))
}

fn verified(factor: &VerifiedFactor) -> Option<Verified> {
    Some(Verified {
        credential: CredentialId::new(factor.credential_id.as_str()),
        kind: factor.kind.parse().ok()?,
        at: proto::instant(factor.verified_at.as_ref()?)?,
    })
}

const fn outcome(outcome: AccessOutcome) -> Option<Outcome> {
    match outcome {
        AccessOutcome::Unspecified => None,
        AccessOutcome::Allow => Some(Outcome::Allow),
        AccessOutcome::AllowByException => Some(Outcome::AllowByException),
        AccessOutcome::StepUp => Some(Outcome::StepUp),
        AccessOutcome::Deny => Some(Outcome::Deny),
    }
}
