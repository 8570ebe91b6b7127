//! What audit knows of the city, by the records in its own log: where people and systems belong, which
//! post is whose, and which incidents hold records.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use audit_domain::Hold;
use bus::Trouble;
use directory::Directory;
use kernel::SystemId;
use proto::{
    incidents::v1::{Incident, RecordsHeld, RecordsReleased, SystemResumed, SystemSuspended},
    instant,
    record::Record,
};
use standard::InformationClass;
use store::facts::{Change, Fact, FactSet};

/// Kind of the fact of a [`Hold`], by incident.
const HOLD: &str = "hold";

/// See the module. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Bureaus, sections, posts, people and systems.
    pub(crate) directory: Directory,
    /// Holds in force, by incident.
    pub(crate) holds: Arc<BTreeMap<String, Hold>>,
}

impl Known {
    /// Whether records of these systems are kept for the longer period: unless all of them, and at
    /// least one, are known to handle nothing above class II.
    pub(crate) fn is_important(&self, systems: &BTreeSet<String>) -> bool {
        let lesser = |id: &String| {
            let system = SystemId::try_new(id).ok()?;
            let class = self.directory.system(&system)?.highest_class?;
            Some(class <= InformationClass::II)
        };
        systems.is_empty() || !systems.iter().all(|id| lesser(id) == Some(true))
    }
}

impl FactSet for Known {
    fn apply(&mut self, fact: &Fact) {
        if fact.kind != HOLD {
            return self.directory.apply(fact);
        }
        let holds = Arc::make_mut(&mut self.holds);
        match fact.read() {
            Some(hold) => {
                holds.insert(fact.id.clone(), hold);
            }
            None => {
                holds.remove(&fact.id);
            }
        }
    }
}

/// What a record that enters the log says. One that says it in a form nobody knows is in the log all the
/// same and teaches nothing.
pub(crate) fn changes(record: &Record) -> Vec<Change> {
    let said = match record.source.as_str() {
        "identity" => directory::organisation_changes(record),
        "ledger" => directory::system_changes(record).map(still_known),
        "incidents" => hold_changes(record),
        _ => return Vec::new(),
    };
    said.unwrap_or_else(|trouble| {
        let (source, position) = (record.source.as_str(), record.position);
        tracing::error!(
            source,
            position,
            ?trouble,
            "logged, but what it says is not understood"
        );
        Vec::new()
    })
}

/// A system that was retired stays known: its records are still those of its bureau and of its class.
fn still_known(mut changes: Vec<Change>) -> Vec<Change> {
    changes.retain(|change| change.body.is_some());
    changes
}

/// A hold as the incident leaves it, which is told whole by each of these.
fn hold_changes(record: &Record) -> Result<Vec<Change>, Trouble> {
    let incident = if let Some(event) = record.event::<RecordsHeld>() {
        event?.incident
    } else if let Some(event) = record.event::<RecordsReleased>() {
        event?.incident
    } else if let Some(event) = record.event::<SystemSuspended>() {
        event?.incident
    } else if let Some(event) = record.event::<SystemResumed>() {
        event?.incident
    } else {
        return Ok(Vec::new());
    };
    let said = |what| Trouble::Record(format!("the incident has no {what}"));
    let incident = incident.ok_or_else(|| said("content"))?;
    if !incident.records_on_hold {
        return Ok(vec![Change::gone(HOLD, incident.incident_id)]);
    }
    let hold = hold(&incident).ok_or_else(|| said("hold"))?;
    Ok(vec![Change::known(HOLD, incident.incident_id, &hold)])
}

fn hold(incident: &Incident) -> Option<Hold> {
    let placed = incident.record_hold.as_ref()?;
    let systems = std::iter::once(&incident.system_id).chain(&incident.suspended_system_ids);
    let some = |text: &&String| !text.is_empty();
    Some(Hold {
        incident: incident.incident_id.clone(),
        systems: systems.filter(some).cloned().collect(),
        person: Some(&incident.person_id).filter(some).cloned(),
        reason: placed.reason.clone(),
        held_by: placed.held_by.clone(),
        since: instant(placed.held_at.as_ref()?)?,
    })
}
