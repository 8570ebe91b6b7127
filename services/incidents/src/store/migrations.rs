//! The tables, in the order they came to be.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, boolean, string, string_null},
};
use store::schema::{House, index, state_table};

/// The service's migrations.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(House), Box::new(Incidents)]
    }
}

struct Incidents;

impl MigrationName for Incidents {
    fn name(&self) -> &str {
        "m0001_incidents"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Incidents {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = state_table(super::incidents::TABLE)
            .col(string("phase"))
            .col(string_null("section"))
            .col(string_null("system"))
            .col(string_null("reporter"))
            .col(big_integer("reported_at"))
            .col(big_integer_null("due_at"))
            .col(big_integer_null("next_overdue_at"))
            .col(string_null("suspicion"))
            .col(boolean("holds"))
            .col(boolean("suspends"))
            .to_owned();
        manager.create_table(table).await?;
        for columns in [
            &["reported_at", "id"] as &[_],
            &["section"],
            &["system"],
            &["reporter"],
            &["next_overdue_at"],
            &["suspicion"],
            &["holds"],
            &["suspends"],
        ] {
            let index = index(super::incidents::TABLE, columns);
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
