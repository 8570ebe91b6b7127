//! IDs of robots, IDs for emergencies, privileges.

use std::fmt::Display;

use identity_domain::{
    emergency_access::{self, Asked},
    privilege, service_id,
};
use kernel::ClauseId;
use proto::{common::v1::AccessPath, identity::v1 as wire, record::Outgoing, timestamp};

const ROBOTS: ClauseId = ClauseId::known("7-8-3");
const PRIVILEGED_LEAST: ClauseId = ClauseId::known("7-2-(8)-1a");
const PRIVILEGED_STRICT: ClauseId = ClauseId::known("7-2-(8)-1b");

pub(crate) fn service_id(event: &service_id::Event, state: &service_id::State) -> Outgoing {
    match event {
        service_id::Event::Registered(record) => {
            let entry = &record.entry;
            let public = wire::ServiceIdRegistered {
                service_id: entry.id.to_string(),
                name: entry.name.clone(),
                owner_id: entry.owner.to_string(),
                purpose: entry.purpose.clone(),
                system_ids: texts(&entry.systems),
                path: AccessPath::from(entry.path).into(),
                ends_at: Some(timestamp(record.ends_at)),
            };
            Outgoing::new(&public, [ROBOTS])
        }
        service_id::Event::Ended { at, reason } => {
            let record = state.registered.as_ref();
            let public = wire::ServiceIdEnded {
                service_id: record.map_or(String::new(), |record| record.entry.id.to_string()),
                at: Some(timestamp(*at)),
                reason: reason.clone(),
            };
            Outgoing::new(&public, [ROBOTS])
        }
    }
}

pub(crate) fn emergency_access(
    event: &emergency_access::Event,
    state: &emergency_access::State,
) -> Outgoing {
    use emergency_access::Event;
    let said = |what: fn(&Asked) -> String| state.asked.as_ref().map_or(String::new(), what);
    let access_id = said(|asked| asked.id.to_string());
    let emergency_id = said(|asked| asked.account.to_string());
    let asked_by = said(|asked| asked.by.to_string());
    let reason = said(|asked| asked.reason.clone());
    let system_ids = state
        .asked
        .as_ref()
        .map_or(vec![], |asked| texts(&asked.systems));
    match event {
        Event::Asked(_) => {
            let public = wire::EmergencyAccessAsked {
                access_id,
                emergency_id,
                asked_by,
                system_ids,
                reason,
            };
            Outgoing::new(&public, [PRIVILEGED_STRICT])
        }
        Event::Approved { by } => {
            let public = wire::EmergencyAccessApproved {
                access_id,
                emergency_id,
                approved_by: by.to_string(),
            };
            Outgoing::new(&public, [PRIVILEGED_STRICT])
        }
        Event::Opened(open) => {
            let public = wire::EmergencyAccessOpened {
                access_id,
                emergency_id,
                asked_by,
                approved_by: texts(&state.approvals),
                system_ids,
                reason,
                ends_at: Some(timestamp(open.until)),
                review_due_at: Some(timestamp(open.review_due_at)),
            };
            Outgoing::new(&public, [PRIVILEGED_LEAST, PRIVILEGED_STRICT])
        }
        Event::Closed {
            by, review_due_at, ..
        } => {
            let public = wire::EmergencyAccessClosed {
                access_id,
                emergency_id,
                closed_by: by.to_string(),
                review_due_at: review_due_at.map(timestamp),
            };
            Outgoing::new(&public, [PRIVILEGED_STRICT])
        }
        Event::Reviewed(review) => {
            let public = wire::EmergencyAccessReviewed {
                access_id,
                emergency_id,
                reviewed_by: review.by.to_string(),
                findings: review.findings.clone(),
            };
            Outgoing::new(&public, [PRIVILEGED_STRICT])
        }
    }
}

pub(crate) fn privilege(event: &privilege::Event, state: &privilege::State) -> Outgoing {
    let granted = state.granted.as_ref();
    let permit_id = granted.map_or(String::new(), |one| one.permit.to_string());
    let person_id = granted.map_or(String::new(), |one| one.subject.person.to_string());
    let system_id = granted.map_or(String::new(), |one| one.subject.system.to_string());
    match event {
        privilege::Event::Bounded(granted) => {
            let public = wire::PrivilegeReviewDue {
                permit_id,
                person_id,
                system_id,
                ends_at: Some(timestamp(granted.ends_at)),
                review_due_at: Some(timestamp(granted.review_due_at)),
            };
            Outgoing::new(&public, [PRIVILEGED_LEAST])
        }
        privilege::Event::Reviewed(review) => {
            let public = wire::PrivilegeReviewed {
                permit_id,
                person_id,
                system_id,
                reviewed_by: review.by.to_string(),
                findings: review.findings.clone(),
            };
            Outgoing::new(&public, [PRIVILEGED_LEAST])
        }
    }
}

pub(crate) fn texts<T: Display>(ids: impl IntoIterator<Item = T>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}
