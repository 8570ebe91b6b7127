//! Incidents' records: systems stopped and put back into service (8-3-(3)-1a, 8-3-(4)-1a).

use bus::Trouble;
use identity_domain::decision::{Fact, FactChange, Suspension};
use proto::{incidents::v1 as event, record::Record};

use super::{missing, read, set};

pub(super) fn changes(record: &Record) -> Result<Vec<FactChange>, Trouble> {
    if let Some(event) = record.event::<event::SystemSuspended>() {
        let event = event?;
        let stopped = suspension(event.incident, &event.system_id)?;
        return Ok(vec![set(Fact::Suspension(stopped))]);
    }
    if let Some(event) = record.event::<event::SystemResumed>() {
        let event = event?;
        let stopped = suspension(event.incident, &event.system_id)?;
        let key = Fact::Suspension(stopped).key();
        return Ok(vec![FactChange::Removed(key)]);
    }
    Ok(Vec::new())
}

fn suspension(incident: Option<event::Incident>, system: &str) -> Result<Suspension, Trouble> {
    let incident = incident.ok_or_else(|| missing("incident"))?;
    Ok(Suspension {
        system: read(system)?,
        incident: read(&incident.incident_id)?,
    })
}
