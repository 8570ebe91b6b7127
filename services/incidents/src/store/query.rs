//! Reading incidents. Never writes; lists begin with what the caller may see.

use incidents_domain::{Incident, incident::Phase, incident::Refusal};
use jiff::Timestamp;
use kernel::{IncidentId, SectionId, SystemId};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbErr, ExprTrait as _, QueryResult,
    sea_query::{Alias, Condition, Order, Query, SelectStatement},
};
use store::{Failure, from_micros, micros, query::column};

use super::incidents::TABLE;
use crate::scope::Scope;

type Unread = Failure<Refusal>;

/// What a list is limited to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) phase: Option<Phase>,
    pub(crate) section: Option<SectionId>,
    pub(crate) system: Option<SystemId>,
    /// Only those that keep the access records on hold.
    pub(crate) holding: bool,
    /// With an open step that was due by then.
    pub(crate) overdue_at: Option<Timestamp>,
}

/// Where a page begins: after this incident, newest report first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct After {
    pub(crate) reported_at: Timestamp,
    pub(crate) id: String,
}

/// A page of a list.
pub(crate) struct Listed {
    pub(crate) incidents: Vec<Incident>,
    /// The last one, if there are more after it.
    pub(crate) next: Option<After>,
}

/// The queries.
pub(crate) struct Incidents<'a>(pub(crate) &'a DatabaseConnection);

impl Incidents<'_> {
    /// One incident; none if there is none of that id within the scope.
    pub(crate) async fn one(
        &self,
        id: &IncidentId,
        scope: &Scope,
    ) -> Result<Option<Incident>, Unread> {
        let mut select = states();
        select
            .cond_where(within(scope))
            .and_where(column("id").eq(id.as_str()));
        let row = self.0.query_one(&select).await?;
        row.map(|row| Ok(read(&row)?.1)).transpose()
    }

    /// Incidents within the scope, newest report first.
    pub(crate) async fn page(
        &self,
        scope: &Scope,
        filter: &Filter,
        size: u32,
        after: Option<&After>,
    ) -> Result<Listed, Unread> {
        let wanted = usize::try_from(size).unwrap_or(usize::MAX);
        let mut select = states();
        select
            .cond_where(within(scope))
            .cond_where(fits(filter))
            .order_by(Alias::new("reported_at"), Order::Desc)
            .order_by(Alias::new("id"), Order::Desc)
            // One more than asked for tells whether there is another page.
            .limit(u64::from(size) + 1);
        if let Some(after) = after {
            select.cond_where(beyond(after));
        }
        let rows = self.0.query_all(&select).await?;
        let mut next = None;
        let mut incidents = Vec::with_capacity(rows.len().min(wanted));
        for row in rows.iter().take(wanted) {
            let (after, incident) = read(row)?;
            incidents.push(incident);
            next = Some(after);
        }
        Ok(Listed {
            incidents,
            next: next.filter(|_| rows.len() > wanted),
        })
    }

    /// Every incident that keeps a system stopped.
    pub(crate) async fn suspending(&self) -> Result<Vec<Incident>, Unread> {
        let mut select = states();
        select.and_where(column("suspends").eq(true));
        let rows = self.0.query_all(&select).await?;
        rows.iter().map(|row| Ok(read(row)?.1)).collect()
    }

    /// Ids of incidents with a step whose time is over and not yet recorded so, longest over first.
    pub(crate) async fn overdue(&self, now: Timestamp, limit: u64) -> Result<Vec<String>, DbErr> {
        let mut select = Query::select();
        select
            .column(Alias::new("id"))
            .from(Alias::new(TABLE))
            .and_where(column("next_overdue_at").lte(micros(now)))
            .order_by(Alias::new("next_overdue_at"), Order::Asc)
            .limit(limit);
        let rows = self.0.query_all(&select).await?;
        rows.iter().map(|row| row.try_get("", "id")).collect()
    }
}

fn states() -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(["id", "state", "reported_at"].map(Alias::new))
        .from(Alias::new(TABLE));
    select
}

fn within(scope: &Scope) -> Condition {
    match scope {
        Scope::City => Condition::all(),
        Scope::Part {
            person,
            sections,
            systems,
        } => Condition::any()
            .add(column("reporter").eq(person.as_str()))
            .add(column("section").is_in(sections.iter().map(SectionId::as_str)))
            .add(column("system").is_in(systems.iter().map(SystemId::as_str))),
    }
}

fn fits(filter: &Filter) -> Condition {
    let overdue = |now: Timestamp| column("due_at").lte(micros(now));
    let section = filter.section.as_ref().map(SectionId::as_str);
    let system = filter.system.as_ref().map(SystemId::as_str);
    Condition::all()
        .add_option(filter.phase.map(|phase| column("phase").eq(phase.as_str())))
        .add_option(section.map(|section| column("section").eq(section)))
        .add_option(system.map(|system| column("system").eq(system)))
        .add_option(filter.holding.then(|| column("holds").eq(true)))
        .add_option(filter.overdue_at.map(overdue))
}

fn beyond(after: &After) -> Condition {
    let at = micros(after.reported_at);
    let same_instant = column("reported_at")
        .eq(at)
        .and(column("id").lt(after.id.as_str()));
    Condition::any()
        .add(column("reported_at").lt(at))
        .add(same_instant)
}

fn read(row: &QueryResult) -> Result<(After, Incident), Unread> {
    let id: String = row.try_get("", "id")?;
    let text: String = row.try_get("", "state")?;
    let reported_at = from_micros(row.try_get("", "reported_at")?);
    let incident = store::query::decode::<super::Incidents, _>(&id, &text)?;
    Ok((After { reported_at, id }, incident))
}
