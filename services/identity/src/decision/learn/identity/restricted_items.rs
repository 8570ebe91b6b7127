//! What only those admitted to it may see or use (7-1-(3)-2, 7-2-(5)-1, 2-3-1).

use bus::Trouble;
use identity_domain::decision::{Fact, FactChange, FactKey, FactKind, RestrictedItem};
use proto::{identity::v1 as event, record::Record};

use super::super::{missing, read, set};
use crate::words;

pub(super) fn changes(record: &Record) -> Result<Vec<FactChange>, Trouble> {
    if let Some(event) = record.event::<event::RestrictedItemRegistered>() {
        let item = event?.item.ok_or_else(|| missing("restricted item"))?;
        return Ok(vec![set(Fact::RestrictedItem(RestrictedItem {
            id: read(&item.item_id)?,
            kind: words::item_kind(item.kind()).ok_or_else(|| missing("kind of item"))?,
            system: read(&item.system_id)?,
        }))]);
    }
    if let Some(event) = record.event::<event::RestrictedItemWithdrawn>() {
        let key = FactKey::one(FactKind::RestrictedItem, event?.item_id);
        return Ok(vec![FactChange::Removed(key)]);
    }
    Ok(Vec::new())
}
