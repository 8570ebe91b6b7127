//! The refusals of each person that count towards a burst.

use std::collections::BTreeMap;

use audit_domain::DeniedBurst;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::Backend;

use super::sql::{corrupt, insert};

/// What is remembered of these persons; who is not in the answer was not refused lately.
pub(crate) async fn of(
    tx: &impl ConnectionTrait,
    backend: Backend,
    persons: impl ExactSizeIterator<Item = &String>,
) -> Result<BTreeMap<String, DeniedBurst>, DbErr> {
    let marks: Vec<_> = (1..=persons.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT person, state FROM burst WHERE person IN ({})",
        marks.join(", ")
    );
    let persons = persons.map(|person| person.as_str().into());
    let statement = Statement::from_sql_and_values(backend.sea(), sql, persons);
    let rows = tx.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            let state: String = row.try_get("", "state")?;
            let burst = serde_json::from_str(&state).map_err(|why| corrupt("burst", why))?;
            Ok((row.try_get("", "person")?, burst))
        })
        .collect()
}

/// Writes them back.
pub(crate) async fn put(
    tx: &impl ConnectionTrait,
    backend: Backend,
    bursts: BTreeMap<String, DeniedBurst>,
) -> Result<(), DbErr> {
    let rows = bursts.into_iter().map(|(person, burst)| {
        let state = serde_json::to_string(&burst).map_err(|why| corrupt("burst", why))?;
        Ok(vec![person.into(), state.into()])
    });
    let rows = rows.collect::<Result<_, DbErr>>()?;
    let newest = "ON CONFLICT (person) DO UPDATE SET state = excluded.state";
    insert(tx, backend, "burst", &["person", "state"], rows, newest).await
}
