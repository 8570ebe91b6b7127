//! The tables, in the order they came to be.

mod access_reviews;
mod federation;
mod own_ids;
mod passkeys;
mod restricted_items;
mod sealing_keys;
mod shared_ids;

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, string, string_null},
};
use store::schema::{House, index, state_table};

use crate::decision::DecisionIndex;
use access_reviews::AccessReviewTables;
use federation::Federation;
use own_ids::OwnIds;
use passkeys::Passkeys;
use restricted_items::RestrictedItemTables;
use sealing_keys::SealingKeys;
use shared_ids::SharedIdTables;

/// Identity's migrations.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(House),
            Box::new(Registers),
            Box::new(DecisionIndex),
            Box::new(SealingKeys),
            Box::new(Passkeys),
            Box::new(Federation),
            Box::new(OwnIds),
            Box::new(AccessReviewTables),
            Box::new(SharedIdTables),
            Box::new(RestrictedItemTables),
        ]
    }
}

struct Registers;

impl MigrationName for Registers {
    fn name(&self) -> &str {
        "m0001_registers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Registers {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            state_table("bureau"),
            state_table("section")
                .col(string("bureau_id"))
                .col(string_null("parent_id"))
                .to_owned(),
            state_table("post")
                .col(string_null("bureau_id"))
                .col(string_null("section_id"))
                .col(string("holders"))
                .col(string("roles"))
                .to_owned(),
            state_table("person")
                .col(big_integer_null("ends_at"))
                .col(string("kind"))
                .col(string("sections"))
                .col(string("search"))
                .to_owned(),
            state_table("delegation"),
            state_table("account")
                .col(string("standing"))
                .col(big_integer_null("used_at"))
                .col(big_integer_null("flagged_at"))
                .col(big_integer_null("sessions_end"))
                .to_owned(),
            state_table("provisioning")
                .col(string_null("external_id"))
                .to_owned(),
            state_table("entitlement")
                .col(string("person_id"))
                .col(string("system_id"))
                .col(string_null("item_id"))
                .to_owned(),
            state_table("enforcement_point")
                .col(string("workload").unique_key())
                .to_owned(),
            state_table("bootstrap"),
            state_table("device_sign_in")
                .col(string("user_code").unique_key())
                .col(big_integer("ends_at"))
                .to_owned(),
            card(),
            turn(),
        ] {
            manager.create_table(table).await?;
        }
        for index in [
            index("section", &["bureau_id"]),
            index("section", &["parent_id"]),
            index("post", &["bureau_id"]),
            index("post", &["section_id"]),
            index("provisioning", &["external_id"]),
            index("account", &["used_at"]),
            index("account", &["sessions_end"]),
            index("entitlement", &["person_id"]),
            index("entitlement", &["system_id"]),
            index("entitlement", &["item_id"]),
            index("device_sign_in", &["ends_at"]),
        ] {
            manager.create_index(index).await?;
        }
        let mut row = Query::insert();
        row.into_table("turn").columns(["name"]);
        row.values_panic(["organisation".into()]);
        manager.exec_stmt(row).await
    }
}

/// Whose each card is, lost ones too: a serial number never changes hands (4-4-1, 4-4-4).
fn card() -> TableCreateStatement {
    Table::create()
        .table("card")
        .col(string("serial").primary_key())
        .col(string_null("issuer"))
        .col(string_null("certificate"))
        .col(string("person_id"))
        .index(
            Index::create()
                .unique()
                .name("card_certificate")
                .col("issuer")
                .col("certificate"),
        )
        .to_owned()
}

/// What takes turns.
fn turn() -> TableCreateStatement {
    Table::create()
        .table("turn")
        .col(string("name").primary_key())
        .to_owned()
}
