//! Reviews of access: until when a grant stands that nobody has confirmed yet (7-2-(3)-2).

use bus::Trouble;
use identity_domain::{
    decision::{Fact, FactChange, FactKey},
    grant::GrantKind,
};
use jiff::Timestamp;
use kernel::{PermitId, RestrictedItemId};
use proto::{identity::v1 as event, record::Record};
use store::Unit;

use super::super::{instant, known, missing, optional, set};

/// Grants whose confirmation is now due at an instant, or no longer.
pub(super) struct Change {
    system: String,
    accesses: Vec<event::ReviewedAccess>,
    due: Option<Timestamp>,
}

/// Removed and lapsed accesses are told of by the end of their grants.
pub(super) fn change(record: &Record) -> Result<Option<Change>, Trouble> {
    if let Some(event) = record.event::<event::AccessReviewListed>() {
        let event = event?;
        let due = instant(event.due_at.as_ref())?.ok_or_else(|| missing("due time"))?;
        return Ok(Some(Change {
            system: event.system_id,
            accesses: event.accesses,
            due: Some(due),
        }));
    }
    if let Some(event) = record.event::<event::AccessesConfirmed>() {
        let event = event?;
        return Ok(Some(Change {
            system: event.system_id,
            accesses: event.accesses,
            due: None,
        }));
    }
    Ok(None)
}

/// A grant that has ended meanwhile stays ended.
pub(super) async fn changed(unit: &Unit, change: Change) -> Result<Vec<FactChange>, Trouble> {
    let mut changes = Vec::with_capacity(change.accesses.len());
    for access in &change.accesses {
        let kind = match access.kind() {
            event::EntitlementKind::Unspecified => return Err(missing("kind of entitlement")),
            event::EntitlementKind::Use => GrantKind::Use,
            event::EntitlementKind::Privileged => GrantKind::Privileged,
        };
        let permit: Option<PermitId> = optional(&access.permit_id)?;
        let item: Option<RestrictedItemId> = optional(&access.item_id)?;
        let on = (&change.system, item.as_ref());
        let key = FactKey::grant(&access.person_id, on, kind, permit.as_ref());
        if let Some(Fact::Grant(mut grant)) = known(unit, &key).await? {
            grant.review_due = change.due;
            changes.push(set(Fact::Grant(grant)));
        }
    }
    Ok(changes)
}
