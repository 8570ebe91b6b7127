//! Reviews of access.

use identity_domain::access_review::{Access, Event, State, Verdict};
use kernel::ClauseId;
use proto::{identity::v1 as wire, record::Outgoing, timestamp};

use crate::words;

const LEAST_ACCESS: [ClauseId; 1] = [ClauseId::known("7-2-(3)-2")];

pub(crate) fn access_review(event: &Event, state: &State) -> Outgoing {
    let review = state.started.as_ref();
    let review_id = review.map_or(String::new(), |review| review.id.to_string());
    let system_id = review.map_or(String::new(), |review| review.system.to_string());
    let due_at = review.map(|review| timestamp(review.due_at));
    match event {
        Event::Started { by, .. } => {
            let person_id = by.to_string();
            let public = wire::AccessReviewStarted {
                review_id,
                system_id,
                person_id,
                due_at,
            };
            Outgoing::new(&public, LEAST_ACCESS)
        }
        Event::Listed(accesses) => {
            let public = wire::AccessReviewListed {
                review_id,
                system_id,
                due_at,
                accesses: accesses.iter().map(reviewed_access).collect(),
            };
            Outgoing::new(&public, LEAST_ACCESS)
        }
        Event::Judged {
            accesses,
            found,
            reason,
        } => {
            let accesses = accesses.iter().map(reviewed_access).collect();
            let person_id = found.by.as_ref().map_or(String::new(), ToString::to_string);
            match found.verdict {
                Verdict::Confirmed => {
                    let public = wire::AccessesConfirmed {
                        review_id,
                        system_id,
                        person_id,
                        accesses,
                    };
                    Outgoing::new(&public, LEAST_ACCESS)
                }
                Verdict::Removed => {
                    let public = wire::AccessesRemoved {
                        review_id,
                        system_id,
                        person_id,
                        accesses,
                        reason: reason.clone(),
                    };
                    Outgoing::new(&public, LEAST_ACCESS)
                }
                Verdict::Lapsed => {
                    let public = wire::AccessesLapsed {
                        review_id,
                        system_id,
                        accesses,
                    };
                    Outgoing::new(&public, LEAST_ACCESS)
                }
                Verdict::Gone => {
                    let public = wire::AccessesGone {
                        review_id,
                        system_id,
                        accesses,
                    };
                    Outgoing::new(&public, LEAST_ACCESS)
                }
            }
        }
        Event::Closed { .. } => {
            let public = wire::AccessReviewClosed {
                review_id,
                system_id,
            };
            Outgoing::new(&public, LEAST_ACCESS)
        }
    }
}

/// An access as a review lists it.
pub(crate) fn reviewed_access(access: &Access) -> wire::ReviewedAccess {
    wire::ReviewedAccess {
        person_id: access.person.to_string(),
        kind: words::grant_kind_on_wire(access.kind).into(),
        permit_id: access
            .permit
            .as_ref()
            .map_or(String::new(), ToString::to_string),
        item_id: access
            .item
            .as_ref()
            .map_or(String::new(), ToString::to_string),
    }
}
