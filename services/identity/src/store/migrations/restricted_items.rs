//! Restricted items.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, string},
};
use store::schema::{index, state_table};

/// See the module.
pub(super) struct RestrictedItemTables;

impl MigrationName for RestrictedItemTables {
    fn name(&self) -> &str {
        "m0011_restricted_items"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for RestrictedItemTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = state_table("restricted_item")
            .col(string("system_id"))
            .col(string("section_id"))
            .col(boolean("withdrawn"))
            .to_owned();
        manager.create_table(table).await?;
        for index in [
            index("restricted_item", &["system_id"]),
            index("restricted_item", &["section_id"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
