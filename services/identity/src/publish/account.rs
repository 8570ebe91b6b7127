//! Accounts: everything but their secrets.

use identity_domain::account::{CredentialId, Event, Factor, State, Upstream, Verified};
use jiff::Timestamp;
use kernel::{ClauseId, SessionId};
use proto::{identity::v1 as wire, record::Outgoing, timestamp};
use standard::FactorKind;

use super::ACCESS_RESTRICTED;

const CARD_LOST: ClauseId = ClauseId::known("4-4-4");
const CARD_NOT_SHARED: ClauseId = ClauseId::known("4-4-1");
const ID_LIFECYCLE: ClauseId = ClauseId::known("7-2-(9)-1");
const UNUSED_IDS: ClauseId = ClauseId::known("7-2-(9)-3");

pub(crate) fn account(event: &Event, state: &State) -> Outgoing {
    let person_id = state.person.to_string();
    match event {
        Event::EnrolmentOpened { ends_at, .. } => {
            let public = wire::EnrolmentOpened {
                person_id,
                ends_at: Some(timestamp(*ends_at)),
            };
            Outgoing::new(&public, [ID_LIFECYCLE])
        }
        Event::FactorEnrolled {
            credential,
            enrolled,
            ..
        } => {
            let upstream = match &enrolled.factor {
                Factor::Federated(upstream) => Some(upstream),
                _ => None,
            };
            enrolled_factor(person_id, credential, enrolled.factor.kind(), upstream)
        }
        Event::FactorConfirmed {
            credential, kind, ..
        } => enrolled_factor(person_id, credential, *kind, None),
        Event::RecoveryCodeUsed {
            credential, left, ..
        } => {
            let public = wire::RecoveryCodeUsed {
                person_id,
                credential_id: credential.to_string(),
                left: *left,
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::FactorOffered {
            credential,
            offered,
        } => {
            let public = wire::FactorOffered {
                person_id,
                credential_id: credential.to_string(),
                kind: offered.factor.kind().to_string(),
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::FactorRemoved { credential, kind } => {
            let public = wire::FactorRemoved {
                person_id,
                credential_id: credential.to_string(),
                kind: kind.to_string(),
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::SignInRefused { why, .. } => {
            let public = wire::SignInRefused {
                person_id,
                code: why.code().to_owned(),
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::SessionStarted {
            session,
            factors,
            ends_at,
            ..
        } => {
            let started = started(person_id, session, factors, *ends_at);
            Outgoing::new(&started, [ACCESS_RESTRICTED])
        }
        Event::ClientSessionStarted {
            session,
            chain,
            factors,
            ends_at,
            ..
        } => {
            let public = wire::SessionStarted {
                client_id: chain.client.to_string(),
                ..started(person_id, session, factors, *ends_at)
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::SessionUsed { session, .. } => {
            let public = wire::SessionUsed {
                session_id: session.to_string(),
                person_id,
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::SessionSteppedUp {
            session, factor, ..
        } => {
            let public = wire::SessionSteppedUp {
                session_id: session.to_string(),
                person_id,
                factor: factor.kind.to_string(),
                credential_id: factor.credential.to_string(),
                verified_at: Some(timestamp(factor.at)),
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::SessionEnded { session } => {
            let public = wire::SessionEnded {
                session_id: session.to_string(),
                person_id,
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::SessionsRevoked {
            sessions,
            epoch,
            reason,
        } => {
            let public = wire::SessionsRevoked {
                person_id,
                session_ids: ids(sessions),
                epoch: *epoch,
                reason: reason.clone(),
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::CredentialLost {
            credential,
            kind,
            reported_by,
            sessions,
            epoch,
            circumstances,
        } => {
            let public = wire::CredentialReportedLost {
                person_id,
                credential_id: credential.to_string(),
                kind: kind.to_string(),
                reported_by: reported_by
                    .as_ref()
                    .map_or(String::new(), ToString::to_string),
                session_ids: ids(sessions),
                epoch: *epoch,
                circumstances: circumstances.clone(),
            };
            Outgoing::new(&public, [CARD_LOST])
        }
        Event::Disabled { reason, epoch, .. } => {
            let public = wire::AccountDisabled {
                person_id,
                reason: reason.clone(),
                epoch: *epoch,
            };
            Outgoing::new(&public, [ID_LIFECYCLE])
        }
        Event::FoundUnused {
            used_at, stops_at, ..
        } => {
            let public = wire::AccountFoundUnused {
                person_id,
                used_at: Some(timestamp(*used_at)),
                stops_at: Some(timestamp(*stops_at)),
            };
            Outgoing::new(&public, [UNUSED_IDS])
        }
        Event::LaidDormant { used_at, epoch } => {
            let public = wire::AccountDisabled {
                person_id,
                reason: format!("not used since {used_at}"),
                epoch: *epoch,
            };
            Outgoing::new(&public, [UNUSED_IDS])
        }
        Event::Enabled { reason, .. } => {
            let public = wire::AccountEnabled {
                person_id,
                reason: reason.clone(),
                epoch: state.epoch,
            };
            Outgoing::new(&public, [ID_LIFECYCLE])
        }
    }
}

fn started(
    person_id: String,
    session: &SessionId,
    factors: &[Verified],
    ends_at: Timestamp,
) -> wire::SessionStarted {
    let factors = || factors.iter();
    wire::SessionStarted {
        session_id: session.to_string(),
        person_id,
        factors: factors().map(|one| one.kind.to_string()).collect(),
        ends_at: Some(timestamp(ends_at)),
        credential_ids: factors().map(|one| one.credential.to_string()).collect(),
        verified_at: factors().map(|one| timestamp(one.at)).collect(),
        client_id: String::new(),
    }
}

fn enrolled_factor(
    person_id: String,
    credential: &CredentialId,
    kind: FactorKind,
    upstream: Option<&Upstream>,
) -> Outgoing {
    let of = |part: fn(&Upstream) -> &String| upstream.map(part).cloned().unwrap_or_default();
    let public = wire::FactorEnrolled {
        person_id,
        credential_id: credential.to_string(),
        kind: kind.to_string(),
        upstream_issuer: of(|upstream| &upstream.issuer),
        upstream_subject: of(|upstream| &upstream.subject),
    };
    let clause = match kind {
        FactorKind::IcCard => CARD_NOT_SHARED,
        _ => ACCESS_RESTRICTED,
    };
    Outgoing::new(&public, [clause])
}

fn ids(sessions: &[SessionId]) -> Vec<String> {
    sessions.iter().map(ToString::to_string).collect()
}
