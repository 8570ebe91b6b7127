//! Incidents in the database.

use incidents_domain::{Incident, incident::Event};
use jiff::Timestamp;
use proto::record::Outgoing;
use store::{Aggregate, Column, micros};

use crate::publish;

/// Name of the state table.
pub(super) const TABLE: &str = "incident";

/// See the module.
pub(crate) struct Incidents;

impl Aggregate for Incidents {
    type State = Incident;

    const TABLE: &'static str = TABLE;

    fn columns(incident: &Incident) -> Vec<Column> {
        let report = incident.report.as_ref();
        let section = report.and_then(|report| report.section.as_ref());
        let system = report.and_then(|report| report.system.as_ref());
        let reported_at = incident.reported_at.unwrap_or(Timestamp::UNIX_EPOCH);
        vec![
            ("phase", incident.phase().as_str().into()),
            ("section", section.map(ToString::to_string).into()),
            ("system", system.map(ToString::to_string).into()),
            (
                "reporter",
                incident.reporter.as_ref().map(ToString::to_string).into(),
            ),
            ("reported_at", micros(reported_at).into()),
            ("due_at", incident.due_at().map(micros).into()),
            (
                "next_overdue_at",
                incident.next_overdue_at().map(micros).into(),
            ),
            ("holds", incident.holds_records().into()),
            ("suspends", (!incident.suspended.is_empty()).into()),
        ]
    }

    fn publish(event: &Event, incident: &Incident) -> Outgoing {
        publish::incident(event, incident)
    }
}
