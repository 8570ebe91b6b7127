//! Incidents in the database.

use incidents_domain::{
    Incident,
    incident::{Event, Refusal},
};
use jiff::Timestamp;
use proto::record::Outgoing;
use sea_orm::{
    ConnectionTrait as _, ExprTrait as _,
    sea_query::{Alias, Query},
};
use store::{Aggregate, Column, Failure, Unit, micros, query::column};

use crate::publish;

/// Name of the state table.
pub(super) const TABLE: &str = "incident";

/// See the module.
pub(crate) struct Incidents;

impl Incidents {
    /// The open incident that what a rule says of a subject belongs to, locked until the unit ends: it is
    /// still open then.
    pub(crate) async fn suspected(
        unit: &Unit,
        rule: &str,
        subject: &str,
    ) -> Result<Option<String>, Failure<Refusal>> {
        let mut select = Query::select();
        select
            .column(Alias::new("id"))
            .from(Alias::new(TABLE))
            .and_where(column("suspicion").eq(suspected(rule, subject)))
            .limit(1);
        let Some(row) = unit.tx().query_one(&select).await? else {
            return Ok(None);
        };
        let id: String = row.try_get("", "id")?;
        let (incident, _) = unit.load::<Self>(&id).await?;
        Ok(incident.closure.is_none().then_some(id))
    }
}

/// By what an open incident is found that a suspicion belongs to. No rule has a space in its id.
fn suspected(rule: &str, subject: &str) -> String {
    format!("{rule} {subject}")
}

impl Aggregate for Incidents {
    type State = Incident;

    const TABLE: &'static str = TABLE;

    fn columns(incident: &Incident) -> Vec<Column> {
        let report = incident.report.as_ref();
        let section = report.and_then(|report| report.section.as_ref());
        let system = report.and_then(|report| report.system.as_ref());
        let open = incident.closure.is_none();
        let suspicion = incident.suspicions.latest.last().filter(|_| open);
        let suspicion = suspicion.map(|one| suspected(&one.rule, &one.subject));
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
            ("suspicion", suspicion.into()),
            ("holds", incident.holds_records().into()),
            ("suspends", (!incident.suspended.is_empty()).into()),
        ]
    }

    fn publish(event: &Event, incident: &Incident) -> Outgoing {
        publish::incident(event, incident)
    }
}
