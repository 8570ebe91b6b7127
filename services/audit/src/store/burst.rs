//! The refusals of each person that count towards a burst.

use audit_domain::DeniedBurst;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::Backend;

use super::sql::corrupt;

pub(crate) async fn get(
    tx: &impl ConnectionTrait,
    backend: Backend,
    person: &str,
) -> Result<DeniedBurst, DbErr> {
    let row = tx
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT state FROM burst WHERE person = $1",
            [person.into()],
        ))
        .await?;
    let Some(row) = row else {
        return Ok(DeniedBurst::default());
    };
    let state: String = row.try_get("", "state")?;
    serde_json::from_str(&state).map_err(|why| corrupt("burst", why))
}

pub(crate) async fn put(
    tx: &impl ConnectionTrait,
    backend: Backend,
    person: &str,
    burst: &DeniedBurst,
) -> Result<(), DbErr> {
    let state = serde_json::to_string(burst).map_err(|why| corrupt("burst", why))?;
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "INSERT INTO burst (person, state) VALUES ($1, $2) \
         ON CONFLICT (person) DO UPDATE SET state = excluded.state",
        [person.into(), state.into()],
    ))
    .await?;
    Ok(())
}
