//! Marks: what an aggregate is found by besides its columns, several of a sort.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::Backend;

/// A sort of mark and its value.
pub type Mark = (&'static str, String);

/// Anyone who decides, decided or witnesses on the route of a permit.
pub(super) const ROUTE: &str = "route";
/// Who is to act at the present step of a permit.
pub(super) const WAITING: &str = "waiting";
/// A person an exception covers or who witnesses on it.
pub(super) const PERSON: &str = "person";
/// A post an exception covers.
pub(super) const POST: &str = "post";
/// A section an exception covers.
pub(super) const SECTION: &str = "section";
/// A system an exception covers.
pub(super) const SYSTEM: &str = "system";

/// Puts these marks in place of an aggregate's former ones.
pub(super) async fn replace(
    tx: &impl ConnectionTrait,
    backend: Backend,
    table: &str,
    id: &str,
    marks: Vec<Mark>,
) -> Result<(), DbErr> {
    let sql = format!("DELETE FROM {table} WHERE id = $1");
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        sql,
        [id.into()],
    ))
    .await?;
    let distinct: BTreeSet<Mark> = marks.into_iter().collect();
    for (sort, value) in distinct {
        let sql = format!("INSERT INTO {table} (id, sort, value) VALUES ($1, $2, $3)");
        let values = [id.into(), sort.into(), value.into()];
        tx.execute_raw(Statement::from_sql_and_values(backend.sea(), sql, values))
            .await?;
    }
    Ok(())
}
