//! Finding exceptions.

use approvals_domain::{Exception, Unreported, exception::Phase};
use jiff::Timestamp;
use kernel::{BureauId, ExceptionId, SystemId};
use rpc::Page;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Query, SelectStatement},
};
use store::micros;

use super::{Viewer, newest_first};
use crate::store::{
    exceptions::phase as word,
    marks::{PERSON, POST, SECTION, SYSTEM},
    rows::{
        exception::{Column, Entity},
        exception_mark,
    },
};

/// Which exceptions are wanted; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct ExceptionFilter {
    /// Only those in force now.
    pub live: bool,
    /// Only emergencies whose report is due and has not come.
    pub overdue: bool,
    /// Bureau.
    pub bureau: Option<BureauId>,
    /// System covered.
    pub system: Option<SystemId>,
    /// Phases as of now; empty = all.
    pub phases: Vec<Phase>,
}

/// One exception, if the viewer may see it.
pub(crate) async fn exception(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    id: &ExceptionId,
) -> Result<Option<Exception>, DbErr> {
    let row = Entity::find()
        .filter(Column::Id.eq(id.as_str()))
        .filter(seen_by(viewer))
        .one(db)
        .await?;
    row.map(Exception::try_from).transpose()
}

/// A page of exceptions, newest first, and the key of the next page.
pub(crate) async fn exceptions(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &ExceptionFilter,
    page: &Page,
    now: Timestamp,
) -> Result<(Vec<Exception>, Option<String>), DbErr> {
    let system = filter
        .system
        .as_ref()
        .map(|id| marked(SYSTEM, [id.as_str()]));
    let mut wanted = Condition::all()
        .add(seen_by(viewer))
        .add_option(
            filter
                .bureau
                .as_ref()
                .map(|id| Column::BureauId.eq(id.as_str())),
        )
        .add_option(system.map(|marked| Column::Id.in_subquery(marked)))
        .add_option(filter.live.then(|| in_force(now)))
        .add_option(filter.overdue.then(|| overdue(now)));
    if !filter.phases.is_empty() {
        let phases = filter.phases.iter().map(|phase| at_phase(*phase, now));
        wanted = wanted.add(phases.fold(Condition::any(), Condition::add));
    }
    let found = Entity::find().filter(wanted);
    let by = (Column::BeganAt, Column::Id);
    let (rows, next) = newest_first(db, found, by, |row| (row.began_at, &row.id), page).await?;
    let exceptions = rows.into_iter().map(Exception::try_from);
    Ok((exceptions.collect::<Result<_, _>>()?, next))
}

/// Exceptions and applications whose end has come and is not recorded, longest overdue first.
pub(crate) async fn due_exceptions(
    db: &impl ConnectionTrait,
    now: Timestamp,
    most: u64,
) -> Result<Vec<String>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Phase.is_in(open_ended()))
        .filter(Column::EndsAt.lte(micros(now)))
        .order_by_asc(Column::EndsAt)
        .limit(most)
        .into_tuple()
        .all(db)
        .await
}

/// Emergencies whose report did not come in time, which is not recorded yet.
pub(crate) async fn overdue_exceptions(
    db: &impl ConnectionTrait,
    now: Timestamp,
    most: u64,
) -> Result<Vec<String>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(overdue(now))
        .filter(Column::OverdueRecorded.eq(false))
        .order_by_asc(Column::ReportDueAt)
        .limit(most)
        .into_tuple()
        .all(db)
        .await
}

/// Every emergency whose report is due and has not come.
pub(crate) async fn unreported(
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<Vec<Unreported>, DbErr> {
    let rows: Vec<(String, String, i64)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::BureauId, Column::ReportDueAt])
        .filter(overdue(now))
        .into_tuple()
        .all(db)
        .await?;
    let read = |(id, bureau, due): (String, String, i64)| {
        let corrupt = |error| DbErr::Type(format!("exception {id} is corrupt: {error}"));
        Ok(Unreported {
            bureau: bureau.parse().map_err(corrupt)?,
            due_at: store::from_micros(due),
            id: id.parse().map_err(corrupt)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// How many exceptions are in force, by the phase recorded, and how many reports are overdue.
pub(crate) async fn count_exceptions(
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<Vec<(String, i64)>, DbErr> {
    let mut counts: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Phase)
        .column_as(Column::Id.count(), "count")
        .filter(in_force(now))
        .group_by(Column::Phase)
        .into_tuple()
        .all(db)
        .await?;
    let late: Option<i64> = Entity::find()
        .select_only()
        .column_as(Column::Id.count(), "count")
        .filter(overdue(now))
        .into_tuple()
        .one(db)
        .await?;
    counts.push(("overdue".to_owned(), late.unwrap_or(0)));
    Ok(counts)
}

fn seen_by(viewer: &Viewer) -> Condition {
    let Viewer::Person(outlook) = viewer else {
        return Condition::all();
    };
    let managed = outlook.sections.iter();
    let sections = managed.chain(&outlook.own.section).map(|id| id.as_str());
    let bureaus = outlook.bureaus.iter().map(|id| id.as_str());
    let posts = outlook.posts.iter().map(|id| id.as_str());
    Condition::any()
        .add(Column::BureauId.is_in(bureaus))
        .add(Column::Id.in_subquery(marked(PERSON, [outlook.person.as_str()])))
        .add(Column::Id.in_subquery(marked(POST, posts)))
        .add(Column::Id.in_subquery(marked(SECTION, sections)))
}

fn marked<'a>(sort: &str, values: impl IntoIterator<Item = &'a str>) -> SelectStatement {
    Query::select()
        .column(exception_mark::Column::Id)
        .from(exception_mark::Entity)
        .and_where(exception_mark::Column::Sort.eq(sort))
        .and_where(exception_mark::Column::Value.is_in(values))
        .to_owned()
}

/// As [`Exception::in_force`] says it, in SQL.
fn in_force(now: Timestamp) -> Condition {
    let phases = [
        Phase::Granted,
        Phase::Invoked,
        Phase::Reported,
        Phase::Endorsed,
    ];
    Condition::all()
        .add(Column::Phase.is_in(phases.map(word)))
        .add(Column::StartsAt.lte(micros(now)))
        .add(Column::EndsAt.gt(micros(now)))
}

/// As [`Exception::report_overdue`] says it, in SQL.
fn overdue(now: Timestamp) -> Condition {
    Condition::all()
        .add(Column::Reported.eq(false))
        .add(Column::ReportDueAt.lte(micros(now)))
}

/// As [`Exception::phase_at`] says it, in SQL.
fn at_phase(phase: Phase, now: Timestamp) -> Condition {
    let recorded = Column::Phase.eq(word(phase));
    match phase {
        Phase::Applied | Phase::Granted | Phase::Invoked | Phase::Reported | Phase::Endorsed => {
            Condition::all()
                .add(recorded)
                .add(Column::EndsAt.gt(micros(now)))
        }
        Phase::Expired => {
            let run_out = Condition::all()
                .add(Column::Phase.is_in(open_ended()))
                .add(Column::EndsAt.lte(micros(now)));
            Condition::any().add(recorded).add(run_out)
        }
        _ => Condition::all().add(recorded),
    }
}

const fn open_ended() -> [&'static str; 5] {
    [
        word(Phase::Applied),
        word(Phase::Granted),
        word(Phase::Invoked),
        word(Phase::Reported),
        word(Phase::Endorsed),
    ]
}
