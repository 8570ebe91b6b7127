//! Passkeys, and what waits for the answer of a browser.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string, text},
};
use store::schema::index;

/// See the module.
pub(super) struct Passkeys;

impl MigrationName for Passkeys {
    fn name(&self) -> &str {
        "m0004_passkeys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Passkeys {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let passkey = Table::create()
            .table("passkey")
            .col(string("handle").primary_key())
            .col(string("person_id"))
            .to_owned();
        let challenge = Table::create()
            .table("challenge")
            .col(string("id").primary_key())
            .col(string("purpose"))
            .col(text("state"))
            .col(big_integer("ends_at"))
            .to_owned();
        manager.create_table(passkey).await?;
        manager.create_table(challenge).await?;
        manager.create_index(index("challenge", &["ends_at"])).await
    }
}
