//! IDs that are nobody's own, and privileges for a time.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string},
};
use store::schema::{index, state_table};

/// See the module.
pub(super) struct OwnIds;

impl MigrationName for OwnIds {
    fn name(&self) -> &str {
        "m0008_own_ids"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for OwnIds {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            state_table("service_id"),
            state_table("emergency_access")
                .col(string("emergency_id"))
                .to_owned(),
            state_table("privilege")
                .col(string("person_id"))
                .col(string("system_id"))
                .col(big_integer("ends_at"))
                .col(string("reviewed"))
                .to_owned(),
        ] {
            manager.create_table(table).await?;
        }
        for index in [
            index("emergency_access", &["emergency_id"]),
            index("privilege", &["person_id"]),
            index("privilege", &["reviewed", "ends_at"]),
            index("person", &["kind"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
