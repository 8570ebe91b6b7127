//! The tables, in the order they came to be.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, boolean, string, string_null, text},
};
use store::schema::{House, index, state_table};

/// The ledger's migrations.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(House), Box::new(Ledgers)]
    }
}

struct Ledgers;

impl MigrationName for Ledgers {
    fn name(&self) -> &str {
        "m0001_ledgers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Ledgers {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            systems(),
            information(),
            networks(),
            connections(),
            devices(),
            takeouts(),
            allowances(),
            allowance_systems(),
        ] {
            manager.create_table(table).await?;
        }
        for index in [
            index("system", &["owner_section"]),
            index("information", &["section"]),
            index("information", &["system"]),
            index("connection", &["system"]),
            index("connection", &["network"]),
            index("device", &["section"]),
            index("device", &["network"]),
            index("device", &["person"]),
            index("takeout", &["device"]),
            index("allowance_system", &["system"]),
            index("allowance", &["device"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn systems() -> TableCreateStatement {
    state_table("system")
        .col(string("name_key"))
        .col(string("owner_section"))
        .col(string("network_class"))
        .col(string_null("highest_class"))
        .col(boolean("important"))
        .col(boolean("retired"))
        .to_owned()
}

fn information() -> TableCreateStatement {
    state_table("information")
        .col(string("name_key"))
        .col(string("section"))
        .col(string("class"))
        .col(string_null("system"))
        .col(string_null("retention_until"))
        .col(boolean("removed"))
        .to_owned()
}

fn networks() -> TableCreateStatement {
    state_table("network")
        .col(string("name_key"))
        .col(string("class"))
        .to_owned()
}

fn connections() -> TableCreateStatement {
    state_table("connection")
        .col(string("system"))
        .col(string("network"))
        .col(boolean("live"))
        .to_owned()
}

fn devices() -> TableCreateStatement {
    state_table("device")
        .col(string("section"))
        .col(string_null("network"))
        .col(big_integer_null("bound_until"))
        .col(string_null("person"))
        .col(boolean("retired"))
        .to_owned()
}

fn takeouts() -> TableCreateStatement {
    state_table("takeout")
        .col(string("device"))
        .col(string("section"))
        .col(big_integer_null("due_back_at"))
        .col(boolean("returned"))
        .to_owned()
}

/// Granted permits and exceptions as far as connections and devices rest on them.
fn allowances() -> TableCreateStatement {
    Table::create()
        .table("allowance")
        .col(string("id").primary_key())
        .col(boolean("exception"))
        .col(string_null("device"))
        .col(text("body"))
        .to_owned()
}

/// The systems that permits and exceptions name.
fn allowance_systems() -> TableCreateStatement {
    Table::create()
        .table("allowance_system")
        .col(string("id"))
        .col(string("system"))
        .primary_key(Index::create().col("id").col("system"))
        .to_owned()
}
