//! Grants, each ground on its own.

use identity_domain::grant::{self, Event, GrantKind, Ground, State, Subject};
use kernel::{ClauseId, PermitId, Refusal as _};
use proto::{identity::v1 as wire, record::Outgoing, timestamp};

const USER_REGISTRATION: ClauseId = ClauseId::known("7-2-(1)-1");
const LEAST_ACCESS: ClauseId = ClauseId::known("7-2-(3)-2");
const NOT_NEEDED: ClauseId = ClauseId::known("7-2-(9)-2");
const PRIVILEGED_LEAST: ClauseId = ClauseId::known("7-2-(8)-1a");

pub(crate) fn grant(event: &Event, state: &State) -> Outgoing {
    match event {
        Event::Granted {
            subject, ground, ..
        } => {
            let person_id = subject.person.to_string();
            let system_id = subject.system.to_string();
            let permit_id = id(ground.permit.as_ref());
            let starts_at = Some(timestamp(ground.starts_at));
            let ends_at = ground.ends_at.map(timestamp);
            match ground.kind {
                GrantKind::Use => {
                    let public = wire::EntitlementGranted {
                        person_id,
                        system_id,
                        permit_id,
                        ends_at,
                        starts_at,
                        item_id: item(subject),
                    };
                    Outgoing::new(&public, [asked_by(subject)])
                }
                GrantKind::Privileged => {
                    let public = wire::PrivilegedGrantStarted {
                        person_id,
                        system_id,
                        permit_id,
                        ends_at,
                        starts_at,
                    };
                    Outgoing::new(&public, [PRIVILEGED_LEAST])
                }
            }
        }
        Event::Ended {
            kind,
            permit,
            at,
            reason,
            given_up,
        } => {
            let ends_at = at.map(timestamp);
            let subject = state.subject.as_ref();
            let person_id = subject.map_or(String::new(), |one| one.person.to_string());
            let system_id = subject.map_or(String::new(), |one| one.system.to_string());
            let permit_id = id(permit.as_ref());
            let reason = reason.clone();
            match kind {
                GrantKind::Use => {
                    let public = wire::EntitlementEnded {
                        person_id,
                        system_id,
                        reason,
                        permit_id,
                        ends_at,
                        item_id: subject.map_or(String::new(), item),
                    };
                    let notice = given_up.then_some(NOT_NEEDED);
                    let asked_by = subject.map_or(USER_REGISTRATION, asked_by);
                    Outgoing::new(&public, notice.into_iter().chain([asked_by]))
                }
                GrantKind::Privileged => {
                    let public = wire::PrivilegedGrantEnded {
                        person_id,
                        system_id,
                        reason,
                        permit_id,
                        ends_at,
                    };
                    Outgoing::new(&public, [PRIVILEGED_LEAST])
                }
            }
        }
    }
}

/// What a permit could not bring about.
pub(crate) fn not_carried_out(
    subject: &Subject,
    ground: &Ground,
    why: &grant::Refusal,
) -> Outgoing {
    let public = wire::PermitNotCarriedOut {
        permit_id: id(ground.permit.as_ref()),
        person_id: subject.person.to_string(),
        system_id: subject.system.to_string(),
        code: why.code().to_owned(),
        message_ja: why.message_ja(),
        message_en: why.to_string(),
    };
    Outgoing::new(&public, why.clauses())
}

/// Users are registered for a system; to what is kept there the fewest are admitted.
const fn asked_by(subject: &Subject) -> ClauseId {
    match subject.item {
        None => USER_REGISTRATION,
        Some(_) => LEAST_ACCESS,
    }
}

fn item(subject: &Subject) -> String {
    let item = subject.item.as_ref();
    item.map_or(String::new(), ToString::to_string)
}

fn id(permit: Option<&PermitId>) -> String {
    permit.map_or(String::new(), ToString::to_string)
}
