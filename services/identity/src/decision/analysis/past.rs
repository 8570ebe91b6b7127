//! A decision on record as a question that can be asked once more.

use identity_domain::{
    account::{CredentialId, Verified},
    decision::{
        Authority, Fact, FactChange, FactKey, FactKind, Outcome, Request, Session, SharedIdUse,
    },
};
use jiff::Timestamp;
use proto::identity::v1::{AccessEvaluated, AccessOutcome, VerifiedFactor};

use standard::Pack;

use crate::decision::{AccessFacts, Recorded, evaluator::with_authority, words::object_recorded};

/// What only held at the moment of the decision, by the codes of the rules that found it.
const NOT_LIVE: &str = "session_not_live";
const OUTDATED: &str = "epoch_outdated";
const STALE: &str = "snapshot_stale";
const NOT_CHECKED_OUT: &str = "shared_id_not_checked_out";

/// See the module.
pub(super) struct Past {
    /// As it was asked, at its own instant.
    pub(super) request: Request,
    /// Makes the session what it was then, and the use of a shared ID.
    pub(super) then: Vec<FactChange>,
    /// What it came to.
    pub(super) outcome: Option<Outcome>,
    pub(super) decision_id: String,
}

impl Past {
    /// None for one that was refused because of its token: no rule was asked. Authority is what the
    /// posts, absences and plans known now gave at that instant.
    pub(super) fn new(recorded: &Recorded, facts: &AccessFacts, pack: &Pack) -> Option<Self> {
        let (event, at) = (&recorded.event, recorded.decided_at);
        let found = |code: &str| event.reasons.iter().any(|one| one == code);
        let point = event.enforcement_point_id.parse().ok();
        let request = Request {
            person: event.person_id.parse().ok()?,
            session: event.session_id.parse().ok()?,
            epoch: if found(OUTDATED) { 0 } else { u64::MAX },
            system: event.system_id.parse().ok()?,
            action: event.action.parse().ok()?,
            object: event.object.as_ref().and_then(object_recorded),
            authority: Authority::None,
            workload: point
                .and_then(|point| facts.point(&point))
                .map_or_else(String::new, |point| point.workload.clone()),
            device: event.device_id.parse().ok(),
            class: event.claimed_class().word(),
            automated: event.automated,
            shared_id: event.shared_id.parse().ok(),
            as_of: (!found(STALE)).then_some(at),
            now: at,
        };
        let request = with_authority(request, facts, pack);
        let mut then = vec![session(event, &request, !found(NOT_LIVE))?];
        then.extend(shared_id(&request, !found(NOT_CHECKED_OUT)));
        Some(Self {
            then,
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

fn shared_id(request: &Request, held: bool) -> Option<FactChange> {
    let shared_id = request.shared_id.clone()?;
    Some(match held {
        true => FactChange::Set(Fact::SharedIdUse(SharedIdUse {
            shared_id,
            system: request.system.clone(),
            person: request.person.clone(),
            session: request.session.clone(),
            // It was checked out then, whenever it was given back.
            ends_at: Timestamp::MAX,
        })),
        false => {
            let key = FactKey::two(FactKind::SharedIdUse, shared_id, &request.person);
            FactChange::Removed(key)
        }
    })
}

fn verified(factor: &VerifiedFactor) -> Option<Verified> {
    Some(Verified {
        credential: CredentialId::new(factor.credential_id.as_str()),
        kind: factor.kind.parse().ok()?,
        at: proto::instant(factor.verified_at.as_ref()?)?,
        beside_only: false,
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
