//! Shared IDs.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, boolean, string},
};
use store::schema::{index, state_table};

/// See the module.
pub(super) struct SharedIdTables;

impl MigrationName for SharedIdTables {
    fn name(&self) -> &str {
        "m0010_shared_ids"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SharedIdTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = state_table("shared_id")
            .col(string("system_id"))
            .col(string("members"))
            .col(boolean("withdrawn"))
            .col(boolean("without_owner"))
            .col(big_integer_null("secret_due_at"))
            .to_owned();
        manager.create_table(table).await?;
        let by_system = index("shared_id", &["system_id"]);
        manager.create_index(by_system).await
    }
}
