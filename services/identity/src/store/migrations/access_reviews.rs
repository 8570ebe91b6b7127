//! Reviews of access.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, boolean, string},
};
use store::schema::{index, state_table};

/// See the module.
pub(super) struct AccessReviewTables;

impl MigrationName for AccessReviewTables {
    fn name(&self) -> &str {
        "m0009_access_reviews"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AccessReviewTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = state_table("access_review")
            .col(string("system_id"))
            .col(boolean("is_open"))
            .col(big_integer("started_at"))
            .col(big_integer("due_at"))
            .to_owned();
        manager.create_table(table).await?;
        let by_system = index("access_review", &["system_id", "is_open"]);
        manager.create_index(by_system).await?;
        let by_end = index("access_review", &["is_open", "due_at"]);
        manager.create_index(by_end).await
    }
}
