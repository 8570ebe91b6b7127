//! The names of the keys this database's secrets are sealed with; the keys themselves are elsewhere.

use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use store::Unit;

/// The names known.
pub(crate) async fn sealing_keys(unit: &Unit) -> Result<Vec<String>, DbErr> {
    let statement = Statement::from_string(unit.backend().sea(), "SELECT id FROM sealing_key");
    let rows = unit.tx().query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// Makes a name known, before anything is sealed with the key.
pub(crate) async fn keep_sealing_key(unit: &Unit, id: &str) -> Result<(), DbErr> {
    let sql = "INSERT INTO sealing_key (id) VALUES ($1)";
    unit.run(sql, [id.into()]).await.map(|_| ())
}
