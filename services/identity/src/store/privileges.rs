//! Privileged grants in the database, each under the permit it rests on.

use identity_domain::privilege::{Event, State};
use jiff::Timestamp;
use kernel::PersonId;
use proto::record::Outgoing;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::{Aggregate, Column, micros};

use crate::publish;

/// See the module.
pub(crate) struct Privileges;

/// Whether a person holds a privilege now, or is to hold one.
pub(crate) async fn is_privileged(
    db: &impl ConnectionTrait,
    person: &PersonId,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let sql = "SELECT 1 FROM privilege WHERE person_id = $1 AND ends_at > $2 LIMIT 1";
    let values = [person.as_str().into(), micros(now).into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.query_one_raw(statement).await?.is_some())
}

impl Aggregate for Privileges {
    type State = State;

    const TABLE: &'static str = "privilege";

    fn columns(state: &State) -> Vec<Column> {
        let granted = state.granted.as_ref();
        let person = granted.map(|one| one.subject.person.to_string());
        let system = granted.map(|one| one.subject.system.to_string());
        let reviewed = if state.review.is_some() { "yes" } else { "no" };
        vec![
            ("person_id", person.unwrap_or_default().into()),
            ("system_id", system.unwrap_or_default().into()),
            (
                "ends_at",
                granted.map_or(0, |one| micros(one.ends_at)).into(),
            ),
            ("reviewed", reviewed.into()),
        ]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::privilege(event, state)
    }
}
