//! The names of the keys that secrets are sealed with.

use sea_orm_migration::{prelude::*, schema::string};

/// See the module.
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
