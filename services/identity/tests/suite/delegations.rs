//! What the head of the tax section asks about its deputies.

use jiff::SignedDuration;
use proto::{identity::v1 as wire, timestamp};

use crate::town::Town;

/// The role of a deputy.
pub(crate) const DEPUTY: &str = "deputy_information_manager";

/// The person is to be a deputy.
pub(crate) fn nominate(person: &str) -> wire::NominateDeputyRequest {
    wire::NominateDeputyRequest {
        section_id: "tax".to_owned(),
        person_id: person.to_owned(),
        role: DEPUTY.to_owned(),
        ..wire::NominateDeputyRequest::default()
    }
}

/// In an absence, the person does that in the head's place.
pub(crate) fn plan(person: &str, action: &str) -> wire::RecordAbsencePlanRequest {
    wire::RecordAbsencePlanRequest {
        section_id: "tax".to_owned(),
        entries: vec![wire::AbsencePlanEntry {
            person_id: person.to_owned(),
            actions: vec![action.to_owned()],
        }],
    }
}

/// The head is away for so many hours from now on.
pub(crate) fn away(town: &Town, hours: i64) -> wire::RecordAbsenceRequest {
    let until = town.now() + SignedDuration::from_hours(hours);
    wire::RecordAbsenceRequest {
        section_id: "tax".to_owned(),
        since: None,
        until: Some(timestamp(until)),
    }
}
