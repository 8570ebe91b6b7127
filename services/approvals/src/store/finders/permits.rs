//! Finding permits.

use approvals_domain::{Permit, permit::Phase};
use jiff::Timestamp;
use kernel::{PermitId, PersonId, SectionId, SystemId};
use rpc::Page;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait as _, QueryFilter,
    QueryOrder, QuerySelect,
    sea_query::{Query, SelectStatement},
};
use store::micros;

use super::{Viewer, read_key};
use crate::store::{
    marks::{ROUTE, WAITING},
    permits::phase as word,
    rows::{
        permit::{Column, Entity, Model as Row},
        permit_mark,
    },
};

/// Which permits are wanted; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct PermitFilter {
    /// Among those the viewer may see.
    pub scope: PermitScope,
    /// Kind code.
    pub kind: Option<String>,
    /// Phases as of now; empty = all.
    pub phases: Vec<Phase>,
    /// Section of the applicant.
    pub section: Option<SectionId>,
    /// System it is about.
    pub system: Option<SystemId>,
}

/// Which permits are meant.
#[derive(Debug, Clone, Default)]
pub enum PermitScope {
    /// All that may be seen.
    #[default]
    Visible,
    /// Applied for by this person, or for them.
    Mine(PersonId),
    /// Waiting for this person.
    WaitingFor(PersonId),
    /// Waiting, and nobody can decide.
    WithoutDecider,
    /// Granted, to be completed by now, and not completed.
    Overdue,
}

/// One permit, if the viewer may see it.
pub(crate) async fn permit(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    id: &PermitId,
) -> Result<Option<Permit>, DbErr> {
    let row = Entity::find()
        .filter(Column::Id.eq(id.as_str()))
        .filter(seen_by(viewer))
        .one(db)
        .await?;
    row.map(Permit::try_from).transpose()
}

/// A page of permits, newest first, and the key of the next page.
pub(crate) async fn permits(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &PermitFilter,
    page: &Page,
    now: Timestamp,
) -> Result<(Vec<Permit>, Option<String>), DbErr> {
    let mut wanted = Condition::all()
        .add(seen_by(viewer))
        .add(within(&filter.scope, now))
        .add_option(filter.kind.as_ref().map(|kind| Column::Kind.eq(kind)))
        .add_option(
            filter
                .section
                .as_ref()
                .map(|id| Column::SectionId.eq(id.as_str())),
        )
        .add_option(
            filter
                .system
                .as_ref()
                .map(|id| Column::SystemId.eq(id.as_str())),
        );
    if !filter.phases.is_empty() {
        let phases = filter.phases.iter().map(|phase| at_phase(*phase, now));
        wanted = wanted.add(phases.fold(Condition::any(), Condition::add));
    }
    if let Some((at, id)) = page.after.as_deref().and_then(read_key) {
        let older = Condition::any().add(Column::AppliedAt.lt(at)).add(
            Condition::all()
                .add(Column::AppliedAt.eq(at))
                .add(Column::Id.lt(id)),
        );
        wanted = wanted.add(older);
    }
    let mut rows = Entity::find()
        .filter(wanted)
        .order_by_desc(Column::AppliedAt)
        .order_by_desc(Column::Id)
        .limit(u64::from(page.size) + 1)
        .all(db)
        .await?;
    let more = rows.len() > page.size as usize;
    rows.truncate(page.size as usize);
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| format!("{}/{}", row.applied_at, row.id));
    let permits = rows.into_iter().map(Permit::try_from);
    Ok((permits.collect::<Result<_, _>>()?, next))
}

/// Permits and applications whose end has come and is not recorded, longest overdue first.
pub(crate) async fn due_permits(
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

/// Applications on their route, by id, from the one after `after` on. A row that cannot be read does
/// not hide the others.
pub(crate) async fn open_permits(
    db: &impl ConnectionTrait,
    after: &str,
    most: u64,
) -> Result<Vec<(String, Result<Permit, DbErr>)>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Phase.eq(word(Phase::Applied)))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(most)
        .all(db)
        .await?;
    let read = |row: Row| (row.id.clone(), Permit::try_from(row));
    Ok(rows.into_iter().map(read).collect())
}

/// How many applications nobody can decide at their present step.
pub(crate) async fn count_without_decider(
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<u64, DbErr> {
    Entity::find().filter(without_decider(now)).count(db).await
}

/// How many permits stand where, as recorded.
pub(crate) async fn count_permits(db: &impl ConnectionTrait) -> Result<Vec<(String, i64)>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Phase)
        .column_as(Column::Id.count(), "count")
        .group_by(Column::Phase)
        .into_tuple()
        .all(db)
        .await
}

fn seen_by(viewer: &Viewer) -> Condition {
    let Viewer::Person(outlook) = viewer else {
        return Condition::all();
    };
    let person = outlook.person.as_str();
    let sections = outlook.sections.iter().map(|id| id.as_str());
    let bureaus = outlook.bureaus.iter().map(|id| id.as_str());
    Condition::any()
        .add(concerns(&outlook.person))
        .add(Column::Id.in_subquery(marked(ROUTE, person)))
        .add(Column::SectionId.is_in(sections))
        .add(Column::BureauId.is_in(bureaus))
}

fn within(scope: &PermitScope, now: Timestamp) -> Condition {
    match scope {
        PermitScope::Visible => Condition::all(),
        PermitScope::Mine(person) => concerns(person),
        PermitScope::WaitingFor(person) => at_phase(Phase::Applied, now)
            .add(Column::Id.in_subquery(marked(WAITING, person.as_str()))),
        PermitScope::WithoutDecider => without_decider(now),
        PermitScope::Overdue => Condition::all().add(Column::CompletionDueAt.lte(micros(now))),
    }
}

fn without_decider(now: Timestamp) -> Condition {
    let waiting = Query::select()
        .column(permit_mark::Column::Id)
        .from(permit_mark::Entity)
        .and_where(permit_mark::Column::Sort.eq(WAITING))
        .to_owned();
    at_phase(Phase::Applied, now).add(Column::Id.not_in_subquery(waiting))
}

fn concerns(person: &PersonId) -> Condition {
    Condition::any()
        .add(Column::ApplicantId.eq(person.as_str()))
        .add(Column::PersonId.eq(person.as_str()))
}

fn marked(sort: &str, value: &str) -> SelectStatement {
    Query::select()
        .column(permit_mark::Column::Id)
        .from(permit_mark::Entity)
        .and_where(permit_mark::Column::Sort.eq(sort))
        .and_where(permit_mark::Column::Value.eq(value))
        .to_owned()
}

/// As [`Permit::phase_at`] says it, in SQL.
fn at_phase(phase: Phase, now: Timestamp) -> Condition {
    let recorded = Column::Phase.eq(word(phase));
    let over = Column::EndsAt.lte(micros(now));
    match phase {
        Phase::Applied | Phase::Granted => Condition::all().add(recorded).add(
            Condition::any()
                .add(Column::EndsAt.is_null())
                .add(Column::EndsAt.gt(micros(now))),
        ),
        Phase::Expired => {
            let run_out = Condition::all()
                .add(Column::Phase.is_in(open_ended()))
                .add(over);
            Condition::any().add(recorded).add(run_out)
        }
        _ => Condition::all().add(recorded),
    }
}

const fn open_ended() -> [&'static str; 2] {
    [word(Phase::Applied), word(Phase::Granted)]
}
