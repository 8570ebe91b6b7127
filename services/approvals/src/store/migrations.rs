//! The tables of approvals.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, boolean, string, string_null},
};
use store::schema::{House, index, state_table};

/// All migrations, in order.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(House), Box::new(First), Box::new(Completion)]
    }
}

#[derive(Debug)]
struct First;

impl MigrationName for First {
    fn name(&self) -> &str {
        "m0001_approvals"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for First {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            permit(),
            marks("permit_mark"),
            exception(),
            marks("exception_mark"),
        ] {
            manager.create_table(table).await?;
        }
        for index in [
            index("permit", &["applied_at", "id"]),
            index("permit", &["phase", "ends_at"]),
            index("permit", &["applicant_id"]),
            index("permit", &["person_id"]),
            index("permit", &["section_id"]),
            index("permit", &["system_id"]),
            index("permit_mark", &["sort", "value"]),
            index("exception", &["began_at", "id"]),
            index("exception", &["phase", "ends_at"]),
            index("exception", &["report_due_at"]),
            index("exception", &["bureau_id"]),
            index("exception_mark", &["sort", "value"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// What is to be done and recorded by a time.
#[derive(Debug)]
struct Completion;

impl MigrationName for Completion {
    fn name(&self) -> &str {
        "m0002_completion"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Completion {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let due = Table::alter()
            .table(Alias::new("permit"))
            .add_column(big_integer_null("completion_due_at"))
            .to_owned();
        manager.alter_table(due).await?;
        manager
            .create_index(index("permit", &["completion_due_at"]))
            .await
    }
}

fn permit() -> TableCreateStatement {
    state_table("permit")
        .col(string("kind"))
        .col(string("applicant_id"))
        .col(string("person_id"))
        .col(string_null("section_id"))
        .col(string_null("bureau_id"))
        .col(string_null("system_id"))
        .col(string("phase"))
        .col(big_integer("applied_at"))
        .col(big_integer_null("ends_at"))
        .to_owned()
}

fn exception() -> TableCreateStatement {
    state_table("exception")
        .col(string("bureau_id"))
        .col(string("phase"))
        .col(big_integer("began_at"))
        .col(big_integer("starts_at"))
        .col(big_integer("ends_at"))
        .col(big_integer_null("report_due_at"))
        .col(boolean("reported"))
        .col(boolean("overdue_recorded"))
        .to_owned()
}

fn marks(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(Alias::new(table))
        .col(string("id"))
        .col(string("sort"))
        .col(string("value"))
        .primary_key(Index::create().col("id").col("sort").col("value"))
        .to_owned()
}
