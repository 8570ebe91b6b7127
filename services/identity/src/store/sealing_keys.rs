//! The names of the keys this database's secrets are sealed with; the keys themselves are elsewhere.

use sea_orm::{ConnectionTrait as _, Statement};
use sea_orm_migration::{prelude::*, schema::string};
use store::Unit;

/// The table of names.
pub(super) struct SealingKeys;

impl MigrationName for SealingKeys {
    fn name(&self) -> &str {
        "m0003_sealing_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SealingKeys {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("sealing_key")
            .col(string("id").primary_key())
            .to_owned();
        manager.create_table(table).await
    }
}

/// The names known.
pub(crate) async fn sealing_keys(unit: &Unit) -> Result<Vec<String>, DbErr> {
    let statement = Statement::from_string(unit.backend().sea(), "SELECT id FROM sealing_key");
    let rows = unit.tx().query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// Makes a name known, before anything is sealed with the key.
pub(crate) async fn keep_sealing_key(unit: &Unit, id: &str) -> Result<(), DbErr> {
    let sql = "INSERT INTO sealing_key (id) VALUES ($1)";
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, [id.into()]);
    unit.tx().execute_raw(statement).await?;
    Ok(())
}
