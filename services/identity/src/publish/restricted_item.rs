//! Restricted items.

use identity_domain::restricted_item::{Event, Record, State};
use proto::{identity::v1 as wire, record::Outgoing, timestamp};

use super::texts;
use crate::words;

pub(crate) fn restricted_item(event: &Event, state: &State) -> Outgoing {
    let known = state.registered.as_ref();
    let clause = known.map(|known| known.kind.clause());
    let item_id = known.map_or(String::new(), |known| known.id.to_string());
    match event {
        Event::Registered(record) => {
            let item = Some(restricted_item_record(record, false));
            Outgoing::new(&wire::RestrictedItemRegistered { item }, clause)
        }
        Event::Admitted { people, until, by } => {
            let public = wire::RestrictedItemAdmitted {
                item_id,
                person_ids: texts(people),
                ends_at: until.map(timestamp),
                decided_by: by.to_string(),
            };
            Outgoing::new(&public, clause)
        }
        Event::Dismissed { people, by, reason } => {
            let public = wire::RestrictedItemDismissed {
                item_id,
                person_ids: texts(people),
                decided_by: by.to_string(),
                reason: reason.clone(),
            };
            Outgoing::new(&public, clause)
        }
        Event::Withdrawn { reason } => {
            let public = wire::RestrictedItemWithdrawn {
                item_id,
                reason: reason.clone(),
            };
            Outgoing::new(&public, clause)
        }
    }
}

/// An item as it stands.
pub(crate) fn restricted_item_record(record: &Record, withdrawn: bool) -> wire::RestrictedItem {
    wire::RestrictedItem {
        item_id: record.id.to_string(),
        kind: words::item_kind_on_wire(record.kind).into(),
        name: record.name.clone(),
        system_id: record.system.to_string(),
        section_id: record.section.to_string(),
        withdrawn,
    }
}
