//! What the others are told of what happened here, and by which clause.

mod access_review;
mod account;
mod delegation;
mod device_sign_in;
mod grant;
mod organisation;
mod own_ids;
mod provisioning;
mod restricted_item;
mod shared_id;

use identity_domain::{bootstrap, enforcement_point};
use kernel::ClauseId;
use proto::{common::v1::AccessPath, identity::v1 as wire, record::Outgoing};

pub(crate) use access_review::{access_review, reviewed_access};
pub(crate) use account::account;
pub(crate) use delegation::{arranged, delegation};
pub(crate) use device_sign_in::device_sign_in;
pub(crate) use grant::{grant, not_carried_out};
pub(crate) use organisation::{bureau, holdings, memberships, person, post, section};
pub(crate) use own_ids::{emergency_access, privilege, service_id, texts};
pub(crate) use provisioning::provisioning;
pub(crate) use restricted_item::{restricted_item, restricted_item_record};
pub(crate) use shared_id::{shared_id, shared_id_record};

/// Access is restricted by passwords and the like.
const ACCESS_RESTRICTED: ClauseId = ClauseId::known("3-4-(1)-1");
/// The path of a request is known from the point it comes through.
const EXTERNAL_ACCESS: ClauseId = ClauseId::known("7-2-(4)-1");

pub(crate) fn enforcement_point(event: &enforcement_point::Event) -> Outgoing {
    let enforcement_point::Event::Registered(record) = event;
    let public = wire::EnforcementPointRegistered {
        enforcement_point_id: record.id.to_string(),
        name: record.name.clone(),
        workload: record.workload.clone(),
        path: AccessPath::from(record.path).into(),
    };
    Outgoing::new(&public, [EXTERNAL_ACCESS])
}

pub(crate) fn bootstrap(event: &bootstrap::Event) -> Outgoing {
    match event {
        bootstrap::Event::Prepared(_) => {
            Outgoing::new(&wire::BootstrapPrepared {}, [ACCESS_RESTRICTED])
        }
        bootstrap::Event::Used { person, .. } => {
            let public = wire::BootstrapUsed {
                person_id: person.to_string(),
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        bootstrap::Event::Ended { person } => {
            let public = wire::BootstrapEnded {
                person_id: person.to_string(),
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
    }
}

/// The record of a sign-in that was refused for somebody nobody knows.
pub(crate) fn stranger_refused() -> Outgoing {
    let public = wire::SignInRefused {
        person_id: String::new(),
        code: "person_unknown".to_owned(),
    };
    Outgoing::new(&public, [ACCESS_RESTRICTED])
}
