//! Accounts at providers, the sessions there that sessions here stand on, and providers' notices.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string, text, text_null},
};
use store::schema::index;

/// See the module.
pub(super) struct Federation;

impl MigrationName for Federation {
    fn name(&self) -> &str {
        "m0005_federation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Federation {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let account = Table::create()
            .table("upstream_account")
            .col(string("issuer"))
            .col(text("subject"))
            .col(string("person_id"))
            .col(string("credential_id").unique_key())
            .primary_key(Index::create().col("issuer").col("subject"))
            .to_owned();
        // A session may be raised by another session at the provider than it began with, or at
        // another provider.
        let session = Table::create()
            .table("upstream_session")
            .col(string("session_id"))
            .col(string("issuer"))
            .col(text("sid"))
            .col(string("person_id"))
            .col(string("credential_id"))
            .col(big_integer("ends_at"))
            .primary_key(Index::create().col("session_id").col("issuer").col("sid"))
            .to_owned();
        let notice = Table::create()
            .table("upstream_notice")
            .col(string("issuer"))
            .col(text("jti"))
            .col(text_null("subject"))
            .col(text_null("sid"))
            .col(big_integer("issued_at"))
            .col(big_integer("ends_at"))
            .primary_key(Index::create().col("issuer").col("jti"))
            .to_owned();
        for table in [account, session, notice] {
            manager.create_table(table).await?;
        }
        for index in [
            index("upstream_session", &["issuer", "sid"]),
            index("upstream_session", &["ends_at"]),
            index("upstream_notice", &["issuer", "sid"]),
            index("upstream_notice", &["issuer", "subject"]),
            index("upstream_notice", &["ends_at"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
