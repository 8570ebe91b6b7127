//! Who has which shared ID (4-3-2).

use bus::Trouble;
use identity_domain::decision::{Fact, FactChange, FactKey, FactKind, SharedIdUse};
use proto::{identity::v1 as event, record::Record};

use super::super::{instant, missing, read, set};

pub(super) fn changes(record: &Record) -> Result<Vec<FactChange>, Trouble> {
    if let Some(event) = record.event::<event::SharedIdCheckedOut>() {
        let event = event?;
        return Ok(vec![set(Fact::SharedIdUse(SharedIdUse {
            shared_id: read(&event.shared_id)?,
            system: read(&event.system_id)?,
            person: read(&event.person_id)?,
            session: read(&event.session_id)?,
            ends_at: instant(event.ends_at.as_ref())?.ok_or_else(|| missing("end"))?,
        }))]);
    }
    if let Some(event) = record.event::<event::SharedIdCheckedIn>() {
        let event = event?;
        let key = FactKey::two(FactKind::SharedIdUse, event.shared_id, event.person_id);
        return Ok(vec![FactChange::Removed(key)]);
    }
    Ok(Vec::new())
}
